//! How a milestone fares against its date, and by what that is judged.
//!
//! Start at [`standings`]; [`Health::of`] is the rule.
//!
//! - **Invariant.** Health is worked out, never typed, and a chance decides where there is one; the
//!   [`Sign`]s decide only where there is none.
//! - **Absent on purpose.** Words for people.

use milestone_core::domain::Stage;
use milestone_core::words::{Date, RecordId, Slug, Timestamp};

use crate::facts::{Extent, Facts};
use crate::forecast::{
    Background, Forecast, Options, RUNS_DEFAULT, Seed, Situation, THREADS_MAX, forecast,
};

/// A due date with this chance or more, in percent, is on track.
pub const ON_TRACK_PERCENT_MIN: u8 = 85;
/// A due date with less than this chance, in percent, is late.
pub const LATE_PERCENT_MAX: u8 = 50;
/// A milestone under way in which nothing happened for so many days is stalled.
pub const STALLED_DAYS_MIN: i64 = 7;
/// So many percent of the open tasks blocked are a sign.
pub const BLOCKED_PERCENT_MIN: u32 = 25;
/// A scope that grew by so many percent since it was begun is a sign.
pub const GROWN_PERCENT_MIN: i64 = 25;

/// In a project with more open milestones than this, each is forecast with [`MANY_RUNS`] trials.
/// It is the project's number, not that of the milestones that are asked about: whoever asks, and
/// about how many, is told the same.
const MANY: usize = 50;
/// Trials for each of many milestones: a date may differ by a day from that of [`RUNS_DEFAULT`].
const MANY_RUNS: u32 = 1_000;
/// In a project with more open milestones than this, each is forecast with [`MOST_RUNS`] trials.
const MOST: usize = 500;
/// Trials for each of the most milestones: the standard error of a chance of 85 % is 1.6 points.
const MOST_RUNS: u32 = 512;

/// How a milestone fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Health {
    /// More likely late than not, or its due date has passed.
    Late,
    /// Every open task is blocked.
    Blocked,
    /// The due date is in doubt.
    AtRisk,
    /// It is paused, and its due date has not passed.
    Paused,
    /// Nobody can say: too little was finished to draw from.
    NotEnoughHistory,
    /// It has no due date.
    NoDate,
    /// It has no tasks that a forecast could be made of.
    NoTasks,
    /// The due date will hold.
    OnTrack,
    /// Nothing is left to do but to complete it.
    NothingLeft,
}

/// Something to look at beside the date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// It is under way, and nothing happened in it for so many days.
    Stalled(i64),
    /// So many of so many open tasks are blocked.
    Blocked(u32, u32),
    /// Its scope grew from so many tasks to so many since it was begun.
    Grown(u32, u32),
}

impl Sign {
    /// True if it is reason enough to be worried where no chance is known.
    fn worries(self) -> bool {
        !matches!(self, Self::Grown(..))
    }
}

/// How one milestone stands, and the evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The milestone.
    pub id: Slug,
    /// How it fares.
    pub health: Health,
    /// When it is due, as a day.
    pub due: Option<i64>,
    /// By how many days the due date moved in the last [`SLIP_DAYS`].
    pub slip: Option<i64>,
    /// How likely it is done by then, from 0 to 1.
    pub chance: Option<f64>,
    /// The days by which 50, 85 and 95 % of the trials had ended.
    pub p50: Option<i64>,
    /// See `p50`.
    pub p85: Option<i64>,
    /// See `p50`.
    pub p95: Option<i64>,
    /// Days from all estimates being right and better to all being wrong, where there is not enough
    /// history.
    pub estimated: Option<(i64, i64)>,
    /// Tasks that are done, of those that were kept.
    pub done: u32,
    /// Tasks that were kept.
    pub kept: u32,
    /// Tasks that are left.
    pub left: u32,
    /// Of these, blocked.
    pub blocked: u32,
    /// Days since anything happened in it.
    pub quiet_days: Option<i64>,
    /// The tasks that it had at the end of the day on which it was begun.
    pub scope_at_begin: Option<u32>,
    /// What to look at.
    pub signs: Vec<Sign>,
}

/// A due date is compared with what it was so many days before.
pub const SLIP_DAYS: i64 = 30;

impl Health {
    /// How something fares that is due on a day, if it is.
    pub fn of(situation: &Situation, forecast: &Forecast, due: Option<i64>) -> Self {
        let chance = due.and_then(|due| match forecast {
            Forecast::Dates(dates) => Some(dates.shown().chance(due - situation.today)),
            _ => None,
        });
        let all_blocked = situation.left > 0 && situation.blocked == situation.left;
        let below = |percent: u8, chance: f64| chance * 100.0 < f64::from(percent);
        match (forecast, chance) {
            (Forecast::NothingLeft, _) => Self::NothingLeft,
            _ if all_blocked && situation.paused.is_none() => Self::Blocked,
            _ if due.is_some_and(|due| due < situation.today) => Self::Late,
            (_, Some(chance)) if below(LATE_PERCENT_MAX, chance) => Self::Late,
            (_, Some(chance)) if below(ON_TRACK_PERCENT_MIN, chance) => Self::AtRisk,
            (_, Some(_)) => Self::OnTrack,
            (Forecast::Paused, _) => Self::Paused,
            (Forecast::NotEnough, _) => Self::NotEnoughHistory,
            (_, None) => Self::NoDate,
        }
    }

    /// The word for it, as documents have it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Late => "late",
            Self::Blocked => "blocked",
            Self::Paused => "paused",
            Self::AtRisk => "at_risk",
            Self::NotEnoughHistory => "not_enough_history",
            Self::NoDate => "no_date",
            Self::NoTasks => "no_tasks",
            Self::OnTrack => "on_track",
            Self::NothingLeft => "nothing_left",
        }
    }
}

/// How standings are worked out.
#[derive(Debug, Clone, Copy)]
pub struct Judging<'a> {
    /// The moment.
    pub now: Timestamp,
    /// How many days history is taken from.
    pub days: u32,
    /// The heads of the log, from which the random numbers follow.
    pub heads: &'a [RecordId],
    /// On how many threads; the answer is the same on any number of them.
    pub threads: usize,
}

/// How milestones stand, in the order in which they are named. What is not open is left out.
///
/// This is the one place where health is made: everything that shows it asks here.
pub fn standings(facts: &Facts, ids: &[Slug], judging: &Judging<'_>) -> Vec<Standing> {
    let background = Background::at(facts, judging.now, judging.days);
    let open = facts.milestones.values().filter(|held| held.life.open_at(judging.now)).count();
    let runs = match (open > MANY, open > MOST) {
        (false, _) => RUNS_DEFAULT,
        (true, false) => MANY_RUNS,
        (true, true) => MOST_RUNS,
    };
    let threads = judging.threads.clamp(1, ids.len().max(1)).min(THREADS_MAX);
    // A thread for many milestones each, or many threads for each of few.
    let judging = Judging { threads: if threads > 1 { 1 } else { judging.threads }, ..*judging };
    let every = |first: usize| -> Vec<(usize, Standing)> {
        let own = ids.iter().enumerate().skip(first).step_by(threads);
        let one = |id| standing(facts, id, (&judging, runs), &background);
        own.filter_map(|(place, id)| Some((place, one(id)?))).collect()
    };
    let mut found = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|first| scope.spawn(move || every(first))).collect();
        let mut found = every(0);
        for other in others {
            found.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        found
    });
    found.sort_unstable_by_key(|(place, _)| *place);
    found.into_iter().map(|(_, standing)| standing).collect()
}

fn standing(
    facts: &Facts,
    id: &Slug,
    (judging, runs): (&Judging<'_>, u32),
    background: &Background<'_>,
) -> Option<Standing> {
    let (now, extent) = (judging.now, Extent::Milestone(id));
    let life = &facts.milestones.get(id).filter(|held| held.life.open_at(now))?.life;
    let situation = Situation::before(facts, extent, background);
    let seed = Seed::of(id.as_str(), judging.heads);
    let options = Options { runs, seed, more: 0, threads: judging.threads };
    let answer = forecast(&situation, &options);
    let due = life.due_at(now).map(Date::days);
    let today = situation.today;
    let shown = match &answer {
        Forecast::Dates(dates) => Some(dates.shown()),
        _ => None,
    };
    let within = |percent| Some(today + i64::from(shown?.within(percent)?));
    let count = |at| u32::try_from(facts.kept(extent, at).count()).unwrap_or(u32::MAX);
    let kept = count(now);
    let done = facts.kept(extent, now).filter(|task| task.finished_by(now).is_some()).count();
    let begun = life.started_by(now).map(|at| facts.end_of(facts.day(at)).min(now));
    let quiet = facts.last_touched(id, now).map(|at| (today - facts.day(at)).max(0));
    let mut standing = Standing {
        id: id.clone(),
        health: Health::of(&situation, &answer, due),
        due,
        slip: slip(facts, life, now),
        chance: due.and_then(|due| Some(shown?.chance(due - today))),
        p50: within(50),
        p85: within(85),
        p95: within(95),
        estimated: situation
            .estimated
            .filter(|_| matches!(answer, Forecast::NotEnough))
            .map(|(least, most, _)| (today + i64::from(least), today + i64::from(most))),
        done: u32::try_from(done).unwrap_or(u32::MAX),
        kept,
        left: situation.left,
        blocked: situation.blocked,
        quiet_days: quiet,
        scope_at_begin: begun.map(count),
        signs: Vec::new(),
    };
    standing.signs = signs(&standing, life.stage_at(now) == Some(Stage::Underway));
    if standing.health == Health::NothingLeft && kept == 0 {
        // Nothing was planned in it, so nothing says that it is done.
        let passed = due.is_some_and(|due| due < today);
        standing.health = if passed { Health::Late } else { Health::NoTasks };
    }
    let unknown = matches!(standing.health, Health::NotEnoughHistory | Health::NoDate);
    if unknown && due.is_some() && standing.signs.iter().any(|sign| sign.worries()) {
        standing.health = Health::AtRisk;
    }
    Some(standing)
}

fn slip(facts: &Facts, life: &crate::facts::Life, now: Timestamp) -> Option<i64> {
    let then = facts.end_of(facts.day(now) - SLIP_DAYS);
    let first = life.dues.iter().filter(|(_, at)| *at <= now).find_map(|(due, _)| *due);
    Some(life.due_at(now)?.days() - life.due_at(then).or(first)?.days())
}

fn signs(standing: &Standing, under_way: bool) -> Vec<Sign> {
    let mut signs = Vec::new();
    let quiet = standing.quiet_days.filter(|_| under_way && standing.left > 0);
    signs.extend(quiet.filter(|days| *days >= STALLED_DAYS_MIN).map(Sign::Stalled));
    let (blocked, left) = (standing.blocked, standing.left);
    if blocked > 0 && u64::from(blocked) * 100 >= u64::from(left) * u64::from(BLOCKED_PERCENT_MIN) {
        signs.push(Sign::Blocked(blocked, left));
    }
    if let Some(from) = standing.scope_at_begin.filter(|from| *from > 0) {
        let grown = i64::from(standing.kept) - i64::from(from);
        if grown * 100 >= i64::from(from) * GROWN_PERCENT_MIN {
            signs.push(Sign::Grown(from, standing.kept));
        }
    }
    signs
}
