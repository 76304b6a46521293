//! Problems of phases and workflows: exit codes and hints.
//!
//! Start at [`rule`]; everything said in `problem` holds here.

use milestone_core::domain::Refusal;
use milestone_project::WorkflowError;

use super::with_causes;
use crate::args::usage::quoted;
use crate::ui::error::{Exit, Problem};

/// The code and the hint of a rule about phases, with facts; `None` if it is about something else.
pub(super) fn rule(refusal: &Refusal, problem: Problem) -> Option<Problem> {
    let coded = |code, hint: String| problem.clone().named(code).hint(hint);
    let look = |reference: &str| format!("milestone phase show {}", quoted(reference));
    Some(match refusal {
        Refusal::BadWorkflow { .. } => Problem { exit: Exit::Usage, ..problem.clone() }
            .named("workflow.bad")
            .hint("milestone workflow check"),
        Refusal::WorkflowBegun { reference, .. } => coded("workflow.begun", look(reference)),
        Refusal::NoWorkflow { reference } => {
            coded("phase.none", format!("milestone workflow enable kiro {}", quoted(reference)))
        }
        Refusal::PhasesFinished { reference } => {
            coded("phase.none", format!("milestone done {}", quoted(reference)))
        }
        Refusal::UnknownPhase { reference, phases, .. } => {
            let told = Problem { exit: Exit::NotFound, ..problem.clone() }.named("phase.unknown");
            let told = told.fact(format!("its phases: {}", phases.join(", ")));
            let told = phases.iter().fold(told, |told, phase| told.alternative(phase.clone()));
            told.hint(look(reference))
        }
        Refusal::PhaseOutOfOrder { reference, before, status, .. } => {
            let name = quoted(&format!("{reference}:{before}"));
            let verb = match *status {
                "submitted" => "approve",
                "in_progress" => "submit",
                _ => "start",
            };
            let told = match *status {
                "submitted" => problem.clone().fact("it waits for somebody's approval"),
                _ => problem.clone(),
            };
            told.named("phase.order").hint(format!("milestone phase {verb} {name}"))
        }
        Refusal::WrongPhaseStatus { reference, .. } => coded("phase.status", look(reference)),
        Refusal::OpenPhases { reference, .. } => problem
            .clone()
            .fact("--force \"why\" overrides this, and the reason is recorded")
            .named("phase.open")
            .hint(look(reference)),
        Refusal::AgentCannotJudge { reference, phase, action, submitted_by } => {
            let by = submitted_by.as_ref().map(|by| format!("submitted by {by}"));
            let told = by.into_iter().fold(problem.clone(), Problem::fact);
            let name = quoted(&format!("{reference}:{phase}"));
            let verb = match *action {
                "reject" => "reject",
                "ask for changes" => "request-changes",
                _ => "approve",
            };
            told.named("phase.approver")
                .hint(format!("a person runs: milestone phase {verb} {name}"))
        }
        Refusal::OwnSubmission { reference, phase, .. } => {
            let name = quoted(&format!("{reference}:{phase}"));
            coded("phase.own", format!("somebody else runs: milestone phase approve {name}"))
        }
        Refusal::DeliverablesChanged { reference, phase, .. } => {
            let name = quoted(&format!("{reference}:{phase}"));
            coded("phase.changed", format!("milestone phase submit {name}"))
        }
        Refusal::DeliverableUnreadable { path, .. } => {
            coded("phase.unreadable", format!("put {path} back, or deliver another file"))
        }
        Refusal::UnknownDeliverable { reference, phase, .. } => {
            coded("phase.not_delivered", look(&format!("{reference}:{phase}")))
        }
        _ => return delivery(refusal, problem),
    })
}

/// The same of rules about what is delivered.
fn delivery(refusal: &Refusal, problem: Problem) -> Option<Problem> {
    Some(match refusal {
        Refusal::NothingDelivered { reference, phase, wanted } => {
            let name = quoted(&format!("{reference}:{phase}"));
            let first = quoted(wanted.first().map(String::as_str).unwrap_or("NAME"));
            problem
                .fact("--file FILE, --url URL or --text TEXT says what it is")
                .named("phase.nothing_delivered")
                .hint(format!("milestone phase deliver {name} {first} --text TEXT"))
        }
        Refusal::EmptyDelivery { .. } => Problem { exit: Exit::Usage, ..problem }
            .named("phase.empty")
            .hint("give --file FILE, --url URL or --text TEXT"),
        _ => return None,
    })
}

/// Why a workflow cannot be used.
pub fn workflow(error: &WorkflowError) -> Box<Problem> {
    let message = error.to_string();
    Box::new(match error {
        WorkflowError::Unknown { known, .. } => {
            let problem = Problem::new("workflow.not_found", Exit::NotFound, message);
            let problem = problem.fact(format!("there are: {}", known.join(", ")));
            let all = known.iter().fold(problem, |told, name| told.alternative(name.clone()));
            all.unchanged().hint("milestone workflow list")
        }
        WorkflowError::Bad { path, more, .. } => {
            let own = path.file_stem().is_some_and(|name| name == "kiro");
            let hint = match own {
                true => format!("mend or remove {}: kiro is built in", path.display()),
                false => "milestone workflow show kiro, for one that is right".to_owned(),
            };
            let problem = Problem::new("workflow.bad", Exit::Usage, message);
            let told = |problem: Problem, fault: &_| problem.fact(format!("{fault}"));
            more.iter().fold(problem, told).unchanged().hint(hint)
        }
        WorkflowError::Off { .. } => Problem::new("workflow.off", Exit::Refused, message)
            .unchanged()
            .hint("write enabled: true into it"),
        WorkflowError::Unreadable { .. } => {
            with_causes(Problem::new("workflow.not_found", Exit::NotFound, message), error)
                .unchanged()
                .hint("correct the path")
        }
    })
}

/// Why there is no board here.
pub fn no_board(message: &str) -> Box<Problem> {
    Box::new(
        Problem::new("board.terminal", Exit::Usage, message)
            .fact("the same as text: milestone board --accessible, milestone task list")
            .unchanged()
            .hint("milestone list, or milestone show REF"),
    )
}

/// Why it cannot be watched in that format.
pub fn no_watch() -> Box<Problem> {
    Box::new(
        Problem::new("usage.format", Exit::Usage, "\"watch\" has the formats text and ndjson")
            .unchanged()
            .hint("milestone watch --format ndjson"),
    )
}

/// Why the terminal cannot be drawn on.
pub fn screen(error: &std::io::Error) -> Box<Problem> {
    Box::new(
        Problem::new("board.screen", Exit::Failed, "the terminal cannot be drawn on")
            .fact(error.to_string())
            .hint("milestone list, or milestone show REF"),
    )
}

/// Why there can be no review.
pub fn no_terminal() -> Box<Problem> {
    let message = "a review asks questions, and this is no terminal";
    Box::new(
        Problem::new("review.terminal", Exit::Usage, message)
            .unchanged()
            .hint("milestone review --pending"),
    )
}

/// Why a file cannot be delivered.
pub fn outside(file: &str) -> Box<Problem> {
    let message = format!("{file} is no file inside the project");
    Box::new(
        Problem::new("phase.unreadable", Exit::Refused, message)
            .unchanged()
            .hint("deliver a file of the project, or an address with --url"),
    )
}
