//! Completion scripts: each asks `milestone __complete` what a half-typed line may go on with.
//!
//! Start at [`script`]. The scripts are in `completion/`; the answers come from `run/complete.rs`.
//!
//! - **Invariant.** A script knows no verb and no flag: an upgrade of the program needs no new one.
//! - **Invariant.** What goes wrong while completing is said nowhere.

use super::project::Shell;

/// Returns the completion script for a shell.
#[must_use]
pub fn script(shell: Shell) -> &'static str {
    match shell {
        Shell::Bash => include_str!("completion/milestone.bash"),
        Shell::Zsh => include_str!("completion/milestone.zsh"),
        Shell::Fish => include_str!("completion/milestone.fish"),
        Shell::PowerShell => include_str!("completion/milestone.ps1"),
        Shell::Elvish => include_str!("completion/milestone.elv"),
        Shell::Nushell => include_str!("completion/milestone.nu"),
    }
}
