//! How events change the workflow of a task.
//!
//! Start at [`Task::evolve_workflow`].
//!
//! - **Invariant.** Total: whatever phase an event names and whatever a definition holds, there is
//!   an outcome. Of two definitions, or of two different steps of one phase, that did not know of
//!   each other, the later in the order holds, and a conflict says so.

use super::at::{At, Verdict};
use super::conflict::Subject;
use super::event::Body;
use super::merge::fnv1a;
use super::steps::{Delivery, PhaseChange, WorkflowEnabled};
use super::task::Task;
use super::workflow::{Deliverable, Given, PHASES_MAX, Phase, PhaseStatus, Workflow};

impl Task {
    /// Takes in an event about the workflow; `None` if this is none.
    pub(super) fn evolve_workflow(&mut self, body: &Body<'_>, at: &At<'_>) -> Option<Verdict> {
        let to = match body {
            Body::WorkflowEnabled(_) | Body::DeliverableAdded(_) | Body::DeliverableRemoved(_) => {
                None
            }
            Body::PhaseStarted(_) => Some(PhaseStatus::InProgress),
            Body::PhaseSubmitted(_) => Some(PhaseStatus::Submitted),
            Body::PhaseApproved(_) => Some(PhaseStatus::Approved),
            Body::PhaseChangesRequested(_) => Some(PhaseStatus::ChangesRequested),
            Body::PhaseRejected(_) => Some(PhaseStatus::Pending),
            _ => return None,
        };
        let met = self.item.meets_the_end(at);
        let verdict = match (body, to) {
            (Body::WorkflowEnabled(enabled), _) => self.enable(enabled, at),
            (Body::DeliverableAdded(given), _) => self.deliver(given, body.kind(), at),
            (Body::DeliverableRemoved(taken), _) => self.take_back(taken, body.kind(), at),
            (
                Body::PhaseStarted(change)
                | Body::PhaseSubmitted(change)
                | Body::PhaseApproved(change)
                | Body::PhaseChangesRequested(change)
                | Body::PhaseRejected(change),
                Some(to),
            ) => self.step(change, to, body.kind(), at),
            _ => Verdict::Skipped,
        };
        Some(if met && verdict == Verdict::Applied { Verdict::Conflict } else { verdict })
    }

    fn enable(&mut self, enabled: &WorkflowEnabled<'_>, at: &At<'_>) -> Verdict {
        let summary = |workflow: &Option<Workflow>| match workflow {
            Some(workflow) => workflow.summary(),
            None => "none".to_owned(),
        };
        let before = summary(&self.workflow);
        let mut phases: Vec<Phase> = Vec::new();
        for spec in &enabled.phases {
            if phases.len() < PHASES_MAX && phases.iter().all(|held| *held.name != *spec.phase) {
                let held = self.workflow.as_ref().and_then(|held| held.phase(&spec.phase));
                phases.push(held.map_or_else(|| Phase::new(spec), |held| held.redefined(spec)));
            }
        }
        let name = enabled.workflow.as_deref().unwrap_or_default().into();
        self.workflow = (!phases.is_empty()).then_some(Workflow { name, phases });
        let after = summary(&self.workflow);
        let defined = serde_json::to_string(&enabled.phases).unwrap_or_default();
        let hash = fnv1a(format!("{after}\n{defined}").as_bytes());
        self.item.wrote(Subject::Workflow, hash, Some(before), |_| after.clone(), at)
    }

    /// The phase of that name and its place.
    fn phase_mut(&mut self, name: &str) -> Option<(u8, &mut Phase)> {
        let phases = &mut self.workflow.as_mut()?.phases;
        let place = phases.iter().position(|phase| *phase.name == *name)?;
        Some((u8::try_from(place).ok()?, &mut phases[place]))
    }

    fn step(
        &mut self,
        change: &PhaseChange<'_>,
        to: PhaseStatus,
        kind: &str,
        at: &At<'_>,
    ) -> Verdict {
        self.item.aside(0, change.notes.as_deref(), at);
        let Some((place, phase)) = self.phase_mut(&change.phase) else {
            return self.item.gone(false, kind, at);
        };
        let before = format!("{} {}", phase.name, phase.status.word());
        phase.step(change, to, at);
        let after = format!("{} {}", phase.name, phase.status.word());
        let hash = fnv1a(after.as_bytes());
        self.item.wrote(Subject::Phase(place), hash, Some(before), |_| after.clone(), at)
    }

    fn deliver(&mut self, given: &Delivery<'_>, kind: &str, at: &At<'_>) -> Verdict {
        let Some((_, phase)) = self.phase_mut(&given.phase) else {
            return self.item.gone(false, kind, at);
        };
        let own = |text: &Option<crate::words::Text<'_>>| text.as_deref().map(Box::from);
        let content = Given {
            path: own(&given.path),
            url: own(&given.url),
            text: own(&given.text),
            sha256: own(&given.sha256),
            at: at.time,
            by: at.by.into(),
        };
        phase.put(&given.deliverable, content);
        Verdict::Applied
    }

    fn take_back(&mut self, taken: &Delivery<'_>, kind: &str, at: &At<'_>) -> Verdict {
        let found = self.phase_mut(&taken.phase).and_then(|(_, phase)| {
            let deliverables = &mut phase.deliverables;
            let place = deliverables.iter().position(|held| *held.name == *taken.deliverable)?;
            match deliverables[place].wanted {
                true => deliverables[place].given.take(),
                false => deliverables.remove(place).given,
            }
        });
        self.item.gone(found.is_some(), kind, at)
    }
}

impl Phase {
    /// Where it stands, under another definition.
    fn redefined(&self, spec: &super::steps::PhaseSpec) -> Self {
        let fresh = Self::new(spec);
        let mut phase = Self { deliverables: fresh.deliverables, ..self.clone() };
        (phase.weight, phase.approval_required) = (fresh.weight, fresh.approval_required);
        (phase.minutes_min, phase.minutes_max) = (fresh.minutes_min, fresh.minutes_max);
        for held in &self.deliverables {
            if let Some(given) = &held.given {
                phase.put(&held.name, given.clone());
            }
        }
        phase
    }

    fn put(&mut self, name: &str, given: Given) {
        if let Some(held) = self.deliverables.iter_mut().find(|held| *held.name == *name) {
            held.given = Some(given);
            return;
        }
        let behind = |held: &Deliverable| held.wanted || *held.name < *name;
        let place = self.deliverables.iter().take_while(|held| behind(held)).count();
        let deliverable = Deliverable { name: name.into(), wanted: false, given: Some(given) };
        self.deliverables.insert(place, deliverable);
    }

    fn step(&mut self, change: &PhaseChange<'_>, to: PhaseStatus, at: &At<'_>) {
        self.status = to;
        match to {
            PhaseStatus::InProgress => {
                self.started_at.get_or_insert(at.time);
            }
            PhaseStatus::Submitted | PhaseStatus::Done => {
                if !self.approval_required {
                    self.status = PhaseStatus::Done;
                }
                (self.submitted_at, self.submitted_by) = (Some(at.time), Some(at.by.into()));
                (self.decided_at, self.decided_by) = (None, None);
                for content in &change.contents {
                    let mut held = self.deliverables.iter_mut();
                    let held = held.find(|held| *held.name == *content.deliverable);
                    if let Some(given) = held.and_then(|held| held.given.as_mut()) {
                        given.sha256 = Some(content.sha256.as_str().into());
                    }
                }
            }
            PhaseStatus::Approved | PhaseStatus::ChangesRequested => {
                (self.decided_at, self.decided_by) = (Some(at.time), Some(at.by.into()));
            }
            PhaseStatus::Pending => {
                (self.started_at, self.submitted_at, self.submitted_by) = (None, None, None);
                let decided = !change.undone;
                (self.decided_at, self.decided_by) =
                    (decided.then_some(at.time), decided.then(|| at.by.into()));
            }
        }
    }
}
