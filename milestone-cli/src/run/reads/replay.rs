//! `replay` without `--into`: what a replay gives, and with `--check` whether the live state is it.
//!
//! - **Invariant.** Nothing is written to the project; what is built to compare goes to the
//!   system's directory for temporary files.

use milestone_core::domain::Plan;
use milestone_core::log::Level;
use milestone_core::projection::Fingerprint;
use schemars::JsonSchema;
use serde::Serialize;

use super::print::{self, REPORT, under_banner};
use super::verify::plural;
use crate::args::global::Format;
use crate::args::history::ReplayArgs;
use crate::run::context::{Context, Ran};
use crate::run::problem;
use crate::ui::error::{Exit, Problem};
use crate::ui::text::sanitize;

#[derive(Serialize, JsonSchema)]
pub(super) struct ReplayDoc {
    records: u64,
    milestones: usize,
    tasks: usize,
    state: String,
    heads: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct CheckDoc {
    ok: bool,
    findings: u64,
    views: Vec<ViewDoc>,
}

#[derive(Serialize, JsonSchema)]
struct ViewDoc {
    name: &'static str,
    holds: bool,
    live: Option<String>,
    rebuilt: String,
    note: Option<String>,
}

/// Says what a replay gives, or compares.
pub(super) fn run(context: &mut Context, args: &ReplayArgs) -> Ran {
    if args.check {
        if args.until.is_some() {
            let message = "--check compares the present state; --until cannot be given with it";
            return Err(Box::new(
                Problem::new("usage.conflict", Exit::Usage, message)
                    .unchanged()
                    .hint("milestone replay --check"),
            ));
        }
        super::present_only(context, "replay --check")?;
        return check(context);
    }
    if let Some(until) = &args.until {
        context.global.as_of = Some(until.clone());
    }
    let format = print::format(context, "replay", REPORT, false)?;
    // The log from its first record, whatever is stored of it.
    let moment = match context.global.as_of {
        Some(_) => context.moment()?,
        None => {
            context.global.as_of = Some(format!("#{}", u64::MAX));
            let moment = context.moment();
            context.global.as_of = None;
            crate::run::context::Moment { as_of: None, banner: None, ..moment? }
        }
    };
    let state = &moment.state;
    let tasks = state.milestone_ids().iter().map(|id| state.tasks_of(id.as_str()).len()).sum();
    let data = ReplayDoc {
        records: moment.count,
        milestones: state.milestone_ids().len(),
        tasks,
        state: Fingerprint::of_state(state).to_string(),
        heads: moment.heads.iter().map(ToString::to_string).collect(),
    };
    let stdout = match format {
        Format::Json => print::object(context, &moment, "replay", &data)?,
        _ => {
            let mut out = format!(
                "Replayed   {} into {} and {}\nState      {}\n",
                plural(data.records, "record"),
                plural(data.milestones as u64, "milestone"),
                plural(data.tasks as u64, "task"),
                data.state
            );
            data.heads.iter().for_each(|head| out.push_str(&format!("Head       {head}\n")));
            out
        }
    };
    let mut output = under_banner(context, &moment, stdout);
    if print::talks(context) && context.hints() {
        output = output.say("Nothing was written. Into files: milestone replay --into DIR");
    }
    Ok(output)
}

fn check(context: &mut Context) -> Ran {
    let format = print::format(context, "replay", REPORT, false)?;
    let moment = context.moment()?;
    let views = context.project()?.check_views().map_err(|error| problem::history(&error))?;
    // A view that is not there lies to nobody.
    let shown = views.iter().all(|view| view.holds() || view.is_absent());
    // What cannot be read is missing on both sides.
    let audit = context.project()?.audit(None).map_err(|error| problem::history(&error))?;
    let odd = |finding: &&milestone_core::log::Finding| finding.oddity.level() > Level::Info;
    let findings = audit.findings.iter().filter(odd).count() as u64;
    let ok = shown && findings == 0;
    let stdout = match format {
        Format::Json => {
            let view = |view: &milestone_project::ViewCheck| ViewDoc {
                name: view.name,
                holds: view.holds(),
                live: view.live.map(|live| live.to_string()),
                rebuilt: view.rebuilt.to_string(),
                note: view.note.clone(),
            };
            let data = CheckDoc { ok, findings, views: views.iter().map(view).collect() };
            print::object(context, &moment, "replay.check", &data)?
        }
        _ => {
            let line = |view: &milestone_project::ViewCheck| {
                let (word, what) = match view.live {
                    Some(_) if view.holds() => ("ok   ", "shows what a replay gives".to_owned()),
                    Some(live) => (
                        "error",
                        format!("shows {live:.16}, a replay {:.16}", { view.rebuilt.to_string() }),
                    ),
                    None if view.is_absent() => ("ok   ", "is not there".to_owned()),
                    None => ("error", "cannot be read".to_owned()),
                };
                let note = view.note.as_ref().map(|note| format!(": {}", sanitize(note)));
                format!("{word}  {:<11} {what}{}\n", view.name, note.unwrap_or_default())
            };
            let mut out: String = views.iter().map(line).collect();
            if findings > 0 {
                let what = plural(findings, "finding");
                out.push_str(&format!("error  {:<11} {what}: milestone log verify\n", "log"));
            }
            out
        }
    };
    let mut output = under_banner(context, &moment, stdout);
    if !ok {
        output.exit = Exit::Integrity;
        if !shown && print::talks(context) {
            output = output.say(
                "A view that is only behind is brought up to date by the next command that writes.",
            );
        }
    }
    Ok(output)
}
