//! Why a command is refused.
//!
//! Start at [`Refusal`]. Nothing was written when one is returned. The edge adds the hint: a
//! command that can be typed.

use super::conflict::Subject;
use crate::words::{Date, RecordId, SlugFault, TextFault, Timestamp};

/// Why a command is refused. Nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the members are named in the messages")]
pub enum Refusal {
    /// Nothing is called that.
    #[error("no milestone or task is called \"{asked}\"")]
    UnknownRef { asked: String },
    /// Several things are called that.
    #[error("\"{asked}\" fits {}", count(candidates.len(), "thing"))]
    AmbiguousRef { asked: String, candidates: Vec<String> },
    /// A prefix where whole names are wanted.
    #[error("\"{asked}\" is not a whole name; it would be {found}")]
    PrefixRef { asked: String, found: String },
    /// A milestone was asked for.
    #[error("{reference} is a task, and this is for milestones")]
    NotAMilestone { reference: String },
    /// A task was asked for.
    #[error("{reference} is a milestone, and this is for tasks")]
    NotATask { reference: String },
    /// There is a project already.
    #[error("this is the project \"{name}\" already")]
    ProjectExists { name: String },
    /// The id that was given is taken.
    #[error("the id {id} is taken")]
    IdTaken { id: String },
    /// The id that was given is none.
    #[error("\"{id}\" cannot be an id: {fault}")]
    BadId { id: String, fault: SlugFault },
    /// The id that was given is a word of the grammar.
    #[error("\"{id}\" cannot be an id: it is a word of the command line")]
    ReservedId { id: String },
    /// A task's id of digits alone would be taken for its number.
    #[error("\"{id}\" cannot be the id of a task: it reads as a number")]
    NumberId { id: String },
    /// A text breaks the rules.
    #[error("the {what} cannot be used: {fault}")]
    BadText { what: &'static str, fault: TextFault },
    /// Progress that is none.
    #[error("progress of {given} is outside 0 to 100 percent")]
    BadProgress { given: String },
    /// A number that is too large.
    #[error("the {what} {given} is over the limit of {max}")]
    TooLarge { what: &'static str, given: u64, max: u64 },
    /// It would end before it begins.
    #[error("due {due} is before the start {start}")]
    DueBeforeStart { start: Date, due: Date },
    /// It is said to have ended before it began.
    #[error("{reference} began {started}, so it was not finished {done}")]
    DoneBeforeStart { reference: String, started: Timestamp, done: Timestamp },
    /// It would wait for itself.
    #[error("{reference} cannot depend on itself")]
    DependsOnItself { reference: String },
    /// It waits for that already.
    #[error("{reference} depends on {on} already")]
    DependencyExists { reference: String, on: String },
    /// Nothing in another project is called that.
    #[error("\"{asked}\" names nothing in another project: it is a way from here, # and an id")]
    NotElsewhere { asked: String },
    /// It does not wait for that.
    #[error("{reference} does not depend on {on}")]
    NoDependency { reference: String, on: String },
    /// Each would wait for the other.
    #[error("this would close a cycle: {}", path.join(" → "))]
    Cycle { path: Vec<String> },
    /// Not all of it is done.
    #[error("{milestone} has {} open", count(tasks.len(), "task"))]
    OpenTasks { milestone: String, tasks: Vec<String> },
    /// Something is in the way.
    #[error("{reference} is blocked: {}", blockers.join("; "))]
    Blocked { reference: String, blockers: Vec<String> },
    /// Something must be done before.
    #[error("{reference} waits for {}", on.join(", "))]
    Waiting { reference: String, on: Vec<String> },
    /// It has begun, and cannot be finished before something else has come.
    #[error("{reference} cannot be finished yet: it waits for {}", on.join(", "))]
    WaitingToFinish { reference: String, on: Vec<String> },
    /// It is in a status in which this cannot be done.
    #[error("{reference} is {status}, so it cannot be {action}")]
    WrongStatus { reference: String, status: &'static str, action: &'static str },
    /// Its milestone is in a status in which this cannot be done.
    #[error("the milestone {milestone} is {status}, so {reference} cannot be {action}")]
    MilestoneClosed {
        milestone: String,
        status: &'static str,
        reference: String,
        action: &'static str,
    },
    /// There is no such criterion.
    #[error("{reference} has {}, so there is no number {item}", count(*of, "criterion"))]
    NoCriterion { reference: String, item: usize, of: usize },
    /// Nothing is in the way.
    #[error("nothing blocks {reference}")]
    NotBlocked { reference: String },
    /// Something is in the way, and nothing by that name.
    #[error("no blocker of {reference} is called \"{asked}\"")]
    UnknownBlocker { reference: String, asked: String, blockers: Vec<(String, String)> },
    /// Several things are in the way.
    #[error("{} block {reference}", count(blockers.len(), "blocker"))]
    WhichBlocker { reference: String, blockers: Vec<(String, String)> },
    /// Nothing that may go wrong is known, or is still open.
    #[error("{reference} has no open risk")]
    NoRisk { reference: String },
    /// Something may go wrong, and nothing by that name.
    #[error("no risk of {reference} is called \"{asked}\"")]
    UnknownRisk { reference: String, asked: String, risks: Vec<(String, String)> },
    /// Several things may go wrong.
    #[error("{} fit for {reference}", count(risks.len(), "risk"))]
    WhichRisk { reference: String, risks: Vec<(String, String)> },
    /// It is known what became of it.
    #[error("the risk {risk} of {reference} is closed: {outcome}")]
    RiskIsClosed { reference: String, risk: String, outcome: String },
    /// No conflict is called that.
    #[error("no open conflict is called \"{asked}\"")]
    UnknownConflict { asked: String },
    /// It was never meant to be undone.
    #[error("record {record:.16} cannot be undone: {why}")]
    CannotUndo { record: RecordId, why: String },
    /// Somebody built on it.
    #[error("record {record:.16} cannot be undone: record {later:.16} has built on it")]
    BuiltOnTop { record: RecordId, later: RecordId, what: Option<Subject> },
    /// A kind that embedders may not use.
    #[error("\"{kind}\" is not an event kind of the form x.<vendor>.<name>")]
    BadKind { kind: String },
    /// Details that are no JSON object.
    #[error("the details of {kind} are no JSON object without floats")]
    BadDetails { kind: String },
    /// The workflow that was asked for is none.
    #[error("the workflow \"{workflow}\" cannot be used: {why}")]
    BadWorkflow { workflow: String, why: String },
    /// It has phases, and something has happened in them.
    #[error("{reference} has the workflow \"{workflow}\" already, and it has begun")]
    WorkflowBegun { reference: String, workflow: String },
    /// It has no phases.
    #[error("{reference} has no workflow")]
    NoWorkflow { reference: String },
    /// No phase is called that.
    #[error("{reference} has no phase \"{asked}\"")]
    UnknownPhase { reference: String, asked: String, phases: Vec<String> },
    /// Nothing is left to do in its phases.
    #[error("every phase of {reference} is finished")]
    PhasesFinished { reference: String },
    /// Another phase comes first.
    #[error("{reference}:{phase} comes after {before}, which is {status}")]
    PhaseOutOfOrder { reference: String, phase: String, before: String, status: &'static str },
    /// The phase is in a status in which this cannot be done.
    #[error("{reference}:{phase} is {status}, so it cannot be {action}")]
    WrongPhaseStatus {
        reference: String,
        phase: String,
        status: &'static str,
        action: &'static str,
    },
    /// Some phases are not finished.
    #[error("{reference} has {} open: {}", count(phases.len(), "phase"), phases.join(", "))]
    OpenPhases { reference: String, phases: Vec<String> },
    /// People approve, agents do not.
    #[error("agents cannot {action}; {reference}:{phase} needs a person")]
    AgentCannotJudge {
        reference: String,
        phase: String,
        action: &'static str,
        submitted_by: Option<String>,
    },
    /// Whoever submits does not approve.
    #[error("{actor} submitted {reference}:{phase} and cannot approve it")]
    OwnSubmission { reference: String, phase: String, actor: String },
    /// Something that was submitted is not what it was.
    #[error("{reference}:{phase} is not what was submitted: {} changed", changed.join(", "))]
    DeliverablesChanged { reference: String, phase: String, changed: Vec<String> },
    /// A deliverable's file cannot be read.
    #[error("the deliverable \"{name}\" of {reference}:{phase} cannot be read: {path}")]
    DeliverableUnreadable { reference: String, phase: String, name: String, path: String },
    /// No deliverable is called that.
    #[error("nothing called \"{name}\" was delivered in {reference}:{phase}")]
    UnknownDeliverable { reference: String, phase: String, name: String },
    /// A deliverable of nothing.
    #[error("the deliverable \"{name}\" is neither a file, an address nor a text")]
    EmptyDelivery { name: String },
    /// What was signed cannot be put down.
    #[error("a checkpoint {why}")]
    BadCheckpoint { why: &'static str },
    /// A phase is handed over with nothing of what its workflow asks for.
    #[error(
        "nothing was delivered in phase {phase} of {reference}, which wants {}",
        wanted.join(", ")
    )]
    NothingDelivered { reference: String, phase: String, wanted: Vec<String> },
    /// No session is called that.
    #[error("no session is called \"{asked}\"")]
    UnknownSession { asked: String },
    /// The session is in a status in which this cannot be done.
    #[error("the session {session} is {status}, so it cannot be {action}")]
    WrongSession { session: String, status: &'static str, action: &'static str },
    /// A relation of another tool leads to something that is not here.
    #[error("there is nothing here with the foreign id \"{id}\"")]
    UnknownForeign { id: String },
}

/// `1 task`, `2 tasks`, `3 criteria`.
fn count(number: usize, what: &str) -> String {
    match (number, what) {
        (1, what) => format!("1 {what}"),
        (number, "criterion") => format!("{number} criteria"),
        (number, what) => format!("{number} {what}s"),
    }
}
