//! What is asked of each parser, whatever it is given: no panic, and what it took can be written
//! down and taken again.
//!
//! Start at [`TARGETS`]. The fuzzers beside this file feed it what they make up; the tests of
//! `milestone-cli` feed it the corpora, so that nothing which was found once comes back.
//!
//! - **Absent on purpose.** Hashes of records: nobody guesses a SHA-256, so each line gets the one
//!   that is right for it, and what comes behind the hash is reached.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use milestone_cli::config::Config;
use milestone_core::domain::{NewPhase, NewWorkflow, PhaseSpec, Refusal};
use milestone_core::log::{LineFault, Step, record, scan};
use milestone_core::projection::{Folder, State};
use milestone_core::query::{Scope, Viewer, parse, parse_sort, select};
use milestone_core::words::{
    Clock, Date, RecordId, Sense, Slug, StreamId, Timestamp, check_prose, check_title,
    duration_minutes, fold, slug_of, when,
};
use milestone_interop::beads::{ImportOptions, SourceFile, commands, plan};
use milestone_interop::{outline, template};
use milestone_store_file::WorkflowFile;
use milestone_store_file::view::ViewFile;
use milestone_testkit::MemoryStore;
use sha2::{Digest, Sha256};

/// A target: its name and what it does with bytes.
pub type Target = (&'static str, fn(&[u8]));

/// Every target; each has a corpus of its name.
pub const TARGETS: [Target; 8] = [
    ("record_line", record_line),
    ("log_file", log_file),
    ("yaml_view", yaml_view),
    ("importers", importers),
    ("templates", templates),
    ("query", query),
    ("ids", ids),
    ("config", config),
];

/// One line of the log.
pub fn record_line(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _ = record::parse(text);
    let line = with_right_hash(text);
    match record::parse(&line) {
        Ok(record) => {
            let mut folder = Folder::new();
            let _ = folder.fold(&record);
            let again = serde_json::to_string(&record.events).expect("events can be written");
            // Not as a `Value`: of 2e538 JSON says nothing, and what is foreign is kept as it is.
            serde_json::from_str::<&serde_json::value::RawValue>(&again).expect("and are JSON");
        }
        Err(LineFault::WrongHash { .. }) => panic!("the hash is right"),
        Err(_) => {}
    }
}

/// A file of the log, and the same lines in two files.
pub fn log_file(bytes: &[u8]) {
    let lines: Vec<String> = String::from_utf8_lossy(bytes).lines().map(with_right_hash).collect();
    let folded = |store: &MemoryStore| {
        let mut folder = Folder::new();
        let read = scan(store, |step| match step {
            Step::Restart => folder = Folder::new(),
            Step::Line(line, _) => {
                let _ = folder.fold(&line.record);
            }
        });
        let checkpoint = read.expect("memory can be read");
        (checkpoint.count, checkpoint.digest, print(&folder.state))
    };
    let _ = folded(&MemoryStore::with_files([("raw.jsonl", bytes.to_vec())]));
    let one = folded(&MemoryStore::from_lines(&lines));
    let deal: Vec<u8> = (0..lines.len()).map(|place| (place % 2) as u8).collect();
    assert_eq!(one, folded(&MemoryStore::dealt(&lines, &deal)), "files mean nothing");
}

/// A file of the view, as somebody may have edited it, and a workflow.
pub fn yaml_view(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _ = WorkflowFile::parse("w", text);
    if let Ok(view) = ViewFile::parse(text) {
        let written = view.to_yaml(None);
        let again = ViewFile::parse(&written).expect("what is written can be read");
        assert_eq!(again.to_yaml(None), written, "and is written alike");
    }
}

/// Files of Beads.
pub fn importers(bytes: &[u8]) {
    let half = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    let (first, second) = bytes.split_at(half);
    let files = [
        SourceFile { name: "issues.jsonl", bytes: first },
        SourceFile { name: "dependencies.jsonl", bytes: second.get(1..).unwrap_or_default() },
    ];
    let options = ImportOptions { into: Some("inbox".to_owned()) };
    if let Ok(plan) = plan(&files, &options) {
        assert!(!plan.report.lines().is_empty());
        commands(plan).for_each(drop);
    }
}

/// Templates and outlines.
pub fn templates(bytes: &[u8]) {
    let spec = |phase: &str| PhaseSpec { phase: phase.to_owned(), ..PhaseSpec::default() };
    let phase = |phase| NewPhase { spec: spec(phase), criteria: Vec::new() };
    let phases = ["design", "spec", "task", "execute"].map(phase).to_vec();
    let kiro = NewWorkflow { name: "kiro".to_owned(), phases };
    let workflows = template::Workflows::new(vec![("kiro".to_owned(), Ok(kiro))]);
    if let Ok(read) = template::parse(bytes, &workflows)
        && template::is_writable(&read, &workflows)
    {
        let written = template::write(&read);
        let again =
            template::parse(written.as_bytes(), &workflows).expect("what is written can be read");
        assert_eq!(template::write(&again), written, "and is written alike");
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let clock = Clock { now: chrono::DateTime::UNIX_EPOCH, offset_minutes: 0 };
        let _ = outline::plan(text, &clock);
    }
}

/// Queries, and orders.
pub fn query(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _ = parse_sort(text);
    let clock = Clock { now: chrono::DateTime::UNIX_EPOCH, offset_minutes: 0 };
    let find = |asked: &str| {
        let unknown = || Refusal::UnknownRef { asked: asked.to_owned() };
        StreamId::parse(asked).ok_or_else(unknown)
    };
    let viewer = Viewer { clock, me: &|| "ann".to_owned(), find: &find, view: &|_| Err(None) };
    let Ok(query) = parse(text, &viewer) else { return };
    let printed = query.to_string();
    let again = parse(&printed, &viewer).expect("what is printed can be read");
    assert_eq!(again.to_string(), printed, "and is printed alike");
    for scope in [Scope::Milestones, Scope::Tasks, Scope::Both] {
        let _ = select(sample(), scope, &query);
    }
}

/// Names, times and lengths of time.
pub fn ids(bytes: &[u8]) {
    let _ = RecordId::parse(bytes).map(|id| assert_eq!(id.to_string().as_bytes(), bytes));
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    Slug::check(slug_of(text).as_str()).expect("a slug that was made is one");
    if let Some(stream) = StreamId::parse(text) {
        assert_eq!(stream.as_str(), text);
    }
    if let Some(time) = Timestamp::parse(text) {
        assert_eq!(Timestamp::parse(&time.to_string()), Some(time));
    }
    if let Some(date) = Date::parse(text) {
        assert_eq!(Date::parse(&date.to_string()), Some(date));
    }
    let _ = (check_title(text), check_prose(text), duration_minutes(text));
    let once = fold(text);
    assert_eq!(fold(&once), once, "folding twice changes nothing");
    let clock = Clock { now: chrono::DateTime::UNIX_EPOCH, offset_minutes: 345 };
    for sense in [Sense::Plan, Sense::Past] {
        if let Ok(moment) = when(text, &clock, sense) {
            let _ = (moment.day(&clock), moment.end(&clock), moment.begin(&clock));
        }
    }
}

/// A file of settings.
pub fn config(bytes: &[u8]) {
    thread_local! {
        static HOME: tempfile::TempDir = tempfile::tempdir_in("/dev/shm")
            .or_else(|_| tempfile::tempdir()).expect("there is room for a file");
    }
    HOME.with(|home| {
        let folder = home.path().join("milestone");
        std::fs::create_dir_all(&folder).expect("there is room for a folder");
        std::fs::write(folder.join("config.toml"), bytes).expect("and for a file");
        let env = BTreeMap::from([("XDG_CONFIG_HOME".into(), home.path().display().to_string())]);
        let config = Config::load(&env, None);
        let _ = (config.settings(), config.policy(), config.level(), config.pager());
    });
}

/// The line with the id that its body has.
fn with_right_hash(text: &str) -> String {
    let text = text.trim_end_matches(['\n', '\r']);
    // What stands where a body would: behind the id, or all of it.
    let body = text.get(73..).filter(|_| text.starts_with("{\"id\":\"")).unwrap_or(text);
    let body = body.trim_start_matches('{');
    let hash = Sha256::digest(format!("{{{body}").as_bytes());
    format!("{{\"id\":\"{}\",{body}", RecordId(hash.into()))
}

fn print(state: &State) -> String {
    milestone_core::projection::Fingerprint::of_state(state).to_string()
}

/// A plan to ask.
fn sample() -> &'static State {
    static SAMPLE: OnceLock<State> = OnceLock::new();
    SAMPLE.get_or_init(|| {
        let mut folder = Folder::new();
        scan(&milestone_testkit::full_log(), |step| {
            if let Step::Line(line, _) = step {
                let _ = folder.fold(&line.record);
            }
        })
        .expect("memory can be read");
        folder.state
    })
}
