//! What no state may ever be, whatever was asked: the rules of the domain, read off a state.
//!
//! Start at [`complaints`]. It knows nothing of commands or of how the state came about.

use std::collections::BTreeSet;

use milestone_core::domain::{
    Item, Milestone, Plan, Stage, Task, cycles, effective_stage, milestone_progress, numbered,
    resolve,
};
use milestone_core::log::Level;
use milestone_core::projection::State;
use milestone_core::words::{StreamId, StreamName, check_title};
use milestone_project::{FlawKind, flaws};

use crate::asking_phases::of_workflow;

/// What breaks a rule, in words. `linear` says that the log never forked.
pub(crate) fn complaints(state: &State, linear: bool) -> Vec<String> {
    let mut found = Vec::new();
    for cycle in cycles(state) {
        found.push(format!("a cycle: {cycle:?}"));
    }
    // What people are told must be no less than what holds.
    let told = flaws(state).into_iter().filter(|flaw| flaw.kind.level() > Level::Info);
    let told = told.filter(|flaw| linear || !matches!(flaw.kind, FlawKind::Conflict { .. }));
    found.extend(told.map(|flaw| format!("{}: {:?}", flaw.stream, flaw.kind)));
    for milestone in state.milestones() {
        let rows = state.rows(milestone.id.as_str());
        if milestone.item.stage == Stage::Done && effective_stage(&milestone, &rows) != Stage::Done
        {
            found.push(format!("{} is completed and has an open task", milestone.id));
        }
        if milestone_progress(&milestone, &rows).percent > 100 {
            found.push(format!("{} is more than done", milestone.id));
        }
        found.extend(of_milestone(state, &milestone));
        found.extend(of_item(state, &milestone.stream(), &milestone.item, linear));
    }
    for stream in state.task_streams() {
        let task = state.task(stream.as_str()).expect("it was listed");
        found.extend(of_item(state, &stream, &task.item, linear));
        found.extend(of_task(state, &task));
        found.extend(of_workflow(&task));
    }
    found
}

fn of_milestone(state: &State, milestone: &Milestone) -> Vec<String> {
    let (mut found, id) = (Vec::new(), milestone.id.as_str());
    let rows = state.rows(id);
    if !rows.is_sorted_by_key(|row| (row.position, row.born)) {
        found.push(format!("the tasks of {id} are not in their order"));
    }
    if rows.iter().map(|row| row.position).max().unwrap_or(0) > state.last_position(id) {
        found.push(format!("the last position of {id} is not the last"));
    }
    let here = numbered(state, id);
    let slugs: BTreeSet<&str> = here.iter().map(|row| row.slug.as_str()).collect();
    if slugs.len() != here.len() {
        found.push(format!("two tasks of {id} have one slug: {slugs:?}"));
    }
    for (number, row) in here.iter().enumerate() {
        let number = format!("{id}/{}", number + 1);
        if resolve(state, &number, None, true).as_ref() != Ok(&row.stream) {
            found.push(format!("{number} does not lead to {}", row.stream));
        }
    }
    if resolve(state, id, None, true) != Ok(milestone.stream()) {
        found.push(format!("{id} does not lead to itself"));
    }
    if (milestone.item.stage == Stage::Archived) != milestone.item.archived_from.is_some() {
        found.push(format!("{id} is archived from {:?}", milestone.item.archived_from));
    }
    found
}

fn of_task(state: &State, task: &Task) -> Vec<String> {
    let mut found = Vec::new();
    if state.milestone(task.home.as_str()).is_none() {
        found.push(format!("{} is in no milestone", task.reference()));
    }
    if task.item.stage != Stage::Removed
        && resolve(state, &task.reference(), None, true).as_ref() != Ok(&task.stream)
    {
        found.push(format!("{} does not lead to {}", task.reference(), task.stream));
    }
    if !state.has_slug(task.home.as_str(), task.slug.as_str()) {
        found.push(format!("the slug of {} is not taken", task.reference()));
    }
    found
}

fn of_item(state: &State, stream: &StreamId, item: &Item, linear: bool) -> Vec<String> {
    let mut found = Vec::new();
    let mut complain = |wrong: bool, what: &str| {
        if wrong {
            found.push(format!("{stream}: {what}"));
        }
    };
    complain(item.born.is_none() || item.created_at.is_none(), "it was never created");
    complain(check_title(&item.title).is_err(), "its title is none");
    complain(item.start.zip(item.due).is_some_and(|(start, due)| due < start), "due before start");
    complain(linear && !item.conflicts.is_empty(), "a conflict without two sides");
    let set: BTreeSet<_> = item.dependencies.iter().collect();
    complain(set.len() != item.dependencies.len(), "it depends on one thing twice");
    for on in &item.dependencies {
        complain(on == stream, "it depends on itself");
        let there = match on.name() {
            StreamName::Project => false,
            StreamName::Milestone(id) => state.milestone(id).is_some(),
            StreamName::Task(..) => state.task(on.as_str()).is_some(),
        };
        complain(!there, "it depends on nothing");
        let known = state.dependents(on.as_str()).contains(stream);
        complain(!known, "what it depends on does not know of it");
    }
    if let Some(id) = &item.external_id {
        complain(!state.external(id).contains(stream), "its foreign id does not lead to it");
    }
    let times = (item.started_at.is_some(), item.completed_at.is_some());
    match item.stage {
        Stage::Open => complain(times != (false, false), "not begun, and it has times"),
        Stage::Underway | Stage::Paused => {
            complain(times != (true, false), "under way, with the wrong times");
        }
        Stage::Done => complain(!times.1, "done, and nobody knows when"),
        Stage::Cancelled | Stage::Archived | Stage::Removed => {}
    }
    let over = item.report.is_some_and(|report| report.done > report.of || report.of == 0);
    complain(over, "more was reported than there is");
    let ids = [
        item.notes.iter().map(|held| &held.id).collect::<Vec<_>>(),
        item.links.iter().map(|held| &held.id).collect(),
        item.criteria.iter().map(|held| &held.id).collect(),
        item.blockers.iter().map(|held| &held.id).collect(),
    ];
    for ids in ids {
        let set: BTreeSet<_> = ids.iter().collect();
        complain(set.len() != ids.len(), "two parts have one id");
    }
    found
}
