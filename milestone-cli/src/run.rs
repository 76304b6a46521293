//! Running commands: words to the project, and what came of it back to words.
//!
//! Start at [`run()`]. Commands that look are in `reads`, commands that change in `writes`; both
//! get a [`Context`] and give an [`Output`] or a `Problem`.
//!
//! - **Invariant.** Nothing here prints: `main` does.
//! - **Absent on purpose.** Rules of the domain. A runner asks the project and says what it said.

mod after;
mod alerts;
pub mod backend;
mod backup;
mod bare;
mod board;
mod bundle;
mod complete;
pub mod context;
mod demo;
mod desk;
pub mod docs;
mod health;
mod hint;
mod import;
mod keys;
mod level;
mod manual;
mod moment;
mod pager;
pub mod phases;
pub mod problem;
mod query;
mod reads;
pub mod risks;
mod said;
mod schema;
mod shelf;
pub mod ties;
pub mod views;
mod watch;
mod writes;

pub use board::at_first as board_at_first;
pub use context::{Context, Output, Ran, Surroundings};
pub use said::{answer, failed, stopped};

use milestone_core::query::Scope;

use crate::args::dep::DepCommand;
use crate::args::habits::HabitCommand;
use crate::args::help;
use crate::args::history::{ConflictsCommand, LogArgs, LogCommand};
use crate::args::manual::ManualCommand;
use crate::args::migrate::MigrateCommand;
use crate::args::phase::WorkflowCommand;
use crate::args::project::DoctorArgs;
use crate::args::session::SessionCommand;
use crate::args::task::TaskCommand;
use crate::args::template::TemplateCommand;
use crate::args::tree::{Cli, Command};
use crate::args::validate::ValidateArgs;
use crate::args::view::ViewCommand;
use reads::{Look, look};

/// Runs a command line.
///
/// # Errors
///
/// The problem that is to be shown; it says whether anything was written.
pub fn run(cli: &Cli, around: Surroundings) -> Ran {
    let completes = matches!(&cli.command, Some(Command::Manual(ManualCommand::Complete(_))));
    let mut context = match Context::new(cli.global.clone(), around) {
        // In the middle of a line nobody wants to read what is wrong.
        Err(_) if completes => return Ok(Output::of("")),
        context => context?,
    };
    let watching = health::Watching::begin(&context, health::verb(cli.command.as_ref()));
    let ran = match &cli.command {
        None => reads::home(&mut context),
        // What is wrong with the settings is what this one says itself.
        Some(Command::Config(command)) => {
            let ran = writes::config(&mut context, command);
            return ran.map(|output| said::fitted(&context, output));
        }
        Some(Command::Manual(command)) => {
            let ran = manual_of(&mut context, command);
            return ran.map(|output| said::fitted(&context, output));
        }
        Some(command) => carry_out(&mut context, command),
    };
    watching.end(&mut context, &ran);
    ran.map(|mut output| {
        after::follow(&mut context, cli.command.as_ref(), &mut output);
        output.stderr.splice(..0, context.asides(tells_findings(cli.command.as_ref())));
        let mut output = said::fitted(&context, output);
        let lines = output.stdout.lines().count();
        output.pager = pager::choose(&context, cli.command.as_ref(), lines);
        output
    })
}

/// Which verb is answered where. There is no other place that knows.
fn carry_out(context: &mut Context, command: &Command) -> Ran {
    match command {
        Command::Init(args) => writes::init(context, args),
        Command::Quickstart(args) => writes::quickstart(context, args),
        Command::New(args) => writes::new(context, args),
        Command::List(args) => look(context, &Look::List(args)),
        Command::Show(args) => look(context, &Look::Show(args)),
        Command::Why(args) => look(context, &Look::Why(args)),
        Command::Ready(args) => look(context, &Look::Ready(args)),
        Command::Search(args) => look(context, &Look::Search(args)),
        Command::Start(args) => writes::start(context, args),
        Command::Progress(args) => writes::progress(context, args),
        Command::Done(args) => writes::done(context, args),
        Command::Pause(args) => writes::pause(context, args),
        Command::Block(args) => writes::block(context, args),
        Command::Unblock(args) => writes::unblock(context, args),
        Command::Note(args) => writes::note(context, args),
        Command::Cancel(args) => writes::cancel(context, args),
        Command::Reopen(args) => writes::reopen(context, args),
        Command::Edit(args) => writes::edit(context, args, Scope::Milestones),
        Command::Archive(args) => writes::archive(context, args),
        Command::Unarchive(args) => writes::unarchive(context, args),
        Command::Task(command) => task(context, command),
        Command::Phase(command) => writes::phase(context, command),
        Command::Review(args) if args.pending => look(context, &Look::Pending(args)),
        Command::Review(args) => writes::review(context, args),
        Command::Workflow(command) => workflow(context, command),
        Command::View(command) => view(context, command),
        Command::Template(command) => template(context, command),
        Command::Dep(command) => dep(context, command),
        Command::Risk(command) => writes::risk(context, command),
        Command::Check(args) => writes::check(context, args, true),
        Command::Uncheck(args) => writes::check(context, args, false),
        Command::Habit(command) => habit(context, command),
        Command::Board(args) => board::run(context, args),
        Command::Watch(args) => watch::run(context, args),
        Command::Undo(args) if args.list => look(context, &Look::Undoable),
        Command::Undo(args) => writes::undo(context, args),
        Command::Log(args) => log(context, args),
        Command::Forecast(args) => look(context, &Look::Forecast(args)),
        Command::Status(_) if health::is_prometheus(context) => health::prometheus(context),
        Command::Status(args) => look(context, &Look::Status(args)),
        Command::Alerts(args) => alerts::run(context, args),
        Command::Report(args) => look(context, &Look::Report(args)),
        Command::Stats(args) => look(context, &Look::Stats(args)),
        Command::Timeline(args) => look(context, &Look::Timeline(args)),
        Command::Audit(args) => look(context, &Look::Audit(args)),
        Command::Diff(args) => look(context, &Look::Diff(args)),
        Command::Replay(args) => match &args.into {
            Some(into) => writes::replay_into(context, args, into),
            None => look(context, &Look::Replay(args)),
        },
        Command::Adopt(args) => writes::adopt(context, args),
        Command::Conflicts(args) => conflicts(context, args.command.as_ref()),
        Command::Scale => look(context, &Look::Scale),
        Command::Migrate(command) => migrate(context, command),
        Command::Backup(command) => backup::run(context, command),
        Command::Doctor(args) => doctor(context, args),
        Command::Validate(args) => validate(context, args),
        Command::Config(command) => writes::config(context, command),
        Command::Export(args) => look(context, &Look::Export(args)),
        Command::Import(command) => import::run(context, command),
        Command::Demo(args) => demo::run(context, args),
        Command::Completion(args) => complete::script(context, args),
        Command::Help(args) => help::render(args).map(Output::of),
        Command::Manual(command) => manual_of(context, command),
        Command::Version => reads::version(context),
    }
}

fn validate(context: &mut Context, args: &ValidateArgs) -> Ran {
    let mended = writes::repair_derived(context, args)?;
    look(context, &Look::Validate(args.what, &mended))
}

fn doctor(context: &mut Context, args: &DoctorArgs) -> Ran {
    match &args.bundle {
        Some(file) => bundle::run(context, file),
        None if args.repair => writes::repair(context),
        None => look(context, &Look::Doctor(args)),
    }
}

fn manual_of(context: &mut Context, command: &ManualCommand) -> Ran {
    match command {
        ManualCommand::Man(args) => manual::run(context, args),
        ManualCommand::Schema(args) => schema::run(context, args),
        ManualCommand::Complete(args) => Ok(complete::run(context, args)),
    }
}

fn conflicts(context: &mut Context, command: Option<&ConflictsCommand>) -> Ran {
    match command {
        Some(ConflictsCommand::Resolve { id, note }) => {
            writes::resolve(context, id, note.as_deref())
        }
        None => look(context, &Look::Conflicts),
    }
}

fn view(context: &mut Context, command: &ViewCommand) -> Ran {
    match command {
        ViewCommand::Save(args) => writes::save_view(context, args),
        ViewCommand::List => look(context, &Look::ViewList),
        ViewCommand::Show(args) => look(context, &Look::ViewShow(&args.name)),
        ViewCommand::Remove(args) => writes::remove_view(context, &args.name),
    }
}

fn dep(context: &mut Context, command: &DepCommand) -> Ran {
    match command {
        DepCommand::Add(args) => writes::dep(context, &args.edge, Some(&args.terms)),
        DepCommand::Remove(args) => writes::dep(context, args, None),
        DepCommand::Tree(args) => look(context, &Look::DepTree(args)),
        DepCommand::Critical(args) => look(context, &Look::Critical(args)),
        DepCommand::Check => look(context, &Look::DepCheck),
    }
}

fn task(context: &mut Context, command: &TaskCommand) -> Ran {
    match command {
        TaskCommand::Add(args) => writes::add(context, args),
        TaskCommand::List(args) => look(context, &Look::TaskList(args)),
        TaskCommand::Show(args) => look(context, &Look::TaskShow(args)),
        TaskCommand::Edit(args) => writes::edit(context, args, Scope::Tasks),
        TaskCommand::Remove(args) => writes::remove(context, args),
        TaskCommand::Move(args) => writes::move_task(context, args),
    }
}

fn habit(context: &mut Context, command: &HabitCommand) -> Ran {
    match command {
        HabitCommand::Session(command) => match &**command {
            SessionCommand::List(args) => look(context, &Look::SessionList(args)),
            SessionCommand::Show(args) => look(context, &Look::SessionShow(args)),
            command => writes::session(context, command),
        },
        HabitCommand::Resume(args) => writes::resume(context, args),
        HabitCommand::Level(args) => level::run(context, args),
        HabitCommand::Hint(command) => hint::run(context, command),
        HabitCommand::Key(command) => keys::run(context, command),
        HabitCommand::Maintain(args) => writes::maintain(context, args),
    }
}

fn workflow(context: &mut Context, command: &WorkflowCommand) -> Ran {
    match command {
        WorkflowCommand::List => look(context, &Look::Workflows),
        WorkflowCommand::Show(args) => look(context, &Look::Workflow(&args.name)),
        WorkflowCommand::Check(args) => match &args.file {
            Some(file) => reads::check_one(context, file),
            None => look(context, &Look::WorkflowCheck),
        },
        WorkflowCommand::Enable(args) => writes::enable(context, args),
    }
}

fn template(context: &mut Context, command: &TemplateCommand) -> Ran {
    match command {
        TemplateCommand::List => reads::templates(context),
        TemplateCommand::Show(args) => reads::template(context, args),
        TemplateCommand::Check(args) => reads::check_templates(context, args),
        TemplateCommand::Use(args) => writes::use_template(context, args),
        TemplateCommand::Save(args) => writes::save_template(context, args),
        TemplateCommand::New(args) => writes::new_template(context, args),
    }
}

fn migrate(context: &mut Context, command: &MigrateCommand) -> Ran {
    match command {
        MigrateCommand::Run(args) if !context.global.dry_run => writes::migrate(context, args.to),
        MigrateCommand::Plan(args) | MigrateCommand::Run(args) => {
            look(context, &Look::MigratePlan(args.to))
        }
        MigrateCommand::Status => look(context, &Look::MigrateStatus),
        MigrateCommand::Rollback => writes::rollback(context),
        MigrateCommand::Prune => writes::prune(context),
    }
}

fn log(context: &mut Context, args: &LogArgs) -> Ran {
    match &args.command {
        None => look(context, &Look::Log(args)),
        Some(LogCommand::Verify(args)) => look(context, &Look::Verify(args)),
        Some(LogCommand::Sign(args)) => writes::sign(context, args),
        Some(LogCommand::Has { id }) => look(context, &Look::Has(id)),
        Some(LogCommand::Merge { files }) => writes::merge(context, files),
        Some(LogCommand::Recover) => writes::recover(context),
        Some(LogCommand::Archive) => writes::archive_log(context),
    }
}

/// True if the command itself shows what is odd in the log.
fn tells_findings(command: Option<&Command>) -> bool {
    match command {
        Some(Command::Doctor(_) | Command::Validate(_)) => true,
        Some(Command::Log(log)) => matches!(log.command, Some(LogCommand::Verify(_))),
        _ => false,
    }
}
