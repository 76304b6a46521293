//! Any title, any width: nothing that is drawn is wider than the terminal.
//!
//! Shown red by: a column that is counted without its gap; a word of a status that nobody shortens.

use chrono::NaiveDate;
use milestone_analytics::health::Health;
use proptest::prelude::*;

use super::glyph::Status;
use super::sample::{ALL_GLYPHS, HARD_TITLES, date};
use super::style::Style;
use super::view::{DayOf, MilestoneView, ReadyRow, State, TaskView};
use super::{frame, lists, tree};

const STATES: [State; 6] = [
    State::Planned,
    State::Active,
    State::Paused,
    State::Completed,
    State::Archived,
    State::Cancelled,
];

fn title() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{1,60}",
        "[a-z ]{1,80}",
        prop::sample::select(HARD_TITLES.to_vec()).prop_map(str::to_owned),
    ]
}

fn day() -> impl Strategy<Value = Option<NaiveDate>> {
    prop::option::of(
        (-400i64..400).prop_map(|days| date("2026-03-12") + chrono::Duration::days(days)),
    )
}

fn task() -> impl Strategy<Value = TaskView> {
    let parts = (
        "[a-z]{1,20}/[a-z-]{1,30}",
        title(),
        prop::sample::select(Status::ALL.to_vec()),
        0u8..=100,
        prop::option::of((1u32..2000, prop::option::of(1u32..2000))),
        (prop::option::of(0u32..100_000), prop::option::of(title()), day()),
        (prop::collection::vec(title(), 0..3), prop::option::of(title())),
    );
    parts.prop_map(|(reference, title, status, progress, days, (minutes, owner, due), more)| {
        TaskView {
            reference,
            number: u32::from(progress) + 1,
            title,
            status,
            progress,
            evidence: days.map(|(day, _)| (day, 2000)),
            day: days.map(|(day, of)| DayOf { day, of }),
            took_days: days.map(|(day, _)| day),
            estimate_minutes: minutes,
            owner: owner.clone(),
            due,
            waits_for: more.0,
            blocked_by: more.1,
            labels: owner.into_iter().collect(),
        }
    })
}

fn milestone() -> impl Strategy<Value = MilestoneView> {
    let tasks = prop::collection::vec(task(), 0..6);
    let state = prop::sample::select(STATES.to_vec());
    let parts = ("[a-z-]{1,40}", title(), state, any::<bool>(), day(), day(), tasks);
    parts.prop_map(|(reference, title, state, blocked, due, completed, tasks)| MilestoneView {
        reference,
        title: title.clone(),
        state,
        blocked,
        progress: u8::try_from(tasks.len() * 20).unwrap_or(100),
        tasks_done: 1,
        tasks_total: 12_345,
        due,
        completed,
        today: date("2026-03-12"),
        owner: Some(title.clone()),
        labels: vec![title],
        health: Some(Health::AtRisk),
        tasks,
    })
}

/// The lines that are too wide, but for those with a reference or a date, which are never clipped.
fn too_wide(text: &str, style: &Style, whole: &[String]) -> Option<String> {
    let ruler = style.ruler();
    // What places the right border is no text.
    let place = format!("\u{1b}[{}G", style.width.clamp(1, 1_000));
    let shown = |line: &str| super::ansi::runs(line).into_iter().map(|run| run.text).collect();
    let lines = text.lines().map(|line| -> String { shown(&line.replace(&place, "")) });
    let mut bad = lines.filter(|line| ruler.width(line) > style.width);
    bad.find(|line| !whole.iter().any(|whole| line.contains(whole.as_str())))
}

proptest! {
    #[test]
    fn nothing_is_wider_than_the_terminal(
        view in milestone(),
        width in 20usize..=200,
        glyphs in prop::sample::select(ALL_GLYPHS.to_vec()),
        color in any::<bool>(),
        level in 0u8..=1,
    ) {
        let style = Style { width, tty: true, folds: true, color, level, ..Style::plain(glyphs) };
        let ready: Vec<ReadyRow> = view
            .tasks
            .iter()
            .map(|task| ReadyRow {
                reference: task.reference.clone(),
                title: task.title.clone(),
                estimate_minutes: task.estimate_minutes,
                due: task.due,
                why: task.title.clone(),
            })
            .collect();
        let mut whole = vec![view.reference.clone()];
        whole.extend(view.due.map(|due| due.to_string()));
        whole.extend(view.tasks.iter().map(|task| task.reference.clone()));
        whole.extend(view.tasks.iter().filter_map(|task| task.due).map(|due| due.to_string()));
        for (name, text, whole) in [
            ("tree", tree::render(&view, &style), &[][..]),
            ("frame", frame::render(&view, &style), &[][..]),
            ("list", lists::milestones(std::slice::from_ref(&view), &style).render(&style), &whole),
            ("task list", lists::tasks(&view.tasks, &style).render(&style), &whole),
            ("ready", lists::ready(&ready).render(&style), &whole),
        ] {
            let bad = too_wide(&text, &style, whole);
            prop_assert_eq!(bad, None, "{} at {}", name, width);
        }
    }

    /// Read aloud there is no symbol, no frame and no escape, whatever the set of symbols.
    #[test]
    fn read_aloud_there_are_words_only(
        view in milestone(),
        glyphs in prop::sample::select(ALL_GLYPHS.to_vec()),
        level in 0u8..=1,
    ) {
        let plain = Style::plain(glyphs);
        let quiet = Style { accessible: true, color: true, tty: true, level, ..plain };
        let plain = "plain".to_owned();
        let tasks = view.tasks.iter().cloned().map(|task| TaskView {
            title: plain.clone(),
            owner: Some(plain.clone()),
            blocked_by: task.blocked_by.map(|_| plain.clone()),
            waits_for: vec![plain.clone()],
            labels: vec![plain.clone()],
            ..task
        });
        let view = MilestoneView {
            title: plain.clone(),
            owner: Some(plain.clone()),
            labels: vec![plain.clone()],
            tasks: tasks.collect(),
            ..view.clone()
        };
        for text in [
            tree::render(&view, &quiet),
            frame::render(&view, &quiet),
            lists::milestones(std::slice::from_ref(&view), &quiet).render(&quiet),
            lists::tasks(&view.tasks, &quiet).render(&quiet),
        ] {
            let odd = |c: char| !(c.is_ascii_alphanumeric() || " \n.,:;/-%'".contains(c));
            prop_assert_eq!(text.chars().find(|c| odd(*c)), None, "{}", text);
        }
    }
}
