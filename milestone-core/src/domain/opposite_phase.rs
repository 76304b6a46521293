//! The opposite of what happened in a workflow, for `undo`.
//!
//! Start at [`phases_back`]. A phase goes back by beginning anew and doing again what had been done
//! in it, at the times and by the people of then.
//!
//! - **Invariant.** Steps of one workflow build on each other: a later one is undone first.

use super::event::{Body, Event};
use super::opposite::Touch;
use super::payload::Part;
use super::plan::Plan;
use super::steps::{Delivery, PhaseChange, WorkflowEnabled};
use super::workflow::{Given, Phase, PhaseStatus, Workflow};
use crate::words::{RecordKey, StreamId, StreamName, Text, Timestamp};

/// What an event of a workflow is about.
pub(super) fn phase_touches(body: &Body<'_>) -> Vec<Touch> {
    let workflow = || Touch::Part("workflow".to_owned());
    let deliverables = |phase: &str| Touch::Part(format!("deliverables of {phase}"));
    match body {
        Body::WorkflowEnabled(_) => vec![workflow()],
        Body::DeliverableAdded(given) | Body::DeliverableRemoved(given) => {
            vec![deliverables(&given.phase)]
        }
        Body::PhaseStarted(change)
        | Body::PhaseSubmitted(change)
        | Body::PhaseApproved(change)
        | Body::PhaseChangesRequested(change)
        | Body::PhaseRejected(change) => vec![workflow(), deliverables(&change.phase)],
        _ => Vec::new(),
    }
}

/// The events that take back one event of a workflow; `None` if it is of something else, and
/// `Some(None)` if there is no opposite.
pub(super) fn phases_back(
    before: &dyn Plan,
    stream: &StreamId,
    event: &Event<'_>,
    (key, index): (RecordKey, usize),
) -> Option<Option<Vec<Event<'static>>>> {
    let StreamName::Task(milestone, slug) = stream.name() else { return None };
    let held = before.task(stream.as_str()).and_then(|task| task.workflow.clone());
    let back = Back { milestone, task: Text::from(slug.to_owned()), held };
    let mut notes = None;
    let events = match &event.body {
        Body::WorkflowEnabled(_) => Some(vec![back.definition()]),
        Body::DeliverableAdded(given) | Body::DeliverableRemoved(given) => {
            Some(back.deliverable(&given.phase, &given.deliverable))
        }
        Body::PhaseStarted(change)
        | Body::PhaseSubmitted(change)
        | Body::PhaseApproved(change)
        | Body::PhaseChangesRequested(change)
        | Body::PhaseRejected(change) => {
            notes = change.notes.as_ref().map(|_| Text::from(format!("{key}-{index}")));
            back.phase(&change.phase).map(|phase| {
                let mut events = back.steps(phase);
                let changed = change.contents.iter().map(|content| &content.deliverable);
                events.extend(changed.flat_map(|name| back.deliverable(&phase.name, name)));
                events
            })
        }
        _ => return None,
    };
    let noted = notes.map(|id| {
        back.event(Body::NoteRemoved(Part { task: Some(back.task.clone()), id }), None, None)
    });
    Some(events.map(|events| events.into_iter().chain(noted).collect()))
}

/// What the events of a task go back to.
struct Back<'a> {
    milestone: &'a str,
    task: Text<'static>,
    held: Option<Workflow>,
}

impl Back<'_> {
    fn event(
        &self,
        body: Body<'static>,
        at: Option<Timestamp>,
        by: Option<&str>,
    ) -> Event<'static> {
        let by = by.map(|by| Text::from(by.to_owned()));
        Event { at, by, ..Event::of(self.milestone, body) }
    }

    fn phase(&self, name: &str) -> Option<&Phase> {
        self.held.as_ref()?.phase(name)
    }

    /// The workflow as it was; without phases if there was none.
    fn definition(&self) -> Event<'static> {
        let held = self.held.as_ref();
        let phases = held.map(|held| held.phases.iter().map(Phase::spec).collect());
        let enabled = WorkflowEnabled {
            task: Some(self.task.clone()),
            workflow: held.map(|held| Text::from(held.name.to_string())),
            phases: phases.unwrap_or_default(),
        };
        self.event(Body::WorkflowEnabled(enabled), None, None)
    }

    /// A deliverable as it was.
    fn deliverable(&self, phase: &str, name: &str) -> Vec<Event<'static>> {
        let given = self.phase(phase).and_then(|held| held.deliverable(name)?.given.as_ref());
        let mut delivery = Delivery {
            task: Some(self.task.clone()),
            phase: phase.to_owned().into(),
            deliverable: name.to_owned().into(),
            ..Delivery::default()
        };
        let Some(Given { path, url, text, sha256, at, by }) = given else {
            return vec![self.event(Body::DeliverableRemoved(delivery), None, None)];
        };
        let own = |text: &Option<Box<str>>| text.as_ref().map(|text| Text::from(text.to_string()));
        (delivery.path, delivery.url) = (own(path), own(url));
        (delivery.text, delivery.sha256) = (own(text), own(sha256));
        vec![self.event(Body::DeliverableAdded(delivery), Some(*at), Some(by))]
    }

    /// What led to where a phase stood.
    fn steps(&self, phase: &Phase) -> Vec<Event<'static>> {
        let change = || PhaseChange {
            task: Some(self.task.clone()),
            phase: phase.name.to_string().into(),
            ..PhaseChange::default()
        };
        let anew = Body::PhaseRejected(PhaseChange { undone: true, ..change() });
        let mut events = vec![self.event(anew, None, None)];
        let mut again = |body, at: Option<Timestamp>, by: Option<&Box<str>>| {
            events.push(self.event(body, at, by.map(|by| &**by)));
        };
        let decided = (phase.decided_at, phase.decided_by.as_ref());
        if phase.started_at.is_some() {
            again(Body::PhaseStarted(change()), phase.started_at, None);
        }
        if phase.submitted_at.is_some() {
            let by = phase.submitted_by.as_ref();
            again(Body::PhaseSubmitted(change()), phase.submitted_at, by);
        }
        match phase.status {
            PhaseStatus::Approved => again(Body::PhaseApproved(change()), decided.0, decided.1),
            PhaseStatus::Pending if decided.0.is_some() => {
                again(Body::PhaseRejected(change()), decided.0, decided.1);
            }
            _ if decided.0.is_some() => {
                again(Body::PhaseChangesRequested(change()), decided.0, decided.1);
            }
            _ => {}
        }
        if phase.status == PhaseStatus::InProgress && phase.submitted_at.is_some() {
            again(Body::PhaseStarted(change()), phase.started_at, None);
        }
        events
    }
}
