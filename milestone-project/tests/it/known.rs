//! Rules that were once broken, each by its smallest case.
//!
//! Shown red by: reopening without a look for cycles; dependencies removed as often as they are
//! named; positions without bounds; an undoing that checks no rule; an opposite that says now;
//! edits that are each decided on the state without the others.

use std::fs;

use milestone_core::domain::{Command, Field, Plan, Refusal, Value};
use milestone_core::words::{Date, RecordId};
use milestone_project::{ExecuteError, HistoryError, Project};

use crate::sound::complaints;
use crate::world::{Hand, World, after, archive, cancel, complete, milestone, set, start, title};

const API: &str = "active/api.yaml";

fn prepared() -> (World, Hand, Project) {
    let (world, mut hand) = World::begun();
    let mut project = world.open();
    hand.does(&mut project, &milestone("Api", &["Plan", "Build"]));
    hand.does(&mut project, &milestone("Web", &["Plan"]));
    (world, hand, project)
}

fn day(field: Field, target: &str, day: i64) -> Command {
    set(target, field, Value::Date(Date::from_days(day)))
}

fn no_longer(target: &str, on: &[&str]) -> Command {
    let after = on.iter().map(|on| (*on).to_owned()).collect();
    Command::RemoveDependencies { target: target.to_owned(), after }
}

fn reopen(targets: &[&str]) -> Command {
    let targets = targets.iter().map(|target| (*target).to_owned()).collect();
    Command::Reopen { targets, reason: None }
}

#[track_caller]
fn refuses_to_undo(project: &mut Project, record: RecordId, hand: &mut Hand) {
    let before = project.checkpoint().count;
    let refused = project.undo(record, &hand.caller()).unwrap_err();
    let cannot = |refusal: &Refusal| matches!(refusal, Refusal::CannotUndo { .. });
    assert!(
        matches!(&refused, HistoryError::Execute(ExecuteError::Refused(why)) if cannot(why)),
        "{refused}"
    );
    assert_eq!(project.checkpoint().count, before);
}

#[track_caller]
fn assert_sound(project: &Project) {
    assert_eq!(complaints(project.state(), true), Vec::<String>::new());
}

#[test]
fn reopening_closes_no_cycle() {
    let (_world, mut hand, mut project) = prepared();
    hand.does(&mut project, &cancel("api/plan"));
    // A milestone does not need a cancelled task, so this closes no cycle yet.
    hand.does(&mut project, &after("api/plan", "api"));
    hand.asks(&mut project, &reopen(&["api/plan"])).unwrap_err();
    assert_sound(&project);
}

#[test]
fn reopening_two_closes_no_cycle() {
    let (_world, mut hand, mut project) = prepared();
    hand.does(&mut project, &cancel("api/plan"));
    hand.does(&mut project, &cancel("web/plan"));
    hand.does(&mut project, &after("api/plan", "web"));
    hand.does(&mut project, &after("web/plan", "api"));
    hand.asks(&mut project, &reopen(&["api/plan", "web/plan"])).unwrap_err();
    hand.does(&mut project, &reopen(&["api/plan"]));
    hand.asks(&mut project, &reopen(&["web/plan"])).unwrap_err();
    assert_sound(&project);
}

#[test]
fn a_dependency_that_is_named_twice_is_removed_once() {
    let (_world, mut hand, mut project) = prepared();
    hand.does(&mut project, &after("api", "web"));
    hand.does(&mut project, &no_longer("api", &["web", "web"]));
    assert_sound(&project);
}

#[test]
fn a_position_that_leaves_no_room_is_refused() {
    let (_world, mut hand, mut project) = prepared();
    for position in [i64::MAX, i64::MIN, (1 << 52) + 1] {
        let far = set("api/plan", Field::Position, Value::Number(position));
        hand.asks(&mut project, &far).unwrap_err();
    }
    hand.does(&mut project, &set("api/plan", Field::Position, Value::Number(1 << 52)));
    let tasks = vec![crate::world::task("Next")];
    hand.does(&mut project, &Command::AddTasks { on: "api".into(), tasks });
    assert_sound(&project);
}

#[test]
fn undoing_closes_no_cycle() {
    let (_world, mut hand, mut project) = prepared();
    hand.does(&mut project, &after("api", "web"));
    let removed = hand.does(&mut project, &no_longer("api", &["web"])).record.unwrap();
    hand.does(&mut project, &after("web", "api"));
    refuses_to_undo(&mut project, removed, &mut hand);
    assert_sound(&project);
}

#[test]
fn undoing_opens_nothing_in_a_completed_milestone() {
    let (_world, mut hand, mut project) = prepared();
    let cancelled = hand.does(&mut project, &cancel("web/plan")).record.unwrap();
    hand.does(&mut project, &complete("web"));
    refuses_to_undo(&mut project, cancelled, &mut hand);
    assert_sound(&project);
}

#[test]
fn undoing_writes_to_no_archived_milestone() {
    let (_world, mut hand, mut project) = prepared();
    let edited = hand.does(&mut project, &title("web", "Site")).record.unwrap();
    hand.does(&mut project, &cancel("web"));
    hand.does(&mut project, &archive("web"));
    refuses_to_undo(&mut project, edited, &mut hand);
    assert_eq!(&*project.state().milestone("web").unwrap().item.title, "Site");
}

#[test]
fn undoing_leaves_dates_in_order() {
    let (_world, mut hand, mut project) = prepared();
    hand.does(&mut project, &day(Field::Due, "api", 20_700));
    let moved = hand.does(&mut project, &day(Field::Due, "api", 20_710)).record.unwrap();
    hand.does(&mut project, &day(Field::Start, "api", 20_705));
    refuses_to_undo(&mut project, moved, &mut hand);
    assert_sound(&project);
}

#[test]
fn undoing_a_start_leaves_the_milestone_begun_for_others() {
    let (_world, mut hand, mut project) = prepared();
    let started = hand.does(&mut project, &start("api/plan")).record.unwrap();
    hand.does(&mut project, &start("api/build"));
    refuses_to_undo(&mut project, started, &mut hand);
    assert_eq!(project.state().milestone("api").unwrap().status(), "active");
}

#[test]
fn undoing_a_completion_keeps_when_work_began() {
    let (_world, mut hand, mut project) = prepared();
    hand.does(&mut project, &start("api/plan"));
    let began = |project: &Project| project.state().task("api/plan").unwrap().item.started_at;
    let before = began(&project);
    let done = hand.does(&mut project, &complete("api/plan")).record.unwrap();
    project.undo(done, &hand.caller()).unwrap();
    assert_eq!(began(&project), before);
}

#[test]
fn undoing_a_reopening_keeps_both_times() {
    let (_world, mut hand, mut project) = prepared();
    hand.does(&mut project, &start("web/plan"));
    hand.does(&mut project, &complete("web/plan"));
    hand.does(&mut project, &start("api/plan"));
    hand.does(&mut project, &cancel("api/plan"));
    for task in ["web/plan", "api/plan"] {
        let times = |project: &Project| {
            let task = project.state().task(task).unwrap();
            (task.item.stage, task.item.started_at, task.item.completed_at)
        };
        let before = times(&project);
        let reopened = hand.does(&mut project, &reopen(&[task])).record.unwrap();
        project.undo(reopened, &hand.caller()).unwrap();
        assert_eq!(times(&project), before);
    }
    assert_sound(&project);
}

#[test]
fn undoing_a_reopening_keeps_what_was_left_open() {
    let (_world, mut hand, mut project) = prepared();
    let force = Some("they do not need it".to_owned());
    let targets = vec!["web".to_owned()];
    let done =
        Command::Complete { targets, force, note: None, time_spent: 0, contents: Vec::new() };
    hand.does(&mut project, &done);
    let before = project.state().milestone("web").unwrap();
    let reopened = hand.does(&mut project, &reopen(&["web"])).record.unwrap();
    project.undo(reopened, &hand.caller()).unwrap();
    let after = project.state().milestone("web").unwrap();
    assert_eq!(after.left_open, before.left_open);
    assert_eq!(after.item.completed_at, before.item.completed_at);
    assert_sound(&project);
}

#[test]
fn dates_that_are_moved_back_together_are_adopted_together() {
    let (world, mut hand, mut project) = prepared();
    hand.does(&mut project, &day(Field::Start, "api", 20_700));
    hand.does(&mut project, &day(Field::Due, "api", 20_710));
    // The day it is due is compared first, and is before the start until that has moved.
    world.edit(API, "start: \"2026-09-04\"", "start: \"2026-08-04\"");
    world.edit(API, "due: \"2026-09-14\"", "due: \"2026-08-14\"");
    let report = project.adopt(&[], &hand.caller()).unwrap();
    assert_eq!((report.adopted.len(), report.refused), (2, vec![]));
    assert_sound(&project);
}

#[test]
fn dates_that_are_moved_together_are_adopted_together() {
    let (world, mut hand, mut project) = prepared();
    hand.does(&mut project, &day(Field::Start, "api", 20_700));
    hand.does(&mut project, &day(Field::Due, "api", 20_710));
    world.edit(API, "start: \"2026-09-04\"", "start: \"2026-10-04\"");
    world.edit(API, "due: \"2026-09-14\"", "due: \"2026-10-14\"");
    let report = project.adopt(&[], &hand.caller()).unwrap();
    assert_eq!(report.refused, []);
}

#[test]
fn dates_that_cross_are_not_both_adopted() {
    let (world, mut hand, mut project) = prepared();
    hand.does(&mut project, &day(Field::Start, "api", 20_700));
    hand.does(&mut project, &day(Field::Due, "api", 20_710));
    world.edit(API, "start: \"2026-09-04\"", "start: \"2026-09-12\"");
    world.edit(API, "due: \"2026-09-14\"", "due: \"2026-09-06\"");
    drop(project.adopt(&[], &hand.caller()));
    assert_sound(&project);
}

#[test]
fn dependencies_that_close_a_cycle_together_are_not_adopted() {
    let (world, mut hand, mut project) = prepared();
    let dependencies = |on: &str| format!("\ndependencies:\n- {on}\n");
    world.edit(API, "\ncreated_at", &format!("{}created_at", dependencies("web")));
    world.edit("active/web.yaml", "\ncreated_at", &format!("{}created_at", dependencies("api")));
    let report = project.adopt(&[], &hand.caller()).unwrap();
    assert_eq!(report.files, 2);
    assert_sound(&project);
}

#[test]
fn a_new_task_twice_is_adopted_once() {
    let (world, mut hand, mut project) = prepared();
    let mut text = world.view(API);
    text.push_str("- id: ship\n  title: Ship\n  status: pending\n");
    text.push_str("- id: ship\n  title: Ship again\n  status: pending\n");
    fs::write(world.path(API), text).unwrap();
    let report = project.adopt(&[], &hand.caller()).unwrap();
    assert_eq!((report.adopted.len(), report.refused.len()), (1, 1), "{report:?}");
}
