//! The table of conflicts, for risks: what two clones say of one without knowing of each other.
//!
//! Shown red by: one subject for all members of a risk; a change that notes no writer.

use milestone_core::domain::{
    Body, Event, Risk, RiskChanges, RiskClosed, RiskEntry, RiskUpdated, Subject,
};

use crate::merging::{Met, either_later, met};

const ID: &str = "aaaaaaaa";

fn identified() -> Event<'static> {
    let (risk, title, probability) = (ID.into(), "late".into(), Some(30));
    Event::of("api", Body::RiskIdentified(Risk { risk, title, probability, ..Risk::default() }))
}

fn updated(set: RiskChanges<'static>) -> Event<'static> {
    Event::of("api", Body::RiskUpdated(RiskUpdated { task: None, risk: ID.into(), set }))
}

fn percent(percent: u32) -> Event<'static> {
    updated(RiskChanges { probability: Some(Some(percent)), ..RiskChanges::default() })
}

fn closed(outcome: &'static str) -> Event<'static> {
    let (risk, outcome) = (ID.into(), Some(outcome.into()));
    Event::of("api", Body::RiskClosed(RiskClosed { risk, outcome, ..RiskClosed::default() }))
}

/// Both begin with the same risk, for they write the same event.
fn both(later: &str, ann: Event<'static>, bob: Event<'static>) -> Met {
    met(later, &[identified(), ann], &[identified(), bob])
}

fn only(met: &Met) -> &RiskEntry {
    let [risk] = met.api.item.risks.as_slice() else { panic!("{:?}", met.api.item.risks) };
    risk
}

#[test]
fn two_values_of_one_member_keep_the_later_and_name_the_other() {
    either_later(|later| {
        let met = both(later, percent(40), percent(80));
        let (kept, other) = if later == "ann" { (40, 80) } else { (80, 40) };
        assert_eq!(only(&met).probability, Some(kept));
        let [conflict] = met.api.item.conflicts.as_slice() else { panic!("one conflict") };
        assert!(matches!(conflict.subject, Subject::Risk { .. }));
        assert_eq!((&conflict.kept, &conflict.other), (&kept.to_string(), &other.to_string()));
    });
}

#[test]
fn values_of_different_members_and_the_same_value_twice_both_hold() {
    either_later(|later| {
        let delay = RiskChanges { delay: Some(Some(480)), ..RiskChanges::default() };
        let met = both(later, percent(40), updated(delay));
        assert_eq!((only(&met).probability, only(&met).delay), (Some(40), Some(480)));
        assert_eq!(met.api.item.conflicts, []);
        let met = both(later, percent(40), percent(40));
        assert_eq!(met.api.item.conflicts, []);
    });
}

#[test]
fn two_outcomes_keep_the_later_and_a_change_beside_an_outcome_holds() {
    either_later(|later| {
        let met = both(later, closed("averted"), closed("came-true"));
        let kept = if later == "ann" { "averted" } else { "came-true" };
        assert_eq!(only(&met).outcome.as_deref(), Some(kept));
        assert_eq!(met.api.item.conflicts.len(), 1);
        let met = both(later, closed("averted"), percent(40));
        assert_eq!(
            (only(&met).outcome.as_deref(), only(&met).percent()),
            (Some("averted"), Some(40))
        );
        assert_eq!(met.api.item.conflicts, []);
    });
}

#[test]
fn a_change_of_a_risk_that_never_was_is_a_conflict() {
    either_later(|later| {
        let met = met(later, &[percent(40)], &[]);
        assert_eq!(met.api.item.conflicts[0].subject, Subject::Event);
    });
}
