//! Completion scripts, made from the same tree that is parsed with.
//!
//! Start at [`script`].
//!
//! - **Invariant.** The script knows every verb, alias and flag; it is never written by hand.
//! - **Absent on purpose.** No completion of references yet: it needs the project.

use clap_complete::{Shell as Target, generate};

use super::parse::command;
use super::project::Shell;

/// Returns the completion script for a shell.
#[must_use]
pub fn script(shell: Shell) -> String {
    let target = match shell {
        Shell::Bash => Target::Bash,
        Shell::Zsh => Target::Zsh,
        Shell::Fish => Target::Fish,
        Shell::PowerShell => Target::PowerShell,
        Shell::Elvish => Target::Elvish,
    };
    let mut out = Vec::new();
    generate(target, &mut command(), "milestone", &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shell_gets_every_verb() {
        let shells = [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell, Shell::Elvish];
        for shell in shells {
            let text = script(shell);
            for needle in ["unblock", "conflicts", "resolve", "accept-loss", "idempotency-key"] {
                assert!(text.contains(needle), "{shell:?} lacks {needle}");
            }
        }
    }
}
