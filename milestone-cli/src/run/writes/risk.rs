//! `risk add`, `risk edit` and `risk close`.
//!
//! Start at [`run`].
//!
//! - **Invariant.** The result names the percentage that a word was taken for.

use milestone_core::domain::{Body, Command, RiskStep, RiskValues};

use super::super::context::{Context, Ran};
use super::super::reads::{Look, look};
use super::super::risks::size;
use super::act::act;
use super::flow::target;
use super::input;
use super::told::{Said, Told, labelled};
use crate::args::risk::{RiskAddArgs, RiskCommand, RiskEditArgs};
use crate::args::values::Change;
use crate::ui::error::Problem;
use crate::ui::text::sanitize;

/// `milestone risk`.
pub(in crate::run) fn run(context: &mut Context, command: &RiskCommand) -> Ran {
    match command {
        RiskCommand::List(args) => look(context, &Look::RiskList(args)),
        RiskCommand::Matrix(args) => look(context, &Look::RiskMatrix(args)),
        RiskCommand::Add(args) => {
            let values = added(context, args)?;
            step(context, &args.reference, RiskStep::Identify { values }, "Risk")
        }
        RiskCommand::Edit(args) => {
            let values = edited(context, args)?;
            let step_of = RiskStep::Update { risk: args.risk.clone(), values };
            step(context, &args.reference, step_of, "Risk")
        }
        RiskCommand::Close(args) => {
            let (risk, note) = (args.risk.clone(), args.note.clone());
            let close = RiskStep::Close { risk, outcome: args.outcome, note };
            step(context, &args.reference, close, "Closed")
        }
    }
}

fn step(context: &mut Context, asked: &str, step: RiskStep, label: &'static str) -> Ran {
    let target = target(context, asked)?;
    act(context, &Command::Risk { target, step }, None, |told| said(told, label))
}

fn said(told: &Told<'_>, label: &'static str) -> Said {
    let things = told.things();
    let Some(thing) = things.first() else { return Said::default() };
    let id = touched(told);
    let risk = thing.item().risks.iter().find(|held| Some(&*held.id) == id.as_deref());
    let Some(risk) = risk else { return Said::default() };
    let mut line = format!("{}  {}", thing.reference(), sanitize(&risk.title));
    let size = size(risk);
    if !size.is_empty() {
        line.push_str(&format!("  ({size})"));
    }
    if let Some(outcome) = &risk.outcome {
        line.push_str(&format!("  {}", sanitize(outcome)));
    }
    let mut said = Said::of(labelled(&[(label, format!("{}  {line}", risk.id))]));
    let left = thing.item().open_risks().count();
    if label == "Closed" {
        if left > 0 {
            let risks = if left == 1 { "risk is" } else { "risks are" };
            said.stderr.push(format!("{left} {risks} left"));
        }
        return said.next(Some("risk list".to_owned()));
    }
    let short = told.short(thing);
    said.next(Some(match (risk.percent(), risk.delay) {
        (None, _) => format!("risk edit {short} {} --probability 30%", risk.id),
        (_, None) => format!("risk edit {short} {} --delay 3d", risk.id),
        _ => format!("forecast {} --with-risks", told.short_milestone(thing.home())),
    }))
}

/// The id of the risk that the record is about.
fn touched(told: &Told<'_>) -> Option<String> {
    told.outcome.events.iter().find_map(|event| match &event.body {
        Body::RiskIdentified(risk) => Some(risk.risk.to_string()),
        Body::RiskUpdated(updated) => Some(updated.risk.to_string()),
        Body::RiskClosed(closed) => Some(closed.risk.to_string()),
        _ => None,
    })
}

fn added(context: &Context, args: &RiskAddArgs) -> Result<RiskValues, Box<Problem>> {
    let trigger = match &args.trigger {
        Some(text) => Some(input::day(context, "--trigger", text)?),
        None => None,
    };
    Ok(RiskValues {
        title: Some(args.title.join(" ")),
        probability: args.probability.map(Some),
        impact: args.impact.map(Some),
        delay: args.delay.map(Some),
        mitigation: args.mitigation.clone().map(Some),
        owner: args.owner.as_ref().map(|owner| Some(context.person(owner))),
        trigger,
    })
}

fn edited(context: &Context, args: &RiskEditArgs) -> Result<RiskValues, Box<Problem>> {
    fn change<T: Copy>(typed: Option<Change<T>>) -> Option<Option<T>> {
        typed.map(|typed| match typed {
            Change::Clear => None,
            Change::To(value) => Some(value),
        })
    }
    let text = |typed: &Option<String>| {
        typed.as_ref().map(|typed| (typed != "none").then(|| typed.clone()))
    };
    let trigger = match &args.trigger {
        Some(typed) => Some(input::day(context, "--trigger", typed)?),
        None => None,
    };
    Ok(RiskValues {
        title: args.title.clone(),
        probability: change(args.probability),
        impact: change(args.impact),
        delay: change(args.delay),
        mitigation: text(&args.mitigation),
        owner: text(&args.owner.as_ref().map(|owner| context.person(owner))),
        trigger,
    })
}
