//! Figures: what was counted and measured, one file for each question.
//!
//! Start at the function of the figure: [`burn`] and [`flow`] for what there was on each day,
//! [`throughput`] for what was finished, [`cycle_times`] and [`lead_times`] for how long it took,
//! [`ages`] for what is under way, [`blocked`] for what stopped it, [`workload`] for who has what,
//! [`accuracy`] for estimates, [`success`] for milestones.
//!
//! - **Invariant.** A day that has passed keeps its figures, whatever happens later, unless
//!   somebody records that something else happened then.
//! - **Invariant.** Cancelled and removed tasks are in no figure of finished work; they are
//!   counted.
//! - **Sources.** D. S. Vacanti, "Actionable Agile Metrics for Predictability" (2015), for cycle
//!   time, age and throughput; P. Brooks and others, "The Kanban Guide" (2020), for their
//!   definitions; J. D. C. Little, "A Proof for the Queuing Formula L = λW", Operations Research 9
//!   (1961).

mod accuracy;
mod age;
mod blocked;
mod burn;
mod flow;
mod percentile;
mod phases;
mod review;
mod success;
mod throughput;
mod times;
mod workload;

pub use accuracy::{Accuracy, accuracy};
pub use age::{Age, ages};
pub use blocked::{Blocked, Cause, Efficiency, blocked, efficiency};
pub use burn::{Burn, burn};
pub use flow::{FlowDay, GAP_PERCENT_MAX, Little, flow, little};
pub use percentile::{PERCENTS, nearest_rank, rank_of};
pub use phases::{PhaseTimes, phase_times};
pub use review::{Review, Slip, Tasks, review};
pub use success::{Success, success};
pub use throughput::{DAYS_PER_WEEK, Throughput, throughput};
pub use times::{Times, cycle_days, cycle_times, lead_times};
pub use workload::{Load, workload};

/// The days that figures are about, both ends included, as days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first day.
    pub from: i64,
    /// The last day.
    pub to: i64,
}

/// The days that figures are about unless others are asked for: 12 weeks.
pub const WINDOW_DAYS_DEFAULT: u32 = 84;

impl Window {
    /// The last `days` days up to `today`, but none before `first`: before anything was there
    /// nothing can have been finished.
    pub fn before(today: i64, days: u32, first: Option<i64>) -> Self {
        let from = today.saturating_sub(i64::from(days.max(1)) - 1);
        Self { from: first.map_or(from, |first| from.max(first)).min(today), to: today }
    }

    /// Every day, in order.
    pub fn days(self) -> impl ExactSizeIterator<Item = i64> + Clone {
        let count = usize::try_from(self.to - self.from + 1).unwrap_or(0);
        (0..count).map(move |place| self.from + i64::try_from(place).unwrap_or(0))
    }

    /// How many days.
    pub fn len(self) -> usize {
        self.days().len()
    }

    /// True if there are none.
    pub fn is_empty(self) -> bool {
        self.to < self.from
    }

    /// True if a day is one of them.
    pub fn holds(self, day: i64) -> bool {
        (self.from..=self.to).contains(&day)
    }
}
