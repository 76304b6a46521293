//! `forecast`: when it will be done, how likely that is, and why it says so.
//!
//! Start at [`run`]. What is said is in `text`, the document in `doc`; the figures are those of
//! `milestone_analytics::forecast`.
//!
//! - **Invariant.** Never a lone date: dates with chances, or the reason why there are none.
//! - **Invariant.** The seed is made of the state, so that the same state gives the same dates.

mod calibration;
mod doc;
mod text;

pub(super) use calibration::CalibrationDoc;
pub(super) use doc::ForecastDoc;

use milestone_analytics::forecast::{
    Forecast, Moved, Options, Seed, Situation, forecast, moved, reached, tasks_left,
};
use milestone_analytics::health::Health;
use milestone_analytics::{Extent, Facts};
use milestone_core::words::Date;

use super::evidence::{Evidence, date};
use super::judged::standings_at;
use super::print::{self, under_banner};
use crate::args::analytics::ForecastArgs;
use crate::args::global::Format;
use crate::run::context::{Context, Ran};
use crate::ui::error::{Exit, Problem};
use crate::ui::markdown;

/// The formats of a forecast.
const FORMATS: &[Format] = &[Format::Text, Format::Json, Format::Md];

/// A date is compared with that of so many days before.
const MOVED_DAYS: i64 = 7;

/// Trials of what is only tried out.
const TRIED_RUNS: u32 = 2_000;

/// All that is said.
struct Told<'a> {
    evidence: &'a Evidence,
    args: &'a ForecastArgs,
    situation: Situation,
    options: Options,
    forecast: Forecast,
    /// The due date, as a day.
    due: Option<i64>,
    /// When it was finished, if it was.
    finished: Option<i64>,
    /// What moved the date.
    moved: Option<Moved>,
    /// The answer to `--by`.
    by: Option<By>,
    /// So many tasks fewer, and the due date would hold.
    drop: Option<u32>,
}

/// How many tasks by a day.
struct By {
    day: i64,
    /// Percent, and the tasks that so many of the trials reached.
    tasks: Vec<(u8, u32)>,
}

/// Says when it will be done.
pub(super) fn run(context: &mut Context, args: &ForecastArgs) -> Ran {
    let format = print::format(context, "forecast", FORMATS, false)?;
    let evidence = Evidence::of(context)?;
    if args.calibrate {
        return calibration::run(context, args, &evidence, format);
    }
    let current = || context.current(&evidence.moment.state).ok();
    let evidence = match args.reference.clone().or_else(current) {
        Some(asked) => evidence.about(context, &asked, "forecast")?,
        None => evidence,
    };
    context.begun(&evidence.moment)?;
    let by = args.by.as_deref().map(|by| day_to_come(context, &evidence, by)).transpose()?;
    let told = Told::of(&evidence, args, by, context.hints());
    let stdout = match format {
        Format::Json => {
            print::object(context, &evidence.moment, "forecast", &doc::ForecastDoc::of(&told))?
        }
        Format::Md => markdown::fenced(&text::render(context, &told)),
        _ => text::render(context, &told),
    };
    let mut output = under_banner(context, &evidence.moment, stdout);
    if print::talks(context) {
        output = text::asides(&told).into_iter().fold(output, super::super::Output::say);
        if let Some(hint) = text::hint(&told).filter(|_| context.hints()) {
            output = output.say(hint);
        }
    }
    if context.global.fail_empty && told.misses() {
        output.exit = Exit::Empty;
    }
    Ok(output)
}

/// The day that `--by` means: none that has passed, for of such a day nothing is to be foreseen.
fn day_to_come(context: &Context, evidence: &Evidence, asked: &str) -> Result<i64, Box<Problem>> {
    let (by, today) = (evidence.day_of(context, "--by", asked)?, evidence.today());
    if by >= today {
        return Ok(by);
    }
    let message = format!("--by: {} has passed, and a forecast is of days to come", date(by));
    Err(Box::new(
        Problem::new("usage.bad_value", Exit::Usage, message)
            .fact(format!("it is {} today; --as-of shows what was foreseen earlier", date(today)))
            .unchanged()
            .hint("milestone forecast --by +4w"),
    ))
}

impl<'a> Told<'a> {
    fn of(evidence: &'a Evidence, args: &'a ForecastArgs, by: Option<i64>, hints: bool) -> Self {
        let (facts, extent) = (&evidence.facts, evidence.extent());
        let (now, window) = (evidence.now, args.window.0);
        let mut situation = Situation::with(facts, extent, now, window, args.with_risks);
        if args.resumed {
            situation.paused = None;
        }
        let asked = evidence.about.as_ref().map_or("@project", |id| id.as_str());
        let seed = args.seed.map_or_else(|| Seed::of(asked, &evidence.moment.heads), Seed);
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let options = Options { runs: args.runs, seed, more: args.tasks.unwrap_or(0), threads };
        let answer = forecast(&situation, &options);
        let life = evidence.about.as_ref().and_then(|id| facts.milestones.get(id));
        let life = life.map(|held| &held.life);
        let mut told = Self {
            due: life.and_then(|life| life.due).map(Date::days),
            finished: life.and_then(|life| life.finished_by(evidence.now)).map(|at| facts.day(at)),
            moved: None,
            by: None,
            drop: None,
            evidence,
            args,
            situation,
            options,
            forecast: answer,
        };
        if matches!(told.forecast, Forecast::Dates(_)) {
            told.moved = told.what_moved(facts, extent);
            told.by = by.map(|day| told.how_many(day));
            told.drop = if hints { told.what_would_help() } else { None };
        }
        told
    }

    fn what_moved(&self, facts: &Facts, extent: Extent<'_>) -> Option<Moved> {
        let then = facts.end_of(self.situation.today - MOVED_DAYS);
        let (window, risks) = (self.args.window.0, self.args.with_risks);
        let mut before = Situation::with(facts, extent, then, window, risks);
        before.paused = self.situation.paused;
        let since = facts.finished(extent, self.evidence.now).filter(|(_, at)| *at > then);
        let finished = u32::try_from(since.count()).unwrap_or(u32::MAX);
        let now = (&self.situation, &self.forecast);
        moved(&before, now, finished, self.args.confidence, &self.options)
    }

    fn how_many(&self, day: i64) -> By {
        let days = u32::try_from((day - self.situation.today).max(0)).unwrap_or(u32::MAX);
        let pace = &self.situation.basis.pace;
        let left = tasks_left(&self.situation, self.options.more);
        let counts = pace.how_many(left, days, &self.options);
        let of = |percent| (percent, reached(&counts, percent));
        By { day, tasks: self.percents().into_iter().map(of).collect() }
    }

    /// The fewest tasks without which the due date would hold.
    fn what_would_help(&self) -> Option<u32> {
        let due = self.due? - self.situation.today;
        let holds = |fewer: u32| {
            let more = self.options.more.saturating_sub_unsigned(fewer);
            let options = Options { runs: TRIED_RUNS.min(self.options.runs), more, ..self.options };
            match forecast(&self.situation, &options) {
                Forecast::Dates(dates) => {
                    let within = dates.shown().within(self.args.confidence);
                    within.is_some_and(|days| i64::from(days) <= due)
                }
                _ => true,
            }
        };
        let (mut least, mut most) = (0, tasks_left(&self.situation, self.options.more));
        if due < 1 || holds(0) {
            return None;
        }
        while least + 1 < most {
            let middle = least + (most - least) / 2;
            if holds(middle) { most = middle } else { least = middle }
        }
        (most < tasks_left(&self.situation, self.options.more)).then_some(most)
    }

    /// The percentiles that are shown: the usual ones, and the one that is planned with.
    fn percents(&self) -> Vec<u8> {
        let mut percents = milestone_analytics::figures::PERCENTS.to_vec();
        percents.push(self.args.confidence);
        percents.sort_unstable();
        percents.dedup();
        percents
    }

    /// True if what it is about has not ended.
    fn is_open(&self) -> bool {
        let evidence = self.evidence;
        let held = evidence.about.as_ref().and_then(|id| evidence.facts.milestones.get(id));
        held.is_none_or(|held| held.life.open_at(evidence.now))
    }

    /// True if nothing was planned, so that nothing left to do says nothing.
    fn is_empty(&self) -> bool {
        self.evidence.facts.kept(self.evidence.extent(), self.evidence.now).next().is_none()
    }

    /// How likely all is done by a day.
    fn chance(&self, day: i64) -> Option<f64> {
        match &self.forecast {
            Forecast::Dates(dates) => Some(dates.shown().chance(day - self.situation.today)),
            _ => None,
        }
    }

    /// True if `--by`, or else the due date, does not have the chance that is planned with.
    fn misses(&self) -> bool {
        let day = self.by.as_ref().map(|by| by.day).or(self.due);
        let chance = day.and_then(|day| self.chance(day));
        chance.is_some_and(|chance| chance * 100.0 < f64::from(self.args.confidence))
    }

    /// How it fares, in the word of documents: the word of `status`, unless something was tried out
    /// that `status` does not try.
    fn health(&self) -> Option<&'static str> {
        let tried = self.args.with_risks || self.args.resumed || self.options.more != 0;
        let health = match self.evidence.about.as_ref().filter(|_| !tried) {
            Some(id) => {
                let (ids, heads) = (std::slice::from_ref(id), &self.evidence.moment.heads);
                let (facts, now) = (&self.evidence.facts, self.evidence.now);
                standings_at(facts, ids, now, heads, self.args.window.0).first()?.health
            }
            None => Health::of(&self.situation, &self.forecast, self.due),
        };
        Some(health.word()).filter(|_| health != Health::NothingLeft)
    }
}
