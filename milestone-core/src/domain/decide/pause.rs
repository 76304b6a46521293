//! Putting milestones down for a while, and taking them up again.
//!
//! - **Invariant.** Only what is active can be paused, and only what is paused resumed: neither
//!   begins anything.
//! - **Absent on purpose.** Paused tasks. Those of a paused milestone keep their status, and no
//!   work is taken for them: see [`Deciding::home_at_work`].

use super::super::event::Body;
use super::super::item::Stage;
use super::super::payload::Transition;
use super::super::refusal::Refusal;
use super::{Deciding, Target, prose, wrong_status};

impl Deciding<'_> {
    pub(super) fn pause(&mut self, asked: &[String], reason: Option<&str>) -> Result<(), Refusal> {
        self.swing(asked, reason, (Stage::Underway, "paused"), Body::MilestonePaused)
    }

    pub(super) fn resume(&mut self, asked: &[String], reason: Option<&str>) -> Result<(), Refusal> {
        self.swing(asked, reason, (Stage::Paused, "resumed"), Body::MilestoneResumed)
    }

    fn swing(
        &mut self,
        asked: &[String],
        reason: Option<&str>,
        (from, action): (Stage, &'static str),
        body: fn(Transition<'static>) -> Body<'static>,
    ) -> Result<(), Refusal> {
        let reason = reason.map(|reason| prose("reason", reason)).transpose()?;
        for target in self.targets(asked)? {
            let Target::Milestone(milestone) = &target else {
                return Err(Refusal::NotAMilestone { reference: target.reference() });
            };
            if self.stage_of(milestone) != from {
                return Err(wrong_status(&target, action));
            }
            let change = Transition { reason: reason.clone(), ..Transition::default() };
            self.events.push(target.event(body(change)));
        }
        Ok(())
    }
}
