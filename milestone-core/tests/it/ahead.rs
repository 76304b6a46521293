//! Reading ahead: however slow whoever follows is, only a few files lie ready in memory.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use milestone_core::log::{
    AppendError, FileStat, LockError, LockGuard, LogStore, NewLine, Pending, ReadError, Step,
    SyncError, scan_on,
};
use milestone_testkit::{MemoryStore, histories};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// Three that wait to be taken in, three that were, one in the hands of each thread, and some room.
const FILES_READY_MAX: usize = 12;

/// What is looked at to find where a file begins.
const PEEK_BYTES: usize = 4096;

/// A store that notes which files were read whole.
struct Watched {
    store: MemoryStore,
    read: AtomicUsize,
}

impl LogStore for Watched {
    fn files(&self) -> Result<Vec<FileStat>, ReadError> {
        self.store.files()
    }

    fn read_at(&self, file: &str, offset: u64, into: &mut [u8]) -> Result<usize, ReadError> {
        if into.len() < PEEK_BYTES {
            self.read.fetch_add(1, Ordering::SeqCst);
        }
        self.store.read_at(file, offset, into)
    }

    fn lock(&self, wait: Duration) -> Result<LockGuard, LockError> {
        self.store.lock(wait)
    }

    fn append(&mut self, guard: &LockGuard, lines: &[NewLine<'_>]) -> Result<Pending, AppendError> {
        self.store.append(guard, lines)
    }

    fn sync(&self, pending: Pending) -> Result<(), SyncError> {
        self.store.sync(pending)
    }
}

/// Shown red by: taking in all that the readers have ready, whenever a file is asked for.
#[test]
fn few_files_are_read_ahead_of_who_follows() {
    let mut runner = TestRunner::deterministic();
    let long = histories(1, 60).prop_filter("long enough", |it| it.union().lines().len() >= 40);
    let lines = long.new_tree(&mut runner).unwrap().current().union().lines();
    let deal: Vec<u8> = (0..40).collect();
    for threads in [2, 3] {
        let store = MemoryStore::dealt(&lines[..40], &deal);
        let watched = Watched { store, read: AtomicUsize::new(0) };
        let files = watched.files().unwrap().len();
        assert!(files >= 40, "{files} files");
        let (mut taken, mut most) = (0, 0);
        scan_on(&watched, threads, |step| {
            let Step::Line(..) = step else { panic!("each file is after the one before") };
            taken += 1;
            std::thread::sleep(Duration::from_millis(2));
            most = most.max(watched.read.load(Ordering::SeqCst) - taken);
        })
        .unwrap();
        assert_eq!(taken, 40);
        assert!(most <= FILES_READY_MAX, "{most} files lay ready, {threads} threads");
    }
}
