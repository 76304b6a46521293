//! The JSON of milestones and tasks: what `data` of their documents is.
//!
//! Start at [`TaskDoc`] and [`MilestoneDoc`], the rows of lists; `show` adds to them.
//!
//! - **Invariant.** Every member is always there: an absent scalar is `null`, an absent list `[]`.
//!   References are whole, durations whole minutes, times RFC 3339 in UTC.
//! - **Invariant.** `status` is what people see, blocked and waiting included; `stage` is what the
//!   log says.

use milestone_analytics::health::Health;
use milestone_core::domain::{Item, Milestone, Plan, Priority, Task, reference_of, waits_for};
use milestone_core::domain::{effective_stage, status_word, task_status_word};
use milestone_core::projection::State;
use milestone_core::words::{Date, RecordKey, StreamId, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use super::phases::WorkflowLook;
use super::reads::LookBackDoc;
use super::risks::RiskDoc;
use super::schema::{DateText, HeadText, PriorityText, TimeText};
use super::ties::{self, TieDoc};
use crate::ui::view::{MilestoneView, TaskView};

/// So many of so many.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Counted {
    /// So many are done …
    pub done: u32,
    /// … of so many.
    pub of: u32,
}

/// Something in the way.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BlockerDoc {
    id: String,
    text: String,
    on: Option<String>,
    #[schemars(with = "Option<DateText>")]
    until: Option<Date>,
    #[schemars(with = "TimeText")]
    at: Timestamp,
    by: String,
    #[schemars(with = "Option<TimeText>")]
    cleared_at: Option<Timestamp>,
}

/// A row of `task.list` and `ready.list`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TaskDoc {
    r#ref: String,
    number: u32,
    title: String,
    status: &'static str,
    progress: u8,
    evidence: Option<Counted>,
    estimate_minutes: Option<u32>,
    owner: Option<String>,
    claim: Option<String>,
    after: Vec<String>,
    #[schemars(with = "Vec<HeadText>")]
    heads: Vec<RecordKey>,
    stage: &'static str,
    milestone: String,
    assignees: Vec<String>,
    labels: Vec<String>,
    #[schemars(with = "Option<PriorityText>")]
    priority: Option<Priority>,
    #[schemars(with = "Option<DateText>")]
    start: Option<Date>,
    #[schemars(with = "Option<DateText>")]
    due: Option<Date>,
    waits_for: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ties: Vec<TieDoc>,
    blockers: Vec<BlockerDoc>,
    day: Option<u32>,
    took_days: Option<u32>,
}

/// A row of `milestone.list`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MilestoneDoc {
    r#ref: String,
    title: String,
    status: &'static str,
    progress: u8,
    tasks: Counted,
    #[schemars(with = "Option<DateText>")]
    due: Option<Date>,
    owner: Option<String>,
    labels: Vec<String>,
    assignees: Vec<String>,
    #[schemars(with = "Option<PriorityText>")]
    priority: Option<Priority>,
    #[schemars(with = "Option<DateText>")]
    start: Option<Date>,
    estimate_minutes: Option<u32>,
    health: Option<&'static str>,
    stage: &'static str,
    after: Vec<String>,
    waits_for: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ties: Vec<TieDoc>,
    blockers: Vec<BlockerDoc>,
    #[schemars(with = "Vec<HeadText>")]
    heads: Vec<RecordKey>,
    #[schemars(with = "Option<TimeText>")]
    created_at: Option<Timestamp>,
    #[schemars(with = "TimeText")]
    changed_at: Timestamp,
    #[schemars(with = "Option<TimeText>")]
    started_at: Option<Timestamp>,
    #[schemars(with = "Option<TimeText>")]
    completed_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct CriterionDoc {
    number: usize,
    id: String,
    text: String,
    checked: bool,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct NoteDoc {
    id: String,
    #[schemars(with = "TimeText")]
    at: Timestamp,
    by: String,
    text: String,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct LinkDoc {
    id: String,
    kind: String,
    to: String,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct ReportDoc {
    done: u32,
    of: u32,
    percent: bool,
}

/// What `show` has of milestones and tasks beside their row.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PartsDoc {
    description: Option<String>,
    template: Option<String>,
    external_id: Option<String>,
    time_spent_minutes: u32,
    reported: Option<ReportDoc>,
    criteria: Vec<CriterionDoc>,
    notes: Vec<NoteDoc>,
    links: Vec<LinkDoc>,
    risks: Vec<RiskDoc>,
    conflicts: Vec<String>,
    created_by: String,
}

/// `data` of `task.show`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TaskShow {
    #[serde(flatten)]
    row: TaskDoc,
    #[serde(flatten)]
    parts: PartsDoc,
    stream: String,
    weight: u32,
    workflow: Option<WorkflowLook>,
    #[schemars(with = "Option<TimeText>")]
    created_at: Option<Timestamp>,
    #[schemars(with = "TimeText")]
    changed_at: Timestamp,
    #[schemars(with = "Option<TimeText>")]
    started_at: Option<Timestamp>,
    #[schemars(with = "Option<TimeText>")]
    completed_at: Option<Timestamp>,
}

/// `data` of `milestone.show`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MilestoneShow {
    #[serde(flatten)]
    row: MilestoneDoc,
    #[serde(flatten)]
    parts: PartsDoc,
    left_open: Vec<String>,
    /// What came of it, once it was put away.
    review: Option<LookBackDoc>,
    task_list: Vec<TaskDoc>,
}

fn text(text: &Option<Box<str>>) -> Option<String> {
    text.as_ref().map(ToString::to_string)
}

fn texts(list: &[Box<str>]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

fn refs(state: &State, streams: &[StreamId]) -> Vec<String> {
    streams.iter().map(|stream| reference_of(state, stream)).collect()
}

fn waits(state: &State, item: &Item, stream: &StreamId) -> Vec<String> {
    if item.is_closed() {
        Vec::new()
    } else {
        waits_for(state, stream).iter().map(|hold| ties::name_of(state, hold)).collect()
    }
}

fn blockers(item: &Item) -> Vec<BlockerDoc> {
    let doc = |held: &milestone_core::domain::Blocker| BlockerDoc {
        id: held.id.to_string(),
        text: held.text.to_string(),
        on: text(&held.on),
        until: held.until,
        at: held.at,
        by: held.by.to_string(),
        cleared_at: held.cleared_at,
    };
    item.blockers.iter().map(doc).collect()
}

impl TaskDoc {
    /// The row of a task that was looked at.
    pub fn of(state: &State, task: &Task, view: TaskView) -> Self {
        let item = &task.item;
        Self {
            r#ref: view.reference,
            number: view.number,
            title: view.title,
            status: view.status.json(),
            progress: view.progress,
            evidence: view.evidence.map(|(done, of)| Counted { done, of }),
            estimate_minutes: item.estimate,
            owner: view.owner,
            claim: None,
            after: refs(state, &item.dependencies),
            heads: state.frontier(task.stream.as_str()),
            stage: task_status_word(item.stage),
            milestone: task.home.to_string(),
            assignees: texts(&item.assignees),
            labels: view.labels,
            priority: item.priority,
            start: item.start,
            due: item.due,
            waits_for: waits(state, item, &task.stream),
            ties: ties::docs(state, item, &task.stream),
            blockers: blockers(item),
            day: view.day.map(|day| day.day),
            took_days: view.took_days,
        }
    }
}

impl MilestoneDoc {
    /// The row of a milestone that was looked at.
    pub fn of(state: &State, milestone: &Milestone, view: MilestoneView) -> Self {
        let (item, stream) = (&milestone.item, milestone.stream());
        let stage = effective_stage(milestone, &state.rows(milestone.id.as_str()));
        Self {
            status: if view.blocked { "blocked" } else { view.state.json() },
            r#ref: view.reference,
            title: view.title,
            progress: view.progress,
            tasks: Counted { done: view.tasks_done, of: view.tasks_total },
            due: item.due,
            owner: view.owner,
            labels: view.labels,
            assignees: texts(&item.assignees),
            priority: item.priority,
            start: item.start,
            estimate_minutes: item.estimate,
            health: view.health.map(Health::word),
            stage: status_word(stage),
            after: refs(state, &item.dependencies),
            waits_for: waits(state, item, &stream),
            ties: ties::docs(state, item, &stream),
            blockers: blockers(item),
            heads: state.frontier(stream.as_str()),
            created_at: item.created_at,
            changed_at: item.changed_at,
            started_at: item.started_at,
            completed_at: item.completed_at,
        }
    }
}

impl PartsDoc {
    fn of(item: &Item, stream: &StreamId) -> Self {
        let criteria = item.criteria.iter().enumerate().map(|(place, held)| CriterionDoc {
            number: place + 1,
            id: held.id.to_string(),
            text: held.text.to_string(),
            checked: held.checked,
        });
        let notes = item.notes.iter().map(|held| NoteDoc {
            id: held.id.to_string(),
            at: held.at,
            by: held.by.to_string(),
            text: held.text.to_string(),
        });
        let links = item.links.iter().map(|held| LinkDoc {
            id: held.id.to_string(),
            kind: held.kind.to_string(),
            to: held.to.to_string(),
        });
        Self {
            description: text(&item.description),
            template: text(&item.template),
            external_id: text(&item.external_id),
            time_spent_minutes: item.time_spent,
            reported: item.report.map(|report| ReportDoc {
                done: report.done,
                of: report.of,
                percent: report.percent,
            }),
            criteria: criteria.collect(),
            notes: notes.collect(),
            links: links.collect(),
            risks: item.risks.iter().map(RiskDoc::of).collect(),
            conflicts: item.conflicts.iter().map(|conflict| conflict.id(stream)).collect(),
            created_by: item.created_by.to_string(),
        }
    }
}

impl TaskShow {
    /// A task with everything that is known of it.
    pub fn of(state: &State, task: &Task, view: TaskView, workflow: Option<WorkflowLook>) -> Self {
        let item = &task.item;
        Self {
            workflow,
            row: TaskDoc::of(state, task, view),
            parts: PartsDoc::of(item, &task.stream),
            stream: task.stream.to_string(),
            weight: task.weight(),
            created_at: item.created_at,
            changed_at: item.changed_at,
            started_at: item.started_at,
            completed_at: item.completed_at,
        }
    }
}

impl MilestoneShow {
    /// A milestone with its tasks and everything that is known of it.
    pub(super) fn of(
        state: &State,
        milestone: &Milestone,
        (view, review): (MilestoneView, Option<LookBackDoc>),
    ) -> Self {
        let tasks = view.tasks.clone().into_iter().zip(state.tasks_of(milestone.id.as_str()));
        let task_list = tasks.map(|(view, task)| TaskDoc::of(state, &task, view)).collect();
        Self {
            row: MilestoneDoc::of(state, milestone, view),
            parts: PartsDoc::of(&milestone.item, &milestone.stream()),
            left_open: refs(state, &milestone.left_open),
            review,
            task_list,
        }
    }
}
