//! The plan as commands: one an issue, then one an edge, each with the key that makes it once.
//!
//! - **Start here.** [`commands`].
//! - **Invariant.** A command says what the source says, in the order of the plan; what becomes of
//!   it is decided like everything else.
//! - **Absent on purpose.** Rules: a dependency that the project's own ones forbid is refused when
//!   it is decided, and the caller reports it.

use std::borrow::Cow;

use milestone_core::domain::{
    Command, Field, Fields, ImportedEdge, ImportedItem, ListField, NewCriterion, Priority as Core,
    Remark, SourceJson, Stage, Value,
};
use milestone_core::words::{Date, Text};
use serde_json::{Map, Value as Json};

use super::edges::{EdgeRole, ImportEdge};
use super::issue::{Home, ImportIssue, IssueKind, IssueStatus, Priority, Stamp};
use super::plan::ImportPlan;

/// The commands of a plan with their keys, issues first.
pub fn commands<'p>(
    plan: ImportPlan<'p>,
) -> impl Iterator<Item = (Option<String>, Command)> + use<'p> {
    let issues = plan.issues.into_iter().map(|issue| {
        let key = issue.key.clone();
        (Some(key), Command::Import(Box::new(item_of(issue))))
    });
    let edges = plan.edges.into_iter().map(|edge| {
        let key = edge.key.clone();
        (Some(key), Command::ImportEdge(edge_of(edge)))
    });
    issues.chain(edges)
}

fn item_of(issue: ImportIssue<'_>) -> ImportedItem {
    let within = match &issue.kind {
        IssueKind::Milestone => None,
        IssueKind::Task { home: Home::Source(id) | Home::Into(id) } => Some(id.clone()),
    };
    let reason = issue.reason.as_deref().unwrap_or_default().to_owned();
    let ended = issue.ended.as_ref().map(|stamp| remark(stamp, reason.clone()));
    ImportedItem {
        within,
        fields: fields_of(&issue),
        criteria: issue
            .criteria
            .into_iter()
            .map(|held| NewCriterion { text: held.text, checked: held.checked })
            .collect(),
        notes: issue
            .notes
            .into_iter()
            .map(|note| Remark {
                text: note.text.into_owned(),
                at: note.at.or(issue.created.at),
                by: note.by.or_else(|| issue.created.by.clone()).map(Cow::into_owned),
            })
            .collect(),
        blocker: issue.blocker.map(|blocker| blocker.text),
        stage: match issue.status {
            IssueStatus::Pending => Stage::Open,
            IssueStatus::InProgress => Stage::Underway,
            IssueStatus::Done => Stage::Done,
            IssueStatus::Cancelled => Stage::Cancelled,
        },
        created: remark(&issue.created, String::new()),
        started_at: issue.started.and_then(|stamp| stamp.at),
        ended,
        source: source_of(issue.source),
        external_id: issue.source_id.into_owned(),
    }
}

fn fields_of(issue: &ImportIssue<'_>) -> Fields<'static> {
    let mut fields = Fields::default();
    let text = |text: &str| Value::Text(Text::from(text.to_owned()));
    fields.set.push((Field::Title, text(&issue.title)));
    let description = issue.description.as_deref().filter(|text| !text.is_empty());
    fields.set.extend(description.map(|held| (Field::Description, text(held))));
    let priority = issue.priority.map(|priority| match priority {
        Priority::Low => Core::Low,
        Priority::Medium => Core::Medium,
        Priority::High => Core::High,
        Priority::Critical => Core::Critical,
    });
    fields.set.extend(priority.map(|priority| (Field::Priority, Value::Priority(priority))));
    fields.set.extend(issue.owner.as_deref().map(|owner| (Field::Owner, text(owner))));
    let estimate = issue.estimate_minutes.map(|minutes| Value::Number(minutes.into()));
    fields.set.extend(estimate.map(|minutes| (Field::Estimate, minutes)));
    let due = issue.due.as_deref().and_then(Date::parse);
    fields.set.extend(due.map(|due| (Field::Due, Value::Date(due))));
    let texts = |list: &mut dyn Iterator<Item = &str>| -> Vec<Text<'static>> {
        list.map(|text| Text::from(text.to_owned())).collect()
    };
    if let Some(assignee) = issue.assignee.as_deref() {
        fields.lists.push((ListField::Assignees, texts(&mut std::iter::once(assignee))));
    }
    if !issue.labels.is_empty() {
        let labels = texts(&mut issue.labels.iter().map(|label| &**label));
        fields.lists.push((ListField::Labels, labels));
    }
    fields
}

fn edge_of(edge: ImportEdge<'_>) -> ImportedEdge {
    ImportedEdge {
        from: edge.from.into_owned(),
        kind: edge.kind.into_owned(),
        to: edge.to.into_owned(),
        dependency: edge.role == EdgeRole::Dependency,
        at: edge.at,
        by: edge.by.map(Cow::into_owned),
        source: source_of(edge.source),
    }
}

fn remark(stamp: &Stamp<'_>, text: String) -> Remark {
    Remark { text, at: stamp.at, by: stamp.by.as_deref().map(str::to_owned) }
}

/// What has no place here, as JSON without floats: a record has none.
fn source_of(source: Map<String, Json>) -> Option<SourceJson> {
    if source.is_empty() {
        return None;
    }
    Some(SourceJson(without_floats(Json::Object(source)).to_string()))
}

/// Numbers that are not whole become texts of the same digits.
fn without_floats(value: Json) -> Json {
    match value {
        Json::Number(number) if number.is_f64() => Json::String(number.to_string()),
        Json::Array(list) => list.into_iter().map(without_floats).collect(),
        Json::Object(members) => {
            members.into_iter().map(|(name, value)| (name, without_floats(value))).collect()
        }
        value => value,
    }
}
