//! The log is a set: any order, duplication or split of its lines over files says the same.
//!
//! The same state, the same fingerprint, and a checkpoint with the same records and heads. (On
//! several threads: `milestone-project/tests/it/ahead.rs`.)

use milestone_core::log::Level;
use milestone_testkit::{MemoryStore, harmless, histories};
use proptest::prelude::*;

use crate::common::{Shown, cases, folded};

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn any_order_duplication_and_split_is_the_same(
        (shuffled, expected, count) in histories(3, 14).prop_flat_map(|history| {
            let union = history.union();
            let lines = union.lines();
            let count = lines.len();
            let twice = [lines.clone(), lines].concat();
            (Just(twice).prop_shuffle(), Just(Shown::of(&folded(&union))), Just(count))
        }),
        extra in 0..20usize,
        deal in prop::collection::vec(0..5u8, 0..40),
    ) {
        // Every line once, and some of the second copies.
        let mut seen = std::collections::HashSet::new();
        let (firsts, seconds): (Vec<_>, Vec<_>) =
            shuffled.into_iter().partition(|line| seen.insert(line.clone()));
        prop_assert_eq!(firsts.len(), count);
        let seconds = seconds.into_iter().take(extra);
        let lines: Vec<String> = firsts.into_iter().chain(seconds).collect();
        let dealt = MemoryStore::dealt(&lines, &deal);
        prop_assert_eq!(Shown::of(&folded(&dealt)), expected);
    }

    /// Records that are missing leave holes; what is there says the same in any order.
    #[test]
    fn any_part_of_a_log_is_the_same_in_any_order(
        (kept, shuffled) in histories(3, 12).prop_flat_map(|history| {
            let lines = history.union().lines();
            let count = lines.len();
            prop::sample::subsequence(lines, 0..=count)
                .prop_flat_map(|kept| (Just(kept.clone()), Just(kept).prop_shuffle()))
        }),
        deal in prop::collection::vec(0..4u8, 0..40),
    ) {
        let expected = Shown::of(&folded(&MemoryStore::from_lines(&kept)));
        prop_assert_eq!(Shown::of(&folded(&MemoryStore::dealt(&shuffled, &deal))), expected);
    }

    #[test]
    fn what_crashes_and_merges_leave_behind_changes_nothing(
        history in histories(3, 10),
        damage in prop::collection::vec(harmless(), 1..6),
    ) {
        let store = history.union();
        let before = folded(&store);
        prop_assert_eq!(before.checkpoint.finding_counts[Level::Error as usize], 0);
        damage.iter().for_each(|damage| damage.apply(&store));
        prop_assert_eq!(Shown::of(&folded(&store)), Shown::of(&before));
    }

    /// Two clones that have taken in each other's records are the same, whoever began.
    #[test]
    fn clones_that_merged_agree(history in histories(3, 14)) {
        let replicas = history.play();
        let shown: Vec<Shown> = (0..replicas.len())
            .map(|first| {
                let store = replicas[first].store().copy("reader.jsonl");
                (1..replicas.len()).for_each(|step| {
                    store.union(replicas[(first + step) % replicas.len()].store());
                });
                Shown::of(&folded(&store))
            })
            .collect();
        prop_assert!(shown.windows(2).all(|pair| pair[0] == pair[1]));
    }
}
