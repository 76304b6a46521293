//! How long does a forecast take?
//!
//! - **Measures** both models, 10,000 trials each, of a milestone of 1,000 open tasks on a history
//!   of 84 days: without dependencies; every task after one of the ten before it; and one chain.
//!   Best of the rounds. Then the facts of a project of 100,000 events, from its log.
//! - **Limit** 150 ms for 1,000 open tasks with dependencies.
//! - **Run** `cargo bench -p milestone-benches --bench forecast`

use std::time::{Duration, Instant};

use milestone_analytics::figures::Window;
use milestone_analytics::forecast::{
    Basis, Forecast, Network, Node, Options, Pace, RUNS_DEFAULT, Seed, Situation, forecast,
};
use milestone_benches::generate::{Size, generate};
use milestone_core::words::StreamId;
use milestone_project::{Options as Opened, Project};

const ROUNDS: usize = 7;
const TASKS: usize = 1_000;

fn main() {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    for (name, before) in [
        ("no dependencies", &(|_| None) as &dyn Fn(usize) -> Option<usize>),
        ("each after one of the ten before", &|task| task.checked_sub(1 + task * 7 % 10)),
        ("one chain", &|task| task.checked_sub(1)),
    ] {
        let situation = situation(before);
        let options = Options { runs: RUNS_DEFAULT, seed: Seed(42), more: 0, threads };
        let (took, answer) = best(|| forecast(&situation, &options));
        let Forecast::Dates(dates) = answer else { panic!("there is history enough") };
        println!(
            "{TASKS} tasks, {name}, {} at once: {:.1} ms ({} trials, {}; 85 % in {:?} days)",
            situation.hands,
            took.as_secs_f64() * 1e3,
            RUNS_DEFAULT,
            if dates.network.is_some() { "both models" } else { "one model" },
            dates.shown().within(85),
        );
    }
    let dir = tempfile::tempdir().expect("a place for the project");
    let size = Size { records: 100_000, milestones: 1_000, writers: 1, seed: 1 };
    let records = generate(dir.path(), size).expect("room for the project");
    let project = Project::open(&dir.path().join(".milestones"), Opened::default());
    let project = project.expect("the project opens");
    let (took, facts) = best(|| project.facts(None, 0).expect("the log can be read"));
    println!(
        "facts of {records} records, {} tasks: {:.0} ms",
        facts.tasks.len(),
        took.as_secs_f64() * 1e3
    );
}

/// A thousand tasks left, each after what `before` says, on twelve weeks of about six a week.
fn situation(before: &dyn Fn(usize) -> Option<usize>) -> Situation {
    let stream = |task: usize| StreamId::parse(&format!("api/t{task}")).expect("a stream");
    let node = |task: usize| Node {
        stream: stream(task),
        pool: Some((task % 3) as u32),
        after: before(task).map(stream).into_iter().collect(),
        wanted: true,
    };
    let nodes: Vec<Node> = (0..TASKS).map(node).collect();
    let pools = vec![vec![1, 2, 3, 5, 8, 13], vec![1, 1, 2, 3], (1..60).collect()];
    let days: Vec<u32> = [0, 2, 0, 1, 3, 0, 0].repeat(12);
    let window = Window { from: 20_000, to: 20_083 };
    Situation {
        today: window.to,
        left: TASKS as u32,
        blocked: 0,
        paused: None,
        resting: Vec::new(),
        hands: 12,
        guessed: 0,
        vague_risks: 0,
        known_risks: 0,
        estimated: None,
        basis: Basis {
            project: false,
            window,
            finished: days.iter().sum(),
            days_with_any: 36,
            scope_change: 0,
            pace: Pace { days, ..Pace::default() },
        },
        network: Network::new(&nodes, pools),
    }
}

/// The best of the rounds, and what the last one came to.
fn best<T>(job: impl Fn() -> T) -> (Duration, T) {
    let mut best = Duration::MAX;
    let mut last = None;
    for _ in 0..ROUNDS {
        let begin = Instant::now();
        let answer = job();
        best = best.min(begin.elapsed());
        last = Some(answer);
    }
    (best, last.expect("there was a round"))
}
