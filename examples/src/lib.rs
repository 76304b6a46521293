//! What every example needs and none is about: a temporary project, and callers whose time and ids
//! are the same in every run.
//!
//! Start with an example, not here: `examples/embed_and_track.rs` is the first one.
//!
//! - **Invariant.** An example writes to its temporary directory only, and asserts what it claims.
//! - **Absent on purpose.** The clock and randomness. A program of yours reads them at its edge.

use std::error::Error;

use milestone_core::domain::{Command, NewTask};
use milestone_core::words::Timestamp;
use milestone_project::{Caller, Options, Project};

/// What the `main` of an example returns.
pub type Done = Result<(), Box<dyn Error>>;

/// When the first command of an example is asked: 2026-11-22T13:29:05Z.
pub const BEGIN: Timestamp = Timestamp(1_795_354_145_000_000);

/// Minutes, in the unit of [`Timestamp`].
pub const MINUTE_US: i64 = 60_000_000;

/// An empty directory that is removed when the value is dropped.
///
/// # Errors
///
/// If the system's directory for temporary files cannot be written.
pub fn scratch() -> std::io::Result<tempfile::TempDir> {
    tempfile::Builder::new().prefix("milestone-example-").tempdir()
}

/// Somebody who asks `minute` minutes after [`BEGIN`].
pub fn caller(actor: &str, minute: u32) -> Caller {
    let now = Timestamp(BEGIN.0 + i64::from(minute) * MINUTE_US);
    let mut seed = [0; 32];
    for (place, byte) in actor.bytes().chain(minute.to_le_bytes()).take(32).enumerate() {
        seed[place] = byte;
    }
    Caller::new(actor, "example", now, seed)
}

/// A project in `dir` with the milestone `api` and its tasks `design`, `endpoints` and `docs`;
/// `endpoints` waits for `design`.
///
/// # Errors
///
/// If `dir` cannot be written.
pub fn small_project(dir: &std::path::Path) -> Result<Project, Box<dyn Error>> {
    let mut project =
        Project::init(dir, "Example", false, Options::default(), &caller("ann", 0))?.project;
    let task = |title: &str, after: &[&str]| NewTask {
        title: title.to_owned(),
        after: after.iter().map(|&on| on.to_owned()).collect(),
        ..NewTask::default()
    };
    let plan = Command::CreateMilestone {
        title: "API".to_owned(),
        id: None,
        fields: milestone_core::domain::Fields::default(),
        criteria: Vec::new(),
        tasks: vec![task("Design", &[]), task("Endpoints", &["design"]), task("Docs", &[])],
        after: Vec::new(),
    };
    project.execute(&plan, &caller("ann", 1))?;
    Ok(project)
}

/// The front page: what it says about embedding compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
