//! The front matter of a template: YAML between two lines of three hyphens.
//!
//! Start at [`split`] and [`read`].
//!
//! - **Invariant.** Reading costs time and memory in proportion to the text: nothing is expanded.
//! - **Invariant.** A key that nobody knows is found, not skipped: it may be a mistyped one.

use std::fmt;

use milestone_core::domain::Priority;
use milestone_core::words::{check_id_text, check_title, nearest};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_saphyr::Spanned;
use serde_saphyr::options::{DuplicateKeyPolicy, MergeKeyPolicy};

use super::Template;
use super::fault::{Fault, Found};
use super::workflows::{Through, Workflows};

/// The keys.
const KEYS: &[&str] = &["about", "labels", "priority", "workflow"];

/// The longest front matter, in bytes: a few lines.
const FRONT_BYTES_MAX: usize = 16 << 10;

/// How deep it may be nested: a list in a map.
const DEPTH_MAX: usize = 4;

/// The front matter, and the rest with as many empty lines in front as it takes to keep the
/// numbers of its lines.
pub(super) fn split<'t>(text: &'t str, found: &mut Found) -> (&'t str, String) {
    let mut lines = text.split_inclusive('\n');
    let Some(first) = lines.next().filter(|line| line.trim_end() == "---") else {
        return ("", text.to_owned());
    };
    let (mut end, mut count) = (first.len(), 1);
    for line in lines {
        count += 1;
        if line.trim_end() == "---" {
            let rest = &text[end + line.len()..];
            return (&text[first.len()..end], "\n".repeat(count) + rest);
        }
        end += line.len();
    }
    found.add(1, Fault::FrontOpen);
    ("", String::new())
}

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
    if front.len() > FRONT_BYTES_MAX {
        let why = format!("it has {} bytes, at most {FRONT_BYTES_MAX} are read", front.len());
        found.add(1, Fault::Yaml { why });
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

/// A key, its line in the file, and its value.
type Entry = (String, usize, Value);

/// The pairs of a map, in their order.
struct Pairs(Vec<(Spanned<String>, Value)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PairsVisitor;

        impl<'de> Visitor<'de> for PairsVisitor {
            type Value = Pairs;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("keys with values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }

        deserializer.deserialize_map(PairsVisitor)
    }
}

/// The entries of the front matter, or a line and what is wrong there.
fn entries(front: &str) -> Result<Vec<Entry>, (usize, String)> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: DEPTH_MAX,
            flow_nesting_limit: DEPTH_MAX,
            max_aliases: 0,
            max_anchors: 0,
            max_merge_keys: 0,
        },
        duplicate_keys: DuplicateKeyPolicy::LastWins,
        merge_keys: MergeKeyPolicy::Error,
        strict_booleans: true,
        with_snippet: false,
    };
    // The first line of the file is that of the hyphens.
    let in_file = |line: u64| usize::try_from(line).unwrap_or(0) + 1;
    let Pairs(pairs) = serde_saphyr::from_str_with_options(front, options).map_err(|error| {
        let at = error.location().map_or(1, |at| in_file(at.line()));
        let said = error.without_snippet().to_string();
        let why = said.split(" at line ").next().unwrap_or_default();
        (at, why.lines().collect::<Vec<_>>().join(" "))
    })?;
    Ok(pairs
        .into_iter()
        .map(|(key, value)| (key.value, in_file(key.referenced.line()), value))
        .collect())
}
