//! `watch`: a look that is drawn again whenever the log grows, or the new events as they come.
//!
//! Start at [`run`].
//!
//! - **Invariant.** A terminal that is drawn on is given back; a pipe gets whole lines, each at
//!   once, until nobody reads any more.
//! - **Absent on purpose.** A look of its own: it is `show` or `list`.

use std::time::Duration;

use super::context::{Context, Output, Ran};
use super::desk::Desk;
use super::{problem, reads};
use crate::args::board::WatchArgs;
use crate::args::global::Format;
use crate::board::line::join;
use crate::board::model::Page;
use crate::board::screen::{Happened, Screen};
use crate::board::update::{Key, scroll};
use crate::board::view::render_page;
use crate::ui::error::Exit;
use crate::ui::text::sanitize;

/// How often the log is looked at where there are no keys.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Watches until it is ended.
pub(super) fn run(context: &mut Context, args: &WatchArgs) -> Ran {
    reads::present_only(context, "watch")?;
    let tty = context.around.stdout.tty;
    match context.global.format_asked() {
        Some(Format::Ndjson) => events(context, args),
        None if !tty => events(context, args),
        None | Some(Format::Text) => {
            let words = match &args.reference {
                Some(on) => vec!["show".to_owned(), on.clone()],
                None => vec!["list".to_owned()],
            };
            let draws = tty && context.around.stdin_tty && !context.style.accessible;
            if draws { screen(context, &words) } else { again(context, &words) }
        }
        Some(_) => Err(problem::no_watch()),
    }
}

/// Draws the look on the whole terminal.
fn screen(context: &Context, words: &[String]) -> Ran {
    let (style, mut desk) = (context.style, Desk::new(context));
    let mut page = Page { title: format!("milestone {}", join(words)), ..Page::default() };
    // What is wrong with the words is said before the screen is taken.
    let mut text = look(&mut desk, words, style.width)?;
    let mut screen = Screen::open().map_err(|error| problem::screen(&error))?;
    let mut changed = true;
    loop {
        if changed {
            page.lines = text.lines().map(ToOwned::to_owned).collect();
            page.top = page.top.min(page.lines.len().saturating_sub(1));
            let drawn = screen.draw(|buffer| render_page(&page, "live  q ends", &style, buffer));
            drawn.map_err(|error| problem::screen(&error))?;
        }
        let happened = screen.wait();
        let again = match happened {
            Happened::Ended | Happened::Key(Key::Interrupt) => {
                return Ok(Output { exit: Exit::Interrupted, ..Output::of("") });
            }
            Happened::Key(Key::Esc | Key::Char('q')) => return Ok(Output::of("")),
            Happened::Key(key) => {
                scroll(&mut page, key);
                false
            }
            Happened::Redraw => true,
            Happened::Quiet => desk.grew(),
        };
        changed = again || happened != Happened::Quiet;
        if again {
            text = look(&mut desk, words, screen.columns())
                .unwrap_or_else(|problem| sanitize(&problem.message).into_owned());
        }
    }
}

/// Prints the look again, below what was there: for ears, and for files.
fn again(context: &Context, words: &[String]) -> Ran {
    let (print, width, mut desk) = (context.around.print, context.style.width, Desk::new(context));
    let mut before = String::new();
    loop {
        let text = look(&mut desk, words, width)?;
        if text != before {
            let between = if before.is_empty() { "" } else { "\n" };
            if !print(&format!("{between}{text}")) {
                return Ok(Output::of(""));
            }
            before = text;
        }
        wait(&mut desk);
    }
}

/// What the command prints now.
fn look(
    desk: &mut Desk,
    words: &[String],
    columns: usize,
) -> Result<String, Box<crate::ui::error::Problem>> {
    desk.look(|_| Ok(()))?;
    let (output, _) = desk.command(words, columns)?;
    // Where there is nothing to show, what is said of it is the look.
    Ok(match output.stdout.is_empty() {
        true => output.stderr.iter().map(|line| format!("{line}\n")).collect(),
        false => output.stdout,
    })
}

/// Prints each new event as a line.
fn events(context: &Context, args: &WatchArgs) -> Ran {
    let (print, mut desk) = (context.around.print, Desk::new(context));
    let on = args.reference.as_deref();
    let mut seen = reads::Seen::default();
    let mut lines = desk.look(|context| reads::begin_events(context, on, &mut seen))?;
    loop {
        if !lines.is_empty() && !print(&lines) {
            return Ok(Output::of(""));
        }
        wait(&mut desk);
        lines = desk.look(|context| reads::new_events(context, on, &mut seen))?;
    }
}

fn wait(desk: &mut Desk) {
    loop {
        std::thread::sleep(LOOK_EVERY);
        if desk.grew() {
            return;
        }
    }
}
