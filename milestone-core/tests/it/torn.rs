//! Torn appends and damaged bytes: what was written before and after still counts.
//!
//! A torn append is any first part of a line at the end of a file. Damage is any byte that is
//! flipped, cut or doubled anywhere.

use std::collections::BTreeSet;
use std::time::Duration;

use milestone_core::log::{Checkpoint, LogStore, NewLine, Oddity, Step, scan};
use milestone_core::projection::{advance, restore};
use milestone_core::words::RecordId;
use milestone_testkit::{
    Deed, FaultyStore, MemoryBase, MemoryStore, Replica, TASKS, histories, single_writer,
};
use proptest::prelude::*;

use crate::common::{Shown, cases, folded};

proptest! {
    #![proptest_config(cases(1_000))]

    /// A torn tail changes nothing, and the next line counts.
    #[test]
    fn a_torn_append_never_changes_the_state(
        history in single_writer(6),
        cut in any::<prop::sample::Index>(),
        but_for_the_lf in prop::bool::weighted(0.1),
    ) {
        let mut lines = history.union().lines();
        let torn = lines.pop().expect("every history begins with a record");
        let cut = if but_for_the_lf { torn.len() } else { cut.index(torn.len() + 1) };
        let store = MemoryStore::from_lines(&lines).copy("memory-0001.jsonl");
        let mut before = folded(&store);
        let expected = Shown::of(&before);
        store.push_own(&torn.as_bytes()[..cut]);
        prop_assert_eq!(Shown::of(&folded(&store)), expected.clone());
        let base = MemoryBase::shared(&before.state);
        let advanced = advance(&store, &mut before.state, &before.checkpoint).unwrap();
        // A file that was written to and is as long as it was is read again as a whole.
        let Some(mut carried) = advanced else {
            prop_assert_eq!(cut, 0);
            return Ok(());
        };
        prop_assert_eq!(Shown::of(&carried), expected.clone());
        let torn_tail = carried.checkpoint.findings.iter().any(|f| f.oddity == Oddity::TornTail);
        prop_assert_eq!(torn_tail, cut > 0);

        // Another writer, or the same one again, goes on.
        let mut next = Replica::over("bob", store);
        let deed = Deed { kind: "milestone_started", milestone: 0, task: 0, value: 0 };
        let id = next.write(&[deed.event()]);
        let after = folded(next.store());
        let whole = u64::from(cut == torn.len());
        prop_assert_eq!(after.checkpoint.count, lines.len() as u64 + 1 + whole);
        prop_assert!(after.checkpoint.heads.contains(&id));
        let restored = restore(next.store(), &base, &carried.checkpoint).unwrap();
        prop_assert_eq!(Shown::of(&restored), Shown::of(&after));
        let onward = advance(next.store(), &mut carried.state, &carried.checkpoint).unwrap();
        if let Some(onward) = onward {
            prop_assert_eq!(Shown::of(&onward), Shown::of(&after));
        }
    }

    /// A writer that dies in an append leaves what was acknowledged, and perhaps the whole of what
    /// was not.
    #[test]
    fn a_writer_that_dies_loses_nothing_that_was_acknowledged(
        history in histories(2, 8),
        spared in 0..6usize,
        byte in 0..900usize,
    ) {
        let lines = history.union().lines();
        let mut store = FaultyStore::tearing_memory(MemoryStore::new(), spared, byte);
        let mut acknowledged = Vec::new();
        for line in &lines {
            let Ok(guard) = store.lock(Duration::ZERO) else { break };
            let new = NewLine { id: RecordId([0; 32]), bytes: line.as_bytes() };
            let Ok(pending) = store.append(&guard, &[new]) else { break };
            store.sync(pending).unwrap();
            acknowledged.push(line.clone());
        }
        let torn = store.into_inner();
        torn.power_cut();
        let expected = Shown::of(&folded(&MemoryStore::from_lines(&acknowledged)));
        prop_assert_eq!(Shown::of(&folded(&torn)), expected);
    }
}

/// The ids of a log's records in order, and how far it was read.
fn ids_of(store: &MemoryStore) -> (Vec<RecordId>, Checkpoint) {
    let mut ids = Vec::new();
    let checkpoint = scan(store, |step| match step {
        Step::Restart => ids.clear(),
        Step::Line(line, _) => ids.push(line.record.id),
    });
    (ids, checkpoint.expect("memory can be read"))
}

/// A log of `count` records of all sorts, as bytes.
fn log_of(count: u8) -> Vec<u8> {
    let mut replica = Replica::new("ann");
    let kinds = ["milestone_created", "task_added", "task_started", "note_added", "x.acme.ping"];
    for number in 0..count {
        let kind = kinds[usize::from(number) % kinds.len()];
        let task = number % (TASKS.len() as u8 + 1);
        replica.write(&[Deed { kind, milestone: number % 3, task, value: number }.event()]);
    }
    replica.store().contents().into_values().next().expect("one file")
}

/// What is done to one byte.
#[derive(Debug, Clone, Copy)]
enum Harm {
    Flip(u8),
    Cut,
    Double,
}

/// Does it, reads the log, and checks that every record but those that the byte stands in or
/// between is read, and that one that is not read is a finding.
fn check_harm(bytes: &[u8], ids: &[RecordId], at: usize, harm: Harm) {
    let mut harmed = bytes.to_vec();
    match harm {
        Harm::Flip(bits) => harmed[at] ^= bits,
        Harm::Cut => drop(harmed.remove(at)),
        Harm::Double => harmed.insert(at, harmed[at]),
    }
    let (read, checkpoint) = ids_of(&MemoryStore::with_files([("a-0001.jsonl", harmed)]));
    let line = bytes[..at].iter().filter(|&&byte| byte == b'\n').count();
    let touched = if bytes[at] == b'\n' { line..=line + 1 } else { line..=line };
    let read: BTreeSet<_> = read.into_iter().collect();
    for (place, id) in ids.iter().enumerate() {
        let there = read.contains(id);
        assert!(there || touched.contains(&place), "{harm:?} at {at} lost record {place}");
        assert!(there || !checkpoint.findings.is_empty(), "{harm:?} at {at} was not noticed");
    }
    let known: BTreeSet<_> = ids.iter().copied().collect();
    assert!(read.is_subset(&known), "{harm:?} at {at} made a record");
}

#[test]
fn any_damaged_byte_of_a_long_log_is_detected_or_harmless() {
    let bytes = log_of(199);
    let (ids, _) = ids_of(&MemoryStore::with_files([("a-0001.jsonl", bytes.clone())]));
    assert_eq!(ids.len(), 199);
    // A stride that is prime to the lengths of lines meets every part of a record.
    for (turn, at) in (0..bytes.len()).step_by(41).enumerate() {
        let harm = [Harm::Flip(1 << (turn / 3 % 8)), Harm::Cut, Harm::Double][turn % 3];
        check_harm(&bytes, &ids, at, harm);
    }
    let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at);
    for at in ends.step_by(9).chain([bytes.len() - 1]) {
        for harm in [Harm::Flip(0x2a), Harm::Cut, Harm::Double] {
            check_harm(&bytes, &ids, at, harm);
        }
    }
}

#[test]
fn every_damaged_byte_of_a_short_log_is_detected_or_harmless() {
    let bytes = log_of(4);
    let (ids, _) = ids_of(&MemoryStore::with_files([("a-0001.jsonl", bytes.clone())]));
    for at in 0..bytes.len() {
        for bit in 0..8 {
            check_harm(&bytes, &ids, at, Harm::Flip(1 << bit));
        }
        // What turns the last brace into a CR, and anything into an LF.
        check_harm(&bytes, &ids, at, Harm::Flip(b'}' ^ b'\r'));
        if bytes[at] != b'\n' {
            check_harm(&bytes, &ids, at, Harm::Flip(bytes[at] ^ b'\n'));
        }
        check_harm(&bytes, &ids, at, Harm::Cut);
        check_harm(&bytes, &ids, at, Harm::Double);
    }
}
