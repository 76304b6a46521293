//! A fast share of each suite.
//!
//! How much is in variables: `MILESTONE_TEST_CRASHES` (60,000 by itself), `MILESTONE_TEST_KILLS`,
//! `MILESTONE_TEST_CUTS`, `MILESTONE_TEST_FAULTS`, `MILESTONE_TEST_FULL`, `MILESTONE_TEST_GIT`.

mod crash;
mod planted;
mod real;
