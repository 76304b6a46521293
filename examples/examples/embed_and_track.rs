//! How do I keep milestones from within my own program?
//!
//! - **Shows** beginning a project, planning, working, asking what is next and how far it has come;
//!   a command that is refused, and one that is sent twice.
//! - **Leaves out** where the time and the seed come from: your program reads its own clock.
//! - **Run** `cargo run -p milestone-examples --example embed_and_track`.

use milestone_core::domain::{
    Command, Fields, NewTask, Plan, Ready, Refusal, effective_stage, milestone_progress, ready,
    status_word,
};
use milestone_core::words::{Date, StreamId};
use milestone_examples::{Done, caller, scratch};
use milestone_project::{ExecuteError, Options, Project};

fn main() -> Done {
    let dir = scratch()?;
    let begun = Project::init(dir.path(), "Shop", false, Options::default(), &caller("ann", 0))?;
    let mut project = begun.project;

    // One command is one record: the milestone and its tasks are there together or not at all.
    project.execute(&plan(), &caller("ann", 1))?;
    println!("ready: {:?}", titles_of_ready(&project));
    assert_eq!(titles_of_ready(&project), ["Choose a provider", "Write the terms"]);

    project.execute(&start("payments/provider"), &caller("ann", 2))?;
    project.execute(&complete("payments/provider"), &caller("ann", 30))?;
    println!("ready: {:?}", titles_of_ready(&project));
    assert_eq!(titles_of_ready(&project), ["Take a card", "Write the terms"]);

    // What the rules forbid is refused with the reason as a value; nothing is written.
    let records = project.checkpoint().count;
    match project.execute(&complete("payments"), &caller("ann", 31)) {
        Err(ExecuteError::Refused(Refusal::OpenTasks { tasks, .. })) => {
            println!("not done yet, open: {tasks:?}");
            assert_eq!(tasks.len(), 2);
        }
        other => return Err(format!("it should have been refused: {other:?}").into()),
    }
    assert_eq!(project.checkpoint().count, records);

    // The same key with the same command is carried out once, so repeating a call is safe.
    let mut bob = caller("bob", 40);
    bob.key = Some("deploy-17".to_owned());
    let first = project.execute(&complete("payments/card"), &bob)?;
    bob.now = caller("bob", 41).now;
    let again = project.execute(&complete("payments/card"), &bob)?;
    assert!(again.duplicate);
    assert_eq!(first.record, again.record);

    // Another process sees the same: everything is in the log.
    let root = Project::discover(dir.path()).ok_or("the project was just made")?;
    let reopened = Project::open(&root, Options::default())?;
    let state = reopened.state();
    let milestone = state.milestone("payments").ok_or("it was just made")?;
    let rows = state.rows("payments");
    let progress = milestone_progress(&milestone, &rows);
    println!(
        "{}: {}, {} % ({} of {} tasks)",
        milestone.item.title,
        status_word(effective_stage(&milestone, &rows)),
        progress.percent,
        progress.done,
        progress.of
    );
    assert_eq!((progress.done, progress.of, progress.percent), (2, 3, 67));
    Ok(())
}

fn plan() -> Command {
    let task = |id: &str, title: &str, after: &[&str]| NewTask {
        id: Some(id.to_owned()),
        title: title.to_owned(),
        after: after.iter().map(|&on| on.to_owned()).collect(),
        ..NewTask::default()
    };
    Command::CreateMilestone {
        title: "Payments".to_owned(),
        id: None,
        fields: Fields::default(),
        criteria: vec!["A stranger can pay".to_owned()],
        tasks: vec![
            task("provider", "Choose a provider", &[]),
            task("card", "Take a card", &["provider"]),
            task("terms", "Write the terms", &[]),
        ],
        after: Vec::new(),
    }
}

fn start(reference: &str) -> Command {
    Command::Start { targets: vec![reference.to_owned()], force: None }
}

fn complete(reference: &str) -> Command {
    Command::Complete {
        targets: vec![reference.to_owned()],
        force: None,
        note: None,
        time_spent: 0,
        contents: Vec::new(),
    }
}

/// The titles of the tasks that can be worked on now.
fn titles_of_ready(project: &Project) -> Vec<String> {
    let today = Date::parse("2026-11-22").expect("this is a date");
    let (ready, _held) = ready(project.state(), today);
    let task = |stream: &StreamId| project.state().task(stream.as_str());
    let title = |ready: &Ready| task(&ready.stream).map(|task| task.item.title.to_string());
    let mut titles: Vec<String> = ready.iter().filter_map(title).collect();
    titles.sort();
    titles
}
