//! A forecast as a document.
//!
//! Start at [`ForecastDoc::of`].
//!
//! - **Invariant.** A chart can be drawn again from it: it has the history, every outcome with how
//!   many trials came to it, and the seed.

use std::collections::BTreeMap;

use milestone_analytics::forecast::{DAYS_MAX, Dates, Distribution, Forecast, Model, tasks_left};
use milestone_core::words::Date;
use schemars::JsonSchema;
use serde::Serialize;

use super::{By, Told};

#[derive(Serialize, JsonSchema)]
pub(in crate::run::reads) struct ForecastDoc {
    r#ref: Option<String>,
    title: String,
    answer: &'static str,
    today: String,
    left: u32,
    due: Option<String>,
    finished: Option<String>,
    paused: Option<String>,
    resting: Vec<String>,
    chance: Option<f64>,
    health: Option<&'static str>,
    confidence: u8,
    dates: Vec<DateDoc>,
    model: Option<&'static str>,
    models: Option<ModelsDoc>,
    by: Option<ByDoc>,
    weeks: Vec<WeekDoc>,
    moved: Option<MovedDoc>,
    estimates: Option<EstimatesDoc>,
    risks: RisksDoc,
    basis: BasisDoc,
    runs: u32,
    seed: u64,
    distribution: Vec<(u32, u32)>,
}

#[derive(Serialize, JsonSchema)]
struct DateDoc {
    percent: u8,
    date: Option<String>,
    days: Option<u32>,
}

#[derive(Serialize, JsonSchema)]
struct ModelsDoc {
    pace: Vec<DateDoc>,
    network: Option<Vec<DateDoc>>,
}

#[derive(Serialize, JsonSchema)]
struct ByDoc {
    date: String,
    chance: Option<f64>,
    tasks: Vec<TasksDoc>,
}

#[derive(Serialize, JsonSchema)]
struct TasksDoc {
    percent: u8,
    tasks: u32,
}

#[derive(Serialize, JsonSchema)]
struct WeekDoc {
    from: String,
    weeks: i64,
    share: f64,
}

#[derive(Serialize, JsonSchema)]
struct MovedDoc {
    since: String,
    before: String,
    now: String,
    tasks_added: i64,
    tasks_finished: u32,
    days_by_scope: i64,
    days_by_progress: i64,
    days_by_pace: i64,
    days_by_order: i64,
}

#[derive(Serialize, JsonSchema)]
struct EstimatesDoc {
    from: String,
    to: String,
    without: u32,
}

/// Open risks: whether they play along, how many can, and how many say too little.
#[derive(Serialize, JsonSchema)]
struct RisksDoc {
    counted: bool,
    known: u32,
    vague: u32,
}

#[derive(Serialize, JsonSchema)]
struct BasisDoc {
    of: &'static str,
    from: String,
    to: String,
    days: Vec<u32>,
    finished: u32,
    days_with_any: u32,
    enough: bool,
    scope_change: i64,
    growth: Vec<f64>,
    at_once: u32,
    guessed: u32,
    blocked: u32,
}

fn day(day: i64) -> String {
    Date::from_days(day).to_string()
}

/// The weeks, or several of them together so that there are at most `most`, that trials end in:
/// each with its Monday and its share; the share of those later; and how many weeks go together.
pub(super) fn weeks(told: &Told<'_>, found: &Dates, most: usize) -> (Vec<(i64, f64)>, f64, i64) {
    const WEEK: i64 = 7;
    let outcomes = found.shown().days();
    let end = |days: u32| told.situation.today + i64::from(days);
    let monday = |day: i64| day - (day + 3).rem_euclid(WEEK);
    // What is out of reach in all trials ends in no week.
    let reached = outcomes.first().filter(|days| **days <= DAYS_MAX);
    let Some(first) = reached.map(|days| monday(end(*days))) else {
        return (Vec::new(), 0.0, 1);
    };
    // Where the last of the trials are out of reach, the chart shows those that are not.
    let reach = [99, 95, 85, 50, 20, 5].into_iter().find_map(|share| found.shown().within(share));
    let far = reach.map_or(first, end);
    let span = (far - first) / WEEK + 1;
    let most = i64::try_from(most).unwrap_or(i64::MAX).max(1);
    let step = (span / most + i64::from(span % most > 0)).max(1);
    let mut counts: BTreeMap<i64, u32> = BTreeMap::new();
    let mut later = 0u32;
    for days in outcomes {
        match end(*days) > far.max(first) {
            true => later += 1,
            false => *counts.entry((end(*days) - first) / (WEEK * step)).or_default() += 1,
        }
    }
    let share = |count: u32| f64::from(count) / outcomes.len() as f64;
    let last = counts.last_key_value().map_or(0, |(place, _)| *place);
    let rows = (0..=last).map(|place| {
        (first + place * WEEK * step, share(counts.get(&place).copied().unwrap_or(0)))
    });
    (rows.collect(), share(later), step)
}

impl RisksDoc {
    fn of(told: &Told<'_>) -> Self {
        let (known, vague) = (told.situation.known_risks, told.situation.vague_risks);
        Self { counted: told.args.with_risks, known, vague }
    }
}

impl ForecastDoc {
    pub(super) fn of(told: &Told<'_>) -> Self {
        let (situation, evidence) = (&told.situation, told.evidence);
        let dates = |found: &Distribution| -> Vec<DateDoc> {
            let date = |percent| {
                let days = found.within(percent);
                let date = days.map(|days| day(situation.today + i64::from(days)));
                DateDoc { percent, date, days }
            };
            told.percents().into_iter().map(date).collect()
        };
        let found = match &told.forecast {
            Forecast::Dates(found) => Some(found),
            _ => None,
        };
        let mut distribution: BTreeMap<u32, u32> = BTreeMap::new();
        for days in found.iter().flat_map(|found| found.shown().days()) {
            *distribution.entry(*days).or_default() += 1;
        }
        let weeks = found.map(|found| weeks(told, found, usize::MAX >> 1).0).unwrap_or_default();
        Self {
            r#ref: evidence.about.as_ref().map(ToString::to_string),
            title: evidence.title(),
            answer: match &told.forecast {
                Forecast::Dates(_) => "dates",
                Forecast::NotEnough => "not_enough_history",
                Forecast::NothingLeft => "nothing_left",
                Forecast::Paused => "paused",
            },
            today: day(situation.today),
            left: tasks_left(situation, told.options.more),
            due: told.due.map(day),
            finished: told.finished.map(day),
            paused: situation.paused.map(day),
            resting: situation.resting.iter().map(ToString::to_string).collect(),
            chance: told.due.and_then(|due| told.chance(due)),
            health: told.health(),
            confidence: told.args.confidence,
            dates: found.map(|found| dates(found.shown())).unwrap_or_default(),
            model: found.map(|found| match found.model {
                Model::Pace => "pace",
                Model::Network => "network",
            }),
            models: found.map(|found| ModelsDoc {
                pace: dates(&found.pace),
                network: found.network.as_ref().map(dates),
            }),
            by: told.by.as_ref().map(|by| ByDoc::of(told, by)),
            weeks: weeks
                .into_iter()
                .map(|(from, share)| WeekDoc { from: day(from), weeks: 1, share })
                .collect(),
            moved: told.moved.as_ref().map(MovedDoc::of),
            estimates: situation.estimated.map(|(least, most, without)| EstimatesDoc {
                from: day(situation.today + i64::from(least)),
                to: day(situation.today + i64::from(most)),
                without,
            }),
            risks: RisksDoc::of(told),
            basis: BasisDoc::of(told),
            runs: told.options.runs,
            seed: told.options.seed.0,
            distribution: distribution.into_iter().collect(),
        }
    }
}

impl ByDoc {
    fn of(told: &Told<'_>, by: &By) -> Self {
        let tasks = by.tasks.iter().map(|&(percent, tasks)| TasksDoc { percent, tasks }).collect();
        Self { date: day(by.day), chance: told.chance(by.day), tasks }
    }
}

impl MovedDoc {
    fn of(moved: &milestone_analytics::forecast::Moved) -> Self {
        Self {
            since: day(moved.since),
            before: day(moved.before),
            now: day(moved.now),
            tasks_added: moved.added,
            tasks_finished: moved.finished,
            days_by_scope: moved.by_scope,
            days_by_progress: moved.by_progress,
            days_by_pace: moved.by_pace,
            days_by_order: moved.by_order,
        }
    }
}

impl BasisDoc {
    fn of(told: &Told<'_>) -> Self {
        let (situation, basis) = (&told.situation, &told.situation.basis);
        Self {
            of: if basis.project { "project" } else { "milestone" },
            from: day(basis.window.from),
            to: day(basis.window.to),
            days: basis.pace.days.clone(),
            finished: basis.finished,
            days_with_any: basis.days_with_any,
            enough: basis.is_enough(),
            scope_change: basis.scope_change,
            growth: basis.pace.growth.clone(),
            at_once: situation.hands,
            guessed: situation.guessed,
            blocked: situation.blocked,
        }
    }
}
