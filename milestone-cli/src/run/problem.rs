//! Failures of the layers below, in words for people: code, exit, facts, and one hint.
//!
//! Start at [`execute`]. This is the one place where hints and exit codes are decided.
//!
//! - **Invariant.** Codes and exits never change their meaning; new ones are added.
//! - **Invariant.** If nothing was written, the problem says so.

#[path = "problem_backup.rs"]
mod backup;
#[path = "problem_phase.rs"]
mod phase;
#[path = "problem_risk.rs"]
mod risk;

pub use backup::backup;
pub use phase::{no_board, no_terminal, no_watch, outside, screen, workflow};

use std::error::Error;

use milestone_core::domain::Refusal;
use milestone_core::log::{AppendError, LockError};
use milestone_core::query::QueryFault;
use milestone_core::words::TextFault;
use milestone_project::{
    ExecuteError, HistoryError, InitError, MigrateError, OpenError, StoreError,
};

use crate::args::usage::quoted;
use crate::ui::error::{Exit, Problem};

/// How long a caller should wait before it tries a locked project again.
const RETRY_AFTER_MS: u64 = 1_000;

/// Most streams that are named as not the same after a migration; `--json` has all of them.
const STREAMS_SHOWN_MAX: usize = 5;

/// The causes of an error, from the nearest on.
fn causes(error: &dyn Error) -> Vec<String> {
    let mut causes = Vec::new();
    let mut at = error.source();
    while let Some(cause) = at {
        let text = cause.to_string();
        if causes.last() != Some(&text) {
            causes.push(text);
        }
        at = cause.source();
    }
    causes
}

fn with_causes(mut problem: Problem, error: &dyn Error) -> Problem {
    for cause in causes(error) {
        problem = problem.fact(cause);
    }
    problem
}

/// Why a project could not be opened.
pub fn open(error: &OpenError) -> Box<Problem> {
    let message = error.to_string();
    Box::new(match error {
        OpenError::NotAProject { .. } => {
            Problem::new("project.none", Exit::NotFound, message).unchanged().hint("milestone init")
        }
        OpenError::Store(cause) => {
            let (code, hint) = untrusted(cause);
            with_causes(Problem::new(code, Exit::Refused, message), error).unchanged().hint(hint)
        }
        error => with_causes(Problem::new("log.unreadable", Exit::Failed, message), error)
            .unchanged()
            .hint("milestone doctor"),
    })
}

/// The name and the hint of a directory that is not to be trusted.
fn untrusted(error: &StoreError) -> (&'static str, &'static str) {
    match error {
        StoreError::Symlink { .. } => {
            ("project.symlink", "put the project's own .milestones folder in its place")
        }
        StoreError::ForeignOwner { .. } => (
            "project.foreign_owner",
            "MILESTONE_TRUST_OWNER=1 milestone list, if you trust its owner",
        ),
        _ => ("project.unusable", "milestone init in another directory"),
    }
}

/// Why a project could not be begun.
pub fn init(error: &InitError) -> Box<Problem> {
    match error {
        InitError::Open(error) => open(error),
        InitError::Execute(error) => execute(error),
        error => Box::new(
            with_causes(Problem::new("init.failed", Exit::NotRecorded, error.to_string()), error)
                .hint("milestone init DIR, in a directory that you may write to"),
        ),
    }
}

/// Why the past could not be looked at.
pub fn history(error: &HistoryError) -> Box<Problem> {
    let message = error.to_string();
    Box::new(match error {
        HistoryError::Execute(error) => return execute(error),
        HistoryError::UnknownRecord { asked } if asked.starts_with("session:") => {
            let name = asked.trim_start_matches("session:");
            let message = format!("no record was written in a session called \"{name}\"");
            Problem::new("session.unknown", Exit::NotFound, message)
                .hint("milestone session list --all")
        }
        HistoryError::UnknownRecord { .. } => {
            Problem::new("record.not_found", Exit::NotFound, message).hint("milestone log")
        }
        HistoryError::AmbiguousRecord { candidates, .. } => {
            let mut problem = Problem::new("record.ambiguous", Exit::Ambiguous, message);
            for id in candidates {
                problem = problem.alternative(id.to_string());
            }
            problem.hint("give more digits of the record's id")
        }
        HistoryError::Git { .. } => {
            Problem::new("git.unreadable", Exit::NotFound, message).hint("git log -- .milestones")
        }
        HistoryError::Pin(error) => {
            with_causes(Problem::new("pin.unreadable", Exit::Integrity, message), error)
                .unchanged()
                .hint("look at the file, and remove it if it is no pin")
        }
        HistoryError::NotEmpty { .. } => Problem::new("replay.not_empty", Exit::Refused, message)
            .unchanged()
            .hint("milestone replay --into a directory that is not there yet"),
        error => with_causes(Problem::new("log.failed", Exit::Failed, message), error)
            .hint("milestone doctor"),
    })
}

/// Why a command was not carried out, or may not have been.
pub fn execute(error: &ExecuteError) -> Box<Problem> {
    let message = error.to_string();
    Box::new(match error {
        ExecuteError::Refused(refusal) => return Box::new(refused(refusal)),
        ExecuteError::KeyReused { record, .. } => {
            Problem::new("key.reused", Exit::Conflict, message)
                .datum("record", record.to_string())
                .unchanged()
                .hint("use another --idempotency-key for another command")
        }
        ExecuteError::Moved { found, .. } => {
            let heads: Vec<String> = found.iter().map(ToString::to_string).collect();
            Problem::new("stream.moved", Exit::Conflict, message)
                .datum("heads", heads)
                .unchanged()
                .hint("read it again with --json and decide anew")
        }
        ExecuteError::Lock(error) => locked(error),
        ExecuteError::TooNew { .. } => Problem::new("log.too_new", Exit::Refused, message)
            .unchanged()
            .hint("install a newer milestone to write here"),
        ExecuteError::ReadOnly => {
            Problem::new("project.read_only", Exit::Refused, message).unchanged()
        }
        ExecuteError::NotRecorded(cause) => not_recorded(cause),
        ExecuteError::Unknown { record, .. } => {
            with_causes(Problem::new("log.unknown", Exit::Unknown, message), error)
                .datum("record", record.to_string())
                .hint(format!("milestone log has {record}"))
        }
        ExecuteError::Abandoned => Problem::new("log.unknown", Exit::Unknown, message),
        error => with_causes(Problem::new("log.not_recorded", Exit::NotRecorded, message), error)
            .unchanged()
            .hint("milestone doctor"),
    })
}

fn locked(error: &LockError) -> Problem {
    let message = error.to_string();
    match error {
        LockError::Busy { waited_ms, .. } => Problem::new("log.locked", Exit::Busy, message)
            .fact(format!("waited {} s", waited_ms / 1_000))
            .unchanged()
            .retry_after_ms(RETRY_AFTER_MS)
            .hint("try again"),
        error => with_causes(Problem::new("log.unwritable", Exit::NotRecorded, message), error)
            .unchanged()
            .hint("mend the permissions of .milestones and try again"),
    }
}

/// Why a migration came to nothing.
pub fn migrate(error: &MigrateError) -> Box<Problem> {
    let message = error.to_string();
    let undone = |code| {
        let problem = Problem::new(code, Exit::RolledBack, message.clone());
        with_causes(problem, error).fact("the log is untouched, and the backend is what it was")
    };
    Box::new(match error {
        MigrateError::Busy => Problem::new("migrate.busy", Exit::Busy, message)
            .unchanged()
            .retry_after_ms(RETRY_AFTER_MS)
            .hint("milestone migrate status, when it has ended"),
        MigrateError::NothingBefore => {
            Problem::new("migrate.nothing_before", Exit::Refused, message)
                .unchanged()
                .hint("milestone migrate status")
        }
        MigrateError::ReadOnly => {
            Problem::new("project.read_only", Exit::Refused, message).unchanged()
        }
        MigrateError::Unadopted { files } => {
            let message = "YAML files were edited by hand and not adopted";
            let problem = Problem::new("migrate.unadopted", Exit::Refused, message);
            let problem = files.iter().fold(problem, |problem, file| problem.fact(file.clone()));
            problem.datum("files", files.clone()).unchanged().hint("milestone adopt")
        }
        MigrateError::Differs { streams, report, .. } => {
            let problem = undone("migrate.differs");
            let names: Vec<String> = streams.iter().map(ToString::to_string).collect();
            let shown = names.iter().take(STREAMS_SHOWN_MAX);
            let mut problem = shown.fold(problem, |problem, name| problem.fact(name.clone()));
            if let Some(file) = report {
                problem = problem.fact(format!("report .milestones/{file}"));
            }
            problem.datum("streams", names).datum("report", report.clone()).hint("milestone doctor")
        }
        MigrateError::NotReadAgain { .. } => {
            let problem = Problem::new("migrate.not_read_again", Exit::Failed, message);
            with_causes(problem, error).hint("milestone migrate status")
        }
        MigrateError::Lock(error) => locked(error),
        // Nothing was begun, so there is nothing that was taken back.
        MigrateError::Io { source, .. } if is_read_only(source) => {
            with_causes(Problem::new("log.unwritable", Exit::NotRecorded, message), error)
                .unchanged()
                .hint("mend the permissions of .milestones and try again")
        }
        MigrateError::Io { .. } => undone("migrate.failed")
            .hint("free some space, or mend the permissions of .milestones/local, and try again"),
        MigrateError::TooFast => undone("migrate.failed").hint("try again when less is recorded"),
        _ => undone("migrate.failed").hint("milestone doctor"),
    })
}

/// True if the place cannot be written to.
fn is_read_only(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
    matches!(error.kind(), PermissionDenied | ReadOnlyFilesystem)
}

fn not_recorded(error: &AppendError) -> Problem {
    let message = error.to_string();
    match error {
        AppendError::TooLarge { .. } => {
            Problem::new("record.too_large", Exit::NotRecorded, message)
                .unchanged()
                .hint("say it in several commands")
        }
        error => with_causes(Problem::new("log.not_recorded", Exit::NotRecorded, message), error)
            .unchanged()
            .hint("free some space, or mend the permissions of .milestones, and try again"),
    }
}

/// Why a text is no query.
pub fn query(fault: &QueryFault) -> Problem {
    let message = fault.to_string();
    let problem = |code| Problem::new(code, Exit::Usage, message.clone());
    let mut problem = match fault {
        QueryFault::Reference { refusal } => refused(refusal),
        QueryFault::UnknownField { .. } | QueryFault::UnknownFlag { .. } => {
            problem("query.unknown")
        }
        QueryFault::UnknownView { .. } => {
            Problem::new("view.not_found", Exit::NotFound, message).hint("milestone view list")
        }
        QueryFault::InView { name, .. } => {
            with_causes(problem("view.broken"), fault).hint(format!("milestone view show {name}"))
        }
        QueryFault::ViewInItself { .. } => {
            problem("view.broken").hint("say what the view should have instead of its name")
        }
        QueryFault::BadCursor | QueryFault::OtherOrder { .. } => problem("query.cursor"),
        QueryFault::BadValue { .. }
        | QueryFault::Unreadable { .. }
        | QueryFault::NoValue { .. }
        | QueryFault::BadOperator { .. }
        | QueryFault::OneValue { .. }
        | QueryFault::AlwaysThere { .. }
        | QueryFault::Unsortable { .. } => problem("query.value"),
        _ => problem("query.syntax"),
    };
    if let Some(expected) = fault.expected() {
        problem = problem.fact(format!("expected: {expected}"));
    }
    if let Some(near) = fault.suggestion() {
        problem = problem.fact(format!("did you mean {near}?")).alternative(near);
    }
    problem.hint.get_or_insert_with(|| "milestone help query".to_owned());
    problem.unchanged()
}

/// A cursor that cannot be read.
pub fn bad_cursor() -> Problem {
    query(&QueryFault::BadCursor)
}

/// Why a rule says no.
pub fn refused(refusal: &Refusal) -> Problem {
    let message = match refusal {
        Refusal::Cycle { path } => Refusal::Cycle { path: closed(path) }.to_string(),
        refusal => refusal.to_string(),
    };
    let problem = |code, exit| Problem::new(code, exit, message.clone()).unchanged();
    match refusal {
        Refusal::UnknownRef { .. } | Refusal::UnknownForeign { .. } => {
            problem("ref.not_found", Exit::NotFound).hint("milestone list")
        }
        Refusal::AmbiguousRef { candidates, .. } => {
            let mut problem = problem("ref.ambiguous", Exit::Ambiguous);
            for candidate in candidates {
                problem = problem.fact(candidate.clone()).alternative(candidate.clone());
            }
            problem.hint("give more of the name")
        }
        Refusal::PrefixRef { found, .. } => {
            problem("ref.prefix", Exit::NotFound).alternative(found.clone()).hint(found.clone())
        }
        Refusal::UnknownSession { .. } => {
            problem("session.unknown", Exit::NotFound).hint("milestone session list --all")
        }
        Refusal::WrongSession { .. } => {
            problem("session.status", Exit::Refused).hint("milestone session list")
        }
        Refusal::BadCheckpoint { .. } => {
            problem("checkpoint.shape", Exit::Refused).hint("milestone log sign")
        }
        Refusal::UnknownConflict { .. } => {
            problem("conflict.not_found", Exit::NotFound).hint("milestone conflicts")
        }
        Refusal::BadId { .. } | Refusal::ReservedId { .. } | Refusal::NumberId { .. } => {
            problem("id.bad", Exit::Usage).hint("leave --id out, and one is made from the title")
        }
        Refusal::IdTaken { .. } => {
            problem("id.taken", Exit::Refused).hint("leave --id out, or give another")
        }
        Refusal::BadText { what, fault } => problem("value.bad", Exit::Usage).hint(match fault {
            TextFault::Empty => format!("the {what} in words, such as 'Payments fail at night'"),
            TextFault::TooLong { .. } => format!("a shorter {what}"),
            _ => format!("the {what} without that character"),
        }),
        Refusal::TooLarge { .. } => {
            problem("value.bad", Exit::Usage).hint("say the rest in a note, or in another command")
        }
        Refusal::NotElsewhere { .. } => problem("value.bad", Exit::Usage)
            .hint("milestone dep add REF --after ../other#milestone/task"),
        Refusal::BadProgress { .. } => {
            problem("value.progress", Exit::Usage).hint("milestone progress REF 4/6, or 67%")
        }
        Refusal::BuiltOnTop { later, .. } => problem("undo.built_on", Exit::Conflict)
            .datum("later", later.to_string())
            .hint(format!("milestone undo {later:.16}")),
        Refusal::CannotUndo { .. } => problem("undo.refused", Exit::Refused).hint("milestone log"),
        refusal => rule(refusal, problem("rule.refused", Exit::Refused)),
    }
}

/// The path of a cycle back to where it began: one that leads into a task of a milestone goes on
/// to the milestone, which waits for its tasks.
fn closed(path: &[String]) -> Vec<String> {
    let back = path.first().filter(|first| path.last() != Some(first));
    path.iter().chain(back).cloned().collect()
}

/// Rules of the domain: exit 8, and what would make the command pass.
fn rule(refusal: &Refusal, mut problem: Problem) -> Problem {
    let (code, hint) = match refusal {
        Refusal::OpenTasks { milestone, tasks } => {
            for task in tasks {
                problem = problem.fact(task.clone());
            }
            ("milestone.open_tasks", format!("milestone done {}", words(tasks, milestone)))
        }
        Refusal::Blocked { reference, .. } => {
            ("task.blocked", format!("milestone unblock {}", quoted(reference)))
        }
        Refusal::Waiting { reference, on } => {
            let first = on.first().map(String::as_str).unwrap_or_default();
            let hint = match first.split_once([' ', ',']) {
                None if !first.contains('#') => format!("milestone done {}", quoted(first)),
                Some((name, "to start")) if !name.contains('#') => {
                    format!("milestone start {}", quoted(name))
                }
                _ => format!("milestone dep tree {}", quoted(reference)),
            };
            problem = problem.fact("--force \"why\" overrides this, and the reason is recorded");
            ("task.waiting", hint)
        }
        Refusal::WaitingToFinish { reference, .. } => {
            problem = problem.fact("--force \"why\" overrides this, and the reason is recorded");
            ("task.waiting", format!("milestone dep tree {}", quoted(reference)))
        }
        Refusal::WrongStatus { reference, status, .. } => {
            ("status.wrong", status_hint(reference, status))
        }
        Refusal::MilestoneClosed { milestone, status, .. } => {
            let code = if *status == "paused" { "milestone.paused" } else { "milestone.closed" };
            (code, status_hint(milestone, status))
        }
        Refusal::Cycle { .. } | Refusal::DependsOnItself { .. } => {
            ("dep.cycle", "milestone dep tree".to_owned())
        }
        Refusal::DependencyExists { reference, .. } | Refusal::NoDependency { reference, .. } => {
            ("dep.unchanged", format!("milestone dep tree {}", quoted(reference)))
        }
        Refusal::NoCriterion { reference, .. } => {
            ("check.none", format!("milestone show {}", quoted(reference)))
        }
        Refusal::NotBlocked { reference } => {
            ("task.not_blocked", format!("milestone show {}", quoted(reference)))
        }
        Refusal::WhichBlocker { reference, blockers }
        | Refusal::UnknownBlocker { reference, blockers, .. } => {
            for (id, text) in blockers {
                problem = problem.fact(format!("{id}  {text}")).alternative(id.clone());
            }
            let id = blockers.first().map(|(id, _)| id.as_str()).unwrap_or_default();
            ("task.which_blocker", format!("milestone unblock {} {id}", quoted(reference)))
        }
        Refusal::NotAMilestone { .. } => ("ref.not_a_milestone", "milestone list".to_owned()),
        Refusal::NotATask { .. } => ("ref.not_a_task", "milestone task list".to_owned()),
        Refusal::DueBeforeStart { .. } | Refusal::DoneBeforeStart { .. } => {
            ("dates.order", "give an end that is not before the beginning".to_owned())
        }
        Refusal::ProjectExists { .. } => ("project.exists", "milestone list".to_owned()),
        refusal => {
            let hint = || "milestone help rule.refused".to_owned();
            let told = phase::rule(refusal, problem.clone());
            let told = told.or_else(|| risk::rule(refusal, problem.clone()));
            return told.unwrap_or_else(|| problem.named("rule.refused").hint(hint()));
        }
    };
    problem.named(code).hint(hint)
}

fn words(tasks: &[String], milestone: &str) -> String {
    if tasks.len() > 3 {
        return format!("{} --force WHY", quoted(milestone));
    }
    let mut words: Vec<String> = tasks.iter().take(3).map(|task| quoted(task)).collect();
    words.push(quoted(milestone));
    words.join(" ")
}

fn status_hint(reference: &str, status: &str) -> String {
    let reference = quoted(reference);
    match status {
        "archived" => format!("milestone unarchive {reference}"),
        "done" | "completed" | "cancelled" => format!("milestone reopen {reference}"),
        "paused" => format!("milestone resume {reference}"),
        "planned" => format!("milestone start {reference}"),
        _ => format!("milestone show {reference}"),
    }
}

#[cfg(test)]
mod tests {
    use milestone_core::projection::Fingerprint;
    use milestone_core::words::StreamId;

    use super::*;

    #[test]
    fn a_migration_that_differs_names_a_handful() {
        let names = ["api", "api/one", "api/two", "search", "search/one", "search/two"];
        let streams = names.into_iter().filter_map(StreamId::parse).collect();
        let (here, there) = (Fingerprint([1; 32]), Fingerprint([2; 32]));
        let problem = migrate(&MigrateError::Differs { streams, here, there, report: None });
        assert_eq!(problem.exit.code(), 11);
        insta::assert_snapshot!(problem.to_text().replace(" (", "\n  ("), @"
        error[migrate.differs]: api and 5 more are not the same in the new generation
          (0101010101010101 and 0202020202020202)
          = the log is untouched, and the backend is what it was
          = api
          = api/one
          = api/two
          = search
          = search/one
        hint: milestone doctor
        ");
    }

    #[test]
    fn a_place_that_cannot_be_written_to_is_not_a_migration_that_was_taken_back() {
        let source = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
        let problem = migrate(&MigrateError::Io { action: "take the lock of migrations", source });
        assert_eq!((problem.exit.code(), problem.code), (14, "log.unwritable"));
    }
}
