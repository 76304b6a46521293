//! Review of a milestone: what was planned, what came of it, and what changed on the way.
//!
//! Start at [`review`].
//!
//! - **Invariant.** A review of the past is that of the past: nothing after the moment is in it.
//! - **Absent on purpose.** What people say of it; that is in [`MilestoneFacts`], word for word.
//!
//! [`MilestoneFacts`]: crate::MilestoneFacts

use super::Window;
use super::blocked::{Blocked, blocked};
use crate::facts::{Extent, Facts, TaskFacts};
use milestone_core::domain::Stage;
use milestone_core::words::{Date, Slug, Timestamp};

/// The due date was put off, or brought forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slip {
    /// On which day that was decided.
    pub on: i64,
    /// What had been the due date.
    pub from: i64,
    /// What it became.
    pub to: i64,
}

/// What became of the tasks of a milestone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tasks {
    /// There when the milestone was begun.
    pub at_begin: u32,
    /// Came after it was begun.
    pub added: u32,
    /// Done.
    pub done: u32,
    /// Given up, or taken out.
    pub cancelled: u32,
    /// Moved to another milestone.
    pub moved_away: u32,
    /// Still open.
    pub open: u32,
}

/// A look back at a milestone. Days are days since 1970-01-01.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// The planned first day.
    pub planned_from: Option<i64>,
    /// The first due date that it had.
    pub first_due: Option<i64>,
    /// The last one.
    pub last_due: Option<i64>,
    /// Every time that it changed, in order.
    pub slips: Vec<Slip>,
    /// The day on which it was begun.
    pub begun: Option<i64>,
    /// The day on which it ended: completed, or given up.
    pub ended: Option<i64>,
    /// True if it was completed.
    pub completed: bool,
    /// What became of its tasks.
    pub tasks: Tasks,
    /// The sum of the estimates of the done tasks that have an estimate and recorded work, in
    /// minutes.
    pub estimated: u64,
    /// What these took, in minutes of recorded work.
    pub spent: u64,
    /// How many these are.
    pub compared: u32,
    /// How long its tasks were blocked, and by what.
    pub blocked: Blocked,
    /// How long it was blocked itself, in minutes.
    pub blocked_itself: u64,
}

impl Review {
    /// By how many days the due date moved in all; later is more than 0.
    pub fn slipped(&self) -> Option<i64> {
        Some(self.last_due? - self.first_due?)
    }

    /// By how many days it ended after the first due date that it had; before is less than 0.
    pub fn late(&self) -> Option<i64> {
        Some(self.ended.filter(|_| self.completed)? - self.first_due?)
    }

    /// Days from the first to the last, both included.
    pub fn days(&self) -> Option<u32> {
        u32::try_from(self.ended?.saturating_sub(self.begun?).saturating_add(1)).ok()
    }

    /// Recorded work of the estimates, in whole percent; `None` if nothing can be compared.
    pub fn accuracy(&self) -> Option<u64> {
        let of = self.estimated;
        (of > 0).then(|| (self.spent.saturating_mul(200) + of) / (of * 2))
    }
}

/// Looks back at a milestone, as it was known at `now`; `None` if it was not there.
pub fn review(facts: &Facts, id: &Slug, now: Timestamp) -> Option<Review> {
    let milestone = facts.milestones.get(id)?;
    let life = &milestone.life;
    let extent = Extent::Milestone(id);
    let finished = life.finished_by(now);
    let gone = life.stages.iter().rev().find(|(_, at)| *at <= now);
    let gone = gone.filter(|(stage, _)| !stage.is_left());
    let ended = finished.or(gone.map(|(_, at)| *at));
    // Tasks may have been done before anybody said that the milestone was begun.
    let first = facts.all(extent).filter_map(|task| task.life.started_by(now)).min();
    let begun = life.started_by(now).or(first.filter(|at| ended.is_none_or(|ended| *at <= ended)));
    let until = ended.unwrap_or(now);
    let mut review = Review {
        planned_from: life.start.map(Date::days),
        first_due: None,
        last_due: life.due_at(now).map(Date::days),
        slips: Vec::new(),
        begun: begun.map(|at| facts.day(at)),
        ended: ended.map(|at| facts.day(at)),
        completed: finished.is_some(),
        tasks: Tasks::default(),
        estimated: 0,
        spent: 0,
        compared: 0,
        blocked: Blocked::default(),
        blocked_itself: 0,
    };
    let mut before: Option<i64> = None;
    for (due, at) in life.dues.iter().filter(|(_, at)| *at <= now) {
        let Some(to) = due.map(Date::days) else { continue };
        if let Some(from) = before.filter(|from| *from != to) {
            review.slips.push(Slip { on: facts.day(*at), from, to });
        }
        review.first_due.get_or_insert(to);
        before = Some(to);
    }
    for task in facts.all(extent) {
        review.count(task, id, begun, now);
    }
    let from = facts.first_day(extent).unwrap_or(facts.day(until)).min(facts.day(until));
    review.blocked = blocked(facts, extent, Window { from, to: facts.day(until) });
    for span in &life.blocked {
        let end = span.to.unwrap_or(until).min(until);
        let minutes = end.0.saturating_sub(span.from.0) / 60_000_000;
        review.blocked_itself += u64::try_from(minutes).unwrap_or(0);
    }
    Some(review)
}

impl Review {
    fn count(&mut self, task: &TaskFacts, id: &Slug, begun: Option<Timestamp>, now: Timestamp) {
        let Some(there) = task.life.begin().filter(|at| *at <= now) else { return };
        let came = task.homes.iter().find(|(home, _)| home == id).map_or(there, |(_, at)| *at);
        match begun.is_some_and(|begun| came.max(there) > begun) {
            true => self.tasks.added += 1,
            false => self.tasks.at_begin += 1,
        }
        if task.home_at(now) != id {
            self.tasks.moved_away += 1;
            return;
        }
        match task.life.stage_at(now) {
            Some(Stage::Done) => self.tasks.done += 1,
            Some(Stage::Open | Stage::Underway | Stage::Paused) | None => self.tasks.open += 1,
            Some(_) => self.tasks.cancelled += 1,
        }
        if task.finished_by(now).is_some()
            && let Some(estimate) = task.estimate.filter(|estimate| *estimate > 0)
            && task.time_spent > 0
        {
            self.estimated += u64::from(estimate);
            self.spent += u64::from(task.time_spent);
            self.compared += 1;
        }
    }
}
