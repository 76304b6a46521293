//! Verbs whose flags are described only when they are typed.
//!
//! Start at [`Late`]. Describing all flags of all verbs takes longer than most commands do.
//!
//! - **Invariant.** The tree "for update" has verbs with their names and aliases only; clap asks
//!   for the rest of the one that was typed. Words are parsed with it first, and nothing else is
//!   done with it: help, completion and doubts are of the whole tree.
//! - **Absent on purpose.** Verbs of verbs: they are described with the verb they belong to.

use std::fmt;
use std::ops::Deref;

use clap::{Arg, ArgMatches, Args, Command, Error, FromArgMatches, Id, Subcommand};

/// What was typed behind a verb.
#[derive(Clone, PartialEq, Eq)]
pub struct Late<T>(Box<T>);

impl<T: fmt::Debug> fmt::Debug for Late<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T> Deref for Late<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> From<T> for Late<T> {
    fn from(typed: T) -> Self {
        Self(Box::new(typed))
    }
}

impl<T: FromArgMatches> FromArgMatches for Late<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        T::from_arg_matches(matches).map(Self::from)
    }

    fn from_arg_matches_mut(matches: &mut ArgMatches) -> Result<Self, Error> {
        T::from_arg_matches_mut(matches).map(Self::from)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0.update_from_arg_matches(matches)
    }
}

impl<T: Args> Args for Late<T> {
    fn group_id() -> Option<Id> {
        T::group_id()
    }

    fn augment_args(verb: Command) -> Command {
        T::augment_args(verb)
    }

    fn augment_args_for_update(verb: Command) -> Command {
        verb.defer(|verb| described(&verb, T::augment_args))
    }
}

impl<T: Subcommand> Subcommand for Late<T> {
    fn augment_subcommands(verb: Command) -> Command {
        T::augment_subcommands(verb)
    }

    fn augment_subcommands_for_update(verb: Command) -> Command {
        verb.defer(|verb| {
            // The derive leaves these two out of a tree for update.
            let verb = described(&verb, T::augment_subcommands);
            verb.subcommand_required(true).arg_required_else_help(true)
        })
    }

    fn has_subcommand(name: &str) -> bool {
        T::has_subcommand(name)
    }
}

/// Describes a verb that has the shared flags already: one of its own with the same name stays.
fn described(verb: &Command, describe: fn(Command) -> Command) -> Command {
    let described = describe(Command::new(verb.get_name().to_owned()));
    let is_shared = |arg: &&Arg| described.get_arguments().all(|own| own.get_id() != arg.get_id());
    let shared: Vec<Arg> = verb.get_arguments().filter(is_shared).cloned().collect();
    described.args(shared)
}
