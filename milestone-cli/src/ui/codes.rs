//! Every error code: what it means, what the process exits with, and what to do.
//!
//! Start at [`all`]. A [`Problem`](super::error::Problem) is made with a code of these tables and
//! its exit, which is checked where assertions are; `milestone help CODE` prints a row.
//!
//! - **Invariant.** Codes never change their meaning; new ones are added.

#[path = "codes_backend.rs"]
mod backend;
#[path = "codes_backup.rs"]
mod backup;
#[path = "codes_board.rs"]
mod board;
#[path = "codes_key.rs"]
mod key;
#[path = "codes_output.rs"]
mod output;
#[path = "codes_risk.rs"]
mod risk;
#[path = "codes_session.rs"]
mod session;
#[path = "codes_template.rs"]
mod template;
#[path = "codes_workflow.rs"]
mod workflow;

use super::error::Exit;

/// One row: an error code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// Its name, `noun.what`.
    pub name: &'static str,
    /// What the process exits with.
    pub exit: Exit,
    /// What it means.
    pub means: &'static str,
    /// What to do.
    pub remedy: &'static str,
}

/// The row of that name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Code> {
    all().find(|code| code.name == name)
}

/// Every code.
pub fn all() -> impl Iterator<Item = &'static Code> {
    let more = [
        backend::CODES,
        backup::CODES,
        board::CODES,
        key::CODES,
        output::CODES,
        risk::CODES,
        session::CODES,
        template::CODES,
        workflow::CODES,
    ];
    CODES.iter().chain(more.into_iter().flatten())
}

const fn row(name: &'static str, exit: Exit, means: &'static str, remedy: &'static str) -> Code {
    Code { name, exit, means, remedy }
}

/// The codes of everything else, by name.
const CODES: &[Code] = &[
    row(
        "anchors.unreadable",
        Exit::NotFound,
        "--against names no record and no file of ids",
        "give a commit or a file that is there",
    ),
    row(
        "check.none",
        Exit::Refused,
        "the checklist has no item of that number",
        "look at the numbers: milestone show REF",
    ),
    row(
        "conflict.not_found",
        Exit::NotFound,
        "no open conflict begins with that id",
        "milestone conflicts",
    ),
    row(
        "dates.order",
        Exit::Refused,
        "something would end before it begins",
        "give an end that is not before the beginning",
    ),
    row(
        "demo.not_empty",
        Exit::Refused,
        "the demonstration only goes where nothing is",
        "milestone demo DIR",
    ),
    row(
        "demo.unwritable",
        Exit::NotRecorded,
        "the directory of the demonstration cannot be made",
        "milestone demo DIR, where you may write",
    ),
    row(
        "dep.cycle",
        Exit::Refused,
        "things would wait for each other in a circle",
        "milestone dep tree",
    ),
    row(
        "dep.unchanged",
        Exit::Refused,
        "it waits for that already, or does not",
        "milestone dep tree REF",
    ),
    row(
        "edit.confirm",
        Exit::Confirm,
        "an edit of many wants a yes and nobody can be asked",
        "--yes, or -n to look first",
    ),
    row("edit.refused", Exit::Refused, "one of many cannot be edited so", "narrow --where"),
    row(
        "env.cwd",
        Exit::Failed,
        "the working directory cannot be read",
        "cd to a directory that is there",
    ),
    row(
        "env.now",
        Exit::Usage,
        "MILESTONE_NOW is no time",
        "write it as 2026-03-12T09:00:00Z, or unset it",
    ),
    row(
        "env.random",
        Exit::Failed,
        "the system gives no random bits",
        "look at what is said of /dev/urandom",
    ),
    row("export.exists", Exit::Refused, "the file is there already", "--force, or another file"),
    row("export.failed", Exit::Failed, "the export cannot be written", "another -o FILE"),
    row("file.not_found", Exit::NotFound, "a file that was named is not there", "correct the path"),
    row(
        "git.unreadable",
        Exit::NotFound,
        "git knows no such state of this project",
        "git log -- .milestones",
    ),
    row(
        "id.bad",
        Exit::Usage,
        "that cannot be an id",
        "leave --id out, and one is made from the title",
    ),
    row(
        "id.taken",
        Exit::Refused,
        "something has that id already",
        "leave --id out, or give another",
    ),
    row(
        "import.loss",
        Exit::Refused,
        "something of the source would be left out",
        "look with --dry-run; go on with --accept-loss",
    ),
    row(
        "import.needs_into",
        Exit::Usage,
        "there are issues that belong to no milestone",
        "milestone import beads FILE --into backlog",
    ),
    row(
        "import.not_beads",
        Exit::Usage,
        "these are no issues of beads",
        "give .beads/issues.jsonl or an export",
    ),
    row(
        "import.unreadable",
        Exit::NotFound,
        "a file of the import cannot be read",
        "correct the path",
    ),
    row(
        "init.failed",
        Exit::NotRecorded,
        "the project could not be made",
        "choose a directory that you may write to",
    ),
    row("input.not_utf8", Exit::Usage, "the input is no UTF-8 text", "iconv -t UTF-8"),
    row(
        "input.too_large",
        Exit::Usage,
        "the input is more than one command takes",
        "say it in several commands",
    ),
    row(
        "input.unreadable",
        Exit::Usage,
        "the input cannot be read",
        "give another file, or - for standard input",
    ),
    row(
        "interrupted",
        Exit::Interrupted,
        "Ctrl-C came before anything was appended",
        "do it again if you want it",
    ),
    row(
        "key.reused",
        Exit::Conflict,
        "the idempotency key stands for another command",
        "use another key for another command",
    ),
    row("log.failed", Exit::Failed, "the log could not be read through", "milestone doctor"),
    row("log.locked", Exit::Busy, "somebody else has been writing all the time", "try again"),
    row(
        "log.not_recorded",
        Exit::NotRecorded,
        "nothing was appended",
        "free space or mend permissions, then try again",
    ),
    row(
        "log.too_new",
        Exit::Refused,
        "a newer milestone wrote to this log",
        "install a newer milestone to write here",
    ),
    row(
        "log.unknown",
        Exit::Unknown,
        "nobody knows whether the record is durable",
        "milestone log has ID, or again with the same key",
    ),
    row("log.unreadable", Exit::Failed, "the log cannot be read", "milestone doctor"),
    row(
        "log.unwritable",
        Exit::NotRecorded,
        "the lock of the log cannot be taken",
        "mend the permissions of .milestones",
    ),
    row(
        "milestone.closed",
        Exit::Refused,
        "the milestone is done, cancelled or archived",
        "reopen or unarchive it first",
    ),
    row(
        "milestone.open_tasks",
        Exit::Refused,
        "the milestone has tasks that are not done",
        "finish or cancel them, or give --force WHY",
    ),
    row(
        "output.failed",
        Exit::Failed,
        "the result cannot be printed in that form",
        "choose another --format",
    ),
    row(
        "plan.bad",
        Exit::Usage,
        "the list or outline cannot be understood",
        "one title a line, two spaces before a checklist item",
    ),
    row(
        "plan.no_title",
        Exit::Usage,
        "the outline has no title",
        "begin it with \"# Title\", or give a TITLE beside -F",
    ),
    row("project.exists", Exit::Refused, "there is a project here already", "milestone list"),
    row(
        "project.foreign_owner",
        Exit::Refused,
        "the project belongs to another user",
        "set MILESTONE_TRUST_OWNER=1 if you trust its owner",
    ),
    row(
        "project.none",
        Exit::NotFound,
        "there is no project here",
        "milestone init, or go to one with -C",
    ),
    row(
        "project.read_only",
        Exit::Refused,
        "the project was opened for reading only",
        "open it for writing",
    ),
    row(
        "project.symlink",
        Exit::Refused,
        ".milestones is a link, and is not followed",
        "put the folder itself in its place",
    ),
    row(
        "project.unusable",
        Exit::Refused,
        ".milestones cannot be used as a project",
        "milestone init in another directory",
    ),
    row("query.cursor", Exit::Usage, "the cursor is of no list, or of another", "begin without it"),
    row("query.syntax", Exit::Usage, "the words make no query", "milestone help query"),
    row("query.unknown", Exit::Usage, "the query names no field or flag", "milestone help query"),
    row("query.value", Exit::Usage, "a field is asked what it cannot be", "milestone help query"),
    row(
        "record.ambiguous",
        Exit::Ambiguous,
        "several records begin with that id",
        "give more digits of it",
    ),
    row("record.not_found", Exit::NotFound, "there is no such record", "milestone log"),
    row(
        "record.too_large",
        Exit::NotRecorded,
        "the record would be over 1 MiB",
        "say it in several commands",
    ),
    row(
        "ref.ambiguous",
        Exit::Ambiguous,
        "several things fit the reference",
        "give more of the name",
    ),
    row("ref.no_current", Exit::NotFound, "nothing says what @ means", "--on REF, or MILESTONE_ON"),
    row(
        "ref.not_a_milestone",
        Exit::Refused,
        "the command wants a milestone and got a task",
        "milestone list",
    ),
    row(
        "ref.not_a_task",
        Exit::Refused,
        "the command wants a task and got a milestone",
        "milestone task list",
    ),
    row("ref.not_found", Exit::NotFound, "nothing is called that", "milestone list"),
    row(
        "ref.not_yet",
        Exit::NotFound,
        "it was not there at the moment that is looked at",
        "choose a later --as-of",
    ),
    row(
        "ref.prefix",
        Exit::NotFound,
        "MILESTONE_EXACT is set and the name is not whole",
        "write the whole name",
    ),
    row(
        "repair.confirm",
        Exit::Confirm,
        "a repair wants a yes and nobody can be asked",
        "milestone doctor --repair --yes",
    ),
    row(
        "repair.failed",
        Exit::NotRecorded,
        "a repair could not be made",
        "mend what the message names",
    ),
    row(
        "replay.failed",
        Exit::Failed,
        "the files could not be written",
        "replay into a directory that is not there yet",
    ),
    row(
        "replay.not_empty",
        Exit::Refused,
        "the directory has something in it",
        "choose another, or add --force",
    ),
    row("rule.refused", Exit::Refused, "a rule says no", "do what the message names"),
    row("status.wrong", Exit::Refused, "that cannot be done in this status", "milestone show REF"),
    row(
        "stream.moved",
        Exit::Conflict,
        "somebody changed it since --expect was read",
        "read it again and decide anew",
    ),
    row("task.blocked", Exit::Refused, "something is in its way", "milestone unblock REF"),
    row("task.not_blocked", Exit::Refused, "nothing is in its way", "milestone show REF"),
    row(
        "task.waiting",
        Exit::Refused,
        "it waits for others that are not done",
        "finish those first, or give --force WHY",
    ),
    row(
        "task.which_blocker",
        Exit::Refused,
        "several things are in its way, or none of that id",
        "milestone unblock REF ID",
    ),
    row("undo.built_on", Exit::Conflict, "something later builds on the change", "undo that first"),
    row("undo.nothing", Exit::Refused, "you have no such changes to undo", "milestone undo --list"),
    row("undo.refused", Exit::Refused, "the change has no opposite", "milestone log"),
    row(
        "usage.as_of",
        Exit::Usage,
        "--as-of names no moment",
        "a date, 3d, a record id, #N, git:REV or session:ID",
    ),
    row(
        "usage.as_of_present",
        Exit::Usage,
        "the command looks at what is there now",
        "leave --as-of out",
    ),
    row("usage.as_of_write", Exit::Usage, "the past cannot be written to", "leave --as-of out"),
    row(
        "usage.bad_value",
        Exit::Usage,
        "a flag does not take that value",
        "milestone help COMMAND",
    ),
    row("usage.conflict", Exit::Usage, "two flags exclude each other", "leave one out"),
    row(
        "usage.expect",
        Exit::Usage,
        "--expect names no record",
        "take the heads that --json gives",
    ),
    row("usage.format", Exit::Usage, "the command has no such format", "choose one of those named"),
    row("usage.invalid", Exit::Usage, "the words make no command", "milestone help COMMAND"),
    row("usage.later", Exit::Usage, "--from is later than --to", "exchange them"),
    row(
        "usage.missing",
        Exit::Usage,
        "something that the command needs is missing",
        "milestone help COMMAND",
    ),
    row("usage.missing_verb", Exit::Usage, "the noun wants a verb", "milestone help COMMAND"),
    row(
        "usage.nothing_to_change",
        Exit::Usage,
        "the command names nothing to change",
        "milestone help edit",
    ),
    row("usage.one_id", Exit::Usage, "one id cannot be given to several", "leave --id out"),
    row(
        "usage.stdin",
        Exit::Usage,
        "it waits for input, and a terminal is there",
        "give a file, or pipe the text in",
    ),
    row(
        "usage.too_many",
        Exit::Usage,
        "there are more words than the command takes",
        "put quotes round words that belong together",
    ),
    row("usage.unknown_command", Exit::Usage, "there is no such command", "milestone help --all"),
    row(
        "usage.unknown_field",
        Exit::Usage,
        "the result has no such field",
        "choose one of those named",
    ),
    row(
        "usage.unknown_flag",
        Exit::Usage,
        "the command has no such flag",
        "milestone help COMMAND",
    ),
    row("usage.unknown_kind", Exit::Usage, "no event is of that kind", "choose one of those named"),
    row(
        "usage.unknown_topic",
        Exit::Usage,
        "there is no such topic, command or code",
        "milestone help --all",
    ),
    row(
        "value.bad",
        Exit::Usage,
        "a text has characters or a length not to be kept",
        "milestone help refs",
    ),
    row("value.progress", Exit::Usage, "that is no progress", "milestone progress REF 4/6, or 67%"),
    row(
        "view.broken",
        Exit::Usage,
        "a saved view is no query any more",
        "milestone view show NAME",
    ),
    row("view.cursor", Exit::Usage, "a view has no cursor", "leave cursor: out"),
    row("view.name", Exit::Usage, "a view cannot be called that", "milestone view save soon QUERY"),
    row("view.not_found", Exit::NotFound, "no view is called that", "milestone view list"),
];

#[cfg(test)]
#[path = "codes_tests.rs"]
mod tests;
