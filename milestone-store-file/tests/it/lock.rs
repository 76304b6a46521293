//! The lock: who holds it, and what happens to those who wait.
//!
//! Shown red by: not looking whether the lock file is still at its path; taking a busy lock for a
//! free one; following links.

use std::fs;
use std::os::unix::fs::symlink;
use std::time::{Duration, Instant};

use milestone_core::log::{LockError, LogStore};
use milestone_store_file::{FileStore, Options};

use crate::world::{Line, WAIT, World};

#[test]
fn a_second_taker_is_told_of_the_first() {
    let world = World::new();
    let options = Options { program: "teapot\u{1b}".to_owned(), ..Options::default() };
    let first = FileStore::open(&world.root(), options).unwrap();
    let guard = first.lock(Duration::ZERO).unwrap();
    let Err(error) = world.store().lock(Duration::ZERO) else { panic!("two holders") };
    let LockError::Busy { holder, waited_ms } = &error else { panic!("{error:?}") };
    let expected = format!("pid {} (teapot)", std::process::id());
    assert_eq!(holder.as_deref(), Some(expected.as_str()));
    assert!(*waited_ms < 1000, "a wait of zero does not wait");
    assert_eq!(error.to_string(), format!("the log is locked by {expected}"));
    drop(guard);
    drop(world.store().lock(Duration::ZERO).expect("dropping the guard unlocks"));
    assert!(world.local("lock").exists(), "the lock file stays");
}

#[test]
fn a_waiter_gets_the_lock_when_it_is_free() {
    let world = World::new();
    let guard = world.store().lock(WAIT).unwrap();
    std::thread::scope(|scope| {
        let waiter = scope.spawn(|| {
            let started = Instant::now();
            drop(world.store().lock(WAIT).unwrap());
            started.elapsed()
        });
        std::thread::sleep(Duration::from_millis(100));
        drop(guard);
        assert!(waiter.join().unwrap() < WAIT / 2);
    });
}

#[test]
fn a_waiter_gives_up_in_time() {
    let world = World::new();
    let _guard = world.store().lock(WAIT).unwrap();
    let started = Instant::now();
    let wait = Duration::from_millis(120);
    let Err(LockError::Busy { waited_ms, .. }) = world.store().lock(wait) else { panic!("got it") };
    assert!(waited_ms >= 120 && started.elapsed() >= wait);
    assert!(started.elapsed() < Duration::from_secs(10));
}

/// `git clean -fdx` removes the lock file while somebody waits: the dead file excludes nobody.
#[test]
fn a_lock_on_a_removed_file_is_no_lock() {
    let world = World::new();
    let dead = world.store().lock(WAIT).unwrap();
    std::thread::scope(|scope| {
        let waiter = scope.spawn(|| drop(world.store().lock(WAIT).unwrap()));
        std::thread::sleep(Duration::from_millis(100));
        fs::remove_file(world.local("lock")).unwrap();
        let alive = world.store().lock(Duration::ZERO).expect("a new file is made");
        drop(dead);
        std::thread::sleep(Duration::from_millis(200));
        assert!(!waiter.is_finished(), "the waiter took the dead file's lock");
        drop(alive);
        waiter.join().unwrap();
    });
}

/// A removed lock file that nobody made anew.
#[test]
fn a_waiter_makes_the_removed_lock_file_anew() {
    let world = World::new();
    let dead = world.store().lock(WAIT).unwrap();
    std::thread::scope(|scope| {
        let waiter = scope.spawn(|| {
            let _held = world.store().lock(WAIT).unwrap();
            world.store().lock(Duration::ZERO).is_err()
        });
        std::thread::sleep(Duration::from_millis(100));
        fs::remove_file(world.local("lock")).unwrap();
        drop(dead);
        assert!(waiter.join().unwrap(), "the waiter's lock keeps nobody out");
    });
}

#[test]
fn a_planted_link_is_not_locked() {
    let world = World::new();
    fs::create_dir(world.root().join("local")).unwrap();
    let outside = world.dir().join("outside");
    fs::write(&outside, "precious").unwrap();
    symlink(&outside, world.local("lock")).unwrap();
    assert!(matches!(world.store().lock(WAIT), Err(LockError::Io { .. })));
    assert_eq!(fs::read_to_string(&outside).unwrap(), "precious");
}

#[test]
fn a_garbled_holder_is_not_repeated() {
    let world = World::new();
    let guard = world.store().lock(WAIT).unwrap();
    fs::write(world.local("lock"), format!("pid \u{1b}[31m{}", " ".repeat(80))).unwrap();
    let Err(error) = world.store().lock(Duration::ZERO) else { panic!("two holders") };
    assert_eq!(error.to_string(), "the log is locked");
    drop(guard);
    world.write(&Line::new(1));
}
