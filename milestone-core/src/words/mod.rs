//! The words: ids, names, texts and times, and the rules of what may be typed.
//!
//! Start at [`Slug`] and [`StreamId`] for names of things, [`RecordId`] for names of records, and
//! [`Timestamp`] and [`Date`] for time. Nothing here knows what an event is.

mod few;
mod ids;
mod record_id;
mod slug;
mod stream;
mod text;
mod time;

pub use few::Few;
pub use ids::{Ids, Seed};
pub use record_id::{RecordId, RecordKey};
pub use slug::{RESERVED_HANDLES, SLUG_CHARS_MAX, Slug, SlugFault, slug_of};
pub use stream::{StreamId, StreamName};
pub use text::{
    NOTE_BYTES_MAX, TITLE_CHARS_MAX, Text, TextFault, check_id_text, check_line, check_prose,
    check_title,
};
pub use time::{CLOCK_MAX, Date, Timestamp};
