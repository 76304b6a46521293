//! What a clone remembers of its own files: `local/writer`, one record of fixed size.
//!
//! Start at [`Remembered`]. The record is a line of ASCII, numbers in hex:
//! `writer dev inode highest current line_start len id check`.
//!
//! - **Invariant.** A number is reserved (`highest` is written) before its file is created, so that
//!   no two branches ever create a file of the same name.
//! - **Invariant.** A line is remembered before it is written. If the process dies in between, the
//!   file is shorter than remembered and is left alone, which costs a file and never a clash.
//! - **Invariant.** A record that is torn, foreign or copied is worth nothing: a new writer is
//!   drawn. The record is written by one `pwrite` and is not synced, but when a number was taken.
//! - **Not promised.** A copy of a whole disk has the same device and inode numbers and continues
//!   the same files as its original.

use std::io;

use milestone_core::words::RecordId;

use super::paths::Paths;
use crate::disk::{Disk, How, write_all_at};

/// Length of a writer's name in characters.
const NAME_CHARS: usize = 8;
/// The digits of base 32, lower case, without those that look alike.
const BASE32: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Bits of a base-32 digit.
const BASE32_BITS: u32 = 5;
/// Length of the record in bytes, LF included.
const RECORD_BYTES: usize = 177;
/// Length of the check digits.
const CHECK_CHARS: usize = 16;
/// Where the check digits begin.
const CHECK_AT: usize = RECORD_BYTES - 1 - CHECK_CHARS;
/// Start and prime of FNV-1a with 64 bits.
const FNV: (u64, u64) = (0xcbf2_9ce4_8422_2325, 0x0000_0100_0000_01b3);

/// The end of this clone's newest file, as it was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tail {
    /// The number in the file's name.
    pub(super) number: u32,
    /// Where its last line begins, in bytes.
    pub(super) line_start: u64,
    /// Where that line ends, LF included.
    pub(super) len: u64,
    /// The id of that line.
    pub(super) id: RecordId,
}

/// What the record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Remembered {
    /// The writer's name.
    pub(super) name: String,
    /// Device and inode of `local/`, by which a copied clone is told from its original.
    place: (u64, u64),
    /// The highest number ever taken.
    pub(super) highest: u32,
    /// The file to continue; `None` for a writer that has not written.
    pub(super) tail: Option<Tail>,
}

impl Remembered {
    /// The name of this writer's file of that number.
    pub(super) fn file_name(&self, number: u32) -> String {
        format!("{}-{number:04}.jsonl", self.name)
    }

    fn draw(place: (u64, u64), mut bits: u64) -> Self {
        let mut name = String::new();
        for _ in 0..NAME_CHARS {
            name.push(char::from(BASE32[(bits & 31) as usize]));
            bits >>= BASE32_BITS;
        }
        Self { name, place, highest: 0, tail: None }
    }

    fn encode(&self) -> String {
        let (dev, inode) = self.place;
        let none = Tail { number: 0, line_start: 0, len: 0, id: RecordId([0; 32]) };
        let Tail { number, line_start, len, id } = self.tail.unwrap_or(none);
        let (name, highest) = (&self.name, self.highest);
        let mut text = format!(
            "{name} {dev:016x} {inode:016x} {highest:08x} {number:08x} {line_start:016x} \
             {len:016x} {id} "
        );
        text.push_str(&format!("{:016x}\n", fnv(text.as_bytes())));
        debug_assert_eq!(text.len(), RECORD_BYTES);
        text
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?.strip_suffix('\n')?;
        if bytes.len() != RECORD_BYTES || fnv(&bytes[..CHECK_AT]) != hex(text.get(CHECK_AT..)?)? {
            return None;
        }
        let parts: Vec<&str> = text.split(' ').collect();
        let &[name, dev, inode, highest, number, line_start, len, id, _] = parts.as_slice() else {
            return None;
        };
        if name.len() != NAME_CHARS || !name.bytes().all(|byte| BASE32.contains(&byte)) {
            return None;
        }
        let number = u32::try_from(hex(number)?).ok()?;
        let id = RecordId::parse(id.as_bytes())?;
        let tail = Tail { number, line_start: hex(line_start)?, len: hex(len)?, id };
        Some(Self {
            name: name.to_owned(),
            place: (hex(dev)?, hex(inode)?),
            highest: u32::try_from(hex(highest)?).ok()?,
            tail: (number > 0 && tail.line_start < tail.len).then_some(tail),
        })
    }
}

pub(super) fn hex(digits: &str) -> Option<u64> {
    u64::from_str_radix(digits, 16).ok()
}

/// A sum by which a torn record is told from a whole one.
pub(super) fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(FNV.0, |sum, &byte| (sum ^ u64::from(byte)).wrapping_mul(FNV.1))
}

/// The open record of one command, which holds the lock.
#[derive(Debug)]
pub(super) struct WriterFile<'p, D: Disk> {
    disk: &'p D,
    file: D::File,
    pub(super) state: Remembered,
}

impl<'p, D: Disk> WriterFile<'p, D> {
    /// Reads the record, or draws a new writer if it says nothing about this clone.
    pub(super) fn open(paths: &'p Paths<D>) -> io::Result<Self> {
        let (disk, place) = (&paths.disk, place(paths)?);
        let file = disk.open(&paths.writer, How::Write)?;
        let state = match read(disk, &file)?.filter(|state| state.place == place) {
            Some(state) => state,
            None => {
                disk.set_len(&file, 0)?;
                Remembered::draw(place, disk.random()?)
            }
        };
        Ok(Self { disk, file, state })
    }

    /// Takes the next number for good.
    pub(super) fn take_number(&mut self) -> io::Result<u32> {
        let taken = self.state.highest.checked_add(1);
        let number =
            taken.ok_or_else(|| io::Error::other("this writer has used up its numbers"))?;
        self.state.highest = number;
        self.write()?;
        Ok(number)
    }

    /// Remembers the line that is about to be written, or (with the old tail) that it was not.
    pub(super) fn remember(&mut self, tail: Option<Tail>) -> io::Result<()> {
        self.state.tail = tail;
        self.write()
    }

    /// Makes the numbers taken so far durable.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.disk.sync(&self.file)
    }

    fn write(&self) -> io::Result<()> {
        write_all_at(self.disk, &self.file, self.state.encode().as_bytes(), 0)
    }
}

/// What is remembered, read without the lock; `None` if it says nothing about this clone.
pub(super) fn peek<D: Disk>(paths: &Paths<D>) -> io::Result<Option<Remembered>> {
    let peek = || -> io::Result<_> {
        let file = paths.disk.open(&paths.writer, How::Read)?;
        let place = place(paths)?;
        Ok(read(&paths.disk, &file)?.filter(|state| state.place == place))
    };
    match peek() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        other => other,
    }
}

fn read<D: Disk>(disk: &D, file: &D::File) -> io::Result<Option<Remembered>> {
    // One byte more than a record has, so that a longer file is not taken for one.
    let mut bytes = [0; RECORD_BYTES + 1];
    let read = disk.read_at(file, &mut bytes, 0)?;
    Ok(Remembered::decode(&bytes[..read]))
}

fn place<D: Disk>(paths: &Paths<D>) -> io::Result<(u64, u64)> {
    Ok(paths.disk.stat_at(&paths.local)?.inode)
}
