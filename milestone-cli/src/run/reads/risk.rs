//! `risk list`, `risk matrix`, and what is said of a risk elsewhere.
//!
//! Start at [`Risks::of`].
//!
//! - **Invariant.** The worst come first: by score, then by the delay to expect, then by name.
//! - **Invariant.** What follows from a risk (levels, score, expected delay) is worked out by core.

mod matrix;

use milestone_core::domain::{
    Item, Plan as _, RiskEntry, RiskLevel, effective_stage, reference_of,
};
use milestone_core::projection::State;
use milestone_core::words::{StreamId, StreamName};
use schemars::JsonSchema;
use serde::Serialize;

use super::print::{Listing, talks};
use super::refs;
use crate::args::risk::RiskListArgs;
use crate::run::context::{Context, Moment, Ran};
use crate::run::risks::{RiskDoc, size};
use crate::ui::dates;
use crate::ui::error::Problem;
use crate::ui::glyph::Paint;
use crate::ui::table::{Cell, Column, Fit, Table};

pub(super) use matrix::{MatrixDoc, run as matrix};

/// From this score on, a risk needs an eye; it is 2 in 4 or worse.
const SCORE_EYE: u32 = 8;
/// From this score on, it is among the worst; it is 3 in 5 or worse.
const SCORE_WORST: u32 = 15;

/// A risk and what it threatens.
pub(super) struct Held {
    pub(super) reference: String,
    pub(super) risk: RiskEntry,
    /// What it threatens has ended.
    over: bool,
}

/// The risks of a milestone, a task or everything, the worst first.
pub(super) struct Risks {
    pub(super) about: Option<String>,
    pub(super) all: Vec<Held>,
}

/// An item of `risk.list`.
#[derive(Serialize, JsonSchema)]
pub(super) struct RiskRow {
    r#ref: String,
    #[serde(flatten)]
    risk: RiskDoc,
}

impl Held {
    /// True if it may still come true.
    pub(super) fn is_open(&self) -> bool {
        self.risk.is_open() && !self.over
    }

    pub(super) fn doc(&self) -> RiskRow {
        RiskRow { r#ref: self.reference.clone(), risk: RiskDoc::of(&self.risk) }
    }
}

impl Risks {
    /// The risks of what `asked` means; of everything without it. Removed tasks have none.
    fn of(
        context: &mut Context,
        moment: &Moment,
        asked: Option<&str>,
        verb: &str,
    ) -> Result<Self, Box<Problem>> {
        let (state, mut all) = (&moment.state, Vec::new());
        let about = match asked {
            Some(asked) => Some(refs::find(context, moment, asked, verb)?),
            None => None,
        };
        match about.as_ref().map(StreamId::name) {
            Some(StreamName::Task(..)) => {
                let task = about.as_ref().and_then(|stream| state.task(stream.as_str()));
                let task = task.expect("it was found");
                take(&mut all, &task.item, task.reference(), false);
            }
            Some(StreamName::Milestone(id)) => of_milestone(state, id, false, &mut all),
            _ => state.milestone_ids().iter().for_each(|id| {
                of_milestone(state, id.as_str(), true, &mut all);
            }),
        }
        let weight = |held: &Held| {
            let delay = held.risk.expected_delay_minutes();
            std::cmp::Reverse((held.is_open(), held.risk.score(), delay))
        };
        all.sort_by(|a, b| {
            let name = |held: &Held| (held.reference.clone(), held.risk.id.clone());
            weight(a).cmp(&weight(b)).then_with(|| name(a).cmp(&name(b)))
        });
        let about = about.map(|stream| reference_of(state, &stream));
        Ok(Self { about, all })
    }
}

/// Takes the risks of a milestone and of its tasks; `ends`: those of what has ended are over.
fn of_milestone(state: &State, id: &str, ends: bool, all: &mut Vec<Held>) {
    let Some(milestone) = state.milestone(id) else { return };
    let ended = ends && !effective_stage(&milestone, &state.rows(id)).is_left();
    take(all, &milestone.item, milestone.id.to_string(), ended);
    for task in state.tasks_of(id) {
        take(all, &task.item, task.reference(), ended || (ends && !task.item.stage.is_left()));
    }
}

fn take(all: &mut Vec<Held>, item: &Item, reference: String, over: bool) {
    let held = |risk: &RiskEntry| Held { reference: reference.clone(), risk: risk.clone(), over };
    all.extend(item.risks.iter().map(held));
}

/// The line of `show` about an open risk.
pub(super) fn line(risk: &RiskEntry) -> String {
    let mut facts: Vec<String> = Some(size(risk)).filter(|s| !s.is_empty()).into_iter().collect();
    facts.extend(risk.owner.as_ref().map(|owner| format!("watched by {owner}")));
    facts.extend(risk.trigger.map(|day| format!("known by {}", dates::with_day(day.0))));
    let mut line = format!("{}  {}", risk.id, risk.title);
    if !facts.is_empty() {
        line.push_str(&format!("  ({})", facts.join(", ")));
    }
    if let Some(mitigation) = &risk.mitigation {
        line.push_str(&format!("; {}", mitigation.replace('\n', "; ")));
    }
    line
}

/// The colour of a score.
fn paint(score: Option<u32>) -> Paint {
    match score {
        Some(SCORE_WORST..) => Paint::Danger,
        Some(SCORE_EYE..) => Paint::AtRisk,
        _ => Paint::Plain,
    }
}

/// Lists risks.
pub(super) fn list(context: &mut Context, args: &RiskListArgs) -> Ran {
    let moment = context.moment()?;
    let mut risks = Risks::of(context, &moment, args.reference.as_deref(), "risk list")?;
    let closed = risks.all.iter().filter(|held| !held.is_open()).count();
    if !args.all {
        risks.all.retain(Held::is_open);
    }
    let table = || Table {
        columns: vec![
            Column::new("id", "ID", Fit::Key),
            Column::new("ref", "REF", Fit::Key),
            Column::new("title", "RISK", Fit::Text),
            Column::new("probability", "CHANCE", Fit::Key).right(),
            Column::new("impact", "IMPACT", Fit::Key),
            Column::new("delay", "DELAY", Fit::Key).right(),
            Column::new("score", "SCORE", Fit::Key).right(),
            Column::new("owner", "OWNER", Fit::Extra),
            Column::new("trigger", "KNOWN BY", Fit::Extra),
            Column::new("status", "STATUS", Fit::Extra),
        ],
        rows: risks.all.iter().map(row).collect(),
    };
    let empty = match closed {
        0 => "No risks. Add one: milestone risk add REF TITLE --probability 30% --delay 3d",
        _ => "No open risks. Closed ones: milestone risk list --all",
    };
    let output = Listing {
        verb: "risk list",
        kind: "risk.list",
        table,
        items: || risks.all.iter().map(Held::doc).collect(),
        text: None,
        md: None,
        total: Some(risks.all.len()),
        empty: empty.to_owned(),
        hints: vec!["milestone risk matrix".to_owned()],
    }
    .print(context, &moment)?;
    let hidden = closed > 0 && !args.all && !risks.all.is_empty();
    Ok(match hidden && talks(context) && context.hints() {
        true => output.say(format!("{closed} closed: milestone risk list --all")),
        false => output,
    })
}

fn row(held: &Held) -> Vec<Cell> {
    let risk = &held.risk;
    let text = |text: &Option<Box<str>>| Cell::new(text.as_deref().unwrap_or_default());
    let percent = risk.percent().map(|percent| format!("{percent}%")).unwrap_or_default();
    let delay = risk.delay.map(dates::duration).unwrap_or_default();
    let score = risk.score().map(|score| score.to_string()).unwrap_or_default();
    vec![
        Cell::new(&risk.id),
        Cell::new(&held.reference),
        Cell::new(&risk.title),
        Cell::new(percent),
        Cell::new(risk.impact_level().map(RiskLevel::word).unwrap_or_default()),
        Cell::new(delay),
        Cell::new(score).paint(paint(risk.score())),
        text(&risk.owner),
        Cell::new(risk.trigger.map(|day| day.to_string()).unwrap_or_default()),
        Cell::new(risk.outcome.as_deref().unwrap_or(if held.over { "over" } else { "open" })),
    ]
}
