//! The suites for as long as one likes:
//! `milestone-crashtest crash --points 1000000 --seed 1 --ledger docs/ledger.jsonl`.
//!
//! - **Invariant.** The exit code is 0 if nothing was lost, 1 if something was, 2 for words that
//!   are no command.
//! - **Absent on purpose.** What the suites do. It is in the library, where tests find it as well.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use milestone_crashtest::{Entry, Outcome, run, write_carelessly, write_records};

const USAGE: &str = "\
milestone-crashtest SUITE [--points N] [--seed N] [--ledger FILE]

    crash     deaths and losses of power on a simulated disk; N of them
    kill      eight writers, killed; N of them
    power     losses of power on a mounted file system; N of them
    inject    system calls that are refused, by strace; N of them
    git       sixteen writers with git beside them, until N were acknowledged
    full      file systems that are full; N of them
    sabotage  the same with each planted bug, which must be found by at most N

Each suite prints what it counted, and adds a line to the ledger if one is named.";

/// What was asked for.
struct Asked {
    suite: String,
    points: u64,
    seed: u64,
    ledger: Option<PathBuf>,
}

fn asked() -> Option<Asked> {
    let mut words = std::env::args().skip(1);
    let mut asked = Asked { suite: words.next()?, points: 100, seed: 1, ledger: None };
    while let Some(word) = words.next() {
        let value = words.next()?;
        match &*word {
            "--points" => asked.points = value.parse().ok()?,
            "--seed" => asked.seed = value.parse().ok()?,
            "--ledger" => asked.ledger = Some(value.into()),
            _ => return None,
        }
    }
    Some(asked)
}

/// What the suites start: `writer FOLDER SEED COUNT` and `careless FILE`.
fn child() -> Option<ExitCode> {
    let words: Vec<_> = std::env::args_os().skip(1).collect();
    let number = |at: usize| words.get(at)?.to_str()?.parse().ok();
    let done = match words.first()?.to_str()? {
        "writer" => write_records(words.get(1)?.as_ref(), number(2)?, number(3)?),
        "careless" => write_carelessly(words.get(1)?.as_ref()),
        _ => return None,
    };
    // Whoever started it has heard how far it came.
    Some(if done.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn main() -> ExitCode {
    if let Some(done) = child() {
        return done;
    }
    let Some(asked) = asked() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let started = Instant::now();
    let Some(Outcome { suite, counts, failures, skipped }) =
        run(&asked.suite, asked.seed, asked.points)
    else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    if let Some(why) = skipped {
        eprintln!("*** SKIPPED {suite}: {why} ***");
        return ExitCode::SUCCESS;
    }
    let took = started.elapsed();
    println!("{suite}, {:.1} s", took.as_secs_f64());
    counts.iter().for_each(|(name, count)| println!("{count:>12} {name}"));
    failures.iter().for_each(|failure| eprintln!("{failure}"));
    if let Some(ledger) = &asked.ledger {
        let command = format!("{suite} --seed {} --points {}", asked.seed, asked.points);
        let entry = Entry { suite, command, took, counts };
        if let Err(error) = entry.add_to(ledger) {
            eprintln!("the ledger cannot be written: {error}");
            return ExitCode::FAILURE;
        }
    }
    if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
