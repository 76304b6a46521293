//! A change of one member of a milestone or a task, in words.
//!
//! Start at [`rows`].
//!
//! - **Invariant.** Total: a member that nobody knows here is told as its JSON.
//! - **Invariant.** One row for each value, and for each entry of a list.

use milestone_core::projection::{MemberChange, ValueChange};
use milestone_core::words::Timestamp;
use serde_json::Value;

use crate::run::views::Eye;
use crate::ui::dates;

/// What stands for a value that is not there.
pub(super) const NOTHING: &str = "none";

/// One change: what changed, from what, to what. Of an entry that came or went one side is absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// The member's name.
    pub(super) field: String,
    /// What it was.
    pub(super) from: Option<String>,
    /// What it is.
    pub(super) to: Option<String>,
    /// True for an entry of a list.
    pub(super) entry: bool,
}

impl Row {
    /// What people call the member.
    pub(super) fn label(&self) -> String {
        match self.field.as_str() {
            "dependencies" => "after".to_owned(),
            field => field.trim_end_matches("_at").replace('_', " "),
        }
    }

    /// `25% → 67%`, `+ backend`, `- backend`.
    pub(super) fn words(&self) -> String {
        let or_nothing = |side: &Option<String>| side.clone().unwrap_or_else(|| NOTHING.to_owned());
        match (&self.from, &self.to) {
            (None, Some(to)) if self.entry => format!("+ {to}"),
            (Some(from), None) if self.entry => format!("- {from}"),
            (from, to) => format!("{} → {}", or_nothing(from), or_nothing(to)),
        }
    }
}

/// The rows of a change.
pub(super) fn rows(eye: &Eye, change: &MemberChange) -> Vec<Row> {
    let field = change.member.as_str();
    let row = |from: Option<String>, to: Option<String>, entry| Row {
        field: field.to_owned(),
        from,
        to,
        entry,
    };
    match &change.change {
        ValueChange::Value { from, to } => {
            let value = |side: &Option<Value>| side.as_ref().map(|side| value(eye, field, side));
            vec![row(value(from), value(to), false)]
        }
        ValueChange::Entries { added, removed, changed } => {
            let one = |entry: &Value| Some(self::entry(field, entry));
            let gone = removed.iter().map(|entry| row(one(entry), None, true));
            let other = changed.iter().map(|(from, to)| row(one(from), one(to), true));
            let come = added.iter().map(|entry| row(None, one(entry), true));
            gone.chain(other).chain(come).collect()
        }
    }
}

/// A value of a member with one value.
fn value(eye: &Eye, field: &str, value: &Value) -> String {
    let minutes = || value.as_u64().and_then(|minutes| u32::try_from(minutes).ok());
    let told = match field {
        "estimate" | "time_spent" => minutes().map(dates::duration),
        "status" | "archived_from" => value.as_str().map(|word| word.replace('_', " ")),
        "title" | "description" => value.as_str().map(quoted),
        "reported" => reported(value),
        _ if field.ends_with("_at") => {
            value.as_str().and_then(Timestamp::parse).map(|moment| local(eye, moment))
        }
        _ => value.as_str().map(ToOwned::to_owned),
    };
    told.unwrap_or_else(|| value.to_string())
}

/// `2026-03-12 10:41`, where the user is.
fn local(eye: &Eye, moment: Timestamp) -> String {
    let shift = i64::from(eye.offset_minutes) * 60_000_000;
    let text = Timestamp(moment.0.saturating_add(shift)).to_string();
    text.get(..16).unwrap_or_default().replace('T', " ")
}

/// `4/6`, `50%`.
fn reported(value: &Value) -> Option<String> {
    let number = |name: &str| value.get(name).and_then(Value::as_u64);
    let (done, of) = (number("done")?, number("of")?);
    let percent = value.get("percent").and_then(Value::as_bool)?;
    Some(if percent { format!("{done}%") } else { format!("{done}/{of}") })
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.lines().collect::<Vec<_>>().join("; "))
}

/// An entry of a list.
fn entry(field: &str, entry: &Value) -> String {
    let text = |name: &str| entry.get(name).and_then(Value::as_str);
    let behind = |word: &str, name: &str| {
        text(name).map(|value| format!("  {word} {value}")).unwrap_or_default()
    };
    let told = match field {
        "notes" => text("text").map(|note| format!("{}{}", quoted(note), behind("by", "by"))),
        "criteria" => text("text").map(|criterion| {
            let checked = entry.get("checked").and_then(Value::as_bool) == Some(true);
            format!("[{}] {criterion}", if checked { "x" } else { " " })
        }),
        "blockers" => text("text").map(|blocker| {
            let cleared = if text("cleared_at").is_some() { "  cleared" } else { "" };
            let (on, until) = (behind("on", "on"), behind("until", "until"));
            format!("{}{on}{until}{cleared}", quoted(blocker))
        }),
        "risks" => text("title").map(|risk| {
            let percent = entry.get("probability").and_then(Value::as_u64);
            let likely = percent.map(|percent| format!("  {percent}%")).unwrap_or_default();
            let (bad, ended) = (behind("impact", "impact"), behind("closed", "outcome"));
            format!("{}{likely}{bad}{ended}", quoted(risk))
        }),
        "links" => text("kind").zip(text("to")).map(|(kind, to)| format!("{kind} {to}")),
        "conflicts" => text("about").zip(text("kept")).map(|(about, kept)| {
            format!("{about}: {kept} holds, not {}", text("other").unwrap_or(NOTHING))
        }),
        _ => entry.as_str().map(ToOwned::to_owned),
    };
    told.unwrap_or_else(|| entry.to_string())
}
