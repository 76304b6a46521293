//! The arrows inside core: `words ← domain ← log ← projection ← query`.
//!
//! - **Invariant.** A module names its own layer and those before it.
//! - **Absent on purpose.** Tests and comments: a test may look down from above, and a doc comment
//!   may point a reader anywhere.

use crate::lexer::{Source, line_at};
use crate::tidy::Violation;

/// From the bottom up.
const LAYERS: [&str; 5] = ["words", "domain", "log", "projection", "query"];

const CORE: &str = "milestone-core/src/";

pub(crate) fn check(source: &Source) -> Vec<Violation> {
    let Some((own, layer)) = layer_of(&source.path) else { return Vec::new() };
    let mut found = Vec::new();
    for (at, named) in crate_modules(&source.code) {
        let line = line_at(&source.code, at);
        let above = LAYERS[own + 1..].contains(&named);
        if above && !source.is_test(line) {
            let advice = format!("`{layer}` must not know `{named}`: move one of the two");
            found.push(Violation::new(&source.path, line, "layers", advice));
        }
    }
    found
}

/// The rank and name of the layer that a file belongs to.
fn layer_of(path: &str) -> Option<(usize, &'static str)> {
    let module = path.strip_prefix(CORE)?.split(['/', '.']).next()?;
    LAYERS.iter().copied().enumerate().find(|(_, layer)| *layer == module)
}

/// Every module named behind `crate::`, alone or in a group, and where.
fn crate_modules(code: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (at, start) in code.match_indices("crate::") {
        let from = at + start.len();
        if !code[from..].starts_with('{') {
            found.push((from, name_at(&code[from..])));
            continue;
        }
        let mut depth = 0usize;
        for (offset, c) in code[from..].char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth <= 1 => break,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 1 && (c == '{' || c == ',') {
                let rest = &code[from + offset + 1..];
                let name = rest.trim_start();
                found.push((from + offset + 1 + rest.len() - name.len(), name_at(name)));
            }
        }
    }
    found
}

fn name_at(code: &str) -> &str {
    code.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<usize> {
        check(&Source::new(path, text)).iter().map(|violation| violation.line).collect()
    }

    #[test]
    fn a_layer_must_not_know_those_above_it() {
        for (own, layer) in LAYERS.iter().enumerate() {
            for (other, named) in LAYERS.iter().enumerate() {
                let expected: &[usize] = if other > own { &[2] } else { &[] };
                let text = format!("\nuse crate::{named}::X;\n");
                assert_eq!(lines(&format!("{CORE}{layer}/a.rs"), &text), expected);
                assert_eq!(lines(&format!("{CORE}{layer}.rs"), &text), expected);
            }
        }
    }

    #[test]
    fn groups_and_inline_paths_are_seen() {
        let path = "milestone-core/src/words/a.rs";
        assert_eq!(lines(path, "use crate::{\n    words::{X, log},\n    log::{Y},\n};\n"), [3]);
        assert_eq!(lines(path, "fn f() -> crate::domain::Task {}\n"), [1]);
        assert_eq!(lines(path, "use crate::logarithm::X;\n"), [0usize; 0]);
    }

    #[test]
    fn tests_comments_and_the_crate_page_may_name_anything() {
        let path = "milestone-core/src/words/a.rs";
        let text = "/// [`crate::log`]\n#[cfg(test)]\nmod tests {\n    use crate::log::X;\n}\n";
        assert_eq!(lines(path, text), [0usize; 0]);
        assert_eq!(lines("milestone-core/src/lib.rs", "use crate::log::X;\n"), [0usize; 0]);
        assert_eq!(lines("milestone-cli/src/words/a.rs", "use crate::log::X;\n"), [0usize; 0]);
    }
}
