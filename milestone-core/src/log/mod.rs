//! The log: records, their bytes, their order, and what is found wrong with them.
//!
//! Start at [`LogStore`] for where lines live, [`Record`] for what they say and [`scan()`] for
//! reading them all in order.
//!
//! - **Invariant.** The log is the set of its records. File names and places of lines mean nothing.

pub mod record;

mod checkpoint;
mod finding;
mod lines;
mod merkle;
mod scan;
mod store;

pub use checkpoint::{Checkpoint, Digest, FINDINGS_KEPT_MAX, FileMark};
pub use finding::{Finding, Level, Oddity};
pub use lines::{FileLines, ParsedLine, ParsedLines, mark_lines};
pub use merkle::MerkleTree;
pub use record::{Draft, Encoded, FORMAT_VERSION, LineFault, Reads, Record};
pub use scan::{Fresh, LinesAhead, Step, Visit, between, fresh, opening_order, scan, scan_opened};
pub use store::{
    AppendError, FileStat, LINE_BYTES_MAX, LockError, LockGuard, LogStore, NewLine, Pending,
    ReadError, SyncError,
};
