//! The words: ids, names, texts and times, and the rules of what may be typed.
//!
//! Start at [`Slug`] and [`StreamId`] for names of things, [`RecordId`] for names of records, and
//! [`Timestamp`] and [`Date`] for time, [`when`] for how people type it. Nothing here knows what an
//! event is.

mod duration;
mod few;
mod fold;
mod ids;
mod nearest;
mod record_id;
mod slug;
mod stream;
mod text;
mod time;
mod when;

pub use duration::{
    DURATION_MINUTES_MAX, MINUTES_PER_DAY, MINUTES_PER_HOUR, MINUTES_PER_WEEK, duration_minutes,
};
pub use few::Few;
pub use fold::fold;
pub use ids::{Ids, Seed};
pub use nearest::{DISTANCE_MAX, distance, nearest};
pub use record_id::{RecordId, RecordKey};
pub use slug::{RESERVED_HANDLES, SLUG_CHARS_MAX, Slug, SlugFault, slug_of};
pub use stream::{StreamId, StreamName};
pub use text::{
    NOTE_BYTES_MAX, TITLE_CHARS_MAX, Text, TextFault, check_id_text, check_line, check_prose,
    check_title, is_control,
};
pub(crate) use time::MICROS_PER_DAY;
pub use time::{CLOCK_MAX, Date, Timestamp};
pub use when::{Clock, REACH_DAYS_MAX, Sense, ValueError, When, when};
