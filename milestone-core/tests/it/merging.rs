//! The table of the design, "Conflicts after a merge": one test for each row.
//!
//! Two clones begin with the same records and do one thing each without knowing of the other.
//! Every row is tried with either of them being the later in the order of the log, and every clone
//! must see the same. Claims have no row here until their kinds are understood.

use milestone_core::domain::{
    BlockerRaised, Body, Conflict, ConflictResolved, Created, CriterionAdded, Dependency, Edited,
    Event, Field, Fields, LinkAdded, ListField, Milestone, NoteAdded, Plan, Progress, Risk, Stage,
    Subject, Task, TaskMoved, Transition, Value, resolve,
};
use milestone_testkit::Replica;

/// The variant of a kind that changes a status.
type Changes = fn(Transition<'static>) -> Body<'static>;

/// What both clones see once they have merged.
pub(crate) struct Met {
    pub(crate) api: Milestone,
    pub(crate) plan: Task,
    ann: Replica,
    bob: Replica,
}

/// Lets ann and bob do one thing each, unknown to each other. `later` is who is later in the log.
pub(crate) fn met(later: &str, ann_does: &[Event<'_>], bob_does: &[Event<'_>]) -> Met {
    let mut ann = Replica::new("ann");
    ann.write(&[
        Event::of("api", Body::MilestoneCreated(fields(Field::Title, "API"))),
        Event::of("web", Body::MilestoneCreated(fields(Field::Title, "Web"))),
        Event::of("api", Body::TaskAdded(Created { task: plan(), ..fields(Field::Title, "Plan") })),
    ]);
    let mut bob = ann.fork("bob");
    let late = if later == "ann" { &mut ann } else { &mut bob };
    late.clock_mut().shift(60_000_000);
    ann.write(ann_does);
    bob.write(bob_does);
    merged(ann, bob)
}

/// Merges both ways and checks that both see the same.
fn merged(mut ann: Replica, mut bob: Replica) -> Met {
    ann.merge(&bob);
    bob.merge(&ann);
    let see = |replica: &mut Replica| {
        let state = replica.state();
        let (api, plan) = (state.milestone("api"), state.task("api/plan"));
        ((*api.expect("it was created")).clone(), (*plan.expect("it was added")).clone())
    };
    let (seen, by_bob) = (see(&mut ann), see(&mut bob));
    assert_eq!(seen, by_bob, "two clones with the same records disagree");
    Met { api: seen.0, plan: seen.1, ann, bob }
}

/// Calls `check` with ann later, and with bob later.
pub(crate) fn either_later(check: impl Fn(&str)) {
    ["ann", "bob"].into_iter().for_each(check);
}

fn plan() -> Option<milestone_core::words::Text<'static>> {
    Some("plan".into())
}

fn fields(field: Field, text: &'static str) -> Created<'static> {
    let mut created = Created::default();
    created.fields.put(field, Value::Text(text.into()));
    created
}

fn edit(field: Field, text: &'static str) -> [Event<'static>; 1] {
    let set = fields(field, text).fields;
    [Event::of("api", Body::MilestoneEdited(Edited { set, ..Edited::default() }))]
}

fn change(body: Changes) -> [Event<'static>; 1] {
    [Event::of("api", body(Transition::default()))]
}

fn task_change(body: Changes) -> [Event<'static>; 1] {
    [Event::of("api", body(Transition { task: plan(), ..Transition::default() }))]
}

fn subjects(conflicts: &[Conflict]) -> Vec<Subject> {
    conflicts.iter().map(|conflict| conflict.subject).collect()
}

#[test]
fn two_edits_of_one_field_keep_the_later_and_name_the_other() {
    either_later(|later| {
        let met = met(later, &edit(Field::Title, "ann"), &edit(Field::Title, "bob"));
        let earlier = if later == "ann" { "bob" } else { "ann" };
        assert_eq!(&*met.api.item.title, later);
        let [conflict] = met.api.item.conflicts.as_slice() else { panic!("one conflict") };
        assert_eq!(conflict.subject, Subject::Field(Field::Title));
        assert_eq!((&*conflict.kept, &*conflict.other), (later, earlier));
        assert_eq!(conflict.sides.len(), 2);
    });
}

#[test]
fn two_edits_of_one_field_to_the_same_value_are_one() {
    either_later(|later| {
        let met = met(later, &edit(Field::Title, "both"), &edit(Field::Title, "both"));
        assert_eq!((&*met.api.item.title, met.api.item.conflicts.len()), ("both", 0));
    });
}

#[test]
fn edits_of_different_fields_both_hold() {
    either_later(|later| {
        let met = met(later, &edit(Field::Title, "ann"), &edit(Field::Owner, "bob"));
        assert_eq!((&*met.api.item.title, met.api.item.owner.as_deref()), ("ann", Some("bob")));
        assert_eq!(met.api.item.conflicts, []);
    });
}

#[test]
fn cancelled_and_archived_win_over_anything_else_and_the_rest_is_applied() {
    let ends: [(Changes, Stage); 2] =
        [(Body::MilestoneCancelled, Stage::Cancelled), (Body::MilestoneArchived, Stage::Archived)];
    for (end, stage) in ends {
        either_later(|later| {
            let met = met(later, &change(end), &edit(Field::Title, "edited"));
            assert_eq!((met.api.item.stage, &*met.api.item.title), (stage, "edited"));
            assert_eq!(subjects(&met.api.item.conflicts), [Subject::Status]);
        });
        let others: [Changes; 5] = [
            Body::MilestoneStarted,
            Body::MilestonePaused,
            Body::MilestoneResumed,
            Body::MilestoneCompleted,
            Body::MilestoneReopened,
        ];
        for other in others {
            either_later(|later| {
                let met = met(later, &change(end), &change(other));
                assert_eq!(met.api.item.stage, stage, "{later} is later");
                assert_eq!(subjects(&met.api.item.conflicts), [Subject::Status]);
            });
        }
    }
}

#[test]
fn removed_and_cancelled_tasks_win_over_anything_else_and_the_rest_is_applied() {
    let ends: [(Changes, Stage); 2] =
        [(Body::TaskRemoved, Stage::Removed), (Body::TaskCancelled, Stage::Cancelled)];
    let note = NoteAdded { task: plan(), note: "aaaaaaaa".into(), text: "still here".into() };
    let moved = moved_to("web", "plan");
    for (end, stage) in ends {
        either_later(|later| {
            let met = met(later, &task_change(end), &task_change(Body::TaskCompleted));
            assert_eq!(met.plan.item.stage, stage, "{later} is later");
            assert_eq!(subjects(&met.plan.item.conflicts), [Subject::Status]);
        });
        either_later(|later| {
            let added = [Event::of("api", Body::NoteAdded(note.clone()))];
            let met = met(later, &task_change(end), &added);
            assert_eq!((met.plan.item.stage, met.plan.item.notes.len()), (stage, 1));
            assert_eq!(subjects(&met.plan.item.conflicts), [Subject::Status]);
        });
        either_later(|later| {
            let met = met(later, &task_change(end), &moved);
            assert_eq!((met.plan.item.stage, &*met.plan.reference()), (stage, "web/plan"));
            assert_eq!(subjects(&met.plan.item.conflicts), [Subject::Status]);
        });
    }
}

#[test]
fn of_two_other_status_events_the_later_wins() {
    either_later(|later| {
        let met = met(later, &change(Body::MilestoneStarted), &change(Body::MilestoneCompleted));
        let stage = if later == "ann" { Stage::Underway } else { Stage::Done };
        assert_eq!(met.api.item.stage, stage);
        assert_eq!(met.api.item.completed_at.is_some(), stage == Stage::Done);
        assert_eq!(subjects(&met.api.item.conflicts), [Subject::Status]);
    });
    let paused: [(Changes, Stage); 2] =
        [(Body::MilestoneResumed, Stage::Underway), (Body::MilestoneCompleted, Stage::Done)];
    for (other, stage) in paused {
        either_later(|later| {
            let met = met(later, &change(other), &change(Body::MilestonePaused));
            let stage = if later == "ann" { stage } else { Stage::Paused };
            assert_eq!(met.api.item.stage, stage);
            assert_eq!(met.api.item.completed_at.is_some(), stage == Stage::Done);
            assert_eq!(subjects(&met.api.item.conflicts), [Subject::Status]);
        });
    }
    // Two that would each win over anything else are two different ones as well.
    either_later(|later| {
        let met = met(later, &change(Body::MilestoneCancelled), &change(Body::MilestoneArchived));
        let stage = if later == "ann" { Stage::Cancelled } else { Stage::Archived };
        assert_eq!(met.api.item.stage, stage);
        assert_eq!(subjects(&met.api.item.conflicts), [Subject::Status]);
    });
}

#[test]
fn the_same_status_event_twice_is_once() {
    let bodies: [Changes; 6] = [
        Body::MilestoneStarted,
        Body::MilestonePaused,
        Body::MilestoneResumed,
        Body::MilestoneCompleted,
        Body::MilestoneCancelled,
        Body::MilestoneArchived,
    ];
    for body in bodies {
        either_later(|later| {
            let met = met(later, &change(body), &change(body));
            assert_eq!(met.api.item.conflicts, []);
        });
    }
}

#[test]
fn the_same_label_and_dependency_twice_are_once() {
    let labels = |names: &[&'static str]| Fields {
        lists: vec![(ListField::Labels, names.iter().map(|name| (*name).into()).collect())],
        ..Fields::default()
    };
    let add = |names: &[&'static str]| {
        let add = labels(names);
        [
            Event::of("api", Body::MilestoneEdited(Edited { add, ..Edited::default() })),
            Event::of(
                "api",
                Body::DependencyAdded(Dependency { on: "web".into(), ..Dependency::default() }),
            ),
        ]
    };
    either_later(|later| {
        let met = met(later, &add(&["urgent", "ann"]), &add(&["urgent", "bob"]));
        let mut labels: Vec<&str> = met.api.item.labels.iter().map(|label| &**label).collect();
        labels.sort_unstable();
        assert_eq!(labels, ["ann", "bob", "urgent"]);
        assert_eq!((met.api.item.dependencies.len(), met.api.item.conflicts.len()), (1, 0));
    });
}

#[test]
fn of_two_reports_of_progress_the_later_wins_without_conflict() {
    let report = |percent| {
        let progress = Progress { progress_percentage: Some(percent), ..Progress::default() };
        [Event::of("api", Body::ProgressUpdated(progress))]
    };
    either_later(|later| {
        let met = met(later, &report(30), &report(60));
        let expected = if later == "ann" { 30 } else { 60 };
        assert_eq!(met.api.item.report.map(|report| report.done), Some(expected));
        assert_eq!(met.api.item.conflicts, []);
    });
}

fn moved_to(milestone: &'static str, slug: &'static str) -> [Event<'static>; 1] {
    let (task, to, position) = ("plan".into(), milestone.into(), 1024);
    [Event::of("api", Body::TaskMoved(TaskMoved { task, to, slug: slug.into(), position }))]
}

#[test]
fn two_moves_are_two_edits_of_one_field() {
    either_later(|later| {
        let met = met(later, &moved_to("web", "ann"), &moved_to("web", "bob"));
        assert_eq!(met.plan.reference(), format!("web/{later}"));
        assert_eq!(subjects(&met.plan.item.conflicts), [Subject::Home]);
        assert_eq!(met.plan.item.conflicts[0].kept, format!("web/{later}"));
    });
    either_later(|later| {
        let met = met(later, &moved_to("web", "plan"), &moved_to("web", "plan"));
        assert_eq!(met.plan.item.conflicts, []);
    });
}

#[test]
fn two_owners_are_two_edits_of_one_field() {
    either_later(|later| {
        let met = met(later, &edit(Field::Owner, "ann"), &edit(Field::Owner, "bob"));
        assert_eq!(met.api.item.owner.as_deref(), Some(later));
        assert_eq!(subjects(&met.api.item.conflicts), [Subject::Field(Field::Owner)]);
    });
}

#[test]
fn whatever_parts_two_clones_add_are_all_kept() {
    let parts = |id: &'static str| {
        let (criterion, text) = (id.into(), "text".into());
        [
            Event::of(
                "api",
                Body::CriterionAdded(CriterionAdded { task: None, criterion, text, phase: None }),
            ),
            Event::of(
                "api",
                Body::NoteAdded(NoteAdded { task: None, note: id.into(), text: "text".into() }),
            ),
            Event::of(
                "api",
                Body::LinkAdded(LinkAdded { link: id.into(), ..LinkAdded::default() }),
            ),
            Event::of(
                "api",
                Body::BlockerRaised(BlockerRaised { blocker: id.into(), ..Default::default() }),
            ),
            Event::of("api", Body::RiskIdentified(Risk { risk: id.into(), ..Risk::default() })),
        ]
    };
    either_later(|later| {
        let item = met(later, &parts("aaaaaaaa"), &parts("bbbbbbbb")).api.item;
        let counts = [
            item.criteria.len(),
            item.notes.len(),
            item.links.len(),
            item.blockers.len(),
            item.risks.len(),
        ];
        assert_eq!((counts, item.conflicts.len()), ([2; 5], 0));
    });
}

#[test]
fn the_same_id_created_twice_is_one_with_both_originals_in_the_conflict() {
    either_later(|later| {
        let new = |title| [Event::of("new", Body::MilestoneCreated(fields(Field::Title, title)))];
        let mut met = met(later, &new("ann"), &new("bob"));
        let earlier = if later == "ann" { "bob" } else { "ann" };
        let milestone = met.ann.state().milestone("new").unwrap();
        assert_eq!(met.bob.state().milestone("new").unwrap(), milestone);
        assert_eq!((&*milestone.item.title, &*milestone.item.created_by), (later, earlier));
        let [conflict] = milestone.item.conflicts.as_slice() else { panic!("one conflict") };
        assert_eq!((&*conflict.kept, &*conflict.other), (later, earlier));
        let ids = met.ann.state().milestone_ids();
        assert_eq!(ids.iter().filter(|id| id.as_str() == "new").count(), 1);
    });
}

#[test]
fn a_conflict_is_closed_by_name_or_by_setting_the_field_again_and_by_nothing_else() {
    either_later(|later| {
        let both = || met(later, &edit(Field::Title, "ann"), &edit(Field::Title, "bob"));
        let Met { api, mut ann, bob, .. } = both();
        ann.write(&edit(Field::Owner, "somebody"));
        let Met { api: still, mut ann, bob, .. } = merged(ann, bob);
        assert_eq!(still.item.conflicts, api.item.conflicts, "another field closes nothing");
        ann.write(&edit(Field::Title, "settled"));
        let settled = merged(ann, bob).api;
        assert_eq!((&*settled.item.title, settled.item.conflicts.len()), ("settled", 0));

        let Met { api, mut ann, bob, .. } = both();
        let conflict = api.item.conflicts[0].id(&api.stream()).into();
        let resolved = ConflictResolved { task: None, conflict, notes: None };
        ann.write(&[Event::of("api", Body::ConflictResolved(resolved))]);
        let closed = merged(ann, bob).api;
        assert_eq!((&*closed.item.title, closed.item.conflicts.len()), (later, 0));
    });
}

/// The records that follow on one side do not hide that the other side did not know of them.
#[test]
fn a_second_edit_on_one_side_leaves_the_conflict_open() {
    either_later(|later| {
        let Met { mut ann, mut bob, .. } =
            met(later, &edit(Field::Owner, "x"), &edit(Field::Owner, "x"));
        ann.write(&edit(Field::Title, "ann"));
        bob.write(&edit(Field::Title, "bob"));
        let again = if later == "ann" { &mut ann } else { &mut bob };
        again.write(&edit(Field::Title, "again"));
        let api = merged(ann, bob).api;
        assert_eq!(&*api.item.title, "again");
        let [conflict] = api.item.conflicts.as_slice() else { panic!("{:?}", api.item.conflicts) };
        assert_eq!(conflict.kept, "again", "what holds is what the milestone has");
    });
}

/// Shown red by: taking the one that stands first.
#[test]
fn of_two_tasks_with_one_name_the_one_that_was_born_there_is_meant() {
    let (task, to, slug) = ("plan".into(), "web".into(), "plan".into());
    let moved = Body::TaskMoved(TaskMoved { task, to, slug, position: -1_000 });
    let added = Body::TaskAdded(Created { task: plan(), ..fields(Field::Title, "Another") });
    either_later(|later| {
        let Met { mut ann, .. } =
            met(later, &[Event::of("api", moved.clone())], &[Event::of("web", added.clone())]);
        let state = ann.state();
        assert_eq!(state.rows("web").len(), 2);
        let meant = resolve(state, "web/plan", None, true).map(|stream| stream.to_string());
        assert_eq!(meant.ok().as_deref(), Some("web/plan"));
    });
}
