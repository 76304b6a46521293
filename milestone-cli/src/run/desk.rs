//! Command lines run from within a command that stays: the board, the watch.
//!
//! Start at [`Desk`].
//!
//! - **Invariant.** Each command has a context of its own, as if the program had been started for
//!   it: its own moment, its own ids, nothing to ask.
//! - **Invariant.** Between commands the log's files are asked for their lengths, and no more.

use std::ffi::OsString;

use milestone_core::log::{FileStat, LogStore};

use super::context::{Context, Output, Surroundings};
use super::said::stopped;
use crate::args::global::{Choice, Format, Global};
use crate::args::{Cli, Command, Stop, parse};
use crate::ui::error::Problem;

/// Where command lines are run.
pub(super) struct Desk {
    global: Global,
    around: Surroundings,
    color: bool,
    /// The context of the last look; its project is asked for the log's files.
    last: Option<Context>,
    seen: Vec<FileStat>,
    times: u64,
}

impl Desk {
    /// A desk for the flags and the surroundings of a command.
    pub(super) fn new(context: &Context) -> Self {
        Self {
            global: context.global.clone(),
            around: context.around.clone(),
            color: context.style.color,
            last: None,
            seen: Vec::new(),
            times: 0,
        }
    }

    /// The surroundings of another command: it is later, and its ids are its own.
    fn surroundings(&mut self) -> Surroundings {
        self.times += 1;
        let mut around = self.around.clone();
        around.now = (around.clock)();
        around.ends = false;
        for (bits, more) in around.seed.iter_mut().rev().zip(self.times.to_le_bytes()) {
            *bits ^= more;
        }
        around
    }

    /// A context of its own.
    pub(super) fn context(&mut self) -> Result<Context, Box<Problem>> {
        let (global, around) = (self.global.clone(), self.surroundings());
        Context::new(global, around)
    }

    /// Looks with a context of its own, and notes the files of the log as they were before.
    pub(super) fn look<T>(
        &mut self,
        look: impl FnOnce(&mut Context) -> Result<T, Box<Problem>>,
    ) -> Result<T, Box<Problem>> {
        let mut context = self.context()?;
        self.seen = context.project()?.store().files().unwrap_or_default();
        let found = look(&mut context);
        self.last = Some(context);
        found
    }

    /// True if the log's files are not what they were at the last look.
    pub(super) fn grew(&mut self) -> bool {
        let Some(Ok(project)) = self.last.as_mut().map(Context::project) else { return true };
        project.store().files().is_ok_and(|files| files != self.seen)
    }

    /// Runs a command line, at most so many columns wide; with whether it only looked.
    pub(super) fn command(
        &mut self,
        words: &[String],
        columns: usize,
    ) -> Result<(Output, bool), Box<Problem>> {
        let line = std::iter::once("milestone").chain(words.iter().map(String::as_str));
        let line: Vec<OsString> = line.map(OsString::from).collect();
        let mut cli = match parse(&line) {
            Ok(cli) => cli,
            Err(Stop::Problem(problem)) => return Err(problem),
            Err(help) => return Ok((stopped(help, Some(self.surroundings()), false), true)),
        };
        let read = cli.command.as_ref().is_none_or(Command::is_read);
        // What a change says is shown on one line, whatever that has room for.
        self.hand_down(&mut cli, if read { columns } else { usize::MAX });
        let around = self.surroundings();
        super::run(&cli, around).map(|output| (output, read))
    }

    /// The flags that hold here hold for the command, unless it says otherwise.
    fn hand_down(&self, cli: &mut Cli, columns: usize) {
        let (global, own) = (&mut cli.global, &self.global);
        global.dir = global.dir.take().or_else(|| own.dir.clone());
        global.on = global.on.take().or_else(|| own.on.clone());
        global.actor = global.actor.take().or_else(|| own.actor.clone());
        global.glyphs = global.glyphs.or(own.glyphs);
        global.level = global.level.or(own.level);
        global.color = Some(if self.color { Choice::Always } else { Choice::Never });
        if global.format_asked().is_none() {
            global.format = Some(Format::Text);
        }
        let columns = u16::try_from(columns).unwrap_or(u16::MAX);
        global.width = global.width.or(Some(columns.clamp(20, 1_000)));
        // There is no line for a question; what needs an answer says so, and takes `--yes`.
        global.no_input = true;
        global.no_pager = true;
    }
}
