//! What people and programs see: pure functions from plain structs to strings.
//!
//! Start at [`view`] for what the renderers take, at [`style`] for how they are told to draw, then
//! at the renderer you need: [`tree`], [`frame`], [`table`], [`markdown`], [`json`], [`error`].
//!
//! - **Invariant.** Every text from outside goes through `text::sanitize` before it is drawn.
//! - **Invariant.** A colour or a symbol never says anything that a word does not say too.
//! - **Absent on purpose.** No printing, no clock, no environment, no terminal queries.

pub mod ansi;
pub mod chart;
pub mod codes;
pub mod dates;
pub mod error;
pub mod fold;
pub mod frame;
pub mod glyph;
pub mod health;
pub mod html;
pub mod json;
pub mod lists;
pub mod markdown;
pub mod page;
pub mod plot;
pub mod report;
pub mod report_html;
pub mod spoken;
pub mod style;
pub mod svg;
pub mod table;
pub mod text;
pub mod tree;
pub mod view;

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod width_tests;
