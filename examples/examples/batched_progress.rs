//! How do I report progress often without a record for every report?
//!
//! - **Shows** a program that runs for long: its reports wait for at most half a minute, become one
//!   record a task, come before anything else that happens to their milestone, and are decided when
//!   they are flushed; what is refused then comes back from `flush` or `close`.
//! - **Leaves out** a timer. Call `tick` from wherever your program waits anyway.
//! - **Run** `cargo run -p milestone-examples --example batched_progress`.

use milestone_core::domain::{Command, Plan, ProgressValue};
use milestone_core::words::Timestamp;
use milestone_examples::{Done, caller, scratch, small_project};
use milestone_project::{BATCH_WAIT_SECONDS, Batch, Caller, ProgressReport};

fn main() -> Done {
    let dir = scratch()?;
    let project = small_project(dir.path())?;
    let records = project.checkpoint().count;
    let mut batch = Batch::new(project);

    // A report a second. None of them is recorded yet, and none of them is acknowledged.
    for second in 0..20u32 {
        let queued = batch.report(design(second * 4), &at(second))?;
        assert_eq!(queued.waiting, 1, "reports on one task become one");
    }
    assert_eq!(batch.project().checkpoint().count, records);

    // Your program looks at its clock now and then. Half a minute after the first report, one
    // record is written: the last value, and all of the time.
    batch.tick(&at(u32::try_from(BATCH_WAIT_SECONDS)?))?;
    assert_eq!(batch.project().checkpoint().count, records + 1);
    println!("20 reports, 1 record");

    // What happens to a milestone comes after the reports on it.
    batch.report(design(90), &at(40))?;
    batch.execute(&note("Reviewed"), &at(41))?;
    assert_eq!((batch.waiting(), batch.project().checkpoint().count), (0, records + 3));

    // Whether a report is taken is decided when it is flushed.
    batch.report(ProgressReport { target: "api/nothing".into(), ..design(10) }, &at(50))?;
    batch.report(design(100), &at(51))?;
    let (project, flushed) = batch.close(&at(52))?;
    for refused in &flushed.refused {
        println!("refused: {}: {}", refused.report.target, refused.why);
    }
    assert_eq!((flushed.recorded, flushed.refused.len()), (3, 1));
    let task = project.state().task("api/design").ok_or("it was made above")?;
    let report = task.item.report.ok_or("it was just reported")?;
    println!("api/design: {} %, {} minutes spent", report.done, task.item.time_spent);
    assert_eq!((report.done, task.item.time_spent), (100, 22));
    Ok(())
}

fn design(percent: u32) -> ProgressReport {
    let (target, value) = ("api/design".to_owned(), ProgressValue::Percent(percent));
    ProgressReport { target, value, note: None, time_spent: 1 }
}

fn note(text: &str) -> Command {
    Command::Note { target: "api".to_owned(), text: text.to_owned() }
}

/// Our program, so many seconds after it began.
fn at(second: u32) -> Caller {
    let caller = caller("agent:robo", 2 + second);
    let now = Timestamp(milestone_examples::BEGIN.0 + 120_000_000 + i64::from(second) * 1_000_000);
    Caller { now, ..caller }
}
