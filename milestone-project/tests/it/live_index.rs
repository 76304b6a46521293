//! A live index under records that come late, and under git: whatever becomes of the files of the
//! log, the index and every answer are those of an index that is built from nothing.
//!
//! A thousand of each were run by hand; here it is fewer.
//!
//! Shown red by: not resetting the streams of late records; taking a log that went back for one
//! that goes on.

use std::collections::BTreeMap;
use std::fs;

use milestone_core::projection::{Projection, Work, project};
use milestone_project::{ANALYTICS_EVERY_RECORDS, Backend, Project};
use milestone_store_sqlite::{Analytics, Index, Search};
use milestone_testkit::{CLONES, History, histories, union_of};
use proptest::prelude::*;

use crate::backends::{answers, assert_sound, file_of, migrate, unlike};
use crate::repo::{Repo, has_git};
use crate::world::{Hand, World, complete, milestone, note, print_of, rebuilt, start, task, title};

pub(crate) type Files = BTreeMap<String, Vec<u8>>;

const CASES: u32 = 120;
const CASES_TOLD: &str = "PROJECT_TEST_HISTORIES";
/// How many histories git makes, and of how many steps each.
const REPOSITORIES: u64 = 24;
const REPOSITORIES_TOLD: &str = "PROJECT_TEST_REPOSITORIES";
const STEPS: u64 = 14;

fn cases() -> ProptestConfig {
    let cases = std::env::var(CASES_TOLD).map_or(CASES, |told| told.parse().unwrap());
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// The files of a clone's log after each of its operations, some of them again later, as a checkout
/// of an older commit brings them back; at last all records of all clones.
pub(crate) fn moments(history: &History) -> Vec<Files> {
    let mut moments: Vec<Files> = Vec::new();
    let replicas = history.play_watched(|replicas| {
        let files = replicas[0].store().contents();
        if moments.last() != Some(&files) {
            moments.push(files);
        }
        if moments.len() % 5 == 4 {
            moments.push(moments[moments.len() / 2].clone());
        }
    });
    moments.push(union_of(&replicas).contents());
    moments
}

pub(crate) fn put(world: &World, files: &Files) {
    let folder = world.path("log");
    for name in world.log_files().keys().filter(|name| !files.contains_key(*name)) {
        fs::remove_file(folder.join(name)).unwrap();
    }
    for (name, bytes) in files {
        if fs::read(folder.join(name)).ok().as_ref() != Some(bytes) {
            fs::write(folder.join(name), bytes).unwrap();
        }
    }
}

pub(crate) fn begun(backend: Backend) -> World {
    let world = World::empty();
    fs::create_dir_all(world.path("log")).unwrap();
    fs::create_dir_all(world.path("local")).unwrap();
    let current = format!("{{\"generation\":2,\"backend\":\"{backend}\"}}\n");
    fs::write(world.path("local/current"), current).unwrap();
    world
}

/// What is wrong with a project whose log has changed under it, if anything.
fn complaint(world: &World, held: &mut Project) -> Option<String> {
    held.refresh().unwrap();
    let fresh = answers(&rebuilt(held));
    let project = world.open();
    if let Some(unlike) = unlike(&answers(project.state()), &fresh) {
        return Some(format!("opened anew: {unlike}"));
    }
    if let Some(unlike) = unlike(&answers(held.state()), &fresh) {
        return Some(format!("at hand: {unlike}"));
    }
    // Who finds the lock taken leaves the index to the next: a child that another test starts holds
    // whatever is open here for a moment.
    let as_far = |project: &Project| {
        let known = Index::new(file_of(world, "index.sqlite")).checkpoint().unwrap();
        known.is_some_and(|known| known.same_records(project.checkpoint()))
    };
    let Some(project) = (0..20).map(|_| world.open()).find(as_far) else {
        return Some("the index is left behind".to_owned());
    };
    let shown = Index::new(file_of(world, "index.sqlite")).fingerprint().unwrap();
    (shown != print_of(project.state())).then(|| "the index shows something else".to_owned())
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn whatever_becomes_of_the_files_the_index_is_as_built_from_nothing(
        history in histories(CLONES.len() as u8, 24),
    ) {
        let world = begun(Backend::Hybrid);
        let moments = moments(&history);
        put(&world, &moments[0]);
        let mut held = world.open();
        for (number, files) in moments.iter().enumerate() {
            put(&world, files);
            let wrong = complaint(&world, &mut held);
            prop_assert!(wrong.is_none(), "moment {number}: {}", wrong.unwrap_or_default());
        }
    }
}

/// Somebody's writer, with a log that has gone on meanwhile: what is new is handed over, and
/// nothing is built anew.
#[test]
fn a_log_that_has_gone_on_is_no_reason_to_build_anew() {
    let (world, mut hand) = World::begun();
    let mut early = world.open();
    hand.does(&mut early, &milestone("Api", &["Plan"]));
    let path = world.dir().join("beside.sqlite");
    let mut index = Index::new(&path);
    let built = project(early.store(), early.state(), early.checkpoint(), &mut index).unwrap();
    assert!(matches!(built, Work::Rebuild(_)));
    hand.does(&mut early, &note("api", "one"));
    let (state, now) = (early.state().clone(), early.checkpoint().clone());
    // Others go on between the moment that was folded and its being handed over.
    hand.does_all(&mut world.open(), (0..5).map(|number| note("api", &format!("more {number}"))));
    let work = project(early.store(), &state, &now, &mut index).unwrap();
    assert_eq!(work, Work::Tail(1));
    early.refresh().unwrap();
    let work = project(early.store(), early.state(), early.checkpoint(), &mut index).unwrap();
    assert_eq!(work, Work::Tail(5));
    assert_eq!(index.fingerprint().unwrap(), print_of(&rebuilt(&early)));
}

/// Whoever asks the facts with the `sqlite3` shell finds all but the last few records.
#[test]
fn the_facts_follow_every_few_records() {
    let (world, mut hand) = World::begun();
    let mut project = world.open();
    hand.does(&mut project, &milestone("Api", &["Plan"]));
    migrate(&mut project, Backend::Hybrid).unwrap();
    for number in 0..3 * ANALYTICS_EVERY_RECORDS {
        hand.does(&mut project, &note("api", &number.to_string()));
        let known = Analytics::new(file_of(&world, "analytics.sqlite")).checkpoint().unwrap();
        let lacking = project.checkpoint().count - known.unwrap().count;
        assert!(lacking < ANALYTICS_EVERY_RECORDS, "{lacking} are lacking");
    }
}

/// What a person does on a branch.
fn work(number: u64) -> milestone_core::domain::Command {
    match number % 7 {
        0 => milestone(&format!("Goal {number}"), &["Plan"]),
        1 => title("api", &format!("Title {number}")),
        2 => milestone_core::domain::Command::AddTasks {
            on: "api".into(),
            tasks: vec![task(&format!("Task {number}"))],
        },
        3 => start("api/plan"),
        4 => complete("api/plan"),
        _ => note("api", &format!("note {number}")),
    }
}

/// One step of somebody who uses git as one does.
fn step(repo: &Repo, hand: &mut Hand, random: u64, number: u64) {
    let record = |hand: &mut Hand| {
        for count in 0..1 + random % 3 {
            // Some of it is refused where it does not fit: no matter.
            let _ = hand.asks(&mut repo.world.open(), &work(random / 3 + count + number));
        }
    };
    let switch = |arguments: &[&str]| drop(repo.try_git(arguments));
    match random % 9 {
        0 => {
            record(hand);
            repo.commit("more");
            switch(&["switch", "--quiet", "-c", &format!("branch-{number}")]);
        }
        1 => switch(&["switch", "--quiet", "main"]),
        2 => switch(&["merge", "--quiet", "--no-edit", &format!("branch-{}", random / 9 % number)]),
        3 => switch(&["reset", "--quiet", "--hard", "HEAD~1"]),
        4 => {
            record(hand);
            switch(&["stash", "--quiet"]);
            assert!(repo.world.open().state().in_memory() < 1_000);
            switch(&["stash", "pop", "--quiet"]);
        }
        5 => {
            record(hand);
            repo.commit("to be rebased");
            let onto = format!("branch-{}", random / 9 % number);
            if !repo.try_git(&["rebase", "--quiet", &onto]).status.success() {
                switch(&["rebase", "--abort"]);
            }
        }
        6 => switch(&["checkout", "--quiet", "HEAD~2"]),
        _ => {
            record(hand);
            repo.commit("more");
        }
    }
}

#[test]
fn whatever_git_does_the_index_is_as_built_from_nothing() {
    if !has_git("whatever_git_does_the_index_is_as_built_from_nothing") {
        return;
    }
    let told = std::env::var(REPOSITORIES_TOLD);
    for seed in 0..told.map_or(REPOSITORIES, |told| told.parse().unwrap()) {
        let mut hand = Hand::new("ann");
        let repo = Repo::begun(&mut hand);
        let mut held = repo.world.open();
        hand.does(&mut held, &milestone("Api", &["Plan"]));
        let backend = Backend::ALL[1 + (seed % 2) as usize];
        migrate(&mut held, backend).unwrap();
        repo.commit("plan");
        let mut random = seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for number in 1..STEPS {
            random = random.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            step(&repo, &mut hand, random >> 33, number);
            let wrong = complaint(&repo.world, &mut held);
            assert_eq!(wrong, None, "seed {seed}, step {number}");
        }
        repo.commit("the last");
        let _ = hand.asks(&mut held, &note("api", "and on"));
        if backend == Backend::Hybrid {
            repo.commit("with its view");
            let _ = hand.asks(&mut held, &note("api", "and on again"));
        }
        let moved = if backend == Backend::Hybrid { Backend::Database } else { Backend::Hybrid };
        migrate(&mut held, moved).unwrap();
        assert_sound(&repo.world, &held);
        if moved == Backend::Database {
            let mut search = Search::new(file_of(&repo.world, "search.sqlite"));
            assert_eq!(search.check(held.state()).unwrap(), Vec::<String>::new());
        }
    }
}
