//! What may go wrong: saying it, changing what was said, saying what became of it.
//!
//! - **Invariant.** A word for a probability is recorded with the percent it stands for, so that
//!   replay needs nothing but the log.

use super::super::command::{Probability, RiskStep, RiskValues};
use super::super::event::Body;
use super::super::refusal::Refusal;
use super::super::risk::{RiskEntry, RiskOutcome};
use super::super::risk_events::{Risk, RiskChanges, RiskClosed, RiskUpdated};
use super::{Deciding, Target, prose, title, wrong_status};
use crate::words::{DURATION_MINUTES_MAX, Text, check_id_text};

impl Deciding<'_> {
    pub(super) fn risk(&mut self, asked: &str, step: &RiskStep) -> Result<(), Refusal> {
        match step {
            RiskStep::Identify { values } => self.identify(asked, values),
            RiskStep::Update { risk, values } => self.update_risk(asked, risk.as_deref(), values),
            RiskStep::Close { risk, outcome, note } => {
                self.close_risk(asked, risk.as_deref(), *outcome, note.as_deref())
            }
        }
    }

    fn identify(&mut self, asked: &str, values: &RiskValues) -> Result<(), Refusal> {
        let target = self.writable(asked, "given a risk")?;
        if target.item().is_closed() {
            return Err(wrong_status(&target, "given a risk"));
        }
        let changes = changes(values)?;
        let identified = Risk {
            task: target.task(),
            risk: self.ids.draw().into(),
            title: title("title", values.title.as_deref().unwrap_or_default())?,
            likelihood: changes.likelihood,
            probability: changes.probability.flatten(),
            impact: changes.impact.flatten(),
            delay: changes.delay.flatten(),
            mitigation: changes.mitigation.flatten(),
            owner: changes.owner.flatten(),
            trigger: changes.trigger.flatten(),
            notes: None,
        };
        self.events.push(target.event(Body::RiskIdentified(identified)));
        Ok(())
    }

    fn update_risk(
        &mut self,
        asked: &str,
        named: Option<&str>,
        values: &RiskValues,
    ) -> Result<(), Refusal> {
        let target = self.writable(asked, "changed")?;
        let risk = open_risk(&target, named)?;
        let set = only_new(risk, changes(values)?);
        if set == RiskChanges::default() {
            return Ok(());
        }
        let (task, risk) = (target.task(), Text::from(risk.id.to_string()));
        self.events.push(target.event(Body::RiskUpdated(RiskUpdated { task, risk, set })));
        Ok(())
    }

    fn close_risk(
        &mut self,
        asked: &str,
        named: Option<&str>,
        outcome: RiskOutcome,
        note: Option<&str>,
    ) -> Result<(), Refusal> {
        let target = self.writable(asked, "changed")?;
        let risk = Text::from(open_risk(&target, named)?.id.to_string());
        let closed = RiskClosed {
            task: target.task(),
            risk,
            outcome: Some(outcome.word().into()),
            undone: false,
            notes: note.map(|note| prose("note", note)).transpose()?,
        };
        self.events.push(target.event(Body::RiskClosed(closed)));
        Ok(())
    }
}

/// The open risk of that name; the only one if none is named.
fn open_risk<'t>(target: &'t Target, named: Option<&str>) -> Result<&'t RiskEntry, Refusal> {
    let reference = target.reference();
    let pairs = |risks: &[&RiskEntry]| {
        risks.iter().map(|risk| (risk.id.to_string(), risk.title.to_string())).collect()
    };
    let open: Vec<&RiskEntry> = target.item().open_risks().collect();
    let Some(asked) = named else {
        return match open.as_slice() {
            [one] => Ok(one),
            [] => Err(Refusal::NoRisk { reference }),
            many => Err(Refusal::WhichRisk { reference, risks: pairs(many) }),
        };
    };
    let fits = |risk: &&RiskEntry| !asked.is_empty() && risk.id.starts_with(asked);
    let all: Vec<&RiskEntry> = target.item().risks.iter().filter(fits).collect();
    match all.as_slice() {
        [one] => match &one.outcome {
            None => Ok(one),
            Some(outcome) => Err(Refusal::RiskIsClosed {
                reference,
                risk: one.id.to_string(),
                outcome: outcome.to_string(),
            }),
        },
        [] if open.is_empty() => Err(Refusal::NoRisk { reference }),
        [] => Err(Refusal::UnknownRisk { reference, asked: asked.to_owned(), risks: pairs(&open) }),
        many => Err(Refusal::WhichRisk { reference, risks: pairs(many) }),
    }
}

/// What was said, checked.
fn changes(values: &RiskValues) -> Result<RiskChanges<'static>, Refusal> {
    let over = |what, given: u32, max: u32| Refusal::TooLarge {
        what,
        given: u64::from(given),
        max: u64::from(max),
    };
    let (mut likelihood, mut probability) = (None, None);
    match values.probability {
        Some(Some(Probability::Percent(percent))) if percent > 100 => {
            return Err(over("probability", percent, 100));
        }
        Some(Some(Probability::Percent(percent))) => probability = Some(Some(percent)),
        Some(Some(Probability::Level(level))) => {
            likelihood = Some(level.word().into());
            probability = Some(Some(level.percent()));
        }
        Some(None) => probability = Some(None),
        None => {}
    }
    if let Some(Some(minutes)) = values.delay.filter(|to| *to > Some(DURATION_MINUTES_MAX)) {
        return Err(over("delay", minutes, DURATION_MINUTES_MAX));
    }
    let owner = |name: &String| {
        let name =
            check_id_text(name).map_err(|fault| Refusal::BadText { what: "owner", fault })?;
        Ok(Text::from(name.to_owned()))
    };
    Ok(RiskChanges {
        title: values.title.as_deref().map(|text| title("title", text)).transpose()?,
        likelihood,
        probability,
        impact: values.impact.map(|level| level.map(|level| level.word().into())),
        delay: values.delay,
        mitigation: or_cleared(values.mitigation.as_ref(), |text| prose("mitigation", text))?,
        owner: or_cleared(values.owner.as_ref(), owner)?,
        trigger: values.trigger,
        reopened: false,
    })
}

fn or_cleared<F, T>(
    said: Option<&Option<F>>,
    check: impl Fn(&F) -> Result<T, Refusal>,
) -> Result<Option<Option<T>>, Refusal> {
    said.map(|to| to.as_ref().map(&check).transpose()).transpose()
}

/// The changes without those that say what holds already.
fn only_new(risk: &RiskEntry, mut set: RiskChanges<'static>) -> RiskChanges<'static> {
    let same = |to: &Option<Text<'_>>, held: &Option<Box<str>>| to.as_deref() == held.as_deref();
    set.title = set.title.filter(|to| **to != *risk.title);
    if set.probability == Some(risk.probability) && same(&set.likelihood, &risk.likelihood) {
        (set.probability, set.likelihood) = (None, None);
    }
    set.impact = set.impact.filter(|to| !same(to, &risk.impact));
    set.delay = set.delay.filter(|to| *to != risk.delay);
    set.mitigation = set.mitigation.filter(|to| !same(to, &risk.mitigation));
    set.owner = set.owner.filter(|to| !same(to, &risk.owner));
    set.trigger = set.trigger.filter(|to| *to != risk.trigger);
    set
}
