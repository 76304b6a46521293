//! The lines of one file, read, checked and sorted.
//!
//! Start at [`FileLines::read`].
//!
//! - **Invariant.** Every byte is accounted for: as a record, as a finding, or as an empty line.
//! - **Absent on purpose.** Other files. Their records are merged in `scan`.

use super::checkpoint::FileMark;
use super::finding::{Finding, Oddity};
use super::record::{LineFault, Record, check, read};
use super::store::{FileStat, LINE_BYTES_MAX, LogStore, ReadError};
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

/// The records of a file in their order, read, and what was found odd.
#[derive(Debug, Default)]
pub struct ParsedLines<'a> {
    /// The records, sorted by clock and id.
    pub lines: Vec<ParsedLine<'a>>,
    /// What was found odd.
    pub findings: Vec<Finding>,
    /// How far the file was read.
    pub mark: Option<FileMark>,
}

/// What is said of a file that cannot be unpacked.
fn damaged(file: String, why: String) -> Finding {
    Finding { file, line: 0, offset: 0, oddity: Oddity::DamagedFile(why) }
}

/// The mark of a file of which nothing could be read: it is not tried again until it is another.
fn unread(stat: &FileStat) -> FileMark {
    FileMark {
        name: stat.name.clone(),
        len_bytes: 0,
        seen_bytes: stat.len_bytes,
        lines: 0,
        last_line: Vec::new(),
        mtime_ns: stat.mtime_ns,
        inode: stat.inode,
    }
}

/// The lines of a file, checked and in order, with the bytes they stand in. Each is read when its
/// turn comes: until then it needs no memory but its bytes.
#[derive(Debug, Default)]
pub struct FileLines {
    bytes: Vec<u8>,
    refs: Vec<LineRef>,
    pub(super) findings: Vec<Finding>,
    pub(super) mark: Option<FileMark>,
}

impl FileLines {
    /// Reads a file from where `from` ends, or from the beginning, and checks its lines.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if the store refuses. What the lines say is never an error.
    pub fn read<S: LogStore + ?Sized>(
        store: &S,
        stat: &FileStat,
        from: Option<&FileMark>,
    ) -> Result<Self, ReadError> {
        Self::read_into(store, stat, from, Self::default())
    }

    /// The same, in the memory of lines that are no longer needed.
    pub(super) fn read_into<S: LogStore + ?Sized>(
        store: &S,
        stat: &FileStat,
        from: Option<&FileMark>,
        mut spare: Self,
    ) -> Result<Self, ReadError> {
        spare.refs.clear();
        let start = from.map_or(0, |mark| mark.len_bytes);
        match read_from(store, stat, start, &mut spare.bytes) {
            Err(ReadError::Damaged { what, why }) => {
                let findings = vec![damaged(what, why)];
                return Ok(Self { findings, mark: Some(unread(stat)), ..spare });
            }
            read => read?,
        }
        let mut findings = Vec::new();
        let (refs, bytes) = (&mut spare.refs, &spare.bytes);
        let (mark, sorted) = walk_lines(stat, from, bytes, &mut findings, |text, at| {
            let (id, clock) = check(text)?;
            refs.push(LineRef { id, clock, ..at });
            Ok((clock, id))
        });
        if !sorted {
            spare.refs.sort_by_key(|line| (line.clock, line.id));
        }
        Ok(Self { findings, mark: Some(mark), ..spare })
    }

    /// True if nothing stands in what was read, and nothing was found odd.
    pub(super) fn is_empty(&self) -> bool {
        self.refs.is_empty() && self.findings.is_empty()
    }

    /// All its lines, read; `file` is the name that findings give.
    pub fn parsed(&self, file: &str) -> ParsedLines<'_> {
        let (mut lines, mut findings) =
            (Vec::with_capacity(self.refs.len()), self.findings.clone());
        for place in 0..self.refs.len() {
            match self.line(place, file) {
                Ok(line) => lines.push(line),
                Err(finding) => findings.push(finding),
            }
        }
        ParsedLines { lines, findings, mark: self.mark.clone() }
    }

    /// Where the line at `place` stands in the order.
    pub(super) fn key(&self, place: usize) -> Option<(u64, RecordId)> {
        self.refs.get(place).map(|line| (line.clock, line.id))
    }

    /// Reads the line at `place`. One that turns out to be no record is a finding.
    pub(super) fn line(&self, place: usize, file: &str) -> Result<ParsedLine<'_>, Finding> {
        let at = &self.refs[place];
        let text = std::str::from_utf8(&self.bytes[at.begin..at.begin + at.len])
            .expect("it was checked when the file was read");
        match read(text, at.id) {
            Ok(record) => Ok(ParsedLine { record, text, offset: at.offset, line: at.line }),
            Err(fault) => Err(Finding {
                file: file.to_owned(),
                line: at.line,
                offset: at.offset,
                oddity: fault.into(),
            }),
        }
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
    let mut bytes = Vec::new();
    read_from(store, stat, start, &mut bytes)?;
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

/// Reads a file from `start` on into `bytes`, in place of what is there.
fn read_from<S: LogStore + ?Sized>(
    store: &S,
    stat: &FileStat,
    start: u64,
    bytes: &mut Vec<u8>,
) -> Result<(), ReadError> {
    let expected = usize::try_from(stat.len_bytes.saturating_sub(start)).unwrap_or(0);
    let mut filled = 0;
    loop {
        // The last read asks for one byte more than is expected and finds the end.
        let room = expected.saturating_sub(filled).clamp(1, READ_BYTES);
        if bytes.len() < filled + room {
            bytes.resize(filled + room, 0);
        }
        let into = &mut bytes[filled..filled + room];
        let count = store.read_at(&stat.name, start + filled as u64, into)?;
        filled += count;
        if count == 0 || filled >= expected {
            bytes.truncate(filled);
            return Ok(());
        }
    }
}

/// Goes through the lines of a file once; `take` says where each stands in the order. Returns how
/// far the file goes and whether its lines are in order.
fn walk_lines<'a>(
    stat: &FileStat,
    from: Option<&FileMark>,
    bytes: &'a [u8],
    findings: &mut Vec<Finding>,
    mut take: impl FnMut(&'a str, LineRef) -> Result<(u64, RecordId), LineFault>,
) -> (FileMark, bool) {
    let (start, mut number) = from.map_or((0, 0), |mark| (mark.len_bytes, mark.lines));
    // One check for the whole file; line by line only where it fails.
    let whole = std::str::from_utf8(bytes).ok();
    let (mut at, mut crlf, mut last) = (0, false, None);
    let (mut sorted, mut last_key) = (true, None);
    while let Some(len) = memchr::memchr(b'\n', &bytes[at..]) {
        let (begin, offset) = (at, start + at as u64);
        at += len + 1;
        number += 1;
        last = Some(begin..begin + len);
        let text = match whole {
            Some(whole) => Some(&whole[begin..begin + len]),
            None => std::str::from_utf8(&bytes[begin..begin + len]).ok(),
        };
        let text =
            text.map(|text| text.strip_suffix('\r').inspect(|_| crlf = true).unwrap_or(text));
        let taken = match text {
            Some("") => continue,
            Some(text) if text.len() >= LINE_BYTES_MAX => {
                Err(LineFault::NotARecord("it is over 1 MiB".into()))
            }
            Some(text) => {
                let (id, len) = (RecordId([0; 32]), text.len());
                take(text, LineRef { clock: 0, id, begin, len, offset, line: number })
            }
            None => Err(LineFault::NotARecord("it is not UTF-8".into())),
        };
        match taken {
            Ok(key) => {
                sorted &= last_key < Some(key);
                last_key = Some(key);
            }
            Err(fault) => {
                let (file, oddity) = (stat.name.clone(), fault.into());
                findings.push(Finding { file, line: number, offset, oddity });
            }
        }
    }
    let end = start + at as u64;
    let mut found = |line, offset, oddity| {
        findings.push(Finding { file: stat.name.clone(), line, offset, oddity });
    };
    if crlf {
        found(0, 0, Oddity::CarriageReturn);
    }
    if at < bytes.len() {
        found(number + 1, end, Oddity::TornTail);
    }
    let last_line = match last {
        None => from.map(|mark| mark.last_line.clone()).unwrap_or_default(),
        Some(last) => bytes[last].iter().take(LAST_LINE_BYTES).copied().collect(),
    };
    let mark = FileMark {
        name: stat.name.clone(),
        len_bytes: end,
        seen_bytes: start + bytes.len() as u64,
        lines: number,
        last_line,
        mtime_ns: stat.mtime_ns,
        inode: stat.inode,
    };
    (mark, sorted)
}
