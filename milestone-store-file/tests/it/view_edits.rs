//! Files of the view that people changed by hand: never lost, always named, read with the place of
//! what is wrong.
//!
//! - **Absent on purpose.** Adopting. Here an edit is only found, read, kept and released.

use std::fs;
use std::path::PathBuf;

use milestone_core::domain::{Body, Event};
use milestone_core::projection::{Fingerprint, Projection, Work, build};
use milestone_core::words::Slug;
use milestone_store_file::view::YamlView;

use crate::view_support::{Pen, Place, added, change, created, noted, project_created};

/// A view of one milestone with a task, and one more milestone.
fn begun() -> (Place, Pen) {
    let (mut place, mut pen) = (Place::new(), Pen::new("a"));
    pen.write(&[project_created()]);
    pen.write(&[created("api", "API"), created("web", "Web"), added("api", "one", "One")]);
    pen.project(&mut place.view);
    (place, pen)
}

const API: &str = "active/api.yaml";

#[test]
fn an_edit_is_kept_named_and_read() {
    let (mut place, mut pen) = begun();
    let heads = pen.heads.clone();
    assert_eq!(place.view.edited_files().unwrap(), []);
    place.edit(API, "title: One", "title: 1");
    let edited = place.read(API);
    pen.write(&[noted("api", None, "n1", "a note")]);
    pen.write(&[noted("web", None, "n1", "a note")]);
    pen.project(&mut place.view);
    assert_eq!(place.read(API), edited);
    assert_eq!(place.view.unadopted(), [place.path(API)]);
    assert!(place.read("active/web.yaml").contains("a note"), "the others are written");

    let found = place.view.edited_files().unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0].path, found[0].milestone.as_str()), (&place.path(API), "api"));
    assert_eq!(found[0].heads, heads);
    let content = found[0].content.as_ref().unwrap();
    assert_eq!(content.milestone.as_ref().unwrap().title, "API");
    assert_eq!(content.tasks[0].title, "1", "a number is fine where a text is wanted");
    let shown = place.view.fingerprint().unwrap();
    assert_ne!(shown, Fingerprint::of_state(&pen.caught().state));
}

#[test]
fn an_edit_that_is_taken_back_is_written_over_with_the_next_batch() {
    let (mut place, mut pen) = begun();
    place.edit(API, "title: API", "title: Mine");
    pen.write(&[noted("api", None, "n1", "a note")]);
    pen.project(&mut place.view);
    place.edit(API, "title: Mine", "title: API");
    // Another process, and a record about something else.
    let mut later = YamlView::new(place.dir.path());
    pen.write(&[noted("web", None, "n1", "another")]);
    assert_eq!(pen.project(&mut later), Work::Tail(1));
    assert!(place.read(API).contains("a note"));
    assert_eq!(later.unadopted(), Vec::<PathBuf>::new());
}

#[test]
fn a_released_edit_is_written_over_and_a_later_one_is_not() {
    for edits_again in [false, true] {
        let (mut place, mut pen) = begun();
        place.edit(API, "title: API", "title: Mine");
        let edit = place.view.edited_files().unwrap().remove(0);
        place.view.release(&edit);
        if edits_again {
            place.edit(API, "title: Mine", "title: Ours");
        }
        pen.write(&[noted("api", None, "n1", "a note")]);
        pen.project(&mut place.view);
        assert_eq!(place.read(API).contains("a note"), !edits_again);
        assert_eq!(place.view.unadopted().len(), usize::from(edits_again));
        assert_eq!(place.read(API).contains("title: Ours"), edits_again);
    }
}

#[test]
fn overwriting_loses_the_edit() {
    let (mut place, pen) = begun();
    let before = place.read(API);
    place.edit(API, "title: API", "title: Mine");
    let (ids, caught) = ([Slug::new("api").unwrap()], pen.caught());
    place.view.overwrite(&ids, &caught.state, &caught.checkpoint.heads).unwrap();
    assert_eq!(place.read(API), before);
    assert_eq!(place.view.edited_files().unwrap(), []);
}

#[test]
fn a_wipe_keeps_what_is_edited() {
    let (mut place, pen) = begun();
    place.edit(API, "title: API", "title: Mine");
    fs::write(place.path("active/README.md"), "mine").unwrap();
    place.view.wipe().unwrap();
    assert_eq!(place.files(), ["active/README.md", API]);
    assert!(!place.path("project.yaml").exists());
    assert_eq!(place.view.checkpoint().unwrap(), None, "a view that is half gone is none");
    build(&pen.store, &mut place.view).unwrap();
    assert!(place.read(API).contains("title: Mine"));
    assert_eq!(place.view.unadopted(), [place.path(API)]);
    assert!(place.path("active/web.yaml").exists());
}

#[test]
fn an_edit_keeps_a_milestone_where_it_is() {
    let (mut place, mut pen) = begun();
    place.edit(API, "title: API", "title: Mine");
    pen.write(&[Event::of("api", Body::MilestoneArchived(change(None)))]);
    pen.project(&mut place.view);
    assert_eq!(place.files(), [API, "active/web.yaml"]);
    let edit = place.view.edited_files().unwrap().remove(0);
    place.view.release(&edit);
    pen.write(&[Event::of("web", Body::MilestoneArchived(change(None)))]);
    pen.project(&mut place.view);
    assert_eq!(place.files(), ["archived/api.yaml", "archived/web.yaml"]);
}

#[test]
fn a_file_without_a_whole_header_is_edited() {
    for (from, to) in [("# sha256: ", "# sha: "), ("# sha256: ", "# sha256: x"), ("# ", "")] {
        let (place, _) = begun();
        place.edit(API, from, to);
        assert_eq!(place.view.edited_files().unwrap().len(), 1, "{from:?} -> {to:?}");
    }
    let (mut place, mut pen) = begun();
    fs::write(place.path("active/mine.yaml"), "id: mine\n").unwrap();
    fs::write(place.path("active/Not_A_Slug.yaml"), "id: mine\n").unwrap();
    let found = place.view.edited_files().unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].milestone.as_str(), &found[0].heads[..]), ("mine", &[][..]));
    // Nothing is lost with an empty file, as a power cut may leave one.
    fs::write(place.path(API), "").unwrap();
    pen.write(&[noted("api", None, "n1", "a note")]);
    pen.project(&mut place.view);
    assert!(place.read(API).contains("a note"));
}

#[test]
fn what_cannot_be_read_is_said_with_its_line() {
    let line_of = |text: &str, part: &str| {
        1 + text.lines().position(|line| line.contains(part)).expect("it was just put in")
    };
    for (from, to, at, why) in [
        ("status: planned", "status: [", "status: [", ""),
        ("status: planned", "stauts: planned", "stauts", "stauts"),
        ("status: planned", "status: planned\nstatus: active", "active", "`status` is here twice"),
        ("status: planned", "status: planned\ndue: soon", "due: soon", "YYYY-MM-DD"),
        ("- id: one", "<<<<<<< ours\n- id: one", "<<<<<<<", ""),
        ("title: One", "title: One\n  estimate: much", "estimate: much", ""),
        ("title: One", "title: &a One", "&a One", "no anchors"),
    ] {
        let (place, _) = begun();
        place.edit(API, from, to);
        let line = line_of(&place.read(API), at);
        let found = place.view.edited_files().unwrap().remove(0).content.unwrap_err();
        // A bracket that is not closed is missed on the line below.
        let said = [line, line + 1].iter().any(|line| found.starts_with(&format!("line {line},")));
        assert!(said && found.contains(why), "{to:?} is on line {line}: {found}");
        assert_eq!(found.lines().count(), 1, "{found}");
    }
    let (place, _) = begun();
    place.edit(API, "id: api", "id: other");
    let found = place.view.edited_files().unwrap().remove(0).content.unwrap_err();
    assert!(found.contains("`api`") && found.contains("id: other"), "{found}");
    fs::write(place.path(API), b"id: api\ntitle: \xff\n").unwrap();
    let found = place.view.edited_files().unwrap().remove(0).content.unwrap_err();
    assert_eq!(found, "line 2: this is not UTF-8");
}

#[test]
fn an_edited_project_file_is_kept_and_named() {
    let (mut place, mut pen) = begun();
    place.edit("project.yaml", "name: \"yes\"", "name: mine");
    pen.write(&[noted("api", None, "n1", "a note")]);
    pen.project(&mut place.view);
    assert!(place.read("project.yaml").contains("name: mine"));
    assert_eq!(place.view.unadopted(), [place.path("project.yaml")]);
}
