//! The table of event kinds: what it says, what is read and written, and what the page says.
//!
//! Every kind has a sample with all its members here. A change of one of them is a change of the
//! log's format.

use std::collections::BTreeMap;

use milestone_core::domain::{Body, Event, KINDS, KindSpec, RESERVED_KINDS, details_table};
use milestone_core::log::record::parse;
use milestone_testkit::{Deed, Replica};
use serde_json::value::RawValue;

/// A value for a member of this kind, by its name and shape.
fn sample_of(kind: &str, member: &str, shape: &str) -> String {
    let text = |value: &str| format!("\"{value}\"");
    match (kind, member, shape) {
        ("risk_updated", "set", _) => [
            r#"{"title":"T","likelihood":"high","probability":70,"impact":"low","delay":480,"#,
            r#""mitigation":null,"owner":"ann","trigger":"2026-11-22","reopened":true}"#,
        ]
        .concat(),
        (_, "set", _) => r#"{"title":"T","due":null,"weight":2,"labels":["a"]}"#.into(),
        (_, "add" | "remove", _) => r#"{"assignees":["ann"],"labels":["a","b"]}"#.into(),
        (_, "value", _) => r#"{"any":[1.5,null]}"#.into(),
        (_, "source", _) => r#"{"any":[1.5,{"json":null}]}"#.into(),
        (_, _, "record id") => text(&"5a".repeat(32)),
        (_, _, "list of record ids") => format!(r#"["{}"]"#, "5a".repeat(32)),
        (_, _, "16 hex digits") => text(&"ab".repeat(8)),
        (_, _, "128 hex digits") => text(&"ab".repeat(64)),
        (_, _, "slug") => text("plan"),
        (_, _, "stream" | "stream, or PATH#REF in another project") => text("web/build"),
        (_, _, "fs, ss, ff or sf; absent: fs") => text("ss"),
        (_, _, "minutes, may be negative") => "-90".into(),
        (_, _, "id") => text("abcdefgh"),
        (_, _, "text") => text("some text"),
        (_, _, "64 hex digits") => text(&"ab".repeat(32)),
        (_, _, "list of hashes") => {
            format!(r#"[{{"deliverable":"one","sha256":"{}"}}]"#, "ab".repeat(32))
        }
        (_, _, "list of phases") => [
            r#"[{"phase":"design","weight":15,"minutes_min":15,"minutes_max":30,"#,
            r#""approval_required":true,"deliverables":["one"]},{"phase":"do","weight":1}]"#,
        ]
        .concat(),
        (_, _, "planned") => text("planned"),
        (_, _, "date") => text("2026-11-22"),
        (_, _, "true") => "true".into(),
        (_, _, "minutes" | "integer" | "percent") => "90".into(),
        (_, _, "0 to 100") => "55".into(),
        (_, _, "low, medium, high or critical") => text("high"),
        (_, _, "list of text" | "list of slugs") => r#"["one","two"]"#.into(),
        (_, _, "list of streams") => r#"["api/plan","web"]"#.into(),
        other => panic!("no sample for {other:?}"),
    }
}

/// The details of a kind with all its members, in the order of its row.
fn details_of(spec: &KindSpec) -> String {
    let members: Vec<_> = spec
        .members
        .iter()
        .map(|member| {
            let sample = sample_of(spec.name, member.name, member.shape);
            format!("\"{}\":{sample}", member.name)
        })
        .collect();
    format!("{{{}}}", members.join(","))
}

/// Reads an event as a line has it and hands it to `look`.
fn read_event(kind: &str, milestone: Option<&str>, details: &str, look: impl Fn(&Event<'_>)) {
    let milestone = milestone.map(|id| format!("\"milestone_id\":\"{id}\",")).unwrap_or_default();
    let json = format!("{{\"event_type\":\"{kind}\",{milestone}\"details\":{details}}}");
    look(&serde_json::from_str::<Event<'_>>(&json).expect("an event"));
}

#[test]
fn every_kind_reads_and_writes_exactly_the_members_of_its_row() {
    for spec in KINDS {
        let details = details_of(spec);
        let milestone = (spec.stream != "project").then_some("api");
        read_event(spec.name, milestone, &details, |event| {
            assert!(!matches!(event.body, Body::Unknown { .. }), "{} is unknown", spec.name);
            assert_eq!(event.kind(), spec.name);
            assert_eq!(serde_json::to_string(&event.body).unwrap(), details, "{}", spec.name);
            let named = spec.members.iter().any(|member| member.name == "task");
            assert_eq!(event.body.task().as_deref(), named.then_some("plan"), "{}", spec.name);
        });
    }
}

/// What is written has no member that the row leaves out, and none before its turn.
#[test]
fn no_kind_writes_a_member_that_its_row_leaves_out() {
    for spec in KINDS {
        for value in 0..=255u8 {
            let deed = Deed { kind: spec.name, milestone: 0, task: value % 4, value };
            let details = serde_json::to_string(&deed.event().body).unwrap();
            let written: BTreeMap<usize, String> =
                serde_json::from_str::<BTreeMap<String, &RawValue>>(&details)
                    .unwrap()
                    .into_keys()
                    .map(|name| (details.find(&format!("\"{name}\":")).unwrap(), name))
                    .collect();
            let mut row = spec.members.iter();
            for name in written.values() {
                let found = row.any(|member| member.name == name);
                let fields = matches!(spec.name, "milestone_created" | "task_added");
                assert!(found || fields, "{name} is not in its place in the row of {}", spec.name);
                assert!(spec.members.iter().any(|member| member.name == name), "{name}");
            }
        }
    }
}

#[test]
fn members_that_are_not_in_the_row_are_skipped_and_stay_in_the_line() {
    for spec in KINDS {
        let details = details_of(spec).replacen('{', "{\"later\":{\"x\":[1.5]},", 1);
        read_event(spec.name, Some("api"), &details, |event| {
            assert_eq!(event.kind(), spec.name);
            assert!(!matches!(event.body, Body::Unknown { .. }), "{} is unknown", spec.name);
        });
    }
}

/// The six kinds of the specification, with the members that it gives to details.
#[test]
fn the_kinds_of_the_specification_have_its_members() {
    for (kind, members) in [
        ("milestone_created", &[][..]),
        ("progress_updated", &["progress_percentage", "time_spent", "notes"]),
        ("task_completed", &["tasks_completed", "time_spent", "notes"]),
        ("dependency_added", &[]),
        ("risk_identified", &["notes"]),
        ("milestone_completed", &["tasks_completed", "time_spent", "notes"]),
        ("blocker_raised", &["blockers_encountered"]),
    ] {
        let spec = KINDS.iter().find(|spec| spec.name == kind);
        let spec = spec.unwrap_or_else(|| panic!("{kind} is missing"));
        for member in members {
            let found = spec.members.iter().any(|held| held.name == *member);
            assert!(found, "{kind} has no {member}");
        }
    }
}

#[test]
fn kinds_of_others_are_kept_as_they_stand() {
    let details = r#"{"task":"plan","strength":[1.50,{"":null}],"text":"a\u0041"}"#;
    for kind in RESERVED_KINDS.iter().copied().chain(["x.acme.ping", "some_day"]) {
        assert!(KINDS.iter().all(|spec| spec.name != kind), "{kind} is reserved and understood");
        read_event(kind, Some("api"), details, |event| {
            let Body::Unknown { kind: held, details: kept } = &event.body else {
                panic!("{kind} is understood")
            };
            assert_eq!((&**held, &*kept.0), (kind, details));
            assert_eq!(event.stream().unwrap().as_str(), "api/plan");
            let mut replica = Replica::new("ann");
            replica.write(std::slice::from_ref(event));
            let lines = replica.store().lines();
            assert!(lines[0].contains(details), "{}", lines[0]);
            assert_eq!(parse(&lines[0]).unwrap().events[0], *event);
        });
    }
}

#[test]
fn names_of_kinds_are_given_once() {
    let mut names: Vec<_> =
        KINDS.iter().map(|spec| spec.name).chain(RESERVED_KINDS.iter().copied()).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
}

/// The page is the table. `MILESTONE_BLESS=1 cargo test -p milestone-core` writes it anew.
#[test]
fn the_page_of_events_is_the_table() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/events.md");
    let table = details_table();
    if option_env!("MILESTONE_BLESS").is_some() {
        std::fs::write(page, &table).unwrap();
    }
    let held = std::fs::read_to_string(page).unwrap_or_default();
    assert!(
        held == table,
        "docs/events.md is not the table of kinds: a change of format? If it is meant, run \
         MILESTONE_BLESS=1 cargo test -p milestone-core --test it the_page"
    );
}
