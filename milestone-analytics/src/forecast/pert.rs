//! Durations of tasks of which nothing but an estimate is known.
//!
//! Start at [`durations`].
//!
//! - **Source.** PERT: D. G. Malcolm, J. H. Roseboom, C. E. Clark and W. Fazar, "Application of a
//!   Technique for Research and Development Program Evaluation", Operations Research 7 (1959): a
//!   beta distribution over (O, P) with the mode M, its mean `(O + 4M + P) / 6`. Of one estimate
//!   `e` we make O = 0.7 e, M = e, P = 2 e.

use milestone_core::words::MINUTES_PER_DAY;

/// How many equally likely durations stand for a distribution.
const POINTS: usize = 200;

const OPTIMISTIC: f64 = 0.7;
const PESSIMISTIC: f64 = 2.0;

/// Calendar days for each working day: seven for five.
const CALENDAR_PER_WORKING: f64 = 7.0 / 5.0;

/// Calendar days for so many minutes of work, at least 1.
pub(super) fn calendar_days(minutes: f64) -> u32 {
    let days = (minutes / f64::from(MINUTES_PER_DAY) * CALENDAR_PER_WORKING).ceil();
    // From 1 to far less than 2^32, for an estimate is 32 bits of minutes.
    (days as u32).max(1)
}

/// The least and the most that an estimate stands for, in calendar days.
pub(super) fn range(estimate: u32) -> (u32, u32) {
    let estimate = f64::from(estimate);
    (calendar_days(estimate * OPTIMISTIC), calendar_days(estimate * PESSIMISTIC))
}

/// Equally likely durations of a task with this estimate in minutes of work, in calendar days.
pub(super) fn durations(estimate: u32) -> Vec<u32> {
    let width = PESSIMISTIC - OPTIMISTIC;
    let mode = (1.0 - OPTIMISTIC) / width;
    let (alpha, beta) = (1.0 + 4.0 * mode, 1.0 + 4.0 * (1.0 - mode));
    let share = |x: f64| OPTIMISTIC + width * x;
    quantiles(alpha, beta).map(|x| calendar_days(f64::from(estimate) * share(x))).collect()
}

/// The middles of [`POINTS`] equally likely parts of a beta distribution, by adding its density up.
fn quantiles(alpha: f64, beta: f64) -> impl Iterator<Item = f64> {
    const STEPS: usize = 4_096;
    let middle = |step: usize| (step as f64 + 0.5) / STEPS as f64;
    let density = move |x: f64| x.powf(alpha - 1.0) * (1.0 - x).powf(beta - 1.0);
    let whole: f64 = (0..STEPS).map(|step| density(middle(step))).sum();
    let (mut step, mut sum) = (0, 0.0);
    (0..POINTS).map(move |point| {
        let wanted = whole * (point as f64 + 0.5) / POINTS as f64;
        while step < STEPS && sum + density(middle(step)) < wanted {
            sum += density(middle(step));
            step += 1;
        }
        middle(step.min(STEPS - 1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_and_the_ends_are_those_of_pert() {
        let mode = (1.0 - OPTIMISTIC) / (PESSIMISTIC - OPTIMISTIC);
        let found: Vec<f64> = quantiles(1.0 + 4.0 * mode, 5.0 - 4.0 * mode).collect();
        let mean = found.iter().sum::<f64>() / found.len() as f64;
        assert!((mean - (4.0 * mode + 1.0) / 6.0).abs() < 0.002, "{mean}");
        assert!(found.windows(2).all(|pair| pair[0] <= pair[1]));
        // Ten working days: from seven to twenty of them, in calendar days.
        let days = durations(10 * MINUTES_PER_DAY);
        assert_eq!(range(10 * MINUTES_PER_DAY), (10, 28));
        assert!(days.iter().all(|days| (10..=28).contains(days)));
        assert_eq!(range(0), (1, 1));
        assert!(range(u32::MAX).1 > 1);
    }
}
