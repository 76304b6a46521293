//! The file of a template.
//!
//! Start at [`write()`]; [`STARTER`] is a file for people to begin with.
//!
//! - **Invariant.** What is written is parsed as the same template. A text that Markdown would take
//!   for something else is written where it is taken as it stands: titles and criteria behind a
//!   key, descriptions inside a fence.

use milestone_core::words::{MINUTES_PER_DAY, MINUTES_PER_HOUR};

use super::parse::plain_id;
use super::workflows::{NONE, Workflows};
use super::{Template, TemplateTask, parse};
use crate::outline::{self, DESCRIPTION_FENCE, Outline};

/// A file for people to begin with: it is parsed, and says what can be said.
pub const STARTER: &str = include_str!("../../templates/starter.md");

/// Writes the file of a template, ids included only where a title would make another one.
#[must_use]
pub fn write(template: &Template) -> String {
    let mut out = front(template);
    if let Some(title) = &template.title {
        let heading = format!("# {title}\n\n");
        let same = read(&heading).title.as_deref() == Some(title);
        // A title that no heading can say: people give one when they use the template.
        out.push_str(if same { &heading } else { "" });
    }
    if !template.description.is_empty() {
        let plain = format!("{}\n\n", template.description);
        let head = if out.ends_with("---\n\n") { "" } else { "# T\n\n" };
        let read = read(&format!("{head}{plain}- x\n"));
        let same = read.title.is_none() == head.is_empty()
            && read.description == template.description
            && (read.tasks.len(), read.criteria.len()) == (1, 0)
            && read.tasks[0].description.is_empty();
        out.push_str(&if same { plain } else { format!("{}\n\n", fenced(&template.description)) });
    }
    if !template.criteria.is_empty() {
        out.push_str("## Done when\n\n");
        for text in &template.criteria {
            out.push_str(&item("- [ ] ", text, "- check: "));
        }
        out.push('\n');
    }
    if !template.tasks.is_empty() {
        out.push_str("## Tasks\n\n");
    }
    for (place, task) in template.tasks.iter().enumerate() {
        write_task(&mut out, place + 1, task, template);
    }
    out
}

fn front(template: &Template) -> String {
    let mut out = String::from("---\n");
    let text = |text: &str| serde_json::to_string(text).unwrap_or_default();
    if !template.about.is_empty() {
        out.push_str(&format!("about: {}\n", text(&template.about)));
    }
    if !template.labels.is_empty() {
        let labels: Vec<String> = template.labels.iter().map(|label| text(label)).collect();
        out.push_str(&format!("labels: [{}]\n", labels.join(", ")));
    }
    if let Some(priority) = template.priority {
        out.push_str(&format!("priority: {}\n", priority.name()));
    }
    if let Some(workflow) = &template.workflow {
        out.push_str(&format!("workflow: {workflow}\n"));
    }
    out + "---\n\n"
}

fn write_task(out: &mut String, number: usize, task: &TemplateTask, template: &Template) {
    let mark = format!("{number}. ");
    let indent = " ".repeat(mark.len());
    let estimate = task.estimate.map(|minutes| format!(" ({})", duration(minutes)));
    let line = format!("{mark}{}{}\n", task.title, estimate.clone().unwrap_or_default());
    let read = read(&line);
    let same = match read.tasks.as_slice() {
        [alone] => {
            alone.title == task.title
                && alone.estimate == task.estimate
                && alone.due.is_none()
                && alone.checks.is_empty()
                && alone.description.is_empty()
                && outline::looks_like_duration(&alone.title, 0).is_none()
                && !outline::has_mark_of_day(&alone.title)
        }
        _ => false,
    };
    let mut below: Vec<String> = Vec::new();
    match same {
        true => out.push_str(&line),
        false => {
            out.push_str(&format!("{mark}Task {number}{}\n", estimate.unwrap_or_default()));
            below.push(format!("- title: {}", task.title));
        }
    }
    let doubled =
        template.tasks[..number - 1].iter().any(|other| plain_id(&other.title) == task.id);
    if plain_id(&task.title) != task.id || doubled {
        below.push(format!("- id: {}", task.id));
    }
    if !task.after.is_empty() {
        let names: Vec<String> = task.after.iter().map(ToString::to_string).collect();
        below.push(format!("- after: {}", names.join(", ")));
    }
    if task.workflow != template.workflow {
        below.push(format!("- workflow: {}", task.workflow.as_deref().unwrap_or(NONE)));
    }
    let held = task.deliverables.iter();
    below.extend(held.map(|held| format!("- deliverable: {}: {}", held.phase, held.name)));
    below.extend(task.labels.iter().map(|label| format!("- label: {label}")));
    below.extend(task.priority.map(|priority| format!("- priority: {}", priority.name())));
    below.extend(task.weight.map(|weight| format!("- weight: {weight}")));
    for text in &task.criteria {
        let deliverable = text.strip_prefix(super::DELIVERABLE);
        // In a workflow that word is for what a phase hands over.
        let deliverable = deliverable.filter(|_| task.workflow.is_none());
        let boxed = match deliverable {
            Some(what) => format!("- deliverable: {what}"),
            None => item("- [ ] ", text, "- check: ").trim_end().to_owned(),
        };
        below.push(boxed);
    }
    for line in below {
        out.push_str(&format!("{indent}{line}\n"));
    }
    if !task.description.is_empty() {
        let plain = indented(&task.description, &indent);
        let alone = self::read(&format!("{mark}x\n{indent}- y\n\n{plain}\n"));
        let same = matches!(alone.tasks.as_slice(), [alone]
            if alone.description == task.description && alone.checks.len() == 1);
        let fence = || indented(&fenced(&task.description), &indent);
        out.push_str(&format!("\n{}\n\n", if same { plain } else { fence() }));
    }
}

/// A criterion as an item, if it is read as such; else behind `other`.
fn item(mark: &str, text: &str, other: &str) -> String {
    let line = format!("{mark}{text}\n");
    let read = read(&format!("1. x\n   {line}"));
    let same = match read.tasks.as_slice() {
        [task] => matches!(task.checks.as_slice(), [check]
            if check.text == text && check.boxed),
        _ => false,
    };
    if same { line } else { format!("{other}{text}\n") }
}

fn read(text: &str) -> Outline {
    outline::read(text).unwrap_or_default()
}

/// A text inside a fence that is longer than any in it.
fn fenced(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{DESCRIPTION_FENCE}\n{text}\n{fence}")
}

fn indented(text: &str, indent: &str) -> String {
    let line = |line: &str| if line.is_empty() { String::new() } else { format!("{indent}{line}") };
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// `2d`, `1d4h`, `90m`: as it is typed.
fn duration(minutes: u32) -> String {
    let (days, rest) = (minutes / MINUTES_PER_DAY, minutes % MINUTES_PER_DAY);
    let (hours, minutes) = (rest / MINUTES_PER_HOUR, rest % MINUTES_PER_HOUR);
    let part = |count: u32, unit: &str| match count {
        0 => String::new(),
        count => format!("{count}{unit}"),
    };
    format!("{}{}{}", part(days, "d"), part(hours, "h"), part(minutes, "m"))
}

/// True if writing and reading with these workflows gives the same again. A text of several lines
/// where one line is wanted, such as a criterion of another tool, does not.
#[must_use]
pub fn is_writable(template: &Template, workflows: &Workflows) -> bool {
    parse(write(template).as_bytes(), workflows).is_ok_and(|read| read == *template)
}
