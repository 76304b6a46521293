//! `evolve` is total: any event on anything, with any circumstances, leaves something to show.
//!
//! `decide` is to join here: whatever it yields, evolved, is nothing that validation complains of.

use milestone_core::domain::{
    At, Body, Event, Milestone, Plan, Progress, ProjectState, Stage, Task, TaskRow, WHOLE,
};
use milestone_core::log::record::parse;
use milestone_core::projection::{Document, Folder};
use milestone_core::words::{RecordKey, Slug, StreamId, Timestamp};
use milestone_testkit::{Deed, Replica, deed};
use proptest::prelude::*;

use crate::common::cases;

/// An event and where it stands: few records, so that some are concurrent and some are not.
fn circumstances() -> impl Strategy<Value = (Deed, u64, i64, Vec<u64>)> {
    let time = prop_oneof![any::<i64>(), Just(i64::MIN), Just(i64::MAX), 0..2_000_000i64];
    (deed(), 0..8u64, time, prop::collection::btree_set(0..8u64, 0..5))
        .prop_map(|(deed, key, time, set)| (deed, key, time, set.into_iter().collect()))
}

proptest! {
    #![proptest_config(cases(1_500))]

    #[test]
    fn any_event_on_anything_is_borne(
        events in prop::collection::vec(circumstances(), 0..40),
    ) {
        let (api, plan) = (Slug::new("api").unwrap(), Slug::new("plan").unwrap());
        let mut milestone = Milestone::unborn(api.clone());
        let mut task = Task::unborn(api, plan);
        let mut project = ProjectState::default();
        for (index, (deed, key, time, concurrent)) in events.iter().enumerate() {
            let event = deed.event();
            let concurrent: Vec<RecordKey> = concurrent.iter().copied().map(RecordKey).collect();
            let at = At {
                key: RecordKey(*key),
                clock: *key,
                time: Timestamp(*time),
                by: "ann",
                index,
                concurrent: &concurrent,
            };
            milestone.evolve(&event, &at);
            task.evolve(&event, &at);
            project.evolve(&event, &at);
            prop_assert!(StreamId::valid(&task.reference()));
            prop_assert!(TaskRow::of(&task).fraction <= WHOLE);
            prop_assert!(task.item.stage != Stage::Done || task.fraction() == WHOLE);
        }
        // What came of it can be shown and read back.
        for document in [Document::of_milestone(&milestone), Document::of_task(&task)] {
            let canonical = document.canonical();
            let sound = events.iter().all(|(_, _, time, _)| (0..2_000_000).contains(time));
            if sound {
                let back: Document = serde_json::from_str(&canonical).unwrap();
                prop_assert_eq!(back, document);
            }
        }
    }

    /// Numbers at their ends, through the bytes of a record.
    #[test]
    fn numbers_at_their_ends_are_borne(
        kind in prop::sample::select(vec![
            "progress_updated", "progress_updated", "task_added", "task_edited", "task_moved",
            "task_completed", "blocker_raised", "risk_identified",
        ]),
        numbers in prop::collection::vec(prop_oneof![
            3 => prop::sample::select(vec!["0", "1", "4294967295"]),
            1 => prop::sample::select(vec!["4294967296", "-1", "9223372036854775807",
                "-9223372036854775808", "18446744073709551615", "0.5"]),
        ], 10),
    ) {
        let names = ["progress_percentage", "done", "of", "time_spent", "estimate", "weight",
            "position", "until", "probability", "delay"];
        let members = names.iter().zip(numbers);
        let members: Vec<_> =
            members.map(|(name, number)| format!("\"{name}\":{number}")).collect();
        let named = r#""task":"plan","risk":"a","title":"b","blocker":"c""#;
        let details = format!("{{{named},{}}}", members.join(","));
        let event = Event::of("api", Body::Unknown {
            kind: kind.into(),
            details: milestone_core::domain::RawText(details.into()),
        });
        let mut replica = Replica::new("ann");
        replica.write(&[event]);
        let lines = replica.store().lines();
        let record = parse(&lines[0]).unwrap();
        let mut folder = Folder::new();
        for _ in 0..3 {
            folder.fold(&record).unwrap();
            for row in folder.state.rows("api").iter() {
                prop_assert!(row.fraction <= WHOLE);
            }
        }
    }
}

/// The largest report there can be is a whole, and not a number that ran over.
#[test]
fn the_largest_report_is_a_whole() {
    let task = "plan".into();
    let (done, of) = (Some(u32::MAX), Some(u32::MAX));
    let progress = Progress { task: Some(task), done, of, ..Progress::default() };
    let mut replica = Replica::new("ann");
    replica.write(&[Event::of("api", Body::ProgressUpdated(progress))]);
    assert_eq!(replica.state().rows("api")[0].fraction, WHOLE);
}
