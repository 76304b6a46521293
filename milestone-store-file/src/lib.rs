//! placeholder header

pub mod view;
