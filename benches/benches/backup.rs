//! What does a backup cost?
//!
//! - **Measures** wall time: one command without and with the continuous backup, in turn; a full
//!   backup, one of the new bytes, and bringing one back for a trial; noting what a command did.
//! - **Workload** a log of 100,000 records of 1,000 milestones, on the disk where temporary files
//!   are; both directories on the same one.
//! - **Leaves out** a slower disk for the backups: what it costs more is what its sync costs more.
//! - **Run** `cargo bench -p milestone-benches --bench backup`

use std::path::Path;
use std::time::{Duration, Instant};

use milestone_benches::generate::{Size, generate};
use milestone_core::domain::Command;
use milestone_core::words::Timestamp;
use milestone_project::{
    BackupPolicy, Caller, Keeper, Meter, Occasion, Options, Project, Sample, Wish, note,
};

const RECORDS: u64 = 100_000;
const COMMANDS: u32 = 200;
const NOTES: u32 = 10_000;

fn main() {
    let dir = tempfile::tempdir().expect("a place for the project");
    let size = Size { records: RECORDS, milestones: 1_000, writers: 1, seed: 1 };
    generate(dir.path(), size).expect("room for the project");
    let root = dir.path().join(".milestones");
    let mut project = Project::open(&root, Options::default()).expect("it was just made");
    let newest = i64::try_from(project.checkpoint().max_clock).unwrap_or(0);
    let keeper = Keeper::now(Timestamp(newest));
    let shelf =
        BackupPolicy { directory: Some(dir.path().join("shelf")), ..BackupPolicy::default() };
    project.set_backup_policy(shelf.clone());
    let made =
        timed(|| project.back_up(&keeper, Wish::because(Occasion::Asked)).expect("there is room"));
    println!("{:<44}{:>9.1} ms, {} bytes", "full backup", ms(made.1), made.0.bytes);
    let tried = timed(|| project.rehearse_backup(1, keeper.now).expect("it is good"));
    println!("{:<44}{:>9.1} ms", "bringing it back for a trial", ms(tried.1));
    let (mut without, mut with) = (Vec::new(), Vec::new());
    let mut follow = 0;
    for number in 0..COMMANDS {
        let now = Timestamp(newest + i64::from(number + 1) * 1_000);
        let mut seed = [0; 32];
        seed[..4].copy_from_slice(&number.to_le_bytes());
        let caller = Caller::new("bench", "bench", now, seed);
        let command = Command::Note { target: "milestone-7".into(), text: "measured".into() };
        let on = number % 2 == 1;
        // Turning it off leaves records out, which one command makes up for: that one is not timed.
        project.set_backup_policy(BackupPolicy { continuous: on, ..shelf.clone() });
        if on {
            project.back_up(&keeper, Wish::because(Occasion::Caught)).expect("there is room");
        }
        let took = timed(|| project.execute(&command, &caller).expect("no rule refuses it")).1;
        if on {
            with.push(took);
        } else {
            without.push(took);
        }
        follow = number;
    }
    println!("{:<44}{:>9.2} ms", "a command without it, median", ms(median(&mut without)));
    println!(
        "{:<44}{:>9.2} ms",
        "a command with the continuous one, median",
        ms(median(&mut with))
    );
    println!("{:<44}{:>9.2} ms", "  the slowest of 100", ms(with[with.len() - 1]));
    let new =
        timed(|| project.back_up(&keeper, Wish::because(Occasion::Daily)).expect("there is room"));
    println!("{:<44}{:>9.1} ms, after {follow} commands", "backup of the new bytes", ms(new.1));
    println!("{:<44}{:>9.2} µs", "noting what a command did", noting(&root));
}

fn noting(root: &Path) -> f64 {
    let begin = Instant::now();
    for at in 0..NOTES {
        let (verb, meter) = ("task add".to_owned(), Meter::default());
        let sample = Sample { at: i64::from(at), verb, exit: 0, took_us: 1, meter };
        note(root, &sample).expect("it can be written");
    }
    begin.elapsed().as_secs_f64() * 1e6 / f64::from(NOTES)
}

fn timed<T>(job: impl FnOnce() -> T) -> (T, Duration) {
    let begin = Instant::now();
    let made = job();
    (made, begin.elapsed())
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
