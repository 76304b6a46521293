//! `ready`: what can be started now, and with `--blocked` what cannot, and why.
//!
//! - **Invariant.** The order and the rule are the core's; this file says them in words.
//! - **Absent on purpose.** Claims: they come with agents.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use milestone_core::domain::{Held, Plan, Ready, Task, ready};
use milestone_core::projection::State;
use milestone_core::query::{Condition, Cursor, Flag, Key, Query, Scope, Test, select};
use milestone_core::words::{Date, StreamId};

use super::print::{Listing, talks};
use super::refs;
use crate::args::milestone::ReadyArgs;
use crate::args::usage::quoted;
use crate::run::context::{Context, Moment, Ran};
use crate::run::docs::TaskDoc;
use crate::run::problem;
use crate::run::query::{Asked, within};
use crate::run::ties;
use crate::run::views::{Eye, Numbers};
use crate::ui::error::{Exit, Problem};
use crate::ui::lists;
use crate::ui::table::Fit;
use crate::ui::text::sanitize;
use crate::ui::view::ReadyRow;
use schemars::JsonSchema;
use serde::Serialize;

/// Most cells of what is in the way, of which there may be a whole text.
const BLOCKER_CELLS_MAX: usize = 40;

/// A row of `ready.list`.
#[derive(Serialize, JsonSchema)]
pub(super) struct ReadyDoc {
    #[serde(flatten)]
    task: TaskDoc,
    why: String,
    overdue: bool,
    waited_for_by: usize,
}

/// Lists what can be started now.
pub(super) fn run(context: &mut Context, args: &ReadyArgs) -> Ran {
    let moment = context.moment()?;
    context.begun(&moment)?;
    let asked_on = args.on.clone().or_else(|| context.global.on.clone());
    let only = match asked_on {
        Some(asked) => Some(refs::find_milestone(context, &moment, &asked, "ready --on")?),
        None => None,
    };
    let state = &moment.state;
    let mut asked = Asked::read(context, state, &args.query)?;
    if let Some(home) = only.as_deref().and_then(StreamId::parse) {
        asked.also(within(&home));
    }
    asked.of_person(context, args.mine.then_some("me"));
    asked.page(&args.page)?;
    let mut query = asked.query;
    query.ordered(&[]).map_err(|error| Box::new(problem::query(&error.fault)))?;
    let plain = query.condition == Condition::everything() && query.sort.is_empty();
    let today = context.today();
    if plain && !args.blocked && query.after.is_none() && moment.as_of.is_none() {
        // One row more than are shown says whether another page follows.
        let limit = query.limit.map_or(u32::MAX, |limit| limit.saturating_add(1));
        if let Some(first) = context.project()?.ready_page(today, limit) {
            let (total, held) = (first.total, first.held);
            let page = Page { total, ..Page::of(first.rows, &query, urgency) };
            let said = Some(first.said).filter(|_| !args.explain);
            return print_ready(context, &moment, (&page, said.as_deref()), held, args.explain);
        }
    }
    let (mut now, mut held) = ready(state, today);
    if query.condition != Condition::everything() {
        let fits = Query { condition: query.condition.clone(), ..Query::default() };
        let fits = select(state, Scope::Tasks, &fits).found.into_iter();
        let fits: HashSet<StreamId> = fits.map(|found| found.stream).collect();
        now.retain(|row| fits.contains(&row.stream));
        held.retain(|row| fits.contains(&row.stream));
    }
    match args.blocked {
        true if !query.sort.is_empty() => Err(Box::new(
            Problem::new("usage.conflict", Exit::Usage, "--blocked has an order of its own")
                .unchanged()
                .hint("milestone task list waiting sort:due"),
        )),
        true => {
            let place = |row: &Held| {
                let names = [row.reference.clone(), row.stream.to_string()];
                (names.map(|name| Some(Key::Text(name))).to_vec(), row.stream.clone())
            };
            print_held(context, &moment, &Page::of(held, &query, place))
        }
        false => {
            let others = held.len();
            let page = match query.sort.is_empty() {
                true => Page::of(now, &query, urgency),
                false => Page::sorted(state, now, query),
            };
            print_ready(context, &moment, (&page, None), others, args.explain)
        }
    }
}

/// The place of a task among those that can be started, as keys that ascend.
fn urgency(row: &Ready) -> (Vec<Option<Key>>, StreamId) {
    let number = |number: i64| Some(Key::Number(number));
    let waited = i64::try_from(row.waited_for_by).unwrap_or(i64::MAX);
    let born = row.born;
    let clock = born.map_or(-1, |born| i64::try_from(born.clock).unwrap_or(i64::MAX));
    let key = born.map(|born| born.key.to_string()).unwrap_or_default();
    let keys = vec![
        number((!row.overdue).into()),
        number(row.due.map_or(i64::MAX, Date::days)),
        number(-waited),
        number(clock),
        Some(Key::Text(key)),
        Some(Key::Text(row.reference.clone())),
    ];
    (keys, row.stream.clone())
}

/// A page of rows.
struct Page<T> {
    rows: Vec<T>,
    total: usize,
    next: Option<Cursor>,
    /// True if the first row of all is on it.
    first: bool,
}

impl<T> Page<T> {
    /// The page that a query without an order of its own asks for, of rows whose places ascend.
    fn of(
        mut rows: Vec<T>,
        query: &Query,
        place: impl Fn(&T) -> (Vec<Option<Key>>, StreamId),
    ) -> Self {
        let total = rows.len();
        if let Some(after) = &query.after {
            rows.retain(|row| place(row).0 > after.keys);
        }
        let limit = query.limit.map_or(usize::MAX, |limit| limit as usize);
        let next = match limit.checked_sub(1).and_then(|last| rows.get(last)) {
            Some(last) if rows.len() > limit => {
                let (keys, stream) = place(last);
                Some(Cursor { sort: Vec::new(), keys, stream })
            }
            _ => None,
        };
        rows.truncate(limit);
        Self { rows, total, next, first: query.after.is_none() }
    }
}

impl Page<Ready> {
    /// The page of a query that says how to sort.
    fn sorted(state: &State, rows: Vec<Ready>, mut query: Query) -> Self {
        query.also(Test::Flag(Flag::Ready).into());
        let selection = select(state, Scope::Tasks, &query);
        let by_stream = rows.into_iter().map(|row| (row.stream.clone(), row));
        let mut by_stream: HashMap<StreamId, Ready> = by_stream.collect();
        let found = selection.found.into_iter();
        let rows = found.filter_map(|found| by_stream.remove(&found.stream)).collect();
        Self { rows, total: selection.total, next: selection.next, first: false }
    }
}

/// A title, and an estimate in minutes.
type Said = (String, Option<u32>);

/// Prints a page; `said` is the title and the estimate of each row, where they are known already.
fn print_ready(
    context: &Context,
    moment: &Moment,
    (page, said): (&Page<Ready>, Option<&[Said]>),
    held: usize,
    explain: bool,
) -> Ran {
    let (state, eye, numbers) = (&moment.state, Eye::of(context), Numbers::default());
    let next = page.rows.first();
    let next = next.map(|row| format!("milestone start {}", quoted(&row.reference)));
    let first = page.rows.first().filter(|row| page.first && row.due.is_some());
    let first_due = first.map(|row| row.stream.clone());
    let plain = |row: &Ready| reason(row, first_due.as_ref() == Some(&row.stream));
    let why = |row: &Ready, task: &Task| if explain { terms(row, task) } else { plain(row) };
    let view = |row: &Ready, title: String, estimate_minutes: Option<u32>, why: String| {
        let (reference, due) = (row.reference.clone(), row.due.map(|due| due.0));
        ReadyRow { reference, title, estimate_minutes, due, why }
    };
    let views = || -> Vec<ReadyRow> {
        let of_task = |(row, task): &(&Ready, Arc<Task>)| {
            view(row, task.item.title.to_string(), task.item.estimate, why(row, task))
        };
        match said {
            // A task is only read where more of it is shown.
            Some(said) => page
                .rows
                .iter()
                .zip(said)
                .map(|(row, (title, estimate))| view(row, title.clone(), *estimate, plain(row)))
                .collect(),
            None => with_tasks(state, &page.rows, |row| &row.stream).iter().map(of_task).collect(),
        }
    };
    let docs = || {
        let rows = with_tasks(state, &page.rows, |row| &row.stream);
        let doc = |(row, task): &(&Ready, Arc<Task>)| {
            let view = eye.task(state, task, numbers.of(state, task));
            ReadyDoc {
                task: TaskDoc::of(state, task, view),
                why: why(row, task),
                overdue: row.overdue,
                waited_for_by: row.waited_for_by,
            }
        };
        rows.iter().map(doc).collect()
    };
    let mut output = Listing {
        verb: "ready",
        kind: "ready.list",
        table: || lists::ready(&views()),
        items: docs,
        text: None,
        md: None,
        total: Some(page.total),
        // Whether there is any milestone is a costly question in a large project.
        empty: if page.total == 0 { nothing(state, held) } else { String::new() },
        hints: next.iter().cloned().collect(),
    }
    .print_page(context, moment, page.next.as_ref())?;
    if talks(context) && page.total > 0 {
        if held > 0 {
            output = output.say(format!("{held} cannot start yet: milestone ready --blocked"));
        }
        if let Some(next) = next.filter(|_| context.hints() && moment.as_of.is_none()) {
            output = output.say(format!("Next: {next}"));
        }
    }
    Ok(output)
}

/// The first rows with their tasks: only what is shown is read.
fn with_tasks<'r, R>(
    state: &State,
    all: &'r [R],
    stream: impl Fn(&R) -> &StreamId,
) -> Vec<(&'r R, Arc<Task>)> {
    all.iter().filter_map(|row| Some((row, state.task(stream(row).as_str())?))).collect()
}

fn nothing(state: &State, held: usize) -> String {
    match held {
        0 if state.milestone_ids().is_empty() => {
            "No milestones yet. Begin with: milestone new TITLE".to_owned()
        }
        0 => "Nothing is pending.".to_owned(),
        held => {
            let why = "wait, are blocked, or rest in what is paused";
            format!("Nothing can start: {held} {why}. milestone ready --blocked")
        }
    }
}

/// The strongest reason for the place of a row.
fn reason(row: &Ready, first_due: bool) -> String {
    match (row.overdue, row.waited_for_by) {
        (true, _) => "overdue".to_owned(),
        (false, 1) => "1 task waits for it".to_owned(),
        (false, 2..) => format!("{} tasks wait for it", row.waited_for_by),
        (false, 0) if first_due => "due first".to_owned(),
        (false, 0) => "nothing before it".to_owned(),
    }
}

/// Every term of the order, in the order in which they count.
fn terms(row: &Ready, task: &Task) -> String {
    let due = row.due.map_or_else(|| "no due date".to_owned(), |due| format!("due {due}"));
    let born = task.item.created_at.map_or_else(String::new, |at| format!(", since {at:.10}"));
    let overdue = if row.overdue { "overdue, " } else { "" };
    format!("{overdue}{due}, {} waiting{born}", row.waited_for_by)
}

fn print_held(context: &Context, moment: &Moment, page: &Page<Held>) -> Ran {
    let (state, eye, numbers) = (&moment.state, Eye::of(context), Numbers::default());
    let rows = with_tasks(state, &page.rows, |row| &row.stream);
    let ruler = context.style.ruler();
    let why = |row: &Held, most: usize| {
        let waits: Vec<String> = row.waits_for.iter().map(|hold| ties::said(state, hold)).collect();
        let mut reasons: Vec<String> = row
            .blockers
            .iter()
            .map(|text| format!("blocked: {}", ruler.clip(text, most)))
            .collect();
        if !waits.is_empty() {
            reasons.push(format!("waits for {}", waits.join(", ")));
        }
        if row.paused {
            let home = row.reference.split('/').next().unwrap_or_default();
            reasons.push(format!("{home} is paused"));
        }
        reasons.join("; ")
    };
    let views: Vec<ReadyRow> = rows
        .iter()
        .map(|(row, task)| ReadyRow {
            reference: row.reference.clone(),
            title: task.item.title.to_string(),
            estimate_minutes: task.item.estimate,
            due: task.item.due.map(|due| due.0),
            why: why(row, usize::MAX),
        })
        .collect();
    let docs = || {
        let doc = |(row, task): &(&Held, Arc<Task>)| {
            let view = eye.task(state, task, numbers.of(state, task));
            let waited_for_by = state.dependents(row.stream.as_str()).len();
            let overdue = view.due.is_some_and(|due| due < eye.today);
            let task = TaskDoc::of(state, task, view);
            ReadyDoc { task, why: why(row, usize::MAX), overdue, waited_for_by }
        };
        rows.iter().map(doc).collect()
    };
    let table = || {
        let mut table = lists::ready(&views);
        for column in &mut table.columns {
            match column.field {
                // What it waits for is the answer, and references are never clipped.
                "why" => (column.title, column.fit) = ("WHY NOT", Fit::Key),
                "estimate_minutes" | "due" => column.fit = Fit::Count,
                _ => {}
            }
        }
        for ((row, _), cells) in rows.iter().zip(&mut table.rows) {
            if let Some(cell) = cells.last_mut() {
                cell.text = sanitize(&why(row, BLOCKER_CELLS_MAX)).into_owned();
            }
        }
        table
    };
    Listing {
        verb: "ready --blocked",
        kind: "ready.list",
        table,
        items: docs,
        text: None,
        md: None,
        total: Some(page.total),
        empty: "Nothing waits and nothing is blocked.".to_owned(),
        hints: Vec::new(),
    }
    .print_page(context, moment, page.next.as_ref())
}
