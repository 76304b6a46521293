//! Tests of the frame: what people see at each width, and that the border stands straight.
//!
//! Start at `the_frame_of_the_specification`. Kept beside `frame.rs` because of their length.

use super::*;
use crate::ui::sample::{ALL_GLYPHS, api, date, hard, style, task};
use crate::ui::view::State;
use milestone_analytics::health::Health;

#[test]
fn the_frame_of_the_specification() {
    insta::assert_snapshot!(render(&api(), &style(Glyphs::Emoji, 80)), @r"
    ╭────────────────────────────────────────────────────────────────╮
    │  🎯 MILESTONE: API Development                                 │
    │  📊 Progress: ███████░░░ 67%   2 of 4 tasks done               │
    │  ⏰ Due: 2026-03-20   8 days left                              │
    │                                                                │
    │  ✅ Authentication (2 days)                                    │
    │  ✅ Database Setup (2 days)                                    │
    │  🔄 Endpoints (Day 2 of 3)                                     │
    │  ⏳ Testing (Not started)                                      │
    ╰─ on track · Testing waits for Endpoints ───────────────────────╯
    ");
}

#[test]
fn one_cell_and_ascii_symbols() {
    insta::assert_snapshot!(render(&api(), &style(Glyphs::Unicode, 60)), @r"
    ╭──────────────────────────────────────────────────────────╮
    │  MILESTONE: API Development                              │
    │  Progress: ███████░░░ 67%   2 of 4 tasks done            │
    │  Due: 2026-03-20   8 days left                           │
    │                                                          │
    │  ● Authentication (2 days)                               │
    │  ● Database Setup (2 days)                               │
    │  ◐ Endpoints (Day 2 of 3)                                │
    │  ○ Testing (Not started)                                 │
    ╰─ on track · Testing waits for Endpoints ─────────────────╯
    ");
    insta::assert_snapshot!(render(&api(), &style(Glyphs::Ascii, 60)), @r"
    +----------------------------------------------------------+
    |  MILESTONE: API Development                              |
    |  Progress: #######... 67%   2 of 4 tasks done            |
    |  Due: 2026-03-20   8 days left                           |
    |                                                          |
    |  [x] Authentication (2 days)                             |
    |  [x] Database Setup (2 days)                             |
    |  [~] Endpoints (Day 2 of 3)                              |
    |  [ ] Testing (Not started)                               |
    +- on track - Testing waits for Endpoints -----------------+
    ");
}

#[test]
fn slim_has_no_bar_and_broad_has_columns() {
    insta::assert_snapshot!(render(&api(), &style(Glyphs::Emoji, 44)), @r"
    ╭──────────────────────────────────────────╮
    │  🎯 MILESTONE: API Development           │
    │  📊 Progress: 67%   2 of 4 tasks done    │
    │  ⏰ Due: 2026-03-20   8 days left        │
    │                                          │
    │  ✅ Authentication (2 days)              │
    │  ✅ Database Setup (2 days)              │
    │  🔄 Endpoints (Day 2 of 3)               │
    │  ⏳ Testing (Not started)                │
    ╰─ on track · Testing waits for Endpoints ─╯
    ");
    let broad = render(&api(), &style(Glyphs::Emoji, 120));
    let left: Vec<&str> =
        broad.lines().map(|line| line.trim_end_matches(['│', ' ', '─', '╮', '╯'])).collect();
    insta::assert_snapshot!(left.join("\n"), @r"
    ╭
    │  🎯 MILESTONE: API Development
    │  📊 Progress: ███████░░░ 67%   2 of 4 tasks done
    │  ⏰ Due: 2026-03-20   8 days left

    │  ✅ 1  Authentication (2 days)   est 2d
    │  ✅ 2  Database Setup (2 days)   est 2d
    │  🔄 3  Endpoints (Day 2 of 3)    est 3d   @dana
    │  ⏳ 4  Testing (Not started)     est 2d
    ╰─ on track · Testing waits for Endpoints
    ");
}

#[test]
fn narrow_has_no_frame() {
    insta::assert_snapshot!(render(&api(), &style(Glyphs::Emoji, 36)), @"
    API Development  67%
    Due 2026-03-20 (8 days)
    1 done  Authentication
    2 done  Database Setup
    3 67%   Endpoints  Day 2/3
    4 wait  Testing
    ");
}

#[test]
fn accessible_is_spoken() {
    let style = Style { accessible: true, ..style(Glyphs::Emoji, 80) };
    assert_eq!(render(&api(), &style), spoken::milestone(&api()));
}

#[test]
fn every_state_and_a_late_date() {
    let tasks = Status::ALL.iter().zip(1..).map(|(status, n)| task(n, "Work", *status)).collect();
    let mut view =
        MilestoneView { due: Some(date("2026-03-10")), health: Some(Health::Late), tasks, ..api() };
    view.tasks[4].blocked_by = Some("waiting for sandbox keys\nfrom the bank".to_owned());
    insta::assert_snapshot!(render(&view, &style(Glyphs::Emoji, 66)), @r"
    ╭────────────────────────────────────────────────────────────────╮
    │  🎯 MILESTONE: API Development                                 │
    │  📊 Progress: ███████░░░ 67%   2 of 4 tasks done               │
    │  ⏰ Due: 2026-03-10   2 days late                              │
    │                                                                │
    │  ✅ Work                                                       │
    │  🔄 Work (In Progress)                                         │
    │  ⏳ Work (Not started)                                         │
    │  ⏳ Work (Not started)                                         │
    │  ⛔ Work (Blocked: waiting for sandbox keys from the bank)     │
    │  🔎 Work (In Review)                                           │
    │  💤 Work (Paused)                                              │
    │  ❌ Work (Cancelled)                                           │
    ╰─ late ─────────────────────────────────────────────────────────╯
    ");
}

#[test]
fn a_finished_milestone_without_tasks() {
    let view = MilestoneView {
        state: State::Completed,
        completed: Some(date("2026-03-18")),
        progress: 100,
        tasks_done: 0,
        tasks_total: 0,
        health: None,
        tasks: Vec::new(),
        ..api()
    };
    insta::assert_snapshot!(render(&view, &style(Glyphs::Unicode, 60)), @r"
    ╭──────────────────────────────────────────────────────────╮
    │  MILESTONE: API Development                              │
    │  Progress: ██████████ 100%   no tasks                    │
    │  Due: 2026-03-20   finished 2 days early                 │
    ╰──────────────────────────────────────────────────────────╯
    ");
}

#[test]
fn hard_titles_at_60_columns() {
    insta::assert_snapshot!(render(&hard(), &style(Glyphs::Emoji, 60)), @r"
    ╭──────────────────────────────────────────────────────────╮
    │  🎯 MILESTONE: 👨‍👩‍👧‍👦 Family accounts                        │
    │  📊 Progress: ███████░░░ 67%   2 of 4 tasks done         │
    │  ⏰ Due: 2026-03-20   8 days left                        │
    │                                                          │
    │  ✅ 🚀 Launch the new shop                               │
    │  🔄 ⚠️ Careful with this (In Progress)                   │
    │  ⏳ 👨‍👩‍👧‍👦 Family accounts (Not started)                     │
    │  ⏳ الدفع عند الاستلام (Not started)                     │
    │  ⛔ ที่อยู่จัดส่ง (Blocked)                                    │
    │  🔎 日本語の支払い方法 (In Review)                       │
    │  💤 tab here and newline (Paused)                        │
    │  ❌ �[2J�]0;owned�red (Cancelled)                        │
    │  ✅ evil�txt.exe�                                        │
    ╰──────────────────────────────────────────────────────────╯
    ");
}

#[test]
fn a_terminal_gets_the_border_placed() {
    let tty = Style { tty: true, color: true, ..style(Glyphs::Emoji, 80) };
    let text = render(&api(), &tty).replace('\u{1b}', "^");
    insta::assert_snapshot!(text, @r"
    ╭────────────────────────────────────────────────────────────────╮
    │  🎯 MILESTONE: API Development                                 ^[66G│
    │  📊 Progress: ███████░░░ 67%   2 of 4 tasks done               ^[66G│
    │  ⏰ Due: 2026-03-20   8 days left                              ^[66G│
    │                                                                ^[66G│
    │  ^[32m✅^[0m Authentication (2 days)                                    ^[66G│
    │  ^[32m✅^[0m Database Setup (2 days)                                    ^[66G│
    │  ^[1;36m🔄^[0m Endpoints (Day 2 of 3)                                     ^[66G│
    │  ^[2m⏳^[0m Testing (Not started)                                      ^[66G│
    ╰─ on track · Testing waits for Endpoints ───────────────────────╯
    ");
}

#[test]
fn the_border_stands_straight_everywhere() {
    for glyphs in ALL_GLYPHS {
        for width in [36, 40, 59, 60, 80, 100, 120] {
            for wide in [false, true] {
                let style = Style { ambiguous_wide: wide, ..style(glyphs, width) };
                let text = render(&hard(), &style);
                let widths: Vec<usize> =
                    text.lines().map(|line| style.ruler().width(line)).collect();
                let most = widths.iter().copied().max().expect("there are lines");
                assert!(most <= width, "{most} of {width}:\n{text}");
                let straight = width < WIDTH_NARROW || widths.iter().all(|w| *w == most);
                assert!(straight, "{glyphs:?} at {width}, wide {wide}: {widths:?}\n{text}");
            }
        }
    }
}
