//! A source's status and times as what happened to an issue: created, started, ended.
//!
//! - **Start here.** [`lifecycle`].
//! - **Invariants.** A time that contradicts another is used as it is: it is a fact of the source.
//!   Nobody is named as the author of something unless the source names them.
//! - **Absent on purpose.** Blockers and dependencies, beyond saying that the status is `blocked`.

use std::borrow::Cow;

use milestone_core::words::Timestamp;
use serde_json::{Map, Value};

use super::issue::{Context, IssueStatus, Stamp};
use super::member::Member;
use super::record::IssueRecord;
use super::report::LossReport;

/// What happened to an issue.
#[derive(Debug)]
pub(crate) struct Lifecycle<'a> {
    pub(crate) status: IssueStatus,
    pub(crate) created: Stamp<'a>,
    pub(crate) started: Option<Stamp<'a>>,
    pub(crate) ended: Option<Stamp<'a>>,
    pub(crate) reason: Option<Cow<'a, str>>,
    /// The status is `blocked`.
    pub(crate) blocked: bool,
    /// Says the part of a status that has no counterpart.
    pub(crate) label: Option<Cow<'a, str>>,
}

/// Takes status, times, authors and reasons out of a record.
pub(crate) fn lifecycle<'a>(
    record: &mut IssueRecord<'a>,
    context: Context<'_>,
    updated: Option<Timestamp>,
    source: &mut Map<String, Value>,
    report: &mut LossReport,
) -> Lifecycle<'a> {
    let text = context.take_line(record, Member::Status, report).unwrap_or_default();
    let (status, said) = status(&text);
    if said == Said::Partly {
        source.insert("status".to_owned(), Value::String(text.clone().into_owned()));
    } else if said == Said::Unknown {
        report
            .warn("a status that is not known is taken for open, and becomes a label", context.id);
    }
    let created_at = context.take_time(record, Member::CreatedAt, report).or_else(|| {
        report.warn("an issue without a time of creation has its last change's", context.id);
        updated
    });
    let by = context.take_line(record, Member::CreatedBy, report);
    let mut life = Lifecycle {
        status,
        created: Stamp { at: created_at, by },
        started: None,
        ended: None,
        reason: None,
        blocked: text == "blocked",
        label: None,
    };
    if matches!(said, Said::AsLabel | Said::Unknown) && !text.is_empty() {
        life.label = Some(Cow::Owned(format!("status:{text}")));
    }
    if status != IssueStatus::Pending {
        let at = context.take_time(record, Member::StartedAt, report);
        let began = at.or(updated.or(created_at).filter(|_| status == IssueStatus::InProgress));
        life.started = began.map(|at| Stamp { at: Some(at), by: None });
    }
    life.end(record, context, updated, report);
    life
}

/// How much of a status the mapping says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Whole,
    Partly,
    AsLabel,
    Unknown,
}

fn status(text: &str) -> (IssueStatus, Said) {
    match text {
        "open" | "blocked" => (IssueStatus::Pending, Said::Whole),
        "in_progress" => (IssueStatus::InProgress, Said::Whole),
        "hooked" => (IssueStatus::InProgress, Said::Partly),
        "deferred" | "frozen" | "pinned" => (IssueStatus::Pending, Said::AsLabel),
        "closed" => (IssueStatus::Done, Said::Whole),
        "tombstone" => (IssueStatus::Cancelled, Said::Partly),
        _ => (IssueStatus::Pending, Said::Unknown),
    }
}

impl<'a> Lifecycle<'a> {
    fn end(
        &mut self,
        record: &mut IssueRecord<'a>,
        context: Context<'_>,
        updated: Option<Timestamp>,
        report: &mut LossReport,
    ) {
        let (at, by, reason) = match self.status {
            IssueStatus::Done => (Member::ClosedAt, None, Member::CloseReason),
            IssueStatus::Cancelled => {
                let by = context.take_line(record, Member::DeletedBy, report);
                (Member::DeletedAt, by, Member::DeleteReason)
            }
            IssueStatus::Pending | IssueStatus::InProgress => {
                if record.text(Member::ClosedAt).is_some_and(|text| !text.is_empty()) {
                    report
                        .warn("an open issue's time of closing is kept in the source", context.id);
                }
                return;
            }
        };
        let at = context.take_time(record, at, report).or_else(|| {
            report.warn("an end without a time has the issue's last change's", context.id);
            updated.or(self.created.at)
        });
        if at.zip(self.created.at).is_some_and(|(ended, created)| ended < created) {
            report.warn("an issue ended before it was created", context.id);
        }
        self.ended = Some(Stamp { at, by });
        self.reason = context.take_block(record, reason, report);
    }
}
