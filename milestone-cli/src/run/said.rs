//! What is printed, made as wide as the terminal that it goes to: results, talk, problems and
//! questions.
//!
//! Start at [`answer`], which `main` calls; [`fitted`] is the one place where results are folded.
//!
//! - **Invariant.** A pipe gets its lines whole, unless text of some width was asked for.
//! - **Invariant.** What is no prose (a script, a file, a document, what `-q` prints) stays byte
//!   for byte what it is.
//! - **Absent on purpose.** Tables, trees and frames: they are drawn as wide as the terminal.

use super::context::{Context, Output, Surroundings};
use super::run;
use crate::args::global::{Format, Global};
use crate::args::help::{SHORT, SHORT_WIDTH, slender};
use crate::args::{Cli, Stop};
use crate::ui::error::Problem;
use crate::ui::fold::folded;
use crate::ui::style::Style;

/// Runs a command line; a problem is what is printed of it.
pub fn answer(cli: &Cli, around: Surroundings, json: bool) -> Output {
    let before = around.clone();
    run(cli, around).unwrap_or_else(|problem| {
        let context = settled(cli.global.clone(), before);
        failed(&problem, json, context.as_ref())
    })
}

/// What is printed where words make no command to run, whatever is known of the surroundings.
pub fn stopped(stop: Stop, around: Option<Surroundings>, json: bool) -> Output {
    let context = around.and_then(|around| {
        let accessible = around.words.iter().any(|word| word == "--accessible");
        settled(Global { accessible, ..Global::default() }, around)
    });
    match (stop, &context) {
        (Stop::Text(text), Some(context)) => fitted(context, Output::of(text)),
        (Stop::Text(text), None) => Output::of(text),
        (Stop::Problem(problem), context) => failed(&problem, json, context.as_ref()),
    }
}

/// What is printed of a problem; without a context, plain.
pub fn failed(problem: &Problem, json: bool, context: Option<&Context>) -> Output {
    let text = match (json, context) {
        (true, context) => problem.to_json(context.is_some_and(|context| context.style_err.tty)),
        (false, None) => problem.to_text(),
        (false, Some(context)) => talk(context, &problem.to_styled(&context.style_err)),
    };
    Output { exit: problem.exit, ..Output::of("").say(text.trim_end_matches('\n')) }
}

/// A context to print in, whatever is wrong with the clock that was given.
fn settled(global: Global, mut around: Surroundings) -> Option<Context> {
    around.env.remove("MILESTONE_NOW");
    Context::new(global, around).ok()
}

/// A result with lines as wide as the terminals that it goes to.
pub(super) fn fitted(context: &Context, mut output: Output) -> Output {
    let looked_at = match context.format() {
        None => context.style.tty,
        Some(format) => format == Format::Text && context.style.folds,
    };
    if looked_at && output.stdout == SHORT && context.style.width < SHORT_WIDTH {
        output.stdout = slender();
    }
    if looked_at && !output.as_is && !context.global.quiet {
        output.stdout = folded(&output.stdout, &context.style);
    }
    if !context.json() {
        for line in output.ahead.iter_mut().chain(&mut output.stderr) {
            *line = talk(context, line).trim_end_matches('\n').to_owned();
        }
    }
    output
}

/// What is said beside a result.
fn talk(context: &Context, text: &str) -> String {
    context.teller().fitted(text)
}

/// Shows things on standard error while a command runs.
pub(super) struct Teller {
    show: fn(&str),
    /// How lines are folded; `None` if they are not.
    style: Option<Style>,
}

impl Teller {
    /// Shows a text.
    pub(super) fn tell(&self, text: &str) {
        (self.show)(&self.fitted(text));
    }

    /// Shows a part of a line, or what has its width already.
    pub(super) fn tell_as_is(&self, text: &str) {
        (self.show)(text);
    }

    fn fitted(&self, text: &str) -> String {
        self.style.as_ref().map_or_else(|| text.to_owned(), |style| folded(text, style))
    }
}

/// A question: the answer stands behind its last word.
fn question(context: &Context, text: &str) -> String {
    format!("{} ", talk(context, text).trim_end())
}

impl Context {
    /// Asks on standard error; true for yes.
    pub(super) fn ask(&self, text: &str) -> bool {
        (self.around.ask)(&question(self, text))
    }

    /// Asks on standard error; the answer, and `None` at its end.
    pub(super) fn prompt(&self, text: &str) -> Option<String> {
        (self.around.prompt)(&question(self, text))
    }

    /// Shows something on standard error at once.
    pub(super) fn show(&self, text: &str) {
        self.teller().tell(text);
    }

    /// What shows things on standard error while a command runs.
    pub(super) fn teller(&self) -> Teller {
        let style = self.style_err;
        let folds = style.tty || (self.format() == Some(Format::Text) && style.folds);
        Teller { show: self.around.show, style: folds.then_some(style) }
    }
}
