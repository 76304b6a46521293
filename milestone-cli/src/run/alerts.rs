//! `alerts`: what somebody should look at; and the line about them, once a day.
//!
//! Start at [`run`]; [`line`] is what the first command of a day says.
//!
//! - **Absent on purpose.** What is worth an alert: the project knows, by the settings. And the
//!   past of this machine: with `--as-of` only alerts about work are listed.

use milestone_project::{Alert, AlertKind, alerts_of_work};
use schemars::JsonSchema;
use serde::Serialize;

use super::backend::counted;
use super::context::{Context, Output, Ran};
use super::reads::{document, moment_of, under_banner};
use crate::args::health::AlertsArgs;
use crate::ui::error::Exit;
use crate::ui::text::sanitize;

/// Most alerts that the line of a day names.
const NAMED_MAX: usize = 3;

/// One alert, for programs.
#[derive(Serialize, JsonSchema)]
pub(super) struct AlertDoc<'a> {
    kind: &'static str,
    reference: Option<&'a str>,
    value: Option<u64>,
    text: String,
    hint: String,
}

impl<'a> AlertDoc<'a> {
    fn of(alert: &'a Alert) -> Self {
        let reference = alert.reference.as_deref();
        let (text, hint) = (text(alert), hint(alert));
        Self { kind: alert.kind.name(), reference, value: alert.value, text, hint }
    }
}

/// What an alert says, without its reference.
fn text(alert: &Alert) -> String {
    let value = alert.value.unwrap_or(0);
    let count = |one, many| counted(usize::try_from(value).unwrap_or(usize::MAX), one, many);
    let days = || count("day", "days");
    match alert.kind {
        AlertKind::Findings => format!("{} in the log", count("finding", "findings")),
        AlertKind::Lag => format!("the read model lacks {}", count("record", "records")),
        AlertKind::Disk => format!("{value} MB free"),
        AlertKind::Backup if alert.value.is_none() => "no good backup yet".to_owned(),
        AlertKind::Backup => format!("the newest good backup is {} old", days()),
        AlertKind::Overdue => format!("overdue for {}", days()),
        AlertKind::Blocked => format!("blocked for {}", days()),
        AlertKind::Stalled => format!("nothing recorded for {}", days()),
        AlertKind::Changed => {
            format!("{} changed since it was approved", count("deliverable", "deliverables"))
        }
    }
}

/// What to do about it.
fn hint(alert: &Alert) -> String {
    let about = alert.reference.as_deref().unwrap_or_default();
    match alert.kind {
        AlertKind::Findings | AlertKind::Lag => "milestone doctor".to_owned(),
        AlertKind::Disk => "milestone maintain".to_owned(),
        AlertKind::Backup => "milestone backup create".to_owned(),
        AlertKind::Overdue | AlertKind::Blocked => format!("milestone why {about}"),
        AlertKind::Stalled | AlertKind::Changed => format!("milestone show {about}"),
    }
}

fn all(context: &mut Context) -> Result<Vec<Alert>, Box<crate::ui::error::Problem>> {
    let (policy, now, today) = (context.config.alerts(), context.around.now, context.today());
    Ok(context.project()?.alerts(&policy, now, today))
}

/// Lists them.
pub(super) fn run(context: &mut Context, args: &AlertsArgs) -> Ran {
    let moment = context.moment()?;
    let alerts = match moment.as_of {
        None => all(context)?,
        Some(_) => {
            let (now, today) = moment_of(context, &moment)?;
            alerts_of_work(&moment.state, &context.config.alerts(), now, today)
        }
    };
    let mut output = match context.json() {
        true => {
            let docs: Vec<AlertDoc<'_>> = alerts.iter().map(AlertDoc::of).collect();
            Output::of(document(context, &moment, "alert.list", docs, None, Vec::new())?)
        }
        false if alerts.is_empty() => {
            under_banner(context, &moment, "Nothing to look at.\n".to_owned())
        }
        false => {
            let mut out = String::new();
            for alert in &alerts {
                let about = alert.reference.as_deref().unwrap_or("-");
                let (kind, about) = (alert.kind.name(), sanitize(about));
                out.push_str(&format!("{kind:<8}  {about}  {}\n", text(alert)));
            }
            let mut output = under_banner(context, &moment, out);
            let mut hints: Vec<String> = alerts.iter().map(hint).collect();
            hints.dedup();
            if context.hints() {
                let hints = hints.into_iter().take(NAMED_MAX).map(|hint| format!("  {hint}"));
                output.stderr.extend(hints);
            }
            output
        }
    };
    if args.strict && !alerts.is_empty() {
        output.exit = Exit::Integrity;
    }
    Ok(output)
}

/// All of them in one line, if there are any.
pub(super) fn line(context: &mut Context) -> Option<String> {
    let mut alerts = all(context).ok()?;
    // Where there was no time yet to try one, that is no news; where one failed, it was said.
    alerts.retain(|alert| alert.kind != AlertKind::Backup || alert.value.is_some());
    let named: Vec<String> = alerts
        .iter()
        .take(NAMED_MAX)
        .map(|alert| match &alert.reference {
            Some(reference) => format!("{} {}", sanitize(reference), text(alert)),
            None => text(alert),
        })
        .collect();
    let more = match alerts.len().saturating_sub(NAMED_MAX) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let count = counted(alerts.len(), "alert", "alerts");
    (!alerts.is_empty()).then(|| format!("{count}: {}{more} (milestone alerts)", named.join("; ")))
}
