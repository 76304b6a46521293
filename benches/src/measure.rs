//! Measuring this process and others: time, CPU and memory, as the kernel counts them.
//!
//! - **Invariant.** Jobs that are compared are run in turn, so that whatever else the machine does
//!   falls on all of them.

use std::time::{Duration, Instant};

/// What a job made, kept until its time was taken: taking it apart is nobody's work.
pub type Made = Box<dyn std::any::Any>;

/// Runs a job that leaves what it made in files.
pub fn made(job: impl FnOnce()) -> Made {
    job();
    Box::new(())
}

/// Runs each job once a round and returns the best time of each.
pub fn best_of(rounds: usize, jobs: &mut [(&str, &mut dyn FnMut() -> Made)]) -> Vec<Duration> {
    let mut best = vec![Duration::MAX; jobs.len()];
    for _ in 0..rounds {
        for (best, (_, job)) in best.iter_mut().zip(jobs.iter_mut()) {
            let begin = Instant::now();
            let made = job();
            *best = (*best).min(begin.elapsed());
            drop(made);
        }
    }
    best
}

/// The most memory that this process ever held, in bytes; 0 where the kernel does not say.
pub fn peak_bytes() -> u64 {
    field("/proc/self/status", "VmHWM:").unwrap_or(0) * 1024
}

/// The memory that this process holds, in bytes; 0 where the kernel does not say.
pub fn resident_bytes() -> u64 {
    field("/proc/self/status", "VmRSS:").unwrap_or(0) * 1024
}

fn field(file: &str, name: &str) -> Option<u64> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// CPU time of children that have ended, user and system, in ticks of 1/100 s.
pub fn children_ticks() -> u64 {
    let Ok(text) = std::fs::read_to_string("/proc/self/stat") else { return 0 };
    // The program's name stands in parentheses and may hold spaces.
    let rest = text.rsplit_once(')').map_or("", |(_, rest)| rest);
    let number = |at: usize| rest.split_whitespace().nth(at).and_then(|text| text.parse().ok());
    number(13).unwrap_or(0) + number(14).unwrap_or(0)
}
