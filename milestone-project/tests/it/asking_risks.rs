//! Commands about risks at random, and what may be done to them and undone.
//!
//! Start at [`risks`].

use milestone_core::domain::{Command, Probability, RiskLevel, RiskOutcome, RiskStep, RiskValues};
use milestone_core::words::Date;
use proptest::prelude::*;
use proptest::sample::select;

use crate::asking::reference;

/// Anything that may be asked of risks, sensible or not.
pub(crate) fn risks() -> impl Strategy<Value = Command> {
    let step = prop_oneof![
        4 => values().prop_map(|values| RiskStep::Identify { values }),
        4 => (named(), values()).prop_map(|(risk, values)| RiskStep::Update { risk, values }),
        2 => (named(), select(RiskOutcome::ALL.to_vec()), text()).prop_map(
            |(risk, outcome, note)| RiskStep::Close { risk, outcome, note: note.flatten() }
        ),
    ];
    (reference(), step).prop_map(|(target, step)| Command::Risk { target, step })
}

fn named() -> impl Strategy<Value = Option<String>> {
    let names = vec!["", "2", "a", "b", "zzzzzzzz"];
    proptest::option::weighted(0.2, select(names).prop_map(str::to_owned))
}

fn text() -> impl Strategy<Value = Option<Option<String>>> {
    let texts = vec!["begin early", "Überblick 🚀", "", "bell \u{7}"];
    proptest::option::of(proptest::option::of(select(texts).prop_map(str::to_owned)))
}

fn values() -> impl Strategy<Value = RiskValues> {
    let percent = (0u32..104).prop_map(Probability::Percent);
    let level = || select(RiskLevel::ALL.to_vec());
    let probability = prop_oneof![percent, level().prop_map(Probability::Level)];
    let maybe = proptest::option::of::<BoxedStrategy<_>>;
    (
        maybe(select(vec!["It is late", "It breaks", ""]).prop_map(str::to_owned).boxed()),
        proptest::option::of(proptest::option::of(probability)),
        proptest::option::of(proptest::option::of(level())),
        proptest::option::of(proptest::option::of(0u32..2_500_000)),
        (text(), text()),
        proptest::option::of(proptest::option::of((20_700i64..20_710).prop_map(Date::from_days))),
    )
        .prop_map(|(title, probability, impact, delay, (mitigation, owner), trigger)| {
            RiskValues { title, probability, impact, delay, mitigation, owner, trigger }
        })
}

fn of(target: &str, step: RiskStep) -> Command {
    Command::Risk { target: target.to_owned(), step }
}

fn late() -> RiskValues {
    RiskValues {
        title: Some("It is late".to_owned()),
        probability: Some(Some(Probability::Level(RiskLevel::High))),
        impact: Some(Some(RiskLevel::Low)),
        mitigation: Some(Some("begin early".to_owned())),
        ..RiskValues::default()
    }
}

/// A task and a milestone with a risk each.
pub(crate) fn prepare(does: &mut impl FnMut(Command)) {
    does(of("api/plan", RiskStep::Identify { values: late() }));
    does(of("web", RiskStep::Identify { values: late() }));
}

/// What may be done with them, by name.
pub(crate) fn changes() -> Vec<(&'static str, Command)> {
    let all = RiskValues {
        title: Some("It is later".to_owned()),
        probability: Some(Some(Probability::Percent(42))),
        impact: Some(None),
        delay: Some(Some(960)),
        mitigation: Some(None),
        owner: Some(Some("zoe".to_owned())),
        trigger: Some(Some(Date::from_days(20_700))),
    };
    let close = RiskStep::Close {
        risk: None,
        outcome: RiskOutcome::CameTrue,
        note: Some("the vendor left".to_owned()),
    };
    vec![
        ("a risk", of("api", RiskStep::Identify { values: all.clone() })),
        ("a second risk of a task", of("api/plan", RiskStep::Identify { values: late() })),
        ("a risk changed", of("api/plan", RiskStep::Update { risk: None, values: all })),
        ("a risk closed", of("web", close)),
    ]
}
