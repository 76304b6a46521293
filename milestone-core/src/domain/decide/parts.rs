//! Notes, links, blockers and criteria.
//!
//! - **Invariant.** What is added gets an id that was drawn from the seed that was passed in.

use super::super::event::Body;
use super::super::payload::{BlockerCleared, BlockerRaised, LinkAdded, NoteAdded, Part};
use super::super::refusal::Refusal;
use super::{Deciding, prose, title, wrong_status};
use crate::words::{Date, Text, check_id_text};

impl Deciding<'_> {
    pub(super) fn note(&mut self, asked: &str, text: &str) -> Result<(), Refusal> {
        let target = self.writable(asked, "noted on")?;
        let text = prose("note", text)?;
        let added = NoteAdded { task: target.task(), note: self.ids.draw().into(), text };
        self.events.push(target.event(Body::NoteAdded(added)));
        Ok(())
    }

    pub(super) fn link(&mut self, asked: &str, kind: &str, to: &str) -> Result<(), Refusal> {
        let target = self.writable(asked, "linked")?;
        let kind = check_id_text(kind).map_err(|fault| Refusal::BadText { what: "kind", fault })?;
        let added = LinkAdded {
            task: target.task(),
            link: self.ids.draw().into(),
            kind: Text::from(kind.to_owned()),
            to: title("link", to)?,
            source: None,
        };
        self.events.push(target.event(Body::LinkAdded(added)));
        Ok(())
    }

    pub(super) fn block(
        &mut self,
        asked: &str,
        text: &str,
        on: Option<&str>,
        until: Option<Date>,
    ) -> Result<(), Refusal> {
        let target = self.writable(asked, "blocked")?;
        if target.item().is_closed() {
            return Err(wrong_status(&target, "blocked"));
        }
        let raised = BlockerRaised {
            task: target.task(),
            blocker: self.ids.draw().into(),
            blockers_encountered: vec![prose("reason", text)?],
            on: on.map(|on| title("name", on)).transpose()?,
            until,
        };
        self.events.push(target.event(Body::BlockerRaised(raised)));
        Ok(())
    }

    /// Clears the blocker that is named by its id, or by an unambiguous beginning of it; the only
    /// one if none is named.
    pub(super) fn unblock(
        &mut self,
        asked: &str,
        named: Option<&str>,
        note: Option<&str>,
    ) -> Result<(), Refusal> {
        let target = self.writable(asked, "unblocked")?;
        let reference = target.reference();
        let fits: Vec<_> = target
            .item()
            .open_blockers()
            .filter(|blocker| named.is_none_or(|named| blocker.id.starts_with(named)))
            .collect();
        let blocker = match fits.as_slice() {
            [] => {
                let blockers: Vec<_> = target
                    .item()
                    .open_blockers()
                    .map(|blocker| (blocker.id.to_string(), blocker.text.to_string()))
                    .collect();
                return Err(match (named, blockers.is_empty()) {
                    (Some(asked), false) => {
                        let asked = asked.to_owned();
                        Refusal::UnknownBlocker { reference, asked, blockers }
                    }
                    _ => Refusal::NotBlocked { reference },
                });
            }
            [one] => one.id.to_string(),
            many => {
                let blockers = many
                    .iter()
                    .map(|blocker| (blocker.id.to_string(), blocker.text.to_string()))
                    .collect();
                return Err(Refusal::WhichBlocker { reference, blockers });
            }
        };
        let notes = note.map(|note| prose("note", note)).transpose()?;
        let cleared = BlockerCleared { task: target.task(), blocker: blocker.into(), notes };
        self.events.push(target.event(Body::BlockerCleared(cleared)));
        Ok(())
    }

    pub(super) fn check(
        &mut self,
        asked: &str,
        items: &[usize],
        checked: bool,
    ) -> Result<(), Refusal> {
        let target = self.writable(asked, if checked { "checked" } else { "unchecked" })?;
        let criteria = &target.item().criteria;
        for &item in items {
            let criterion = item.checked_sub(1).and_then(|at| criteria.get(at));
            let Some(criterion) = criterion else {
                let (reference, of) = (target.reference(), criteria.len());
                return Err(Refusal::NoCriterion { reference, item, of });
            };
            if criterion.checked == checked {
                continue;
            }
            let part = Part { task: target.task(), id: Text::from(criterion.id.to_string()) };
            self.events.push(target.event(if checked {
                Body::CriterionChecked(part)
            } else {
                Body::CriterionUnchecked(part)
            }));
        }
        Ok(())
    }

    pub(super) fn add_criteria(&mut self, asked: &str, texts: &[String]) -> Result<(), Refusal> {
        let target = self.writable(asked, "given criteria")?;
        let stream = target.stream();
        let milestone = stream.milestone_part().expect("milestones and tasks are in one");
        let mut new = texts.iter().map(|text| text.as_str().into());
        new.try_for_each(|new| self.criterion(milestone, target.task(), None, &new))
    }
}
