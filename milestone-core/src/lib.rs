//! What milestones mean: words, events, rules, the record format and the projection contract.
//!
//! This crate has no I/O and no clock. Its layers import only their own and those before it:
//! [`words`] ← [`domain`] ← [`log`] ← [`projection`].

pub mod domain;
pub mod log;
pub mod projection;
pub mod words;
