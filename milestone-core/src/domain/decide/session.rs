//! Sessions: begun once, put down while open, taken up until they have ended.
//!
//! - **Absent on purpose.** Who may take up whose session: everybody may.

use super::super::event::{Body, Event};
use super::super::refusal::Refusal;
use super::super::session::{Session, SessionChange, SessionStep};
use super::{Deciding, prose, title};
use crate::words::{Text, check_id_text};

/// What is asked of a session.
pub(super) struct Asked<'c> {
    pub(super) session: &'c str,
    pub(super) step: SessionStep,
    pub(super) on: Option<&'c str>,
    pub(super) branch: Option<&'c str>,
    pub(super) next: Option<&'c str>,
    pub(super) notes: Option<&'c str>,
}

impl Deciding<'_> {
    pub(super) fn session(&mut self, asked: &Asked<'_>) -> Result<(), Refusal> {
        let bad = |what| move |fault| Refusal::BadText { what, fault };
        let id = check_id_text(asked.session).map_err(bad("name of the session"))?.to_owned();
        let project = self.plan.project();
        let wrong = |held: &Session, action| Refusal::WrongSession {
            session: id.clone(),
            status: held.step.status(),
            action,
        };
        match (asked.step, project.sessions.get(&id)) {
            (SessionStep::Started, None) => {}
            (SessionStep::Started, Some(held)) => return Err(wrong(held, "started")),
            (_, None) => return Err(Refusal::UnknownSession { asked: id }),
            (SessionStep::Suspended, Some(held)) if !held.is_open() => {
                return Err(wrong(held, "suspended"));
            }
            (SessionStep::Resumed, Some(held)) if !held.can_go_on() => {
                return Err(wrong(held, "resumed"));
            }
            (SessionStep::Ended, Some(held)) if !held.can_go_on() => {
                return Err(wrong(held, "ended"));
            }
            _ => {}
        }
        let on = asked.on.map(|on| self.target(on)).transpose()?;
        let branch = asked.branch.map(|name| title("branch", name)).transpose()?;
        let change = SessionChange {
            session: Text::from(id),
            on: on.map(|target| Text::from(target.stream().to_string())),
            branch,
            next: asked.next.map(|next| title("next step", next)).transpose()?,
            notes: asked.notes.map(|note| prose("note", note)).transpose()?,
        };
        self.events.push(Event::project(Body::Session(asked.step, change)));
        Ok(())
    }
}
