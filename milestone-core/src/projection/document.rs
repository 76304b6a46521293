//! A milestone or a task as a document: everything that is stored of it, under its public names.
//!
//! Start at [`Document`]. The YAML view writes it, `--json` prints it, fingerprints hash it.
//!
//! - **Invariant.** Two aggregates have the same document only if nothing that a reader can see
//!   differs; the documents of a log are the same in every clone.
//! - **Absent on purpose.** What is derived from several aggregates.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::risk_doc::RiskDoc;
use super::workflow_doc::WorkflowDoc;
use crate::domain::{
    Conflict, Item, Milestone, Priority, Stage, Subject, Task, Tie, status_word, task_status_word,
};

use crate::words::{Date, RecordKey, StreamId, Timestamp};

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// A criterion, as a document shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CriterionDoc {
    /// Its id.
    pub id: String,
    /// What must be true.
    pub text: String,
    /// Whether it is.
    pub checked: bool,
    /// The phase of the task's workflow that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
}

/// A note, as a document shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoteDoc {
    /// Its id.
    pub id: String,
    /// When it was written.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// Its text.
    pub text: String,
}

/// A link, as a document shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkDoc {
    /// Its id.
    pub id: String,
    /// What kind of relation.
    pub kind: String,
    /// What it leads to.
    pub to: String,
}

/// A blocker, as a document shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockerDoc {
    /// Its id.
    pub id: String,
    /// What is in the way.
    pub text: String,
    /// Whom or what it waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Since when.
    pub at: Timestamp,
    /// Who said so.
    pub by: String,
    /// When it went away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cleared_at: Option<Timestamp>,
}

/// The last progress that was reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportDoc {
    /// So many …
    pub done: u32,
    /// … of so many, or of 100.
    pub of: u32,
    /// True if it was reported in percent.
    pub percent: bool,
}

/// A conflict, as a document shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConflictDoc {
    /// Its id.
    pub id: String,
    /// What it is about.
    pub about: String,
    /// The records that disagree.
    pub records: Vec<RecordKey>,
    /// What holds.
    pub kept: String,
    /// What does not hold.
    pub other: String,
}

/// A milestone or a task, with everything that is stored of it. Durations are minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The milestone's id, or the task's slug in the milestone it is in.
    pub id: String,
    /// The name of a task's stream, where it was born elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<StreamId>,
    /// The title.
    pub title: String,
    /// The status, in the words of milestones or of tasks.
    pub status: String,
    /// The status before it was archived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived_from: Option<String>,
    /// The description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How important it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Who works on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assignees: Vec<String>,
    /// The planned first day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Date>,
    /// The planned last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    /// Labels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// The estimate, in minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<u32>,
    /// The weight in its milestone's progress.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<u32>,
    /// The place among the tasks of its milestone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<i64>,
    /// The template it was made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// Its id in another tool.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// What must be done before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<StreamId>,
    /// Which of them are not plain, and those on other projects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ties: Vec<Tie>,
    /// The workflow of a task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workflow: Option<WorkflowDoc>,
    /// What can be checked off.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub criteria: Vec<CriterionDoc>,
    /// What is or was in the way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blockers: Vec<BlockerDoc>,
    /// What may go wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub risks: Vec<RiskDoc>,
    /// Notes, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<NoteDoc>,
    /// Relations without rules.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<LinkDoc>,
    /// Work done, in minutes.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub time_spent: u32,
    /// The last progress that was reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported: Option<ReportDoc>,
    /// Tasks that were knowingly left open when it was completed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_open: Vec<StreamId>,
    /// When it was created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// By whom.
    #[serde(default)]
    pub created_by: String,
    /// When it last changed.
    #[serde(default)]
    pub changed_at: Timestamp,
    /// When it was begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When it was finished.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Timestamp>,
    /// What clones disagree about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<ConflictDoc>,
}

impl Document {
    /// The document of a milestone.
    pub fn of_milestone(milestone: &Milestone) -> Self {
        let stream = milestone.stream();
        let mut document = of_item(milestone.id.to_string(), &milestone.item, &stream, status_word);
        document.left_open.clone_from(&milestone.left_open);
        document
    }

    /// The document of a task.
    pub fn of_task(task: &Task) -> Self {
        let mut document =
            of_item(task.slug.to_string(), &task.item, &task.stream, task_status_word);
        document.workflow = task.workflow.as_ref().map(WorkflowDoc::of);
        document.position = Some(task.item.position);
        document.origin = (task.reference() != task.stream.as_str()).then(|| task.stream.clone());
        document
    }

    /// The canonical form: JSON without white space, members in the order of this type.
    pub fn canonical(&self) -> String {
        serde_json::to_string(self).expect("a document has string keys and no floats")
    }

    /// The members that are there, by name.
    pub fn members(&self) -> BTreeMap<String, serde_json::Value> {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::Object(members)) => members.into_iter().collect(),
            _ => BTreeMap::new(),
        }
    }
}

fn of_item(
    id: String,
    item: &Item,
    stream: &StreamId,
    word: fn(Stage) -> &'static str,
) -> Document {
    let text = |text: &Option<Box<str>>| text.as_ref().map(ToString::to_string);
    let texts = |list: &[Box<str>]| list.iter().map(ToString::to_string).collect();
    Document {
        id,
        origin: None,
        title: item.title.to_string(),
        status: word(item.stage).to_owned(),
        archived_from: item.archived_from.map(|stage| word(stage).to_owned()),
        description: text(&item.description),
        priority: item.priority,
        owner: text(&item.owner),
        assignees: texts(&item.assignees),
        start: item.start,
        due: item.due,
        labels: texts(&item.labels),
        estimate: item.estimate,
        weight: item.weight,
        position: None,
        template: text(&item.template),
        external_id: text(&item.external_id),
        dependencies: item.dependencies.clone(),
        ties: item.ties.clone(),
        workflow: None,
        criteria: criteria(item),
        blockers: blockers(item),
        risks: item.risks.iter().map(RiskDoc::of).collect(),
        notes: notes(item),
        links: links(item),
        time_spent: item.time_spent,
        reported: item.report.map(|report| ReportDoc {
            done: report.done,
            of: report.of,
            percent: report.percent,
        }),
        left_open: Vec::new(),
        created_at: item.created_at,
        created_by: item.created_by.to_string(),
        changed_at: item.changed_at,
        started_at: item.started_at,
        completed_at: item.completed_at,
        conflicts: item.conflicts.iter().map(|held| conflict_doc(held, stream, word)).collect(),
    }
}

fn criteria(item: &Item) -> Vec<CriterionDoc> {
    let doc = |held: &crate::domain::Criterion| CriterionDoc {
        id: held.id.to_string(),
        text: held.text.to_string(),
        checked: held.checked,
        phase: held.phase.as_ref().map(ToString::to_string),
    };
    item.criteria.iter().map(doc).collect()
}

fn blockers(item: &Item) -> Vec<BlockerDoc> {
    let doc = |held: &crate::domain::Blocker| BlockerDoc {
        id: held.id.to_string(),
        text: held.text.to_string(),
        on: held.on.as_ref().map(ToString::to_string),
        until: held.until,
        at: held.at,
        by: held.by.to_string(),
        cleared_at: held.cleared_at,
    };
    item.blockers.iter().map(doc).collect()
}

fn notes(item: &Item) -> Vec<NoteDoc> {
    let doc = |held: &crate::domain::Note| NoteDoc {
        id: held.id.to_string(),
        at: held.at,
        by: held.by.to_string(),
        text: held.text.to_string(),
    };
    item.notes.iter().map(doc).collect()
}

fn links(item: &Item) -> Vec<LinkDoc> {
    let doc = |held: &crate::domain::Link| LinkDoc {
        id: held.id.to_string(),
        kind: held.kind.to_string(),
        to: held.to.to_string(),
    };
    item.links.iter().map(doc).collect()
}

fn conflict_doc(
    conflict: &Conflict,
    stream: &StreamId,
    word: fn(Stage) -> &'static str,
) -> ConflictDoc {
    // A status is named in the words of milestones or of tasks.
    let worded =
        |text: &str| match Stage::named(text).filter(|_| conflict.subject == Subject::Status) {
            Some(stage) => word(stage).to_owned(),
            None => text.to_owned(),
        };
    ConflictDoc {
        id: conflict.id(stream),
        about: Subject::name(conflict.subject).to_owned(),
        records: conflict.sides.clone(),
        kept: worded(&conflict.kept),
        other: worded(&conflict.other),
    }
}
