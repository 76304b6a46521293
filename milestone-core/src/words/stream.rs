//! Names of streams: whose history an event belongs to.
//!
//! - **Invariant.** A stream's name never changes: a task that moves keeps the name it was born
//!   with, its *origin*.
//! - **Absent on purpose.** Where a task is now. That is the task's own state.

use std::borrow::Borrow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Slug;

/// The name of a stream: `@project`, `api-development` or `api-development/endpoints`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct StreamId(Box<str>);

/// A [`StreamId`] taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamName<'a> {
    /// The project itself.
    Project,
    /// A milestone.
    Milestone(&'a str),
    /// A task, by the milestone and the slug it was born with.
    Task(&'a str, &'a str),
}

impl StreamId {
    /// The project's own stream.
    pub const PROJECT: &'static str = "@project";

    /// The name of the project's own stream.
    pub fn project() -> Self {
        Self(Self::PROJECT.into())
    }

    /// The name of a milestone's stream.
    pub fn milestone(id: &Slug) -> Self {
        Self(id.as_str().into())
    }

    /// The name of a task's stream.
    pub fn task(origin: &Slug, slug: &Slug) -> Self {
        Self(format!("{origin}/{slug}").into())
    }

    /// Reads a name; `None` if it is none.
    pub fn parse(text: &str) -> Option<Self> {
        Self::valid(text).then(|| Self(text.into()))
    }

    /// True if `text` names a stream.
    pub fn valid(text: &str) -> bool {
        match StreamName::of(text) {
            StreamName::Project => true,
            StreamName::Milestone(id) => Slug::check(id).is_ok(),
            StreamName::Task(id, slug) => Slug::check(id).is_ok() && Slug::check(slug).is_ok(),
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name, taken apart.
    pub fn name(&self) -> StreamName<'_> {
        StreamName::of(&self.0)
    }

    /// The milestone's own stream, if this is a task's or a milestone's.
    pub fn milestone_part(&self) -> Option<&str> {
        match self.name() {
            StreamName::Project => None,
            StreamName::Milestone(id) | StreamName::Task(id, _) => Some(id),
        }
    }

    /// True if this is the stream of a task.
    pub fn is_task(&self) -> bool {
        matches!(self.name(), StreamName::Task(..))
    }
}

impl<'a> StreamName<'a> {
    /// Takes a stream's name apart, without checking its parts.
    pub fn of(text: &'a str) -> Self {
        if text == StreamId::PROJECT {
            return Self::Project;
        }
        match text.split_once('/') {
            Some((milestone, slug)) => Self::Task(milestone, slug),
            None => Self::Milestone(text),
        }
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

impl Borrow<str> for StreamId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for StreamId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = super::Text::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("this names no stream"))
    }
}
