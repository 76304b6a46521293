//! `log verify` and `log has`: what the log shows, and what it cannot show.
//!
//! Start at [`run`].
//!
//! - **Invariant.** It never says more than was checked: hashes show that nothing was changed, not
//!   that nothing was cut off at the end, and not who wrote it.

use milestone_core::log::{Finding, Level};
use milestone_core::words::Timestamp;
use milestone_project::{Anchors, Audit};
use schemars::JsonSchema;
use serde::Serialize;

use super::print::{self, REPORT, under_banner};
use crate::args::global::Format;
use crate::run::context::{Context, Ran};
use crate::run::problem;
use crate::run::schema::TimeText;
use crate::ui::error::{Exit, Problem};
use crate::ui::glyph::Paint;
use crate::ui::style::Style;
use crate::ui::text::sanitize;

/// A finding, as documents show it.
#[derive(Serialize, JsonSchema)]
pub(super) struct FindingDoc {
    level: &'static str,
    what: String,
    file: Option<String>,
    line: Option<u64>,
    offset: Option<u64>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct VerifyDoc {
    ok: bool,
    records: u64,
    files: usize,
    bytes: u64,
    #[schemars(with = "Option<TimeText>")]
    first: Option<Timestamp>,
    #[schemars(with = "Option<TimeText>")]
    last: Option<Timestamp>,
    heads: Vec<String>,
    state: String,
    unknown_events: u64,
    anchors: usize,
    missing_anchors: Vec<String>,
    shown: Vec<String>,
    not_shown: Vec<String>,
    findings: Vec<FindingDoc>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct HasDoc {
    asked: String,
    record: Option<String>,
}

impl FindingDoc {
    /// The document of a finding.
    pub(super) fn of(finding: &Finding) -> Self {
        let placed = finding.line > 0;
        Self {
            level: finding.oddity.level().name(),
            what: finding.oddity.to_string(),
            file: (!finding.file.is_empty()).then(|| finding.file.clone()),
            line: placed.then_some(finding.line),
            offset: placed.then_some(finding.offset),
        }
    }
}

/// The worst level among findings that count: warn or error.
pub(super) fn worst(findings: &[Finding]) -> Option<&'static str> {
    let levels = findings.iter().map(|finding| finding.oddity.level());
    levels.filter(|level| *level > Level::Info).max().map(Level::name)
}

/// Checks every hash, link and clock of the log; exit 10 if something is wrong.
pub(super) fn run(context: &mut Context, against: Option<&str>) -> Ran {
    super::present_only(context, "log verify")?;
    let format = print::format(context, "log verify", REPORT, false)?;
    let moment = context.moment()?;
    let anchors = against.map(|against| anchors(context, against)).transpose()?;
    let audit = context.project()?.audit(anchors.as_ref());
    let audit = audit.map_err(|error| problem::history(&error))?;
    let bad = worst(&audit.findings).is_some();
    let (shown, not_shown) = (shown(&audit), not_shown(against.is_some(), &audit));
    let stdout = match format {
        Format::Json => {
            let data = document(&audit, !bad, shown, not_shown);
            print::object(context, &moment, "log.verify", &data)?
        }
        _ => text(&context.style, &audit, against, &shown, &not_shown),
    };
    let mut output = under_banner(context, &moment, stdout);
    if bad {
        output.exit = Exit::Integrity;
        if print::talks(context) && context.hints() {
            output = output.say("hint: milestone doctor");
        }
    }
    Ok(output)
}

/// A file with ids in it, a record's id, or a commit.
fn anchors(context: &Context, against: &str) -> Result<Anchors, Box<Problem>> {
    let path = context.dir().join(against);
    if path.is_file() {
        let bytes = std::fs::read(&path).map_err(|error| {
            Problem::new("anchors.unreadable", Exit::NotFound, format!("cannot read {against}"))
                .fact(error.to_string())
                .hint("milestone log verify --against COMMIT")
        })?;
        return Ok(Anchors::Text(String::from_utf8_lossy(&bytes).into_owned()));
    }
    let is_id = against.len() == 64 && against.bytes().all(|byte| byte.is_ascii_hexdigit());
    match is_id {
        true => Ok(Anchors::Text(against.to_ascii_lowercase())),
        false => Ok(Anchors::Commit(against.trim_start_matches("git:").to_owned())),
    }
}

fn shown(audit: &Audit) -> Vec<String> {
    use milestone_core::log::Oddity;
    let has = |wanted: &dyn Fn(&Oddity) -> bool| {
        audit.findings.iter().any(|finding| wanted(&finding.oddity))
    };
    let mut shown = Vec::new();
    let damaged = has(&|oddity| matches!(oddity, Oddity::WrongHash(_) | Oddity::NotARecord(_)));
    shown.push(match damaged {
        false => "every line hashes to the id it carries: none was changed".to_owned(),
        true => "every record that counts hashes to its id; damaged lines were skipped".to_owned(),
    });
    if !has(&|oddity| matches!(oddity, Oddity::MissingRecord(_))) {
        shown.push(
            "every record that another builds on is there: none is missing in between".into(),
        );
    }
    if !has(&|oddity| matches!(oddity, Oddity::ClockSkew(_))) {
        shown.push("every record is later than those it builds on".to_owned());
    }
    if audit.anchors > 0 && audit.missing_anchors.is_empty() {
        let which = if audit.anchors == 1 { "the anchor is" } else { "all anchors are" };
        shown.push(format!("{which} in the log: nothing up to there was cut off"));
    }
    shown
}

fn not_shown(anchored: bool, audit: &Audit) -> Vec<String> {
    let mut not_shown = vec![match anchored {
        false => "that no newest records were cut off: only ids written down elsewhere show that \
                  (--against COMMIT|FILE)"
            .to_owned(),
        true => "that nothing newer than the anchors was cut off".to_owned(),
    }];
    not_shown.push("who wrote a record: names are what writers said, hashed and not signed".into());
    if audit.unknown_events > 0 {
        let count = audit.unknown_events;
        not_shown.push(format!("what {count} events of unknown kinds mean: kept and skipped"));
    }
    not_shown
}

fn document(audit: &Audit, ok: bool, shown: Vec<String>, not_shown: Vec<String>) -> VerifyDoc {
    VerifyDoc {
        ok,
        records: audit.checkpoint.count,
        files: audit.files,
        bytes: audit.bytes,
        first: audit.span.map(|(first, _)| first),
        last: audit.span.map(|(_, last)| last),
        heads: audit.checkpoint.heads.iter().map(ToString::to_string).collect(),
        state: audit.fingerprint.to_string(),
        unknown_events: audit.unknown_events,
        anchors: audit.anchors,
        missing_anchors: audit.missing_anchors.iter().map(ToString::to_string).collect(),
        shown,
        not_shown,
        findings: audit.findings.iter().map(FindingDoc::of).collect(),
    }
}

fn text(
    style: &Style,
    audit: &Audit,
    against: Option<&str>,
    shown: &[String],
    not_shown: &[String],
) -> String {
    let records = plural(audit.checkpoint.count, "record");
    let files = plural(audit.files as u64, "file");
    let mut out = format!("Read       {records} in {files}, {} bytes\n", audit.bytes);
    if let Some((first, last)) = audit.span {
        out.push_str(&format!("From       {first} to {last}\n"));
    }
    for head in &audit.checkpoint.heads {
        out.push_str(&format!("Head       {head}\n"));
    }
    out.push_str(&format!("State      {}\n", audit.fingerprint));
    if let Some(against) = against {
        let missing = audit.missing_anchors.len();
        let there = audit.anchors - missing.min(audit.anchors);
        let against = sanitize(against);
        out.push_str(&format!("Against    {against}: {there} of {} there\n", audit.anchors));
    }
    shown.iter().for_each(|line| out.push_str(&format!("Shown      {line}\n")));
    not_shown.iter().for_each(|line| out.push_str(&format!("Not shown  {line}\n")));
    for finding in &audit.findings {
        out.push_str(&finding_line(finding, style));
    }
    let count = |level| audit.findings.iter().filter(|f| f.oddity.level() == level).count() as u64;
    let (errors, warnings) = (count(Level::Error), count(Level::Warn));
    let (errors, warnings) = (plural(errors, "error"), plural(warnings, "warning"));
    out.push_str(&format!("{errors}, {warnings}, {} info\n", count(Level::Info)));
    out
}

/// `1 record`, `2 records`.
pub(super) fn plural(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// `error  k3m9x2pq-0001.jsonl:12 (byte 3411)  the line … was changed`.
pub(super) fn finding_line(finding: &Finding, style: &Style) -> String {
    let level = finding.oddity.level();
    let paint = match level {
        Level::Error => Paint::Danger,
        Level::Warn => Paint::AtRisk,
        Level::Info => Paint::Muted,
    };
    let name = paint.over(&format!("{:<5}", level.name()), style.color);
    let place = match (finding.file.as_str(), finding.line) {
        ("", _) => String::new(),
        (file, 0) => format!("{}  ", sanitize(file)),
        (file, line) => format!("{}:{line} (byte {})  ", sanitize(file), finding.offset),
    };
    format!("{name}  {place}{}\n", sanitize(&finding.oddity.to_string()))
}

/// Says whether a record is in the log; exit 5 if it is not.
pub(super) fn has(context: &mut Context, asked: &str) -> Ran {
    super::present_only(context, "log has")?;
    let format = print::format(context, "log has", REPORT, false)?;
    let moment = context.moment()?;
    let asked = asked.trim().to_ascii_lowercase();
    if asked.len() < 4 {
        let message = format!("\"{asked}\" is too short for a record's id");
        return Err(Box::new(
            Problem::new("usage.bad_value", Exit::Usage, message)
                .fact("give at least 4 hex digits")
                .unchanged()
                .hint("milestone log --format plain"),
        ));
    }
    let found = context.project()?.has_record(&asked).map_err(|error| problem::history(&error))?;
    let record = found.map(|id| id.to_string());
    let stdout = match (format, &record) {
        (Format::Json, _) => {
            let data = HasDoc { asked: asked.clone(), record: record.clone() };
            print::object(context, &moment, "log.has", &data)?
        }
        (_, Some(id)) => format!("{id}\n"),
        (_, None) => String::new(),
    };
    let mut output = under_banner(context, &moment, stdout);
    if record.is_none() {
        output.exit = Exit::NotFound;
        if print::talks(context) {
            let line = format!("No record begins with \"{}\".", sanitize(&asked));
            output = output.say(line);
        }
    }
    Ok(output)
}
