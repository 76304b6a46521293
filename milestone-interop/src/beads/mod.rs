//! Import of Beads: one JSON object per line, as one file or as the backup form of several.
//!
//! - **Start here.** [`plan()`] takes the files' bytes and returns an [`ImportPlan`]: issues, edges
//!   and the [`LossReport`] that accounts for every line, field and edge.
//! - **Layers.** `time, text, scalar ← record ← source ← shape, order ← notes, lifecycle, issue,
//!   edges ← plan`; `report` is filled by each of them, mostly through `account`.
//! - **Invariant.** The plan depends on the files' bytes and names, not on their order.
//! - **Absent on purpose.** I/O, the present time, and commands: a plan is neutral data.

mod account;
mod commands;
mod edges;
mod error;
mod issue;
mod lifecycle;
mod member;
mod notes;
mod order;
mod plan;
mod record;
mod render;
mod report;
mod scalar;
mod shape;
mod source;
mod text;
mod time;

pub use commands::commands;
pub use edges::{EdgeRole, ImportEdge};
pub use error::ImportError;
pub use issue::{Home, ImportBlocker, ImportIssue, IssueKind, IssueStatus, Priority, Stamp};
pub use notes::{ImportCriterion, ImportNote, NoteKind};
pub use order::{Verdict, without_cycles};
pub use plan::{ImportOptions, ImportPlan, plan};
pub use report::{
    ContainmentCount, EdgeCount, FieldCount, FileCount, IssueCount, Loss, LossReason, LossReport,
    Warning,
};
pub use source::{FileKind, SourceFile};
