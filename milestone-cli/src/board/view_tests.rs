//! The board as it is drawn, at several sizes and with every set of symbols.
//!
//! Shown red by: a lane that is one cell too wide; a scroll that leaves the place out of sight.

use chrono::NaiveDate;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::*;
use crate::board::update::{Key, update};
use crate::ui::glyph::{Glyphs, Status};
use crate::ui::sample::HARD_TITLES;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a good date")
}

fn card(reference: &str, title: &str, status: Status, lane: Lane, remarks: &[&str]) -> Card {
    let remarks = remarks.iter().map(|text| (*text).to_owned()).collect();
    Card { reference: reference.to_owned(), title: title.to_owned(), status, lane, remarks }
}

/// A board with something in every lane.
pub(super) fn shop() -> Board {
    let mut board = Board::new("shop".to_owned(), None, day("2026-03-12"), day("2026-01-29"));
    board.take(vec![
        card("api/auth", "Authentication", Status::Done, Lane::Done, &["5 days"]),
        card("api/db", "Database Setup", Status::Done, Lane::Done, &["@sam", "10 days"]),
        card(
            "api/endpoints",
            "Endpoints",
            Status::InProgress,
            Lane::InProgress,
            &["4/6", "@dana", "Day 2 of 3"],
        ),
        card("api/testing", "Testing", Status::Waiting, Lane::Pending, &["waits for Endpoints"]),
        card("checkout/totals", "Cart totals", Status::Pending, Lane::Ready, &["due 2026-03-20"]),
        card("checkout/payment", "Payment", Status::Pending, Lane::Ready, &[]),
        card("checkout/keys", "Keys", Status::Blocked, Lane::Stopped, &["waiting for ops"]),
        card("search/rank", "Ranking", Status::InReview, Lane::Stopped, &["spec submitted"]),
    ]);
    board
}

/// What is on a terminal of this size, without the cells that a wide character covers.
fn drawn(board: &Board, style: &Style, (width, height): (u16, u16)) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("it has no errors");
    terminal.draw(|frame| render(board, style, frame.buffer_mut())).expect("it has no errors");
    let buffer = terminal.backend().buffer();
    let ruler = style.ruler();
    let mut out = String::new();
    for y in 0..height {
        let (mut line, mut x) = (String::new(), 0);
        while x < width {
            let symbol = buffer[(x, y)].symbol();
            line.push_str(symbol);
            x += u16::try_from(ruler.width(symbol).max(1)).expect("a symbol is narrow");
        }
        assert!(ruler.width(&line) <= usize::from(width), "{width}x{height}: {line:?}");
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

fn style(glyphs: Glyphs, width: u16) -> Style {
    Style { width: usize::from(width), tty: true, ..Style::plain(glyphs) }
}

/// Lines between the cards and the foot say nothing; long lines go on below.
fn folded(text: &str) -> String {
    let empty = |line: &str| line.chars().all(|c| matches!(c, ' ' | '│' | '|'));
    let mut out = String::new();
    let mut rows = text.lines().peekable();
    while let Some(line) = rows.next() {
        let mut count = 1;
        while empty(line) && rows.peek() == Some(&line) {
            rows.next();
            count += 1;
        }
        let times = if count > 1 { format!("  x{count}") } else { String::new() };
        let mut row = format!("{line}{times}");
        if let Some((at, _)) = row.char_indices().nth(84) {
            row.insert_str(at, "\\\n    ");
        }
        out.push_str(&row);
        out.push('\n');
    }
    out
}

fn seen(glyphs: Glyphs, size: (u16, u16)) -> String {
    folded(&drawn(&shop(), &style(glyphs, size.0), size))
}

#[test]
fn eighty_columns_hold_five_lanes() {
    insta::assert_snapshot!(seen(Glyphs::Unicode, (80, 24)), @"
    shop · board
     Pending 1      │ Ready 2       │ In progress 1 │ Stopped 2     │ Done 2
    ────────────────────────────────────────────────────────────────────────────────
     ○ Testing      │>○ Cart totals │ ◐ Endpoints   │ ■ Keys        │ ● Authenticat…
       waits for En…│               │   4/6 · @dana │   waiting for…│   5 days
                    │ ○ Payment     │               │ ◇ Ranking     │ ● Database Se…
                    │               │               │   spec submit…│   @sam
                    │               │               │               │  x12
    ────────────────────────────────────────────────────────────────────────────────
    Cart totals (Pending) · due 2026-03-20

    milestone show checkout/totals
    ? keys  q quit  Enter show  s start  p progress  d done  / filter  : command
    ");
    insta::assert_snapshot!(seen(Glyphs::Emoji, (80, 24)), @"
    shop · board
     Pending 1      │ Ready 2       │ In progress 1 │ Stopped 2     │ Done 2
    ────────────────────────────────────────────────────────────────────────────────
     ⏳ Testing     │>⏳ Cart totals│ 🔄 Endpoints  │ ⛔ Keys       │ ✅ Authentica…
        waits for E…│               │    4/6 · @dana│    waiting fo…│    5 days
                    │ ⏳ Payment    │               │ 🔎 Ranking    │ ✅ Database S…
                    │               │               │    spec submi…│    @sam
                    │               │               │               │  x12
    ────────────────────────────────────────────────────────────────────────────────
    Cart totals (Pending) · due 2026-03-20

    milestone show checkout/totals
    ? keys  q quit  Enter show  s start  p progress  d done  / filter  : command
    ");
    insta::assert_snapshot!(seen(Glyphs::Ascii, (80, 24)), @"
    shop - board
     Pending 1      | Ready 2       | In progress 1 | Stopped 2     | Done 2
    --------------------------------------------------------------------------------
     [ ] Testing    |>[ ] Cart tota~| [~] Endpoints | [!] Keys      | [x] Authentic~
         waits for~ |               |     4/6       |     waiting f~|     5 days
                    | [ ] Payment   |               | [?] Ranking   | [x] Database~
                    |               |               |     spec subm~|     @sam
                    |               |               |               |  x12
    --------------------------------------------------------------------------------
    Cart totals (Pending) - due 2026-03-20

    milestone show checkout/totals
    ? keys  q quit  Enter show  s start  p progress  d done  / filter  : command
    ");
}

#[test]
fn forty_columns_hold_one() {
    insta::assert_snapshot!(seen(Glyphs::Unicode, (40, 24)), @"
    shop · board
     Ready 2  column 2 of 5, h l
    ────────────────────────────────────────
    >○ Cart totals
       due 2026-03-20
     ○ Payment
      x13
    ────────────────────────────────────────
    Cart totals (Pending) · due 2026-03-20

    milestone show checkout/totals
    ? keys  q quit  Enter show  s start
    ");
    insta::assert_snapshot!(seen(Glyphs::Emoji, (40, 24)), @"
    shop · board
     Ready 2  column 2 of 5, h l
    ────────────────────────────────────────
    >⏳ Cart totals
        due 2026-03-20
     ⏳ Payment
      x13
    ────────────────────────────────────────
    Cart totals (Pending) · due 2026-03-20

    milestone show checkout/totals
    ? keys  q quit  Enter show  s start
    ");
    insta::assert_snapshot!(seen(Glyphs::Ascii, (40, 24)), @"
    shop - board
     Ready 2  column 2 of 5, h l
    ----------------------------------------
    >[ ] Cart totals
         due 2026-03-20
     [ ] Payment
      x13
    ----------------------------------------
    Cart totals (Pending) - due 2026-03-20

    milestone show checkout/totals
    ? keys  q quit  Enter show  s start
    ");
}

#[test]
fn a_large_terminal_says_more() {
    insta::assert_snapshot!(seen(Glyphs::Unicode, (120, 40)), @r"
    shop · board
     Pending 1              │ Ready 2               │ In progress 1         │ Blocked/Re\
        view 2      │ Done 2
    ────────────────────────────────────────────────────────────────────────────────────\
        ────────────────────────────────────
     ○ Testing              │>○ Cart totals         │ ◐ Endpoints           │ ■ Keys    \
                    │ ● Authentication
       waits for Endpoints  │   due 2026-03-20      │   4/6 · @dana         │   waiting \
        for ops     │   5 days
                            │ ○ Payment             │                       │ ◇ Ranking \
                    │ ● Database Setup
                            │                       │                       │   spec sub\
        mitted      │   @sam · 10 days
                            │                       │                       │           \
                    │  x28
    ────────────────────────────────────────────────────────────────────────────────────\
        ────────────────────────────────────
    Cart totals (Pending) · due 2026-03-20

    milestone show checkout/totals
    ? keys  q quit  Enter show  s start  p progress  d done  / filter  : command  b bloc\
        k  t time
    ");
    insta::assert_snapshot!(seen(Glyphs::Emoji, (120, 40)), @r"
    shop · board
     Pending 1              │ Ready 2               │ In progress 1         │ Blocked/Re\
        view 2      │ Done 2
    ────────────────────────────────────────────────────────────────────────────────────\
        ────────────────────────────────────
     ⏳ Testing             │>⏳ Cart totals        │ 🔄 Endpoints          │ ⛔ Keys       \
                │ ✅ Authentication
        waits for Endpoints │    due 2026-03-20     │    4/6 · @dana        │    waiting\
         for ops    │    5 days
                            │ ⏳ Payment            │                       │ 🔎 Ranking  \
                  │ ✅ Database Setup
                            │                       │                       │    spec su\
        bmitted     │    @sam · 10 days
                            │                       │                       │           \
                    │  x28
    ────────────────────────────────────────────────────────────────────────────────────\
        ────────────────────────────────────
    Cart totals (Pending) · due 2026-03-20

    milestone show checkout/totals
    ? keys  q quit  Enter show  s start  p progress  d done  / filter  : command  b bloc\
        k  t time
    ");
}

#[test]
fn a_large_terminal_can_do_without_unicode() {
    insta::assert_snapshot!(seen(Glyphs::Ascii, (120, 40)), @r"
    shop - board
     Pending 1              | Ready 2               | In progress 1         | Blocked/Re\
        view 2      | Done 2
    ------------------------------------------------------------------------------------\
        ------------------------------------
     [ ] Testing            |>[ ] Cart totals       | [~] Endpoints         | [!] Keys  \
                    | [x] Authentication
         waits for Endpoints|     due 2026-03-20    |     4/6 - @dana       |     waitin\
        g for ops   |     5 days
                            | [ ] Payment           |                       | [?] Rankin\
        g           | [x] Database Setup
                            |                       |                       |     spec s\
        ubmitted    |     @sam - 10 days
                            |                       |                       |           \
                    |  x28
    ------------------------------------------------------------------------------------\
        ------------------------------------
    Cart totals (Pending) - due 2026-03-20

    milestone show checkout/totals
    ? keys  q quit  Enter show  s start  p progress  d done  / filter  : command  b bloc\
        k  t time
    ");
}

/// What the two lines above the keys say after these.
fn foot(keys: &str) -> String {
    let mut board = shop();
    for key in keys.chars() {
        update(&mut board, Key::Char(key));
    }
    let text = drawn(&board, &style(Glyphs::Unicode, 80), (80, 24));
    let lines: Vec<&str> = text.lines().collect();
    format!("{}\n{}\n", lines[21], lines[22])
}

#[test]
fn keys_say_what_they_stand_for() {
    let all = ["s", "p4/6 -m half", "bwaiting for O'Brien", "n-2 is wrong", "mapi", "u"];
    let told: String = all.iter().map(|keys| foot(keys)).collect();
    insta::assert_snapshot!(told, @r"
    Enter does this, Esc does not:
    milestone start checkout/totals
    How far (4/6, 50%): 4/6 -m half_
    milestone progress checkout/totals 4/6 -m half
    What is in the way: waiting for O'Brien_
    milestone block checkout/totals 'waiting for O'\''Brien'
    Note: -2 is wrong_
    milestone note checkout/totals -- '-2 is wrong'
    To which milestone: api_
    milestone task move checkout/totals --to api
    Enter does this, Esc does not:
    milestone undo
    ");
    let told: String = ["/label:x", ":new \"A b\"", "thj", "llj"].into_iter().map(foot).collect();
    insta::assert_snapshot!(told, @r#"
    Filter: label:x_
    milestone task list label:x
    Command: new "A b"_
    milestone new 'A b'
    Day 2026-03-04: h l a day, j k a week, Enter stays, Esc returns
    milestone board --as-of 2026-03-04

    milestone show search/rank
    "#);
}

#[test]
fn a_long_lane_scrolls_and_says_so() {
    let mut board = shop();
    let many = (0..500).map(|number| {
        let reference = format!("api/t{number}");
        card(&reference, &format!("Task {number}"), Status::Pending, Lane::Ready, &[])
    });
    board.take(many.collect());
    update(&mut board, Key::End);
    let text = drawn(&board, &style(Glyphs::Unicode, 80), (80, 25));
    assert!(text.contains(">○ Task 499") && text.contains("492 above"), "{text}");
    update(&mut board, Key::Home);
    let text = drawn(&board, &style(Glyphs::Unicode, 80), (80, 25));
    assert!(text.contains(">○ Task 0") && text.contains("492 more"), "{text}");
}

#[test]
fn hard_titles_stay_in_their_lane() {
    let hard = |(number, title): (usize, &&str)| {
        let lane = Lane::ALL[number % LANES];
        card(&format!("x/{number}"), title, Status::Pending, lane, &[title, title])
    };
    let mut board = shop();
    board.take(HARD_TITLES.iter().enumerate().map(hard).collect());
    for glyphs in [Glyphs::Emoji, Glyphs::Unicode, Glyphs::Ascii] {
        for size in [(20, 10), (40, 24), (60, 24), (80, 24), (100, 30), (120, 40), (200, 60)] {
            let text = drawn(&board, &style(glyphs, size.0), size);
            assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text}");
        }
    }
}
