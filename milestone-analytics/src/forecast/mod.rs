//! Forecasts: when the rest will be done, how likely a date is, and how good forecasts were.
//!
//! Start at [`forecast`]; what it is made of is in [`Situation`], the two models in [`Pace`] and
//! [`Network`]. [`moved`] says what moved a date, [`calibrate`] how often past dates held.
//!
//! - **Invariant.** A forecast is a range with chances, or the reason why there is none.
//! - **Invariant.** The same situation and seed give the same answer, on every machine.
//! - **Source.** Monte Carlo over throughput: D. S. Vacanti, "Actionable Agile Metrics for
//!   Predictability" (2015), chapter 14. Ten thousand trials are enough for schedules: D. Vose,
//!   "Risk Analysis" (2008).

mod background;
mod calibrate;
mod distribution;
mod moved;
mod network;
mod pace;
mod pert;
mod seed;
mod situation;
mod threat;
mod trial;
mod weeks;

pub use background::Background;
pub use calibrate::{CASE_RUNS, CASE_SIZES, Calibration, Held, calibrate};
pub use distribution::{DAYS_MAX, Distribution};
pub use moved::{Moved, moved};
pub use network::{Network, Node};
pub(crate) use pace::THREADS_MAX;
pub use pace::{Pace, reached};
pub use seed::Seed;
pub use situation::{Basis, DAYS_WITH_FINISH_MIN, FINISHED_MIN, Situation};
pub use threat::Threat;

/// Trials unless others are asked for.
pub const RUNS_DEFAULT: u32 = 10_000;
/// Most trials.
pub const RUNS_MAX: u32 = 1_000_000;
/// The chance that a date is planned with unless another is asked for, in percent.
pub const CONFIDENCE_DEFAULT: u8 = 85;

/// How a forecast is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How many trials.
    pub runs: u32,
    /// Where the numbers come from.
    pub seed: Seed,
    /// So many tasks more, or fewer, than there are.
    pub more: i32,
    /// On how many threads; the answer is the same on any number of them.
    pub threads: usize,
}

/// Which model's dates are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Model {
    /// Days like those of the past.
    Pace,
    /// Every task after what it waits for: its 85 % date is later.
    Network,
}

/// Dates with their chances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dates {
    /// By the first model.
    pub pace: Distribution,
    /// By the second, where dependencies leave fewer tasks than hands.
    pub network: Option<Distribution>,
    /// Which of them is shown.
    pub model: Model,
}

impl Dates {
    /// What is shown: the model with the later 85 % date.
    pub fn shown(&self) -> &Distribution {
        match (&self.network, self.model) {
            (Some(network), Model::Network) => network,
            _ => &self.pace,
        }
    }
}

/// What a forecast says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Forecast {
    /// Nothing is left to do.
    NothingLeft,
    /// What it is about is paused: nobody works on it, so it ends on no day.
    Paused,
    /// There is not enough history to draw from.
    NotEnough,
    /// Dates.
    Dates(Dates),
}

/// How many tasks a forecast is about.
pub fn tasks_left(situation: &Situation, more: i32) -> u32 {
    situation.left.saturating_add_signed(more)
}

/// Says when the rest of a situation will be done.
///
/// First model: the days of the window, zeros included, are drawn with replacement until their sum
/// reaches what is left, times the growth of a milestone of the past where five have ended. Second
/// model, where dependencies leave fewer tasks to work on than are usually worked on at once: every
/// task takes as long as one drawn from its pool, after what it waits for. The later 85 % date is
/// shown.
pub fn forecast(situation: &Situation, options: &Options) -> Forecast {
    let left = tasks_left(situation, options.more);
    if left == 0 {
        return Forecast::NothingLeft;
    }
    if situation.paused.is_some() {
        return Forecast::Paused;
    }
    if !situation.basis.is_enough() {
        return Forecast::NotEnough;
    }
    let pace = situation.basis.pace.when(left, options);
    let network = situation.network.binds(situation.hands).then(|| {
        let spare = situation.left.saturating_sub(left);
        situation.network.when(situation.hands, spare, options)
    });
    let far = |model: &Distribution| model.within(CONFIDENCE_DEFAULT).unwrap_or(u32::MAX);
    let model = match &network {
        Some(network) if far(network) > far(&pace) => Model::Network,
        _ => Model::Pace,
    };
    Forecast::Dates(Dates { pace, network, model })
}
