//! Queries as people type them: what they mean, and what is said when they mean nothing.
//!
//! Start at [`viewer`]: who asks, and when.

use milestone_core::domain::Refusal;
use milestone_core::query::{QUERY_BYTES_MAX, QueryError, QueryFault, Viewer, parse, queries_page};
use milestone_core::words::{Clock, StreamId, nearest};

const VIEWS: [(&str, &str); 4] = [
    ("soon", "due<+7d"),
    ("mine-soon", "mine due<+7d sort:due limit:5"),
    ("broken", "stauts:active"),
    ("loop", "view:loop"),
];

/// Dana, on Thursday 2026-03-12 at 10:00 in +01:00. References are whole names of streams.
pub(crate) fn viewer() -> Viewer<'static> {
    let now = chrono::DateTime::from_timestamp(1_773_306_000, 0).expect("a time");
    Viewer {
        clock: Clock { now, offset_minutes: 60 },
        me: &|| "Dana".to_owned(),
        find: &|text| {
            StreamId::parse(text).ok_or_else(|| Refusal::UnknownRef { asked: text.to_owned() })
        },
        view: &|name| {
            let held = VIEWS.iter().find(|(held, _)| *held == name);
            held.map(|(_, text)| (*text).to_owned())
                .ok_or_else(|| nearest(name, VIEWS.iter().map(|view| view.0)).map(str::to_owned))
        },
    }
}

fn means(text: &str) -> String {
    parse(text, &viewer()).unwrap_or_else(|error| panic!("{text:?}: {error}")).to_string()
}

fn wrong(text: &str) -> String {
    let QueryError { at, fault } = parse(text, &viewer()).expect_err(text);
    let near = fault.suggestion().map(|near| format!(" ({near}?)")).unwrap_or_default();
    format!("{:?}: {fault}{near}", &text[at])
}

#[test]
fn queries_mean_what_they_say() {
    for (text, meant) in [
        ("", ""),
        (" \t\n", ""),
        ("status:active", "status:active"),
        ("status:active,done", "status:active or status:done"),
        ("status!=done", "not status:done"),
        ("due<+7d", "due<2026-03-19"),
        ("due:<+7d", "due<2026-03-19"),
        ("due:fri", "due=2026-03-13"),
        ("due>=2026-03-20", "due>=2026-03-20"),
        ("due:today..+2w", "due>=2026-03-12 due<=2026-03-26"),
        ("due:..-1w", "due<=2026-03-05"),
        ("due:none", "not has:due"),
        ("-has:due", "not has:due"),
        ("label:api,web", "label=\"api\" or label=\"web\""),
        ("-label:api,web", "not (label=\"api\" or label=\"web\")"),
        ("owner:me", "owner=\"dana\""),
        ("owner:\"me\"", "owner=\"me\""),
        ("owner:none", "not has:owner"),
        ("mine", "who=\"dana\""),
        ("-blocked", "not blocked"),
        ("not -blocked", "blocked"),
        ("progress>=50%", "progress>=50"),
        ("estimate>2d", "estimate>960m"),
        ("priority>=HIGH", "priority>=high"),
        ("\"free text\"", "text~\"free text\""),
        ("Free TEXT", "text~\"free\" text~\"text\""),
        ("title=\"a \\\"b\\\" \\\\\"", "title=\"a \\\"b\\\" \\\\\""),
        ("(a or b) not c", "(text~\"a\" or text~\"b\") not text~\"c\""),
        ("a or b c", "text~\"a\" or text~\"b\" text~\"c\""),
        ("a AND b OR NOT c", "text~\"a\" text~\"b\" or not text~\"c\""),
        ("not not a", "text~\"a\""),
        ("()", ""),
        ("not ()", "not ()"),
        ("overdue", "(status:pending or status:active or status:paused) due<2026-03-12"),
        ("open", "status:pending or status:active or status:paused"),
        ("closed", "status:done or status:cancelled or status:archived"),
        ("in-progress", "status:active"),
        ("\"open\"", "text~\"open\""),
        ("is:blocked,waiting", "blocked or waiting"),
        ("in:api after:api/plan", "in:api after:api/plan"),
        ("a sort:due,-progress limit:20", "text~\"a\" sort:due,-progress limit:20"),
        ("sort:due a or b", "(text~\"a\" or text~\"b\") sort:due"),
        ("view:mine-soon", "who=\"dana\" due<2026-03-19 sort:due limit:5"),
        ("-view:mine-soon", "not (who=\"dana\" due<2026-03-19)"),
        ("view:mine-soon limit:2", "who=\"dana\" due<2026-03-19 sort:due limit:2"),
        ("title:שלום 東京", "title~\"שלום\" text~\"東京\""),
        ("'; DROP", "text~\"';\" text~\"drop\""),
    ] {
        assert_eq!(means(text), meant, "{text:?}");
    }
}

#[test]
fn moments_compare_with_days_and_moments() {
    insta::assert_snapshot!(means("created:today"),
        @"created>=2026-03-11T23:00:00.000000Z created<=2026-03-12T22:59:59.999999Z");
    insta::assert_snapshot!(means("created<2026-03-12"), @"created<2026-03-11T23:00:00.000000Z");
    insta::assert_snapshot!(means("created>2026-03-12"), @"created>2026-03-12T22:59:59.999999Z");
    insta::assert_snapshot!(means("changed>3d"), @"changed>2026-03-09T09:00:00.000000Z");
    insta::assert_snapshot!(means("completed>=fri"), @"completed>=2026-03-05T23:00:00.000000Z");
}

#[test]
fn mistakes_in_words_are_explained_in_their_place() {
    let said = [
        "stauts:active",
        "status:actve",
        "status<active",
        "progress:120",
        "due:soon",
        "due<a,b",
        "owner:",
        "title<x",
        "has:title",
        "has:deu",
        "is:bloked",
    ];
    let said: Vec<String> = said.into_iter().map(wrong).collect();
    insta::assert_snapshot!(said.join("\n"), @r##"
    "stauts": there is no field "stauts" (status?)
    "actve": status cannot be "actve" (active?)
    "active": status cannot be compared with <
    "120": progress cannot be "120"
    "soon": due: "soon" is not a date or time like 2026-03-20, 2026-03-20T14:00, +5d, fri, today
    "b": due < takes one value
    "": owner needs a value
    "x": title cannot be compared with <
    "title": everything has a title
    "deu": there is no field "deu" (due?)
    "bloked": nothing is "bloked" (blocked?)
    "##);
}

#[test]
fn mistakes_in_the_grammar_are_explained_in_their_place() {
    let said = [
        "a or",
        "and a",
        "not",
        "a - b",
        "--limit 5",
        "(a (b)",
        "a)",
        "\"a",
        "a\u{1b}[2J",
        "a\u{202e}b",
        "sort:titel",
        "sort:label",
        "(sort:due)",
        "-limit:5",
        "limit:0",
        "sort:due sort:title",
        "cursor:00",
        "in:a/b",
        "after:Nowhere",
        "view:mine-son",
        "view:broken",
        "view:loop",
        "http://example.org",
        "estimate>5",
    ];
    let said: Vec<String> = said.into_iter().map(wrong).collect();
    insta::assert_snapshot!(said.join("\n"), @r##"
    "": a condition is missing behind "or"
    "": a condition is missing before "and"
    "": a condition is missing behind "not"
    "": a condition is missing behind "-"
    "": a condition is missing behind "-"
    "(": this parenthesis is not closed
    ")": this parenthesis closes nothing
    "\"": this quote is not closed
    "\u{1b}": there is a control character, U+001B
    "\u{202e}": there is a control character, U+202E
    "titel": one cannot sort by titel (title?)
    "label": one cannot sort by label
    "sort:due": sort: is about the whole query; it stands outside parentheses and "not"
    "limit:5": limit: is about the whole query; it stands outside parentheses and "not"
    "0": limit cannot be "0"
    "sort:title": sort: was given already
    "00": this is no cursor of a list
    "a/b": a/b is a task, and this is for milestones
    "Nowhere": no milestone or task is called "Nowhere"
    "mine-son": there is no view "mine-son" (mine-soon?)
    "broken": the view "broken" cannot be used
    "loop": the view "loop" names itself
    "http": there is no field "http"
    "5": estimate: "5" has no unit; write 5m, 5h or 5d
    "##);
}

#[test]
fn what_was_expected_is_said() {
    let expected = |text: &str| {
        let error = parse(text, &viewer()).expect_err(text);
        error.fault.expected().unwrap_or_default()
    };
    insta::assert_snapshot!(expected("a or"), @r#"a word, "a phrase", field:value, or (…)"#);
    insta::assert_snapshot!(expected("priority:hihg"), @"low, medium, high or critical");
    insta::assert_snapshot!(expected("status<done"), @"one of : = !=");
    let quotes = "a field; text that looks like one goes in quotes";
    assert_eq!(expected("http://x"), quotes);
    assert!(expected("status:actve").starts_with("open, closed, planned, pending, active, "));
}

#[test]
fn too_much_is_refused() {
    let long = "a ".repeat(QUERY_BYTES_MAX);
    assert!(matches!(parse(&long, &viewer()).unwrap_err().fault, QueryFault::TooLong { .. }));
    let deep = "(".repeat(4_000);
    assert!(matches!(parse(&deep, &viewer()).unwrap_err().fault, QueryFault::TooDeep));
    let nots = "not ".repeat(2_000) + "a";
    assert_eq!(parse(&nots, &viewer()), parse("a", &viewer()));
    let full = "é".repeat(QUERY_BYTES_MAX / 2);
    assert!(parse(&full, &viewer()).is_ok());
    assert!(parse(&(full + "é"), &viewer()).is_err());
}

/// The page is made of the tables. `MILESTONE_BLESS=1 cargo test -p milestone-core` writes it anew.
#[test]
fn the_page_of_queries_is_the_tables() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/queries.md");
    let page = queries_page();
    if option_env!("MILESTONE_BLESS").is_some() {
        std::fs::write(path, &page).unwrap();
    }
    let held = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        held == page,
        "docs/queries.md is not the vocabulary: run MILESTONE_BLESS=1 cargo test -p milestone-core \
         --test it the_page"
    );
    let examples = page.split("\n```text\n").skip(1).filter_map(|rest| rest.split("```").next());
    let lines: Vec<&str> = examples.flat_map(str::lines).collect();
    assert!(lines.len() > 8);
    for line in lines {
        let query = line.split("  ").next().unwrap_or_default().trim();
        if let Err(error) = parse(query, &viewer()) {
            panic!("{query:?}: {error}");
        }
    }
}
