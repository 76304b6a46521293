//! Does a projection notice that what it holds was changed?
//!
//! Start at [`check_damage`].
//!
//! - **Invariant.** Each damage is done to a projection that was sound a moment before.

use milestone_core::domain::{Body, Event, Risk, RiskClosed};
use milestone_core::projection::{Projection, build};
use milestone_core::words::Date;

use crate::deeds::Deed;
use crate::memory::MemoryStore;
use crate::replica::{Replica, Said};

/// What is done to make something, on every milestone and task.
const MAKING: [&str; 6] = [
    "criterion_added",
    "note_added",
    "link_added",
    "dependency_added",
    "blocker_raised",
    "risk_identified",
];

/// A log whose milestones and tasks have something in every field: every list has entries, some
/// are begun, finished, archived, moved, some have conflicts.
pub fn full_log() -> MemoryStore {
    let mut ann = Replica::new("ann");
    let project = Deed { kind: "project_created", milestone: 0, task: 0, value: 0 };
    ann.write(&[project.event()]);
    for (milestone, task) in (0..3).flat_map(|milestone| (0..4).map(move |task| (milestone, task)))
    {
        let deed = |kind, value| Deed { kind, milestone, task, value };
        let (created, edited) = match task {
            3 => ("milestone_created", "milestone_edited"),
            _ => ("task_added", "task_edited"),
        };
        ann.write(&[deed(created, 4).event()]);
        // A different field for every fourth value; 12 clears it.
        for value in (1..48).step_by(4).filter(|value| value % 13 != 12) {
            ann.write(&[deed(edited, value).event()]);
        }
        ann.write(&[deed(edited, 5).event(), deed(edited, 13).event(), deed(edited, 69).event()]);
        for kind in MAKING {
            let made: Vec<_> = [4, 5, 2].iter().map(|value| deed(kind, *value).event()).collect();
            ann.write(&made);
        }
        ann.write(&[deed("criterion_checked", 4).event(), deed("blocker_cleared", 5).event()]);
        ann.write(&[deed("progress_updated", 3 + milestone).event()]);
    }
    let deed = |kind, milestone, task, value| Deed { kind, milestone, task, value }.event();
    let mut bob = ann.fork("bob");
    for milestone in 0..2 {
        ann.write(&[deed("milestone_edited", milestone, 3, 3)]);
        bob.write(&[
            deed("milestone_edited", milestone, 3, 9),
            deed("x.acme.ping", milestone, 3, 0),
        ]);
        bob.write(&[deed("task_edited", milestone, 0, 15)]);
        ann.write(&[deed("task_edited", milestone, 0, 6)]);
    }
    ann.merge(&bob);
    ann.write(&[deed("task_started", 0, 0, 2), deed("task_started", 1, 1, 4)]);
    ann.write(&[deed("task_completed", 0, 0, 1), deed("task_moved", 1, 2, 0)]);
    ann.write(&[deed("milestone_started", 0, 3, 1), deed("milestone_started", 2, 3, 1)]);
    ann.write(&[deed("milestone_completed", 2, 3, 3), deed("milestone_archived", 2, 3, 1)]);
    let phase = |kind, value| Deed { kind, milestone: 0, task: 1, value }.event();
    ann.write(&[
        phase("workflow_enabled", 10),
        phase("phase_started", 0),
        phase("deliverable_added", 28),
        phase("deliverable_added", 24),
        phase("phase_submitted", 0),
        phase("phase_approved", 0),
        phase("phase_started", 1),
        phase("deliverable_added", 21),
        phase("phase_submitted", 1),
        phase("criterion_added", 5),
    ]);
    let said = Said { command_id: Some("key-0~00000000000000a0".into()), user_context: None };
    let [identified, closed] = risk();
    ann.write_saying(&[identified], &said);
    ann.write(&[closed]);
    ann.store().copy("reader-0001.jsonl")
}

/// A risk of which everything is known, and what became of it.
fn risk() -> [Event<'static>; 2] {
    let identified = Risk {
        risk: "dddddddd".into(),
        title: "it is late".into(),
        likelihood: Some("low".into()),
        probability: Some(30),
        impact: Some("high".into()),
        delay: Some(480),
        mitigation: Some("begin early".into()),
        owner: Some("ann".into()),
        trigger: Some(Date::from_days(20_800)),
        ..Risk::default()
    };
    let closed = RiskClosed {
        risk: "dddddddd".into(),
        outcome: Some("averted".into()),
        notes: Some("it was early".into()),
        ..RiskClosed::default()
    };
    [Body::RiskIdentified(identified), Body::RiskClosed(closed)].map(|body| Event::of("api", body))
}

/// Checks that `notices` says no of a sound projection, and yes after each damage.
///
/// `make` opens the projection. `damage` does the damage of that number to what lies there, while
/// nobody has it open, and names it; `None` when there is no such number.
///
/// # Panics
///
/// If a damage is not noticed; the message names all of them.
pub fn check_damage<P: Projection>(
    make: impl Fn() -> P,
    mut damage: impl FnMut(usize) -> Option<String>,
    mut notices: impl FnMut(&mut P, &MemoryStore) -> bool,
) {
    let log = full_log();
    let (mut missed, mut number) = (Vec::new(), 0);
    loop {
        let mut sound = make();
        build(&log, &mut sound).expect("a log in memory can be read");
        assert!(!notices(&mut sound, &log), "what is sound is taken for damaged");
        drop(sound);
        let Some(name) = damage(number) else { break };
        if !notices(&mut make(), &log) {
            missed.push(name);
        }
        number += 1;
    }
    assert!(number > 0, "nothing was damaged");
    assert!(missed.is_empty(), "nobody noticed: {}", missed.join(", "));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::{Documents, Shelf};
    use milestone_core::projection::{Fingerprint, rebuild};
    use std::collections::BTreeSet;

    fn differs(documents: &mut Documents, log: &MemoryStore) -> bool {
        let state = rebuild(log, "for a test").unwrap().state;
        documents.fingerprint().unwrap() != Fingerprint::of_state(&state)
    }

    #[test]
    fn a_full_log_has_something_in_every_field() {
        let (log, shelf) = (full_log(), Shelf::default());
        build(&log, &mut Documents::on(&shelf)).unwrap();
        let documents = Documents::on(&shelf).all();
        let filled: BTreeSet<String> =
            documents.values().flat_map(|document| document.members().into_keys()).collect();
        let all = "archived_from assignees blockers changed_at completed_at conflicts created_at \
            created_by criteria dependencies description due estimate external_id id labels \
            left_open links notes origin owner position priority reported risks start started_at \
            status template ties time_spent title weight workflow";
        assert_eq!(filled.into_iter().collect::<Vec<_>>().join(" "), all);
    }

    #[test]
    fn damage_that_nobody_notices_is_found() {
        let shelf = Shelf::default();
        let check = std::panic::AssertUnwindSafe(|| {
            let damage = |number| (number == 0).then(|| "nothing at all".to_owned());
            check_damage(|| Documents::on(&shelf), damage, differs);
        });
        let panic = std::panic::catch_unwind(check).expect_err("nothing was damaged");
        let message = panic.downcast_ref::<String>().expect("a message");
        assert!(message.contains("nobody noticed: nothing at all"), "{message}");
    }
}
