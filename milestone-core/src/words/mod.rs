//! The words: ids, names, texts and times.

mod record_id;

pub use record_id::{RecordId, RecordKey};
