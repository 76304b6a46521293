//! Events of risks, made from one small number each.
//!
//! Start at [`body`].
//!
//! - **Invariant.** Few risks: what several clones say of one meets. Words and numbers that no
//!   command would let through are among what is said.

use milestone_core::domain::{Body, Risk, RiskChanges, RiskClosed, RiskUpdated};
use milestone_core::words::{Date, Text};

const RISKS: [&str; 3] = ["aaaaaaaa", "bbbbbbbb", "cccccccc"];
const LEVELS: [&str; 4] = ["low", "very-high", "Medium", "no level \u{1f680}"];
const OUTCOMES: [&str; 4] = ["came-true", "averted", "expired", ""];

/// The body of an event of that kind; `None` if it is none of a risk.
pub(crate) fn body(kind: &str, value: u8, task: Option<Text<'static>>) -> Option<Body<'static>> {
    let (number, risk) = (u32::from(value), RISKS[usize::from(value) % RISKS.len()].into());
    let one = |of: [&'static str; 4]| Text::from(of[usize::from(value / 3) % of.len()]);
    let every = |times: u8| value % times == times - 1;
    let day = Date::from_days(20_700 + i64::from(value));
    let because = |times| every(times).then(|| "because".into());
    Some(match kind {
        "risk_identified" => Body::RiskIdentified(Risk {
            task,
            risk,
            title: one(LEVELS),
            likelihood: every(2).then(|| one(LEVELS)),
            probability: (!every(3)).then_some(number),
            impact: every(4).then(|| one(LEVELS)),
            delay: (!every(5)).then_some(number * 60),
            mitigation: because(6),
            owner: because(7),
            trigger: every(5).then_some(day),
            notes: because(4),
        }),
        // Each member is left alone, cleared or set, in turn.
        "risk_updated" => {
            let set = RiskChanges {
                title: every(4).then(|| one(OUTCOMES)),
                likelihood: every(5).then(|| one(LEVELS)),
                probability: every(3).then_some((!every(2)).then_some(number)),
                impact: every(4).then(|| (!every(3)).then(|| one(LEVELS))),
                delay: every(2).then_some((!every(3)).then_some(number)),
                mitigation: every(3).then(|| because(2)),
                owner: every(5).then(|| because(2)),
                trigger: every(7).then_some((!every(2)).then_some(day)),
                reopened: every(6),
            };
            Body::RiskUpdated(RiskUpdated { task, risk, set })
        }
        "risk_closed" => Body::RiskClosed(RiskClosed {
            task,
            risk,
            outcome: (!every(8)).then(|| one(OUTCOMES)),
            undone: every(8),
            notes: because(3),
        }),
        _ => return None,
    })
}
