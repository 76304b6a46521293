//! Beginning a project: the directory, and what git has to know of it.
//!
//! Start at [`Project::init`].
//!
//! - **Invariant.** Beginning where a project is already changes nothing.
//! - **Invariant.** Only files inside `.milestones` are written; yours are not touched.

use std::io;
use std::path::{Path, PathBuf};

use milestone_core::domain::Command;
use milestone_store_file::Options;

use crate::caller::Caller;
use crate::error::{ExecuteError, OpenError};
use crate::project::{DIRECTORY, Project};

/// What git has to know: the log is merged line by line and never rewritten.
const GIT_ATTRIBUTES: &str = "\
# Every line of the log is a record of its own: a merge keeps the lines of both sides.
log/*.jsonl merge=union -text
# Archived files of the log.
log/*.jsonl.zst binary
";

/// What git has to leave alone: this machine's files, and the views that are made from the log.
const GIT_IGNORE: &str = "\
# This machine's own files.
/local/
# Views: made from the log, and made anew whenever they are missing.
/active/
/archived/
/agents/
/project.yaml
";

/// Why a project could not be begun.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InitError {
    /// The directory or a file in it could not be made.
    #[error("cannot make {}", path.display())]
    Io {
        /// The directory or file.
        path: PathBuf,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// It was made and could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// It was made and its first record could not be written.
    #[error(transparent)]
    Execute(#[from] ExecuteError),
}

/// What beginning a project came to.
#[derive(Debug)]
pub struct Initialised {
    /// The project.
    pub project: Project,
    /// False if it was there already.
    pub created: bool,
}

impl Project {
    /// Begins a project in `dir`, under `name`. Where one is already, nothing is changed.
    ///
    /// # Errors
    ///
    /// [`InitError`]; running it again goes on where it stopped.
    pub fn init(
        dir: &Path,
        name: &str,
        demo: bool,
        options: Options,
        caller: &Caller,
    ) -> Result<Initialised, InitError> {
        let root = dir.join(DIRECTORY);
        let is_link = root.symlink_metadata().is_ok_and(|meta| meta.is_symlink());
        if !is_link {
            let failed = |path: &Path| {
                let path = path.to_owned();
                move |source| InitError::Io { path, source }
            };
            let log = root.join("log");
            std::fs::create_dir_all(&log).map_err(failed(&log))?;
            for (file, text) in [(".gitattributes", GIT_ATTRIBUTES), (".gitignore", GIT_IGNORE)] {
                let path = root.join(file);
                if !path.exists() {
                    std::fs::write(&path, text).map_err(failed(&path))?;
                }
            }
        }
        let mut project = Self::open(&root, options)?;
        let created = project.checkpoint.count == 0;
        if created {
            let command = Command::CreateProject { name: name.to_owned(), demo };
            project.execute(&command, caller)?;
        }
        Ok(Initialised { project, created })
    }

    /// What git has to know and does not: the rules that `init` writes and that are missing now.
    pub fn missing_git_rules(&self) -> Vec<&'static str> {
        let has = |file: &str, rule: &str| {
            std::fs::read_to_string(self.root.join(file))
                .is_ok_and(|text| text.lines().any(|line| line.trim() == rule))
        };
        let attributes = ["log/*.jsonl merge=union -text", "log/*.jsonl.zst binary"];
        let ignores = ["/local/", "/active/", "/archived/", "/project.yaml"];
        let rules = attributes.into_iter().map(|rule| (rule, ".gitattributes"));
        let rules = rules.chain(ignores.map(|rule| (rule, ".gitignore")));
        rules.filter(|(rule, file)| !has(file, rule)).map(|(rule, _)| rule).collect()
    }
}
