//! Events of workflows, made from one small number each.
//!
//! Start at [`body`].
//!
//! - **Invariant.** Few phases, deliverables and definitions: what several clones do meets, and
//!   definitions that no command would let through are among them.

use milestone_core::domain::{Body, Content, Delivery, PhaseChange, PhaseSpec, WorkflowEnabled};
use milestone_core::words::Text;

const PHASES: [&str; 4] = ["design", "build", "check", "no such phase"];
const DELIVERABLES: [&str; 3] = ["plan", "tests", "odd \"name\""];

/// The body of an event of that kind; `None` if it is none of a workflow.
pub(crate) fn body(kind: &str, value: u8, task: Option<Text<'static>>) -> Option<Body<'static>> {
    let seed = Made { value, task };
    Some(match kind {
        "workflow_enabled" => Body::WorkflowEnabled(seed.enabled()),
        "phase_started" => Body::PhaseStarted(seed.change(false)),
        "deliverable_added" => Body::DeliverableAdded(seed.delivery(true)),
        "deliverable_removed" => Body::DeliverableRemoved(seed.delivery(false)),
        "phase_submitted" => {
            let name = DELIVERABLES[usize::from(value / 4) % DELIVERABLES.len()];
            let content = Content { deliverable: name.to_owned(), sha256: seed.hash() };
            let contents = value.is_multiple_of(3).then_some(content).into_iter().collect();
            Body::PhaseSubmitted(PhaseChange { contents, ..seed.change(true) })
        }
        "phase_approved" => Body::PhaseApproved(seed.change(true)),
        "phase_changes_requested" => Body::PhaseChangesRequested(seed.change(true)),
        "phase_rejected" => {
            let undone = value.is_multiple_of(4);
            Body::PhaseRejected(PhaseChange { undone, ..seed.change(!undone) })
        }
        _ => return None,
    })
}

/// What an event is made from.
struct Made {
    value: u8,
    task: Option<Text<'static>>,
}

impl Made {
    fn hash(&self) -> String {
        format!("{:02x}", self.value % 5).repeat(32)
    }

    fn spec(&self, phase: &str, place: u32) -> PhaseSpec {
        let number = u32::from(self.value);
        let wanted = DELIVERABLES.iter().take(usize::from(self.value % 3));
        PhaseSpec {
            phase: phase.to_owned(),
            weight: (number + place) % 4 * 5,
            minutes_min: number.is_multiple_of(2).then_some(number),
            minutes_max: (number % 4 == 2).then_some(number * 2),
            approval_required: (number + place).is_multiple_of(2),
            deliverables: wanted.map(|name| (*name).to_owned()).collect(),
        }
    }

    fn enabled(&self) -> WorkflowEnabled<'static> {
        let task = self.task.clone();
        if self.value % 9 == 8 {
            return WorkflowEnabled { task, ..WorkflowEnabled::default() };
        }
        let names: &[&str] = match self.value % 5 {
            0 | 1 => &PHASES[..3],
            2 => &["build", "design"],
            3 => &["design", "design", "check"],
            _ => &["check"],
        };
        let phases = names.iter().zip(0..).map(|(name, place)| self.spec(name, place));
        let workflow = Some(if self.value.is_multiple_of(2) { "kiro" } else { "other" }.into());
        WorkflowEnabled { task, workflow, phases: phases.collect() }
    }

    fn change(&self, noted: bool) -> PhaseChange<'static> {
        let phase = PHASES[usize::from(self.value) % PHASES.len()].into();
        let notes = (noted && self.value % 5 == 4).then(|| "because".into());
        PhaseChange { task: self.task.clone(), phase, notes, ..PhaseChange::default() }
    }

    fn delivery(&self, whole: bool) -> Delivery<'static> {
        let name = DELIVERABLES[usize::from(self.value / 4) % DELIVERABLES.len()];
        let mut delivery = Delivery {
            task: self.task.clone(),
            phase: PHASES[usize::from(self.value) % PHASES.len()].into(),
            deliverable: name.into(),
            ..Delivery::default()
        };
        if whole {
            delivery.path = (!self.value.is_multiple_of(3)).then(|| "docs/plan.md".into());
            delivery.sha256 = delivery.path.is_some().then(|| self.hash().into());
            delivery.url = self.value.is_multiple_of(3).then(|| "https://x.test".into());
            delivery.text = self.value.is_multiple_of(7).then(|| "a few words".into());
        }
        delivery
    }
}
