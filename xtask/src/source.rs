//! The shape of source: headers, lengths, and the number of public traits.
//!
//! - **Invariant.** Lengths are of what a reader scrolls: lines of the file and columns of
//!   characters. Tests count like everything else.
//! - **Absent on purpose.** Formatting. That is rustfmt's.

use crate::lexer::{Source, line_at, word_positions};
use crate::tidy::Violation;

const HEADER_LINES_MIN: usize = 2;
const LINE_COLUMNS_MAX: usize = 100;
const FILE_LINES_MAX: usize = 500;
const FUNCTION_LINES_MAX: usize = 70;
const PUBLIC_TRAITS_MAX: usize = 8;

/// Folders that are no library: they may talk to a user, and nobody implements a trait of theirs.
pub(crate) const EDGES: [&str; 5] =
    ["milestone-cli", "milestone-crashtest", "examples", "benches", "xtask"];

pub(crate) fn check(source: &Source) -> Vec<Violation> {
    let mut found = check_header(source);
    found.extend(check_lengths(source));
    found.extend(check_functions(source));
    found
}

/// At most [`PUBLIC_TRAITS_MAX`] in all libraries together: each is a promise to keep.
pub(crate) fn check_public_traits(sources: &[Source]) -> Vec<Violation> {
    let libraries =
        sources.iter().filter(|source| !EDGES.contains(&source.folder()) && !source.is_test_file());
    let traits: Vec<(&str, usize)> = libraries
        .flat_map(|source| {
            ["pub trait", "pub unsafe trait"]
                .into_iter()
                .flat_map(|words| word_positions(&source.code, words))
                .map(|at| (source.path.as_str(), line_at(&source.code, at)))
        })
        .collect();
    let advice = format!(
        "{} public traits, {PUBLIC_TRAITS_MAX} are allowed: make one private or a type",
        traits.len()
    );
    traits
        .into_iter()
        .skip(PUBLIC_TRAITS_MAX)
        .map(|(path, line)| Violation::new(path, line, "public-traits", advice.clone()))
        .collect()
}

fn check_header(source: &Source) -> Vec<Violation> {
    let header = source.raw.lines().map_while(|line| line.strip_prefix("//!"));
    if header.filter(|line| !line.trim().is_empty()).count() >= HEADER_LINES_MIN {
        return Vec::new();
    }
    let advice = format!(
        "start with {HEADER_LINES_MIN} or more lines of `//!`: what it owns, what is absent"
    );
    vec![Violation::new(&source.path, 1, "header", advice)]
}

fn check_lengths(source: &Source) -> Vec<Violation> {
    let mut found = Vec::new();
    for (index, line) in source.raw.lines().enumerate() {
        let columns = line.chars().count();
        if columns > LINE_COLUMNS_MAX {
            let advice = format!("{columns} columns, {LINE_COLUMNS_MAX} are allowed: break it");
            found.push(Violation::new(&source.path, index + 1, "line-length", advice));
        }
    }
    let lines = source.raw.lines().count();
    if lines > FILE_LINES_MAX {
        let advice = format!("{lines} lines, {FILE_LINES_MAX} are allowed: one concept, one file");
        found.push(Violation::new(&source.path, FILE_LINES_MAX + 1, "file-length", advice));
    }
    found
}

fn check_functions(source: &Source) -> Vec<Violation> {
    let mut found = Vec::new();
    for (first, last) in source.functions() {
        let lines = last - first + 1;
        if lines > FUNCTION_LINES_MAX {
            let advice = format!("{lines} lines, {FUNCTION_LINES_MAX} are allowed: name a part");
            found.push(Violation::new(&source.path, first, "function-length", advice));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "//! Owns.\n//! Lacks.\n";

    fn rules(text: &str) -> Vec<(usize, &'static str)> {
        let found = check(&Source::new("milestone-core/src/a.rs", text));
        found.iter().map(|violation| (violation.line, violation.rule)).collect()
    }

    #[test]
    fn a_short_or_late_header_is_found() {
        assert_eq!(rules(HEADER), []);
        assert_eq!(rules("//! Owns.\n//!\n//! Lacks.\n"), []);
        for text in ["", "//! Owns.\n", "//! Owns.\n//!\n", "\n//! Owns.\n//! Lacks.\n"] {
            assert_eq!(rules(text), [(1, "header")], "{text:?}");
        }
    }

    #[test]
    fn a_long_line_is_found_by_characters() {
        let fits = format!("{HEADER}// {}\n", "é".repeat(LINE_COLUMNS_MAX - 3));
        assert_eq!(rules(&fits), []);
        let long = format!("{HEADER}// {}\n", "é".repeat(LINE_COLUMNS_MAX - 2));
        assert_eq!(rules(&long), [(3, "line-length")]);
    }

    #[test]
    fn a_long_file_is_found() {
        let fits = format!("{HEADER}{}", "\n".repeat(FILE_LINES_MAX - 2));
        assert_eq!(rules(&fits), []);
        assert_eq!(rules(&format!("{fits}\n")), [(FILE_LINES_MAX + 1, "file-length")]);
    }

    #[test]
    fn a_long_function_is_found_in_tests_too() {
        let fits = format!("{HEADER}fn a() {{{}}}\n", "\n".repeat(FUNCTION_LINES_MAX - 1));
        assert_eq!(rules(&fits), []);
        let long = fits.replace("fn a() {", "#[cfg(test)]\nmod tests {\nfn a() {\n") + "}\n";
        assert_eq!(rules(&long), [(5, "function-length")]);
    }

    #[test]
    fn a_ninth_public_trait_of_the_libraries_is_found() {
        let count = |path: &str, traits: usize| {
            let text = "pub trait A {}\npub(crate) trait B {}\n".repeat(traits);
            let sources = [Source::new(path, &text), Source::new("xtask/src/a.rs", &text)];
            check_public_traits(&sources).len()
        };
        assert_eq!(count("milestone-core/src/a.rs", PUBLIC_TRAITS_MAX), 0);
        assert_eq!(count("milestone-core/src/a.rs", PUBLIC_TRAITS_MAX + 2), 2);
        assert_eq!(count("milestone-core/tests/a.rs", PUBLIC_TRAITS_MAX + 2), 0);
        assert_eq!(count("milestone-cli/src/a.rs", PUBLIC_TRAITS_MAX + 2), 0);
    }
}
