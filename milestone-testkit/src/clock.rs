//! Time and randomness that are the same in every run.
//!
//! Start at [`TestClock`] for times and [`seed`] for ids.
//!
//! - **Invariant.** Nothing here asks the machine: the same calls give the same answers.

use milestone_core::words::{Ids, Seed, Timestamp};

/// The moment at which tests begin: 2026-11-22T13:29:05.123456Z.
pub const EPOCH: Timestamp = Timestamp(1_795_354_145_123_456);

/// A clock that stands still, or goes on by the same step each time it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestClock {
    now: Timestamp,
    step_us: i64,
}

impl TestClock {
    /// A clock that stands still at `now`.
    pub fn fixed(now: Timestamp) -> Self {
        Self::stepping(now, 0)
    }

    /// A clock that shows `start` first and `step_us` microseconds more each time.
    pub fn stepping(start: Timestamp, step_us: i64) -> Self {
        Self { now: start, step_us }
    }

    /// The time now. The next call gets the next step.
    pub fn now(&mut self) -> Timestamp {
        let now = self.now;
        self.now = Timestamp(now.0.saturating_add(self.step_us));
        now
    }

    /// Puts the clock forward, or back where `by_us` is negative.
    pub fn shift(&mut self, by_us: i64) {
        self.now = Timestamp(self.now.0.saturating_add(by_us));
    }
}

/// A seed made from a number.
pub fn seed(number: u64) -> Seed {
    let mut seed = [0x5a; 32];
    seed[..8].copy_from_slice(&number.to_le_bytes());
    seed
}

/// A stream of short ids made from a number.
pub fn ids(number: u64) -> Ids {
    Ids::new(seed(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_shows_what_it_was_told() {
        let mut clock = TestClock::stepping(Timestamp(5), 10);
        assert_eq!([clock.now(), clock.now()], [Timestamp(5), Timestamp(15)]);
        clock.shift(-20);
        assert_eq!(clock.now(), Timestamp(5));
        let mut still = TestClock::fixed(EPOCH);
        assert_eq!([still.now(), still.now()], [EPOCH, EPOCH]);
    }

    #[test]
    fn different_numbers_give_different_ids() {
        assert_eq!(ids(1).draw(), ids(1).draw());
        assert_ne!(ids(1).draw(), ids(2).draw());
    }
}
