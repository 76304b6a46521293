//! Sessions across clones: what a session had not seen, whenever it was recorded.
//!
//! Start at `what_came_with_a_merge_was_not_seen`.

use milestone_core::domain::{Command, Plan, SessionStep};
use milestone_project::{Project, SessionFound};

use crate::world::{Hand, World, milestone, note};

fn step(session: &str, step: SessionStep) -> Command {
    let session = session.to_owned();
    Command::Session { session, step, on: None, branch: None, next: None, notes: None }
}

fn changes(project: &Project, id: &str) -> Vec<(String, usize)> {
    let SessionFound::One(_, session) = Project::find_session(project.state(), id, true) else {
        panic!("{id} is not there");
    };
    let changes = project.changes_since(&session, None).unwrap();
    assert_eq!(changes.count, changes.by.values().sum::<usize>());
    changes.by.into_iter().collect()
}

/// Shown red by: taking everything after the session's clock; leaving the merged clone's out.
#[test]
fn what_came_with_a_merge_was_not_seen() {
    let (here, mut ann) = World::begun();
    ann.does(&mut here.open(), &milestone("Api", &[]));
    let there = here.cloned();
    let mut bob = Hand::new("bob");
    // Bob records before Ann puts her session down, and she does not know of it.
    bob.does(&mut there.open(), &step("b", SessionStep::Started));
    bob.does(&mut there.open(), &note("api", "early"));
    ann.does(&mut here.open(), &step("a", SessionStep::Started));
    ann.does(&mut here.open(), &step("a", SessionStep::Suspended));
    ann.does(&mut here.open(), &note("api", "own"));
    assert_eq!(changes(&here.open(), "a"), []);
    here.take_log_of(&there);
    there.take_log_of(&here);
    let seen = vec![("bob".to_owned(), 2)];
    assert_eq!(changes(&here.open(), "a"), seen);
    assert_eq!(changes(&there.open(), "a"), seen);
    // Every clone knows of both sessions.
    for world in [&here, &there] {
        let sessions = world.open().project().sessions.clone();
        let stands: Vec<_> = sessions.iter().map(|(id, held)| (&**id, held.is_open())).collect();
        assert_eq!(stands, [("a", false), ("b", true)]);
    }
}

/// Shown red by: answering from the index alone.
#[test]
fn the_index_finds_the_same_changes() {
    let (world, mut ann) = World::begun();
    ann.does(&mut world.open(), &milestone("Api", &[]));
    ann.does(&mut world.open(), &step("a", SessionStep::Started));
    ann.does(&mut world.open(), &step("a", SessionStep::Suspended));
    let mut bob = Hand::after("bob", &world.open());
    bob.does(&mut world.open(), &note("api", "one"));
    bob.does(&mut world.open(), &note("api", "two"));
    let before = changes(&world.open(), "a");
    assert_eq!(before, [("bob".to_owned(), 2)]);
    let mut project = world.open();
    let mover = milestone_project::Mover { by: "ann", now: ann.caller().now, automatic: false };
    project.migrate(milestone_project::Backend::Hybrid, &mover, &mut |_| {}).unwrap();
    assert_eq!(changes(&project, "a"), before);
    assert_eq!(changes(&world.open(), "a"), before);
}

/// Shown red by: keeping all of them; forgetting the open ones first.
#[test]
fn of_many_sessions_those_that_ended_are_forgotten_first() {
    let (world, mut ann) = World::begun();
    let mut project = world.open();
    let max = milestone_core::domain::SESSIONS_MAX;
    project.execute(&step("kept", SessionStep::Started), &ann.caller()).unwrap();
    for number in 0..max + 5 {
        let id = format!("s{number}");
        project.execute(&step(&id, SessionStep::Started), &ann.caller()).unwrap();
        project.execute(&step(&id, SessionStep::Ended), &ann.caller()).unwrap();
    }
    let sessions = &project.state().project().sessions;
    assert_eq!(sessions.len(), max);
    assert!(sessions["kept"].is_open() && !sessions.contains_key("s0"));
    assert!(sessions.contains_key(&format!("s{}", max + 4)));
    assert_eq!(world.open().project().sessions, *sessions);
}

/// Shown red by: believing `local/sessions.json` whatever the log says.
#[test]
fn a_session_is_open_here_only_while_the_log_says_so() {
    let (world, mut ann) = World::begun();
    let mut project = world.open();
    project.execute(&step("a", SessionStep::Started), &ann.caller()).unwrap();
    project.remember_session("ann", Some("a")).unwrap();
    assert_eq!(project.open_session("ann").as_deref(), Some("a"));
    assert_eq!(project.open_session("bob"), None);
    // Another branch of the log knows nothing of it.
    let log = world.log_files();
    let other = world.cloned();
    std::fs::create_dir_all(other.path("local")).unwrap();
    std::fs::write(other.path("local/sessions.json"), "{\"ann\":\"gone\"}").unwrap();
    assert_eq!(other.open().open_session("ann"), None);
    assert_eq!(other.log_files(), log);
    project.execute(&step("a", SessionStep::Ended), &ann.caller()).unwrap();
    assert_eq!(project.open_session("ann"), None);
    std::fs::write(world.path("local/sessions.json"), "no json").unwrap();
    assert_eq!(project.open_session("ann"), None);
}
