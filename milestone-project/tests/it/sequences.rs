//! Commands at random, carried out on a real project: whatever is asked, what is written is sound.
//!
//! Shown red by: no check for cycles when a dependency is added; a view
//! that is not told of a batch.

use milestone_core::domain::Command;
use milestone_core::log::record;
use milestone_project::{Caller, Project};
use proptest::prelude::*;

use crate::asking::{Act, act};
use crate::asking_phases::usual;
use crate::sound::complaints;
use crate::world::{Hand, World, ids_of, milestone, print_of, rebuilt, view_print};

/// A project to begin with, so that most of what is asked has something to be about.
fn planned() -> (World, Hand, Project) {
    let (world, mut hand) = World::begun();
    let mut project = world.open();
    for title in ["Api", "Web", "Docs"] {
        hand.does(&mut project, &milestone(title, &["Plan", "Build"]));
    }
    let (targets, workflow) = (vec!["web/plan".to_owned()], usual());
    hand.does(&mut project, &Command::EnableWorkflow { targets, workflow });
    (world, hand, project)
}

fn perform(project: &mut Project, hand: &mut Hand, act: &Act) -> bool {
    match act {
        Act::Do(command) => {
            let mut caller = hand.caller();
            if let Command::Phase { .. } = **command {
                // Whoever submits does not approve, so several take part.
                let who = ["ann", "bob", "agent:robo"][command.canonical().len() % 3];
                caller = Caller { actor: who.to_owned(), ..caller };
            }
            project.execute(command, &caller).is_ok_and(|done| done.record.is_some())
        }
        Act::Undo(back) => {
            let ids = ids_of(project);
            let record = ids[ids.len().saturating_sub(1 + back)];
            project.undo(record, &hand.caller()).is_ok()
        }
    }
}

fn lines(bytes: Vec<u8>) -> Vec<String> {
    String::from_utf8(bytes).unwrap().split('\n').map(str::to_owned).collect()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_is_asked_what_is_written_is_sound(
        acts in proptest::collection::vec(act(), 1..60),
    ) {
        let (world, mut hand, mut project) = planned();
        for act in &acts {
            let before = (project.checkpoint().count, world.log_files());
            if perform(&mut project, &mut hand, act) {
                prop_assert_eq!(project.checkpoint().count, before.0 + 1, "one record");
                let wrong = complaints(project.state(), true);
                prop_assert!(wrong.is_empty(), "after {act:?}: {wrong:#?}");
            } else {
                prop_assert_eq!(&world.log_files(), &before.1, "refused, written: {:?}", act);
            }
        }
        let state = print_of(project.state());
        prop_assert_eq!(state, print_of(&rebuilt(&project)));
        prop_assert_eq!(state, print_of(world.open().state()));
        prop_assert_eq!(state, view_print(&project), "the YAML view shows something else");
        for text in world.log_files().into_values().flat_map(lines) {
            prop_assert!(text.is_empty() || record::parse(&text).is_ok(), "{}", text);
        }
    }

    /// The same callers and commands give the same bytes, but for the name of the file.
    #[test]
    fn deciding_is_repeatable(acts in proptest::collection::vec(act(), 1..25)) {
        let play = || {
            let (world, mut hand, mut project) = planned();
            acts.iter().for_each(|act| {
                perform(&mut project, &mut hand, act);
            });
            world.log_files().into_values().collect::<Vec<_>>()
        };
        prop_assert_eq!(play(), play());
    }
}
