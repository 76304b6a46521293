//! What is the same for every milestone that is forecast at one moment.
//!
//! Start at [`Background::at`]. A forecast of each of a thousand milestones looks at all tasks
//! once, not a thousand times.

use std::collections::BTreeMap;

use super::situation::{Basis, count, growth};
use crate::facts::{Extent, Facts, TaskFacts};
use crate::figures::cycle_days;
use milestone_core::words::{Slug, StreamId, Timestamp};

/// The whole project at one moment, as far as forecasts of its milestones need it.
#[derive(Debug, Clone)]
pub struct Background<'f> {
    /// The moment.
    pub(super) now: Timestamp,
    /// How many days history is taken from.
    pub(super) days: u32,
    /// The history of the whole project.
    pub(super) project: Basis,
    /// Every task that is left.
    pub(super) left: BTreeMap<&'f StreamId, &'f TaskFacts>,
    /// The tasks that are left in each milestone.
    pub(super) inside: BTreeMap<&'f Slug, Vec<&'f StreamId>>,
    /// Every finished task of which it is known when it was begun: the day, and its cycle time.
    pub(super) finished: Vec<(&'f TaskFacts, i64, u32)>,
}

impl<'f> Background<'f> {
    /// The whole project at a moment. The history is that of the last `days` days.
    pub fn at(facts: &'f Facts, now: Timestamp, days: u32) -> Self {
        let today = facts.day(now);
        let grown = growth(facts, facts.end_of(today));
        let left: BTreeMap<&StreamId, &TaskFacts> =
            facts.left(Extent::Project, now).map(|task| (&task.stream, task)).collect();
        let mut inside: BTreeMap<&Slug, Vec<&StreamId>> = BTreeMap::new();
        for (stream, task) in &left {
            inside.entry(task.home_at(now)).or_default().push(stream);
        }
        let times = facts.finished(Extent::Project, now);
        let times = times
            .filter_map(|(task, at)| Some((task, facts.day(at), cycle_days(facts, task, at)?)));
        let finished = times.collect();
        let project = Basis::of(facts, Extent::Project, today, days, grown);
        Self { now, days, project, left, inside, finished }
    }

    /// The history of the whole project, for a milestone that has too little of its own.
    pub(super) fn among(&self) -> Basis {
        let mut all = self.project.clone();
        all.pace.among = count(self.left.len());
        all
    }
}
