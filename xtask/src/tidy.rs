//! One run over the workspace: reads the files once, asks every rule, sorts what they found.
//!
//! - **Invariant.** The order of violations depends on the files only, never on the machine.
//! - **Absent on purpose.** Exceptions by file. A rule that needs one is the wrong rule.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::lexer::Source;
use crate::{arrows, files, layers, paths, source, weight, words};

/// One broken rule: where, which, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// The file, relative to the workspace root, with `/`.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The short name of the rule.
    pub rule: &'static str,
    /// What to do.
    pub advice: String,
}

impl Violation {
    pub(crate) fn new(
        path: &str,
        line: usize,
        rule: &'static str,
        advice: impl Into<String>,
    ) -> Self {
        Self { path: path.to_owned(), line, rule, advice: advice.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}: {}", self.path, self.line, self.rule, self.advice)
    }
}

/// Every broken rule of the workspace at `root`, in order of path and line.
///
/// # Errors
///
/// When the files cannot be listed or read, or cargo does not answer.
pub fn tidy(root: &Path) -> io::Result<Vec<Violation>> {
    let mut found = arrows::check(root)?;
    found.extend(weight::check(root)?);
    let mut sources = Vec::new();
    for file in files::text_files(root)? {
        found.extend(paths::check(&file));
        if file.path.ends_with(".rs") {
            sources.push(Source::new(&file.path, &file.text));
        }
    }
    found.extend(sources.iter().flat_map(check_source));
    found.extend(source::check_public_traits(&sources));
    found.sort();
    Ok(found)
}

/// The rules that look at one Rust file at a time.
fn check_source(source: &Source) -> Vec<Violation> {
    let mut found = source::check(source);
    found.extend(words::check(source));
    found.extend(layers::check(source));
    found
}

/// The workspace that this crate was built in.
pub fn workspace_root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_violation_is_one_line_that_an_editor_can_open() {
        let violation = Violation::new("a/b.rs", 7, "async", "make it synchronous");
        assert_eq!(violation.to_string(), "a/b.rs:7: async: make it synchronous");
    }

    #[test]
    fn one_file_is_asked_every_family_of_rules() {
        let text = "async fn f() {\n    use crate::log::X;\n}\n";
        let found = check_source(&Source::new("milestone-core/src/words/a.rs", text));
        let rules: Vec<&str> = found.iter().map(|violation| violation.rule).collect();
        assert_eq!(rules, ["header", "async", "layers"]);
    }
}
