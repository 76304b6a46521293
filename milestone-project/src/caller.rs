//! Who asks, when, and under which conditions: everything that comes from the edges.
//!
//! - **Invariant.** The same caller and command on the same log give the same record, as long as
//!   its clock says the same.

use milestone_core::words::{RecordKey, Seed, Timestamp};

/// Who asks, and under which conditions.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who records it.
    pub actor: String,
    /// In which session.
    pub session_id: String,
    /// What the clock said when the caller asked.
    pub now: Timestamp,
    /// The clock itself. It is asked again once the lock is held, so that a record is not older
    /// than those that others wrote while its caller waited. `None`: it is `now` all the while.
    pub clock: Option<fn() -> Timestamp>,
    /// When it really happened, if that is not now.
    pub at: Option<Timestamp>,
    /// Where ids of notes, blockers and the like are drawn from: random, or fixed in tests.
    pub seed: Seed,
    /// An idempotency key: the same one with the same command is carried out once.
    pub key: Option<String>,
    /// What the caller believes to be the newest records of the streams it writes to.
    pub expect: Option<Expect>,
    /// What the caller says of the surroundings.
    pub user_context: Option<String>,
    /// True if references must be whole.
    pub exact: bool,
    /// True if nothing is to be written.
    pub dry_run: bool,
}

/// Write only if the stream is where the caller saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expect {
    /// The heads of the stream, as the caller read them; in any order.
    pub heads: Vec<RecordKey>,
}

impl Caller {
    /// A caller without conditions, for whom time stands still.
    pub fn new(actor: &str, session_id: &str, now: Timestamp, seed: Seed) -> Self {
        Self {
            actor: actor.to_owned(),
            session_id: session_id.to_owned(),
            now,
            clock: None,
            at: None,
            seed,
            key: None,
            expect: None,
            user_context: None,
            exact: false,
            dry_run: false,
        }
    }

    /// The same caller at the moment that the clock shows now.
    pub(crate) fn timed(&self) -> Self {
        Self { now: self.clock.map_or(self.now, |clock| clock()), ..self.clone() }
    }
}
