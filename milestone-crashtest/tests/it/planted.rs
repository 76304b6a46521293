//! The places of the planted bugs. That each bug is found is shown by the suite `sabotage`.
//!
//! Shown red by: changing a line that a bug replaces.

use milestone_crashtest::{bugs, plant, workspace};

#[test]
fn every_place_is_there_once() {
    let mut names = std::collections::BTreeSet::new();
    for bug in bugs() {
        let text = std::fs::read_to_string(workspace().join(bug.file)).unwrap();
        let planted = plant(bug, &text).unwrap_or_else(|why| panic!("{why}"));
        assert!(planted.contains(&format!("planted(\"{}\")", bug.name)), "{}", bug.name);
        assert!(names.insert(bug.name), "{} is there twice", bug.name);
    }
    assert!(names.len() >= 20);
}
