//! The chain: `chain.jsonl`, one line for everything that happened to the backups of a directory.
//!
//! Start at [`Chain::read`]. A line names the hash of the line before it and is hashed itself: the
//! SHA-256 of its bytes without the member `"hash":"…",`.
//!
//! - **Invariant.** Lines are only ever added, each in one write, synced. What was removed is told
//!   by a further line, so that the chain can be followed from its first line.
//! - **Invariant.** A line that is torn or was changed is a fault that is named; the others count.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use milestone_core::log::Digest;
use milestone_core::words::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The file of the chain, in the directory of the backups.
pub(super) const CHAIN: &str = "chain.jsonl";

/// What the first line names as the one before it.
const NONE: &str = "";

/// Length of a hash in hex digits.
const HASH_CHARS: usize = 64;

/// Why a backup was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Occasion {
    /// Somebody asked for it.
    Asked,
    /// It was the first command of a day.
    Daily,
    /// A full one was due.
    Weekly,
    /// Records came in from elsewhere, which the continuous backup does not see.
    Caught,
    /// A move to another backend was about to begin.
    Move,
    /// Something was about to be brought back.
    Restore,
}

impl Occasion {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Daily => "daily",
            Self::Weekly => "weekly",
            Self::Caught => "caught",
            Self::Move => "move",
            Self::Restore => "restore",
        }
    }
}

/// A backup: a moment that can be brought back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// Its number, from 1.
    #[serde(rename = "backup")]
    pub number: u64,
    /// True if it needs no other one.
    pub full: bool,
    /// Why it was made.
    pub why: Occasion,
    /// Its folder.
    pub folder: String,
    /// SHA-256 of its manifest.
    pub manifest: String,
    /// What it takes, in bytes, without those it is based on.
    pub bytes: u64,
    /// How many records it holds, with those it is based on.
    pub records: u64,
    /// The sum of their ids.
    pub digest: Digest,
    /// True if the log had errors then: it does not take the place of a good one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub degraded: bool,
    /// When it was made.
    #[serde(skip)]
    pub at: Timestamp,
    /// What it showed when it was brought back for a trial, hashed; `None` if it never was.
    #[serde(skip)]
    pub verified: Option<String>,
    /// True if something of it was found missing or changed.
    #[serde(skip)]
    pub damaged: bool,
}

/// What a line tells.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "told", rename_all = "lowercase")]
pub(super) enum Told {
    /// A backup was made.
    Made(Point),
    /// One was brought back for a trial, and was what it should be.
    Verified {
        /// Which.
        backup: u64,
        /// What it showed, hashed.
        fingerprint: String,
    },
    /// Something of these was found missing or changed.
    Damaged {
        /// Which.
        backups: Vec<u64>,
    },
    /// Some were removed.
    Pruned {
        /// Which.
        backups: Vec<u64>,
    },
}

#[derive(Debug, Serialize, Deserialize)]
struct Line {
    prev: String,
    at: Timestamp,
    #[serde(flatten)]
    told: Told,
}

/// What is wrong with the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainFault {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub why: &'static str,
}

/// The backups of a directory, as its chain tells.
#[derive(Debug, Clone, Default)]
pub(super) struct Chain {
    /// Those that were not removed, the oldest first.
    pub(super) points: Vec<Point>,
    /// What is wrong with it.
    pub(super) faults: Vec<ChainFault>,
    /// The hash of its first line.
    pub(super) id: Option<String>,
    /// The hash of its last sound line.
    pub(super) last: Option<String>,
    /// The number of the next backup.
    pub(super) next: u64,
}

impl Chain {
    /// Reads the chain in `dir`; one that is not there is empty.
    pub(super) fn read(dir: &Path) -> io::Result<Self> {
        let text = match std::fs::read(dir.join(CHAIN)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            other => other?,
        };
        let mut chain = Self { next: 1, ..Self::default() };
        let mut expected = Some(NONE.to_owned());
        for (number, line) in (1..).zip(text.split_inclusive(|&byte| byte == b'\n')) {
            let Some(whole) = line.strip_suffix(b"\n") else {
                chain
                    .faults
                    .push(ChainFault { line: number, why: "it was not written to its end" });
                break;
            };
            if whole.is_empty() {
                continue;
            }
            let Some((hash, read)) = parse(whole) else {
                chain.faults.push(ChainFault { line: number, why: "its hash does not hold" });
                expected = None;
                continue;
            };
            if expected.as_ref().is_some_and(|expected| *expected != read.prev) {
                chain.faults.push(ChainFault { line: number, why: "a line before it is missing" });
            }
            chain.id.get_or_insert_with(|| hash.clone());
            expected = Some(hash.clone());
            chain.last = Some(hash);
            chain.take(read);
        }
        Ok(chain)
    }

    fn take(&mut self, line: Line) {
        match line.told {
            Told::Made(point) => {
                self.next = self.next.max(point.number + 1);
                self.points.push(Point { at: line.at, ..point });
            }
            Told::Verified { backup, fingerprint } => {
                if let Some(point) = self.points.iter_mut().find(|held| held.number == backup) {
                    (point.verified, point.damaged) = (Some(fingerprint), false);
                }
            }
            Told::Damaged { backups } => {
                let hit = self.points.iter_mut().filter(|held| backups.contains(&held.number));
                hit.for_each(|point| point.damaged = true);
            }
            Told::Pruned { backups } => self.points.retain(|held| !backups.contains(&held.number)),
        }
    }

    /// Adds a line, durably. The caller holds the lock of the directory.
    pub(super) fn tell(&mut self, dir: &Path, at: Timestamp, told: Told) -> io::Result<()> {
        let prev = self.last.clone().unwrap_or_else(|| NONE.to_owned());
        let line = Line { prev, at, told };
        let body = serde_json::to_string(&line)?;
        let hash = hex(&Sha256::digest(body.as_bytes()));
        let mut buffer = format!("{{\"hash\":\"{hash}\",{}\n", &body[1..]);
        let mut options = File::options();
        let mut file = options.read(true).append(true).create(true).open(dir.join(CHAIN))?;
        if !ends_with_lf(&mut file)? {
            buffer.insert(0, '\n');
        }
        file.write_all(buffer.as_bytes())?;
        file.sync_all()?;
        File::open(dir)?.sync_all()?;
        self.id.get_or_insert_with(|| hash.clone());
        self.last = Some(hash);
        self.take(line);
        Ok(())
    }

    /// The backup of that number.
    pub(super) fn point(&self, number: u64) -> Option<&Point> {
        self.points.iter().find(|held| held.number == number)
    }
}

fn parse(line: &[u8]) -> Option<(String, Line)> {
    let text = std::str::from_utf8(line).ok()?;
    let (hash, rest) = text.strip_prefix("{\"hash\":\"")?.split_at_checked(HASH_CHARS)?;
    let body = format!("{{{}", rest.strip_prefix("\",")?);
    if hex(&Sha256::digest(body.as_bytes())) != hash {
        return None;
    }
    Some((hash.to_owned(), serde_json::from_str(&body).ok()?))
}

fn ends_with_lf(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    let mut byte = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut byte)?;
    Ok(byte == *b"\n")
}

/// Bytes in lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(number: u64) -> Point {
        Point {
            number,
            full: number == 1,
            why: Occasion::Asked,
            folder: format!("{number:04}-asked"),
            manifest: String::new(),
            bytes: 1,
            records: number,
            digest: Digest::default(),
            degraded: false,
            at: Timestamp(0),
            verified: None,
            damaged: false,
        }
    }

    /// Shown red by: not looking at the hash.
    #[test]
    fn a_changed_a_missing_and_a_torn_line_are_named() {
        let dir = tempfile::tempdir().unwrap();
        let mut chain = Chain::read(dir.path()).unwrap();
        for number in 1..=4 {
            chain.tell(dir.path(), Timestamp(0), Told::Made(point(number))).unwrap();
        }
        let path = dir.path().join(CHAIN);
        let text = std::fs::read_to_string(&path).unwrap();
        let read = |text: &str| {
            std::fs::write(&path, text).unwrap();
            let chain = Chain::read(dir.path()).unwrap();
            let points: Vec<u64> = chain.points.iter().map(|point| point.number).collect();
            let lines: Vec<u64> = chain.faults.iter().map(|fault| fault.line).collect();
            (points, lines)
        };
        assert_eq!(read(&text), (vec![1, 2, 3, 4], vec![]));
        let changed = text.replacen("\"records\":2", "\"records\":3", 1);
        assert_eq!(read(&changed), (vec![1, 3, 4], vec![2]));
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        assert_eq!(read(&[lines[0], lines[2], lines[3]].concat()), (vec![1, 3, 4], vec![2]));
        let torn = &text[..text.len() - 5];
        assert_eq!(read(torn), (vec![1, 2, 3], vec![4]));
        let mut chain = Chain::read(dir.path()).unwrap();
        let verified = Told::Verified { backup: 3, fingerprint: "f".to_owned() };
        chain.tell(dir.path(), Timestamp(0), verified).unwrap();
        chain.tell(dir.path(), Timestamp(0), Told::Pruned { backups: vec![1] }).unwrap();
        let again = Chain::read(dir.path()).unwrap();
        assert_eq!(again.points.len(), 2);
        assert_eq!(again.points[1].verified.as_deref(), Some("f"));
        assert_eq!(again.next, 4);
    }
}
