//! What happened, in words: one short sentence an event.
//!
//! Start at [`Teller::tell`].
//!
//! - **Invariant.** Total: details that do not fit their kind, and kinds that are not understood,
//!   are told by the kind's name.
//! - **Invariant.** A teller is told events oldest first; what it says of "before" is what it was
//!   told.

use milestone_core::domain::{SessionStep, Terms, TieKind};
use milestone_core::query::VIEW_PREFIX;
use std::collections::HashMap;

use milestone_core::words::Timestamp;
use milestone_project::Entry;
use serde_json::Value;

use crate::ui::dates;

/// Tells events, and remembers what it needs for the next ones.
#[derive(Debug, Default)]
pub(super) struct Teller {
    progress: HashMap<String, String>,
    blocked: HashMap<String, Timestamp>,
}

/// The details of one event, read leniently.
struct Details(Value);

impl Details {
    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.0.get(name).and_then(Value::as_u64)
    }

    fn texts(&self, name: &str) -> Vec<&str> {
        let list = self.0.get(name).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// `  "why"`, or nothing.
    fn quote(&self, name: &str) -> String {
        self.text(name).map(|text| format!("  \"{text}\"")).unwrap_or_default()
    }

    /// ` (ss+1d)` of a dependency that is not plain.
    fn terms(&self) -> String {
        let kind = self.text("kind").and_then(TieKind::named).unwrap_or_default();
        let lag = self.0.get("lag").and_then(Value::as_i64).and_then(|lag| lag.try_into().ok());
        let terms = Terms { kind, lag: lag.unwrap_or(0) };
        if terms.is_plain() { String::new() } else { format!(" ({terms})") }
    }

    fn minutes(&self, name: &str) -> Option<String> {
        self.number(name).and_then(|minutes| u32::try_from(minutes).ok()).map(dates::duration)
    }
}

/// `saved the view soon  "due<+7d"`.
fn setting(details: &Details) -> String {
    let key = details.text("key").unwrap_or("?");
    match (key.strip_prefix(VIEW_PREFIX), details.0.get("value")) {
        (Some(name), None | Some(Value::Null)) => format!("removed the view {name}"),
        (Some(name), Some(_)) => format!("saved the view {name}{}", details.quote("value")),
        (None, None | Some(Value::Null)) => format!("took back the setting {key}"),
        (None, Some(value)) => format!("set {key} to {value}"),
    }
}

/// `suspended the session s-one  "orders done"`.
fn session(kind: &str, details: &Details) -> String {
    let word = match SessionStep::of_kind(kind) {
        Some(SessionStep::Started) => "began",
        Some(SessionStep::Suspended) => "suspended",
        Some(SessionStep::Resumed) => "took up",
        Some(SessionStep::Ended) => "ended",
        None => return kind.to_owned(),
    };
    let on = details.text("on").map(|on| format!("  on {on}")).unwrap_or_default();
    let id = details.text("session").unwrap_or("?");
    format!("{word} the session {id}{on}{}", details.quote("notes"))
}

impl Teller {
    /// Says what happened.
    pub(super) fn tell(&mut self, entry: &Entry) -> String {
        let details = serde_json::from_str(entry.details.get()).unwrap_or(Value::Null);
        let details = Details(details);
        let stream = entry.stream.as_ref().map(ToString::to_string).unwrap_or_default();
        let said = match entry.kind.as_str() {
            "project_created" => format!("began the project{}", details.quote("name")),
            "checkpoint_signed" => {
                let count = details.0.get("count").and_then(Value::as_u64).unwrap_or_default();
                format!("signed {count} records")
            }
            "undone" => format!("undid record {:.16}", details.text("record").unwrap_or("?")),
            "setting_changed" => setting(&details),
            kind if kind.starts_with("session_") => session(kind, &details),
            "milestone_created" | "task_added" => created(&details),
            "milestone_edited" | "task_edited" => edited(&details),
            "progress_updated" => self.progress(&stream, &details),
            "blocker_raised" => self.raised(entry, &details),
            "blocker_cleared" => self.cleared(entry, &details),
            "task_moved" => moved(&details),
            kind => match transition(kind) {
                Some(word) => changed(word, &details),
                None => part(kind, &details)
                    .or_else(|| phase(kind, &details))
                    .unwrap_or_else(|| kind.to_owned()),
            },
        };
        match &entry.by {
            Some(by) if *by != entry.actor => format!("{said}  by {by}"),
            _ => said,
        }
    }

    fn progress(&mut self, stream: &str, details: &Details) -> String {
        let now = match (details.number("done"), details.number("of")) {
            (Some(done), Some(of)) => format!("{done}/{of}"),
            _ => match details.number("progress_percentage") {
                Some(percent) => format!("{percent}%"),
                None => return "progress_updated".to_owned(),
            },
        };
        let before = self.progress.insert(stream.to_owned(), now.clone());
        let step = before.map(|before| format!("{before} → {now}")).unwrap_or(now);
        format!("progress {step}{}{}", spent(details), details.quote("notes"))
    }

    fn raised(&mut self, entry: &Entry, details: &Details) -> String {
        if let Some(id) = details.text("blocker") {
            self.blocked.insert(id.to_owned(), entry.at.unwrap_or(entry.timestamp));
        }
        let why = details.texts("blockers_encountered").join("; ");
        let on = details.text("on").map(|on| format!("  by {on}")).unwrap_or_default();
        let until =
            details.text("until").map(|until| format!("  until {until}")).unwrap_or_default();
        format!("blocked  \"{why}\"{on}{until}")
    }

    fn cleared(&mut self, entry: &Entry, details: &Details) -> String {
        let since = details.text("blocker").and_then(|id| self.blocked.remove(id));
        let until = entry.at.unwrap_or(entry.timestamp);
        let after = since.map(|since| format!(" after {}", elapsed(since, until)));
        format!("unblocked{}{}", after.unwrap_or_default(), details.quote("notes"))
    }
}

/// `phase design submitted`; `None` if this is about no workflow.
fn phase(kind: &str, details: &Details) -> Option<String> {
    if kind == "workflow_enabled" {
        return Some(match details.text("workflow") {
            Some(name) => format!("given the workflow {name}"),
            None => "workflow taken away".to_owned(),
        });
    }
    let phase = details.text("phase")?;
    let delivered = details.text("deliverable").unwrap_or("?");
    let undone = details.0.get("undone").and_then(Value::as_bool).unwrap_or_default();
    let said = match kind {
        "phase_started" => format!("phase {phase} started"),
        "phase_submitted" => format!("phase {phase} submitted"),
        "phase_approved" => format!("phase {phase} approved"),
        "phase_changes_requested" => format!("changes asked for in phase {phase}"),
        "phase_rejected" if undone => format!("phase {phase} taken back to its beginning"),
        "phase_rejected" => format!("phase {phase} rejected"),
        "deliverable_added" => format!("delivered {delivered} in phase {phase}"),
        "deliverable_removed" => format!("took back {delivered} in phase {phase}"),
        _ => return None,
    };
    Some(said + &details.quote("notes"))
}

/// `1 d 8 h`: time on the clock, not work.
fn elapsed(since: Timestamp, until: Timestamp) -> String {
    let minutes = until.0.saturating_sub(since.0).max(0) / 60_000_000;
    let (days, hours, rest) = (minutes / 1_440, minutes % 1_440 / 60, minutes % 60);
    match (days, hours) {
        (0, 0) => format!("{rest} min"),
        (0, hours) => format!("{hours} h {rest} min"),
        (days, hours) => format!("{days} d {hours} h"),
    }
}

fn spent(details: &Details) -> String {
    details.minutes("time_spent").map(|spent| format!("  ({spent} spent)")).unwrap_or_default()
}

fn created(details: &Details) -> String {
    let mut parts = vec![format!("created{}", details.quote("title"))];
    parts.extend(details.minutes("estimate").map(|minutes| format!("estimate {minutes}")));
    parts.extend(details.text("due").map(|due| format!("due {due}")));
    parts.extend(details.text("owner").map(|owner| format!("owner {owner}")));
    parts.extend(details.text("template").map(|template| format!("from template {template}")));
    parts.join(", ")
}

fn value_text(name: &str, value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::Number(number) if name == "estimate" => {
            let minutes = number.as_u64().and_then(|minutes| u32::try_from(minutes).ok());
            minutes.map_or_else(|| number.to_string(), dates::duration)
        }
        Value::String(text) if matches!(name, "title" | "description") => format!("\"{text}\""),
        Value::String(text) => text.clone(),
        Value::Array(list) => {
            let texts = list.iter().map(|value| value_text("", value));
            texts.collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

fn edited(details: &Details) -> String {
    let mut parts = Vec::new();
    for (member, sign) in [("set", ""), ("add", "+"), ("remove", "-")] {
        let Some(Value::Object(fields)) = details.0.get(member) else { continue };
        for (name, value) in fields {
            let value = value_text(name, value);
            let value = match sign {
                "" => value,
                sign => value
                    .split(", ")
                    .map(|one| format!("{sign}{one}"))
                    .collect::<Vec<_>>()
                    .join(","),
            };
            parts.push(format!("{name} {value}"));
        }
    }
    match parts.is_empty() {
        true => "edited".to_owned(),
        false => format!("set {}", parts.join(", ")),
    }
}

fn moved(details: &Details) -> String {
    match (details.text("to"), details.text("as")) {
        (Some(to), Some(slug)) => format!("moved to {to}/{slug}"),
        _ => "task_moved".to_owned(),
    }
}

/// The word for a change of status.
fn transition(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "milestone_started" | "task_started" => "started",
        "milestone_paused" => "paused",
        "milestone_resumed" => "resumed",
        "milestone_completed" | "task_completed" => "done",
        "milestone_reopened" | "task_reopened" => "reopened",
        "milestone_cancelled" | "task_cancelled" => "cancelled",
        "milestone_archived" => "archived",
        "milestone_restored" => "brought back",
        "task_removed" => "removed",
        _ => return None,
    })
}

fn changed(word: &str, details: &Details) -> String {
    let forced =
        details.text("forced").map(|why| format!("  forced \"{why}\"")).unwrap_or_default();
    let (reason, notes) = (details.quote("reason"), details.quote("notes"));
    format!("{word}{}{reason}{notes}{forced}", spent(details))
}

fn part(kind: &str, details: &Details) -> Option<String> {
    let id = |name: &str| details.text(name).unwrap_or("?").to_owned();
    Some(match kind {
        "criterion_added" => format!("added to the checklist{}", details.quote("text")),
        "criterion_checked" => format!("checked {}", id("criterion")),
        "criterion_unchecked" => format!("unchecked {}", id("criterion")),
        "criterion_removed" => format!("took {} off the checklist", id("criterion")),
        "note_added" => format!("noted{}", details.quote("text")),
        "note_removed" => format!("took note {} back", id("note")),
        "link_added" => format!("linked {} {}", id("kind"), id("to")),
        "link_removed" => format!("took link {} back", id("link")),
        "dependency_added" => format!("comes after {}{}", id("on"), details.terms()),
        "dependency_removed" => format!("no longer comes after {}", id("on")),
        "risk_identified" => format!("risk{}", details.quote("title")),
        "risk_updated" => format!("said anew what risk {} is", id("risk")),
        "risk_closed" if details.text("outcome").is_none() => {
            format!("took risk {} back", id("risk"))
        }
        "risk_closed" => {
            format!("risk {}: {}{}", id("risk"), id("outcome"), details.quote("notes"))
        }
        "conflict_resolved" => {
            format!("settled conflict {}{}", id("conflict"), details.quote("notes"))
        }
        _ => return None,
    })
}
