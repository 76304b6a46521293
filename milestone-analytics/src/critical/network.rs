//! The method: activities with durations, bonds between them, and when each may and must be.
//!
//! Start at [`Network::times`].
//!
//! - **Invariant.** Total: bonds that close cycles are left out, and sums saturate.
//! - **Source.** See the module above. An activity is not interrupted: where a bond on its end
//!   makes that later, it starts later too.

/// What `after` must wait for: it starts at least `gap` minutes after `before` starts. Every kind
/// of dependency is one such bond, for no activity is interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bond {
    /// The activity that comes before.
    pub before: u32,
    /// The activity that comes after.
    pub after: u32,
    /// Minutes from start to start; may be below zero.
    pub gap: i64,
}

/// When an activity may be, and must be, in minutes of work from now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Times {
    /// The earliest that it can start.
    pub early_start: i64,
    /// The latest that it can start without making the end later.
    pub late_start: i64,
    /// By how much it can be later if everything else is as early as can be, and nothing moves.
    pub free_float: i64,
}

impl Times {
    /// By how much it can be later without making the end later.
    pub fn total_float(&self) -> i64 {
        self.late_start - self.early_start
    }
}

/// Activities, by number, and the bonds between them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Network {
    /// How long each takes, in minutes.
    pub minutes: Vec<i64>,
    /// What comes after what.
    pub bonds: Vec<Bond>,
}

impl Network {
    /// The times of every activity, and the end of all.
    pub fn times(&self) -> (Vec<Times>, i64) {
        let count = self.minutes.len();
        let bonds = self.bonds_that_count();
        let (mut into, mut out) = (vec![Vec::new(); count], vec![Vec::new(); count]);
        for bond in &bonds {
            into[bond.after as usize].push(*bond);
            out[bond.before as usize].push(*bond);
        }
        let order = order(count, &bonds);
        let mut early = vec![0_i64; count];
        for &at in &order {
            let after = into[at as usize].iter();
            let least = after.map(|bond| early[bond.before as usize].saturating_add(bond.gap));
            early[at as usize] = least.max().unwrap_or(0).max(0);
        }
        let ends =
            early.iter().zip(&self.minutes).map(|(start, takes)| start.saturating_add(*takes));
        let end = ends.max().unwrap_or(0);
        let mut times = vec![Times::default(); count];
        for &at in order.iter().rev() {
            let (at, start) = (at as usize, early[at as usize]);
            let last = end.saturating_sub(self.minutes[at]);
            let late = out[at]
                .iter()
                .map(|bond| times[bond.after as usize].late_start.saturating_sub(bond.gap));
            let late_start = late.min().unwrap_or(last).min(last);
            let free = out[at].iter().map(|bond| {
                early[bond.after as usize].saturating_sub(bond.gap).saturating_sub(start)
            });
            let free_float = free.min().unwrap_or(i64::MAX).min(last.saturating_sub(start));
            times[at] = Times { early_start: start, late_start, free_float };
        }
        (times, end)
    }

    /// One way of activities, each as late as the one before makes it, that ends at the end of all.
    pub fn critical_path(&self, times: &[Times], end: i64) -> Vec<u32> {
        let bonds = self.bonds_that_count();
        let ends_last =
            |at: &usize| times[*at].early_start.saturating_add(self.minutes[*at]) == end;
        // Of several that end last, one that takes time, for milestones take none themselves.
        let all = || (0..times.len()).filter(ends_last);
        let Some(mut at) = all().find(|at| self.minutes[*at] > 0).or_else(|| all().next()) else {
            return Vec::new();
        };
        let mut into = vec![Vec::new(); times.len()];
        bonds.iter().for_each(|bond| into[bond.after as usize].push(*bond));
        let mut way = vec![u32::try_from(at).unwrap_or(u32::MAX)];
        let tight = |bond: &&Bond| {
            let before = times[bond.before as usize].early_start;
            before.saturating_add(bond.gap) == times[bond.after as usize].early_start
        };
        while let Some(bond) = into[at].iter().find(tight) {
            way.push(bond.before);
            at = bond.before as usize;
        }
        way.reverse();
        way
    }

    fn bonds_that_count(&self) -> Vec<Bond> {
        let count = self.minutes.len();
        let there = |bond: &&Bond| (bond.before as usize) < count && (bond.after as usize) < count;
        let mut bonds: Vec<Bond> = self.bonds.iter().filter(there).copied().collect();
        let mut placed = vec![false; count];
        order(count, &bonds).iter().for_each(|at| placed[*at as usize] = true);
        // What could not be placed is on a cycle, or behind one.
        bonds.retain(|bond| placed[bond.before as usize] || placed[bond.after as usize]);
        bonds
    }
}

/// The activities, each after all that come before it; without those on or behind a cycle.
fn order(count: usize, bonds: &[Bond]) -> Vec<u32> {
    let (mut next, mut before) = (vec![Vec::new(); count], vec![0_usize; count]);
    for bond in bonds {
        next[bond.before as usize].push(bond.after);
        before[bond.after as usize] += 1;
    }
    let free = (0_u32..).zip(&before).filter(|(_, before)| **before == 0);
    let mut order: Vec<u32> = free.map(|(at, _)| at).collect();
    let mut done = 0;
    while let Some(&at) = order.get(done) {
        done += 1;
        for &later in &next[at as usize] {
            before[later as usize] -= 1;
            if before[later as usize] == 0 {
                order.push(later);
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The least starts that satisfy all bonds, by trying again until nothing moves.
    fn relaxed(network: &Network, from: &[i64]) -> Vec<i64> {
        let mut starts = from.to_vec();
        loop {
            let mut moved = false;
            for bond in &network.bonds {
                let least = starts[bond.before as usize] + bond.gap;
                if starts[bond.after as usize] < least {
                    starts[bond.after as usize] = least;
                    moved = true;
                }
            }
            if !moved {
                return starts;
            }
        }
    }

    fn end(network: &Network, starts: &[i64]) -> i64 {
        starts.iter().zip(&network.minutes).map(|(start, takes)| start + takes).max().unwrap_or(0)
    }

    prop_compose! {
        fn networks()(
            minutes in prop::collection::vec(0_i64..20, 1..9),
        )(
            bonds in prop::collection::vec((0..minutes.len(), 0..minutes.len(), -8_i64..20), 0..16),
            minutes in Just(minutes),
        ) -> Network {
            let bonds = bonds.into_iter().filter(|(a, b, _)| a != b).map(|(a, b, gap)| Bond {
                before: u32::try_from(a.min(b)).unwrap(),
                after: u32::try_from(a.max(b)).unwrap(),
                gap,
            });
            Network { bonds: bonds.collect(), minutes }
        }
    }

    proptest! {
        /// Floats are tried out: an activity is moved, minute by minute, until something gives.
        /// Shown red by: leaving the end of all out of the free float.
        #[test]
        fn times_are_what_trying_finds(network in networks()) {
            let (times, last) = network.times();
            let early = relaxed(&network, &vec![0; network.minutes.len()]);
            prop_assert_eq!(last, end(&network, &early));
            for (at, times) in times.iter().enumerate() {
                prop_assert_eq!(times.early_start, early[at]);
                let moved = |by: i64| {
                    let mut starts = early.clone();
                    starts[at] += by;
                    starts
                };
                let total = (0..).take_while(|by| {
                    end(&network, &relaxed(&network, &moved(*by))) == last
                }).last().unwrap();
                prop_assert_eq!(times.total_float(), total);
                let free = (0..).take_while(|by| {
                    let starts = moved(*by);
                    relaxed(&network, &starts) == starts && end(&network, &starts) == last
                }).last().unwrap();
                prop_assert_eq!(times.free_float, free);
            }
            let way = network.critical_path(&times, last);
            prop_assert!(!way.is_empty());
            prop_assert!(way.iter().all(|at| times[*at as usize].total_float() == 0));
        }

        #[test]
        fn cycles_are_left_out(
            bonds in prop::collection::vec((0..5_u32, 0..7_u32, -3..9_i64), 0..20),
        ) {
            let bonds = bonds.into_iter().map(|(before, after, gap)| Bond { before, after, gap });
            let network = Network { minutes: vec![1, 2, 3, 4, 5], bonds: bonds.collect() };
            let (times, end) = network.times();
            prop_assert!(times.iter().all(|times| times.total_float() >= 0));
            prop_assert!(!network.critical_path(&times, end).is_empty());
        }
    }
}
