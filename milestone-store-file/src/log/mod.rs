//! One writer's files, from lock to kept lines, one concept a file.
//!
//! Start at `store`. A line's life: `lock`, `append` (with `own` and `writer`), `sync`, `kept`.
//!
//! - **Invariant.** Only `append` writes lines to `log/`, only `recovered` shortens a file there,
//!   and only `archive` puts one in the place of another.
//! - **Absent on purpose.** State in memory that outlives a command: all is in `local/`.

mod append;
mod archive;
mod archives;
mod kept;
mod lock;
mod manifest;
mod own;
mod paths;
mod read;
mod recovered;
mod store;
mod sync;
#[cfg(test)]
mod tests;
mod trust;
mod writer;

pub use append::FILE_BYTES_MAX;
pub use archive::{ArchiveError, Archived};
pub use archives::{ARCHIVED_BYTES_MAX, UNPACKED_BYTES_MAX, is_archive, unpack};
pub use kept::{KEPT_BYTES_MAX, KEPT_SEGMENT_BYTES_MAX, KeptLine};
pub use own::ShrunkFile;
pub use recovered::{MovedFragment, RepairError};
pub use store::{FileStore, Options};
pub use sync::REAPPENDS_MAX;
pub use trust::OpenError;
