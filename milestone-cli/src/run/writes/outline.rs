//! Plans as people write them: a list of titles, or an outline in Markdown.
//!
//! Start at [`list`] and [`plan`].
//!
//! - **Invariant.** Nothing is dropped: a line that is neither a title, a task nor a checklist item
//!   goes into the description of a plan, and is refused in a list.
//! - **Absent on purpose.** No further nesting: an item below a checklist item is one too.

use milestone_core::domain::{Field, NewCriterion, NewTask, Value};

use crate::args::values::duration_minutes;
use crate::ui::error::{Exit, Problem};

/// The most that one command takes in, in bytes: no record holds more.
const TEXT_BYTES_MAX: usize = 1 << 20;

/// The most tasks that one command adds.
const TASKS_MAX: usize = 5_000;

/// A milestone that was written down as an outline.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// The first heading.
    pub(super) title: Option<String>,
    /// What stands between the items, blank lines at the ends cut off.
    pub(super) description: String,
    /// The items.
    pub(super) tasks: Vec<NewTask>,
}

/// What a line is.
enum Line<'a> {
    Blank,
    Heading(&'a str),
    Task { done: bool, text: &'a str },
    Check { done: bool, text: &'a str },
    Text(&'a str),
}

fn refused(message: String) -> Box<Problem> {
    Box::new(
        Problem::new("plan.bad", Exit::Usage, message)
            .unchanged()
            .hint("one title a line; two spaces before it make it a checklist item"),
    )
}

/// Reads one title a line.
pub(super) fn list(text: &str) -> Result<Plan, Box<Problem>> {
    checked_size(text)?;
    let mut plan = Plan::default();
    for (number, line) in text.lines().enumerate() {
        match classify(line, false) {
            Line::Blank => {}
            Line::Check { done, text } => plan.check(done, text, number)?,
            Line::Task { done, text } => plan.task(done, text)?,
            Line::Heading(text) | Line::Text(text) => plan.task(false, text)?,
        }
    }
    match plan.tasks.is_empty() {
        true => Err(refused("there is no title in the input".to_owned())),
        false => Ok(plan),
    }
}

/// Reads an outline: `# Title`, `- [ ] Task (2d)`, two spaces before an item of its checklist.
pub(super) fn plan(text: &str) -> Result<Plan, Box<Problem>> {
    checked_size(text)?;
    let mut plan = Plan::default();
    let mut prose: Vec<&str> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        match classify(line, true) {
            Line::Blank => prose.push(""),
            Line::Heading(title) if plan.title.is_none() => plan.title = Some(title.to_owned()),
            Line::Heading(_) | Line::Text(_) => prose.push(line.trim_end()),
            Line::Task { done, text } => plan.task(done, text)?,
            Line::Check { done, text } => plan.check(done, text, number)?,
        }
    }
    prose.dedup_by(|a, b| a.is_empty() && b.is_empty());
    plan.description = prose.join("\n").trim().to_owned();
    Ok(plan)
}

fn checked_size(text: &str) -> Result<(), Box<Problem>> {
    if text.len() <= TEXT_BYTES_MAX {
        return Ok(());
    }
    Err(Box::new(
        Problem::new(
            "input.too_large",
            Exit::Usage,
            format!("the input has {} bytes; one command takes {TEXT_BYTES_MAX}", text.len()),
        )
        .unchanged()
        .hint("say it in several commands"),
    ))
}

fn classify(line: &str, outline: bool) -> Line<'_> {
    let trimmed = line.trim();
    if trimmed.is_empty() {
        return Line::Blank;
    }
    let nested = line.starts_with("  ") || line.starts_with('\t');
    let bullet = ["- ", "* ", "+ "].iter().find_map(|mark| trimmed.strip_prefix(mark));
    if outline && bullet.is_none() {
        return match trimmed.strip_prefix("# ") {
            Some(title) => Line::Heading(title.trim()),
            None => Line::Text(trimmed),
        };
    }
    let item = bullet.unwrap_or(trimmed).trim();
    let boxed = |mark: &str| item.strip_prefix(mark).map(str::trim);
    let (done, text) = match (boxed("[x]").or_else(|| boxed("[X]")), boxed("[ ]")) {
        (Some(text), _) => (true, text),
        (None, Some(text)) => (false, text),
        (None, None) => (false, item),
    };
    if nested { Line::Check { done, text } } else { Line::Task { done, text } }
}

impl Plan {
    fn task(&mut self, done: bool, text: &str) -> Result<(), Box<Problem>> {
        if self.tasks.len() >= TASKS_MAX {
            return Err(refused(format!("one command adds at most {TASKS_MAX} tasks")));
        }
        let (title, estimate) = estimated(text);
        let mut task = NewTask { title: title.to_owned(), done, ..NewTask::default() };
        if let Some(minutes) = estimate {
            task.fields.put(Field::Estimate, Value::Number(i64::from(minutes)));
        }
        self.tasks.push(task);
        Ok(())
    }

    fn check(&mut self, done: bool, text: &str, number: usize) -> Result<(), Box<Problem>> {
        let Some(task) = self.tasks.last_mut() else {
            let line = number + 1;
            return Err(refused(format!(
                "line {line} is a checklist item without a task above it"
            )));
        };
        task.criteria.push(NewCriterion { text: text.to_owned(), checked: done });
        Ok(())
    }
}

/// Takes the estimate off the end of a title: `Refund flow (3d)`.
fn estimated(text: &str) -> (&str, Option<u32>) {
    let inner = text.strip_suffix(')').and_then(|rest| rest.rsplit_once('('));
    match inner.map(|(title, inside)| (title.trim_end(), duration_minutes(inside))) {
        Some((title, Ok(minutes))) if !title.is_empty() => (title, Some(minutes)),
        _ => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titles(plan: &Plan) -> Vec<(&str, bool, usize, bool)> {
        let row = |task: &NewTask| {
            let estimated = task.fields.get(Field::Estimate).is_some();
            (task.title.clone(), task.done, task.criteria.len(), estimated)
        };
        let rows = plan.tasks.iter().map(row).collect::<Vec<_>>();
        let find = |title: &str| plan.tasks.iter().find(|task| task.title == title);
        rows.iter()
            .map(|(title, done, checks, est)| {
                (find(title).map_or("", |task| task.title.as_str()), *done, *checks, *est)
            })
            .collect()
    }

    #[test]
    fn a_list_is_one_title_a_line() {
        let plan = list("Refund flow (3d)\n\n[x] Tax table\n  - one\n  [x] two\n- Late (maybe)\n");
        let plan = plan.expect("it is a list");
        assert_eq!(
            titles(&plan),
            [
                ("Refund flow", false, 0, true),
                ("Tax table", true, 2, false),
                ("Late (maybe)", false, 0, false)
            ]
        );
        let checked: Vec<bool> = plan.tasks[1].criteria.iter().map(|new| new.checked).collect();
        assert_eq!(checked, [false, true]);
    }

    #[test]
    fn an_outline_keeps_every_line() {
        let text =
            "# API\n\nWhy we do it.\n\n## Work\n- [ ] Auth (2d)\n  - [ ] tokens\n* [X] DB\n\nend\n";
        let plan = plan(text).expect("it is an outline");
        assert_eq!(plan.title.as_deref(), Some("API"));
        assert_eq!(plan.description, "Why we do it.\n\n## Work\n\nend");
        assert_eq!(titles(&plan), [("Auth", false, 1, true), ("DB", true, 0, false)]);
    }

    #[test]
    fn what_is_no_plan_is_refused() {
        assert!(list("  nested first\n").is_err());
        assert!(list("\n \n").is_err());
        assert!(list(&"a\n".repeat(TASKS_MAX + 1)).is_err());
        assert!(plan(&"x".repeat(TEXT_BYTES_MAX + 1)).is_err());
    }
}
