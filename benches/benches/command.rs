//! What does one command cost, as a fresh process?
//!
//! - **Measures** CPU time, user and system, of the program `milestone` from start to exit,
//!   averaged over many runs; the snapshot lies as far behind as it does in use.
//! - **Workload** 100,000 records, with 25 and with 1,000 milestones; one more project in which one
//!   milestone has 2,000 tasks; all in the `file` backend, those with 1,000 in the `database` too.
//!   `true` is the cost of a process that does nothing.
//! - **Limits** in the `file` backend: a write 2.5 ms with 25 milestones and 4 ms with 1,000,
//!   without its YAML file; a read 2.5 ms (`list` prints a line a milestone).
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
/// So many tasks are noted on in turn.
const TASKS_NOTED: u32 = 5;

fn main() {
    let program = program();
    println!("{:<52}{:>8.2} ms CPU", "true", cost(RUNS, |_| Command::new("true")));
    for milestones in [25, 1_000] {
        let dir = tempfile::tempdir().expect("a place for the project");
        let size = Size { records: RECORDS, milestones, writers: 1, seed: 1 };
        generate(dir.path(), size).expect("room for the project");
        measure(&program, dir.path(), &format!("{milestones} milestones"), "task-");
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
    measure(&program, dir.path(), "2,000 tasks in one of 1,000", "more-work-");
}

fn program() -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/release/milestone");
    assert!(path.exists(), "build it first: cargo build --release -p milestone-cli");
    path
}

/// `task` is how the slugs of the tasks of milestone 7 begin.
fn measure(program: &Path, dir: &Path, name: &str, task: &str) {
    let run = |words: &[&str]| {
        let mut command = Command::new(program);
        command.current_dir(dir).args(words).env("MILESTONE_ACTOR", "bench");
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    let told = |what: &str, command: &dyn Fn(u32) -> Command| {
        let cost = cost(RUNS, command);
        println!("{:<52}{cost:>8.2} ms CPU", format!("{name}: {what}"));
    };
    let note = |number: u32| {
        run(&["note", &format!("milestone-7/{task}{}", 1 + number % TASKS_NOTED), "measured"])
    };
    let reads = |backend: &str| {
        told(&format!("show, {backend}"), &|_| run(&["show", "milestone-9"]));
        told(&format!("ready, {backend}"), &|_| run(&["ready", "--limit", "20"]));
        told(&format!("list, {backend}"), &|_| run(&["list"]));
    };
    let pin = ["config", "set", "storage.backend", "file"];
    assert!(run(&pin).status().expect("it runs").success());
    // The first command writes the snapshot and the views.
    assert!(note(0).status().expect("it runs").success());
    told("note, file", &note);
    reads("file");
    let active = dir.join(".milestones/active");
    let _ = std::fs::remove_dir_all(&active);
    std::fs::write(&active, "no view here").expect("it can be written");
    told("note, file, without its YAML file", &note);
    std::fs::remove_file(&active).expect("it was just written");
    assert!(run(&["config", "unset", "storage.backend"]).status().expect("it runs").success());
    // Where there are many, this moves the project on.
    assert!(note(0).status().expect("it runs").success());
    if dir.join(".milestones/local/current").exists() {
        told("note, database", &note);
        reads("database");
    }
}

/// CPU time of one run in milliseconds, as the kernel counts it for children that ended.
fn cost(runs: u32, command: impl Fn(u32) -> Command) -> f64 {
    let before = children_ticks();
    for number in 0..runs {
        command(number).status().expect("it runs");
    }
    (children_ticks() - before) as f64 * MS_PER_TICK / f64::from(runs)
}
