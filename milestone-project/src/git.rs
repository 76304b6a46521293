//! What is asked of git, by its own program: a file at a commit, the lines that commits have.
//!
//! Start at [`Git`].
//!
//! - **Invariant.** Git is only read: refs, index and work tree are never touched.
//! - **Absent on purpose.** Branches, commits and hooks of ours: they come with a crate of their
//!   own.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use milestone_core::log::{LogStore, ReadError};
use milestone_core::words::{Date, RecordId};
use milestone_store_file::{is_archive, unpack};

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

    fn commit(&self, revision: &str) -> Result<String, HistoryError> {
        let failed = |why: String| HistoryError::Git { revision: revision.to_owned(), why };
        if revision.starts_with('-') {
            return Err(failed("a revision does not begin with a hyphen".into()));
        }
        let commit = format!("{revision}^{{commit}}");
        // Asked quietly, git says nothing of a name that it does not know.
        let commit = self.run(&["rev-parse", "--verify", "--quiet", &commit]).map_err(|why| {
            failed(if self.is_there() { "no commit is called that".to_owned() } else { why })
        })?;
        Ok(String::from_utf8_lossy(&commit).trim().to_owned())
    }

    /// How long the log's files were in a commit, if each of them begins now with what it was then;
    /// `None` if one does not, or was archived then.
    pub(crate) fn sizes_at<S: LogStore>(
        &self,
        revision: &str,
        store: &S,
    ) -> Result<Option<BTreeMap<String, u64>>, HistoryError> {
        let failed = |why: String| HistoryError::Git { revision: revision.to_owned(), why };
        let commit = self.commit(revision)?;
        let listed = self.run(&["ls-tree", "-z", "-l", &commit, "log/"]).map_err(failed)?;
        let compare = ["diff", "--name-only", "-z", "--relative", "--no-renames", "--no-ext-diff"];
        let changed =
            self.run(&[&compare[..], &[&commit, "--", "log"]].concat()).map_err(failed)?;
        let changed: HashSet<&[u8]> = changed.split(|&byte| byte == 0).collect();
        // How long an archive's lines are is only known once it is unpacked.
        let archived = |path: &[u8]| is_archive(&String::from_utf8_lossy(path));
        if listed.split(|&byte| byte == 0).any(archived) {
            return Ok(None);
        }
        let (mut sizes, now) = (BTreeMap::new(), store.files()?);
        for line in listed.split(|&byte| byte == 0).filter(|line| line.ends_with(b".jsonl")) {
            let Some(tab) = line.iter().position(|&byte| byte == b'\t') else { return Ok(None) };
            let (about, path) = (String::from_utf8_lossy(&line[..tab]), &line[tab + 1..]);
            let about: Vec<&str> = about.split_whitespace().collect();
            let [_, _, blob, size] = about.as_slice() else { return Ok(None) };
            let Ok(size) = size.parse::<u64>() else { return Ok(None) };
            let name = String::from_utf8_lossy(path).trim_start_matches("log/").to_owned();
            let stat = now.iter().find(|stat| stat.name == name);
            let alike = match (stat, changed.contains(path)) {
                (None, _) => false,
                (Some(stat), false) => stat.len_bytes == size,
                (Some(_), true) => {
                    let was = self.run(&["cat-file", "blob", blob]).map_err(failed)?;
                    begins_with(store, &name, &was)?
                }
            };
            if !alike {
                return Ok(None);
            }
            sizes.insert(name, size);
        }
        Ok(Some(sizes))
    }

    /// The log's files as they are in a commit.
    pub(crate) fn files_at(&self, revision: &str) -> Result<Files, HistoryError> {
        let failed = |why: String| HistoryError::Git { revision: revision.to_owned(), why };
        let commit = self.commit(revision)?;
        let listed =
            self.run(&["ls-tree", "-z", "--name-only", &commit, "log/"]).map_err(failed)?;
        let mut files = Files::default();
        for path in listed.split(|&byte| byte == 0) {
            let path = String::from_utf8_lossy(path).into_owned();
            if !path.ends_with(".jsonl") && !is_archive(&path) {
                continue;
            }
            let mut bytes = self.run(&["show", &format!("{commit}:./{path}")]).map_err(failed)?;
            if is_archive(&path) {
                bytes = unpack(&bytes).map_err(|why| failed(format!("{path}: {why}")))?;
            }
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
        let mut ids: HashSet<RecordId> = ids_of_lines(&patches, b"+{\"id\":\"").collect();
        for archive in self.committed_archives() {
            ids.extend(ids_of_lines(&archive, b"{\"id\":\""));
        }
        ids
    }

    /// The lines that any commit added to the log.
    pub(crate) fn committed_lines(&self) -> Vec<u8> {
        let commits = ["log", "--exclude=refs/stash", "--all", "-m", "-p"];
        let form = ["--no-color", "--no-ext-diff", "--format=", "--", "log"];
        let patches = self.run(&[&commits[..], &form].concat()).unwrap_or_default();
        let added = patches.split(|&byte| byte == b'\n').filter_map(|line| line.strip_prefix(b"+"));
        let mut lines = added.fold(Vec::new(), |mut lines, line| {
            lines.extend_from_slice(line);
            lines.push(b'\n');
            lines
        });
        self.committed_archives().iter().for_each(|archive| lines.extend_from_slice(archive));
        lines
    }

    /// What a file of the log was in each commit that this branch has; archives unpacked.
    pub(crate) fn versions_of(&self, name: &str) -> Vec<Vec<u8>> {
        let path = format!("log/{name}");
        let Ok(commits) = self.run(&["log", "--format=%H", "--", &path]) else { return Vec::new() };
        let commits = String::from_utf8_lossy(&commits).into_owned();
        let shown = |commit: &str| self.run(&["show", &format!("{commit}:./{path}")]).ok();
        let versions = commits.lines().filter_map(shown);
        match is_archive(name) {
            true => versions.filter_map(|bytes| unpack(&bytes).ok()).collect(),
            false => versions.collect(),
        }
    }

    /// What every archive says that any commit added to the log.
    fn committed_archives(&self) -> Vec<Vec<u8>> {
        let commits = ["log", "--exclude=refs/stash", "--all", "-m", "--diff-filter=A"];
        let form = ["--format=:%H", "--name-only", "--relative", "--no-renames", "--", "log"];
        let Ok(listed) = self.run(&[&commits[..], &form].concat()) else { return Vec::new() };
        let (mut commit, mut places) = (String::new(), BTreeMap::new());
        for line in String::from_utf8_lossy(&listed).lines() {
            match line.strip_prefix(':') {
                Some(hash) => hash.clone_into(&mut commit),
                None if is_archive(line) => {
                    places.insert(line.to_owned(), format!("{commit}:./{line}"));
                }
                None => {}
            }
        }
        let unpacked = |place: &String| unpack(&self.run(&["show", place]).ok()?).ok();
        places.values().filter_map(unpacked).collect()
    }
}

/// The ids of the lines that begin so.
fn ids_of_lines<'a>(
    bytes: &'a [u8],
    begin: &'static [u8],
) -> impl Iterator<Item = RecordId> + use<'a> {
    let lines = bytes.split(|&byte| byte == b'\n');
    let rest = lines.filter_map(move |line| line.strip_prefix(begin));
    rest.filter_map(|rest| RecordId::parse(rest.get(..64)?))
}

/// True if a file of the log begins with these bytes.
fn begins_with<S: LogStore>(store: &S, file: &str, bytes: &[u8]) -> Result<bool, ReadError> {
    let (mut held, mut filled) = (vec![0; bytes.len()], 0);
    while filled < held.len() {
        match store.read_at(file, filled as u64, &mut held[filled..])? {
            0 => return Ok(false),
            count => filled += count,
        }
    }
    Ok(held == bytes)
}
