//! Checkpoints: what is put down has the shape that whoever checks it later can read.
//!
//! - **Absent on purpose.** Whether the signature is right: that takes the key, and the whole log.

use super::super::event::{Body, Event};
use super::super::refusal::Refusal;
use super::super::signed::{CheckpointSigned, SIGNED_HEADS_MAX};
use super::Deciding;

/// Hex digits of a root, of a key's id and of a signature.
const DIGITS: [usize; 3] = [64, 16, 128];

impl Deciding<'_> {
    pub(super) fn sign(&mut self, signed: &CheckpointSigned<'static>) -> Result<(), Refusal> {
        let bad = |why| Err(Refusal::BadCheckpoint { why });
        match signed.heads.len() {
            0 => return bad("names no record"),
            1..=SIGNED_HEADS_MAX => {}
            _ => return bad("names more than 1,024 heads"),
        }
        let texts = [&signed.root, &signed.key_id, &signed.signature];
        let is_hex = |text: &str| {
            text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        };
        if texts.iter().zip(DIGITS).any(|(text, digits)| text.len() != digits || !is_hex(text)) {
            return bad("has a root, a key or a signature that is not hex of the right length");
        }
        self.events.push(Event::project(Body::CheckpointSigned(signed.clone())));
        Ok(())
    }
}
