//! Archived files: read as if they were plain, and damaged in every way.
//!
//! Start at [`archive_all`].

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use milestone_core::log::{FileStat, LogStore, ReadError};
use milestone_store_file::{Archived, unpack};
use proptest::prelude::*;

use crate::world::{Line, WAIT, World};

/// Lines that fill so many files and begin another.
fn filled(files: usize) -> (World, Vec<String>) {
    let world = World::in_memory();
    let lines: Vec<Line> =
        (0..files as u64 * 10 + 1).map(|seed| Line::of_bytes(seed, 104_000)).collect();
    lines.iter().for_each(|line| world.write(line));
    (world, lines.into_iter().map(|line| line.text).collect())
}

fn archive(world: &World, file: &FileStat) -> Option<Archived> {
    let store = world.store();
    let guard = store.lock(WAIT).unwrap();
    store.archive(&guard, file).unwrap()
}

fn archive_all(world: &World) -> Vec<Archived> {
    let full = world.store().archivable().unwrap();
    full.iter().filter_map(|file| archive(world, file)).collect()
}

fn stats(world: &World) -> Vec<FileStat> {
    world.store().files().unwrap()
}

fn archives(world: &World) -> Vec<PathBuf> {
    let entries = fs::read_dir(world.root().join("log")).unwrap();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.extension().is_some_and(|end| end == "zst"));
    found.sort();
    found
}

#[test]
fn full_files_are_archived_and_the_newest_is_not() {
    let (world, lines) = filled(2);
    let before = stats(&world);
    assert_eq!(before.len(), 3);
    let done = archive_all(&world);
    assert_eq!(done.iter().map(|done| done.file.clone()).collect::<Vec<_>>(), world.names()[..2]);
    assert!(done.iter().all(|done| done.archived_bytes < done.bytes), "{done:?}");
    assert_eq!(stats(&world), before, "nobody has to read them again");
    assert_eq!(world.lines(), lines);
    assert!(!world.log(&done[0].file).exists() && world.log(&done[0].archive).exists());
    assert_eq!(archive_all(&world), [], "there is nothing left to do");
    let newest = world.names().pop().unwrap();
    world.write(&Line::new(9_999));
    assert_eq!(world.names().pop().unwrap(), newest, "the newest goes on");
}

#[test]
fn the_same_file_makes_the_same_archive() {
    let (world, lines) = filled(1);
    let copy = World::in_memory();
    fs::create_dir_all(copy.root().join("log")).unwrap();
    fs::create_dir_all(copy.root().join("local")).unwrap();
    for name in world.names() {
        fs::copy(world.log(&name), copy.log(&name)).unwrap();
    }
    let plain = world.names().remove(0);
    let done = archive_all(&world);
    let first = fs::read(world.log(&done[0].archive)).unwrap();
    // Brought back by a merge, and archived once more.
    fs::copy(copy.log(&plain), world.log(&plain)).unwrap();
    assert_eq!((world.names().len(), world.lines()), (2, lines.clone()), "both count once");
    let again = archive_all(&world);
    assert_eq!(again, done);
    assert_eq!(fs::read(world.log(&done[0].archive)).unwrap(), first);
    // A clone that gets the archive by git reads the same.
    fs::rename(world.log(&done[0].archive), copy.log(&done[0].archive)).unwrap();
    fs::remove_file(copy.log(&plain)).unwrap();
    assert_eq!(copy.lines(), lines);
    assert!(copy.local("archives").exists(), "what it stands for is noted");
    assert_eq!(stats(&copy), stats(&copy));
}

#[test]
fn files_left_short_on_another_branch_are_left_alone() {
    let (world, _) = filled(1);
    let newest = world.names().pop().unwrap();
    fs::remove_file(world.log(&newest)).unwrap();
    world.write(&Line::new(9_999));
    let names: Vec<_> =
        world.store().archivable().unwrap().into_iter().map(|file| file.name).collect();
    assert_eq!(names, [] as [&str; 0], "it cannot be told that the first one is full");
}

#[test]
fn two_versions_of_a_file_both_count() {
    let (world, lines) = filled(1);
    let plain = world.names().remove(0);
    archive_all(&world);
    let other = Line::new(9_999).text;
    fs::write(world.log(&plain), format!("{other}\n")).unwrap();
    let mut found = world.lines();
    found.sort();
    let mut all = [lines, vec![other]].concat();
    all.sort();
    assert_eq!(found, all);
}

fn first_damaged(world: &World) -> (String, String) {
    let store = world.store();
    let name = store.files().unwrap().remove(0).name;
    match store.read_at(&name, 0, &mut [0; 100_000]) {
        Err(ReadError::Damaged { what, why }) => (what, why),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_damaged_archive_is_named() {
    let (world, _) = filled(1);
    archive_all(&world);
    let path = archives(&world).remove(0);
    let (whole, name) = (fs::read(&path).unwrap(), path.file_name().unwrap().to_owned());
    let damaged = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        let (what, why) = first_damaged(&world);
        assert!(what == *name.to_str().unwrap() && !why.is_empty());
    };
    damaged(b"");
    damaged(b"{\"id\":\"no archive\"}\n");
    damaged(&whole[..whole.len() / 2]);
    damaged(&whole[..whole.len() - 1]);
    damaged(&[&whole[..], b"more"].concat());
    // A frame of 4 GiB of zeros, as it says.
    let mut bomb = whole.clone();
    bomb[4] |= 0xc0;
    damaged(&bomb);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Shown red by: archiving without a checksum.
    #[test]
    fn any_changed_byte_of_an_archive_is_seen(at in any::<prop::sample::Index>(), bit in 0..8_u8) {
        static MADE: OnceLock<(Vec<u8>, String)> = OnceLock::new();
        let (whole, text) = MADE.get_or_init(|| {
            let (world, lines) = filled(1);
            let done = archive_all(&world).remove(0);
            let text: String = lines[..10].iter().map(|line| format!("{line}\n")).collect();
            (fs::read(world.log(&done.archive)).unwrap(), text)
        });
        let mut spoiled = whole.clone();
        spoiled[at.index(whole.len())] ^= 1 << bit;
        prop_assert_eq!(unpack(whole).unwrap(), text.as_bytes());
        // A byte that says nothing of the content may be anything.
        let read = unpack(&spoiled);
        prop_assert!(read.is_err() || read.unwrap() == text.as_bytes());
    }
}
