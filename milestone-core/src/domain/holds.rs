//! What keeps something from starting, and what keeps it from being finished.
//!
//! Start at [`waits_for`] and [`waits_to_finish`]. The table of `docs/dependencies.md` says it in
//! words, and a test reads that table.
//!
//! - **Invariant.** What was given up, taken out, or never was holds nobody. A dependency that
//!   closes a cycle, as a merge can leave one, counts for nobody.
//! - **Invariant.** Without a [`Plan::around`] only what the log says counts: no lag, and nothing
//!   in another project. So what a projection keeps depends on no clock.

use super::derived::{effective_stage, path};
use super::item::{Item, Stage};
use super::plan::Plan;
use super::tie::{Abroad, Around, Terms, Tie, after_working};
use crate::words::{StreamId, StreamName, Timestamp};

/// One thing that something waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// The stream, or `PATH#REF` in another project.
    pub on: Box<str>,
    /// Which end waits for which, and how long.
    pub terms: Terms,
    /// What has not come yet.
    pub why: HoldWhy,
}

/// What has not come yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HoldWhy {
    /// The other has not started.
    Unstarted,
    /// The other is not finished.
    Unfinished,
    /// It has come, and the lag lasts until then.
    Until(Timestamp),
    /// Nobody can say how things stand in the other project, and why.
    Unknown(String),
}

impl Hold {
    /// The stream, if it is in this project.
    pub fn stream(&self) -> Option<StreamId> {
        StreamId::parse(&self.on)
    }
}

/// What keeps `stream` itself from starting.
pub fn waits_for(plan: &dyn Plan, stream: &StreamId) -> Vec<Hold> {
    held_by(plan, stream, true)
}

/// What keeps `stream` itself from being finished once it has started.
pub fn waits_to_finish(plan: &dyn Plan, stream: &StreamId) -> Vec<Hold> {
    held_by(plan, stream, false)
}

fn held_by(plan: &dyn Plan, stream: &StreamId, start: bool) -> Vec<Hold> {
    let (dependencies, ties) = match stream.name() {
        StreamName::Project => return Vec::new(),
        StreamName::Milestone(id) => {
            let Some(held) = plan.milestone(id) else { return Vec::new() };
            (held.item.dependencies.clone(), held.item.ties.clone())
        }
        StreamName::Task(..) => {
            let Some(held) = plan.brief(stream.as_str()) else { return Vec::new() };
            (held.dependencies, held.ties)
        }
    };
    let closes = |on: &StreamId| path(plan, on, stream).is_some();
    holds(plan, (&dependencies, &ties), start, &closes)
}

/// The same of what has these dependencies; those that close a cycle do not count.
pub(super) fn holds(
    plan: &dyn Plan,
    (dependencies, ties): (&[StreamId], &[Tie]),
    start: bool,
    closes_cycle: &dyn Fn(&StreamId) -> bool,
) -> Vec<Hold> {
    let mut found = Vec::new();
    for on in dependencies {
        let terms = terms_of(ties, on);
        if terms.kind.holds_start() != start {
            continue;
        }
        if let Some(why) = why_held(plan, on, terms)
            && !closes_cycle(on)
        {
            found.push(Hold { on: on.as_str().into(), terms, why });
        }
    }
    let Some(around) = plan.around() else { return found };
    for tie in ties.iter().filter(|tie| tie.kind.holds_start() == start && tie.is_elsewhere()) {
        if let Some(why) = why_abroad(around, tie) {
            found.push(Hold { on: tie.on.clone(), terms: tie.terms(), why });
        }
    }
    found
}

/// The terms of a dependency; those that are not named among the ties are plain.
pub fn terms_of(ties: &[Tie], on: &StreamId) -> Terms {
    ties.iter().find(|tie| *tie.on == *on.as_str()).map(Tie::terms).unwrap_or_default()
}

/// How far the other has come: what counts of its stage, and when that was.
struct Reached {
    stage: Stage,
    started_at: Option<Timestamp>,
    completed_at: Option<Timestamp>,
}

fn why_held(plan: &dyn Plan, on: &StreamId, terms: Terms) -> Option<HoldWhy> {
    let moments = |stage: Stage, item: &Item| Reached {
        stage,
        started_at: item.started_at,
        completed_at: item.completed_at,
    };
    let reached = match on.name() {
        StreamName::Project => return None,
        StreamName::Milestone(id) => {
            let milestone = plan.milestone(id)?;
            moments(effective_stage(&milestone, &plan.rows(id)), &milestone.item)
        }
        // Of nearly every task only the stage is asked for.
        StreamName::Task(..) if terms.lag <= 0 => {
            let stage = plan.brief(on.as_str())?.stage;
            Reached { stage, started_at: None, completed_at: None }
        }
        StreamName::Task(..) => {
            let task = plan.task(on.as_str())?;
            moments(task.item.stage, &task.item)
        }
    };
    reached.why(terms, plan.around().map(|around| around.now))
}

fn why_abroad(around: &Around, tie: &Tie) -> Option<HoldWhy> {
    let unknown = || HoldWhy::Unknown("nobody has looked there".to_owned());
    match around.abroad.get(&tie.on) {
        None => Some(unknown()),
        Some(Abroad::Unknown(why)) => Some(HoldWhy::Unknown(why.clone())),
        Some(Abroad::Known { given_up: true, .. }) => None,
        Some(&Abroad::Known { started_at, completed_at, .. }) => {
            let stage = match (started_at, completed_at) {
                (_, Some(_)) => Stage::Done,
                (Some(_), None) => Stage::Underway,
                (None, None) => Stage::Open,
            };
            Reached { stage, started_at, completed_at }.why(tie.terms(), Some(around.now))
        }
    }
}

impl Reached {
    fn why(&self, terms: Terms, now: Option<Timestamp>) -> Option<HoldWhy> {
        // When a start will be is not known before it is there, so nobody waits for a time before
        // it; nor when an end will be, but somebody who works on it can tell.
        let end = terms.kind.wants_finish() && terms.lag >= 0;
        if terms.lag < 0 && !terms.kind.wants_finish() {
            return None;
        }
        match self.stage {
            Stage::Cancelled | Stage::Removed => return None,
            Stage::Open if end => return Some(HoldWhy::Unfinished),
            Stage::Open => return Some(HoldWhy::Unstarted),
            Stage::Underway | Stage::Paused if end => return Some(HoldWhy::Unfinished),
            Stage::Underway | Stage::Paused | Stage::Done | Stage::Archived => {}
        }
        let lag = u32::try_from(terms.lag).ok().filter(|lag| *lag > 0)?;
        let since = if end { self.completed_at } else { self.started_at.or(self.completed_at) };
        let until = after_working(since?, lag);
        (now? < until).then_some(HoldWhy::Until(until))
    }
}
