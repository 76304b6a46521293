//! The snapshot: whatever happens to it, answers are those of the log.
//!
//! Shown red by: deciding on a state whose snapshot turned out to be damaged; making a new snapshot
//! of a damaged one; not refolding the streams of late records.

use std::collections::BTreeSet;
use std::fs;
use std::sync::OnceLock;

use milestone_core::domain::{Command, Plan};
use milestone_core::projection::Change;
use milestone_core::words::StreamId;
use milestone_project::{
    Caller, Outcome, Project, SNAPSHOT_TAIL_RECORDS_MAX, SNAPSHOT_TAIL_RECORDS_MIN,
};

use crate::world::{
    Hand, World, assert_rebuilt, complete, milestone, note, print_of, rebuilt, start, title,
    view_print,
};

const MILESTONES: usize = 12;
const TASKS: [&str; 3] = ["Plan", "Build", "Check"];
/// How many bytes of a snapshot are damaged, one at a time.
const DAMAGES: usize = 600;
/// How many of them somebody is asked something on, without knowing.
const ASKED: usize = 160;
/// How often a new snapshot is made over a damaged one.
const REMADE: usize = 16;

/// The commands of a project that has just got its snapshot.
fn commands() -> Vec<Command> {
    let mut commands: Vec<Command> =
        (0..MILESTONES).map(|number| milestone(&format!("Goal {number}"), &TASKS)).collect();
    for number in 0.. {
        let goal = format!("goal-{}", number % MILESTONES);
        let target = if number % 4 == 0 { goal } else { format!("{goal}/{}", 1 + number % 3) };
        if commands.len() as u64 >= SNAPSHOT_TAIL_RECORDS_MAX - 1 {
            return commands;
        }
        commands.push(match number % 3 {
            0 => title(&target, &format!("Title {number}")),
            _ => note(&target, &format!("note {number}")),
        });
    }
    commands
}

/// A log of 1,000 records and the snapshot of it: made once, copied often.
fn template() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let (world, mut hand) = World::begun();
        let mut project = world.open();
        let commands = commands().into_iter().enumerate();
        let keyed = commands.map(|(number, command)| (Some(format!("key {number}")), command));
        let outcomes = project.execute_all(keyed, &hand.caller(), |_| true).unwrap();
        assert!(outcomes.iter().all(Result::is_ok));
        assert!(world.snapshot().exists(), "1,000 records are worth a snapshot");
        world
    })
}

/// The same files under other names: the log of a copy goes on in files of its own, so that what
/// the copies share never changes.
fn copy() -> World {
    let world = World::empty();
    fs::create_dir_all(world.path("log")).unwrap();
    for name in template().log_files().keys() {
        let name = format!("log/{name}");
        fs::hard_link(template().path(&name), world.path(&name)).unwrap();
    }
    fs::create_dir_all(world.snapshot().parent().unwrap()).unwrap();
    fs::copy(template().snapshot(), world.snapshot()).unwrap();
    world
}

fn later() -> Hand {
    Hand::later("bob", 3_600_000_000)
}

#[test]
fn a_reopened_project_is_what_the_log_makes() {
    let worth = SNAPSHOT_TAIL_RECORDS_MIN;
    for tail in [0, 1, 2, 17, worth - 1, worth, worth + 1, 1_000] {
        let (world, mut hand) = (copy(), later());
        let mut project = world.open();
        assert_eq!(project.change(), &Change::Nothing, "the snapshot is used");
        let notes = (0..tail).map(|number| match number % 50 {
            7 => milestone(&format!("Late {number}"), &["Plan"]),
            _ => note(&format!("goal-{}/2", number % MILESTONES as u64), &format!("tail {number}")),
        });
        if tail > 0 {
            hand.does_all(&mut project, notes);
        }
        assert_rebuilt(&project);
        let reopened = world.open();
        let expected = match tail {
            0 => Change::Nothing,
            tail if tail >= worth => Change::Nothing,
            tail => Change::Tail(tail),
        };
        assert_eq!(reopened.change(), &expected, "tail of {tail}");
        assert_rebuilt(&reopened);
        assert_eq!(print_of(reopened.state()), print_of(project.state()));
    }
}

#[test]
fn a_snapshot_that_is_gone_is_missed_by_nobody() {
    let world = copy();
    let before = print_of(world.open().state());
    fs::remove_file(world.snapshot()).unwrap();
    let project = world.open();
    assert!(matches!(project.change(), Change::Rebuilt(_)));
    assert_eq!(print_of(project.state()), before);
    assert!(world.snapshot().exists(), "1,000 records are worth another");
    assert_rebuilt(&world.open());
}

#[test]
fn late_records_of_another_clone_are_folded_where_they_belong() {
    let (world, mut hand) = World::begun();
    let mut project = world.open();
    hand.does_all(&mut project, commands().into_iter().take(500));
    let other = world.cloned();
    let (mut theirs, mut bob) = (other.open(), Hand::later("bob", 1_500_000));
    bob.does(&mut theirs, &title("goal-3", "What bob says"));
    bob.does(&mut theirs, &note("goal-4/1", "from bob"));
    bob.does(&mut theirs, &start("goal-5/2"));
    let rest: Vec<Command> = commands().into_iter().skip(500).collect();
    hand.now = later().now;
    hand.does_all(&mut project, rest);
    hand.does(&mut project, &title("goal-3", "What ann says"));
    assert!(world.snapshot().exists());
    world.take_log_of(&other);
    let mut merged = world.open();
    let Change::Refolded(streams) = merged.change() else { panic!("{:?}", merged.change()) };
    let streams: BTreeSet<&str> = streams.iter().map(StreamId::as_str).collect();
    assert_eq!(streams, ["goal-3", "goal-4/plan", "goal-5", "goal-5/build"].into());
    assert_rebuilt(&merged);
    assert_eq!(merged.state().milestone("goal-3").unwrap().item.conflicts.len(), 1);
    project.refresh().unwrap();
    assert_eq!(print_of(project.state()), print_of(merged.state()), "at hand, and reopened");
    hand.does(&mut merged, &note("goal-3", "after the merge"));
    assert_rebuilt(&merged);
    assert_rebuilt(&world.open());
    assert_eq!(view_print(&merged), print_of(merged.state()));
}

/// Places to damage: the beginning, the end, and many between, never the same distance apart.
fn places(len: usize, count: usize) -> impl Iterator<Item = usize> {
    let spread = (0..count).map(move |number| (number * 7_919 * (len / count + 1)) % len);
    (0..40).chain(len - 40..len).chain(spread)
}

fn damaged(place: usize) -> World {
    let world = copy();
    let mut bytes = fs::read(world.snapshot()).unwrap();
    bytes[place] ^= 1 << (place % 8);
    fs::write(world.snapshot(), bytes).unwrap();
    world
}

fn snapshot_len() -> usize {
    usize::try_from(fs::metadata(template().snapshot()).unwrap().len()).unwrap()
}

/// Every byte of it is either noticed, and the log is asked, or says nothing.
#[test]
fn a_damaged_snapshot_never_answers_wrongly() {
    let whole = template().open();
    let (right, commands) = (print_of(whole.state()), whole.state().commands());
    let mut noticed = 0;
    for place in places(snapshot_len(), DAMAGES) {
        let world = damaged(place);
        let mut project = world.open();
        let answer = (print_of(project.state()), project.state().commands());
        let rows: Vec<_> =
            (0..MILESTONES).map(|number| project.state().rows(&format!("goal-{number}"))).collect();
        let depend = project.state().dependents("goal-1");
        if project.is_damaged() || matches!(project.change(), Change::Rebuilt(_)) {
            noticed += 1;
            project.refresh().unwrap();
            assert_rebuilt(&project);
            assert!(!project.is_damaged());
            assert!(!world.open().is_damaged(), "byte {place}: it is not used again");
        } else {
            assert_eq!(answer, (right, commands.clone()), "byte {place}");
            let state = whole.state();
            let goals = (0..MILESTONES).map(|number| state.rows(&format!("goal-{number}")));
            assert_eq!((rows, depend), (goals.collect(), state.dependents("goal-1")));
        }
    }
    assert!(noticed > DAMAGES / 2, "only {noticed} damages were noticed");
}

/// What is asked of a project by somebody who does not know of the damage.
fn request(number: usize) -> (Command, Caller) {
    let goal = format!("goal-{}", number % MILESTONES);
    let command = match number % 6 {
        0 => note(&format!("{goal}/check"), "a note"),
        1 => milestone(&goal, &[]),
        2 => complete(&goal),
        3 => commands().remove(number % 900),
        4 => Command::AddTasks { on: goal, tasks: vec![crate::world::task("Check")] },
        _ => start(&format!("{goal}/1")),
    };
    let caller = match number % 6 {
        3 => later().keyed(&format!("key {}", number % 900)),
        _ => later().caller(),
    };
    (command, caller)
}

fn ask(project: &mut Project, number: usize) -> Result<Outcome, String> {
    let (command, caller) = request(number);
    project.execute(&command, &caller).map_err(|error| error.to_string())
}

#[test]
fn nothing_is_decided_on_a_damaged_snapshot() {
    for (number, place) in places(snapshot_len(), ASKED).enumerate() {
        let world = damaged(place);
        let asked = ask(&mut world.open(), number);
        let expected = ask(&mut copy().open(), number);
        assert_eq!(asked, expected, "byte {place}, request {number}: {:?}", request(number).0);
        let mut reopened = world.open();
        let (print, commands) = (print_of(reopened.state()), reopened.state().commands());
        if reopened.is_damaged() {
            reopened.refresh().unwrap();
        } else {
            assert_eq!(
                (print, commands),
                (print_of(&rebuilt(&reopened)), rebuilt(&reopened).commands())
            );
        }
        assert_rebuilt(&reopened);
    }
}

#[test]
fn a_damaged_snapshot_is_not_copied_into_the_next() {
    let len = snapshot_len();
    let mut hand = later();
    for number in 0..REMADE {
        let world = damaged(32 + number * (len - 64) / REMADE);
        let mut project = world.open();
        let notes = (0..SNAPSHOT_TAIL_RECORDS_MAX).map(|count| note("goal-1", &count.to_string()));
        hand.does_all(&mut project, notes);
        let (reopened, fresh) = (world.open(), rebuilt(&project));
        assert_eq!(print_of(reopened.state()), print_of(&fresh), "damage {number}");
        assert_eq!(reopened.state().commands(), fresh.commands());
        assert!(!reopened.is_damaged());
        assert_eq!(view_print(&project), print_of(&fresh));
    }
}
