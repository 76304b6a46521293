//! Commands that look: each family in a file of its own.
//!
//! Start at [`look`]. All of them look at a `Moment`, the present or that of `--as-of`; how results
//! are printed is in `print`, how references are found in `refs`.
//!
//! - **Invariant.** Nothing here prints, and nothing here changes anything outside `local/`.
//! - **Invariant.** What was answered from a damaged snapshot is answered again from the log.

mod about;
mod audit;
mod board;
mod change;
mod conflicts;
mod critical;
mod dep;
mod diff;
mod doctor;
mod evidence;
mod export;
mod flaw;
mod forecast;
mod history;
mod inputs;
mod judged;
mod kinds;
mod list;
mod log;
mod look_back;
mod migrate;
mod phase;
mod print;
mod ready;
mod reason;
mod refs;
mod replay;
mod report;
mod risk;
mod scale;
mod search;
mod sentence;
mod session;
mod show;
mod standing;
mod stats;
mod status;
mod task;
mod template;
mod timeline;
mod undo;
mod validate;
mod verify;
mod view;
mod watch;
mod why;

pub(super) use about::version;
pub(super) use board::{Cards, cards, spoken as spoken_board};
pub(super) use evidence::moment_of;
pub(super) use kinds::kinds;
pub(super) use look_back::{LookBackDoc, looks_back};
pub(super) use phase::{check_one, page as phase_page, waiting};
pub(super) use print::{chosen_format, document, no_format, text_only, under_banner};
pub(super) use report::FORMATS as REPORT_FORMATS;
pub(super) use session::{Point, meant, point};
pub(super) use template::{check as check_templates, list as templates, show as template};
pub(super) use watch::{Seen, begin_events, new_events};

use super::context::{Context, Output, Ran};
use crate::args::analytics::{ForecastArgs, StatsArgs, TimelineArgs};
use crate::args::dep::DepTreeArgs;
use crate::args::export::ExportArgs;
use crate::args::help::SHORT;
use crate::args::history::{AuditArgs, DiffArgs, LogArgs, ReplayArgs};
use crate::args::key::VerifyArgs;
use crate::args::migrate::BackendArg;
use crate::args::milestone::{ListArgs, ReadyArgs, ShowArgs};
use crate::args::phase::{PhaseShowArgs, ReviewArgs};
use crate::args::project::DoctorArgs;
use crate::args::report::{ReportArgs, StatusArgs};
use crate::args::risk::{RiskListArgs, RiskMatrixArgs};
use crate::args::search::SearchArgs;
use crate::args::session::{SessionArgs, SessionListArgs};
use crate::args::task::{TaskListArgs, TaskRefArgs};
use crate::args::validate::Validation;
use crate::ui::error::{Exit, Problem};

/// What is looked at in a project.
pub(super) enum Look<'c> {
    List(&'c ListArgs),
    Show(&'c ShowArgs),
    Ready(&'c ReadyArgs),
    Search(&'c SearchArgs),
    TaskList(&'c TaskListArgs),
    TaskShow(&'c TaskRefArgs),
    DepTree(&'c DepTreeArgs),
    Critical(&'c DepTreeArgs),
    Why(&'c ShowArgs),
    DepCheck,
    Log(&'c LogArgs),
    Verify(&'c VerifyArgs),
    Has(&'c str),
    Forecast(&'c ForecastArgs),
    Stats(&'c StatsArgs),
    Status(&'c StatusArgs),
    Report(&'c ReportArgs),
    Timeline(&'c TimelineArgs),
    Audit(&'c AuditArgs),
    Diff(&'c DiffArgs),
    Replay(&'c ReplayArgs),
    Conflicts,
    Scale,
    MigratePlan(Option<BackendArg>),
    MigrateStatus,
    Doctor(&'c DoctorArgs),
    Validate(Validation, &'c [String]),
    Undoable,
    Export(&'c ExportArgs),
    PhaseShow(&'c PhaseShowArgs),
    Pending(&'c ReviewArgs),
    Workflows,
    Workflow(&'c str),
    WorkflowCheck,
    SessionList(&'c SessionListArgs),
    SessionShow(&'c SessionArgs),
    RiskList(&'c RiskListArgs),
    RiskMatrix(&'c RiskMatrixArgs),
    ViewList,
    ViewShow(&'c str),
}

/// Looks, and looks again without the snapshot if that turned out to be damaged.
pub(super) fn look(context: &mut Context, look: &Look<'_>) -> Ran {
    twice_if_damaged(context, |context| match look {
        Look::List(args) => list::run(context, args),
        Look::Show(args) => show::run(context, args.reference.as_deref(), "show"),
        Look::Ready(args) => ready::run(context, args),
        Look::Search(args) => search::run(context, args),
        Look::TaskList(args) => task::list(context, args),
        Look::TaskShow(args) => task::show(context, args),
        Look::DepTree(args) => dep::tree(context, args),
        Look::Critical(args) => critical::run(context, args),
        Look::Why(args) => why::run(context, args),
        Look::DepCheck => dep::check(context),
        Look::Log(args) => log::run(context, args),
        Look::Verify(args) => verify::run(context, args),
        Look::Has(id) => verify::has(context, id),
        Look::Forecast(args) => forecast::run(context, args),
        Look::Stats(args) => stats::run(context, args),
        Look::Status(args) => status::run(context, args),
        Look::Report(args) => report::run(context, args),
        Look::Timeline(args) => timeline::run(context, args),
        Look::Audit(args) => audit::run(context, args),
        Look::Diff(args) => diff::run(context, args),
        Look::Replay(args) => replay::run(context, args),
        Look::Conflicts => conflicts::run(context),
        Look::Scale => scale::run(context),
        Look::MigratePlan(to) => migrate::plan(context, *to),
        Look::MigrateStatus => migrate::status(context),
        Look::Doctor(args) => doctor::run(context, args.strict),
        Look::Validate(what, mended) => validate::run(context, *what, mended),
        Look::Undoable => undo::list(context),
        Look::Export(args) => export::run(context, args),
        Look::PhaseShow(args) => phase::show(context, args),
        Look::Pending(args) => phase::pending(context, args),
        Look::Workflows => phase::workflows(context),
        Look::Workflow(name) => phase::workflow(context, name),
        Look::WorkflowCheck => phase::check(context),
        Look::SessionList(args) => session::list(context, args),
        Look::SessionShow(args) => session::show(context, args),
        Look::RiskList(args) => risk::list(context, args),
        Look::RiskMatrix(args) => risk::matrix(context, args),
        Look::ViewList => view::list(context),
        Look::ViewShow(name) => view::show(context, name),
    })
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

/// Refuses `--as-of` where only what is there now makes sense: files, the whole log as it lies on
/// the disk, this machine.
pub(in crate::run) fn present_only(context: &Context, verb: &str) -> Result<(), Box<Problem>> {
    if context.global.as_of.is_none() {
        return Ok(());
    }
    let why = "looks at what is there now, of which the log has no past";
    let message = format!("\"{verb}\" {why}: --as-of cannot be given");
    Err(Box::new(
        Problem::new("usage.as_of_present", Exit::Usage, message)
            .unchanged()
            .hint(format!("milestone {verb}")),
    ))
}
