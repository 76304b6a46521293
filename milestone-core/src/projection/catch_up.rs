//! Bringing a state up to date with its log.
//!
//! Start at [`advance`] for a state that is at hand and [`restore`] for one that begins at a base.
//!
//! - **Invariant.** Whatever way is taken, the result is the fold of all records: plain tails are
//!   folded on, late records fold their streams again, and when that cannot be told, all is.

use std::collections::HashSet;
use std::sync::Arc;

use super::base::{Base, CommandKey};
use super::fold::Folder;
use super::state::State;
use crate::domain::Event;
use crate::log::{
    Checkpoint, Digest, FileLines, FileMark, Finding, Fresh, LogStore, Oddity, ParsedLine,
    ReadError, Step, Visit, between, fresh, scan,
};
use crate::words::StreamId;

/// How a state was brought up to date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Nothing was new.
    Nothing,
    /// So many records came after everything that was known.
    Tail(u64),
    /// Records came late, or beside each other: these streams were folded again.
    Refolded(Vec<StreamId>),
    /// Everything was folded again, and why.
    Rebuilt(String),
}

/// A state, how far it goes, and how it got there.
#[derive(Debug)]
pub struct Caught {
    /// The state.
    pub state: State,
    /// The records it was made of.
    pub checkpoint: Checkpoint,
    /// What was done.
    pub change: Change,
}

/// Folds the whole log.
///
/// # Errors
///
/// [`ReadError`] if the store refuses.
pub fn rebuild<S: LogStore + ?Sized>(store: &S, why: &str) -> Result<Caught, ReadError> {
    fold_all(store, Folder::new, Change::Rebuilt(why.to_owned()))
}

/// Folds the whole log as `read` reads it in its order, on as many threads as it likes.
///
/// # Errors
///
/// [`ReadError`] as `read` has it.
pub fn rebuild_by(
    read: impl FnOnce(&mut Visit<'_>) -> Result<Checkpoint, ReadError>,
    why: &str,
) -> Result<Caught, ReadError> {
    fold_by(read, Folder::new, Change::Rebuilt(why.to_owned()))
}

fn fold_all<S: LogStore + ?Sized>(
    store: &S,
    folder: impl Fn() -> Folder,
    change: Change,
) -> Result<Caught, ReadError> {
    fold_by(|visit| scan(store, visit), folder, change)
}

fn fold_by(
    read: impl FnOnce(&mut Visit<'_>) -> Result<Checkpoint, ReadError>,
    folder: impl Fn() -> Folder,
    change: Change,
) -> Result<Caught, ReadError> {
    let mut fold = folder();
    let mut checkpoint = read(&mut |step| match step {
        Step::Restart => fold = folder(),
        Step::Line(line, _) => {
            fold.fold(&line.record).expect("a fold with histories takes every record");
        }
    })?;
    fold.findings.into_iter().for_each(|finding| checkpoint.found(finding));
    Ok(Caught { state: fold.state, checkpoint, change })
}

/// Makes the state from a base and what the log has beyond it.
///
/// # Errors
///
/// [`ReadError`] if the store refuses.
pub fn restore<S: LogStore + ?Sized>(
    store: &S,
    base: &Arc<dyn Base>,
    known: &Checkpoint,
) -> Result<Caught, ReadError> {
    let (lines, marks) = match fresh(store, known)? {
        Fresh::Nothing => {
            let state = State::from_base(Arc::clone(base));
            return Ok(Caught { state, checkpoint: known.clone(), change: Change::Nothing });
        }
        Fresh::Rewritten(files) => return rebuilt_over(store, &files, known),
        Fresh::Lines(lines, marks) => (lines, marks),
    };
    if let Some(caught) = tail(State::from_base(Arc::clone(base)), known, &lines, marks) {
        return Ok(caught);
    }
    let mut streams = HashSet::new();
    for (line, _) in &in_order(&lines).lines {
        if let Some(command_id) = &line.record.command_id {
            let (key, content) = CommandKey::split(command_id);
            let other = |entry: &super::base::CommandEntry| {
                entry.content == content && entry.record != line.record.id
            };
            if base.command(&key).iter().any(other) {
                return rebuild(store, "a command was recorded twice");
            }
        }
        streams.extend(streams_of(line));
    }
    let mut refolded: Vec<_> = streams.iter().cloned().collect();
    refolded.sort();
    let folder = || Folder::refold(State::from_base(Arc::clone(base)), streams.clone());
    fold_all(store, folder, Change::Refolded(refolded))
}

/// Makes the state of `now` from a base that is not past it, without what others append meanwhile:
/// nobody has to be kept from writing. `None` if that takes a whole fold; then [`restore`] it while
/// nobody writes.
///
/// # Errors
///
/// [`ReadError`] if the store refuses.
pub fn restore_to<S: LogStore + ?Sized>(
    store: &S,
    base: &Arc<dyn Base>,
    known: &Checkpoint,
    now: &Checkpoint,
) -> Result<Option<State>, ReadError> {
    let state = State::from_base(Arc::clone(base));
    Ok(match between(store, known, now)? {
        Fresh::Nothing if known.same_records(now) => Some(state),
        Fresh::Lines(lines, marks) => tail(state, known, &lines, marks)
            .filter(|caught| caught.checkpoint.same_records(now))
            .map(|caught| caught.state),
        Fresh::Nothing | Fresh::Rewritten(_) => None,
    })
}

/// Folds on from a state that is at hand, and takes it. `None` if records came late or beside each
/// other, or something was rewritten: then [`restore`] or [`rebuild`] it.
///
/// # Errors
///
/// [`ReadError`] if the store refuses; the state is left as it was.
pub fn advance<S: LogStore + ?Sized>(
    store: &S,
    state: &mut State,
    known: &Checkpoint,
) -> Result<Option<Caught>, ReadError> {
    let fresh = fresh(store, known)?;
    let state = std::mem::take(state);
    Ok(match fresh {
        Fresh::Nothing => {
            Some(Caught { state, checkpoint: known.clone(), change: Change::Nothing })
        }
        Fresh::Rewritten(_) => None,
        Fresh::Lines(lines, marks) => tail(state, known, &lines, marks),
    })
}

fn rebuilt_over<S: LogStore + ?Sized>(
    store: &S,
    files: &[String],
    known: &Checkpoint,
) -> Result<Caught, ReadError> {
    let was_there = |line: &ParsedLine<'_>, file: &str| {
        let at = known.files.binary_search_by(|mark| (*mark.name).cmp(file));
        at.is_ok_and(|at| line.offset < known.files[at].len_bytes)
    };
    let (mut count, mut digest) = (0, Digest::default());
    let read = |visit: &mut Visit<'_>| {
        scan(store, |step| {
            match &step {
                Step::Restart => (count, digest) = (0, Digest::default()),
                Step::Line(line, file) if was_there(line, file) => {
                    count += 1;
                    digest.add(&line.record.id);
                }
                Step::Line(..) => {}
            }
            visit(step);
        })
    };
    let why = Change::Rebuilt(format!("{} changed", files.join(", ")));
    let mut caught = fold_by(read, Folder::new, why)?;
    // Touched or copied, and every record is there, with or without new ones: that is nothing to
    // warn of.
    if caught.checkpoint.same_records(known) || (count, digest) == (known.count, known.digest) {
        return Ok(caught);
    }
    for file in files {
        let oddity = Oddity::Rewritten;
        caught.checkpoint.found(Finding { file: file.clone(), line: 0, offset: 0, oddity });
    }
    Ok(caught)
}

/// New lines of several files, read.
pub(super) struct InOrder<'a> {
    /// In the order of the log, each with the file it stands in.
    pub(super) lines: Vec<(ParsedLine<'a>, &'a str)>,
    /// What was found odd in the files.
    findings: Vec<Finding>,
}

/// Reads new lines of several files.
pub(super) fn in_order(files: &[(String, FileLines)]) -> InOrder<'_> {
    let (mut lines, mut findings) = (Vec::new(), Vec::new());
    for (name, file) in files {
        let parsed = file.parsed(name);
        lines.extend(parsed.lines.into_iter().map(|line| (line, name.as_str())));
        findings.extend(parsed.findings);
    }
    lines.sort_by_key(|(line, _)| (line.record.clock, line.record.id));
    lines.dedup_by_key(|(line, _)| line.record.id);
    InOrder { lines, findings }
}

/// The streams that a record belongs to.
pub(super) fn streams_of(line: &ParsedLine<'_>) -> Vec<StreamId> {
    let read = line.record.reads.0.iter().filter_map(|(stream, _)| StreamId::parse(stream));
    read.chain(line.record.events.iter().filter_map(Event::stream)).collect()
}

/// Folds lines on that come after everything known and knew of all of it.
fn tail(
    state: State,
    known: &Checkpoint,
    files: &[(String, FileLines)],
    marks: Vec<FileMark>,
) -> Option<Caught> {
    let mut checkpoint = known.clone();
    // A mended tail is no longer a finding: what is said of a file's end is said anew.
    let reread: HashSet<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    if checkpoint
        .findings
        .iter()
        .any(|finding| finding.oddity == Oddity::TornTail && reread.contains(finding.file.as_str()))
    {
        return None;
    }
    let mut folder = Folder::onto(state);
    let InOrder { lines, findings } = in_order(files);
    for (line, file) in &lines {
        let record = &line.record;
        let known_parents = record.prev.iter().all(|parent| checkpoint.heads.contains(parent));
        let after = checkpoint.last.is_none_or(|last| last < (record.clock, record.id));
        if !known_parents || !after || checkpoint.max_clock >= record.clock {
            return None;
        }
        if checkpoint.newest_head.is_some_and(|newest| record.timestamp < newest) {
            // The fold does not look at this time, but it is a finding if a parent's is later, and
            // only of a head that is alone is it known whose time is the newest.
            if checkpoint.heads.len() > 1 {
                return None;
            }
            if !record.prev.is_empty() {
                let (file, oddity) = ((*file).to_owned(), Oddity::ClockSkew(record.id));
                checkpoint.found(Finding { file, line: line.line, offset: line.offset, oddity });
            }
        }
        folder.fold(record).ok()?;
        checkpoint.push(record.id, record.clock, record.timestamp, &record.prev);
    }
    for finding in findings {
        if let Oddity::TooNew(v) = finding.oddity {
            checkpoint.too_new = checkpoint.too_new.max(Some(v));
        }
        checkpoint.found(finding);
    }
    folder.findings.into_iter().for_each(|finding| checkpoint.found(finding));
    checkpoint.files = marks;
    let change = Change::Tail(checkpoint.count - known.count);
    Some(Caught { state: folder.state, checkpoint, change })
}
