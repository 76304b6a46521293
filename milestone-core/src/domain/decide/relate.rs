//! Dependencies: what comes before what, and on which terms.
//!
//! - **Invariant.** No command closes a cycle, also not through a milestone that needs its tasks or
//!   a task that waits for what its milestone waits for. Only a merge can, and then it counts for
//!   nobody until it is removed.

use std::collections::BTreeSet;

use super::super::derived::{path, path_with};
use super::super::event::Body;
use super::super::payload::Dependency;
use super::super::refusal::Refusal;
use super::super::tie::{Elsewhere, LAG_MINUTES_MAX, Terms};
use super::{Deciding, Target};
use crate::words::StreamId;

/// What is asked for as a dependency.
enum Needed {
    Here(StreamId),
    Elsewhere(String),
}

impl Deciding<'_> {
    pub(super) fn add_dependencies(
        &mut self,
        asked: &str,
        after: &[String],
        terms: Terms,
    ) -> Result<(), Refusal> {
        let target = self.writable(asked, "made to wait")?;
        let lag_max = u64::from(LAG_MINUTES_MAX.unsigned_abs());
        if u64::from(terms.lag.unsigned_abs()) > lag_max {
            let given = u64::from(terms.lag.unsigned_abs());
            return Err(Refusal::TooLarge { what: "lag in minutes", given, max: lag_max });
        }
        let mut new = BTreeSet::new();
        for needed in self.needed(&target, after)? {
            let (on, name) = self.both_names(&needed);
            if self.has(&target, &on) {
                let reference = target.reference();
                return Err(Refusal::DependencyExists { reference, on: name });
            }
            if !new.insert(on.clone()) {
                continue;
            }
            if let Needed::Here(on) = &needed {
                self.no_cycle_by(&target.stream(), on, terms)?;
            }
            let dependency = Dependency::of(target.task(), on, terms);
            self.events.push(target.event(Body::DependencyAdded(dependency)));
        }
        Ok(())
    }

    pub(super) fn remove_dependencies(
        &mut self,
        asked: &str,
        after: &[String],
    ) -> Result<(), Refusal> {
        let target = self.writable(asked, "freed")?;
        let mut gone = BTreeSet::new();
        for needed in self.needed(&target, after)? {
            let (on, name) = self.both_names(&needed);
            if !self.has(&target, &on) {
                return Err(Refusal::NoDependency { reference: target.reference(), on: name });
            }
            if !gone.insert(on.clone()) {
                continue;
            }
            let dependency = Dependency::of(target.task(), on, Terms::default());
            self.events.push(target.event(Body::DependencyRemoved(dependency)));
        }
        Ok(())
    }

    /// What records write of it, and what people read.
    fn both_names(&self, needed: &Needed) -> (String, String) {
        match needed {
            Needed::Here(on) => (on.to_string(), self.name_of(on)),
            Needed::Elsewhere(on) => (on.clone(), on.clone()),
        }
    }

    fn has(&self, target: &Target, on: &str) -> bool {
        let item = target.item();
        item.dependencies.iter().any(|held| held.as_str() == on)
            || item.ties.iter().any(|held| *held.on == *on)
    }

    /// Refuses that tasks count again for their milestones if what one of them waits for needs its
    /// milestone: a milestone does not need the tasks that were given up.
    pub(super) fn no_cycle_again(&self, reopened: &[Target]) -> Result<(), Refusal> {
        let again: Vec<(StreamId, StreamId)> = reopened
            .iter()
            .filter(|target| matches!(target, Target::Task(..)))
            .map(|target| (target.home().stream(), target.stream()))
            .collect();
        for target in reopened.iter().filter(|target| matches!(target, Target::Task(..))) {
            let stream = target.stream();
            for on in &target.item().dependencies {
                if let Some(way) = path_with(self.plan, on, &stream, &again) {
                    let mut path: Vec<String> = way.iter().map(|at| self.name_of(at)).collect();
                    path.insert(0, self.name_of(&stream));
                    return Err(Refusal::Cycle { path });
                }
            }
        }
        Ok(())
    }

    fn needed(&self, target: &Target, after: &[String]) -> Result<Vec<Needed>, Refusal> {
        let within = match target {
            Target::Task(task, _) => Some(task.home.as_str()),
            Target::Milestone(_) => None,
        };
        let one = |asked: &String| match asked.contains('#') {
            true if Elsewhere::of(asked).is_some() => Ok(Needed::Elsewhere(asked.clone())),
            true => Err(Refusal::NotElsewhere { asked: asked.clone() }),
            false => Ok(Needed::Here(self.target_within(asked, within)?.stream())),
        };
        after.iter().map(one).collect()
    }

    /// Refuses that `stream` comes after `on` in any way if `on` comes after `stream` already.
    pub(super) fn no_cycle(&self, stream: &StreamId, on: &StreamId) -> Result<(), Refusal> {
        self.no_cycle_by(stream, on, Terms::default())
    }

    fn no_cycle_by(&self, stream: &StreamId, on: &StreamId, terms: Terms) -> Result<(), Refusal> {
        if stream == on {
            return Err(Refusal::DependsOnItself { reference: self.name_of(stream) });
        }
        // A milestone needs its tasks: what one of its tasks waits for, it waits for too.
        let home = || self.through_home(stream, on).filter(|_| terms.kind.holds_start());
        let Some(way) = path(self.plan, on, stream).or_else(home) else {
            return Ok(());
        };
        let mut path: Vec<String> = way.iter().map(|at| self.name_of(at)).collect();
        path.insert(0, self.name_of(stream));
        Err(Refusal::Cycle { path })
    }

    /// A milestone that comes to wait for `on` makes its tasks wait for it: none of them may be
    /// needed by `on`.
    fn through_home(&self, stream: &StreamId, on: &StreamId) -> Option<Vec<StreamId>> {
        let Some(Target::Milestone(milestone)) = self.target_of(stream) else { return None };
        let rows = self.plan.rows(milestone.id.as_str());
        rows.iter().find_map(|row| path(self.plan, on, &row.stream))
    }
}
