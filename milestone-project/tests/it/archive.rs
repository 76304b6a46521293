//! Archived files of the log under a project: nothing that is made of the log, nothing that is
//! asked of it and nothing that git does to it sees a difference.
//!
//! Start at [`filled`].
//!
//! - **Absent on purpose.** Crashes between two steps of an archiving, and damaged archives: tests
//!   of `milestone-store-file`.

use std::fs;

use milestone_core::domain::Command;
use milestone_core::log::LogStore;
use milestone_core::projection::Change;
use milestone_project::{AsOf, Backend, Project, Standing};
use proptest::prelude::*;

use crate::backends::{assert_sound, file_of, migrate};
use crate::repo::{Repo, has_git};
use crate::world::{Hand, World, assert_rebuilt, milestone, note, print_of};

/// Length of a note: a file is full of 17 of them.
const NOTE_BYTES: usize = 63_000;
const NOTES_A_FILE: usize = 17;

fn long_note(seed: usize) -> Command {
    let mut state = seed as u64 + 1;
    let letters = (0..NOTE_BYTES).map(|_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        char::from(b'a' + (state >> 59) as u8 % 26)
    });
    note("api", &letters.collect::<String>())
}

fn fill(project: &mut Project, hand: &mut Hand, files: usize) {
    hand.does_all(project, (0..files * NOTES_A_FILE).map(long_note));
}

/// A project with so many full files, at a backend.
fn filled(files: usize, backend: Backend) -> (World, Hand) {
    let (world, mut hand) = World::begun();
    let mut project = world.open();
    hand.does(&mut project, &milestone("Api", &["Plan", "Build"]));
    // Enough of them for a snapshot.
    hand.does_all(&mut project, (0..100).map(|number| note("api", &format!("note {number}"))));
    fill(&mut project, &mut hand, files);
    if backend != Backend::File {
        migrate(&mut project, backend).unwrap();
    }
    (world, hand)
}

/// Archives those of the full files whose bit is set; how many.
fn archive_some(project: &Project, bits: u8) -> usize {
    let full = project.store().archivable().unwrap();
    let wanted = full.iter().enumerate().filter(|(at, _)| bits & (1 << at) != 0);
    let archive = |(_, file)| {
        let guard = project.store().lock(std::time::Duration::from_secs(10)).unwrap();
        project.store().archive(&guard, file).unwrap().is_some()
    };
    wanted.filter(|held| archive(*held)).count()
}

fn archives(world: &World) -> usize {
    world.log_files().keys().filter(|name| name.ends_with(".zst")).count()
}

/// Every file of `local/` that something is made in, with its bytes.
fn made(world: &World) -> Vec<(String, Vec<u8>)> {
    let names = ["state.snapshot", "index.sqlite", "search.sqlite", "analytics.sqlite"];
    let read = |name: &&str| Some(((*name).to_owned(), fs::read(file_of(world, name)).ok()?));
    names.iter().filter_map(read).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn whichever_files_are_archived_nothing_is_made_anew(
        bits in 1..8_u8,
        backend in prop::sample::select(vec![Backend::File, Backend::Hybrid, Backend::Database]),
    ) {
        let (world, mut hand) = filled(3, backend);
        let before = world.open();
        let known = (before.checkpoint().clone(), print_of(before.state()), world.ids());
        let built = made(&world);
        let mut held = world.open();
        prop_assert_eq!(archive_some(&before, bits), bits.count_ones() as usize);
        prop_assert_eq!(archives(&world), bits.count_ones() as usize);
        prop_assert_eq!(held.refresh().unwrap(), &Change::Nothing);
        let after = world.open();
        let same = (after.checkpoint().clone(), print_of(after.state()), world.ids());
        prop_assert_eq!(same, known);
        prop_assert_eq!(after.change(), before.change());
        prop_assert!(!matches!(after.change(), Change::Rebuilt(_)), "{:?}", after.change());
        prop_assert_eq!(made(&world), built);
        assert_sound(&world, &after);
        let tables = after.check_tables().unwrap();
        prop_assert!(tables.iter().all(|table| table.standing == Standing::Current), "{tables:?}");
        let audit = after.audit(None).unwrap();
        prop_assert!(audit.findings.is_empty(), "{:?}", audit.findings);
        let earlier = after.as_of(&AsOf::Place(10)).unwrap().0;
        prop_assert_eq!(print_of(&earlier), print_of(&before.as_of(&AsOf::Place(10)).unwrap().0));
        hand.does(&mut held, &note("api", "more"));
        assert_sound(&world, &world.open());
    }
}

/// A clone that gets archives by git reads its log again, once, and nothing else changes.
#[test]
fn git_takes_archives_to_other_clones() {
    if !has_git("git_takes_archives_to_other_clones") {
        return;
    }
    let mut hand = Hand::new("ann");
    let origin = Repo::begun(&mut hand);
    let mut project = origin.world.open();
    hand.does(&mut project, &milestone("Api", &["Plan"]));
    fill(&mut project, &mut hand, 2);
    origin.commit("work");
    let (other, branch) = (origin.cloned(), origin.git(&["rev-parse", "HEAD"]));
    let before = print_of(other.world.open().state());
    assert_eq!(project.archive_log(true).unwrap().archived.len(), 2);
    assert_eq!(archives(&origin.world), 0);
    assert_eq!(project.archive_log(false).unwrap().archived.len(), 2);
    origin.commit("archive");
    let mut bob = Hand::after("bob", &project);
    hand.does(&mut project, &note("api", "after"));
    bob.does(&mut other.world.open(), &note("api", "meanwhile"));
    origin.commit("more");
    other.commit("more");
    other.git(&["pull", "--quiet", "--no-rebase", "--no-edit"]);
    assert_eq!((other.unmerged(), archives(&other.world)), (Vec::new(), 2));
    let there = other.world.open();
    assert_rebuilt(&there);
    assert_eq!(there.checkpoint().findings, [], "a file that was archived is no loss");
    assert_eq!(there.audit(None).unwrap().findings, []);
    assert_eq!(other.world.ids().len(), origin.world.ids().len() + 1);
    // What was committed plain and what was committed archived are the same log.
    let then = there.as_of(&AsOf::Git(branch.trim().to_owned())).unwrap().0;
    assert_eq!(print_of(&then), before);
    let archived = there.as_of(&AsOf::Git("HEAD^2~1".to_owned())).unwrap().0;
    assert_eq!(print_of(&archived), before);
    // Going back to the plain files and forth again.
    origin.git(&["checkout", "--quiet", branch.trim()]);
    assert_eq!(print_of(origin.world.open().state()), before);
    origin.git(&["checkout", "--quiet", "main"]);
    assert_rebuilt(&origin.world.open());
}

#[test]
fn what_was_committed_archived_is_not_lost() {
    if !has_git("what_was_committed_archived_is_not_lost") {
        return;
    }
    let mut hand = Hand::new("ann");
    let repo = Repo::begun(&mut hand);
    let mut project = repo.world.open();
    hand.does(&mut project, &milestone("Api", &["Plan"]));
    fill(&mut project, &mut hand, 1);
    assert_eq!(project.archive_log(false).unwrap().archived.len(), 1);
    repo.commit("archived before it was committed");
    repo.git(&["checkout", "--quiet", "HEAD~1"]);
    let report = repo.world.open().recover(true).unwrap();
    assert_eq!(report.recovered, []);
    assert!(report.committed.len() > 10, "{}", report.committed.len());
}

/// Plain and archived beside each other, as a merge may leave them; and given by name.
#[test]
fn a_file_that_is_there_twice_counts_once() {
    let (world, _) = filled(1, Backend::File);
    let plain = world.log_files();
    let ids = world.ids();
    world.open().archive_log(false).unwrap();
    let archive = world.log_files().into_keys().find(|name| name.ends_with(".zst")).unwrap();
    for (name, bytes) in plain {
        fs::write(world.path("log").join(name), bytes).unwrap();
    }
    let project = world.open();
    assert_eq!(world.ids(), ids);
    assert!(project.audit(None).unwrap().findings.is_empty());
    assert_rebuilt(&project);
    let (empty, _) = World::begun();
    let path = world.path("log").join(archive);
    let report = empty.open().merge_files(&[path], false).unwrap();
    assert!(report.records > 10 && report.added.len() as u64 >= report.records - 1);
}
