//! What figures are made of: the facts of the moment that is looked at.
//!
//! Start at [`Evidence::of`].
//!
//! - **Invariant.** With `--as-of` it is that day, and nothing that was recorded later is known.

use chrono::NaiveDate;
use milestone_analytics::{Extent, Facts};
use milestone_core::domain::Plan;
use milestone_core::words::{Date, Slug, Timestamp};

use super::refs;
use crate::args::values::{Clock, Sense, when};
use crate::run::context::{Context, Moment};
use crate::run::problem;
use crate::ui::error::{Exit, Problem};
use crate::ui::text::sanitize;

/// The facts of a moment, and what is asked about.
pub(super) struct Evidence {
    /// The moment.
    pub(super) moment: Moment,
    /// What had happened.
    pub(super) facts: Facts,
    /// The present, or the end of the past that is looked at.
    pub(super) now: Timestamp,
    /// The milestone that is asked about; `None` for the whole project.
    pub(super) about: Option<Slug>,
}

impl Evidence {
    /// The facts of the moment that the flags name, without anything that is asked about.
    pub(super) fn of(context: &mut Context) -> Result<Self, Box<Problem>> {
        let moment = context.moment()?;
        let (facts, now) = facts_at(context, &moment)?;
        Ok(Self { moment, facts, now, about: None })
    }

    /// The same about the milestone that `asked` means.
    pub(super) fn about(
        mut self,
        context: &mut Context,
        asked: &str,
        verb: &str,
    ) -> Result<Self, Box<Problem>> {
        let id = refs::find_milestone(context, &self.moment, asked, verb)?;
        self.about = Slug::new(&id).ok();
        Ok(self)
    }

    /// Which tasks are meant.
    pub(super) fn extent(&self) -> Extent<'_> {
        self.about.as_ref().map_or(Extent::Project, Extent::Milestone)
    }

    /// The day.
    pub(super) fn today(&self) -> i64 {
        self.facts.day(self.now)
    }

    /// The title of what is asked about.
    pub(super) fn title(&self) -> String {
        let title = match &self.about {
            Some(id) => self.facts.milestones.get(id).map(|held| held.life.title.to_string()),
            None => Some(self.moment.state.project().name.clone()).filter(|name| !name.is_empty()),
        };
        let title = title.unwrap_or_else(|| "The project".to_owned());
        sanitize(&title).into_owned()
    }

    /// The day that a WHEN means.
    pub(super) fn day_of(
        &self,
        context: &Context,
        flag: &str,
        text: &str,
    ) -> Result<i64, Box<Problem>> {
        let days = self.today() - context.today().days();
        let now = context.clock.now + chrono::TimeDelta::days(days);
        let clock = Clock { now, ..context.clock };
        let wrong = |why: String| {
            let problem = Problem::new("usage.bad_value", Exit::Usage, format!("{flag}: {why}"));
            Box::new(problem.unchanged().hint("milestone help time"))
        };
        let day = when(text, &clock, Sense::Plan).map_err(|error| wrong(error.to_string()))?;
        let day = day.day(&clock).ok_or_else(|| wrong(format!("\"{text}\" is no day")))?;
        Ok(Date(day).days())
    }
}

/// What had happened by a moment, and which one that is.
pub(super) fn facts_at(
    context: &mut Context,
    moment: &Moment,
) -> Result<(Facts, Timestamp), Box<Problem>> {
    let (present, offset) = (context.around.now, context.clock.offset_minutes);
    let past = moment.as_of.is_some().then_some((&moment.state, moment.heads.as_slice()));
    let facts = context.project()?.facts(past, offset);
    let facts = facts.map_err(|error| problem::history(&error))?;
    let asked = moment.clock_max.map(|max| Timestamp(i64::try_from(max).unwrap_or(i64::MAX)));
    let now = match (moment.as_of.is_some(), asked) {
        (false, _) => present,
        (true, Some(asked)) => asked.min(present),
        (true, None) => facts.recorded_until.unwrap_or(present),
    };
    Ok((facts, now))
}

/// The time of a moment, and its day.
pub(in crate::run) fn moment_of(
    context: &mut Context,
    moment: &Moment,
) -> Result<(Timestamp, Date), Box<Problem>> {
    if moment.as_of.is_none() {
        return Ok((context.around.now, context.today()));
    }
    let (facts, now) = facts_at(context, moment)?;
    Ok((now, Date::from_days(facts.day(now))))
}

/// A day as dates are printed.
pub(super) fn date(day: i64) -> NaiveDate {
    Date::from_days(day).0
}

/// `1 task`, `3 tasks`.
pub(super) fn tasks(count: u64) -> String {
    if count == 1 { "1 task".to_owned() } else { format!("{count} tasks") }
}
