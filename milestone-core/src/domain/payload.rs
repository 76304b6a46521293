//! What events carry in `details`, one shape for each family of kinds.
//!
//! Start at [`Body`](super::Body), which says which kind carries which shape.
//!
//! - **Invariant.** The members are written in the order in which they stand here, for ever.
//! - **Invariant.** Reading ignores members that are not named here; they stay in the line.

use std::fmt;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::fields::Fields;
use super::raw_text::RawText;
use super::tie::{LAG_MINUTES_MAX, Terms, TieKind};
use crate::words::{Date, RecordId, Text};

fn is_zero(number: &u32) -> bool {
    *number == 0
}

fn is_false(flag: &bool) -> bool {
    !flag
}

/// `milestone_created`, `task_added`: the fields given, beside the task's slug.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Created<'a> {
    /// The task's slug; absent for a milestone.
    pub task: Option<Text<'a>>,
    /// The fields given.
    pub fields: Fields<'a>,
    /// The record of another tool that this was made from, kept as it was.
    pub source: Option<RawText<'a>>,
}

/// `milestone_edited`, `task_edited`: only what changed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Edited<'a> {
    /// The task's slug; absent for a milestone.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Text<'a>>,
    /// New values; null clears.
    #[serde(borrow, default, skip_serializing_if = "Fields::is_empty")]
    pub set: Fields<'a>,
    /// Values that join a set.
    #[serde(borrow, default, skip_serializing_if = "Fields::is_empty")]
    pub add: Fields<'a>,
    /// Values that leave a set.
    #[serde(borrow, default, skip_serializing_if = "Fields::is_empty")]
    pub remove: Fields<'a>,
    /// The record of another tool that this edit was made from, kept as it was.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub source: Option<RawText<'a>>,
}

/// Every event that moves a milestone or a task from one status to another.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Transition<'a> {
    /// The task's slug; absent for a milestone.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Text<'a>>,
    /// The tasks completed with it, in the specification's shape.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub tasks_completed: Vec<Text<'a>>,
    /// Why.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text<'a>>,
    /// Where a milestone goes back to, if that is not `active`: `planned`.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Text<'a>>,
    /// Why a rule was overridden.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub forced: Option<Text<'a>>,
    /// The tasks that a forced completion leaves open.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub open: Vec<Text<'a>>,
    /// Work done, in minutes.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub time_spent: u32,
    /// A note that goes with it.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<Text<'a>>,
}

/// `progress_updated`: a percentage, or so many of so many.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Progress<'a> {
    /// The task's slug; absent for a milestone.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Text<'a>>,
    /// Whole percent, 0 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress_percentage: Option<u32>,
    /// So many are done …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<u32>,
    /// … of so many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<u32>,
    /// Work done, in minutes.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub time_spent: u32,
    /// A note that goes with it.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<Text<'a>>,
}

/// `task_moved`: the milestone it goes to, its slug and its place there.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TaskMoved<'a> {
    /// The task's slug at its origin.
    #[serde(borrow)]
    pub task: Text<'a>,
    /// The milestone it goes to.
    #[serde(borrow)]
    pub to: Text<'a>,
    /// Its slug there.
    #[serde(borrow, rename = "as")]
    pub slug: Text<'a>,
    /// Its place there.
    #[serde(default)]
    pub position: i64,
}

/// `criterion_added`: something that can be checked off.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CriterionAdded<'a> {
    /// The task's slug; absent for a milestone.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Text<'a>>,
    /// The criterion's id.
    #[serde(borrow)]
    pub criterion: Text<'a>,
    /// What must be true.
    #[serde(borrow)]
    pub text: Text<'a>,
    /// The phase of the task's workflow that it belongs to.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<Text<'a>>,
}

/// Events about one part that has an id of its own: which one.
///
/// The member is named after the part, `criterion`, `note` or `link`, so [`Body`](super::Body)
/// writes it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
pub struct Part<'a> {
    /// The task's slug; absent for a milestone.
    #[serde(borrow, default)]
    pub task: Option<Text<'a>>,
    /// The id of the criterion, note or link.
    #[serde(borrow, alias = "criterion", alias = "note", alias = "link")]
    pub id: Text<'a>,
}

/// `note_added`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct NoteAdded<'a> {
    /// The task's slug; absent for a milestone.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Text<'a>>,
    /// The note's id.
    #[serde(borrow)]
    pub note: Text<'a>,
    /// Its text.
    #[serde(borrow)]
    pub text: Text<'a>,
}

/// `link_added`: a relation that has no rules, such as `relates-to`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LinkAdded<'a> {
    /// The task's slug; absent for a milestone.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Text<'a>>,
    /// The link's id.
    #[serde(borrow)]
    pub link: Text<'a>,
    /// What kind of relation.
    #[serde(borrow)]
    pub kind: Text<'a>,
    /// A stream's name, an id of another tool, or an address.
    #[serde(borrow)]
    pub to: Text<'a>,
    /// What another tool said of it that has no place here, kept as it was.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub source: Option<RawText<'a>>,
}

/// `dependency_added`, `dependency_removed`: what must be done before.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Dependency<'a> {
    /// The task's slug; absent for a milestone.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Text<'a>>,
    /// The stream of what must be done before.
    #[serde(borrow)]
    pub on: Text<'a>,
    /// Which end waits for which, as two letters: `fs` if absent.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Text<'a>>,
    /// Working minutes in between; below zero they overlap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lag: Option<i64>,
    /// What another tool said of it that has no place here, kept as it was.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub source: Option<RawText<'a>>,
}

impl Dependency<'_> {
    /// What it says besides on what it is. A kind that this version does not know counts as the
    /// strictest, finish-start; a lag beyond the limit as the limit.
    pub fn terms(&self) -> Terms {
        let kind = self.kind.as_deref().and_then(TieKind::named).unwrap_or_default();
        let max = i64::from(LAG_MINUTES_MAX);
        let lag = self.lag.unwrap_or(0).clamp(-max, max);
        Terms { kind, lag: i32::try_from(lag).unwrap_or(0) }
    }
}

impl Dependency<'static> {
    /// A dependency on `on`; what is plain is not said.
    pub fn of(task: Option<Text<'static>>, on: String, terms: Terms) -> Self {
        let kind = (terms.kind != TieKind::default()).then(|| Text::from(terms.kind.word()));
        let lag = (terms.lag != 0).then_some(i64::from(terms.lag));
        Self { task, on: on.into(), kind, lag, source: None }
    }
}

/// `blocker_raised`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BlockerRaised<'a> {
    /// The task's slug; absent for a milestone.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Text<'a>>,
    /// The blocker's id.
    #[serde(borrow)]
    pub blocker: Text<'a>,
    /// What is in the way.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub blockers_encountered: Vec<Text<'a>>,
    /// Whom or what it waits for.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Text<'a>>,
    /// Until when, as far as known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// `blocker_cleared`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BlockerCleared<'a> {
    /// The task's slug; absent for a milestone.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Text<'a>>,
    /// The blocker's id.
    #[serde(borrow)]
    pub blocker: Text<'a>,
    /// How it went away.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<Text<'a>>,
}

/// `conflict_resolved`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ConflictResolved<'a> {
    /// The task's slug; absent for a milestone.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Text<'a>>,
    /// The conflict's id.
    #[serde(borrow)]
    pub conflict: Text<'a>,
    /// How it was settled.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<Text<'a>>,
}

/// `project_created`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ProjectCreated<'a> {
    /// The project's name.
    #[serde(borrow)]
    pub name: Text<'a>,
    /// True for a project that `milestone demo` made.
    #[serde(default, skip_serializing_if = "is_false")]
    pub demo: bool,
}

/// `setting_changed`: what everybody who works on the project shares, such as a saved view.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SettingChanged<'a> {
    /// Its key, such as `view.soon`.
    #[serde(borrow)]
    pub key: Text<'a>,
    /// Its value; `None`, written as null, takes the setting away.
    #[serde(borrow, default)]
    pub value: Option<RawText<'a>>,
}

/// `undone`: whose opposite the other events of this record are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undone {
    /// The record that was undone.
    pub record: RecordId,
}

impl Serialize for Created<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(task) = &self.task {
            map.serialize_entry("task", task)?;
        }
        self.fields.write(&mut map)?;
        if let Some(source) = &self.source {
            map.serialize_entry("source", source)?;
        }
        map.end()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Created<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct CreatedVisitor;

        impl<'de> Visitor<'de> for CreatedVisitor {
            type Value = Created<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the details of something created")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut created = Created::default();
                while let Some(name) = map.next_key::<Text<'de>>()? {
                    match &*name {
                        "task" => created.task = map.next_value()?,
                        "source" => created.source = Some(map.next_value()?),
                        name => {
                            if !created.fields.take(name, &mut map)? {
                                map.next_value::<IgnoredAny>()?;
                            }
                        }
                    }
                }
                Ok(created)
            }
        }

        deserializer.deserialize_map(CreatedVisitor)
    }
}
