//! `schema`: the JSON Schema of every document, of a line of the log, and of every kind of event.
//!
//! Start at [`run`]. Documents are described by the types they are made from (`reads/kinds.rs`,
//! `writes/kinds.rs`), events by the table of kinds in the core (`schema/event.rs`).
//!
//! - **Invariant.** Every kind that is printed has a row; a test holds what is printed against it.
//! - **Invariant.** A schema allows members it does not name: within one `v` members are added.

mod event;
mod words;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::{Value, json};

use super::context::{Context, Output, Ran};
use super::{hint, level, reads, writes};
use crate::args::global::Format;
use crate::args::manual::SchemaArgs;
use crate::ui::error::{ErrorDocument, Exit, Problem};
use crate::ui::json::{Envelope, Meta, document};
use milestone_core::words::nearest;

pub(super) use words::{
    AnyJson, AnyObject, BackendText, DateText, FateText, HeadText, LevelText, PriorityText,
    RecordText, TieText, TimeText,
};

/// A kind of document.
pub(super) struct Kind {
    /// Its name, as `kind` says it.
    name: &'static str,
    /// The commands that print it.
    by: &'static str,
    /// Makes the schema.
    schema: fn(&str) -> Value,
}

impl Kind {
    /// A kind whose `data` is made from `T`.
    pub(super) const fn of<T: Serialize + JsonSchema>(
        name: &'static str,
        by: &'static str,
    ) -> Self {
        Self { name, by, schema: enveloped::<T> }
    }

    /// A kind whose `data` is made member by member, as `members` describes it.
    pub(super) const fn loose(
        name: &'static str,
        by: &'static str,
        schema: fn(&str) -> Value,
    ) -> Self {
        Self { name, by, schema }
    }
}

/// A row of `schema.list`.
#[derive(Serialize, JsonSchema)]
struct NameDoc {
    name: &'static str,
    about: String,
}

/// Every kind of document, in the order of the list.
fn kinds() -> Vec<Kind> {
    let own = [
        hint::KIND,
        level::KIND,
        super::demo::KIND,
        super::import::KIND,
        Kind::of::<Vec<NameDoc>>("schema.list", "schema"),
        Kind::loose("error", "what fails, on standard error", |_| root::<ErrorDocument<'_>>()),
    ];
    let mut all: Vec<Kind> = reads::kinds().into_iter().chain(writes::kinds()).chain(own).collect();
    all.sort_by_key(|kind| kind.name);
    all
}

/// Every name, and what it is of.
pub(super) fn names() -> Vec<(String, String)> {
    let documents =
        kinds().into_iter().map(|kind| (kind.name, format!("document of: {}", kind.by)));
    documents.chain(event::names()).map(|(name, about)| (name.to_owned(), about)).collect()
}

/// Prints a schema, or the names of all.
pub(super) fn run(context: &Context, args: &SchemaArgs) -> Ran {
    let kinds = kinds();
    let Some(name) = args.name.as_deref() else { return list(context, &kinds) };
    if let Some(asked) = context.global.format_asked().filter(|asked| *asked != Format::Json) {
        return Err(reads::no_format("schema NAME", asked, &[Format::Json]));
    }
    let found = kinds.iter().find(|kind| kind.name == name).map(|kind| (kind.schema)(name));
    let schema = found.or_else(|| event::schema(name)).ok_or_else(|| unknown(name, &kinds))?;
    // A schema is read by people too.
    Ok(Output::as_is(document(&schema, true).expect("a schema has string keys")))
}

fn list(context: &Context, kinds: &[Kind]) -> Ran {
    let documents = kinds.iter().map(|kind| (kind.name, format!("document of: {}", kind.by)));
    let names: Vec<NameDoc> =
        documents.chain(event::names()).map(|(name, about)| NameDoc { name, about }).collect();
    let formats = [Format::Text, Format::Plain, Format::Json];
    if let Some(asked) = context.global.format_asked().filter(|asked| !formats.contains(asked)) {
        return Err(reads::no_format("schema", asked, &formats));
    }
    if context.json() {
        let meta = Meta { total: Some(names.len() as u64), ..Meta::default() };
        let text = Envelope::new("schema.list", names, meta).render(context.style.tty);
        return Ok(Output::of(text.expect("strings are JSON")));
    }
    let line = |doc: &NameDoc| match context.style.tty {
        true => format!("{:<24} {}\n", doc.name, doc.about),
        false => format!("{}\t{}\n", doc.name, doc.about),
    };
    Ok(Output::of(names.iter().map(line).collect::<String>()))
}

fn unknown(name: &str, kinds: &[Kind]) -> Box<Problem> {
    let known = kinds.iter().map(|kind| kind.name).chain(event::names().map(|(name, _)| name));
    let problem =
        Problem::new("usage.unknown_schema", Exit::Usage, format!("there is no schema \"{name}\""));
    Box::new(match nearest(name, known) {
        Some(near) => problem.hint(format!("milestone schema {near}")),
        None => problem.hint("milestone schema"),
    })
}

/// The schema of a type, by itself.
fn root<T: JsonSchema>() -> Value {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    generator.into_root_schema_for::<T>().to_value()
}

/// The schema of a document whose `data` is a `T`.
fn enveloped<T: Serialize + JsonSchema>(name: &str) -> Value {
    named(root::<Envelope<'_, T>>(), name)
}

/// The schema of a document whose `data` has these members: `(name, schema)`. One whose name ends
/// in a question mark need not be there.
pub(super) fn of_members(name: &str, members: &[(&str, Value)]) -> Value {
    let mut schema = root::<Envelope<'_, AnyJson>>();
    let names = members.iter().map(|(name, _)| *name);
    let required: Vec<&str> = names.filter(|name| !name.ends_with('?')).collect();
    let member =
        |(name, schema): &(&str, Value)| (name.trim_end_matches('?').to_owned(), schema.clone());
    let properties: serde_json::Map<String, Value> = members.iter().map(member).collect();
    schema["properties"]["data"] =
        json!({"type": "object", "properties": properties, "required": required});
    named(schema, name)
}

fn named(mut schema: Value, name: &str) -> Value {
    schema["title"] = json!(name);
    schema["properties"]["kind"] = json!({"const": name});
    schema["properties"]["v"] = json!({"const": crate::ui::json::VERSION});
    schema
}
