//! What git takes out of the work tree: said when it is in no commit, brought back on request.
//! And branches at random, which never write the same file.
//!
//! Shown red by: counting a stash, or nothing at all, as committed; continuing any
//! file that is there.

use std::collections::BTreeSet;

use milestone_core::words::RecordId;
use milestone_project::Warning;

use crate::repo::{Repo, has_git};
use crate::world::{Hand, assert_rebuilt, milestone, note};

const SEQUENCES: u64 = 100;
const STEPS: u64 = 18;

/// A committed project, and three records that are not.
fn unsaved(hand: &mut Hand) -> (Repo, BTreeSet<RecordId>) {
    let repo = Repo::begun(hand);
    hand.does(&mut repo.world.open(), &milestone("Api", &["Plan"]));
    repo.commit("plan");
    let records = (0..3).map(|number| {
        let done = hand.does(&mut repo.world.open(), &note("api", &format!("note {number}")));
        assert_eq!(done.warnings, []);
        done.record.unwrap()
    });
    let records = records.collect();
    (repo, records)
}

#[test]
fn what_git_takes_away_is_said_and_brought_back() {
    if !has_git("what_git_takes_away_is_said_and_brought_back") {
        return;
    }
    let ways: [&[&[&str]]; 5] = [
        &[&["stash"]],
        &[&["checkout", "--", "."]],
        &[&["reset", "--hard", "--quiet"]],
        &[&["add", "--all"], &["reset", "--hard", "--quiet"]],
        &[&["commit", "-qam", "lost"], &["reset", "--hard", "--quiet", "HEAD~1"]],
    ];
    for way in ways {
        let mut hand = Hand::new("ann");
        let (repo, lost) = unsaved(&mut hand);
        let whole = repo.world.id_set();
        way.iter().for_each(|arguments| drop(repo.git(arguments)));
        assert!(repo.world.id_set().is_disjoint(&lost), "{way:?} takes them away");
        let mut project = repo.world.open();
        let done = hand.does(&mut project, &note("api", "afterwards"));
        let [Warning::Shrunk { files, missing: 3 }] = done.warnings.as_slice() else {
            panic!("{way:?}: {:?}", done.warnings)
        };
        assert_eq!(files.len(), 1);
        let again = hand.does(&mut project, &note("api", "once is enough"));
        assert_eq!(again.warnings, [], "{way:?}");
        let report = project.recover(false).unwrap();
        assert_eq!(report.recovered.iter().copied().collect::<BTreeSet<_>>(), lost, "{way:?}");
        assert_eq!(report.committed, []);
        assert!(repo.world.id_set().is_superset(&whole));
        assert_rebuilt(&project);
        assert_rebuilt(&repo.world.open());
        assert_eq!(project.recover(false).unwrap().recovered, [], "there is nothing left to do");
        if way[0][0] == "stash" {
            // What comes back twice is counted once.
            let before = repo.world.id_set();
            repo.commit("recovered");
            repo.try_git(&["stash", "pop"]);
            project.refresh().unwrap();
            assert_eq!(repo.world.id_set(), before);
            assert_rebuilt(&project);
        }
    }
}

#[test]
fn a_switch_of_branches_is_no_loss() {
    if !has_git("a_switch_of_branches_is_no_loss") {
        return;
    }
    let mut hand = Hand::new("ann");
    let (repo, records) = unsaved(&mut hand);
    repo.commit("three notes");
    repo.git(&["switch", "--quiet", "-c", "old", "HEAD~1"]);
    assert!(repo.world.id_set().is_disjoint(&records));
    let mut project = repo.world.open();
    let done = hand.does(&mut project, &note("api", "on the old branch"));
    assert_eq!(done.warnings, []);
    let report = project.recover(false).unwrap();
    assert_eq!(report.recovered, [], "they are on another branch");
    assert_eq!(report.committed.iter().copied().collect::<BTreeSet<_>>(), records);
    repo.commit("old");
    repo.git(&["switch", "--quiet", "main"]);
    let done = hand.does(&mut project, &note("api", "back"));
    assert_eq!(done.warnings, []);
    assert_rebuilt(&project);
    // What is not committed comes along.
    repo.git(&["switch", "--quiet", "-c", "new"]);
    let done = hand.does(&mut project, &note("api", "still here"));
    assert_eq!((done.warnings, repo.world.log_files().len()), (vec![], 2));
}

/// A small generator: the same seed, the same sequence.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        (self.0 >> 33) as usize % end
    }
}

/// Branches, switches, writes and merges at random; returns how many files the log came to.
fn play(seed: u64) -> usize {
    let (mut random, mut hand) =
        (Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)), Hand::new("ann"));
    let repo = Repo::begun(&mut hand);
    hand.does(&mut repo.world.open(), &milestone("Api", &[]));
    repo.commit("plan");
    let mut branches = vec!["main".to_owned()];
    for step in 0..STEPS {
        match random.below(8) {
            0 => {
                let branch = format!("branch-{step}");
                repo.git(&["switch", "--quiet", "-c", &branch]);
                branches.push(branch);
            }
            1..=3 => {
                let branch = &branches[random.below(branches.len())];
                // What is not committed comes along where git lets it.
                if !repo.try_git(&["switch", "--quiet", branch]).status.success() {
                    repo.commit("before a switch");
                    repo.git(&["switch", "--quiet", branch]);
                }
            }
            4 => {
                let branch = &branches[random.below(branches.len())];
                repo.commit("before a merge");
                repo.git(&["merge", "--quiet", "--no-edit", branch]);
            }
            _ => {
                let text = format!("step {step}");
                let done = hand.does(&mut repo.world.open(), &note("api", &text));
                assert_eq!(done.warnings, [], "sequence {seed}, {text}");
                if random.below(3) > 0 {
                    repo.commit(&text);
                }
            }
        }
    }
    repo.commit("the end");
    let added = ["log", "--all", "--diff-filter=A", "--name-only", "--format=", "--", "*.jsonl"];
    let added = repo.git(&added);
    let names: Vec<&str> = added.lines().filter(|line| !line.is_empty()).collect();
    let distinct: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(distinct.len(), names.len(), "sequence {seed}: a file was begun twice: {names:?}");
    let mut all = BTreeSet::new();
    for branch in &branches {
        repo.git(&["switch", "--quiet", branch]);
        all.extend(repo.world.id_set());
    }
    for branch in &branches {
        repo.git(&["merge", "--quiet", "--no-edit", branch]);
    }
    assert_eq!(repo.world.id_set(), all, "sequence {seed}: a merge of all has all");
    assert_rebuilt(&repo.world.open());
    distinct.len()
}

#[test]
fn branches_never_begin_the_same_file() {
    if !has_git("branches_never_begin_the_same_file") {
        return;
    }
    let files: usize = (0..SEQUENCES).map(play).sum();
    assert!(files > 3 * SEQUENCES as usize / 2, "only {files} files: branches hardly mattered");
}
