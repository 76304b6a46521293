//! The back-test: how often the dates that would have been given in the past held.
//!
//! Start at [`calibrate`].
//!
//! - **Invariant.** What has not ended by the last day that is known of counts as long as it is
//!   known of, so that quick successes do not count before slow failures can.
//! - **Source.** The product-limit estimate for what is cut off: E. L. Kaplan and P. Meier,
//!   "Nonparametric Estimation from Incomplete Observations", J. of the American Statistical
//!   Association 53 (1958), of the share of trials that had ended, which a good forecast spreads
//!   evenly.
//! - **Invariant.** Every case sees only what had happened by its day (labels and estimates are
//!   today's). Times are those at which things really happened, so imported histories count.

use super::{Distribution, Forecast, Options, Seed, Situation, forecast};
use crate::facts::{Extent, Facts, Life};
use crate::figures::DAYS_PER_WEEK;
use milestone_core::domain::Stage;
use milestone_core::words::{Slug, Timestamp};

/// Trials of each case.
pub const CASE_RUNS: u32 = 2_000;

/// How many tasks the cases of the second kind are about.
pub const CASE_SIZES: [u32; 4] = [5, 10, 20, 40];

/// How often dates held.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Held {
    /// For each forecast the share of its trials that had ended before it did, or by the last day
    /// that is known of if it had not; and whether it had.
    outcomes: Vec<(f64, bool)>,
}

impl Held {
    /// How many forecasts there were.
    pub fn cases(&self) -> usize {
        self.outcomes.len()
    }

    /// Of how many it is known how they ended.
    pub fn ended(&self) -> usize {
        self.outcomes.iter().filter(|(_, ended)| *ended).count()
    }

    /// The share of dates of `percent` that held, in percent, by the product-limit estimate;
    /// `None` if no case tells.
    pub fn percent(&self, percent: u8) -> Option<f64> {
        let wanted = f64::from(percent) / 100.0;
        let mut outcomes = self.outcomes.clone();
        outcomes.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        let (mut missed, mut known) = (1.0, false);
        for (place, (share, ended)) in outcomes.iter().enumerate() {
            if *share >= wanted {
                known = true;
                break;
            }
            if *ended {
                missed *= 1.0 - 1.0 / (outcomes.len() - place) as f64;
            }
        }
        // Where the last that is known of was still going on, nobody knows what came after.
        (known || (missed == 0.0 && !outcomes.is_empty())).then_some((1.0 - missed) * 100.0)
    }

    /// Takes in a forecast that was done after `took` days, or had not been after `known`.
    fn judge(&mut self, dates: &Distribution, took: Option<u32>, known: i64) {
        self.outcomes.push(match took {
            Some(took) => (dates.chance(i64::from(took) - 1), true),
            None => (dates.chance(known), false),
        });
    }
}

/// What a back-test found.
#[derive(Debug, Clone, Default, PartialEq)]
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
                    let given_up = given_up(facts, &milestone.life, day, today);
                    let took = cleared(facts, id, day, given_up);
                    found.milestones.judge(dates.shown(), took, given_up - day);
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

/// The cases about so many more tasks. `ends` has the days on which tasks were finished, sorted.
fn batches(facts: &Facts, past: &Past, ends: &[i64], found: &mut Calibration) {
    let situation = Situation::at(facts, Extent::Project, past.at, past.window_days);
    for size in CASE_SIZES.into_iter().filter(|size| *size <= situation.left) {
        if !situation.basis.is_enough() {
            found.without_history += 1;
            continue;
        }
        let dates = situation.basis.pace.when(size, &past.options);
        let before = ends.partition_point(|day| *day <= situation.today);
        let last = ends.get(before + size as usize - 1);
        let took = last.and_then(|day| u32::try_from(day - situation.today).ok());
        found.batches.judge(&dates, took, past.today - situation.today);
    }
}

/// The last day from `from` to `today` on which something was not given up: what was cannot tell.
fn given_up(facts: &Facts, life: &Life, from: i64, today: i64) -> i64 {
    let given_up = life.stages.iter().filter(|(stage, _)| *stage == Stage::Cancelled);
    let days = given_up.map(|(_, at)| facts.day(*at) - 1).filter(|day| *day >= from);
    days.min().unwrap_or(today).min(today)
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
