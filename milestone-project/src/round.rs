//! A round: what several callers ask for at once, and what each of them is told.
//!
//! Start at [`Share`] and `Project::carry_out`.
//!
//! - **Invariant.** A record that may or may not be there is told of by its own id.

use milestone_core::domain::Command;
use milestone_core::words::RecordId;

use crate::caller::Caller;
use crate::error::ExecuteError;
use crate::execute::{Outcome, Warning};

/// What became of a command.
pub(crate) type Done = Result<Outcome, ExecuteError>;

/// A record that is to be appended: its id and its line.
pub(crate) type NewRecord = (RecordId, String);

/// What one caller asks for: each command with its key.
pub(crate) struct Share {
    pub(crate) caller: Caller,
    pub(crate) commands: Vec<(Option<String>, Command)>,
    /// What the caller should know besides.
    pub(crate) warnings: Vec<Warning>,
}

impl Share {
    pub(crate) fn new(caller: Caller, commands: Vec<(Option<String>, Command)>) -> Self {
        Self { caller, commands, warnings: Vec::new() }
    }
}

/// What became of each command, and what is to be written.
#[derive(Default)]
pub(crate) struct Round {
    pub(crate) outcomes: Vec<Done>,
    pub(crate) lines: Vec<NewRecord>,
    /// True if one of them is earlier, by its own time, than what it builds on.
    pub(crate) early: bool,
}

/// Tells each caller by the last of its commands that succeeded.
pub(crate) fn add_warnings(mut outcomes: &mut [Done], shares: &[Share], warnings: &[Warning]) {
    for share in shares {
        let (own, rest) = outcomes.split_at_mut(share.commands.len());
        if let Some(outcome) = own.iter_mut().rev().find_map(|outcome| outcome.as_mut().ok()) {
            outcome.warnings.extend(share.warnings.iter().chain(warnings).cloned());
        }
        outcomes = rest;
    }
}

/// What each is told of a round that failed once all in it was decided.
pub(crate) fn failed(decided: Vec<Done>, why: &ExecuteError) -> Vec<Done> {
    let mut built_on = false;
    let told = decided.into_iter().map(|outcome| match (why, outcome) {
        (ExecuteError::Unknown { source, .. }, Ok(Outcome { record: Some(record), .. })) => {
            Err(ExecuteError::Unknown { record, source: source.clone() })
        }
        (ExecuteError::Unknown { .. }, outcome) => outcome,
        (why, Ok(outcome)) => {
            built_on |= outcome.record.is_some();
            Err(why.clone())
        }
        // It may have been refused because of a record that is taken back.
        (why, Err(_)) if built_on => Err(why.clone()),
        (_, refused) => refused,
    });
    told.collect()
}
