//! One source record as one issue of the plan.
//!
//! - **Start here.** [`plan_issue`].
//! - **Invariants.** What is mapped is *taken* from the record; whatever is still there at the end
//!   goes into `source`. So a member can be forgotten here without being lost.
//! - **Absent on purpose.** Edges, and commands: names and values here are neutral.

use std::borrow::Cow;

use milestone_core::words::Timestamp;
use serde_json::{Map, Value};

use super::account::{clean_block, clean_line, keep_rest, map_field};
use super::lifecycle::lifecycle;
use super::member::{Member, Shape};
use super::notes::{self, ImportCriterion, ImportNote};
use super::record::IssueRecord;
use super::report::{LossReason, LossReport};
use super::scalar::{Row, Scalar, raw_is_empty, raw_value};
use super::source::{Place, SourceIssue, SourceRow, hash};
use super::text;
use super::time::{self, Parsed};

/// An issue of the plan.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportIssue<'a> {
    /// Its id in the source; the field `external_id`.
    pub source_id: Cow<'a, str>,
    /// The SHA-256 of its source record, in hex.
    pub hash: String,
    /// The key that makes it once: `import:beads:<id>:<hash>`.
    pub key: String,
    /// Whether it is a milestone, or whose task it is.
    pub kind: IssueKind,
    /// One line of at most 200 characters, never empty.
    pub title: Cow<'a, str>,
    /// Its description.
    pub description: Option<Cow<'a, str>>,
    /// Its status.
    pub status: IssueStatus,
    /// Its priority, if the source says one.
    pub priority: Option<Priority>,
    /// Who answers for it; of a milestone only.
    pub owner: Option<Cow<'a, str>>,
    /// Who works on it.
    pub assignee: Option<Cow<'a, str>>,
    /// Sorted, each once; with `type:<issue type>` and, where it says more, `status:<status>`.
    pub labels: Vec<Cow<'a, str>>,
    /// The estimate in minutes.
    pub estimate_minutes: Option<u32>,
    /// The day it is due, `YYYY-MM-DD`.
    pub due: Option<String>,
    /// Design, remaining acceptance criteria, notes, then comments by time.
    pub notes: Vec<ImportNote<'a>>,
    /// Checkable acceptance criteria, in order.
    pub criteria: Vec<ImportCriterion>,
    /// A blocker that no dependency explains.
    pub blocker: Option<ImportBlocker>,
    /// When and by whom it was made.
    pub created: Stamp<'a>,
    /// When it was started, if it was.
    pub started: Option<Stamp<'a>>,
    /// When and by whom it was done or cancelled, if it was.
    pub ended: Option<Stamp<'a>>,
    /// Why it was closed or deleted.
    pub reason: Option<Cow<'a, str>>,
    /// Members that are not mapped, for `details.source`.
    pub source: Map<String, Value>,
}

/// What an issue becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IssueKind {
    /// A milestone.
    Milestone,
    /// A task.
    Task {
        /// The milestone it is in.
        home: Home,
    },
}

/// The milestone of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Home {
    /// The milestone that the issue with this source id becomes.
    Source(String),
    /// The milestone that the user named for orphans.
    Into(String),
}

/// A status, of a milestone or a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssueStatus {
    /// A milestone is planned, a task pending.
    Pending,
    /// A milestone is active, a task in progress.
    InProgress,
    /// A milestone is completed, a task done.
    Done,
    /// Cancelled.
    Cancelled,
}

/// A priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// P3 and P4.
    Low,
    /// P2.
    Medium,
    /// P1.
    High,
    /// P0.
    Critical,
}

/// When and by whom something happened, as far as the source knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stamp<'a> {
    /// When.
    pub at: Option<Timestamp>,
    /// By whom.
    pub by: Option<Cow<'a, str>>,
}

/// A blocker of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportBlocker {
    /// What blocks.
    pub text: String,
    /// Since when.
    pub at: Option<Timestamp>,
}

/// What all functions on one issue need to report about it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context<'c> {
    pub(crate) id: &'c str,
    pub(crate) place: Place,
    pub(crate) flat: bool,
}

impl Context<'_> {
    /// Takes a text that says something, and counts it as mapped.
    pub(crate) fn take<'a>(
        self,
        record: &mut IssueRecord<'a>,
        member: Member,
        report: &mut LossReport,
    ) -> Option<Cow<'a, str>> {
        if record.text(member).is_none_or(str::is_empty) {
            return None;
        }
        report.member(member).mapped += 1;
        record.take_text(member)
    }

    /// Takes a text as one line.
    pub(crate) fn take_line<'a>(
        self,
        record: &mut IssueRecord<'a>,
        member: Member,
        report: &mut LossReport,
    ) -> Option<Cow<'a, str>> {
        let text = self.take(record, member, report)?;
        Some(clean_line(text, self.place, self.id, member.name(), report))
    }

    /// Takes a text with its lines.
    pub(crate) fn take_block<'a>(
        self,
        record: &mut IssueRecord<'a>,
        member: Member,
        report: &mut LossReport,
    ) -> Option<Cow<'a, str>> {
        let text = self.take(record, member, report)?;
        Some(clean_block(text, self.place, self.id, member.name(), report))
    }

    /// Takes a time; one that is none is a loss.
    pub(crate) fn take_time(
        self,
        record: &mut IssueRecord<'_>,
        member: Member,
        report: &mut LossReport,
    ) -> Option<Timestamp> {
        let parsed = time::parse(record.text(member).filter(|text| !text.is_empty())?);
        record.take(member);
        let count = report.member(member);
        match parsed {
            Parsed::At { time, cut } => {
                count.mapped += 1;
                if cut {
                    report.warn("a time is cut to microseconds", self.id);
                }
                return Some(time);
            }
            Parsed::Never => count.empty += 1,
            Parsed::Bad => {
                count.lost += 1;
                let what = format!("{} is no RFC 3339 time", member.name());
                report.lose(LossReason::BadTime, self.place, Some(self.id), &what);
            }
        }
        None
    }
}

/// What the other lines say about an issue.
#[derive(Debug)]
pub(crate) struct Around<'r, 'a> {
    /// What it becomes.
    pub(crate) kind: IssueKind,
    /// Its member `parent` is said by its home.
    pub(crate) parent_said: bool,
    /// It waits for an unfinished issue.
    pub(crate) waits: bool,
    /// Its file leaves out a priority of 0.
    pub(crate) omits_zero: bool,
    pub(crate) labels: &'r [SourceRow<'a>],
    pub(crate) comments: &'r [SourceRow<'a>],
}

/// Maps a record; counts each of its members.
pub(crate) fn plan_issue<'a>(
    issue: SourceIssue<'a>,
    around: Around<'_, 'a>,
    report: &mut LossReport,
) -> ImportIssue<'a> {
    let SourceIssue { id, place, bytes, mut record } = issue;
    let record = &mut record;
    let context = Context { id: &id, place, flat: record.is_flat() };
    let hash = hash(bytes, around.labels, around.comments);
    let mut source = Map::new();
    see(record, context, report);
    report.member(Member::Id).mapped += 1;
    record.take(Member::Id);
    let mut labels = labels(record, around.labels, context, &mut source, report);
    let title = title(record, context, &mut source, report);
    let description = context.take_block(record, Member::Description, report);
    let texts = notes::read(record, around.comments, context, report);
    let updated = updated(record);
    let stamps = lifecycle(record, context, updated, &mut source, report);
    let priority = priority(record, around.omits_zero, context, report);
    let owner = match around.kind {
        IssueKind::Milestone => context.take_line(record, Member::Owner, report),
        IssueKind::Task { .. } => None,
    };
    let assignee = context.take_line(record, Member::Assignee, report);
    let (estimate_minutes, due) = schedule(record, context, &mut source, report);
    let blocked = stamps.blocked && !around.waits;
    let blocker = blocked.then(|| ImportBlocker { text: "blocked in beads".into(), at: updated });
    if around.parent_said && record.take_text(Member::Parent).is_some() {
        report.member(Member::Parent).mapped += 1;
    }
    labels.extend(stamps.label);
    labels.sort_unstable();
    labels.dedup();
    if !texts.comments_source.is_empty() {
        source.insert("comments".to_owned(), Value::Array(texts.comments_source));
    }
    keep_leftovers(record, context, &mut source, report);
    ImportIssue {
        key: format!("import:beads:{id}:{hash}"),
        hash,
        kind: around.kind,
        title,
        description,
        status: stamps.status,
        priority,
        owner,
        assignee,
        labels,
        estimate_minutes,
        due,
        notes: texts.notes,
        criteria: texts.criteria,
        blocker,
        created: stamps.created,
        started: stamps.started,
        ended: stamps.ended,
        reason: stamps.reason,
        source,
        source_id: id,
    }
}

fn updated(record: &IssueRecord<'_>) -> Option<Timestamp> {
    match record.text(Member::UpdatedAt).map(time::parse)? {
        Parsed::At { time, .. } => Some(time),
        Parsed::Never | Parsed::Bad => None,
    }
}

fn title<'a>(
    record: &mut IssueRecord<'a>,
    context: Context<'_>,
    source: &mut Map<String, Value>,
    report: &mut LossReport,
) -> Cow<'a, str> {
    let text = context.take_line(record, Member::Title, report).unwrap_or_default();
    let mut line = text.trim();
    if line.is_empty() {
        report.warn("an issue without a title is called by its id", context.id);
        line = context.id.trim();
    }
    let clipped = text::clip(line, text::TITLE_CHARS_MAX);
    if clipped.len() < line.len() {
        report.warn("a title is clipped to 200 characters, whole in the source", context.id);
        source.insert("title".to_owned(), Value::String(line.to_owned()));
    }
    match text {
        Cow::Borrowed(text) if text == clipped => Cow::Borrowed(text),
        _ => Cow::Owned(text::one_line(Cow::Borrowed(clipped)).0.into_owned()),
    }
}

fn labels<'a>(
    record: &mut IssueRecord<'a>,
    rows: &[SourceRow<'a>],
    context: Context<'_>,
    source: &mut Map<String, Value>,
    report: &mut LossReport,
) -> Vec<Cow<'a, str>> {
    let mut labels = Vec::new();
    if let Scalar::Raw(raw) = record.take(Member::Labels) {
        if let Ok(texts) = serde_json::from_str::<Vec<String>>(raw.get()) {
            report.member(Member::Labels).list(texts.is_empty());
            labels.extend(texts.into_iter().map(Cow::Owned));
        } else {
            record.put(Member::Labels, Scalar::Raw(raw));
        }
    }
    let mut rest = Vec::new();
    for mut row in rows.iter().filter_map(|row| Row::read(row.bytes).ok()) {
        row.take("issue_id");
        map_field(report, "label.issue_id", "owner of the label");
        if let Some(label) = row.take("label") {
            map_field(report, "label.label", "label");
            labels.push(label);
        }
        rest.push(Value::Object(keep_rest(row, "label", report)));
    }
    rest.retain(|row| row.as_object().is_some_and(|row| !row.is_empty()));
    if !rest.is_empty() {
        source.insert("labels".to_owned(), Value::Array(rest));
    }
    if let Some(kind) = context.take_line(record, Member::IssueType, report) {
        labels.push(Cow::Owned(format!("type:{kind}")));
    }
    let clean = |label: Cow<'a, str>| {
        let line = clean_line(label, context.place, context.id, "labels", report);
        if line.trim().len() == line.len() { line } else { Cow::Owned(line.trim().to_owned()) }
    };
    labels.into_iter().map(clean).filter(|label| !label.is_empty()).collect()
}

/// Counts every member of the record; of one written twice the earlier value is lost.
fn see(record: &IssueRecord<'_>, context: Context<'_>, report: &mut LossReport) {
    for member in Member::ALL {
        report.member(member).seen += u64::from(!record.get(member).is_absent());
    }
    for (name, _) in &record.rest {
        report.field(name).seen += 1;
    }
    for name in &record.repeated {
        let count = match Member::named(name) {
            Some(member) => report.member(member),
            None => report.field(name),
        };
        count.seen += 1;
        count.lost += 1;
        let what = format!("{name} is there more than once; the last one is used");
        report.lose(LossReason::RepeatedMember, context.place, Some(context.id), &what);
    }
}

/// The priority; one that is out of range stays in the source.
fn priority(
    record: &mut IssueRecord<'_>,
    omits_zero: bool,
    context: Context<'_>,
    report: &mut LossReport,
) -> Option<Priority> {
    let level = match record.get(Member::Priority) {
        Scalar::Absent if omits_zero => {
            report.warn("a missing priority is P0, which the file never writes", context.id);
            return Some(Priority::Critical);
        }
        Scalar::Int(level) => *level,
        _ => return None,
    };
    let priority = match level {
        0 => Priority::Critical,
        1 => Priority::High,
        2 => Priority::Medium,
        3 => Priority::Low,
        // Lower than low: the number stays in the source, and so is not counted as mapped.
        4 => return Some(Priority::Low),
        _ => {
            report.warn("a priority outside of 0 to 4 is kept only in the source", context.id);
            return None;
        }
    };
    record.take(Member::Priority);
    report.member(Member::Priority).mapped += 1;
    Some(priority)
}

/// The estimate and the due day; a due time of day stays in the source as well.
fn schedule(
    record: &mut IssueRecord<'_>,
    context: Context<'_>,
    source: &mut Map<String, Value>,
    report: &mut LossReport,
) -> (Option<u32>, Option<String>) {
    let minutes = match record.get(Member::Estimate) {
        Scalar::Int(minutes) => u32::try_from(*minutes).ok().filter(|&minutes| minutes > 0),
        _ => None,
    };
    if minutes.is_some() {
        record.take(Member::Estimate);
        report.member(Member::Estimate).mapped += 1;
    }
    let due = record.text(Member::DueAt).and_then(time::date).map(str::to_owned);
    if due.is_some() {
        let whole = context.take(record, Member::DueAt, report).unwrap_or_default();
        if whole.len() > 10 {
            source.insert("due_at".to_owned(), Value::String(whole.into_owned()));
        }
    } else if record.text(Member::DueAt).is_some_and(|text| !text.is_empty()) {
        context.take_time(record, Member::DueAt, report);
    }
    (minutes, due)
}

/// Everything that was not mapped goes into the source as it is.
fn keep_leftovers(
    record: &mut IssueRecord<'_>,
    context: Context<'_>,
    source: &mut Map<String, Value>,
    report: &mut LossReport,
) {
    for (member, value) in record.leftovers() {
        let count = report.member(member);
        if member.shape() == Shape::Derived || member == Member::Tag {
            count.derived += 1;
        } else if value.is_empty(context.flat) {
            count.empty += 1;
        } else {
            count.kept += 1;
            keep(source, member.name(), value.into_value());
        }
    }
    for (name, raw) in record.rest.drain(..) {
        let count = report.field(&name);
        if raw_is_empty(raw, context.flat) {
            count.empty += 1;
        } else {
            count.kept += 1;
            keep(source, &name, raw_value(raw));
        }
    }
}

/// Keeps a value under its name, or beside one that has the name already.
fn keep(source: &mut Map<String, Value>, name: &str, value: Value) {
    let mut name = name.to_owned();
    while source.contains_key(&name) {
        name.push_str("_raw");
    }
    source.insert(name, value);
}
