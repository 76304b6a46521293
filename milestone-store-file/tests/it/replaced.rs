//! What git does between append and sync: it replaces the file, and our write is nowhere.
//!
//! Shown red by: never finding a file replaced; comparing lengths but not inodes; comparing inodes
//! but not lengths.

use std::fs;
use std::path::Path;

use crate::world::{Line, World};

/// Puts another file in the place of `path`, as git does.
fn replace(path: &Path, bytes: &[u8]) {
    let other = path.with_extension("other");
    fs::write(&other, bytes).unwrap();
    fs::rename(other, path).unwrap();
}

#[test]
fn a_line_follows_when_its_file_is_replaced() {
    let world = World::new();
    world.write(&Line::new(1));
    let file = world.only_file();
    let committed = fs::read(&file).unwrap();
    let pending = world.append(&[Line::new(2)]).unwrap();
    replace(&file, &committed);
    world.sync(pending).unwrap();
    assert_eq!(world.lines(), [1, 2].map(|seed| Line::new(seed).text));
    assert_eq!(fs::read(&file).unwrap(), committed, "what git put there is git's");
    assert_eq!(world.names().len(), 2);
}

#[test]
fn a_line_follows_when_another_version_is_longer() {
    let world = World::new();
    let pending = world.append(&[Line::new(1)]).unwrap();
    let theirs = Line::of_bytes(7, 5000).text + "\n";
    replace(&world.only_file(), theirs.as_bytes());
    world.sync(pending).unwrap();
    assert_eq!(world.lines(), [Line::of_bytes(7, 5000).text, Line::new(1).text]);
}

#[test]
fn a_line_follows_when_its_file_is_removed() {
    let world = World::new();
    let pending = world.append(&[Line::new(1)]).unwrap();
    fs::remove_dir_all(world.root().join("log")).unwrap();
    world.sync(pending).unwrap();
    assert_eq!(world.lines(), [Line::new(1).text]);
}

#[test]
fn a_line_follows_when_its_file_is_cut() {
    let world = World::new();
    world.write(&Line::new(1));
    let len = fs::metadata(world.only_file()).unwrap().len();
    let pending = world.append(&[Line::new(2)]).unwrap();
    let file = fs::File::options().write(true).open(world.only_file()).unwrap();
    file.set_len(len).unwrap();
    world.sync(pending).unwrap();
    assert_eq!(world.lines(), [1, 2].map(|seed| Line::new(seed).text));
}

#[test]
fn only_the_lines_of_the_replaced_file_follow() {
    let world = World::new();
    let lines: Vec<Line> = (0..30).map(|seed| Line::of_bytes(seed, 100_000)).collect();
    let pending = world.append(&lines).unwrap();
    let names = world.names();
    assert_eq!(names.len(), 3);
    fs::remove_file(world.log(&names[1])).unwrap();
    world.sync(pending).unwrap();
    let mut found = world.lines();
    found.sort_unstable();
    assert_eq!(found, lines.into_iter().map(|line| line.text).collect::<Vec<_>>());
}

#[test]
fn a_file_that_others_continued_is_no_reason_to_repeat() {
    let world = World::new();
    let pending = world.append(&[Line::new(1)]).unwrap();
    world.write(&Line::new(2));
    world.sync(pending).unwrap();
    assert_eq!(world.lines(), [1, 2].map(|seed| Line::new(seed).text));
}

#[test]
fn kept_lines_know_what_a_reset_removed() {
    let world = World::new();
    world.write(&Line::new(1));
    let committed = fs::read(world.only_file()).unwrap();
    world.write(&Line::new(2));
    assert!(world.store().own_files_shrunk().unwrap().is_empty());
    replace(&world.only_file(), &committed);
    let shrunk = world.store().own_files_shrunk().unwrap();
    assert_eq!(shrunk.len(), 1);
    assert_eq!(shrunk[0].found_bytes, Some(committed.len() as u64));
    assert_eq!(shrunk[0].remembered_bytes, 2 * committed.len() as u64);
    let there = world.lines();
    let mut kept = world.store().kept_lines().unwrap();
    kept.retain(|line| !there.contains(&String::from_utf8(line.bytes.clone()).unwrap()));
    assert_eq!(kept.len(), 1);
    assert_eq!((kept[0].id, &kept[0].bytes[..]), (Line::new(2).id, Line::new(2).text.as_bytes()));
}
