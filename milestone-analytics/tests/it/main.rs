//! Figures and forecasts through the public interface.
//!
//! Start at `story::Story`: what happened, told in few words. `facts` (the past stays as it was),
//! `figures` (by hand), `forecast` (what is said, and never said), `calibration`.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod calibration;
mod facts;
mod figures;
mod forecast;
mod pause;
mod review;
mod story;
