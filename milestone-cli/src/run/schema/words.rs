//! How words of the core look in JSON: what the types of documents name as their schema.
//!
//! - **Invariant.** These are descriptions only: nothing is ever made of them.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

/// Declares a description.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident = $schema:tt;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Serialize)]
        pub(in crate::run) struct $name;

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )*};
}

words! {
    /// A day.
    DateText = {"type": "string", "format": "date"};
    /// A time, RFC 3339 in UTC.
    TimeText = {"type": "string", "format": "date-time"};
    /// The whole id of a record.
    RecordText = {"type": "string", "pattern": "^[0-9a-f]{64}$"};
    /// The beginning of a record's id: a head.
    HeadText = {"type": "string", "pattern": "^[0-9a-f]{16}$"};
    /// How much something matters.
    PriorityText = {"enum": ["low", "medium", "high", "critical"]};
    /// What keeps one task from starting or ending before another.
    TieText = {"enum": ["fs", "ss", "ff", "sf"]};
    /// How likely or how bad.
    LevelText = {"enum": ["very-low", "low", "medium", "high", "very-high"]};
    /// Where projections are kept.
    BackendText = {"enum": ["file", "hybrid", "database"]};
    /// What became of something between two moments.
    FateText = {"enum": ["added", "removed", "changed"]};
    /// Any JSON: it is kept as it was written.
    AnyJson = {};
    /// An object that another page describes.
    AnyObject = {"type": "object"};
}
