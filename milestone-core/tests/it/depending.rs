//! The contract of `docs/dependencies.md`: every row of its tables is tried.
//!
//! Start at [`rows`], which reads them, so that the page and the program cannot drift apart.

use std::sync::Arc;

use milestone_core::domain::{
    Abroad, Around, Asker, Body, Command, Created, Dependency, Event, Field, Fields, Plan, Refusal,
    Terms, TieKind, Transition, Value, decide, ready, waits_for, waits_to_finish,
};
use milestone_core::projection::State;
use milestone_core::words::{Date, Ids, StreamId, Timestamp};
use milestone_testkit::Replica;

const PAGE: &str = include_str!("../../../docs/dependencies.md");
const DAY_MICROS: i64 = 86_400_000_000;

/// A Monday.
const THEN: Timestamp = Timestamp(1_772_442_000_000_000);

/// The rows of the table that has this heading.
fn rows(heading: &str) -> Vec<Vec<&'static str>> {
    let from = PAGE.lines().skip_while(|line| *line != heading).skip(2);
    let table = from.take_while(|line| line.starts_with('|'));
    let cells = |line: &'static str| line.trim_matches('|').split('|').map(str::trim).collect();
    table.map(cells).collect()
}

fn named(title: &'static str) -> Fields<'static> {
    Fields { set: vec![(Field::Title, Value::Text(title.into()))], lists: Vec::new() }
}

fn milestone(id: &'static str) -> Event<'static> {
    Event::of(id, Body::MilestoneCreated(Created { fields: named(id), ..Created::default() }))
}

fn task(home: &'static str, slug: &'static str) -> Event<'static> {
    let task = Some(slug.into());
    Event::of(home, Body::TaskAdded(Created { task, fields: named(slug), source: None }))
}

/// `one/a` and `one/also` in `one`, `two/b` in `two`.
fn plan() -> Replica {
    let mut ann = Replica::new("ann");
    ann.write(&[milestone("one"), task("one", "a"), task("one", "also")]);
    ann.write(&[milestone("two"), task("two", "b")]);
    ann
}

/// The milestone and the task of something.
fn parts(stream: &'static str) -> (&'static str, Option<&'static str>) {
    stream.split_once('/').map_or((stream, None), |(home, slug)| (home, Some(slug)))
}

fn depends(stream: &'static str, on: &str, terms: Terms) -> Event<'static> {
    let (home, task) = parts(stream);
    let dependency = Dependency::of(task.map(Into::into), on.to_owned(), terms);
    Event::of(home, Body::DependencyAdded(dependency))
}

fn becomes(stream: &'static str, what: &str) -> Vec<Event<'static>> {
    let (home, task) = parts(stream);
    let change = || Transition { task: task.map(Into::into), ..Transition::default() };
    let at = |body| Event { at: Some(THEN), ..Event::of(home, body) };
    let (start, finish, cancel): (Body<'_>, Body<'_>, Body<'_>) = match task {
        Some(_) => (
            Body::TaskStarted(change()),
            Body::TaskCompleted(change()),
            Body::TaskCancelled(change()),
        ),
        None => (
            Body::MilestoneStarted(change()),
            Body::MilestoneCompleted(Transition { open: vec!["two/b".into()], ..change() }),
            Body::MilestoneCancelled(change()),
        ),
    };
    match what.split(' ').next().expect("it says something") {
        "begun" => vec![at(start)],
        "done" => vec![at(start), at(finish)],
        "cancelled" => vec![at(cancel)],
        _ => Vec::new(),
    }
}

fn terms(kind: &str, lag: &str) -> Terms {
    let kind = TieKind::named(kind).expect("the page names kinds");
    let lag = ["0", "+1d", "-1d"].iter().position(|known| *known == lag);
    Terms { kind, lag: [0, 480, -480][lag.expect("the page has three lags")] }
}

/// What is known besides the log, if the other stands so.
fn around(what: &str) -> Around {
    let since = if what.ends_with("just now") { 60_000_000 } else { 30 * DAY_MICROS };
    let (started, done) = (what.starts_with("begun"), what.starts_with("done"));
    let known = Abroad::Known {
        title: "B".to_owned(),
        given_up: what == "cancelled",
        started_at: (started || done).then_some(THEN),
        completed_at: done.then_some(THEN),
    };
    let found = if what == "unknown" { Abroad::Unknown("it is not there".into()) } else { known };
    Around { now: Timestamp(THEN.0 + since), abroad: [("../far#two/b".into(), found)].into() }
}

fn looked(mut ann: Replica, what: &str) -> State {
    let mut state = ann.state().clone();
    state.look_around(Some(Arc::new(around(what))));
    state
}

fn says(free: bool) -> &'static str {
    if free { "yes" } else { "no" }
}

/// Shown red by: taking a lead for no dependency, counting a lag from the start of what must be
/// finished, and letting an unknown project hold nobody.
#[test]
fn what_waits_is_what_the_page_says() {
    let rows = rows("| kind | lag | the other is | start | finish |");
    assert!(rows.len() >= 36, "the table is gone");
    for row in rows {
        let [kind, lag, other, start, finish] = row[..] else { panic!("{row:?}") };
        for stream in ["one/a", "one"] {
            for on in ["two/b", "two", "../far#two/b"] {
                if other == "unknown" && !on.contains('#') {
                    continue;
                }
                let mut ann = plan();
                ann.write(&[depends(stream, on, terms(kind, lag))]);
                for event in becomes(on, other).into_iter().filter(|_| !on.contains('#')) {
                    ann.write(&[event]);
                }
                let (state, id) = (looked(ann, other), StreamId::parse(stream).unwrap());
                let said = format!("{stream} after {on}: {row:?}");
                assert_eq!(says(waits_for(&state, &id).is_empty()), start, "{said}");
                assert_eq!(says(waits_to_finish(&state, &id).is_empty()), finish, "{said}");
                let (now, _) = ready(&state, Date::from_days(0));
                let is_ready = now.iter().any(|found| found.reference == "one/a");
                assert_eq!(says(is_ready), start, "{said}");
            }
        }
    }
}

fn asked(state: &State, command: &Command) -> Result<(), Refusal> {
    let asker = Asker { actor: "ann", now: THEN, at: None, exact: true };
    decide(state, &asker, &mut Ids::new([0; 32]), command).map(|_| ())
}

fn start(stream: &str) -> Command {
    Command::Start { targets: vec![stream.to_owned()], force: None }
}

fn finish(streams: &[&str]) -> Command {
    let targets = streams.iter().map(|stream| (*stream).to_owned()).collect();
    Command::Complete { targets, force: None, note: None, time_spent: 0, contents: Vec::new() }
}

/// Shown red by: letting tasks wait for what their milestone needs only at its end.
#[test]
fn who_holds_whom_is_what_the_page_says() {
    let rows = rows(
        "| what depends | on | kind | tasks start | tasks finish | milestone starts \
         | milestone completes |",
    );
    assert!(rows.len() >= 15, "the table is gone");
    for row in rows {
        let [what, on, kind, starts, finishes, gate, end] = row[..] else { panic!("{row:?}") };
        let stream = if what == "task" { "one/a" } else { "one" };
        let on = match on {
            "task" => "two/b",
            "milestone" => "two",
            _ => "../far#two/b",
        };
        let mut ann = plan();
        ann.write(&[depends(stream, on, terms(kind, "0"))]);
        let state = looked(ann, "pending");
        let may = |command: &Command| says(asked(&state, command).is_ok());
        assert_eq!(may(&start("one/a")), starts, "{row:?}");
        assert_eq!(may(&start("one")), gate, "{row:?}");

        // What has begun: the task by force, and then the milestone with no task left open.
        let mut ann = plan();
        ann.write(&[depends(stream, on, terms(kind, "0"))]);
        ann.write(&becomes("one", "begun"));
        ann.write(&becomes("one/a", "begun"));
        let state = looked(ann, "pending");
        assert_eq!(says(asked(&state, &finish(&["one/a"])).is_ok()), finishes, "{row:?}");
        let mut ann = plan();
        ann.write(&[depends(stream, on, terms(kind, "0"))]);
        ann.write(&becomes("one", "begun"));
        for task in ["one/a", "one/also"] {
            ann.write(&becomes(task, "done"));
        }
        let state = looked(ann, "pending");
        assert_eq!(says(asked(&state, &finish(&["one"])).is_ok()), end, "{row:?}");
    }
}

#[test]
fn a_loop_is_refused_whatever_its_kinds_and_through_milestones() {
    for kind in TieKind::ALL {
        let terms = Terms { kind, lag: -480 };
        let after = |target: &str, on: &str, terms| Command::AddDependencies {
            target: target.to_owned(),
            after: vec![on.to_owned()],
            terms,
        };
        for (first, on, then) in [
            ("one/a", "two/b", ("two/b", "one/a")),
            ("one/a", "two", ("two", "one")),
            ("one/a", "two", ("two/b", "one/a")),
            ("one", "two", ("two", "one")),
            ("one", "two/b", ("two/b", "one")),
        ] {
            let mut ann = plan();
            ann.write(&[depends(first, on, terms)]);
            let refused = asked(ann.state(), &after(then.0, then.1, Terms::default()));
            let Err(Refusal::Cycle { path }) = refused else {
                panic!("{first} {kind:?} {on}, {then:?}: {refused:?}");
            };
            assert_eq!(path.first(), path.last());
        }
        // What a milestone needs at its end only may need one of its tasks.
        let mut ann = plan();
        ann.write(&[depends("one", "two", terms)]);
        let free = asked(ann.state(), &after("two", "one/a", Terms::default())).is_ok();
        assert_eq!(free, !kind.holds_start(), "{kind:?}");
    }
}

/// What a record from before there were kinds says, and one from a version that knows more.
#[test]
fn what_is_not_said_is_finish_start_without_lag() {
    let mut ann = plan();
    let old = r#"{"task":"a","on":"two/b"}"#;
    let odd = r#"{"task":"also","on":"two/b","kind":"later","lag":99999999999}"#;
    for details in [old, odd] {
        let json = format!(
            "{{\"event_type\":\"dependency_added\",\"milestone_id\":\"one\",\"details\":{details}}}"
        );
        ann.write(&[serde_json::from_str::<Event<'_>>(&json).unwrap()]);
    }
    let state = ann.state();
    assert!(state.task("one/a").unwrap().item.ties.is_empty());
    let held = waits_for(state, &StreamId::parse("one/also").unwrap());
    assert_eq!((held[0].terms.kind, held[0].terms.lag), (TieKind::FinishStart, 2_400_000));
}
