//! What may be asked.
//!
//! Start at [`Command`]. References are texts as people type them; `decide` resolves them.
//!
//! - **Invariant.** A command says what was asked and nothing that was drawn or looked up: no ids,
//!   no time. Its JSON is what an idempotency key is compared by.

use serde::Serialize;

use super::event::Event;
use super::fields::Fields;
use super::import::{ImportedEdge, ImportedItem};
use super::risk::{RiskLevel, RiskOutcome};
use super::session::SessionStep;
use super::signed::CheckpointSigned;
use super::steps::PhaseSpec;
use super::tie::Terms;
use crate::words::{Date, RecordId, Timestamp};

/// A task that is to be added.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct NewTask {
    /// The title.
    pub title: String,
    /// The slug, if it is not to be made from the title.
    pub id: Option<String>,
    /// Further fields.
    pub fields: Fields<'static>,
    /// What can be checked off.
    pub criteria: Vec<NewCriterion>,
    /// What must be done before.
    pub after: Vec<String>,
    /// True if it is done already.
    pub done: bool,
    /// Its workflow, if it is to have one.
    pub workflow: Option<NewWorkflow>,
}

/// A workflow that a task is to have.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct NewWorkflow {
    /// Its name.
    pub name: String,
    /// Its phases, in their order.
    pub phases: Vec<NewPhase>,
}

/// A phase of a workflow that a task is to have.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct NewPhase {
    /// What the event keeps of it.
    #[serde(flatten)]
    pub spec: PhaseSpec,
    /// What can be checked off in it.
    pub criteria: Vec<String>,
}

/// What a file holds, for whoever decides about a phase.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct FileContent {
    /// The file, as a deliverable names it.
    pub path: String,
    /// The SHA-256 of it, in hex; `None` if it cannot be read.
    pub sha256: Option<String>,
}

/// What is handed in for a deliverable.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct NewDelivery {
    /// The file, from the directory of the project.
    pub path: Option<String>,
    /// An address.
    pub url: Option<String>,
    /// A few words.
    pub text: Option<String>,
    /// The SHA-256 of the file, in hex.
    pub sha256: Option<String>,
}

/// What may be done with a phase. `contents` is what the files of the task's deliverables hold
/// now; one that is not among them is not looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the members are named after the flags they come from")]
pub enum Step {
    /// Begin it.
    Start { contents: Vec<FileContent> },
    /// Hand in a deliverable. Begins the phase if it can be begun.
    Deliver { name: String, delivery: NewDelivery, contents: Vec<FileContent> },
    /// Take a deliverable back.
    TakeBack { name: String },
    /// Hand it over for approval; finish it if it wants none.
    Submit { contents: Vec<FileContent>, note: Option<String> },
    /// Approve what was submitted.
    Approve { contents: Vec<FileContent>, note: Option<String> },
    /// Ask for changes.
    RequestChanges { note: String },
    /// Send it back to where nothing had happened.
    Reject { note: String },
    /// Say how long it should take, in minutes; `None` leaves that open.
    Plan { minutes_min: Option<u32>, minutes_max: Option<u32> },
}

/// How likely something is, as it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Probability {
    /// In percent.
    Percent(u32),
    /// In a word.
    Level(RiskLevel),
}

/// What is said of a risk. `None` is not said; `Some(None)` clears it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct RiskValues {
    /// What may go wrong.
    pub title: Option<String>,
    /// How likely.
    pub probability: Option<Option<Probability>>,
    /// How bad.
    pub impact: Option<Option<RiskLevel>>,
    /// By how much it would delay, in minutes of work.
    pub delay: Option<Option<u32>>,
    /// What is done about it.
    pub mitigation: Option<Option<String>>,
    /// Who watches it.
    pub owner: Option<Option<String>>,
    /// When it is known whether it happens.
    pub trigger: Option<Option<Date>>,
}

/// What may be done with a risk. It is named by its id or an unambiguous beginning of it; without
/// one it is the only one that is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the members are named after the flags they come from")]
pub enum RiskStep {
    /// Say what may go wrong.
    Identify { values: RiskValues },
    /// Change what was said.
    Update { risk: Option<String>, values: RiskValues },
    /// Say what became of it.
    Close { risk: Option<String>, outcome: RiskOutcome, note: Option<String> },
}

/// Something new that can be checked off.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct NewCriterion {
    /// What must hold.
    pub text: String,
    /// True if it is checked off already.
    pub checked: bool,
}

impl From<&str> for NewCriterion {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), checked: false }
    }
}

/// Progress, as it is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum ProgressValue {
    /// Whole percent.
    Percent(u32),
    /// So many of so many.
    Of {
        /// So many are done …
        done: u32,
        /// … of so many.
        of: u32,
    },
}

/// Where a task goes among the tasks of its milestone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Place {
    /// Before all others.
    First,
    /// Behind all others.
    Last,
    /// Behind this one.
    After(String),
}

/// What may be asked. Every reference is a text: `api`, `api/endpoints`, `api/3`, an external id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the members are named after the fields and flags they come from")]
pub enum Command {
    /// Begin a project.
    CreateProject { name: String, demo: bool },
    /// Create a milestone, with tasks.
    CreateMilestone {
        title: String,
        id: Option<String>,
        fields: Fields<'static>,
        criteria: Vec<String>,
        tasks: Vec<NewTask>,
        after: Vec<String>,
    },
    /// Add tasks to a milestone: all of them or none.
    AddTasks { on: String, tasks: Vec<NewTask> },
    /// Change fields. Nothing is recorded of what does not change.
    Edit {
        targets: Vec<String>,
        set: Fields<'static>,
        add: Fields<'static>,
        remove: Fields<'static>,
    },
    /// Begin.
    Start { targets: Vec<String>, force: Option<String> },
    /// Report progress.
    Progress { target: String, value: ProgressValue, note: Option<String>, time_spent: u32 },
    /// Finish. `contents` is what the files of deliverables hold now, as for a [`Step`].
    Complete {
        targets: Vec<String>,
        force: Option<String>,
        note: Option<String>,
        time_spent: u32,
        // What a file holds is not what was asked.
        #[serde(skip)]
        contents: Vec<FileContent>,
    },
    /// Put milestones down for a while.
    Pause { targets: Vec<String>, reason: Option<String> },
    /// Take up again what was put down.
    Resume { targets: Vec<String>, reason: Option<String> },
    /// Give up.
    Cancel { targets: Vec<String>, reason: String },
    /// Take up again what was finished or given up.
    Reopen { targets: Vec<String>, reason: Option<String> },
    /// Put finished milestones away, with what is to be said of them.
    Archive {
        targets: Vec<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        review: Option<String>,
    },
    /// Bring archived milestones back.
    Restore { targets: Vec<String> },
    /// Take tasks out.
    RemoveTasks { targets: Vec<String> },
    /// Move a task to another place or milestone.
    MoveTask { target: String, to: Option<String>, place: Place },
    /// Say what is in the way.
    Block { target: String, text: String, on: Option<String>, until: Option<Date> },
    /// Say that it no longer is.
    Unblock { target: String, blocker: Option<String>, note: Option<String> },
    /// Write a note.
    Note { target: String, text: String },
    /// Note a relation without rules.
    Link { target: String, kind: String, to: String },
    /// Let it come after others, on these terms; each may be `PATH#REF` in another project.
    AddDependencies {
        target: String,
        after: Vec<String>,
        // What was asked before there were terms hashes as it did.
        #[serde(skip_serializing_if = "Terms::is_plain")]
        terms: Terms,
    },
    /// No longer require it.
    RemoveDependencies { target: String, after: Vec<String> },
    /// Give tasks a workflow.
    EnableWorkflow { targets: Vec<String>, workflow: NewWorkflow },
    /// Do something with a phase of a task; with the current one if none is named.
    Phase { target: String, phase: Option<String>, step: Step },
    /// Do something with a risk.
    Risk { target: String, step: RiskStep },
    /// Check criteria off, by their numbers from 1; or take the check back.
    Check { target: String, items: Vec<usize>, checked: bool },
    /// Add criteria.
    AddCriteria { target: String, texts: Vec<String> },
    /// Close a conflict, by its id or an unambiguous beginning of it.
    ResolveConflict { conflict: String, note: Option<String> },
    /// Give a setting that the whole project shares a value; without one, take it away.
    ChangeSetting { key: String, value: Option<String> },
    /// Begin a session, put it down, take it up again or end it. Its id is the `session_id` of the
    /// records that are written in it.
    Session {
        session: String,
        step: SessionStep,
        on: Option<String>,
        branch: Option<String>,
        next: Option<String>,
        notes: Option<String>,
    },
    /// Put down what somebody vouches the log to be; the signature is made outside.
    SignCheckpoint(Box<CheckpointSigned<'static>>),
    /// Append the opposite of a record, as `undo` worked it out.
    Undo { record: RecordId, opposite: Vec<Event<'static>> },
    /// Take in what somebody wrote into views. `decide` sees one plan, so that edits which build on
    /// each other are to be decided one by one, each on a plan in which the former have happened.
    Adopt { edits: Vec<Command> },
    /// Take in one record of another tool.
    Import(Box<ImportedItem>),
    /// Take in one relation of another tool.
    ImportEdge(ImportedEdge),
    /// Record an event of an embedder's own kind, `x.<vendor>.<name>`.
    Custom { kind: String, target: Option<String>, details: String },
}

/// Who asks, and when it really happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker<'a> {
    /// Who asks.
    pub actor: &'a str,
    /// What the clock says.
    pub now: Timestamp,
    /// When it really happened, if that is not now.
    pub at: Option<Timestamp>,
    /// True if references must be whole: a prefix that is unique today may not be tomorrow.
    pub exact: bool,
}

impl Command {
    /// The canonical JSON of what was asked: without white space, members in the order of the type.
    pub fn canonical(&self) -> String {
        serde_json::to_string(self).expect("a command has string keys and no floats")
    }
}
