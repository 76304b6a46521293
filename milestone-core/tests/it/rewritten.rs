//! Logs that did not only grow: a checkout, a reset, a restored backup, a damaged byte.
//!
//! What was folded before says nothing of what is there now, and must not show in it.

use milestone_core::domain::{Body, Created, Event};
use milestone_core::log::Oddity;
use milestone_core::projection::{
    Caught, Fingerprint, Projection, Work, advance, project, rebuild, restore,
};
use milestone_testkit::{Documents, History, MemoryBase, MemoryStore, Replica, Shelf, histories};
use proptest::prelude::*;

use crate::common::{Shown, cases, folded};

/// The logs of every clone after every operation.
fn logs_of(history: &History) -> Vec<MemoryStore> {
    let mut logs = Vec::new();
    history.play_watched(|replicas| {
        logs.extend(replicas.iter().map(|replica| replica.store().copy("reader.jsonl")));
    });
    logs
}

/// Makes `log` the same as `other`, as a checkout does: files that differ are written anew.
fn check_out(log: &MemoryStore, other: &MemoryStore) {
    let (before, after) = (log.contents(), other.contents());
    before.keys().filter(|name| !after.contains_key(*name)).for_each(|name| {
        log.remove(name);
    });
    for (name, bytes) in after {
        if before.get(&name) != Some(&bytes) {
            log.put(&name, bytes);
        }
    }
}

proptest! {
    #![proptest_config(cases(400))]

    /// From any moment of any clone to any other, of this history or of another one in which the
    /// same clones did something else.
    #[test]
    fn any_log_after_any_other_is_folded_as_it_is(
        one in histories(3, 8),
        two in histories(3, 8),
        places in prop::collection::vec(any::<prop::sample::Index>(), 2..7),
    ) {
        let logs: Vec<_> = logs_of(&one).into_iter().chain(logs_of(&two)).collect();
        let (log, shelf) = (MemoryStore::new(), Shelf::default());
        let mut held = folded(&log);
        for place in places {
            check_out(&log, &logs[place.index(logs.len())]);
            let base = MemoryBase::shared(&held.state);
            let expected = Shown::of(&folded(&log));
            let restored = restore(&log, &base, &held.checkpoint).unwrap();
            prop_assert_eq!(Shown::of(&restored), expected.clone(), "{:?}", restored.change);
            if let Some(onward) = advance(&log, &mut held.state, &held.checkpoint).unwrap() {
                prop_assert_eq!(Shown::of(&onward), expected, "{:?}", onward.change);
            }
            held = restored;
            let mut documents = Documents::on(&shelf);
            let work = project(&log, &held.state, &held.checkpoint, &mut documents).unwrap();
            let shown = documents.fingerprint().unwrap();
            prop_assert_eq!(shown, Fingerprint::of_state(&held.state), "{:?}", work);
        }
    }

    /// A record that is damaged in its place, after it was taken in, is no longer shown.
    #[test]
    fn a_record_damaged_later_is_no_longer_shown(
        history in histories(1, 8),
        at in any::<prop::sample::Index>(),
    ) {
        let log = history.union();
        let shelf = Shelf::default();
        let now = rebuild(&log, "for a test").unwrap();
        project(&log, &now.state, &now.checkpoint, &mut Documents::on(&shelf)).unwrap();
        let (name, mut bytes) = log.contents().into_iter().next().unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= 1;
        log.put(&name, bytes);
        let restored = restore(&log, &MemoryBase::shared(&now.state), &now.checkpoint).unwrap();
        let now = rebuild(&log, "for a test").unwrap();
        prop_assert_eq!(Shown::of(&restored), Shown::of(&now));
        let mut documents = Documents::on(&shelf);
        let work = project(&log, &now.state, &now.checkpoint, &mut documents).unwrap();
        prop_assert!(matches!(work, Work::Rebuild(_)), "{:?}", work);
        prop_assert_eq!(documents.fingerprint().unwrap(), Fingerprint::of_state(&now.state));
    }
}

/// Shown red by: comparing all that is there now with what was known.
#[test]
fn a_file_that_was_only_touched_is_no_finding_though_another_one_grew() {
    let created = |id: &str| [Event::of(id, Body::MilestoneCreated(Created::default()))];
    let mut ann = Replica::new("ann");
    ann.write(&created("api"));
    let mut ben = ann.fork("ben");
    ben.write(&created("web"));
    ben.write(&created("app"));
    ann.merge(&ben);
    let known = folded(ann.store());
    ann.write(&created("docs"));
    let restored =
        || restore(ann.store(), &MemoryBase::shared(&known.state), &known.checkpoint).unwrap();
    let is_told = |caught: &Caught| {
        caught.checkpoint.findings.iter().any(|finding| finding.oddity == Oddity::Rewritten)
    };
    let of_ben = ben.store().own_file();
    let bytes = ann.store().contents()[of_ben].clone();
    ann.store().put(of_ben, bytes.clone());
    let caught = restored();
    assert!(!is_told(&caught), "{:?}", caught.checkpoint.findings);
    assert_eq!(Shown::of(&caught), Shown::of(&folded(ann.store())));
    // A record less is one.
    let first = bytes.iter().position(|&byte| byte == b'\n').unwrap() + 1;
    ann.store().put(of_ben, &bytes[..first]);
    assert!(is_told(&restored()));
}
