//! The vocabulary: what a query can ask of a milestone or a task.
//!
//! Start at [`FIELDS`] and [`FLAGS`]. The page `docs/queries.md`, messages and completions are made
//! of these tables.
//!
//! - **Invariant.** A name means one thing: no two fields, aliases included, and no two flags have
//!   the same. (`completed` is a flag; with an operator behind it, it is a field.)
//! - **Invariant.** Whatever is derived is derived by `domain`: progress, stages, waiting, ready.

use crate::domain::Stage;

/// Texts. All are compared folded ([`fold`](crate::words::fold)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextField {
    /// Any of title, description and notes.
    Any,
    /// A milestone's id; of a task both its slug and its reference, `api/endpoints`.
    Id,
    /// The title.
    Title,
    /// The description.
    Description,
    /// Any of the notes.
    Note,
    /// The owner.
    Owner,
    /// Any of the assignees.
    Assignee,
    /// The owner or any of the assignees.
    Who,
    /// Any of the labels.
    Label,
    /// The template it was made from.
    Template,
    /// Its id in another tool.
    External,
    /// The workflow of a task.
    Workflow,
    /// The phase of a task's workflow that is to be worked on: the first that is not finished.
    Phase,
}

/// Whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberField {
    /// 0 for low to 3 for critical; absent if none was given.
    Priority,
    /// Whole percent, as it is shown: `milestone_progress` or `task_percent`.
    Progress,
    /// The estimate, in minutes of work.
    Estimate,
    /// Work done, in minutes; 0 if none was noted.
    Spent,
    /// A task's weight; 1 if none was given. A milestone has none.
    Weight,
    /// A task's number: its rank among the tasks of its milestone that are not removed, by
    /// position, birth and stream. A milestone has none.
    Number,
}

/// Days of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayField {
    /// The planned last day; a task's own.
    Due,
    /// The planned first day.
    Start,
}

/// Moments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MomentField {
    /// When it was created.
    Created,
    /// When it last changed.
    Changed,
    /// When it was first begun.
    Started,
    /// When it was finished, if it is.
    Completed,
}

/// Relations to a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkField {
    /// It is in this milestone, or is it.
    In,
    /// It depends on this itself.
    After,
    /// This depends on it itself.
    Blocks,
}

/// Anything that can be asked of one thing by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Milestone or task.
    Kind,
    /// How far it has come; a milestone by its effective stage.
    Status,
    /// A text.
    Text(TextField),
    /// A number.
    Number(NumberField),
    /// A day.
    Day(DayField),
    /// A moment.
    Moment(MomentField),
    /// A relation.
    Link(LinkField),
}

/// What is derived and either holds or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flag {
    /// Open, with an open blocker of its own.
    Blocked,
    /// Open, and something it depends on itself is not finished (`waits_for`).
    Waiting,
    /// A task that can be started now, as `domain::ready` says. No milestone is.
    Ready,
    /// A milestone that is archived or cancelled, or a task in one.
    Shelved,
    /// Clones disagree about it.
    Conflicted,
}

/// One field, for parsing and for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldSpec {
    /// Its name.
    pub name: &'static str,
    /// Other names of it.
    pub aliases: &'static [&'static str],
    /// What it is.
    pub field: Field,
    /// What its values look like.
    pub values: &'static str,
    /// True if one can sort by it.
    pub sortable: bool,
    /// True if a thing may lack it, so that `has:` and `none` make sense.
    pub optional: bool,
    /// What it is, for people.
    pub about: &'static str,
}

/// One flag, for parsing and for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlagSpec {
    /// The word.
    pub name: &'static str,
    /// What it says.
    pub word: FlagWord,
    /// What it means, for people.
    pub about: &'static str,
}

/// What a flag's word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlagWord {
    /// Something derived.
    Flag(Flag),
    /// A status.
    Status(Stage),
    /// Neither finished, given up nor put away.
    Open,
    /// Not open.
    Closed,
    /// Open and due before today.
    Overdue,
    /// Owned by whoever asks, or assigned to them.
    Mine,
}

const TEXT: &str = "text";
const NAME: &str = "name";
const DAY: &str = "day";
const REFERENCE: &str = "reference";

const fn spec(
    name: &'static str,
    aliases: &'static [&'static str],
    field: Field,
    values: &'static str,
    about: &'static str,
) -> FieldSpec {
    FieldSpec { name, aliases, field, values, sortable: true, optional: false, about }
}

const fn optional(mut spec: FieldSpec) -> FieldSpec {
    spec.optional = true;
    spec
}

const fn unsorted(mut spec: FieldSpec) -> FieldSpec {
    spec.sortable = false;
    spec
}

const fn text(of: TextField) -> Field {
    Field::Text(of)
}

/// Every field, in the order of the page.
pub const FIELDS: &[FieldSpec] = &[
    spec("status", &["state"], Field::Status, "status", "how far it has come"),
    spec("kind", &[], Field::Kind, "`milestone` or `task`", "what it is"),
    spec("id", &["ref"], text(TextField::Id), NAME, "the id, or a task's slug or reference"),
    unsorted(optional(spec(
        "text",
        &[],
        text(TextField::Any),
        TEXT,
        "title, description and notes; bare words ask for it",
    ))),
    spec("title", &[], text(TextField::Title), TEXT, "the title"),
    unsorted(optional(spec(
        "description",
        &["desc"],
        text(TextField::Description),
        TEXT,
        "the description",
    ))),
    unsorted(optional(spec("note", &["notes"], text(TextField::Note), TEXT, "any of the notes"))),
    optional(spec("owner", &[], text(TextField::Owner), NAME, "who answers for it")),
    unsorted(optional(spec(
        "assignee",
        &["assignees"],
        text(TextField::Assignee),
        NAME,
        "any of those who work on it",
    ))),
    unsorted(optional(spec(
        "who",
        &["person"],
        text(TextField::Who),
        NAME,
        "its owner or any assignee",
    ))),
    unsorted(optional(spec(
        "label",
        &["labels", "tag"],
        text(TextField::Label),
        NAME,
        "any of its labels",
    ))),
    optional(spec(
        "priority",
        &["prio"],
        Field::Number(NumberField::Priority),
        "`low`, `medium`, `high` or `critical`",
        "how important it is",
    )),
    optional(spec("due", &[], Field::Day(DayField::Due), DAY, "the planned last day, its own")),
    optional(spec("start", &[], Field::Day(DayField::Start), DAY, "the planned first day")),
    optional(spec(
        "created",
        &[],
        Field::Moment(MomentField::Created),
        "day or time",
        "when it was created",
    )),
    spec(
        "changed",
        &["updated", "modified"],
        Field::Moment(MomentField::Changed),
        "day or time",
        "when it last changed",
    ),
    optional(spec(
        "started",
        &[],
        Field::Moment(MomentField::Started),
        "day or time",
        "when it was first begun",
    )),
    optional(spec(
        "completed",
        &["finished"],
        Field::Moment(MomentField::Completed),
        "day or time",
        "when it was finished",
    )),
    spec(
        "progress",
        &[],
        Field::Number(NumberField::Progress),
        "percent",
        "how far it has come, in whole percent",
    ),
    optional(spec(
        "estimate",
        &[],
        Field::Number(NumberField::Estimate),
        "duration",
        "how much work it is",
    )),
    spec("spent", &[], Field::Number(NumberField::Spent), "duration", "work done on it"),
    optional(spec(
        "weight",
        &[],
        Field::Number(NumberField::Weight),
        "number",
        "how much a task counts in its milestone",
    )),
    optional(spec(
        "number",
        &[],
        Field::Number(NumberField::Number),
        "number",
        "a task's number in its milestone",
    )),
    spec(
        "in",
        &["milestone"],
        Field::Link(LinkField::In),
        REFERENCE,
        "a milestone, and the tasks in it",
    ),
    unsorted(optional(spec(
        "after",
        &["depends"],
        Field::Link(LinkField::After),
        REFERENCE,
        "it depends on that",
    ))),
    unsorted(optional(spec(
        "blocks",
        &["before"],
        Field::Link(LinkField::Blocks),
        REFERENCE,
        "that depends on it",
    ))),
    optional(spec("template", &[], text(TextField::Template), NAME, "what it was made from")),
    optional(spec("external", &[], text(TextField::External), NAME, "its id in another tool")),
    unsorted(optional(spec(
        "workflow",
        &[],
        text(TextField::Workflow),
        NAME,
        "the workflow of a task",
    ))),
    unsorted(optional(spec(
        "phase",
        &[],
        text(TextField::Phase),
        NAME,
        "the phase that is to be worked on",
    ))),
];

const fn flag(name: &'static str, word: FlagWord, about: &'static str) -> FlagSpec {
    FlagSpec { name, word, about }
}

/// Every flag, in the order of the page. Each can be typed alone or behind `is:`.
pub const FLAGS: &[FlagSpec] = &[
    flag("open", FlagWord::Open, "neither finished, given up nor put away"),
    flag("closed", FlagWord::Closed, "not open"),
    flag("blocked", FlagWord::Flag(Flag::Blocked), "open, and something is in its way"),
    flag("waiting", FlagWord::Flag(Flag::Waiting), "open, and what it depends on is not finished"),
    flag("ready", FlagWord::Flag(Flag::Ready), "a task that can be started now"),
    flag("overdue", FlagWord::Overdue, "open, and its own due day is over"),
    flag("mine", FlagWord::Mine, "yours, or assigned to you"),
    flag("shelved", FlagWord::Flag(Flag::Shelved), "archived or cancelled, or in a milestone so"),
    flag("conflicted", FlagWord::Flag(Flag::Conflicted), "merged writers disagree about it"),
    flag("planned", FlagWord::Status(Stage::Open), "a milestone that was not begun"),
    flag("pending", FlagWord::Status(Stage::Open), "a task that was not begun"),
    flag("active", FlagWord::Status(Stage::Underway), "a milestone that is under way"),
    flag("in_progress", FlagWord::Status(Stage::Underway), "a task that is under way"),
    flag("paused", FlagWord::Status(Stage::Paused), "a milestone that was put down for now"),
    flag("completed", FlagWord::Status(Stage::Done), "a milestone that is finished"),
    flag("done", FlagWord::Status(Stage::Done), "a task that is finished"),
    flag("cancelled", FlagWord::Status(Stage::Cancelled), "given up"),
    flag("archived", FlagWord::Status(Stage::Archived), "a milestone that was put away"),
];

impl Field {
    /// Its row in the table.
    pub fn spec(self) -> &'static FieldSpec {
        FIELDS.iter().find(|spec| spec.field == self).expect("every field has a row")
    }

    /// The field of this name or alias, in any case.
    pub fn named(name: &str) -> Option<&'static FieldSpec> {
        let is = |held: &str| held.eq_ignore_ascii_case(name);
        FIELDS.iter().find(|spec| is(spec.name) || spec.aliases.iter().any(|alias| is(alias)))
    }
}

impl FlagSpec {
    /// The flag of this word, in any case; `-` and `_` are the same.
    pub fn named(word: &str) -> Option<&'static Self> {
        let same = |held: &Self| {
            held.name.len() == word.len()
                && held.name.bytes().zip(word.bytes()).all(|(held, typed)| {
                    held == typed.to_ascii_lowercase() || (held == b'_' && typed == b'-')
                })
        };
        FLAGS.iter().find(|held| same(held))
    }

    /// The word of a status, as queries print it.
    pub(super) fn of_status(stage: Stage) -> &'static str {
        match stage {
            Stage::Open => "pending",
            Stage::Underway => "active",
            Stage::Paused => "paused",
            Stage::Done => "done",
            Stage::Cancelled | Stage::Removed => "cancelled",
            Stage::Archived => "archived",
        }
    }
}
