//! Every system call that a command writes with, refused or deadly, by `strace`; and disks that
//! are really full.
//!
//! Start at [`inject`] and [`full`].
//!
//! - **Invariant.** A fault counts only if the trace says that it was injected.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::random::Random;
use crate::writer::{Heard, check, program};

/// The calls with which a command changes something.
const CALLS: [&str; 8] =
    ["write", "pwrite64", "fdatasync", "fsync", "ftruncate", "openat", "mkdir", "flock"];
/// What they are answered with; the last one kills.
const FAULTS: [&str; 9] = [
    "error=EIO",
    "error=ENOSPC",
    "error=EDQUOT",
    "error=EROFS",
    "error=EACCES",
    "error=EMFILE",
    "error=EINTR",
    "error=ENOLCK",
    "signal=KILL",
];
/// At the first, second and so on such call.
const TIMES_MAX: usize = 8;
/// The loader and the runtime open so many files before we do.
const OPENED_BEFORE: usize = 3;
/// Records that a writer tries to write.
const RECORDS: &str = "3";

/// What came of many faults.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    pub(crate) runs: u64,
    pub(crate) injected: u64,
    pub(crate) acknowledged: u64,
    pub(crate) refused: u64,
    pub(crate) failures: Vec<String>,
}

/// Injects faults until so many were; `Err` says why it cannot be done here.
pub(crate) fn inject(seed: u64, faults_min: u64) -> Result<Faults, String> {
    let probe = Command::new("strace").args(["-f", "-o", "/dev/null", "true"]).status();
    if !probe.is_ok_and(|status| status.success()) {
        return Err("strace does not work here".to_owned());
    }
    let (mut faults, mut random) = (Faults::default(), Random::new(seed));
    let all = CALLS.len() * FAULTS.len() * TIMES_MAX;
    let start = random.below(all);
    // Steps that have no divisor in common with the number of combinations reach each of them.
    for number in 0..faults_min as usize * 3 {
        if faults.injected >= faults_min || faults.failures.len() >= 10 {
            break;
        }
        let choice = (start + number * 241) % all;
        let (call, rest) = (CALLS[choice % CALLS.len()], choice / CALLS.len());
        let (fault, time) = (FAULTS[rest % FAULTS.len()], 1 + rest / FAULTS.len());
        let time = time + if call == "openat" { OPENED_BEFORE } else { 0 };
        one(call, fault, time, &mut random, &mut faults).map_err(|error| error.to_string())?;
    }
    Ok(faults)
}

fn one(
    call: &str,
    fault: &str,
    time: usize,
    random: &mut Random,
    faults: &mut Faults,
) -> io::Result<()> {
    let place = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir())?;
    let (root, trace) = (place.path().join("m"), place.path().join("trace"));
    std::fs::create_dir(&root)?;
    // Half of the logs are begun already: then other calls come first.
    let mut heard = match random.once_in(2) {
        true => write(Command::new(program()), &root, random.next())?,
        false => Heard::default(),
    };
    let mut strace = Command::new("strace");
    strace.arg("-f").arg("-o").arg(&trace);
    strace.args(["-e", &format!("trace={call}")]);
    strace.args(["-e", &format!("inject={call}:{fault}:when={time}")]).arg(program());
    heard.add(write(strace, &root, random.next())?);
    let traced = std::fs::read_to_string(&trace).unwrap_or_default();
    faults.runs += 1;
    faults.injected += u64::from(traced.contains("INJECTED") || traced.contains("SIGKILL"));
    faults.acknowledged += heard.acknowledged.len() as u64;
    faults.refused += heard.refused.len() as u64;
    if let Err(why) = check(&root, &heard) {
        faults.failures.push(format!("{call} number {time}, {fault}: {why}"));
    }
    Ok(())
}

/// Runs a writer to its end.
fn write(mut command: Command, root: &Path, seed: u64) -> io::Result<Heard> {
    command.arg("writer").arg(root).args([&seed.to_string(), RECORDS]);
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output()?;
    let mut heard = Heard::default();
    let said = String::from_utf8_lossy(&output.stdout);
    let lines = said.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'));
    lines.for_each(|line| heard.line(line));
    Ok(heard)
}

/// Fills file systems in memory until a write is refused, so many times; `Err` says why it cannot
/// be done here.
pub(crate) fn full(seed: u64, times: u64) -> Result<Faults, String> {
    let (mut faults, mut random) = (Faults::default(), Random::new(seed));
    while faults.runs < times && faults.failures.len() < 10 {
        let place = tempfile::tempdir().map_err(|error| error.to_string())?;
        let pages = 30 + random.below(120);
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={}k", pages * 4), "none"])
            .arg(place.path())
            .output();
        if !mount.is_ok_and(|output| output.status.success()) {
            return Err("no file system can be mounted here".to_owned());
        }
        let filled = fill(place.path(), &mut random, &mut faults);
        let _ = Command::new("umount").arg(place.path()).status();
        filled.map_err(|error| error.to_string())?;
    }
    Ok(faults)
}

fn fill(place: &Path, random: &mut Random, faults: &mut Faults) -> io::Result<()> {
    let (root, ballast) = (place.join("m"), place.join("ballast"));
    std::fs::create_dir(&root)?;
    // Room to be made when the log is asked again: checking appends.
    std::fs::write(&ballast, [0; 16 << 10])?;
    let mut heard = Heard::default();
    for _ in 0..40 {
        let said = write(Command::new(program()), &root, random.next())?;
        let is_full = said.acknowledged.len() < 3;
        heard.add(said);
        if is_full {
            faults.injected += 1;
            break;
        }
    }
    faults.runs += 1;
    faults.acknowledged += heard.acknowledged.len() as u64;
    faults.refused += heard.refused.len() as u64;
    std::fs::remove_file(ballast)?;
    if let Err(why) = check(&root, &heard) {
        faults.failures.push(format!("a full disk: {why}"));
    }
    Ok(())
}
