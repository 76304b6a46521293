//! The YAML view: a file for every milestone that people can read, edit and keep under git.
//!
//! Start at [`YamlView`], the projection. [`ViewFile`] is what one of its files says, and
//! [`EditedView`] is one that somebody changed by hand.
//!
//! - **Invariant.** The view is a mirror of the log and never read as truth; throwing it away costs
//!   time. What a person wrote into it is never overwritten before it was taken in.
//! - **Invariant.** No symbolic link is followed, neither a folder of the view nor a file in it.
//! - **Absent on purpose.** Taking an edit in. Whoever adopts compares three documents, decides
//!   commands, and then calls [`YamlView::release`].

mod disk;
mod edits;
mod file;
mod mirror;
pub(crate) mod yaml;

pub use edits::EditedView;
pub use file::ViewFile;
pub use mirror::YamlView;
