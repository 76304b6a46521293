//! Whom and what to believe: keys, signed checkpoints, and pins kept outside the repository.
//!
//! Start at [`KeyRing`] for keys, [`checkpoint`] for signing and for judging what was signed, and
//! [`Pins`] for what this machine remembers of a log.
//!
//! - **Invariant.** A secret key never gets into a project: a directory inside one is refused.
//! - **Invariant.** Only what somebody put down outside the log can show that the log was cut off
//!   or made anew; everything here says which of the two it rests on.
//! - **Absent on purpose.** Signing every record, and witnesses on other machines.

pub(crate) mod checkpoint;
pub(crate) mod hex;
pub(crate) mod keyring;
pub(crate) mod lineage;
pub(crate) mod pin;
