//! Commands that write: each goes through the project, and says what holds now.
//!
//! Start at `act`, which carries one command of the core out and prints what came of it; each
//! family of commands has a file that builds the command and words the result. Which verb is whose
//! is said in [`super::run`].
//!
//! - **Invariant.** One command line is one record, or none; a `review` is one for each answer.
//! - **Invariant.** Nothing here prints.

mod act;
mod advice;
mod archive;
mod bulk;
mod config;
mod create;
mod fitting;
mod flow;
mod init;
mod input;
mod keep;
mod kinds;
mod log_archive;
mod maintain;
mod migrate;
mod outline;
mod parts;
mod pause;
mod phase;
mod progress;
mod quickstart;
mod repair;
mod result;
mod review;
mod risk;
mod seen;
mod session;
mod sign;
mod template;
mod told;
mod undo;
mod unknown;
mod view;

pub(super) use act::{warned, warning};
pub(super) use archive::archive;
pub(super) use config::run as config;
pub(super) use create::{add, new};
pub(super) use flow::{cancel, done, progress, reopen, start, unarchive};
pub(super) use init::init;
pub(super) use keep::{adopt, merge, recover, replay_into};
pub(super) use kinds::kinds;
pub(super) use log_archive::archive_log;
pub(super) use maintain::{maintain, maintained};
pub(super) use migrate::{migrate, prune, rollback};
pub(super) use parts::{block, check, dep, edit, move_task, note, remove, resolve, unblock};
pub(super) use pause::{pause, resume};
pub(super) use phase::{enable, run as phase};
pub(super) use quickstart::{quickstart, use_template};
pub(super) use repair::{repair, repair_derived};
pub(super) use result::document;
pub(super) use review::review;
pub(super) use risk::run as risk;
pub(super) use session::session;
pub(super) use sign::sign;
pub(super) use template::{new as new_template, save as save_template};
pub(super) use undo::undo;
pub(super) use view::{remove as remove_view, save as save_view};
