//! What is asked of git, by its own program: a file at a commit, the lines that commits have.
//!
//! Start at [`Git`].
//!
//! - **Invariant.** Git is only read: refs, index and work tree are never touched.
//! - **Absent on purpose.** Branches, commits and hooks of ours: they come with a crate of their
//!   own.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use milestone_core::words::{Date, RecordId};

use crate::error::HistoryError;
use crate::files::Files;

/// The most commits whose authors are counted.
const AUTHORS_COMMITS_MAX: usize = 1_000;

/// The git repository that a project is in.
#[derive(Debug, Clone)]
pub struct Git {
    root: PathBuf,
}

impl Git {
    /// The repository of the project whose directory is `root`.
    pub fn of(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    fn run(&self, arguments: &[&str]) -> Result<Vec<u8>, String> {
        let output = Command::new("git")
            .arg("-C")
            .arg(&self.root)
            .args(["--no-optional-locks", "-c", "core.quotePath=false"])
            .args(arguments)
            .output()
            .map_err(|error| format!("git cannot be run: {error}"))?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(said.lines().next().unwrap_or("git failed").to_owned())
    }

    /// The name that git knows the user by, if it knows one.
    pub fn user_name(&self) -> Option<String> {
        let said = self.run(&["config", "user.name"]).ok()?;
        let name = String::from_utf8(said).ok()?.trim().to_owned();
        (!name.is_empty()).then_some(name)
    }

    /// The branch that is checked out, if one is.
    pub fn branch(&self) -> Option<String> {
        let said = self.run(&["symbolic-ref", "--quiet", "--short", "HEAD"]).ok()?;
        Some(String::from_utf8(said).ok()?.trim().to_owned())
    }

    /// True if the project is in a repository.
    pub fn is_there(&self) -> bool {
        self.run(&["rev-parse", "--git-dir"]).is_ok()
    }

    /// How many people's commits are on the present branch since a day; `None` without commits.
    pub(crate) fn authors(&self, since: Date) -> Option<usize> {
        let (count, since) = (format!("-n{AUTHORS_COMMITS_MAX}"), format!("--since={since}"));
        let said = self.run(&["log", &count, &since, "--format=%aE", "--", "."]).ok()?;
        let text = String::from_utf8_lossy(&said).into_owned();
        Some(text.lines().collect::<HashSet<_>>().len())
    }

    /// The log's files as they are in a commit.
    pub(crate) fn files_at(&self, revision: &str) -> Result<Files, HistoryError> {
        let failed = |why: String| HistoryError::Git { revision: revision.to_owned(), why };
        if revision.starts_with('-') {
            return Err(failed("a revision does not begin with a hyphen".into()));
        }
        let commit = format!("{revision}^{{commit}}");
        let commit = self.run(&["rev-parse", "--verify", "--quiet", &commit]).map_err(failed)?;
        let commit = String::from_utf8_lossy(&commit).trim().to_owned();
        let listed =
            self.run(&["ls-tree", "-z", "--name-only", &commit, "log/"]).map_err(failed)?;
        let mut files = Files::default();
        for path in listed.split(|&byte| byte == 0).filter(|path| path.ends_with(b".jsonl")) {
            let path = String::from_utf8_lossy(path).into_owned();
            let bytes = self.run(&["show", &format!("{commit}:./{path}")]).map_err(failed)?;
            files.0.insert(path.trim_start_matches("log/").to_owned(), bytes);
        }
        Ok(files)
    }

    /// The ids of all records that any commit added to the log. A stash is no commit that a
    /// checkout leads to. Empty without git.
    pub(crate) fn committed_ids(&self) -> HashSet<RecordId> {
        let commits = ["log", "--exclude=refs/stash", "--all", "-m", "-p"];
        let form = ["--no-color", "--no-ext-diff", "--format=", "--", "log"];
        let Ok(patches) = self.run(&[&commits[..], &form].concat()) else { return HashSet::new() };
        patches
            .split(|&byte| byte == b'\n')
            .filter_map(|line| line.strip_prefix(b"+{\"id\":\""))
            .filter_map(|rest| RecordId::parse(rest.get(..64)?))
            .collect()
    }
}
