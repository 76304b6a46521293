//! Running commands: words to the project, and what came of it back to words.
//!
//! Start at [`run()`]. Commands that look are in `reads`, commands that change in `writes`; both
//! get a [`Context`] and give an [`Output`] or a `Problem`.
//!
//! - **Invariant.** Nothing here prints: `main` does.
//! - **Absent on purpose.** Rules of the domain. A runner asks the project and says what it said.

pub mod context;
mod demo;
pub mod docs;
mod import;
pub mod problem;
mod query;
mod reads;
pub mod views;
mod writes;

pub use context::{Context, Output, Ran, Surroundings};

use crate::args::history::LogCommand;
use crate::args::tree::{Cli, Command};
use crate::ui::error::Problem;

/// Runs a command line.
///
/// # Errors
///
/// The problem that is to be shown; it says whether anything was written.
pub fn run(cli: &Cli, around: Surroundings) -> Ran {
    let mut context = Context::new(cli.global.clone(), around)?;
    let ran = match &cli.command {
        None => reads::home(&mut context),
        Some(Command::Config(command)) => return writes::config(&mut context, command),
        Some(command) if command.is_read() => reads::run(&mut context, command),
        Some(Command::Import(command)) => import::run(&mut context, command),
        Some(Command::Demo(args)) => demo::run(&mut context, args),
        Some(command) => writes::run(&mut context, command),
    };
    ran.map(|mut output| {
        output.stderr.splice(..0, context.asides(tells_findings(cli.command.as_ref())));
        output
    })
}

/// True if the command itself shows what is odd in the log.
fn tells_findings(command: Option<&Command>) -> bool {
    match command {
        Some(Command::Doctor(_)) => true,
        Some(Command::Log(log)) => matches!(log.command, Some(LogCommand::Verify { .. })),
        _ => false,
    }
}

/// What is left when a command is not there.
fn missing(what: &str) -> Ran {
    Err(Box::new(Problem::new("usage.missing", crate::ui::error::Exit::Usage, what)))
}
