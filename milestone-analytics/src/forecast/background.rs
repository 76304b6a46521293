//! What is the same for every milestone that is forecast at one moment.
//!
//! Start at [`Background::at`]. A forecast of each of a thousand milestones looks at all tasks
//! once, not a thousand times.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::pert;
use super::situation::{Basis, POOL_MIN, arrivals, count, growth};
use crate::facts::{Extent, Facts, TaskFacts};
use crate::figures::{Window, cycle_days};
use milestone_core::words::{Slug, StreamId, Timestamp};

/// How long finished tasks took, in days.
#[derive(Debug, Clone, Default)]
pub(super) struct Durations<'f> {
    /// Of those with a label, where there are enough of them.
    pub(super) by_label: BTreeMap<&'f str, Vec<u32>>,
    /// Of all.
    pub(super) all: Vec<u32>,
}

impl<'f> Durations<'f> {
    /// Those of the tasks that were finished in a window.
    pub(super) fn of(finished: &[(&'f TaskFacts, i64, u32)], window: Window) -> Self {
        let mut found = Self::default();
        for (task, _, days) in finished.iter().filter(|(_, on, _)| window.holds(*on)) {
            found.all.push(*days);
            for label in &task.labels {
                found.by_label.entry(label).or_default().push(*days);
            }
        }
        found.by_label.retain(|_, days| days.len() >= POOL_MIN);
        found
    }
}

/// The whole project at one moment, as far as forecasts of its milestones need it.
#[derive(Debug)]
pub struct Background<'f> {
    /// The moment.
    pub(super) now: Timestamp,
    /// How many days history is taken from.
    pub(super) days: u32,
    /// The history of the whole project.
    pub(super) project: Basis,
    /// On each of its days how many tasks came, less those that went without being done.
    arrivals: Vec<i32>,
    /// How milestones that ended had grown.
    pub(super) grown: Vec<f64>,
    /// Every task that is left.
    pub(super) left: BTreeMap<&'f StreamId, &'f TaskFacts>,
    /// The tasks that are left in each milestone.
    pub(super) inside: BTreeMap<&'f Slug, Vec<&'f StreamId>>,
    /// Every finished task of which it is known when it was begun: the day, and its cycle time.
    pub(super) finished: Vec<(&'f TaskFacts, i64, u32)>,
    /// How long they took, of those of the project's window.
    pub(super) durations: Durations<'f>,
    /// What estimates say, of those that were asked about: it takes long to work out.
    said: Mutex<BTreeMap<u32, Vec<u32>>>,
}

impl<'f> Background<'f> {
    /// The whole project at a moment. The history is that of the last `days` days.
    pub fn at(facts: &'f Facts, now: Timestamp, days: u32) -> Self {
        let today = facts.day(now);
        let left: BTreeMap<&StreamId, &TaskFacts> =
            facts.left(Extent::Project, now).map(|task| (&task.stream, task)).collect();
        let mut inside: BTreeMap<&Slug, Vec<&StreamId>> = BTreeMap::new();
        for (stream, task) in &left {
            inside.entry(task.home_at(now)).or_default().push(stream);
        }
        let times = facts.finished(Extent::Project, now);
        let times = times
            .filter_map(|(task, at)| Some((task, facts.day(at), cycle_days(facts, task, at)?)));
        let finished: Vec<(&TaskFacts, i64, u32)> = times.collect();
        let project = Basis::of(facts, Extent::Project, today, days);
        let window = project.window;
        // What was there on its first day was planned, and did not come.
        let begun = facts.first_day(Extent::Project).map_or(window.from, |begin| begin + 1);
        let arrivals = arrivals(facts, Extent::Project, window, begun);
        let grown = growth(facts, facts.end_of(today));
        let durations = Durations::of(&finished, project.window);
        let said = Mutex::default();
        Self { now, days, project, arrivals, grown, left, inside, finished, durations, said }
    }

    /// The days that an estimate says.
    pub(super) fn estimated(&self, estimate: u32) -> Vec<u32> {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.entry(estimate).or_insert_with(|| pert::durations(estimate)).clone()
    }

    /// The history of the whole project, for a milestone that has too little of its own.
    pub(super) fn among(&self) -> Basis {
        let mut all = self.project.clone();
        all.pace.among = count(self.left.len());
        all.pace.among_arrivals.clone_from(&self.arrivals);
        all
    }
}
