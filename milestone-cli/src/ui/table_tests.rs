//! Tests of tables: what people see at each width, and what pipes get.
//!
//! Start at `ready_is_as_documented`. Kept beside `table.rs` because of their length.

use super::*;
use crate::ui::glyph::Glyphs;
use crate::ui::lists;
use crate::ui::sample::{ALL_GLYPHS, HARD_TITLES, api, hard, ready, style};
use crate::ui::view::MilestoneView;

fn views() -> Vec<MilestoneView> {
    let long = "Checkout with every old payment method";
    vec![
        api(),
        MilestoneView {
            reference: "checkout-v2".to_owned(),
            title: long.to_owned(),
            progress: 42,
            due: None,
            owner: None,
            blocked: true,
            ..api()
        },
        MilestoneView { reference: "family".to_owned(), ..hard() },
    ]
}

fn list(width: usize, glyphs: Glyphs) -> String {
    let style = style(glyphs, width);
    lists::milestones(&views(), &style).render(&style)
}

#[test]
fn ready_is_as_documented() {
    insta::assert_snapshot!(lists::ready(&ready()).render(&style(Glyphs::Emoji, 80)), @r"
    REF          TASK         EST  DUE         WHY NOW
    api/4        Testing      2d   2026-03-20  due first
    checkout/2   Cart totals  1d   2026-04-10  3 tasks wait for it
    checkout/10  Tax table         2026-04-10  nothing before it
    ");
}

#[test]
fn lists_at_every_breakpoint() {
    insta::assert_snapshot!(list(36, Glyphs::Emoji), @r"
    REF    api-development
    TITLE  API Development
    STATUS 🔄 Active
    %      67%
    TASKS  2/4
    DUE    2026-03-20

    REF    checkout-v2
    TITLE  Checkout with every old paym…
    STATUS ⛔ Blocked
    %      42%
    TASKS  2/4

    REF    family
    TITLE  👨‍👩‍👧‍👦 Family accounts
    STATUS 🔄 Active
    %      67%
    TASKS  2/4
    DUE    2026-03-20
    ");
    insta::assert_snapshot!(list(59, Glyphs::Unicode), @r"
    REF              TITLE           STATUS       %  DUE
    api-development  API Developme…  ◐ Active   67%  2026-03-20
    checkout-v2      Checkout with…  ■ Blocked  42%
    family           👨‍👩‍👧‍👦 Family acc…  ◐ Active   67%  2026-03-20
    ");
    insta::assert_snapshot!(list(80, Glyphs::Emoji), @r"
    REF              TITLE            STATUS                    %  TASKS  DUE
    api-development  API Development  🔄 Active   ███████░░░  67%    2/4  2026-03-20
    checkout-v2      Checkout with…   ⛔ Blocked  ████░░░░░░  42%    2/4
    family           👨‍👩‍👧‍👦 Family acco…  🔄 Active   ███████░░░  67%    2/4  2026-03-20
    ");
    // The lines are too long to show as they are.
    let cells = |line: &str| {
        let cells = line.split("  ").map(str::trim).filter(|cell| !cell.is_empty());
        cells.collect::<Vec<_>>().join("|")
    };
    let broad: Vec<String> = list(120, Glyphs::Ascii).lines().map(cells).collect();
    insta::assert_snapshot!(broad.join("\n"), @r"
    REF|TITLE|STATUS|%|TASKS|DUE|OWNER|LABELS
    api-development|API Development|[~] Active|#######...|67%|2/4|2026-03-20|dana|backend
    checkout-v2|Checkout with every old payment method|[!] Blocked|####......|42%|2/4|backend
    family|👨‍👩‍👧‍👦 Family accounts|[~] Active|#######...|67%|2/4|2026-03-20|dana|backend
    ");
}

#[test]
fn tasks_with_hard_titles() {
    let style = style(Glyphs::Emoji, 80);
    insta::assert_snapshot!(lists::tasks(&hard().tasks, &style).render(&style), @r"
    REF                 TITLE                   STATUS             %  EST  DUE
    api-development/t1  🚀 Launch the new shop  ✅ Done         100%   2d
    api-development/t2  ⚠️ Careful with this    🔄 In Progress    0%   2d
    api-development/t3  👨‍👩‍👧‍👦 Family accounts      ⏳ Pending        0%   2d
    api-development/t4  الدفع عند الاستلام      ⏳ Waiting        0%   2d
    api-development/t5  ที่อยู่จัดส่ง                 ⛔ Blocked        0%   2d
    api-development/t6  日本語の支払い方法      🔎 In Review      0%   2d
    api-development/t7  tab here and newline    💤 Paused         0%   2d
    api-development/t8  �[2J�]0;owned�red       ❌ Cancelled      0%   2d
    api-development/t9  evil�txt.exe�           ✅ Done         100%   2d
    ");
}

#[test]
fn accessible_is_sentences() {
    let style = Style { accessible: true, ..style(Glyphs::Emoji, 80) };
    let text = lists::milestones(&views(), &style).render(&style).replace(". Stat", ".\n  Stat");
    insta::assert_snapshot!(text, @r"
    1 of 3: Ref api-development. Title API Development.
      Status active. Progress 67. Tasks 2/4. Due 2026-03-20. Owner dana. Labels backend.
    2 of 3: Ref checkout-v2. Title Checkout with every old payment method.
      Status blocked. Progress 42. Tasks 2/4. Labels backend.
    3 of 3: Ref family. Title 👨‍👩‍👧‍👦 Family accounts.
      Status active. Progress 67. Tasks 2/4. Due 2026-03-20. Owner dana. Labels backend.
    ");
}

#[test]
fn pipes_get_whole_records() {
    let style = style(Glyphs::Emoji, 40);
    let table = lists::milestones(&views(), &style);
    let text = table.tsv(&[], true).expect("no field is named").replace('\t', "→");
    insta::assert_snapshot!(text, @r"
    ref→title→status→progress→tasks→due→owner→labels
    api-development→API Development→active→67→2/4→2026-03-20→dana→backend
    checkout-v2→Checkout with every old payment method→blocked→42→2/4→-→-→backend
    family→👨‍👩‍👧‍👦 Family accounts→active→67→2/4→2026-03-20→dana→backend
    ");
    let two = ["due".to_owned(), "ref".to_owned()];
    let text = table.tsv(&two, false).expect("both exist").replace('\t', "→");
    insta::assert_snapshot!(text, @r"
    2026-03-20→api-development
    -→checkout-v2
    2026-03-20→family
    ");
    let error = table.tsv(&["duе".to_owned()], false).expect_err("the е is Cyrillic");
    assert_eq!(error.known[0], "ref");
}

#[test]
fn a_record_is_one_line_whatever_the_title() {
    let style = style(Glyphs::Emoji, 80);
    let text = lists::tasks(&hard().tasks, &style).tsv(&[], false).expect("no field is named");
    assert_eq!(text.lines().count(), HARD_TITLES.len());
    for line in text.lines() {
        assert_eq!(line.matches('\t').count(), 7, "{line}");
    }
}

#[test]
fn csv_is_quoted_and_runs_no_formula() {
    let sly = MilestoneView { title: "=1+1,\"x\"".to_owned(), ..api() };
    let table = lists::milestones(&[sly], &style(Glyphs::Emoji, 80));
    let fields = ["ref".to_owned(), "title".to_owned()];
    insta::assert_snapshot!(table.csv(&fields).expect("both exist"), @r#"
    ref,title
    api-development,"'=1+1,""x"""
    "#);
}

#[test]
fn rows_never_exceed_the_width() {
    for glyphs in ALL_GLYPHS {
        for width in [36, 40, 59, 60, 80, 100, 120] {
            let style = style(glyphs, width);
            for table in [lists::tasks(&hard().tasks, &style), lists::ready(&ready())] {
                for line in table.render(&style).lines() {
                    let cells = style.ruler().width(line);
                    assert!(cells <= width, "{glyphs:?} at {width}: {cells}\n{line}");
                }
            }
        }
    }
}

#[test]
fn no_rows_are_no_text() {
    assert_eq!(lists::ready(&[]).render(&style(Glyphs::Emoji, 80)), "");
    assert_eq!(lists::ready(&[]).tsv(&[], false).expect("no field is named"), "");
}
