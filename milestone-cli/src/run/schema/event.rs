//! The schemas of a line of the log and of the `details` of every kind of event.
//!
//! Start at [`schema`]. What a kind carries is said by the core's table of kinds, which is the
//! format of the log; here its words become JSON Schema.
//!
//! - **Invariant.** A shape that is not known here is a panic in a test, never a silent anything.

use milestone_core::domain::{KINDS, KindSpec};
use serde_json::{Map, Value, json};

/// The name of a line of the log.
const RECORD: &str = "record";

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The names, and what each is.
pub(super) fn names() -> impl Iterator<Item = (&'static str, String)> {
    let kind = |kind: &KindSpec| (kind.name, format!("details of an event of a {}", kind.stream));
    std::iter::once((RECORD, "a line of the log".to_owned())).chain(KINDS.iter().map(kind))
}

/// The schema with this name, if there is one.
pub(super) fn schema(name: &str) -> Option<Value> {
    if name == RECORD {
        return Some(record());
    }
    KINDS.iter().find(|kind| kind.name == name).map(|kind| {
        let mut schema = details(kind);
        schema["$schema"] = json!(DRAFT);
        schema["title"] = json!(kind.name);
        schema
    })
}

fn details(kind: &KindSpec) -> Value {
    let member = |member: &milestone_core::domain::MemberSpec| {
        (member.name.to_owned(), shape(member.shape).unwrap_or_else(|| json!({})))
    };
    let properties: Map<String, Value> = kind.members.iter().map(member).collect();
    json!({"type": "object", "properties": properties})
}

/// The words of the table of kinds as JSON Schema.
fn shape(words: &str) -> Option<Value> {
    let list = |of: Value| json!({"type": "array", "items": of});
    let text = || json!({"type": "string"});
    let number = || json!({"type": "integer", "minimum": 0});
    let hash = || json!({"type": "string", "pattern": "^[0-9a-f]{64}$"});
    Some(match words {
        "text" | "slug" | "id" | "stream" | "stream, or PATH#REF in another project" => text(),
        "record id" | "64 hex digits" => hash(),
        "date" => json!({"type": "string", "format": "date"}),
        "planned" => json!({"const": "planned"}),
        "true" => json!({"const": true}),
        "minutes" | "integer" => number(),
        "minutes, may be negative" => json!({"type": "integer"}),
        "0 to 100" | "percent" => json!({"type": "integer", "minimum": 0, "maximum": 100}),
        "low, medium, high or critical" => json!({"enum": ["low", "medium", "high", "critical"]}),
        "fs, ss, ff or sf; absent: fs" => json!({"enum": ["fs", "ss", "ff", "sf"]}),
        "list of text" | "list of slugs" | "list of streams" => list(text()),
        "list of record ids" => list(hash()),
        "16 hex digits" => json!({"type": "string", "pattern": "^[0-9a-f]{16}$"}),
        "128 hex digits" => json!({"type": "string", "pattern": "^[0-9a-f]{128}$"}),
        "list of hashes" => list(json!({"type": "object", "required": ["deliverable", "sha256"],
            "properties": {"deliverable": text(), "sha256": hash()}})),
        "list of phases" => list(json!({"type": "object", "required": ["phase"],
            "properties": {"phase": text(), "weight": number(), "minutes_min": number(),
                "minutes_max": number(), "approval_required": {"const": true},
                "deliverables": list(text())}})),
        "object of lists" => json!({"type": "object", "additionalProperties": {"type": "array"}}),
        "changes" | "object of fields; null clears" => json!({"type": "object"}),
        "any JSON" | "any JSON or null" => json!({}),
        _ => return None,
    })
}

/// A line of the log, each event by its kind.
fn record() -> Value {
    let text = json!({"type": "string"});
    let hash = json!({"type": "string", "pattern": "^[0-9a-f]{64}$"});
    let head = json!({"type": "string", "pattern": "^[0-9a-f]{16}$"});
    let time = json!({"type": "string", "format": "date-time"});
    let kind = |kind: &KindSpec| {
        json!({
            "if": {"properties": {"event_type": {"const": kind.name}}},
            "then": {"properties": {"details": details(kind)}},
        })
    };
    let event = json!({
        "type": "object",
        "required": ["event_type", "details"],
        "properties": {"event_type": text, "milestone_id": text, "at": time, "by": text,
            "details": {"type": "object"}},
        "allOf": KINDS.iter().map(kind).collect::<Vec<_>>(),
    });
    json!({
        "$schema": DRAFT,
        "title": RECORD,
        "type": "object",
        "required":
            ["id", "v", "prev", "clock", "timestamp", "actor", "session_id", "reads", "events"],
        "properties": {
            "id": hash,
            "v": {"const": milestone_core::log::record::FORMAT_VERSION},
            "prev": {"type": "array", "items": hash},
            "clock": {"type": "integer", "minimum": 0},
            "timestamp": time,
            "actor": text,
            "session_id": text,
            "user_context": text,
            "command_id": text,
            "reads": {"type": "object",
                "additionalProperties": {"type": "array", "items": head}},
            "events": {"type": "array", "minItems": 1, "items": event},
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_of_the_table_is_known() {
        for kind in KINDS {
            for member in kind.members {
                let (kind, name, words) = (kind.name, member.name, member.shape);
                assert!(shape(words).is_some(), "{kind}.{name}: {words}");
            }
        }
    }
}
