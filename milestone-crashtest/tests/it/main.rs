//! A fast share of each suite.
//!
//! Crashes are as many as `MILESTONE_TEST_CRASHES` says, 60,000 by itself.

mod crash;
