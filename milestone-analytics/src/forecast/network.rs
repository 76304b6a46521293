//! The second model: every task on its own, after what it waits for, a few at a time.
//!
//! Start at [`Network::when`]; [`Network::binds`] says whether it is needed.
//!
//! - **Invariant.** What waits for itself waits for nobody: dependencies inside a cycle, and those
//!   of what stands behind one on what stands behind it too, do not count.
//! - **Source.** Parallel schedule generation, R. Kolisch, "Serial and parallel
//!   resource-constrained project scheduling methods revisited", European J. of Operational
//!   Research 90 (1996), first come, first served.

use std::collections::HashMap;

use super::Options;
use super::distribution::{DAYS_MAX, Distribution};
use super::pace::trials;
use super::seed::Numbers;
use super::threat::{Threat, delayed};
use super::trial::Trial;
use milestone_core::words::StreamId;

/// A node: a task that is left, or the point at which all tasks of a milestone are done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its stream.
    pub stream: StreamId,
    /// The pool that its duration is drawn from; `None` takes no time and nobody's hands.
    pub pool: Option<u32>,
    /// What must be done before.
    pub after: Vec<StreamId>,
    /// True if the forecast is about it, and not only what waits for it.
    pub wanted: bool,
}

/// Tasks with what comes after what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Network {
    /// Durations to draw from, in days, one pool after the other.
    pub(super) durations: Vec<u32>,
    /// For each node its pool, as a range of `durations`; an empty one takes no time.
    pub(super) pool_of: Vec<(u32, u32)>,
    /// For each node what waits for it: `next[begin[node]..begin[node + 1]]`.
    pub(super) begin: Vec<u32>,
    pub(super) next: Vec<u32>,
    /// For each node for how many it waits.
    pub(super) before: Vec<u32>,
    /// What waits for nothing, in the order in which it comes.
    pub(super) free: Vec<u32>,
    /// Which nodes the forecast is about.
    pub(super) wanted: Vec<bool>,
    /// How many that are.
    pub(super) wanted_count: u32,
    /// Risks of all that is wanted, which play along.
    pub(super) threats: Vec<Threat>,
    /// How many tasks the narrowest layer has.
    narrowest: u32,
}

impl Network {
    /// A network of nodes, in the order in which they are taken if nothing else decides.
    pub fn new(nodes: &[Node], pools: Vec<Vec<u32>>) -> Self {
        let number: HashMap<&StreamId, u32> =
            nodes.iter().zip(0u32..).map(|(node, number)| (&node.stream, number)).collect();
        let known = |node: &Node| -> Vec<u32> {
            let mut after: Vec<u32> =
                node.after.iter().filter_map(|on| number.get(on).copied()).collect();
            after.sort_unstable();
            after.dedup();
            after
        };
        let mut after: Vec<Vec<u32>> = nodes.iter().map(known).collect();
        let layers = untangle(&mut after);
        let mut network = Self::default();
        let mut ranges: Vec<(u32, u32)> = Vec::with_capacity(pools.len());
        for pool in pools {
            let begin = count(network.durations.len());
            network.durations.extend(pool.iter().map(|days| (*days).clamp(1, DAYS_MAX)));
            ranges.push((begin, count(network.durations.len())));
        }
        let range = |pool: u32| ranges.get(pool as usize).copied().unwrap_or_default();
        network.pool_of =
            nodes.iter().map(|node| node.pool.map(range).unwrap_or_default()).collect();
        network.wanted = nodes.iter().map(|node| node.wanted).collect();
        let wanted = network.wanted.iter().filter(|wanted| **wanted).count();
        network.wanted_count = u32::try_from(wanted).unwrap_or(u32::MAX);
        network.before =
            after.iter().map(|after| u32::try_from(after.len()).unwrap_or(0)).collect();
        let mut next = vec![Vec::new(); nodes.len()];
        for (node, after) in (0u32..).zip(&after) {
            after.iter().for_each(|on| next[*on as usize].push(node));
        }
        for next in &next {
            network.begin.push(u32::try_from(network.next.len()).unwrap_or(u32::MAX));
            network.next.extend(next);
        }
        network.begin.push(u32::try_from(network.next.len()).unwrap_or(u32::MAX));
        let free = (0u32..).zip(&network.before).filter(|(_, before)| **before == 0);
        network.free = free.map(|(node, _)| node).collect();
        network.narrowest = narrowest(&layers, &network.pool_of);
        network
    }

    /// True if somewhere on the way there are fewer tasks to work on than hands.
    pub fn binds(&self, hands: u32) -> bool {
        !self.next.is_empty() && self.narrowest < hands
    }

    /// The mean duration of its tasks, in days.
    pub fn mean_days(&self) -> f64 {
        let mut known: HashMap<(u32, u32), f64> = HashMap::new();
        let mut mean_of = |range: (u32, u32)| {
            let pool = &self.durations[range.0 as usize..range.1 as usize];
            let sum = || pool.iter().map(|days| f64::from(*days)).sum::<f64>() / pool.len() as f64;
            *known.entry(range).or_insert_with(sum)
        };
        let all = self.pool_of.iter().filter(|(begin, end)| begin < end);
        let all: Vec<f64> = all.map(|range| mean_of(*range)).collect();
        if all.is_empty() { 0.0 } else { all.iter().sum::<f64>() / all.len() as f64 }
    }

    /// When all that is wanted will be done but `spare`, `hands` tasks at a time, each as long as
    /// one drawn from its pool.
    pub fn when(&self, hands: u32, spare: u32, options: &Options) -> Distribution {
        let make = || {
            let mut trial = Trial::new(self, hands, spare);
            move |numbers: &mut Numbers| {
                let days = trial.run(|pool| numbers.one_of(pool));
                delayed(days, &self.threats, numbers)
            }
        };
        Distribution::of(trials(options, make))
    }

    /// When all will be done if every task takes what `choose` makes of its pool.
    pub fn at(&self, hands: u32, choose: impl FnMut(&[u32]) -> u32) -> u32 {
        Trial::new(self, hands, 0).run(choose)
    }
}

fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Takes out what closes cycles; returns the layer of every node: 0 waits for nothing, every other
/// one comes right after the last that it waits for.
fn untangle(after: &mut [Vec<u32>]) -> Vec<u32> {
    let mut next = vec![Vec::new(); after.len()];
    for (node, after) in (0u32..).zip(after.iter()) {
        after.iter().for_each(|on| next[*on as usize].push(node));
    }
    let mut before: Vec<usize> = after.iter().map(Vec::len).collect();
    let mut layers = vec![0u32; after.len()];
    let free = (0u32..).zip(&before).filter(|(_, count)| **count == 0);
    let mut open: Vec<u32> = free.map(|(node, _)| node).collect();
    while let Some(node) = open.pop() {
        for &later in &next[node as usize] {
            let after_this = layers[node as usize] + 1;
            let layer = &mut layers[later as usize];
            *layer = (*layer).max(after_this);
            before[later as usize] -= 1;
            if before[later as usize] == 0 {
                open.push(later);
            }
        }
    }
    // Whatever still waits is in a cycle, or stands behind one.
    let stuck: Vec<bool> = before.iter().map(|count| *count > 0).collect();
    for after in after.iter_mut().zip(&stuck).filter(|(_, stuck)| **stuck).map(|(after, _)| after) {
        after.retain(|on| !stuck[*on as usize]);
    }
    layers
}

/// The tasks of the layer that has fewest of them.
fn narrowest(layers: &[u32], pool_of: &[(u32, u32)]) -> u32 {
    let mut counts: HashMap<u32, u32> = HashMap::new();
    for (layer, _) in layers.iter().zip(pool_of).filter(|(_, pool)| pool.0 < pool.1) {
        *counts.entry(*layer).or_default() += 1;
    }
    counts.into_values().min().unwrap_or(0)
}
