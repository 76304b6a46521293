//! `diff`: what changed between two moments, milestone by milestone.
//!
//! Start at [`run`]. What a change is called is in `change`.
//!
//! - **Invariant.** Nothing is listed exactly if the two moments show the same.
//! - **Absent on purpose.** What follows for others: a task that waits no longer because another
//!   one is done has not changed itself. Who did it: `log --since` says that.

use std::collections::{BTreeMap, BTreeSet};

use milestone_core::domain::{Plan, Stage, reference_of};
use milestone_core::projection::{
    Difference, Fate, MemberChange, State, difference, difference_of,
};
use milestone_core::words::{RecordId, StreamId, StreamName};
use schemars::JsonSchema;
use serde::Serialize;

use super::change::{Row, rows};
use super::print::{self, LIST, Listing};
use super::refs;
use crate::args::global::Format;
use crate::args::history::DiffArgs;
use crate::args::usage::quoted;
use crate::run::context::{Context, Moment, Output, Ran};
use crate::run::schema::{AnyObject, FateText, RecordText};
use crate::run::views::{self, Eye};
use crate::ui::error::{Exit, Problem};
use crate::ui::glyph::Paint;
use crate::ui::table::{Cell, Column, Fit, Table};
use crate::ui::text::sanitize;

/// How a moment is asked for.
const EXAMPLE: &str = "milestone diff --from 2026-03-05";

/// Members that people are not shown: every change has them.
const UNTOLD: [&str; 3] = ["changed_at", "created_at", "created_by"];

/// What stands above the values of something that was added, or goes without saying.
const TOLD_ABOVE: [&str; 5] = ["id", "milestone", "position", "status", "title"];

/// `diff`.
#[derive(Serialize, JsonSchema)]
pub(super) struct DiffDoc<'a> {
    from: MomentDoc<'a>,
    to: MomentDoc<'a>,
    items: &'a [ThingDoc],
}

/// One of the two moments: what was asked for, `null` for now, and the records it is made of.
#[derive(Serialize, JsonSchema)]
struct MomentDoc<'a> {
    moment: Option<&'a str>,
    records: u64,
    #[schemars(with = "[RecordText]")]
    heads: &'a [RecordId],
}

/// A milestone or a task that changed.
#[derive(Serialize, JsonSchema)]
struct ThingDoc {
    r#ref: String,
    title: String,
    kind: &'static str,
    milestone: String,
    #[schemars(with = "FateText")]
    change: Fate,
    /// What people see of it, derived: `null` where it is not there.
    status: Sides<&'static str>,
    progress: Sides<u8>,
    #[schemars(with = "Vec<AnyObject>")]
    fields: Vec<MemberChange>,
}

/// Something before and after.
#[derive(Serialize, JsonSchema, PartialEq)]
struct Sides<T> {
    from: Option<T>,
    to: Option<T>,
}

/// Shows what changed.
pub(super) fn run(context: &mut Context, args: &DiffArgs) -> Ran {
    let to_asked = match (&args.to, context.global.as_of.clone()) {
        (Some(_), Some(_)) => return Err(Box::new(two_ends())),
        (to, as_of) => to.clone().or(as_of),
    };
    let format = print::format(context, "diff", LIST, true)?;
    let from = context.moment_of(Some(args.from.clone()), EXAMPLE)?;
    let mut to = context.moment_of(to_asked, EXAMPLE)?;
    in_order(context, args, &from, &to)?;
    let mut alone = false;
    let found = match &args.reference {
        None => difference(&from.state, &to.state),
        Some(asked) => {
            let streams = about(context, &from, &to, asked)?;
            alone = streams.iter().all(StreamId::is_task);
            let one = |stream| difference_of(&from.state, &to.state, stream);
            streams.iter().filter_map(one).collect()
        }
    };
    let eye = Eye::of(context);
    let mut things = things(&eye, &from.state, &to.state, found);
    // Of a task nothing is said but what changed in it.
    things.retain(|thing| !alone || thing.kind == "task");
    let name = |moment: &Moment| moment.as_of.clone().unwrap_or_else(|| "now".to_owned());
    to.banner = Some(format!(
        "FROM {} · record {} · TO {} · record {} · read only",
        name(&from),
        from.count,
        name(&to),
        to.count
    ));
    if format == Format::Json {
        let (from, end) = (MomentDoc::of(&from), MomentDoc::of(&to));
        let data = DiffDoc { from, to: end, items: &things };
        let mut output = Output::of(print::object(context, &to, "diff", &data)?);
        if things.is_empty() && context.global.fail_empty {
            output.exit = Exit::Empty;
        }
        return Ok(output);
    }
    let total = things.len();
    Listing {
        verb: "diff",
        kind: "diff",
        table: || table(&eye, &things),
        text: Some(&|| lines(context, &eye, &to.state, &from.state, &things)),
        items: || things.iter().collect(),
        md: None,
        total: Some(total),
        empty: "Nothing changed.".to_owned(),
        hints: Vec::new(),
    }
    .print(context, &to)
}

fn two_ends() -> Problem {
    Problem::new("usage.conflict", Exit::Usage, "--to cannot be given together with --as-of")
        .fact("each says where diff ends")
        .unchanged()
        .hint(format!("{EXAMPLE} --to 2026-03-12"))
}

/// Refuses to look from a later moment to an earlier one.
fn in_order(
    context: &Context,
    args: &DiffArgs,
    from: &Moment,
    to: &Moment,
) -> Result<(), Box<Problem>> {
    let now = u64::try_from(context.clock.now.timestamp_micros()).ok();
    let until = if to.as_of.is_none() { now } else { to.clock_max };
    let times = from.clock_max.zip(until).is_some_and(|(from, to)| from > to);
    if !times && from.last <= to.last {
        return Ok(());
    }
    let end = to.as_of.as_deref();
    let message = match end {
        Some(end) => format!("--from {} is later than --to {end}", args.from),
        None => format!("--from {} is later than --to, which is now", args.from),
    };
    let mut problem = Problem::new("usage.later", Exit::Usage, message);
    if times {
        problem = problem.fact("a date means the end of that day");
    }
    let problem = problem.unchanged();
    Err(Box::new(match end {
        Some(end) => {
            let about = args.reference.as_deref().map(|it| format!("{} ", quoted(it)));
            let (about, from) = (about.unwrap_or_default(), quoted(&args.from));
            problem.hint(format!("milestone diff {about}--from {} --to {from}", quoted(end)))
        }
        None => problem.hint(EXAMPLE),
    }))
}

/// What `asked` is about, as it was found at either moment: of a milestone also the tasks that are
/// in it, or were.
fn about(
    context: &mut Context,
    from: &Moment,
    to: &Moment,
    asked: &str,
) -> Result<BTreeSet<StreamId>, Box<Problem>> {
    let stream = match refs::find(context, to, asked, "diff") {
        Ok(stream) => stream,
        Err(problem) => refs::find(context, from, asked, "diff").map_err(|_| problem)?,
    };
    let mut streams = BTreeSet::from([stream.clone()]);
    if !stream.is_task() {
        for state in [&from.state, &to.state] {
            streams.extend(state.rows(stream.as_str()).iter().map(|row| row.stream.clone()));
        }
    }
    Ok(streams)
}

/// What changed, each milestone before its tasks, in the order of now. A milestone is also listed
/// if only its progress or its status changed with its tasks.
fn things(eye: &Eye, from: &State, to: &State, found: Vec<Difference>) -> Vec<ThingDoc> {
    let mut groups: BTreeMap<String, Vec<(i64, ThingDoc)>> = BTreeMap::new();
    let mut milestones: BTreeMap<String, ThingDoc> = BTreeMap::new();
    for found in found {
        let thing = ThingDoc::of(eye, from, to, found.stream.clone(), found.fate, found.members);
        match found.stream.is_task() {
            false => drop(milestones.insert(thing.milestone.clone(), thing)),
            true => {
                let task = to.task(found.stream.as_str());
                let place = task.filter(|_| thing.change != Fate::Removed);
                let place = place.map_or(i64::MAX, |task| task.item.position);
                groups.entry(thing.milestone.clone()).or_default().push((place, thing));
            }
        }
    }
    for id in groups.keys().filter(|id| !milestones.contains_key(*id)).cloned().collect::<Vec<_>>()
    {
        let Some(stream) = StreamId::parse(&id) else { continue };
        let thing = ThingDoc::of(eye, from, to, stream, Fate::Changed, Vec::new());
        milestones.insert(id, thing);
    }
    let mut all = Vec::new();
    for (id, milestone) in milestones {
        let same = milestone.status.from == milestone.status.to
            && milestone.progress.from == milestone.progress.to;
        if !same || !milestone.fields.is_empty() {
            all.push(milestone);
        }
        let mut tasks = groups.remove(&id).unwrap_or_default();
        tasks.sort_by(|a, b| (a.0, &a.1.r#ref).cmp(&(b.0, &b.1.r#ref)));
        all.extend(tasks.into_iter().map(|(_, task)| task));
    }
    all
}

impl<'a> MomentDoc<'a> {
    fn of(moment: &'a Moment) -> Self {
        Self { moment: moment.as_of.as_deref(), records: moment.count, heads: &moment.heads }
    }
}

impl ThingDoc {
    fn of(
        eye: &Eye,
        from: &State,
        to: &State,
        stream: StreamId,
        change: Fate,
        fields: Vec<MemberChange>,
    ) -> Self {
        let (was, is) = (seen(eye, from, &stream), seen(eye, to, &stream));
        let (status, progress) = (
            Sides { from: was.map(|was| was.0), to: is.map(|is| is.0) },
            Sides { from: was.map(|was| was.1), to: is.map(|is| is.1) },
        );
        let state = if change == Fate::Removed { from } else { to };
        let home = state.task(stream.as_str()).map(|task| task.home.to_string());
        Self {
            r#ref: reference_of(state, &stream),
            title: views::title_of(state, &stream),
            kind: if stream.is_task() { "task" } else { "milestone" },
            milestone: home.unwrap_or_else(|| stream.to_string()),
            change,
            status,
            progress,
            fields,
        }
    }

    /// What changed, for people: what is derived first.
    fn rows(&self, eye: &Eye) -> Vec<Row> {
        let mut all = Vec::new();
        let mut derived = |field: &str, from: Option<String>, to: Option<String>| {
            if from != to && self.change == Fate::Changed {
                all.push(Row { field: field.to_owned(), from, to, entry: false });
            }
        };
        let word = |status: Option<&str>| status.map(|word| word.replace('_', " "));
        let percent = |progress: Option<u8>| progress.map(|percent| format!("{percent}%"));
        derived("status", word(self.status.from), word(self.status.to));
        derived("progress", percent(self.progress.from), percent(self.progress.to));
        let status_told = self.status.from != self.status.to;
        let told = |change: &&MemberChange| {
            let untold = UNTOLD.contains(&change.member.as_str()) && self.fields.len() > 1;
            !(untold || status_told && change.member == "status")
        };
        all.extend(self.fields.iter().filter(told).flat_map(|change| rows(eye, change)));
        all
    }
}

impl ThingDoc {
    /// A line for each change; of what was added, for each value that it came with.
    fn lines(&self, context: &Context, eye: &Eye, indent: &str, out: &mut String) {
        let (style, ruler) = (&context.style, context.style.ruler());
        let told = |row: &Row| match self.change {
            Fate::Changed => true,
            Fate::Removed => false,
            Fate::Added => !TOLD_ABOVE.contains(&row.field.as_str()),
        };
        let rows: Vec<Row> = self.rows(eye).into_iter().filter(told).collect();
        let wide = rows.iter().map(|row| ruler.width(&row.label())).max().unwrap_or(0);
        for row in rows {
            let words = match (self.change, &row.to) {
                (Fate::Added, Some(to)) => to.clone(),
                _ => row.words().replace('→', style.arrow()),
            };
            let label = Paint::Muted.over(&ruler.pad(&row.label(), wide), style.color);
            let line = format!("{indent}{label}  {}", sanitize(&words));
            out.push_str(line.trim_end());
            out.push('\n');
        }
    }
}

/// The status that people see, and whole percent.
fn seen(eye: &Eye, state: &State, stream: &StreamId) -> Option<(&'static str, u8)> {
    match stream.name() {
        StreamName::Task(..) => {
            let task = state.task(stream.as_str())?;
            let there = task.item.stage != Stage::Removed;
            let view = there.then(|| eye.task(state, &task, 0))?;
            Some((view.status.json(), view.progress))
        }
        _ => {
            let view = eye.milestone_row(state, &*state.milestone(stream.as_str())?);
            Some((view.state.json(), view.progress))
        }
    }
}

fn table(eye: &Eye, things: &[ThingDoc]) -> Table {
    let columns = vec![
        Column::new("ref", "REF", Fit::Key),
        Column::new("change", "CHANGE", Fit::Key),
        Column::new("field", "FIELD", Fit::Key),
        Column::new("from", "FROM", Fit::Text),
        Column::new("to", "TO", Fit::Text),
    ];
    let rows = things.iter().flat_map(|thing| {
        let change = fate(thing.change);
        let row = |row: Row| {
            let side = |side: Option<String>| Cell::new(side.unwrap_or_default());
            let (from, to) = (side(row.from), side(row.to));
            vec![Cell::new(&thing.r#ref), Cell::new(change), Cell::new(row.field), from, to]
        };
        let title = Row {
            field: "title".to_owned(),
            from: (thing.change == Fate::Removed).then(|| thing.title.clone()),
            to: (thing.change == Fate::Added).then(|| thing.title.clone()),
            entry: false,
        };
        match thing.change {
            Fate::Changed => thing.rows(eye).into_iter().map(row).collect::<Vec<_>>(),
            Fate::Added | Fate::Removed => vec![row(title)],
        }
    });
    Table { columns, rows: rows.collect() }
}

fn fate(fate: Fate) -> &'static str {
    match fate {
        Fate::Added => "added",
        Fate::Removed => "removed",
        Fate::Changed => "changed",
    }
}

/// A heading for each milestone, its changes below, and its tasks with theirs.
fn lines(context: &Context, eye: &Eye, to: &State, from: &State, things: &[ThingDoc]) -> String {
    let color = context.style.color;
    let (mut out, mut home) = (String::new(), None);
    for thing in things {
        let what = match thing.change {
            Fate::Changed => String::new(),
            change => format!("  ({})", fate(change)),
        };
        let is_task = thing.kind == "task";
        if home != Some(&thing.milestone) {
            home = Some(&thing.milestone);
            let state = if to.milestone(&thing.milestone).is_some() { to } else { from };
            let stream = StreamId::parse(&thing.milestone);
            let title = stream.map(|stream| views::title_of(state, &stream)).unwrap_or_default();
            let head = format!("{}  {}", thing.milestone, sanitize(&title));
            let own = if is_task { "" } else { what.as_str() };
            out.push_str(&format!("{}{own}\n", Paint::Heading.over(&head, color)));
        }
        if is_task {
            let slug = thing.r#ref.rsplit('/').next().unwrap_or_default();
            out.push_str(&format!("  {slug}  {}{what}\n", sanitize(&thing.title)));
        }
        let indent = if is_task { "    " } else { "  " };
        thing.lines(context, eye, indent, &mut out);
    }
    out
}
