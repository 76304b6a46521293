//! Edits made by hand in the YAML view: each field becomes one event, decided three ways; what is
//! refused is named by its place, and nobody's edit is written over.
//!
//! Shown red by: releasing an edit whose record was refused; comparing with a state that is behind.

use std::fs;

use milestone_core::domain::{Command, Field, ListField, Plan, Value};
use milestone_core::words::Date;
use milestone_project::{AdoptReport, ExecuteError, HistoryError, Project};

use crate::world::{
    Hand, World, after, assert_rebuilt, complete, milestone, note, print_of, set, title, view_print,
};

const API: &str = "active/api.yaml";

fn prepared() -> (World, Hand, Project) {
    let (world, mut hand) = World::begun();
    let mut project = world.open();
    let text = |text: &str| Value::Text(text.to_owned().into());
    let date = |day| Value::Date(Date::from_days(day));
    let mut label = milestone_core::domain::Fields::default();
    label.lists.push((ListField::Labels, vec!["red".into()]));
    for command in [
        milestone("Api", &["Plan", "Build"]),
        milestone("Web", &["Plan"]),
        set("api", Field::Description, text("what it is")),
        set("api", Field::Owner, text("ann")),
        set("api", Field::Start, date(20_700)),
        set("api", Field::Due, date(20_710)),
        set("api/plan", Field::Estimate, Value::Number(60)),
        Command::Edit {
            targets: vec!["api".into()],
            set: milestone_core::domain::Fields::default(),
            add: label,
            remove: milestone_core::domain::Fields::default(),
        },
        Command::AddCriteria { target: "api".into(), texts: vec!["fast".into(), "safe".into()] },
        after("api/build", "api/plan"),
    ] {
        hand.does(&mut project, &command);
    }
    (world, hand, project)
}

fn adopt(project: &mut Project, hand: &mut Hand) -> AdoptReport {
    project.adopt(&[], &hand.caller()).unwrap()
}

/// How many events a record has.
fn events(project: &Project, report: &AdoptReport) -> usize {
    let record = report.record.unwrap();
    let all = project.history(&milestone_project::HistoryFilter::default()).unwrap();
    all.iter().filter(|entry| entry.record == record).count()
}

#[test]
fn every_field_that_may_be_edited_becomes_one_event() {
    let edits = [
        ("title: Api", "title: Interface", "api title"),
        ("title: Plan", "title: Think", "api/plan title"),
        ("description: what it is", "description: |\n  two\n  lines", "api description"),
        ("description: what it is\n", "", "api description"),
        ("owner: ann", "owner: zoe", "api owner"),
        ("owner: ann", "owner: zoe\npriority: high", "\0api owner, api priority"),
        ("start: \"2026-09-04\"", "start: 2026-09-05", "api start"),
        ("due: \"2026-09-14\"", "due: \"2026-10-01\"", "api due"),
        ("estimate: 60", "estimate: 90", "api/plan estimate"),
        ("estimate: 60", "estimate: 60\n  weight: 4", "api/plan weight"),
        ("- red", "- blue", "api labels"),
        ("status: planned", "status: active", "api status"),
        ("status: pending", "status: in_progress", "\0api/plan status, +1"),
        ("status: pending", "status: done", "\0api/plan status, +1"),
        ("checked: false", "checked: true", "api criteria"),
        ("  dependencies:\n  - api/plan\n", "", "api/build dependencies"),
        ("  - api/plan\n", "  - api/plan\n  - web\n", "api/build dependencies"),
    ];
    for (from, to, what) in edits {
        let (world, mut hand, mut project) = prepared();
        world.edit(API, from, to);
        let report = adopt(&mut project, &mut hand);
        assert_eq!((report.files, report.refused.as_slice()), (1, &[][..]), "{to:?}");
        match what.strip_prefix('\0') {
            // Two fields, or a milestone that begins with its task.
            Some(_) => assert_eq!(events(&project, &report), 2, "{to:?}"),
            None => {
                assert_eq!(report.adopted, [what], "{to:?}");
                assert_eq!(events(&project, &report), 1, "{to:?}");
            }
        }
        assert!(world.view(API).starts_with("# Written by milestone"), "its header is back");
        assert_eq!(view_print(&project), print_of(project.state()), "{to:?}");
        assert_rebuilt(&project);
        let again = adopt(&mut project, &mut hand);
        assert_eq!(again, AdoptReport::default(), "there is nothing left");
    }
}

#[test]
fn a_new_task_is_added_and_a_missing_one_is_refused() {
    let (world, mut hand, mut project) = prepared();
    let mut text = world.view(API);
    text.push_str("- id: ship\n  title: Ship it\n  status: done\n  labels:\n  - late\n");
    text.push_str("  criteria:\n  - id: new\n    text: it left\n    checked: true\n");
    fs::write(world.path(API), text).unwrap();
    let report = adopt(&mut project, &mut hand);
    assert_eq!(report.refused, []);
    let ship = project.state().task("api/ship").unwrap();
    assert!(ship.item.criteria[0].checked, "{ship:?}");
    assert_eq!((&*ship.item.title, ship.status()), ("Ship it", "done"));
    assert_eq!(view_print(&project), print_of(project.state()));
    // A task that is taken out of the list, and one field beside it.
    let text = world.view(API);
    let at = text.find("- id: ship").unwrap();
    let edited = text[..at].replacen("title: Api", "title: Interface", 1);
    fs::write(world.path(API), &edited).unwrap();
    let report = adopt(&mut project, &mut hand);
    assert_eq!(report.adopted, ["api title"]);
    assert_eq!(report.refused.len(), 1);
    assert_eq!(
        (report.refused[0].what.as_str(), &report.refused[0].path),
        ("api/ship", &world.path(API))
    );
    assert!(report.refused[0].why.contains("milestone task remove api/ship"));
    assert!(project.state().task("api/ship").is_some());
    assert_eq!(world.view(API), edited, "what was not all taken in is left as it is");
}

/// Changed here and there: to the same it is nothing, to different values it is refused.
#[test]
fn three_ways() {
    for same in [true, false] {
        let (world, mut hand, mut project) = prepared();
        world.edit(API, "owner: ann", "owner: zoe");
        world.edit(API, "title: Plan", "title: Think");
        let owner = if same { "zoe" } else { "bob" };
        let owner = Value::Text(owner.to_owned().into());
        let done = hand.does(&mut project, &set("api", Field::Owner, owner));
        assert!(!done.warnings.is_empty(), "the edit is left alone, and said to be");
        hand.does(&mut project, &title("api", "Interface"));
        let edited = world.view(API);
        let report = adopt(&mut project, &mut hand);
        assert_eq!(report.adopted, ["api/plan title"]);
        let api = project.state().milestone("api").unwrap();
        assert_eq!(&*api.item.title, "Interface", "what the file had not changed stays");
        if same {
            assert_eq!(report.refused, []);
            assert_eq!(view_print(&project), print_of(project.state()));
        } else {
            assert_eq!(report.refused.len(), 1);
            assert_eq!(report.refused[0].what, "api owner");
            assert!(report.refused[0].why.contains("bob"), "{:?}", report.refused);
            assert_eq!(world.view(API), edited);
            assert_eq!(api.item.owner.as_deref(), Some("bob"));
        }
    }
}

/// What another process recorded meanwhile was recorded: the process that adopts must look.
#[test]
fn a_process_that_is_behind_looks_again() {
    let (world, mut hand, mut project) = prepared();
    world.edit(API, "owner: ann", "owner: zoe");
    let bob = Value::Text("bob".into());
    hand.does(&mut world.open(), &set("api", Field::Owner, bob));
    let report = adopt(&mut project, &mut hand);
    assert_eq!(report.refused.len(), 1, "{report:?}");
    assert_eq!(project.state().milestone("api").unwrap().item.owner.as_deref(), Some("bob"));
}

#[test]
fn what_cannot_be_taken_in_is_named_and_left() {
    let edits = [
        ("title: Api", "title: \"\"", "api title"),
        ("title: Api", "title: \"a\\u0007b\"", "api title"),
        ("due: \"2026-09-14\"", "due: 2026-09-01", "api due"),
        ("status: planned", "status: cancelled", "api status"),
        ("status: planned", "status: sideways", "api status"),
        ("status: planned", "status: completed", "api status"),
        ("created_by: ann", "created_by: eve", "api created_by"),
        ("text: fast", "text: faster", "api criteria"),
        ("- api/plan\n", "- nobody\n", "api/build dependencies"),
        ("title: Api", "title: Api\nshape: round", "api"),
        ("title: Api", "title: [", "api"),
        ("id: api", "id: other", "api"),
        ("id: build", "id: fresh\n  title: Fresh\n- id: build", "api"),
    ];
    for (from, to, what) in edits {
        let (world, mut hand, mut project) = prepared();
        world.edit(API, from, to);
        let (bytes, count) = (world.bytes(), project.checkpoint().count);
        let report = adopt(&mut project, &mut hand);
        assert_eq!(report.refused.len(), 1, "{to:?}: {report:?}");
        assert_eq!((report.refused[0].what.as_str(), report.record), (what, None), "{to:?}");
        assert_eq!((world.bytes(), project.checkpoint().count), (bytes, count), "{to:?}");
        let edited = world.view(API);
        hand.does(&mut project, &note("api", "a command later"));
        assert_eq!(world.view(API), edited, "{to:?} is left alone");
    }
}

#[test]
fn two_files_are_one_record_and_paths_choose() {
    let (world, mut hand, mut project) = prepared();
    let edit = || {
        world.edit(API, "title: Api", "title: Interface");
        world.edit("active/web.yaml", "title: Web", "title: Site");
    };
    edit();
    let report = adopt(&mut project, &mut hand);
    assert_eq!(report.adopted, ["api title", "web title"]);
    assert_eq!((report.files, events(&project, &report)), (2, 2));
    assert_eq!(view_print(&project), print_of(project.state()));
    world.edit(API, "title: Interface", "title: Api");
    world.edit("active/web.yaml", "title: Site", "title: Web");
    let only = [world.path("active/web.yaml")];
    let report = project.adopt(&only, &hand.caller()).unwrap();
    assert_eq!((report.files, report.adopted.as_slice()), (1, &["web title".to_owned()][..]));
    assert!(world.view(API).contains("title: Api"), "the other one waits");
    let dry = milestone_project::Caller { dry_run: true, ..hand.caller() };
    let bytes = world.bytes();
    let shown = project.adopt(&[], &dry).unwrap();
    assert_eq!((shown.adopted.as_slice(), shown.record), (&["api title".to_owned()][..], None));
    assert_eq!(world.bytes(), bytes);
    adopt(&mut project, &mut hand);
    assert_eq!(view_print(&project), print_of(project.state()));
}

/// A record that could not be written takes the release of its files along.
#[test]
fn an_adoption_that_failed_gives_nothing_up() {
    let (world, mut hand, mut project) = prepared();
    project.execute(&note("web", "first"), &hand.keyed("k")).unwrap();
    world.edit(API, "title: Api", "title: Interface");
    let edited = world.view(API);
    let failed = project.adopt(&[], &hand.keyed("k")).unwrap_err();
    assert!(matches!(failed, HistoryError::Execute(ExecuteError::KeyReused { .. })), "{failed}");
    let done = hand.does(&mut project, &note("api", "the next command"));
    assert_eq!(world.view(API), edited, "the edit was not adopted, and is not written over");
    assert!(!done.warnings.is_empty());
    let report = adopt(&mut project, &mut hand);
    assert_eq!(report.adopted, ["api title"]);
    hand.does(&mut project, &complete("api/plan"));
    assert_eq!(view_print(&project), print_of(project.state()));
}
