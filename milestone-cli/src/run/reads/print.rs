//! How a result is printed: which format, and what goes to which stream.
//!
//! Start at [`Listing`] for lists and [`Page`] for everything else.
//!
//! - **Invariant.** Off a terminal a list is plain unless a format was asked for; a format that a
//!   command does not have is refused with the names of those it has.
//! - **Invariant.** With `--json`, `--format ndjson` and `-q` nothing is said besides the result.

use std::collections::BTreeMap;

use clap::ValueEnum;
use milestone_core::query::Cursor;
use milestone_core::words::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::args::global::Format;
use crate::run::context::{Context, Moment, Output, Ran};
use crate::ui::error::{Exit, Problem};
use crate::ui::json::{Envelope, Meta, ndjson};
use crate::ui::markdown;
use crate::ui::table::{Table, UnknownField};

/// The formats of a list.
pub(super) const LIST: &[Format] =
    &[Format::Text, Format::Plain, Format::Json, Format::Ndjson, Format::Md, Format::Csv];
/// The formats of a page that can be pasted.
pub(super) const PAGE: &[Format] = &[Format::Text, Format::Json, Format::Md];
/// The formats of a report.
pub(super) const REPORT: &[Format] = &[Format::Text, Format::Json];

/// Chooses the format of a result: `list` says whether it becomes plain off a terminal.
pub(super) fn format(
    context: &Context,
    verb: &str,
    has: &[Format],
    list: bool,
) -> Result<Format, Box<Problem>> {
    let asked = context.global.format_asked();
    if let Some(asked) = asked.filter(|asked| !has.contains(asked)) {
        return Err(no_format(verb, asked, has));
    }
    let plain = list && !context.style.tty && !context.style.accessible;
    let otherwise = if plain { Format::Plain } else { Format::Text };
    // What the environment says is a habit, not an order.
    Ok(asked
        .or_else(|| context.format())
        .filter(|format| has.contains(format))
        .unwrap_or(otherwise))
}

/// Refuses a format for a command that prints a text and nothing else.
pub(in crate::run) fn text_only(context: &Context, verb: &str) -> Result<(), Box<Problem>> {
    chosen_format(context, verb, &[Format::Text]).map(|_| ())
}

/// The format of a command that prints no list.
pub(in crate::run) fn chosen_format(
    context: &Context,
    verb: &str,
    has: &[Format],
) -> Result<Format, Box<Problem>> {
    format(context, verb, has, false)
}

/// What is said of a format that a command does not have.
pub(in crate::run) fn no_format(verb: &str, asked: Format, has: &[Format]) -> Box<Problem> {
    let message = format!("\"{verb}\" has no format {}", name(asked));
    let problem = Problem::new("usage.format", Exit::Usage, message)
        .fact(format!("it has: {}", names(has)))
        .unchanged();
    let line = |how: &str| format!("milestone {verb}{how}");
    Box::new(problem.hint(line(if has.contains(&Format::Json) { " --json" } else { "" })))
}

/// The names of formats, in a line.
pub(super) fn names(formats: &[Format]) -> String {
    formats.iter().map(|format| name(*format)).collect::<Vec<_>>().join(", ")
}

fn name(format: Format) -> String {
    format.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

/// True if anything may be said on standard error besides problems.
pub(super) fn talks(context: &Context) -> bool {
    !context.global.quiet && !matches!(context.format(), Some(Format::Json | Format::Ndjson))
}

/// The result, under the banner of the moment it is of.
pub(in crate::run) fn under_banner(context: &Context, moment: &Moment, stdout: String) -> Output {
    let output = Output::of(stdout);
    match &moment.banner {
        Some(banner) if talks(context) => {
            let dot = context.style_err.drawing().dot;
            let mut banner = banner.replace(" · ", dot);
            if moment.as_of.as_ref().is_some_and(|asked| asked.starts_with('#')) {
                banner = format!("{banner}{dot}a merge may move places");
            }
            output.say(crate::ui::text::sanitize(&banner))
        }
        _ => output,
    }
}

/// What a result is about; a moment that is a time is given as one.
pub(super) fn meta(context: &Context, moment: &Moment, total: Option<usize>) -> Meta {
    let mut meta = context.meta(moment, total);
    if let Some(max) = moment.clock_max {
        meta.as_of = Some(Timestamp(i64::try_from(max).unwrap_or(i64::MAX)).to_string());
    }
    meta
}

/// A list in every format.
pub(super) struct Listing<'a, T, B: FnOnce() -> Table, D: FnOnce() -> Vec<T>> {
    /// The command.
    pub(super) verb: &'a str,
    /// The kind of its document.
    pub(super) kind: &'a str,
    /// The table for people and pipes.
    pub(super) table: B,
    /// The items of the document.
    pub(super) items: D,
    /// What people see instead of the table.
    pub(super) text: Option<&'a dyn Fn() -> String>,
    /// What Markdown shows instead of the table.
    pub(super) md: Option<&'a dyn Fn() -> String>,
    /// How many there are, also those that are not shown; `None` for more than were counted.
    pub(super) total: Option<usize>,
    /// What is said if there are none.
    pub(super) empty: String,
    /// What may come next.
    pub(super) hints: Vec<String>,
}

impl<T, B, D> Listing<'_, T, B, D>
where
    T: Serialize,
    B: FnOnce() -> Table,
    D: FnOnce() -> Vec<T>,
{
    /// Prints all of it.
    pub(super) fn print(self, context: &Context, moment: &Moment) -> Ran {
        self.print_page(context, moment, None)
    }

    /// Prints a page of it; `next` is where the next one begins.
    pub(super) fn print_page(
        self,
        context: &Context,
        moment: &Moment,
        next: Option<&Cursor>,
    ) -> Ran {
        let next = next.map(ToString::to_string);
        let fields = &context.global.fields;
        let stdout = match format(context, self.verb, LIST, true)? {
            Format::Json => {
                let items = picked_all((self.items)(), fields)?;
                let mut meta = meta(context, moment, self.total);
                meta.next_cursor.clone_from(&next);
                envelope(context, meta, self.kind, items, self.hints)?
            }
            Format::Ndjson => {
                let items = picked_all((self.items)(), fields)?;
                let mut meta = meta(context, moment, self.total);
                meta.next_cursor.clone_from(&next);
                ndjson(self.kind, &meta, &items).map_err(|error| failed(&error))?
            }
            Format::Plain => (self.table)()
                .tsv(fields, context.global.header)
                .map_err(|error| unknown(&error))?,
            Format::Csv => (self.table)().csv(fields).map_err(|error| unknown(&error))?,
            Format::Md => match self.md {
                Some(md) => md(),
                None => markdown::table(&(self.table)()),
            },
            Format::Text | Format::Html | Format::Prometheus => match self.text {
                Some(text) => text(),
                None => (self.table)().render(&context.style),
            },
        };
        let mut output = under_banner(context, moment, stdout);
        if self.total == Some(0) {
            if talks(context) {
                output = output.say(self.empty);
            }
            if context.global.fail_empty {
                output.exit = Exit::Empty;
            }
        }
        if let Some(all) = self.total
            && next.is_some()
            && talks(context)
        {
            output = output.say(format!("{all} in all: a greater --limit; --json has a cursor"));
        }
        Ok(output)
    }
}

/// Prints one document.
pub(in crate::run) fn document<T: Serialize>(
    context: &Context,
    moment: &Moment,
    kind: &str,
    data: T,
    total: Option<usize>,
    hints: Vec<String>,
) -> Result<String, Box<Problem>> {
    envelope(context, meta(context, moment, total), kind, data, hints)
}

fn envelope<T: Serialize>(
    context: &Context,
    meta: Meta,
    kind: &str,
    data: T,
    hints: Vec<String>,
) -> Result<String, Box<Problem>> {
    let mut envelope = Envelope::new(kind, data, meta);
    if !context.global.no_hints {
        envelope.hints = hints;
    }
    envelope.render(context.style.tty).map_err(|error| failed(&error))
}

/// Prints one object as a document, with the members that `--fields` names.
pub(super) fn object<T: Serialize>(
    context: &Context,
    moment: &Moment,
    kind: &str,
    data: &T,
) -> Result<String, Box<Problem>> {
    let data = picked(data, &context.global.fields)?;
    document(context, moment, kind, data, None, Vec::new())
}

fn failed(error: &serde_json::Error) -> Box<Problem> {
    let message = "the result cannot be written as JSON";
    Box::new(Problem::new("output.failed", Exit::Failed, message).fact(error.to_string()))
}

/// The problem of a field that no column has.
pub(super) fn unknown(error: &UnknownField) -> Box<Problem> {
    unknown_field(&error.name, &error.known)
}

fn unknown_field(name: &str, known: &[&str]) -> Box<Problem> {
    let near = milestone_core::words::nearest(name, known.iter().copied());
    let mut problem =
        Problem::new("usage.unknown_field", Exit::Usage, format!("there is no field \"{name}\""))
            .fact(format!("fields: {}", known.join(", ")))
            .unchanged();
    problem = match near {
        Some(near) => problem.hint(format!("--fields {near}")),
        None => problem.hint("milestone help json"),
    };
    Box::new(problem)
}

/// An object, or the members of it that were asked for, in the order they were asked for.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Picked {
    /// All of it, as it is.
    Whole(Box<RawValue>),
    /// Some members.
    #[serde(serialize_with = "as_map")]
    Some(Vec<(String, Box<RawValue>)>),
}

fn as_map<S: serde::Serializer>(
    members: &[(String, Box<RawValue>)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(members.iter().map(|(name, value)| (name, value)))
}

fn picked_all<T: Serialize>(
    items: Vec<T>,
    fields: &[String],
) -> Result<Vec<Item<T>>, Box<Problem>> {
    if fields.is_empty() {
        return Ok(items.into_iter().map(Item::Whole).collect());
    }
    items.iter().map(|item| picked(item, fields).map(Item::Picked)).collect()
}

/// An item of a list.
#[derive(Serialize)]
#[serde(untagged)]
enum Item<T> {
    Whole(T),
    Picked(Picked),
}

fn picked<T: Serialize>(item: &T, fields: &[String]) -> Result<Picked, Box<Problem>> {
    let text = serde_json::to_string(item).map_err(|error| failed(&error))?;
    if fields.is_empty() {
        return RawValue::from_string(text).map(Picked::Whole).map_err(|error| failed(&error));
    }
    let members: BTreeMap<String, Box<RawValue>> =
        serde_json::from_str(&text).map_err(|error| failed(&error))?;
    let member = |name: &String| match members.get(name) {
        Some(value) => Ok((name.clone(), value.clone())),
        None => {
            let known: Vec<&str> = members.keys().map(String::as_str).collect();
            Err(unknown_field(name, &known))
        }
    };
    fields.iter().map(member).collect::<Result<_, _>>().map(Picked::Some)
}
