//! What holds for any Beads files at all: nothing panics, everything is accounted for, nothing
//! depends on the order of files.
//!
//! - **Start here.** `exports` makes small projects full of clashes: few ids, many edges.
//! - **Absent on purpose.** What each oddity becomes, which `beads_oddities` says.

use std::collections::BTreeMap;

use milestone_interop::beads::{
    EdgeRole, Home, ImportOptions, ImportPlan, IssueKind, SourceFile, plan,
};
use proptest::prelude::*;

type Files = Vec<(String, Vec<u8>)>;

fn planned(files: &Files) -> Option<ImportPlan<'_>> {
    let files: Vec<_> = files.iter().map(|(name, bytes)| SourceFile { name, bytes }).collect();
    plan(&files, &ImportOptions { into: Some("inbox".into()) }).ok()
}

fn id() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a", "b", "a.1", "a.1.1", "b.2", "c", "d.1", "ü"])
        .prop_map(str::to_owned)
}

fn word() -> impl Strategy<Value = String> {
    let words = vec![
        "",
        "blocks",
        "parent-child",
        "child",
        "related",
        "epic",
        "milestone",
        "task",
        "open",
        "closed",
        "blocked",
        "tombstone",
        "2026-01-01T00:00:00Z",
        "2025-01-01T00:00:00+11:00",
        "soon",
        "- [x] a\nb",
        "{}",
    ];
    prop_oneof![4 => prop::sample::select(words).prop_map(str::to_owned), 1 => "\\PC{0,6}"]
}

fn value() -> impl Strategy<Value = serde_json::Value> {
    prop_oneof![
        6 => word().prop_map(serde_json::Value::from),
        1 => (-2i64..9).prop_map(serde_json::Value::from),
        1 => Just(serde_json::Value::Null),
        1 => prop::collection::vec(word(), 0..3).prop_map(serde_json::Value::from),
    ]
}

fn edge() -> impl Strategy<Value = serde_json::Value> {
    let kind = prop::sample::select(vec!["blocks", "blocks", "parent-child", "child", "related"]);
    (id(), kind, word()).prop_map(
        |(to, kind, at)| serde_json::json!({"depends_on_id": to, "type": kind, "created_at": at}),
    )
}

fn issue() -> impl Strategy<Value = String> {
    let names = vec![
        "status",
        "issue_type",
        "created_at",
        "updated_at",
        "closed_at",
        "deleted_at",
        "priority",
        "labels",
        "comments",
        "parent",
        "notes",
        "acceptance_criteria",
        "timeout_ns",
        "custom",
    ];
    let members = prop::collection::btree_map(prop::sample::select(names), value(), 0..9);
    (id(), members, prop::collection::vec(edge(), 0..4)).prop_map(|(id, members, edges)| {
        let mut line = serde_json::json!({"id": id, "title": "t", "dependencies": edges});
        for (name, value) in members {
            line[name] = value;
        }
        line.to_string()
    })
}

fn line() -> impl Strategy<Value = String> {
    let row = (id(), id(), word()).prop_map(|(from, to, kind)| {
        serde_json::json!({"issue_id": from, "depends_on_id": to, "type": kind, "label": kind,
            "text": kind, "author": to})
        .to_string()
    });
    prop_oneof![8 => issue(), 2 => row, 1 => "\\PC{0,20}", 1 => Just("=======".to_owned())]
}

fn file(name: &'static str) -> impl Strategy<Value = (String, Vec<u8>)> {
    let body = prop::collection::vec(line(), 0..12).prop_map(|lines| lines.join("\n"));
    body.prop_map(move |body| (name.to_owned(), body.into_bytes()))
}

fn exports() -> impl Strategy<Value = Files> {
    let rows = |name: &'static str, first: &'static str| {
        file(name).prop_map(move |(name, body)| (name, [first.as_bytes(), b"\n", &body].concat()))
    };
    (
        prop::collection::vec(file("issues.jsonl"), 1..3),
        rows("labels.jsonl", r#"{"issue_id":"a","label":"l"}"#),
        rows("comments.jsonl", r#"{"issue_id":"a","text":"l"}"#),
        rows("dependencies.jsonl", r#"{"issue_id":"a","depends_on_id":"b","type":"blocks"}"#),
    )
        .prop_map(|(mut files, labels, comments, edges)| {
            files.extend([labels, comments, edges]);
            files
        })
}

/// Whether the plan's dependencies have a cycle, with what milestones mean, by brute force.
fn has_cycle(plan: &ImportPlan<'_>) -> bool {
    let ids: BTreeMap<&str, usize> =
        plan.issues.iter().map(|issue| &*issue.source_id).zip(0..).collect();
    let home = |issue: usize| match &plan.issues[issue].kind {
        IssueKind::Task { home: Home::Source(id) } => Some(ids[id.as_str()]),
        _ => None,
    };
    let waits: Vec<(usize, usize)> = plan
        .edges
        .iter()
        .filter(|edge| edge.role == EdgeRole::Dependency)
        .map(|edge| (ids[&*edge.from], ids[&*edge.to]))
        .collect();
    let mut reach = vec![vec![false; ids.len()]; ids.len()];
    for (a, row) in reach.iter_mut().enumerate() {
        for (b, cell) in row.iter_mut().enumerate() {
            let inherits = home(a).is_some_and(|home| waits.contains(&(home, b)));
            *cell = waits.contains(&(a, b)) || inherits || home(b) == Some(a);
        }
    }
    for via in 0..ids.len() {
        for a in 0..ids.len() {
            for b in 0..ids.len() {
                reach[a][b] |= reach[a][via] && reach[via][b];
            }
        }
    }
    (0..ids.len()).any(|id| reach[id][id])
}

proptest! {
    #[test]
    fn any_export_is_accounted_for(files in exports()) {
        let Some(plan) = planned(&files) else { return Ok(()) };
        prop_assert_eq!(plan.report.unaccounted(), Vec::<String>::new());
        let lines = |bytes: &[u8]| bytes.split_inclusive(|&byte| byte == b'\n').count() as u64;
        let expected: u64 = files.iter().map(|(_, bytes)| lines(bytes)).sum();
        prop_assert_eq!(plan.report.files.iter().map(|file| file.lines).sum::<u64>(), expected);
        let planned: u64 = plan.report.edges.values().map(|edge| edge.dependency + edge.link).sum();
        prop_assert_eq!(planned, plan.edges.len() as u64);
        let lost: u64 = plan.report.edges.values().map(|edge| edge.lost).sum();
        prop_assert!(plan.report.loss_count() >= lost);
        prop_assert!(!plan.report.lines().is_empty());
    }

    #[test]
    fn dependencies_have_no_cycle_and_homes_are_milestones(files in exports()) {
        let Some(plan) = planned(&files) else { return Ok(()) };
        prop_assert!(!has_cycle(&plan));
        for issue in &plan.issues {
            let IssueKind::Task { home: Home::Source(home) } = &issue.kind else { continue };
            let home = plan.issues.iter().find(|other| *other.source_id == **home);
            prop_assert_eq!(home.map(|home| &home.kind), Some(&IssueKind::Milestone));
        }
    }

    #[test]
    fn the_order_of_files_decides_nothing(
        (files, other) in exports().prop_flat_map(|files| {
            let other = Just(files.clone()).prop_shuffle();
            (Just(files), other)
        }),
    ) {
        prop_assert_eq!(planned(&files), planned(&other));
    }

    #[test]
    fn any_bytes_are_read_without_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        cut in any::<prop::sample::Index>(),
        files in exports(),
    ) {
        let mut files = files;
        let at = cut.index(files[0].1.len() + 1);
        files[0].1.splice(at..at, bytes.iter().copied());
        files.push(("more.jsonl".to_owned(), bytes));
        for count in 1..=files.len() {
            if let Some(plan) = planned(&files[..count].to_vec()) {
                prop_assert_eq!(plan.report.unaccounted(), Vec::<String>::new());
            }
        }
    }
}
