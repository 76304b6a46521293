//! Does anybody notice a migration of a large project, and does anything get lost?
//!
//! - **Measures** a move from `file` to `database` while processes write and read without pause:
//!   how long it takes, how long it holds the lock at a time, the slowest command, errors, and
//!   records that were acknowledged and are gone.
//! - **Baseline** the longest that a writer holds the lock, and the slowest command of the same
//!   processes before the move.
//! - **Run** `cargo bench -p milestone-benches --bench migrate -- [records] [milestones]`
//! - **Limit.** The lock is looked at from outside, in `/proc/locks`, about once in a millisecond:
//!   whoever lets go of it and takes it again in between seems to have held it all the time, so
//!   what is told is never too short. Elsewhere than on Linux nothing is told of it.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use milestone_benches::generate::{Size, generate, milestone_id};
use milestone_core::domain::{Command as Ask, Plan};
use milestone_core::words::Timestamp;
use milestone_project::{
    Backend, Caller, Choice, ExecuteError, Mover, Options, Policy, Project, Threshold,
};

const WRITERS: u64 = 4;
const READERS: u64 = 4;
/// So long all of them work before the move begins: what is compared with is their own slowest.
const WARM_UP: Duration = Duration::from_secs(3);
/// So often it is looked who holds the lock.
const LOOK_EVERY: Duration = Duration::from_millis(1);

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if let [switch, dir, number] = words.as_slice()
        && switch.starts_with("--")
    {
        let number = number.parse().expect("a number");
        return if switch == "--write" {
            write(Path::new(dir), number);
        } else {
            read(Path::new(dir));
        };
    }
    let number = |at: usize, default: u64| {
        words.get(at).and_then(|word| word.parse().ok()).unwrap_or(default)
    };
    let size =
        Size { records: number(0, 1_000_000), milestones: number(1, 10_000), writers: 1, seed: 1 };
    let dir = tempfile::tempdir().expect("a place for the project");
    let records = generate(dir.path(), size).expect("room for the project");
    println!("{records} records, {} milestones", size.milestones);
    let mut project = open(dir.path());
    // The first command writes a file for each milestone: no matter of the migration.
    note(&mut project, "bench", 0).expect("the first command");
    let child = |switch: &str, number: u64| {
        let mut child = Command::new(std::env::current_exe().expect("this program"));
        child.args([switch, &dir.path().display().to_string(), &number.to_string()]);
        child.stdin(Stdio::piped()).stdout(Stdio::piped());
        child.spawn().expect("this program runs")
    };
    let writers = (0..WRITERS).map(|number| child("--write", number));
    let children: Vec<Child> =
        writers.chain((0..READERS).map(|number| child("--read", number))).collect();
    std::thread::sleep(WARM_UP);
    let watch = Watch::begin(&dir.path().join(".milestones/local/lock"));
    let began = Instant::now();
    let mover = Mover { by: "bench", now: Timestamp(1), automatic: false };
    let moved = project.migrate(Backend::Database, &mover, &mut |_| {});
    println!("moved in {:.1} s: {moved:?}", began.elapsed().as_secs_f64());
    watch.tell();
    let (mut acknowledged, mut errors) = (0, 0);
    for mut child in children {
        drop(child.stdin.take());
        let said = BufReader::new(child.stdout.take().expect("it is piped"));
        for line in said.lines().map_while(Result::ok) {
            println!("  {line}");
            let figure = |name: &str| {
                let words: Vec<&str> = line.split(' ').collect();
                let at = words.iter().position(|word| *word == name);
                at.and_then(|at| words[at - 1].parse::<u64>().ok()).unwrap_or(0)
            };
            acknowledged += figure("recorded,");
            errors += figure("errors,");
        }
        errors += u64::from(!child.wait().expect("it ends").success());
    }
    let after = open(dir.path()).checkpoint().count;
    println!("{errors} errors, {} lost", (records + 1 + acknowledged).abs_diff(after));
}

fn open(dir: &Path) -> Project {
    let opened = Project::open(&dir.join(".milestones"), Options::default());
    let mut project = opened.expect("the project opens");
    let never = Threshold { milestones: usize::MAX, people: usize::MAX };
    project.set_policy(Policy { choice: Choice::Auto, hybrid: never, database: never });
    project
}

/// Who held the lock, and for how long at a time.
struct Watch {
    stop: Arc<AtomicBool>,
    looking: std::thread::JoinHandle<BTreeMap<u32, Vec<Duration>>>,
}

impl Watch {
    fn begin(lock: &Path) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        let inode = format!(":{} 0 EOF", lock.metadata().expect("a project has a lock").ino());
        let stop = Arc::new(AtomicBool::new(false));
        let told = stop.clone();
        let looking = std::thread::spawn(move || {
            let mut holds: BTreeMap<u32, Vec<Duration>> = BTreeMap::new();
            let mut held: Option<(u32, Instant)> = None;
            while !told.load(Ordering::Relaxed) {
                let now = holder(&inode);
                if held.map(|(by, _)| by) != now {
                    if let Some((by, since)) = held {
                        holds.entry(by).or_default().push(since.elapsed());
                    }
                    held = now.map(|by| (by, Instant::now()));
                }
                std::thread::sleep(LOOK_EVERY);
            }
            holds
        });
        Self { stop, looking }
    }

    fn tell(self) {
        self.stop.store(true, Ordering::Relaxed);
        let holds = self.looking.join().expect("looking does not panic");
        for (by, mut holds) in holds {
            holds.sort_unstable();
            let who = if by == std::process::id() { "the migration" } else { "a writer" };
            let longest: Vec<u128> = holds.iter().rev().take(5).map(Duration::as_millis).collect();
            let all: Duration = holds.iter().sum();
            let (times, all) = (holds.len(), all.as_secs_f64());
            println!(
                "  {who} was seen with the lock {times} times, {all:.1} s, at most {longest:?} ms"
            );
        }
    }
}

/// Whoever has the lock on the file whose line in `/proc/locks` ends so.
fn holder(inode: &str) -> Option<u32> {
    let locks = std::fs::read_to_string("/proc/locks").ok()?;
    let line = locks.lines().find(|line| line.ends_with(inode) && !line.contains("->"))?;
    line.split_whitespace().nth(4)?.parse().ok()
}

/// True once the parent has closed its end.
fn told_to_stop() -> impl Fn() -> bool {
    let (told, stop) = std::sync::mpsc::channel::<()>();
    std::thread::spawn(move || {
        let _ = std::io::stdin().lines().count();
        drop(told);
    });
    move || matches!(stop.try_recv(), Err(std::sync::mpsc::TryRecvError::Disconnected))
}

fn note(project: &mut Project, actor: &str, count: u64) -> Result<(), ExecuteError> {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let micros = since.expect("a clock after 1970").as_micros();
    let now = Timestamp(i64::try_from(micros).expect("a clock before 294000"));
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&count.to_le_bytes());
    seed[8..8 + actor.len()].copy_from_slice(actor.as_bytes());
    let caller = Caller::new(actor, "bench", now, seed);
    let ask = Ask::Note { target: milestone_id(count % 20), text: count.to_string() };
    project.execute(&ask, &caller).map(drop)
}

fn write(dir: &Path, number: u64) {
    let (mut project, stop) = (open(dir), told_to_stop());
    let (mut recorded, mut refused, mut errors) = (0, 0, 0);
    let (mut before, mut slowest) = (0, Duration::ZERO);
    let began = Instant::now();
    while !stop() {
        let asked = Instant::now();
        match note(&mut project, &format!("writer {number}"), recorded + refused + errors) {
            Ok(()) => recorded += 1,
            // Some of the milestones are archived.
            Err(ExecuteError::Refused(_)) => refused += 1,
            Err(error) => {
                errors += 1;
                eprintln!("writer {number}: {error}");
            }
        }
        let took = asked.elapsed();
        if began.elapsed() > WARM_UP - Duration::from_secs(1) {
            slowest = slowest.max(took);
        } else {
            before = before.max(took.as_millis());
        }
    }
    println!(
        "{recorded} recorded, {errors} errors, the slowest {before} ms before, {} ms meanwhile",
        slowest.as_millis()
    );
}

fn read(dir: &Path) {
    let (stop, mut asked, mut slowest) = (told_to_stop(), 0u64, Duration::ZERO);
    while !stop() {
        let began = Instant::now();
        let project = Project::open(
            &dir.join(".milestones"),
            Options { read_only: true, ..Options::default() },
        );
        let project = project.expect("the project opens");
        assert!(project.state().milestone(&milestone_id(7)).is_some(), "an answer is missing");
        (asked, slowest) = (asked + 1, slowest.max(began.elapsed()));
    }
    println!("{asked} asked, 0 errors, the slowest {} ms", slowest.as_millis());
}
