//! Every question that a plan answers, and moves between backends.
//!
//! Start at [`answers`]. Two states that give the same answers cannot be told apart by anybody.

use std::collections::BTreeSet;
use std::path::PathBuf;

use milestone_core::domain::{
    Plan, cycles, effective_stage, is_settled, milestone_progress, ready, waits_for,
};
use milestone_core::projection::{CommandKey, Document, Projection, State};
use milestone_core::words::{Date, StreamId, StreamName};
use milestone_project::{Backend, Choice, MigrateError, Migrated, Mover, Policy, Project};
use milestone_store_sqlite::{Analytics, Index, Search};
use milestone_testkit::EPOCH;

use crate::world::{World, assert_rebuilt, print_of, rebuilt, view_print};

/// Ids in other tools, and keys of callers, that some test uses.
const EXTERNAL: [&str; 3] = ["bd-1", "bd-2", "gh-7"];
const KEYS: [&str; 3] = ["key 0", "key 1", "key 7"];

/// Every answer of a state, each with its question, sorted.
pub(crate) fn answers(state: &State) -> Vec<String> {
    let mut said = vec![
        format!("project: {:?}", state.framed_project()),
        format!("milestones: {:?}", state.milestone_ids()),
        format!("tasks: {:?}", state.task_streams()),
        format!("actors: {:?}", state.actors()),
        format!("commands: {:?}", state.commands()),
        format!("ready: {:?}", ready(state, Date::parse("2026-03-01").unwrap())),
        format!("cycles: {:?}", cycles(state)),
        format!("fingerprint: {}", print_of(state)),
    ];
    said.extend(KEYS.map(|key| format!("{key}: {:?}", state.command(&CommandKey::of(key)))));
    let mut external: BTreeSet<String> = EXTERNAL.map(str::to_owned).into();
    for id in state.milestone_ids() {
        let milestone = state.milestone(id.as_str());
        external.extend(
            milestone.iter().filter_map(|held| held.item.external_id.as_deref().map(str::to_owned)),
        );
        let rows = state.rows(id.as_str());
        if let Some(milestone) = &milestone {
            said.push(format!("{id} shown: {}", Document::of_milestone(milestone).canonical()));
            said.push(format!("{id} progress: {:?}", milestone_progress(milestone, &rows)));
            said.push(format!("{id} counts as: {:?}", effective_stage(milestone, &rows)));
        }
        said.push(format!("{id}: {milestone:?}"));
        said.push(format!("{id} rows: {rows:?}"));
        said.push(format!("{id} last: {}", state.last_position(id.as_str())));
        said.extend(about(state, &StreamId::milestone(&id)));
    }
    for stream in state.task_streams() {
        let task = state.task(stream.as_str());
        external.extend(
            task.iter().filter_map(|held| held.item.external_id.as_deref().map(str::to_owned)),
        );
        if let Some(task) = &task {
            said.push(format!("{stream} shown: {}", Document::of_task(task).canonical()));
            let taken = state.has_slug(task.home.as_str(), task.slug.as_str());
            said.push(format!("{stream} taken at home: {taken}"));
        }
        if let StreamName::Task(origin, slug) = stream.name() {
            let taken = state.has_slug(origin, slug);
            said.push(format!("{stream} taken at its origin: {taken}"));
        }
        said.push(format!("{stream}: {task:?} {:?}", state.brief(stream.as_str())));
        said.extend(about(state, &stream));
    }
    said.push(format!("free: {}", state.has_slug("api", "nobody-has-this")));
    said.extend(external.iter().map(|id| format!("from {id}: {:?}", state.external(id))));
    said.sort();
    said
}

fn about(state: &State, stream: &StreamId) -> [String; 4] {
    let name = stream.as_str();
    [
        format!("{stream} heads: {:?}", state.frontier(name)),
        format!("{stream} dependents: {:?}", state.dependents(name)),
        format!("{stream} settled: {}", is_settled(state, stream)),
        format!("{stream} waits for: {:?}", waits_for(state, stream)),
    ]
}

/// The first answers that are not the same, if any.
pub(crate) fn unlike(here: &[String], there: &[String]) -> Option<String> {
    if here == there {
        return None;
    }
    let only = |one: &[String], other: &[String]| -> Vec<String> {
        one.iter().filter(|said| !other.contains(said)).take(3).cloned().collect()
    };
    Some(format!("here {:#?}\nthere {:#?}", only(here, there), only(there, here)))
}

/// Fails unless both answer alike.
#[track_caller]
pub(crate) fn assert_alike(here: &State, there: &State, when: &str) {
    if let Some(unlike) = unlike(&answers(here), &answers(there)) {
        panic!("{when}: {unlike}");
    }
}

/// A move that somebody asks for.
pub(crate) fn asked() -> Mover<'static> {
    Mover { by: "ann", now: EPOCH, automatic: false }
}

pub(crate) fn migrate(project: &mut Project, to: Backend) -> Result<Migrated, MigrateError> {
    project.migrate(to, &asked(), &mut |_| {})
}

pub(crate) fn pinned(backend: Backend) -> Policy {
    Policy { choice: Choice::Pinned(backend), ..Policy::default() }
}

/// The number of the generation in charge.
pub(crate) fn generation(world: &World) -> u32 {
    let text = std::fs::read_to_string(world.path("local/current")).unwrap_or_default();
    let held: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    held["generation"].as_u64().map_or(1, |number| u32::try_from(number).unwrap())
}

/// The numbers of the generations that have a folder, sorted.
pub(crate) fn generations(world: &World) -> Vec<u32> {
    let entries = std::fs::read_dir(world.path("local")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let number = |name: String| name.strip_prefix("gen-").and_then(|rest| rest.parse().ok());
    let mut numbers: Vec<u32> = names.filter_map(number).collect();
    numbers.sort_unstable();
    numbers
}

/// A file of the generation in charge.
pub(crate) fn file_of(world: &World, name: &str) -> PathBuf {
    world.path(&format!("local/gen-{}/{name}", generation(world)))
}

/// Names of files of the view, without what is in them.
pub(crate) fn view_files(world: &World) -> Vec<String> {
    let mut names = Vec::new();
    for folder in ["active", "archived"] {
        let entries = std::fs::read_dir(world.path(folder)).into_iter().flatten();
        for entry in entries {
            names.push(format!("{folder}/{}", entry.unwrap().file_name().display()));
        }
    }
    names.extend(world.path("project.yaml").exists().then(|| "project.yaml".to_owned()));
    names.sort();
    names
}

/// Whatever the backend: the state, a project opened anew, the index and the view are what the log
/// makes; a backend has the files that it should have, and no others.
#[track_caller]
pub(crate) fn assert_sound(world: &World, project: &Project) {
    assert_rebuilt(project);
    let fresh = rebuilt(project);
    assert_alike(project.state(), &fresh, "at hand");
    let reopened = world.open();
    assert_eq!(reopened.backend(), project.backend(), "in charge");
    assert_alike(reopened.state(), &fresh, "opened anew");
    let backend = project.backend();
    assert_eq!(file_of(world, "index.sqlite").exists(), backend.has_index(), "{backend}");
    assert_eq!(file_of(world, "analytics.sqlite").exists(), backend.has_index(), "{backend}");
    let searched = file_of(world, "search.sqlite").exists();
    assert_eq!(searched, backend == Backend::Database, "{backend}");
    if backend.has_index() {
        let shown = Index::new(file_of(world, "index.sqlite")).fingerprint().unwrap();
        assert_eq!(shown, print_of(&fresh), "the index");
    }
    if backend.has_view() {
        assert_eq!(view_print(project), print_of(&fresh), "the view");
    } else {
        assert_eq!(view_files(world), Vec::<String>::new(), "there is no view at {backend}");
        assert!(!world.path("local/view.json").exists());
    }
}

/// The tables that commands leave behind until somebody asks, brought to the end of the log.
pub(crate) fn assert_tables(world: &World, project: &Project) {
    let fresh = rebuilt(project);
    if project.backend().has_index() {
        let mut facts = Analytics::new(file_of(world, "analytics.sqlite"));
        let known = facts.checkpoint().unwrap().unwrap();
        assert!(known.same_records(project.checkpoint()), "the facts are as far as the log");
    }
    if project.backend() == Backend::Database {
        let mut search = Search::new(file_of(world, "search.sqlite"));
        assert_eq!(search.check(&fresh).unwrap(), Vec::<String>::new());
    }
}
