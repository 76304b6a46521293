//! The domain: what happened, what it makes of a milestone or a task, and what is refused.
//!
//! Start at [`Event`] for facts, [`Milestone`] and [`Task`] for what they add up to, [`Command`]
//! and [`decide`] for what may be asked.
//!
//! - **Invariant.** [`decide`] is pure and `evolve` is total: rules are checked once, when a
//!   command is decided, and a log that was written can always be read.
//! - **Absent on purpose.** Bytes of records, files, the clock. Where the aggregates of others come
//!   from, `decide` asks a [`Plan`].

mod at;
mod command;
mod conflict;
mod cycles;
mod decide;
mod derived;
mod event;
mod fields;
mod holds;
mod import;
mod item;
mod kinds;
mod merge;
mod milestone;
mod opposite;
mod opposite_phase;
mod opposite_risk;
mod parts;
mod payload;
mod phases;
mod plan;
mod project;
mod raw_text;
mod ready;
mod reference;
mod refusal;
mod risk;
mod risk_events;
mod session;
mod signed;
mod steps;
mod task;
mod tie;
mod workflow;

pub use at::{At, Verdict};
pub use command::{
    Asker, Command, FileContent, NewCriterion, NewDelivery, NewPhase, NewTask, NewWorkflow, Place,
    Probability, ProgressValue, RiskStep, RiskValues, Step,
};
pub use conflict::{Conflict, Subject};
pub use cycles::{Cycles, cycles};
pub use decide::decide;
pub use derived::{
    MilestoneProgress, effective_stage, is_settled, milestone_progress, path, path_with,
    task_percent,
};
pub use event::{Body, Event};
pub use fields::{Field, Fields, ListField, Priority, Value};
pub use holds::{Hold, HoldWhy, terms_of, waits_for, waits_to_finish};
pub use import::{ImportedEdge, ImportedItem, Remark, SourceJson};
pub use item::{Birth, Blocker, Criterion, Item, Link, Note, Report, Stage};
pub use kinds::{KINDS, KindSpec, MemberSpec, RESERVED_KINDS, details_table};
pub use milestone::{Milestone, PLANNED, UNDONE, status_word};
pub use opposite::{Touch, opposite, touches};
pub use payload::{
    BlockerCleared, BlockerRaised, ConflictResolved, Created, CriterionAdded, Dependency, Edited,
    LinkAdded, NoteAdded, Part, Progress, ProjectCreated, SettingChanged, TaskMoved, Transition,
    Undone,
};
pub use plan::{Brief, Plan, TaskRow};
pub use project::{ProjectState, Rival, Setting};
pub use raw_text::RawText;
pub use ready::{Held, Ready, ready};
pub use reference::{numbered, reference_of, resolve};
pub use refusal::Refusal;
pub use risk::{RiskEntry, RiskLevel, RiskOutcome};
pub use risk_events::{Risk, RiskChanges, RiskClosed, RiskUpdated};
pub use session::{SESSIONS_MAX, Session, SessionChange, SessionRival, SessionStep};
pub use signed::{CheckpointSigned, SIGNED_HEADS_MAX};
pub use steps::{Content, Delivery, PhaseChange, PhaseSpec, WorkflowEnabled};
pub use task::{Task, WEIGHT_DEFAULT, WHOLE, task_status_word};
pub use tie::{
    Abroad, Around, ELSEWHERE_BYTES_MAX, Elsewhere, LAG_MINUTES_MAX, Terms, Tie, TieKind,
    after_working,
};
pub use workflow::{
    AGENT_PREFIX, DELIVERABLES_MAX, Deliverable, Given, PHASES_MAX, Phase, PhaseStatus, Workflow,
    is_agent,
};
