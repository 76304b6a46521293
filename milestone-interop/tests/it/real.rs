//! Beads files that nobody here wrote, where the directory of real data is beside the project.
//!
//! - **Start here.** `all_real_files_are_accounted_for`; with `--nocapture` it prints the reports.
//! - **Absent on purpose.** The data itself: without it the test says loudly that it did nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use milestone_interop::beads::{ImportOptions, ImportPlan, SourceFile, plan};

fn data() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    path.is_dir().then_some(path)
}

fn read(folder: &Path, names: &[&str]) -> Vec<(String, Vec<u8>)> {
    let read = |name: &&str| {
        (name.to_string(), std::fs::read(folder.join(name)).expect("a readable file"))
    };
    names.iter().map(read).collect()
}

fn planned(files: &[(String, Vec<u8>)]) -> ImportPlan<'_> {
    let files: Vec<_> = files.iter().map(|(name, bytes)| SourceFile { name, bytes }).collect();
    plan(&files, &ImportOptions { into: Some("inbox".into()) }).expect("a plan")
}

fn show(title: &str, plan: &ImportPlan<'_>) {
    println!("== {title}: {} edges planned", plan.edges.len());
    let report = &plan.report;
    for line in report.lines().iter().take_while(|line| !line.starts_with("losses")) {
        println!("{line}");
    }
    let lost: BTreeMap<_, _> =
        report.losses_by_reason().into_iter().map(|(why, n)| (format!("{why:?}"), n)).collect();
    println!("losses: {} {lost:?}", report.loss_count());
    let dangling = plan.edges.iter().filter(|edge| edge.dangling).count();
    println!("dangling edges: {dangling}");
    for loss in report.losses.iter().take(40) {
        println!("  {}:{:?} {:?} {}", loss.file, loss.line, loss.id, loss.detail);
    }
}

#[test]
fn all_real_files_are_accounted_for() {
    let Some(data) = data() else {
        println!("SKIPPED: no ../shared/data beside the project; no real Beads file was tried");
        return;
    };
    let backup = ["issues", "dependencies", "labels", "comments", "config", "events"]
        .map(|n| format!("{n}.jsonl"));
    let backup: Vec<_> = backup.iter().map(String::as_str).collect();
    for (folder, names) in [
        ("beads", vec!["issues.jsonl"]),
        ("beads", vec!["issues-duplicate-ids.jsonl"]),
        ("gastown", backup),
    ] {
        let mut files = read(&data.join(folder), &names);
        let lines: usize =
            files.iter().map(|(_, bytes)| bytes.iter().filter(|&&b| b == b'\n').count()).sum();
        let plan = planned(&files);
        show(&format!("{folder} {names:?}"), &plan);
        assert_eq!(plan.report.unaccounted(), Vec::<String>::new());
        let counted: u64 = plan.report.files.iter().map(|file| file.lines).sum();
        assert_eq!(counted, lines as u64);
        let text = serde_json::to_string(&plan.report).unwrap();
        drop(plan);
        files.reverse();
        assert_eq!(serde_json::to_string(&planned(&files).report).unwrap(), text);
    }
}
