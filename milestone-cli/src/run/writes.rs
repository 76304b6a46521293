//! Commands that write: each goes through the project, and says what holds now.
//!
//! Start at [`run`]. [`act`] carries one command of the core out and prints what came of it; each
//! family of commands has a file that builds the command and words the result.
//!
//! - **Invariant.** One command line is one record, or none.
//! - **Invariant.** Nothing here prints.

mod act;
mod bulk;
mod config;
mod create;
mod flow;
mod init;
mod input;
mod keep;
mod outline;
mod parts;
mod repair;
mod result;
mod seen;
mod told;
mod undo;
mod unknown;
mod view;

pub(super) use act::warned;

use milestone_core::query::Scope;

use super::context::{Context, Ran};
use crate::args::dep::DepCommand;
use crate::args::history::{ConflictsCommand, LogCommand};
use crate::args::project::ConfigCommand;
use crate::args::task::TaskCommand;
use crate::args::tree::Command;
use crate::args::view::ViewCommand;

/// Runs one of them.
pub(super) fn run(context: &mut Context, command: &Command) -> Ran {
    match command {
        Command::Init(args) => init::init(context, args),
        Command::New(args) => create::new(context, args),
        Command::Start(args) => flow::start(context, args),
        Command::Progress(args) => flow::progress(context, args),
        Command::Done(args) => flow::done(context, args),
        Command::Cancel(args) => flow::cancel(context, args),
        Command::Reopen(args) => flow::reopen(context, args),
        Command::Archive(args) => flow::archive(context, args),
        Command::Unarchive(args) => flow::unarchive(context, args),
        Command::Block(args) => parts::block(context, args),
        Command::Unblock(args) => parts::unblock(context, args),
        Command::Note(args) => parts::note(context, args),
        Command::Edit(args) => match &args.filter {
            Some(filter) => bulk::edit(context, args, filter, Scope::Milestones),
            None => parts::edit(context, args),
        },
        Command::Check(args) => parts::check(context, args, true),
        Command::Uncheck(args) => parts::check(context, args, false),
        Command::Dep(DepCommand::Add(args)) => parts::dep(context, args, true),
        Command::Dep(DepCommand::Remove(args)) => parts::dep(context, args, false),
        Command::Task(TaskCommand::Add(args)) => create::add(context, args),
        Command::Task(TaskCommand::Edit(args)) => match &args.filter {
            Some(filter) => bulk::edit(context, args, filter, Scope::Tasks),
            None => parts::edit(context, args),
        },
        Command::Task(TaskCommand::Remove(args)) => parts::remove(context, args),
        Command::Task(TaskCommand::Move(args)) => parts::move_task(context, args),
        Command::View(ViewCommand::Save(args)) => view::save(context, args),
        Command::View(ViewCommand::Remove(args)) => view::remove(context, &args.name),
        Command::Undo(args) => undo::undo(context, args),
        Command::Adopt(args) => keep::adopt(context, args),
        Command::Replay(args) => keep::replay_into(context, args),
        Command::Doctor(_) => repair::repair(context),
        Command::Config(args) => self::config(context, args),
        Command::Log(args) => match &args.command {
            Some(LogCommand::Merge { files }) => keep::merge(context, files),
            _ => keep::recover(context),
        },
        Command::Conflicts(args) => match &args.command {
            Some(ConflictsCommand::Resolve { id, note }) => {
                parts::resolve(context, id, note.as_deref())
            }
            None => super::missing("not there"),
        },
        _ => super::missing("not there"),
    }
}

/// Runs `config`, also what of it only reads.
pub(super) fn config(context: &mut Context, command: &ConfigCommand) -> Ran {
    config::run(context, command)
}
