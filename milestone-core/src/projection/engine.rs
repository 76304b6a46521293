//! Keeping projections up to date: what would be done, and doing it.
//!
//! Start at [`project`]; [`plan`] says what it would do, [`verify`] compares a live projection with
//! a fresh one.
//!
//! - **Invariant.** A projection that was brought up to date shows what one that is built from the
//!   first record shows.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::catch_up::{in_order, streams_of};
use super::contract::{Batch, Fingerprint, Locality, Placed, Projection, ProjectionError};
use super::fold::Folder;
use super::state::State;
use crate::domain::{Milestone, Plan, Task};
use crate::log::{
    Checkpoint, FileLines, Fresh, LogStore, ParsedLine, ReadError, Record, Step, Visit, between,
    scan,
};
use crate::words::{Slug, StreamId, StreamName};

/// How many aggregates a build hands over at once.
const BATCH_AGGREGATES: usize = 2_000;

/// Why a projection is built anew that is not what it wrote.
const DAMAGED: &str = "it is damaged";

/// What [`project`] would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// Nothing.
    Current,
    /// Hand over so many records that came after all it has; none if only the files of the log were
    /// written anew, and their lines stand where they stood.
    Tail(usize),
    /// Hand over records of which some came late, and these streams anew.
    Refold(Vec<StreamId>),
    /// Build it from the first record.
    Rebuild(&'static str),
}

/// Why a projection could not be brought up to date. The log is untouched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The log could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The projection failed.
    #[error(transparent)]
    Projection(#[from] ProjectionError),
}

/// The new lines behind a projection, if they lead to the present state.
struct Behind {
    files: Vec<(String, FileLines)>,
    late: Vec<StreamId>,
    count: usize,
}

/// Says what [`project`] would do, and does nothing.
///
/// # Errors
///
/// [`EngineError`] if the log cannot be read, or the projection is out of reach.
pub fn plan<S: LogStore + ?Sized>(
    store: &S,
    now: &Checkpoint,
    projection: &mut dyn Projection,
) -> Result<Work, EngineError> {
    Ok(match behind(store, now, projection)? {
        Err(work) => work,
        Ok(behind) if behind.late.is_empty() => Work::Tail(behind.count),
        Ok(behind) => Work::Refold(behind.late),
    })
}

/// Brings `projection` from wherever it is to `now`, of which `state` is the fold.
///
/// # Errors
///
/// [`EngineError`]; the projection is then where it was, or somewhere on the way.
pub fn project<S: LogStore + ?Sized>(
    store: &S,
    state: &State,
    now: &Checkpoint,
    projection: &mut dyn Projection,
) -> Result<Work, EngineError> {
    let behind = match behind(store, now, projection)? {
        Err(Work::Rebuild(why)) => {
            build(store, projection)?;
            return Ok(Work::Rebuild(why));
        }
        Err(work) => return Ok(work),
        Ok(behind) => behind,
    };
    let lines = in_order(&behind.files).lines;
    let touched: BTreeSet<StreamId> = lines.iter().flat_map(|(line, _)| streams_of(line)).collect();
    let records: Vec<Placed<'_>> = lines.iter().map(|(line, file)| placed(line, file)).collect();
    let (milestones, tasks) = aggregates(state, &touched);
    let applied = projection.apply(&Batch {
        reset: &behind.late,
        records: &records,
        milestones: &milestones,
        tasks: &tasks,
        project: &state.project(),
        view: state,
        next: Some(now),
    });
    if let Err(ProjectionError::Damaged { .. }) = applied {
        build(store, projection)?;
        return Ok(Work::Rebuild(DAMAGED));
    }
    applied?;
    Ok(if behind.late.is_empty() { Work::Tail(behind.count) } else { Work::Refold(behind.late) })
}

fn behind<S: LogStore + ?Sized>(
    store: &S,
    now: &Checkpoint,
    projection: &mut dyn Projection,
) -> Result<Result<Behind, Work>, EngineError> {
    let from = match projection.checkpoint() {
        Ok(Some(from)) => from,
        Ok(None) => return Ok(Err(Work::Rebuild("it holds nothing"))),
        Err(ProjectionError::Damaged { .. }) => return Ok(Err(Work::Rebuild(DAMAGED))),
        // Out of reach or in use: what it holds may be whole, and is not thrown away.
        Err(error) => return Err(error.into()),
    };
    // Files that people look at say nothing of where a record's line stands.
    let shared = projection.spec().locality == Locality::Shared;
    if from.same_records(now) && (shared || from.files == now.files) {
        return Ok(Err(Work::Current));
    }
    let files = match between(store, &from, now)? {
        Fresh::Nothing if from.same_records(now) => return Ok(Err(Work::Current)),
        Fresh::Lines(files, _) => files,
        _ => return Ok(Err(Work::Rebuild("the log was rewritten"))),
    };
    let lines = in_order(&files).lines;
    let (mut count, mut digest, mut late) = (from.count, from.digest, BTreeSet::new());
    for (line, _) in &lines {
        count += 1;
        digest.add(&line.record.id);
        if from.last.is_some_and(|last| (line.record.clock, line.record.id) < last) {
            if line.record.command_id.is_some() {
                return Ok(Err(Work::Rebuild("a command arrived late")));
            }
            late.extend(streams_of(line));
        }
    }
    if (count, digest) != (now.count, now.digest) {
        return Ok(Err(Work::Rebuild("it does not lead to the present log")));
    }
    let (late, count) = (late.into_iter().collect(), lines.len());
    drop(lines);
    Ok(Ok(Behind { files, late, count }))
}

/// Builds a projection from the first record.
///
/// # Errors
///
/// [`EngineError`]; what the projection then holds is incomplete.
pub fn build<S: LogStore + ?Sized>(
    store: &S,
    projection: &mut dyn Projection,
) -> Result<Checkpoint, EngineError> {
    build_while(store, projection, |_| true)
}

/// Builds several projections from the first record, folding the log once, as `read` reads it in
/// its order. `told` is called with every record before it is taken in.
///
/// # Errors
///
/// As [`build`], of the first that fails.
pub fn build_all(
    read: impl FnOnce(&mut Visit<'_>) -> Result<Checkpoint, ReadError>,
    projections: &mut [&mut dyn Projection],
    mut told: impl FnMut(&Record<'_>),
) -> Result<Checkpoint, EngineError> {
    let wanted = |record: &Record<'_>| {
        told(record);
        true
    };
    build_each(read, projections, wanted)
}

/// Builds a projection from those records that `wanted` says yes to, in order.
///
/// # Errors
///
/// As [`build`].
pub fn build_while<S: LogStore + ?Sized>(
    store: &S,
    projection: &mut dyn Projection,
    wanted: impl FnMut(&Record<'_>) -> bool,
) -> Result<Checkpoint, EngineError> {
    build_each(|visit| scan(store, visit), &mut [projection], wanted)
}

/// `read` reads the whole log in its order.
fn build_each(
    read: impl FnOnce(&mut Visit<'_>) -> Result<Checkpoint, ReadError>,
    projections: &mut [&mut dyn Projection],
    mut wanted: impl FnMut(&Record<'_>) -> bool,
) -> Result<Checkpoint, EngineError> {
    projections.iter_mut().try_for_each(|projection| projection.wipe())?;
    let mut folder = Folder::new();
    let mut part = Checkpoint::default();
    let mut failed = None;
    let whole = read(&mut |step| match step {
        _ if failed.is_some() => {}
        Step::Restart => {
            (folder, part) = (Folder::new(), Checkpoint::default());
            failed = projections.iter_mut().try_for_each(|projection| projection.wipe()).err();
        }
        Step::Line(line, file) if wanted(&line.record) => {
            let record = &line.record;
            folder.fold(record).expect("a fold with histories takes every record");
            part.push(record.id, record.clock, record.timestamp, &record.prev);
            // One at a time: so no line is copied, and none is read twice.
            failed = hand_over_record(projections, &folder.state, placed(line, file)).err();
        }
        Step::Line(..) => {}
    })?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    let all = part.same_records(&whole);
    let next = if all { whole } else { part };
    // What is known of the histories of streams is no longer needed.
    let state = folder.state;
    hand_over_state(projections, &state, &next)?;
    Ok(next)
}

fn placed<'a>(line: &'a ParsedLine<'_>, file: &'a str) -> Placed<'a> {
    Placed { record: &line.record, file, offset: line.offset, len_bytes: line.text.len() }
}

fn hand_over_record(
    projections: &mut [&mut dyn Projection],
    state: &State,
    placed: Placed<'_>,
) -> Result<(), ProjectionError> {
    let batch = Batch {
        reset: &[],
        records: &[placed],
        milestones: &[],
        tasks: &[],
        project: &state.project(),
        view: state,
        next: None,
    };
    projections.iter_mut().try_for_each(|projection| projection.apply(&batch))
}

/// Hands over every aggregate, each milestone before the tasks that are in it.
fn hand_over_state(
    projections: &mut [&mut dyn Projection],
    state: &State,
    next: &Checkpoint,
) -> Result<(), ProjectionError> {
    let mut all: Vec<(Slug, Option<StreamId>)> =
        state.milestone_ids().into_iter().map(|id| (id, None)).collect();
    for stream in state.task_streams() {
        if let Some(task) = state.brief(stream.as_str()) {
            all.push((task.home, Some(stream)));
        }
    }
    all.sort_unstable();
    let (mut parts, mut first) = (all.chunks(BATCH_AGGREGATES).peekable(), true);
    while first || parts.peek().is_some() {
        first = false;
        let part = parts.next().unwrap_or_default();
        let (mut milestones, mut tasks): (Vec<Arc<Milestone>>, Vec<Arc<Task>>) = Default::default();
        for (id, stream) in part {
            match stream {
                None => milestones.extend(state.milestone(id.as_str())),
                Some(stream) => tasks.extend(state.task(stream.as_str())),
            }
        }
        let batch = Batch {
            reset: &[],
            records: &[],
            milestones: &milestones,
            tasks: &tasks,
            project: &state.project(),
            view: state,
            next: parts.peek().is_none().then_some(next),
        };
        projections.iter_mut().try_for_each(|projection| projection.apply(&batch))?;
    }
    Ok(())
}

/// The milestones and the tasks of these streams.
fn aggregates(
    state: &State,
    touched: &BTreeSet<StreamId>,
) -> (Vec<Arc<Milestone>>, Vec<Arc<Task>>) {
    let (mut milestones, mut tasks): (Vec<Arc<Milestone>>, Vec<Arc<Task>>) = Default::default();
    for stream in touched {
        match stream.name() {
            StreamName::Project => {}
            StreamName::Milestone(id) => milestones.extend(state.milestone(id)),
            StreamName::Task(..) => tasks.extend(state.task(stream.as_str())),
        }
    }
    (milestones, tasks)
}

/// Whether a live projection shows what a fresh one shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// What the live one shows.
    pub live: Fingerprint,
    /// What a fresh one shows.
    pub rebuilt: Fingerprint,
}

impl Verified {
    /// True if they show the same.
    pub fn holds(&self) -> bool {
        self.live == self.rebuilt
    }
}

/// Compares `live` with `scratch`, which is built from the first record.
///
/// # Errors
///
/// [`EngineError`] if either cannot be read or built.
pub fn verify<S: LogStore + ?Sized>(
    store: &S,
    live: &mut dyn Projection,
    scratch: &mut dyn Projection,
) -> Result<Verified, EngineError> {
    build(store, scratch)?;
    Ok(Verified { live: live.fingerprint()?, rebuilt: scratch.fingerprint()? })
}
