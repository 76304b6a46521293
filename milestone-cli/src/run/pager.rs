//! Long output, one screen at a time: whether, and with which program.
//!
//! Start at [`choose`].
//!
//! - **Invariant.** Only what is read is paged, and only where somebody sits before a terminal: a
//!   script, a pipe and a program that acts never meet a pager.
//! - **Absent on purpose.** Starting it: that is for `main`, which has the terminal.

use super::context::Context;
use crate::args::global::{Choice, Format};
use crate::args::tree::Command;
use crate::ui::style::Terminal;

/// The pager where `PAGER` names none.
const PROGRAM: &str = "less";

/// The program that `lines` lines of this command's result go through, as a line for the shell;
/// `None` if they are printed as they are.
pub(super) fn choose(context: &Context, command: Option<&Command>, lines: usize) -> Option<String> {
    let long = matches!(
        command,
        Some(
            Command::Log(_)
                | Command::Audit(_)
                | Command::Diff(_)
                | Command::List(_)
                | Command::Help(_)
        )
    );
    let text = matches!(context.format(), None | Some(Format::Text));
    let around = &context.around;
    let dumb = context.env("TERM") == Some("dumb");
    let alone = context.global.no_input || !around.stdin_tty || !around.stdout.tty || dumb;
    if !long || !text || alone {
        return None;
    }
    let wanted = match asked(context) {
        Choice::Never => false,
        Choice::Always => true,
        Choice::Auto => exceeds(around.stdout, lines),
    };
    let program = context.env("PAGER").unwrap_or(PROGRAM);
    (wanted && program != "cat").then(|| program.to_owned())
}

/// `--pager`, else `MILESTONE_PAGER`, else `ui.pager`.
fn asked(context: &Context) -> Choice {
    let variable = || match context.env("MILESTONE_PAGER")? {
        "always" => Some(Choice::Always),
        "never" => Some(Choice::Never),
        _ => None,
    };
    let said = context.global.pager_asked().or_else(variable);
    said.or_else(|| context.config.pager()).unwrap_or(Choice::Auto)
}

/// True if so many lines, and the prompt after them, are more than a screen. Of a terminal that
/// does not say how high it is nothing is known.
fn exceeds(terminal: Terminal, lines: usize) -> bool {
    terminal.rows.is_some_and(|rows| lines >= usize::from(rows))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use milestone_core::words::Timestamp;

    use super::*;
    use crate::args::parse;
    use crate::run::Surroundings;

    /// What pages so many lines of a command on a terminal of 24 lines.
    fn chosen(words: &str, env: &[(&str, &str)], tty: bool, lines: usize) -> Option<String> {
        let words: Vec<std::ffi::OsString> = words.split(' ').map(Into::into).collect();
        let cli = parse(&words).unwrap_or_else(|_| panic!("{words:?} is a command line"));
        let terminal = Terminal { tty, columns: Some(80), rows: Some(24) };
        let mut set: BTreeMap<String, String> =
            env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        set.insert("MILESTONE_DIR".to_owned(), "/nowhere".to_owned());
        let around = Surroundings {
            env: set,
            cwd: "/".into(),
            stdout: terminal,
            stderr: terminal,
            stdin_tty: true,
            now: Timestamp(0),
            clock: || Timestamp(0),
            seed: [0; 32],
            pid: 1,
            words: Vec::new(),
            ends: false,
            interrupted: Arc::default(),
            ask: |_| false,
            prompt: |_| None,
            print: |_| true,
            show: |_| {},
        };
        let context = Context::new(cli.global.clone(), around).expect("nothing is wrong with it");
        choose(&context, cli.command.as_ref(), lines)
    }

    #[test]
    fn long_output_is_paged_where_somebody_looks() {
        let less = || Some("less".to_owned());
        assert_eq!(chosen("milestone log", &[], true, 24), less());
        assert_eq!(chosen("milestone log", &[], true, 23), None, "it fits");
        assert_eq!(chosen("milestone log", &[], false, 99), None, "a pipe");
        assert_eq!(chosen("milestone show api", &[], true, 99), None, "one screen by nature");
        assert_eq!(chosen("milestone log --json", &[], true, 99), None);
        assert_eq!(chosen("milestone log --no-input", &[], true, 99), None);
        assert_eq!(chosen("milestone log", &[("MILESTONE_AGENT", "a")], true, 99), None);
        assert_eq!(chosen("milestone log", &[("TERM", "dumb")], true, 99), None);
        assert_eq!(chosen("milestone log", &[("PAGER", "more -s")], true, 99).unwrap(), "more -s");
        assert_eq!(chosen("milestone log", &[("PAGER", "cat")], true, 99), None);
    }

    #[test]
    fn the_flag_goes_before_the_variable() {
        let never = [("MILESTONE_PAGER", "never")];
        assert_eq!(chosen("milestone list", &never, true, 99), None);
        assert!(chosen("milestone list --pager always", &never, true, 1).is_some());
        assert_eq!(chosen("milestone list --no-pager", &[], true, 99), None);
        assert!(chosen("milestone list", &[("MILESTONE_PAGER", "always")], true, 1).is_some());
    }
}
