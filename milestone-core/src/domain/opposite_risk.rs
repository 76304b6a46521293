//! The opposite of what happened to a risk, for `undo`.
//!
//! - **Invariant.** A risk that was identified is taken away, and comes back under its own id with
//!   all that was said of it: undoing that is redoing.

use super::event::Body;
use super::item::Item;
use super::opposite::Touch;
use super::risk::RiskEntry;
use super::risk_events::{Risk, RiskChanges, RiskClosed, RiskUpdated};
use crate::words::Text;

/// What an event about a risk is about; `None` if it is about none.
pub(super) fn risk_touch(body: &Body<'_>) -> Option<Touch> {
    let id = match body {
        Body::RiskIdentified(risk) => &risk.risk,
        Body::RiskUpdated(updated) => &updated.risk,
        Body::RiskClosed(closed) => &closed.risk,
        _ => return None,
    };
    Some(Touch::Part(id.to_string()))
}

/// The event that takes back what happened to a risk of `item`; `None` if there is none.
pub(super) fn risk_back(
    body: &Body<'_>,
    item: &Item,
    task: Option<&Text<'static>>,
) -> Option<Body<'static>> {
    let was = |id: &str| item.risks.iter().find(|held| *held.id == *id);
    let task = task.cloned();
    Some(match body {
        Body::RiskIdentified(risk) => {
            let risk = risk.risk.clone().into_owned();
            Body::RiskClosed(RiskClosed { task, risk, undone: true, ..RiskClosed::default() })
        }
        Body::RiskUpdated(updated) => {
            let held = was(&updated.risk)?;
            // What was reopened is closed again; nothing else is changed along with that.
            if updated.set.reopened {
                return Some(Body::RiskClosed(closed(held, task)));
            }
            let (risk, set) = (text(&held.id), changes_back(held, &updated.set));
            Body::RiskUpdated(RiskUpdated { task, risk, set })
        }
        Body::RiskClosed(undone) if undone.undone => {
            Body::RiskIdentified(identified(was(&undone.risk)?, task))
        }
        Body::RiskClosed(ended) => {
            let held = was(&ended.risk)?;
            if !held.is_open() {
                return Some(Body::RiskClosed(closed(held, task)));
            }
            let set = RiskChanges { reopened: true, ..RiskChanges::default() };
            Body::RiskUpdated(RiskUpdated { task, risk: text(&held.id), set })
        }
        _ => return None,
    })
}

fn text(text: &str) -> Text<'static> {
    Text::from(text.to_owned())
}

fn own(held: &Option<Box<str>>) -> Option<Text<'static>> {
    held.as_deref().map(text)
}

fn closed(held: &RiskEntry, task: Option<Text<'static>>) -> RiskClosed<'static> {
    RiskClosed {
        task,
        risk: text(&held.id),
        outcome: own(&held.outcome),
        undone: false,
        notes: own(&held.closing_note),
    }
}

fn identified(held: &RiskEntry, task: Option<Text<'static>>) -> Risk<'static> {
    Risk {
        task,
        risk: text(&held.id),
        title: text(&held.title),
        likelihood: own(&held.likelihood),
        probability: held.probability,
        impact: own(&held.impact),
        delay: held.delay,
        mitigation: own(&held.mitigation),
        owner: own(&held.owner),
        trigger: held.trigger,
        notes: None,
    }
}

/// The earlier values of what was changed.
fn changes_back(held: &RiskEntry, set: &RiskChanges<'_>) -> RiskChanges<'static> {
    let likely = set.probability.is_some() || set.likelihood.is_some();
    RiskChanges {
        title: set.title.as_ref().map(|_| text(&held.title)),
        likelihood: likely.then(|| own(&held.likelihood)).flatten(),
        probability: likely.then_some(held.probability),
        impact: set.impact.as_ref().map(|_| own(&held.impact)),
        delay: set.delay.map(|_| held.delay),
        mitigation: set.mitigation.as_ref().map(|_| own(&held.mitigation)),
        owner: set.owner.as_ref().map(|_| own(&held.owner)),
        trigger: set.trigger.map(|_| held.trigger),
        reopened: false,
    }
}
