//! YAML text: the only module that names the YAML library.
//!
//! Start at [`to_yaml`] and [`from_yaml`].
//!
//! - **Invariant.** What is written is read alike by readers of YAML 1.1 and 1.2: a text that one
//!   of them would take for a date, a number, a truth value or nothing is quoted.
//! - **Invariant.** Reading costs time and memory in proportion to the text: nothing is expanded.
//! - **Absent on purpose.** Anchors, aliases and merge keys. Nothing here writes them, and a text
//!   that has them is refused.

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_saphyr::Error;
use serde_saphyr::options::{DuplicateKeyPolicy, MergeKeyPolicy};

/// How deep a document may be nested; ours are four deep.
const DEPTH_MAX: usize = 16;

/// Every node of an honest document takes more than one byte, so this many more are enough.
const NODES_SPARE: usize = 16;

/// Why a text is not what was expected, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct YamlFault {
    /// Line and column, from 1, where they are known.
    pub(crate) at: Option<(u64, u64)>,
    /// What is wrong, in one line.
    pub(crate) why: String,
}

impl fmt::Display for YamlFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((line, column)) = self.at {
            write!(f, "line {line}, column {column}: ")?;
        }
        f.write_str(&self.why)
    }
}

/// Writes a value: block style, a text of several lines as a literal block, everything else that a
/// value has on one line, however long.
///
/// A line of a block that begins with a tab is indentation to some readers and text to others. A
/// value with such a text has all its texts quoted instead.
///
/// # Errors
///
/// [`YamlFault`] if the value has a map whose keys are no scalars.
pub(super) fn to_yaml<T: Serialize>(value: &T) -> Result<String, YamlFault> {
    let blocks = write(value, true)?;
    let begins_with_tab = |line: &str| line.trim_start_matches(' ').starts_with('\t');
    if blocks.contains('\t') && blocks.lines().any(begins_with_tab) {
        return write(value, false);
    }
    Ok(blocks)
}

fn write<T: Serialize>(value: &T, blocks: bool) -> Result<String, YamlFault> {
    let options = serde_saphyr::ser_options! {
        folded_wrap_chars: usize::MAX,
        prefer_block_scalars: blocks,
    };
    serde_saphyr::to_string_with_options(value, options)
        .map_err(|error| YamlFault { at: None, why: error.to_string() })
}

/// Reads a value. A key that stands twice is an error.
///
/// # Errors
///
/// [`YamlFault`] says where the text is not what was expected.
pub(crate) fn from_yaml<T: DeserializeOwned>(text: &str) -> Result<T, YamlFault> {
    let nodes_max = text.len() / 2 + NODES_SPARE;
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_nodes: nodes_max,
            max_events: 2 * nodes_max,
            max_depth: DEPTH_MAX,
            flow_nesting_limit: DEPTH_MAX,
            max_aliases: 0,
            max_anchors: 0,
            max_merge_keys: 0,
        },
        duplicate_keys: DuplicateKeyPolicy::Error,
        merge_keys: MergeKeyPolicy::Error,
        strict_booleans: true,
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| fault_of(&error))
}

/// Says what the library says, in one line, with words that fit who edits a file.
fn fault_of(error: &Error) -> YamlFault {
    let at = error.location().filter(|at| at.line() > 0).map(|at| (at.line(), at.column()));
    let why = match error.without_snippet() {
        Error::DuplicateMappingKey { key: Some(key), .. } => format!("`{key}` is here twice"),
        Error::Budget { .. } => "no anchors, aliases or deep nesting are read here".to_owned(),
        other => other.to_string(),
    };
    // The library says the place too, in its own words and at the end.
    let tail = at.map(|(line, column)| format!(" at line {line}, column {column}"));
    let why = tail.and_then(|tail| why.strip_suffix(&tail)).unwrap_or(&why);
    YamlFault { at, why: why.lines().collect::<Vec<_>>().join(" ") }
}
