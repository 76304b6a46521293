//! Risks that play along: each happens in its share of the trials, and delays.
//!
//! Start at [`Threat`]. What is known of a risk is in [`Risk`], which facts hold.
//!
//! - **Assumed.** Risks happen or not without regard to each other.

use super::pert::calendar_days;
use super::seed::Numbers;
use crate::facts::Risk;

/// Most points of a distribution that a risk is laid over.
const POINTS_MAX: usize = 200;
/// Parts of a whole.
const PERCENTS: u32 = 100;

/// A risk of what a forecast is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threat {
    /// How likely it is, in percent.
    pub percent: u32,
    /// By how many calendar days it delays what it threatens.
    pub days: u32,
    /// True if it threatens all that the forecast is about; else a part, and the others go on.
    pub whole: bool,
}

impl Threat {
    pub(super) fn of(risk: &Risk, whole: bool) -> Self {
        let days = calendar_days(f64::from(risk.delay));
        Self { percent: risk.percent.min(PERCENTS), days, whole }
    }
}

/// The end of a trial with the risks that happen in it. What delays all of it comes behind the end.
/// A part that is delayed might have ended on any day, and ends so much later.
pub(super) fn delayed(days: u32, threats: &[Threat], numbers: &mut Numbers) -> u32 {
    let (mut parts, mut behind) = (days, 0u32);
    for threat in threats {
        let happens = numbers.below(PERCENTS) < threat.percent;
        let part = if threat.whole { 0 } else { numbers.below(days.saturating_add(1)) };
        match (happens, threat.whole) {
            (false, _) => {}
            (true, true) => behind = behind.saturating_add(threat.days),
            (true, false) => parts = parts.max(part.saturating_add(threat.days)),
        }
    }
    parts.saturating_add(behind)
}

/// Equally likely durations of a task with its risks.
pub(super) fn laid_over(durations: &[u32], risks: &[Risk]) -> Vec<u32> {
    let mut all = durations.to_vec();
    for risk in risks {
        let threat = Threat::of(risk, false);
        let step = all.len().div_ceil(POINTS_MAX).max(1);
        let few: Vec<u32> = all.iter().skip(step / 2).step_by(step).copied().collect();
        let with = |part: u32| {
            let later = if part < threat.percent { threat.days } else { 0 };
            few.iter().map(move |days| days.saturating_add(later))
        };
        all = (0..PERCENTS).flat_map(with).collect();
        all.sort_unstable();
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::Seed;

    #[test]
    fn a_risk_happens_in_its_share_of_the_trials() {
        let mut numbers = Seed(1).block(0);
        let whole = Threat { percent: 30, days: 5, whole: true };
        let ends: Vec<u32> = (0..10_000).map(|_| delayed(10, &[whole], &mut numbers)).collect();
        let late = ends.iter().filter(|end| **end == 15).count();
        assert!((2_800..3_200).contains(&late) && ends.iter().all(|end| [10, 15].contains(end)));
        let part = Threat { percent: 100, days: 5, whole: false };
        let ends: Vec<u32> = (0..1_000).map(|_| delayed(10, &[part], &mut numbers)).collect();
        assert!(ends.iter().all(|end| (10..=15).contains(end)), "the others go on");
        assert!(ends.contains(&10) && ends.contains(&15));
        let sure = Threat { percent: 100, days: u32::MAX, whole: true };
        assert_eq!(delayed(3, &[sure, sure], &mut numbers), u32::MAX);
    }

    #[test]
    fn a_risk_is_laid_over_durations() {
        let risk = Risk { percent: 25, delay: 5 * 480 };
        let all = laid_over(&[1, 2], &[risk]);
        assert_eq!((all.len(), all.iter().filter(|days| **days > 2).count()), (200, 50));
        assert_eq!(all.last(), Some(&9), "five days of work are a week");
        assert_eq!(laid_over(&[3], &[]), [3]);
        assert_eq!(laid_over(&(0..5_000).collect::<Vec<_>>(), &[risk]).len(), 200 * 100);
    }
}
