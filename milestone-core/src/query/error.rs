//! Why a text is no query, and where.
//!
//! Start at [`QueryError`]. The edge shows the query with a caret under the place.
//!
//! - **Invariant.** The place lies within the text, on the borders of characters.

use std::ops::Range;

use super::parse::{NESTING_MAX, QUERY_BYTES_MAX, VIEWS_DEEP_MAX};
use crate::domain::Refusal;
use crate::words::ValueError;

/// Why a text is no query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{fault}")]
pub struct QueryError {
    /// Where in the text, in bytes; empty at the end of the text.
    pub at: Range<usize>,
    /// What is wrong there.
    #[source]
    pub fault: QueryFault,
}

/// What is wrong with a query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the members are named in the messages")]
pub enum QueryFault {
    /// Over the limit.
    #[error("the query has {bytes} bytes, over the limit of {QUERY_BYTES_MAX}")]
    TooLong { bytes: usize },
    /// Too many parentheses in each other.
    #[error("parentheses are nested more than {NESTING_MAX} deep")]
    TooDeep,
    /// A character that cannot be seen.
    #[error("there is a control character, U+{:04X}", u32::from(*character))]
    Control { character: char },
    /// A quote that does not end.
    #[error("this quote is not closed")]
    UnclosedQuote,
    /// A parenthesis that does not end.
    #[error("this parenthesis is not closed")]
    UnclosedGroup,
    /// A parenthesis that ends nothing.
    #[error("this parenthesis closes nothing")]
    StrayParenthesis,
    /// Something is missing.
    #[error("a condition is missing {place}")]
    NoCondition { place: &'static str },
    /// A field that is none.
    #[error("there is no field \"{name}\"")]
    UnknownField { name: String, near: Option<&'static str> },
    /// A word behind `is:` that is none.
    #[error("nothing is \"{name}\"")]
    UnknownFlag { name: String, near: Option<&'static str> },
    /// A field without a value.
    #[error("{field} needs a value")]
    NoValue { field: String, values: &'static str },
    /// A value that the field cannot have.
    #[error("{field} cannot be \"{value}\"")]
    BadValue { field: String, value: String, expected: String, near: Option<&'static str> },
    /// A day, moment or duration that is none.
    #[error("{field}: {why}")]
    Unreadable {
        field: &'static str,
        #[source]
        why: ValueError,
    },
    /// A comparison that the field does not have.
    #[error("{field} cannot be compared with {sign}")]
    BadOperator { field: &'static str, sign: &'static str, has: &'static str },
    /// Several values where one is meant.
    #[error("{field} {sign} takes one value")]
    OneValue { field: &'static str, sign: &'static str },
    /// `has:` or `none` of a field that is always there.
    #[error("everything has a {field}")]
    AlwaysThere { field: &'static str },
    /// An order by something that has none.
    #[error("one cannot sort by {field}")]
    Unsortable { field: String, near: Option<&'static str> },
    /// `sort:`, `limit:` or `cursor:` inside parentheses, or negated.
    #[error("{word}: is about the whole query; it stands outside parentheses and \"not\"")]
    Misplaced { word: &'static str },
    /// `sort:`, `limit:` or `cursor:` twice.
    #[error("{word}: was given already")]
    Twice { word: &'static str },
    /// A reference that leads nowhere, or to several things.
    #[error("{refusal}")]
    Reference {
        #[source]
        refusal: Refusal,
    },
    /// A saved view that is not there.
    #[error("there is no view \"{name}\"")]
    UnknownView { name: String, near: Option<String> },
    /// A saved view whose query names it, itself or through other views.
    #[error("the view \"{name}\" names itself")]
    ViewInItself { name: String },
    /// Views that name views that name views …
    #[error("views name views more than {VIEWS_DEEP_MAX} deep, or too much text in all")]
    ViewsTooDeep,
    /// A saved view that no longer makes sense.
    #[error("the view \"{name}\" cannot be used")]
    InView {
        name: String,
        #[source]
        source: Box<QueryError>,
    },
    /// A cursor that is damaged or none.
    #[error("this is no cursor of a list")]
    BadCursor,
    /// A cursor of a list in another order.
    #[error("the cursor is of a list sorted by {of}, not by {by}")]
    OtherOrder { of: String, by: String },
}

impl QueryFault {
    /// What was expected in this place, if that is more than the message says.
    pub fn expected(&self) -> Option<String> {
        Some(match self {
            Self::NoCondition { .. } => "a word, \"a phrase\", field:value, or (…)".to_owned(),
            Self::NoValue { values, .. } => (*values).replace('`', ""),
            Self::BadValue { expected, .. } => expected.clone(),
            Self::BadOperator { has, .. } => (*has).to_owned(),
            Self::Control { .. } => "visible characters and white space".to_owned(),
            Self::UnknownField { .. } => {
                "a field; text that looks like one goes in quotes".to_owned()
            }
            _ => return None,
        })
    }

    /// What may have been meant instead.
    pub fn suggestion(&self) -> Option<&str> {
        match self {
            Self::UnknownField { near, .. }
            | Self::UnknownFlag { near, .. }
            | Self::BadValue { near, .. }
            | Self::Unsortable { near, .. } => *near,
            Self::UnknownView { near, .. } => near.as_deref(),
            _ => None,
        }
    }
}
