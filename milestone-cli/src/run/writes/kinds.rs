//! Which kinds of documents commands that change print, and what they are made from.
//!
//! Start at [`kinds`].
//!
//! - **Invariant.** A new kind has a row here, or the test that prints every document fails.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::{config, fitting, maintain, migrate, quickstart, result, template};
use crate::run::backup::PointDoc;
use crate::run::bare::Planned;
use crate::run::keys::{KeyDoc, NamedDoc};
use crate::run::reads::Point;
use crate::run::schema::{Kind, of_members};

/// What a command says of its own, and what was written.
#[derive(Serialize, JsonSchema)]
struct With<M> {
    #[serde(flatten)]
    own: M,
    #[serde(flatten)]
    written: Option<result::Written>,
}

/// What was written; what of the typed text was not understood, where there was such text; and
/// which template fits, where `init` was asked.
#[derive(Serialize, JsonSchema)]
struct Noted {
    #[serde(flatten)]
    written: result::Written,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_understood: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    template: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signals: Option<Vec<fitting::SignalDoc>>,
}

/// The kinds of commands that change.
pub(in crate::run) fn kinds() -> Vec<Kind> {
    vec![
        Kind::of::<Noted>("write", "every command that records something"),
        Kind::of::<Vec<result::Written>>("write.list", "undo N"),
        Kind::of::<With<quickstart::Choice>>("quickstart", "quickstart"),
        Kind::of::<With<Point>>("session.resume", "resume"),
        Kind::of::<template::SavedDoc<'_>>("template.save", "template save, template new"),
        Kind::of::<maintain::MaintainDoc<'_>>("maintain", "maintain"),
        Kind::of::<migrate::MigratedDoc>("migrate.run", "migrate run"),
        Kind::loose("migrate.rollback", "migrate rollback", |name| {
            let said = [("changed", flag()), ("dry_run", flag()), text("from"), text("to")];
            let numbers =
                ["from_generation?", "to_generation?", "records?", "caught_up?", "duration_ms?"];
            let numbers = numbers.map(|name| (name, json!({"type": "integer"})));
            of_members(name, &[said.as_slice(), &numbers].concat())
        }),
        Kind::loose("migrate.prune", "migrate prune", |name| {
            of_members(name, &[("dry_run", flag()), ("generations", list())])
        }),
        Kind::of::<config::Row>("config.get", "config get"),
        Kind::of::<config::Row>("config.explain", "config explain"),
        Kind::of::<Vec<config::Row>>("config.list", "config list"),
        Kind::of::<Vec<String>>("config.path", "config path"),
        Kind::loose("config.write", "config set, config unset, level pin", |name| {
            let value = ("value", json!({"type": ["string", "null"]}));
            let (changed, dry_run) = (("changed", flag()), ("dry_run", flag()));
            of_members(name, &[text("key"), value, text("path"), changed, dry_run])
        }),
        Kind::loose("adopt", "adopt", |name| {
            let record = ("record", json!({"type": ["string", "null"]}));
            let lists = ["files", "adopted", "refused", "warnings"].map(|name| (name, json!({})));
            of_members(name, &[[record, ("dry_run", flag())].as_slice(), &lists].concat())
        }),
        Kind::loose("replay.into", "replay --into", |name| {
            let (records, print) = (json!({"type": ["integer", "null"]}), json!({}));
            let made = [("records", records), ("fingerprint", print)];
            of_members(name, &[[text("into"), ("dry_run", flag())], made].concat())
        }),
        Kind::loose("log.merge", "log merge", |name| {
            let (records, added) = (("records", json!({"type": "integer"})), ("added", list()));
            of_members(name, &[("dry_run", flag()), records, added, ("skipped", json!({}))])
        }),
        Kind::loose("log.recover", "log recover", |name| {
            of_members(name, &[("dry_run", flag()), ("recovered", list()), ("committed", list())])
        }),
        Kind::loose("log.archive", "log archive", |name| {
            of_members(name, &[("dry_run", flag()), ("archived", list()), ("left", list())])
        }),
        Kind::loose("doctor.repair", "doctor --repair", |name| {
            of_members(name, &[("planned", list()), ("done", list())])
        }),
        Kind::loose("doctor.bundle", "doctor --bundle", |name| {
            of_members(name, &[text("file"), number("bytes")])
        }),
        Kind::of::<KeyDoc>("key.new", "key new"),
        Kind::of::<NamedDoc>("key.trust", "key trust"),
        Kind::of::<NamedDoc>("key.revoke", "key revoke"),
        Kind::of::<Planned<'_>>("planned", "key, backup with --dry-run"),
    ]
    .into_iter()
    .chain(backups())
    .collect()
}

/// The kinds of `backup`.
fn backups() -> [Kind; 5] {
    [
        Kind::of::<PointDoc<'_>>("backup.create", "backup create"),
        Kind::loose("backup.schedule", "backup schedule", |name| {
            let flags = ["continuous", "daily", "full_due"].map(|name| (name, flag()));
            let numbers = ["full_days", "keep_days"].map(number);
            let points = ["newest", "good"].map(|name| (name, json!({"type": ["object", "null"]})));
            of_members(name, &[[text("directory")].as_slice(), &flags, &numbers, &points].concat())
        }),
        Kind::loose("backup.verify", "backup verify", |name| {
            let numbers = ["backups", "objects", "bytes"].map(number);
            let lists = ["damaged", "chain", "tried"].map(|name| (name, list()));
            of_members(name, &[[("ok", flag())].as_slice(), &numbers, &lists].concat())
        }),
        Kind::loose("backup.restore", "backup restore", |name| {
            let numbers = ["backup", "records"].map(number);
            let more =
                ["recent?", "before?"].map(|name| (name, json!({"type": ["integer", "null"]})));
            let lists = ["files?", "mended?", "left?", "passed_over"].map(|name| (name, list()));
            let own = [text("at"), text("into?"), ("dry_run?", flag())];
            of_members(name, &[own.as_slice(), &numbers, &more, &lists].concat())
        }),
        Kind::loose("backup.prune", "backup prune", |name| {
            of_members(name, &[("dry_run", flag()), ("backups", list()), number("bytes")])
        }),
    ]
}

fn number(name: &str) -> (&str, Value) {
    (name, json!({"type": "integer"}))
}

fn flag() -> Value {
    json!({"type": "boolean"})
}

fn list() -> Value {
    json!({"type": "array"})
}

fn text(name: &str) -> (&str, Value) {
    (name, json!({"type": "string"}))
}
