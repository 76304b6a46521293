//! What the archives of this clone stand for: `local/archives`, a line for each.
//!
//! Start at [`load`]. An archive is listed as the file that it was made of, with the length, the
//! time and the inode which that file had: so nobody who had read the file reads its archive again.
//!
//! - **Invariant.** An entry counts only for the very archive that it was written for: same name,
//!   length, time and inode. A line that is torn counts for nothing.
//! - **Invariant.** It is never needed: without an entry the length is read off the archive, and
//!   the file is taken for one that has been replaced.
//! - **Not promised.** It is not synced, and of two processes that add to it at the same moment one
//!   may lose.

use std::collections::HashMap;
use std::io;

use milestone_core::log::FileStat;

use super::paths::Paths;
use super::writer::{fnv, hex};
use crate::disk::{Disk, read_file};

/// An archive, and the file that it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// The archive itself.
    pub(super) archive: FileStat,
    /// What it is listed as.
    pub(super) listed: FileStat,
}

impl Entry {
    fn encode(&self) -> String {
        let Self { archive, listed } = self;
        let mut line = format!("{} {}", archive.name, listed.name);
        for stat in [archive, listed] {
            let mtime = stat.mtime_ns.cast_unsigned();
            line.push_str(&format!(" {:x} {mtime:x} {:x}", stat.len_bytes, stat.inode));
        }
        line.push_str(&format!(" {:016x}\n", fnv(line.as_bytes())));
        line
    }

    fn decode(line: &str) -> Option<Self> {
        let (body, check) = line.rsplit_once(' ')?;
        if hex(check)? != fnv(body.as_bytes()) {
            return None;
        }
        let mut parts = body.split(' ');
        let (archive, listed) = (parts.next()?.to_owned(), parts.next()?.to_owned());
        let mut number = || hex(parts.next()?);
        let mut stat = |name| {
            let (len_bytes, mtime) = (number()?, number()?);
            let (mtime_ns, inode) = (mtime.cast_signed(), number()?);
            Some(FileStat { name, len_bytes, mtime_ns, inode })
        };
        Some(Self { archive: stat(archive)?, listed: stat(listed)? })
    }
}

/// Every entry, by the archive's name. What cannot be read is not there.
pub(super) fn load<D: Disk>(paths: &Paths<D>) -> HashMap<String, Entry> {
    let bytes = read_file(&paths.disk, &paths.manifest).unwrap_or_default();
    let text = String::from_utf8(bytes).unwrap_or_default();
    text.lines()
        .filter_map(Entry::decode)
        .map(|entry| (entry.archive.name.clone(), entry))
        .collect()
}

/// Adds entries to what is there; `keep` says which of those stay.
pub(super) fn add<D: Disk>(
    paths: &Paths<D>,
    new: Vec<Entry>,
    keep: impl Fn(&Entry) -> bool,
) -> io::Result<()> {
    let mut entries = load(paths);
    entries.retain(|_, entry| keep(entry));
    entries.extend(new.into_iter().map(|entry| (entry.archive.name.clone(), entry)));
    let mut lines: Vec<String> = entries.values().map(Entry::encode).collect();
    lines.sort_unstable();
    paths.replace_local(&paths.manifest, lines.concat().as_bytes())
}
