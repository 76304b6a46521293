//! Checkpoints that were signed: what somebody vouches the log to have been.
//!
//! Start at [`CheckpointSigned`]; [`CheckpointSigned::message`] is what the signature is over.
//!
//! - **Invariant.** What is signed is text that anyone can write down again from the event alone,
//!   and check against the log with nothing but SHA-256.
//! - **Absent on purpose.** Keys and signatures themselves: the fold believes nobody, it only
//!   carries what was said. Who checks it is `milestone-project`.

use serde::{Deserialize, Serialize};

use crate::words::{RecordId, Text};

/// The first line of every signed text; a signature over anything else is over something else.
const DOMAIN: &str = "milestone checkpoint v1";

/// Most heads that a checkpoint names: far more than there are writers, and a record stays small.
pub const SIGNED_HEADS_MAX: usize = 1_024;

/// What `checkpoint_signed` carries.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CheckpointSigned<'a> {
    /// The records that none built on, in order.
    #[serde(default)]
    pub heads: Vec<RecordId>,
    /// How many records the heads and all that they build on are.
    #[serde(default)]
    pub count: u64,
    /// The Merkle root over the ids of these records, in the order of the log: 64 hex digits.
    #[serde(borrow, default)]
    pub root: Text<'a>,
    /// Which key: 16 hex digits.
    #[serde(borrow, default)]
    pub key_id: Text<'a>,
    /// The Ed25519 signature: 128 hex digits.
    #[serde(borrow, default)]
    pub signature: Text<'a>,
}

impl CheckpointSigned<'_> {
    /// The text that is signed: the domain, the number of records, the root and the heads, a line
    /// each.
    #[must_use]
    pub fn message(&self) -> String {
        let mut text = format!("{DOMAIN}\n{}\n{}\n", self.count, &*self.root);
        self.heads.iter().for_each(|head| text.push_str(&format!("{head}\n")));
        text
    }
}
