//! A task's workflow as part of its document.
//!
//! Start at [`WorkflowDoc`].
//!
//! - **Invariant.** Everything that the task holds of its workflow is here, under its public name.
//! - **Absent on purpose.** Whether an approval still holds: that follows from files.

use serde::{Deserialize, Serialize};

use crate::domain::{Deliverable, Phase, PhaseStatus, Workflow};
use crate::words::Timestamp;

fn is_false(flag: &bool) -> bool {
    !flag
}

/// A deliverable, as a document shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliverableDoc {
    /// Its name.
    pub name: String,
    /// True if the workflow asks for it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub wanted: bool,
    /// The file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// An address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// A few words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The SHA-256 of the file when it was delivered or submitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// When it was delivered; absent if it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// By whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// A phase, as a document shows it. Durations are minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhaseDoc {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub status: PhaseStatus,
    /// Its share in the progress of the task.
    pub weight: u32,
    /// The least time it should take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes_min: Option<u32>,
    /// The most time it should take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes_max: Option<u32>,
    /// True if somebody has to approve it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub approval_required: bool,
    /// When it was begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When it was last submitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submitted_at: Option<Timestamp>,
    /// By whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submitted_by: Option<String>,
    /// When somebody last judged it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<Timestamp>,
    /// Who did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// What is wanted, and what was delivered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deliverables: Vec<DeliverableDoc>,
}

/// A workflow, as a document shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkflowDoc {
    /// Its name.
    pub name: String,
    /// Its phases, in their order.
    pub phases: Vec<PhaseDoc>,
}

impl WorkflowDoc {
    /// The document of a workflow.
    pub fn of(workflow: &Workflow) -> Self {
        let phases = workflow.phases.iter().map(PhaseDoc::of).collect();
        Self { name: workflow.name.to_string(), phases }
    }
}

impl PhaseDoc {
    /// The document of a phase.
    pub fn of(phase: &Phase) -> Self {
        Self {
            name: phase.name.to_string(),
            status: phase.status,
            weight: phase.weight,
            minutes_min: phase.minutes_min,
            minutes_max: phase.minutes_max,
            approval_required: phase.approval_required,
            started_at: phase.started_at,
            submitted_at: phase.submitted_at,
            submitted_by: text(&phase.submitted_by),
            decided_at: phase.decided_at,
            decided_by: text(&phase.decided_by),
            deliverables: phase.deliverables.iter().map(DeliverableDoc::of).collect(),
        }
    }
}

impl DeliverableDoc {
    fn of(held: &Deliverable) -> Self {
        let given = held.given.as_ref();
        Self {
            name: held.name.to_string(),
            wanted: held.wanted,
            path: given.and_then(|given| text(&given.path)),
            url: given.and_then(|given| text(&given.url)),
            text: given.and_then(|given| text(&given.text)),
            sha256: given.and_then(|given| text(&given.sha256)),
            at: given.map(|given| given.at),
            by: given.map(|given| given.by.to_string()),
        }
    }
}

fn text(text: &Option<Box<str>>) -> Option<String> {
    text.as_ref().map(ToString::to_string)
}
