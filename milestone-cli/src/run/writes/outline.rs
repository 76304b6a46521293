//! Plans as people write them: a list of titles, an outline in Markdown, a template.
//!
//! Start at [`Plan::of`] and [`list`]. How outlines are read is in `milestone_interop::outline`.
//!
//! - **Invariant.** Nothing is dropped: what is no task of an outline goes into a description, and
//!   that is told; a line of a list that is no title is refused.

use milestone_core::domain::{Field, Fields, NewCriterion, NewTask, Value};
use milestone_interop::outline::{self, Note, OutlineError, TASKS_MAX, TEXT_BYTES_MAX, estimated};

use super::super::context::Context;
use super::super::shelf::Shelf;
use super::create::text;
use super::input;
use crate::args::milestone::NewArgs;
use crate::ui::error::{Exit, Problem};

/// How many notes are told before "and so many more".
const NOTES_SHOWN_MAX: usize = 20;

/// A milestone that was written down.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// Its title.
    pub(super) title: Option<String>,
    /// Its further fields.
    pub(super) fields: Fields<'static>,
    /// What must hold in the end.
    pub(super) criteria: Vec<String>,
    /// Its tasks.
    pub(super) tasks: Vec<NewTask>,
    /// What was not understood, a line each.
    pub(super) notes: Vec<String>,
}

impl Plan {
    /// What the words of `new` say: an outline, a template, titles of tasks.
    pub(super) fn of(context: &mut Context, args: &NewArgs) -> Result<Self, Box<Problem>> {
        let mut plan = match (&args.file, &args.template) {
            (Some(file), _) => outlined(&input::text_from(context, file)?)?,
            (None, Some(name)) => {
                let shelf = Shelf::of(context)?;
                let held = shelf.find(name)?;
                let template = held.template()?;
                Self {
                    title: template.title.clone(),
                    fields: template.fields(name),
                    criteria: template.criteria.clone(),
                    tasks: template.new_tasks(&held.workflows),
                    notes: Vec::new(),
                }
            }
            (None, None) => Self::default(),
        };
        let task = |title: &String| NewTask { title: title.clone(), ..NewTask::default() };
        plan.tasks.extend(args.tasks.iter().map(task));
        Ok(plan)
    }

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

/// An outline as a plan.
fn outlined(written: &str) -> Result<Plan, Box<Problem>> {
    let outline = outline::read(written).map_err(|error| {
        Box::new(match error {
            OutlineError::TooLarge { .. } => {
                Problem::new("input.too_large", Exit::Usage, error.to_string())
                    .unchanged()
                    .hint("say it in several commands")
            }
            OutlineError::TooMany { .. } => {
                Problem::new("plan.bad", Exit::Usage, error.to_string())
                    .unchanged()
                    .hint("make several milestones, one file each")
            }
        })
    })?;
    let mut plan = Plan { title: outline.title, ..Plan::default() };
    if !outline.description.trim().is_empty() {
        plan.fields.put(Field::Description, text(&outline.description));
    }
    let note = |note: &Note| format!("line {}: {}", note.line, note.what);
    plan.notes = outline.notes.iter().map(note).collect();
    for check in outline.criteria.iter().filter(|check| check.done) {
        let what = "a criterion of the milestone begins without its tick";
        plan.notes.push(format!("line {}: {what}", check.line));
    }
    let count = plan.notes.len();
    if count > NOTES_SHOWN_MAX {
        plan.notes.truncate(NOTES_SHOWN_MAX);
        plan.notes.push(format!("and {} more", count - NOTES_SHOWN_MAX));
    }
    plan.criteria = outline.criteria.into_iter().map(|check| check.text).collect();
    plan.tasks = outline.tasks.into_iter().map(NewTask::from).collect();
    Ok(plan)
}

/// What a line of a list is.
enum Line<'a> {
    Blank,
    Task { done: bool, text: &'a str },
    Check { done: bool, text: &'a str },
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
    let bytes = text.len();
    if bytes > TEXT_BYTES_MAX {
        let message = OutlineError::TooLarge { bytes }.to_string();
        return Err(Box::new(
            Problem::new("input.too_large", Exit::Usage, message)
                .unchanged()
                .hint("say it in several commands"),
        ));
    }
    let mut plan = Plan::default();
    for (number, line) in text.lines().enumerate() {
        match classify(line) {
            Line::Blank => {}
            Line::Check { done, text } => plan.check(done, text, number)?,
            Line::Task { done, text } => plan.task(done, text)?,
        }
    }
    match plan.tasks.is_empty() {
        true => Err(refused("there is no title in the input".to_owned())),
        false => Ok(plan),
    }
}

fn classify(line: &str) -> Line<'_> {
    let trimmed = line.trim();
    if trimmed.is_empty() {
        return Line::Blank;
    }
    let nested = line.starts_with("  ") || line.starts_with('\t');
    let bullet = ["- ", "* ", "+ "].iter().find_map(|mark| trimmed.strip_prefix(mark));
    let item = bullet.unwrap_or(trimmed).trim();
    let boxed = |mark: &str| item.strip_prefix(mark).map(str::trim);
    let (done, text) = match (boxed("[x]").or_else(|| boxed("[X]")), boxed("[ ]")) {
        (Some(text), _) => (true, text),
        (None, Some(text)) => (false, text),
        (None, None) => (false, item),
    };
    if nested { Line::Check { done, text } } else { Line::Task { done, text } }
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
    fn what_is_no_plan_is_refused() {
        assert!(list("  nested first\n").is_err());
        assert!(list("\n \n").is_err());
        assert!(list(&"a\n".repeat(TASKS_MAX + 1)).is_err());
        assert!(list(&"x".repeat(TEXT_BYTES_MAX + 1)).is_err());
        assert!(outlined(&"x".repeat(TEXT_BYTES_MAX + 1)).is_err());
    }
}
