//! How do I ask for the critical path, and is it right?
//!
//! - **Shows** a plan with kinds and lags, its schedule, and every float. Plans that come in as
//!   lines of JSON are answered in lines of JSON, so that `critical_path.py` beside this file can
//!   compare a thousand of them with what networkx says.
//! - **Leaves out** calendars: all times are minutes of work from now.
//! - **Run** `cargo run -p milestone-examples --example critical_path < /dev/null`, or build it and
//!   run `python3 examples/examples/critical_path.py target/debug/examples/critical_path`.

use std::error::Error;
use std::io::{BufRead, IsTerminal};

use milestone_core::domain::{Command, Field, Fields, NewTask, Terms, TieKind, Value};
use milestone_core::words::Timestamp;
use milestone_project::{Caller, Options, Project};
use serde::{Deserialize, Serialize};

use milestone_analytics::critical::Schedule;

/// A plan: how long each task takes, and what comes after what.
#[derive(Deserialize)]
struct Plan {
    minutes: Vec<u32>,
    bonds: Vec<(usize, usize, String, i32)>,
}

#[derive(Serialize)]
struct Row {
    task: usize,
    early_start: i64,
    early_finish: i64,
    late_start: i64,
    late_finish: i64,
    total_float: i64,
    free_float: i64,
}

#[derive(Serialize)]
struct Answer {
    end: i64,
    path: Vec<usize>,
    rows: Vec<Row>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let stdin = std::io::stdin();
    let lines: Vec<String> = match stdin.is_terminal() {
        true => Vec::new(),
        false => stdin.lock().lines().collect::<Result<_, _>>()?,
    };
    if lines.is_empty() {
        let bonds = vec![(0, 1, "fs".to_owned(), 0), (1, 2, "ss".to_owned(), 60)];
        let answer = answer(&Plan { minutes: vec![480, 240, 60], bonds })?;
        println!("{}", serde_json::to_string(&answer)?);
        assert_eq!(answer.end, 720);
        return Ok(());
    }
    for line in lines {
        let plan: Plan = serde_json::from_str(&line)?;
        println!("{}", serde_json::to_string(&answer(&plan)?)?);
    }
    Ok(())
}

/// Makes a project of a plan, through the commands that people give, and looks at its schedule.
fn answer(plan: &Plan) -> Result<Answer, Box<dyn Error>> {
    let dir = tempfile::tempdir()?;
    let caller = Caller::new("planner", "s1", Timestamp(1_772_000_000_000_000), [7; 32]);
    let mut project =
        Project::init(dir.path(), "plan", false, Options::default(), &caller)?.project;
    let task = |(at, minutes): (usize, &u32)| {
        let mut fields = Fields::default();
        fields.put(Field::Estimate, Value::Number((*minutes).into()));
        let id = Some(format!("a{at}"));
        NewTask { title: format!("a{at}"), id, fields, ..NewTask::default() }
    };
    let tasks = plan.minutes.iter().enumerate().map(task).collect();
    let mut commands = vec![Command::CreateMilestone {
        title: "p".into(),
        id: Some("p".into()),
        fields: Fields::default(),
        criteria: Vec::new(),
        tasks,
        after: Vec::new(),
    }];
    for (before, after, kind, lag) in &plan.bonds {
        let kind = TieKind::named(kind).ok_or("no such kind")?;
        let (target, on) = (format!("p/a{after}"), format!("p/a{before}"));
        let terms = Terms { kind, lag: *lag };
        commands.push(Command::AddDependencies { target, after: vec![on], terms });
    }
    let commands = commands.into_iter().map(|command| (None, command));
    for outcome in project.execute_all(commands, &caller, |_| true)? {
        outcome?;
    }
    let schedule = Schedule::of(project.state(), None);
    let number = |stream: &str| stream.strip_prefix("p/a").and_then(|at| at.parse().ok());
    let row = |row: &milestone_analytics::critical::ScheduleRow| {
        Some(Row {
            task: number(row.stream.as_str())?,
            early_start: row.early_start,
            early_finish: row.early_finish,
            late_start: row.late_start,
            late_finish: row.late_finish,
            total_float: row.total_float,
            free_float: row.free_float,
        })
    };
    let rows = schedule.rows.iter().filter_map(row).collect();
    let path = schedule.path.iter().filter_map(|on| number(on.as_str())).collect();
    Ok(Answer { end: schedule.end, path, rows })
}
