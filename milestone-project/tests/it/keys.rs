//! Idempotency keys: the same one with the same command counts once, in one clone and in two.
//!
//! Shown red by: keys that are not looked up; keeping what was not approved.

use milestone_core::domain::Plan;
use milestone_project::ExecuteError;

use crate::world::{Hand, World, assert_rebuilt, milestone, note, print_of, title, view_print};

#[test]
fn the_same_key_and_command_is_one_record() {
    let (world, mut hand) = World::begun();
    let mut project = world.open();
    hand.does(&mut project, &milestone("Api", &["Plan"]));
    let first = project.execute(&note("api", "once"), &hand.keyed("k")).unwrap();
    let bytes = world.log_files();
    // The same process, and another one.
    for project in [&mut project, &mut world.open()] {
        let second = project.execute(&note("api", "once"), &hand.keyed("k")).unwrap();
        assert_eq!((second.record, second.duplicate), (first.record, true));
        assert_eq!(second.events, []);
    }
    assert_eq!(world.log_files(), bytes);
    assert_eq!(project.state().milestone("api").unwrap().item.notes.len(), 1);
}

#[test]
fn a_key_with_other_content_is_refused() {
    let (world, mut hand) = World::begun();
    let mut project = world.open();
    hand.does(&mut project, &milestone("Api", &[]));
    let first = project.execute(&note("api", "once"), &hand.keyed("k")).unwrap();
    let bytes = world.log_files();
    let refused = project.execute(&note("api", "twice"), &hand.keyed("k"));
    let Err(ExecuteError::KeyReused { key, record }) = refused else { panic!("{refused:?}") };
    assert_eq!((key.as_str(), Some(record)), ("k", first.record));
    assert_eq!(world.log_files(), bytes);
    assert_rebuilt(&project);
}

#[test]
fn a_refusal_is_not_remembered() {
    let (world, mut hand) = World::begun();
    let mut project = world.open();
    project.execute(&note("api", "early"), &hand.keyed("k")).unwrap_err();
    hand.does(&mut project, &milestone("Api", &[]));
    let second = project.execute(&note("api", "early"), &hand.keyed("k")).unwrap();
    assert!(!second.duplicate);
}

#[test]
fn keys_of_one_batch_are_told_apart() {
    let (world, mut hand) = World::begun();
    let mut project = world.open();
    let key = |key: &str| Some(key.to_owned());
    let commands = [
        (key("a"), milestone("Api", &[])),
        (key("b"), note("api", "one")),
        (key("b"), note("api", "one")),
        (key("b"), note("api", "two")),
        (key("c"), note("nobody", "three")),
        (None, note("api", "four")),
    ];
    let done = project.execute_all(commands, &hand.caller(), |_| true).unwrap();
    assert_eq!(done[1].as_ref().unwrap().record, done[2].as_ref().unwrap().record);
    assert!(done[2].as_ref().unwrap().duplicate);
    assert!(matches!(done[3], Err(ExecuteError::KeyReused { .. })));
    assert!(matches!(done[4], Err(ExecuteError::Refused(_))));
    assert_eq!(project.state().milestone("api").unwrap().item.notes.len(), 2);
    assert_eq!(world.ids().len(), 4);
    assert_rebuilt(&project);
}

/// What is not approved was never there, for the process that asked as well.
#[test]
fn what_is_not_approved_leaves_no_trace() {
    let (world, mut hand) = World::begun();
    let mut project = world.open();
    hand.does(&mut project, &milestone("Api", &[]));
    let (bytes, print) = (world.bytes(), print_of(project.state()));
    let dry = milestone_project::Caller { dry_run: true, ..hand.keyed("k") };
    let shown = project.execute(&note("api", "one"), &dry).unwrap();
    assert_eq!((shown.record, shown.events.len()), (None, 1));
    let commands = [(Some("k".to_owned()), note("api", "one"))];
    project.execute_all(commands, &hand.caller(), |_| false).unwrap();
    assert_eq!((world.bytes(), print_of(project.state())), (bytes, print));
    let done = project.execute(&note("api", "one"), &hand.keyed("k")).unwrap();
    assert!(!done.duplicate, "the key was not used up");
    assert_rebuilt(&project);
}

/// Two clones that use one key for one command: the first in the order of the log counts, in both
/// clones. For two commands it is two keys, for nobody could know.
#[test]
fn of_two_clones_with_one_key_one_counts() {
    for (late, content) in [(false, "same"), (true, "same"), (false, "other"), (true, "other")] {
        let (world, mut ann) = World::begun();
        let mut here = world.open();
        ann.does(&mut here, &milestone("Api", &["Plan"]));
        let other = world.cloned();
        let mut bob = Hand::later("bob", if late { 60_000_000 } else { 500_000 });
        ann.now.0 += 10_000_000;
        let mut there = other.open();
        here.execute(&note("api", "same"), &ann.keyed("k")).unwrap();
        there.execute(&note("api", content), &bob.keyed("k")).unwrap();
        ann.does(&mut here, &title("api/plan", "By ann"));
        world.take_log_of(&other);
        other.take_log_of(&world);
        here.refresh().unwrap();
        there.refresh().unwrap();
        for project in [&here, &there, &world.open(), &other.open()] {
            assert_rebuilt(project);
            let api = project.state().milestone("api").unwrap();
            let notes: Vec<&str> = api.item.notes.iter().map(|held| &*held.text).collect();
            let expected: &[&str] = match (content, late) {
                ("same", _) => &["same"],
                (_, false) => &["other", "same"],
                (_, true) => &["same", "other"],
            };
            assert_eq!(notes, expected);
        }
        assert_eq!(world.ids().len(), 5, "both records stay in the log");
        let again = here.execute(&note("api", "same"), &ann.keyed("k")).unwrap();
        assert!(again.duplicate);
        ann.does(&mut here, &note("api", "later"));
        assert_rebuilt(&here);
        assert_eq!(view_print(&here), print_of(here.state()));
    }
}
