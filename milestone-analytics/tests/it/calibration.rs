//! The back-test: what it counts, and that it finds good forecasts good.
//!
//! - **Absent on purpose.** Figures of real projects: they are measured by hand.

use milestone_analytics::forecast::{Seed, calibrate};

use crate::forecast::steady;
use crate::story::day;

#[test]
fn nothing_is_judged_without_a_past() {
    let facts = steady(5, 3).facts();
    let found = calibrate(&facts, facts.end_of(day(12)), 84, Seed(1));
    assert_eq!((found.batches.cases(), found.milestones.cases()), (0, 0));
    assert_eq!(found.batches.percent(85), None);
}

/// A flow that is as even as this one is met by every date from the middle on.
#[test]
fn an_even_flow_is_foreseen() {
    let facts = steady(150, 3).facts();
    let found = calibrate(&facts, facts.end_of(day(300)), 84, Seed(1));
    assert!(found.batches.cases() > 20, "{found:?}");
    assert_eq!(found.batches.percent(95), Some(100.0), "{found:?}");
    assert!(found.batches.percent(70) >= Some(90.0), "{found:?}");
    assert!(found.batches.ended() < found.batches.cases() && found.without_history > 0);
    assert_eq!(found, calibrate(&facts, facts.end_of(day(300)), 84, Seed(1)));
}
