//! Conditions as SQL.
//!
//! Start at [`rows`]; [`counts`] is for conditions that the table of counts can answer.
//!
//! - **Invariant.** A test may be NULL for false. `AND` and `OR` keep that; only `NOT` would not,
//!   and stands as `IS NOT TRUE`.

use milestone_core::domain::{Stage, WEIGHT_DEFAULT};
use milestone_core::query::{
    Condition, DayField, Field, Flag, Kind, LinkField, Match, MomentField, NumberField, Op, Scope,
    Test, TextField, status_rank,
};
use milestone_core::words::Date;
use rusqlite::types::Value;

/// The number of a stream.
const NUMBER_OF_STREAM: &str = "(SELECT id FROM streams WHERE name = ";

/// What is bound to a statement, by the numbers of the parameters.
#[derive(Debug, Default)]
pub(super) struct Bound(pub(super) Vec<Value>);

impl Bound {
    /// Binds a value; how the statement names it.
    pub(super) fn put(&mut self, value: impl Into<Value>) -> String {
        self.0.push(value.into());
        format!("?{}", self.0.len())
    }
}

/// The column alias of the milestone that a thing is, or is in.
pub(super) const fn home(scope: Scope) -> &'static str {
    match scope {
        Scope::Milestones => "t",
        Scope::Tasks | Scope::Both => "h",
    }
}

/// The rows of `items t` that a query of this scope looks among.
pub(super) const fn from(scope: Scope) -> (&'static str, &'static str) {
    match scope {
        Scope::Milestones => ("items t", "t.home IS NULL"),
        Scope::Tasks => (
            "items t CROSS JOIN items h ON h.id = t.home",
            "t.home IS NOT NULL AND t.stage <> 5 AND h.home IS NULL",
        ),
        Scope::Both => (
            "items t CROSS JOIN items h ON h.id = coalesce(t.home, t.id)",
            "h.home IS NULL AND (t.home IS NULL OR t.stage <> 5)",
        ),
    }
}

/// The condition over rows; `None` if a value of it has no form in the tables.
pub(super) fn rows(scope: Scope, condition: &Condition, bound: &mut Bound) -> Option<String> {
    compile(condition, &mut |test| row(scope, test, bound))
}

/// The condition over the table of counts; `None` if that does not say.
pub(super) fn counts(scope: Scope, condition: &Condition) -> Option<String> {
    let ready = Test::Flag(Flag::Ready);
    let is_ready = |held: &Condition| matches!(held, Condition::Test(test) if *test == ready);
    let only_ready = match condition {
        Condition::All(all) => all.iter().any(is_ready),
        condition => is_ready(condition),
    };
    let among = match scope {
        Scope::Milestones => "NOT task",
        // What can be started is in a milestone that is there; of others that is not certain.
        Scope::Tasks if only_ready => "task",
        Scope::Tasks | Scope::Both => return None,
    };
    let fits = compile(condition, &mut |test| match test {
        Test::Kind(kind) => Some(is_task("task", *kind)),
        Test::Status(stage) => Some(format!("list_order = {}", status_rank(*stage))),
        Test::Flag(Flag::Ready) => Some("ready".to_owned()),
        Test::Flag(Flag::Shelved) if scope == Scope::Milestones => Some(shelved("list_order")),
        _ => None,
    })?;
    Some(format!("{among} AND {fits}"))
}

fn compile(condition: &Condition, test: &mut dyn FnMut(&Test) -> Option<String>) -> Option<String> {
    let mut joined = |all: &[Condition], word: &str, none: &str| {
        let parts: Option<Vec<String>> = all.iter().map(|inner| compile(inner, test)).collect();
        let parts = parts?;
        Some(if parts.is_empty() { none.to_owned() } else { format!("({})", parts.join(word)) })
    };
    match condition {
        Condition::All(all) => joined(all, " AND ", "1"),
        Condition::Any(any) => joined(any, " OR ", "0"),
        Condition::Not(inner) => Some(format!("({} IS NOT TRUE)", compile(inner, test)?)),
        Condition::Test(held) => Some(format!("({})", test(held)?)),
    }
}

fn is_task(column: &str, kind: Kind) -> String {
    match kind {
        Kind::Task => column.to_owned(),
        Kind::Milestone => format!("NOT {column}"),
    }
}

/// Archived, cancelled or removed.
fn shelved(list_order: &str) -> String {
    format!("{list_order} >= {}", status_rank(Stage::Cancelled))
}

fn row(scope: Scope, test: &Test, bound: &mut Bound) -> Option<String> {
    Some(match test {
        Test::Flag(flag) => is(scope, *flag),
        Test::Has(field) => has(*field),
        Test::Kind(kind) => is_task("(t.home IS NOT NULL)", *kind),
        Test::Status(stage) => format!("t.list_order = {}", status_rank(*stage)),
        Test::Text(of, how, needle) => {
            let needle = bound.put(needle.clone());
            texts(*of, &|text| match how {
                Match::Whole => format!("fold({text}) = {needle}"),
                Match::Part => format!("instr(fold({text}), {needle}) > 0"),
            })
        }
        Test::Number(of, op, given) => compared(number(*of), *op, &bound.put(*given)),
        Test::Day(of, op, given) => compared(day(*of), *op, &bound.put(day_text(*given)?)),
        Test::Moment(of, op, given) => compared(moment(*of), *op, &bound.put(given.0)),
        Test::Link(of, stream) => {
            let stream = bound.put(stream.as_str().to_owned());
            linked(scope, *of, &format!("{NUMBER_OF_STREAM}{stream})"))
        }
    })
}

fn compared(value: &str, op: Op, given: &str) -> String {
    format!("{value} {} {given}", op.sign())
}

fn is(scope: Scope, flag: Flag) -> String {
    let open = format!("t.list_order <= {}", status_rank(Stage::Paused));
    match flag {
        Flag::Blocked => format!("t.open_blockers > 0 AND {open}"),
        Flag::Waiting => format!("t.open_deps > 0 AND {open}"),
        Flag::Ready => "t.ready".to_owned(),
        Flag::Shelved => shelved(&format!("{}.list_order", home(scope))),
        Flag::Conflicted => "EXISTS (SELECT 1 FROM conflicts c WHERE c.item = t.id)".to_owned(),
    }
}

fn has(field: Field) -> String {
    let there = |value: &str| format!("{value} IS NOT NULL");
    match field {
        Field::Kind | Field::Status | Field::Link(LinkField::In) => "1".to_owned(),
        Field::Text(TextField::Any | TextField::Id | TextField::Title) => "1".to_owned(),
        Field::Text(of) => texts(of, &|text| there(text)),
        Field::Number(of) => there(number(of)),
        Field::Day(of) => there(day(of)),
        Field::Moment(of) => there(moment(of)),
        Field::Link(LinkField::After) => {
            "EXISTS (SELECT 1 FROM dependencies d WHERE d.item = t.id)".to_owned()
        }
        Field::Link(LinkField::Blocks) => {
            "EXISTS (SELECT 1 FROM dependencies d WHERE d.target = t.id)".to_owned()
        }
    }
}

/// The first phase that is not finished.
const CURRENT_PHASE: &str = "(SELECT p.name FROM phases p WHERE p.item = t.id
    AND p.status NOT IN ('approved', 'done') ORDER BY p.place LIMIT 1)";

/// True if one of the texts fits.
fn texts(of: TextField, fits: &dyn Fn(&str) -> String) -> String {
    let some = |table: &str, column: &str| {
        let fits = fits(&format!("l.{column}"));
        format!("EXISTS (SELECT 1 FROM {table} l WHERE l.item = t.id AND {fits})")
    };
    let (title, description) = (|| fits("t.title"), || fits("t.description"));
    match of {
        TextField::Any => {
            format!("{} OR {} OR {}", title(), description(), some("notes", "text"))
        }
        TextField::Id => format!("{} OR {}", fits("t.slug"), fits("t.reference")),
        TextField::Title => title(),
        TextField::Description => description(),
        TextField::Note => some("notes", "text"),
        TextField::Owner => fits("t.owner"),
        TextField::Assignee => some("assignees", "name"),
        TextField::Who => format!("{} OR {}", fits("t.owner"), some("assignees", "name")),
        TextField::Label => some("labels", "label"),
        TextField::Template => fits("t.template"),
        TextField::External => fits("t.external_id"),
        TextField::Workflow => fits("t.workflow"),
        TextField::Phase => fits(CURRENT_PHASE),
    }
}

/// The value of a number; that of [`NumberField::Number`] stands in the rows of `numbers n`.
pub(super) const fn number(of: NumberField) -> &'static str {
    const { assert!(WEIGHT_DEFAULT == 1, "the expression below says so") };
    match of {
        NumberField::Priority => "t.priority",
        NumberField::Progress => "t.percent",
        NumberField::Estimate => "t.estimate",
        NumberField::Spent => "t.time_spent",
        NumberField::Weight => "iif(t.home IS NULL, NULL, coalesce(t.weight, 1))",
        NumberField::Number => "n.number",
    }
}

pub(super) const fn day(of: DayField) -> &'static str {
    match of {
        DayField::Due => "t.due",
        DayField::Start => "t.start",
    }
}

pub(super) const fn moment(of: MomentField) -> &'static str {
    match of {
        MomentField::Created => "t.created_at",
        MomentField::Changed => "t.changed_at",
        MomentField::Started => "t.started_at",
        MomentField::Completed => "t.completed_at",
    }
}

/// A day as columns have it; `None` for one whose text would not be in the order of days.
pub(super) fn day_text(day: Date) -> Option<String> {
    let text = day.to_string();
    (text.len() == 10 && text.as_bytes()[0].is_ascii_digit()).then_some(text)
}

fn linked(scope: Scope, of: LinkField, stream: &str) -> String {
    let depends = |item: &str, target: &str| {
        format!(
            "EXISTS (SELECT 1 FROM dependencies d WHERE d.item = {item} AND d.target = {target})"
        )
    };
    match (of, scope) {
        (LinkField::In, Scope::Milestones) => format!("t.id = {stream}"),
        (LinkField::In, Scope::Tasks) => format!("t.home = {stream}"),
        (LinkField::In, Scope::Both) => {
            format!("t.home = {stream} OR t.home IS NULL AND t.id = {stream}")
        }
        (LinkField::After, _) => depends("t.id", stream),
        (LinkField::Blocks, _) => depends(stream, "t.id"),
    }
}
