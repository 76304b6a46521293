//! What was so at a moment: in which stage, in which milestone, how far, blocked or not.
//!
//! Start at [`TaskFacts::kept_at`] and [`TaskFacts::finished_by`].
//!
//! - **Invariant.** An answer about a moment uses nothing that happened after it.

use milestone_core::domain::Stage;
use milestone_core::words::{Date, Slug, Timestamp};

use super::{Facts, Life, MilestoneFacts, SayingKind, TaskFacts};

/// Which tasks are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent<'a> {
    /// All of them.
    Project,
    /// Those that are, or were, in this milestone.
    Milestone(&'a Slug),
}

/// The last of those that began by `at`.
fn last_by<T>(all: &[(T, Timestamp)], at: Timestamp) -> Option<&(T, Timestamp)> {
    all.iter().rev().find(|(_, since)| *since <= at)
}

impl Life {
    /// The stage it was in; `None` before it was there.
    pub fn stage_at(&self, at: Timestamp) -> Option<Stage> {
        last_by(&self.stages, at).map(|(stage, _)| *stage)
    }

    /// True if it was there, and neither finished nor given up.
    pub fn open_at(&self, at: Timestamp) -> bool {
        self.stage_at(at).is_some_and(Stage::is_left)
    }

    /// Since when it was paused, if it was at `at`.
    pub fn paused_at(&self, at: Timestamp) -> Option<Timestamp> {
        let (stage, since) = last_by(&self.stages, at)?;
        (*stage == Stage::Paused).then_some(*since)
    }

    /// When it was begun first, by `at`. A start that was taken back is none: nothing else leads
    /// straight from under way to open.
    pub fn started_by(&self, at: Timestamp) -> Option<Timestamp> {
        let by = self.stages.iter().take_while(|(_, since)| *since <= at);
        let next = self.stages.iter().skip(1).map(Some).chain([None]);
        let begun = by.zip(next).find(|((stage, _), next)| {
            let next = next.filter(|(_, since)| *since <= at);
            *stage == Stage::Underway && next.is_none_or(|(next, _)| *next != Stage::Open)
        });
        begun.map(|((_, since), _)| *since)
    }

    /// Since when it was finished, if it was at `at`.
    pub fn finished_by(&self, at: Timestamp) -> Option<Timestamp> {
        let (stage, since) = last_by(&self.stages, at)?;
        match stage {
            Stage::Done => Some(*since),
            // Put away: it is finished if it was before.
            Stage::Archived => {
                let mut before = self.stages.iter().rev().skip_while(|(_, from)| from > since);
                // Both may have happened at one moment.
                let before = before.find(|(stage, _)| *stage != Stage::Archived);
                before.filter(|(stage, _)| *stage == Stage::Done).map(|(_, from)| *from)
            }
            _ => None,
        }
    }

    /// When it was due, as it was planned at `at`.
    pub fn due_at(&self, at: Timestamp) -> Option<Date> {
        last_by(&self.dues, at).and_then(|(due, _)| *due)
    }

    /// True if anything was in its way.
    pub fn blocked_at(&self, at: Timestamp) -> bool {
        self.blocked.iter().any(|span| span.from <= at && span.to.is_none_or(|to| to > at))
    }

    /// Its first moment: when it was created, or the first thing that happened to it, for other
    /// tools know of work that was done before anybody wrote it down.
    pub fn begin(&self) -> Option<Timestamp> {
        self.created_at.into_iter().chain(self.stages.first().map(|(_, at)| *at)).min()
    }
}

impl MilestoneFacts {
    /// Why it was paused, if it was at `at` and somebody said so.
    pub fn pause_reason_at(&self, at: Timestamp) -> Option<&str> {
        let since = self.life.paused_at(at)?;
        let said = self.said.iter().rev().filter(|said| said.at <= at && said.at >= since);
        said.filter(|said| said.kind == SayingKind::Paused).map(|said| &*said.text).next()
    }
}

impl TaskFacts {
    /// The milestone it was in.
    pub fn home_at(&self, at: Timestamp) -> &Slug {
        let home = last_by(&self.homes, at).or(self.homes.first());
        &home.expect("the first home is since ever").0
    }

    /// True if it was there and neither cancelled nor removed: it counts in the scope.
    pub fn kept_at(&self, at: Timestamp) -> bool {
        let stage = self.life.stage_at(at);
        matches!(stage, Some(Stage::Open | Stage::Underway | Stage::Done))
    }

    /// Its weight.
    pub fn weight_at(&self, at: Timestamp) -> u32 {
        last_by(&self.weights, at).map_or(1, |(weight, _)| *weight)
    }

    /// How much of it was done, from 0 to 1: all if it was finished, else what was last reported.
    pub fn fraction_at(&self, at: Timestamp) -> f64 {
        if self.life.stage_at(at) == Some(Stage::Done) {
            return 1.0;
        }
        let report = self.reports.iter().rev().find(|(_, _, since)| *since <= at);
        report.map_or(0.0, |(done, of, _)| f64::from(*done.min(of)) / f64::from(*of))
    }

    /// Since when it was finished, if it was at `at`.
    pub fn finished_by(&self, at: Timestamp) -> Option<Timestamp> {
        self.life.finished_by(at)
    }

    /// True if it was in that extent.
    pub fn is_in(&self, extent: Extent<'_>, at: Timestamp) -> bool {
        match extent {
            Extent::Project => true,
            Extent::Milestone(id) => self.home_at(at) == id,
        }
    }
}

impl Facts {
    /// The tasks that are, or ever were, in an extent.
    pub fn all<'f>(&'f self, extent: Extent<'f>) -> impl Iterator<Item = &'f TaskFacts> {
        let (every, some) = match extent {
            Extent::Project => (Some(self.tasks.values()), None),
            Extent::Milestone(id) => (None, self.inside.get(id)),
        };
        let inside = some.into_iter().flatten().filter_map(|stream| self.tasks.get(stream));
        every.into_iter().flatten().chain(inside)
    }

    /// The tasks that counted in the scope of an extent at a moment; in that of the project what is
    /// open in a milestone that was cancelled or completed does not.
    pub fn kept<'f>(
        &'f self,
        extent: Extent<'f>,
        at: Timestamp,
    ) -> impl Iterator<Item = &'f TaskFacts> {
        let counts = move |task: &&TaskFacts| {
            extent != Extent::Project || !task.life.open_at(at) || self.is_wanted(task, at)
        };
        let kept = self.all(extent).filter(move |task| task.kept_at(at) && task.is_in(extent, at));
        kept.filter(counts)
    }

    /// True if its milestone wants it done: it is open, paused or not, or the task came to it later
    /// than it was completed.
    fn is_wanted(&self, task: &TaskFacts, at: Timestamp) -> bool {
        let home = self.milestones.get(task.home_at(at));
        let home = home.and_then(|home| last_by(&home.life.stages, at));
        match home {
            None => true,
            Some((stage, _)) if stage.is_left() => true,
            Some((Stage::Done, since)) => {
                last_by(&task.life.stages, at).is_some_and(|(_, opened)| opened > since)
            }
            Some(_) => false,
        }
    }

    /// Since when the milestone of a task was paused, if it was at `at`.
    pub fn rests_at(&self, task: &TaskFacts, at: Timestamp) -> Option<Timestamp> {
        self.milestones.get(task.home_at(at))?.life.paused_at(at)
    }

    /// The tasks that were left to do: open, in a milestone that was open, paused or not. What was
    /// knowingly left open when its milestone was completed is not; what came to a completed one
    /// later is.
    pub fn left<'f>(
        &'f self,
        extent: Extent<'f>,
        at: Timestamp,
    ) -> impl Iterator<Item = &'f TaskFacts> {
        let wanted = move |task: &&TaskFacts| self.is_wanted(task, at);
        let open = move |task: &&TaskFacts| task.life.open_at(at) && task.is_in(extent, at);
        self.all(extent).filter(open).filter(wanted)
    }

    /// What was finished by a moment, with when; where it was then says in which extent.
    pub fn finished<'f>(
        &'f self,
        extent: Extent<'f>,
        by: Timestamp,
    ) -> impl Iterator<Item = (&'f TaskFacts, Timestamp)> {
        let done = self.all(extent).filter_map(move |task| Some((task, task.finished_by(by)?)));
        done.filter(move |(task, at)| task.is_in(extent, *at))
    }

    /// The first day on which there was a task in an extent.
    pub fn first_day(&self, extent: Extent<'_>) -> Option<i64> {
        let begin = |task: &TaskFacts| match extent {
            Extent::Project => task.life.begin(),
            Extent::Milestone(id) => {
                let there = task.homes.iter().find(|(home, _)| home == id)?;
                task.life.begin().map(|begin| begin.max(there.1))
            }
        };
        self.all(extent).filter_map(begin).min().map(|at| self.day(at))
    }

    /// When anything last happened by `at` to a milestone or a task in it: it was created, begun,
    /// reported on, blocked, cleared, moved, finished or given up.
    pub fn last_touched(&self, id: &Slug, at: Timestamp) -> Option<Timestamp> {
        let of = |life: &Life| {
            let stages = life.stages.iter().map(|(_, at)| *at);
            let spans = life.blocked.iter().flat_map(|span| [Some(span.from), span.to]).flatten();
            stages.chain(spans).chain(life.created_at).filter(|touched| *touched <= at).max()
        };
        let task = |task: &TaskFacts| {
            let homes = task.homes.iter().skip(1).map(|(_, at)| *at);
            let reports = task.reports.iter().map(|(_, _, at)| *at);
            let turns = task.phases.iter().flat_map(|phase| &phase.turns).map(|(_, at)| *at);
            let other = homes.chain(reports).chain(turns).filter(|touched| *touched <= at).max();
            other.max(of(&task.life))
        };
        let own = self.milestones.get(id).and_then(|milestone| of(&milestone.life));
        own.max(self.all(Extent::Milestone(id)).filter_map(task).max())
    }

    /// The last day by `now` on which a task was created, begun, finished or given up.
    pub fn last_day(&self, now: Timestamp) -> Option<i64> {
        let last = |task: &TaskFacts| {
            let stages = task.life.stages.iter().rev().map(|(_, at)| *at);
            stages.chain(task.life.created_at).filter(|at| *at <= now).max()
        };
        self.tasks.values().filter_map(last).max().map(|at| self.day(at))
    }
}
