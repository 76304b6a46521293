//! Facts as they are read off the records of a log.
//!
//! Start at [`Collector::take`], once for every record, in any order; [`Facts::of`] makes sense of
//! what was collected.
//!
//! - **Invariant.** What happened is sorted by when it really happened (`at`, else the record's
//!   time), then by its place in the log, so that it does not matter in which order it came.
//! - **Invariant.** Nothing takes effect before what it changes: what is said later in the log to
//!   have happened earlier counts from then on, so the last word is that of the fold.
//! - **Invariant.** The second record that carries out a command counts for nothing.
//!
//! [`Facts::of`]: super::Facts::of

use std::collections::{BTreeMap, HashMap};

use milestone_core::domain::{
    Body, Event, Field, PLANNED, PhaseStatus, Stage, TieKind, UNDONE, Value,
};
use milestone_core::log::Record;
use milestone_core::projection::{CommandKey, State};
use milestone_core::words::{Date, RecordKey, Slug, StreamId, Timestamp};
use serde::{Deserialize, Serialize};

use super::plan::{Saying, turn};

/// When something happened, and where it stands in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Moment {
    pub(super) at: Timestamp,
    clock: u64,
    record: RecordKey,
    place: usize,
}

/// What an event makes of a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Becomes {
    /// It is in this stage now.
    Stage(Stage),
    /// It was created: open, unless it was there already.
    Created,
    /// It was taken back from the archive: what it was before.
    Restored,
}

/// A blocker, and its text if it was raised, not cleared.
pub(super) type Block = (Box<str>, Option<Box<str>>);

/// What happened to one stream, as far as figures need it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Happened {
    pub(super) becomes: Vec<(Moment, Becomes)>,
    /// What was in its way, and what no longer was.
    pub(super) blocks: Vec<(Moment, Block)>,
    pub(super) homes: Vec<(Moment, Slug)>,
    /// What must be done before, and whether it must from now on.
    pub(super) needs: Vec<(Moment, (StreamId, bool))>,
    pub(super) weights: Vec<(Moment, Option<u32>)>,
    /// Reported progress: so many of so many.
    pub(super) reports: Vec<(Moment, (u32, u32))>,
    /// When it was due from then on.
    pub(super) dues: Vec<(Moment, Option<Date>)>,
    /// What became of a phase of its workflow.
    pub(super) turns: Vec<(Moment, (Box<str>, PhaseStatus))>,
    /// What was said when its status changed.
    pub(super) said: Vec<(Moment, Saying)>,
}

/// Which rules what is collected follows: another number with each change of them or of what is
/// kept, so that nobody goes on with what an older program collected.
pub const COLLECTED_FORM: u32 = 1;

/// What happened, collected from records. It can be kept, and go on with records that come later.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Collector {
    pub(super) streams: HashMap<StreamId, Happened>,
    /// When the last of the records was recorded.
    pub(super) newest: Option<Timestamp>,
}

impl Collector {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in a record of the log that `state` is the fold of.
    pub fn take(&mut self, record: &Record<'_>, state: &State) {
        self.newest = self.newest.max(Some(record.timestamp));
        if !applies(state, record) {
            return;
        }
        for (place, event) in record.events.iter().enumerate() {
            let moment = Moment {
                at: event.at.unwrap_or(record.timestamp),
                clock: record.clock,
                record: record.id.key(),
                place,
            };
            self.take_event(event, moment, &record.actor);
        }
    }

    fn take_event(&mut self, event: &Event<'_>, moment: Moment, actor: &str) {
        let is_told = becomes(&event.body).is_some()
            || turn(&event.body).is_some()
            || matches!(
                event.body,
                Body::BlockerRaised(_)
                    | Body::BlockerCleared(_)
                    | Body::TaskMoved(_)
                    | Body::DependencyAdded(_)
                    | Body::DependencyRemoved(_)
                    | Body::TaskEdited(_)
                    | Body::MilestoneEdited(_)
                    | Body::ProgressUpdated(_)
            );
        let Some(stream) = event.stream().filter(|_| is_told) else { return };
        let told = self.streams.entry(stream).or_default();
        told.becomes.extend(becomes(&event.body).map(|becomes| (moment, becomes)));
        told.turns.extend(turn(&event.body).map(|(phase, to)| (moment, (phase.into(), to))));
        let by = event.by.as_deref().unwrap_or(actor);
        told.said.extend(Saying::of(&event.body, moment.at, by).map(|said| (moment, said)));
        match &event.body {
            Body::TaskAdded(made) | Body::MilestoneCreated(made) => {
                told.set(moment, &made.fields.set);
            }
            Body::TaskEdited(edited) | Body::MilestoneEdited(edited) => {
                told.set(moment, &edited.set.set);
            }
            Body::BlockerRaised(raised) => {
                let text = raised.blockers_encountered.first().map_or("", |text| text);
                told.blocks.push((moment, ((&*raised.blocker).into(), Some(text.into()))));
            }
            Body::BlockerCleared(cleared) => {
                told.blocks.push((moment, ((&*cleared.blocker).into(), None)));
            }
            Body::TaskMoved(moved) => {
                told.homes.extend(Slug::new(&moved.to).map(|home| (moment, home)));
            }
            Body::DependencyAdded(needed) | Body::DependencyRemoved(needed) => {
                let added = matches!(event.body, Body::DependencyAdded(_));
                // Whatever may overlap is no order of work: both may be in hand at once.
                let one_by_one = !added || needed.terms().kind == TieKind::FinishStart;
                let on = StreamId::parse(&needed.on).filter(|_| one_by_one);
                told.needs.extend(on.map(|on| (moment, (on, added))));
            }
            Body::ProgressUpdated(progress) => {
                let report = match (progress.progress_percentage, progress.done, progress.of) {
                    (_, Some(done), Some(of)) => Some((done, of)),
                    (Some(percent), _, _) => Some((percent, 100)),
                    _ => None,
                };
                let report = report.filter(|(_, of)| *of > 0);
                told.reports.extend(report.map(|report| (moment, report)));
            }
            _ => {}
        }
    }
}

impl Happened {
    /// Takes in the fields that figures ask the past of.
    fn set(&mut self, moment: Moment, fields: &[(Field, Value<'_>)]) {
        let weight = |value: &Value<'_>| match value {
            Value::Number(number) => u32::try_from(*number).ok(),
            _ => None,
        };
        let set = fields.iter().filter(|(field, _)| *field == Field::Weight);
        self.weights.extend(set.map(|(_, value)| (moment, weight(value))));
        let due = |value: &Value<'_>| match value {
            Value::Date(date) => Some(*date),
            _ => None,
        };
        let set = fields.iter().filter(|(field, _)| *field == Field::Due);
        self.dues.extend(set.map(|(_, value)| (moment, due(value))));
    }

    /// Puts everything in the order in which it happened.
    pub(super) fn sort(&mut self) {
        // Whoever made it may have worked on it before.
        settle(&mut self.becomes, |becomes| (*becomes != Becomes::Created).then_some(()));
        settle(&mut self.blocks, |(blocker, _)| Some(blocker.clone()));
        settle(&mut self.homes, |_| Some(()));
        settle(&mut self.needs, |(on, _)| Some(on.clone()));
        settle(&mut self.weights, |_| Some(()));
        settle(&mut self.reports, |_| Some(()));
        settle(&mut self.dues, |_| Some(()));
        settle(&mut self.turns, |(phase, _)| Some(phase.clone()));
        self.said.sort_by_key(|(moment, _)| *moment);
    }
}

/// Sorts by when it happened. Of those about the same thing (`about`; `None`: whenever it was, it
/// changes nothing), none takes effect before one that it follows in the log.
fn settle<T, K: Ord>(all: &mut [(Moment, T)], about: impl Fn(&T) -> Option<K>) {
    all.sort_by_key(|(moment, _)| (moment.clock, moment.record, moment.place));
    let mut latest: BTreeMap<K, Timestamp> = BTreeMap::new();
    for (moment, what) in &mut *all {
        if let Some(key) = about(what) {
            let since = latest.entry(key).or_insert(moment.at);
            *since = moment.at.max(*since);
            moment.at = *since;
        }
    }
    all.sort_by_key(|(moment, _)| *moment);
}

/// True if the events of a record count: it is the first of those that carry out its command.
fn applies(state: &State, record: &Record<'_>) -> bool {
    let Some(command_id) = &record.command_id else { return true };
    let (key, content) = CommandKey::split(command_id);
    let first = state.command(&key).into_iter().find(|entry| entry.content == content);
    first.is_none_or(|first| first.record == record.id)
}

/// What an event makes of the status; `None` if it leaves it as it is.
fn becomes(body: &Body<'_>) -> Option<Becomes> {
    let stage = match body {
        Body::MilestoneCreated(_) | Body::TaskAdded(_) => return Some(Becomes::Created),
        Body::MilestoneRestored(_) => return Some(Becomes::Restored),
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
    Some(Becomes::Stage(stage))
}
