//! What another tool knows of a thing, in our words, on its way into the log.
//!
//! Start at [`ImportedItem`]. `milestone-interop` makes these from foreign files; `decide` makes
//! events of them, with the times and the authors of the other tool.
//!
//! - **Invariant.** An item that is here already, by its foreign id, becomes edits of what differs.

use serde::Serialize;

use super::command::NewCriterion;
use super::fields::Fields;
use super::item::Stage;
use super::raw_text::RawText;
use crate::words::Timestamp;

/// Something that was said at some time, by somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// What was said.
    pub text: String,
    /// When, if that is known.
    pub at: Option<Timestamp>,
    /// By whom, if that is known.
    pub by: Option<String>,
}

/// One milestone or task of another tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportedItem {
    /// Its id there; it becomes the field `external_id`.
    pub external_id: String,
    /// The milestone it is a task of: a foreign id, or one of ours; `None` for a milestone.
    pub within: Option<String>,
    /// Title, description and so on.
    pub fields: Fields<'static>,
    /// What can be checked off, and whether it is.
    pub criteria: Vec<NewCriterion>,
    /// Notes and comments, oldest first.
    pub notes: Vec<Remark>,
    /// A blocker that the other tool shows without a reason of its own.
    pub blocker: Option<String>,
    /// How far it has come there.
    pub stage: Stage,
    /// When it was created there, and by whom.
    pub created: Remark,
    /// When it was begun.
    pub started_at: Option<Timestamp>,
    /// When it ended, by whom, and why.
    pub ended: Option<Remark>,
    /// What has no place here, as JSON.
    pub source: Option<SourceJson>,
}

/// JSON of another tool, kept as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceJson(pub String);

impl Serialize for SourceJson {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawText(self.0.as_str().into()).serialize(serializer)
    }
}

/// One relation of another tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportedEdge {
    /// The foreign id it leads from.
    pub from: String,
    /// What kind of relation it is there.
    pub kind: String,
    /// The foreign id it leads to.
    pub to: String,
    /// True if it is a dependency here, false if it is a link.
    pub dependency: bool,
    /// When it was made there.
    pub at: Option<Timestamp>,
    /// By whom.
    pub by: Option<String>,
    /// What has no place here, as JSON.
    pub source: Option<SourceJson>,
}
