//! The log's files, tested through `FileStore` and the file system alone.
//!
//! One binary. Tests whose names begin with `child_` are no tests of their own: others run them in
//! a process of their own, by `world::Child`, and they return at once without it.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod append;
mod archive;
mod branches;
mod cost;
mod crash;
mod kept;
mod limits;
mod lock;
mod replaced;
mod trust;
mod view;
mod view_edits;
mod view_support;
mod view_yaml;
mod workflow;
mod world;
mod writer;
