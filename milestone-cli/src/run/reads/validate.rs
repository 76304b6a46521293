//! `validate`: what is wrong, where, and the command that mends it.
//!
//! Start at [`run`]; what is wrong with the log and the plan is worded in `flaw`, what is made from
//! the log is checked by `doctor`.
//!
//! - **Invariant.** With `--as-of` only the plan is checked: files have no past here.
//! - **Invariant.** Exit 10 if something is a warning or an error; what was not there to be checked
//!   is said, and is neither.

use milestone_core::log::Level;
use milestone_core::projection::State;
use milestone_project::flaws;
use schemars::JsonSchema;
use serde::Serialize;

use super::flaw::{of_flaw, of_log};
use super::print::{self, REPORT, under_banner};
use super::verify::plural;
use super::{doctor, inputs, present_only};
use crate::args::global::Format;
use crate::args::validate::Validation;
use crate::run::context::{Context, Moment, Ran};
use crate::run::problem;
use crate::ui::error::{Exit, Problem};
use crate::ui::glyph::Paint;
use crate::ui::style::Style;
use crate::ui::text::sanitize;

/// Something that was found.
#[derive(Serialize, JsonSchema)]
pub(super) struct Found {
    /// The check that found it.
    pub(super) check: &'static str,
    /// `info`, `warn` or `error`.
    pub(super) level: &'static str,
    /// The log file, if it is about one.
    pub(super) file: Option<String>,
    /// The line in it.
    pub(super) line: Option<u64>,
    /// The byte where that begins.
    pub(super) offset: Option<u64>,
    /// The milestone or task, or the name of what is derived.
    pub(super) r#ref: Option<String>,
    /// What it is.
    pub(super) what: String,
    /// The command that mends it.
    pub(super) mend: Option<String>,
}

/// What was found to be as it should be.
#[derive(Serialize, JsonSchema)]
pub(super) struct Sound {
    /// The check.
    pub(super) check: &'static str,
    /// What it looked at.
    pub(super) what: String,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct ValidateDoc {
    ok: bool,
    errors: usize,
    warnings: usize,
    infos: usize,
    planned: Vec<String>,
    mended: Vec<String>,
    sound: Vec<Sound>,
    findings: Vec<Found>,
}

/// Everything that came of the checks.
#[derive(Default)]
pub(super) struct Report {
    pub(super) sound: Vec<Sound>,
    pub(super) found: Vec<Found>,
}

/// Checks what was asked for; `mended` is what was made anew just before.
pub(super) fn run(context: &mut Context, what: Validation, mended: &[String]) -> Ran {
    let past = context.global.as_of.is_some();
    if past && !what.covers(Validation::Standard) {
        present_only(context, &format!("validate {}", what.name()))?;
    }
    let format = print::format(context, "validate", REPORT, false)?;
    let moment = context.moment()?;
    let mut report = Report::default();
    if past {
        report.plan(&moment.state);
        let what = "the log's files, what is made from it, templates, workflows: not looked at, \
                    for they are as they are now";
        report.found.push(found("standard", "info", what.to_owned()));
        return told(context, &moment, format, report, mended);
    }
    if what.covers(Validation::Standard) {
        standard(context, &mut report)?;
    }
    if what.covers(Validation::Hybrid) {
        hybrid(context, &mut report)?;
    }
    if what.covers(Validation::Quick) {
        inputs::templates(context, &mut report)?;
    }
    if what.covers(Validation::Kiro) {
        inputs::workflows(context, &mut report)?;
    }
    told(context, &moment, format, report, mended)
}

/// What came of the checks.
fn told(
    context: &Context,
    moment: &Moment,
    format: Format,
    report: Report,
    mended: &[String],
) -> Ran {
    let count = |level| report.found.iter().filter(|found| found.level == level).count();
    let (errors, warnings, infos) = (count("error"), count("warn"), count("info"));
    let ok = errors + warnings == 0;
    let stdout = match format {
        Format::Json => {
            let mut hints: Vec<String> =
                report.found.iter().filter_map(|found| found.mend.clone()).collect();
            hints.dedup();
            let Report { sound, found: findings } = report;
            let (mut planned, mut mended) = (Vec::new(), mended.to_vec());
            if context.global.dry_run {
                std::mem::swap(&mut planned, &mut mended);
            }
            let data =
                ValidateDoc { ok, errors, warnings, infos, planned, mended, sound, findings };
            print::document(context, moment, "validate", data, None, hints)?
        }
        _ => {
            let label = if context.global.dry_run { "" } else { "mended " };
            let mut out: String =
                mended.iter().map(|line| format!("{label}{}\n", sanitize(line))).collect();
            let style = &context.style;
            report.sound.iter().for_each(|sound| out.push_str(&sound_line(sound, style)));
            report.found.iter().for_each(|found| out.push_str(&found_lines(found, style)));
            let (e, w) = (plural(errors as u64, "error"), plural(warnings as u64, "warning"));
            out + &format!("{e}, {w}, {infos} info\n")
        }
    };
    let mut output = under_banner(context, moment, stdout);
    if !ok {
        output.exit = Exit::Integrity;
    }
    Ok(output)
}

/// The log's bytes, and the plan that they make.
fn standard(context: &mut Context, report: &mut Report) -> Result<(), Box<Problem>> {
    let project = context.project()?;
    let audit = project.audit(None).map_err(|error| problem::history(&error))?;
    let state = project.state();
    let is_bad = |level: Level| level > Level::Info;
    if !audit.findings.iter().any(|finding| is_bad(finding.oddity.level())) {
        let records = plural(audit.checkpoint.count, "record");
        let files = plural(audit.files as u64, "file");
        let what = format!("{records} in {files}: every hash, link and clock holds");
        report.sound.push(Sound { check: "standard", what });
    }
    report.found.extend(audit.findings.iter().map(of_log));
    report.plan(state);
    Ok(())
}

impl Report {
    /// The plan that a log makes.
    fn plan(&mut self, state: &State) {
        let flaws = flaws(state);
        if !flaws.iter().any(|flaw| flaw.kind.level() > Level::Info) {
            let milestones = plural(state.milestones().len() as u64, "milestone");
            let tasks = plural(state.task_streams().len() as u64, "task");
            let what = format!("{milestones} and {tasks}: references, order, dates and completion");
            self.sound.push(Sound { check: "standard", what });
        }
        self.found.extend(flaws.iter().map(|flaw| of_flaw(state, flaw)));
    }
}

/// Whatever is made from the log.
fn hybrid(context: &mut Context, report: &mut Report) -> Result<(), Box<Problem>> {
    let has_index = context.project()?.backend().has_index();
    let mut lines = doctor::projections(context)?;
    match has_index {
        true => lines.extend(doctor::tables(context)?),
        false => lines.push(doctor::snapshot(context)?),
    }
    for line in lines {
        let doctor::Line { level, name, text, hint } = line;
        if level == "ok" {
            report.sound.push(Sound { check: "hybrid", what: format!("{name}: {text}") });
            continue;
        }
        // What a command of its own mends is left to it; everything else is made anew.
        let by_hand = hint.filter(|hint| hint.contains("adopt") || hint.contains("permissions"));
        let mend = by_hand.unwrap_or_else(|| "milestone validate hybrid --repair".to_owned());
        let (file, line, offset) = (None, None, None);
        let (r#ref, mend) = (Some(name.to_owned()), Some(mend));
        let check = "hybrid";
        report.found.push(Found { check, level, file, line, offset, r#ref, what: text, mend });
    }
    if !has_index {
        let what = "index, search, analytics: the file backend has none".to_owned();
        report.found.push(found("hybrid", "info", what));
    }
    Ok(())
}

/// Something of which nothing more is known than what it is.
pub(super) fn found(check: &'static str, level: &'static str, what: String) -> Found {
    let (file, line, offset, r#ref, mend) = (None, None, None, None, None);
    Found { check, level, file, line, offset, r#ref, what, mend }
}

fn sound_line(sound: &Sound, style: &Style) -> String {
    let level = Paint::Done.over("ok   ", style.color);
    format!("{level}  {:<8}  {}\n", sound.check, sanitize(&sound.what))
}

fn found_lines(found: &Found, style: &Style) -> String {
    let paint = match found.level {
        "error" => Paint::Danger,
        "warn" => Paint::AtRisk,
        _ => Paint::Muted,
    };
    let level = paint.over(&format!("{:<5}", found.level), style.color);
    let place = match (&found.file, found.line, &found.r#ref) {
        (Some(file), Some(line), _) => match found.offset {
            Some(byte) => format!("{}:{line} (byte {byte}): ", sanitize(file)),
            None => format!("{}:{line}: ", sanitize(file)),
        },
        (Some(name), None, _) | (None, _, Some(name)) => format!("{}: ", sanitize(name)),
        (None, _, None) => String::new(),
    };
    let mut out = format!("{level}  {:<8}  {place}{}\n", found.check, sanitize(&found.what));
    if let Some(mend) = &found.mend {
        out.push_str(&format!("       mend      {}\n", sanitize(mend)));
    }
    out
}
