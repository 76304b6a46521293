//! The state that a read looks at: the present one, or that of `--as-of`.
//!
//! Start at [`Context::moment`].
//!
//! - **Invariant.** Whatever takes a moment takes all of them: times, places, records, commits,
//!   sessions.

use std::sync::Arc;

use milestone_core::domain::{Around, Plan};
use milestone_core::words::Timestamp;
use milestone_project::{AsOf, HistoryFilter};

use super::context::{Context, Moment};
use super::problem;
use crate::args::usage::quoted;
use crate::args::values::{Clock, Sense, When, when};
use crate::ui::error::{Exit, Problem};

impl Context {
    /// The state that a read looks at: the present one, or that of `--as-of`.
    ///
    /// # Errors
    ///
    /// There is no project, or no such moment.
    pub fn moment(&mut self) -> Result<Moment, Box<Problem>> {
        let asked = self.global.as_of.clone();
        self.moment_of(asked, "milestone list --as-of 2026-03-05")
    }

    /// Refuses a moment at which there was no project yet, for what lists everything.
    ///
    /// # Errors
    ///
    /// It is one.
    pub fn begun(&mut self, moment: &Moment) -> Result<(), Box<Problem>> {
        match moment.as_of.is_some() && moment.count == 0 {
            true => Err(self.not_begun()),
            false => Ok(()),
        }
    }

    /// There was no project yet at the moment that was asked for.
    fn not_begun(&mut self) -> Box<Problem> {
        let message = "the project did not exist yet";
        let mut problem = Problem::new("ref.not_yet", Exit::NotFound, message).unchanged();
        let offset = self.clock.offset_minutes;
        let first = self.project().map(|project| project.history(&HistoryFilter::default()));
        let first = first.ok().and_then(Result::ok).and_then(|all| all.into_iter().next());
        if let Some(first) = first {
            let day = first.timestamp.date(offset);
            let asked = self.global.as_of.clone().unwrap_or_default();
            let words = self.around.words.iter().map(|word| match word {
                word if *word == asked => day.to_string(),
                word if *word == format!("--as-of={asked}") => format!("--as-of={day}"),
                word => quoted(word),
            });
            let words: Vec<String> = words.collect();
            problem = problem
                .fact(format!("it was begun {day} (#{})", first.number))
                .hint(format!("milestone {}", words.join(" ")));
        }
        Box::new(problem)
    }

    /// The state at a moment, the present one if none is asked for. `example` is a line that asks
    /// for one as it should be.
    ///
    /// # Errors
    ///
    /// There is no project, or no such moment.
    pub fn moment_of(
        &mut self,
        asked: Option<String>,
        example: &str,
    ) -> Result<Moment, Box<Problem>> {
        let clock = self.clock;
        let project = self.project()?;
        let Some(asked) = asked else {
            return Ok(Moment {
                state: project.state().clone(),
                heads: project.checkpoint().heads.clone(),
                count: project.checkpoint().count,
                last: project.checkpoint().last,
                as_of: None,
                banner: None,
                clock_max: None,
            });
        };
        let (moment, clock_max) = as_of(&asked, &clock, example)?;
        let all = project.checkpoint().count;
        let (mut state, checkpoint) =
            project.as_of(&moment).map_err(|error| problem::history(&error))?;
        // Other projects are seen as they are now: their logs know nothing of moments of this one.
        let now = clock_max.and_then(|clock| i64::try_from(clock).ok()).map(Timestamp);
        let around = project.state().around().cloned().unwrap_or_default();
        let now = now.unwrap_or(around.now).min(around.now);
        state.look_around(Some(Arc::new(Around { now, ..around })));
        let banner = format!("AS OF {asked} · record {} of {all} · read only", checkpoint.count);
        Ok(Moment {
            state,
            heads: checkpoint.heads,
            count: checkpoint.count,
            last: checkpoint.last,
            as_of: Some(asked),
            banner: Some(banner),
            clock_max,
        })
    }
}

/// Reads what is asked for: a time, a record, a commit, a place, a session.
pub(super) fn as_of(
    asked: &str,
    clock: &Clock,
    example: &str,
) -> Result<(AsOf, Option<u64>), Box<Problem>> {
    if let Some(revision) = asked.strip_prefix("git:") {
        return Ok((AsOf::Git(revision.to_owned()), None));
    }
    if let Some(session) = asked.strip_prefix("session:") {
        return Ok((AsOf::Session(session.to_owned()), None));
    }
    if let Some(place) = asked.strip_prefix('#').and_then(|place| place.parse().ok()) {
        return Ok((AsOf::Place(place), None));
    }
    if asked.len() >= 8 && asked.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return Ok((AsOf::Record(asked.to_owned()), None));
    }
    match when(asked, clock, Sense::Past) {
        Ok(When::None) | Err(_) => Err(Box::new(
            Problem::new("usage.as_of", Exit::Usage, format!("\"{asked}\" is no moment"))
                .fact("a date, a time, 3d (ago), a record id, #N, git:REV or session:ID")
                .hint(example),
        )),
        Ok(moment) => {
            let end = moment.end(clock).unwrap_or(clock.now).timestamp_micros();
            Ok((AsOf::Time(Timestamp(end)), Some(u64::try_from(end).unwrap_or(0))))
        }
    }
}
