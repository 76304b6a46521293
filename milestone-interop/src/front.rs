//! Front matter: YAML between two lines of three hyphens, at the head of a file of Markdown.
//!
//! Start at [`split`] and [`entries`]. Which keys there are is up to what is read:
//! [`crate::template`], [`crate::outline`].
//!
//! - **Invariant.** Reading costs time and memory in proportion to the text: nothing is expanded.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_saphyr::Spanned;
use serde_saphyr::options::{DuplicateKeyPolicy, MergeKeyPolicy};

/// The longest front matter, in bytes: a few lines.
const FRONT_BYTES_MAX: usize = 16 << 10;

/// How deep it may be nested: a list in a map.
const DEPTH_MAX: usize = 4;

/// A text by its front matter.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Split<'t> {
    /// It has none.
    Without,
    /// It begins with one that does not end.
    Open,
    /// It has one, and the rest, with as many empty lines in front as it takes to keep the numbers
    /// of its lines.
    With(&'t str, String),
}

/// Looks for front matter.
pub(crate) fn split(text: &str) -> Split<'_> {
    let mut lines = text.split_inclusive('\n');
    let Some(first) = lines.next().filter(|line| line.trim_end() == "---") else {
        return Split::Without;
    };
    let (mut end, mut count) = (first.len(), 1);
    for line in lines {
        count += 1;
        if line.trim_end() == "---" {
            let rest = &text[end + line.len()..];
            return Split::With(&text[first.len()..end], "\n".repeat(count) + rest);
        }
        end += line.len();
    }
    Split::Open
}

/// A key, its line in the file, and its value.
pub(crate) type Entry = (String, usize, Value);

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
pub(crate) fn entries(front: &str) -> Result<Vec<Entry>, (usize, String)> {
    if front.len() > FRONT_BYTES_MAX {
        let why = format!("it has {} bytes, at most {FRONT_BYTES_MAX} are read", front.len());
        return Err((1, why));
    }
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
