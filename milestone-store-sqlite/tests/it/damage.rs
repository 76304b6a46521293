//! Whatever is done to a file: it is noticed, and built anew; the log is not touched.
//!
//! - **Absent on purpose.** Files that are damaged while they are read. SQLite notices, or not.

use std::fs;
use std::path::Path;

use milestone_core::domain::{Body, Created, Event, NoteAdded};
use milestone_core::projection::{Fingerprint, Projection, ProjectionError, Work, project};
use milestone_store_sqlite::{Index, IndexBase};
use milestone_testkit::{Replica, check_damage, full_log};
use rusqlite::Connection;

use crate::spoil::Spoiler;
use crate::support::folded;

/// Columns of `items` that say what an item is; the others follow from these and from other rows.
const OWN: [&str; 27] = [
    "id",
    "home",
    "slug",
    "title",
    "description",
    "status",
    "archived_from",
    "priority",
    "owner",
    "start",
    "due",
    "estimate",
    "weight",
    "position",
    "template",
    "external_id",
    "workflow",
    "time_spent",
    "reported_done",
    "reported_of",
    "reported_percent",
    "created_at",
    "created_by",
    "changed_at",
    "started_at",
    "completed_at",
    "name",
];

/// Tables of which documents are made, and columns in them that documents do not have.
const LISTS: [&str; 13] = [
    "streams",
    "labels",
    "assignees",
    "dependencies",
    "left_open",
    "criteria",
    "notes",
    "links",
    "blockers",
    "risks",
    "conflicts",
    "phases",
    "deliverables",
];
const ORDER: [&str; 2] = ["place", "cyclic"];

#[test]
fn the_fingerprint_sees_every_column_that_documents_are_made_of() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("index.sqlite");
    let mut spoiler = Spoiler::new(&path);
    let shown = |table: &str, column: &str| match table {
        "items" => OWN.contains(&column),
        table => LISTS.contains(&table) && !ORDER.contains(&column),
    };
    check_damage(
        || Index::new(&path),
        |number| spoiler.damage(number, shown),
        |index, log| {
            let state = folded(log).state;
            !index.fingerprint().is_ok_and(|shown| shown == Fingerprint::of_state(&state))
        },
    );
}

#[test]
fn the_check_sees_every_column() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("index.sqlite");
    let mut spoiler = Spoiler::new(&path);
    check_damage(
        || Index::new(&path),
        |number| spoiler.damage(number, |_, _| true),
        |index, log| {
            let scratch = tempfile::tempdir().unwrap();
            let checked = index.check(log, scratch.path().join("fresh.sqlite"));
            !checked.is_ok_and(|faults| faults.is_empty())
        },
    );
}

/// What may happen to a file that nobody guards.
const ACCIDENTS: [&str; 7] = [
    "emptied",
    "cut short",
    "no database",
    "first page overwritten",
    "of a newer version",
    "of another program",
    "without a table",
];

fn cause(accident: &str, path: &Path) {
    let bytes = fs::read(path).unwrap();
    let run = |sql| Connection::open(path).unwrap().execute_batch(sql).unwrap();
    match accident {
        "emptied" => fs::write(path, b"").unwrap(),
        "cut short" => fs::write(path, &bytes[..bytes.len() / 2]).unwrap(),
        "no database" => fs::write(path, [7; 20_000]).unwrap(),
        "first page overwritten" => {
            let mut bytes = bytes;
            bytes[100..4096].fill(0xa5);
            fs::write(path, bytes).unwrap();
        }
        "of a newer version" => run("PRAGMA user_version = 99"),
        "of another program" => run("PRAGMA application_id = 7"),
        _ => run("DROP TABLE checkpoint"),
    }
}

#[test]
fn whatever_happens_to_the_file_it_is_built_anew() {
    let (dir, log) = (tempfile::tempdir().unwrap(), full_log());
    let (path, before) = (dir.path().join("index.sqlite"), log.contents());
    let now = folded(&log);
    for what in ACCIDENTS {
        project(&log, &now.state, &now.checkpoint, &mut Index::new(&path)).unwrap();
        assert!(IndexBase::open(&path).unwrap().is_some());
        // As a process that ended leaves it: nothing but the file.
        for end in ["-wal", "-shm"] {
            let _ = fs::remove_file(dir.path().join(format!("index.sqlite{end}")));
        }
        cause(what, &path);
        let opened = IndexBase::open(&path);
        assert!(matches!(opened, Err(ProjectionError::Damaged { .. })), "{what}: {opened:?}");
        let work = project(&log, &now.state, &now.checkpoint, &mut Index::new(&path)).unwrap();
        assert!(matches!(work, Work::Rebuild(_)), "{what}: {work:?}");
        let shown = Index::new(&path).fingerprint().unwrap();
        assert_eq!(shown, Fingerprint::of_state(&now.state), "{what}");
    }
    assert_eq!(log.contents(), before);
}

#[test]
fn what_a_dead_build_left_is_removed() {
    let (dir, log) = (tempfile::tempdir().unwrap(), full_log());
    let path = dir.path().join("index.sqlite");
    fs::write(dir.path().join("index.sqlite.new"), [1; 5_000]).unwrap();
    let now = folded(&log);
    assert!(IndexBase::open(&path).unwrap().is_none());
    project(&log, &now.state, &now.checkpoint, &mut Index::new(&path)).unwrap();
    assert!(!dir.path().join("index.sqlite.new").exists());
    assert_eq!(Index::new(&path).fingerprint().unwrap(), Fingerprint::of_state(&now.state));
}

/// Where the file should be is something else, or the folder is out of reach.
#[test]
fn what_is_out_of_reach_is_said_and_not_thrown_away() {
    let (dir, log) = (tempfile::tempdir().unwrap(), full_log());
    let path = dir.path().join("index.sqlite");
    fs::create_dir(&path).unwrap();
    fs::write(path.join("kept"), "by somebody").unwrap();
    let now = folded(&log);
    let done = project(&log, &now.state, &now.checkpoint, &mut Index::new(&path));
    assert!(done.is_err(), "{done:?}");
    assert!(IndexBase::open(&path).is_err());
    assert_eq!(fs::read_to_string(path.join("kept")).unwrap(), "by somebody");
}

/// Damage that shows only when it is brought up to date.
#[test]
fn what_turns_out_to_be_damaged_is_built_anew_at_once() {
    let (dir, mut ann) = (tempfile::tempdir().unwrap(), Replica::new("ann"));
    let path = dir.path().join("index.sqlite");
    let note = |ann: &mut Replica, id: &'static str| {
        let note = NoteAdded { task: None, note: id.into(), text: "a note".into() };
        ann.write(&[Event::of("api", Body::NoteAdded(note))]);
        let now = folded(ann.store());
        let work = project(ann.store(), &now.state, &now.checkpoint, &mut Index::new(&path));
        (work.unwrap(), Fingerprint::of_state(&now.state))
    };
    note(&mut ann, "aaaaaaaa");
    assert_eq!(note(&mut ann, "bbbbbbbb").0, Work::Tail(1));
    Connection::open(&path).unwrap().execute_batch("UPDATE frames SET frame = x'ff'").unwrap();
    let (work, should) = note(&mut ann, "cccccccc");
    assert!(matches!(work, Work::Rebuild(_)), "{work:?}");
    assert_eq!(Index::new(&path).fingerprint().unwrap(), should);
}

/// What cannot be written leaves the position where it was: nothing is missing when it works again.
#[test]
fn a_batch_that_is_refused_moves_no_position() {
    let (dir, mut ann) = (tempfile::tempdir().unwrap(), Replica::new("ann"));
    let path = dir.path().join("index.sqlite");
    let created = |id: &str| Event::of(id, Body::MilestoneCreated(Created::default()));
    let catch_up = |ann: &Replica| {
        let now = folded(ann.store());
        let work = project(ann.store(), &now.state, &now.checkpoint, &mut Index::new(&path));
        (work, Fingerprint::of_state(&now.state))
    };
    ann.write(&[created("api")]);
    catch_up(&ann).0.unwrap();
    let run = |sql| Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    run("CREATE TRIGGER refuse BEFORE INSERT ON items BEGIN SELECT RAISE(ABORT, 'no'); END");
    ann.write(&[created("web")]);
    let (refused, _) = catch_up(&ann);
    assert!(refused.is_err(), "{refused:?}");
    run("DROP TRIGGER refuse");
    let (work, should) = catch_up(&ann);
    assert_eq!(work.unwrap(), Work::Tail(1));
    assert_eq!(Index::new(&path).fingerprint().unwrap(), should);
}
