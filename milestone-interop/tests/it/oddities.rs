//! Hand-made lines with the oddities of real Beads files, one test per oddity.
//!
//! - **Start here.** `planned` plans lines of one file; each test says what has to become of them.
//! - **Invariant.** Every plan made here is accounted for: `planned` checks the report's sums.
//! - **Absent on purpose.** Real data, which `beads_real` reads, and random data.

use milestone_interop::beads::{
    EdgeRole, FileKind, Home, ImportError, ImportIssue, ImportOptions, ImportPlan, IssueKind,
    IssueStatus, LossReason, NoteKind, Priority, SourceFile, plan,
};

fn files<'a>(files: &[(&'a str, &'a str)]) -> Result<ImportPlan<'a>, ImportError> {
    let files: Vec<_> =
        files.iter().map(|(name, text)| SourceFile { name, bytes: text.as_bytes() }).collect();
    let plan = plan(&files, &ImportOptions { into: Some("inbox".into()) })?;
    assert_eq!(plan.report.unaccounted(), Vec::<String>::new());
    Ok(plan)
}

fn planned(text: &str) -> ImportPlan<'_> {
    files(&[("issues.jsonl", text)]).expect("a plan")
}

fn issue<'p, 'a>(plan: &'p ImportPlan<'a>, id: &str) -> &'p ImportIssue<'a> {
    plan.issues.iter().find(|issue| issue.source_id == id).expect("the issue")
}

fn losses(plan: &ImportPlan<'_>) -> Vec<(LossReason, Option<u64>)> {
    plan.report.losses.iter().map(|loss| (loss.reason, loss.line)).collect()
}

fn home(id: &str) -> IssueKind {
    IssueKind::Task { home: Home::Source(id.into()) }
}

fn inbox() -> IssueKind {
    IssueKind::Task { home: Home::Into("inbox".into()) }
}

const EPIC: &str = concat!(
    r#"{"id":"e","title":"Epic","status":"open","priority":1,"issue_type":"epic","#,
    r#""created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-02T00:00:00Z"}"#,
);

#[test]
fn a_whole_issue_is_mapped_member_by_member() {
    let text = concat!(
        r#"{"id":"e.1","title":"Task","status":"closed","priority":0,"issue_type":"bug","#,
        r#""created_at":"2026-01-01T01:00:00.123456789+11:00","created_by":"ann","#,
        r#""updated_at":"2026-01-03T00:00:00Z","started_at":"2026-01-01T12:00:00Z","#,
        r#""closed_at":"2026-01-02T00:00:00Z","close_reason":"shipped","assignee":"bob","#,
        r#""owner":"cyd","labels":["b","a","a"],"estimated_minutes":90,"#,
        r#""due_at":"2026-02-01T18:00:00-08:00","description":"What\r\nfor","design":"How","#,
        r#""acceptance_criteria":"- [x] one\n- [ ] two","notes":"n","comments":[{"id":3,"#,
        r#""issue_id":"e.1","author":"dot","text":"hi","created_at":"2026-01-01T13:00:00Z"}],"#,
        r#""spec_id":"s-1","metadata":{"k":[1]},"comment_count":1}"#,
    );
    let text = format!("{EPIC}\n{text}\n");
    let plan = planned(&text);
    let task = issue(&plan, "e.1");
    assert_eq!((&task.kind, task.status), (&home("e"), IssueStatus::Done));
    assert_eq!(task.key, format!("import:beads:e.1:{}", task.hash));
    assert_eq!((task.priority, task.estimate_minutes), (Some(Priority::Critical), Some(90)));
    assert_eq!(task.due.as_deref(), Some("2026-02-01"));
    assert_eq!(task.labels, ["a", "b", "type:bug"]);
    assert_eq!(task.description.as_deref(), Some("What\nfor"));
    let created = task.created.at.map(|at| at.to_string());
    assert_eq!(created.as_deref(), Some("2025-12-31T14:00:00.123456Z"));
    assert_eq!(task.created.by.as_deref(), Some("ann"));
    assert_eq!((task.assignee.as_deref(), task.owner.as_deref()), (Some("bob"), None));
    assert_eq!(task.reason.as_deref(), Some("shipped"));
    let criteria: Vec<_> = task.criteria.iter().map(|c| (c.text.as_str(), c.checked)).collect();
    assert_eq!(criteria, [("one", true), ("two", false)]);
    let notes: Vec<_> = task.notes.iter().map(|note| (note.kind, &*note.text)).collect();
    let comment = (NoteKind::Comment, "hi");
    assert_eq!(notes, [(NoteKind::Design, "How"), (NoteKind::Notes, "n"), comment]);
    assert_eq!(task.notes[2].by.as_deref(), Some("dot"));
    let source = serde_json::json!({
        "comments": [{"id": 3}], "due_at": "2026-02-01T18:00:00-08:00", "metadata": {"k": [1]},
        "owner": "cyd", "spec_id": "s-1", "updated_at": "2026-01-03T00:00:00Z"
    });
    assert_eq!(serde_json::Value::Object(task.source.clone()), source);
    assert_eq!(plan.report.loss_count(), 0);
    assert_eq!(plan.report.fields["comment_count"].derived, 1);
    assert_eq!(plan.issues[0].source_id, "e");
}

#[test]
fn statuses_become_states_labels_and_blockers() {
    let line = |id: &str, status: &str, more: &str| {
        format!(
            "{{\"id\":\"{id}\",\"title\":\"t\",\"status\":\"{status}\",\
             \"updated_at\":\"2026-01-02T00:00:00Z\"{more}}}\n"
        )
    };
    let waits = r#","dependencies":[{"depends_on_id":"a","type":"blocks"}]"#;
    let text = [
        line("a", "open", ""),
        line("b", "hooked", ""),
        line("c", "blocked", ""),
        line("d", "blocked", waits),
        line("f", "frozen", ""),
        line(
            "g",
            "tombstone",
            concat!(
                r#","delete_reason":"dup","deleted_by":"ann","deleted_at":"2026-01-01T00:00:00Z","#,
                r#""closed_at":"2026-01-01T00:00:00Z""#,
            ),
        ),
        line("h", "in review", ""),
    ];
    let text = text.concat();
    let plan = planned(&text);
    let status = |id| issue(&plan, id).status;
    assert_eq!(status("b"), IssueStatus::InProgress);
    assert_eq!(issue(&plan, "b").source["status"], "hooked");
    assert!(issue(&plan, "b").started.is_some());
    assert_eq!(status("c"), IssueStatus::Pending);
    assert!(issue(&plan, "c").blocker.is_some());
    assert!(issue(&plan, "d").blocker.is_none());
    assert_eq!(issue(&plan, "f").labels, ["status:frozen"]);
    assert_eq!(issue(&plan, "h").labels, ["status:in review"]);
    let dead = issue(&plan, "g");
    assert_eq!((dead.status, dead.reason.as_deref()), (IssueStatus::Cancelled, Some("dup")));
    assert_eq!(dead.ended.as_ref().and_then(|end| end.by.as_deref()), Some("ann"));
    assert_eq!(dead.source["closed_at"], "2026-01-01T00:00:00Z");
    assert!(plan.report.warnings.iter().any(|warning| warning.text.contains("not known")));
}

#[test]
fn lines_that_are_no_issue_are_named_with_their_place() {
    let text = format!(
        "\u{feff}{EPIC}\r\n\n<<<<<<< HEAD\n{{\"id\":\n=======\n>>>>>>> main\n\
         {{\"_type\":\"memory\",\"key\":\"k\",\"value\":\"v\"}}\n[1]\n{{\"title\":\"no id\"}}\n\
         {{\"id\":\"bare\"}}\n{{\"_type\":\"issue\",\"id\":5,\"title\":\"number\"}}"
    );
    let plan = planned(&text);
    assert_eq!(
        losses(&plan),
        [
            (LossReason::ConflictMarker, Some(3)),
            (LossReason::MalformedLine, Some(4)),
            (LossReason::ConflictMarker, Some(5)),
            (LossReason::ConflictMarker, Some(6)),
            (LossReason::NotAnIssue, Some(7)),
            (LossReason::MalformedLine, Some(8)),
            (LossReason::MalformedLine, Some(9)),
            (LossReason::MalformedLine, Some(10)),
        ]
    );
    let file = &plan.report.files[0];
    assert_eq!((file.lines, file.mapped, file.blank, file.malformed), (11, 2, 1, 4));
    assert_eq!(issue(&plan, "5").title, "number");
    let without_cr = planned(EPIC);
    assert_eq!(issue(&plan, "e").hash, without_cr.issues[0].hash);
}

#[test]
fn of_duplicate_ids_the_one_updated_last_is_used() {
    let text = r#"{"id":"a","title":"new","updated_at":"2026-01-02T00:00:00-08:00"}
{"id":"a","title":"old","updated_at":"2026-01-02T01:00:00Z"}
{"id":"a","title":"new","updated_at":"2026-01-02T00:00:00-08:00"}"#;
    let plan = planned(text);
    assert_eq!(plan.issues[0].title, "new");
    assert_eq!(losses(&plan), [(LossReason::Superseded, Some(2))]);
    assert_eq!(plan.report.files[0].repeated, 1);
}

#[test]
fn titles_are_made_to_fit() {
    let long = "ß".repeat(288);
    let text = format!(
        "{{\"id\":\"a\",\"title\":\"two\\nlines\"}}\n{{\"id\":\"b\",\"title\":\"{long}\"}}\n\
         {{\"id\":\"c\",\"title\":\"  \"}}\n"
    );
    let plan = planned(&text);
    assert_eq!(issue(&plan, "a").title, "two lines");
    assert_eq!(issue(&plan, "b").title.chars().count(), 200);
    assert_eq!(issue(&plan, "b").source["title"], long);
    assert_eq!(issue(&plan, "c").title, "c");
    assert_eq!(losses(&plan), [(LossReason::ControlCharacters, Some(1))]);
}

#[test]
fn times_that_are_none_fall_back_and_are_losses() {
    let text = concat!(
        r#"{"id":"a","title":"t","created_at":"last week","updated_at":"2026-01-02T00:00:00Z"}"#,
        "\n",
        r#"{"id":"b","title":"t","status":"closed","created_at":"2026-01-02T00:00:00Z","#,
        r#""closed_at":"2026-01-01T00:00:00Z"}"#,
        "\n",
        r#"{"id":"c","title":"t","created_at":"0001-01-01T00:00:00Z"}"#,
    );
    let plan = planned(text);
    let created = issue(&plan, "a").created.at.map(|at| at.to_string());
    assert_eq!(created.as_deref(), Some("2026-01-02T00:00:00.000000Z"));
    let ended = issue(&plan, "b").ended.as_ref().and_then(|end| end.at);
    assert!(ended < issue(&plan, "b").created.at);
    assert_eq!(issue(&plan, "c").created.at, None);
    assert_eq!(losses(&plan), [(LossReason::BadTime, Some(1))]);
}

#[test]
fn priorities_outside_the_scale_are_kept_and_omitted_zeros_found() {
    let text = r#"{"id":"a","title":"t","priority":40}
{"id":"b","title":"t","priority":"high"}
{"id":"c","title":"t","priority":4}
{"id":"d","title":"t"}"#;
    let plan = planned(text);
    let found = |id| issue(&plan, id).priority;
    assert_eq!((found("a"), found("b")), (None, None));
    assert_eq!((found("c"), found("d")), (Some(Priority::Low), Some(Priority::Critical)));
    assert_eq!(issue(&plan, "a").source["priority"], 40);
    assert_eq!(issue(&plan, "b").source["priority"], "high");
    assert_eq!(issue(&plan, "c").source["priority"], 4);
    let plan =
        planned("{\"id\":\"a\",\"title\":\"t\"}\n{\"id\":\"b\",\"title\":\"t\",\"priority\":0}");
    assert_eq!(issue(&plan, "a").priority, None);
}

#[test]
fn every_edge_has_one_fate() {
    let edges = |list: &[(&str, &str)]| {
        let edges = list.iter().map(|(kind, to)| {
            format!(
                "{{\"depends_on_id\":\"{to}\",\"type\":\"{kind}\",\
                 \"metadata\":\"{{}}\",\"thread_id\":\"t1\"}}"
            )
        });
        edges.collect::<Vec<_>>().join(",")
    };
    let line = |id: &str, list: &[(&str, &str)]| {
        format!("{{\"id\":\"{id}\",\"title\":\"t\",\"dependencies\":[{}]}}\n", edges(list))
    };
    let text = [
        EPIC.to_owned() + "\n",
        line("a", &[("child", "e"), ("blocks", "b"), ("blocks", "b"), ("blocks", "e")]),
        line("b", &[("parent_child", "a"), ("blocks", "a"), ("parent-child", "b")]),
        line("c", &[("blocks", "gone"), ("tracks", "a"), ("parent-child", "lost")]),
        "{\"id\":\"d\",\"title\":\"t\",\"dependencies\":[7,{\"type\":\"blocks\"}]}\n".to_owned(),
    ]
    .concat();
    let plan = planned(&text);
    assert_eq!(issue(&plan, "b").kind, home("e"));
    assert_eq!((&issue(&plan, "c").kind, &issue(&plan, "d").kind), (&inbox(), &inbox()));
    let mut found: Vec<_> =
        plan.edges.iter().map(|edge| (edge.key.as_str(), edge.role, edge.dangling)).collect();
    found.sort_unstable_by_key(|edge| edge.0);
    assert_eq!(
        found,
        [
            ("import:beads:a:blocks:b", EdgeRole::Dependency, false),
            ("import:beads:b:parent_child:a", EdgeRole::Link, false),
            ("import:beads:c:blocks:gone", EdgeRole::Link, true),
            ("import:beads:c:parent-child:lost", EdgeRole::Link, true),
            ("import:beads:c:tracks:a", EdgeRole::Link, false),
        ]
    );
    assert_eq!(plan.edges[0].source["thread_id"], "t1");
    let mut reasons: Vec<_> = plan.report.losses.iter().map(|loss| loss.reason).collect();
    reasons.sort_unstable();
    assert_eq!(
        reasons,
        [
            LossReason::MalformedEdge,
            LossReason::MalformedEdge,
            LossReason::SelfEdge,
            LossReason::DependencyCycle,
            LossReason::DependencyCycle,
        ]
    );
    assert_eq!(
        (plan.report.edges["child"].membership, plan.report.edges["blocks"].repeated),
        (1, 1)
    );
    let cycle = plan.report.losses.iter().find(|loss| loss.detail.contains("b → a → b"));
    assert!(cycle.is_some(), "{:?}", plan.report.losses);
}

#[test]
fn the_backup_form_joins_its_files_and_hashes_labels_and_comments() {
    let issues = concat!(
        r#"{"id":"a","title":"t","status":"open","assignee":"","closed_at":null,"#,
        r#""timeout_ns":0,"metadata":"{}","ephemeral":1}"#,
    );
    let labels = "{\"issue_id\":\"a\",\"label\":\"x\"}\n{\"issue_id\":\"z\",\"label\":\"x\"}\n";
    let comments =
        r#"{"author":"ann","created_at":"2026-01-14T02:15:49Z","id":1,"issue_id":"a","text":"hi"}"#;
    let edges = concat!(
        r#"{"created_at":"2025-12-31T02:16:10Z","created_by":"m","depends_on_id":"w","#,
        r#""issue_id":"a","type":"blocks"}"#,
    );
    let all = [
        ("labels.jsonl", labels),
        ("events.jsonl", "{\"id\":1,\"issue_id\":\"a\",\"event_type\":\"closed\"}\n{}\n"),
        ("config.jsonl", ""),
        ("dependencies.jsonl", edges),
        ("issues.jsonl", issues),
        ("comments.jsonl", comments),
    ];
    let plan = files(&all).expect("a plan");
    let kinds: Vec<_> = plan.report.files.iter().map(|file| file.kind).collect();
    let (first, last) = (FileKind::Comments, FileKind::Labels);
    let rest = [FileKind::Config, FileKind::Dependencies, FileKind::Events, FileKind::Issues];
    assert_eq!((kinds[0], &kinds[1..5], kinds[5]), (first, &rest[..], last));
    let found = issue(&plan, "a");
    assert_eq!((found.labels.as_slice(), &*found.notes[0].text), (&["x".into()][..], "hi"));
    assert_eq!(found.source.keys().collect::<Vec<_>>(), ["comments", "ephemeral"]);
    assert!(plan.edges[0].dangling);
    let reasons = plan.report.losses_by_reason();
    assert_eq!(reasons[&LossReason::FileNotImported], 2);
    assert_eq!(reasons[&LossReason::Detached], 1);
    let relabelled = labels.replace("\"x\"", "\"y\"");
    let changed = files(&[("labels.jsonl", &relabelled), all[4], all[5]]).expect("a plan");
    assert_ne!(issue(&changed, "a").hash, found.hash);
    assert_eq!(issue(&files(&[all[5], all[4], all[0]]).expect("a plan"), "a").hash, found.hash);
}

#[test]
fn hierarchy_is_found_in_ids_alone_and_in_the_member_parent() {
    let text = r#"{"id":"s-1","title":"t","issue_type":"task"}
{"id":"s-1.2","title":"t"}
{"id":"s-1.2.3","title":"t","parent":"s-1.2"}
{"id":"s-9.4","title":"t","parent":"s-1"}
{"id":"m","title":"t","issue_type":"milestone"}"#;
    let plan = planned(text);
    assert_eq!(issue(&plan, "s-1").kind, IssueKind::Milestone);
    assert_eq!(issue(&plan, "m").kind, IssueKind::Milestone);
    for id in ["s-1.2", "s-1.2.3", "s-9.4"] {
        assert_eq!(issue(&plan, id).kind, home("s-1"));
    }
    assert_eq!(issue(&plan, "s-1.2.3").source["parent"], "s-1.2");
    assert!(issue(&plan, "s-9.4").source.get("parent").is_none());
}

#[test]
fn what_cannot_be_planned_is_refused() {
    let file = |text: &'static str| [SourceFile { name: "f.jsonl", bytes: text.as_bytes() }];
    let refusal = |text| plan(&file(text), &ImportOptions::default()).expect_err("a refusal");
    assert_eq!(refusal(""), ImportError::Empty);
    assert_eq!(
        refusal(r#"{"timestamp":"x","operation":"create","bead":{}}"#),
        ImportError::NotBeads { file: "f.jsonl".into() }
    );
    let error = refusal(r#"{"id":"a","title":"t"}"#);
    assert_eq!(error, ImportError::NeedsInto { orphans: 1, examples: vec!["a".into()] });
    assert!(error.to_string().contains("nothing was written"));
    assert!(
        plan(&file("{\"id\":\"a\",\"issue_type\":\"epic\"}"), &ImportOptions::default()).is_ok()
    );
}

#[test]
fn members_of_other_dialects_and_wrong_types_are_kept() {
    let text = concat!(
        r#"{"id":"a","title":"t","tags":["x"],"notes":5,"labels":"l","dependencies":{"x":1},"#,
        r#""comments":["c"],"big":1e999,"title":"u"}"#,
    );
    let plan = planned(text);
    let found = issue(&plan, "a");
    assert_eq!(found.title, "u");
    let kept: Vec<_> = found.source.keys().map(String::as_str).collect();
    assert_eq!(kept, ["big", "comments", "dependencies", "labels", "notes", "tags"]);
    assert_eq!(found.source["big"], "1e999");
    assert_eq!(losses(&plan), [(LossReason::RepeatedMember, Some(1))]);
    assert!(plan.report.lines().iter().any(|line| line.contains("more than once")));
}
