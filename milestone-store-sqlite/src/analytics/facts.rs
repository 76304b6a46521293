//! Facts of one stream, from what happened to it.
//!
//! Start at [`Facts::of`].
//!
//! - **Invariant.** Things are taken in the order in which they really happened (`at`, then the
//!   order of the log), so no span is shorter than nothing. Nothing takes effect before what it
//!   changes ([`settle`]). Where clones did different things at once, each counts in that order; an
//!   item's own status may then say otherwise.

use std::borrow::Cow;
use std::collections::BTreeMap;

use milestone_core::domain::{Body, Item, PLANNED, Stage, UNDONE, status_word, task_status_word};
use milestone_core::words::Timestamp;

use super::phases::Turn;

/// [`Change::becomes`] of what was created; below it are the numbers of stages.
const CREATED: u8 = 16;

/// [`Change::becomes`] of what was taken back from the archive.
const RESTORED: u8 = 17;

/// The place of an event: when it happened, and where it stands in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment {
    pub(super) at: i64,
    pub(super) clock: i64,
    pub(super) record: [u8; 8],
    pub(super) place: usize,
}

/// Something that happened at a moment.
pub(super) trait Happened: Clone {
    /// When, and where it stands in the log.
    fn moment(&self) -> Moment;
    /// Lets it take effect then.
    fn take_effect(&mut self, at: i64);
}

impl Happened for Change {
    fn moment(&self) -> Moment {
        self.moment
    }
    fn take_effect(&mut self, at: i64) {
        self.moment.at = at;
    }
}

impl Happened for Block {
    fn moment(&self) -> Moment {
        self.moment
    }
    fn take_effect(&mut self, at: i64) {
        self.moment.at = at;
    }
}

/// What is sorted by when it happened, so that of those about the same thing (`about`; `None`:
/// whenever it was, it changes nothing) none takes effect before one that it follows in the log.
pub(super) fn settle<T: Happened, K: Ord>(
    all: &[T],
    about: impl Fn(&T) -> Option<K>,
) -> Cow<'_, [T]> {
    let in_log = |one: &T| {
        let moment = one.moment();
        (moment.clock, moment.record, moment.place)
    };
    // Told as it happened: so is nearly all.
    if all.is_sorted_by_key(T::moment) && all.is_sorted_by_key(in_log) {
        return Cow::Borrowed(all);
    }
    let mut told = all.to_vec();
    told.sort_by_key(in_log);
    let mut latest = BTreeMap::<K, i64>::new();
    for one in &mut told {
        if let Some(key) = about(one) {
            let at = one.moment().at;
            let since = latest.entry(key).or_insert(at);
            *since = at.max(*since);
            one.take_effect(*since);
        }
    }
    told.sort_by_key(T::moment);
    Cow::Owned(told)
}

/// A change of status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Change {
    pub(super) moment: Moment,
    pub(super) becomes: u8,
}

/// A blocker that was raised or cleared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Block {
    pub(super) moment: Moment,
    pub(super) blocker: String,
    pub(super) raised: bool,
}

/// What a row is made of.
pub(super) enum Fact {
    Status(Change),
    Block(Block),
    Phase(Turn),
}

/// A time that something was in a state, or blocked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) what: String,
    pub(super) begin_at: i64,
    pub(super) end_at: Option<i64>,
}

/// A row of `lifetimes`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lifetime {
    pub(super) home: Option<String>,
    pub(super) created_at: Option<i64>,
    pub(super) started_at: Option<i64>,
    pub(super) finished_at: Option<i64>,
    pub(super) reopened: usize,
    pub(super) due: Option<String>,
    pub(super) estimate: Option<u32>,
    pub(super) time_spent: u32,
}

/// Everything that is known of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) spans: Vec<Span>,
    pub(super) lifetime: Lifetime,
    /// By day: how many more are in scope, and done.
    pub(super) steps: BTreeMap<String, (i64, i64)>,
    pub(super) blocked: Vec<Span>,
}

/// What an event makes of the status; `None` if it leaves it as it is.
pub(super) fn becomes(body: &Body<'_>) -> Option<u8> {
    let stage = match body {
        Body::MilestoneCreated(_) | Body::TaskAdded(_) => return Some(CREATED),
        Body::MilestoneRestored(_) => return Some(RESTORED),
        Body::MilestoneReopened(change) if change.to.as_deref() == Some(PLANNED) => Stage::Open,
        Body::TaskReopened(_) => Stage::Open,
        Body::MilestoneStarted(_)
        | Body::MilestoneResumed(_)
        | Body::TaskStarted(_)
        | Body::MilestoneReopened(_) => Stage::Underway,
        Body::MilestonePaused(_) => Stage::Paused,
        Body::MilestoneCompleted(_) | Body::TaskCompleted(_) => Stage::Done,
        // Nobody gave up what was made by mistake.
        Body::MilestoneCancelled(change) if change.reason.as_deref() == Some(UNDONE) => {
            Stage::Removed
        }
        Body::MilestoneCancelled(_) | Body::TaskCancelled(_) => Stage::Cancelled,
        Body::MilestoneArchived(_) => Stage::Archived,
        Body::TaskRemoved(_) => Stage::Removed,
        _ => return None,
    };
    Some(stage as u8)
}

/// The work, in minutes, that an event reports.
pub(super) fn minutes(body: &Body<'_>) -> u32 {
    match body {
        Body::ProgressUpdated(progress) => progress.time_spent,
        Body::MilestoneStarted(change)
        | Body::MilestonePaused(change)
        | Body::MilestoneResumed(change)
        | Body::MilestoneCompleted(change)
        | Body::MilestoneReopened(change)
        | Body::MilestoneCancelled(change)
        | Body::MilestoneArchived(change)
        | Body::MilestoneRestored(change)
        | Body::TaskStarted(change)
        | Body::TaskCompleted(change)
        | Body::TaskReopened(change)
        | Body::TaskCancelled(change)
        | Body::TaskRemoved(change) => change.time_spent,
        _ => 0,
    }
}

fn stage_of(number: u8) -> Option<Stage> {
    Stage::ALL.get(usize::from(number)).copied()
}

/// The stages that something went through, each with when it began.
fn stages(changes: &[Change]) -> Vec<(Stage, i64)> {
    let mut stages: Vec<(Stage, i64)> = Vec::new();
    let mut archived_from = None;
    for change in changes {
        let now = stages.last().map(|(stage, _)| *stage);
        let to = match change.becomes {
            // A second clone that made the same thing changes nothing.
            CREATED => now.unwrap_or(Stage::Open),
            RESTORED => archived_from.take().unwrap_or(Stage::Done),
            number => stage_of(number).unwrap_or(Stage::Open),
        };
        if to == Stage::Archived && now != Some(Stage::Archived) {
            archived_from = Some(now.unwrap_or(Stage::Open));
        }
        if now != Some(to) {
            stages.push((to, change.moment.at));
        }
    }
    stages
}

impl Facts {
    /// The facts of a stream. `home` is that of a task.
    pub(super) fn of(
        changes: &[Change],
        blocks: &[Block],
        item: &Item,
        home: Option<&str>,
    ) -> Self {
        // Whoever made it may have worked on it before.
        let about = |change: &Change| (change.becomes != CREATED).then_some(());
        let changes = settle(changes, about);
        let blocks = settle(blocks, |block| Some(block.blocker.clone()));
        let stages = stages(&changes);
        let word = if home.is_some() { task_status_word } else { status_word };
        let ends = stages.iter().skip(1).map(|(_, at)| Some(*at)).chain([None]);
        let spans = stages.iter().zip(ends).map(|((stage, begin_at), end_at)| Span {
            what: word(*stage).to_owned(),
            begin_at: *begin_at,
            end_at,
        });
        let last = stages.last().filter(|(stage, _)| *stage == Stage::Done);
        let closed = |stage: Stage| !stage.is_left();
        let reopened = stages.windows(2).filter(|pair| closed(pair[0].0) && !closed(pair[1].0));
        let created = changes.iter().find(|change| change.becomes == CREATED);
        Self {
            lifetime: Lifetime {
                home: home.map(ToOwned::to_owned),
                created_at: created.map(|change| change.moment.at),
                started_at: started(&stages),
                finished_at: last.map(|(_, at)| *at),
                reopened: reopened.count(),
                due: item.due.map(|due| due.to_string()),
                estimate: item.estimate,
                time_spent: item.time_spent,
            },
            steps: if home.is_some() { steps(&stages) } else { BTreeMap::new() },
            blocked: blocked(&blocks),
            spans: spans.collect(),
        }
    }
}

/// When it was begun first. A start that was taken back is none: nothing else leads straight from
/// under way to open.
fn started(stages: &[(Stage, i64)]) -> Option<i64> {
    let next = stages.iter().skip(1).map(|(stage, _)| Some(*stage)).chain([None]);
    let begun = stages
        .iter()
        .zip(next)
        .find(|((stage, _), next)| *stage == Stage::Underway && *next != Some(Stage::Open));
    begun.map(|((_, at), _)| *at)
}

/// On which days a task entered or left the scope, or became done or undone.
fn steps(stages: &[(Stage, i64)]) -> BTreeMap<String, (i64, i64)> {
    let (mut steps, mut before) = (BTreeMap::<String, (i64, i64)>::new(), (0, 0));
    for (stage, at) in stages {
        let now = match stage {
            Stage::Open | Stage::Underway | Stage::Paused => (1, 0),
            Stage::Done => (1, 1),
            Stage::Cancelled | Stage::Archived | Stage::Removed => (0, 0),
        };
        let day = steps.entry(day_of(*at)).or_default();
        *day = (day.0 + now.0 - before.0, day.1 + now.1 - before.1);
        before = now;
    }
    steps.retain(|_, step| *step != (0, 0));
    steps
}

/// The day of a moment, in UTC.
pub(super) fn day_of(at: i64) -> String {
    Timestamp(at).date(0).to_string()
}

fn blocked(blocks: &[Block]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for block in blocks {
        let open =
            spans.iter_mut().find(|span| span.what == block.blocker && span.end_at.is_none());
        match (open, block.raised) {
            (Some(span), false) => span.end_at = Some(block.moment.at),
            (None, true) => spans.push(Span {
                what: block.blocker.clone(),
                begin_at: block.moment.at,
                end_at: None,
            }),
            _ => {}
        }
    }
    spans
}
