//! A process that appends to a real log and says what came of it, for suites that kill it.
//!
//! Start at [`write_records`], which runs in the child, and [`Child`], which runs it.
//!
//! - **Invariant.** An id is said once its record is durable, on a line of its own: whoever reads
//!   the line was told.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

use milestone_core::log::{AppendError, Finding, LogStore, NewLine, Oddity};
use milestone_core::words::RecordId;
use milestone_store_file::{FileStore, Options};

use crate::random::Random;
use crate::workload::{Seen, look, record};

/// How long a writer waits for the lock.
const WAIT: Duration = Duration::from_secs(30);
/// Longest title of a record in bytes: a line of a few pages, which a kill can cut.
const PAD_MAX: usize = 60_000;

/// Appends so many records to the log of a folder; says of each whether it is `acknowledged`,
/// `refused` or `unknown`. Stops at the first that is not acknowledged.
///
/// # Errors
///
/// [`io::Error`] if nobody listens, or the log cannot be opened.
pub fn write_records(root: &Path, seed: u64, count: u64) -> io::Result<()> {
    let mut random = Random::new(seed);
    for number in 0..count {
        let pad = if random.once_in(2) { 100 } else { random.below(PAD_MAX) };
        let name = format!("m-{seed}-{number}");
        let (verdict, id) = write_one(root, &name, pad).map_err(io::Error::other)?;
        let mut stdout = io::stdout();
        stdout.write_all(format!("{verdict} {id}\n").as_bytes())?;
        stdout.flush()?;
        if verdict != "acknowledged" {
            break;
        }
    }
    Ok(())
}

/// One command: opens the log, appends under the lock, syncs.
fn write_one(root: &Path, name: &str, pad: usize) -> Result<(&'static str, RecordId), String> {
    let mut store = open(root)?;
    let guard = store.lock(WAIT).map_err(|error| error.to_string())?;
    let seen = look(&store).map_err(|error| error.to_string())?;
    let (id, _, made) = record(name, pad, &seen.checkpoint.heads, seen.checkpoint.max_clock);
    let line = NewLine { id, bytes: made.line.as_bytes() };
    let appended = store.append(&guard, &[line]);
    drop(guard);
    Ok(match appended.map(|pending| store.sync(pending)) {
        Ok(Ok(())) => ("acknowledged", id),
        Ok(Err(_)) | Err(AppendError::NotTakenBack { .. }) => ("unknown", id),
        Err(_) => ("refused", id),
    })
}

/// Writes lines in several parts without lock or sync until it is killed: what the harness must be
/// able to see.
///
/// # Errors
///
/// [`io::Error`] if the file cannot be written.
pub fn write_carelessly(file: &Path) -> io::Result<()> {
    let mut file = File::options().append(true).create(true).open(file)?;
    let part = [b'x'; 4_096];
    println!("begun");
    loop {
        for _ in 0..8 {
            file.write_all(&part)?;
        }
        file.write_all(b"\n")?;
    }
}

pub(crate) fn open(root: &Path) -> Result<FileStore, String> {
    let options = Options { trust_foreign_owner: true, ..Options::default() };
    FileStore::open(root, options).map_err(|error| error.to_string())
}

/// This program.
pub(crate) fn program() -> PathBuf {
    // A test is another program, beside which this one was built.
    let own = std::env::current_exe().unwrap_or_default();
    let name = "milestone-crashtest";
    match own.ancestors().nth(2).map(|folder| folder.join(name)).filter(|path| path.is_file()) {
        Some(built) if own.file_name().is_some_and(|own| own != name) => built,
        _ => own,
    }
}

/// What a writer has said.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    pub(crate) acknowledged: HashSet<RecordId>,
    pub(crate) refused: HashSet<RecordId>,
}

impl Heard {
    pub(crate) fn add(&mut self, other: Self) {
        self.acknowledged.extend(other.acknowledged);
        self.refused.extend(other.refused);
    }

    pub(crate) fn line(&mut self, line: &str) {
        let Some((verdict, id)) = line.split_once(' ') else { return };
        let Some(id) = RecordId::parse(id.as_bytes()) else { return };
        match verdict {
            "acknowledged" => drop(self.acknowledged.insert(id)),
            "refused" => drop(self.refused.insert(id)),
            _ => {}
        }
    }
}

/// A writer that runs.
pub(crate) struct Child {
    child: std::process::Child,
    listener: JoinHandle<Heard>,
}

impl Child {
    pub(crate) fn spawn(root: &Path, seed: u64) -> io::Result<Self> {
        let mut command = Command::new(program());
        command.arg("writer").arg(root).args([seed.to_string(), u64::MAX.to_string()]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let said = child.stdout.take().expect("it is piped");
        Ok(Self { child, listener: std::thread::spawn(move || listen(said)) })
    }

    pub(crate) fn kill(&mut self) -> io::Result<()> {
        self.child.kill()
    }

    /// Waits for its end; what it said.
    pub(crate) fn heard(mut self) -> io::Result<Heard> {
        self.child.wait()?;
        self.listener.join().map_err(|_| io::Error::other("the listener died"))
    }
}

fn listen(said: ChildStdout) -> Heard {
    let mut heard = Heard::default();
    // A line without its end was not said.
    let lines = BufReader::new(said).split(b'\n').map_while(Result::ok);
    lines.for_each(|line| heard.line(&String::from_utf8_lossy(&line)));
    heard
}

/// What must hold of a real log: what was told is true, and the next record is taken.
pub(crate) fn check(root: &Path, heard: &Heard) -> Result<Seen, String> {
    let seen = look(&open(root)?).map_err(|error| error.to_string())?;
    if let Some(id) = heard.acknowledged.iter().find(|id| !seen.lines.contains_key(id)) {
        return Err(format!("acknowledged record {id:.16} is lost"));
    }
    if let Some(id) = heard.refused.iter().find(|id| seen.lines.contains_key(id)) {
        return Err(format!("record {id:.16} was refused and is there"));
    }
    match write_one(root, &format!("after-{}", seen.lines.len()), 50)? {
        ("acknowledged", id) => {
            let after = look(&open(root)?).map_err(|error| error.to_string())?;
            let lost = seen.lines.keys().find(|id| !after.lines.contains_key(id));
            match lost.or_else(|| (!after.lines.contains_key(&id)).then_some(&id)) {
                None => Ok(seen),
                Some(id) => Err(format!("record {id:.16} is gone after the next append")),
            }
        }
        (verdict, id) => Err(format!("the next record {id:.16} is {verdict}")),
    }
}

/// How many torn lines there are: at the end of a file, or closed by the line after it.
pub(crate) fn torn(findings: &[Finding]) -> u64 {
    let is_torn = |found: &&Finding| {
        matches!(found.oddity, Oddity::TornTail | Oddity::NotARecord(_) | Oddity::WrongHash(_))
    };
    findings.iter().filter(is_torn).count() as u64
}
