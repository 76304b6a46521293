//! What the projections of this crate must hold, as one binary.
//!
//! Start at `index`; `support` and `spoil` are for the others.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod analytics;
mod damage;
mod index;
mod query;
mod readers;
mod search;
mod spoil;
mod support;
