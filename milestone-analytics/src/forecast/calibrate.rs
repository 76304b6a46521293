//! The back-test: how often the dates that would have been given in the past held.
//!
//! Start at [`calibrate`].
//!
//! - **Invariant.** A case is judged only when its 95 % date has passed, whether or not it was met,
//!   so that quick successes do not count before slow failures can.
//! - **Invariant.** Every case sees only what had happened by its day (labels and estimates are
//!   today's). Times are those at which things really happened, so imported histories count.

use super::{Forecast, Options, Seed, Situation, forecast};
use crate::facts::{Extent, Facts};
use crate::figures::{DAYS_PER_WEEK, PERCENTS};
use milestone_core::domain::Stage;
use milestone_core::words::{Slug, Timestamp};

/// Trials of each case.
pub const CASE_RUNS: u32 = 2_000;

/// How many tasks the cases of the second kind are about.
pub const CASE_SIZES: [u32; 4] = [5, 10, 20, 40];

/// How often dates held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Held {
    /// Forecasts that could be judged.
    pub cases: u32,
    /// For each of [`PERCENTS`] how many of them held.
    pub held: [u32; 4],
}

impl Held {
    /// The share that held at a place of [`PERCENTS`], in percent; `None` without cases.
    pub fn percent(&self, place: usize) -> Option<f64> {
        let held = self.held.get(place)?;
        (self.cases > 0).then(|| f64::from(*held) * 100.0 / f64::from(self.cases))
    }

    fn judge(&mut self, bounds: [u32; 4], took: Option<u32>) {
        self.cases += 1;
        for (held, bound) in self.held.iter_mut().zip(bounds) {
            *held += u32::from(took.is_some_and(|took| took <= bound));
        }
    }
}

/// What a back-test found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calibration {
    /// "When will all of this milestone be done?", asked once a week while it was open. It is done
    /// on the first day on which nothing is left in it.
    pub milestones: Held,
    /// How many milestones these cases are of.
    pub milestone_count: u32,
    /// "When will so many more tasks be done?", asked of the project once a week, for each of
    /// [`CASE_SIZES`] that there were at least.
    pub batches: Held,
    /// Forecasts that could not be made: not enough history by then.
    pub without_history: u32,
    /// Forecasts whose 95 % date has not passed.
    pub undecided: u32,
    /// The last day that the past has: on which anything happened; `None` if nothing did.
    pub until: Option<i64>,
}

/// Asks, once a week over the whole past, what would have been answered, and compares with what
/// came. `window_days` is how far back each answer looked.
pub fn calibrate(facts: &Facts, now: Timestamp, window_days: u32, seed: Seed) -> Calibration {
    let mut found = Calibration::default();
    let Some(first) = facts.first_day(Extent::Project) else { return found };
    // Of the time since anything was recorded nothing is known: nobody may be writing any more.
    let Some(today) = facts.last_day(now) else { return found };
    found.until = Some(today);
    let week = DAYS_PER_WEEK as i64;
    let mut ends: Vec<i64> =
        facts.finished(Extent::Project, now).map(|(_, at)| facts.day(at)).collect();
    ends.sort_unstable();
    let mut seen = std::collections::BTreeSet::new();
    let mut day = today - (today - first).div_euclid(week) * week;
    while day < today {
        let at = facts.end_of(day);
        let options = Options {
            runs: CASE_RUNS,
            seed: Seed(seed.0 ^ day.cast_unsigned()),
            more: 0,
            threads: 1,
        };
        batches(facts, &Past { at, today, window_days, options }, &ends, &mut found);
        for (id, milestone) in &facts.milestones {
            if !milestone.life.open_at(at) {
                continue;
            }
            let extent = Extent::Milestone(id);
            let situation = Situation::at(facts, extent, at, window_days);
            if situation.left == 0 {
                continue;
            }
            match forecast(&situation, &options) {
                Forecast::Dates(dates) => {
                    let Some(bounds) = bounds(|percent| dates.shown().within(percent)) else {
                        found.undecided += 1;
                        continue;
                    };
                    if day + i64::from(bounds[3]) >= today {
                        found.undecided += 1;
                        continue;
                    }
                    let last = day + i64::from(bounds[3]);
                    if milestone.life.stage_at(facts.end_of(last)) == Some(Stage::Cancelled) {
                        found.undecided += 1;
                        continue;
                    }
                    found.milestones.judge(bounds, cleared(facts, id, day, last));
                    seen.insert(id);
                }
                _ => found.without_history += 1,
            }
        }
        day += week;
    }
    found.milestone_count = u32::try_from(seen.len()).unwrap_or(u32::MAX);
    found
}

/// A day of the past, and how it is asked.
struct Past {
    at: Timestamp,
    today: i64,
    window_days: u32,
    options: Options,
}

/// The days of the four percentiles; `None` if one of them is beyond all reach.
fn bounds(within: impl Fn(u8) -> Option<u32>) -> Option<[u32; 4]> {
    let [a, b, c, d] = PERCENTS.map(within);
    Some([a?, b?, c?, d?])
}

/// The cases about so many more tasks. `ends` has the days on which tasks were finished, sorted.
fn batches(facts: &Facts, past: &Past, ends: &[i64], found: &mut Calibration) {
    let situation = Situation::at(facts, Extent::Project, past.at, past.window_days);
    for size in CASE_SIZES.into_iter().filter(|size| *size <= situation.left) {
        if !situation.basis.is_enough() {
            found.without_history += 1;
            continue;
        }
        let dates = situation.basis.pace.when(size, &past.options);
        let decided = bounds(|percent| dates.within(percent))
            .filter(|bounds| situation.today + i64::from(bounds[3]) < past.today);
        let Some(bounds) = decided else {
            found.undecided += 1;
            continue;
        };
        let before = ends.partition_point(|day| *day <= situation.today);
        let last = ends.get(before + size as usize - 1);
        let took = last.and_then(|day| u32::try_from(day - situation.today).ok());
        found.batches.judge(bounds, took);
    }
}

/// After how many days nothing was left in a milestone, if that was by `last`.
fn cleared(facts: &Facts, id: &Slug, from: i64, last: i64) -> Option<u32> {
    let ever = facts.tasks.values().filter(|task| task.homes.iter().any(|(home, _)| home == id));
    let ever: Vec<_> = ever.collect();
    let left =
        |at: Timestamp| ever.iter().any(|task| task.life.open_at(at) && task.home_at(at) == id);
    let empty = |day: &i64| !left(facts.end_of(*day));
    (from + 1..=last).find(empty).and_then(|day| u32::try_from(day - from).ok())
}
