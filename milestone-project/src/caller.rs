//! Who asks, when, and under which conditions: everything that comes from the edges.
//!
//! - **Invariant.** The same caller and command on the same log give the same record.

use milestone_core::words::{RecordKey, Seed, Timestamp};

/// Who asks, and under which conditions.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who records it.
    pub actor: String,
    /// In which session.
    pub session_id: String,
    /// What the clock says.
    pub now: Timestamp,
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
    /// A caller without conditions.
    pub fn new(actor: &str, session_id: &str, now: Timestamp, seed: Seed) -> Self {
        Self {
            actor: actor.to_owned(),
            session_id: session_id.to_owned(),
            now,
            at: None,
            seed,
            key: None,
            expect: None,
            user_context: None,
            exact: false,
            dry_run: false,
        }
    }
}
