//! What a query asks, with everything resolved: no relative day, no `me`, no short name is left.
//!
//! Start at [`Query`]. Its text form is in `print`; parsing that text gives the same query.
//!
//! - **Invariant.** Logic has two values. A test of a field that is absent is false, so that its
//!   negation is true: in SQL, NULL counts as false at every test.
//! - **Invariant.** [`Condition`]s that were made by [`Condition::all`], [`Condition::any`] and
//!   [`Condition::negated`] are normal: no list in a list of its kind, none of one element, no
//!   empty `Any`, no double negation.

use super::cursor::Cursor;
use super::field::{DayField, Field, Flag, LinkField, MomentField, NumberField, TextField};
use crate::domain::Stage;
use crate::words::{Date, StreamId, Timestamp};

/// What is asked: which things, in which order, how many, after which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// Which things.
    pub condition: Condition,
    /// In which order; equal ones by the names of their streams, as bytes. Empty if nothing was
    /// said: then the asker puts in an order of its own, see [`Query::ordered`].
    pub sort: Vec<Sort>,
    /// At most so many.
    pub limit: Option<u32>,
    /// Only those behind this place in the order.
    pub after: Option<Cursor>,
}

impl Default for Query {
    /// Everything.
    fn default() -> Self {
        Self { condition: Condition::everything(), sort: Vec::new(), limit: None, after: None }
    }
}

impl Query {
    /// Narrows the query.
    pub fn also(&mut self, condition: Condition) {
        let before = std::mem::replace(&mut self.condition, Condition::everything());
        self.condition = Condition::all(vec![before, condition]);
    }
}

/// Which things. Evaluating it recurses no deeper than it is nested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// Those for which all of these hold; empty: all things.
    All(Vec<Condition>),
    /// Those for which one of these holds.
    Any(Vec<Condition>),
    /// Those for which this does not hold.
    Not(Box<Condition>),
    /// Those that pass a test.
    Test(Test),
}

impl Condition {
    /// True if it asks for one of these flags.
    pub fn has_flag(&self, flags: &[Flag]) -> bool {
        match self {
            Self::All(inner) | Self::Any(inner) => inner.iter().any(|held| held.has_flag(flags)),
            Self::Not(inner) => inner.has_flag(flags),
            Self::Test(test) => matches!(test, Test::Flag(flag) if flags.contains(flag)),
        }
    }

    /// All things.
    pub const fn everything() -> Self {
        Self::All(Vec::new())
    }

    /// Those for which all of these hold.
    pub fn all(conditions: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(conditions.len());
        for condition in conditions {
            match condition {
                Self::All(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        if flat.len() == 1 { flat.remove(0) } else { Self::All(flat) }
    }

    /// Those for which one of these holds; of none of them, nothing.
    pub fn any(conditions: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(conditions.len());
        for condition in conditions {
            match condition {
                Self::Any(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        match flat.len() {
            0 => Self::everything().negated(),
            1 => flat.remove(0),
            _ => Self::Any(flat),
        }
    }

    /// Those for which this does not hold.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    /// True if some test in it is `wanted`.
    pub fn mentions(&self, wanted: &dyn Fn(&Test) -> bool) -> bool {
        match self {
            Self::All(inner) | Self::Any(inner) => inner.iter().any(|held| held.mentions(wanted)),
            Self::Not(inner) => inner.mentions(wanted),
            Self::Test(test) => wanted(test),
        }
    }
}

impl From<Test> for Condition {
    fn from(test: Test) -> Self {
        Self::Test(test)
    }
}

/// What is asked of one thing. What a field means is said where it is defined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// Something that is derived holds.
    Flag(Flag),
    /// The field is there.
    Has(Field),
    /// It is a milestone, or a task.
    Kind(Kind),
    /// It stands there; a milestone by its effective stage.
    Status(Stage),
    /// A text, or one of several, matches. The needle is folded.
    Text(TextField, Match, String),
    /// A number compares.
    Number(NumberField, Op, i64),
    /// A day compares.
    Day(DayField, Op, Date),
    /// A moment compares.
    Moment(MomentField, Op, Timestamp),
    /// It is related to this stream.
    Link(LinkField, StreamId),
}

/// A milestone or a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A milestone.
    Milestone,
    /// A task.
    Task,
}

impl Kind {
    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Milestone => "milestone",
            Self::Task => "task",
        }
    }
}

/// How a needle is looked for in a folded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// It is the whole text.
    Whole,
    /// It is somewhere in it.
    Part,
}

/// How a value compares with the one that was given: value `op` given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// The same.
    Eq,
    /// Less, or earlier.
    Lt,
    /// Less or the same.
    Le,
    /// More, or later.
    Gt,
    /// More or the same.
    Ge,
}

impl Op {
    /// How it is typed.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
        }
    }

    /// True if `value` compares so with `given`.
    pub fn holds<T: Ord>(self, value: &T, given: &T) -> bool {
        match self {
            Self::Eq => value == given,
            Self::Lt => value < given,
            Self::Le => value <= given,
            Self::Gt => value > given,
            Self::Ge => value >= given,
        }
    }
}

/// One key of an order. What lacks it comes last, in either direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub by: Field,
    /// True for the greatest first.
    pub descending: bool,
}
