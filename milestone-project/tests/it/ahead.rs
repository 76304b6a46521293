//! Reading ahead: the same comes of it as on one thread; however slow whoever follows is, only a
//! few files lie ready in memory; and who reads ahead stops when nobody follows any more.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use milestone_core::log::{
    AppendError, FileStat, LockError, LockGuard, LogStore, NewLine, Pending, ReadError, Step,
    SyncError,
};
use milestone_core::projection::{Caught, Fingerprint, rebuild, rebuild_by};
use milestone_project::scan_on;
use milestone_testkit::{MemoryStore, harmless, histories};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// The one that was asked for, and three more.
const FILES_READY_MAX: usize = 4;

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

fn forty_files() -> Watched {
    let mut runner = TestRunner::deterministic();
    let long = histories(1, 60).prop_filter("long enough", |it| it.union().lines().len() >= 40);
    let long = long.new_tree(&mut runner).expect("one is long enough");
    let lines = long.current().union().lines();
    let deal: Vec<u8> = (0..40).collect();
    Watched { store: MemoryStore::dealt(&lines[..40], &deal), read: AtomicUsize::new(0) }
}

/// The fold, how far it goes, and what was found odd.
fn shown(caught: &Caught) -> (Fingerprint, String) {
    (Fingerprint::of_state(&caught.state), format!("{:?}", caught.checkpoint))
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 500,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Shown red by: taking what was read ahead in the order in which it became ready.
    #[test]
    fn on_several_threads_the_same_comes_of_it(
        (shuffled, damage) in histories(3, 14).prop_flat_map(|history| {
            let lines = history.union().lines();
            let twice = [lines.clone(), lines].concat();
            (Just(twice).prop_shuffle(), prop::collection::vec(harmless(), 0..3))
        }),
        deal in prop::collection::vec(0..5u8, 1..40),
        threads in 2..4usize,
    ) {
        let dealt = MemoryStore::dealt(&shuffled, &deal);
        damage.iter().for_each(|damage| damage.apply(&dealt));
        let on_one = rebuild(&dealt, "a test").unwrap();
        let several = rebuild_by(|visit| scan_on(&dealt, threads, visit), "a test").unwrap();
        prop_assert_eq!(shown(&several), shown(&on_one));
    }
}

/// Shown red by: reading on whatever lies ready.
#[test]
fn few_files_are_read_ahead_of_who_follows() {
    for threads in [2, 3] {
        let (watched, mut taken, mut most) = (forty_files(), 0, 0);
        scan_on(&watched, threads, &mut |step| {
            let Step::Line(..) = step else { panic!("each file is after the one before") };
            taken += 1;
            std::thread::sleep(Duration::from_millis(2));
            most = most.max(watched.read.load(Ordering::SeqCst) - taken);
        })
        .unwrap();
        assert_eq!(taken, 40);
        assert!(most < FILES_READY_MAX, "{most} files lay ready, {threads} threads");
    }
}

/// Shown red by: letting nobody go. It hangs then.
#[test]
fn who_reads_ahead_goes_with_who_follows() {
    let watched = forty_files();
    let stops = || scan_on(&watched, 3, &mut |_| panic!("enough"));
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(stops)).is_err());
}
