//! The tables of this program: milestones, tasks, and what is ready.
//!
//! Start at [`milestones`]; draw the result with `Table::render`, `tsv` or `csv`.
//!
//! - **Invariant.** Field names are those of the JSON; scripts use both.
//! - **Invariant.** A status is a symbol and a word on a terminal, the JSON word in a pipe.

use chrono::NaiveDate;

use super::dates;
use super::glyph::{Paint, Status};
use super::style::Style;
use super::table::{Cell, Column, Fit, Table};
use super::view::{MilestoneView, ReadyRow, TaskView};

/// Cells of the bar in a list.
const BAR_CELLS: usize = 10;

/// Returns the table of `list`.
#[must_use]
pub fn milestones(views: &[MilestoneView], style: &Style) -> Table {
    let owner = owner_fit(style);
    let columns = vec![
        Column::new("ref", "REF", Fit::Key),
        Column::new("title", "TITLE", Fit::Text),
        Column::new("status", "STATUS", Fit::Key),
        Column::new("bar", "", Fit::Bar),
        Column::new("progress", "%", Fit::Key).right(),
        Column::new("tasks", "TASKS", Fit::Count).right(),
        Column::new("due", "DUE", Fit::Key),
        Column::new("owner", "OWNER", owner),
        Column::new("labels", "LABELS", Fit::Extra),
    ];
    let row = |view: &MilestoneView| {
        let word = if view.blocked { "Blocked" } else { view.state.word() };
        let json = if view.blocked { "blocked" } else { view.state.json() };
        let mark = view.status().glyph(style.glyphs);
        let late = view.is_open() && view.due.is_some_and(|due| due < view.today);
        let percent = format!("{}%", view.progress);
        vec![
            Cell::new(&view.reference),
            Cell::new(&view.title),
            Cell::new(format!("{mark} {word}")).plain(json).paint(view.status().paint()),
            Cell::new(style.drawing().bar(view.progress, BAR_CELLS)).plain(&percent),
            Cell::new(&percent).plain(view.progress.to_string()),
            Cell::new(format!("{}/{}", view.tasks_done, view.tasks_total)),
            due(view.due).paint(if late { Paint::Blocked } else { Paint::Plain }),
            Cell::new(view.owner.as_deref().unwrap_or_default()),
            Cell::new(view.labels.join(",")),
        ]
    };
    Table { columns, rows: views.iter().map(row).collect() }
}

/// Returns the table of `task list`.
#[must_use]
pub fn tasks(views: &[TaskView], style: &Style) -> Table {
    let owner = owner_fit(style);
    let columns = vec![
        Column::new("ref", "REF", Fit::Key),
        Column::new("title", "TITLE", Fit::Text),
        Column::new("status", "STATUS", Fit::Key),
        Column::new("progress", "%", Fit::Key).right(),
        Column::new("estimate_minutes", "EST", Fit::Count).right(),
        Column::new("due", "DUE", Fit::Key),
        Column::new("owner", "OWNER", owner),
        Column::new("labels", "LABELS", Fit::Extra),
    ];
    let row = |view: &TaskView| {
        let mark = view.status.glyph(style.glyphs);
        let word = if view.status == Status::Waiting { "Waiting" } else { view.status.word() };
        let status = Cell::new(format!("{mark} {word}")).plain(view.status.json());
        vec![
            Cell::new(&view.reference),
            Cell::new(&view.title),
            status.paint(view.status.paint()),
            Cell::new(format!("{}%", view.progress)).plain(view.progress.to_string()),
            estimate(view.estimate_minutes),
            due(view.due),
            Cell::new(view.owner.as_deref().unwrap_or_default()),
            Cell::new(view.labels.join(",")),
        ]
    };
    Table { columns, rows: views.iter().map(row).collect() }
}

/// Returns the table of `ready`.
#[must_use]
pub fn ready(rows: &[ReadyRow]) -> Table {
    let columns = vec![
        Column::new("ref", "REF", Fit::Key),
        Column::new("title", "TASK", Fit::Text),
        Column::new("estimate_minutes", "EST", Fit::Key),
        Column::new("due", "DUE", Fit::Key),
        Column::new("why", "WHY NOW", Fit::Text),
    ];
    let row = |row: &ReadyRow| {
        vec![
            Cell::new(&row.reference),
            Cell::new(&row.title),
            estimate(row.estimate_minutes),
            due(row.due),
            Cell::new(&row.why),
        ]
    };
    Table { columns, rows: rows.iter().map(row).collect() }
}

/// A team wants to see whose it is, also where there is less room.
fn owner_fit(style: &Style) -> Fit {
    if style.level >= 2 { Fit::Count } else { Fit::Extra }
}

/// What stands below the list from level 3 on: how the milestones in it fare together.
#[must_use]
pub fn programme(views: &[MilestoneView], risks: usize, style: &Style) -> String {
    let count = |fits: &dyn Fn(&MilestoneView) -> bool| views.iter().filter(|v| fits(v)).count();
    let late =
        |view: &MilestoneView| view.is_open() && view.due.is_some_and(|due| due < view.today);
    let done: u32 = views.iter().map(|view| view.tasks_done).sum();
    let total: u32 = views.iter().map(|view| view.tasks_total).sum();
    let mut parts = vec![format!("{} shown", views.len()), format!("{done} of {total} tasks done")];
    for (number, word) in [
        (count(&late), "late"),
        (count(&|view| view.is_open() && view.blocked), "blocked"),
        (risks, if risks == 1 { "risk" } else { "risks" }),
    ] {
        if number > 0 {
            parts.push(format!("{number} {word}"));
        }
    }
    style.ruler().clip(&format!("Programme: {}", parts.join(style.drawing().dot)), style.width)
}

fn due(date: Option<NaiveDate>) -> Cell {
    Cell::new(date.map(|date| date.to_string()).unwrap_or_default())
}

fn estimate(minutes: Option<u32>) -> Cell {
    let plain = minutes.map(|minutes| minutes.to_string()).unwrap_or_default();
    Cell::new(minutes.map(dates::duration).unwrap_or_default()).plain(plain)
}
