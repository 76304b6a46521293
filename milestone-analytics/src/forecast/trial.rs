//! One trial of a network: who does what when, a few tasks at a time, first come, first served.
//!
//! Start at [`Trial::run`]. It is run millions of times, so what is under way stands in a ring of
//! days: beginning and ending a task costs the same however much is under way.
//!
//! - **Invariant.** A task takes a day at least and [`DAYS_MAX`] at most, and the ring is longer,
//!   so that no two days share a place in it.

use super::distribution::DAYS_MAX;
use super::network::Network;

/// No node.
const NONE: u32 = u32::MAX;
const BITS: u32 = u64::BITS;

/// What a trial needs, kept from one to the next.
pub(super) struct Trial<'n> {
    network: &'n Network,
    hands: u32,
    enough: u32,
    finished: u32,
    /// For each node for how many it still waits.
    waiting: Vec<u32>,
    /// What can be begun, in the order in which it became free.
    queue: Vec<u32>,
    /// What became free and takes no time.
    gates: Vec<u32>,
    /// For each day of the ring the first node that ends on it.
    first: Vec<u32>,
    /// For each node the next that ends on the same day.
    other: Vec<u32>,
    /// For each day of the ring whether anything ends on it, a bit each.
    any: Vec<u64>,
}

impl<'n> Trial<'n> {
    pub(super) fn new(network: &'n Network, hands: u32, spare: u32) -> Self {
        let longest = network.durations.iter().copied().max().unwrap_or(1);
        let ring = (longest + 1).next_power_of_two().max(BITS);
        Self {
            network,
            hands: hands.max(1),
            enough: network.wanted_count.saturating_sub(spare),
            finished: 0,
            waiting: Vec::with_capacity(network.before.len()),
            queue: Vec::with_capacity(network.before.len()),
            gates: Vec::new(),
            first: vec![NONE; ring as usize],
            other: vec![NONE; network.before.len()],
            any: vec![0; (ring / BITS) as usize],
        }
    }

    /// Plays it once; returns the days, at most one more than [`DAYS_MAX`].
    pub(super) fn run(&mut self, mut draw: impl FnMut(&[u32]) -> u32) -> u32 {
        let network = self.network;
        self.waiting.clone_from(&network.before);
        self.queue.clear();
        self.first.fill(NONE);
        self.any.fill(0);
        self.finished = 0;
        network.free.iter().for_each(|node| self.free(*node));
        self.pass_gates();
        let ring = self.first.len() as u32 - 1;
        let (mut now, mut taken, mut busy) = (0u32, 0, 0);
        while self.finished < self.enough && now <= DAYS_MAX {
            while busy < self.hands && taken < self.queue.len() {
                let node = self.queue[taken];
                taken += 1;
                busy += 1;
                let (begin, end) = network.pool_of[node as usize];
                let days = draw(&network.durations[begin as usize..end as usize]);
                let place = (now + days) & ring;
                self.other[node as usize] = self.first[place as usize];
                self.first[place as usize] = node;
                self.any[(place / BITS) as usize] |= 1 << (place % BITS);
            }
            if busy == 0 {
                break;
            }
            let place = self.next_after(now & ring, ring);
            now += place.wrapping_sub(now) & ring;
            self.any[(place / BITS) as usize] &= !(1 << (place % BITS));
            let mut node = std::mem::replace(&mut self.first[place as usize], NONE);
            while node != NONE {
                busy -= 1;
                self.finish(node);
                node = self.other[node as usize];
            }
            if !self.gates.is_empty() {
                self.pass_gates();
            }
        }
        now.min(DAYS_MAX + 1)
    }

    /// The first place behind `place` on which anything ends; something does.
    fn next_after(&self, place: u32, ring: u32) -> u32 {
        let begin = (place + 1) & ring;
        let mut word = (begin / BITS) as usize;
        let mut bits = self.any[word] & (u64::MAX << (begin % BITS));
        // Once around, back to the days before in the word it began with.
        for _ in 0..=self.any.len() {
            if bits != 0 {
                break;
            }
            word = (word + 1) & (self.any.len() - 1);
            bits = self.any[word];
        }
        word as u32 * BITS + bits.trailing_zeros() % BITS
    }

    /// What became free and takes no time is finished at once.
    #[cold]
    fn pass_gates(&mut self) {
        while let Some(gate) = self.gates.pop() {
            self.finish(gate);
        }
    }

    /// Something waits for nothing any more.
    #[inline(always)]
    fn free(&mut self, node: u32) {
        let (begin, end) = self.network.pool_of[node as usize];
        if begin < end {
            self.queue.push(node);
        } else {
            self.gates.push(node);
        }
    }

    #[inline(always)]
    fn finish(&mut self, node: u32) {
        let (network, place) = (self.network, node as usize);
        self.finished += u32::from(network.wanted[place]);
        let later = network.begin[place] as usize..network.begin[place + 1] as usize;
        for &later in &network.next[later] {
            let waiting = &mut self.waiting[later as usize];
            *waiting -= 1;
            if *waiting == 0 {
                self.free(later);
            }
        }
    }
}
