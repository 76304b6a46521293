//! The workflows that a template may name: those of the project that it is read for.
//!
//! Start at [`Workflows::find`], and [`Through`] for what that means for a task.
//!
//! - **Invariant.** A deliverable stands in a phase that the workflow has, and no phase wants more
//!   than a phase can.
//! - **Absent on purpose.** Files of workflows: the caller reads them.

use milestone_core::domain::{DELIVERABLES_MAX, NewPhase, NewWorkflow};
use milestone_core::words::{check_id_text, nearest};

use super::fault::Fault;
use super::{Handover, PHASES};

/// What a task's `workflow:` says to go through none.
pub(super) const NONE: &str = "none";

/// The workflows that there are, by name: each as a task can be given it, or why it cannot be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Workflows(Vec<(String, Result<NewWorkflow, String>)>);

impl Workflows {
    /// These.
    #[must_use]
    pub fn new(all: Vec<(String, Result<NewWorkflow, String>)>) -> Self {
        Self(all)
    }

    /// The workflow of that name, if it can be used.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&NewWorkflow> {
        self.find(name).ok()
    }

    /// The workflow of that name.
    pub(super) fn find(&self, asked: &str) -> Result<&NewWorkflow, Fault> {
        match self.0.iter().find(|(name, _)| name == asked) {
            Some((_, Ok(workflow))) => Ok(workflow),
            Some((_, Err(why))) => {
                Err(Fault::BadWorkflow { asked: asked.to_owned(), why: why.clone() })
            }
            None => {
                let known: Vec<String> = self.0.iter().map(|(name, _)| name.clone()).collect();
                let near = nearest(asked, known.iter().map(String::as_str)).map(str::to_owned);
                Err(Fault::UnknownWorkflow { asked: asked.to_owned(), known, near })
            }
        }
    }
}

/// What a task goes through.
#[derive(Debug, Clone, Copy)]
pub(super) enum Through<'w> {
    /// No workflow.
    Nothing,
    /// A workflow that is not there, which was told already.
    Unknown,
    /// This one.
    Workflow(&'w NewWorkflow),
}

impl Through<'_> {
    /// The name of the workflow.
    pub(super) fn name(self) -> Option<String> {
        match self {
            Self::Workflow(workflow) => Some(workflow.name.clone()),
            Self::Nothing | Self::Unknown => None,
        }
    }

    /// Nothing, if a task can stand for that phase.
    pub(super) fn check_phase(self, asked: &str) -> Result<(), Fault> {
        let known: Vec<String> = match self {
            Self::Unknown => return Ok(()),
            Self::Nothing => PHASES.map(str::to_owned).to_vec(),
            Self::Workflow(workflow) => {
                workflow.phases.iter().map(|phase| phase.spec.phase.clone()).collect()
            }
        };
        match known.iter().any(|phase| phase == asked) {
            true => Ok(()),
            false => {
                let workflow = self.name();
                Err(Fault::UnknownPhase { asked: asked.to_owned(), workflow, known })
            }
        }
    }
}

/// A deliverable and the phase that it belongs to: the one that stands before it, else one that
/// wants it by that name, else that of the task, else the last.
pub(super) fn handover(
    workflow: &NewWorkflow,
    own: Option<&str>,
    held: &[Handover],
    text: &str,
) -> Result<Handover, Fault> {
    let phase = |name: &str| workflow.phases.iter().find(|phase| phase.spec.phase == name);
    let said = text.split_once(": ").and_then(|(before, name)| phase(before).zip(Some(name)));
    let (said, name) = match said {
        Some((phase, name)) => (Some(phase), name.trim()),
        None => (None, text),
    };
    let name =
        check_id_text(name).map_err(|fault| Fault::BadText { what: "deliverable", fault })?;
    let wants = |phase: &&NewPhase| phase.spec.deliverables.iter().any(|wanted| wanted == name);
    let own = own.and_then(phase);
    let wanting = || own.filter(wants).or_else(|| workflow.phases.iter().find(wants));
    let place = said.or_else(wanting).or(own).or(workflow.phases.last());
    let place = place.ok_or_else(|| {
        let why = format!("the workflow {} has no phases", workflow.name);
        Fault::BadValue { key: "deliverable", why }
    })?;
    let more = held.iter().filter(|held| held.phase == place.spec.phase);
    let more = more.filter(|held| !place.spec.deliverables.contains(&held.name)).count();
    if !wants(&place) && place.spec.deliverables.len() + more >= DELIVERABLES_MAX {
        let phase = &place.spec.phase;
        let why = format!("the phase {phase} would want over {DELIVERABLES_MAX}");
        return Err(Fault::BadValue { key: "deliverable", why });
    }
    Ok(Handover { phase: place.spec.phase.clone(), name: name.to_owned() })
}

/// The workflow of a task that hands over more than the workflow asks for.
pub(super) fn with(workflow: &NewWorkflow, more: &[Handover]) -> NewWorkflow {
    let mut workflow = workflow.clone();
    for held in more {
        let phase = workflow.phases.iter_mut().find(|phase| phase.spec.phase == held.phase);
        let wanted = phase.map(|phase| &mut phase.spec.deliverables);
        if let Some(wanted) = wanted.filter(|wanted| !wanted.contains(&held.name)) {
            wanted.push(held.name.clone());
        }
    }
    workflow
}
