//! How milestones stand, as `status` and reports show it: rows, reasons, documents.
//!
//! Start at [`Stands::of`].
//!
//! - **Invariant.** A word of health never stands without the numbers that it was made of.

use milestone_analytics::health::{Sign, Standing};
use milestone_core::domain::{Plan, Stage, milestone_progress, status_word};
use milestone_core::words::Slug;
use schemars::JsonSchema;
use serde::Serialize;

use super::evidence::{Evidence, date, tasks};
use super::{judged, refs};
use crate::run::context::Context;
use crate::ui::chart::chance;
use crate::ui::error::Problem;
use crate::ui::table::{Cell, Column, Fit, Table};
use crate::ui::text::sanitize;
use crate::ui::{dates, health};

/// How a milestone stands, with what people call it.
pub(super) struct Stands {
    pub(super) standing: Standing,
    pub(super) title: String,
    pub(super) owner: Option<String>,
    /// Whole percent.
    pub(super) progress: u8,
    /// Planned, active or paused.
    pub(super) stage: Stage,
    pause_reason: Option<String>,
}

/// How a milestone stands, as a document.
#[derive(Serialize, JsonSchema)]
pub(super) struct StandsDoc {
    r#ref: String,
    title: String,
    owner: Option<String>,
    status: &'static str,
    health: &'static str,
    reasons: Vec<String>,
    progress: u8,
    tasks_done: u32,
    tasks: u32,
    left: u32,
    blocked: u32,
    due: Option<String>,
    slip_days_30: Option<i64>,
    chance: Option<f64>,
    p50: Option<String>,
    p85: Option<String>,
    estimates_from: Option<String>,
    estimates_to: Option<String>,
    quiet_days: Option<i64>,
    scope_at_begin: Option<u32>,
}

/// The milestones that are named; else every open one that was begun or has a due date.
pub(super) fn chosen(
    context: &mut Context,
    evidence: &Evidence,
    asked: &[String],
    verb: &str,
) -> Result<Vec<Slug>, Box<Problem>> {
    let mut named: Vec<Slug> = Vec::new();
    for asked in asked {
        let id = refs::find_milestone(context, &evidence.moment, asked, verb)?;
        named.extend(Slug::new(&id).ok().filter(|id| !named.contains(id)));
    }
    if !asked.is_empty() {
        return Ok(named);
    }
    let (facts, now) = (&evidence.facts, evidence.now);
    let counts = |id: &&Slug| {
        let life = &facts.milestones[*id].life;
        let begun = life.stage_at(now).is_some_and(|stage| stage != Stage::Open);
        life.open_at(now) && (begun || life.due_at(now).is_some())
    };
    Ok(facts.milestones.keys().filter(counts).cloned().collect())
}

impl Stands {
    /// How milestones stand, the worst first.
    pub(super) fn of(evidence: &Evidence, ids: &[Slug], days: u32) -> Vec<Self> {
        let heads = &evidence.moment.heads;
        let mut all: Vec<Self> =
            judged::standings_at(&evidence.facts, ids, evidence.now, heads, days)
                .into_iter()
                .map(|standing| Self::named(evidence, standing))
                .collect();
        all.sort_by(|a, b| {
            let key = |stands: &Self| {
                let held = &stands.standing;
                (held.health, held.due.unwrap_or(i64::MAX), held.id.clone())
            };
            key(a).cmp(&key(b))
        });
        all
    }

    fn named(evidence: &Evidence, standing: Standing) -> Self {
        let state = &evidence.moment.state;
        let held = state.milestone(standing.id.as_str());
        let rows = state.rows(standing.id.as_str());
        let told = evidence.facts.milestones.get(&standing.id);
        let life = told.map(|held| &held.life);
        Self {
            pause_reason: told
                .and_then(|held| held.pause_reason_at(evidence.now))
                .map(|reason| sanitize(reason).into_owned()),
            title: held.as_ref().map(|held| held.item.title.to_string()).unwrap_or_default(),
            owner: held.as_ref().and_then(|held| held.item.owner.as_deref().map(str::to_owned)),
            progress: held.as_ref().map_or(0, |held| milestone_progress(held, &rows).percent),
            stage: life.and_then(|life| life.stage_at(evidence.now)).unwrap_or(Stage::Open),
            standing,
        }
    }

    /// The reason for its health first, then what else there is to look at; without full stops.
    pub(super) fn reasons(&self, today: i64) -> Vec<String> {
        let held = &self.standing;
        let mut reasons = vec![self.first_reason(today)];
        let day = |day: i64| dates::with_day(date(day));
        match (held.p50, held.p85, held.estimated) {
            (Some(half), Some(most), _) => {
                let than = match held.due.map(|due| most - due) {
                    None => String::new(),
                    Some(0) => ", on the due date".to_owned(),
                    Some(late @ 1..) => format!(", {} after due", count(late)),
                    Some(early) => format!(", {} before due", count(early)),
                };
                reasons.push(format!("50% by {}, 85% by {}{than}", day(half), day(most)));
            }
            (_, _, Some((least, most))) => {
                reasons.push(format!("estimates give {} to {}", day(least), day(most)));
            }
            _ => {}
        }
        let sign = |sign: &Sign| match sign {
            Sign::Stalled(days) => format!("nothing happened in it for {}", count(*days)),
            Sign::Blocked(blocked, left) => format!("{blocked} of {} blocked", open(*left)),
            Sign::Grown(from, to) => format!("scope grew from {from} to {to} since it was begun"),
        };
        reasons.extend(held.signs.iter().map(sign));
        if let Some(slip) = held.slip.filter(|slip| *slip != 0) {
            let to = if slip > 0 { "later" } else { "earlier" };
            reasons.push(format!("the due date moved {} {to} in the last 30 days", count(slip)));
        }
        reasons
    }

    fn first_reason(&self, today: i64) -> String {
        use milestone_analytics::health::Health;
        let held = &self.standing;
        let chance =
            held.chance.map(|share| format!("the due date has a {} chance", chance(share)));
        match (held.health, held.due) {
            (Health::NothingLeft, _) => "all tasks are closed: complete it".to_owned(),
            (Health::Blocked, _) => format!("every open task is blocked ({})", held.blocked),
            (Health::Late, Some(due)) if due < today => {
                format!("the due date passed {} ago", count(today - due))
            }
            (Health::Paused, _) => {
                let why = self.pause_reason.as_ref().map(|why| format!(" ({why})"));
                let why = why.unwrap_or_default();
                let left = tasks(held.left.into());
                format!("{left} left, and nobody works on them: it is paused{why}")
            }
            (Health::NoTasks, _) => "it has no tasks that a forecast could be made of".to_owned(),
            (Health::NoDate, _) => format!("{} left", tasks(held.left.into())),
            // Where no chance is known, its signs decided.
            (Health::NotEnoughHistory | Health::AtRisk, _) if chance.is_none() => {
                format!("{} left; too little was finished to say when", tasks(held.left.into()))
            }
            _ => chance.unwrap_or_default(),
        }
    }

    /// As a document.
    pub(super) fn doc(&self, evidence: &Evidence) -> StandsDoc {
        let held = &self.standing;
        let day = |day: Option<i64>| day.map(|day| date(day).to_string());
        StandsDoc {
            r#ref: held.id.to_string(),
            title: self.title.clone(),
            owner: self.owner.clone(),
            status: status_word(self.stage),
            health: held.health.word(),
            reasons: self.reasons(evidence.today()),
            progress: self.progress,
            tasks_done: held.done,
            tasks: held.kept,
            left: held.left,
            blocked: held.blocked,
            due: day(held.due),
            slip_days_30: held.slip,
            chance: held.chance,
            p50: day(held.p50),
            p85: day(held.p85),
            estimates_from: day(held.estimated.map(|range| range.0)),
            estimates_to: day(held.estimated.map(|range| range.1)),
            quiet_days: held.quiet_days,
            scope_at_begin: held.scope_at_begin,
        }
    }
}

/// `3 days`, whatever the sign.
fn count(days: i64) -> String {
    dates::days(days.unsigned_abs())
}

fn open(left: u32) -> String {
    if left == 1 { "1 open task".to_owned() } else { format!("{left} open tasks") }
}

/// A row for each milestone.
pub(super) fn table(evidence: &Evidence, all: &[Stands]) -> Table {
    let columns = vec![
        Column::new("ref", "REF", Fit::Key),
        Column::new("title", "TITLE", Fit::Text),
        Column::new("health", "HEALTH", Fit::Key),
        Column::new("progress", "%", Fit::Key).right(),
        Column::new("tasks", "TASKS", Fit::Count).right(),
        Column::new("due", "DUE", Fit::Key),
        Column::new("chance", "CHANCE", Fit::Key).right(),
        Column::new("p50", "50% BY", Fit::Extra),
        Column::new("p85", "85% BY", Fit::Extra),
        Column::new("slip_days_30", "SLIP", Fit::Extra).right(),
        Column::new("owner", "OWNER", Fit::Extra),
        Column::new("reasons", "WHY", Fit::Extra),
    ];
    let day =
        |day: Option<i64>| Cell::new(day.map(|day| date(day).to_string()).unwrap_or_default());
    let row = |stands: &Stands| {
        let held = &stands.standing;
        let percent = held.chance.map(|share| format!("{:.0}", share * 100.0));
        let slip = held.slip.filter(|slip| *slip != 0).map(|slip| format!("{slip:+} d"));
        vec![
            Cell::new(held.id.as_str()),
            Cell::new(&stands.title),
            Cell::new(health::word(held.health))
                .plain(held.health.word())
                .paint(health::paint(held.health)),
            Cell::new(format!("{}%", stands.progress)).plain(stands.progress.to_string()),
            Cell::new(format!("{}/{}", held.done, held.kept)),
            day(held.due),
            Cell::new(held.chance.map(chance).unwrap_or_default())
                .plain(percent.unwrap_or_default()),
            day(held.p50),
            day(held.p85),
            Cell::new(slip.unwrap_or_default())
                .plain(held.slip.map(|slip| slip.to_string()).unwrap_or_default()),
            Cell::new(stands.owner.as_deref().unwrap_or_default()),
            Cell::new(stands.reasons(evidence.today()).join("; ")),
        ]
    };
    Table { columns, rows: all.iter().map(row).collect() }
}

/// `3 open milestones: 1 late, 2 on track`.
pub(super) fn summary(all: &[Stands]) -> String {
    let mut counts: Vec<(&'static str, usize)> = Vec::new();
    for stands in all {
        let word = health::word(stands.standing.health);
        match counts.iter_mut().find(|(held, _)| *held == word) {
            Some((_, count)) => *count += 1,
            None => counts.push((word, 1)),
        }
    }
    let parts: Vec<String> =
        counts.iter().map(|(word, count)| format!("{count} {}", word.to_lowercase())).collect();
    match all.len() {
        0 => "No open milestone was begun or has a due date".to_owned(),
        1 => format!("1 open milestone: {}", parts.join(", ")),
        many => format!("{many} open milestones: {}", parts.join(", ")),
    }
}
