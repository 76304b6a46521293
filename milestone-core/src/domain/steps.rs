//! What events about a workflow carry in `details`.
//!
//! Start at [`WorkflowEnabled`], which holds all that a task takes over from a workflow file, so
//! that replay needs nothing but the log.
//!
//! - **Invariant.** The members are written in the order in which they stand here, for ever.

use serde::{Deserialize, Serialize};

use crate::words::Text;

fn is_false(flag: &bool) -> bool {
    !flag
}

/// A phase as it was defined when the workflow was enabled.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PhaseSpec {
    /// Its name.
    pub phase: String,
    /// Its share in the progress of the task.
    #[serde(default)]
    pub weight: u32,
    /// The least time it should take, in minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes_min: Option<u32>,
    /// The most time it should take, in minutes; absent if that is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes_max: Option<u32>,
    /// True if somebody has to approve it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub approval_required: bool,
    /// The names of what is to be delivered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deliverables: Vec<String>,
}

/// `workflow_enabled`: the phases of the task from now on. A phase that keeps its name keeps where
/// it stands. Without phases the task has no workflow any more.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct WorkflowEnabled<'a> {
    /// The task's slug.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Text<'a>>,
    /// The workflow's name.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub workflow: Option<Text<'a>>,
    /// Its phases, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phases: Vec<PhaseSpec>,
}

/// What a deliverable's file held.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Content {
    /// The deliverable.
    pub deliverable: String,
    /// The SHA-256 of the file, in hex.
    pub sha256: String,
}

/// `phase_started`, `phase_submitted`, `phase_approved`, `phase_changes_requested` and
/// `phase_rejected`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PhaseChange<'a> {
    /// The task's slug.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Text<'a>>,
    /// The phase.
    #[serde(borrow)]
    pub phase: Text<'a>,
    /// What the files held when the phase was submitted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contents: Vec<Content>,
    /// True if this takes the phase back to where nothing had happened in it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub undone: bool,
    /// What was said with it.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<Text<'a>>,
}

/// `deliverable_added`, `deliverable_removed`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Delivery<'a> {
    /// The task's slug.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Text<'a>>,
    /// The phase.
    #[serde(borrow)]
    pub phase: Text<'a>,
    /// The deliverable's name. The same name again replaces what was there.
    #[serde(borrow)]
    pub deliverable: Text<'a>,
    /// The file, from the directory of the project.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub path: Option<Text<'a>>,
    /// An address.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Text<'a>>,
    /// A few words.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text<'a>>,
    /// The SHA-256 of the file when it was delivered, in hex.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Text<'a>>,
}
