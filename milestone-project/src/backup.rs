//! Backups: the log, what people typed in, and this machine's journal, in one compressed file.
//!
//! Start at [`make`].
//!
//! - **Invariant.** A file that a writer is appending to is copied up to the length it had when its
//!   turn came. A line that is cut there is a torn tail, which every reader bears.
//! - **Invariant.** A backup appears whole, synced, by one rename, or not at all.
//! - **Absent on purpose.** Whatever follows from the log: projections, views, snapshots.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use milestone_core::words::Timestamp;

use crate::generation::UNFINISHED;

/// Where backups are, in the project's directory.
pub(crate) const BACKUPS: &str = "local/backups";

/// What is copied, in the project's directory: folders whole, files alone.
const SOURCES: [&str; 5] = ["log", "config.toml", "templates", "workflows", "local/journal.jsonl"];

/// How hard is compressed: 3 is zstd's own choice, 276 MB/s at a ratio of 3.7 for logs.
const LEVEL: i32 = 3;

/// How many backups of one minute there may be.
const SAME_NAME_MAX: u32 = 1_000;

/// Makes a backup of the project whose directory is `root`; its path, and its length in bytes.
///
/// # Errors
///
/// What the file system says; nothing is left of it then.
pub(crate) fn make(root: &Path, now: Timestamp) -> io::Result<(PathBuf, u64)> {
    let folder = root.join(BACKUPS);
    std::fs::create_dir_all(&folder)?;
    let file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(&folder)?;
    let mut archive = tar::Builder::new(zstd::Encoder::new(file, LEVEL)?);
    for source in SOURCES {
        add(&mut archive, root, Path::new(source))?;
    }
    let file = archive.into_inner()?.finish()?;
    file.as_file().sync_all()?;
    let bytes = file.as_file().metadata()?.len();
    let path = put(file, &folder, now)?;
    File::open(&folder)?.sync_all()?;
    Ok((path, bytes))
}

/// Names the file after the minute; a number behind it tells those of one minute apart.
fn put(mut file: tempfile::NamedTempFile, folder: &Path, now: Timestamp) -> io::Result<PathBuf> {
    let minute = format!("{now:.16}").replace(':', "");
    for number in 1..SAME_NAME_MAX {
        let tail = if number == 1 { String::new() } else { format!("-{number}") };
        let path = folder.join(format!("{minute}Z{tail}.tar.zst"));
        match file.persist_noclobber(&path) {
            Ok(_) => return Ok(path),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => file = error.file,
            Err(error) => return Err(error.error),
        }
    }
    Err(io::Error::other(format!("there are {SAME_NAME_MAX} backups of this minute")))
}

fn add<W: io::Write>(
    archive: &mut tar::Builder<W>,
    root: &Path,
    relative: &Path,
) -> io::Result<()> {
    let path = root.join(relative);
    let found = match path.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        found => found?,
    };
    if found.is_dir() {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&path)? {
            names.push(entry?.file_name());
        }
        names.sort();
        return names.iter().try_for_each(|name| add(archive, root, &relative.join(name)));
    }
    if !found.is_file() {
        return Ok(());
    }
    let file = File::open(&path)?;
    let found = file.metadata()?;
    let mut header = tar::Header::new_gnu();
    header.set_metadata_in_mode(&found, tar::HeaderMode::Deterministic);
    header.set_size(found.len());
    archive.append_data(&mut header, relative, file.take(found.len()))
}

/// How many bytes a backup of the project would read.
pub(crate) fn bytes_to_read(root: &Path) -> u64 {
    fn len(path: &Path) -> u64 {
        let Ok(found) = path.symlink_metadata() else { return 0 };
        if !found.is_dir() {
            return found.len();
        }
        let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
        entries.map(|entry| len(&entry.path())).sum()
    }
    SOURCES.iter().map(|source| len(&root.join(source))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shown red by: leaving `log` out; not cutting at the length that was there; one name for all.
    #[test]
    fn a_backup_holds_what_cannot_be_made_again() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        std::fs::create_dir_all(root.join("log")).unwrap();
        std::fs::create_dir_all(root.join("local/gen-1")).unwrap();
        std::fs::write(root.join("log/a.jsonl"), "one\ntwo\n").unwrap();
        std::fs::write(root.join("config.toml"), "[ui]\n").unwrap();
        std::fs::write(root.join("local/journal.jsonl"), "{}\n").unwrap();
        std::fs::write(root.join("local/gen-1/index.sqlite"), "not this").unwrap();
        let (first, bytes) = make(root, Timestamp(0)).unwrap();
        let (second, _) = make(root, Timestamp(0)).unwrap();
        assert_ne!(first, second);
        assert_eq!(first.metadata().unwrap().len(), bytes);
        let file = zstd::Decoder::new(File::open(&first).unwrap()).unwrap();
        let mut held = Vec::new();
        for entry in tar::Archive::new(file).entries().unwrap() {
            let mut entry = entry.unwrap();
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            held.push((entry.path().unwrap().display().to_string(), text));
        }
        let expected = [("log/a.jsonl", "one\ntwo\n"), ("config.toml", "[ui]\n")];
        let journal = ("local/journal.jsonl", "{}\n");
        let expected = expected.into_iter().chain([journal]);
        let expected: Vec<_> = expected.map(|(a, b)| (a.to_owned(), b.to_owned())).collect();
        assert_eq!(held, expected);
        assert_eq!(bytes_to_read(root), 16);
    }
}
