//! `local/writer`: when a clone goes on with its file, and when it draws another name.
//!
//! Shown red by: not comparing the inode of `local/`; not comparing the id at the remembered end;
//! ignoring the check digits; taking the next number from the directory.

use std::fs;
use std::process::Command;

use crate::world::{Line, World};

#[test]
fn a_garbled_record_draws_a_new_writer() {
    let world = World::new();
    world.write(&Line::new(1));
    let record = fs::read(world.local("writer")).unwrap();
    let flipped = |at: usize| {
        let mut bytes = record.clone();
        bytes[at] ^= 1;
        bytes
    };
    let garbled = [
        Vec::new(),
        record[..100].to_vec(),
        [record.clone(), b"x".to_vec()].concat(),
        vec![0; record.len()],
        vec![0xff; record.len()],
        "\u{e9}".repeat(record.len() / 2).into_bytes(),
        flipped(3),
        flipped(60),
        flipped(record.len() - 2),
    ];
    for (at, bytes) in garbled.iter().enumerate() {
        fs::write(world.local("writer"), bytes).unwrap();
        assert!(world.store().own_files_shrunk().unwrap().is_empty(), "case {at}");
        world.write(&Line::new(10 + at as u64));
        assert_eq!(world.names().len(), at + 2, "case {at}");
        world.write(&Line::new(100 + at as u64));
        assert_eq!(world.names().len(), at + 2, "case {at}: the new writer goes on");
    }
    assert!(world.names().iter().all(|name| name.ends_with("-0001.jsonl")));
}

#[test]
fn a_missing_record_draws_a_new_writer() {
    let world = World::new();
    world.write(&Line::new(1));
    fs::remove_file(world.local("writer")).unwrap();
    world.write(&Line::new(2));
    assert_eq!(world.names().len(), 2);
}

#[test]
fn a_copied_clone_draws_a_new_writer() {
    let world = World::new();
    world.write(&Line::new(1));
    let copy = World::new();
    fs::remove_dir(copy.root()).unwrap();
    let copied = Command::new("cp").arg("-a").args([world.root(), copy.root()]).status().unwrap();
    assert!(copied.success());
    assert!(copy.store().own_files_shrunk().unwrap().is_empty());
    copy.write(&Line::new(2));
    assert_eq!(copy.names().len(), 2, "the copy leaves its original's file alone");
    world.write(&Line::new(3));
    assert_eq!(world.names().len(), 1, "the original goes on");
    copy.write(&Line::new(4));
    assert_eq!(copy.names().len(), 2, "the copy goes on with its own");
}

#[test]
fn a_moved_clone_keeps_its_writer() {
    let world = World::new();
    world.write(&Line::new(1));
    fs::rename(world.root(), world.dir().join("elsewhere")).unwrap();
    fs::rename(world.dir().join("elsewhere"), world.root()).unwrap();
    world.write(&Line::new(2));
    assert_eq!(world.names().len(), 1);
}

/// Another branch's version of the own file, in every way it can differ.
#[test]
fn another_version_of_the_file_is_left_alone() {
    let three = |seeds: [u64; 3]| seeds.map(|seed| Line::new(seed).text + "\n").concat();
    let longer = Line::of_bytes(2, 500).text + "\n";
    let versions = [
        ("shorter", three([1, 2, 3])[..200].to_owned()),
        ("cut by one byte", three([1, 2, 3]).trim_end().to_owned()),
        ("empty", String::new()),
        ("same length, another last line", three([1, 2, 4])),
        ("longer, another line there", three([1, 4, 5]) + &three([6, 7, 8])),
        ("longer, no line ends there", longer.clone() + &longer),
        ("no lines", "x".repeat(1000)),
    ];
    for (what, version) in versions {
        let world = World::new();
        (1..=3).for_each(|seed| world.write(&Line::new(seed)));
        let file = world.only_file();
        fs::write(&file, &version).unwrap();
        let shrunk = world.store().own_files_shrunk().unwrap();
        assert_eq!(shrunk.len(), 1, "{what}");
        assert_eq!(shrunk[0].found_bytes, Some(version.len() as u64), "{what}");
        world.write(&Line::new(9));
        assert_eq!(fs::read_to_string(&file).unwrap(), version, "{what}");
        assert_eq!(world.names().len(), 2, "{what}");
        assert!(world.store().own_files_shrunk().unwrap().is_empty(), "{what}");
    }
}

#[test]
fn a_number_is_never_used_again() {
    let world = World::new();
    for number in 1..=12 {
        world.write(&Line::new(number));
        assert!(world.only_file().to_str().unwrap().ends_with(&format!("-{number:04}.jsonl")));
        fs::remove_file(world.only_file()).unwrap();
        let shrunk = world.store().own_files_shrunk().unwrap();
        assert_eq!(shrunk[0].found_bytes, None, "a file that vanished is told");
    }
    fs::remove_dir(world.root().join("log")).unwrap();
    world.write(&Line::new(13));
    assert!(world.names()[0].ends_with("-0013.jsonl"));
}

/// Lines after the remembered end are our own crash, whole or torn.
#[test]
fn what_follows_the_remembered_end_is_our_own() {
    let world = World::new();
    world.write(&Line::new(1));
    let record = fs::read(world.local("writer")).unwrap();
    world.write(&Line::new(2));
    fs::write(world.local("writer"), record).unwrap();
    world.write(&Line::new(3));
    assert_eq!(world.names().len(), 1);
    assert_eq!(world.lines(), [1, 2, 3].map(|seed| Line::new(seed).text));
}
