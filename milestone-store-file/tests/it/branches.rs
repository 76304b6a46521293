//! A thousand histories of branching, switching, resetting, merging and crashing.
//!
//! Git is played at the level of files: a branch is a copy of the log's folder, switching replaces
//! files by renames, and `local/` stays. What must hold is that git never has anything to merge:
//! of any two versions of a file that ever existed, one is the beginning of the other.
//!
//! Shown red by: the next number from the directory; continuing any file that is there.

use std::collections::BTreeMap;
use std::fs;

use milestone_core::log::LogStore;

use crate::world::{Line, World};

const HISTORIES: u64 = 1000;
const STEPS: u64 = 30;
const BRANCHES_MAX: u64 = 5;

type Files = BTreeMap<String, Vec<u8>>;

/// A small generator: the same seed, the same history.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) % end
    }
}

/// A clone with its branches.
struct Clone {
    world: World,
    branches: Vec<Files>,
    current: usize,
    /// The longest version ever seen of each file.
    longest: Files,
    lines: u64,
}

impl Clone {
    fn new() -> Self {
        Self {
            world: World::in_memory(),
            branches: vec![Files::new()],
            current: 0,
            longest: Files::new(),
            lines: 0,
        }
    }

    fn work_tree(&self) -> Files {
        let names = self.world.names().into_iter();
        names.map(|name| (name.clone(), fs::read(self.world.log(&name)).unwrap())).collect()
    }

    fn next_line(&mut self) -> Line {
        self.lines += 1;
        Line::new(self.lines)
    }

    /// Looks whether every file in the work tree goes on from, or leads to, what was seen of it.
    fn look(&mut self, history: u64) {
        for (name, bytes) in self.work_tree() {
            let longest = self.longest.entry(name.clone()).or_default();
            let shorter = bytes.len().min(longest.len());
            let clash = bytes[..shorter] != longest[..shorter];
            assert!(!clash, "history {history}: two versions of {name}");
            if bytes.len() > longest.len() {
                *longest = bytes;
            }
        }
    }

    fn commit(&mut self) {
        self.branches[self.current] = self.work_tree();
    }

    fn checkout(&mut self, branch: usize) {
        self.current = branch;
        let target = self.branches[branch].clone();
        let work = self.work_tree();
        for name in work.keys().filter(|name| !target.contains_key(*name)) {
            fs::remove_file(self.world.log(name)).unwrap();
        }
        for (name, bytes) in target.iter().filter(|(name, bytes)| work.get(*name) != Some(bytes)) {
            fs::create_dir_all(self.world.root().join("log")).unwrap();
            let other = self.world.log("other");
            fs::write(&other, bytes).unwrap();
            fs::rename(other, self.world.log(name)).unwrap();
        }
    }

    fn merge(&mut self, branch: usize) {
        self.commit();
        let theirs = self.branches[branch].clone();
        for (name, bytes) in theirs {
            let ours = self.branches[self.current].entry(name).or_default();
            if bytes.len() > ours.len() {
                *ours = bytes;
            }
        }
        self.checkout(self.current);
    }

    /// A crash that leaves `part` tenths of the line: 0 is before the write, 10 after it.
    fn crash(&mut self, part: u64) {
        let before = self.work_tree();
        let line = self.next_line();
        drop(self.world.append(&[line]).unwrap());
        for (name, bytes) in self.work_tree() {
            let old = before.get(&name).map_or(0, Vec::len);
            let kept = old + (bytes.len() - old) * part as usize / 10;
            let file = fs::File::options().write(true).open(self.world.log(&name)).unwrap();
            file.set_len(kept as u64).unwrap();
        }
    }

    fn step(&mut self, random: &mut Random) {
        let branches = self.branches.len() as u64;
        let other = random.below(branches) as usize;
        match random.below(16) {
            0..6 => {
                let line = self.next_line();
                self.world.write(&line);
            }
            6 => self.commit(),
            7 | 8 if branches < BRANCHES_MAX => {
                self.commit();
                self.branches.push(self.branches[self.current].clone());
                self.current = self.branches.len() - 1;
            }
            7..11 => {
                self.commit();
                self.checkout(other);
            }
            11 | 12 => self.merge(other),
            13 => self.checkout(self.current),
            14 => self.crash(random.below(11)),
            _ => {
                let line = self.next_line();
                drop(self.world.append(&[line]).unwrap());
            }
        }
    }
}

#[test]
fn no_two_branches_write_the_same_file() {
    let mut continued = 0;
    for history in 1..=HISTORIES {
        let mut random = Random(history.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut clone = Clone::new();
        for _ in 0..STEPS {
            clone.step(&mut random);
            clone.look(history);
        }
        let writers: std::collections::BTreeSet<&str> =
            clone.longest.keys().map(|name| &name[..8]).collect();
        assert!(writers.len() <= 1, "history {history}: one clone, one writer");
        let lines = clone.longest.values().flatten().filter(|&&byte| byte == b'\n').count();
        continued += lines.saturating_sub(clone.longest.len());
        let kept = clone.world.store().kept_lines().unwrap().len() as u64;
        assert!(kept <= clone.lines);
    }
    assert!(continued as u64 > HISTORIES, "files are continued, not begun for every line");
}

/// After a switch there and back nothing is lost, and the merge has every line.
#[test]
fn a_merge_has_the_lines_of_both_branches() {
    let mut clone = Clone::new();
    clone.world.write(&Line::new(1));
    clone.commit();
    clone.branches.push(clone.branches[0].clone());
    clone.world.write(&Line::new(2));
    clone.commit();
    clone.checkout(1);
    assert_eq!(clone.world.store().files().unwrap().len(), 1);
    clone.world.write(&Line::new(3));
    clone.commit();
    clone.checkout(0);
    clone.world.write(&Line::new(4));
    clone.merge(1);
    let mut lines = clone.world.lines();
    lines.sort_unstable();
    assert_eq!(lines, [1, 2, 3, 4].map(|seed| Line::new(seed).text));
    assert_eq!(clone.world.names().len(), 3);
}
