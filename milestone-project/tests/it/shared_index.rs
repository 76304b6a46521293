//! The index of a project that many threads write to: it may follow later, but nobody who is told
//! of anything or looks in between finds it behind.
//!
//! Shown red by: leaving it behind though nobody waits; not looking after it before somebody else
//! looks; not looking after it in a round that records nothing.

use std::sync::OnceLock;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use milestone_core::projection::Projection;
use milestone_core::words::Timestamp;
use milestone_project::{Backend, Caller, ExecuteError, Outcome, SharedProject};
use milestone_store_sqlite::Index;
use milestone_testkit::EPOCH;

use crate::backends::{assert_sound, file_of, migrate};
use crate::world::{Hand, World, milestone, note};

const THREADS: usize = 16;
const COMMANDS: usize = 40;
const LOOKS: usize = 20;

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
    known.unwrap().expect("there is an index").count
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
    assert_eq!(indexed(&world), world.ids().len() as u64);
    assert_sound(&world, &world.open());
}

static ROUNDS: OnceLock<SharedProject> = OnceLock::new();
static REFUSED: OnceLock<JoinHandle<Done>> = OnceLock::new();

/// A clock that is looked at once a round has taken all that waits: it lets somebody wait.
fn somebody_comes() -> Timestamp {
    let shared = ROUNDS.get().expect("it is there before the first round");
    REFUSED.get_or_init(|| {
        let caller = Hand::new("eve").caller();
        thread::spawn(move || shared.execute(&note("nothing", "refused"), &caller))
    });
    while shared.waiting() == 0 {
        thread::sleep(Duration::from_micros(50));
    }
    Timestamp(EPOCH.0 + 3_600_000_000)
}

#[test]
fn a_round_that_records_nothing_brings_the_index_up_to_date() {
    let (world, mut hand) = begun();
    let shared = ROUNDS.get_or_init(|| SharedProject::new(world.open()));
    // Only what this process has brought up to date once it lets wait.
    shared.execute(&note("api", "first"), &hand.caller()).unwrap();
    let caller = Caller { clock: Some(somebody_comes), ..hand.caller() };
    shared.execute(&note("api", "second"), &caller).unwrap();
    while REFUSED.get().is_some_and(|refused| !refused.is_finished()) {
        thread::sleep(Duration::from_micros(50));
    }
    assert_eq!(indexed(&world), world.ids().len() as u64);
}
