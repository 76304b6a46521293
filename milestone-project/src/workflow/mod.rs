//! The workflows that a project knows, and what the files of deliverables hold now.
//!
//! Start at [`known_workflows`], [`Project::workflow`] for a workflow by its name and
//! [`Project::changed_since`] for what is no longer what was submitted. `kiro.yaml` is the
//! workflow that is always there.
//!
//! - **Invariant.** A file in `.milestones/workflows/` wins over a built-in one of its name.
//! - **Invariant.** A path that stands in the log is followed nowhere but inside the project.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use milestone_core::domain::{FileContent, Phase, Plan as _, Task, resolve};
use milestone_store_file::{WORKFLOW_BYTES_MAX, WorkflowFault, WorkflowFile};
use sha2::{Digest, Sha256};

use crate::project::Project;

/// The workflows that every project has, by name.
const BUILT_IN: [(&str, &str); 1] = [("kiro", include_str!("kiro.yaml"))];

/// Where a project keeps its own workflows, below `.milestones`.
const DIR: &str = "workflows";

/// Largest file of a deliverable that is hashed, in bytes.
pub const DELIVERABLE_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// How much of a file is hashed at once, in bytes.
const BUFFER_BYTES: usize = 64 * 1024;

/// Why there is no such workflow.
#[derive(Debug, thiserror::Error)]
pub enum WorkflowError {
    /// No file and no built-in workflow is called that.
    #[error("no workflow is called \"{name}\"")]
    Unknown {
        /// What was asked for.
        name: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// The file is no workflow.
    #[error("{}: {fault}", path.display())]
    Bad {
        /// The file.
        path: PathBuf,
        /// What is wrong with it first, and where.
        #[source]
        fault: WorkflowFault,
        /// What else is wrong.
        more: Vec<WorkflowFault>,
    },
    /// The file says `enabled: false`.
    #[error("the workflow \"{name}\" is switched off in {}", path.display())]
    Off {
        /// What was asked for.
        name: String,
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be read.
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// A workflow that is there, whether or not it can be used.
#[derive(Debug)]
pub struct KnownWorkflow {
    /// Its name.
    pub name: String,
    /// Its file; `None` if it is built in.
    pub path: Option<PathBuf>,
    /// What it says.
    pub content: Result<WorkflowFile, WorkflowError>,
}

/// Every workflow that is there, by name: those of the project whose directory is `root`, and those
/// that come with the program, which are there before there is a project.
pub fn known_workflows(root: Option<&Path>) -> Vec<KnownWorkflow> {
    let mut known: Vec<KnownWorkflow> = Vec::new();
    let entries = root.and_then(|root| fs::read_dir(root.join(DIR)).ok());
    for path in entries.into_iter().flatten().flatten().map(|entry| entry.path()) {
        let is_yaml = path.extension().is_some_and(|ext| ext == "yaml" || ext == "yml");
        if let Some(name) = path.file_stem().and_then(|name| name.to_str()).filter(|_| is_yaml) {
            let (name, content) = (name.to_owned(), read(name, &path));
            known.push(KnownWorkflow { name, path: Some(path), content });
        }
    }
    for (name, text) in BUILT_IN {
        if known.iter().all(|other| other.name != name) {
            let path = PathBuf::from(format!("{name}.yaml"));
            let content = WorkflowFile::check(name, text).map_err(|faults| bad(path, faults));
            known.push(KnownWorkflow { name: name.to_owned(), path: None, content });
        }
    }
    known.sort_by(|a, b| (&a.name, &a.path).cmp(&(&b.name, &b.path)));
    known
}

impl Project {
    /// Every workflow that is there, by name.
    pub fn workflows(&self) -> Vec<KnownWorkflow> {
        known_workflows(Some(&self.root))
    }

    /// The workflow of that name, as a task can be given it.
    ///
    /// # Errors
    ///
    /// [`WorkflowError`]: there is none, or it cannot be used.
    pub fn workflow(&self, name: &str) -> Result<WorkflowFile, WorkflowError> {
        let mut known = self.workflows();
        let Some(at) = known.iter().position(|held| held.name == name) else {
            let known = known.into_iter().map(|held| held.name).collect();
            return Err(WorkflowError::Unknown { name: name.to_owned(), known });
        };
        let held = known.swap_remove(at);
        let path = held.path.unwrap_or_default();
        match held.content? {
            file if file.enabled => Ok(file),
            _ => Err(WorkflowError::Off { name: held.name, path }),
        }
    }

    /// Reads a workflow file wherever it is. Its name is that of the file.
    ///
    /// # Errors
    ///
    /// [`WorkflowError`]: it cannot be read, or is no workflow.
    pub fn workflow_file(path: &Path) -> Result<WorkflowFile, WorkflowError> {
        read(path.file_stem().and_then(|name| name.to_str()).unwrap_or_default(), path)
    }

    /// The directory that paths of deliverables begin at.
    pub fn dir(&self) -> &Path {
        self.root.parent().unwrap_or(&self.root)
    }

    /// What the files of the deliverables of the tasks among `asked` hold now; `exact` as for
    /// [`resolve`].
    pub fn contents_of(&self, asked: &[String], exact: bool) -> Vec<FileContent> {
        let stream = |asked: &String| resolve(&self.state, asked, None, exact).ok();
        let tasks = asked.iter().filter_map(stream);
        let tasks = tasks.filter_map(|stream| self.state.task(stream.as_str()));
        tasks.flat_map(|task| self.contents(&task)).collect()
    }

    /// The phases of an unfinished task whose approval no longer holds, each with the deliverables
    /// that are not what was approved.
    pub fn lapsed(&self, task: &Task) -> Vec<(String, Vec<String>)> {
        let held = task.workflow.iter().filter(|_| task.item.stage.is_left());
        let gates = held.flat_map(|held| &held.phases).filter(|phase| phase.approval_required);
        let changed = |phase: &Phase| (phase.name.to_string(), self.changed_since(phase));
        let gates = gates.filter(|phase| phase.status.is_finished()).map(changed);
        gates.filter(|(_, changed)| !changed.is_empty()).collect()
    }

    /// What the files of a task's deliverables hold now.
    pub fn contents(&self, task: &Task) -> Vec<FileContent> {
        let mut contents: Vec<FileContent> = Vec::new();
        for path in task.workflow.iter().flat_map(|held| &held.phases).flat_map(paths) {
            if contents.iter().all(|held| held.path != path) {
                contents.push(FileContent { path: path.to_owned(), sha256: self.hash_of(path) });
            }
        }
        contents
    }

    /// The SHA-256 of a file inside the project, in hex; `None` if it cannot be read.
    pub fn hash_of(&self, path: &str) -> Option<String> {
        let path = Path::new(path);
        let plain = |part: Component<'_>| matches!(part, Component::Normal(_));
        if !path.components().all(plain) {
            return None;
        }
        let base = self.dir().canonicalize().ok()?;
        let path = base.join(path).canonicalize().ok().filter(|path| path.starts_with(&base))?;
        let known = fs::metadata(&path).ok()?;
        if !known.is_file() || known.len() > DELIVERABLE_BYTES_MAX {
            return None;
        }
        let mut hash = Sha256::new();
        let (mut file, mut buffer) = (File::open(&path).ok()?, vec![0; BUFFER_BYTES]);
        loop {
            match file.read(&mut buffer).ok()? {
                0 => break,
                count => hash.update(&buffer[..count]),
            }
        }
        Some(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The deliverables of a phase that no longer are what was handed over: of a phase that waits
    /// for approval, or that was finished.
    pub fn changed_since(&self, phase: &Phase) -> Vec<String> {
        if phase.submitted_at.is_none() {
            return Vec::new();
        }
        let held = phase.deliverables.iter().filter(|held| {
            let given = held.given.as_ref();
            let known = given.and_then(|given| given.path.as_ref().zip(given.sha256.as_ref()));
            known.is_some_and(|(path, sha256)| self.hash_of(path).as_deref() != Some(&**sha256))
        });
        held.map(|held| held.name.to_string()).collect()
    }
}

fn paths(phase: &Phase) -> impl Iterator<Item = &str> {
    phase.deliverables.iter().filter_map(|held| held.given.as_ref()?.path.as_deref())
}

fn read(name: &str, path: &Path) -> Result<WorkflowFile, WorkflowError> {
    let path = path.to_owned();
    let limit = WORKFLOW_BYTES_MAX as u64 + 1;
    let mut text = String::new();
    let read = File::open(&path).and_then(|file| file.take(limit).read_to_string(&mut text));
    match read {
        Ok(_) => WorkflowFile::check(name, &text).map_err(|faults| bad(path, faults)),
        Err(source) => Err(WorkflowError::Unreadable { path, source }),
    }
}

/// Why a file is no workflow: at least one fault.
fn bad(path: PathBuf, mut faults: Vec<WorkflowFault>) -> WorkflowError {
    let fault = faults.remove(0);
    WorkflowError::Bad { path, fault, more: faults }
}
