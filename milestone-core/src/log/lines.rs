//! The lines of one file, read, checked and sorted.
//!
//! Start at [`read_lines`].
//!
//! - **Invariant.** Every byte is accounted for: as a record, as a finding, or as an empty line.
//! - **Absent on purpose.** Other files. Their records are merged in `scan`.

use self_cell::self_cell;

use super::checkpoint::FileMark;
use super::finding::{Finding, Oddity};
use super::record::{LineFault, Record, check, read};
use super::store::{FileStat, LogStore, ReadError};
use crate::words::RecordId;

/// How many bytes are asked for at once.
const READ_BYTES: usize = 256 * 1024;

/// How many bytes of a file's last line its mark keeps: `{"id":"` and an id, and the quote.
const LAST_LINE_BYTES: usize = 72;

/// One record with its line.
#[derive(Debug)]
pub struct ParsedLine<'a> {
    /// What the line says.
    pub record: Record<'a>,
    /// The line.
    pub text: &'a str,
    /// Where it begins in its file.
    pub offset: u64,
    /// Which line it is, counted from 1.
    pub line: u64,
}

/// A line whose hash is right, before it is read: where it stands in the order and in the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct LineRef {
    pub(super) clock: u64,
    pub(super) id: RecordId,
    begin: usize,
    len: usize,
    offset: u64,
    line: u64,
}

/// Whether lines are read at once or when their turn comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// At once, for whoever hands them to another thread or looks at them twice.
    Ahead,
    /// When their turn comes, so that they need no memory until then.
    Late,
}

/// The records of a file in their order, and what was found odd.
#[derive(Debug, Default)]
pub struct ParsedLines<'a> {
    /// The records, sorted by clock and id.
    pub lines: Vec<ParsedLine<'a>>,
    /// The same lines unread, where they are read late.
    pub(super) refs: Vec<LineRef>,
    /// What was found odd.
    pub findings: Vec<Finding>,
    /// How far the file was read.
    pub mark: Option<FileMark>,
}

self_cell!(
    /// The bytes of a file together with the records that are borrowed from them.
    pub struct FileLines {
        owner: Vec<u8>,
        #[covariant]
        dependent: ParsedLines,
    }
    impl {Debug}
);

/// Reads the lines of a file from where `from` ends, or from the beginning.
///
/// # Errors
///
/// [`ReadError`] if the store refuses. What the lines say is never an error.
pub fn read_lines<S: LogStore + ?Sized>(
    store: &S,
    stat: &FileStat,
    from: Option<&FileMark>,
) -> Result<FileLines, ReadError> {
    read_lines_as(store, stat, from, Reading::Ahead)
}

/// The same, with the lines read ahead or late.
pub(super) fn read_lines_as<S: LogStore + ?Sized>(
    store: &S,
    stat: &FileStat,
    from: Option<&FileMark>,
    reading: Reading,
) -> Result<FileLines, ReadError> {
    let start = from.map_or(0, |mark| mark.len_bytes);
    let bytes = read_from(store, stat, start)?;
    Ok(FileLines::new(bytes, |bytes| parse_lines(stat, from, reading, bytes)))
}

impl FileLines {
    /// Where the line at `place` stands in the order.
    pub(super) fn key(&self, place: usize) -> Option<(u64, RecordId)> {
        let parsed = self.borrow_dependent();
        let line = || parsed.lines.get(place).map(|line| (line.record.clock, line.record.id));
        parsed.refs.get(place).map(|line| (line.clock, line.id)).or_else(line)
    }

    /// Hands over the line at `place`, reading it if that was not done yet; a line that turns out to
    /// be no record is a finding.
    pub(super) fn with_line<R>(
        &self,
        place: usize,
        file: &str,
        look: impl FnOnce(Result<&ParsedLine<'_>, Finding>) -> R,
    ) -> R {
        self.with_dependent(|bytes, parsed| {
            let Some(at) = parsed.refs.get(place) else { return look(Ok(&parsed.lines[place])) };
            let text = std::str::from_utf8(&bytes[at.begin..at.begin + at.len])
                .expect("it was checked when the file was read");
            match read(text, at.id) {
                Ok(record) => {
                    look(Ok(&ParsedLine { record, text, offset: at.offset, line: at.line }))
                }
                Err(fault) => look(Err(Finding {
                    file: file.to_owned(),
                    line: at.line,
                    offset: at.offset,
                    oddity: fault.into(),
                })),
            }
        })
    }
}

/// The mark of a file after lines were appended to it that are known already: looks for line ends
/// and at nothing else.
///
/// # Errors
///
/// [`ReadError`] if the store refuses.
pub fn mark_lines<S: LogStore + ?Sized>(
    store: &S,
    stat: &FileStat,
    from: Option<&FileMark>,
) -> Result<FileMark, ReadError> {
    let (start, before) = from.map_or((0, 0), |mark| (mark.len_bytes, mark.lines));
    let bytes = read_from(store, stat, start)?;
    let end = memchr::memrchr(b'\n', &bytes).map_or(0, |last| last + 1);
    let body = &bytes[..end.saturating_sub(1)];
    let begin = memchr::memrchr(b'\n', body).map_or(0, |last| last + 1);
    let kept = from.map(|mark| mark.last_line.clone()).unwrap_or_default();
    let last_line = match end {
        0 => kept,
        _ => body[begin..].iter().take(LAST_LINE_BYTES).copied().collect(),
    };
    Ok(FileMark {
        name: stat.name.clone(),
        len_bytes: start + end as u64,
        seen_bytes: start + bytes.len() as u64,
        lines: before + memchr::memchr_iter(b'\n', &bytes[..end]).count() as u64,
        last_line,
        mtime_ns: stat.mtime_ns,
        inode: stat.inode,
    })
}

fn read_from<S: LogStore + ?Sized>(
    store: &S,
    stat: &FileStat,
    start: u64,
) -> Result<Vec<u8>, ReadError> {
    let expected = usize::try_from(stat.len_bytes.saturating_sub(start)).unwrap_or(0);
    let mut bytes = Vec::with_capacity(expected + 1);
    loop {
        let filled = bytes.len();
        // The last read asks for one byte more than is expected and finds the end.
        let room = expected.saturating_sub(filled).clamp(1, READ_BYTES);
        bytes.resize(filled + room, 0);
        let count = store.read_at(&stat.name, start + filled as u64, &mut bytes[filled..])?;
        bytes.truncate(filled + count);
        if count == 0 || bytes.len() >= expected {
            return Ok(bytes);
        }
    }
}

fn parse_lines<'a>(
    stat: &FileStat,
    from: Option<&FileMark>,
    reading: Reading,
    bytes: &'a [u8],
) -> ParsedLines<'a> {
    let (start, lines_before) = from.map_or((0, 0), |mark| (mark.len_bytes, mark.lines));
    let mut parsed = ParsedLines::default();
    // One check for the whole file; line by line only where it fails.
    let whole = std::str::from_utf8(bytes).ok();
    let (mut at, mut number, mut crlf) = (0, lines_before, false);
    let mut last_line = from.map(|mark| mark.last_line.clone()).unwrap_or_default();
    let (mut sorted, mut last_key) = (true, None);
    while let Some(len) = memchr::memchr(b'\n', &bytes[at..]) {
        let raw = &bytes[at..at + len];
        let (offset, begin) = (start + at as u64, at);
        at += len + 1;
        number += 1;
        last_line.clear();
        last_line.extend_from_slice(&raw[..raw.len().min(LAST_LINE_BYTES)]);
        let text = match whole {
            Some(whole) => Ok(&whole[begin..begin + len]),
            None => std::str::from_utf8(raw),
        };
        let finding = |oddity| Finding { file: stat.name.clone(), line: number, offset, oddity };
        let text = match text {
            Ok(text) => text,
            Err(_) => {
                parsed.findings.push(finding(Oddity::NotARecord("it is not UTF-8".into())));
                continue;
            }
        };
        let text = text.strip_suffix('\r').inspect(|_| crlf = true).unwrap_or(text);
        if text.is_empty() {
            continue;
        }
        let place = LineRef {
            clock: 0,
            id: RecordId([0; 32]),
            begin,
            len: text.len(),
            offset,
            line: number,
        };
        match parsed.take(text, place, reading) {
            Ok(key) => {
                sorted &= last_key < Some(key);
                last_key = Some(key);
            }
            Err(fault) => parsed.findings.push(finding(fault.into())),
        }
    }
    if !sorted {
        parsed.lines.sort_by_key(|line| (line.record.clock, line.record.id));
        parsed.refs.sort_by_key(|line| (line.clock, line.id));
    }
    let end = start + at as u64;
    let mut found = |line, offset, oddity| {
        parsed.findings.push(Finding { file: stat.name.clone(), line, offset, oddity });
    };
    if crlf {
        found(0, 0, Oddity::CarriageReturn);
    }
    if at < bytes.len() {
        found(number + 1, end, Oddity::TornTail);
    }
    parsed.mark = Some(FileMark {
        name: stat.name.clone(),
        len_bytes: end,
        seen_bytes: start + bytes.len() as u64,
        lines: number,
        last_line,
        mtime_ns: stat.mtime_ns,
        inode: stat.inode,
    });
    parsed
}

impl<'a> ParsedLines<'a> {
    /// Takes in a line; says where it stands in the order.
    fn take(
        &mut self,
        text: &'a str,
        at: LineRef,
        reading: Reading,
    ) -> Result<(u64, RecordId), LineFault> {
        if text.len() >= super::store::LINE_BYTES_MAX {
            return Err(LineFault::NotARecord("it is over 1 MiB".into()));
        }
        let (id, clock) = check(text)?;
        match reading {
            Reading::Late => self.refs.push(LineRef { id, clock, ..at }),
            Reading::Ahead => {
                let record = read(text, id)?;
                self.lines.push(ParsedLine { record, text, offset: at.offset, line: at.line });
            }
        }
        Ok((clock, id))
    }
}
