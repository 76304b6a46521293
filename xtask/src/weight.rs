//! What core weighs: how many crates whoever embeds it builds, and which never.
//!
//! - **Invariant.** A crate counts once, however often `cargo tree` comes by it.
//! - **Absent on purpose.** Crates of tests, and what other crates of the workspace need: see
//!   `deny.toml`.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::process::Command;

use crate::tidy::Violation;

const MANIFEST: &str = "milestone-core/Cargo.toml";

/// Core itself among them. Elsewhere it may be one more: the processor is asked through `libc`.
const CRATES_MAX: usize = 28;

/// What it is counted for, so that the count is the same on every machine.
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// A C compiler, a runtime, and cryptography in assembly.
const NEVER: [&str; 3] = ["cc", "tokio", "ring"];

/// Asks cargo what core of the workspace at `root` is built from.
pub(crate) fn check(root: &Path) -> io::Result<Vec<Violation>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["tree", "-p", "milestone-core", "-e", "normal,build", "--prefix", "none"])
        .args(["--format", "{p}", "--target", TARGET, "--locked", "--offline"])
        .current_dir(root)
        .output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(io::Error::other(format!("cargo tree failed: {said}")));
    }
    Ok(check_tree(&String::from_utf8_lossy(&output.stdout)))
}

/// The violations in the answer of `cargo tree`: `name vVERSION …` a line.
fn check_tree(tree: &str) -> Vec<Violation> {
    let crates: BTreeSet<(&str, &str)> = tree.lines().filter_map(crate_of).collect();
    let mut found = Vec::new();
    if crates.len() > CRATES_MAX {
        let advice = format!("{} crates, at most {CRATES_MAX}: do without one", crates.len());
        found.push(Violation::new(MANIFEST, 1, "weight", advice));
    }
    for (name, _) in crates.into_iter().filter(|(name, _)| NEVER.contains(name)) {
        let advice = format!("`{name}` is not to be part of it");
        found.push(Violation::new(MANIFEST, 1, "weight", advice));
    }
    found
}

/// Name and version of a line; the headings between have none.
fn crate_of(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split_whitespace();
    let (name, version) = (words.next()?, words.next()?);
    version.starts_with('v').then_some((name, version))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(crates: usize) -> String {
        (0..crates).map(|number| format!("c{number} v1.0.0\n")).collect()
    }

    #[test]
    fn one_crate_too_many_is_found() {
        assert_eq!(check_tree(&tree(CRATES_MAX)), []);
        let found = check_tree(&tree(CRATES_MAX + 1));
        assert_eq!(
            found.iter().map(Violation::to_string).collect::<Vec<_>>(),
            ["milestone-core/Cargo.toml:1: weight: 29 crates, at most 28: do without one"]
        );
    }

    #[test]
    fn a_crate_counts_once_and_a_heading_never() {
        let again = "c1 v1.0.0 (*)\nc2 v1.0.0 (proc-macro)\n[build-dependencies]\n\n";
        assert_eq!(check_tree(&(tree(CRATES_MAX) + again)), []);
        // Another version of it is built as well.
        assert_eq!(check_tree(&(tree(CRATES_MAX) + "c1 v2.0.0\n")).len(), 1);
    }

    #[test]
    fn what_must_never_be_part_of_it_is_found() {
        let found = check_tree("serde v1.0.0\ncc v1.2.0\ncc-like v1.0.0\n");
        assert_eq!(found.len(), 1);
        assert!(found[0].advice.contains("`cc`"), "{found:?}");
    }
}
