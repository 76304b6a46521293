//! `migrate plan` and `migrate status`: what a move would be, and what the last ones were.
//!
//! - **Invariant.** Times and sizes of a plan are guesses, and said as such.

use milestone_core::words::Timestamp;
use milestone_project::{Backend, Deed, DeedKind};
use schemars::JsonSchema;
use serde::Serialize;

use super::history::local_time;
use super::print::{self, REPORT, under_banner};
use crate::args::global::Format;
use crate::args::migrate::BackendArg;
use crate::run::backend::{bytes, choice, counted, reason, seconds};
use crate::run::context::{Context, Ran};
use crate::run::schema::{AnyObject, BackendText, TimeText};
use crate::ui::dates::with_full_day;
use crate::ui::text::sanitize;

/// So long it is advised to keep what can be gone back to. Nothing is removed by itself.
const KEEP_DAYS: i64 = 30;

const DAY_MICROS: i64 = 86_400_000_000;

/// So many deeds are shown; `--json` has all of them.
const DEEDS_SHOWN: usize = 6;

#[derive(Serialize, JsonSchema)]
pub(super) struct PlanDoc {
    #[schemars(with = "BackendText")]
    now: Backend,
    #[schemars(with = "BackendText")]
    advice: Backend,
    #[schemars(with = "BackendText")]
    to: Backend,
    choice: &'static str,
    milestones: usize,
    people: usize,
    records: u64,
    backup_bytes: u64,
    generation_bytes: u64,
    duration_ms: u64,
    steps: Vec<&'static str>,
    back: Option<&'static str>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct StatusDoc {
    #[schemars(with = "BackendText")]
    backend: Backend,
    generation: u32,
    choice: &'static str,
    #[schemars(with = "BackendText")]
    advice: Backend,
    stays: bool,
    before: Option<BeforeDoc>,
    #[schemars(with = "Vec<AnyObject>")]
    journal: Vec<Deed>,
}

#[derive(Serialize, JsonSchema)]
struct BeforeDoc {
    #[schemars(with = "BackendText")]
    backend: Backend,
    #[schemars(with = "TimeText")]
    left: Timestamp,
    #[schemars(with = "TimeText")]
    keep_until: Timestamp,
}

/// Says what a migration would do.
pub(super) fn plan(context: &mut Context, to: Option<BackendArg>) -> Ran {
    super::present_only(context, "migrate plan")?;
    let format = print::format(context, "migrate plan", REPORT, false)?;
    let moment = context.moment()?;
    let now = context.around.now;
    let project = context.project()?;
    let plan = project.migration_plan(to.map(Backend::from), now);
    let policy = *project.policy();
    let moves = plan.to != plan.now;
    let doc = PlanDoc {
        now: plan.now,
        advice: plan.advice,
        to: plan.to,
        choice: choice(&policy),
        milestones: plan.scale.milestones,
        people: plan.scale.people.len(),
        records: plan.records,
        backup_bytes: plan.backup_bytes,
        generation_bytes: plan.generation_bytes,
        duration_ms: plan.duration_ms,
        steps: if moves { vec!["backup", "build", "compare", "switch"] } else { Vec::new() },
        back: moves.then_some("milestone migrate rollback"),
    };
    let stdout = match format {
        Format::Json => print::object(context, &moment, "migrate.plan", &doc)?,
        _ => {
            let milestones = counted(doc.milestones, "milestone", "milestones");
            let people = counted(doc.people, "person", "people");
            let records = counted(usize::try_from(doc.records).unwrap_or(0), "record", "records");
            let mut lines = vec![
                ("Now", doc.now.name(), format!("{milestones}, {records}, {people}")),
                ("Advice", doc.advice.name(), reason(&policy, doc.advice)),
            ];
            if doc.to != doc.advice {
                let who = if to.is_some() { "asked for" } else { "what it would stay at" };
                lines.push(("To", doc.to.name(), who.to_owned()));
            }
            let mut out: String = lines
                .iter()
                .map(|(label, backend, text)| format!("{label:<8}{backend:<10}{text}\n"))
                .collect();
            out.push_str(&rest(&doc));
            out
        }
    };
    Ok(under_banner(context, &moment, stdout))
}

fn rest(doc: &PlanDoc) -> String {
    if doc.steps.is_empty() {
        return format!("Steps   none: the backend is {} already\n", doc.now);
    }
    let view = match (doc.now.has_view(), doc.to.has_view()) {
        (true, false) => "View    the YAML files go; milestone replay --into DIR has them\n",
        (false, true) => "View    the YAML files are written again\n",
        _ => "",
    };
    format!(
        "Steps   backup about {}, build about {}, compare, switch\n\
         Time    {} (a guess); all go on, and writers wait for the last records only\n{view}\
         Back    milestone migrate rollback, until milestone migrate prune\n",
        bytes(doc.backup_bytes),
        bytes(doc.generation_bytes),
        seconds(doc.duration_ms),
    )
}

/// Says what is in charge, what can be gone back to, and what was done last.
pub(super) fn status(context: &mut Context) -> Ran {
    super::present_only(context, "migrate status")?;
    let format = print::format(context, "migrate status", REPORT, false)?;
    let moment = context.moment()?;
    let now = context.around.now;
    let project = context.project()?;
    let doc = StatusDoc {
        backend: project.backend(),
        generation: project.generation(),
        choice: choice(project.policy()),
        advice: project.policy().advice(&project.scale(now)),
        stays: project.stays(),
        before: project.before().map(|(backend, left)| {
            let keep_until = Timestamp(left.0.saturating_add(KEEP_DAYS * DAY_MICROS));
            BeforeDoc { backend, left, keep_until }
        }),
        journal: project.journal(),
    };
    let stdout = match format {
        Format::Json => print::object(context, &moment, "migrate.status", &doc)?,
        _ => {
            let stays = if doc.stays { "; it stays, chosen by hand" } else { "" };
            let mut out = format!("Backend  {}, generation {}\n", doc.backend, doc.generation);
            let (choice, advice) = (doc.choice, doc.advice);
            out.push_str(&format!("Choice   {choice}; the scale asks for {advice}{stays}\n"));
            out.push_str(&match &doc.before {
                None => "Back     to nothing: no generation before this one is kept\n".to_owned(),
                Some(before) => format!(
                    "Back     to {}, left {}: milestone migrate rollback\n\
                     Keep     until about {}; only milestone migrate prune removes it\n",
                    before.backend,
                    local_time(context, before.left),
                    with_full_day(context.clock.local(moment_of(before.keep_until)).date()),
                ),
            });
            let skipped = doc.journal.len().saturating_sub(DEEDS_SHOWN);
            for deed in doc.journal.iter().skip(skipped) {
                let by = if deed.by.is_empty() { "by itself" } else { &deed.by };
                let at = local_time(context, deed.at);
                out.push_str(&format!("{at}  {}  {}\n", sanitize(by), sanitize(&told(deed))));
            }
            out
        }
    };
    Ok(under_banner(context, &moment, stdout))
}

fn moment_of(at: Timestamp) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp_micros(at.0).unwrap_or_default()
}

/// What was done, in words.
fn told(deed: &Deed) -> String {
    match &deed.what {
        DeedKind::Migrated(moved) => {
            format!("moved from {} to {}, {} records", moved.from, moved.to, moved.records)
        }
        DeedKind::RolledBack(moved) => {
            format!("went back from {} to {}, {} records", moved.from, moved.to, moved.records)
        }
        DeedKind::MigrationFailed { to, why } => format!("could not move to {to}: {why}"),
        DeedKind::Maintained { backups, temporary, bytes: length } => {
            let files = backups.len() + temporary.len();
            format!("took {files} old files away ({})", bytes(*length))
        }
        DeedKind::LevelOffered { level } => format!("offered level {level}"),
        DeedKind::Pruned { generations } => {
            format!("removed {}", counted(generations.len(), "generation", "generations"))
        }
        DeedKind::BackedUp { file, bytes: length } => {
            format!("made a backup, {file}, {}", bytes(*length))
        }
        DeedKind::BroughtBack { backup, records } => {
            format!("brought {records} records back from backup {backup}")
        }
        _ => "did something that a newer version knows".to_owned(),
    }
}
