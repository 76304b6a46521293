//! `review` on a terminal: one submitted phase after the other, and a question each.
//!
//! Start at [`review`].
//!
//! - **Invariant.** Each answer is a command of its own, as if it had been typed: what was answered
//!   stays, whatever comes after it.
//! - **Invariant.** Nobody is asked where nobody can answer.

use std::sync::atomic::Ordering;

use milestone_core::domain::{FileContent, Step, is_agent};

use super::super::context::{Context, Output, Ran};
use super::super::phases::PhaseLook;
use super::super::problem;
use super::super::reads;
use super::phase;
use crate::args::phase::ReviewArgs;
use crate::ui::error::{Exit, Problem};

/// What may be answered.
const QUESTION: &str = "[a]pprove  [r]equest changes  [x] reject  [s]kip  [q]uit  [?]:";

/// What is said to any other answer.
const KEYS: &str = "  a  it is good: the next phase may begin\n  \
    r  it is sent back, with what has to change\n  \
    x  it is rejected, with why: the phase begins anew\n  \
    s  it goes on waiting; the next one is shown\n  \
    q  leave; what was answered stays answered\n";

/// Goes through what waits for somebody.
pub(in crate::run) fn review(context: &mut Context, args: &ReviewArgs) -> Ran {
    let quiet = context.json() || context.global.quiet || context.global.no_input;
    if quiet || !context.around.stdin_tty || !context.around.stderr.tty {
        return Err(problem::no_terminal());
    }
    let moment = context.moment()?;
    let waiting = reads::waiting(context, &moment, args.reference.as_deref())?;
    if waiting.is_empty() {
        return Ok(Output::of("Nothing waits for approval.\n"));
    }
    let (mut done, mut left) = (Vec::new(), 0);
    let count = waiting.len();
    for (at, look) in waiting.iter().enumerate() {
        match ask(context, look, at + 1, count)? {
            Answer::Done(line) => done.push(line),
            Answer::Skipped => left += 1,
            Answer::Quit => {
                left += count - at;
                break;
            }
        }
    }
    let mut out: String = done.concat();
    if left > 0 {
        out.push_str(&format!("{left} of {count} still wait\n"));
    }
    let interrupted = context.around.interrupted.load(Ordering::Relaxed);
    let exit = if interrupted { Exit::Interrupted } else { Exit::Ok };
    Ok(Output { exit, ..Output::of(out) })
}

/// What came of one phase.
enum Answer {
    Done(String),
    Skipped,
    Quit,
}

fn ask(
    context: &mut Context,
    look: &PhaseLook,
    at: usize,
    count: usize,
) -> Result<Answer, Box<Problem>> {
    let (page, style) = (reads::phase_page(look), &context.style_err);
    let page = if style.accessible { page.spoken() } else { page.render(style) };
    context.show(&format!("\n{at} of {count}\n{page}"));
    let actor = context.actor();
    if is_agent(&actor) {
        context.show("Agents cannot approve; a person has to.\n");
        return Ok(Answer::Skipped);
    }
    loop {
        let Some(answer) = context.prompt(QUESTION) else { return Ok(Answer::Quit) };
        let verb = match answer.trim().to_ascii_lowercase().as_str() {
            "a" | "approve" => 'a',
            "r" | "request-changes" => 'r',
            "x" | "reject" => 'x',
            "s" | "skip" | "" => return Ok(Answer::Skipped),
            "q" | "quit" => return Ok(Answer::Quit),
            _ => {
                context.show(KEYS);
                continue;
            }
        };
        let why = match verb {
            'a' => None,
            _ => match context.prompt("Why:") {
                Some(why) if !why.trim().is_empty() => Some(why.trim().to_owned()),
                Some(_) => continue,
                None => return Ok(Answer::Quit),
            },
        };
        let note = why.unwrap_or_default();
        let step = move |contents: Vec<FileContent>| match verb {
            'a' => Step::Approve { contents, note: None },
            'r' => Step::RequestChanges { note },
            _ => Step::Reject { note },
        };
        let label = match verb {
            'a' => "Approved",
            'r' => "Sent back",
            _ => "Rejected",
        };
        match phase::step(context, &look.r#ref, label, step) {
            Ok(output) => return Ok(Answer::Done(output.stdout)),
            // What a rule refuses is told, and asked again.
            Err(problem) => context.show(&problem.to_styled(&context.style_err)),
        }
    }
}
