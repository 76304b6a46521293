//! A project's files: the log (append, lock, recovery), the YAML view of it, workflow files.
//!
//! Start at [`Disk`] for what is asked of a disk, at [`view::YamlView`] for the view and at
//! [`FileStore`]: it is the
//! [`LogStore`](milestone_core::log::LogStore) that people use. `log/` holds one concept a file;
//! `ls` answers where a thing is.
//!
//! - **Invariant.** Nothing here knows what a line means. The only thing read out of a line is its
//!   id, textually.
//! - **Invariant.** Nothing is ever deleted from the log: what has to go is moved to
//!   `local/recovered/`, and a full file is removed only once its archive was read back.
//! - **Absent on purpose.** Git, JSON, clocks (but to wait for the lock), printing, signals. The
//!   process edge must ignore SIGXFSZ, or a file size limit kills the process in mid-append.

mod disk;
mod log;
pub mod view;
mod workflow;

pub use disk::{Disk, How, Kind, RealDisk, Stat};
pub use log::{
    ARCHIVED_BYTES_MAX, ArchiveError, Archived, FILE_BYTES_MAX, FileStore, KEPT_BYTES_MAX,
    KEPT_SEGMENT_BYTES_MAX, KeptLine, MovedFragment, OpenError, Options, REAPPENDS_MAX,
    RepairError, ShrunkFile, UNPACKED_BYTES_MAX, is_archive, unpack,
};
pub use workflow::{WORKFLOW_BYTES_MAX, WorkflowFault, WorkflowFile};
