//! `log verify` and `log has`: what the log shows, and what it cannot show.
//!
//! Start at [`run`].
//!
//! - **Invariant.** It never says more than was checked: hashes show that nothing was changed, not
//!   that nothing was cut off at the end, and not who wrote it.

use milestone_core::log::{Finding, Level, Oddity};
use milestone_core::projection::Fingerprint;
use milestone_core::words::Timestamp;
use milestone_project::{Anchors, Audit, PinCheck, SignedCheck, SignedStanding, Trust};
use schemars::JsonSchema;
use serde::Serialize;

use super::print::{self, REPORT, under_banner};
use crate::args::global::Format;
use crate::args::key::VerifyArgs;
use crate::run::context::{Context, Ran};
use crate::run::schema::TimeText;
use crate::run::{keys, problem};
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
    signed: Vec<SignedDoc>,
    pin: Option<PinDoc>,
    pinned: bool,
    shown: Vec<String>,
    not_shown: Vec<String>,
    findings: Vec<FindingDoc>,
}

/// A signed checkpoint, as documents show it.
#[derive(Serialize, JsonSchema)]
struct SignedDoc {
    record: String,
    #[schemars(with = "TimeText")]
    at: Timestamp,
    by: String,
    key_id: String,
    key: Option<String>,
    records: u64,
    standing: &'static str,
}

/// What was pinned, as documents show it.
#[derive(Serialize, JsonSchema)]
struct PinDoc {
    #[schemars(with = "TimeText")]
    at: Timestamp,
    records: u64,
    heads: Vec<String>,
    broken: Option<String>,
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

impl SignedDoc {
    fn of(check: &SignedCheck) -> Self {
        Self {
            record: check.record.to_string(),
            at: check.at,
            by: check.by.clone(),
            key_id: check.key.0.clone(),
            key: check.key.1.clone(),
            records: check.count,
            standing: match check.standing {
                SignedStanding::Holds => "holds",
                SignedStanding::Covered => "covered",
                SignedStanding::UnknownKey => "unknown_key",
                SignedStanding::Revoked => "revoked",
                SignedStanding::WrongSignature => "wrong_signature",
                SignedStanding::WrongLog => "wrong_log",
            },
        }
    }
}

impl PinDoc {
    fn of(check: &PinCheck) -> Self {
        Self {
            at: check.pin.at,
            records: check.pin.count,
            heads: check.pin.heads.iter().map(ToString::to_string).collect(),
            broken: check.broken.clone(),
        }
    }
}

/// The worst level among findings that count: warn or error.
pub(super) fn worst<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> Option<&'static str> {
    let levels = findings.into_iter().map(|finding| finding.oddity.level());
    levels.filter(|level| *level > Level::Info).max().map(Level::name)
}

/// Checks every hash, link and clock of the log; exit 10 if something is wrong.
pub(super) fn run(context: &mut Context, args: &VerifyArgs) -> Ran {
    super::present_only(context, "log verify")?;
    let format = print::format(context, "log verify", REPORT, false)?;
    let moment = context.moment()?;
    let against = args.against.as_deref();
    let anchors = against.map(|against| anchors(context, against)).transpose()?;
    let trust = trust(context, args.pin)?;
    let audit = context.project()?.audit_trusting(anchors.as_ref(), &trust);
    let audit = audit.map_err(|error| problem::history(&error))?;
    let bad = worst(&audit.findings).is_some();
    let (shown, not_shown) = (shown(&audit), not_shown(against.is_some(), &audit));
    let pinned = pin(args, &trust, &audit)?;
    let stdout = match format {
        Format::Json => {
            let data = document(&audit, pinned, shown, not_shown);
            print::object(context, &moment, "log.verify", &data)?
        }
        _ => text(&context.style, &audit, against, &shown, &not_shown),
    };
    let mut output = under_banner(context, &moment, stdout);
    if pinned && print::talks(context) {
        output = output.say("Pinned, outside the repository.");
    }
    if bad {
        output.exit = Exit::Integrity;
        if print::talks(context) && context.hints() {
            let broken = audit.pin.as_ref().is_some_and(|check| check.broken.is_some());
            let next = if broken { "log recover" } else { "doctor" };
            output = output.say(format!("hint: milestone {next}"));
        }
    }
    if context.around.ends {
        // To take a great state apart takes a tenth of the time that all else did.
        std::mem::forget(audit);
    }
    Ok(output)
}

/// Whom to believe. Without a home there are no keys and no pins, which is said and no error.
pub(super) fn trust(context: &Context, to_pin: bool) -> Result<Trust, Box<Problem>> {
    let pin_at = (to_pin && !context.global.dry_run).then_some(context.around.now);
    let pins = match (keys::pins(context), to_pin) {
        (Err(problem), true) => return Err(problem),
        (pins, _) => pins.ok(),
    };
    let keys = match keys::ring(context) {
        // A key inside the project is nobody's to trust.
        Err(_) => Vec::new(),
        Ok(ring) => ring.known().map_err(|error| keys::problem(&error))?,
    };
    Ok(Trust { keys, pins, pin_at })
}

/// Puts a pin down if that was asked for; true if it was.
fn pin(args: &VerifyArgs, trust: &Trust, audit: &Audit) -> Result<bool, Box<Problem>> {
    let (Some(pin), Some(pins)) = (&audit.to_pin, &trust.pins) else { return Ok(false) };
    let is_pin = |finding: &&Finding| matches!(finding.oddity, Oddity::WrongPin(_));
    let others = audit.findings.iter().filter(|finding| !is_pin(finding));
    if worst(others) == Some(Level::Error.name()) {
        return Ok(false);
    }
    let broken = audit.pin.as_ref().and_then(|check| check.broken.as_ref());
    if let (Some(how), false) = (broken, args.accept_rollback) {
        let message = format!("not the log that was pinned: {how}");
        return Err(Box::new(
            Problem::new("pin.broken", Exit::Integrity, message)
                .fact("the pin before is kept")
                .unchanged()
                .hint("milestone log verify --pin --accept-rollback, if you know why"),
        ));
    }
    let put = pins.put(pin).map_err(|error| {
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        let problem = Problem::new("key.io", Exit::Failed, error.to_string());
        Box::new(cause.into_iter().fold(problem, Problem::fact).hint("look at what is said of it"))
    });
    put.map(|()| true)
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
    shown.extend(audit.signed.iter().filter_map(vouched));
    if let Some(PinCheck { pin, broken: None }) = &audit.pin {
        let records = plural(pin.count, "record");
        shown.push(format!("the log holds the {records} pinned on {}", pin.at));
    }
    shown
}

/// What a signature shows.
fn vouched(check: &SignedCheck) -> Option<String> {
    let records = plural(check.count, "record");
    let name = check.key.1.as_ref()?;
    (check.standing == SignedStanding::Holds)
        .then(|| format!("the holder of key \"{name}\" signed these {records} on {}", check.at))
}

fn not_shown(anchored: bool, audit: &Audit) -> Vec<String> {
    let newer = match (anchored, &audit.pin) {
        (false, None) => Some(
            "that no newest records were cut off: only what is put down elsewhere shows that \
             (--against COMMIT|FILE, --pin)"
                .to_owned(),
        ),
        // What was cut off is a finding.
        (_, Some(PinCheck { broken: Some(_), .. })) => None,
        (false, Some(check)) => {
            Some(format!("that nothing newer than the pin of {} was cut off", check.pin.at))
        }
        (true, None) => Some("that nothing newer than the anchors was cut off".to_owned()),
        (true, Some(_)) => Some("that nothing newer than anchors and pin was cut off".to_owned()),
    };
    let mut not_shown: Vec<String> = newer.into_iter().collect();
    not_shown.push("who wrote a record: names are what writers said, hashed and not signed".into());
    let unknown = |check: &&SignedCheck| check.standing == SignedStanding::UnknownKey;
    let (unknown, revoked) = (
        audit.signed.iter().filter(unknown).count() as u64,
        audit.signed.iter().filter(|check| check.standing == SignedStanding::Revoked).count(),
    );
    if unknown > 0 {
        let signatures = plural(unknown, "signature");
        not_shown.push(format!("what {signatures} said: of keys not known here (key trust)"));
    }
    if revoked > 0 {
        let signatures = plural(revoked as u64, "signature");
        not_shown.push(format!("what {signatures} said: of keys that were revoked here"));
    }
    if audit.unknown_events > 0 {
        let count = audit.unknown_events;
        not_shown.push(format!("what {count} events of unknown kinds mean: kept and skipped"));
    }
    not_shown
}

fn document(audit: &Audit, pinned: bool, shown: Vec<String>, not_shown: Vec<String>) -> VerifyDoc {
    VerifyDoc {
        ok: worst(&audit.findings).is_none(),
        records: audit.checkpoint.count,
        files: audit.files,
        bytes: audit.bytes,
        first: audit.span.map(|(first, _)| first),
        last: audit.span.map(|(_, last)| last),
        heads: audit.checkpoint.heads.iter().map(ToString::to_string).collect(),
        state: Fingerprint::of_state(&audit.state).to_string(),
        unknown_events: audit.unknown_events,
        anchors: audit.anchors,
        missing_anchors: audit.missing_anchors.iter().map(ToString::to_string).collect(),
        signed: audit.signed.iter().map(SignedDoc::of).collect(),
        pin: audit.pin.as_ref().map(PinDoc::of),
        pinned,
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
    out.push_str(&format!("State      {}\n", Fingerprint::of_state(&audit.state)));
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
