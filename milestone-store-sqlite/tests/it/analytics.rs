//! Analytics: the figures of a small project, worked out by hand, and of any history, by a fold.
//!
//! - **Absent on purpose.** What the figures are good for.

use milestone_analytics::{Collector, Facts};
use milestone_core::domain::{
    BlockerCleared, BlockerRaised, Body, Created, Event, Progress, Transition, task_status_word,
};
use milestone_core::log::{Step, scan};
use milestone_core::projection::{build, project, restore};
use milestone_core::words::Timestamp;
use milestone_store_sqlite::Analytics;
use milestone_testkit::{
    MemoryBase, MemoryStore, Replica, check_damage, check_projection, harmless, histories,
};
use proptest::prelude::*;
use rusqlite::Connection;

use crate::spoil::Spoiler;
use crate::support::{cases, each_log, folded};

#[test]
fn it_is_a_projection() {
    let dir = tempfile::tempdir().unwrap();
    check_projection(|| Analytics::new(dir.path().join("analytics.sqlite")));
}

#[test]
fn the_check_sees_every_column() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("analytics.sqlite");
    let mut spoiler = Spoiler::new(&path);
    let damaged = |analytics: &mut Analytics, log: &MemoryStore| {
        !analytics.check(log, &folded(log).state).is_ok_and(|faults| faults.is_empty())
    };
    let damage = |number| spoiler.damage(number, |_, _| true);
    check_damage(|| Analytics::new(&path), damage, damaged);
}

/// A moment on the 1st of March 2026 and after, by day and hour.
fn moment(day: i64, hour: i64) -> Option<Timestamp> {
    let begin = Timestamp::parse("2026-03-01T00:00:00Z").unwrap().0;
    Some(Timestamp(begin + ((day - 1) * 24 + hour) * 3_600_000_000))
}

/// A task that is made, begun, blocked, done, done again; one that is given up; told out of order.
fn small_project() -> Replica {
    let mut ann = Replica::new("ann");
    let mut did = |day, hour, body| {
        let event = Event { at: moment(day, hour), ..Event::of("api", body) };
        ann.write(&[event]);
    };
    let task = |slug: &'static str| Some(slug.into());
    let change = |slug| Transition { task: task(slug), time_spent: 30, ..Transition::default() };
    let created = |slug| Created { task: task(slug), ..Created::default() };
    did(1, 0, Body::MilestoneCreated(Created::default()));
    did(1, 1, Body::TaskAdded(created("one")));
    did(1, 2, Body::TaskAdded(created("two")));
    // Taken back: nobody began it then.
    did(1, 3, Body::TaskStarted(change("one")));
    did(1, 9, Body::TaskReopened(change("one")));
    did(2, 12, Body::TaskStarted(change("one")));
    did(3, 12, Body::TaskCompleted(change("one")));
    did(4, 0, Body::TaskReopened(change("one")));
    did(5, 0, Body::TaskStarted(change("one")));
    // Said to be done before it was begun again: it was not, then.
    did(4, 18, Body::TaskCompleted(change("one")));
    // Told late, like all of an import.
    did(4, 6, Body::TaskCancelled(change("two")));
    let raised =
        BlockerRaised { task: task("one"), blocker: "aaaaaaaa".into(), ..BlockerRaised::default() };
    did(2, 18, Body::BlockerRaised(raised));
    let cleared = BlockerCleared { task: task("one"), blocker: "aaaaaaaa".into(), notes: None };
    did(3, 0, Body::BlockerCleared(cleared));
    did(3, 1, Body::ProgressUpdated(Progress { time_spent: 15, ..Progress::default() }));
    ann
}

fn rows(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(sql).unwrap();
    let columns = statement.column_count();
    let row = |row: &rusqlite::Row<'_>| {
        let value = |column| match row.get_ref(column).unwrap() {
            rusqlite::types::ValueRef::Null => "-".to_owned(),
            rusqlite::types::ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
            value => value.as_i64().unwrap().to_string(),
        };
        Ok((0..columns).map(value).collect::<Vec<_>>().join(" "))
    };
    statement.query_map([], row).unwrap().map(Result::unwrap).collect()
}

#[test]
fn the_figures_of_a_small_project_are_those_worked_out_by_hand() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("analytics.sqlite");
    build(small_project().store(), &mut Analytics::new(&path)).unwrap();
    let connection = Connection::open(&path).unwrap();
    let of = |sql| rows(&connection, sql);
    assert_eq!(
        of("SELECT state, minutes, times, lasts FROM state_durations WHERE stream = 'api/one'"),
        // 2 hours, 27 and 24; 6, 24 and none; 12 before it came back.
        ["done 720 2 1", "in_progress 1800 3 0", "pending 3180 3 0"]
    );
    assert_eq!(
        of("SELECT stream, lead_minutes, cycle_minutes, reopened FROM task_times"),
        ["api/one 5700 3600 1", "api/two - - 0"]
    );
    assert_eq!(
        of("SELECT day, scope, done FROM burnup WHERE milestone = 'api'"),
        ["2026-03-01 2 0", "2026-03-03 2 1", "2026-03-04 1 0", "2026-03-05 1 1"]
    );
    assert_eq!(of("SELECT * FROM throughput"), ["2026-03-05 api 1 -"]);
    assert_eq!(of("SELECT * FROM blocked_times"), ["api/one 1 360 0"]);
    assert_eq!(
        of("SELECT day, events, minutes FROM actor_days"),
        [
            "2026-03-01 5 60",
            "2026-03-02 2 30",
            "2026-03-03 3 45",
            "2026-03-04 3 90",
            "2026-03-05 1 30"
        ]
    );
    assert_eq!(of("SELECT * FROM on_time"), [""; 0]);
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn the_facts_are_those_of_the_log(
        history in histories(3, 14),
        damage in prop::collection::vec(harmless(), 0..3),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let mut analytics = Analytics::new(dir.path().join("analytics.sqlite"));
        let mut before = folded(&MemoryStore::new());
        let mut faults = Vec::new();
        each_log(&history, &damage, |log| {
            let base = MemoryBase::shared(&before.state);
            before = restore(log, &base, &before.checkpoint).unwrap();
            project(log, &before.state, &before.checkpoint, &mut analytics).unwrap();
            faults.extend(analytics.check(log, &before.state).unwrap());
        });
        prop_assert!(faults.is_empty(), "{faults:?}");
    }

    /// The figures are made of the same facts as these tables: stages, blockers and ends, each with
    /// its time, and what is in scope and done in the end.
    #[test]
    fn figures_are_made_of_the_same_facts(history in histories(3, 16)) {
        let (dir, log) = (tempfile::tempdir().unwrap(), history.union());
        let path = dir.path().join("analytics.sqlite");
        build(&log, &mut Analytics::new(&path)).unwrap();
        let connection = Connection::open(&path).unwrap();
        let state = folded(&log).state;
        let mut collector = Collector::new();
        scan(&log, |step| match step {
            Step::Restart => collector = Collector::new(),
            Step::Line(line, _) => collector.take(&line.record, &state),
        }).unwrap();
        let facts = Facts::of(&collector, &state, 0);
        let text = |at: Option<Timestamp>| at.map_or("-".to_owned(), |at| at.0.to_string());
        let end = Timestamp(i64::MAX);
        for (stream, task) in &facts.tasks {
            let of = |sql: &str| rows(&connection, &sql.replace('?', &format!("'{stream}'")));
            let ends = task.life.stages.iter().skip(1).map(|(_, at)| Some(*at)).chain([None]);
            let stages: Vec<String> = task.life.stages.iter().zip(ends).map(|((stage, at), to)| {
                format!("{} {} {}", task_status_word(*stage), at.0, text(to))
            }).collect();
            let spans = "SELECT state, begin_at, end_at FROM spans WHERE stream = ? ORDER BY place";
            prop_assert_eq!(of(spans), stages);
            let blocked: Vec<String> = task.life.blocked.iter().map(|span| {
                format!("{} {} {}", span.what, span.from.0, text(span.to))
            }).collect();
            let sql =
                "SELECT blocker, begin_at, end_at FROM blocked WHERE stream = ? ORDER BY place";
            prop_assert_eq!(of(sql), blocked);
            let (begun, done) = (task.life.started_by(end), task.finished_by(end));
            let life = [text(task.life.created_at), text(begun), text(done)].join(" ");
            let sql = "SELECT created_at, started_at, finished_at FROM lifetimes WHERE stream = ?";
            prop_assert_eq!(of(sql), [life]);
            let sql = "SELECT coalesce(sum(scope), 0), coalesce(sum(done), 0) FROM steps
                WHERE stream = ?";
            let counted = (u8::from(task.kept_at(end)), u8::from(done.is_some()));
            prop_assert_eq!(of(sql), [format!("{} {}", counted.0, counted.1)]);
        }
    }

    /// What entered the scope and left it, over all days, is what is there in the end.
    #[test]
    fn steps_add_up_to_the_last_state(history in histories(2, 20)) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("analytics.sqlite");
        build(&history.union(), &mut Analytics::new(&path)).unwrap();
        let connection = Connection::open(&path).unwrap();
        let wrong = rows(
            &connection,
            "SELECT stream, state FROM spans JOIN lifetimes USING (stream)
             LEFT JOIN (SELECT stream, sum(scope) AS scope, sum(done) AS done FROM steps
                GROUP BY stream) USING (stream)
             WHERE end_at IS NULL AND home IS NOT NULL
                AND (coalesce(scope, 0) <> (state IN ('pending', 'in_progress', 'done'))
                    OR coalesce(done, 0) <> (state = 'done'))",
        );
        prop_assert!(wrong.is_empty(), "{wrong:?}");
    }
}
