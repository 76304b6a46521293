//! What is wrong with a template, where, and the way out.
//!
//! Start at [`Finding`].
//!
//! - **Invariant.** Every finding names a line, says what stands there, and what to write instead.

use std::fmt;

use milestone_core::words::{SLUG_CHARS_MAX, TextFault};

use crate::outline::{OutlineError, TASKS_MAX};

/// What is wrong at one place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the members are named in the messages")]
pub enum Fault {
    /// The bytes are no text.
    #[error("byte {at} begins no character of UTF-8")]
    NotUtf8 { at: usize },
    /// It is too large, or has too many tasks.
    #[error(transparent)]
    Size(#[from] OutlineError),
    /// The front matter does not end.
    #[error("the front matter that begins here has no end")]
    FrontOpen,
    /// The front matter is no YAML.
    #[error("the front matter cannot be read: {why}")]
    Yaml { why: String },
    /// There is no such key.
    #[error("there is no key \"{key}\"")]
    UnknownKey { key: String, known: &'static [&'static str], near: Option<&'static str> },
    /// A key stands twice.
    #[error("\"{key}\" is here twice")]
    Twice { key: String },
    /// A key has a value that it does not take.
    #[error("{key}: {why}")]
    BadValue { key: &'static str, why: String },
    /// A text breaks the rules.
    #[error("the {what} cannot be used: {fault}")]
    BadText { what: &'static str, fault: TextFault },
    /// A duration that is none.
    #[error("\"({text})\" is no duration")]
    Duration { text: String },
    /// Two tasks of one id.
    #[error("the id {id} is that of the task in line {first} already")]
    SameId { id: String, first: usize },
    /// An id that is none.
    #[error("\"{id}\" cannot be the id of a task")]
    BadId { id: String },
    /// A task that is not there.
    #[error("after: no task is called \"{asked}\"")]
    UnknownTask { asked: String, near: Option<String> },
    /// A task that is there twice.
    #[error("after: {count} tasks are called \"{asked}\"")]
    AmbiguousTask { asked: String, count: usize },
    /// Each would wait for the other.
    #[error("the tasks wait for each other in a circle: {}", path.join(" → "))]
    Cycle { path: Vec<String> },
    /// There is no such phase.
    #[error("there is no phase \"{asked}\"{}", in_workflow(workflow.as_deref()))]
    UnknownPhase { asked: String, workflow: Option<String>, known: Vec<String> },
    /// There is no such workflow.
    #[error("there is no workflow \"{asked}\"")]
    UnknownWorkflow { asked: String, known: Vec<String>, near: Option<String> },
    /// The workflow is there, and is none.
    #[error("the workflow \"{asked}\" cannot be used: {why}")]
    BadWorkflow { asked: String, why: String },
}

impl Fault {
    /// The rule that is broken, in a word that never changes.
    #[must_use]
    pub fn rule(&self) -> &'static str {
        match self {
            Self::NotUtf8 { .. } => "utf8",
            Self::Size(_) => "size",
            Self::FrontOpen | Self::Yaml { .. } => "front-matter",
            Self::UnknownKey { .. } | Self::Twice { .. } => "key",
            Self::BadValue { .. } => "value",
            Self::BadText { .. } => "text",
            Self::Duration { .. } => "duration",
            Self::SameId { .. } | Self::BadId { .. } => "id",
            Self::UnknownTask { .. } | Self::AmbiguousTask { .. } => "after",
            Self::Cycle { .. } => "cycle",
            Self::UnknownPhase { .. } => "phase",
            Self::UnknownWorkflow { .. } | Self::BadWorkflow { .. } => "workflow",
        }
    }

    /// The way out.
    #[must_use]
    pub fn remedy(&self) -> String {
        match self {
            Self::NotUtf8 { .. } => "save the file as UTF-8".to_owned(),
            Self::Size(OutlineError::TooMany { .. }) => {
                format!("make several templates of at most {TASKS_MAX} tasks")
            }
            Self::Size(_) => "make several templates".to_owned(),
            Self::FrontOpen => "end it with a line ---".to_owned(),
            Self::Yaml { .. } => "write KEY: VALUE, in quotes if it has a colon".to_owned(),
            Self::UnknownKey { near: Some(near), .. } => format!("did you mean {near}?"),
            Self::UnknownKey { known, .. } => format!("known are {}", known.join(", ")),
            Self::Twice { .. } => "keep one of them".to_owned(),
            Self::BadValue { .. } => "see docs/templates.md for what it takes".to_owned(),
            Self::BadText { fault: TextFault::TooLong { .. }, .. } => "shorten it".to_owned(),
            Self::BadText { .. } => "write words there".to_owned(),
            Self::Duration { .. } => "write (30m), (4h), (3d) or (2w)".to_owned(),
            Self::SameId { .. } => "give one of them another \"- id: NAME\"".to_owned(),
            Self::BadId { .. } => {
                format!("use a-z, 0-9 and -, not digits alone, at most {SLUG_CHARS_MAX}")
            }
            Self::UnknownTask { near: Some(near), .. } => format!("did you mean \"{near}\"?"),
            Self::UnknownTask { .. } => "name a task of this file by its title or id".to_owned(),
            Self::AmbiguousTask { .. } => "give them ids and name one of those".to_owned(),
            Self::Cycle { .. } => "take one \"- after:\" of these away".to_owned(),
            Self::UnknownPhase { known, .. } => format!("phases are {}", known.join(", ")),
            Self::UnknownWorkflow { near: Some(near), .. } => format!("did you mean {near}?"),
            Self::UnknownWorkflow { known, .. } => format!("workflows are {}", known.join(", ")),
            Self::BadWorkflow { .. } => "see milestone workflow check".to_owned(),
        }
    }
}

/// Where a phase was looked for.
fn in_workflow(name: Option<&str>) -> String {
    name.map(|name| format!(" in the workflow {name}")).unwrap_or_default()
}

/// Something that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub fault: Fault,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.line, self.fault, self.fault.remedy())
    }
}

/// What is wrong with a template, by line: at least one finding, at most [`FINDINGS_MAX`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the template cannot be used: {} to mend", self.0.len())]
pub struct Findings(pub Vec<Finding>);

/// The most findings that are told at once.
pub const FINDINGS_MAX: usize = 100;

/// What was found so far.
#[derive(Default)]
pub(super) struct Found(pub(super) Vec<Finding>);

impl Found {
    pub(super) fn add(&mut self, line: usize, fault: Fault) {
        if !self.is_full() {
            self.0.push(Finding { line, fault });
        }
    }

    /// True if nothing more is told.
    pub(super) fn is_full(&self) -> bool {
        self.0.len() >= FINDINGS_MAX
    }

    /// The value, or what is wrong with it.
    pub(super) fn take<T>(&mut self, line: usize, value: Result<T, Fault>) -> Option<T> {
        value.map_err(|fault| self.add(line, fault)).ok()
    }
}
