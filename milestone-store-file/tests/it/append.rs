//! Appending: one file that grows, is left at 1 MiB, and is mended where it was torn.
//!
//! Shown red by: rotating only above twice the limit; leaving out the LF before a torn tail's
//! successor; listing links; no `O_EXCL`; mode 0666; names with separators.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use milestone_core::log::{AppendError, LINE_BYTES_MAX, LogStore, ReadError, SyncError};
use milestone_store_file::FILE_BYTES_MAX;

use crate::world::{Line, WAIT, World, expect_success};

#[test]
fn a_log_that_does_not_exist_is_empty() {
    let world = World::new();
    assert_eq!(world.names(), Vec::<String>::new());
    assert_eq!(world.store().read_at("nobody-0001.jsonl", 0, &mut [0; 8]).unwrap(), 0);
    assert!(world.store().own_files_shrunk().unwrap().is_empty());
    assert!(fs::read_dir(world.root()).unwrap().next().is_none(), "reading creates nothing");
}

#[test]
fn commands_continue_one_file() {
    let world = World::new();
    for seed in 0..5 {
        world.write(&Line::new(seed));
    }
    let expected: Vec<String> = (0..5).map(|seed| Line::new(seed).text).collect();
    assert_eq!(fs::read_to_string(world.only_file()).unwrap(), expected.join("\n") + "\n");
    let stat = &world.store().files().unwrap()[0];
    let found = fs::metadata(world.only_file()).unwrap();
    assert_eq!((stat.len_bytes, stat.inode), (found.len(), found.ino()));
    assert_eq!(stat.mtime_ns, found.mtime() * 1_000_000_000 + found.mtime_nsec());
    assert!(stat.name.ends_with("-0001.jsonl") && stat.name.len() == "k3m9x2pq-0001.jsonl".len());
}

#[test]
fn several_lines_go_in_one_append() {
    let world = World::new();
    let lines: Vec<Line> = (0..10).map(Line::new).collect();
    world.sync(world.append(&lines).unwrap()).unwrap();
    world.write(&Line::new(10));
    assert_eq!(world.lines(), (0..11).map(|seed| Line::new(seed).text).collect::<Vec<_>>());
    assert_eq!(world.names().len(), 1);
}

#[test]
fn nothing_to_append_touches_nothing() {
    let world = World::new();
    world.sync(world.append(&[]).unwrap()).unwrap();
    assert!(world.names().is_empty());
    assert!(!world.local("writer").exists());
}

#[test]
fn a_file_is_left_at_one_mib() {
    let world = World::new();
    let half = Line::of_bytes(1, FILE_BYTES_MAX as usize / 2 - 1);
    world.write(&half);
    world.write(&half);
    let len = |at: usize| world.store().files().unwrap()[at].len_bytes;
    assert_eq!(len(0), FILE_BYTES_MAX, "a file is filled to the last byte");
    world.write(&Line::new(3));
    assert_eq!(world.names().len(), 2);
    assert_eq!(len(0), FILE_BYTES_MAX);
    world.write(&Line::new(4));
    assert_eq!(world.names().len(), 2, "the second file goes on");
    assert!(world.names()[1].ends_with("-0002.jsonl"));
}

#[test]
fn a_large_append_is_split_at_lines() {
    let world = World::new();
    world.write(&Line::new(0));
    let lines: Vec<Line> = (1..40).map(|seed| Line::of_bytes(seed, 100_000)).collect();
    world.sync(world.append(&lines).unwrap()).unwrap();
    let files = world.store().files().unwrap();
    assert_eq!(files.len(), 4);
    assert!(files.iter().all(|file| file.len_bytes <= FILE_BYTES_MAX), "{files:?}");
    let expected = std::iter::once(Line::new(0)).chain(lines).map(|line| line.text);
    assert_eq!(world.lines(), expected.collect::<Vec<_>>());
    world.write(&Line::new(99));
    assert_eq!(world.names().len(), 4, "the last file goes on");
}

#[test]
fn the_largest_line_fits_and_a_larger_one_is_refused() {
    let world = World::new();
    world.write(&Line::of_bytes(1, LINE_BYTES_MAX - 1));
    let lines = [Line::new(2), Line::of_bytes(3, LINE_BYTES_MAX)];
    match world.append(&lines) {
        Err(AppendError::TooLarge { bytes, bytes_max }) => {
            assert_eq!((bytes, bytes_max), (LINE_BYTES_MAX + 1, LINE_BYTES_MAX));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(world.lines().len(), 1, "nothing of a refused append is written");
}

#[test]
fn what_is_no_line_is_refused() {
    let world = World::new();
    for text in ["", "two\nlines"] {
        let line = Line { text: text.to_owned(), ..Line::new(1) };
        assert!(matches!(world.append(&[line]), Err(AppendError::Io { .. })), "{text:?}");
    }
    assert!(world.names().is_empty());
}

#[test]
fn a_torn_tail_gets_its_lf_before_the_next_line() {
    let world = World::new();
    world.write(&Line::new(1));
    let file = world.only_file();
    let torn = fs::read_to_string(&file).unwrap() + "{\"id\":\"12";
    fs::write(&file, &torn).unwrap();
    world.write(&Line::new(2));
    world.write(&Line::new(3));
    let expected = format!("{torn}\n{}\n{}\n", Line::new(2).text, Line::new(3).text);
    assert_eq!(fs::read_to_string(world.only_file()).unwrap(), expected);
}

#[test]
fn a_torn_tail_is_moved_and_never_deleted() {
    let world = World::new();
    world.write(&Line::new(1));
    let file = world.only_file();
    let whole = fs::read(&file).unwrap();
    let name = world.names().remove(0);
    let store = world.store();
    let guard = store.lock(WAIT).unwrap();
    assert_eq!(store.repair_torn_tail(&guard, &name).unwrap(), None);
    for copy in 0..2 {
        let torn = "y".repeat(200_000 + copy);
        fs::write(&file, [&whole, torn.as_bytes()].concat()).unwrap();
        let moved = store.repair_torn_tail(&guard, &name).unwrap().unwrap();
        assert_eq!((moved.offset, moved.bytes), (whole.len() as u64, torn.len() as u64));
        assert_eq!(fs::read_to_string(moved.path).unwrap(), torn);
        assert_eq!(fs::read(&file).unwrap(), whole);
    }
    assert_eq!(fs::read_dir(world.local("recovered")).unwrap().count(), 2);
    assert!(store.repair_torn_tail(&guard, "../local/writer").is_err());
    drop(guard);
    world.write(&Line::new(2));
    assert_eq!(world.names().len(), 1, "a repaired file goes on");
}

#[test]
fn only_regular_files_are_the_log() {
    let world = World::new();
    world.write(&Line::new(1));
    let name = world.names().remove(0);
    fs::write(world.dir().join("outside"), "secret\n").unwrap();
    symlink(world.dir().join("outside"), world.log("aaaaaaaa-0001.jsonl")).unwrap();
    fs::create_dir(world.log("bbbbbbbb-0001.jsonl")).unwrap();
    fs::write(world.log(".hidden.jsonl"), "").unwrap();
    fs::write(world.log("notes.txt"), "").unwrap();
    assert_eq!(world.names(), [name]);
    let store = world.store();
    let ReadError::Io { what, .. } =
        store.read_at("aaaaaaaa-0001.jsonl", 0, &mut [0; 8]).unwrap_err()
    else {
        panic!("another error")
    };
    assert!(what.ends_with("aaaaaaaa-0001.jsonl"));
    fs::write(world.dir().join("outside.jsonl"), "secret\n").unwrap();
    let outside = "bbbbbbbb-0001.jsonl/../../../outside.jsonl";
    assert!(world.log(outside).exists());
    assert!(store.read_at(outside, 0, &mut [0; 8]).is_err());
}

#[test]
fn an_own_file_that_became_a_link_is_not_written_through() {
    let world = World::new();
    world.write(&Line::new(1));
    let file = world.only_file();
    let outside = world.dir().join("outside");
    fs::rename(&file, &outside).unwrap();
    symlink(&outside, &file).unwrap();
    let before = fs::read(&outside).unwrap();
    world.write(&Line::new(2));
    assert_eq!(fs::read(&outside).unwrap(), before);
    assert_eq!(world.lines(), [Line::new(2).text]);
}

#[test]
fn a_new_file_skips_whatever_has_its_name() {
    let world = World::new();
    world.write(&Line::new(1));
    let first = world.names().remove(0);
    let outside = world.dir().join("outside");
    symlink(&outside, world.log(&first.replace("0001", "0002"))).unwrap();
    fs::write(world.log(&first.replace("0001", "0003")), "theirs\n").unwrap();
    fs::remove_file(world.log(&first)).unwrap();
    world.write(&Line::new(2));
    assert!(!outside.exists());
    let expected = [first.replace("0001", "0003"), first.replace("0001", "0004")];
    assert_eq!(world.names(), expected);
}

#[test]
fn child_writes_a_line() {
    let Some(world) = World::of_parent() else { return };
    world.write(&Line::new(1));
}

#[test]
fn nothing_is_writable_by_others() {
    let world = World::new();
    let output = world.child("append::child_writes_a_line", "umask 0").output().unwrap();
    expect_success(&output);
    let files = ["lock", "writer", "kept", "kept/kept.jsonl", "."].map(|name| world.local(name));
    for path in files.into_iter().chain([world.only_file(), world.root().join("log")]) {
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o022, 0, "{} has mode {mode:o}", path.display());
    }
}

#[test]
fn only_the_store_that_appended_can_sync() {
    let (one, other) = (World::new(), World::new());
    let pending = one.append(&[Line::new(1)]).unwrap();
    assert!(matches!(other.sync(pending), Err(SyncError::Foreign)));
}
