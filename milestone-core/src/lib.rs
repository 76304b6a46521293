//! What milestones mean: words, events, rules, the record format and the projection contract.

pub mod log;
pub mod words;
