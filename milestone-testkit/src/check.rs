//! What every projection must hold, as one call.
//!
//! Start at [`check_projection`].
//!
//! - **Invariant.** The same histories in every run: a failure can be repeated.
//! - **Absent on purpose.** What a projection should show. Only its author knows; here it is held
//!   against itself, built afresh.

use milestone_core::log::Checkpoint;
use milestone_core::projection::{
    Batch, Fingerprint, Projection, ProjectionError, Spec, Work, build, plan, project, rebuild,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestError, TestRunner};

use crate::damage::{Damage, harmless};
use crate::histories::{History, histories, single_writer, union_of};
use crate::memory::MemoryStore;

/// How many histories of each sort [`check_projection`] plays.
const CASES: u32 = 48;

/// Checks an implementation of [`Projection`]. `make` opens it: the first call may find whatever
/// was there, every later one is to find what the one before it left, as after a crash.
///
/// Plays histories of one writer and of three clones with forks, merges, late records, unknown
/// events, repeated commands, torn tails and damaged lines, brings the projection up to date in
/// batches of any size and in between drops it and opens it again, hands it a batch twice, cuts off
/// its builds, and compares what it shows with what it shows when it is built from the first
/// record.
///
/// # Panics
///
/// If it shows something else, fails, or has the wrong checkpoint. The message names the history.
pub fn check_projection<P: Projection>(make: impl Fn() -> P) {
    check_projection_in(CASES, make);
}

/// As [`check_projection`], with so many histories of each sort: for projections that are slow.
///
/// # Panics
///
/// As [`check_projection`].
pub fn check_projection_in<P: Projection>(cases: u32, make: impl Fn() -> P) {
    let damage = || prop::collection::vec(harmless(), 0..3);
    let stops = || prop::collection::vec(any::<bool>(), 1..12);
    run(cases, (single_writer(12), damage(), stops()), &make);
    run(cases, (histories(3, 14), damage(), stops()), &make);
}

type Case = (History, Vec<Damage>, Vec<bool>);

fn run<P: Projection>(cases: u32, strategy: impl Strategy<Value = Case>, make: &impl Fn() -> P) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let rng = proptest::test_runner::TestRng::deterministic_rng(config.rng_algorithm);
    let outcome =
        TestRunner::new_with_rng(config, rng).run(&strategy, |(history, damage, stops)| {
            check_case(&history, &damage, &stops, make).map_err(TestCaseError::fail)
        });
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(why, (history, damage, stops))) => panic!(
            "the projection `{}` does not hold: {why}\n{history}\ndamage: {damage:?}\n\
             brought up to date after each operation for which this says so: {stops:?}",
            make().spec().name
        ),
        Err(TestError::Abort(why)) => panic!("the check was given up: {why}"),
    }
}

/// What a clone's log was after each operation.
fn snapshots(history: &History, damage: &[Damage]) -> Vec<MemoryStore> {
    let mut snapshots = Vec::new();
    let replicas = history.play_watched(|replicas| {
        snapshots.push(replicas[0].store().copy("reader-0001.jsonl"));
    });
    snapshots.push(union_of(&replicas));
    let damaged = union_of(&replicas);
    damage.iter().for_each(|damage| damage.apply(&damaged));
    snapshots.push(damaged);
    snapshots
}

fn check_case<P: Projection>(
    history: &History,
    damage: &[Damage],
    stops: &[bool],
    make: &impl Fn() -> P,
) -> Result<(), String> {
    make().wipe().map_err(said("wiping"))?;
    let snapshots = snapshots(history, damage);
    // One log that changes, as a reader of a folder sees it.
    let log = MemoryStore::new();
    let mut shown = Vec::new();
    let mut projection = Twice { inner: make(), again: false };
    for (place, snapshot) in snapshots.iter().enumerate() {
        show(&log, snapshot);
        if place + 1 < snapshots.len() && !stops[place % stops.len()] {
            continue;
        }
        if place.is_multiple_of(3) {
            drop(projection);
            projection = Twice { inner: make(), again: false };
        }
        projection.again = place.is_multiple_of(2);
        bring_up_to_date(&log, &mut projection)?;
        shown.push((place, projection.fingerprint().map_err(said("reading it back"))?));
    }
    drop(projection);
    for (place, live) in shown {
        cut_off(&snapshots[place], place, make)?;
        let mut fresh = make();
        build(&snapshots[place], &mut fresh).map_err(said("building it"))?;
        let rebuilt = fresh.fingerprint().map_err(said("reading it back"))?;
        if live != rebuilt {
            return Err(format!(
                "after {place} operations it shows {live}, and {rebuilt} when it is built from \
                 the first record"
            ));
        }
    }
    Ok(())
}

/// Builds it, and fails at one of the first batches: nothing may then pass for a whole one.
fn cut_off<P: Projection>(
    log: &MemoryStore,
    batches: usize,
    make: &impl Fn() -> P,
) -> Result<(), String> {
    let mut dying = Dying { inner: make(), batches };
    let built = build(log, &mut dying).is_ok();
    drop(dying);
    match make().checkpoint() {
        Ok(Some(_)) if !built => Err("a build that was cut off left a checkpoint".to_owned()),
        _ => Ok(()),
    }
}

/// Makes `log` what `snapshot` is, appending where that is all there is to do.
fn show(log: &MemoryStore, snapshot: &MemoryStore) {
    let before = log.contents();
    for (name, bytes) in snapshot.contents() {
        match before.get(&name).map(|held| bytes.strip_prefix(held.as_slice())) {
            Some(Some([])) => {}
            Some(Some(new)) => log.push_raw(&name, new),
            Some(None) | None => log.put(&name, bytes),
        }
    }
}

fn bring_up_to_date(log: &MemoryStore, projection: &mut dyn Projection) -> Result<(), String> {
    let now = rebuild(log, "for a check").map_err(said("folding the log"))?;
    let planned = plan(log, &now.checkpoint, projection).map_err(said("planning"))?;
    let done = project(log, &now.state, &now.checkpoint, projection).map_err(said("applying"))?;
    if planned != done {
        return Err(format!("it was to be {planned:?} and became {done:?}"));
    }
    let reached = projection.checkpoint().map_err(said("reading the checkpoint"))?;
    match reached {
        Some(reached) if reached.same_records(&now.checkpoint) => {}
        other => {
            let counts = (other.map(|checkpoint| checkpoint.count), now.checkpoint.count);
            return Err(format!("after {done:?} its checkpoint has {counts:?} records (it, log)"));
        }
    }
    let left = plan(log, &now.checkpoint, projection).map_err(said("planning"))?;
    if left != Work::Current {
        return Err(format!("after {done:?} there is still {left:?} to do"));
    }
    Ok(())
}

fn said<E: std::fmt::Display + std::fmt::Debug>(what: &'static str) -> impl Fn(E) -> String {
    move |error| format!("{what}: {error} ({error:?})")
}

/// Hands every batch on, and if `again`, twice.
struct Twice<P> {
    inner: P,
    again: bool,
}

impl<P: Projection> Projection for Twice<P> {
    fn spec(&self) -> Spec {
        self.inner.spec()
    }

    fn checkpoint(&mut self) -> Result<Option<Checkpoint>, ProjectionError> {
        self.inner.checkpoint()
    }

    fn apply(&mut self, batch: &Batch<'_>) -> Result<(), ProjectionError> {
        self.inner.apply(batch)?;
        // A batch of a build comes once: whatever cuts the build off, it begins anew.
        if self.again && batch.next.is_some() { self.inner.apply(batch) } else { Ok(()) }
    }

    fn wipe(&mut self) -> Result<(), ProjectionError> {
        self.inner.wipe()
    }

    fn fingerprint(&mut self) -> Result<Fingerprint, ProjectionError> {
        self.inner.fingerprint()
    }
}

/// Takes in so many batches and fails at the next.
struct Dying<P> {
    inner: P,
    batches: usize,
}

impl<P: Projection> Projection for Dying<P> {
    fn spec(&self) -> Spec {
        self.inner.spec()
    }

    fn checkpoint(&mut self) -> Result<Option<Checkpoint>, ProjectionError> {
        self.inner.checkpoint()
    }

    fn apply(&mut self, batch: &Batch<'_>) -> Result<(), ProjectionError> {
        match self.batches.checked_sub(1) {
            Some(left) => self.batches = left,
            None => {
                let source = "it was cut off".into();
                return Err(ProjectionError::Other { name: self.spec().name, source });
            }
        }
        self.inner.apply(batch)
    }

    fn wipe(&mut self) -> Result<(), ProjectionError> {
        self.inner.wipe()
    }

    fn fingerprint(&mut self) -> Result<Fingerprint, ProjectionError> {
        self.inner.fingerprint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::{Documents, Shelf};

    /// What a broken projection makes of a batch.
    type Breaks = for<'a> fn(&mut Documents, Batch<'a>) -> Result<(), ProjectionError>;

    struct Broken {
        inner: Documents,
        breaks: Breaks,
    }

    impl Projection for Broken {
        fn spec(&self) -> Spec {
            self.inner.spec()
        }

        fn checkpoint(&mut self) -> Result<Option<Checkpoint>, ProjectionError> {
            self.inner.checkpoint()
        }

        fn apply(&mut self, batch: &Batch<'_>) -> Result<(), ProjectionError> {
            (self.breaks)(&mut self.inner, Batch { ..*batch })
        }

        fn wipe(&mut self) -> Result<(), ProjectionError> {
            self.inner.wipe()
        }

        fn fingerprint(&mut self) -> Result<Fingerprint, ProjectionError> {
            self.inner.fingerprint()
        }
    }

    fn message_of(breaks: Breaks) -> String {
        let shelf = Shelf::default();
        let make = || Broken { inner: Documents::on(&shelf), breaks };
        let check = std::panic::AssertUnwindSafe(|| check_projection(make));
        let panic = std::panic::catch_unwind(check).expect_err("this projection is broken");
        panic.downcast_ref::<String>().expect("a message").clone()
    }

    #[test]
    fn a_correct_projection_passes_whether_or_not_it_outlives_its_maker() {
        let shelf = Shelf::default();
        check_projection(|| Documents::on(&shelf));
        check_projection(|| Documents::on(&Shelf::default()));
    }

    #[test]
    fn a_projection_that_misses_tasks_of_late_records_is_found() {
        let message = message_of(|inner, batch| {
            let tasks = if batch.reset.is_empty() { batch.tasks } else { &[] };
            inner.apply(&Batch { tasks, ..batch })
        });
        assert!(message.contains("`documents` does not hold"), "{message}");
        assert!(message.contains("history of 3 clones:\n  "), "{message}");
    }

    #[test]
    fn a_projection_that_forgets_its_checkpoint_is_found() {
        let message = message_of(|inner, batch| {
            let none = Checkpoint::default();
            inner.apply(&Batch { next: batch.next.map(|_| &none), ..batch })
        });
        assert!(message.contains("checkpoint"), "{message}");
    }

    #[test]
    fn a_projection_that_takes_half_a_build_for_a_whole_one_is_found() {
        let message = message_of(|inner, batch| {
            let none = Checkpoint::default();
            inner.apply(&Batch { next: batch.next.or(Some(&none)), ..batch })
        });
        assert!(message.contains("cut off left a checkpoint"), "{message}");
    }

    #[test]
    fn a_projection_that_takes_a_batch_in_twice_differently_is_found() {
        let message = message_of(|inner, batch| {
            let held = inner.checkpoint()?;
            let twice = held.zip(batch.next).is_some_and(|(held, next)| held.same_records(next));
            if twice { inner.wipe() } else { inner.apply(&batch) }
        });
        assert!(message.contains("checkpoint"), "{message}");
    }
}
