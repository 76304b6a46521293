//! Progress reports of a long-lived process, kept back for a while and recorded together.
//!
//! Start at [`Batch`]. What asks once and ends, such as the command line, has no use for it.
//!
//! - **Invariant.** A report that waits was not recorded and is not acknowledged: it is decided
//!   when it is flushed, and what is refused then comes back from [`Batch::flush`] or
//!   [`Batch::close`].
//! - **Invariant.** Reports on one thing become one, unless that would lose something: time is
//!   added up, and a report with a note, a key or a time of its own stays by itself. So does one
//!   that may begin something while others wait behind it, which may begin what it waits for.
//! - **Invariant.** Whatever else this process does to a milestone comes after the reports on it.
//! - **Invariant.** A flush that fails leaves everything waiting that was not recorded.
//! - **Absent on purpose.** A clock and a thread: whoever embeds it calls [`Batch::tick`].
//! - **Not promised.** What waits when a `Batch` is dropped, or its process dies, is lost.

use std::collections::BTreeSet;

use milestone_core::domain::{Command, Plan, ProgressValue, SessionStep, Stage, resolve};
use milestone_core::words::{StreamId, Timestamp, check_prose};

use crate::caller::Caller;
use crate::error::ExecuteError;
use crate::execute::{Outcome, Warning};
use crate::project::Project;

/// How long a report waits at most, in seconds.
pub const BATCH_WAIT_SECONDS: i64 = 30;

/// So many reports wait at most; the next one flushes them.
pub const BATCH_REPORTS_MAX: usize = 1_000;

/// A report of progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgressReport {
    /// The milestone or task, as people type it.
    pub target: String,
    /// How far it is.
    pub value: ProgressValue,
    /// A note that goes with it.
    pub note: Option<String>,
    /// Work done, in minutes.
    pub time_spent: u32,
}

/// What is said of a report: it waits, and nothing is recorded yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Queued {
    /// How many wait, after those on one thing became one.
    pub waiting: usize,
    /// When they are due. In the past if a flush just failed: [`Batch::flush`] says why.
    pub due: Timestamp,
}

/// A report that was refused when it was decided.
#[derive(Debug)]
pub struct RefusedReport {
    /// What was reported; time that other reports had said before is in it.
    pub report: ProgressReport,
    /// Why it was refused.
    pub why: ExecuteError,
}

/// What a flush came to, and every flush since the last one that somebody asked for.
#[derive(Debug, Default)]
pub struct Flushed {
    /// How many reports were recorded.
    pub recorded: usize,
    /// Those that were refused.
    pub refused: Vec<RefusedReport>,
    /// What the caller should know besides.
    pub warnings: Vec<Warning>,
}

/// A batch that could not be closed: everything that was not recorded waits still.
#[derive(Debug, thiserror::Error)]
#[error("the reports that wait could not be recorded")]
pub struct CloseError {
    /// The batch, to try again.
    pub batch: Box<Batch>,
    /// Why.
    pub source: ExecuteError,
}

/// A project whose progress reports are recorded together.
#[derive(Debug)]
pub struct Batch {
    project: Project,
    waiting: Vec<Waiting>,
    /// When the oldest of them came.
    since: Option<Timestamp>,
    told: Flushed,
}

/// A report that waits.
#[derive(Debug)]
struct Waiting {
    report: ProgressReport,
    caller: Caller,
    /// What it is about, if anything is called that now.
    stream: Option<StreamId>,
    /// The milestones it belongs to: where it is, and where it was born.
    homes: BTreeSet<String>,
}

impl Batch {
    /// Keeps reports on `project` back from now on.
    pub fn new(project: Project) -> Self {
        Self { project, waiting: Vec::new(), since: None, told: Flushed::default() }
    }

    /// The project, without what waits.
    pub fn project(&self) -> &Project {
        &self.project
    }

    /// How many reports wait.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Takes a report. Those that are due, or too many, are recorded along with it.
    ///
    /// # Errors
    ///
    /// [`ExecuteError::ReadOnly`]: nothing could ever be recorded.
    pub fn report(
        &mut self,
        report: ProgressReport,
        caller: &Caller,
    ) -> Result<Queued, ExecuteError> {
        if self.project.read_only {
            return Err(ExecuteError::ReadOnly);
        }
        let stream = resolve(self.project.state(), &report.target, None, caller.exact).ok();
        let homes = stream.as_ref().map(|stream| self.homes(stream)).unwrap_or_default();
        self.since.get_or_insert(caller.now);
        let new = Waiting { report, caller: caller.clone(), stream, homes };
        let last = self.waiting.iter().rposition(|held| held.stream == new.stream);
        let near = |at: &usize| at + 1 == self.waiting.len() || self.begins_nothing(&new);
        match last.filter(|at| near(at) && self.waiting[*at].gives_way_to(&new)) {
            Some(at) => {
                let held = &mut self.waiting[at];
                let before = held.report.time_spent;
                *held = new;
                held.report.time_spent += before;
            }
            None => self.waiting.push(new),
        }
        if self.is_due(caller.now) || self.waiting.len() > BATCH_REPORTS_MAX {
            // What fails now waits on: the next flush that is asked for says why it fails.
            let _ = self.record(caller, |_| true);
        }
        Ok(Queued { waiting: self.waiting.len(), due: self.due(caller.now) })
    }

    /// Records what waits if it is due by the caller's time.
    ///
    /// # Errors
    ///
    /// As [`Batch::flush`].
    pub fn tick(&mut self, caller: &Caller) -> Result<(), ExecuteError> {
        match self.is_due(caller.now) {
            true => self.record(caller, |_| true),
            false => Ok(()),
        }
    }

    /// Carries out a command. Reports on the milestones that it touches are recorded before; all of
    /// them if that cannot be told, or a session is put down.
    ///
    /// # Errors
    ///
    /// [`ExecuteError`], of the command or of the reports before it: then it was not tried.
    pub fn execute(&mut self, command: &Command, caller: &Caller) -> Result<Outcome, ExecuteError> {
        if !self.waiting.is_empty() && !caller.dry_run {
            match self.touched(command, caller) {
                Some(homes) => self.record(caller, |held| !held.homes.is_disjoint(&homes))?,
                None => self.record(caller, |_| true)?,
            }
        }
        self.project.execute(command, caller)
    }

    /// Records everything that waits, and says what came of that and of every earlier recording.
    ///
    /// # Errors
    ///
    /// [`ExecuteError`] if the log could not be written: what was not recorded waits still.
    pub fn flush(&mut self, caller: &Caller) -> Result<Flushed, ExecuteError> {
        self.record(caller, |_| true)?;
        Ok(std::mem::take(&mut self.told))
    }

    /// Records everything that waits and gives the project back.
    ///
    /// # Errors
    ///
    /// [`CloseError`] with the batch, so that nothing is lost.
    pub fn close(mut self, caller: &Caller) -> Result<(Project, Flushed), CloseError> {
        match self.flush(caller) {
            Ok(flushed) => Ok((self.project, flushed)),
            Err(source) => Err(CloseError { batch: Box::new(self), source }),
        }
    }

    fn due(&self, now: Timestamp) -> Timestamp {
        let since = self.since.unwrap_or(now);
        Timestamp(since.0.saturating_add(BATCH_WAIT_SECONDS * 1_000_000))
    }

    fn is_due(&self, now: Timestamp) -> bool {
        !self.waiting.is_empty() && self.due(now) <= now
    }

    /// The milestones that a stream belongs to.
    fn homes(&self, stream: &StreamId) -> BTreeSet<String> {
        let born = stream.milestone_part().map(str::to_owned);
        let home = self.project.state().task(stream.as_str()).map(|task| task.home.to_string());
        born.into_iter().chain(home).collect()
    }

    /// The milestones that a command would touch; `None` if it would be refused, for what waits may
    /// be why, or if it puts a session down.
    fn touched(&self, command: &Command, caller: &Caller) -> Option<BTreeSet<String>> {
        if let Command::Session { step: SessionStep::Suspended | SessionStep::Ended, .. } = command
        {
            return None;
        }
        let events = self.project.rehearse(std::slice::from_ref(command), caller).pop()?.ok()?;
        let streams = events.iter().filter_map(milestone_core::domain::Event::stream);
        Some(streams.flat_map(|stream| self.homes(&stream)).collect())
    }

    /// True if a report begins nothing, for all of it is under way: then it is never refused for
    /// what was not begun before it, and nothing else is allowed because of it.
    fn begins_nothing(&self, held: &Waiting) -> bool {
        let Some(stream) = &held.stream else { return false };
        let state = self.project.state();
        let underway = |stage| stage == Some(Stage::Underway);
        let milestone = |id: &str| state.milestone(id).map(|held| held.item.stage);
        match state.task(stream.as_str()) {
            Some(task) => {
                underway(Some(task.item.stage)) && underway(milestone(task.home.as_str()))
            }
            None => underway(stream.milestone_part().and_then(milestone)),
        }
    }

    /// The reports that are recorded with the first one that is wanted: those of the same reporter,
    /// but none that would change its place among reports that it matters to.
    fn group(&self, first: usize, wanted: impl Fn(&Waiting) -> bool) -> Vec<usize> {
        let (mut group, mut passed) = (vec![first], BTreeSet::new());
        let of = &self.waiting[first].caller;
        for (at, held) in self.waiting.iter().enumerate().skip(first + 1) {
            if !wanted(held) {
                continue;
            }
            let may_pass = || !passed.contains(&held.stream) && self.begins_nothing(held);
            if held.is_from(of) && (passed.is_empty() || may_pass()) {
                group.push(at);
            } else {
                passed.insert(held.stream.clone());
            }
        }
        group
    }

    /// Records the reports that `wanted` says yes to, in the order they came, those of one reporter
    /// under one lock where their order is not told apart.
    fn record(
        &mut self,
        caller: &Caller,
        wanted: impl Fn(&Waiting) -> bool,
    ) -> Result<(), ExecuteError> {
        while let Some(first) = self.waiting.iter().position(&wanted) {
            let group = self.group(first, &wanted);
            let of = &self.waiting[first].caller;
            let of = Caller { now: caller.now, clock: caller.clock, ..of.clone() };
            let commands: Vec<_> = group.iter().map(|at| self.waiting[*at].command()).collect();
            let outcomes = self.project.execute_all(commands, &of, |_| true)?;
            let mut done: BTreeSet<usize> = group.iter().copied().collect();
            let mut outcomes = outcomes.into_iter();
            let (mut rest, mut at) = (Vec::new(), 0);
            for held in std::mem::take(&mut self.waiting) {
                match done.remove(&at) {
                    true => self.tell(held, outcomes.next()),
                    false => rest.push(held),
                }
                at += 1;
            }
            self.waiting = rest;
        }
        if self.waiting.is_empty() {
            self.since = None;
        }
        Ok(())
    }

    fn tell(&mut self, held: Waiting, outcome: Option<Result<Outcome, ExecuteError>>) {
        match outcome {
            Some(Ok(outcome)) => {
                self.told.recorded += usize::from(outcome.record.is_some());
                self.told.warnings.extend(outcome.warnings);
            }
            Some(Err(why)) => self.told.refused.push(RefusedReport { report: held.report, why }),
            None => {}
        }
    }
}

impl Waiting {
    /// What is asked for: the thing that was meant when it was reported, whatever it is called now.
    fn command(&self) -> (Option<String>, Command) {
        let ProgressReport { target, value, note, time_spent } = self.report.clone();
        let target = self.stream.as_ref().map_or(target, ToString::to_string);
        (self.caller.key.clone(), Command::Progress { target, value, note, time_spent })
    }

    /// True if the later report says everything that this one does.
    fn gives_way_to(&self, later: &Self) -> bool {
        let plain = |held: &Self| {
            held.caller.key.is_none() && held.caller.at.is_none() && held.caller.expect.is_none()
        };
        self.stream.is_some()
            && self.report.note.is_none()
            && (plain(self) && plain(later))
            && (self.is_sound() && later.is_sound())
            && self.is_from(&later.caller)
            && self.report.time_spent.checked_add(later.report.time_spent).is_some()
    }

    /// True unless it would be refused for what it says: then it must not take another one along.
    fn is_sound(&self) -> bool {
        let value = match self.report.value {
            ProgressValue::Percent(percent) => percent <= 100,
            ProgressValue::Of { done, of } => done <= of && of > 0,
        };
        value && self.report.note.as_deref().is_none_or(|note| check_prose(note).is_ok())
    }

    /// True if `caller` reports under the same conditions.
    fn is_from(&self, caller: &Caller) -> bool {
        let own = &self.caller;
        (&own.actor, &own.session_id, &own.user_context, own.at, own.exact, &own.expect)
            == (
                &caller.actor,
                &caller.session_id,
                &caller.user_context,
                caller.at,
                caller.exact,
                &caller.expect,
            )
    }
}
