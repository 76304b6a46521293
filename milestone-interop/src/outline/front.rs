//! What the front matter of a plan says: its title, when it is due, its labels.
//!
//! Start at [`taken`].
//!
//! - **Invariant.** What is left out is told. Two lines that only rule off what stands between them
//!   are no front matter: that has keys.

use milestone_core::words::{Clock, check_id_text};
use serde_json::Value;

use super::tail::planned;
use super::{Note, Outline};
use crate::front::{Split, entries, split};

/// Takes the front matter off a text, if it has one; returns the rest, with its lines where they
/// were.
pub(super) fn taken(text: &str, clock: &Clock, outline: &mut Outline) -> Option<String> {
    let Split::With(front, body) = split(text) else { return None };
    let mut note = |line, what| outline.notes.push(Note { line, what });
    match entries(front) {
        Ok(entries) => {
            for (key, line, value) in entries {
                let read = match key.as_str() {
                    "title" => title(&value).map(|title| {
                        (outline.title, outline.title_line) = (Some(title), line);
                    }),
                    "due" => due(&value, clock).map(|due| outline.due = due),
                    "labels" => labels(&value).map(|labels| outline.labels = labels),
                    _ => Err("a plan says title, due and labels there".to_owned()),
                };
                if let Err(why) = read {
                    note(line, format!("\"{key}\" of the front matter is left out: {why}"));
                }
            }
        }
        Err((line, why)) if has_key(front) => {
            note(line, format!("the front matter is left out, for it cannot be read: {why}"));
        }
        Err(_) => return None,
    }
    Some(body)
}

/// True if the first line that says something begins with a key.
fn has_key(front: &str) -> bool {
    let mut lines = front.lines().filter(|line| !line.trim().is_empty());
    let key = lines.next().and_then(|line| line.split_once(':')).map(|(key, _)| key);
    key.is_some_and(|key| {
        !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
    })
}

fn title(value: &Value) -> Result<String, String> {
    let text =
        value.as_str().map(str::to_owned).or_else(|| value.as_number().map(ToString::to_string));
    let text = text.filter(|text| !text.trim().is_empty());
    text.ok_or_else(|| "it wants one text".to_owned())
}

fn due(value: &Value, clock: &Clock) -> Result<Option<milestone_core::words::Date>, String> {
    planned(value.as_str().ok_or("it wants a day like 2026-05-01")?, clock)
}

/// `[one, two]`, or `one, two`.
fn labels(value: &Value) -> Result<Vec<String>, String> {
    let typed: Vec<&str> = match value {
        Value::String(text) => text.split(',').collect(),
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let whole = value.as_array().is_none_or(|list| list.len() == typed.len());
    let mut labels: Vec<String> = Vec::new();
    for label in &typed {
        let label = check_id_text(label).map_err(|fault| format!("{label:?}: {fault}"))?;
        if !labels.iter().any(|held| held == label) {
            labels.push(label.to_owned());
        }
    }
    if whole && !labels.is_empty() { Ok(labels) } else { Err("it wants a list: [one, two]".into()) }
}
