//! The table of event kinds: what each belongs to and what it carries, for ever.
//!
//! Start at [`KINDS`]; [`details_table`] prints it as the page `docs/events.md`, and a test holds
//! the page, this table and the types of `payload` against each other.
//!
//! - **Invariant.** A change to this table is a change of the log's format.

/// One member of `details`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemberSpec {
    /// Its name.
    pub name: &'static str,
    /// What kind of JSON it is.
    pub shape: &'static str,
}

/// One kind of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindSpec {
    /// Its name.
    pub name: &'static str,
    /// The stream it belongs to.
    pub stream: &'static str,
    /// What its `details` may have, in the order in which it is written.
    pub members: &'static [MemberSpec],
}

const fn member(name: &'static str, shape: &'static str) -> MemberSpec {
    MemberSpec { name, shape }
}

const fn kind(
    name: &'static str,
    stream: &'static str,
    members: &'static [MemberSpec],
) -> KindSpec {
    KindSpec { name, stream, members }
}

const TASK: MemberSpec = member("task", "slug");
const TIME: MemberSpec = member("time_spent", "minutes");
const NOTES: MemberSpec = member("notes", "text");
const REASON: MemberSpec = member("reason", "text");
const FORCED: MemberSpec = member("forced", "text");
const CRITERION: MemberSpec = member("criterion", "id");
const RISK: MemberSpec = member("risk", "id");
const SOURCE: MemberSpec = member("source", "any JSON");

const FIELDS: [MemberSpec; 13] = [
    member("title", "text"),
    member("description", "text"),
    member("priority", "low, medium, high or critical"),
    member("owner", "text"),
    member("start", "date"),
    member("due", "date"),
    member("estimate", "minutes"),
    member("weight", "integer"),
    member("position", "integer"),
    member("template", "text"),
    member("external_id", "text"),
    member("assignees", "list of text"),
    member("labels", "list of text"),
];

const fn created() -> [MemberSpec; 15] {
    let mut members = [TASK; 15];
    let mut at = 0;
    while at < FIELDS.len() {
        members[at + 1] = FIELDS[at];
        at += 1;
    }
    members[14] = SOURCE;
    members
}

const CREATED: [MemberSpec; 15] = created();
const EDITED: [MemberSpec; 5] = [
    TASK,
    member("set", "object of fields; null clears"),
    member("add", "object of lists"),
    member("remove", "object of lists"),
    SOURCE,
];
const COMPLETED: MemberSpec = member("tasks_completed", "list of slugs");
const LEFT_OPEN: MemberSpec = member("open", "list of streams");
const TRANSITION: [MemberSpec; 7] = [TASK, COMPLETED, REASON, FORCED, LEFT_OPEN, TIME, NOTES];
const REOPENED: [MemberSpec; 8] =
    [TASK, COMPLETED, REASON, member("to", "planned"), FORCED, LEFT_OPEN, TIME, NOTES];
const PHASE: MemberSpec = member("phase", "text");
const DELIVERABLE: MemberSpec = member("deliverable", "text");
const JUDGED: [MemberSpec; 3] = [TASK, PHASE, NOTES];
const SESSION: [MemberSpec; 5] = [
    member("session", "text"),
    member("on", "stream"),
    member("branch", "text"),
    member("next", "text"),
    NOTES,
];
const CHECK: [MemberSpec; 2] = [TASK, CRITERION];
const DEPENDENCY: [MemberSpec; 5] = [
    TASK,
    member("on", "stream, or PATH#REF in another project"),
    member("kind", "fs, ss, ff or sf; absent: fs"),
    member("lag", "minutes, may be negative"),
    SOURCE,
];

const MILESTONE: &str = "milestone";
const ONE_TASK: &str = "task";
const EITHER: &str = "milestone or task";
const PROJECT: &str = "project";

/// Every kind that is written and understood.
pub const KINDS: &[KindSpec] = &[
    kind("project_created", PROJECT, &[member("name", "text"), member("demo", "true")]),
    kind("undone", PROJECT, &[member("record", "record id")]),
    kind("setting_changed", PROJECT, &[member("key", "text"), member("value", "any JSON or null")]),
    kind("session_started", PROJECT, &SESSION),
    kind("session_suspended", PROJECT, &SESSION),
    kind("session_resumed", PROJECT, &SESSION),
    kind("session_ended", PROJECT, &SESSION),
    kind(
        "checkpoint_signed",
        PROJECT,
        &[
            member("heads", "list of record ids"),
            member("count", "integer"),
            member("root", "64 hex digits"),
            member("key_id", "16 hex digits"),
            member("signature", "128 hex digits"),
        ],
    ),
    kind("milestone_created", MILESTONE, &CREATED),
    kind("milestone_edited", MILESTONE, &EDITED),
    kind("milestone_started", MILESTONE, &TRANSITION),
    kind("milestone_paused", MILESTONE, &TRANSITION),
    kind("milestone_resumed", MILESTONE, &TRANSITION),
    kind("milestone_completed", MILESTONE, &TRANSITION),
    kind("milestone_reopened", MILESTONE, &REOPENED),
    kind("milestone_cancelled", MILESTONE, &TRANSITION),
    kind("milestone_archived", MILESTONE, &TRANSITION),
    kind("milestone_restored", MILESTONE, &TRANSITION),
    kind("task_added", ONE_TASK, &CREATED),
    kind("task_edited", ONE_TASK, &EDITED),
    kind("task_started", ONE_TASK, &TRANSITION),
    kind("task_completed", ONE_TASK, &TRANSITION),
    kind("task_reopened", ONE_TASK, &TRANSITION),
    kind("task_cancelled", ONE_TASK, &TRANSITION),
    kind("task_removed", ONE_TASK, &TRANSITION),
    kind(
        "task_moved",
        ONE_TASK,
        &[TASK, member("to", "slug"), member("as", "slug"), member("position", "integer")],
    ),
    kind(
        "progress_updated",
        EITHER,
        &[
            TASK,
            member("progress_percentage", "0 to 100"),
            member("done", "integer"),
            member("of", "integer"),
            TIME,
            NOTES,
        ],
    ),
    kind("criterion_added", EITHER, &[TASK, CRITERION, member("text", "text"), PHASE]),
    kind("criterion_checked", EITHER, &CHECK),
    kind("criterion_unchecked", EITHER, &CHECK),
    kind("criterion_removed", EITHER, &CHECK),
    kind("note_added", EITHER, &[TASK, member("note", "id"), member("text", "text")]),
    kind("note_removed", EITHER, &[TASK, member("note", "id")]),
    kind(
        "link_added",
        EITHER,
        &[TASK, member("link", "id"), member("kind", "text"), member("to", "text"), SOURCE],
    ),
    kind("link_removed", EITHER, &[TASK, member("link", "id")]),
    kind("dependency_added", EITHER, &DEPENDENCY),
    kind("dependency_removed", EITHER, &DEPENDENCY),
    kind(
        "blocker_raised",
        EITHER,
        &[
            TASK,
            member("blocker", "id"),
            member("blockers_encountered", "list of text"),
            member("on", "text"),
            member("until", "date"),
        ],
    ),
    kind("blocker_cleared", EITHER, &[TASK, member("blocker", "id"), NOTES]),
    kind(
        "risk_identified",
        EITHER,
        &[
            TASK,
            RISK,
            member("title", "text"),
            member("likelihood", "text"),
            member("probability", "percent"),
            member("impact", "text"),
            member("delay", "minutes"),
            member("mitigation", "text"),
            member("owner", "text"),
            member("trigger", "date"),
            NOTES,
        ],
    ),
    kind("risk_updated", EITHER, &[TASK, RISK, member("set", "changes")]),
    kind(
        "risk_closed",
        EITHER,
        &[TASK, RISK, member("outcome", "text"), member("undone", "true"), NOTES],
    ),
    kind("conflict_resolved", EITHER, &[TASK, member("conflict", "id"), NOTES]),
    kind(
        "workflow_enabled",
        ONE_TASK,
        &[TASK, member("workflow", "text"), member("phases", "list of phases")],
    ),
    kind("phase_started", ONE_TASK, &[TASK, PHASE]),
    kind(
        "deliverable_added",
        ONE_TASK,
        &[
            TASK,
            PHASE,
            DELIVERABLE,
            member("path", "text"),
            member("url", "text"),
            member("text", "text"),
            member("sha256", "64 hex digits"),
        ],
    ),
    kind("deliverable_removed", ONE_TASK, &[TASK, PHASE, DELIVERABLE]),
    kind("phase_submitted", ONE_TASK, &[TASK, PHASE, member("contents", "list of hashes"), NOTES]),
    kind("phase_approved", ONE_TASK, &JUDGED),
    kind("phase_changes_requested", ONE_TASK, &JUDGED),
    kind("phase_rejected", ONE_TASK, &[TASK, PHASE, member("undone", "true"), NOTES]),
];

/// Names that are taken for kinds of later versions. They are kept and skipped until then.
pub const RESERVED_KINDS: &[&str] = &[
    "task_assigned",
    "task_claimed",
    "task_claim_renewed",
    "task_released",
    "member_added",
    "member_role_changed",
    "member_removed",
    "agent_registered",
    "agent_status_changed",
    "agent_retired",
    "message_sent",
    "imported",
    "restored",
];

/// What the members of the workflow's events hold inside.
const PHASES_NOTE: &str = "\
    A phase is an object: `phase` (its name), `weight` (integer), `minutes_min` and `minutes_max`\n\
    (minutes; absent where that is open), `approval_required` (true), `deliverables` (list of\n\
    text). A hash is an object: `deliverable` (its name), `sha256` (64 hex digits).\n\n";

/// What the members of the events of risks hold inside.
const RISKS_NOTE: &str = "\
    Changes of a risk are an object with those of its members that change, null where one is\n\
    cleared: `title`, `likelihood` (the word that stands for the probability; gone where it is\n\
    absent beside one), `probability`, `impact`, `delay`, `mitigation`, `owner`, `trigger`, and\n\
    `reopened` (true). An outcome is `came-true`, `averted` or `expired`; `undone` takes the risk\n\
    away.\n\n";

/// What a session's events leave to their record.
const SESSIONS_NOTE: &str = "\
    A session's id is the `session_id` of the records that are written in it. Where the log stood\n\
    at one of its events is what that record builds on, its `prev`.\n\n";

/// What a signature is over.
const SIGNED_NOTE: &str = "\
    A checkpoint's `root` is the root of the Merkle tree of RFC 6962 over the ids of its `count`\n\
    records, the heads and all that they build on, in the order of the log. Its `signature`, by\n\
    Ed25519, is over `milestone checkpoint v1`, the count, the root and each head, each with a\n\
    line feed after it.\n\n";

/// The table as a page of Markdown.
pub fn details_table() -> String {
    use std::fmt::Write;
    let mut page = String::from(
        "# Events, format 1\n\n\
         One row a kind. Every member of `details` may be absent unless the kind makes no sense\n\
         without it; members that are not named here are kept in the line and skipped. An event\n\
         of a task names the task's slug in `task`; without it the event is the milestone's\n\
         own.\n\n\
         | kind | stream | `details` |\n| --- | --- | --- |\n",
    );
    for spec in KINDS {
        let members: Vec<_> = spec
            .members
            .iter()
            .map(|member| format!("`{}` ({})", member.name, member.shape))
            .collect();
        let members = members.join(", ");
        writeln!(page, "| `{}` | {} | {members} |", spec.name, spec.stream)
            .expect("writing to a string cannot fail");
    }
    page.push_str("| `x.<vendor>.<name>` | any | any object |\n\n");
    page.push_str(PHASES_NOTE);
    page.push_str(RISKS_NOTE);
    page.push_str(SESSIONS_NOTE);
    page.push_str(SIGNED_NOTE);
    page.push_str("Reserved for later versions: ");
    let reserved: Vec<_> = RESERVED_KINDS.iter().map(|name| format!("`{name}`")).collect();
    page.push_str(&reserved.join(", "));
    page.push_str(".\n");
    page
}
