//! Sessions that two clones take further without knowing of each other: the later step holds, and
//! nothing that the other said is gone.
//!
//! Start at `an_end_and_a_suspension_are_both_there`.

use milestone_core::domain::{Body, Event, Plan, Session, SessionChange, SessionStep};
use milestone_testkit::Replica;

fn step(replica: &mut Replica, step: SessionStep, notes: Option<&'static str>) {
    let change = SessionChange {
        session: "s-one".into(),
        notes: notes.map(Into::into),
        ..SessionChange::default()
    };
    replica.write(&[Event::project(Body::Session(step, change))]);
}

fn held(replica: &mut Replica) -> Session {
    replica.state().project().sessions["s-one"].clone()
}

fn meet(ann: &mut Replica, bob: &mut Replica) -> Session {
    ann.merge(bob);
    bob.merge(ann);
    assert_eq!(ann.state().project(), bob.state().project());
    held(ann)
}

fn clones() -> (Replica, Replica) {
    let mut ann = Replica::new("ann");
    step(&mut ann, SessionStep::Started, None);
    let bob = ann.fork("bob");
    (ann, bob)
}

/// Everything that a session says, of the step that holds and of the others.
fn notes(session: &Session) -> Vec<String> {
    let rivals = session.rivals.iter().filter_map(|rival| rival.notes.clone());
    let mut notes: Vec<String> = session.notes.clone().into_iter().chain(rivals).collect();
    notes.sort_unstable();
    notes
}

#[test]
fn an_end_and_a_suspension_are_both_there() {
    let (mut ann, mut bob) = clones();
    step(&mut ann, SessionStep::Ended, Some("all done"));
    step(&mut bob, SessionStep::Suspended, Some("half done"));
    let met = meet(&mut ann, &mut bob);
    assert_eq!(notes(&met), ["all done", "half done"]);
    assert_eq!(met.rivals.len(), 1);
    assert_ne!(met.step, met.rivals[0].step);
    // Whoever knows of both settles it by the next step.
    step(&mut bob, SessionStep::Ended, Some("settled"));
    let met = meet(&mut ann, &mut bob);
    assert_eq!((notes(&met), met.rivals.len()), (vec!["settled".to_owned()], 0));
}

#[test]
fn two_ends_that_say_the_same_are_one() {
    let (mut ann, mut bob) = clones();
    step(&mut ann, SessionStep::Ended, None);
    step(&mut bob, SessionStep::Ended, None);
    assert_eq!(meet(&mut ann, &mut bob).rivals, []);
    let (mut ann, mut bob) = clones();
    step(&mut ann, SessionStep::Ended, Some("by ann"));
    step(&mut bob, SessionStep::Ended, Some("by bob"));
    assert_eq!(notes(&meet(&mut ann, &mut bob)), ["by ann", "by bob"]);
}

#[test]
fn a_later_step_of_one_keeps_what_it_knew() {
    for ann_goes_on in [true, false] {
        let (mut ann, mut bob) = clones();
        step(&mut ann, SessionStep::Suspended, Some("of ann"));
        step(&mut bob, SessionStep::Suspended, Some("of bob"));
        let on = if ann_goes_on { &mut ann } else { &mut bob };
        step(on, SessionStep::Resumed, None);
        assert_eq!(notes(&meet(&mut ann, &mut bob)), ["of ann", "of bob"], "{ann_goes_on}");
    }
}
