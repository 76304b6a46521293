//! Commands that look: each family in a file of its own.
//!
//! Start at [`run`]. All of them look at a `Moment`, the present or that of `--as-of`; how results
//! are printed is in `print`, how references are found in `refs`.
//!
//! - **Invariant.** Nothing here prints, and nothing here changes anything outside `local/`.
//! - **Invariant.** What was answered from a damaged snapshot is answered again from the log.

mod about;
mod audit;
mod conflicts;
mod dep;
mod doctor;
mod export;
mod history;
mod list;
mod log;
mod print;
mod ready;
mod refs;
mod replay;
mod sentence;
mod show;
mod task;
mod undo;
mod verify;
mod view;

use super::context::{Context, Output, Ran};
use crate::args::dep::DepCommand;
use crate::args::help::SHORT;
use crate::args::history::LogCommand;
use crate::args::milestone::ListArgs;
use crate::args::task::TaskCommand;
use crate::args::tree::Command;
use crate::args::view::ViewCommand;
use crate::ui::error::{Exit, Problem};

/// Runs one of them.
pub(super) fn run(context: &mut Context, command: &Command) -> Ran {
    match command {
        Command::Completion(args) => Ok(Output::of(crate::args::completion::script(args.shell))),
        Command::Help(args) => crate::args::help::render(args).map(Output::of),
        Command::Version => about::version(context),
        command => twice_if_damaged(context, |context| answer(context, command)),
    }
}

/// What `milestone` alone shows: the current milestone, else the list; help outside a project.
pub(super) fn home(context: &mut Context) -> Ran {
    if context.root().is_none() {
        return Ok(Output::of(SHORT));
    }
    twice_if_damaged(context, |context| {
        let moment = context.moment()?;
        match context.current(&moment.state) {
            Ok(current) => show::run(context, Some(&current), "show"),
            Err(_) => list::run(context, &ListArgs::default()),
        }
    })
}

fn twice_if_damaged(context: &mut Context, answer: impl Fn(&mut Context) -> Ran) -> Ran {
    let ran = answer(context);
    if !context.project()?.is_damaged() {
        return ran;
    }
    context.project()?.rebuild().map_err(|error| super::problem::open(&error.into()))?;
    answer(context)
}

fn answer(context: &mut Context, command: &Command) -> Ran {
    match command {
        Command::List(args) => list::run(context, args),
        Command::Export(args) => export::run(context, args),
        Command::Show(args) => show::run(context, args.reference.as_deref(), "show"),
        Command::Ready(args) => ready::run(context, args),
        Command::Task(TaskCommand::List(args)) => task::list(context, args),
        Command::Task(TaskCommand::Show(args)) => task::show(context, args),
        Command::View(ViewCommand::List) => view::list(context),
        Command::View(ViewCommand::Show(args)) => view::show(context, &args.name),
        Command::Dep(DepCommand::Tree(args)) => dep::tree(context, args),
        Command::Dep(DepCommand::Check) => dep::check(context),
        Command::Log(args) => match &args.command {
            None => log::run(context, args),
            Some(LogCommand::Verify { against }) => verify::run(context, against.as_deref()),
            Some(LogCommand::Has { id }) => verify::has(context, id),
            Some(_) => super::missing("this command writes"),
        },
        Command::Audit(args) => audit::run(context, args),
        Command::Replay(args) => replay::run(context, args),
        Command::Conflicts(_) => conflicts::run(context),
        Command::Doctor(args) => doctor::run(context, args.strict),
        Command::Undo(_) => undo::list(context),
        _ => super::missing("this command is not for looking"),
    }
}

/// Refuses `--as-of` where only the whole log, as it is on the disk, makes sense.
fn present_only(context: &Context, verb: &str) -> Result<(), Box<Problem>> {
    if context.global.as_of.is_none() {
        return Ok(());
    }
    let message = format!("\"{verb}\" looks at the log as it is; --as-of cannot be given");
    Err(Box::new(
        Problem::new("usage.as_of_present", Exit::Usage, message)
            .unchanged()
            .hint(format!("milestone {verb}")),
    ))
}
