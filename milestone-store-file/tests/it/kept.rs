//! Kept lines: a second copy of what was acknowledged, and of nothing else.
//!
//! Shown red by: never removing the oldest segment; no LF before a write.

use std::fs;
use std::io::Write;

use milestone_store_file::{KEPT_BYTES_MAX, KEPT_SEGMENT_BYTES_MAX};

use crate::world::{Line, World};

fn kept(world: &World) -> Vec<String> {
    let lines = world.store().kept_lines().unwrap();
    lines.into_iter().map(|line| String::from_utf8(line.bytes).unwrap()).collect()
}

#[test]
fn only_acknowledged_lines_are_kept() {
    let world = World::new();
    assert!(kept(&world).is_empty());
    world.write(&Line::new(1));
    let pending = world.append(&[Line::new(2)]).unwrap();
    assert_eq!(kept(&world), [Line::new(1).text]);
    world.sync(pending).unwrap();
    assert_eq!(kept(&world), [1, 2].map(|seed| Line::new(seed).text));
}

#[test]
fn the_newest_16_mib_are_kept() {
    let world = World::new();
    let mib = KEPT_SEGMENT_BYTES_MAX as usize;
    let all = 22 * 8;
    for batch in 0..22 {
        let lines: Vec<Line> =
            (batch * 8..batch * 8 + 8).map(|seed| Line::of_bytes(seed, mib / 8 - 1)).collect();
        world.sync(world.append(&lines).unwrap()).unwrap();
    }
    let bytes: u64 = fs::read_dir(world.local("kept"))
        .unwrap()
        .map(|entry| entry.unwrap().metadata().unwrap().len())
        .sum();
    assert!(bytes >= KEPT_BYTES_MAX, "{bytes}");
    assert!(bytes < KEPT_BYTES_MAX + 2 * KEPT_SEGMENT_BYTES_MAX, "{bytes}");
    let kept: Vec<_> = world.store().kept_lines().unwrap().iter().map(|line| line.id).collect();
    let newest: Vec<_> = (all - kept.len() as u64..all).map(|seed| Line::new(seed).id).collect();
    assert_eq!(kept, newest, "the newest, oldest first, without a gap");
    assert_eq!(world.lines().len() as u64, all, "the log itself is never shortened");
}

#[test]
fn a_torn_kept_line_spoils_no_other() {
    let world = World::new();
    world.write(&Line::new(1));
    let path = world.local("kept/kept.jsonl");
    let mut file = fs::File::options().append(true).open(path).unwrap();
    file.write_all(&Line::new(2).text.as_bytes()[..80]).unwrap();
    assert_eq!(kept(&world), [Line::new(1).text], "a torn line is no line");
    world.write(&Line::new(3));
    let ids: Vec<_> = world.store().kept_lines().unwrap().iter().map(|line| line.id).collect();
    assert!(ids.contains(&Line::new(1).id) && ids.contains(&Line::new(3).id), "{ids:?}");
}

#[test]
fn a_line_that_cannot_be_kept_is_acknowledged_all_the_same() {
    let world = World::new();
    world.write(&Line::new(1));
    fs::remove_dir_all(world.local("kept")).unwrap();
    fs::create_dir_all(world.local("kept/kept.jsonl")).unwrap();
    world.write(&Line::new(2));
    assert_eq!(world.lines().len(), 2);
}
