//! Rehearsing: what commands would come to, each by itself, without a lock and without writing.
//!
//! - **Invariant.** Nothing is written and nothing changes: the state that is asked is the one that
//!   is open.
//! - **Absent on purpose.** What one command would mean for the next: see `Project::execute_all`.

use milestone_core::domain::{Asker, Command, Event, Refusal, decide};
use milestone_core::words::Ids;

use crate::caller::Caller;
use crate::project::Project;

impl Project {
    /// What each command would come to, had none of the others been given.
    pub fn rehearse(
        &self,
        commands: &[Command],
        caller: &Caller,
    ) -> Vec<Result<Vec<Event<'static>>, Refusal>> {
        let asker =
            Asker { actor: &caller.actor, now: caller.now, at: caller.at, exact: caller.exact };
        let one = |command| decide(&self.state, &asker, &mut Ids::new(caller.seed), command);
        commands.iter().map(one).collect()
    }
}
