//! What comes from another tool, or out of a file, with what was ticked there and what is nameless.
//!
//! Shown red by: adding criteria without their ticks; taking no criteria of what is here already;
//! leaving an empty title in; not naming what a finished milestone leaves open.

use milestone_core::domain::{
    Command, Field, Fields, ImportedItem, NewCriterion, NewTask, Plan, Refusal, Remark, Stage,
    Value, effective_stage,
};
use milestone_project::Project;

use crate::world::{Hand, World, assert_rebuilt, milestone};

fn ticked(criteria: &[(&str, bool)]) -> Vec<NewCriterion> {
    let new = |&(text, checked): &(&str, bool)| NewCriterion { text: text.to_owned(), checked };
    criteria.iter().map(new).collect()
}

fn item(id: &str, title: Option<&'static str>, criteria: &[(&str, bool)]) -> ImportedItem {
    let mut fields = Fields::default();
    if let Some(title) = title {
        fields.put(Field::Title, Value::Text(title.into()));
    }
    ImportedItem {
        external_id: id.to_owned(),
        within: None,
        fields,
        criteria: ticked(criteria),
        notes: Vec::new(),
        blocker: None,
        stage: Stage::Open,
        created: Remark { text: String::new(), at: None, by: None },
        started_at: None,
        ended: None,
        source: None,
    }
}

fn import(hand: &mut Hand, project: &mut Project, item: ImportedItem) {
    hand.does(project, &Command::Import(Box::new(item)));
}

fn criteria(project: &Project, id: &str) -> Vec<(String, bool)> {
    let held = project.state().milestone(id).unwrap();
    held.item.criteria.iter().map(|held| (held.text.to_string(), held.checked)).collect()
}

#[test]
fn a_new_task_keeps_what_was_ticked() {
    let (world, mut hand) = World::begun();
    let mut project = world.open();
    hand.does(&mut project, &milestone("Api", &[]));
    let criteria = ticked(&[("one", true), ("two", false)]);
    let task = NewTask { title: "Plan".to_owned(), criteria, ..NewTask::default() };
    hand.does(&mut project, &Command::AddTasks { on: "api".to_owned(), tasks: vec![task] });
    let held = project.state().tasks_of("api");
    let held: Vec<_> = held[0].item.criteria.iter().map(|held| held.checked).collect();
    assert_eq!(held, [true, false]);
    assert_rebuilt(&project);
}

#[test]
fn what_was_ticked_there_since_is_ticked_here() {
    let (world, mut hand) = World::begun();
    let mut project = world.open();
    import(&mut hand, &mut project, item("bd-1", Some("Api"), &[("a", true), ("b", false)]));
    let check = |items| Command::Check { target: "api".to_owned(), items, checked: true };
    import(&mut hand, &mut project, item("bd-1", Some("Api"), &[("a", true), ("b", true)]));
    assert_eq!(criteria(&project, "api"), [("a".to_owned(), true), ("b".to_owned(), true)]);
    let more = [("a", false), ("b", false), ("c", false), ("d", true)];
    import(&mut hand, &mut project, item("bd-1", Some("Api"), &more));
    hand.does(&mut project, &check(vec![3]));
    import(&mut hand, &mut project, item("bd-1", Some("Api"), &more));
    let held = criteria(&project, "api");
    assert_eq!(held.len(), 4, "{held:?}");
    assert!(held.iter().all(|(_, checked)| *checked), "a tick of ours is not taken back: {held:?}");
    assert_rebuilt(&project);
}

#[test]
fn a_thing_without_a_title_is_called_by_its_id() {
    let (world, mut hand) = World::begun();
    let mut project = world.open();
    import(&mut hand, &mut project, item("bd-1", None, &[]));
    import(&mut hand, &mut project, item("bd-2", Some("  "), &[]));
    let title =
        |project: &Project, id: &str| project.state().milestone(id).unwrap().item.title.to_string();
    assert_eq!([title(&project, "bd-1"), title(&project, "bd-2")], ["bd-1", "bd-2"]);
    import(&mut hand, &mut project, item("bd-1", Some("Named"), &[]));
    import(&mut hand, &mut project, item("bd-1", Some(""), &[]));
    assert_eq!(title(&project, "bd-1"), "Named", "a title is not lost");
    let nameless = Command::Import(Box::new(item(" ", Some(""), &[])));
    match hand.asks(&mut project, &nameless) {
        Err(milestone_project::ExecuteError::Refused(Refusal::BadText { .. })) => {}
        other => panic!("{other:?}"),
    }
}

/// Whoever finished it there knew of what was open; whoever looks here is not told that it goes on.
#[test]
fn what_is_finished_there_is_finished_here_with_what_is_open() {
    let (world, mut hand) = World::begun();
    let mut project = world.open();
    import(&mut hand, &mut project, item("bd-1", Some("Api"), &[]));
    let task = NewTask { title: "Plan".to_owned(), ..NewTask::default() };
    hand.does(&mut project, &Command::AddTasks { on: "api".to_owned(), tasks: vec![task] });
    let done = ImportedItem { stage: Stage::Done, ..item("bd-1", Some("Api"), &[]) };
    import(&mut hand, &mut project, done);
    let held = project.state().milestone("api").unwrap();
    assert_eq!(effective_stage(&held, &project.state().rows("api")), Stage::Done);
    assert_rebuilt(&project);
}
