//! Projections: everything that is derived from the log, and how it is kept up to date.
//!
//! Start at [`State`], the fold in memory that every other projection is fed from, and at
//! [`Projection`], the contract of those.
//!
//! - **Invariant.** Incremental is the same as rebuilt, for every history, forks and merges
//!   included.

mod base;
mod cache;
mod catch_up;
mod contract;
mod difference;
mod document;
mod engine;
mod fold;
mod graph;
mod risk_doc;
mod rows;
mod state;
mod workflow_doc;

pub use base::{Base, CommandEntry, CommandKey, Framed};
pub use catch_up::{Caught, Change, advance, rebuild, rebuild_by, restore, restore_to};
pub use contract::{Batch, Fingerprint, Locality, Placed, Projection, ProjectionError, Spec};
pub use difference::{Difference, Fate, MemberChange, ValueChange, difference, difference_of};
pub use document::{BlockerDoc, ConflictDoc, CriterionDoc, Document, LinkDoc, NoteDoc, ReportDoc};
pub use engine::{
    EngineError, Verified, Work, build, build_all, build_while, plan, project, verify,
};
pub use fold::{Folder, Irregular};
pub use risk_doc::RiskDoc;
pub use state::State;
pub use workflow_doc::{DeliverableDoc, PhaseDoc, WorkflowDoc};
