//! Two clones and every way in which git brings their work together: no record is lost, and both
//! see the same.
//!
//! Shown red by: continuing any file that is there.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use milestone_core::domain::{Command, Plan};
use milestone_core::projection::Fingerprint;
use milestone_core::words::RecordId;

use crate::repo::{Repo, has_git};
use crate::world::{
    Hand, assert_rebuilt, complete, milestone, note, print_of, start, task, title, view_print,
};

/// How many records each clone adds, and in how many commits.
const RECORDS: usize = 500;
const COMMITS: usize = 5;

type Ids = BTreeSet<RecordId>;

/// Two clones of one origin, which has the work of both on branches of its own.
struct Pair {
    origin: Repo,
    ann: Repo,
    bob: Repo,
    union: Ids,
}

/// What one of two writes into the same milestone.
fn work(name: &str, number: usize) -> Command {
    match number % 10 {
        0 => title("api", &format!("Api of {name}, {number}")),
        1 => title("api/plan", &format!("Plan of {name}, {number}")),
        2 => {
            let tasks = vec![task(&format!("Task {number}"))];
            Command::AddTasks { on: "api".into(), tasks }
        }
        3 => start(&format!("api/task-{}", number - 1)),
        4 => complete(&format!("api/task-{}", number - 2)),
        _ => note("api", &format!("{name} {number}")),
    }
}

fn write(repo: &Repo, name: &str, hand: &mut Hand) {
    let mut project = repo.world.open();
    for commit in 0..COMMITS {
        let share = RECORDS / COMMITS;
        let numbers = commit * share..(commit + 1) * share;
        hand.does_all(&mut project, numbers.map(|number| work(name, number)));
        repo.commit(&format!("{name} {commit}"));
    }
    repo.git(&["push", "--quiet", "origin", &format!("HEAD:refs/heads/{name}")]);
}

fn pair(union_merge: bool) -> Pair {
    let mut hand = Hand::new("ann");
    let origin = Repo::begun(&mut hand);
    hand.does(&mut origin.world.open(), &milestone("Api", &["Plan"]));
    if !union_merge {
        fs::write(origin.world.path(".gitattributes"), "log/*.jsonl -text\n").unwrap();
    }
    origin.commit("plan");
    let (ann, bob) = (origin.cloned(), origin.cloned());
    write(&ann, "ann", &mut hand);
    write(&bob, "bob", &mut Hand::later("bob", 2_500_000));
    let union: Ids = ann.world.id_set().union(&bob.world.id_set()).copied().collect();
    assert_eq!(union.len(), 2 + 2 * RECORDS);
    Pair { origin, ann, bob, union }
}

/// A clone on the work of `mine` that takes in the work of `theirs` in some way.
fn brought_together(pair: &Pair, way: &str, mine: &str, theirs: &str) -> Repo {
    let repo = pair.origin.cloned();
    repo.git(&["switch", "--quiet", mine]);
    let theirs = format!("origin/{theirs}");
    match way {
        "merge" => drop(repo.git(&["merge", "--quiet", "--no-edit", &theirs])),
        "rebase" => drop(repo.git(&["rebase", "--quiet", &theirs])),
        "cherry-pick" => drop(repo.git(&["cherry-pick", &format!("origin/main..{theirs}")])),
        "squash" => {
            repo.git(&["merge", "--quiet", "--squash", &theirs]);
            repo.commit("squashed");
        }
        _ => unreachable!("{way}"),
    }
    repo
}

/// What two clones must agree about.
fn seen(repo: &Repo) -> (Fingerprint, Vec<String>) {
    let project = repo.world.open();
    assert_rebuilt(&project);
    let api = project.state().milestone("api").unwrap();
    let mut conflicts: Vec<String> =
        api.item.conflicts.iter().map(|conflict| conflict.id(&api.stream())).collect();
    for task in project.state().tasks_of("api") {
        conflicts.extend(task.item.conflicts.iter().map(|conflict| conflict.id(&task.stream)));
    }
    (print_of(project.state()), conflicts)
}

#[test]
fn no_way_of_git_loses_a_record() {
    if !has_git("no_way_of_git_loses_a_record") {
        return;
    }
    let pair = pair(true);
    let mut views = Vec::new();
    for way in ["merge", "rebase", "cherry-pick", "squash"] {
        for (mine, theirs) in [("ann", "bob"), ("bob", "ann")] {
            let repo = brought_together(&pair, way, mine, theirs);
            assert_eq!(repo.world.id_set(), pair.union, "{way} of {theirs} into {mine}");
            views.push(seen(&repo));
        }
    }
    assert!(!views[0].1.is_empty(), "both changed the title");
    assert!(views.iter().all(|view| *view == views[0]), "{views:#?}");
}

/// The clones that wrote, with their snapshots and views, while a process holds the project open.
#[test]
fn the_clones_that_wrote_see_the_same_after_a_merge() {
    if !has_git("the_clones_that_wrote_see_the_same_after_a_merge") {
        return;
    }
    let pair = pair(true);
    for (repo, theirs) in [(&pair.ann, "bob"), (&pair.bob, "ann")] {
        let mut held = repo.world.open();
        repo.git(&["fetch", "--quiet", "origin"]);
        repo.git(&["merge", "--quiet", "--no-edit", &format!("origin/{theirs}")]);
        held.refresh().unwrap();
        assert_eq!(repo.world.id_set(), pair.union);
        assert_eq!(print_of(held.state()), print_of(repo.world.open().state()));
    }
    assert_eq!(seen(&pair.ann), seen(&pair.bob));
    let mut project = pair.ann.world.open();
    let mut hand = Hand::after("ann", &project);
    let done = hand.does(&mut project, &title("api", "Agreed"));
    assert_eq!(done.warnings, []);
    let heads = project.checkpoint().heads.len();
    assert_eq!(heads, 1, "the next record knows of both sides");
    assert_rebuilt(&project);
    assert_eq!(view_print(&project), print_of(project.state()));
    let api = project.state().milestone("api").unwrap();
    let about = |held: &milestone_core::domain::Conflict| held.subject.name() == "title";
    assert!(!api.item.conflicts.iter().any(about), "a title that read both sides settles it");
}

#[test]
fn without_union_merging_clones_have_nothing_to_merge() {
    if !has_git("without_union_merging_clones_have_nothing_to_merge") {
        return;
    }
    let pair = pair(false);
    for (mine, theirs) in [("ann", "bob"), ("bob", "ann")] {
        let repo = brought_together(&pair, "merge", mine, theirs);
        assert_eq!(repo.world.id_set(), pair.union);
    }
    // And so have two branches of one clone.
    let repo = &pair.ann;
    let mut hand = Hand::after("ann", &repo.world.open());
    for round in 0..4 {
        let branch = format!("branch-{round}");
        repo.git(&["switch", "--quiet", "-c", &branch]);
        hand.does(&mut repo.world.open(), &note("api", "on the branch"));
        repo.commit("on the branch");
        repo.git(&["switch", "--quiet", "-"]);
        hand.does(&mut repo.world.open(), &note("api", "beside it"));
        repo.commit("beside it");
        let both = repo.world.id_set();
        repo.git(&["merge", "--quiet", "--no-edit", &branch]);
        assert_eq!(repo.world.id_set().len(), both.len() + 1);
        assert!(repo.world.id_set().is_superset(&both));
    }
}

/// After a squash or a cherry-pick between branches of one clone there may be two versions of one
/// file. `merge_files` takes both sides of what git marked.
#[test]
fn what_git_cannot_merge_is_merged_by_record() {
    if !has_git("what_git_cannot_merge_is_merged_by_record") {
        return;
    }
    let mut conflicts = 0;
    for way in ["squash", "cherry-pick"] {
        let pair = pair(false);
        let repo = &pair.ann;
        let mut hand = Hand::after("ann", &repo.world.open());
        let mut does = |text: &str| {
            for number in 0..3 {
                hand.does(&mut repo.world.open(), &note("api", &format!("{text} {number}")));
            }
            repo.commit(text);
        };
        repo.git(&["switch", "--quiet", "-c", "side"]);
        does("first on the side");
        does("second on the side");
        repo.git(&["switch", "--quiet", "main"]);
        match way {
            "squash" => {
                repo.git(&["merge", "--quiet", "--squash", "side~1"]);
                repo.commit("squashed");
            }
            _ => drop(repo.git(&["cherry-pick", "side~1"])),
        }
        does("on main");
        let mut all = repo.world.id_set();
        repo.git(&["switch", "--quiet", "side"]);
        does("third on the side");
        all.extend(repo.world.id_set());
        let merged = repo.try_git(&["merge", "--quiet", "--no-edit", "main"]);
        if !merged.status.success() {
            conflicts += 1;
            let files: Vec<PathBuf> =
                repo.unmerged().iter().map(|name| repo.world.dir().join(name)).collect();
            let mut project = repo.world.open();
            let report = project.merge_files(&files, false).unwrap();
            assert_eq!(report.cleaned.len(), files.len(), "{report:?}");
            assert_rebuilt(&project);
            repo.commit("merged");
        }
        assert_eq!(repo.world.id_set(), all, "{way}");
        assert_rebuilt(&repo.world.open());
    }
    assert!(conflicts > 0, "git merged everything, and nothing was tried");
}
