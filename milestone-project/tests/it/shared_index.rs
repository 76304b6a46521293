//! The index of a project that many threads write to: it may follow later, but nobody who is told
//! of anything or looks in between finds it behind.
//!
//! Shown red by: leaving it behind though nobody waits; not looking after it before somebody else
//! looks; not looking after it in a round that records nothing, or not after the facts then, or not
//! where the log has become shorter.

use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use milestone_core::projection::Projection;
use milestone_core::words::Timestamp;
use milestone_project::{
    ANALYTICS_EVERY_RECORDS, Backend, Caller, ExecuteError, Outcome, SharedProject,
};
use milestone_store_sqlite::{Analytics, Index};
use milestone_testkit::EPOCH;

use crate::backends::{assert_sound, file_of, migrate};
use crate::world::{Hand, World, milestone, note};

const THREADS: usize = 16;
const COMMANDS: usize = 40;
const LOOKS: usize = 20;
const ROUNDS_ONE_BY_ONE: usize = 40;

type Done = Result<Outcome, ExecuteError>;

fn begun() -> (World, Hand) {
    let (world, mut hand) = World::begun();
    let mut project = world.open();
    hand.does(&mut project, &milestone("Api", &["Plan"]));
    migrate(&mut project, Backend::Hybrid).unwrap();
    (world, hand)
}

/// How many records the index was made of.
fn indexed(world: &World) -> u64 {
    let known = Index::new(file_of(world, "index.sqlite")).checkpoint();
    known.expect("it can be read").expect("there is an index").count
}

/// How many records the facts were made of.
fn facts(world: &World) -> u64 {
    let known = Analytics::new(file_of(world, "analytics.sqlite")).checkpoint();
    known.expect("it can be read").expect("there are facts").count
}

#[test]
fn nobody_finds_the_index_behind() {
    let (world, _) = begun();
    let shared = SharedProject::new(world.open());
    thread::scope(|scope| {
        for number in 0..THREADS {
            let shared = shared.clone();
            scope.spawn(move || {
                let mut hand = Hand::new(&format!("thread {number}"));
                for count in 0..COMMANDS {
                    let told = note("api", &format!("note {number} {count}"));
                    shared.execute(&told, &hand.caller()).unwrap();
                }
            });
        }
        for _ in 0..LOOKS {
            let look = shared.with(|project| (project.checkpoint().count, indexed(&world)));
            let (recorded, indexed) = look.unwrap();
            assert_eq!(recorded, indexed, "somebody looks between two rounds");
            thread::sleep(Duration::from_millis(2));
        }
    });
    let (indexed, recorded) = (indexed(&world), world.ids().len() as u64);
    assert_eq!(indexed, recorded);
    assert_sound(&world, &world.open());
}

static ROUNDS: OnceLock<SharedProject> = OnceLock::new();
static REFUSED: Mutex<Option<JoinHandle<Done>>> = Mutex::new(None);

/// A clock that is looked at once a round has taken all that waits: it lets somebody wait.
fn somebody_comes() -> Timestamp {
    let shared = ROUNDS.get().expect("it is there before the first round");
    let mut refused = REFUSED.lock().unwrap_or_else(PoisonError::into_inner);
    refused.get_or_insert_with(|| {
        let caller = Hand::new("eve").caller();
        thread::spawn(move || shared.execute(&note("nothing", "refused"), &caller))
    });
    while shared.waiting() == 0 {
        thread::sleep(Duration::from_micros(50));
    }
    Timestamp(EPOCH.0 + 3_600_000_000)
}

/// Somebody records something while somebody else waits, who is refused then.
fn recorded_and_refused(shared: &SharedProject, hand: &mut Hand) {
    let caller = Caller { clock: Some(somebody_comes), ..hand.caller() };
    shared.execute(&note("api", "recorded"), &caller).expect("no rule refuses it");
    let refused = REFUSED.lock().unwrap_or_else(PoisonError::into_inner).take();
    let refused = refused.expect("somebody came").join().expect("no panic");
    assert!(matches!(refused, Err(ExecuteError::Refused(_))), "{refused:?}");
}

/// The last of the log's lines are gone, as after a `git checkout`.
fn cut_back(world: &World, lines: usize) {
    let (name, bytes) = world.log_files().pop_last().expect("a log has a file");
    let kept = bytes.split_inclusive(|byte| *byte == b'\n');
    let count = kept.clone().count() - lines;
    let kept: Vec<u8> = kept.take(count).flatten().copied().collect();
    std::fs::write(world.path("log").join(name), kept).expect("it can be written");
}

#[test]
fn a_round_that_records_nothing_brings_the_index_up_to_date() {
    let (world, mut hand) = begun();
    let shared = ROUNDS.get_or_init(|| SharedProject::new(world.open()));
    for _ in 0..ROUNDS_ONE_BY_ONE {
        recorded_and_refused(shared, &mut hand);
        let (indexed, facts) = (indexed(&world), facts(&world));
        // The index before the log: who opens a project brings the index up to date.
        assert_eq!(indexed, world.ids().len() as u64);
        assert_eq!(facts / ANALYTICS_EVERY_RECORDS, indexed / ANALYTICS_EVERY_RECORDS);
    }
    cut_back(&world, 3);
    recorded_and_refused(shared, &mut hand);
    let (indexed, recorded) = (indexed(&world), world.ids().len() as u64);
    assert_eq!(indexed, recorded, "the log had become shorter");
}
