//! A plan as a network: open tasks are activities, a milestone is its gate and its end.
//!
//! Start at [`Schedule::of`].
//!
//! - **Invariant.** What is finished or given up takes no time and is waited for no longer. A lag
//!   of which the first end has come runs by the calendar, and is left out here.
//! - **Absent on purpose.** Who works on what: everything that may go on at once does. Forecasts
//!   know hands.

use std::collections::{BTreeMap, BTreeSet};

use milestone_core::domain::{
    Cycles, Item, Plan, Stage, TaskRow, Terms, Tie, WHOLE, effective_stage, is_settled,
    reference_of, terms_of,
};
use milestone_core::words::{MINUTES_PER_DAY, Slug, StreamId, StreamName};

use super::network::{Bond, Network, Times};

/// How long something takes that has no estimate: a day of work, as forecasts guess.
pub const ESTIMATE_MINUTES_DEFAULT: u32 = MINUTES_PER_DAY;

/// An open task or milestone in time. All times are minutes of work from now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleRow {
    /// Its stream.
    pub stream: StreamId,
    /// Its reference.
    pub reference: String,
    /// How long it takes still; of a milestone with open tasks, from its first to its last minute.
    pub minutes: i64,
    /// True if no estimate says so; of a milestone with open tasks, if none says so of one of them.
    pub guessed: bool,
    /// The earliest start.
    pub early_start: i64,
    /// The earliest end.
    pub early_finish: i64,
    /// The latest start that keeps the end.
    pub late_start: i64,
    /// The latest end that keeps the end.
    pub late_finish: i64,
    /// By how much it can be later without making the end later.
    pub total_float: i64,
    /// By how much it can be later without making anything else later.
    pub free_float: i64,
}

/// The open work of a plan in time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schedule {
    /// Everything that is open, by earliest start, then latest start, then reference.
    pub rows: Vec<ScheduleRow>,
    /// The end of all, in minutes of work from now.
    pub end: i64,
    /// One critical path, from its first to its last.
    pub path: Vec<StreamId>,
    /// How many have no estimate; a milestone does not count for its tasks.
    pub guessed: usize,
    /// How many wait for something in another project, of which nobody knows how long it takes.
    pub elsewhere: usize,
}

/// What stands for something in the network.
#[derive(Clone, Copy)]
struct Place {
    /// What starts: a task, or the gate of a milestone.
    start: u32,
    /// What ends: the same task, or the end of a milestone.
    end: u32,
}

impl Schedule {
    /// The schedule of all that is open, or of one thing and what it needs.
    pub fn of(plan: &dyn Plan, about: Option<&StreamId>) -> Self {
        let mut build = Build::new(plan);
        match about {
            Some(stream) => build.needed(stream),
            None => {
                for id in plan.milestone_ids() {
                    build.wanted.insert(StreamId::milestone(&id));
                    let rows = plan.rows(id.as_str());
                    build.wanted.extend(rows.iter().map(|row| row.stream.clone()));
                }
            }
        }
        build.nodes();
        build.bonds();
        build.finish()
    }
}

struct Build<'p> {
    plan: &'p dyn Plan,
    cycles: Cycles,
    wanted: BTreeSet<StreamId>,
    places: BTreeMap<StreamId, Place>,
    guessed: BTreeSet<StreamId>,
    network: Network,
    /// Whose node each is.
    owner: Vec<StreamId>,
    elsewhere: usize,
}

impl<'p> Build<'p> {
    fn new(plan: &'p dyn Plan) -> Self {
        Self {
            plan,
            cycles: Cycles::of(plan),
            wanted: BTreeSet::new(),
            places: BTreeMap::new(),
            guessed: BTreeSet::new(),
            network: Network::default(),
            owner: Vec::new(),
            elsewhere: 0,
        }
    }

    /// Everything that one thing needs, itself included.
    fn needed(&mut self, about: &StreamId) {
        let mut open = vec![about.clone()];
        while let Some(stream) = open.pop() {
            if !self.wanted.insert(stream.clone()) {
                continue;
            }
            match stream.name() {
                StreamName::Project => {}
                StreamName::Milestone(id) => {
                    let held = self.plan.milestone(id);
                    open.extend(held.into_iter().flat_map(|held| held.item.dependencies.clone()));
                    open.extend(self.plan.rows(id).iter().map(|row| row.stream.clone()));
                }
                StreamName::Task(..) => {
                    let Some(task) = self.plan.brief(stream.as_str()) else { continue };
                    let home = self.plan.milestone(task.home.as_str());
                    let above = home.iter().flat_map(|home| {
                        let item = &home.item;
                        let holds = |on: &&StreamId| terms_of(&item.ties, on).kind.holds_start();
                        item.dependencies.iter().filter(holds).cloned().collect::<Vec<_>>()
                    });
                    open.extend(task.dependencies.into_iter().chain(above));
                }
            }
        }
    }

    fn node(&mut self, stream: &StreamId, minutes: i64) -> u32 {
        let at = u32::try_from(self.owner.len()).unwrap_or(u32::MAX);
        self.owner.push(stream.clone());
        self.network.minutes.push(minutes);
        at
    }

    fn minutes(&mut self, stream: &StreamId, estimate: Option<u32>) -> i64 {
        if estimate.is_none() {
            self.guessed.insert(stream.clone());
        }
        i64::from(estimate.unwrap_or(ESTIMATE_MINUTES_DEFAULT))
    }

    fn nodes(&mut self) {
        let wanted: Vec<StreamId> = self.wanted.iter().cloned().collect();
        let mut homes: BTreeSet<Slug> = BTreeSet::new();
        for stream in &wanted {
            match stream.name() {
                StreamName::Milestone(id) => homes.extend(Slug::new(id).ok()),
                StreamName::Task(..) => {
                    homes.extend(self.plan.brief(stream.as_str()).map(|task| task.home));
                }
                StreamName::Project => {}
            }
        }
        for id in homes {
            let Some(milestone) = self.plan.milestone(id.as_str()) else { continue };
            let (rows, home) = (self.plan.rows(id.as_str()), milestone.stream());
            let stage = effective_stage(&milestone, &rows);
            if !stage.is_left() {
                continue;
            }
            let open = |row: &&TaskRow| row.stage.is_left();
            let inside: Vec<&TaskRow> =
                rows.iter().filter(open).filter(|row| self.wanted.contains(&row.stream)).collect();
            let whole = self.wanted.contains(&home);
            if whole && !rows.iter().any(|row| open(&row)) {
                // Tasks that are all done leave nothing to do; none at all leave the estimate.
                let none = rows.iter().all(|row| row.stage == Stage::Removed);
                let left = if none { self.minutes(&home, milestone.item.estimate) } else { 0 };
                let at = self.node(&home, left);
                self.places.insert(home, Place { start: at, end: at });
                continue;
            }
            let start = self.node(&home, 0);
            let mut ends = Vec::new();
            for row in inside {
                let task = self.plan.task(row.stream.as_str());
                let all = self.minutes(&row.stream, task.and_then(|task| task.item.estimate));
                let minutes = what_is_left(all, row.fraction);
                let at = self.node(&row.stream, minutes);
                self.network.bonds.push(Bond { before: start, after: at, gap: 0 });
                self.places.insert(row.stream.clone(), Place { start: at, end: at });
                ends.push((at, minutes));
            }
            let end = if whole { self.node(&home, 0) } else { start };
            if whole {
                self.network.bonds.push(Bond { before: start, after: end, gap: 0 });
                let last = ends.into_iter().map(|(before, gap)| Bond { before, after: end, gap });
                self.network.bonds.extend(last);
            }
            self.places.insert(home, Place { start, end });
        }
    }

    fn bonds(&mut self) {
        let places: Vec<(StreamId, Place)> =
            self.places.iter().map(|(stream, place)| (stream.clone(), *place)).collect();
        for (stream, place) in places {
            let (dependencies, ties, stage) = match stream.name() {
                StreamName::Milestone(id) => {
                    let Some(held) = self.plan.milestone(id) else { continue };
                    let of =
                        |item: &Item| (item.dependencies.clone(), item.ties.clone(), item.stage);
                    of(&held.item)
                }
                _ => {
                    let Some(held) = self.plan.brief(stream.as_str()) else { continue };
                    (held.dependencies, held.ties, held.stage)
                }
            };
            self.elsewhere += usize::from(ties.iter().any(Tie::is_elsewhere));
            for on in dependencies {
                let terms = terms_of(&ties, &on);
                let begun = matches!(stage, Stage::Underway | Stage::Paused);
                let begun = begun && terms.kind.holds_start();
                if begun || self.cycles.join(&stream, &on) || self.has_come(&on, terms) {
                    continue;
                }
                let Some(before) = self.places.get(&on).copied() else { continue };
                self.bond(before, place, terms);
            }
        }
    }

    /// True if that end of the other is over.
    fn has_come(&self, on: &StreamId, terms: Terms) -> bool {
        let begun = || match on.name() {
            StreamName::Milestone(id) => {
                self.plan.milestone(id).is_none_or(|held| held.item.stage != Stage::Open)
            }
            _ => self.plan.brief(on.as_str()).is_none_or(|held| held.stage != Stage::Open),
        };
        is_settled(self.plan, on) || (!terms.kind.wants_finish() && begun())
    }

    fn bond(&mut self, other: Place, own: Place, terms: Terms) {
        let takes = |at: u32| self.network.minutes[at as usize];
        let (before, first) = match terms.kind.wants_finish() {
            true => (other.end, takes(other.end)),
            false => (other.start, 0),
        };
        let (after, last) = match terms.kind.holds_start() {
            true => (own.start, 0),
            false => (own.end, takes(own.end)),
        };
        let gap = first + i64::from(terms.lag) - last;
        self.network.bonds.push(Bond { before, after, gap });
    }

    fn finish(self) -> Schedule {
        let (times, end) = self.network.times();
        let home = |stream: &StreamId| match stream.name() {
            StreamName::Task(..) => {
                self.plan.brief(stream.as_str()).map(|task| StreamId::milestone(&task.home))
            }
            _ => None,
        };
        // What is guessed of a task is guessed of the whole.
        let homes: BTreeSet<StreamId> = self.guessed.iter().filter_map(home).collect();
        let row = |(stream, place): (&StreamId, &Place)| {
            let (first, last) = (times[place.start as usize], times[place.end as usize]);
            let takes = self.network.minutes[place.end as usize];
            let whole = Times { early_start: first.early_start, ..last };
            ScheduleRow {
                stream: stream.clone(),
                reference: reference_of(self.plan, stream),
                minutes: last.early_start + takes - first.early_start,
                guessed: self.guessed.contains(stream) || homes.contains(stream),
                early_start: whole.early_start,
                early_finish: last.early_start + takes,
                late_start: first.late_start,
                late_finish: last.late_start + takes,
                total_float: last.total_float(),
                free_float: last.free_float,
            }
        };
        let asked = |(stream, _): &(&StreamId, &Place)| self.wanted.contains(*stream);
        let mut rows: Vec<ScheduleRow> = self.places.iter().filter(asked).map(row).collect();
        rows.sort_unstable_by(|a, b| {
            let key = |row: &ScheduleRow| (row.early_start, row.late_start);
            (key(a), &a.reference).cmp(&(key(b), &b.reference))
        });
        let mut path: Vec<StreamId> = Vec::new();
        for at in self.network.critical_path(&times, end) {
            // The gate and the end of a milestone are points on the way, not work.
            let stream = &self.owner[at as usize];
            let is_work = self.places.get(stream).is_some_and(|place| place.start == place.end);
            if is_work && path.last() != Some(stream) {
                path.push(stream.clone());
            }
        }
        let guessed = rows.iter().filter(|row| self.guessed.contains(&row.stream)).count();
        Schedule { rows, end, path, guessed, elsewhere: self.elsewhere }
    }
}

/// What is left of so many minutes when that fraction is done, rounded up.
fn what_is_left(minutes: i64, fraction: u64) -> i64 {
    let left = i128::from(minutes) * i128::from(WHOLE.saturating_sub(fraction));
    let whole = i128::from(WHOLE);
    i64::try_from((left + whole - 1) / whole).unwrap_or(i64::MAX)
}
