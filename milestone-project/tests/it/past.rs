//! Earlier moments off an index: whatever the history and the moment, the state answers as the fold
//! of that moment's records.
//!
//! Shown red by: a stream that has no record yet taken for one that is unborn; leaving out the
//! first of two records of one command as if the other had done nothing.

use milestone_core::words::Timestamp;
use milestone_project::{AsOf, Backend, Project};
use milestone_testkit::{CLONES, histories, union_of};
use proptest::prelude::*;

use crate::backends::{answers, migrate, unlike};
use crate::live_index::{begun, put};
use crate::repo::{Repo, has_git};
use crate::world::{Hand, ids_of, milestone, note, title};

/// What is not as the whole fold says at a moment, if anything. Both may say that there is none.
fn complaint(indexed: &Project, folded: &Project, moment: &AsOf) -> Option<String> {
    let (is, should) = match (indexed.as_of(moment), folded.as_of(moment)) {
        (Ok(is), Ok(should)) => (is, should),
        (Err(is), Err(should)) if is.to_string() == should.to_string() => return None,
        (is, should) => {
            let (is, should) = (is.map(|is| is.1), should.map(|should| should.1));
            return Some(format!("{moment:?}: {is:?}, not {should:?}"));
        }
    };
    // Where a command became several records, the whole log is asked.
    if is.0.in_memory() > 0 && !matches!(moment, AsOf::Record(_)) {
        return Some(format!("{moment:?} was not answered off the index"));
    }
    if is.1 != should.1 {
        return Some(format!("{moment:?}: {:?}, not {:?}", is.1, should.1));
    }
    let unlike = unlike(&answers(&is.0), &answers(&should.0));
    unlike.map(|unlike| format!("{moment:?}: {unlike}"))
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 60,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_moment_off_the_index_is_the_fold_of_its_records(
        history in histories(CLONES.len() as u8, 24),
    ) {
        let union = union_of(&history.play());
        let (world, other) = (begun(Backend::Hybrid), begun(Backend::File));
        for world in [&world, &other] {
            put(world, &union.contents());
        }
        // The first to open it builds the index.
        drop(world.open());
        let (indexed, folded) = (world.open(), other.open());
        let mut moments = vec![AsOf::Place(u64::MAX), AsOf::Session("s".into())];
        moments.extend(CLONES.map(|name| AsOf::Session(format!("session-{name}"))));
        for (place, id) in ids_of(&folded).into_iter().enumerate() {
            let (_, extent) = folded.as_of(&AsOf::Place(place as u64 + 1)).unwrap();
            let clock = i64::try_from(extent.last.unwrap().0).unwrap();
            moments.push(AsOf::Place(place as u64));
            moments.push(AsOf::Record(id.to_string()));
            moments.extend([AsOf::Time(Timestamp(clock)), AsOf::Time(Timestamp(clock - 1))]);
        }
        for moment in &moments {
            let wrong = complaint(&indexed, &folded, moment);
            prop_assert!(wrong.is_none(), "{}", wrong.unwrap());
        }
        prop_assert!(!indexed.is_damaged());
    }
}

#[test]
fn a_commit_off_the_index_is_what_was_committed() {
    if !has_git("a_commit_off_the_index_is_what_was_committed") {
        return;
    }
    let (mut ann, mut bob) = (Hand::new("ann"), Hand::later("bob", 2_500_000));
    let repo = Repo::begun(&mut ann);
    let mut project = repo.world.open();
    ann.does(&mut project, &milestone("Api", &["Plan", "Build"]));
    repo.commit("api");
    let other = repo.cloned();
    let mut there = other.world.open();
    for number in 0..4 {
        ann.does(&mut project, &title("api/plan", &format!("Plan {number}")));
        repo.commit(&format!("ann {number}"));
        bob.does(&mut there, &note("api", &format!("note {number}")));
        other.commit(&format!("bob {number}"));
    }
    let from = other.world.dir().to_str().unwrap().to_owned();
    repo.git(&["pull", "--quiet", "--no-rebase", "--no-edit", &from, "HEAD"]);
    ann.does(&mut project, &title("api", "merged, not committed"));
    let folded = repo.world.open();
    let revisions = ["HEAD", "HEAD^1", "HEAD^2", "HEAD~2", "HEAD^2~2", "HEAD~5", "nothing"];
    let should: Vec<_> =
        revisions.iter().map(|revision| folded.as_of(&AsOf::Git((*revision).to_owned()))).collect();
    migrate(&mut project, Backend::Database).unwrap();
    let indexed = repo.world.open();
    for (revision, should) in revisions.iter().zip(should) {
        let is = indexed.as_of(&AsOf::Git((*revision).to_owned()));
        match (is, should) {
            (Ok(is), Ok(should)) => {
                assert_eq!(is.0.in_memory(), 0, "{revision} was not answered off the index");
                assert_eq!(is.1, should.1, "{revision}");
                assert_eq!(unlike(&answers(&is.0), &answers(&should.0)), None, "{revision}");
            }
            (is, should) => assert!(is.is_err() && should.is_err(), "{revision}"),
        }
    }
}
