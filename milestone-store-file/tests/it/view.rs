//! The YAML view as a projection: it shows the state, however it got there, and touches no more
//! files than it must.
//!
//! Start at the generated histories. Edits are in `view_edits`, the text in `view_yaml`.

use std::fs;

use milestone_core::domain::{Body, Event};
use milestone_core::log::Checkpoint;
use milestone_core::projection::{
    Batch, Fingerprint, Projection, ProjectionError, Spec, Work, build, build_while, project,
};
use milestone_store_file::view::YamlView;
use proptest::prelude::*;

use crate::view_support::{
    Pen, Place, added, any_event, change, created, edited, moved, noted, project_created,
};

type Numbers = (u8, usize, usize, usize);

fn history(len: usize) -> impl Strategy<Value = Vec<Numbers>> {
    prop::collection::vec((0u8..15, 0usize..4, 0usize..3, 0usize..200), 1..len)
}

/// Two who begin with the same records, go apart and meet again.
fn forked(common: &[Numbers], mine: &[Numbers], theirs: &[Numbers]) -> (Pen, Pen) {
    let (mut a, mut b) = (Pen::new("a"), Pen::new("b"));
    a.write(&[project_created()]);
    common.iter().for_each(|numbers| a.write(&[any_event(*numbers)]));
    b.pull(&a);
    mine.iter().for_each(|numbers| a.write(&[any_event(*numbers)]));
    theirs.iter().for_each(|numbers| b.write(&[any_event(*numbers)]));
    (a, b)
}

/// Hands every batch over twice, and says whether the second time changed a file.
struct Twice<'p> {
    view: YamlView,
    place: &'p Place,
    idle: bool,
}

impl Projection for Twice<'_> {
    fn spec(&self) -> Spec {
        self.view.spec()
    }
    fn checkpoint(&mut self) -> Result<Option<Checkpoint>, ProjectionError> {
        self.view.checkpoint()
    }
    fn apply(&mut self, batch: &Batch<'_>) -> Result<(), ProjectionError> {
        self.view.apply(batch)?;
        let before = self.place.inodes();
        self.view.apply(batch)?;
        self.idle &= before == self.place.inodes();
        Ok(())
    }
    fn wipe(&mut self) -> Result<(), ProjectionError> {
        self.view.wipe()
    }
    fn fingerprint(&mut self) -> Result<Fingerprint, ProjectionError> {
        self.view.fingerprint()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Whatever was written, alone or apart: the files say what the state says, after every step,
    /// and a view that is built afresh has the same bodies.
    #[test]
    fn the_files_say_what_the_state_says(
        common in history(30), mine in history(12), theirs in history(12), step in 1usize..6,
    ) {
        let mut place = Place::new();
        let mut pen = Pen::new("a");
        for numbers in common.chunks(step) {
            numbers.iter().for_each(|numbers| pen.write(&[any_event(*numbers)]));
            pen.project(&mut place.view);
            let shown = place.view.fingerprint().unwrap();
            prop_assert_eq!(shown, Fingerprint::of_state(&pen.caught().state));
        }
        let (mut a, b) = forked(&common, &mine, &theirs);
        a.project(&mut place.view);
        a.pull(&b);
        a.project(&mut place.view);
        let shown = place.view.fingerprint().unwrap();
        prop_assert_eq!(shown, Fingerprint::of_state(&a.caught().state));

        let mut fresh = Place::new();
        build(&a.store, &mut fresh.view).unwrap();
        prop_assert_eq!(place.bodies(), fresh.bodies());
        prop_assert_eq!(place.view.unadopted(), Vec::<std::path::PathBuf>::new());
    }

    /// A batch that comes again after a crash writes nothing.
    #[test]
    fn a_batch_that_comes_again_writes_nothing(common in history(30), step in 1usize..6) {
        let place = Place::new();
        let mut twice = Twice { view: YamlView::new(place.dir.path()), place: &place, idle: true };
        let mut pen = Pen::new("a");
        for numbers in common.chunks(step) {
            numbers.iter().for_each(|numbers| pen.write(&[any_event(*numbers)]));
            pen.project(&mut twice);
        }
        prop_assert!(twice.idle);
    }
}

#[test]
fn a_command_writes_one_file() {
    let (mut place, mut pen) = (Place::new(), Pen::new("a"));
    for id in ["api", "docs", "web"] {
        pen.write(&[created(id, id), added(id, "one", "One")]);
    }
    pen.project(&mut place.view);
    let before = place.inodes();
    pen.write(&[Event::of("docs", Body::TaskStarted(change(Some("one"))))]);
    assert_eq!(pen.project(&mut place.view), Work::Tail(1));
    let after = place.inodes();
    let changed: Vec<_> = after.iter().filter(|(file, inode)| before[*file] != **inode).collect();
    assert_eq!(changed.len(), 1, "{changed:?}");
    assert_eq!(changed[0].0, "active/docs.yaml");
    // A new process finds where it was, and has nothing to do.
    assert_eq!(pen.project(&mut YamlView::new(place.dir.path())), Work::Current);
}

#[test]
fn a_file_reads_as_documented() {
    let (mut place, mut pen) = (Place::new(), Pen::new("a"));
    pen.write(&[project_created()]);
    pen.write(&[created("api", "API"), added("api", "one", "One"), added("api", "two", "Two")]);
    pen.write(&[edited("api", None, "yes\nno"), noted("api", Some("one"), "n1", "first\nsecond")]);
    pen.write(&[Event::of("api", Body::TaskCompleted(change(Some("one"))))]);
    pen.project(&mut place.view);
    let text = place.read("active/api.yaml");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[2], format!("# heads: {}", pen.heads[0]));
    let hash = lines[3].strip_prefix("# sha256: ").unwrap();
    assert_eq!(hash.len(), 64);
    let body = place.bodies().remove("active/api.yaml").unwrap();
    let expected = "\
progress: 50
id: api
title: |-
  yes
  no
status: planned
description: |-
  yes
  no
priority: high
owner: |-
  yes
  no
due: \"2026-12-01\"
labels:
- |-
  yes
  no
estimate: 90
";
    assert!(body.starts_with(expected), "{body}");
    let project = place.read("project.yaml");
    assert!(project.contains("\nname: \"yes\"\ndemo: false\ncreated_at: \"2026-"), "{project}");
}

#[test]
fn the_header_names_the_heads_of_both_sides() {
    let mut place = Place::new();
    let (mut a, b) = forked(&[(0, 0, 0, 5)], &[(3, 0, 0, 1)], &[(3, 1, 0, 1)]);
    let sides = [a.heads[0], b.heads[0]];
    a.pull(&b);
    build(&a.store, &mut place.view).unwrap();
    let heads = place.read("active/api.yaml").lines().nth(2).unwrap().to_owned();
    assert!(sides.iter().all(|side| heads.contains(&side.to_string())), "{heads}");
}

/// The engine names no heads while a view is built, nor for a view of an earlier time.
#[test]
fn the_header_names_heads_however_the_view_is_built() {
    let (mut place, mut pen) = (Place::new(), Pen::new("a"));
    pen.write(&[created("api", "API")]);
    let first = pen.heads[0];
    pen.write(&[created("web", "Web")]);
    build_while(&pen.store, &mut place.view, |record| record.id == first).unwrap();
    assert_eq!(place.files(), ["active/api.yaml"]);
    let header = format!("\n# heads: {first}\n# sha256: ");
    assert!(place.read("active/api.yaml").contains(&header));
}

#[test]
fn a_file_that_does_not_change_keeps_its_header() {
    let (mut place, mut pen) = (Place::new(), Pen::new("a"));
    pen.write(&[created("api", "API"), added("api", "one", "One"), added("web", "one", "One")]);
    pen.project(&mut place.view);
    let before = place.read("active/api.yaml");
    // It is looked at, for it has a task of the same name as the one that moves.
    pen.write(&[created("docs", "Docs"), moved("web", "one", "docs", "one")]);
    pen.project(&mut place.view);
    assert_eq!(place.read("active/api.yaml"), before);
    assert!(place.read("active/docs.yaml").contains(&pen.heads[0].to_string()));
}

#[test]
fn archiving_moves_the_file() {
    let (mut place, mut pen) = (Place::new(), Pen::new("a"));
    pen.write(&[created("api", "API"), created("web", "Web")]);
    pen.project(&mut place.view);
    pen.write(&[Event::of("api", Body::MilestoneArchived(change(None)))]);
    pen.project(&mut place.view);
    assert_eq!(place.files(), ["active/web.yaml", "archived/api.yaml"]);
    pen.write(&[Event::of("api", Body::MilestoneRestored(change(None)))]);
    pen.project(&mut place.view);
    assert_eq!(place.files(), ["active/api.yaml", "active/web.yaml"]);
}

#[test]
fn a_task_that_moves_twice_is_in_one_file() {
    let (mut place, mut pen) = (Place::new(), Pen::new("a"));
    pen.write(&[created("api", "API"), created("web", "Web"), created("docs", "Docs")]);
    pen.write(&[added("api", "one", "One")]);
    for (to, slug) in [("web", "one-2"), ("docs", "one"), ("api", "one")] {
        pen.write(&[moved("api", "one", to, slug)]);
        assert_eq!(
            pen.project(&mut YamlView::new(place.dir.path())).clone(),
            match to {
                "web" => Work::Rebuild("it holds nothing"),
                _ => Work::Tail(1),
            }
        );
        let bodies = place.bodies();
        let with_task: Vec<_> = bodies
            .iter()
            .filter(|(_, body)| body.contains("tasks:"))
            .map(|(file, _)| file)
            .collect();
        assert_eq!(with_task, [&format!("active/{to}.yaml")]);
    }
    let shown = place.view.fingerprint().unwrap();
    assert_eq!(shown, Fingerprint::of_state(&pen.caught().state));
}

#[test]
fn a_view_that_was_removed_comes_back() {
    let (mut place, mut pen) = (Place::new(), Pen::new("a"));
    pen.write(&[created("api", "API")]);
    pen.project(&mut place.view);
    fs::remove_dir_all(place.path("active")).unwrap();
    assert_eq!(pen.project(&mut place.view), Work::Rebuild("it holds nothing"));
    assert_eq!(place.files(), ["active/api.yaml"]);
    let newer = place.read("local/view.json").replace("\"schema\":2", "\"schema\":3");
    for damage in ["", "{", &newer] {
        fs::write(place.path("local/view.json"), damage).unwrap();
        assert!(place.view.checkpoint().unwrap().is_none(), "{damage:?}");
    }
}

#[test]
fn symbolic_links_are_refused() {
    let (mut place, mut pen) = (Place::new(), Pen::new("a"));
    pen.write(&[created("api", "API")]);
    let elsewhere = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), place.path("active")).unwrap();
    let refusal = |error: ProjectionError| match error {
        ProjectionError::Io { source, .. } => source.to_string(),
        other => other.to_string(),
    };
    let caught = pen.caught();
    let why = build(&pen.store, &mut place.view).unwrap_err();
    assert!(format!("{why:?}").contains("symbolic link"), "{why:?}");
    assert!(refusal(place.view.edited_files().unwrap_err()).contains("symbolic link"));
    assert!(refusal(place.view.fingerprint().unwrap_err()).contains("symbolic link"));
    let id = caught.state.milestones()[0].id.clone();
    let why = place.view.overwrite(&[id], &caught.state, &[]).unwrap_err();
    assert!(refusal(why).contains("symbolic link"));
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);

    // A file in place of the folder's: what it leads to is neither read nor written.
    fs::remove_file(place.path("active")).unwrap();
    fs::create_dir(place.path("active")).unwrap();
    let secret = elsewhere.path().join("secret");
    fs::write(&secret, "").unwrap();
    std::os::unix::fs::symlink(&secret, place.path("active/api.yaml")).unwrap();
    let why = build(&pen.store, &mut place.view).unwrap_err();
    assert!(format!("{why:?}").contains("symbolic link"), "{why:?}");
    assert_eq!(fs::read_to_string(&secret).unwrap(), "");
}

#[test]
fn a_batch_that_fails_half_way_comes_again() {
    let (mut place, mut pen) = (Place::new(), Pen::new("a"));
    pen.write(&[created("api", "API")]);
    pen.project(&mut place.view);
    pen.write(&[created("docs", "Docs"), created("web", "Web")]);
    fs::create_dir(place.path("active/web.yaml")).unwrap();
    let caught = pen.caught();
    let failed = project(&pen.store, &caught.state, &caught.checkpoint, &mut place.view);
    assert!(failed.is_err());
    fs::remove_dir(place.path("active/web.yaml")).unwrap();
    assert_eq!(pen.project(&mut place.view), Work::Tail(1));
    let shown = place.view.fingerprint().unwrap();
    assert_eq!(shown, Fingerprint::of_state(&caught.state));
}
