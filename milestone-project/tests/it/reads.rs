//! Reading changes no byte outside `local/`, and works where nothing can be written. A view that
//! cannot be written is said to be behind, and the next command mends it.
//!
//! Shown red by: an open that writes the view.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command as Process;
use std::sync::atomic::{AtomicBool, Ordering};

use milestone_core::domain::Plan;
use milestone_core::words::StreamId;
use milestone_project::{Anchors, AsOf, HistoryFilter, Project, Warning};

use crate::world::{
    Hand, World, assert_rebuilt, ids_of, is_root, milestone, note, print_of, skip, start,
    view_print,
};

const COMPARISONS: usize = 20;

fn prepared() -> (World, Hand) {
    let (world, mut hand) = World::begun();
    let mut project = world.open();
    hand.does(&mut project, &milestone("Api", &["Plan", "Build"]));
    hand.does(&mut project, &start("api/plan"));
    hand.does(&mut project, &note("api", "a note"));
    (world, hand)
}

/// Every way of looking at a project.
fn look(project: &mut Project) {
    project.refresh().unwrap();
    assert_eq!(project.state().milestone_ids().len(), 1);
    let about = project.streams_about(&StreamId::parse("api").unwrap());
    assert_eq!(about.len(), 3);
    let filter = HistoryFilter { streams: Some(about), ..HistoryFilter::default() };
    assert!(!project.history(&filter).unwrap().is_empty());
    let id = project.checkpoint().last.unwrap().1.to_string();
    for moment in [AsOf::Place(2), AsOf::Record(id.clone()), AsOf::Session("session-ann".into())] {
        project.as_of(&moment).unwrap();
    }
    let audit = project.audit(Some(&Anchors::Text(id.clone()))).unwrap();
    assert_eq!((audit.missing_anchors, audit.anchors), (vec![], 1));
    assert!(project.has_record(&id).unwrap().is_some());
    assert!(!project.undoable("ann").unwrap().is_empty());
    assert!(project.missing_git_rules().is_empty());
    project.check_views().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    project.replay_into(elsewhere.path(), None).unwrap();
    assert!(!project.is_damaged());
}

#[test]
fn reading_changes_nothing_outside_local() {
    let (world, _) = prepared();
    let oddities: [(&str, &dyn Fn()); 5] = [
        ("as it is", &|| ()),
        ("without local", &|| fs::remove_dir_all(world.path("local")).unwrap()),
        ("without views", &|| fs::remove_dir_all(world.path("active")).unwrap()),
        ("with an edit", &|| {
            fs::create_dir_all(world.path("active")).unwrap();
            fs::write(world.path("active/api.yaml"), "title: mine\n").unwrap();
        }),
        ("with a torn tail", &|| {
            let name = world.log_files().into_keys().next().unwrap();
            let path = world.path("log").join(name);
            let torn = [fs::read(&path).unwrap(), b"{\"id\":\"".to_vec()].concat();
            fs::write(path, torn).unwrap();
        }),
    ];
    for (name, make_odd) in oddities {
        make_odd();
        let before = world.bytes();
        look(&mut world.open());
        assert_eq!(world.bytes(), before, "{name}");
        look(&mut world.read_only());
        assert_eq!(world.bytes(), before, "{name}, read-only");
    }
}

/// Gives a folder and all in it to nobody, or takes every right to write away.
fn change_all(dir: &Path, change: &dyn Fn(&Path)) {
    for entry in fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()) {
        match entry.is_dir() {
            true => change_all(&entry, change),
            false => change(&entry),
        }
    }
    change(dir);
}

fn read_only(path: &Path) {
    let mode = if path.is_dir() { 0o555 } else { 0o444 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn writable(path: &Path) {
    let mode = if path.is_dir() { 0o755 } else { 0o644 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn child_reads_where_nothing_can_be_written() {
    let Some(world) = World::of_parent() else { return };
    let denied = fs::write(world.path("local/probe"), "").is_err();
    assert!(denied, "this is a place to write to");
    let options = milestone_project::Options { trust_foreign_owner: true, ..Default::default() };
    let mut project = Project::open(&world.root(), options).unwrap();
    look(&mut project);
    let refused = project.execute(&note("api", "no"), &Hand::new("zoe").caller());
    assert!(refused.is_err());
}

#[test]
fn a_read_only_directory_can_be_read() {
    let test = "a_read_only_directory_can_be_read";
    let (world, _) = prepared();
    let child = "reads::child_reads_where_nothing_can_be_written";
    change_all(world.dir(), &read_only);
    let before = world.bytes();
    let shell = match is_root() {
        false => "exec",
        // Root may do anything; somebody else may not.
        true => "exec setpriv --reuid=65534 --regid=65534 --clear-groups",
    };
    let probe = format!(
        "setpriv --reuid=65534 --regid=65534 --clear-groups test -x \"{}\"",
        std::env::current_exe().unwrap().display()
    );
    let able = !is_root()
        || Process::new("sh").args(["-c", &probe]).status().is_ok_and(|status| status.success());
    if able {
        let output = world.child(child, shell).output().unwrap();
        crate::world::expect_success(&output);
    } else {
        skip(test, "root may write anywhere, and nobody cannot run this test");
    }
    assert_eq!(world.bytes(), before);
    change_all(world.dir(), &writable);
}

/// Puts something in the place of a folder.
type Obstruct<'a> = &'a dyn Fn(&Path);

/// Whatever is in the place of the view, the command succeeds, says so, and the next one heals it.
#[test]
fn a_view_that_cannot_be_written_is_behind_and_heals() {
    let elsewhere = tempfile::tempdir().unwrap();
    let obstacles: [(&str, Obstruct<'_>); 4] = [
        ("a file", &|path| fs::write(path, "in the way").unwrap()),
        ("a link", &|path| symlink(elsewhere.path(), path).unwrap()),
        ("a link to nothing", &|path| symlink("nowhere", path).unwrap()),
        ("a folder for a file", &|path| fs::create_dir_all(path.join("api.yaml/x")).unwrap()),
    ];
    for (name, obstruct) in obstacles {
        let (world, mut hand) = prepared();
        let active = world.path("active");
        fs::remove_dir_all(&active).unwrap();
        obstruct(&active);
        let mut project = world.open();
        for count in 0..2 {
            let done = hand.does(&mut project, &note("api", &format!("behind {count}")));
            let behind = |warning: &Warning| matches!(warning, Warning::ViewBehind { .. });
            assert!(done.warnings.iter().any(behind), "{name}: {:?}", done.warnings);
        }
        assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0, "no link is followed");
        let mut hand = Hand::after("ann", &project);
        match fs::symlink_metadata(&active).unwrap().is_dir() {
            true => fs::remove_dir_all(&active).unwrap(),
            false => fs::remove_file(&active).unwrap(),
        }
        let done = hand.does(&mut project, &note("api", "healed"));
        assert_eq!(done.warnings, [], "{name}");
        assert_eq!(view_print(&project), print_of(project.state()), "{name}");
        assert!(world.view("active/api.yaml").contains("behind 1"));
        assert_rebuilt(&world.open());
    }
}

/// Shown red by: a project that goes on from an empty state as if it were at its checkpoint.
#[test]
fn a_log_that_could_not_be_read_once_is_read_again() {
    let (world, mut hand) = World::begun();
    let mut project = world.open();
    hand.does(&mut project, &milestone("Api", &["Plan"]));
    let (log, aside) = (world.path("log"), world.path("local/aside"));
    fs::rename(&log, &aside).unwrap();
    fs::write(&log, "no directory").unwrap();
    project.refresh().unwrap_err();
    assert!(project.state().milestone("api").is_some(), "what is known stays known");
    fs::remove_file(&log).unwrap();
    fs::rename(&aside, &log).unwrap();
    let mut other = world.open();
    hand.does(&mut other, &milestone("Web", &["Plan"]));
    project.refresh().unwrap();
    assert_rebuilt(&project);
    assert_eq!(ids_of(&project), world.ids());
}

/// Shown red by: comparing a state, a replay and a view of different moments.
#[test]
fn what_is_recorded_meanwhile_makes_no_comparison_fail() {
    let (world, _) = prepared();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut project = world.open();
            let mut hand = Hand::after("eve", &project);
            while !stop.load(Ordering::Relaxed) {
                hand.does(&mut project, &note("api", "meanwhile"));
            }
        });
        let mut project = world.open();
        let checks: Vec<_> = (0..COMPARISONS).map(|_| project.check_views()).collect();
        stop.store(true, Ordering::Relaxed);
        for check in checks.into_iter().flat_map(|checks| checks.unwrap()) {
            assert!(check.holds(), "{check:?}");
        }
    });
}
