//! Beginning, finishing, giving up and taking up again.
//!
//! - **Invariant.** What one command does to several things counts for the later ones: `done a b`
//!   finishes `b` that waited for `a`.
//! - **Invariant.** A rule that was overridden leaves its reason in the event.

use super::super::command::{FileContent, ProgressValue};
use super::super::event::Body;
use super::super::holds::{Hold, HoldWhy, waits_for, waits_to_finish};
use super::super::item::Stage;
use super::super::payload::{Progress, Transition};
use super::super::refusal::Refusal;
use super::gates::open_phases;
use super::{Deciding, Target, prose, wrong_status};
use crate::words::{MICROS_PER_DAY, StreamId, StreamName, Text};

impl Deciding<'_> {
    pub(super) fn start(&mut self, asked: &[String], force: Option<&str>) -> Result<(), Refusal> {
        let force = force.map(|why| prose("reason", why)).transpose()?;
        for target in self.targets(asked)? {
            self.not_archived(&target, "started")?;
            if self.stage(&target) != Stage::Open {
                return Err(wrong_status(&target, "started"));
            }
            let forced = self.may_begin(&target, force.as_ref(), "started")?;
            self.begin_home(&target);
            if self.started.insert(target.stream()) {
                let change = Transition { task: target.task(), forced, ..Transition::default() };
                self.events.push(target.event(match target {
                    Target::Milestone(_) => Body::MilestoneStarted(change),
                    Target::Task(..) => Body::TaskStarted(change),
                }));
            }
        }
        Ok(())
    }

    /// The stage of what is asked for, as it counts.
    fn stage(&self, target: &Target) -> Stage {
        match target {
            Target::Milestone(milestone) => self.stage_of(milestone),
            Target::Task(task, _) => task.item.stage,
        }
    }

    /// Refuses what waits or is blocked, unless it is forced; returns the reason if that was
    /// needed.
    pub(super) fn may_begin(
        &self,
        target: &Target,
        force: Option<&Text<'static>>,
        action: &'static str,
    ) -> Result<Option<Text<'static>>, Refusal> {
        if matches!(target, Target::Task(..)) {
            self.home_at_work(target, action)?;
        }
        let mut on = waits_for(self.plan, &target.stream());
        if let Target::Task(_, home) = target {
            on.extend(waits_for(self.plan, &home.stream()));
        }
        self.let_go(&mut on);
        let blockers: Vec<String> =
            target.item().open_blockers().map(|blocker| blocker.text.to_string()).collect();
        if on.is_empty() && blockers.is_empty() {
            return Ok(None);
        }
        if let Some(force) = force {
            return Ok(Some(force.clone()));
        }
        let reference = target.reference();
        if blockers.is_empty() {
            return Err(Refusal::Waiting { reference, on: self.names_of(&on) });
        }
        Err(Refusal::Blocked { reference, blockers })
    }

    /// Refuses to finish what must not end before something else has come, unless it is forced;
    /// returns the reason if that was needed.
    fn may_end(
        &self,
        target: &Target,
        force: Option<&Text<'static>>,
    ) -> Result<Option<Text<'static>>, Refusal> {
        let mut on = waits_to_finish(self.plan, &target.stream());
        self.let_go(&mut on);
        match (on.is_empty(), force) {
            (true, _) => Ok(None),
            (false, Some(force)) => Ok(Some(force.clone())),
            (false, None) => {
                let (reference, on) = (target.reference(), self.names_of(&on));
                Err(Refusal::WaitingToFinish { reference, on })
            }
        }
    }

    /// Takes out what this command itself brings about. A lag begins only then.
    fn let_go(&self, holds: &mut Vec<Hold>) {
        holds.retain(|hold| {
            let now = hold.stream().is_some_and(|on| {
                let finished = self.finished.contains(&on);
                match hold.why {
                    HoldWhy::Unfinished => finished,
                    HoldWhy::Unstarted => finished || self.started.contains(&on),
                    HoldWhy::Until(_) | HoldWhy::Unknown(_) => false,
                }
            });
            !(now && hold.terms.lag <= 0)
        });
    }

    /// What is waited for, as people read it.
    fn names_of(&self, holds: &[Hold]) -> Vec<String> {
        let name = |hold: &Hold| {
            let on = hold.stream().map_or_else(|| hold.on.to_string(), |on| self.name_of(&on));
            match &hold.why {
                HoldWhy::Unfinished => on,
                HoldWhy::Unstarted => format!("{on} to start"),
                HoldWhy::Until(until) => format!("{on}, until {until:.16}Z"),
                HoldWhy::Unknown(why) => format!("{on} (unknown: {why})"),
            }
        };
        holds.iter().map(name).collect()
    }

    /// Work on a task of a planned milestone begins the milestone.
    pub(super) fn begin_home(&mut self, target: &Target) {
        let Target::Task(_, home) = target else { return };
        if home.item.stage == Stage::Open && self.started.insert(home.stream()) {
            let started = Body::MilestoneStarted(Transition::default());
            self.events.push(Target::Milestone(home.clone()).event(started));
        }
    }

    pub(super) fn progress(
        &mut self,
        asked: &str,
        value: ProgressValue,
        note: Option<&str>,
        time_spent: u32,
    ) -> Result<(), Refusal> {
        let target = self.writable(asked, "reported on")?;
        let mut progress = Progress { task: target.task(), time_spent, ..Progress::default() };
        match value {
            ProgressValue::Percent(percent) if percent <= 100 => {
                progress.progress_percentage = Some(percent);
            }
            ProgressValue::Of { done, of } if done <= of && of > 0 => {
                (progress.done, progress.of) = (Some(done), Some(of));
            }
            ProgressValue::Percent(percent) => {
                return Err(Refusal::BadProgress { given: format!("{percent} %") });
            }
            ProgressValue::Of { done, of } => {
                return Err(Refusal::BadProgress { given: format!("{done} of {of}") });
            }
        }
        progress.notes = note.map(|note| prose("note", note)).transpose()?;
        match self.stage(&target) {
            Stage::Open => {
                self.may_begin(&target, None, "reported on")?;
                self.begin_home(&target);
                let change = Transition { task: target.task(), ..Transition::default() };
                self.events.push(target.event(match target {
                    Target::Milestone(_) => Body::MilestoneStarted(change),
                    Target::Task(..) => Body::TaskStarted(change),
                }));
            }
            Stage::Underway => {
                if matches!(target, Target::Task(..)) {
                    self.home_at_work(&target, "reported on")?;
                    self.begin_home(&target);
                }
            }
            _ => return Err(wrong_status(&target, "reported on")),
        }
        self.events.push(target.event(Body::ProgressUpdated(progress)));
        Ok(())
    }

    pub(super) fn complete(
        &mut self,
        asked: &[String],
        force: Option<&str>,
        note: Option<&str>,
        (time_spent, contents): (u32, &[FileContent]),
    ) -> Result<(), Refusal> {
        let force = force.map(|why| prose("reason", why)).transpose()?;
        let notes = note.map(|note| prose("note", note)).transpose()?;
        let targets = self.targets(asked)?;
        // Those asked for count as finished for each other: their order is only how they were
        // typed.
        self.finished.extend(targets.iter().map(Target::stream));
        for target in targets {
            self.not_archived(&target, "finished")?;
            // A day without an hour is its midnight, which is before what began on it.
            if let (Some(started), Some(done)) = (target.item().started_at, self.asker.at)
                && started.0.saturating_sub(done.0) >= MICROS_PER_DAY
            {
                let reference = target.reference();
                return Err(Refusal::DoneBeforeStart { reference, started, done });
            }
            let change = Transition { notes: notes.clone(), time_spent, ..Transition::default() };
            match &target {
                Target::Task(..) => {
                    self.complete_task(&target, (change, contents), force.as_ref())?;
                }
                Target::Milestone(_) => self.complete_milestone(&target, change, force.as_ref())?,
            }
        }
        Ok(())
    }

    fn complete_task(
        &mut self,
        target: &Target,
        (mut change, contents): (Transition<'static>, &[FileContent]),
        force: Option<&Text<'static>>,
    ) -> Result<(), Refusal> {
        if !matches!(target.item().stage, Stage::Open | Stage::Underway) {
            return Err(wrong_status(target, "finished"));
        }
        change.forced = if target.item().stage == Stage::Open {
            self.may_begin(target, force, "finished")?
        } else {
            self.home_at_work(target, "finished")?;
            None
        };
        if let Some(forced) = self.may_end(target, force)? {
            change.forced.get_or_insert(forced);
        }
        if let Some(open) = open_phases(target, contents) {
            let force = force.ok_or(open)?;
            self.may_leave_out(target, contents)?;
            change.forced.get_or_insert(force.clone());
        }
        self.begin_home(target);
        change.task = target.task();
        change.tasks_completed.extend(target.task());
        self.events.push(target.event(Body::TaskCompleted(change)));
        Ok(())
    }

    fn complete_milestone(
        &mut self,
        target: &Target,
        mut change: Transition<'static>,
        force: Option<&Text<'static>>,
    ) -> Result<(), Refusal> {
        let Target::Milestone(milestone) = target else { return Ok(()) };
        if !self.stage_of(milestone).is_left() {
            return Err(wrong_status(target, "completed"));
        }
        let blockers: Vec<String> =
            milestone.item.open_blockers().map(|blocker| blocker.text.to_string()).collect();
        let open: Vec<StreamId> = self
            .plan
            .rows(milestone.id.as_str())
            .iter()
            .filter(|row| row.stage.is_left())
            .map(|row| row.stream.clone())
            .filter(|stream| !self.finished.contains(stream))
            .collect();
        let mut waits = waits_for(self.plan, &target.stream());
        let mut ends = waits_to_finish(self.plan, &target.stream());
        self.let_go(&mut waits);
        self.let_go(&mut ends);
        let free = open.is_empty() && blockers.is_empty() && waits.is_empty() && ends.is_empty();
        let reference = target.reference();
        match force {
            Some(force) if !free => {
                change.forced = Some(force.clone());
                change.open = open.iter().map(|stream| Text::from(stream.to_string())).collect();
            }
            Some(_) => {}
            None if !open.is_empty() => {
                let tasks = open.iter().map(|stream| self.name_of(stream)).collect();
                return Err(Refusal::OpenTasks { milestone: reference, tasks });
            }
            None if !blockers.is_empty() => return Err(Refusal::Blocked { reference, blockers }),
            None if !waits.is_empty() => {
                return Err(Refusal::Waiting { reference, on: self.names_of(&waits) });
            }
            None if !ends.is_empty() => {
                return Err(Refusal::WaitingToFinish { reference, on: self.names_of(&ends) });
            }
            None => {}
        }
        self.events.push(target.event(Body::MilestoneCompleted(change)));
        Ok(())
    }

    pub(super) fn cancel(&mut self, asked: &[String], reason: &str) -> Result<(), Refusal> {
        let reason = prose("reason", reason)?;
        for target in self.targets(asked)? {
            self.not_archived(&target, "cancelled")?;
            if !self.stage(&target).is_left() {
                return Err(wrong_status(&target, "cancelled"));
            }
            let (task, reason) = (target.task(), Some(reason.clone()));
            let change = Transition { task, reason, ..Transition::default() };
            self.events.push(target.event(match target {
                Target::Milestone(_) => Body::MilestoneCancelled(change),
                Target::Task(..) => Body::TaskCancelled(change),
            }));
        }
        Ok(())
    }

    pub(super) fn reopen(&mut self, asked: &[String], reason: Option<&str>) -> Result<(), Refusal> {
        let reason = reason.map(|reason| prose("reason", reason)).transpose()?;
        let targets = self.targets(asked)?;
        let given_up = |target: &&Target| target.item().stage == Stage::Cancelled;
        let again: Vec<Target> = targets.iter().filter(given_up).cloned().collect();
        let reopened: Vec<StreamId> = targets.iter().map(Target::stream).collect();
        for target in targets {
            self.not_archived(&target, "reopened")?;
            if !matches!(target.item().stage, Stage::Done | Stage::Cancelled) {
                return Err(wrong_status(&target, "reopened"));
            }
            if !reopened.contains(&target.home().stream()) {
                self.home_open(&target, "reopened")?;
            }
            let (task, reason) = (target.task(), reason.clone());
            let change = Transition { task, reason, ..Transition::default() };
            self.events.push(target.event(match target {
                Target::Milestone(_) => Body::MilestoneReopened(change),
                Target::Task(..) => Body::TaskReopened(change),
            }));
        }
        self.no_cycle_again(&again)
    }

    pub(super) fn archive(
        &mut self,
        asked: &[String],
        review: Option<&str>,
    ) -> Result<(), Refusal> {
        let notes = review.map(|review| prose("review", review)).transpose()?;
        for target in self.targets(asked)? {
            let Target::Milestone(milestone) = &target else {
                return Err(Refusal::NotAMilestone { reference: target.reference() });
            };
            if !matches!(self.stage_of(milestone), Stage::Done | Stage::Cancelled) {
                return Err(wrong_status(&target, "archived"));
            }
            let change = Transition { notes: notes.clone(), ..Transition::default() };
            self.events.push(target.event(Body::MilestoneArchived(change)));
        }
        Ok(())
    }

    pub(super) fn restore(&mut self, asked: &[String]) -> Result<(), Refusal> {
        for target in self.targets(asked)? {
            let Target::Milestone(milestone) = &target else {
                return Err(Refusal::NotAMilestone { reference: target.reference() });
            };
            if milestone.item.stage != Stage::Archived {
                return Err(wrong_status(&target, "brought back from the archive"));
            }
            self.events.push(target.event(Body::MilestoneRestored(Transition::default())));
        }
        Ok(())
    }

    pub(super) fn remove_tasks(&mut self, asked: &[String]) -> Result<(), Refusal> {
        for target in self.targets(asked)? {
            self.not_archived(&target, "removed")?;
            let StreamName::Task(..) = target.stream().name() else {
                return Err(Refusal::NotATask { reference: target.reference() });
            };
            let change = Transition { task: target.task(), ..Transition::default() };
            self.events.push(target.event(Body::TaskRemoved(change)));
        }
        Ok(())
    }
}
