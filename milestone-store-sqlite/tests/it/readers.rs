//! Readers beside a writer, and people with a shell.
//!
//! - **Absent on purpose.** Several writers: the lock of the log keeps them apart.

use milestone_core::domain::{Body, Event, NoteAdded};
use milestone_core::log::scan;
use milestone_core::projection::{Base, Projection, build_all, project};
use milestone_store_sqlite::{Analytics, Index, IndexBase, Search};
use milestone_testkit::{Replica, full_log};
use rusqlite::Connection;

use crate::support::folded;

fn noted(replica: &mut Replica, text: &str) {
    let (note, text) = (text.to_owned().into(), text.to_owned().into());
    replica.write(&[Event::of("api", Body::NoteAdded(NoteAdded { task: None, note, text }))]);
}

fn notes(base: &IndexBase) -> usize {
    base.milestone("api").unwrap().value.item.notes.len()
}

#[test]
fn a_reader_sees_one_moment_whatever_is_written_meanwhile() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("index.sqlite");
    let mut ann = Replica::new("ann");
    noted(&mut ann, "first");
    let follow = |ann: &Replica| {
        let now = folded(ann.store());
        let mut index = Index::new(&path);
        project(ann.store(), &now.state, &now.checkpoint, &mut index).unwrap()
    };
    follow(&ann);
    let early = IndexBase::open(&path).unwrap().unwrap();
    for number in 0..50 {
        noted(&mut ann, &format!("note{number}"));
        follow(&ann);
    }
    let late = IndexBase::open(&path).unwrap().unwrap();
    assert_eq!((notes(&early), early.checkpoint().count), (1, 1));
    assert_eq!((notes(&late), late.checkpoint().count), (51, 51));
    // Built anew under both of them.
    Index::new(&path).wipe().unwrap();
    assert!(IndexBase::open(&path).unwrap().is_none());
    follow(&ann);
    let new = IndexBase::open(&path).unwrap().unwrap();
    assert_eq!((notes(&early), notes(&late), notes(&new)), (1, 51, 51));
    assert!(!early.is_damaged() && !late.is_damaged() && !new.is_damaged());
}

/// What a base cannot read is not answered wrongly in silence.
#[test]
fn a_damaged_page_marks_the_base_as_damaged() {
    let (dir, log) = (tempfile::tempdir().unwrap(), full_log());
    let path = dir.path().join("index.sqlite");
    build_all(|visit| scan(&log, visit), &mut [&mut Index::new(&path)], |_| {}).unwrap();
    Connection::open(&path).unwrap().execute_batch("UPDATE frames SET frame = x'ff'").unwrap();
    let base = IndexBase::open(&path).unwrap().unwrap();
    assert!(!base.is_damaged());
    assert!(base.milestone("api").is_none());
    assert!(base.is_damaged());
}

#[test]
fn the_documented_queries_answer() {
    let (dir, log) = (tempfile::tempdir().unwrap(), full_log());
    let path = |name: &str| dir.path().join(name);
    let (mut index, mut search, mut analytics) = (
        Index::new(path("index.sqlite")),
        Search::new(path("search.sqlite")),
        Analytics::new(path("analytics.sqlite")),
    );
    let mut all: [&mut dyn Projection; 3] = [&mut index, &mut search, &mut analytics];
    build_all(|visit| scan(&log, visit), &mut all, |_| {}).unwrap();
    let page = include_str!("../../../docs/sqlite.md");
    let mut asked = 0;
    for section in page.split("\n## ").skip(1) {
        let file = section.lines().next().unwrap_or_default();
        let connection = Connection::open(path(file)).unwrap();
        for part in section.split("```sql\n").skip(1) {
            let sql = part.split("```").next().unwrap_or_default();
            let mut statement = connection.prepare(sql).unwrap();
            let mut rows = statement.query([]).unwrap();
            while rows.next().unwrap().is_some() {}
            asked += 1;
        }
        let views = "SELECT name FROM sqlite_schema WHERE type = 'view'";
        let mut statement = connection.prepare(views).unwrap();
        let views = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        for view in views.map(Result::unwrap) {
            assert!(section.contains(&format!("`{view}`")), "{view} is not in the page");
            let count = format!("SELECT count(*) FROM {view}");
            let count: i64 = connection.query_row(&count, [], |row| row.get(0)).unwrap();
            assert!(count > 0 || view == "on_time", "{view} is empty");
        }
    }
    assert!(asked >= 8, "{asked}");
}
