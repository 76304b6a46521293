//! Figures, charts' data and forecasts: pure functions from what happened.
//!
//! Start at [`Facts`], what happened; [`figures`] counts and measures it, [`forecast`] says when
//! the rest will be done, [`health`] how that fits the due date, [`critical`] what must not slip.
//! `docs/analytics.md` defines every figure, `docs/dependencies.md` the floats.
//!
//! - **Invariant.** The same facts give the same answer: randomness comes from a [`Seed`] that is
//!   made of the state.
//! - **Invariant.** No answer is infinite, in the past where it is about the future, or a panic:
//!   where there is none, the reason stands in its place.
//! - **Absent on purpose.** Input and output, the clock, words for people.
//!
//! [`Seed`]: forecast::Seed

pub mod critical;
mod facts;
pub mod figures;
pub mod forecast;
pub mod health;

pub use facts::{
    COLLECTED_FORM, Collector, Extent, Facts, Life, MilestoneFacts, Need, PhaseFacts, Risk, Saying,
    SayingKind, Span, TaskFacts,
};
