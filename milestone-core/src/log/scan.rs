//! The whole log in its order: every file merged, every record once.
//!
//! Start at [`scan`]; [`scan_opened`] takes files that others read ahead, [`fresh`] reads only what
//! is new.
//!
//! - **Invariant.** Records come in the order (`clock`, `id`), each id once, whatever the files and
//!   lines they stand in.
//! - **Invariant.** Memory is bounded by the files that overlap in time, not by the log: one
//!   writer's files follow each other, so one of them is open at a time.
//! - **Absent on purpose.** What records mean. Whoever scans folds.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::checkpoint::{Checkpoint, FileMark};
use super::finding::{Finding, Oddity};
use super::lines::{FileLines, ParsedLine, ParsedLines};
use super::record::parse;
use super::store::{FileStat, LogStore, ReadError};
use crate::words::{RecordId, RecordKey, Timestamp};

/// How much of a file is read to find its first record.
const FIRST_LINE_BYTES: usize = 4096;

/// What a scan hands to whoever follows it.
#[derive(Debug)]
pub enum Step<'s, 'a> {
    /// Forget everything: the records come again from the first. A file turned out to be out of
    /// order in a way that could not be seen from its beginning.
    Restart,
    /// The next record, and the file it stands in.
    Line(&'s ParsedLine<'a>, &'s str),
}

/// Whoever follows a scan.
pub type Visit<'v> = dyn FnMut(Step<'_, '_>) + 'v;

/// Reads the whole log in order, on the calling thread.
///
/// # Errors
///
/// [`ReadError`] if the store refuses. What is odd in the log becomes a finding of the checkpoint.
pub fn scan<S: LogStore + ?Sized>(
    store: &S,
    mut visit: impl FnMut(Step<'_, '_>),
) -> Result<Checkpoint, ReadError> {
    let mut open =
        |_, stat: &FileStat, spare| FileLines::read_into(store, stat, None, spare).map(Lines::Late);
    scan_files(store, &store.files()?, &mut open, &mut visit)
}

/// The lines of a file that was read ahead of the scan: who keeps its bytes lends them.
pub trait LinesAhead {
    /// The lines, as [`FileLines::parsed`] makes them.
    fn lines(&self) -> &ParsedLines<'_>;
}

/// Reads these files of `store` in order, each as `open` hands it over, which is asked for the
/// files of [`opening_order`] in turn, and from the first again after a [`Step::Restart`].
///
/// # Errors
///
/// As [`scan`], and what `open` says.
pub fn scan_opened<S: LogStore + ?Sized>(
    store: &S,
    files: &[FileStat],
    mut open: impl FnMut(usize, &FileStat) -> Result<Box<dyn LinesAhead>, ReadError>,
    mut visit: impl FnMut(Step<'_, '_>),
) -> Result<Checkpoint, ReadError> {
    let mut open = |place, stat: &FileStat, _| open(place, stat).map(Lines::Ahead);
    scan_files(store, files, &mut open, &mut visit)
}

/// Opens a file by its place in the order of opening; may use the memory of lines that are no
/// longer needed.
type Open<'o> = dyn FnMut(usize, &FileStat, FileLines) -> Result<Lines, ReadError> + 'o;

/// The lines of an open file: read when their turn comes, or read ahead by somebody else.
enum Lines {
    /// Read when their turn comes.
    Late(FileLines),
    /// Read ahead.
    Ahead(Box<dyn LinesAhead>),
}

/// The merge, over any way of opening files.
fn scan_files<S: LogStore + ?Sized>(
    store: &S,
    files: &[FileStat],
    open: &mut Open<'_>,
    visit: &mut Visit<'_>,
) -> Result<Checkpoint, ReadError> {
    let mut bounds = Vec::with_capacity(files.len());
    for stat in files {
        bounds.push(first_clock(store, stat)?);
    }
    let mut early = HashSet::new();
    loop {
        let queue = by_first_record(files, &bounds, &early);
        match Merge::new(queue).run(open, visit)? {
            Ok(checkpoint) => return Ok(checkpoint),
            Err(late_file) => {
                visit(Step::Restart);
                early.insert(late_file);
            }
        }
    }
}

/// Files by the clock of their first record, with that clock.
fn by_first_record<'f>(
    files: &'f [FileStat],
    bounds: &[u64],
    early: &HashSet<String>,
) -> Vec<(u64, &'f FileStat)> {
    let mut queue: Vec<_> = files
        .iter()
        .zip(bounds)
        .map(|(stat, &bound)| (if early.contains(&stat.name) { 0 } else { bound }, stat))
        .collect();
    queue.sort_by(|a, b| (a.0, &a.1.name).cmp(&(b.0, &b.1.name)));
    queue
}

/// The order in which a scan opens `files`, by the clock of their first record, for whoever reads
/// them ahead of it.
///
/// # Errors
///
/// [`ReadError`] if the store refuses.
pub fn opening_order<S: LogStore + ?Sized>(
    store: &S,
    files: &[FileStat],
) -> Result<Vec<FileStat>, ReadError> {
    let mut bounds = Vec::with_capacity(files.len());
    for stat in files {
        bounds.push(first_clock(store, stat)?);
    }
    let queue = by_first_record(files, &bounds, &HashSet::new());
    Ok(queue.into_iter().map(|(_, stat)| stat.clone()).collect())
}

/// The clock of a file's first record, 0 where that cannot be told at a glance.
fn first_clock<S: LogStore + ?Sized>(store: &S, stat: &FileStat) -> Result<u64, ReadError> {
    let mut bytes = [0; FIRST_LINE_BYTES];
    let count = match store.read_at(&stat.name, 0, &mut bytes) {
        // Said where it is read whole.
        Err(ReadError::Damaged { .. }) => 0,
        read => read?,
    };
    let line = bytes[..count].split(|&byte| byte == b'\n').next().unwrap_or_default();
    let whole = line.len() < count;
    let text = std::str::from_utf8(line).ok().filter(|_| whole);
    Ok(text.and_then(|text| parse(text.trim_end_matches('\r')).ok()).map_or(0, |first| first.clock))
}

/// A file that is being merged: its lines, and which comes next.
struct Active {
    lines: Lines,
    next: usize,
    name: String,
}

impl Active {
    /// Where its next line stands in the order.
    fn head(&self) -> Option<(u64, RecordId)> {
        match &self.lines {
            Lines::Late(lines) => lines.key(self.next),
            Lines::Ahead(lines) => {
                let line = lines.lines().lines.get(self.next);
                line.map(|line| (line.record.clock, line.record.id))
            }
        }
    }
}

/// A head of the log while it is read: what its children are compared with.
struct Head {
    id: RecordId,
    clock: u64,
    timestamp: Timestamp,
}

/// One pass over the files.
struct Merge<'f> {
    queue: Vec<(u64, &'f FileStat)>,
    opened: usize,
    active: Vec<Active>,
    heads: Vec<Head>,
    /// Every record so far. Looked through from its end, and only for a parent that is no head:
    /// where clones forked, which is seldom far back.
    seen: Vec<RecordKey>,
    /// Memory for the next file.
    spare: FileLines,
    /// Parents that had not been seen when a child named them, with that child.
    missing: HashMap<RecordId, RecordId>,
    checkpoint: Checkpoint,
    marks: BTreeMap<String, FileMark>,
}

impl<'f> Merge<'f> {
    fn new(queue: Vec<(u64, &'f FileStat)>) -> Self {
        Self {
            queue,
            opened: 0,
            active: Vec::new(),
            heads: Vec::new(),
            seen: Vec::new(),
            spare: FileLines::default(),
            missing: HashMap::new(),
            checkpoint: Checkpoint::default(),
            marks: BTreeMap::new(),
        }
    }

    /// Merges everything; `Err` names a file that should have been opened earlier.
    fn run(
        mut self,
        open: &mut Open<'_>,
        visit: &mut Visit<'_>,
    ) -> Result<Result<Checkpoint, String>, ReadError> {
        loop {
            if let Some(late) = self.open_due(open)? {
                return Ok(Err(late));
            }
            let Some(first) = self.earliest() else { return Ok(Ok(self.finish())) };
            // The file that is first stays first for a while: until another one, or one that is
            // not open yet, comes before its next line.
            let others = self.next_of_others(first);
            let mut file = self.active.swap_remove(first);
            while let Some(key) = file.head() {
                if others.is_some_and(|other| key > other) {
                    break;
                }
                match &file.lines {
                    Lines::Ahead(lines) => {
                        self.take(&lines.lines().lines[file.next], &file.name, visit);
                    }
                    Lines::Late(lines) => match lines.line(file.next, &file.name) {
                        Ok(line) => self.take(&line, &file.name, visit),
                        Err(finding) => self.note(finding),
                    },
                }
                file.next += 1;
            }
            if file.head().is_some() {
                self.active.push(file);
            } else if let Lines::Late(lines) = file.lines {
                self.spare = lines;
            }
        }
    }

    /// Opens every file that may have the next record.
    fn open_due(&mut self, open: &mut Open<'_>) -> Result<Option<String>, ReadError> {
        while let Some(&(bound, stat)) = self.queue.get(self.opened) {
            let due = self.earliest().and_then(|first| self.active[first].head());
            if due.is_some_and(|(clock, _)| clock < bound) {
                break;
            }
            let lines = open(self.opened, stat, std::mem::take(&mut self.spare))?;
            self.opened += 1;
            let (findings, mark) = match &lines {
                Lines::Late(lines) => (&lines.findings, &lines.mark),
                Lines::Ahead(lines) => (&lines.lines().findings, &lines.lines().mark),
            };
            findings.iter().for_each(|finding| self.note(finding.clone()));
            if let Some(mark) = mark {
                self.marks.insert(stat.name.clone(), mark.clone());
            }
            let file = Active { lines, next: 0, name: stat.name.clone() };
            let first = file.head();
            if first.is_some_and(|first| self.checkpoint.last.is_some_and(|last| first < last)) {
                return Ok(Some(stat.name.clone()));
            }
            if first.is_some() {
                self.active.push(file);
            }
        }
        Ok(None)
    }

    /// The open file whose next record is first in the order.
    fn earliest(&self) -> Option<usize> {
        let heads =
            self.active.iter().enumerate().filter_map(|(at, file)| Some((at, file.head()?)));
        heads.min_by_key(|(_, key)| *key).map(|(at, _)| at)
    }

    /// The first record that is in another file than `first`, as far as is known.
    fn next_of_others(&self, first: usize) -> Option<(u64, RecordId)> {
        let open = self.active.iter().enumerate().filter(|(at, _)| *at != first);
        let open = open.filter_map(|(_, file)| file.head()).min();
        let closed = self.queue.get(self.opened).map(|&(bound, _)| (bound, RecordId([0; 32])));
        open.into_iter().chain(closed).min()
    }

    fn has_seen(&self, id: RecordId) -> bool {
        self.seen.iter().rev().any(|seen| *seen == id.key())
    }

    fn note(&mut self, finding: Finding) {
        if let Oddity::TooNew(v) = finding.oddity {
            self.checkpoint.too_new = self.checkpoint.too_new.max(Some(v));
        }
        self.checkpoint.found(finding);
    }

    /// Takes in one record: counts it once, links it to its parents, hands it on.
    fn take(&mut self, line: &ParsedLine<'_>, file: &str, visit: &mut Visit<'_>) {
        let record = &line.record;
        if self.checkpoint.last == Some((record.clock, record.id)) {
            return self.note(finding_at(line, file, Oddity::Duplicate(record.id)));
        }
        let mut skewed = false;
        for parent in &record.prev {
            if let Some(at) = self.heads.iter().position(|head| head.id == *parent) {
                let head = self.heads.swap_remove(at);
                skewed |= record.clock <= head.clock || record.timestamp < head.timestamp;
            } else if !self.has_seen(*parent) {
                self.missing.insert(*parent, record.id);
            }
        }
        if skewed {
            self.note(finding_at(line, file, Oddity::ClockSkew(record.id)));
        }
        if self.missing.is_empty() || !self.missing.contains_key(&record.id) {
            let (id, clock, timestamp) = (record.id, record.clock, record.timestamp);
            self.heads.push(Head { id, clock, timestamp });
        }
        self.seen.push(record.id.key());
        self.checkpoint.count += 1;
        self.checkpoint.digest.add(&record.id);
        self.checkpoint.last = Some((record.clock, record.id));
        self.checkpoint.max_clock = self.checkpoint.max_clock.max(record.clock);
        visit(Step::Line(line, file));
    }

    fn finish(mut self) -> Checkpoint {
        let mut missing: Vec<_> = std::mem::take(&mut self.missing).into_iter().collect();
        missing.sort();
        for (parent, child) in missing {
            // A parent that came after its child is there, with a clock that says otherwise.
            let oddity = if self.has_seen(parent) {
                Oddity::ClockSkew(child)
            } else {
                Oddity::MissingRecord(parent)
            };
            self.note(Finding { file: String::new(), line: 0, offset: 0, oddity });
        }
        self.checkpoint.newest_head = self.heads.iter().map(|head| head.timestamp).max();
        self.checkpoint.heads = self.heads.into_iter().map(|head| head.id).collect();
        self.checkpoint.heads.sort();
        self.checkpoint.files = self.marks.into_values().collect();
        self.checkpoint.findings.sort_by(|a, b| {
            let key = |finding: &Finding| (finding.oddity.level(), finding.line);
            key(b).0.cmp(&key(a).0).then_with(|| (&a.file, a.line).cmp(&(&b.file, b.line)))
        });
        self.checkpoint
    }
}

pub(super) fn finding_at(line: &ParsedLine<'_>, file: &str, oddity: Oddity) -> Finding {
    Finding { file: file.to_owned(), line: line.line, offset: line.offset, oddity }
}

/// What is in the log that a checkpoint does not know of.
#[derive(Debug)]
pub enum Fresh {
    /// Nothing. The files' marks are up to date.
    Nothing,
    /// Lines at the ends of files, and files that were not there. The marks include them.
    Lines(Vec<(String, FileLines)>, Vec<FileMark>),
    /// Something that was read has been changed, or is gone: only reading all again tells.
    Rewritten(Vec<String>),
}

/// Reads what is new since `checkpoint`. Costs one `stat` a file, and the new bytes.
///
/// # Errors
///
/// [`ReadError`] if the store refuses.
pub fn fresh<S: LogStore + ?Sized>(store: &S, checkpoint: &Checkpoint) -> Result<Fresh, ReadError> {
    let files = store.files()?;
    fresh_of(store, checkpoint, &files)
}

/// Reads what `now` knows of and `checkpoint` does not: what others append meanwhile is left out,
/// and no file is looked at of which both know as much.
///
/// # Errors
///
/// [`ReadError`] if the store refuses.
pub fn between<S: LogStore + ?Sized>(
    store: &S,
    checkpoint: &Checkpoint,
    now: &Checkpoint,
) -> Result<Fresh, ReadError> {
    let stat = |mark: &FileMark| FileStat {
        name: mark.name.clone(),
        len_bytes: mark.seen_bytes,
        mtime_ns: mark.mtime_ns,
        inode: mark.inode,
    };
    let files: Vec<FileStat> = now.files.iter().map(stat).collect();
    fresh_of(store, checkpoint, &files)
}

fn fresh_of<S: LogStore + ?Sized>(
    store: &S,
    checkpoint: &Checkpoint,
    files: &[FileStat],
) -> Result<Fresh, ReadError> {
    let mut rewritten: Vec<String> = Vec::new();
    let (mut lines, mut marks, mut changed) = (Vec::new(), Vec::with_capacity(files.len()), false);
    for mark in &checkpoint.files {
        if files.binary_search_by(|stat| stat.name.cmp(&mark.name)).is_err() {
            rewritten.push(mark.name.clone());
        }
    }
    for stat in files {
        let at = checkpoint.files.binary_search_by(|mark| mark.name.cmp(&stat.name)).ok();
        let mark = at.map(|at| &checkpoint.files[at]);
        if let Some(mark) = mark {
            let same_file = mark.mtime_ns == stat.mtime_ns && mark.inode == stat.inode;
            if same_file && mark.seen_bytes == stat.len_bytes {
                marks.push(mark.clone());
                continue;
            }
            // As long as it was, and written to: something in it was changed in place.
            let in_place = stat.len_bytes == mark.seen_bytes;
            let shorter = stat.len_bytes < mark.len_bytes;
            if shorter || in_place || !still_ends_alike(store, mark)? {
                rewritten.push(stat.name.clone());
                continue;
            }
        }
        let read = FileLines::read(store, stat, mark)?;
        marks.extend(read.mark.clone());
        changed = true;
        if !read.is_empty() {
            lines.push((stat.name.clone(), read));
        }
    }
    if !rewritten.is_empty() {
        return Ok(Fresh::Rewritten(rewritten));
    }
    Ok(if changed { Fresh::Lines(lines, marks) } else { Fresh::Nothing })
}

/// True if the line that a mark remembers still stands where it stood.
fn still_ends_alike<S: LogStore + ?Sized>(store: &S, mark: &FileMark) -> Result<bool, ReadError> {
    if mark.len_bytes == 0 {
        return Ok(true);
    }
    // The line begins at most 1 MiB earlier; nearly always it fits into the first read.
    let mut window = 4096u64;
    loop {
        let from = mark.len_bytes.saturating_sub(window);
        let mut bytes = vec![0; usize::try_from(mark.len_bytes - from).unwrap_or(0)];
        let mut filled = 0;
        while filled < bytes.len() {
            let read = store.read_at(&mark.name, from + filled as u64, &mut bytes[filled..]);
            let count = match read {
                Err(ReadError::Damaged { .. }) => 0,
                read => read?,
            };
            if count == 0 {
                return Ok(false);
            }
            filled += count;
        }
        let Some((&b'\n', body)) = bytes.split_last() else { return Ok(false) };
        let begin = memchr::memrchr(b'\n', body).map(|at| at + 1);
        if begin.is_none() && from > 0 && window <= 2 * super::store::LINE_BYTES_MAX as u64 {
            window *= 16;
            continue;
        }
        return Ok(body[begin.unwrap_or(0)..].starts_with(&mark.last_line));
    }
}
