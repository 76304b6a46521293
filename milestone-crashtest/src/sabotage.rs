//! Whether the suite can fail: every planted bug must be found.
//!
//! Start at [`sabotage`]. The source is copied, every bug of [`bugs`] planted in the copy, and the
//! copy built once; then the suite runs with one of them wanted at a time.
//!
//! - **Invariant.** The copy is below `target/`, and so is what is built from it: nothing that
//!   anybody else builds has a bug planted in it.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::planted::{Bug, Suite, bugs};

/// The variable that names the wanted bug.
const WANTED: &str = "MILESTONE_PLANTED";
/// Where the question is answered.
const ANSWERED_IN: &str = "milestone-core/src/lib.rs";
/// How it is answered.
const ANSWER: &str = "
/// Whether this bug is wanted.
pub fn planted(name: &str) -> bool {
    static WANTED: std::sync::LazyLock<Option<String>> =
        std::sync::LazyLock::new(|| std::env::var(\"MILESTONE_PLANTED\").ok());
    WANTED.as_deref() == Some(name)
}
";

/// What became of one planted bug.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// Its name.
    pub name: &'static str,
    /// Who had to find it.
    pub by: Suite,
    /// The first thing that the suite said of it; `None` if it was not found.
    pub found: Option<String>,
}

/// The root of the workspace that this was built from.
pub fn workspace() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}

/// Puts a bug into a text, behind its question.
///
/// # Errors
///
/// Says so if its place is not there exactly once.
pub fn plant(bug: &Bug, text: &str) -> Result<String, String> {
    let found = text.matches(bug.from).count();
    if found != 1 {
        return Err(format!("{}: its place is {found} times in {}", bug.name, bug.file));
    }
    let answer = match bug.file.starts_with("milestone-core/") {
        true => "crate::planted",
        false => "milestone_core::planted",
    };
    let wanted = format!("{answer}(\"{}\")", bug.name);
    Ok(text.replacen(bug.from, &bug.to.replace("WANTED", &wanted), 1))
}

/// Runs the suite that must find it with each bug in turn, `crash` with at most so many crashes
/// each; and every suite with no bug.
///
/// # Errors
///
/// [`io::Error`] if the copy cannot be made or built, or finds something without a bug.
pub fn sabotage(
    seed: u64,
    points: u64,
    mut told: impl FnMut(&Verdict),
) -> io::Result<Vec<Verdict>> {
    let root = workspace();
    let copy = root.join("target/sabotage/source");
    copy_tree(&root, &copy)?;
    for bug in bugs() {
        let path = copy.join(bug.file);
        let text = plant(bug, &fs::read_to_string(&path)?).map_err(io::Error::other)?;
        fs::write(path, text)?;
    }
    let answered = copy.join(ANSWERED_IN);
    fs::write(&answered, fs::read_to_string(&answered)? + ANSWER)?;
    let copy = Copy { source: copy, target: root.join("target/sabotage/build"), seed, points };
    copy.build()?;
    let suites: BTreeSet<Suite> = bugs().map(|bug| bug.found_by).collect();
    for suite in suites {
        if let Some(said) = copy.run(suite, "none")? {
            return Err(io::Error::other(format!("{suite}, without a bug: {said}")));
        }
    }
    let mut verdicts = Vec::new();
    for bug in bugs() {
        let found = copy.run(bug.found_by, bug.name)?;
        let verdict = Verdict { name: bug.name, by: bug.found_by, found };
        told(&verdict);
        verdicts.push(verdict);
    }
    Ok(verdicts)
}

/// The copy with the bugs in it.
struct Copy {
    source: PathBuf,
    target: PathBuf,
    seed: u64,
    points: u64,
}

impl Copy {
    fn cargo(&self, words: &[&str]) -> Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.current_dir(&self.source).args(words);
        command.env("CARGO_TARGET_DIR", &self.target);
        command
    }

    fn build(&self) -> io::Result<()> {
        let words = ["build", "--release", "--locked", "-p", "milestone-crashtest"];
        match self.cargo(&words).status()?.success() {
            true => Ok(()),
            false => Err(io::Error::other("the source with the bugs in it does not build")),
        }
    }

    /// What the suite says first of what it found; `None` if it found nothing.
    fn run(&self, suite: Suite, wanted: &str) -> io::Result<Option<String>> {
        let mut command = match suite {
            Suite::Crash => {
                let mut crash = Command::new(self.target.join("release/milestone-crashtest"));
                let (seed, points) = (self.seed.to_string(), self.points.to_string());
                crash.args(["crash", "--seed", &seed, "--points", &points]);
                crash
            }
            Suite::Tests { package, filter } => {
                self.cargo(&["test", "--locked", "-p", package, "--test", "it", "--", filter])
            }
        };
        let output = command.env(WANTED, wanted).output()?;
        if output.status.success() {
            return Ok(None);
        }
        let failed = |line: &&str| line.starts_with("test ") && line.ends_with(" FAILED");
        let said = match suite {
            Suite::Crash => {
                String::from_utf8_lossy(&output.stderr).lines().next().map(str::to_owned)
            }
            Suite::Tests { .. } => {
                String::from_utf8_lossy(&output.stdout).lines().find(failed).map(str::to_owned)
            }
        };
        // Neither a failed build nor a program that is not there has found anything.
        said.map(Some).ok_or_else(|| io::Error::other(format!("{suite} could not be run")))
    }
}

/// Copies what a build needs. A file that is the same is left alone, so that little is built anew.
fn copy_tree(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        let (path, copy) = (entry.path(), to.join(&name));
        if entry.file_type()?.is_dir() {
            if name != "target" && name != ".git" {
                copy_tree(&path, &copy)?;
            }
        } else if entry.file_type()?.is_file() {
            let bytes = fs::read(&path)?;
            if fs::read(&copy).ok().as_ref() != Some(&bytes) {
                fs::write(copy, bytes)?;
            }
        }
    }
    Ok(())
}
