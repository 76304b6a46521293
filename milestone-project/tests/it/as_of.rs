//! Earlier moments: by time, record, place, session and commit. Each is what the project was then.
//!
//! Shown red by: a record without its ancestors; a place that counts one too few.

use milestone_core::projection::{Fingerprint, State};
use milestone_core::words::{RecordId, Timestamp};
use milestone_project::{AsOf, HistoryError, Project};
use proptest::prelude::*;

use crate::asking::command;
use crate::repo::{Repo, has_git};
use crate::world::{Hand, World, ids_of, milestone, note, print_of, rebuilt, title};

fn at(project: &Project, moment: &AsOf) -> Fingerprint {
    print_of(&project.as_of(moment).unwrap().0)
}

fn record(id: RecordId) -> AsOf {
    AsOf::Record(id.to_string())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 40,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Whatever was done, each moment shows what the project was at that moment.
    #[test]
    fn each_moment_is_what_it_was(commands in proptest::collection::vec(command(), 1..40)) {
        let (world, mut hand) = World::begun();
        let mut project = world.open();
        hand.does(&mut project, &milestone("Api", &["Plan", "Build"]));
        hand.does(&mut project, &milestone("Web", &["Plan", "Build"]));
        let mut moments: Vec<(Timestamp, RecordId, Fingerprint)> = Vec::new();
        for command in &commands {
            if let Ok(done) = hand.asks(&mut project, command)
                && let Some(record) = done.record
            {
                moments.push((hand.now, record, print_of(project.state())));
            }
        }
        for (count, (time, id, print)) in moments.iter().enumerate() {
            prop_assert_eq!(at(&project, &record(*id)), *print);
            prop_assert_eq!(at(&project, &AsOf::Place(count as u64 + 4)), *print);
            prop_assert_eq!(at(&project, &AsOf::Time(*time)), *print);
            let just_before_the_next = Timestamp(time.0 + 999_999);
            prop_assert_eq!(at(&project, &AsOf::Time(just_before_the_next)), *print);
        }
        let whole = print_of(project.state());
        prop_assert_eq!(at(&project, &AsOf::Place(u64::MAX)), whole);
        prop_assert_eq!(at(&project, &AsOf::Session("session-ann".into())), whole);
    }
}

#[test]
fn a_record_of_one_clone_never_shows_what_the_other_did() {
    let (world, mut ann) = World::begun();
    let mut here = world.open();
    ann.does(&mut here, &milestone("Api", &["Plan"]));
    let other = world.cloned();
    let (mut there, mut bob) = (other.open(), Hand::later("bob", 2_500_000));
    let mut moments = Vec::new();
    for number in 0..8 {
        for (hand, project) in [(&mut ann, &mut here), (&mut bob, &mut there)] {
            let command = title(["api", "api/plan"][number % 2], &format!("{number}"));
            let done = hand.does(project, &command);
            moments.push((done.record.unwrap(), print_of(project.state())));
        }
    }
    world.take_log_of(&other);
    here.refresh().unwrap();
    for (id, print) in &moments {
        assert_eq!(at(&here, &record(*id)), *print);
        assert_eq!(here.has_record(&id.to_string()).unwrap(), Some(*id));
    }
    // A place is of today's order, and so is a time.
    let ids = ids_of(&here);
    for count in 0..=ids.len() {
        let (state, checkpoint) = here.as_of(&AsOf::Place(count as u64)).unwrap();
        assert_eq!(checkpoint.count, count as u64);
        if let Some((clock, id)) = checkpoint.last {
            assert_eq!(id, ids[count - 1]);
            let time = AsOf::Time(Timestamp(i64::try_from(clock).unwrap()));
            assert_eq!(at(&here, &time), print_of(&state));
        }
    }
    // The next record has both behind it.
    let done = ann.does(&mut here, &note("api", "merged"));
    assert_eq!(at(&here, &record(done.record.unwrap())), print_of(&rebuilt(&here)));
    let last_of_bob = at(&here, &AsOf::Session("session-bob".into()));
    assert_ne!(last_of_bob, print_of(here.state()));
}

#[test]
fn a_moment_that_never_was_is_an_error() {
    let (world, _) = World::begun();
    let project = world.open();
    let id = world.ids()[0].to_string();
    let unknown = |moment: AsOf| match project.as_of(&moment) {
        Err(error) => error,
        Ok((_, checkpoint)) => panic!("{moment:?} has {} records", checkpoint.count),
    };
    for asked in ["", "ffff", &id[..3], &format!("{id}0")] {
        let error = unknown(AsOf::Record(asked.into()));
        assert!(matches!(error, HistoryError::UnknownRecord { .. }), "{asked}: {error}");
    }
    assert!(matches!(unknown(AsOf::Session("nobody".into())), HistoryError::UnknownRecord { .. }));
    for revision in ["HEAD", "--all", "no such", ""] {
        let error = unknown(AsOf::Git(revision.into()));
        assert!(matches!(error, HistoryError::Git { .. }), "{revision}: {error}");
    }
    let empty = |moment| print_of(&project.as_of(&moment).unwrap().0);
    assert_eq!(empty(AsOf::Time(Timestamp(0))), print_of(&State::new()));
    assert_eq!(empty(AsOf::Place(0)), print_of(&State::new()));
}

#[test]
fn a_commit_is_what_was_committed() {
    if !has_git("a_commit_is_what_was_committed") {
        return;
    }
    let mut hand = Hand::new("ann");
    let repo = Repo::begun(&mut hand);
    let mut project = repo.world.open();
    let mut prints = Vec::new();
    for number in 0..5 {
        hand.does(&mut project, &milestone(&format!("Goal {number}"), &["Überblick"]));
        prints.push(print_of(project.state()));
        repo.commit(&format!("{number}"));
        repo.git(&["tag", &format!("v{number}")]);
    }
    hand.does(&mut project, &note("goal-0", "not committed"));
    for (number, print) in prints.iter().enumerate() {
        assert_eq!(at(&project, &AsOf::Git(format!("v{number}"))), *print);
        assert_eq!(at(&project, &AsOf::Git(format!("HEAD~{}", 4 - number))), *print);
    }
}
