//! Views for tests: the `shop` project of the transcripts, and titles that break careless code.
//!
//! Start at [`api`]. Today is Thursday 2026-03-12.
//!
//! - **Absent on purpose.** Nothing here is compiled into the program.

use chrono::NaiveDate;
use milestone_analytics::health::Health;

use super::glyph::{Glyphs, Status};
use super::style::Style;
use super::view::{DayOf, MilestoneView, ReadyRow, State, TaskView};

/// Titles with emoji, joiners, selectors, right-to-left, combining and wide characters, a tab,
/// escape sequences and overrides.
pub(crate) const HARD_TITLES: [&str; 9] = [
    "🚀 Launch the new shop",
    "⚠️ Careful with this",
    "👨‍👩‍👧‍👦 Family accounts",
    "الدفع عند الاستلام",
    "ที่อยู่จัดส่ง",
    "日本語の支払い方法",
    "tab\there and\nnewline",
    "\u{1b}[2J\u{1b}]0;owned\u{7}red",
    "evil\u{202e}txt.exe\u{2066}",
];

/// The three symbol sets.
pub(crate) const ALL_GLYPHS: [Glyphs; 3] = [Glyphs::Emoji, Glyphs::Unicode, Glyphs::Ascii];

pub(crate) fn date(text: &str) -> NaiveDate {
    text.parse().expect("a good date")
}

pub(crate) fn style(glyphs: Glyphs, width: usize) -> Style {
    Style { width, tty: false, ..Style::plain(glyphs) }
}

pub(crate) fn task(number: u32, title: &str, status: Status) -> TaskView {
    TaskView {
        reference: format!("api-development/t{number}"),
        number,
        title: title.to_owned(),
        status,
        progress: if status == Status::Done { 100 } else { 0 },
        evidence: None,
        day: None,
        took_days: None,
        estimate_minutes: Some(960),
        owner: None,
        due: None,
        waits_for: Vec::new(),
        blocked_by: None,
        labels: Vec::new(),
    }
}

pub(crate) fn api() -> MilestoneView {
    let took = |number, title| TaskView { took_days: Some(2), ..task(number, title, Status::Done) };
    let endpoints = TaskView {
        reference: "api-development/endpoints".to_owned(),
        progress: 67,
        evidence: Some((4, 6)),
        day: Some(DayOf { day: 2, of: Some(3) }),
        estimate_minutes: Some(1440),
        owner: Some("dana".to_owned()),
        ..task(3, "Endpoints", Status::InProgress)
    };
    let testing =
        TaskView { waits_for: vec!["Endpoints".to_owned()], ..task(4, "Testing", Status::Waiting) };
    MilestoneView {
        reference: "api-development".to_owned(),
        title: "API Development".to_owned(),
        state: State::Active,
        blocked: false,
        progress: 67,
        tasks_done: 2,
        tasks_total: 4,
        due: Some(date("2026-03-20")),
        completed: None,
        today: date("2026-03-12"),
        owner: Some("dana".to_owned()),
        labels: vec!["backend".to_owned()],
        health: Some(Health::OnTrack),
        tasks: vec![took(1, "Authentication"), took(2, "Database Setup"), endpoints, testing],
    }
}

/// A milestone whose every title is hard.
pub(crate) fn hard() -> MilestoneView {
    let number = |place: usize| u32::try_from(place + 1).expect("few titles");
    let statuses = Status::ALL.iter().cycle();
    let tasks = HARD_TITLES
        .iter()
        .zip(statuses)
        .enumerate()
        .map(|(place, (title, status))| task(number(place), title, *status))
        .collect();
    MilestoneView { title: HARD_TITLES[2].to_owned(), health: None, tasks, ..api() }
}

pub(crate) fn ready() -> Vec<ReadyRow> {
    let row = |reference: &str, title: &str, estimate, due: &str, why: &str| ReadyRow {
        reference: reference.to_owned(),
        title: title.to_owned(),
        estimate_minutes: estimate,
        due: Some(date(due)),
        why: why.to_owned(),
    };
    vec![
        row("api/4", "Testing", Some(960), "2026-03-20", "due first"),
        row("checkout/2", "Cart totals", Some(480), "2026-04-10", "3 tasks wait for it"),
        row("checkout/10", "Tax table", None, "2026-04-10", "nothing before it"),
    ]
}
