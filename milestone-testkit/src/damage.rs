//! What crashes, merges, editors and disks do to files of a log without taking a record away.
//!
//! Start at [`Damage`]; [`harmless`] generates it.
//!
//! - **Invariant.** Whatever is done to a log here, the set of its records stays what it was.

use proptest::prelude::*;

use crate::memory::MemoryStore;

/// One harmless thing done to a log. Numbers choose a file or a line, modulo how many there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Damage {
    /// The first bytes of a line stand at the end of a file, without LF.
    TornTail {
        /// Whose.
        file: usize,
        /// How many bytes.
        len: usize,
    },
    /// A line stands in a file once more.
    Duplicate {
        /// Which line of the log.
        line: usize,
        /// In which file.
        file: usize,
    },
    /// All lines of a file end in CR LF.
    CrLf {
        /// Which file.
        file: usize,
    },
    /// Git left its conflict markers around a line.
    ConflictMarkers {
        /// In which file.
        file: usize,
        /// Around which line.
        line: usize,
    },
    /// A line that is no record stands in a file.
    Garbage {
        /// In which file.
        file: usize,
        /// Before which line.
        line: usize,
        /// Which of [`garbage_line`].
        what: usize,
    },
}

/// Any harmless damage.
pub fn harmless() -> impl Strategy<Value = Damage> {
    let (file, line) = (0..5usize, 0..50usize);
    prop_oneof![
        (file.clone(), 1..600usize).prop_map(|(file, len)| Damage::TornTail { file, len }),
        (line.clone(), file.clone()).prop_map(|(line, file)| Damage::Duplicate { line, file }),
        file.clone().prop_map(|file| Damage::CrLf { file }),
        (file.clone(), line.clone())
            .prop_map(|(file, line)| Damage::ConflictMarkers { file, line }),
        (file, line, 0..9usize).prop_map(|(file, line, what)| Damage::Garbage { file, line, what }),
    ]
}

/// Lines that are no record, one for each number: none of them has an LF in it.
pub fn garbage_line(what: usize, record: &str) -> Vec<u8> {
    match what % 9 {
        0 => b"not a record".to_vec(),
        1 => Vec::new(),
        2 => b"\0\x01\x02".to_vec(),
        3 => b"\xff\xfe\xc3".to_vec(),
        4 => b"{\"id\":\"00\",\"v\":1}".to_vec(),
        5 => record.replacen("\"v\":1", "\"v\":7", 1).into_bytes(),
        6 => record.as_bytes()[..record.len() / 2].to_vec(),
        7 => [record.as_bytes(), b" "].concat(),
        _ => b"[".repeat(400),
    }
}

impl Damage {
    /// Does it to `store`. A log without files or lines has nothing to damage.
    pub fn apply(&self, store: &MemoryStore) {
        let (files, all) = (store.contents(), store.lines());
        let (Self::TornTail { file, .. }
        | Self::Duplicate { file, .. }
        | Self::CrLf { file }
        | Self::ConflictMarkers { file, .. }
        | Self::Garbage { file, .. }) = self;
        let chosen = files.iter().nth(file % files.len().max(1));
        let (Some((name, bytes)), Some(first)) = (chosen, all.first()) else { return };
        let (mut lines, mut tail) = split(bytes);
        match self {
            Self::TornTail { len, .. } => {
                let line = all[len % all.len()].as_bytes();
                tail = line[..(*len).min(line.len())].to_vec();
            }
            Self::Duplicate { line, .. } => {
                lines.push(all[line % all.len()].clone().into_bytes());
            }
            Self::CrLf { .. } => {
                let lf = lines.iter_mut().filter(|line| line.last() != Some(&b'\r'));
                lf.for_each(|line| line.push(b'\r'));
            }
            Self::ConflictMarkers { line, .. } => {
                let at = line % (lines.len() + 1);
                let last = (at + 1).min(lines.len());
                lines.splice(last..last, [b"=======".to_vec(), b">>>>>>> theirs".to_vec()]);
                lines.insert(at, b"<<<<<<< HEAD".to_vec());
            }
            Self::Garbage { line, what, .. } => {
                lines.insert(line % (lines.len() + 1), garbage_line(*what, first));
            }
        }
        let mut bytes = Vec::new();
        for line in lines {
            bytes.extend(line);
            bytes.push(b'\n');
        }
        bytes.extend(tail);
        store.put(name, bytes);
    }
}

/// The lines that have an end, and what stands behind the last of them.
fn split(bytes: &[u8]) -> (Vec<Vec<u8>>, Vec<u8>) {
    let mut lines: Vec<Vec<u8>> = bytes.split(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect();
    let tail = lines.pop().unwrap_or_default();
    (lines, tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_damage_leaves_every_line_where_a_reader_finds_it() {
        let damages = [
            Damage::TornTail { file: 0, len: 2 },
            Damage::Duplicate { line: 1, file: 0 },
            Damage::ConflictMarkers { file: 0, line: 1 },
            Damage::Garbage { file: 0, line: 0, what: 0 },
        ];
        let store = MemoryStore::from_lines(["one", "two"]);
        damages.iter().for_each(|damage| damage.apply(&store));
        let text = String::from_utf8(store.contents()["memory-0001.jsonl"].clone()).unwrap();
        assert_eq!(text, "not a record\none\n<<<<<<< HEAD\ntwo\n=======\n>>>>>>> theirs\ntwo\non");
        Damage::CrLf { file: 0 }.apply(&store);
        assert_eq!(store.lines()[1], "one\r");
        Damage::CrLf { file: 3 }.apply(&MemoryStore::new());
    }
}
