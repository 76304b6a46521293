//! A damaged log is mended from whatever still has its lines; what nobody has is named.
//!
//! Shown red by: a source that is not asked; a file that is cleaned before the lines that it lost
//! are there again; a copy that is not kept.

use std::fs;
use std::path::PathBuf;

use milestone_core::log::Oddity;
use milestone_core::words::{RecordId, Timestamp};
use milestone_project::{Keeper, LineSource, LogMended, Occasion, Wish};

use crate::repo::{Repo, has_git};
use crate::world::{Hand, World, milestone, note};

const WHEN: Timestamp = Timestamp(1_790_000_000_000_000);

/// A project with five notes.
fn noted(world: &World, hand: &mut Hand) {
    let mut project = world.open();
    hand.does(&mut project, &milestone("Api", &["Plan"]));
    (0..5).for_each(|number| {
        hand.does(&mut project, &note("api", &format!("note {number}")));
    });
}

/// Changes a byte of the line with `note 2`; returns its record.
fn damage(world: &World) -> RecordId {
    let (name, bytes) = world.log_files().pop_first().unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let line = text.lines().find(|line| line.contains("note 2")).unwrap();
    let id = RecordId::parse(&line.as_bytes()[7..71]).unwrap();
    fs::write(world.path("log").join(name), text.replace("note 2", "nope 2")).unwrap();
    id
}

fn forget_kept(world: &World) {
    fs::remove_dir_all(world.path("local/kept")).unwrap();
}

/// Mends, and looks whether all is well, and what was damaged is kept.
fn mended(world: &World, before: &[RecordId]) -> LogMended {
    let planned = world.open().mend_log(true).unwrap();
    assert!(planned.set_aside.is_empty(), "a plan changes nothing");
    let mended = world.open().mend_log(false).unwrap();
    assert_eq!((&mended.found, &mended.lost), (&planned.found, &planned.lost));
    let mut ids = world.ids();
    ids.sort();
    let mut wanted: Vec<_> = before.to_vec();
    wanted.sort();
    assert_eq!(ids, wanted, "every record, once");
    assert_eq!(world.open().audit(None).unwrap().findings, []);
    let kept: Vec<PathBuf> = mended.set_aside.iter().map(|(_, kept)| kept.clone()).collect();
    assert!(fs::read_to_string(&kept[0]).unwrap().contains("nope 2"), "{kept:?}");
    assert!(world.open().mend_log(false).unwrap().is_empty(), "once is enough");
    mended
}

#[test]
fn a_damaged_line_comes_back_from_what_this_clone_kept() {
    let (world, mut hand) = World::begun();
    noted(&world, &mut hand);
    let before = world.ids();
    let id = damage(&world);
    assert_eq!(mended(&world, &before).found[&id], LineSource::Kept);
}

#[test]
fn a_damaged_line_comes_back_from_a_commit() {
    if !has_git("a_damaged_line_comes_back_from_a_commit") {
        return;
    }
    let mut hand = Hand::new("ann");
    let repo = Repo::begun(&mut hand);
    noted(&repo.world, &mut hand);
    repo.commit("notes");
    let before = repo.world.ids();
    let id = damage(&repo.world);
    forget_kept(&repo.world);
    assert_eq!(mended(&repo.world, &before).found[&id], LineSource::Git);
}

#[test]
fn a_damaged_line_comes_back_from_a_backup() {
    let (world, mut hand) = World::begun();
    noted(&world, &mut hand);
    world.open().back_up(&Keeper::now(WHEN), Wish::because(Occasion::Asked)).unwrap();
    let before = world.ids();
    let id = damage(&world);
    forget_kept(&world);
    assert_eq!(mended(&world, &before).found[&id], LineSource::Backup);
}

#[test]
fn what_nobody_has_is_named_and_its_line_is_kept() {
    let (world, mut hand) = World::begun();
    noted(&world, &mut hand);
    let before = world.ids().len();
    let id = damage(&world);
    forget_kept(&world);
    let mended = world.open().mend_log(false).unwrap();
    assert_eq!((mended.lost.as_slice(), mended.found.len()), (&[id][..], 0));
    let kept = fs::read_to_string(&mended.set_aside[0].1).unwrap();
    assert!(kept.contains("nope 2"));
    assert_eq!(world.ids().len(), before - 1, "everything else is there");
    let left = world.open().audit(None).unwrap().findings;
    let misses_it = |oddity: &Oddity| match oddity {
        Oddity::MissingRecord(missing) => *missing == id,
        Oddity::MissingRead { missing, .. } => id.to_string().starts_with(missing),
        _ => false,
    };
    assert!(left.iter().all(|finding| misses_it(&finding.oddity)), "{left:?}");
}

#[test]
fn a_line_of_garbage_is_set_aside() {
    let (world, mut hand) = World::begun();
    noted(&world, &mut hand);
    let before = world.ids();
    let (name, bytes) = world.log_files().pop_first().unwrap();
    let path = world.path("log").join(name);
    fs::write(&path, [b"nope 2\n".as_slice(), &bytes].concat()).unwrap();
    mended(&world, &before);
    assert_eq!(fs::read(path).unwrap(), bytes, "and the file is what it was");
}
