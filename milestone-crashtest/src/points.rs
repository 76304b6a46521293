//! Every crash of a workload: at each operation, at each byte of the write in flight, as the death
//! of a process and as a loss of power that keeps some of what was not synced.
//!
//! Start at [`crash`]. After each the log is opened, read, appended to and read again.
//!
//! - **Invariant.** What somebody was told before the crash is true after it.
//! - **Invariant.** A point is counted once: two choices that leave the same on the disk at the
//!   same operation are one point.

use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use crate::image::{Effect, Image, Share};
use crate::oracle::{Death, Told, check};
use crate::random::Random;
use crate::simulated::SimulatedDisk;
use crate::workload::{Played, play};

/// How many ways of losing power are tried at each operation.
const CUTS_PER_OPERATION: usize = 8;
/// Of so many workloads one is crashed at every byte in both ways; the others at some.
const THOROUGH_EVERY: u64 = 32;
/// At one byte of so many in the others.
const BYTES_STEP: usize = 16;
/// After one crash of so many the view is looked at too, and a byte is damaged.
const THOROUGH_POINT_EVERY: u64 = 64;

/// What came of many crashes.
#[derive(Debug, Clone, Default)]
pub struct Crashes {
    /// Workloads.
    pub workloads: u64,
    /// Crashes after which the log was recovered.
    pub points: u64,
    /// Of these: losses of power.
    pub power_cuts: u64,
    /// Of these: a file ended in a torn line.
    pub torn: u64,
    /// Acknowledged records that had to be there, in all of them together.
    pub promises: u64,
    /// What was lost or wrong, in words: the first few of them.
    pub failures: Vec<String>,
    /// How many failures there were.
    pub failed: u64,
}

/// After so many failures nobody needs more of them.
const FAILURES_MAX: u64 = 1_000;
/// How many failures are described.
const FAILURES_TOLD_MAX: usize = 10;

impl Crashes {
    /// Takes in what came of others.
    pub fn add(&mut self, other: Self) {
        self.workloads += other.workloads;
        self.points += other.points;
        self.power_cuts += other.power_cuts;
        self.torn += other.torn;
        self.promises += other.promises;
        self.failed += other.failed;
        let room = FAILURES_TOLD_MAX.saturating_sub(self.failures.len());
        self.failures.extend(other.failures.into_iter().take(room));
    }
}

/// Crashes the workloads of these seeds in turn until there were so many points.
pub fn crash(seeds: impl IntoIterator<Item = u64>, points_min: u64) -> Crashes {
    let mut crashes = Crashes::default();
    for seed in seeds {
        if crashes.points >= points_min || crashes.failed >= FAILURES_MAX {
            break;
        }
        Crasher::new(&play(seed)).run(&mut crashes);
        crashes.workloads += 1;
    }
    crashes
}

/// One workload on its way to all its ends.
struct Crasher<'p> {
    played: &'p Played,
    random: Random,
    /// What the disk holds before the operation in question, if nothing is lost.
    whole: Image,
    told: Told,
    /// The changes before the operation that nothing has made durable, by their places.
    unsettled: Vec<usize>,
    /// Which changes before it are durable.
    durable: Vec<bool>,
    thorough: bool,
}

impl<'p> Crasher<'p> {
    fn new(played: &'p Played) -> Self {
        Self {
            played,
            random: Random::new(played.seed ^ 0xc4a5),
            whole: played.base.clone(),
            told: Told::default(),
            unsettled: Vec::new(),
            durable: vec![false; played.effects.len()],
            thorough: played.seed.is_multiple_of(THOROUGH_EVERY),
        }
    }

    fn run(&mut self, crashes: &mut Crashes) {
        let effects = &self.played.effects;
        for (at, effect) in effects.iter().enumerate() {
            if effect.is_change() || effect.is_sync() {
                self.crash_at(at, crashes);
            }
            self.pass(at, effect);
        }
        self.crash_at(effects.len(), crashes);
    }

    /// The operation was done, and the crash comes later.
    fn pass(&mut self, at: usize, effect: &Effect) {
        let effects = &self.played.effects;
        self.whole.apply(effect, Share::All, at as i64);
        self.told.pass(effect);
        let durable = &mut self.durable;
        self.unsettled.retain(|&earlier| {
            durable[earlier] = effect.settles(&effects[earlier]);
            !durable[earlier]
        });
        if effect.is_change() {
            self.unsettled.push(at);
        }
    }

    fn crash_at(&mut self, at: usize, crashes: &mut Crashes) {
        let len = match self.played.effects.get(at) {
            Some(Effect::Write { bytes, .. }) => bytes.len(),
            _ => 1,
        };
        let step = if self.thorough { 1 } else { BYTES_STEP };
        let first = if self.thorough { 0 } else { self.random.below(step) };
        for count in std::iter::once(0).chain((first.max(1)..len).step_by(step)) {
            self.point(at, Death::OfProcess, count, &[], crashes);
        }
        let mut seen = HashSet::new();
        let hasher = BuildHasherDefault::<DefaultHasher>::default();
        for choice in 0..CUTS_PER_OPERATION {
            let count = self.random.below(len + 1);
            let kept = self.choose(choice);
            if seen.insert(hasher.hash_one((count, &format!("{kept:?}")))) {
                self.point(at, Death::OfPower, count, &kept, crashes);
            }
        }
        if self.thorough && len > 1 {
            for count in 0..len {
                let kept = self.choose(CUTS_PER_OPERATION);
                if seen.insert(hasher.hash_one((count, &format!("{kept:?}")))) {
                    self.point(at, Death::OfPower, count, &kept, crashes);
                }
            }
        }
    }

    /// What of the unsettled changes reached the disk.
    fn choose(&mut self, choice: usize) -> Vec<(usize, Share)> {
        let unsettled = self.unsettled.clone();
        let mut kept = Vec::new();
        for at in unsettled {
            let share = match choice {
                0 => None,
                1 => Some(Share::All),
                _ => match self.random.below(6) {
                    0 | 1 => None,
                    2 | 3 => Some(Share::All),
                    4 => Some(Share::First(self.random.below(700))),
                    _ => Some(Share::Blocks(self.random.next())),
                },
            };
            kept.extend(share.map(|share| (at, share)));
        }
        kept
    }

    /// One crash, and what is there afterwards.
    fn point(
        &mut self,
        at: usize,
        death: Death,
        count: usize,
        kept: &[(usize, Share)],
        crashes: &mut Crashes,
    ) {
        let effects = &self.played.effects;
        let mut image = match death {
            Death::OfProcess => self.whole.clone(),
            Death::OfPower => self.after_power_cut(at, kept),
        };
        if let Some(write @ Effect::Write { .. }) = effects.get(at) {
            image.apply(write, Share::First(count), at as i64);
        }
        image.drop_unreachable();
        let disk = SimulatedDisk::of_image(self.played.seed ^ at as u64, image);
        crashes.points += 1;
        crashes.power_cuts += u64::from(death == Death::OfPower);
        crashes.promises += self.told.acknowledged.len() as u64;
        let thoroughly = crashes.points.is_multiple_of(THOROUGH_POINT_EVERY);
        match check(&disk, &self.told, self.played, death, thoroughly) {
            Ok(torn) => crashes.torn += u64::from(torn),
            Err(why) => {
                crashes.failed += 1;
                if crashes.failures.len() < FAILURES_TOLD_MAX {
                    let seed = self.played.seed;
                    crashes.failures.push(format!(
                        "seed {seed}, operation {at}, byte {count}, {death:?}, kept {kept:?}: {why}"
                    ));
                }
            }
        }
    }

    fn after_power_cut(&self, at: usize, kept: &[(usize, Share)]) -> Image {
        let mut image = self.played.base.clone();
        let mut kept = kept.iter().peekable();
        for (place, effect) in self.played.effects[..at].iter().enumerate() {
            let share = match kept.next_if(|(at, _)| *at == place) {
                Some((_, share)) => *share,
                None if self.durable[place] => Share::All,
                None => continue,
            };
            image.apply(effect, share, place as i64);
        }
        image
    }
}

/// A number made of everything that the workload of a seed does: the same one in every run.
pub fn trace(seed: u64) -> u64 {
    play(seed).trace
}
