//! What many trials came to: days from today, and how likely they are.
//!
//! Start at [`Distribution::within`] and [`Distribution::chance`].

use crate::figures::nearest_rank;

/// No forecast reaches further, in days: a hundred years.
pub const DAYS_MAX: u32 = 36_525;

/// The outcomes of all trials, in days from today, sorted; more than [`DAYS_MAX`] is not told
/// apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Distribution(Vec<u32>);

impl Distribution {
    /// Of outcomes in any order.
    pub fn of(mut days: Vec<u32>) -> Self {
        days.sort_unstable();
        Self(days)
    }

    /// The outcomes, sorted.
    pub fn days(&self) -> &[u32] {
        &self.0
    }

    /// The days within which `percent` of the trials ended, by nearest rank; `None` if that is
    /// further than [`DAYS_MAX`].
    pub fn within(&self, percent: u8) -> Option<u32> {
        nearest_rank(&self.0, percent).filter(|days| *days <= DAYS_MAX)
    }

    /// The share of the trials that ended within so many days, from 0 to 1.
    pub fn chance(&self, days: i64) -> f64 {
        let by = u32::try_from(days.clamp(0, i64::from(DAYS_MAX))).unwrap_or(DAYS_MAX);
        let held = if days < 0 { 0 } else { self.0.partition_point(|outcome| *outcome <= by) };
        if self.0.is_empty() { 0.0 } else { held as f64 / self.0.len() as f64 }
    }
}
