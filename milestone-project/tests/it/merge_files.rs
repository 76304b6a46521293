//! Bringing records in from files: what was in the log, in the files or came meanwhile stays.
//!
//! Shown red by: cleaning a file of what it had when it was first read.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use milestone_core::domain::Plan;
use milestone_core::words::RecordId;

use crate::world::{Hand, World, assert_rebuilt, milestone, note, print_of, view_print};

/// A clone with an odd line in its own file, and files of another clone.
fn two() -> (World, World, PathBuf) {
    let (world, mut hand) = World::begun();
    hand.does(&mut world.open(), &milestone("Api", &["Plan"]));
    let other = world.cloned();
    Hand::later("bob", 90_000_000).does(&mut other.open(), &note("api", "from bob"));
    hand.does(&mut world.open(), &note("api", "from ann"));
    let name = world.log_files().into_keys().next().unwrap();
    let own = world.path("log").join(name);
    (world, other, own)
}

fn files_of(world: &World) -> Vec<PathBuf> {
    world.log_files().keys().map(|name| world.path("log").join(name)).collect()
}

fn union(one: &World, other: &World) -> BTreeSet<RecordId> {
    one.id_set().union(&other.id_set()).copied().collect()
}

#[test]
fn a_file_that_is_cleaned_keeps_what_was_just_appended_to_it() {
    let (world, other, own) = two();
    let mut text = fs::read_to_string(&own).unwrap();
    text.push_str("<<<<<<< ours\n");
    fs::write(&own, &text).unwrap();
    let all = union(&world, &other);
    let mut project = world.open();
    let files = [vec![own.clone()], files_of(&other)].concat();
    let report = project.merge_files(&files, false).unwrap();
    assert_eq!((report.records, report.added.len(), report.cleaned.len()), (4, 1, 1));
    assert_eq!(world.id_set(), all, "what was added is still there");
    let kept = &report.cleaned[0].1;
    assert!(fs::read_to_string(kept).unwrap().starts_with(&text), "it is kept as it was");
    assert!(!fs::read_to_string(&own).unwrap().contains("<<<"));
    assert_rebuilt(&project);
    let mut hand = Hand::after("ann", &project);
    hand.does(&mut project, &note("api", "afterwards"));
    assert_rebuilt(&world.open());
    assert_eq!(view_print(&project), print_of(project.state()));
}

#[test]
fn conflict_markers_twice_torn_and_foreign_lines_lose_nothing() {
    let (world, other, own) = two();
    let theirs = other.log_files().into_values().map(|bytes| String::from_utf8(bytes).unwrap());
    let theirs: Vec<String> = theirs.collect();
    let ours = fs::read_to_string(&own).unwrap();
    let all = union(&world, &other);
    let mixed = format!(
        "<<<<<<< HEAD\r\n{ours}=======\n{}{}>>>>>>> other\n{{\"torn\":",
        theirs.concat().replace('\n', "\r\n"),
        ours
    );
    fs::write(&own, mixed).unwrap();
    let mut project = world.open();
    let report = project.merge_files(std::slice::from_ref(&own), false).unwrap();
    assert_eq!((report.records, report.added.len()), (4, 0), "the log has them all");
    assert_eq!(world.id_set(), all);
    assert_eq!(report.cleaned.len(), 1);
    assert_eq!(project.state().milestone("api").unwrap().item.notes.len(), 2);
    let again = project.merge_files(&files_of(&world), false).unwrap();
    assert_eq!((again.added.len(), again.cleaned.len()), (0, 0), "nothing is left to do");
    assert_rebuilt(&project);
}
