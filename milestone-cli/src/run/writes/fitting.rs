//! Which template fits, in words: for `init` and `quickstart`.
//!
//! Start at [`explained`], and at [`ask`] for a question on a terminal. What is seen and what
//! follows is decided by `milestone_project::route`.
//!
//! - **Invariant.** Every point that counted can be shown.

use milestone_project::{LEAD_MIN, ROUTES, Route, Signal};
use schemars::JsonSchema;
use serde::Serialize;

use super::super::context::Context;
use super::super::shelf::Shelf;
use crate::args::usage::quoted;
use crate::ui::error::Problem;
use crate::ui::text::sanitize;

/// Something that speaks for a template.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SignalDoc {
    what: String,
    template: &'static str,
    points: u32,
}

/// All that was seen, in the order in which it was looked for.
pub(super) fn docs(route: &Route) -> Vec<SignalDoc> {
    let doc = |signal: &Signal| SignalDoc {
        what: signal.what.clone(),
        template: signal.template,
        points: signal.points,
    };
    route.signals.iter().map(doc).collect()
}

/// What was seen, what follows from it, and how to take another.
pub(super) fn explained(context: &Context, route: &Route) -> Vec<String> {
    let mut lines = seen(route);
    if context.hints() {
        let others: Vec<&str> = ROUTES.into_iter().filter(|name| *name != route.template).collect();
        let others = others.join(", ");
        lines
            .push(format!("Template {}. Others, named before the title: {others}", route.template));
    } else {
        lines.push(format!("Template {}.", route.template));
    }
    lines
}

/// What was seen in the directory, a line for each template that something speaks for.
pub(super) fn seen(route: &Route) -> Vec<String> {
    let mut rows: Vec<(String, &str, u32)> = Vec::new();
    for signal in &route.signals {
        match rows.iter_mut().find(|row| row.1 == signal.template) {
            Some(row) => {
                row.0.push_str(&format!("; {}", sanitize(&signal.what)));
                row.2 += signal.points;
            }
            None => {
                rows.push((sanitize(&signal.what).into_owned(), signal.template, signal.points));
            }
        }
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.2));
    listed(&rows)
}

fn listed(rows: &[(String, &str, u32)]) -> Vec<String> {
    let widest = rows.iter().map(|row| row.0.chars().count()).max().unwrap_or(0);
    let line = |(what, template, points): &(String, &str, u32)| {
        let points = if *points == 0 { " 0".to_owned() } else { format!("+{points}") };
        format!("  {what:<widest$}  {template:<8}  {points}")
    };
    std::iter::once("Looking at this directory (read only)".to_owned())
        .chain(rows.iter().map(line))
        .collect()
}

/// Every signal on a line of its own, and what the points of each template come to.
pub(super) fn signals(route: &Route) -> Vec<String> {
    let rows = route.signals.iter();
    let rows =
        rows.map(|signal| (sanitize(&signal.what).into_owned(), signal.template, signal.points));
    let rows: Vec<(String, &str, u32)> = rows.collect();
    let sum = |name: &str| format!("{name} {}", route.points(name));
    let sums = ROUTES.map(sum).join(", ");
    let mut lines = listed(&rows);
    lines.push(format!("  Points: {sums}"));
    lines
}

/// What `auto` comes to, and why.
pub(super) fn surely(route: &Route) -> String {
    let points =
        |count: u32| if count == 1 { "1 point".to_owned() } else { format!("{count} points") };
    let (best, lead) = (route.template, route.lead());
    match (route.sure() == best, lead >= LEAD_MIN) {
        (true, true) => format!("Template {best}: it leads by {}.", points(lead)),
        (true, false) => format!("Template {best}: nothing speaks clearly for another."),
        (false, _) if lead == 0 => "Template personal: nothing leads.".to_owned(),
        (false, _) => {
            let by = points(lead);
            format!(
                "Template personal: {best} leads by {by}, and auto takes it from {LEAD_MIN} on."
            )
        }
    }
}

/// So many tasks of a template are named where one is chosen.
const TASKS_NAMED_MAX: usize = 4;

/// Asks which template to propose, on a terminal where somebody answers; `None` anywhere else.
/// Nothing typed takes the one that fits, the end of the input `personal`.
pub(super) fn ask(context: &Context, route: &Route) -> Result<Option<String>, Box<Problem>> {
    let quiet = context.json() || context.global.quiet || context.global.no_input;
    let (around, fitting) = (&context.around, route.template);
    if quiet || context.global.yes || !around.stdin_tty || !around.stderr.tty {
        return Ok(None);
    }
    let shelf = Shelf::of(context)?;
    let mut names = vec![fitting];
    names.extend(shelf.names().filter(|name| *name != fitting));
    let mut lines = seen(route).join("\n") + "\n\n";
    for (place, name) in names.iter().enumerate() {
        let tasks = shelf.find(name)?.read().map(|held| held.tasks).unwrap_or_default();
        let titles = tasks.iter().take(TASKS_NAMED_MAX).map(|task| task.title.as_str());
        let titles = match tasks.len() {
            0 => "an empty list".to_owned(),
            _ => titles.collect::<Vec<_>>().join(", "),
        };
        lines.push_str(&format!("  {} {name:<8}  {}\n", place + 1, sanitize(&titles)));
    }
    context.show(&lines);
    loop {
        let asked = format!("Template, by number or name (Enter: {fitting}):");
        let Some(answer) = context.prompt(&asked) else { return Ok(Some("personal".to_owned())) };
        let answer = answer.trim().to_lowercase();
        let number = answer.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let found = match number {
            Some(place) => names.get(place),
            None if answer.is_empty() => names.first(),
            None => names.iter().find(|name| **name == answer),
        };
        if let Some(name) = found {
            return Ok(Some((*name).to_owned()));
        }
    }
}

/// The line that begins a milestone from a template, for `init`.
pub(super) fn proposal(template: &str) -> String {
    let title = match template {
        "team" => "Team Milestone",
        "api" => "API Development",
        "frontend" => "User Interface",
        "bugfix" => "Bug Fix",
        _ => "First Version",
    };
    format!("quickstart {} {}", quoted(template), quoted(title))
}
