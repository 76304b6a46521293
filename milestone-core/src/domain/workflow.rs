//! A task's workflow: its phases, where each stands, and what was delivered.
//!
//! Start at [`Workflow`]. How events change it is in `phases`, what is refused in `decide/phases`.
//!
//! - **Invariant.** Nothing here comes from a workflow file: the event that enabled the workflow
//!   has it all.
//! - **Absent on purpose.** What files hold now. Whoever reads them compares it with `sha256`.

use serde::{Deserialize, Serialize};

use super::steps::PhaseSpec;
use crate::words::Timestamp;

/// Most phases that a workflow may have.
pub const PHASES_MAX: usize = 16;

/// Most deliverables that a phase may have.
pub const DELIVERABLES_MAX: usize = 64;

/// What the names of agents begin with; everybody else is a person.
pub const AGENT_PREFIX: &str = "agent:";

/// True if somebody is an agent, however that is written.
pub fn is_agent(actor: &str) -> bool {
    let begin = actor.trim_start().get(..AGENT_PREFIX.len());
    begin.is_some_and(|begin| begin.eq_ignore_ascii_case(AGENT_PREFIX))
}

/// Where a phase stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhaseStatus {
    /// Not begun.
    Pending,
    /// Begun.
    InProgress,
    /// It waits for somebody's approval.
    Submitted,
    /// Somebody wants it changed.
    ChangesRequested,
    /// Somebody approved it.
    Approved,
    /// It was submitted, and nobody has to approve it.
    Done,
}

impl PhaseStatus {
    /// Every status, in the order of a phase's life.
    pub const ALL: [Self; 6] = [
        Self::Pending,
        Self::InProgress,
        Self::Submitted,
        Self::ChangesRequested,
        Self::Approved,
        Self::Done,
    ];

    /// The word for it, as documents have it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::InProgress => "in_progress",
            Self::Submitted => "submitted",
            Self::ChangesRequested => "changes_requested",
            Self::Approved => "approved",
            Self::Done => "done",
        }
    }

    /// True if the phase counts as finished.
    pub fn is_finished(self) -> bool {
        matches!(self, Self::Approved | Self::Done)
    }
}

/// What was handed in for a deliverable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// The file, from the directory of the project.
    pub path: Option<Box<str>>,
    /// An address.
    pub url: Option<Box<str>>,
    /// A few words.
    pub text: Option<Box<str>>,
    /// The SHA-256 of the file when it was delivered or, later, submitted, in hex.
    pub sha256: Option<Box<str>>,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Box<str>,
}

/// Something that a phase wants delivered, or that was delivered in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deliverable {
    /// Its name.
    pub name: Box<str>,
    /// True if the workflow asks for it.
    pub wanted: bool,
    /// What was handed in, if anything was.
    pub given: Option<Given>,
}

/// One phase of a workflow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phase {
    /// Its name.
    pub name: Box<str>,
    /// Where it stands.
    pub status: PhaseStatus,
    /// Its share in the progress of the task.
    pub weight: u32,
    /// The least time it should take, in minutes.
    pub minutes_min: Option<u32>,
    /// The most time it should take, in minutes.
    pub minutes_max: Option<u32>,
    /// True if somebody has to approve it.
    pub approval_required: bool,
    /// When it was begun.
    pub started_at: Option<Timestamp>,
    /// When it was last submitted.
    pub submitted_at: Option<Timestamp>,
    /// By whom.
    pub submitted_by: Option<Box<str>>,
    /// When somebody last approved or rejected it, or asked for changes.
    pub decided_at: Option<Timestamp>,
    /// Who did.
    pub decided_by: Option<Box<str>>,
    /// What the workflow asks for, in its order; then what was delivered besides, by name.
    pub deliverables: Vec<Deliverable>,
}

/// The workflow of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workflow {
    /// Its name.
    pub name: Box<str>,
    /// Its phases, in their order.
    pub phases: Vec<Phase>,
}

impl Phase {
    /// A phase in which nothing has happened.
    pub(super) fn new(spec: &PhaseSpec) -> Self {
        let mut phase = Self {
            name: spec.phase.as_str().into(),
            status: PhaseStatus::Pending,
            weight: spec.weight,
            minutes_min: spec.minutes_min,
            minutes_max: spec.minutes_max,
            approval_required: spec.approval_required,
            started_at: None,
            submitted_at: None,
            submitted_by: None,
            decided_at: None,
            decided_by: None,
            deliverables: Vec::new(),
        };
        for name in spec.deliverables.iter().take(DELIVERABLES_MAX) {
            if phase.deliverable(name).is_none() {
                let name = name.as_str().into();
                phase.deliverables.push(Deliverable { name, wanted: true, given: None });
            }
        }
        phase
    }

    /// As it was defined, so that it can be defined so again.
    pub fn spec(&self) -> PhaseSpec {
        let wanted = self.deliverables.iter().filter(|held| held.wanted);
        PhaseSpec {
            phase: self.name.to_string(),
            weight: self.weight,
            minutes_min: self.minutes_min,
            minutes_max: self.minutes_max,
            approval_required: self.approval_required,
            deliverables: wanted.map(|held| held.name.to_string()).collect(),
        }
    }

    /// A deliverable by its name.
    pub fn deliverable(&self, name: &str) -> Option<&Deliverable> {
        self.deliverables.iter().find(|held| *held.name == *name)
    }

    /// What the workflow asks for and nobody has delivered.
    pub fn missing(&self) -> impl Iterator<Item = &str> {
        let open = self.deliverables.iter().filter(|held| held.wanted && held.given.is_none());
        open.map(|held| &*held.name)
    }

    /// How many deliverables there are, and of how many.
    pub fn delivered(&self) -> (usize, usize) {
        let given = self.deliverables.iter().filter(|held| held.given.is_some()).count();
        (given, self.deliverables.len())
    }

    /// True if nothing has happened in it.
    pub fn is_untouched(&self) -> bool {
        let nothing = self.started_at.is_none() && self.decided_at.is_none();
        let given = self.deliverables.iter().any(|held| held.given.is_some());
        self.status == PhaseStatus::Pending && nothing && !given
    }
}

impl Workflow {
    /// A phase by its name.
    pub fn phase(&self, name: &str) -> Option<&Phase> {
        self.phases.iter().find(|phase| *phase.name == *name)
    }

    /// The phase that is to be worked on: the first that is not finished.
    pub fn current(&self) -> Option<&Phase> {
        self.phases.iter().find(|phase| !phase.status.is_finished())
    }

    /// What is done of it, in units of `whole`: the weights of the finished phases. Where no phase
    /// has a weight, each counts alike.
    pub(super) fn fraction(&self, whole: u64) -> u64 {
        let all: u128 = self.phases.iter().map(|phase| u128::from(phase.weight)).sum();
        let counted = |phase: &Phase| if all == 0 { 1 } else { u128::from(phase.weight) };
        let of: u128 = self.phases.iter().map(counted).sum();
        let finished = self.phases.iter().filter(|phase| phase.status.is_finished());
        let done: u128 = finished.map(counted).sum();
        match of {
            0 => 0,
            of => u64::try_from((done * u128::from(whole) + of / 2) / of).unwrap_or(whole),
        }
    }

    /// The phases in words, as conflicts show them.
    pub(super) fn summary(&self) -> String {
        let names: Vec<&str> = self.phases.iter().map(|phase| &*phase.name).collect();
        format!("{} ({})", self.name, names.join(", "))
    }
}
