//! Looking back at a milestone that ended: what was planned, what came of it, what people say.
//!
//! Start at [`LookBack::of`]. `report retro` shows it, and `show` of what was archived.
//!
//! - **Invariant.** The figures are worked out from what happened each time; only the words are
//!   kept.

use milestone_analytics::figures::{Review, review};
use milestone_analytics::{Extent, Facts, Saying, SayingKind};
use milestone_core::domain::{Item, Note, Plan, RiskEntry, RiskOutcome, Stage};
use milestone_core::projection::State;
use milestone_core::words::{Slug, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use super::evidence::{date, facts_at, tasks};
use super::stats::clock_time;
use crate::run::context::{Context, Moment};
use crate::run::schema::TimeText;
use crate::ui::dates;
use crate::ui::error::Problem;
use crate::ui::page::{Page, Section};

/// Most causes of blocked time, slips and risks that a line names.
const NAMED_MAX: usize = 3;

/// What there is to say of a milestone that ended.
pub(super) struct LookBack {
    pub(super) id: Slug,
    pub(super) title: String,
    pub(super) review: Review,
    /// Why it was completed although something was open.
    forced: Vec<String>,
    /// Why it was paused, resumed, given up or opened again.
    turns: Vec<Saying>,
    /// What was written when it was put away.
    said: Vec<Saying>,
    /// What was feared.
    risks: Vec<RiskTold>,
    offset_minutes: i32,
}

/// The same as a document.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(in crate::run) struct LookBackDoc {
    r#ref: String,
    title: String,
    completed: bool,
    planned_from: Option<String>,
    first_due: Option<String>,
    last_due: Option<String>,
    slips: Vec<SlipDoc>,
    slip_days: Option<i64>,
    begun: Option<String>,
    ended: Option<String>,
    days: Option<u32>,
    late_days: Option<i64>,
    tasks_at_begin: u32,
    tasks_added: u32,
    tasks_done: u32,
    tasks_cancelled: u32,
    tasks_moved_away: u32,
    tasks_open: u32,
    estimate_minutes: u64,
    spent_minutes: u64,
    compared_tasks: u32,
    accuracy_percent: Option<u64>,
    blocked_minutes: u64,
    blocked_itself_minutes: u64,
    forced: Vec<String>,
    turns: Vec<TurnDoc>,
    risks: Vec<RiskTold>,
    words: Vec<WordsDoc>,
}

/// Why its status changed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct TurnDoc {
    turn: &'static str,
    #[serde(flatten)]
    said: WordsDoc,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct SlipDoc {
    on: String,
    from: String,
    to: String,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct WordsDoc {
    #[schemars(with = "TimeText")]
    at: Timestamp,
    by: String,
    text: String,
}

fn day(day: i64) -> String {
    dates::with_day(date(day))
}

/// A look back at a milestone that was put away; `None` for any other.
pub(super) fn archived(
    context: &mut Context,
    moment: &Moment,
    id: &str,
) -> Result<Option<LookBack>, Box<Problem>> {
    let held = moment.state.milestone(id);
    let Some(held) = held.filter(|held| held.item.stage == Stage::Archived) else {
        return Ok(None);
    };
    let (facts, now) = facts_at(context, moment)?;
    Ok(LookBack::of(&facts, &moment.state, now, &held.id))
}

/// What is said when milestones are put away: a look back at each.
pub(in crate::run) fn looks_back(
    context: &mut Context,
    ids: &[Slug],
) -> Result<String, Box<Problem>> {
    let moment = context.moment()?;
    let (facts, now) = facts_at(context, &moment)?;
    let looks = ids.iter().filter_map(|id| LookBack::of(&facts, &moment.state, now, id));
    let style = &context.style;
    let page = |look: LookBack| Page { facts: look.facts(), ..Page::default() };
    let drawn = looks.map(page).map(|page| match style.accessible {
        true => page.spoken(),
        false => page.render(style),
    });
    Ok(drawn.collect())
}

impl LookBack {
    /// What `show` has of it: the facts, and below them the words.
    pub(super) fn section(&self) -> Section {
        let facts = self.facts().into_iter().map(|(name, value)| format!("{name}: {value}"));
        let words = self.words().into_iter().flat_map(|(by, text)| {
            let lines: Vec<String> = text.lines().map(|line| format!("  {line}")).collect();
            std::iter::once(by).chain(lines)
        });
        Section { title: "Review", lines: facts.chain(words).collect() }
    }

    /// True if this note is what was said when it was put away.
    pub(super) fn has_said(&self, note: &Note) -> bool {
        self.said.iter().any(|said| said.at == note.at && *said.text == *note.text)
    }

    /// Looks back at a milestone, as it was known at `now`.
    pub(super) fn of(facts: &Facts, state: &State, now: Timestamp, id: &Slug) -> Option<Self> {
        let held = state.milestone(id.as_str())?;
        let said = &facts.milestones.get(id)?.said;
        let of = |kind| said.iter().filter(move |said| said.kind == kind);
        Some(Self {
            id: id.clone(),
            title: held.item.title.to_string(),
            review: review(facts, id, now)?,
            forced: of(SayingKind::Forced).map(|said| said.text.to_string()).collect(),
            turns: said.iter().filter(|said| turn(said.kind).is_some()).cloned().collect(),
            said: of(SayingKind::Review).cloned().collect(),
            risks: risks(facts, state, id, &held.item),
            offset_minutes: facts.offset_minutes,
        })
    }

    /// What was planned, what came of it, and what changed on the way.
    pub(super) fn facts(&self) -> Vec<(&'static str, String)> {
        let mut facts = vec![("Planned", self.planned()), ("Actual", self.actual())];
        facts.extend(self.slips().map(|slips| ("Due date", slips)));
        let counts = &self.review.tasks;
        let mut parts = vec![format!("{} done", counts.done)];
        let others = [
            (counts.cancelled, "cancelled"),
            (counts.moved_away, "moved away"),
            (counts.open, "left open"),
        ];
        let some = others.iter().filter(|(count, _)| *count > 0);
        parts.extend(some.map(|(count, what)| format!("{count} {what}")));
        facts.push(("Tasks", parts.join(", ")));
        let added = match (counts.added, counts.at_begin) {
            (0, _) => "nothing was added since".to_owned(),
            (added, 0) => format!("{added} added since"),
            (added, from) => format!("{added} added since (+{}%)", added * 100 / from),
        };
        facts.push((
            "Scope",
            format!("{} when it was begun; {added}", tasks(counts.at_begin.into())),
        ));
        facts.push(("Estimates", self.estimates()));
        facts.push(("Blocked", self.blocked()));
        facts.extend(
            self.forced
                .iter()
                .map(|why| ("Forced", format!("completed although something was open: {why}"))),
        );
        facts.extend(self.turns.iter().filter_map(|said| {
            let on = dates::with_day(said.at.date(self.offset_minutes).0);
            Some((turn(said.kind)?, format!("{on}, by {}: {}", said.by, said.text)))
        }));
        facts.extend(self.feared().map(|risks| ("Risks", risks)));
        facts
    }

    fn planned(&self) -> String {
        match (self.review.planned_from, self.review.first_due) {
            (Some(from), Some(due)) => format!("{} to {}", day(from), day(due)),
            (None, Some(due)) => format!("due {}", day(due)),
            (Some(from), None) => format!("from {}, no due date", day(from)),
            (None, None) => "no dates".to_owned(),
        }
    }

    fn actual(&self) -> String {
        let review = &self.review;
        let span = match (review.begun, review.ended) {
            (Some(begun), Some(ended)) => format!("{} to {}", day(begun), day(ended)),
            (None, Some(ended)) => format!("ended {}", day(ended)),
            (Some(begun), None) => format!("since {}", day(begun)),
            (None, None) => return "never begun".to_owned(),
        };
        let long = review.days().map(|days| format!(", {}", dates::days(days.into())));
        let how = match (review.completed, review.ended) {
            (true, _) => String::new(),
            (false, Some(_)) => ", cancelled".to_owned(),
            (false, None) => ", still open".to_owned(),
        };
        let ended = review.ended.filter(|_| review.completed);
        let against = |of: &str, due: Option<i64>| {
            let (due, ended) = (due?, ended?);
            Some(format!(", {}{of}", dates::finished(date(due), date(ended))))
        };
        let last = against("", review.last_due).unwrap_or_default();
        let moved = review.slipped().is_some_and(|slip| slip != 0);
        let first = against(" by the first due date", review.first_due.filter(|_| moved));
        format!("{span}{}{how}{last}{}", long.unwrap_or_default(), first.unwrap_or_default())
    }

    fn slips(&self) -> Option<String> {
        let slips = &self.review.slips;
        let first = slips.first()?;
        let times = match slips.len() {
            1 => "moved once".to_owned(),
            many => format!("moved {many} times"),
        };
        let path = slips.iter().rev().take(NAMED_MAX).rev();
        let path: Vec<String> =
            path.map(|slip| format!("{} (on {})", date(slip.to), date(slip.on))).collect();
        let total = match self.review.slipped()? {
            0 => "in the end not at all".to_owned(),
            late @ 1.. => format!("{} later in all", dates::days(late.unsigned_abs())),
            early => format!("{} earlier in all", dates::days(early.unsigned_abs())),
        };
        Some(format!("{times}, {total}: {} to {}", date(first.from), path.join(", ")))
    }

    fn estimates(&self) -> String {
        let review = &self.review;
        let work = |minutes: u64| dates::duration(u32::try_from(minutes).unwrap_or(u32::MAX));
        match review.accuracy() {
            None => "no done task has an estimate and recorded work".to_owned(),
            Some(percent) => format!(
                "{} spent of {} estimated, {percent}% (in {})",
                work(review.spent),
                work(review.estimated),
                tasks(review.compared.into())
            ),
        }
    }

    fn blocked(&self) -> String {
        let found = &self.review.blocked;
        let itself = match self.review.blocked_itself {
            0 => String::new(),
            minutes => format!("; {} as a whole", clock_time(minutes)),
        };
        if found.causes.is_empty() {
            return match itself.strip_prefix("; ") {
                None => "nothing was blocked".to_owned(),
                Some(itself) => itself.to_owned(),
            };
        }
        let cause = |cause: &milestone_analytics::figures::Cause| {
            format!("{} ({})", cause.text, clock_time(cause.minutes))
        };
        let causes: Vec<String> = found.causes.iter().take(NAMED_MAX).map(cause).collect();
        let (time, of) = (clock_time(found.minutes), tasks(found.tasks.into()));
        format!("{time} in {of}: {}{itself}", causes.join(", "))
    }

    fn feared(&self) -> Option<String> {
        let came_true = self.risks.iter().filter(|risk| risk.came_true()).count();
        let named = self.risks.iter().take(NAMED_MAX).map(|risk| match &risk.outcome {
            Some(outcome) => format!("{} ({})", risk.title, outcome.replace('-', " ")),
            None => risk.title.clone(),
        });
        let named = named.collect::<Vec<_>>().join(", ");
        let count = self.risks.len();
        let more = match count.saturating_sub(NAMED_MAX) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        (count > 0).then(|| format!("{count} foreseen, {came_true} came true: {named}{more}"))
    }

    /// What people wrote, each with who and when.
    pub(super) fn words(&self) -> Vec<(String, String)> {
        let words = |said: &Saying| {
            let day = said.at.date(self.offset_minutes).0;
            (format!("{}, {}", said.by, dates::with_day(day)), said.text.to_string())
        };
        self.said.iter().map(words).collect()
    }

    /// As a document.
    pub(super) fn doc(&self) -> LookBackDoc {
        let review = &self.review;
        let day = |day: i64| date(day).to_string();
        let slips = review.slips.iter().map(|slip| SlipDoc {
            on: day(slip.on),
            from: day(slip.from),
            to: day(slip.to),
        });
        let words = |said: &Saying| WordsDoc {
            at: said.at,
            by: said.by.to_string(),
            text: said.text.to_string(),
        };
        let turns = self
            .turns
            .iter()
            .filter_map(|said| Some(TurnDoc { turn: turn(said.kind)?, said: words(said) }));
        LookBackDoc {
            r#ref: self.id.to_string(),
            title: self.title.clone(),
            completed: review.completed,
            planned_from: review.planned_from.map(day),
            first_due: review.first_due.map(day),
            last_due: review.last_due.map(day),
            slips: slips.collect(),
            slip_days: review.slipped(),
            begun: review.begun.map(day),
            ended: review.ended.map(day),
            days: review.days(),
            late_days: review.late(),
            tasks_at_begin: review.tasks.at_begin,
            tasks_added: review.tasks.added,
            tasks_done: review.tasks.done,
            tasks_cancelled: review.tasks.cancelled,
            tasks_moved_away: review.tasks.moved_away,
            tasks_open: review.tasks.open,
            estimate_minutes: review.estimated,
            spent_minutes: review.spent,
            compared_tasks: review.compared,
            accuracy_percent: review.accuracy(),
            blocked_minutes: review.blocked.minutes,
            blocked_itself_minutes: review.blocked_itself,
            forced: self.forced.clone(),
            turns: turns.collect(),
            risks: self.risks.clone(),
            words: self.said.iter().map(words).collect(),
        }
    }
}

/// What a change of status is called that a reason was given for.
fn turn(kind: SayingKind) -> Option<&'static str> {
    match kind {
        SayingKind::Paused => Some("Paused"),
        SayingKind::Resumed => Some("Resumed"),
        SayingKind::Cancelled => Some("Cancelled"),
        SayingKind::Reopened => Some("Reopened"),
        SayingKind::Forced | SayingKind::Review => None,
    }
}

/// A risk, as it is looked back at.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct RiskTold {
    title: String,
    outcome: Option<String>,
}

impl RiskTold {
    fn came_true(&self) -> bool {
        self.outcome.as_deref() == Some(RiskOutcome::CameTrue.word())
    }
}

/// The risks of a milestone and of what was ever in it; those that came true first.
fn risks(facts: &Facts, state: &State, id: &Slug, item: &Item) -> Vec<RiskTold> {
    let tasks =
        facts.all(Extent::Milestone(id)).filter_map(|task| state.task(task.stream.as_str()));
    let inside = tasks.flat_map(|task| task.item.risks.clone());
    let told = |risk: RiskEntry| RiskTold {
        title: risk.title.to_string(),
        outcome: risk.outcome.map(String::from),
    };
    let mut all: Vec<RiskTold> = item.risks.iter().cloned().chain(inside).map(told).collect();
    all.sort_by_key(|risk| !risk.came_true());
    all
}
