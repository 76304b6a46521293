//! The events that a command looks at: filtered, and as they were at the moment asked for.
//!
//! Start at [`Asked::entries`].
//!
//! - **Invariant.** At an earlier moment exactly the records that its state was made of are seen: a
//!   beginning of the order, or what a record was built on.

use std::collections::{BTreeSet, HashMap, HashSet};

use milestone_core::domain::{Plan, reference_of};
use milestone_core::projection::State;
use milestone_core::words::{RecordId, StreamId, Timestamp};
use milestone_project::{Entry, HistoryFilter};

use super::refs;
use crate::args::values::{Sense, when};
use crate::run::context::{Context, Moment};
use crate::run::problem;
use crate::ui::error::{Exit, Problem};

/// Which events are asked for, in the words of the command line.
#[derive(Debug, Default)]
pub(super) struct Asked<'a> {
    /// A milestone or task.
    pub(super) reference: Option<&'a str>,
    /// `--since`.
    pub(super) since: Option<&'a str>,
    /// `--until`.
    pub(super) until: Option<&'a str>,
    /// Who did it.
    pub(super) who: Option<String>,
    /// Of these kinds.
    pub(super) kinds: Vec<String>,
    /// The newest so many.
    pub(super) limit: Option<usize>,
}

impl Asked<'_> {
    /// The events that fit, oldest first. `verb` is what hints begin with.
    pub(super) fn entries(
        self,
        context: &mut Context,
        moment: &Moment,
        verb: &str,
    ) -> Result<Vec<Entry>, Box<Problem>> {
        let streams = match self.reference {
            None => None,
            Some(asked) => {
                let stream = find_any(context, moment, asked, verb)?;
                Some(context.project()?.streams_about(&stream))
            }
        };
        let (since, until) = (self.moment(context, false)?, self.moment(context, true)?);
        let earlier = moment.as_of.is_some() && moment.clock_max.is_none();
        let filter = HistoryFilter {
            streams,
            since,
            until,
            who: self.who,
            kinds: self.kinds,
            limit: self.limit.filter(|_| !earlier),
            clock_max: moment.clock_max,
        };
        let project = context.project()?;
        let mut entries = project.history(&filter).map_err(|error| problem::history(&error))?;
        if earlier {
            let known = known_at(context, moment)?;
            entries.retain(|entry| known.contains(&entry.record));
            let most = self.limit.unwrap_or(usize::MAX);
            entries.drain(..entries.len().saturating_sub(most));
        }
        Ok(entries)
    }

    fn moment(&self, context: &Context, end: bool) -> Result<Option<Timestamp>, Box<Problem>> {
        let (flag, text) = if end { ("--until", self.until) } else { ("--since", self.since) };
        let Some(text) = text else { return Ok(None) };
        let clock = &context.clock;
        let when = when(text, clock, Sense::Past).map_err(|error| {
            Problem::new("usage.bad_value", Exit::Usage, format!("{flag}: {error}"))
                .unchanged()
                .hint(format!("milestone log {flag} 2026-03-05"))
        })?;
        let moment = if end { when.end(clock) } else { when.begin(clock) };
        Ok(moment.map(|moment| Timestamp(moment.timestamp_micros())))
    }
}

/// The stream that `asked` means, also of a task that was taken out.
fn find_any(
    context: &mut Context,
    moment: &Moment,
    asked: &str,
    verb: &str,
) -> Result<StreamId, Box<Problem>> {
    match refs::find(context, moment, asked, verb) {
        Err(problem) if problem.code == "ref.not_found" => {
            let stream = StreamId::parse(asked).filter(StreamId::is_task);
            let there = |stream: &StreamId| moment.state.task(stream.as_str()).is_some();
            stream.filter(there).ok_or(problem)
        }
        found => found,
    }
}

/// The records that a moment is made of: its heads and everything they were built on, which is
/// also right for the first so many, for those are what the last of them were built on.
pub(super) fn known_at(
    context: &mut Context,
    moment: &Moment,
) -> Result<HashSet<RecordId>, Box<Problem>> {
    let all = context.project()?.history(&HistoryFilter::default());
    let all = all.map_err(|error| problem::history(&error))?;
    let prefix = moment
        .as_of
        .as_ref()
        .is_some_and(|asked| asked.starts_with('#') || asked.starts_with("session:"));
    if prefix {
        let first = all.into_iter().filter(|entry| entry.number <= moment.count);
        return Ok(first.map(|entry| entry.record).collect());
    }
    let parents: HashMap<RecordId, Vec<RecordId>> =
        all.into_iter().map(|entry| (entry.record, entry.prev)).collect();
    let mut known = HashSet::new();
    let mut open = moment.heads.clone();
    while let Some(id) = open.pop() {
        if known.insert(id) {
            open.extend(parents.get(&id).into_iter().flatten());
        }
    }
    Ok(known)
}

/// What people call the thing that an event is about.
pub(super) fn about(state: &State, entry: &Entry) -> String {
    match &entry.stream {
        Some(stream) if stream.as_str() == StreamId::PROJECT => "project".to_owned(),
        Some(stream) => reference_of(state, stream),
        None => entry.milestone_id.clone().unwrap_or_else(|| "-".to_owned()),
    }
}

/// `Thu 03-12 10:41`, or `2025-03-12 10:41` in another year; where the user is.
pub(super) fn local_time(context: &Context, at: Timestamp) -> String {
    let shift = i64::from(context.clock.offset_minutes) * 60_000_000;
    let text = Timestamp(at.0.saturating_add(shift)).to_string();
    let (date, time) = (text.get(..10).unwrap_or_default(), text.get(11..16).unwrap_or_default());
    let day = at.date(context.clock.offset_minutes).0;
    let this_year = chrono::Datelike::year(&day) == chrono::Datelike::year(&context.today().0);
    match this_year {
        true => format!("{} {} {time}", day.format("%a"), date.get(5..).unwrap_or_default()),
        false => format!("{date} {time}"),
    }
}

/// The names of the kinds that can be asked for and are understood.
pub(super) fn known_kinds() -> BTreeSet<&'static str> {
    use milestone_core::domain::{KINDS, RESERVED_KINDS};
    KINDS.iter().map(|kind| kind.name).chain(RESERVED_KINDS.iter().copied()).collect()
}
