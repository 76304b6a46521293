//! Eight processes write to one log and are killed at any moment, again and again.
//!
//! Start at [`kill`].
//!
//! - **Invariant.** The harness shows that it can see a torn line: it also kills writers that write
//!   a line in several parts, and counts how many of them it caught in the middle.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::random::Random;
use crate::writer::{Child, Heard, check, program, torn};

/// How many write at the same time.
const WRITERS: u64 = 8;
/// After so many rounds another log is begun.
const ROUNDS: u64 = 12;
/// How long a round lasts at most, in microseconds.
const ROUND_MAX_US: usize = 40_000;
/// One careless writer is killed for so many others.
const CONTROL_EVERY: u64 = 40;

/// What came of many kills.
#[derive(Debug, Default)]
pub(crate) struct Kills {
    pub(crate) kills: u64,
    pub(crate) acknowledged: u64,
    pub(crate) torn: u64,
    pub(crate) control: u64,
    pub(crate) control_torn: u64,
    pub(crate) failures: Vec<String>,
}

/// Kills so many writers.
pub(crate) fn kill(seed: u64, kills_min: u64) -> io::Result<Kills> {
    let (mut kills, mut random) = (Kills::default(), Random::new(seed));
    while kills.kills < kills_min && kills.failures.len() < 10 {
        let place = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir())?;
        one_log(place.path(), &mut random, kills_min, &mut kills)?;
    }
    for _ in 0..(kills.kills / CONTROL_EVERY).max(20) {
        kills.control += 1;
        kills.control_torn += u64::from(careless(&mut random)?);
    }
    Ok(kills)
}

fn one_log(root: &Path, random: &mut Random, kills_min: u64, kills: &mut Kills) -> io::Result<()> {
    let mut heard = Heard::default();
    let mut torn_lines = 0;
    for _ in 0..ROUNDS {
        let mut children = Vec::new();
        for _ in 0..WRITERS {
            children.push(Child::spawn(root, random.next())?);
        }
        thread::sleep(Duration::from_micros(random.below(ROUND_MAX_US) as u64));
        for child in &mut children {
            thread::sleep(Duration::from_micros(random.below(700) as u64));
            child.kill()?;
        }
        for child in children {
            heard.add(child.heard()?);
            kills.kills += 1;
        }
        match check(root, &heard) {
            Ok(seen) => torn_lines = torn(&seen.checkpoint.findings),
            Err(why) => {
                kills.failures.push(why);
                break;
            }
        }
        if kills.kills >= kills_min {
            break;
        }
    }
    kills.torn += torn_lines;
    kills.acknowledged += heard.acknowledged.len() as u64;
    Ok(())
}

/// Kills a writer that takes no care; true if that was in the middle of a line.
fn careless(random: &mut Random) -> io::Result<bool> {
    let place = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir())?;
    let file = place.path().join("lines");
    let mut command = Command::new(program());
    command.arg("careless").arg(&file).stdout(Stdio::piped());
    let mut child = command.spawn()?;
    let mut said = child.stdout.take().expect("it is piped");
    io::Read::read_exact(&mut said, &mut [0])?;
    thread::sleep(Duration::from_micros(random.below(3_000) as u64));
    child.kill()?;
    child.wait()?;
    let bytes = std::fs::read(file)?;
    Ok(bytes.last().is_some_and(|&last| last != b'\n'))
}
