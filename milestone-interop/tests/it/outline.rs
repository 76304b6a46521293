//! Outlines: what becomes of each thing that Markdown has, and that nothing is lost.
//!
//! - **Start here.** `an_outline_keeps_every_line`.

use milestone_core::words::Clock;
use milestone_interop::outline::{Outline, TASKS_MAX, TEXT_BYTES_MAX, plan, read};
use proptest::prelude::*;

fn outline(text: &str) -> Outline {
    read(text).expect("it is small")
}

/// As it is read on Thursday 2026-03-12.
fn planned(text: &str) -> Outline {
    let now = "2026-03-12T12:00:00Z".parse().expect("it is a moment");
    plan(text, &Clock { now, offset_minutes: 0 }).expect("it is small")
}

/// Title, done, number of checks.
fn tasks(outline: &Outline) -> Vec<(&str, bool, usize)> {
    outline.tasks.iter().map(|task| (task.title.as_str(), task.done, task.checks.len())).collect()
}

fn notes(outline: &Outline) -> Vec<String> {
    outline.notes.iter().map(|note| format!("{} {}", note.line, note.what)).collect()
}

#[test]
fn an_outline_keeps_every_line() {
    let text =
        "# API\n\nWhy we do it.\n\n## Work\n- [ ] Auth (2d)\n  - [ ] tokens\n* [X] DB\n\nend\n";
    let outline = outline(text);
    assert_eq!(outline.title.as_deref(), Some("API"));
    assert_eq!(outline.description, "Why we do it.\n\n## Work\n\nend");
    assert_eq!(tasks(&outline), [("Auth", false, 1), ("DB", true, 0)]);
    assert_eq!(outline.tasks[0].estimate, Some(960));
    assert_eq!(notes(&outline), ["5 the heading \"Work\" is kept in the description"]);
}

#[test]
fn every_kind_of_list_is_one() {
    let text =
        "1. One\n   - [x] a\n   - b\n      - c\n2) Two\n\n   More of it.\n\n+ Three\n* Four\n";
    let outline = outline(text);
    assert_eq!(
        tasks(&outline),
        [("One", false, 3), ("Two", false, 0), ("Three", false, 0), ("Four", false, 0)]
    );
    assert_eq!(outline.tasks[1].description, "More of it.");
    assert_eq!(outline.tasks[0].checks.iter().filter(|check| check.done).count(), 1);
    // Two blanks are less than the grammar wants below "1.", and what people type.
    assert_eq!(
        tasks(&self::outline("1. One\n  - a\n2. Two\n  - b\n")),
        [("One", false, 1), ("Two", false, 1)]
    );
    // A list that is indented as a whole is a list.
    assert_eq!(tasks(&self::outline("Why:\n\n  - a\n  - b\n")), [("a", false, 0), ("b", false, 0)]);
}

#[test]
fn headings_are_tasks_where_there_is_no_list() {
    let outline =
        outline("# Plan\n\nWhy.\n\n## Backend\n\n### Index (2d)\n\nAll words.\n\n## Ship\n");
    assert_eq!(tasks(&outline), [("Index", false, 0), ("Ship", false, 0)]);
    assert_eq!(outline.tasks[0].description, "All words.");
    assert_eq!(outline.description, "Why.\n\n## Backend");
}

#[test]
fn what_is_not_understood_is_told() {
    let text = "---\nx: y\n---\n\n# T\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n> said\n\n\
        - [~] begun\n- \n- [ ] done !due 2026-05-01 (1h)\n\n```sh\n- not a task\n```\n\n\
        [link]: http://example.org\n";
    let outline = planned(text);
    assert_eq!(tasks(&outline), [("[~] begun", false, 0), ("done", false, 0)]);
    assert_eq!(outline.tasks[1].due.map(|due| due.to_string()).as_deref(), Some("2026-05-01"));
    assert_eq!(
        notes(&outline),
        [
            "2 \"x\" of the front matter is left out: a plan says title, due and labels there",
            "7 a table is kept in the description",
            "11 a quotation is kept in the description",
            "13 the box [~] is taken for text",
            "14 an item without a text is left out",
        ]
    );
    assert!(outline.description.contains("- not a task\n```"), "{}", outline.description);
    assert!(outline.description.contains("[link]: http"), "{}", outline.description);
}

/// Shown red by: telling nothing of what stays in a title.
#[test]
fn what_looks_like_an_attribute_is_told() {
    let outline = planned(
        "# T\n- A !due fri (1d)\n- B !due 2026-13-40 (2h)\n- C (999999w)\n- D (3 days) !due +5d\n\
         - E !due 2026-05-01T10:00\n- F !start mon\n- G !due\n- H `!due x`\n- I !due none\n",
    );
    let rows = outline.tasks.iter().map(|task| {
        let due = task.due.map(|due| due.to_string()).unwrap_or_default();
        format!("{}|{:?}|{due}", task.title, task.estimate.unwrap_or(0))
    });
    assert_eq!(
        rows.collect::<Vec<_>>(),
        [
            "A|480|2026-03-13",
            "B !due 2026-13-40|120|",
            "C (999999w)|0|",
            "D (3 days)|0|2026-03-17",
            "E !due 2026-05-01T10:00|0|",
            "F !start mon|0|",
            "G !due|0|",
            "H !due x|0|",
            "I|0|",
        ]
    );
    let known = "2026-03-20, 2026-03-20T14:00, +5d, fri, today";
    assert_eq!(
        notes(&outline),
        [
            &format!(
                "3 \"!due 2026-13-40\" is kept in the title: \"2026-13-40\" is not a date or time \
                 like {known}"
            ),
            "4 \"(999999w)\" is kept in the title: a duration is at most 1000w",
            "5 \"(3 days)\" is kept in the title: \"3 days\" is not a duration like 30m, 4h, 3d or \
             2w",
            "6 \"!due 2026-05-01T10:00\" is kept in the title: \"2026-05-01T10:00\" has a time of \
             day, and plans are made of days",
            "7 \"!start\" is kept in the title: at the end \"(2d)\" and \"!due DAY\" are \
             understood",
            "8 \"!due\" is kept in the title: it wants a day behind it, like 2026-05-01, fri or \
             +5d",
        ]
    );
}

/// Shown red by: titles made of the text as it is written.
#[test]
fn titles_are_plain_text() {
    let outline = outline(
        "# The **new** `api`\n- **Fix** `frob(2d)`\n- Read [the spec](https://e.org/s \"x\") (1d)\n\
         - a\\*b &amp; snake_case 2*3*4\n- Use Vec<T>\n- tab\there\n- <https://e.org>\n\
         - ![](x.png)\n- ![plan](p.png)\n  - [ ] *all* of [it](u)\n",
    );
    assert_eq!(outline.title.as_deref(), Some("The new api"));
    assert_eq!(
        tasks(&outline),
        [
            ("Fix frob(2d)", false, 0),
            ("Read the spec", false, 0),
            ("a*b & snake_case 2*3*4", false, 0),
            ("Use Vec<T>", false, 0),
            ("tab here", false, 0),
            ("https://e.org", false, 0),
            ("![](x.png)", false, 0),
            ("plan", false, 1),
        ]
    );
    assert_eq!(outline.tasks[1].description, "[the spec](https://e.org/s \"x\")");
    assert_eq!((outline.tasks[0].estimate, outline.tasks[1].estimate), (None, Some(480)));
    assert_eq!(outline.tasks[7].checks[0].text, "all of it (u)");
    assert_eq!(outline.tasks[7].checks[0].written, "*all* of [it](u)");
    assert!(outline.notes.is_empty(), "{:?}", outline.notes);
}

/// Shown red by: reading front matter as a heading.
#[test]
fn front_matter_says_title_due_and_labels() {
    let front = "---\ntitle: Search\ndue: fri\nlabels: [api, web]\nauthor: dana\n---\n";
    let outline = planned(&format!("{front}# Search\n- Index\n"));
    assert_eq!((outline.title.as_deref(), outline.title_line), (Some("Search"), 7));
    assert_eq!(outline.due.map(|due| due.to_string()).as_deref(), Some("2026-03-13"));
    assert_eq!(outline.labels, ["api", "web"]);
    assert_eq!((tasks(&outline), outline.tasks[0].line), (vec![("Index", false, 0)], 8));
    let left_out = "5 \"author\" of the front matter is left out: a plan says title, due and \
        labels there";
    assert_eq!(notes(&outline), [left_out]);
    // Another heading is kept, and so is what only stands between two rules.
    let other = planned("---\ntitle: A\n---\n# B\n- x\n");
    assert_eq!((other.title.as_deref(), other.description.as_str()), (Some("A"), "# B"));
    let ruled = planned("---\n\n# T\n\n- a\n\n---\n\n- b\n");
    assert_eq!(tasks(&ruled), [("a", false, 0), ("b", false, 0)]);
    let torn = planned("---\ntitle: a: b\n---\n- x\n");
    assert!(notes(&torn)[0].starts_with("2 the front matter is left out"), "{:?}", notes(&torn));
    let odd = planned("---\ndue: 2026-13-40\nlabels: {a: b}\ntitle: []\n---\n- x\n");
    assert_eq!((odd.notes.len(), odd.title, odd.due), (3, None, None));
}

#[test]
fn criteria_of_the_whole_have_a_heading() {
    let outline = outline("# T\n\n## Acceptance Criteria:\n- [x] a\n- b\n\n## Tasks\n- c\n");
    let criteria: Vec<_> =
        outline.criteria.iter().map(|check| (check.text.as_str(), check.done)).collect();
    assert_eq!(criteria, [("a", true), ("b", false)]);
    assert_eq!(tasks(&outline), [("c", false, 0)]);
    assert!(outline.notes.is_empty() && outline.description.is_empty());
}

#[test]
fn what_is_too_large_is_refused() {
    assert!(read(&"- a\n".repeat(TASKS_MAX + 1)).is_err());
    assert!(read(&"x".repeat(TEXT_BYTES_MAX + 1)).is_err());
    // As deep as a text can be.
    assert_eq!(outline(&format!("{}x", "- ".repeat(100_000))).tasks.len(), 1);
}

fn line() -> impl Strategy<Value = String> {
    let lines = vec![
        "# H",
        "## H",
        "- a",
        "- [ ] b",
        "  - c",
        "    - d",
        "1. e",
        "> f",
        "| g | h |",
        "|---|---|",
        "```",
        "~~~",
        "i",
        "  j",
        "<div>",
        "</div>",
        "[k]: u",
        "---",
        "===",
        "",
        "",
        "    l",
        "\tm",
        "- - n",
        "* [x] o",
        "<!--",
        "-->",
    ];
    prop_oneof![8 => prop::sample::select(lines).prop_map(str::to_owned), 1 => "\\PC{0,12}"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Every word of the text is somewhere: in a title, a description, a check, or a note.
    /// Shown red by: not taking in what the grammar has no place for.
    #[test]
    fn nothing_is_lost(lines in prop::collection::vec(line(), 0..20)) {
        let text = lines.join("\n");
        let outline = outline(&text);
        let mut kept = format!("{:?} {}", outline.title, outline.description);
        for check in &outline.criteria {
            kept.push_str(&check.text);
        }
        for task in &outline.tasks {
            kept.push_str(&format!(" {} {}", task.title, task.description));
            task.checks.iter().for_each(|check| kept.push_str(&check.text));
        }
        let text = text.replace("[x]", "[ ]");
        for word in text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty()) {
            prop_assert!(kept.contains(word), "{} is lost of\n{}\n{:?}", word, text, outline);
        }
    }
}
