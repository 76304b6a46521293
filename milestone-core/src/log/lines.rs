//! The lines of one file, read, checked and sorted.
//!
//! Start at [`read_lines`].
//!
//! - **Invariant.** Every byte is accounted for: as a record, as a finding, or as an empty line.
//! - **Absent on purpose.** Other files. Their records are merged in `scan`.

use std::cmp::Ordering;

use self_cell::self_cell;

use super::checkpoint::FileMark;
use super::finding::{Finding, Oddity};
use super::record::{LineFault, Record, parse};
use super::store::{FileStat, LogStore, ReadError};

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

/// The records of a file in their order, and what was found odd.
#[derive(Debug, Default)]
pub struct ParsedLines<'a> {
    /// The records, sorted by clock and id.
    pub lines: Vec<ParsedLine<'a>>,
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
    let (start, line) = from.map_or((0, 0), |mark| (mark.len_bytes, mark.lines));
    let bytes = read_from(store, stat, start)?;
    Ok(FileLines::new(bytes, |bytes| parse_lines(stat, from, start, line, bytes)))
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
    start: u64,
    lines_before: u64,
    bytes: &'a [u8],
) -> ParsedLines<'a> {
    let mut parsed = ParsedLines::default();
    // One check for the whole file; line by line only where it fails.
    let whole = std::str::from_utf8(bytes).ok();
    let (mut at, mut number, mut crlf) = (0, lines_before, false);
    let mut last_line = from.map(|mark| mark.last_line.clone()).unwrap_or_default();
    let mut sorted = true;
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
        match parse_checked(text) {
            Ok(record) => {
                let line = ParsedLine { record, text, offset, line: number };
                sorted &= parsed.lines.last().is_none_or(|last| order(last, &line).is_lt());
                parsed.lines.push(line);
            }
            Err(fault) => parsed.findings.push(finding(fault.into())),
        }
    }
    if !sorted {
        parsed.lines.sort_by(order);
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

fn parse_checked(text: &str) -> Result<Record<'_>, LineFault> {
    if text.len() >= super::store::LINE_BYTES_MAX {
        return Err(LineFault::NotARecord("it is over 1 MiB".into()));
    }
    parse(text)
}

/// The order of the log: by clock, then by id.
pub(super) fn order(a: &ParsedLine<'_>, b: &ParsedLine<'_>) -> Ordering {
    (a.record.clock, a.record.id).cmp(&(b.record.clock, b.record.id))
}
