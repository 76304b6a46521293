//! `--format md`: what people paste into a pull request or a chat.
//!
//! Start at [`show`]; [`list`] is for several milestones.
//!
//! - **Invariant.** A title cannot become markup: what Markdown would read is escaped.
//! - **Absent on purpose.** No HTML, no symbols that a reader's font may lack.

use super::ansi::runs;
use super::dates;
use super::glyph::Status;
use super::spoken::tasks_done;
use super::table::{Fit, Table};
use super::text::sanitize;
use super::view::{MilestoneView, TaskView};

/// Renders one milestone as a heading and a task list; ends with a newline.
#[must_use]
pub fn show(view: &MilestoneView) -> String {
    let mut facts = vec![tasks_done(view)];
    if let Some(due) = view.due {
        facts.insert(0, format!("Due {due} ({})", dated(view)));
    }
    facts.extend(view.owner.as_ref().map(|owner| format!("owner {}", escape(owner))));
    let head = format!("## {} ({}%)", escape(&view.title), view.progress);
    let mut out = format!("{head}\n\n{}\n", facts.join(" · "));
    if !view.tasks.is_empty() {
        out.push('\n');
    }
    for task in &view.tasks {
        out.push_str(&item(task));
    }
    out
}

fn item(task: &TaskView) -> String {
    let tick = if task.status == Status::Done { "x" } else { " " };
    let title = escape(&task.title);
    match task.status {
        Status::Done => format!("- [{tick}] {title}\n"),
        Status::Cancelled => format!("- [{tick}] ~~{title}~~ (Cancelled)\n"),
        Status::InProgress => {
            let evidence = match task.evidence {
                Some((done, of)) => format!("{done}/{of}"),
                None => format!("{}%", task.progress),
            };
            format!("- [{tick}] {title} (In Progress, {evidence})\n")
        }
        Status::Blocked => {
            let why = task.blocked_by.as_ref().map(|why| format!(": {}", escape(why)));
            format!("- [{tick}] {title} (Blocked{})\n", why.unwrap_or_default())
        }
        Status::Waiting if !task.waits_for.is_empty() => {
            let first = escape(&task.waits_for.join(", "));
            format!("- [{tick}] {title} (Pending, waits for {first})\n")
        }
        status => format!("- [{tick}] {title} ({})\n", status.word()),
    }
}

/// Renders several milestones as a table; ends with a newline.
#[must_use]
pub fn list(views: &[MilestoneView]) -> String {
    let mut out = String::from("| Milestone | Status | Progress | Tasks | Due |\n");
    out.push_str("| --- | --- | ---: | ---: | --- |\n");
    for view in views {
        let status = if view.blocked { "Blocked" } else { view.state.word() };
        let due = view.due.map_or_else(|| "-".to_owned(), |due| due.to_string());
        out.push_str(&format!(
            "| {} | {status} | {}% | {}/{} | {due} |\n",
            escape(&view.title),
            view.progress,
            view.tasks_done,
            view.tasks_total,
        ));
    }
    out
}

/// Renders a table; ends with a newline.
#[must_use]
pub fn table(table: &Table) -> String {
    let shown: Vec<usize> =
        (0..table.columns.len()).filter(|at| table.columns[*at].fit != Fit::Bar).collect();
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let titles = shown.iter().map(|at| table.columns[*at].field.to_owned()).collect();
    let rules = shown.iter().map(|at| if table.columns[*at].right { "---:" } else { "---" }.into());
    let mut out = line(titles) + &line(rules.collect());
    for row in &table.rows {
        out.push_str(&line(shown.iter().map(|at| escape(&row[*at].plain)).collect()));
    }
    out
}

fn dated(view: &MilestoneView) -> String {
    match (view.due, view.completed) {
        (Some(due), Some(completed)) => format!("finished {}", dates::finished(due, completed)),
        (Some(due), None) => dates::left(due, view.today),
        (None, _) => String::new(),
    }
}

/// What is drawn, as a block in which every cell stays in its place; colours are left out.
#[must_use]
pub fn fenced(drawn: &str) -> String {
    let plain = |line: &str| runs(line).into_iter().map(|run| run.text).collect::<String>();
    let lines: String =
        drawn.lines().map(|line| plain(line).trim_end().to_owned() + "\n").collect();
    // A title may have three of them, too.
    let fence = if lines.contains("```") { "~~~~~~" } else { "```" };
    format!("{fence}text\n{lines}{fence}\n")
}

/// Returns `text` as one line in which nothing is markup.
#[must_use]
pub fn escape(text: &str) -> String {
    let clean = sanitize(text);
    let mut out = String::with_capacity(clean.len());
    for c in clean.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            // Mentions people and closes issues where it is pasted; an entity reads the same.
            '@' => out.push_str("&#64;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::sample::{api, hard};

    #[test]
    fn show_is_a_task_list() {
        insta::assert_snapshot!(show(&api()), @r"
        ## API Development (67%)

        Due 2026-03-20 (8 days left) · 2 of 4 tasks done · owner dana

        - [x] Authentication
        - [x] Database Setup
        - [ ] Endpoints (In Progress, 4/6)
        - [ ] Testing (Pending, waits for Endpoints)
        ");
    }

    #[test]
    fn list_is_a_table_whose_rows_hold() {
        let sly = MilestoneView { title: "a | b\n| `c` @team".to_owned(), ..api() };
        insta::assert_snapshot!(list(&[api(), sly]), @r"
        | Milestone | Status | Progress | Tasks | Due |
        | --- | --- | ---: | ---: | --- |
        | API Development | Active | 67% | 2/4 | 2026-03-20 |
        | a \| b \| \`c\` &#64;team | Active | 67% | 2/4 | 2026-03-20 |
        ");
    }

    #[test]
    fn hard_titles_are_one_item_each() {
        insta::assert_snapshot!(show(&hard()), @r"
        ## 👨‍👩‍👧‍👦 Family accounts (67%)

        Due 2026-03-20 (8 days left) · 2 of 4 tasks done · owner dana

        - [x] 🚀 Launch the new shop
        - [ ] ⚠️ Careful with this (In Progress, 0%)
        - [ ] 👨‍👩‍👧‍👦 Family accounts (Pending)
        - [ ] الدفع عند الاستلام (Pending)
        - [ ] ที่อยู่จัดส่ง (Blocked)
        - [ ] 日本語の支払い方法 (In Review)
        - [ ] tab here and newline (Paused)
        - [ ] ~~�\[2J�\]0;owned�red~~ (Cancelled)
        - [x] evil�txt.exe�
        ");
    }
}
