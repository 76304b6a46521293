//! The log: records, their bytes, their order, and what is found wrong with them.
//!
//! Start at [`store::LogStore`].

pub mod store;
