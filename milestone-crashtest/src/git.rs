//! Sixteen processes write while git commits, switches, merges and stashes under them.
//!
//! Start at [`git`].
//!
//! - **Invariant.** What was acknowledged is in the log's files or among the kept lines: git takes
//!   lines out of the work tree whenever it likes, and cannot be asked to wait.

use std::collections::HashSet;
use std::io;
use std::path::Path;
use std::process::{Child as Process, Command, Stdio};

use milestone_core::words::RecordId;

use crate::random::Random;
use crate::workload::look;
use crate::writer::{Heard, open, program};

/// How many write at the same time, and how many records each.
const WRITERS: u64 = 16;
const RECORDS: u64 = 12;

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Gits {
    pub(crate) acknowledged: u64,
    /// How often git did what it was asked.
    pub(crate) commands: u64,
    /// Acknowledged lines that git had taken out of the work tree at the end.
    pub(crate) only_kept: u64,
    pub(crate) failures: Vec<String>,
}

/// Writes until so many records were acknowledged; `Err` says why it cannot be done here.
pub(crate) fn git(seed: u64, records_min: u64) -> Result<Gits, String> {
    if !run(Path::new("/"), &["--version"]) {
        return Err("there is no git here".to_owned());
    }
    let (mut gits, mut random) = (Gits::default(), Random::new(seed));
    while gits.acknowledged < records_min && gits.failures.is_empty() {
        one_repository(&mut random, &mut gits).map_err(|error| error.to_string())?;
    }
    Ok(gits)
}

fn one_repository(random: &mut Random, gits: &mut Gits) -> io::Result<()> {
    let place = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir())?;
    let (tree, root) = (place.path(), place.path().join("m"));
    std::fs::create_dir_all(root.join("log"))?;
    std::fs::write(tree.join(".gitignore"), "m/local/\nsaid-*\n")?;
    std::fs::write(tree.join(".gitattributes"), "m/log/*.jsonl merge=union -text\n")?;
    run(tree, &["init", "--quiet", "--initial-branch=main"]);
    run(tree, &["add", "--all"]);
    run(tree, &["commit", "--quiet", "--message=begin"]);
    run(tree, &["branch", "side"]);
    let mut writers = Vec::new();
    for number in 0..WRITERS {
        let said = std::fs::File::create(tree.join(format!("said-{number}")))?;
        let mut command = Command::new(program());
        command.arg("writer").arg(&root).args([random.next().to_string(), RECORDS.to_string()]);
        writers.push(command.stdout(said).stderr(Stdio::null()).spawn()?);
    }
    while writers.iter_mut().any(is_running) {
        gits.commands += u64::from(something(tree, random));
    }
    run(tree, &["checkout", "--quiet", "--force", "main"]);
    let mut heard = Heard::default();
    for number in 0..WRITERS {
        let said = std::fs::read_to_string(tree.join(format!("said-{number}")))?;
        said.lines().for_each(|line| heard.line(line));
    }
    gits.acknowledged += heard.acknowledged.len() as u64;
    match missing(&root, &heard) {
        Ok((lost, only_kept)) => {
            gits.only_kept += only_kept;
            gits.failures.extend(lost.map(|id| format!("acknowledged record {id:.16} is lost")));
        }
        Err(why) => gits.failures.push(why),
    }
    Ok(())
}

fn is_running(child: &mut Process) -> bool {
    matches!(child.try_wait(), Ok(None))
}

/// One thing that people do with git.
fn something(tree: &Path, random: &mut Random) -> bool {
    let commit = || run(tree, &["add", "--all"]) && run(tree, &["commit", "-qm", "work"]);
    match random.below(6) {
        0 | 1 => commit(),
        2 => commit() && run(tree, &["checkout", "--quiet", "side"]),
        3 => commit() && run(tree, &["checkout", "--quiet", "main"]),
        4 => commit() && run(tree, &["merge", "--quiet", "--no-edit", "side"]),
        _ => run(tree, &["stash", "--quiet"]) && run(tree, &["stash", "pop", "--quiet"]),
    }
}

/// One acknowledged record that is nowhere, and how many are only among the kept lines.
fn missing(root: &Path, heard: &Heard) -> Result<(Option<RecordId>, u64), String> {
    let store = open(root)?;
    let seen = look(&store).map_err(|error| error.to_string())?;
    let kept = store.kept_lines().map_err(|error| error.to_string())?;
    let kept: HashSet<RecordId> = kept.into_iter().map(|line| line.id).collect();
    let gone = heard.acknowledged.iter().filter(|id| !seen.lines.contains_key(id));
    let (only_kept, lost): (Vec<&RecordId>, Vec<&RecordId>) =
        gone.partition(|id| kept.contains(id));
    Ok((lost.first().map(|id| **id), only_kept.len() as u64))
}

fn run(tree: &Path, words: &[&str]) -> bool {
    let mut git = Command::new("git");
    git.current_dir(tree).args(["-c", "user.name=ann", "-c", "user.email=ann@example.org"]);
    git.args(["-c", "gc.auto=0", "-c", "core.hooksPath=/dev/null"]).args(words);
    git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    git.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    git.status().is_ok_and(|status| status.success())
}
