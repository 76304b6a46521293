//! No absolute path of a build machine in any text file of the tree.
//!
//! - **Invariant.** The patterns are spelled in halves, so the rule does not find itself.
//! - **Absent on purpose.** Paths in general. `/tmp` and `/home/you` are fit for a manual.

use crate::files::TextFile;
use crate::tidy::Violation;

/// Where build machines keep their checkouts and homes.
const MACHINE_ROOTS: [&str; 3] =
    [concat!("/", "work/"), concat!("/", "root/"), concat!("/", "farm/")];

pub(crate) fn check(file: &TextFile) -> Vec<Violation> {
    let mut found = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        if let Some(root) = MACHINE_ROOTS.iter().find(|root| is_absolute_in(line, root)) {
            let advice = format!("write a relative path instead of {root}...");
            found.push(Violation::new(&file.path, index + 1, "machine-path", advice));
        }
    }
    found
}

/// Whether `line` has `root` at the start of a path, not in the middle of one.
fn is_absolute_in(line: &str, root: &str) -> bool {
    line.match_indices(root).any(|(at, _)| !line[..at].ends_with(continues_a_path))
}

fn continues_a_path(before: char) -> bool {
    before.is_alphanumeric() || "_-.~})".contains(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_of(text: &str) -> Vec<usize> {
        let file = TextFile { path: "notes.md".to_owned(), text: text.to_owned() };
        check(&file).iter().map(|violation| violation.line).collect()
    }

    #[test]
    fn every_machine_root_is_found() {
        for root in MACHINE_ROOTS {
            assert_eq!(lines_of(&format!("fine\nsee {root}notes\n")), [2], "{root}");
            assert_eq!(lines_of(&format!("{root}notes\n")), [1], "{root}");
            assert_eq!(lines_of(&format!("file://{root}notes\n")), [1], "{root}");
        }
    }

    #[test]
    fn the_middle_of_a_relative_path_is_no_machine_path() {
        for root in MACHINE_ROOTS {
            assert_eq!(lines_of(&format!("src{root}mod.rs and ~{root}x\n")), [0usize; 0]);
        }
    }
}
