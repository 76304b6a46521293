//! Cursors: the place in an order where a page ended.
//!
//! Start at [`Cursor`]. Its text is opaque: it holds the order, the keys of the last thing of the
//! page, and its stream.
//!
//! - **Invariant.** What others write between two pages moves nothing but what they wrote: the next
//!   page goes on behind the same place, whether or not the thing that stood there is still there.
//! - **Absent on purpose.** The condition: it may be narrowed from page to page.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::ast::Sort;
use super::parse::parse_sort;
use super::print::sort_text;
use crate::words::StreamId;

/// The longest text that is read as a cursor, in bytes.
const CURSOR_BYTES_MAX: usize = 8 * 1024;

/// One key of a place in an order. Days count from 1970-01-01, moments are microseconds since then,
/// texts are folded, statuses and priorities are ranks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Key {
    /// A number, day, moment or rank.
    Number(i64),
    /// A text, folded; compared by its bytes.
    Text(String),
}

/// A place in an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The order; empty if it is one that only the command of the list knows, such as that of
    /// `ready`.
    pub sort: Vec<Sort>,
    /// The keys of the place in it; `None` where the thing that stood there lacked one.
    pub keys: Vec<Option<Key>>,
    /// The stream of that thing.
    pub stream: StreamId,
}

impl Cursor {
    /// Reads the text of a cursor; `None` if it is none.
    pub fn read(text: &str) -> Option<Self> {
        let even = text.len().is_multiple_of(2) && text.len() <= CURSOR_BYTES_MAX;
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let byte = |pair: &[u8]| u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok();
        let pairs = text.as_bytes().chunks_exact(2);
        let bytes: Option<Vec<u8>> = even.then(|| pairs.map(byte).collect()).flatten();
        let (sort, keys, stream): (String, Vec<Option<Key>>, String) =
            serde_json::from_slice(&bytes?).ok()?;
        let stream = StreamId::parse(&stream)?;
        let sort = if sort.is_empty() { Vec::new() } else { parse_sort(&sort).ok()? };
        (sort.is_empty() || sort.len() == keys.len()).then_some(Self { sort, keys, stream })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = (sort_text(&self.sort), &self.keys, &self.stream);
        let json = serde_json::to_string(&place).map_err(|_| fmt::Error)?;
        json.bytes().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
