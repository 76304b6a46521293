//! Incremental is the same as rebuilt: for the state, from any base, and for projections.
//!
//! A reader looks at one clone's log after some of the operations of a history, so it meets tails,
//! late records, forks, merges, repeated commands and damaged files.

use std::sync::Arc;

use milestone_core::log::LogStore;
use milestone_core::projection::{
    Base, Caught, Change, Fingerprint, Projection, Work, advance, project, rebuild, restore,
    restore_to,
};
use milestone_testkit::{
    Damage, Documents, History, MemoryBase, MemoryStore, Shelf, check_projection, harmless,
    histories, single_writer, union_of,
};
use proptest::prelude::*;

use crate::common::{Shown, cases, folded};

/// The log of the first clone after each operation, as one store that changes: `look` is called
/// with it after each. The last look is at the union of all clones, with `damage`.
fn each_log(history: &History, damage: &[Damage], mut look: impl FnMut(&MemoryStore)) {
    let log = MemoryStore::new();
    let replicas = history.play_watched(|replicas| {
        log.union(replicas[0].store());
        look(&log);
    });
    log.union(&union_of(&replicas));
    look(&log);
    damage.iter().for_each(|damage| damage.apply(&log));
    look(&log);
}

/// Brings a state up to date by whatever way is the cheapest.
fn catch_up(log: &MemoryStore, mut before: Caught) -> Caught {
    let base: Arc<dyn Base> = MemoryBase::shared(&before.state);
    match advance(log, &mut before.state, &before.checkpoint).expect("memory can be read") {
        Some(caught) => caught,
        None => restore(log, &base, &before.checkpoint).expect("memory can be read"),
    }
}

/// What the histories of these tests really reach.
#[test]
fn every_way_of_catching_up_is_taken() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let (mut nothing, mut tails, mut refolds, mut rebuilds) = (0, 0, 0, 0);
    for _ in 0..200 {
        let history = histories(3, 14).new_tree(&mut runner).unwrap().current();
        let mut held = folded(&MemoryStore::new());
        each_log(&history, &[], |log| {
            let before = std::mem::replace(&mut held, folded(&MemoryStore::new()));
            held = catch_up(log, before);
            match held.change {
                Change::Nothing => nothing += 1,
                Change::Tail(_) => tails += 1,
                Change::Refolded(_) => refolds += 1,
                Change::Rebuilt(_) => rebuilds += 1,
            }
        });
    }
    let reached = [nothing, tails, refolds, rebuilds];
    assert!(reached.iter().all(|&times| times > 5), "{reached:?}");
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn a_state_that_is_carried_on_is_the_same_as_rebuilt(
        history in histories(3, 14),
        damage in prop::collection::vec(harmless(), 0..3),
        stops in prop::collection::vec(any::<bool>(), 1..8),
    ) {
        let mut held = Some(folded(&MemoryStore::new()));
        let (mut place, mut wrong) = (0, None);
        each_log(&history, &damage, |log| {
            place += 1;
            if !stops[place % stops.len()] {
                return;
            }
            let caught = catch_up(log, held.take().expect("put back below"));
            let (live, rebuilt) = (Shown::of(&caught), Shown::of(&folded(log)));
            if live != rebuilt {
                let change = caught.change.clone();
                wrong.get_or_insert_with(|| {
                    format!("at {place} by {change:?}:\n{live:#?}\n{rebuilt:#?}")
                });
            }
            held = Some(caught);
        });
        prop_assert!(wrong.is_none(), "{}", wrong.unwrap_or_default());
    }

    /// Any two moments of a log, with nothing but a base in between.
    #[test]
    fn a_state_that_begins_at_a_base_is_the_same_as_rebuilt(
        history in histories(3, 14),
        damage in prop::collection::vec(harmless(), 0..3),
        from in any::<prop::sample::Index>(),
    ) {
        let (mut logs, log) = (Vec::new(), MemoryStore::new());
        each_log(&history, &damage, |log| logs.push(log.contents()));
        let from = from.index(logs.len());
        logs[from].iter().for_each(|(name, bytes)| log.put(name, bytes.clone()));
        let before = folded(&log);
        let base = MemoryBase::shared(&before.state);
        for later in &logs[from..] {
            grow(&log, later);
            let caught = restore(&log, &base, &before.checkpoint).unwrap();
            prop_assert_eq!(Shown::of(&caught), Shown::of(&folded(&log)), "{:?}", caught.change);
        }
    }

    /// What others append while a moment is looked at is not in it.
    #[test]
    fn a_moment_that_is_reached_from_a_base_is_the_same_as_rebuilt(
        history in prop_oneof![histories(1, 14), histories(3, 14)],
        from in any::<prop::sample::Index>(),
    ) {
        let (mut logs, log) = (Vec::new(), MemoryStore::new());
        each_log(&history, &[], |log| logs.push(log.contents()));
        let moments: Vec<Caught> = logs[from.index(logs.len())..]
            .iter()
            .map(|now| {
                grow(&log, now);
                folded(&log)
            })
            .collect();
        let base = MemoryBase::shared(&moments[0].state);
        let mut reached = 0;
        for now in &moments {
            let state = restore_to(&log, &base, &moments[0].checkpoint, &now.checkpoint).unwrap();
            if let Some(state) = &state {
                let (here, there) =
                    (Fingerprint::of_state(state), Fingerprint::of_state(&now.state));
                prop_assert_eq!(here, there);
                reached += 1;
            }
        }
        // Where nobody else writes, every moment is reached.
        prop_assert!(reached == moments.len() || history.clones > 1);
    }

    /// Lines that arrive in any order, children before their parents: what is missing heals.
    #[test]
    fn lines_that_arrive_in_any_order_end_up_the_same(
        (lines, deal) in histories(3, 10).prop_flat_map(|history| {
            let lines = history.union().lines();
            let deal = prop::collection::vec((0..3u8, 1..4usize), lines.len());
            (Just(lines).prop_shuffle(), deal)
        }),
    ) {
        let (log, shelf) = (MemoryStore::new(), Shelf::default());
        let mut held = folded(&log);
        let mut rest = lines.as_slice();
        for (file, count) in deal {
            let (now, later) = rest.split_at(count.min(rest.len()));
            rest = later;
            now.iter().for_each(|line| {
                log.push_raw(&format!("f{file}.jsonl"), format!("{line}\n").as_bytes());
            });
            held = catch_up(&log, held);
            prop_assert_eq!(Shown::of(&held), Shown::of(&folded(&log)), "{:?}", held.change);
            let mut documents = Documents::on(&shelf);
            let work = project(&log, &held.state, &held.checkpoint, &mut documents).unwrap();
            let shown = documents.fingerprint().unwrap();
            prop_assert_eq!(shown, Fingerprint::of_state(&held.state), "{:?}", work);
        }
    }

    #[test]
    fn a_projection_that_is_carried_on_shows_what_the_state_shows(
        history in histories(3, 14),
        damage in prop::collection::vec(harmless(), 0..3),
        stops in prop::collection::vec(any::<bool>(), 1..8),
    ) {
        let shelf = Shelf::default();
        let (mut place, mut wrong) = (0, None);
        each_log(&history, &damage, |log| {
            place += 1;
            if !stops[place % stops.len()] {
                return;
            }
            let now = rebuild(log, "for a test").unwrap();
            let mut documents = Documents::on(&shelf);
            let work = project(log, &now.state, &now.checkpoint, &mut documents).unwrap();
            if documents.fingerprint().unwrap() != Fingerprint::of_state(&now.state) {
                wrong.get_or_insert(work);
            }
        });
        prop_assert_eq!(wrong, None);
    }

    /// A writer whose own records are all that ever comes never folds anything again, also if the
    /// clock is put back in between, and finds what whoever reads everything finds.
    #[test]
    fn a_single_writers_log_is_only_ever_carried_on(history in single_writer(12)) {
        let shelf = Shelf::default();
        let mut held = Some(folded(&MemoryStore::new()));
        let (mut first, mut wrong) = (true, Vec::new());
        each_log(&history, &[], |log| {
            let caught = catch_up(log, held.take().expect("put back below"));
            let mut documents = Documents::on(&shelf);
            let work = project(log, &caught.state, &caught.checkpoint, &mut documents).unwrap();
            let tail = matches!(caught.change, Change::Tail(_) | Change::Nothing);
            let usual = matches!(work, Work::Tail(_) | Work::Current);
            if !(tail && (usual || first)) {
                wrong.push((format!("{:?}", caught.change), format!("{work:?}")));
            }
            let (found, all) = (found_in(&caught), found_in(&folded(log)));
            if found != all {
                wrong.push((found, all));
            }
            first = false;
            held = Some(caught);
        });
        prop_assert!(wrong.is_empty(), "{:?}", wrong);
    }
}

/// What was found odd, in any order.
fn found_in(caught: &Caught) -> String {
    let mut found: Vec<_> = caught.checkpoint.findings.iter().map(|f| format!("{f:?}")).collect();
    found.sort();
    format!("{found:?} {:?}", caught.checkpoint.finding_counts)
}

/// Makes `log` what `later` says, by appending where that will do.
fn grow(log: &MemoryStore, later: &std::collections::BTreeMap<String, Vec<u8>>) {
    let before = log.contents();
    for (name, bytes) in later {
        match before.get(name).and_then(|held| bytes.strip_prefix(held.as_slice())) {
            Some([]) => {}
            Some(new) => log.push_raw(name, new),
            None => log.put(name, bytes.clone()),
        }
    }
}

#[test]
fn the_example_projection_holds() {
    let shelf = Shelf::default();
    check_projection(|| Documents::on(&shelf));
}

/// A log that went back, as after `git reset`, is folded as it is now.
#[test]
fn a_log_that_went_back_is_folded_as_it_is() {
    let store = MemoryStore::from_lines(["no record"]);
    let before = folded(&store);
    let base = MemoryBase::shared(&before.state);
    store.put("memory-0001.jsonl", "");
    let caught = restore(&store, &base, &before.checkpoint).unwrap();
    assert!(matches!(caught.change, Change::Rebuilt(_)), "{:?}", caught.change);
    store.remove("memory-0001.jsonl");
    assert!(store.files().unwrap().is_empty());
    let caught = restore(&store, &base, &before.checkpoint).unwrap();
    assert!(matches!(caught.change, Change::Rebuilt(_)), "{:?}", caught.change);
}
