//! A second opinion on every text: what the view writes, another YAML library reads to the same
//! value, and what that one writes, the view reads to the same value.
//!
//! Start at [`agree`]. The other library is the maintained continuation of `serde_yaml`.

use std::time::{Duration, Instant};

use milestone_core::domain::{PhaseStatus, Terms, Tie, TieKind};
use milestone_core::projection::{
    BlockerDoc, ConflictDoc, CriterionDoc, DeliverableDoc, Document, LinkDoc, NoteDoc, PhaseDoc,
    ReportDoc, WorkflowDoc,
};
use milestone_core::words::{Date, RecordKey, StreamId, Timestamp};
use milestone_store_file::view::ViewFile;
use proptest::prelude::*;
use serde_yaml::Value;

use crate::view_support::NASTY;

fn text() -> impl Strategy<Value = String> {
    let nasty = || prop::sample::select(NASTY).prop_map(str::to_owned);
    prop_oneof![
        4 => nasty(),
        2 => (nasty(), prop::sample::select(&["\n", " ", "\n\n  ", ": ", "\t", "#"][..]), nasty())
            .prop_map(|(a, between, b)| format!("{a}{between}{b}")),
        2 => any::<String>(),
        1 => "[ \\t\\n\\r:#'\"|>%@`a-c0-9.+~-]{0,12}",
        1 => "[0-9+.:eExob_-]{1,8}",
    ]
}

fn phase(text: &mut impl FnMut() -> String, at: Timestamp) -> PhaseDoc {
    PhaseDoc {
        name: text(),
        status: PhaseStatus::ChangesRequested,
        weight: 15,
        minutes_min: Some(15),
        minutes_max: None,
        approval_required: true,
        started_at: Some(at),
        submitted_at: Some(at),
        submitted_by: Some(text()),
        decided_at: None,
        decided_by: Some(text()),
        deliverables: vec![DeliverableDoc {
            name: text(),
            wanted: false,
            path: Some(text()),
            url: Some(text()),
            text: Some(text()),
            sha256: None,
            at: Some(at),
            by: Some(text()),
        }],
    }
}

fn document(texts: &[String], number: i64) -> Document {
    let mut texts = texts.iter().cycle().cloned();
    let mut text = move || texts.next().expect("there is one at least");
    let at = Timestamp(number.rem_euclid(4_000_000_000_000_000));
    Document {
        id: text(),
        origin: StreamId::parse("api/1e3"),
        title: text(),
        status: text(),
        archived_from: None,
        description: Some(text()),
        priority: None,
        owner: Some(text()),
        assignees: vec![text(), text()],
        start: None,
        due: Some(Date::from_days(number.rem_euclid(100_000))),
        labels: vec![text()],
        estimate: Some(number.rem_euclid(1000) as u32),
        weight: None,
        position: Some(number),
        template: None,
        external_id: Some(text()),
        dependencies: vec![StreamId::parse("no").unwrap(), StreamId::parse("1e3/0x1f").unwrap()],
        ties: vec![Tie::new("no", Terms { kind: TieKind::StartStart, lag: -90 })],
        criteria: vec![CriterionDoc {
            id: text(),
            text: text(),
            checked: true,
            phase: Some(text()),
        }],
        workflow: Some(WorkflowDoc { name: text(), phases: vec![phase(&mut text, at)] }),
        blockers: vec![BlockerDoc {
            id: text(),
            text: text(),
            on: Some(text()),
            until: None,
            at,
            by: text(),
            cleared_at: Some(at),
        }],
        risks: Vec::new(),
        notes: vec![NoteDoc { id: text(), at, by: text(), text: text() }],
        links: vec![LinkDoc { id: text(), kind: text(), to: text() }],
        time_spent: 3,
        reported: Some(ReportDoc { done: 1, of: 3, percent: false }),
        left_open: Vec::new(),
        created_at: Some(at),
        created_by: text(),
        changed_at: at,
        started_at: None,
        completed_at: None,
        conflicts: vec![ConflictDoc {
            id: text(),
            about: text(),
            records: vec![RecordKey(1), RecordKey(0x1234_5678_9012_3456)],
            kept: text(),
            other: text(),
        }],
    }
}

/// The value that the other library makes of a file.
fn as_value(file: &ViewFile) -> Value {
    let mut value = serde_yaml::to_value(file.milestone.as_ref().unwrap()).unwrap();
    let tasks = serde_yaml::to_value(&file.tasks).unwrap();
    value.as_mapping_mut().unwrap().insert("tasks".into(), tasks);
    value
}

/// Writes and reads a file with both libraries, each what the other wrote.
fn agree(file: &ViewFile) -> Result<(), TestCaseError> {
    let ours = file.to_yaml(None);
    prop_assert_eq!(&ViewFile::parse(&ours), &Ok(file.clone()), "ours, of:\n{}", &ours);
    let read: Value = serde_yaml::from_str(&ours)
        .map_err(|error| TestCaseError::fail(format!("{error}, of:\n{ours}")))?;
    prop_assert_eq!(&read, &as_value(file), "theirs, of ours:\n{}", &ours);
    // To it, as to YAML 1.1, these are ends of lines, and it indents the line that it thinks begins
    // there. By YAML 1.2 that indentation is text. What we write of them, both read alike.
    let said = file.milestone.as_ref().unwrap().canonical();
    if said.contains(['\u{85}', '\u{2028}', '\u{2029}']) {
        return Ok(());
    }
    let theirs = serde_yaml::to_string(&as_value(file)).unwrap();
    prop_assert_eq!(&ViewFile::parse(&theirs), &Ok(file.clone()), "ours, of theirs:\n{}", &theirs);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn both_libraries_read_what_the_other_writes(
        texts in prop::collection::vec(text(), 1..8), number in any::<i64>(),
    ) {
        let own = document(&texts, number);
        agree(&ViewFile { milestone: Some(own.clone()), tasks: vec![own.clone(), own] })?;
    }

    #[test]
    fn no_text_makes_the_reader_panic(
        text in any::<String>(), cut in any::<prop::sample::Index>(),
    ) {
        let _ = ViewFile::parse(&text);
        let whole = document(&[text], 7);
        let yaml = ViewFile { milestone: Some(whole), tasks: vec![] }.to_yaml(Some(3));
        let places: Vec<usize> = yaml.char_indices().map(|(at, _)| at).collect();
        let _ = ViewFile::parse(&yaml[..places[cut.index(places.len())]]);
    }
}

#[test]
fn every_nasty_text_alone() {
    for text in NASTY {
        let own = document(&[(*text).to_owned()], 1);
        agree(&ViewFile { milestone: Some(own.clone()), tasks: vec![own] }).unwrap();
    }
}

/// Readers of YAML 1.1 take these for something else unless they are quoted.
#[test]
fn what_looks_like_something_else_is_quoted() {
    for text in [
        "yes",
        "No",
        "on",
        "OFF",
        "y",
        "null",
        "~",
        "true",
        "2026-12-01",
        "1e3",
        "0x1F",
        "0o17",
        "017",
        "12:30:45",
        "1_000",
        ".inf",
        "=",
        "<<",
        "2026-11-22T13:29:05.123456Z",
        "",
    ] {
        let own = document(&[text.to_owned()], 1);
        let yaml = ViewFile { milestone: Some(own), tasks: vec![] }.to_yaml(None);
        let title = yaml.lines().find_map(|line| line.strip_prefix("title: ")).unwrap();
        assert!(title.starts_with(['"', '\'']), "{title}");
        assert!(yaml.lines().any(|line| line.starts_with("due: \"")), "{yaml}");
    }
}

#[test]
fn texts_of_several_lines_are_literal_blocks_and_long_ones_stay_on_a_line() {
    let long = "word ".repeat(60) + "end";
    let own = document(&["first: line\n  second # line\n\nlast\n".into(), long.clone()], 1);
    let yaml = ViewFile { milestone: Some(own), tasks: vec![] }.to_yaml(Some(41));
    assert!(yaml.starts_with("progress: 41\n"), "{yaml}");
    assert!(yaml.contains("id: |\n  first: line\n    second # line\n\n  last\n"), "{yaml}");
    assert!(yaml.contains(&format!("title: {long}\n")), "{yaml}");
}

#[test]
fn attacks_are_refused_at_once() {
    let bomb: String = (1..12)
        .map(|at| format!("a{at}: &a{at} [{}]\n", format!("*a{},", at - 1).repeat(10)))
        .collect();
    let begun = Instant::now();
    for text in [format!("a0: &a0 x\n{bomb}"), "[".repeat(20_000), "{a: ".repeat(20_000)] {
        assert!(ViewFile::parse(&text).is_err());
    }
    let many = "- ".repeat(50_000);
    assert!(ViewFile::parse(&many).is_err());
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[test]
fn a_milestone_with_many_tasks_is_read() {
    let own = document(&["x".into()], 1);
    let file = ViewFile { milestone: Some(own.clone()), tasks: vec![own; 5_000] };
    assert_eq!(ViewFile::parse(&file.to_yaml(Some(0))), Ok(file));
}
