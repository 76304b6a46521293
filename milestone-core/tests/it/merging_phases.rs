//! The table of conflicts, for workflows: what two clones do to one phase without knowing of each
//! other.
//!
//! Shown red by: one subject for all phases; a step that forgets to note who took it.

use milestone_core::domain::{
    Body, Delivery, Event, PhaseChange, PhaseSpec, PhaseStatus, Subject, Task, Transition,
    WorkflowEnabled,
};
use milestone_core::words::Text;

use crate::merging::{either_later, met};

fn plan() -> Option<Text<'static>> {
    Some("plan".into())
}

fn enabled(names: &[&str]) -> Event<'static> {
    let phase = |name: &&str| PhaseSpec {
        phase: (*name).to_owned(),
        weight: 10,
        approval_required: true,
        ..PhaseSpec::default()
    };
    let phases = names.iter().map(phase).collect();
    let workflow = Some("kiro".into());
    Event::of("api", Body::WorkflowEnabled(WorkflowEnabled { task: plan(), workflow, phases }))
}

type Steps = fn(PhaseChange<'static>) -> Body<'static>;

fn step(steps: Steps, phase: &'static str) -> Event<'static> {
    let change = PhaseChange { task: plan(), phase: phase.into(), ..PhaseChange::default() };
    Event::of("api", steps(change))
}

fn delivered(phase: &'static str, name: &'static str) -> Event<'static> {
    let (phase, deliverable, text) = (phase.into(), name.into(), Some("here".into()));
    let delivery = Delivery { task: plan(), phase, deliverable, text, ..Delivery::default() };
    Event::of("api", Body::DeliverableAdded(delivery))
}

fn subjects(task: &Task) -> Vec<Subject> {
    task.item.conflicts.iter().map(|conflict| conflict.subject).collect()
}

fn status(task: &Task, phase: &str) -> PhaseStatus {
    let workflow = task.workflow.as_ref().expect("it was enabled");
    workflow.phase(phase).expect("it has that phase").status
}

/// Both begin with the same workflow, for they write the same event.
fn begun(then: Event<'static>) -> [Event<'static>; 2] {
    [enabled(&["design", "build"]), then]
}

#[test]
fn two_steps_of_one_phase_keep_the_later_and_name_the_other() {
    either_later(|later| {
        let (ann, bob) = (
            begun(step(Body::PhaseApproved, "design")),
            begun(step(Body::PhaseChangesRequested, "design")),
        );
        let met = met(later, &ann, &bob);
        let (kept, other) = match later {
            "ann" => ("design approved", "design changes_requested"),
            _ => ("design changes_requested", "design approved"),
        };
        assert_eq!(subjects(&met.plan), [Subject::Phase(0)]);
        let conflict = &met.plan.item.conflicts[0];
        assert_eq!((conflict.kept.as_str(), conflict.other.as_str()), (kept, other));
    });
}

#[test]
fn the_same_step_twice_and_steps_of_different_phases_are_no_quarrel() {
    either_later(|later| {
        let submitted = || begun(step(Body::PhaseSubmitted, "design"));
        let same = met(later, &submitted(), &submitted()).plan;
        assert_eq!((subjects(&same), status(&same, "design")), (vec![], PhaseStatus::Submitted));
        let other = begun(step(Body::PhaseStarted, "build"));
        let both = met(later, &submitted(), &other).plan;
        assert_eq!(subjects(&both), []);
        assert_eq!(status(&both, "design"), PhaseStatus::Submitted);
        assert_eq!(status(&both, "build"), PhaseStatus::InProgress);
    });
}

#[test]
fn two_workflows_keep_the_later_and_phases_keep_where_they_stand() {
    either_later(|later| {
        let ann = begun(step(Body::PhaseStarted, "design"));
        let bob = [enabled(&["design", "release"]), step(Body::PhaseStarted, "release")];
        let met = met(later, &ann, &bob).plan;
        assert!(subjects(&met).contains(&Subject::Workflow), "{:?}", met.item.conflicts);
        let second = if later == "ann" { "build" } else { "release" };
        let workflow = met.workflow.as_ref().unwrap();
        let names: Vec<&str> = workflow.phases.iter().map(|phase| &*phase.name).collect();
        assert_eq!(names, ["design", second]);
        assert_eq!(status(&met, "design"), PhaseStatus::InProgress);
    });
}

#[test]
fn what_two_clones_deliver_is_all_kept() {
    either_later(|later| {
        let met = met(later, &begun(delivered("design", "b")), &begun(delivered("design", "a")));
        let phase = met.plan.workflow.as_ref().unwrap().phase("design").unwrap();
        let names: Vec<&str> = phase.deliverables.iter().map(|held| &*held.name).collect();
        assert_eq!((names, subjects(&met.plan)), (vec!["a", "b"], vec![]));
    });
}

#[test]
fn a_removed_task_stays_removed_whatever_happens_in_its_phases() {
    either_later(|later| {
        let gone = Transition { task: plan(), ..Transition::default() };
        let gone = [Event::of("api", Body::TaskRemoved(gone))];
        let met = met(later, &gone, &begun(step(Body::PhaseApproved, "design")));
        assert_eq!(met.plan.status(), "removed");
        assert_eq!(status(&met.plan, "design"), PhaseStatus::Approved, "the rest is applied");
        assert!(subjects(&met.plan).contains(&Subject::Status));
    });
}
