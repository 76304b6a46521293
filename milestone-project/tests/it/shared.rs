//! Many threads of one process: a round comes to what its commands come to one after the other.
//!
//! Start at `a_round_comes_to_the_same_as_one_by_one`.

use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use milestone_core::domain::{Command, Event, Plan, Terms};
use milestone_core::log::{Step, scan};
use milestone_core::projection::rebuild;
use milestone_core::words::{RecordId, Timestamp};
use milestone_project::{Caller, ExecuteError, Expect, Outcome, Project, SharedProject};
use proptest::prelude::*;

use crate::world::{
    Hand, World, assert_rebuilt, complete, milestone, note, print_of, start, task, view_print,
};

const THREADS: usize = 64;
const COMMANDS: usize = 20;
const GOALS: usize = 8;

type Done = Result<Outcome, ExecuteError>;

/// Lets each caller ask in a thread of its own, in this order and all in one round. The outcome of
/// a thread that panics is `None`.
pub(crate) fn in_one_round(
    shared: &SharedProject,
    asked: Vec<(Command, Caller)>,
) -> Vec<Option<Done>> {
    // Whoever leads waits for the project, and then takes all that have come meanwhile.
    let (held, is_held) = channel();
    let (free, is_free) = channel();
    let holder = shared.clone();
    let holds = thread::spawn(move || {
        let hold = |_: &mut Project| {
            held.send(()).unwrap();
            is_free.recv().unwrap();
        };
        holder.with(hold).unwrap();
    });
    is_held.recv().unwrap();
    let mut threads = Vec::new();
    for (command, caller) in asked {
        let shared_too = shared.clone();
        threads.push(thread::spawn(move || shared_too.execute(&command, &caller)));
        while shared.waiting() < threads.len() {
            thread::sleep(Duration::from_micros(50));
        }
    }
    free.send(()).unwrap();
    holds.join().unwrap();
    threads.into_iter().map(|thread| thread.join().ok()).collect()
}

fn planned(hand: &mut Hand) -> World {
    let world = World::empty();
    world.begin(hand);
    for title in ["Api", "Web"] {
        hand.does(&mut world.open(), &milestone(title, &["Plan", "Build"]));
    }
    world
}

/// A command of one of two, with a time, a key and an expectation.
#[derive(Debug, Clone)]
struct Asked {
    command: Command,
    other: bool,
    later_us: i64,
    key: Option<&'static str>,
    expects_nothing: bool,
}

impl Asked {
    fn caller(&self, hand: &mut Hand) -> Caller {
        let caller = hand.caller();
        let actor = if self.other { "agent:robo".to_owned() } else { caller.actor.clone() };
        let now = Timestamp(caller.now.0 + self.later_us);
        let expect = self.expects_nothing.then(|| Expect { heads: Vec::new() });
        Caller { actor, now, expect, key: self.key.map(str::to_owned), ..caller }
    }
}

fn asked() -> impl Strategy<Value = Asked> {
    let target = prop_oneof![
        4 => (0..2usize, 0..3usize).prop_map(|(milestone, task)| {
            let milestone = ["api", "web"][milestone];
            let names = [format!("{milestone}/plan"), format!("{milestone}/build")];
            names.get(task).map_or(milestone, |name| name).to_owned()
        }),
        1 => Just("nothing".to_owned()),
    ];
    let command = (target, 0..6u8).prop_map(|(target, kind)| match kind {
        0 | 1 => start(&target),
        2 => complete(&target),
        3 => note(&target, "seen"),
        4 => Command::Reopen { targets: vec![target], reason: None },
        _ => {
            let terms = Terms { lag: 60, ..Terms::default() };
            Command::AddDependencies { target, after: vec!["api/plan".into()], terms }
        }
    });
    let key = prop_oneof![3 => Just(None), 1 => Just(Some("k")), 1 => Just(Some("l"))];
    let hour_us = 3_600_000_000i64;
    let conditions = (any::<bool>(), -hour_us..3 * hour_us, key, prop::bool::weighted(0.1));
    (command, conditions).prop_map(|(command, (other, later_us, key, expects_nothing))| Asked {
        command,
        other,
        later_us,
        key,
        expects_nothing,
    })
}

/// What is to be the same: the record, or the reason.
fn told(done: &Done) -> Result<(Option<RecordId>, bool, usize), String> {
    match done {
        Ok(outcome) => Ok((outcome.record, outcome.duplicate, outcome.events.len())),
        Err(error) => Err(error.to_string()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 48,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Shown red by: one time for all; not noticing that one of a round is earlier than the one
    /// before it; another seed for the second; outcomes in another order.
    #[test]
    fn a_round_comes_to_the_same_as_one_by_one(asked in prop::collection::vec(asked(), 1..24)) {
        let (mut ann, mut same) = (Hand::new("ann"), Hand::new("ann"));
        let (apart, together) = (planned(&mut ann), planned(&mut same));
        let mut alone = apart.open();
        let one_by_one: Vec<_> = asked
            .iter()
            .map(|asked| told(&alone.execute(&asked.command, &asked.caller(&mut ann))))
            .collect();
        let shared = SharedProject::new(together.open());
        for round in asked.chunks(8).zip(one_by_one.chunks(8)) {
            let with_caller = |asked: &Asked| (asked.command.clone(), asked.caller(&mut same));
            let done = in_one_round(&shared, round.0.iter().map(with_caller).collect());
            let done: Vec<_> = done.into_iter().map(|done| told(&done.unwrap())).collect();
            prop_assert_eq!(&done, round.1);
        }
        prop_assert_eq!(apart.ids(), together.ids());
        shared.with(|project| {
            let log = rebuild(project.store(), "to compare with").unwrap().checkpoint;
            prop_assert_eq!(&project.checkpoint().findings, &log.findings);
            assert_rebuilt(project);
            prop_assert_eq!(view_print(project), print_of(alone.state()));
            Ok(())
        }).unwrap()?;
    }
}

/// Shown red by: looking at the clock for the first one only.
#[test]
fn each_of_a_round_has_its_own_time() {
    let mut hand = Hand::new("ann");
    let world = planned(&mut hand);
    let shared = SharedProject::new(world.open());
    let terms = Terms { lag: 60, ..Terms::default() };
    let (target, on) = ("api/build".to_owned(), vec!["api/plan".to_owned()]);
    let waits = Command::AddDependencies { target, after: on, terms };
    for command in [waits, start("api/plan"), complete("api/plan")] {
        shared.execute(&command, &hand.caller()).unwrap();
    }
    let (at_once, week) = (hand.caller(), 7 * 24 * 3_600_000_000);
    let later = Caller { now: Timestamp(at_once.now.0 + week), ..hand.caller() };
    let asked = vec![(start("api/build"), at_once), (start("api/build"), later)];
    let done = in_one_round(&shared, asked);
    assert!(
        matches!(done[0], Some(Err(ExecuteError::Refused(_)))),
        "an hour has to pass: {done:?}"
    );
    assert!(matches!(done[1], Some(Ok(_))), "{done:?}");
}

/// Shown red by: giving the outcomes to the callers in another order.
#[test]
fn sixty_four_threads_write_one_chain() {
    let (world, mut hand) = World::begun();
    let goals = (0..GOALS).map(|number| milestone(&format!("Goal {number}"), &[]));
    hand.does_all(&mut world.open(), goals);
    let before = world.ids();
    let shared = SharedProject::new(world.open());
    let work = |number: usize, shared: SharedProject| {
        let mut hand = Hand::new(&format!("thread {number}"));
        let mut told = Vec::new();
        for count in 0..COMMANDS {
            let on = format!("goal-{}", (count + number) % GOALS);
            let (title, nowhere) = (format!("Task {number} {count}"), "nothing".to_owned());
            let is_refused = (count + number).is_multiple_of(5);
            let command = Command::AddTasks {
                on: if is_refused { nowhere } else { on },
                tasks: vec![task(&title)],
            };
            let caller = Caller { actor: "ann".to_owned(), ..hand.caller() };
            match shared.execute(&command, &caller) {
                Ok(outcome) => told.push((outcome.record.unwrap(), title)),
                Err(ExecuteError::Refused(_)) => assert!(is_refused, "{title} is as it should be"),
                Err(error) => panic!("{error}"),
            }
        }
        told
    };
    let threads = (0..THREADS).map(|number| {
        let shared = shared.clone();
        thread::spawn(move || work(number, shared))
    });
    let threads: Vec<_> =
        threads.collect::<Vec<_>>().into_iter().map(|t| t.join().unwrap()).collect();
    let log = world.open();
    let (mut former, mut places) = (None, std::collections::BTreeMap::new());
    scan(log.store(), |step| {
        let Step::Line(line, _) = step else { panic!("nobody else is here") };
        assert_eq!(line.record.prev.to_vec(), former.into_iter().collect::<Vec<_>>());
        former = Some(line.record.id);
        let title = line.record.events.iter().find_map(Event::stream);
        let place = (places.len(), title, line.record.session_id.to_string());
        assert!(places.insert(line.record.id, place).is_none(), "a record is there once");
    })
    .unwrap();
    assert_eq!(places.len(), before.len() + THREADS * COMMANDS * 4 / 5);
    for (number, told) in threads.iter().enumerate() {
        assert!(told.is_sorted_by_key(|(record, _)| places[record].0), "thread {number}");
        for (record, title) in told {
            let (_, stream, session) = &places[record];
            let stream = stream.as_ref().unwrap().as_str();
            assert_eq!(*session, format!("session-thread {number}"));
            assert_eq!(log.state().task(stream).unwrap().item.title.to_string(), *title);
        }
    }
    shared.with(|project| assert_rebuilt(project)).unwrap();
    assert_eq!(view_print(&log), print_of(log.state()));
}

fn broken_clock() -> Timestamp {
    panic!("there is no time")
}

/// Shown red by: going on with what the panic left; nobody leading after it.
#[test]
fn a_panic_leaves_nobody_waiting() {
    let mut hand = Hand::new("ann");
    let world = planned(&mut hand);
    let shared = SharedProject::new(world.open());
    let mut asked: Vec<_> =
        (0..8).map(|number| (note("api", &format!("note {number}")), hand.caller())).collect();
    asked[5].1.clock = Some(broken_clock);
    let before = world.ids();
    let done = in_one_round(&shared, asked);
    assert!(done[0].is_none(), "it led, and panicked");
    for done in &done[1..] {
        assert!(matches!(done, Some(Err(ExecuteError::Abandoned))), "{done:?}");
    }
    assert_eq!(world.ids(), before);
    shared.execute(&note("api", "after it"), &hand.caller()).unwrap();
    let (other, caller) = (shared.clone(), hand.caller());
    let halfway = [(None, note("api", "decided and never recorded"))];
    let panics = move || other.with(|project| project.execute_all(halfway, &caller, |_| panic!()));
    assert!(thread::spawn(panics).join().is_err());
    shared.execute(&note("api", "after that"), &hand.caller()).unwrap();
    shared.with(|project| assert_rebuilt(project)).unwrap();
    assert_eq!(world.ids().len(), before.len() + 2);
}

/// Shown red by: rehearsing in a round, which then writes nothing.
#[test]
fn a_rehearsal_is_in_no_round() {
    let mut hand = Hand::new("ann");
    let world = planned(&mut hand);
    let shared = SharedProject::new(world.open());
    let before = world.ids().len();
    let work = |number: usize| {
        let mut hand = Hand::new(&format!("thread {number}"));
        for count in 0..COMMANDS {
            let dry_run = (count + number).is_multiple_of(2);
            let caller = Caller { dry_run, ..hand.caller() };
            let outcome = shared.execute(&note("api", "as if"), &caller).unwrap();
            assert_eq!((outcome.record.is_none(), outcome.events.len()), (dry_run, 1));
        }
    };
    let work = &work;
    thread::scope(|scope| (0..8).for_each(|number| drop(scope.spawn(move || work(number)))));
    assert_eq!(world.ids().len(), before + 8 * COMMANDS / 2);
}

#[test]
fn what_is_read_only_refuses_everyone() {
    let (world, mut hand) = World::begun();
    let shared = SharedProject::new(world.read_only());
    let asked = (0..3).map(|_| (milestone("Api", &[]), hand.caller())).collect();
    for done in in_one_round(&shared, asked) {
        assert!(matches!(done, Some(Err(ExecuteError::ReadOnly))), "{done:?}");
    }
}
