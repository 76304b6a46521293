//! What does an import of Beads cost, measured by the work that nobody can avoid?
//!
//! - **Measures** planning, deciding, encoding and appending every issue and edge of a file, in
//!   process, without the YAML view and in the `file` backend; best of the rounds.
//! - **Baseline** a typed parse of the source lines, SHA-256 of them, and SHA-256 of the lines that
//!   were written.
//! - **Run** `cargo bench -p milestone-benches --bench import -- FILE`

use std::path::PathBuf;

use milestone_benches::measure::{Made, best_of, made};
use milestone_core::domain::Command;
use milestone_core::words::{Text, Timestamp};
use milestone_interop::beads::{self, ImportOptions, SourceFile};
use milestone_project::{Backend, Caller, Choice, Options, Policy, Project};
use sha2::{Digest, Sha256};

const ROUNDS: usize = 7;

fn main() {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/beads/issues.jsonl");
    let file = std::env::args().skip(1).find(|word| word != "--bench");
    let path = PathBuf::from(file.unwrap_or_else(|| default.to_owned()));
    let Ok(bytes) = std::fs::read(&path) else {
        println!("SKIPPED: {} is not there", path.display());
        return;
    };
    let written = import(&bytes);
    let lines: Vec<&str> = written.lines().collect();
    let records = lines.len();
    let mut whole = || -> Made { Box::new(import(&bytes)) };
    let mut least = || made(|| baseline(&bytes, &lines));
    let best = best_of(ROUNDS, &mut [("import", &mut whole), ("baseline", &mut least)]);
    let (import, least) = (best[0].as_secs_f64() * 1e3, best[1].as_secs_f64() * 1e3);
    println!("{records} records: import {import:.1} ms, baseline {least:.1} ms");
    println!("{:.2} x baseline", import / least);
}

/// The members that matter, typed, and borrowed where they have no escapes.
#[derive(serde::Deserialize)]
#[expect(dead_code, reason = "read only to be parsed")]
struct Issue<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    title: Text<'a>,
    #[serde(borrow)]
    status: Text<'a>,
    priority: i64,
    #[serde(borrow)]
    issue_type: Text<'a>,
    #[serde(borrow, default)]
    description: Option<Text<'a>>,
    #[serde(borrow, default)]
    design: Option<Text<'a>>,
    #[serde(borrow, default)]
    acceptance_criteria: Option<Text<'a>>,
    #[serde(borrow, default)]
    notes: Option<Text<'a>>,
    #[serde(borrow, default)]
    assignee: Option<Text<'a>>,
    created_at: Timestamp,
    updated_at: Timestamp,
    #[serde(default)]
    closed_at: Option<Timestamp>,
    #[serde(borrow, default)]
    close_reason: Option<Text<'a>>,
    #[serde(borrow, default)]
    labels: Vec<Text<'a>>,
    #[serde(borrow, default)]
    dependencies: Vec<Edge<'a>>,
}

/// A relation of an issue.
#[derive(serde::Deserialize)]
#[expect(dead_code, reason = "read only to be parsed")]
struct Edge<'a> {
    #[serde(borrow)]
    issue_id: Text<'a>,
    #[serde(borrow)]
    depends_on_id: Text<'a>,
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    created_at: Timestamp,
}

/// Imports into a fresh project; returns what was written.
fn import(bytes: &[u8]) -> String {
    let dir = tempfile::tempdir().expect("a place for the project");
    let caller = Caller::new("bench", "bench", Timestamp(1_795_354_145_123_456), [7; 32]);
    let options = Options::default();
    let begun = Project::init(dir.path(), "bench", false, options, &caller).expect("a project");
    let mut project = begun.project;
    // Moving to a backend of its size afterwards is measured by `sqlite` and `migrate`.
    project.set_policy(Policy { choice: Choice::Pinned(Backend::File), ..Policy::default() });
    // A file in the place of a folder keeps the view from being written.
    let _ = std::fs::remove_dir_all(dir.path().join(".milestones/active"));
    std::fs::write(dir.path().join(".milestones/active"), "").expect("it can be written");
    let files = [SourceFile { name: "issues.jsonl", bytes }];
    let plan = beads::plan(&files, &ImportOptions { into: Some("backlog".into()) }).expect("Beads");
    let home = Command::CreateMilestone {
        title: "backlog".into(),
        id: None,
        fields: Default::default(),
        criteria: Vec::new(),
        tasks: Vec::new(),
        after: Vec::new(),
    };
    let commands = std::iter::once((None, home)).chain(beads::commands(plan));
    project.execute_all(commands, &caller, |_| true).expect("it is recorded");
    let mut written = String::new();
    for entry in std::fs::read_dir(dir.path().join(".milestones/log")).expect("a log") {
        let path = entry.expect("an entry").path();
        written.push_str(&std::fs::read_to_string(path).expect("UTF-8"));
    }
    written
}

fn baseline(bytes: &[u8], written: &[&str]) {
    let text = std::str::from_utf8(bytes).expect("UTF-8");
    for line in text.lines() {
        let issue: Issue<'_> = serde_json::from_str(line).expect("an issue");
        std::hint::black_box(issue);
        std::hint::black_box(Sha256::digest(line));
    }
    for line in written {
        std::hint::black_box(Sha256::digest(line));
    }
}
