//! How the parts of a milestone or a task come and go: notes, criteria, links, blockers, risks,
//! dependencies.
//!
//! Start at [`Item::evolve_parts`].
//!
//! - **Invariant.** Parts have ids, so whatever two clones add is all kept, and the same thing
//!   added twice is there once.
//! - **Invariant.** Taking away what is already gone is no conflict if somebody else may have taken
//!   it away; a part that never was is one.

use super::at::{At, Verdict};
use super::event::Body;
use super::item::{Blocker, Criterion, Item, Link, Note};
use super::payload::{BlockerCleared, BlockerRaised, Dependency, Part};
use super::tie::{Elsewhere, Tie};
use crate::words::StreamId;

impl Item {
    pub(super) fn evolve_parts(&mut self, body: &Body<'_>, at: &At<'_>) -> Verdict {
        match body {
            Body::CriterionAdded(added) => {
                if !self.criteria.iter().any(|held| *held.id == *added.criterion) {
                    let (id, text) = ((&*added.criterion).into(), (&*added.text).into());
                    let phase = added.phase.as_deref().map(Into::into);
                    self.criteria.push(Criterion { id, text, checked: false, phase });
                }
                Verdict::Applied
            }
            Body::CriterionChecked(part) => self.check(part, true, body.kind(), at),
            Body::CriterionUnchecked(part) => self.check(part, false, body.kind(), at),
            Body::CriterionRemoved(part) => {
                let gone = take(&mut self.criteria, |held| *held.id == *part.id);
                self.gone(gone, body.kind(), at)
            }
            Body::NoteAdded(added) => {
                if !self.notes.iter().any(|held| *held.id == *added.note) {
                    self.notes.push(Note {
                        id: (&*added.note).into(),
                        at: at.time,
                        by: at.by.into(),
                        text: (&*added.text).into(),
                    });
                }
                Verdict::Applied
            }
            Body::NoteRemoved(part) => {
                let gone = take(&mut self.notes, |held| *held.id == *part.id);
                self.gone(gone, body.kind(), at)
            }
            Body::LinkAdded(added) => {
                if !self.links.iter().any(|held| *held.id == *added.link) {
                    let (id, kind) = ((&*added.link).into(), (&*added.kind).into());
                    self.links.push(Link { id, kind, to: (&*added.to).into() });
                }
                Verdict::Applied
            }
            Body::LinkRemoved(part) => {
                let gone = take(&mut self.links, |held| *held.id == *part.id);
                self.gone(gone, body.kind(), at)
            }
            Body::DependencyAdded(dependency) => match self.depend(dependency) {
                true => Verdict::Applied,
                false => self.puzzled(body.kind(), "this names no stream", at),
            },
            Body::DependencyRemoved(dependency) => {
                let tied = take(&mut self.ties, |held| *held.on == *dependency.on);
                let gone = take(&mut self.dependencies, |held| held.as_str() == &*dependency.on);
                self.gone(gone || tied, body.kind(), at)
            }
            Body::BlockerRaised(raised) => self.block(raised, at),
            Body::BlockerCleared(cleared) => self.unblock(cleared, at),
            Body::RiskIdentified(risk) => self.risk(risk),
            Body::RiskUpdated(updated) => self.update_risk(updated, at),
            Body::RiskClosed(closed) => self.close_risk(closed, at),
            _ => Verdict::Skipped,
        }
    }

    /// What was said of a dependency last, in the order of the log, holds.
    fn depend(&mut self, dependency: &Dependency<'_>) -> bool {
        let stream = StreamId::parse(&dependency.on);
        if stream.is_none() && Elsewhere::of(&dependency.on).is_none() {
            return false;
        }
        let tie = Tie::new(&dependency.on, dependency.terms());
        take(&mut self.ties, |held| held.on == tie.on);
        if stream.is_none() || !tie.terms().is_plain() {
            let place = self.ties.partition_point(|held| held.on < tie.on);
            self.ties.insert(place, tie);
        }
        if let Some(on) = stream.filter(|on| !self.dependencies.contains(on)) {
            self.dependencies.push(on);
        }
        true
    }

    fn check(&mut self, part: &Part<'_>, checked: bool, kind: &str, at: &At<'_>) -> Verdict {
        match self.criteria.iter_mut().find(|held| *held.id == *part.id) {
            Some(criterion) => {
                criterion.checked = checked;
                Verdict::Applied
            }
            None => self.gone(false, kind, at),
        }
    }

    pub(super) fn gone(&mut self, found: bool, kind: &str, at: &At<'_>) -> Verdict {
        if found || !at.concurrent.is_empty() {
            return Verdict::Applied;
        }
        self.puzzled(kind, "there is no such thing here", at)
    }

    fn block(&mut self, raised: &BlockerRaised<'_>, at: &At<'_>) -> Verdict {
        if !self.blockers.iter().any(|held| *held.id == *raised.blocker) {
            let texts: Vec<&str> = raised.blockers_encountered.iter().map(|text| &**text).collect();
            self.blockers.push(Blocker {
                id: (&*raised.blocker).into(),
                text: texts.join("\n").into(),
                on: raised.on.as_deref().map(Into::into),
                until: raised.until,
                at: at.time,
                by: at.by.into(),
                cleared_at: None,
            });
        }
        Verdict::Applied
    }

    fn unblock(&mut self, cleared: &BlockerCleared<'_>, at: &At<'_>) -> Verdict {
        self.aside(0, cleared.notes.as_deref(), at);
        match self.blockers.iter_mut().find(|held| *held.id == *cleared.blocker) {
            Some(blocker) => {
                blocker.cleared_at.get_or_insert(at.time);
                Verdict::Applied
            }
            None => self.gone(false, "blocker_cleared", at),
        }
    }
}

/// Removes the first element that fits; true if there was one.
fn take<T>(list: &mut Vec<T>, fits: impl Fn(&T) -> bool) -> bool {
    let place = list.iter().position(fits);
    if let Some(place) = place {
        list.remove(place);
    }
    place.is_some()
}
