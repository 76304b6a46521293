//! What does one command cost, as a fresh process?
//!
//! - **Measures** CPU time, user and system, of the program `milestone` from start to exit,
//!   averaged over many runs; the snapshot lies as far behind as it does in use.
//! - **Workload** 100,000 records, with 25 and with 1,000 milestones; one more project in which one
//!   milestone has 2,000 tasks. `true` is the cost of a process that does nothing.
//! - **Leaves out** waiting for the disk: that is wall time, and the disk's.
//! - **Run** `cargo build --release -p milestone-cli`, then
//!   `cargo bench -p milestone-benches --bench command`

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use milestone_benches::generate::{Size, generate};
use milestone_benches::measure::children_ticks;

const RUNS: u32 = 300;
const RECORDS: u64 = 100_000;
const MS_PER_TICK: f64 = 10.0;

fn main() {
    let program = program();
    println!("{:<44}{:>8.2} ms CPU", "true", cost(RUNS, || Command::new("true")));
    for milestones in [25, 1_000] {
        let dir = tempfile::tempdir().expect("a place for the project");
        let size = Size { records: RECORDS, milestones, writers: 1, seed: 1 };
        generate(dir.path(), size).expect("room for the project");
        measure(&program, dir.path(), &format!("{milestones} milestones"), "milestone-7/task-3");
    }
    let dir = tempfile::tempdir().expect("a place for the project");
    let size = Size { records: RECORDS, milestones: 1_000, writers: 1, seed: 1 };
    generate(dir.path(), size).expect("room for the project");
    let titles: String = (0..2_000).map(|n| format!("More work {n}\n")).collect();
    let mut add = Command::new(&program);
    add.current_dir(dir.path()).args(["task", "add", "--on", "milestone-7", "-", "-q"]);
    let mut child = add.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("it runs");
    let mut input = child.stdin.take().expect("it is piped");
    std::io::Write::write_all(&mut input, titles.as_bytes()).expect("it reads");
    drop(input);
    assert!(child.wait().expect("it ends").success());
    measure(&program, dir.path(), "2,000 tasks in one of 1,000", "milestone-7/more-work-3");
}

fn program() -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/release/milestone");
    assert!(path.exists(), "build it first: cargo build --release -p milestone-cli");
    path
}

fn measure(program: &Path, dir: &Path, name: &str, task: &str) {
    let run = |words: &[&str]| {
        let mut command = Command::new(program);
        command.current_dir(dir).args(words).env("MILESTONE_ACTOR", "bench");
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    // The first command writes the snapshot and the views.
    assert!(run(&["note", "milestone-7", "first"]).status().expect("it runs").success());
    for (what, words) in [
        ("note (writes)", vec!["note", task, "measured"]),
        ("show (reads)", vec!["show", "milestone-9"]),
        ("ready (reads)", vec!["ready", "--limit", "20"]),
        ("list (reads)", vec!["list"]),
    ] {
        let cost = cost(RUNS, || run(&words));
        println!("{:<44}{cost:>8.2} ms CPU", format!("{name}: {what}"));
    }
    let _ = std::fs::remove_dir_all(dir.join(".milestones/active"));
    std::fs::write(dir.join(".milestones/active"), "no view here").expect("it can be written");
    let cost = cost(RUNS, || run(&["note", task, "measured"]));
    println!("{:<44}{cost:>8.2} ms CPU", format!("{name}: note without its YAML file"));
}

/// CPU time of one run in milliseconds, as the kernel counts it for children that ended.
fn cost(runs: u32, command: impl Fn() -> Command) -> f64 {
    let before = children_ticks();
    for _ in 0..runs {
        command().status().expect("it runs");
    }
    (children_ticks() - before) as f64 * MS_PER_TICK / f64::from(runs)
}
