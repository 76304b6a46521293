//! Plans as people write them: a list of titles, an outline in Markdown, a template.
//!
//! Start at [`Plan::of`] and [`list`]. How outlines are read is in `milestone_interop::outline`.
//!
//! - **Invariant.** Nothing is dropped: what is no task of an outline goes into a description, and
//!   that is told; a line of a list that is no title is refused.

use milestone_core::domain::{Field, Fields, ListField, NewCriterion, NewTask, Value};
use milestone_core::words::{Clock, Text, TextFault, check_prose, check_title};
use milestone_interop::outline::{
    self, Note, Outline, OutlineError, TASKS_MAX, TEXT_BYTES_MAX, Tail,
};

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
            (Some(file), _) => outlined(&input::text_from(context, file)?, &context.clock)?,
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

    fn task(&mut self, done: bool, text: &str, line: usize, clock: &Clock) -> Result<(), Fault> {
        let Tail { title, estimate, due, odd } = outline::tail(text, Some(clock));
        let title = title.replace('\t', " ");
        check_title(&title).map_err(|fault| Fault { line, what: "title", fault })?;
        self.notes.extend(odd.iter().map(|what| format!("line {line}: {what}")));
        let mut task = NewTask { title, done, ..NewTask::default() };
        if let Some(minutes) = estimate {
            task.fields.put(Field::Estimate, Value::Number(i64::from(minutes)));
        }
        if let Some(due) = due {
            task.fields.put(Field::Due, Value::Date(due));
        }
        self.tasks.push(task);
        Ok(())
    }

    /// A checklist item of the last task; false without a task.
    fn check(&mut self, done: bool, text: &str, line: usize) -> Result<bool, Fault> {
        let Some(task) = self.tasks.last_mut() else { return Ok(false) };
        check_prose(text).map_err(|fault| Fault { line, what: "checklist item", fault })?;
        task.criteria.push(NewCriterion { text: text.to_owned(), checked: done });
        Ok(true)
    }

    fn fold_notes(&mut self) {
        let count = self.notes.len();
        if count > NOTES_SHOWN_MAX {
            self.notes.truncate(NOTES_SHOWN_MAX);
            self.notes.push(format!("and {} more", count - NOTES_SHOWN_MAX));
        }
    }
}

/// A text that nothing can be called, and where it stands.
struct Fault {
    line: usize,
    what: &'static str,
    fault: TextFault,
}

impl Fault {
    fn said(&self) -> String {
        format!("line {}: the {} cannot be used: {}", self.line, self.what, self.fault)
    }
}

/// The refusal of a plan because of its texts: each is named by its line.
fn unusable(faults: &[Fault]) -> Option<Box<Problem>> {
    let first = faults.first()?;
    let mut problem = Problem::new("plan.bad", Exit::Usage, first.said());
    for fault in faults[1..].iter().take(NOTES_SHOWN_MAX) {
        problem = problem.fact(fault.said());
    }
    if let Some(more) = faults.len().checked_sub(NOTES_SHOWN_MAX + 1).filter(|more| *more > 0) {
        problem = problem.fact(format!("and {more} more"));
    }
    let line = first.line;
    let hint = match first.fault {
        TextFault::TooLong { .. } if first.what == "title" => {
            format!("shorten line {line}; details fit into a line below it, or a description")
        }
        TextFault::TooLong { .. } => format!("shorten line {line}"),
        TextFault::Control { .. } => format!("take the character out of line {line}"),
        _ => format!("write words in line {line}"),
    };
    Some(Box::new(problem.unchanged().hint(hint)))
}

/// The texts of an outline that nothing can be called.
fn faults(outline: &Outline) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut look = |line: usize, what: &'static str, checked: Result<&str, TextFault>| {
        faults.extend(checked.err().map(|fault| Fault { line, what, fault }));
    };
    if let Some(title) = &outline.title {
        look(outline.title_line, "title", check_title(title));
    }
    for check in &outline.criteria {
        look(check.line, "criterion", check_prose(&check.text));
    }
    for task in &outline.tasks {
        look(task.line, "title", check_title(&task.title));
        if !task.description.trim().is_empty() {
            look(task.line, "description of the task", check_prose(&task.description));
        }
        for check in &task.checks {
            look(check.line, "checklist item", check_prose(&check.text));
        }
    }
    faults.sort_by_key(|fault| fault.line);
    faults
}

/// An outline as a plan.
fn outlined(written: &str, clock: &Clock) -> Result<Plan, Box<Problem>> {
    let outline = outline::plan(written, clock).map_err(|error| {
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
    if let Some(problem) = unusable(&faults(&outline)) {
        return Err(problem);
    }
    let mut plan = Plan { title: outline.title, ..Plan::default() };
    if let Some(due) = outline.due {
        plan.fields.put(Field::Due, Value::Date(due));
    }
    if !outline.labels.is_empty() {
        let labels = outline.labels.into_iter().map(Text::from).collect();
        plan.fields.lists.push((ListField::Labels, labels));
    }
    if !outline.description.trim().is_empty() {
        plan.fields.put(Field::Description, text(&outline.description));
    }
    let note = |note: &Note| format!("line {}: {}", note.line, note.what);
    plan.notes = outline.notes.iter().map(note).collect();
    for check in outline.criteria.iter().filter(|check| check.done) {
        let what = "a criterion of the milestone begins without its tick";
        plan.notes.push(format!("line {}: {what}", check.line));
    }
    plan.fold_notes();
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
pub(super) fn list(text: &str, clock: &Clock) -> Result<Plan, Box<Problem>> {
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
    let mut faults = Vec::new();
    for (at, written) in text.lines().enumerate() {
        let line = at + 1;
        let read = match classify(written) {
            Line::Blank => Ok(()),
            Line::Check { done, text } => match plan.check(done, text, line) {
                Ok(true) => Ok(()),
                // The task above may be what cannot be used.
                Ok(false) if !faults.is_empty() => Ok(()),
                Ok(false) => {
                    let what = "is a checklist item without a task above it";
                    return Err(refused(format!("line {line} {what}")));
                }
                Err(fault) => Err(fault),
            },
            Line::Task { .. } if plan.tasks.len() >= TASKS_MAX => {
                return Err(refused(format!("one command adds at most {TASKS_MAX} tasks")));
            }
            Line::Task { done, text } => plan.task(done, text, line, clock),
        };
        faults.extend(read.err());
    }
    if let Some(problem) = unusable(&faults) {
        return Err(problem);
    }
    plan.fold_notes();
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

    fn clock() -> Clock {
        Clock { now: chrono::DateTime::UNIX_EPOCH, offset_minutes: 0 }
    }

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
        let plan = list(
            "Refund flow (3d)\n\n[x] Tax table\n  - one\n  [x] two\n- Late (maybe)\n",
            &clock(),
        );
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
        assert!(list("  nested first\n", &clock()).is_err());
        assert!(list("\n \n", &clock()).is_err());
        assert!(list(&"a\n".repeat(TASKS_MAX + 1), &clock()).is_err());
        assert!(list(&"x".repeat(TEXT_BYTES_MAX + 1), &clock()).is_err());
        assert!(outlined(&"x".repeat(TEXT_BYTES_MAX + 1), &clock()).is_err());
    }
}
