//! Health in figures: what a command did is noted, and `status --format prometheus` tells all.
//!
//! Start at [`Watching::begin`], which every command runs under, and [`prometheus`].
//!
//! - **Invariant.** Noting never fails a command; where it cannot, nothing is noted.
//! - **Invariant.** No text that somebody typed is a label.

use std::path::PathBuf;

use milestone_core::domain::{status_word, task_status_word};
use milestone_core::words::Timestamp;
use milestone_project::{AlertKind, ErrorLine, Meter, Sample, note, note_error};

use super::context::{Context, Output, Ran};
use crate::args::global::Format;
use crate::args::tree::Command;
use crate::ui::error::Exit;

const MICROS_PER_SECOND: f64 = 1e6;

/// A command that is being run.
pub(super) struct Watching {
    clock: fn() -> Timestamp,
    begun: Timestamp,
    at: Timestamp,
    verb: String,
}

impl Watching {
    /// Begins with a command.
    pub(super) fn begin(context: &Context, verb: String) -> Self {
        let (clock, at) = (context.around.clock, context.around.now);
        Self { clock, begun: clock(), at, verb }
    }

    /// Notes what came of it.
    pub(super) fn end(self, context: &mut Context, ran: &Ran) {
        if !context.is_open() {
            return;
        }
        let Ok(project) = context.project() else { return };
        let (root, meter): (PathBuf, Meter) = (project.root().to_owned(), project.meter());
        let exit = match ran {
            Ok(output) => output.exit,
            Err(problem) => problem.exit,
        };
        let took_us = (self.clock)().0.saturating_sub(self.begun.0).max(0).unsigned_abs();
        let (at, exit_code) = (self.at.0, exit.code());
        let verb = self.verb;
        if let Err(problem) = ran
            && exit != Exit::Usage
        {
            let (code, message) = (problem.code.to_owned(), problem.message.clone());
            let line = ErrorLine { at, verb: verb.clone(), code, exit: exit_code, message };
            let _ = note_error(&root, &line);
        }
        let _ = note(&root, &Sample { at, verb, exit: exit_code, took_us, meter });
    }
}

/// Writes figures in the text format of Prometheus.
#[derive(Default)]
struct Page(String);

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        self.0.push_str(&format!("# HELP {name} {help}\n# TYPE {name} {kind}\n"));
    }

    fn value(&mut self, name: &str, labels: &[(&str, &str)], value: impl std::fmt::Display) {
        let escaped =
            |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let labels: Vec<String> =
            labels.iter().map(|(name, text)| format!("{name}=\"{}\"", escaped(text))).collect();
        let labels =
            if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        self.0.push_str(&format!("{name}{labels} {value}\n"));
    }

    fn one(&mut self, name: &str, kind: &str, help: &str, value: impl std::fmt::Display) {
        self.family(name, kind, help);
        self.value(name, &[], value);
    }
}

/// `status --format prometheus`.
pub(super) fn prometheus(context: &mut Context) -> Ran {
    super::reads::present_only(context, "status --format prometheus")?;
    let (policy, now, today) = (context.config.alerts(), context.around.now, context.today());
    let mut page = Page::default();
    let project = context.project()?;
    let checkpoint = project.checkpoint();
    page.one("milestone_records", "gauge", "Records in the log.", checkpoint.count);
    let bytes: u64 = checkpoint.files.iter().map(|file| file.len_bytes).sum();
    page.one("milestone_log_bytes", "gauge", "Length of the log, unpacked.", bytes);
    page.family("milestone_findings", "gauge", "What is odd in the log.");
    for (level, count) in ["info", "warn", "error"].iter().zip(checkpoint.finding_counts) {
        page.value("milestone_findings", &[("level", level)], count);
    }
    work(&mut page, project);
    machine(&mut page, project, now);
    commands(&mut page, project);
    page.family("milestone_alerts", "gauge", "What somebody should look at.");
    let alerts = project.alerts(&policy, now, today);
    for kind in AlertKind::ALL {
        let count = alerts.iter().filter(|alert| alert.kind == kind).count();
        page.value("milestone_alerts", &[("kind", kind.name())], count);
    }
    Ok(Output::of(page.0))
}

fn work(page: &mut Page, project: &milestone_project::Project) {
    let state = project.state();
    let (mut milestones, mut tasks) =
        (std::collections::BTreeMap::new(), std::collections::BTreeMap::new());
    for held in state.milestones() {
        *milestones.entry(status_word(held.item.stage)).or_insert(0u64) += 1;
        for task in state.tasks_of(held.id.as_str()) {
            *tasks.entry(task_status_word(task.item.stage)).or_insert(0u64) += 1;
        }
    }
    for (name, help, counts) in [
        ("milestone_milestones", "Milestones, by status.", milestones),
        ("milestone_tasks", "Tasks, by status.", tasks),
    ] {
        page.family(name, "gauge", help);
        for (status, count) in counts {
            page.value(name, &[("status", status)], count);
        }
    }
}

fn machine(page: &mut Page, project: &milestone_project::Project, now: Timestamp) {
    if let Some(free) = project.free_bytes() {
        page.one("milestone_disk_free_bytes", "gauge", "Free space beside the log.", free);
    }
    let vault = milestone_project::Vault::open(&project.backup_directory()).ok();
    let points = vault.as_ref().map(milestone_project::Vault::points).unwrap_or_default();
    page.one("milestone_backups", "gauge", "Backups that are kept.", points.len());
    let good = points.iter().rfind(|point| point.verified.is_some() && !point.damaged);
    if let Some(good) = good {
        let age = now.0.saturating_sub(good.at.0) as f64 / MICROS_PER_SECOND;
        page.one("milestone_backup_age_seconds", "gauge", "Age of the newest good backup.", age);
    }
}

fn commands(page: &mut Page, project: &milestone_project::Project) {
    let totals = project.metrics();
    page.one(
        "milestone_appends_total",
        "counter",
        "Commands that recorded something.",
        totals.appends,
    );
    page.one("milestone_appended_records_total", "counter", "Records appended.", totals.appended);
    let sync = totals.sync_us as f64 / MICROS_PER_SECOND;
    page.one("milestone_sync_seconds_total", "counter", "Time until records were durable.", sync);
    page.one("milestone_cache_hits_total", "counter", "Openings at a read model.", totals.hits);
    page.one(
        "milestone_cache_misses_total",
        "counter",
        "Openings that folded the log.",
        totals.misses,
    );
    page.one(
        "milestone_catch_up_records",
        "gauge",
        "Records beyond the read model, last.",
        totals.lag,
    );
    type Of = fn(&milestone_project::VerbTotals) -> f64;
    let families: [(&str, &str, &str, Of); 4] = [
        ("milestone_commands_total", "counter", "Commands.", |held| held.count as f64),
        (
            "milestone_command_failures_total",
            "counter",
            "Commands with another exit than 0.",
            |held| held.failed as f64,
        ),
        ("milestone_command_seconds_total", "counter", "Time that commands took.", |held| {
            held.took_us as f64 / MICROS_PER_SECOND
        }),
        ("milestone_command_seconds_max", "gauge", "The longest of them.", |held| {
            held.longest_us as f64 / MICROS_PER_SECOND
        }),
    ];
    for (name, kind, help, of) in families {
        page.family(name, kind, help);
        for (verb, held) in &totals.verbs {
            page.value(name, &[("verb", verb)], of(held));
        }
    }
}

/// True if that format was asked for, which nothing but `status` has.
pub(super) fn is_prometheus(context: &Context) -> bool {
    context.global.format_asked() == Some(Format::Prometheus)
}

/// The command of a line, without anything that was typed behind it: `task add`. It is what the
/// variants are called, for building the words of all commands would cost more than many a command.
pub(super) fn verb(command: Option<&Command>) -> String {
    let Some(command) = command else { return "home".to_owned() };
    let text = format!("{command:?}");
    let names = text.split('(').take(2).map(|name| {
        name.split(|letter: char| !letter.is_ascii_alphanumeric()).next().unwrap_or_default()
    });
    let names = names.filter(|name| !name.ends_with("Args") && !matches!(*name, "Habit" | ""));
    names.map(kebab).collect::<Vec<_>>().join(" ")
}

/// `RequestChanges` as `request-changes`.
fn kebab(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !out.is_empty() {
            out.push('-');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;
    use crate::args::parse;

    /// Shown red by: taking what was typed for a part of the name.
    #[test]
    fn a_command_is_named_without_what_was_typed() {
        for (line, expected) in [
            ("milestone", "home"),
            ("milestone note secret words", "note"),
            ("milestone task add secret words", "task add"),
            ("milestone backup create --full", "backup create"),
            ("milestone maintain", "maintain"),
            ("milestone log verify", "log"),
            ("milestone phase show secret", "phase show"),
        ] {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let cli = parse(&words).unwrap();
            assert_eq!(verb(cli.command.as_ref()), expected, "{line}");
        }
    }
}
