//! Undo: for every kind of command, the documents are what they were; undoing that is redoing.
//!
//! Not compared: when something last changed, ids of notes and blockers, time that was spent, and
//! the times of a status that was left and taken up again.
//!
//! Shown red by: an opposite that leaves a field out; no look at what was built on top; an undoing
//! that counts as nothing where only it, and not what it undid, came later.

use std::collections::BTreeMap;

use milestone_core::domain::{
    Command, Field, Fields, ImportedItem, ListField, Place, Plan, ProgressValue, Refusal, Remark,
    Stage, Value,
};
use milestone_core::projection::{Document, State};
use milestone_core::words::{Date, RecordId, StreamId};
use milestone_project::{ExecuteError, HistoryError, Project};
use serde_json::Value as Json;

use crate::asking_risks;
use crate::sound::complaints;
use crate::world::{
    Hand, World, after, archive, assert_rebuilt, cancel, complete, milestone, note, print_of, set,
    start, task, title, view_print,
};

#[path = "undo_phases.rs"]
mod undo_phases;

/// What undoing may not bring back.
const PASSING: [&str; 5] = ["changed_at", "conflicts", "time_spent", "started_at", "completed_at"];

type Documents = BTreeMap<String, BTreeMap<String, Json>>;

fn documents(state: &State) -> Documents {
    let tasks = state.task_streams().into_iter().filter_map(|stream| {
        let task = state.task(stream.as_str()).filter(|task| task.item.stage != Stage::Removed)?;
        Some((stream, Document::of_task(&task)))
    });
    let milestones = state.milestones().into_iter();
    let milestones = milestones.map(|held| (held.stream(), Document::of_milestone(&held)));
    milestones.chain(tasks).map(|(stream, document)| comparable(&stream, &document)).collect()
}

fn comparable(stream: &StreamId, document: &Document) -> (String, BTreeMap<String, Json>) {
    let mut members = document.members();
    members.retain(|name, _| !PASSING.contains(&name.as_str()));
    for list in ["notes", "blockers"] {
        let Some(entries) = members.get_mut(list).and_then(Json::as_array_mut) else { continue };
        // What was cleared stays as history.
        entries.retain(|entry| entry.get("cleared_at").is_none());
        for entry in entries.iter_mut().filter_map(Json::as_object_mut) {
            ["id", "at", "by"].iter().for_each(|name| drop(entry.remove(*name)));
        }
        if entries.is_empty() {
            members.remove(list);
        }
    }
    (stream.to_string(), members)
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn one_field(field: ListField, text: &str) -> Fields<'static> {
    Fields { set: vec![], lists: vec![(field, vec![text.to_owned().into()])] }
}

/// Two milestones with everything in them that a command may be about.
fn prepared() -> (World, Hand, Project) {
    let (world, mut hand) = World::begun();
    let mut project = world.open();
    let mut does = |command: Command| drop(hand.does(&mut project, &command));
    does(milestone("Api", &["Plan", "Build", "Check", "Ship"]));
    does(milestone("Web", &["Plan", "Build"]));
    does(milestone("Old", &["Plan"]));
    does(Command::AddCriteria { target: "api".into(), texts: strings(&["fast", "safe"]) });
    does(Command::Check { target: "api".into(), items: vec![2], checked: true });
    does(Command::Edit {
        targets: vec!["api/plan".into()],
        set: Fields {
            set: vec![
                (Field::Description, Value::Text("what to do".into())),
                (Field::Due, Value::Date(Date::from_days(20_705))),
                (Field::Weight, Value::Number(3)),
            ],
            lists: vec![],
        },
        add: one_field(ListField::Labels, "soon"),
        remove: Fields::default(),
    });
    does(after("api/build", "api/plan"));
    does(after("web", "old"));
    does(start("api/plan"));
    does(complete("api/check"));
    does(cancel("web/build"));
    let of = ProgressValue::Of { done: 2, of: 5 };
    let target = "api/plan".to_owned();
    does(Command::Progress { target, value: of, note: None, time_spent: 0 });
    let (target, text) = ("api/plan".to_owned(), "no key".to_owned());
    does(Command::Block { target, text, on: Some("zoe".into()), until: None });
    undo_phases::prepare(&mut does);
    asking_risks::prepare(&mut does);
    does(complete("old/plan"));
    does(complete("old"));
    does(archive("old"));
    (world, hand, project)
}

/// Commands that change fields, by name.
fn field_changes() -> Vec<(&'static str, Command)> {
    let target = || "api/plan".to_owned();
    let date = |field, day| set("api/plan", field, Value::Date(Date::from_days(day)));
    vec![
        ("title", title("api", "Interface")),
        ("title of a task", title("api/plan", "Think")),
        ("description", set("api/plan", Field::Description, Value::Null)),
        (
            "priority",
            set("api", Field::Priority, Value::Priority(milestone_core::domain::Priority::Low)),
        ),
        ("owner", set("api", Field::Owner, Value::Text("zoe".into()))),
        ("start", date(Field::Start, 20_700)),
        ("due", date(Field::Due, 20_709)),
        ("estimate", set("api/plan", Field::Estimate, Value::Number(90))),
        ("weight", set("api/plan", Field::Weight, Value::Null)),
        ("template", set("api", Field::Template, Value::Text("team".into()))),
        ("external id", set("api", Field::ExternalId, Value::Text("A-1".into()))),
        (
            "lists",
            Command::Edit {
                targets: vec![target()],
                set: Fields::default(),
                add: one_field(ListField::Assignees, "bob"),
                remove: one_field(ListField::Labels, "soon"),
            },
        ),
    ]
}

/// Commands that change the status, by name.
fn status_changes() -> Vec<(&'static str, Command)> {
    let both = strings(&["api/plan", "api/ship"]);
    vec![
        ("start of a task", start("api/ship")),
        ("start of a milestone", start("web/plan").clone()),
        ("completion", complete("api/plan")),
        ("completion from open", complete("api/ship")),
        (
            "completions",
            Command::Complete {
                targets: both,
                force: None,
                note: Some("done".into()),
                time_spent: 30,
                contents: Vec::new(),
            },
        ),
        ("cancellation", cancel("api/plan")),
        ("cancelled milestone", cancel("api")),
        ("reopening", Command::Reopen { targets: strings(&["api/check"]), reason: None }),
        (
            "reopening what was cancelled",
            Command::Reopen { targets: strings(&["web/build"]), reason: Some("after all".into()) },
        ),
        ("restoring", Command::Restore { targets: strings(&["old"]) }),
        ("removal", Command::RemoveTasks { targets: strings(&["api/plan", "api/ship"]) }),
    ]
}

/// Everything else that has an opposite, by name.
fn other_changes() -> Vec<(&'static str, Command)> {
    let target = || "api/plan".to_owned();
    let moved = |to: Option<&str>, place| Command::MoveTask {
        target: target(),
        to: to.map(str::to_owned),
        place,
    };
    let progress = |value| Command::Progress {
        target: target(),
        value,
        note: Some("nearly".into()),
        time_spent: 5,
    };
    vec![
        ("percent", progress(ProgressValue::Percent(70))),
        ("progress", progress(ProgressValue::Of { done: 3, of: 5 })),
        ("place", moved(None, Place::Last)),
        ("place after", moved(None, Place::After("ship".into()))),
        ("milestone", moved(Some("web"), Place::First)),
        (
            "blocker",
            Command::Block {
                target: "api".into(),
                text: "no room".into(),
                on: None,
                until: Some(Date::from_days(20_710)),
            },
        ),
        ("unblocking", Command::Unblock { target: target(), blocker: None, note: None }),
        ("note", note("api", "a note")),
        ("link", Command::Link { target: target(), kind: "see".into(), to: "https://x".into() }),
        ("dependency", after("api/ship", "web/plan")),
        ("dependency of a milestone", after("api", "web")),
        (
            "no dependency",
            Command::RemoveDependencies {
                target: "api/build".into(),
                after: strings(&["api/plan"]),
            },
        ),
        ("check", Command::Check { target: "api".into(), items: vec![1], checked: true }),
        ("uncheck", Command::Check { target: "api".into(), items: vec![2], checked: false }),
        ("criteria", Command::AddCriteria { target: target(), texts: strings(&["a", "b"]) }),
        ("new task", Command::AddTasks { on: "web".into(), tasks: vec![task("New"), task("Two")] }),
        ("adoption", Command::Adopt { edits: vec![title("api", "A"), title("api/plan", "P")] }),
    ]
}

/// The documents without what is new in them, which undoing cancels: it cannot unmake it.
fn without(documents: Documents, new: &[&str]) -> Documents {
    documents.into_iter().filter(|(stream, _)| !new.contains(&stream.as_str())).collect()
}

#[track_caller]
fn undo(project: &mut Project, hand: &mut Hand, record: RecordId) -> RecordId {
    let outcome = project.undo(record, &hand.caller());
    outcome.unwrap_or_else(|error| panic!("{error}")).record.unwrap()
}

#[test]
fn what_is_undone_is_as_it_was_and_what_is_redone_as_it_became() {
    let fields = field_changes().into_iter().chain(undo_phases::changes());
    let fields = fields.chain(asking_risks::changes());
    for (name, command) in fields.chain(status_changes()).chain(other_changes()) {
        let (_world, mut hand, mut project) = prepared();
        let before = documents(project.state());
        let record = hand.does(&mut project, &command).record.unwrap();
        let changed = documents(project.state());
        // Time and progress reports aside, every command shows.
        assert_ne!(before, changed, "{name} changes nothing");
        let undone = undo(&mut project, &mut hand, record);
        assert_eq!(documents(project.state()), before, "{name}, undone");
        assert_eq!(complaints(project.state(), true), Vec::<String>::new(), "{name}, undone");
        let redone = undo(&mut project, &mut hand, undone);
        assert_eq!(documents(project.state()), changed, "{name}, redone");
        undo(&mut project, &mut hand, redone);
        assert_eq!(documents(project.state()), before, "{name}, undone again");
        assert_rebuilt(&project);
        assert_eq!(view_print(&project), print_of(project.state()));
    }
}

#[test]
fn a_milestone_that_is_undone_is_cancelled() {
    let (_world, mut hand, mut project) = prepared();
    let before = documents(project.state());
    let record = hand.does(&mut project, &milestone("Fresh", &["One"])).record.unwrap();
    undo(&mut project, &mut hand, record);
    let now = documents(project.state());
    assert_eq!(now["fresh"]["status"], "cancelled");
    assert!(!now.contains_key("fresh/one"));
    assert_eq!(without(now, &["fresh"]), before);
}

#[test]
fn what_is_undone_is_not_undone_again() {
    let (world, mut hand, mut project) = prepared();
    let record = hand.does(&mut project, &note("api", "a note")).record.unwrap();
    let undone = undo(&mut project, &mut hand, record);
    let bytes = world.log_files();
    let refused = project.undo(record, &hand.caller()).unwrap_err();
    assert!(refused.to_string().contains("already"), "{refused}");
    assert_eq!(world.log_files(), bytes);
    let listed =
        |project: &Project| project.undoable("ann").unwrap().iter().any(|u| u.record == record);
    assert!(!listed(&project));
    undo(&mut project, &mut hand, undone);
    assert!(listed(&project), "redone, it stands again");
    undo(&mut project, &mut hand, record);
    assert!(!listed(&project));
}

#[test]
fn what_was_built_on_is_not_undone() {
    let steps: Vec<(Command, Command)> = vec![
        (title("api", "One"), title("api", "Two")),
        (start("api/ship"), complete("api/ship")),
        (milestone("Fresh", &["One"]), note("fresh/one", "a note")),
        (Command::AddTasks { on: "web".into(), tasks: vec![task("New")] }, title("web/new", "N")),
        (
            Command::AddCriteria { target: "web".into(), texts: strings(&["works"]) },
            Command::Check { target: "web".into(), items: vec![1], checked: true },
        ),
        (
            after("api/ship", "web/plan"),
            Command::RemoveDependencies {
                target: "api/ship".into(),
                after: strings(&["web/plan"]),
            },
        ),
        (
            Command::MoveTask { target: "api/ship".into(), to: None, place: Place::First },
            Command::MoveTask {
                target: "api/ship".into(),
                to: Some("web".into()),
                place: Place::Last,
            },
        ),
    ];
    for (first, second) in steps {
        let (world, mut hand, mut project) = prepared();
        let record = hand.does(&mut project, &first).record.unwrap();
        let built = hand.does(&mut project, &second).record.unwrap();
        let bytes = world.bytes();
        let refused = project.undo(record, &hand.caller());
        let Err(HistoryError::Execute(ExecuteError::Refused(Refusal::BuiltOnTop {
            later, ..
        }))) = refused
        else {
            panic!("{first:?}: {refused:?}")
        };
        assert_eq!(later, built, "{first:?}");
        assert_eq!(world.bytes(), bytes);
        // What was built goes first, then what it was built on.
        let before = documents(project.state());
        let undone = undo(&mut project, &mut hand, built);
        let back = undo(&mut project, &mut hand, record);
        undo(&mut project, &mut hand, back);
        undo(&mut project, &mut hand, undone);
        assert_eq!(documents(project.state()), before, "{first:?}");
    }
}

#[test]
fn nothing_is_redone_where_what_it_was_built_on_was_undone() {
    for (first, second) in undo_phases::built_on() {
        let (world, mut hand, mut project) = prepared();
        let record = hand.does(&mut project, &first).record.unwrap();
        let built = hand.does(&mut project, &second).record.unwrap();
        let undone = undo(&mut project, &mut hand, built);
        let back = undo(&mut project, &mut hand, record);
        let bytes = world.bytes();
        let refused = project.undo(undone, &hand.caller());
        let Err(HistoryError::Execute(ExecuteError::Refused(Refusal::BuiltOnTop {
            later, ..
        }))) = refused
        else {
            panic!("{first:?}: {refused:?}")
        };
        assert_eq!(later, back, "{first:?}");
        assert_eq!(world.bytes(), bytes);
        assert_eq!(complaints(project.state(), true), [""; 0], "{first:?}");
    }
}

#[test]
fn some_things_have_no_opposite() {
    let (world, mut hand, mut project) = prepared();
    let remark = Remark { text: String::new(), at: None, by: None };
    let mut fields = Fields::default();
    fields.put(Field::Title, Value::Text("From elsewhere".into()));
    let import = Command::Import(Box::new(ImportedItem {
        external_id: "bd-1".into(),
        within: None,
        fields,
        criteria: vec![],
        notes: vec![],
        blocker: None,
        stage: Stage::Open,
        created: remark,
        started_at: None,
        ended: None,
        source: None,
    }));
    let caller = hand.keyed("import:beads:bd-1:0");
    let imported = project.execute(&import, &caller).unwrap().record.unwrap();
    let kind = "x.acme.ping".to_owned();
    let custom = Command::Custom { kind, target: None, details: "{}".into() };
    let custom = hand.does(&mut project, &custom).record.unwrap();
    let begun = world.ids()[0];
    let bytes = world.bytes();
    for record in [imported, custom, begun] {
        let refused = project.undo(record, &hand.caller());
        let refused = match refused {
            Err(HistoryError::Execute(ExecuteError::Refused(refusal))) => refusal,
            other => panic!("{other:?}"),
        };
        assert!(matches!(refused, Refusal::CannotUndo { .. }), "{refused}");
    }
    let unknown = project.undo(RecordId([7; 32]), &hand.caller());
    assert!(matches!(unknown, Err(HistoryError::UnknownRecord { .. })));
    assert_eq!(world.bytes(), bytes);
}
