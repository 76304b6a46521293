//! What the front matter of a template says.
//!
//! Start at [`read`]. How front matter is found and read is in [`crate::front`].
//!
//! - **Invariant.** A key that nobody knows is found, not skipped: it may be a mistyped one.

use milestone_core::domain::Priority;
use milestone_core::words::{check_id_text, check_title, nearest};
use serde_json::Value;

use super::Template;
use super::fault::{Fault, Found};
use super::workflows::{Through, Workflows};
use crate::front::entries;

/// The keys.
const KEYS: &[&str] = &["about", "labels", "priority", "workflow"];

/// Reads the front matter into a template; what its tasks go through.
pub(super) fn read<'w>(
    front: &str,
    workflows: &'w Workflows,
    template: &mut Template,
    found: &mut Found,
) -> Through<'w> {
    let mut through = Through::Nothing;
    if front.trim().is_empty() {
        return through;
    }
    let entries = match entries(front) {
        Ok(entries) => entries,
        Err((line, why)) => {
            found.add(line, Fault::Yaml { why });
            return through;
        }
    };
    let mut seen: Vec<&str> = Vec::new();
    for (key, line, value) in &entries {
        if seen.contains(&key.as_str()) {
            found.add(*line, Fault::Twice { key: key.clone() });
            continue;
        }
        seen.push(key);
        match key.as_str() {
            "about" => {
                let about = text("about", value).and_then(|text| line_of("about", text));
                template.about = found.take(*line, about).unwrap_or_default();
            }
            "labels" => template.labels = found.take(*line, labels(value)).unwrap_or_default(),
            "priority" => {
                let named = text("priority", value).and_then(priority);
                template.priority = found.take(*line, named);
            }
            "workflow" => {
                let asked = text("workflow", value).and_then(|name| workflows.find(name));
                through = match found.take(*line, asked) {
                    Some(workflow) => Through::Workflow(workflow),
                    None => Through::Unknown,
                };
                template.workflow = through.name();
            }
            _ => {
                let near = nearest(key, KEYS.iter().copied());
                found.add(*line, Fault::UnknownKey { key: key.clone(), known: KEYS, near });
            }
        }
    }
    through
}

/// A priority by its name.
pub(super) fn priority(text: &str) -> Result<Priority, Fault> {
    let why = || format!("\"{text}\" is none of low, medium, high, critical");
    Priority::named(text).ok_or_else(|| Fault::BadValue { key: "priority", why: why() })
}

/// A label.
pub(super) fn label(text: &str) -> Result<String, Fault> {
    let checked = check_id_text(text);
    checked.map(str::to_owned).map_err(|fault| Fault::BadText { what: "label", fault })
}

fn line_of(what: &'static str, text: &str) -> Result<String, Fault> {
    check_title(text).map(str::to_owned).map_err(|fault| Fault::BadText { what, fault })
}

fn text<'v>(key: &'static str, value: &'v Value) -> Result<&'v str, Fault> {
    let why = "it wants one text; put it in quotes".to_owned();
    value.as_str().ok_or(Fault::BadValue { key, why })
}

fn labels(value: &Value) -> Result<Vec<String>, Fault> {
    let wrong = || Fault::BadValue { key: "labels", why: "it wants a list: [one, two]".into() };
    let list = value.as_array().ok_or_else(wrong)?;
    let mut labels: Vec<String> = Vec::new();
    for value in list {
        let text = label(value.as_str().ok_or_else(wrong)?)?;
        if !labels.contains(&text) {
            labels.push(text);
        }
    }
    Ok(labels)
}
