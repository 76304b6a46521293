//! What was it like back then, who did what, and can I trust the log?
//!
//! - **Shows** an earlier moment by time and by record, the history of one task, an audit of every
//!   hash and link, a replay into a fresh view, and what only an anchor outside the log can show.
//! - **Leaves out** git: with `Anchors::Commit` the heads of a commit are the anchor.
//! - **Run** `cargo run -p milestone-examples --example replay_and_audit`.

use std::fs;

use milestone_core::domain::{Command, Plan, Stage};
use milestone_core::log::Oddity;
use milestone_core::words::StreamId;
use milestone_examples::{Done, caller, scratch, small_project};
use milestone_project::{Anchors, AsOf, HistoryFilter, Options, Project};

fn main() -> Done {
    let dir = scratch()?;
    let mut project = small_project(dir.path())?;
    let targets = || vec!["api/design".to_owned()];
    let start = Command::Start { targets: targets(), force: None };
    let (targets, note, contents) = (targets(), Some("see the wiki".to_owned()), Vec::new());
    let done = Command::Complete { targets, force: None, note, time_spent: 95, contents };
    let started = project.execute(&start, &caller("ann", 10))?.record.ok_or("it starts")?;
    project.execute(&done, &caller("bob", 20))?;

    // An earlier moment is the same fold over fewer records.
    let stage = |moment: &AsOf| -> Result<Stage, Box<dyn std::error::Error>> {
        let (state, _) = project.as_of(moment)?;
        Ok(state.task("api/design").ok_or("the task is there by then")?.item.stage)
    };
    let quarter_past = AsOf::Time(caller("ann", 15).now);
    assert_eq!(stage(&AsOf::Time(caller("ann", 5).now))?, Stage::Open);
    assert_eq!(stage(&quarter_past)?, Stage::Underway);
    // A record id names the same moment for ever, also after merges.
    assert_eq!(stage(&AsOf::Record(started.to_string()))?, Stage::Underway);

    // The history of one task.
    let stream = StreamId::parse("api/design").ok_or("this is a stream")?;
    let filter = HistoryFilter { streams: Some([stream].into()), ..HistoryFilter::default() };
    let entries = project.history(&filter)?;
    for entry in &entries {
        println!("#{} {} {} {}", entry.number, entry.actor, entry.kind, entry.details.get());
    }
    let kinds: Vec<&str> = entries.iter().map(|entry| entry.kind.as_str()).collect();
    assert_eq!(kinds, ["task_added", "task_started", "task_completed"]);

    // Every hash, every link, every clock.
    let audit = project.audit(None)?;
    println!("{} records in {} file, {:?}", audit.checkpoint.count, audit.files, audit.findings);
    assert!(audit.findings.is_empty());

    // Whatever is derived can be made again, anywhere, and is the same.
    let (one, two) = (dir.path().join("one"), dir.path().join("two"));
    let first = project.replay_into(&one, None)?;
    assert_eq!(first.fingerprint, project.replay_into(&two, None)?.fingerprint);
    assert!(project.check_views()?.iter().all(milestone_project::ViewCheck::holds));
    println!("replayed: {}", first.fingerprint);

    // Somebody cuts the newest record off. What is left is a sound chain: the log alone cannot
    // tell. Whoever wrote the head down elsewhere can.
    let anchor = Anchors::Text(project.checkpoint().heads[0].to_string());
    assert!(project.audit(Some(&anchor))?.missing_anchors.is_empty());
    let file = project.root().join("log").join(&project.checkpoint().files[0].name);
    let text = fs::read_to_string(&file)?;
    let lines: Vec<&str> = text.lines().collect();
    fs::write(&file, lines[..lines.len() - 1].join("\n") + "\n")?;
    let cut = Project::open(project.root(), Options { read_only: true, ..Options::default() })?;
    assert!(cut.audit(None)?.findings.is_empty());
    let shown = cut.audit(Some(&anchor))?;
    println!("cut off, and shown by the anchor: {:.16}", shown.missing_anchors[0]);
    assert_eq!(shown.missing_anchors.len(), 1);

    // One changed byte is another thing: the hash of its line is wrong.
    fs::write(&file, text.replacen("Endpoints", "endpoints", 1))?;
    let changed = Project::open(project.root(), Options { read_only: true, ..Options::default() })?;
    let findings = changed.audit(None)?.findings;
    let finding = findings.iter().find(|finding| finding.line > 0).ok_or("it is found")?;
    println!("changed: line {}: {}", finding.line, finding.oddity);
    assert!(matches!(finding.oddity, Oddity::WrongHash(_)));
    Ok(())
}
