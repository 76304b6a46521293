//! Carrying out commands: lock, catch up, decide, append, project, unlock, sync.
//!
//! Start at [`Project::execute`].
//!
//! - **Invariant.** A command is decided on the very state that its record is appended to, and its
//!   time is taken while nobody else can append.
//! - **Invariant.** Once the line is appended the command has succeeded: a view that cannot be
//!   written is a warning, and the next command catches it up.
//! - **Not promised.** Until `execute` returns, a power cut may take the record away again.

use std::time::Duration;

use milestone_core::domain::{Asker, Command, Event, Refusal, decide};
use milestone_core::log::{
    AppendError, Draft, LINE_BYTES_MAX, LockGuard, LogStore, NewLine, Pending, ReadError, Reads,
    Record, record,
};
use milestone_core::projection::{CommandKey, Folder};
use milestone_core::words::{Ids, RecordId, RecordKey, Seed, StreamId, Text};
use sha2::{Digest, Sha256};

use crate::caller::Caller;
use crate::error::ExecuteError;
use crate::project::Project;
use crate::round::{Done, NewRecord, Round, Share, add_warnings};
use crate::scale::Backend;
use crate::trial::{Trial, broken};

/// How long a command waits for others to finish theirs.
const LOCK_WAIT: Duration = Duration::from_secs(10);

/// How far the newest record may be ahead of the clock before a command says so.
const CLOCK_AHEAD_HOURS: u64 = 24;

/// What became of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The record; `None` if there was nothing to record, or nothing was to be written.
    pub record: Option<RecordId>,
    /// True if the record is of an earlier call with the same key.
    pub duplicate: bool,
    /// What happened.
    pub events: Vec<Event<'static>>,
    /// What the caller should know besides.
    pub warnings: Vec<Warning>,
}

/// Something that does not keep a command from succeeding.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// The newest record says that it is from the future.
    ClockAhead {
        /// By how many hours.
        hours: u64,
        /// One of the newest records.
        record: RecordId,
    },
    /// A view could not be brought up to date.
    ViewBehind {
        /// Why.
        why: String,
    },
    /// A view has been edited by hand and was left as it is.
    Unadopted {
        /// The files, by their paths in the project's directory.
        files: Vec<String>,
    },
    /// The project has grown: questions are answered from a larger backend now.
    Moved {
        /// The backend before.
        from: Backend,
        /// The backend now.
        to: Backend,
        /// Milestones that are not archived.
        milestones: usize,
        /// People of the last days.
        people: usize,
        /// True if a setting asked for it, and not the scale: going back would not last.
        pinned: bool,
    },
    /// The project has grown, but could not move on. It works as before.
    NotMoved {
        /// The backend that it should have.
        to: Backend,
        /// Why it does not.
        why: String,
    },
    /// What was recorded is in the log, and not in the directory of the backups.
    NotBackedUp {
        /// Why.
        why: String,
    },
    /// Log files of this clone are shorter than they were: records may be gone from the work tree.
    Shrunk {
        /// The files.
        files: Vec<String>,
        /// How many kept lines are in no file of the log.
        missing: usize,
    },
}

/// A command that was decided and not appended yet.
struct Decided {
    id: RecordId,
    line: String,
    events: Vec<Event<'static>>,
}

impl Project {
    /// Carries out one command.
    ///
    /// # Errors
    ///
    /// [`ExecuteError`]: each variant says whether anything was written.
    pub fn execute(&mut self, command: &Command, caller: &Caller) -> Result<Outcome, ExecuteError> {
        let command = std::iter::once((caller.key.clone(), command.clone()));
        let mut outcomes = self.execute_all(command, caller, |_| true)?;
        outcomes.pop().expect("one command has one outcome")
    }

    /// Carries out many commands under one lock, each with a key of its own, and makes them durable
    /// together. A command that is refused is told so in its place and keeps no other from
    /// succeeding; a crash leaves a beginning of them recorded. `approve` sees what was decided
    /// before anything is written, and may still say no.
    ///
    /// # Errors
    ///
    /// [`ExecuteError`] if none of them was recorded, or nobody knows.
    pub fn execute_all(
        &mut self,
        commands: impl IntoIterator<Item = (Option<String>, Command)>,
        caller: &Caller,
        approve: impl FnOnce(&[Result<Outcome, ExecuteError>]) -> bool,
    ) -> Result<Vec<Result<Outcome, ExecuteError>>, ExecuteError> {
        let share = Share::new(caller.clone(), commands.into_iter().collect());
        let mut outcomes = Vec::new();
        self.carry_out(vec![share], approve, &|| false, &mut outcomes)?;
        Ok(outcomes)
    }

    /// Carries out what several callers ask for under one lock, by one write and one sync, each at
    /// a time of its own. Should it fail once all was decided, `outcomes` has the decisions. Where
    /// `others_wait` already, they are not made to wait for the index.
    pub(crate) fn carry_out(
        &mut self,
        mut shares: Vec<Share>,
        approve: impl FnOnce(&[Done]) -> bool,
        others_wait: &dyn Fn() -> bool,
        outcomes: &mut Vec<Done>,
    ) -> Result<(), ExecuteError> {
        let dry_run = shares.iter().any(|share| share.caller.dry_run);
        if self.read_only && !dry_run {
            return Err(ExecuteError::ReadOnly);
        }
        let guard = match dry_run {
            true => None,
            false => Some(self.store.lock(LOCK_WAIT)?),
        };
        shares.iter_mut().for_each(|share| share.caller = share.caller.timed());
        let shrunk = match &guard {
            Some(_) => self.shrunk_files()?,
            None => Vec::new(),
        };
        self.refresh()?;
        if let Some(v) = self.checkpoint.too_new {
            return Err(ExecuteError::TooNew { v });
        }
        for share in &mut shares {
            share.warnings.clone_from(&shrunk);
            share.warnings.extend(self.clock_ahead(&share.caller));
        }
        let (before, digest) = (self.checkpoint.count, self.checkpoint.digest);
        let decided = self.decide_soundly(&shares);
        // What is made of the state from here on depends on the log alone.
        self.state.look_around(None);
        let Round { outcomes: decided, lines, early } = decided?;
        *outcomes = decided;
        let approved = approve(outcomes) && !lines.is_empty();
        let Some(guard) = guard.filter(|_| approved) else {
            // Whatever was folded while deciding is taken back: nothing of it was recorded.
            if !lines.is_empty() {
                self.restore()?;
            }
            for outcome in outcomes.iter_mut().flatten().filter(|outcome| !outcome.duplicate) {
                outcome.record = None;
            }
            if !dry_run {
                self.settle_repeated(outcomes)?;
            }
            add_warnings(outcomes, &shares, &[]);
            return Ok(());
        };
        let mut warnings = Vec::new();
        let (last, pending) = self.append_new(&guard, &lines)?;
        // The line is in the log: whatever cannot be read now is read again by the next command.
        let appended = self.store.appended(&pending);
        if appended.and_then(|appended| self.mark_files(&appended, early)).is_err() {
            warnings.push(Warning::ViewBehind { why: "the log could not be read back".into() });
        } else {
            warnings.extend(self.update_views());
        }
        self.keep_tables_current(before, others_wait());
        let followed = self.follow_with_backup((before, digest), &lines);
        drop(guard);
        let caller = &shares.last().expect("a line has a caller").caller;
        self.make_durable(pending, last, lines.len(), caller)?;
        self.keep_snapshot_current();
        warnings.extend(self.followed_by_backup(followed, caller));
        warnings.extend(self.grow(caller));
        add_warnings(outcomes, &shares, &warnings);
        Ok(())
    }

    /// Syncs what was appended, and counts it.
    fn make_durable(
        &mut self,
        pending: Pending,
        last: RecordId,
        count: usize,
        caller: &Caller,
    ) -> Result<(), ExecuteError> {
        let begun = caller.clock.map(|clock| clock());
        let synced = self.store.sync(pending);
        synced.map_err(|error| ExecuteError::Unknown { record: last, source: error.into() })?;
        self.meter.appended += count as u64;
        if let (Some(begun), Some(clock)) = (begun, caller.clock) {
            self.meter.sync_us += clock().0.saturating_sub(begun.0).max(0).unsigned_abs();
        }
        Ok(())
    }

    /// Whoever carried a repeated command out first may not have synced it yet.
    fn settle_repeated(&self, outcomes: &[Done]) -> Result<(), ExecuteError> {
        let repeated = outcomes.iter().flatten().find(|outcome| outcome.duplicate);
        let Some(record) = repeated.and_then(|outcome| outcome.record) else { return Ok(()) };
        let synced = self.store.sync_newest();
        synced.map_err(|error| ExecuteError::Unknown { record, source: error.into() })
    }

    /// Appends what was decided. If that fails, the state is what it was before.
    fn append_new(
        &mut self,
        guard: &LockGuard,
        lines: &[NewRecord],
    ) -> Result<(RecordId, Pending), ExecuteError> {
        let new: Vec<NewLine<'_>> =
            lines.iter().map(|(id, line)| NewLine { id: *id, bytes: line.as_bytes() }).collect();
        let last = lines.last().expect("there are lines").0;
        match self.store.append(guard, &new) {
            Ok(pending) => Ok((last, pending)),
            Err(error) => {
                // What cannot be read now is read by the next command; what this one came to is
                // to be told in any case.
                let _ = self.restore();
                Err(match error {
                    AppendError::NotTakenBack { .. } => {
                        ExecuteError::Unknown { record: last, source: error.into() }
                    }
                    error => ExecuteError::NotRecorded(error.into()),
                })
            }
        }
    }

    /// Decides the commands on what the log says. A snapshot that turned out to be damaged answered
    /// as if something were not there: then nothing of it counts.
    fn decide_soundly(&mut self, shares: &[Share]) -> Result<Round, ReadError> {
        let round = self.decide_all(shares);
        if !self.is_damaged() {
            return Ok(round);
        }
        self.rebuild()?;
        Ok(self.decide_all(shares))
    }

    /// Decides the commands one after the other, each on the state that those before it leave.
    fn decide_all(&mut self, shares: &[Share]) -> Round {
        let mut round = Round::default();
        for Share { caller, commands, .. } in shares {
            self.look_around_again(caller.now);
            for (number, (key, command)) in commands.iter().enumerate() {
                let newest = self.checkpoint.newest_head;
                let decided = self.decide_one(key.as_deref(), command, caller, number);
                round.outcomes.push(decided.map(|decided| match decided {
                    Ok(decided) => {
                        round.early |= newest.is_some_and(|newest| caller.now < newest);
                        round.lines.push((decided.id, decided.line));
                        let (record, events) = (Some(decided.id), decided.events);
                        Outcome { record, duplicate: false, events, warnings: Vec::new() }
                    }
                    Err(outcome) => outcome,
                }));
            }
        }
        round
    }

    /// Decides one command and folds it on. `Ok(Err(outcome))` if there is nothing to append.
    fn decide_one(
        &mut self,
        key: Option<&str>,
        command: &Command,
        caller: &Caller,
        number: usize,
    ) -> Result<Result<Decided, Outcome>, ExecuteError> {
        let command_id = match key.map(|key| self.command_id(key, command)).transpose()? {
            Some(Err(outcome)) => return Ok(Err(outcome)),
            Some(Ok(command_id)) => Some(command_id),
            None => None,
        };
        let asker =
            Asker { actor: &caller.actor, now: caller.now, at: caller.at, exact: caller.exact };
        let mut ids = Ids::new(seed_of(&caller.seed, number));
        let events = self.decide_command(&asker, &mut ids, command)?;
        if events.is_empty() {
            let warnings = Vec::new();
            return Ok(Err(Outcome { record: None, duplicate: false, events, warnings }));
        }
        let reads = self.reads(&events, caller)?;
        let prev = self.checkpoint.heads.clone();
        let draft = Draft {
            prev: &prev,
            max_clock: self.checkpoint.max_clock,
            now: caller.now,
            actor: &caller.actor,
            session_id: &caller.session_id,
            user_context: caller.user_context.as_deref(),
            command_id: command_id.as_deref(),
            reads: &reads,
            events: &events,
        };
        let encoded = draft.encode();
        let (id, clock) = (encoded.id, encoded.clock);
        let bytes = encoded.line.len();
        if bytes >= LINE_BYTES_MAX {
            let bytes_max = LINE_BYTES_MAX;
            let too_large = AppendError::TooLarge { bytes, bytes_max };
            return Err(ExecuteError::NotRecorded(too_large.into()));
        }
        let record = Record {
            id,
            v: record::FORMAT_VERSION,
            prev: prev.into(),
            clock,
            timestamp: caller.now,
            actor: Text::from(caller.actor.clone()),
            session_id: Text::from(caller.session_id.clone()),
            user_context: None,
            command_id: command_id.map(Text::from),
            reads,
            events: events.into(),
        };
        let mut folder = Folder::onto(std::mem::take(&mut self.state));
        folder.fold(&record).expect("a record that read every head follows them");
        self.state = folder.state;
        self.checkpoint.push(id, clock, caller.now, &record.prev);
        Ok(Ok(Decided { id, line: encoded.line, events: record.events.into() }))
    }

    /// Decides one command: edits that are adopted each on what those before it leave, and an
    /// undoing only if what it leaves breaks no rule.
    fn decide_command(
        &self,
        asker: &Asker<'_>,
        ids: &mut Ids,
        command: &Command,
    ) -> Result<Vec<Event<'static>>, Refusal> {
        match command {
            Command::Adopt { edits } => {
                let mut trial = Trial::on(&self.state, self.checkpoint.max_clock, asker, ids);
                let mut events = Vec::new();
                for edit in edits {
                    events.extend(trial.decide(edit)?);
                }
                Ok(events)
            }
            Command::Undo { record, .. } => {
                let mut trial = Trial::on(&self.state, self.checkpoint.max_clock, asker, ids);
                let events = trial.decide(command)?;
                match broken(&self.state, &trial.state, &events) {
                    Some(why) => Err(Refusal::CannotUndo { record: *record, why }),
                    None => Ok(events),
                }
            }
            Command::AddDependencies { target, after, terms } => {
                let (target, terms) = (target.clone(), *terms);
                let after = after.iter().map(|asked| self.as_seen_here(asked)).collect();
                let command = Command::AddDependencies { target, after, terms };
                decide(&self.state, asker, ids, &command)
            }
            command => decide(&self.state, asker, ids, command),
        }
    }

    /// The `command_id` of a command under a caller's key; the first outcome if it has one already.
    fn command_id(
        &self,
        key: &str,
        command: &Command,
    ) -> Result<Result<String, Outcome>, ExecuteError> {
        let content = RecordId(Sha256::digest(command.canonical()).into()).key();
        let known = self.state.command(&CommandKey::of(key));
        if let Some(entry) = known.iter().find(|entry| entry.content == content.0) {
            let record = Some(entry.record);
            let (events, warnings) = (Vec::new(), Vec::new());
            return Ok(Err(Outcome { record, duplicate: true, events, warnings }));
        }
        match known.first() {
            Some(entry) => {
                let (key, record) = (key.to_owned(), entry.record);
                Err(ExecuteError::KeyReused { key, record })
            }
            None => Ok(Ok(format!("{key}~{content}"))),
        }
    }

    /// The heads of every stream that the events belong to.
    fn reads(
        &self,
        events: &[Event<'static>],
        caller: &Caller,
    ) -> Result<Reads<'static>, ExecuteError> {
        let mut reads: Vec<(Text<'static>, Vec<RecordKey>)> = Vec::new();
        for stream in events.iter().filter_map(Event::stream) {
            if !reads.iter().any(|(named, _)| **named == *stream.as_str()) {
                let heads = self.state.frontier(stream.as_str());
                reads.push((Text::from(stream.to_string()), heads));
            }
        }
        if let (Some(expect), Some((stream, found))) =
            (&caller.expect, self.expected_stream(&reads))
        {
            let same = expect.heads.len() == found.len()
                && found.iter().all(|head| expect.heads.contains(head));
            if !same {
                return Err(ExecuteError::Moved { stream, found });
            }
        }
        Ok(reads.into_iter().collect())
    }

    /// The stream that a caller's expectation is about: the last one, for a milestone that is begun
    /// along with its task comes before it.
    fn expected_stream(
        &self,
        reads: &[(Text<'static>, Vec<RecordKey>)],
    ) -> Option<(String, Vec<RecordKey>)> {
        let mut named = reads.iter().filter(|(stream, _)| **stream != *StreamId::PROJECT);
        named.next_back().map(|(stream, heads)| (stream.to_string(), heads.clone()))
    }

    fn clock_ahead(&self, caller: &Caller) -> Option<Warning> {
        let now = u64::try_from(caller.now.0).unwrap_or(0);
        let hours = self.checkpoint.max_clock.saturating_sub(now) / 3_600_000_000;
        let record = self.checkpoint.last?.1;
        (hours >= CLOCK_AHEAD_HOURS).then_some(Warning::ClockAhead { hours, record })
    }
}

/// The seed of the ids of one command among several.
fn seed_of(seed: &Seed, number: usize) -> Seed {
    if number == 0 {
        return *seed;
    }
    let mut hash = Sha256::new();
    hash.update(seed);
    hash.update((number as u64).to_le_bytes());
    hash.finalize().into()
}
