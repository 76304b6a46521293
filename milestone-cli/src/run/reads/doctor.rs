//! `doctor`: is everything as it should be? It changes nothing.
//!
//! Start at [`run`]; every check is a function that gives one line.
//!
//! - **Invariant.** Exit 0 whatever is found; with `--strict` 10 on a warning or an error.
//! - **Invariant.** A check that cannot be made says so; the others are made all the same.

use milestone_core::log::{Level, Oddity};
use milestone_core::projection::Change;
use milestone_project::{Audit, Git, Standing, TableCheck};
use schemars::JsonSchema;
use serde::Serialize;

use super::print::{self, REPORT, under_banner};
use super::verify::{FindingDoc, finding_line, trust};
use crate::args::global::Format;
use crate::run::context::{Context, Ran};
use crate::ui::error::{Exit, Problem};
use crate::ui::glyph::{Glyphs, Paint};
use crate::ui::text::sanitize;

const MICROS_PER_HOUR: u64 = 3_600_000_000;
/// From this on a clock that is ahead is worth a warning.
const CLOCK_AHEAD_HOURS: u64 = 24;

/// One line of the report.
#[derive(Serialize, JsonSchema)]
pub(super) struct Line {
    /// `ok`, `warn` or `error`.
    pub(super) level: &'static str,
    /// What was checked.
    pub(super) name: &'static str,
    /// How it stands.
    pub(super) text: String,
    /// What to do.
    pub(super) hint: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct DoctorDoc {
    ok: bool,
    warnings: usize,
    errors: usize,
    checks: Vec<Line>,
    findings: Vec<FindingDoc>,
}

fn ok(name: &'static str, text: impl Into<String>) -> Line {
    Line { level: "ok", name, text: text.into(), hint: None }
}

fn bad(level: Level, name: &'static str, text: impl Into<String>, hint: &str) -> Line {
    let level = if level == Level::Error { "error" } else { "warn" };
    Line { level, name, text: text.into(), hint: Some(hint.to_owned()) }
}

/// Checks the project.
pub(super) fn run(context: &mut Context, strict: bool) -> Ran {
    super::present_only(context, "doctor")?;
    let format = print::format(context, "doctor", REPORT, false)?;
    let moment = context.moment()?;
    let trust = trust(context, false)?;
    let audit = context.project()?.audit_trusting(None, &trust);
    let backend = context.project()?.backend();
    let kept = format!("{backend}, generation {}", context.project()?.generation());
    let mut lines = match &audit {
        Ok(audit) => vec![store(audit, &kept), findings(audit)],
        Err(error) => vec![bad(Level::Error, "store", error.to_string(), "milestone log verify")],
    };
    lines.extend(projections(context)?);
    match backend.has_index() {
        true => lines.extend(tables(context)?),
        false => lines.push(snapshot(context)?),
    }
    let rest = [own_files(context)?, clock(context)?, git(context)?];
    lines.extend(rest);
    lines.extend([config(context), terminal(context)]);
    let count = |level: &str| lines.iter().filter(|line| line.level == level).count();
    let (warnings, errors) = (count("warn"), count("error"));
    let found = audit.map(|audit| audit.findings).unwrap_or_default();
    let hints: Vec<String> = lines.iter().filter_map(|line| line.hint.clone()).collect();
    let stdout = match format {
        Format::Json => {
            let findings = found.iter().map(FindingDoc::of).collect();
            let ok = warnings + errors == 0;
            let data = DoctorDoc { ok, warnings, errors, checks: lines, findings };
            print::document(context, &moment, "doctor", data, None, hints.clone())?
        }
        _ => {
            let style = &context.style;
            let mut out = String::new();
            for line in &lines {
                let paint = match line.level {
                    "ok" => Paint::Done,
                    "warn" => Paint::AtRisk,
                    _ => Paint::Danger,
                };
                let level = paint.over(&format!("{:<5}", line.level), style.color);
                out.push_str(&format!("{level} {:<12} {}\n", line.name, sanitize(&line.text)));
                if line.name == "findings" {
                    let said = found.iter().map(|finding| finding_line(finding, style));
                    said.for_each(|said| out.push_str(&format!("      {said}")));
                }
            }
            let plural = |count: usize| if count == 1 { "" } else { "s" };
            let (w, e) = (plural(warnings), plural(errors));
            out + &format!("{warnings} warning{w}, {errors} error{e}. Nothing was changed.\n")
        }
    };
    let mut output = under_banner(context, &moment, stdout);
    if strict && warnings + errors > 0 {
        output.exit = Exit::Integrity;
    }
    if print::talks(context) {
        output.stderr.extend(hints.into_iter().map(|hint| format!("  {hint}")));
    }
    Ok(output)
}

fn store(audit: &Audit, kept: &str) -> Line {
    let (records, files) = (audit.checkpoint.count, audit.files);
    if let Some(v) = audit.checkpoint.too_new {
        let text = format!("{kept}, format {v}: written by a newer milestone, read only");
        return bad(Level::Error, "store", text, "install a newer milestone");
    }
    let plural = |count: u64| if count == 1 { "" } else { "s" };
    let (r, f) = (plural(records), plural(files as u64));
    let mut text = format!("{kept}, {records} record{r} in {files} file{f}");
    let broken = audit.findings.iter().any(|finding| finding.oddity.level() == Level::Error);
    if !broken && records > 0 {
        text.push_str(&format!(", chain verified to #{records}"));
    }
    ok("store", text)
}

fn findings(audit: &Audit) -> Line {
    let count = |level| audit.findings.iter().filter(|held| held.oddity.level() == level).count();
    let (errors, warnings, infos) = (count(Level::Error), count(Level::Warn), count(Level::Info));
    let text = format!("{errors} error, {warnings} warn, {infos} info");
    match (errors, warnings, infos) {
        (0, 0, 0) => ok("findings", "none"),
        (0, 0, _) => ok("findings", text),
        (0, _, _) => bad(Level::Warn, "findings", text, "milestone doctor --repair"),
        // What was cut off may be among the lines that this clone kept; the rest can be mended.
        _ if audit.findings.iter().any(|held| is_cut(&held.oddity)) => {
            bad(Level::Error, "findings", text, "milestone log recover")
        }
        _ => bad(Level::Error, "findings", text, "milestone doctor --repair"),
    }
}

fn is_cut(oddity: &Oddity) -> bool {
    matches!(oddity, Oddity::WrongPin(_))
}

/// The read model and the YAML view.
pub(super) fn projections(context: &mut Context) -> Result<Vec<Line>, Box<Problem>> {
    let checks = match context.project()?.check_views() {
        Ok(checks) => checks,
        Err(error) => {
            let text = format!("cannot be compared: {error}");
            return Ok(vec![bad(Level::Warn, "projections", text, "milestone replay --check")]);
        }
    };
    let has_view = context.project()?.backend().has_view();
    let line = |view: &milestone_project::ViewCheck| {
        let name = if view.name == "read model" { "read model" } else { "view" };
        let edited = view.edited > 0;
        let note = view.note.clone().unwrap_or_default();
        match (view.holds(), name) {
            (_, name) if edited => bad(Level::Warn, name, note, "milestone adopt --dry-run"),
            (_, "view") if !has_view => {
                ok("view", "not kept at the database backend: milestone replay --into DIR")
            }
            (true, name) => ok(name, "shows what a replay gives"),
            (false, name) if view.is_absent() => ok(name, "not there; the next write makes it"),
            (false, "read model") => {
                let text = "differs from what a replay gives";
                bad(Level::Error, "read model", text, "milestone doctor --repair")
            }
            (false, name) if view.live.is_some() => {
                let text = "differs from what a replay gives; the next write brings it up to date";
                bad(Level::Warn, name, text, "milestone replay --check")
            }
            (false, name) => bad(Level::Warn, name, note, "milestone doctor --repair"),
        }
    };
    Ok(checks.iter().map(line).collect())
}

/// The snapshot of the smallest backend.
pub(super) fn snapshot(context: &mut Context) -> Result<Line, Box<Problem>> {
    let project = context.project()?;
    if project.is_damaged() {
        let text = "damaged; the log was read instead";
        return Ok(bad(Level::Warn, "snapshot", text, "milestone list"));
    }
    Ok(ok(
        "snapshot",
        match project.change() {
            Change::Refolded(_) => "older records came in; their streams were folded again",
            _ => "usable, or not needed yet",
        },
    ))
}

/// The SQLite files of the larger backends.
pub(super) fn tables(context: &mut Context) -> Result<Vec<Line>, Box<Problem>> {
    let checks = match context.project()?.check_tables() {
        Ok(checks) => checks,
        Err(error) => {
            let text = format!("cannot be compared: {error}");
            return Ok(vec![bad(Level::Warn, "index", text, "milestone doctor")]);
        }
    };
    let repair = "milestone doctor --repair";
    let line = |check: &TableCheck| match &check.standing {
        Standing::Current => ok(check.name, "says what the log says"),
        Standing::Behind { records } => {
            let s = if *records == 1 { "" } else { "s" };
            let why = match check.name {
                "analytics" => "it follows every few records",
                _ => "whatever asks it brings it up to date",
            };
            if check.wants_repair() {
                return bad(Level::Warn, check.name, format!("lacks {records} record{s}"), repair);
            }
            ok(check.name, format!("lacks {records} record{s}; {why}"))
        }
        Standing::Missing => bad(Level::Warn, check.name, "not there", repair),
        Standing::Damaged { why } => {
            bad(Level::Warn, check.name, format!("damaged: {why}"), repair)
        }
        Standing::Unreadable { why } => {
            let hint = "mend the permissions of .milestones/local";
            bad(Level::Warn, check.name, format!("cannot be read: {why}"), hint)
        }
    };
    Ok(checks.iter().map(line).collect())
}

fn own_files(context: &mut Context) -> Result<Line, Box<Problem>> {
    let name = "own files";
    Ok(match context.project()?.store().own_files_shrunk() {
        Ok(shrunk) if shrunk.is_empty() => ok(name, "as this clone left them"),
        Ok(shrunk) => {
            let files: Vec<String> = shrunk.into_iter().map(|file| file.name).collect();
            let text = format!("shorter than this clone left them: {}", files.join(", "));
            bad(Level::Warn, name, text, "milestone log recover")
        }
        Err(error) => bad(Level::Warn, name, error.to_string(), "milestone doctor"),
    })
}

/// Orders of records begin with their clocks: one that is far ahead drags all later ones along.
fn clock(context: &mut Context) -> Result<Line, Box<Problem>> {
    let now = u64::try_from(context.around.now.0).unwrap_or(0);
    let checkpoint = context.project()?.checkpoint();
    let hours = checkpoint.max_clock.saturating_sub(now) / MICROS_PER_HOUR;
    Ok(match checkpoint.last {
        Some((_, id)) if hours >= CLOCK_AHEAD_HOURS => {
            let text = format!("record {id:.16} is {hours} h ahead of this machine");
            bad(Level::Warn, "clock", text, "check the clocks of both machines")
        }
        _ => ok("clock", "no record is from the future"),
    })
}

fn git(context: &mut Context) -> Result<Line, Box<Problem>> {
    let missing = context.project()?.missing_git_rules();
    let root = context.project()?.root().to_owned();
    if !missing.is_empty() {
        let text = format!("rules missing in .milestones: {}", missing.join(", "));
        return Ok(bad(Level::Warn, "git", text, "milestone doctor --repair"));
    }
    Ok(match Git::of(&root).is_there() {
        true => ok("git", "log merges line by line, views are ignored"),
        false => ok("git", "no repository here; the rules are in place"),
    })
}

/// Settings that nobody reads, or that nobody can.
fn config(context: &Context) -> Line {
    let config = &context.config;
    let place = |path: &std::path::Path, line: usize| match line {
        0 => path.display().to_string(),
        line => format!("{}:{line}", path.display()),
    };
    let unknown = config.unknown_keys().iter().map(|unknown| {
        let meant = unknown.suggestion.map(|key| format!(" ({key}?)")).unwrap_or_default();
        format!(
            "{}: no setting is called {}{meant}",
            place(&unknown.path, unknown.line),
            unknown.key
        )
    });
    let faults = config.faults().iter();
    let faults = faults.map(|fault| format!("{}: {}", place(&fault.path, fault.line), fault.why));
    let odd: Vec<String> = faults.chain(unknown).collect();
    match odd.is_empty() {
        true => ok("config", "every setting is one, and can be understood"),
        false => bad(Level::Warn, "config", odd.join("; "), "milestone config list"),
    }
}

fn terminal(context: &Context) -> Line {
    let style = &context.style;
    let glyphs = match style.glyphs {
        Glyphs::Emoji => "emoji",
        Glyphs::Unicode => "unicode",
        Glyphs::Ascii => "ascii",
    };
    let kind = if style.tty { "terminal" } else { "pipe" };
    let color = if style.color { "colour" } else { "no colour" };
    ok("terminal", format!("{kind}, {} columns, {color}, {glyphs} symbols", style.width))
}
