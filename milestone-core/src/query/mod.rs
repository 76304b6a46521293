//! Queries: which milestones and tasks, in which order, how many, after which.
//!
//! Start at [`Query`], what is asked, and [`parse`], how it is typed. [`select`] answers it from a
//! [`Plan`]; a store that answers it otherwise compiles the same [`Query`]. [`FIELDS`] and
//! [`FLAGS`] are the vocabulary, and [`queries_page`] prints them as `docs/queries.md`.
//!
//! - **Invariant.** Whatever depends on who asks, and when, is resolved by [`parse`]: the same
//!   [`Query`] has the same answer on the same plan, always and everywhere.
//! - **Invariant.** Every text is a query or an error; reading one takes time linear in its length.
//! - **Absent on purpose.** Regular expressions and weights of words: finding is not searching.
//!
//! [`Plan`]: crate::domain::Plan

mod ast;
mod cursor;
mod error;
mod field;
mod order;
mod page;
mod parse;
mod print;
mod scan;
mod select;
mod thing;
mod value;
mod view;

pub use ast::{Condition, Kind, Match, Op, Query, Sort, Test};
pub use cursor::{Cursor, Key};
pub use error::{QueryError, QueryFault};
pub use field::{
    DayField, FIELDS, FLAGS, Field, FieldSpec, Flag, FlagSpec, FlagWord, LinkField, MomentField,
    NumberField, TextField,
};
pub use order::{MILESTONE_ORDER, PRIORITY_RANKS, TASK_ORDER, status_rank};
pub use page::queries_page;
pub use parse::{NESTING_MAX, QUERY_BYTES_MAX, VIEWS_DEEP_MAX, Viewer, parse, parse_sort};
pub use select::{Found, Scope, Selection, select};
pub use view::{SavedView, VIEW_PREFIX, views};
