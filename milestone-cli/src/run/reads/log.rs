//! `log`: what happened, newest first, for people and programs.
//!
//! - **Invariant.** In JSON every event has the members of the specification's `MilestoneEvent`,
//!   and its details stand as they stand in the line.
//! - **Absent on purpose.** `--follow`: it comes with the streams of the dashboard.

use milestone_core::projection::State;
use milestone_core::words::{RecordId, RecordKey, Timestamp};
use milestone_project::Entry;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;

use super::history::{Asked, about, known_kinds, local_time};
use super::print::Listing;
use super::sentence::Teller;
use crate::args::history::LogArgs;
use crate::run::context::{Context, Ran};
use crate::run::schema::{AnyObject, HeadText, RecordText, TimeText};
use crate::ui::error::{Exit, Problem};
use crate::ui::markdown::escape;
use crate::ui::table::{Cell, Column, Fit, Table};
use crate::ui::text::sanitize;
use milestone_core::words::nearest;

/// A clipped name of somebody keeps at least this many cells.
const ACTOR_MIN: usize = 8;

/// With less room than this, what happened stands on lines of its own.
const WHAT_MIN: usize = 30;

/// Most lines of what happened, roughly.
const WHAT_LINES_MAX: usize = 3;

/// An event of `event.list`.
#[derive(Serialize, JsonSchema)]
pub(super) struct EventDoc<'a> {
    #[schemars(with = "TimeText")]
    timestamp: Timestamp,
    event_type: &'a str,
    milestone_id: Option<&'a str>,
    #[schemars(with = "AnyObject")]
    details: &'a RawValue,
    session_id: &'a str,
    user_context: Option<&'a str>,
    #[schemars(with = "RecordText")]
    record: RecordId,
    number: u64,
    actor: &'a str,
    #[schemars(with = "Option<TimeText>")]
    at: Option<Timestamp>,
    by: Option<&'a str>,
    stream: Option<&'a str>,
    r#ref: String,
    #[schemars(with = "[RecordText]")]
    prev: &'a [RecordId],
    #[schemars(with = "[HeadText]")]
    reads: &'a [RecordKey],
    clock: u64,
    command_id: Option<&'a str>,
}

impl<'a> EventDoc<'a> {
    /// The document of one event.
    pub(super) fn of(state: &State, entry: &'a Entry) -> Self {
        Self {
            timestamp: entry.timestamp,
            event_type: &entry.kind,
            milestone_id: entry.milestone_id.as_deref(),
            details: &entry.details,
            session_id: &entry.session_id,
            user_context: entry.user_context.as_deref(),
            record: entry.record,
            number: entry.number,
            actor: &entry.actor,
            at: entry.at,
            by: entry.by.as_deref(),
            stream: entry.stream.as_ref().map(milestone_core::words::StreamId::as_str),
            r#ref: about(state, entry),
            prev: &entry.prev,
            reads: &entry.reads,
            clock: entry.clock,
            command_id: entry.command_id.as_deref(),
        }
    }
}

/// One event, told.
struct Told {
    entry: Entry,
    what: String,
    about: String,
}

/// Shows what happened.
pub(super) fn run(context: &mut Context, args: &LogArgs) -> Ran {
    let moment = context.moment()?;
    let unknown = args.kind.iter().find(|kind| is_mistyped(kind));
    if let Some(kind) = unknown {
        return Err(mistyped(kind));
    }
    let asked = Asked {
        reference: args.reference.as_deref(),
        since: args.since.as_deref(),
        until: args.until.as_deref(),
        who: super::list::who(context, args.who.as_deref()),
        kinds: args.kind.clone(),
        limit: args.limit.map(|limit| limit as usize),
    };
    let entries = asked.entries(context, &moment, "log")?;
    let mut teller = Teller::default();
    let mut told: Vec<Told> = entries
        .into_iter()
        .map(|entry| {
            let (what, about) = (teller.tell(&entry), about(&moment.state, &entry));
            Told { entry, what, about }
        })
        .collect();
    told.reverse();
    let one = told.first().is_some_and(|first| told.iter().all(|told| told.about == first.about));
    let alone = args.reference.is_some() && one;
    let view: &Context = context;
    Listing {
        verb: "log",
        kind: "event.list",
        table: || table(&told),
        items: || told.iter().map(|told| EventDoc::of(&moment.state, &told.entry)).collect(),
        text: Some(&|| lines(view, &told, alone)),
        md: Some(&|| markdown(view, &told)),
        total: Some(told.len()),
        empty: "Nothing happened that fits.".to_owned(),
        hints: Vec::new(),
    }
    .print(context, &moment)
}

/// An embedder's kind may be anything; one of ours is known.
fn is_mistyped(kind: &str) -> bool {
    !kind.starts_with("x.") && !known_kinds().contains(kind)
}

fn mistyped(kind: &str) -> Box<Problem> {
    let message = format!("there is no kind of event \"{kind}\"");
    let problem = Problem::new("usage.unknown_kind", Exit::Usage, message).unchanged();
    Box::new(match nearest(kind, known_kinds()) {
        Some(near) => problem.hint(format!("milestone log --kind {near}")),
        None => problem.hint("milestone log --json, for the names of what happened here"),
    })
}

fn table(told: &[Told]) -> Table {
    let columns = vec![
        Column::new("number", "NUMBER", Fit::Key).right(),
        Column::new("timestamp", "TIME", Fit::Key),
        Column::new("actor", "ACTOR", Fit::Key),
        Column::new("ref", "REF", Fit::Key),
        Column::new("event_type", "EVENT", Fit::Key),
        Column::new("what", "WHAT", Fit::Text),
        Column::new("record", "RECORD", Fit::Key),
    ];
    let row = |told: &Told| {
        vec![
            Cell::new(told.entry.number.to_string()),
            Cell::new(told.entry.timestamp.to_string()),
            Cell::new(&told.entry.actor),
            Cell::new(&told.about),
            Cell::new(&told.entry.kind),
            Cell::new(&told.what),
            Cell::new(told.entry.record.to_string()),
        ]
    };
    Table { columns, rows: told.iter().map(row).collect() }
}

/// `#204  Thu 03-12 10:41  dana  progress 3/6 → 4/6`, with what it is about unless that is clear.
/// Where lines have a width, names of people are clipped first; where that is not enough, what
/// happened stands on lines of its own.
fn lines(context: &Context, told: &[Told], alone: bool) -> String {
    let ruler = context.style.ruler();
    let clean = |text: &str| sanitize(text).into_owned();
    let time = |told: &Told| local_time(context, told.entry.at.unwrap_or(told.entry.timestamp));
    let number = |told: &Told| format!("#{}", told.entry.number);
    let about = |told: &Told| if alone { String::new() } else { clean(&told.about) + "  " };
    let what = |told: &Told| clean(&told.what.replace('→', context.style.arrow()));
    let widest = |text: &dyn Fn(&Told) -> String| {
        told.iter().map(|told| ruler.width(&text(told))).max().unwrap_or(0)
    };
    let (numbers, times, abouts) = (widest(&number), widest(&time), widest(&about));
    let mut actors = widest(&|told| clean(&told.entry.actor));
    let clipped = context.style.folds && !context.style.accessible;
    let width = if clipped { context.style.width } else { usize::MAX };
    let room = |actors: usize| width.saturating_sub(numbers + times + actors + abouts + 6);
    let needed = widest(&what);
    let least = needed.min(WHAT_MIN);
    if clipped {
        let short = needed.saturating_sub(room(actors));
        actors = actors.saturating_sub(short).max(actors.min(ACTOR_MIN));
    }
    let mut out = String::new();
    for told in told {
        let (number, time) = (ruler.pad(&number(told), numbers), ruler.pad(&time(told), times));
        let actor = ruler.fit(&clean(&told.entry.actor), actors);
        let (about, what) = (about(told), what(told));
        if room(actors) >= least {
            let what = ruler.clip(&what, room(actors));
            let line = format!("{number}  {time}  {actor}  {}{what}", ruler.pad(&about, abouts));
            out.push_str(line.trim_end());
            out.push('\n');
        } else {
            let head = ruler.clip(&format!("{number}  {time}  {actor}"), width);
            let rest = ruler.clip(&format!("  {about}{what}"), width * WHAT_LINES_MAX);
            out.push_str(&format!("{}\n{}\n", head.trim_end(), rest.trim_end()));
        }
    }
    out
}

fn markdown(context: &Context, told: &[Told]) -> String {
    let item = |told: &Told| {
        let time = local_time(context, told.entry.at.unwrap_or(told.entry.timestamp));
        let (actor, about) = (escape(&told.entry.actor), escape(&told.about));
        format!("- {time} {actor}: {about} {}\n", escape(&told.what))
    };
    told.iter().map(item).collect()
}
