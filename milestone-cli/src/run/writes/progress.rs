//! How far a migration has come, on standard error while it runs.
//!
//! Start at [`Progress::tell`].
//!
//! - **Invariant.** Only a terminal gets a line that is drawn again, at most ten times a second.
//! - **Invariant.** Nothing with `-q` and `--json`.

use milestone_core::words::Timestamp;
use milestone_project::Step;

use super::super::backend::{bytes, seconds};
use super::super::context::Context;
use super::super::said::Teller;
use crate::ui::style::{Style, WIDTH_SLIM};
use crate::ui::text::sanitize;

/// Between two drawings of a line on a terminal.
const REDRAW_MICROS: i64 = 100_000;

/// Before this nobody is told how it goes.
const SILENT_MICROS: i64 = 300_000;

/// Between two lines where a line cannot be drawn again.
const LINE_MICROS: i64 = 10_000_000;

/// Looking at the clock for every record would cost more than some records.
const LOOK_RECORDS: u64 = 64;

const BAR_CELLS: usize = 24;

/// What stands for the line that is drawn again: back to its beginning, and clear it.
const AGAIN: &str = "\r\u{1b}[K";

/// Tells of steps.
pub(super) struct Progress {
    teller: Teller,
    clock: fn() -> Timestamp,
    style: Style,
    silent: bool,
    tty: bool,
    still: bool,
    began: Timestamp,
    drawn: Timestamp,
    /// A line is there that the next one takes the place of.
    open: bool,
    built: Option<(u64, u64)>,
}

impl Progress {
    /// Begins.
    pub(super) fn begin(context: &Context) -> Self {
        let now = (context.around.clock)();
        Self {
            teller: context.teller(),
            clock: context.around.clock,
            style: context.style_err,
            silent: context.global.quiet || context.json(),
            tty: context.style_err.tty && !context.style_err.accessible,
            still: context.env("MILESTONE_NOW").is_some(),
            began: now,
            drawn: now,
            open: false,
            built: None,
        }
    }

    /// Tells of a step.
    pub(super) fn tell(&mut self, step: &Step) {
        if self.silent {
            return;
        }
        match step {
            Step::BackedUp { file, bytes: length } => {
                self.line(&format!("  1/4 Backup   {}  {}", sanitize(file), bytes(*length)));
                self.began = (self.clock)();
            }
            Step::Building { done, of } => {
                self.built = Some((*done, *of));
                if done % LOOK_RECORDS == 0 {
                    self.building(*done, *of);
                }
            }
            Step::Comparing { aggregates } => {
                if let Some((done, of)) = self.built.take() {
                    let line = self.built_line(done, of.max(done), (self.clock)());
                    self.line(&line);
                }
                if self.tty {
                    self.draw(&format!("  3/4 Compare  {aggregates} milestones and tasks"));
                }
            }
            Step::Same { fingerprint } => {
                self.line(&format!("  3/4 Compare  ok, state {fingerprint:.16} on both sides"));
            }
            Step::Switched => self.line("  4/4 Switch   ok"),
        }
    }

    /// Ends a line that is open, whatever came of it.
    pub(super) fn end(&mut self) {
        if self.open {
            self.teller.tell_as_is("\n");
            self.open = false;
        }
    }

    fn building(&mut self, done: u64, of: u64) {
        let now = (self.clock)();
        let pause = if self.tty { REDRAW_MICROS } else { LINE_MICROS };
        if now.0 - self.drawn.0 < pause || now.0 - self.began.0 < SILENT_MICROS {
            return;
        }
        self.drawn = now;
        let line = self.built_line(done, of, now);
        if self.tty { self.draw(&line) } else { self.line(&line) }
    }

    /// `  2/4 Build    ████░░░░  21000/31000  52000 records/s  1.2 s left`.
    fn built_line(&self, done: u64, of: u64, now: Timestamp) -> String {
        let micros = u64::try_from(now.0.saturating_sub(self.began.0)).unwrap_or(0);
        let bar = match self.tty && self.style.width >= WIDTH_SLIM {
            true => {
                let percent = u8::try_from(done * 100 / of.max(1)).unwrap_or(100);
                format!("{}  ", self.style.drawing().bar(percent, BAR_CELLS))
            }
            false => String::new(),
        };
        let mut line = format!("  2/4 Build    {bar}{done}/{of} records");
        // What took no time has no speed; a clock that stands still measures nothing.
        if self.still || micros < u64::from(SILENT_MICROS.unsigned_abs() as u32) || done == 0 {
            return line;
        }
        line.push_str(&format!("  {}/s", done.saturating_mul(1_000_000) / micros));
        let rest = of.saturating_sub(done);
        line.push_str(&match rest {
            0 => format!("  {}", seconds(micros / 1_000)),
            rest => format!("  {} left", seconds(micros / 1_000 * rest / done)),
        });
        line
    }

    fn draw(&mut self, line: &str) {
        // What goes on below cannot be drawn over.
        let line = self.style.ruler().clip(line, self.style.width);
        self.teller.tell_as_is(&format!("{AGAIN}{line}"));
        self.open = true;
    }

    fn line(&mut self, line: &str) {
        if self.open {
            self.teller.tell_as_is(AGAIN);
        }
        self.teller.tell(&format!("{line}\n"));
        self.open = false;
    }
}
