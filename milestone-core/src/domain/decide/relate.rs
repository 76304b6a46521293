//! Dependencies: what must be done before what.
//!
//! - **Invariant.** No command closes a cycle, also not through a milestone that needs its tasks or
//!   a task that waits for what its milestone waits for. Only a merge can, and then it counts for
//!   nobody until it is removed.

use std::collections::BTreeSet;

use super::super::derived::{path, path_with};
use super::super::event::Body;
use super::super::payload::Dependency;
use super::super::refusal::Refusal;
use super::{Deciding, Target};
use crate::words::StreamId;

impl Deciding<'_> {
    pub(super) fn add_dependencies(
        &mut self,
        asked: &str,
        after: &[String],
    ) -> Result<(), Refusal> {
        let target = self.writable(asked, "made to wait")?;
        let mut new = BTreeSet::new();
        for on in self.dependencies(&target, after)? {
            if target.item().dependencies.contains(&on) {
                let (reference, on) = (target.reference(), self.name_of(&on));
                return Err(Refusal::DependencyExists { reference, on });
            }
            if !new.insert(on.clone()) {
                continue;
            }
            self.no_cycle(&target.stream(), &on)?;
            let dependency =
                Dependency { task: target.task(), on: on.to_string().into(), source: None };
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
        for on in self.dependencies(&target, after)? {
            if !target.item().dependencies.contains(&on) {
                let (reference, on) = (target.reference(), self.name_of(&on));
                return Err(Refusal::NoDependency { reference, on });
            }
            if !gone.insert(on.clone()) {
                continue;
            }
            let dependency =
                Dependency { task: target.task(), on: on.to_string().into(), source: None };
            self.events.push(target.event(Body::DependencyRemoved(dependency)));
        }
        Ok(())
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

    fn dependencies(&self, target: &Target, after: &[String]) -> Result<Vec<StreamId>, Refusal> {
        let within = match target {
            Target::Task(task, _) => Some(task.home.as_str()),
            Target::Milestone(_) => None,
        };
        after.iter().map(|asked| Ok(self.target_within(asked, within)?.stream())).collect()
    }

    /// Refuses that `stream` waits for `on` if `on` needs `stream` already.
    pub(super) fn no_cycle(&self, stream: &StreamId, on: &StreamId) -> Result<(), Refusal> {
        if stream == on {
            return Err(Refusal::DependsOnItself { reference: self.name_of(stream) });
        }
        // A milestone needs its tasks: what one of its tasks waits for, it waits for too.
        let Some(way) = path(self.plan, on, stream).or_else(|| self.through_home(stream, on))
        else {
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
