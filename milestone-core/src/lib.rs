//! What milestones mean: words, events, rules, the record format, the projection contract, queries.
//!
//! This crate has no I/O and no clock. Its layers import only their own and those before it:
//! [`words`] ← [`domain`] ← [`log`] ← [`projection`] ← [`query`].

pub mod domain;
pub mod log;
pub mod projection;
pub mod query;
pub mod words;
