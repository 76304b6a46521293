//! What several of the properties need.
//!
//! Start at [`each_log`].

use milestone_core::projection::{Caught, rebuild};
use milestone_testkit::{Damage, History, MemoryStore, union_of};
use proptest::prelude::ProptestConfig;

/// So many cases, and no file of seeds: a failure prints its history.
pub(crate) fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// The whole log, folded.
pub(crate) fn folded(store: &MemoryStore) -> Caught {
    rebuild(store, "for a test").expect("a store in memory can be read")
}

/// The log of the first clone after each operation, as one store that changes: `look` is called
/// with it after each. The last look is at the union of all clones, with `damage`.
pub(crate) fn each_log(history: &History, damage: &[Damage], mut look: impl FnMut(&MemoryStore)) {
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
