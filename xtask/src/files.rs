//! Which files are looked at: what git tracks, and what it would if it were added.
//!
//! - **Invariant.** Paths are relative to the root and use `/`.
//! - **Absent on purpose.** Files that are no UTF-8 text, symbolic links and files that git lists
//!   but the disk no longer has.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

/// One text file.
#[derive(Debug)]
pub(crate) struct TextFile {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Every text file below `root`, in order of path.
pub(crate) fn text_files(root: &Path) -> io::Result<Vec<TextFile>> {
    let mut paths = match listed_by_git(root) {
        Some(paths) => paths,
        None => walked(root)?,
    };
    paths.sort();
    paths.dedup();
    let mut files = Vec::new();
    for path in paths {
        if let Some(text) = text_of(&root.join(&path))? {
            files.push(TextFile { path, text });
        }
    }
    Ok(files)
}

fn listed_by_git(root: &Path) -> Option<Vec<String>> {
    let output = Command::new("git")
        .args(["ls-files", "-co", "--exclude-standard", "-z"])
        .current_dir(root)
        .output()
        .ok()?;
    if !output.status.success() {
        return None;
    }
    let listing = String::from_utf8_lossy(&output.stdout);
    Some(listing.split_terminator('\0').map(str::to_owned).collect())
}

/// Without git (a source archive): everything but build output.
fn walked(root: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root.join(&folder))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            if !entry.file_type()?.is_dir() {
                found.push(path);
            } else if name != ".git" && name != "target" {
                folders.push(path);
            }
        }
    }
    Ok(found)
}

fn text_of(path: &Path) -> io::Result<Option<String>> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_file() => {}
        Ok(_) => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    }
    let text = String::from_utf8(fs::read(path)?).ok();
    Ok(text.filter(|text| !text.contains('\0')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace_root;

    #[test]
    fn git_and_the_walk_both_find_this_file() {
        let root = workspace_root();
        let this = "xtask/src/files.rs".to_owned();
        assert!(walked(&root).expect("the tree is readable").contains(&this));
        if let Some(listed) = listed_by_git(&root) {
            assert!(listed.contains(&this));
            assert!(!listed.iter().any(|path| path.starts_with("target/")));
        }
    }

    #[test]
    fn a_missing_file_and_a_folder_are_no_text() {
        let root = workspace_root();
        assert_eq!(text_of(&root.join("xtask/none.rs")).expect("absence is no error"), None);
        assert_eq!(text_of(&root.join("xtask")).expect("a folder is no error"), None);
    }
}
