//! How many commands a second do the threads of one process get acknowledged?
//!
//! - **Measures** wall time from the first command to the last acknowledgement, once with one
//!   thread and once with 64, each command durable before its thread goes on.
//! - **Workload** a log of 10,000 records of 100 milestones; reports of progress on
//!   64 tasks in eight more, so that nothing grows but the log.
//! - **Baseline** one thread with a project of its own, `Project::execute`.
//! - **Leaves out** opening. The disk is that of the directory named behind `--`, else of `target`:
//!   in memory a sync costs nothing, and there is nothing to share.
//! - **Run** `cargo bench -p milestone-benches --bench group`

use std::path::{Path, PathBuf};
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use milestone_benches::generate::{Size, generate};
use milestone_core::domain::{Command, Fields, NewTask, ProgressValue};
use milestone_core::words::Timestamp;
use milestone_project::{Caller, Options, Project, SharedProject};

const RECORDS: u64 = 10_000;
const MILESTONES: u64 = 100;
/// So many more are worked on, with as many tasks each.
const BUSY: u64 = 8;
const THREADS: u64 = 64;
/// Commands in all, with one thread and with many.
const ALONE: u64 = 1_000;
const TOGETHER: u64 = 16_000;
const ROUNDS: usize = 3;

fn main() {
    let place = place();
    println!("{:<28}{:>14}{:>10}", "", "commands/s", "ratio");
    let mut best = [0f64; 3];
    // In turn, so that whatever else the machine does falls on all of them.
    for _ in 0..ROUNDS {
        let rates = [own(&place), shared(&place, 1, ALONE), shared(&place, THREADS, TOGETHER)];
        best.iter_mut().zip(rates).for_each(|(best, rate)| *best = best.max(rate));
    }
    let [own, one, many] = best;
    for (what, rate) in [("a project of its own", own), ("1 thread", one), ("64 threads", many)] {
        println!("{what:<28}{rate:>14.0}{:>10.1}", rate / one);
    }
}

fn place() -> PathBuf {
    let named = std::env::args().skip(1).find(|word| !word.starts_with("--"));
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target");
    named.map_or(target, PathBuf::from)
}

/// A project that others are not in.
fn planned(place: &Path) -> (tempfile::TempDir, Project) {
    let dir = tempfile::tempdir_in(place).expect("a place for the project");
    let size = Size { records: RECORDS, milestones: MILESTONES, writers: 1, seed: 1 };
    generate(dir.path(), size).expect("room for the project");
    let root = dir.path().join(".milestones");
    let mut project = Project::open(&root, Options::default()).expect("it was just made");
    // The first command writes the snapshot and the views.
    let commands = (0..BUSY).map(busy).chain((0..BUSY * BUSY).map(|number| work(number, 1)));
    let commands = commands.map(|command| (None, command));
    for done in project.execute_all(commands, &caller(0, 0), |_| true).expect("there is room") {
        done.expect("no rule refuses it");
    }
    (dir, project)
}

fn busy(number: u64) -> Command {
    let task = |at| NewTask { title: format!("Task {at}"), ..NewTask::default() };
    Command::CreateMilestone {
        title: format!("Busy {number}"),
        id: None,
        fields: Fields::default(),
        criteria: Vec::new(),
        tasks: (0..BUSY).map(task).collect(),
        after: Vec::new(),
    }
}

/// The next report on one of the tasks.
fn work(task: u64, count: u64) -> Command {
    let task = task % (BUSY * BUSY);
    let target = format!("busy-{}/task-{}", task / BUSY, task % BUSY);
    let value = ProgressValue::Percent(1 + (count % 90) as u32);
    Command::Progress { target, value, note: None, time_spent: 0 }
}

fn now() -> Timestamp {
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

fn caller(thread: u64, number: u64) -> Caller {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&thread.to_le_bytes());
    seed[8..16].copy_from_slice(&number.to_le_bytes());
    Caller { clock: Some(now), ..Caller::new("bench", "bench", now(), seed) }
}

/// Commands a second of one thread without any other.
fn own(place: &Path) -> f64 {
    let (_dir, mut project) = planned(place);
    let begin = Instant::now();
    for number in 0..ALONE {
        let report = work(number, 2 + number / (BUSY * BUSY));
        project.execute(&report, &caller(1, number)).expect("no rule refuses it");
    }
    ALONE as f64 / begin.elapsed().as_secs_f64()
}

/// Commands a second of so many threads.
fn shared(place: &Path, threads: u64, commands: u64) -> f64 {
    let (_dir, project) = planned(place);
    let (shared, ready) = (SharedProject::new(project), Barrier::new(threads as usize + 1));
    let each = commands / threads;
    let begin = thread::scope(|scope| {
        for thread in 0..threads {
            let (shared, ready) = (shared.clone(), &ready);
            scope.spawn(move || {
                ready.wait();
                for number in 0..each {
                    let (task, count) = match threads {
                        1 => (number, number / (BUSY * BUSY)),
                        _ => (thread, number),
                    };
                    let (report, caller) = (work(task, 2 + count), caller(1 + thread, number));
                    shared.execute(&report, &caller).expect("no rule refuses it");
                }
            });
        }
        ready.wait();
        Instant::now()
    });
    (each * threads) as f64 / begin.elapsed().as_secs_f64()
}
