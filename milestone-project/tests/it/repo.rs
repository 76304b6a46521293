//! Real git, the program: repositories and clones with a project in them.
//!
//! Start at [`Repo`]. Nobody's own configuration is read. Without git every test says that it was
//! skipped.

use std::path::Path;
use std::process::{Command as Process, Output};

use crate::world::{Hand, World, skip};

/// A work tree with a project.
pub(crate) struct Repo {
    pub(crate) world: World,
}

/// True if git is there; else says that `test` was skipped.
pub(crate) fn has_git(test: &str) -> bool {
    let found = Process::new("git").arg("--version").output();
    let there = found.is_ok_and(|output| output.status.success());
    if !there {
        skip(test, "there is no git");
    }
    there
}

fn git_in(dir: &Path, arguments: &[&str]) -> Output {
    let configured = ["user.name=ann", "user.email=ann@example.org", "init.defaultBranch=main"];
    let mut command = Process::new("git");
    command.current_dir(dir).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    command.env("GIT_EDITOR", "true").env("LC_ALL", "C");
    for setting in configured.into_iter().chain(["gc.auto=0", "maintenance.auto=false"]) {
        command.args(["-c", setting]);
    }
    command.args(arguments).output().unwrap()
}

impl Repo {
    /// A repository with a project whose beginning is committed.
    pub(crate) fn begun(hand: &mut Hand) -> Self {
        let repo = Self { world: World::empty() };
        repo.git(&["init", "--quiet"]);
        repo.world.begin(hand);
        repo.commit("begin");
        repo
    }

    pub(crate) fn cloned(&self) -> Self {
        let world = World::empty();
        let from = self.world.dir().to_str().unwrap();
        let output = git_in(world.dir(), &["clone", "--quiet", from, "."]);
        assert!(output.status.success(), "{output:?}");
        Self { world }
    }

    /// Runs git; it may fail.
    pub(crate) fn try_git(&self, arguments: &[&str]) -> Output {
        git_in(self.world.dir(), arguments)
    }

    /// Runs git, which must succeed; what it said.
    #[track_caller]
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let output = self.try_git(arguments);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let why = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {arguments:?}: {said}\n{why}");
        said
    }

    /// Commits everything.
    #[track_caller]
    pub(crate) fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "-m", message]);
    }

    /// Files of the log with two sides that git could not merge.
    pub(crate) fn unmerged(&self) -> Vec<String> {
        let listed = self.git(&["diff", "--name-only", "--diff-filter=U"]);
        listed.lines().map(str::to_owned).collect()
    }
}
