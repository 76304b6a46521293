//! The `milestone` binary: hands over to the library and turns its answer into an exit code.
//!
//! Start at `milestone_cli`. This file stays tiny so that everything can be tested without a
//! process.

fn main() {}
