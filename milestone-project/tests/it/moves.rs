//! Moves that somebody asks for, between every two backends and back: the same answers before and
//! after, nothing lost, nothing half there.
//!
//! Shown red by: a rollback that does not catch up; a view that is left behind; a second migration
//! that is let in; a backup that leaves the log out.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::Stdio;

use milestone_core::domain::{Command, Field, Plan, Value};
use milestone_core::log::Checkpoint;
use milestone_core::projection::rebuild;
use milestone_project::{
    Backend, DeedKind, MigrateError, Mover, Options, Project, Step, Vault, Wanted,
};
use milestone_store_file::FileStore;

use crate::backends::{
    answers, asked, assert_sound, assert_tables, generation, generations, migrate, unlike,
    view_files,
};
use crate::world::{
    Hand, World, after, archive, cancel, complete, expect_success, milestone, note, set, start,
    title,
};

/// How many records a project goes on for, between a move and its rollback.
const FURTHER: usize = 1_000;

/// Something of everything.
fn commands() -> Vec<Command> {
    let mut commands: Vec<Command> =
        (0..12).map(|number| milestone(&format!("Goal {number}"), &["Plan", "Build"])).collect();
    commands.extend([
        start("goal-1/plan"),
        complete("goal-1/plan"),
        after("goal-2", "goal-1"),
        after("goal-3/build", "goal-2/plan"),
        cancel("goal-4"),
        archive("goal-4"),
        note("goal-6/build", "a note — with Überblick 🚀"),
        title("goal-7", "Another title"),
        set("goal-8", Field::Owner, Value::Text("ann".into())),
        set("goal-9/plan", Field::ExternalId, Value::Text("bd-1".into())),
    ]);
    commands
}

fn planned() -> (World, Hand, Project) {
    let (world, mut hand) = World::begun();
    let mut project = world.open();
    hand.does_all(&mut project, commands());
    (world, hand, project)
}

fn further(number: usize) -> Command {
    let goal = format!("goal-{}", number % 4);
    match number % 200 {
        7 => milestone(&format!("Further {number}"), &["Plan"]),
        11 => title(&goal, &format!("Title {number}")),
        _ => note(&goal, &format!("further {number}")),
    }
}

fn pairs() -> impl Iterator<Item = (Backend, Backend)> {
    let all = |from| Backend::ALL.into_iter().map(move |to| (from, to));
    Backend::ALL.into_iter().flat_map(all).filter(|(from, to)| from != to)
}

#[test]
fn every_pair_of_backends_answers_alike_and_rolls_back() {
    for (from, to) in pairs() {
        let (world, mut hand, mut project) = planned();
        if from != Backend::File {
            migrate(&mut project, from).unwrap();
        }
        assert_sound(&world, &project);
        assert_tables(&world, &project);
        let (before, log) = (answers(project.state()), world.log_files());
        let mut other = world.open();
        let moved = migrate(&mut project, to).unwrap();
        assert_eq!((moved.moved.from, moved.moved.to, project.backend()), (from, to, to));
        assert_eq!(unlike(&before, &answers(project.state())), None, "{from} to {to}");
        assert_eq!(world.log_files(), log, "a move writes nothing to the log");
        assert_sound(&world, &project);
        assert_tables(&world, &project);
        // Whoever had it open before goes on where it is now.
        hand.does(&mut other, &note("goal-1", "from another one"));
        assert_eq!(other.backend(), to);
        project.refresh().unwrap();
        hand.does(&mut project, &note("goal-1", "and back"));
        assert_sound(&world, &project);
        let back = project.rollback(&asked()).unwrap();
        assert_eq!((back.caught_up, project.backend()), (2, from), "{from} to {to}");
        assert_sound(&world, &project);
        assert_tables(&world, &project);
        assert_eq!(generations(&world).len(), 2);
        // There and back again, as often as one likes.
        for expected in [to, from, to] {
            hand.does(&mut project, &note("goal-2", "once more"));
            project.rollback(&asked()).unwrap();
            assert_eq!(project.backend(), expected);
            assert_sound(&world, &project);
            assert_tables(&world, &project);
        }
        let again = migrate(&mut project, to);
        assert!(matches!(again, Err(MigrateError::AlreadyThere { .. })), "{again:?}");
    }
}

#[test]
fn a_rollback_after_a_thousand_further_records_loses_none() {
    for (from, to) in pairs() {
        let (world, mut hand, mut project) = planned();
        if from != Backend::File {
            migrate(&mut project, from).unwrap();
        }
        migrate(&mut project, to).unwrap();
        // Most under one lock, some alone, some by others who had it open.
        let mut other = world.open();
        hand.does_all(&mut project, (0..FURTHER - 20).map(further));
        for number in FURTHER - 20..FURTHER {
            let who = if number % 2 == 0 { &mut other } else { &mut project };
            hand.does(who, &further(number));
        }
        project.refresh().unwrap();
        let (before, ids) = (answers(project.state()), world.ids());
        assert_eq!(ids.len(), 1 + commands().len() + FURTHER);
        let back = project.rollback(&asked()).unwrap();
        assert_eq!((back.caught_up, project.backend()), (FURTHER as u64, from));
        assert_eq!(unlike(&before, &answers(project.state())), None, "{to} back to {from}");
        assert_eq!(world.ids(), ids);
        assert_sound(&world, &project);
        assert_tables(&world, &project);
        hand.does(&mut other, &note("goal-1", "still here"));
        assert_eq!(other.backend(), from);
        project.refresh().unwrap();
        assert_sound(&world, &project);
    }
}

#[test]
fn pruning_leaves_nothing_to_go_back_to() {
    let (world, mut hand, mut project) = planned();
    assert!(matches!(project.rollback(&asked()), Err(MigrateError::NothingBefore)));
    migrate(&mut project, Backend::Hybrid).unwrap();
    migrate(&mut project, Backend::Database).unwrap();
    assert_eq!((generation(&world), generations(&world)), (3, vec![2, 3]), "one is kept");
    fs::create_dir(world.path("local/gen-9")).unwrap();
    assert_eq!(project.before().unwrap().0, Backend::Hybrid);
    assert_eq!(project.prune(&asked()).unwrap(), [2, 9]);
    assert_eq!((project.before(), generations(&world)), (None, vec![3]));
    assert!(matches!(project.rollback(&asked()), Err(MigrateError::NothingBefore)));
    hand.does(&mut project, &note("goal-1", "still here"));
    assert_sound(&world, &project);
    migrate(&mut project, Backend::File).unwrap();
    assert_sound(&world, &project);
    let told = project.journal().pop().unwrap();
    assert!(matches!(told.what, DeedKind::Migrated(moved) if moved.to == Backend::File));
    assert_eq!(told.by, "ann");
}

#[test]
fn an_edited_file_refuses_a_move_to_where_there_is_no_view() {
    let (world, mut hand, mut project) = planned();
    migrate(&mut project, Backend::Hybrid).unwrap();
    world.edit("active/goal-3.yaml", "title: Goal 3", "title: By hand");
    let before = (world.bytes(), generations(&world));
    match migrate(&mut project, Backend::Database) {
        Err(MigrateError::Unadopted { files }) => assert_eq!(files, ["active/goal-3.yaml"]),
        other => panic!("{other:?}"),
    }
    assert_eq!((world.bytes(), generations(&world)), before, "nothing was done");
    // Where there is a view, an edit is in nobody's way.
    migrate(&mut project, Backend::File).unwrap();
    assert!(world.view("active/goal-3.yaml").contains("title: By hand"));
    project.adopt(&[], &hand.caller()).unwrap();
    migrate(&mut project, Backend::Database).unwrap();
    assert_eq!(&*project.state().milestone("goal-3").unwrap().item.title, "By hand");
    assert_sound(&world, &project);
    // An edit of now refuses the way back from a backend with a view as well.
    project.rollback(&asked()).unwrap();
    world.edit("active/goal-3.yaml", "title: By hand", "title: Again");
    let back = project.rollback(&asked());
    assert!(matches!(back, Err(MigrateError::Unadopted { .. })), "{back:?}");
}

/// Whoever dies between the switch and the view leaves files that nobody keeps up to date.
#[test]
fn a_view_that_was_left_behind_is_cleared_by_the_next_command() {
    let (world, mut hand, mut project) = planned();
    let active = world.path("active");
    let kept: BTreeMap<_, _> = fs::read_dir(&active)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    let mark = fs::read(world.path("local/view.json")).unwrap();
    migrate(&mut project, Backend::Database).unwrap();
    assert_eq!(view_files(&world), Vec::<String>::new());
    fs::create_dir_all(&active).unwrap();
    kept.iter().for_each(|(path, bytes)| fs::write(path, bytes).unwrap());
    fs::write(world.path("local/view.json"), mark).unwrap();
    hand.does(&mut project, &note("goal-1", "still here"));
    assert_sound(&world, &project);
}

#[test]
fn a_fresh_clone_moves_too() {
    let (world, _, _) = planned();
    for to in [Backend::Hybrid, Backend::Database] {
        let clone = world.cloned();
        let mut project = clone.open();
        migrate(&mut project, to).unwrap();
        assert_sound(&clone, &project);
        assert_tables(&clone, &project);
    }
}

#[test]
fn who_may_only_read_moves_nothing() {
    let (world, _, _) = planned();
    let mut project = world.read_only();
    assert!(matches!(migrate(&mut project, Backend::Hybrid), Err(MigrateError::ReadOnly)));
    assert!(matches!(project.rollback(&asked()), Err(MigrateError::ReadOnly)));
    assert!(matches!(project.prune(&asked()), Err(MigrateError::ReadOnly)));
}

#[test]
fn child_holds_a_migration() {
    let Some(world) = World::of_parent() else { return };
    let mut project = world.open();
    let mut waited = false;
    let done = project.migrate(Backend::Hybrid, &asked(), &mut |step| {
        if !waited && matches!(step, Step::Comparing { .. }) {
            waited = true;
            let mut stdout = std::io::stdout();
            writeln!(stdout, "held").and_then(|()| stdout.flush()).unwrap();
            let mut line = String::new();
            std::io::stdin().read_line(&mut line).unwrap();
        }
    });
    assert!(waited && done.is_ok());
}

#[test]
fn a_second_migration_is_refused_and_everybody_else_goes_on() {
    let (world, mut hand, mut project) = planned();
    let mut child = world.child("moves::child_holds_a_migration", "exec");
    child.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = child.spawn().unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("held") {
        line.clear();
        assert!(said.read_line(&mut line).unwrap() > 0, "the child came to its end");
    }
    for round in 0..3 {
        let second = migrate(&mut project, Backend::Database);
        assert!(matches!(second, Err(MigrateError::Busy)), "{second:?}");
        assert!(matches!(project.rollback(&asked()), Err(MigrateError::Busy)));
        assert!(matches!(project.prune(&asked()), Err(MigrateError::Busy)));
        // Nobody waits for it, nobody fails; a move that is due is left to whoever moves already.
        let done = hand.does_all_told(&mut project, (0..30).map(|at| further(100 * round + at)));
        assert_eq!(done, []);
        hand.does(&mut world.open(), &milestone("More", &["Plan"]));
        project.refresh().unwrap();
    }
    drop(child.stdin.take());
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    let mut output = child.wait_with_output().unwrap();
    output.stdout = rest.into_bytes();
    expect_success(&output);
    project.refresh().unwrap();
    assert_eq!(project.backend(), Backend::Hybrid);
    assert_eq!(project.checkpoint().count as usize, 1 + commands().len() + 3 * 31);
    assert_sound(&world, &project);
}

#[test]
fn what_is_told_of_a_migration_is_in_order() {
    let (world, _, mut project) = planned();
    let mut steps = Vec::new();
    let mover = Mover { by: "bob", ..asked() };
    project.migrate(Backend::Database, &mover, &mut |step| steps.push(step.clone())).unwrap();
    let records = project.checkpoint().count;
    let [Step::BackedUp { file, bytes }, building @ .., comparing, same, Step::Switched] =
        steps.as_slice()
    else {
        panic!("{steps:?}");
    };
    let files = fs::read_dir(world.path(file)).unwrap();
    assert_eq!(files.map(|file| file.unwrap().metadata().unwrap().len()).sum::<u64>(), *bytes);
    let expected: Vec<Step> =
        (1..=records).map(|done| Step::Building { done, of: records }).collect();
    assert_eq!(building, expected);
    let aggregates = project.state().milestone_ids().len() + project.state().task_streams().len();
    assert_eq!(comparing, &Step::Comparing { aggregates });
    let fingerprint = crate::world::print_of(project.state());
    assert_eq!(same, &Step::Same { fingerprint });
    let told: Vec<_> = project.journal().into_iter().map(|deed| (deed.by, deed.what)).collect();
    assert_eq!(
        told[0],
        ("bob".to_owned(), DeedKind::BackedUp { file: file.clone(), bytes: *bytes })
    );
    assert!(matches!(&told[1], (by, DeedKind::Migrated(moved)) if by == "bob"
        && moved.records == records && (moved.from_generation, moved.to_generation) == (1, 2)));
}

/// What comes out of a backup is the log, byte by byte, and opens as a project.
#[test]
fn a_backup_can_be_put_back() {
    let (world, mut hand, mut project) = planned();
    fs::create_dir_all(world.path("templates")).unwrap();
    fs::write(world.path("templates/mine.yaml"), "a: 1\n").unwrap();
    let mut file = None;
    let log = world.log_files();
    project
        .migrate(Backend::Hybrid, &asked(), &mut |step| {
            if let Step::BackedUp { file: made, .. } = step {
                file = Some(made.clone());
            }
        })
        .unwrap();
    let before: Checkpoint = project.checkpoint().clone();
    hand.does(&mut project, &note("goal-1", "not in the backup"));
    let restored = World::empty();
    assert_eq!(file.as_deref(), Some("local/backups/0001-move"));
    let vault = Vault::open(&world.path("local/backups")).unwrap();
    vault.restore_into(&Wanted::Point(1), restored.dir()).unwrap();
    assert_eq!(restored.log_files(), log);
    assert_eq!(restored.view("templates/mine.yaml"), "a: 1\n");
    let store = FileStore::open(&restored.root(), Options::default()).unwrap();
    let caught = rebuild(&store, "to compare with").unwrap();
    assert!(caught.checkpoint.same_records(&before));
    assert_eq!(caught.checkpoint.findings, []);
    drop(store);
    let mut opened = restored.open();
    hand.does(&mut opened, &note("goal-1", "it goes on"));
    assert_sound(&restored, &opened);
}
