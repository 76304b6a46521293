//! Gates: whether an approval still holds, and what a task with phases may be finished without.
//!
//! Start at [`open_phases`].
//!
//! - **Invariant.** What was approved holds as long as its files are what was submitted; of a file
//!   that nobody looked at nothing is said.

use super::super::command::FileContent;
use super::super::refusal::Refusal;
use super::super::workflow::{Phase, is_agent};
use super::{Deciding, Target};

/// Why a task cannot be finished without force: phases that are open, or a gate that no longer
/// holds.
pub(super) fn open_phases(target: &Target, contents: &[FileContent]) -> Option<Refusal> {
    let Target::Task(task, _) = target else { return None };
    let held = || task.workflow.iter().flat_map(|held| &held.phases);
    let open = held().filter(|phase| !phase.status.is_finished());
    let phases: Vec<String> = open.map(|phase| phase.name.to_string()).collect();
    let reference = target.reference();
    if phases.is_empty() {
        let mut gates = held().filter(|phase| phase.approval_required);
        return gates.find_map(|phase| unchanged(&reference, phase, contents).err());
    }
    Some(Refusal::OpenPhases { reference, phases })
}

/// The deliverables of a phase that are not what they were.
pub(super) fn changed(phase: &Phase, contents: &[FileContent]) -> Vec<String> {
    let differs = |path: &str, sha256: &str| {
        let now = contents.iter().find(|content| content.path == path);
        now.is_some_and(|now| now.sha256.as_deref() != Some(sha256))
    };
    let held = phase.deliverables.iter().filter(|held| {
        let given = held.given.as_ref();
        let known = given.and_then(|given| given.path.as_deref().zip(given.sha256.as_deref()));
        known.is_some_and(|(path, sha256)| differs(path, sha256))
    });
    held.map(|held| held.name.to_string()).collect()
}

/// Refuses where something is not what was submitted.
pub(super) fn unchanged(
    reference: &str,
    phase: &Phase,
    contents: &[FileContent],
) -> Result<(), Refusal> {
    let changed = changed(phase, contents);
    if changed.is_empty() {
        return Ok(());
    }
    let (reference, phase) = (reference.to_owned(), phase.name.to_string());
    Err(Refusal::DeliverablesChanged { reference, phase, changed })
}

impl Deciding<'_> {
    /// Refuses an agent that wants to leave out a phase which a person has to approve.
    pub(super) fn may_leave_out(
        &self,
        target: &Target,
        files: &[FileContent],
    ) -> Result<(), Refusal> {
        let Target::Task(task, _) = target else { return Ok(()) };
        let mut open = task.workflow.iter().flat_map(|held| &held.phases);
        let holds = |phase: &Phase| phase.status.is_finished() && changed(phase, files).is_empty();
        let gate = open.find(|phase| phase.approval_required && !holds(phase));
        let Some(phase) = gate.filter(|_| is_agent(self.asker.actor)) else { return Ok(()) };
        let submitted_by = phase.submitted_by.as_ref().map(ToString::to_string);
        let (reference, phase) = (target.reference(), phase.name.to_string());
        Err(Refusal::AgentCannotJudge { reference, phase, action: "leave it out", submitted_by })
    }
}
