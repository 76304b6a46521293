//! `board`: the loop around the board, and how its effects are carried out.
//!
//! Start at [`run`].
//!
//! - **Invariant.** Whatever is done is done by a command line of the same grammar, run as if it
//!   had been typed, with nothing to ask.
//! - **Invariant.** Between keys the log's files are asked for their lengths once a second, and
//!   only what grew is read.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::context::{Context, Output, Ran};
use super::desk::Desk;
use super::{problem, reads};
use crate::args::board::BoardArgs;
use crate::args::global::Format;
use crate::board::line::join;
use crate::board::model::{Asked, Board, Mode, Page};
use crate::board::screen::{Happened, Screen};
use crate::board::update::{Effect, Key, update};
use crate::board::view::render;
use crate::ui::ansi::runs;
use crate::ui::error::{Exit, Problem};
use crate::ui::text::sanitize;

/// Shows the board until somebody leaves it.
pub(super) fn run(context: &mut Context, args: &BoardArgs) -> Ran {
    if context.global.format_asked().is_some_and(|format| format != Format::Text) {
        return Err(problem::no_board("\"board\" is for people; it has no other format"));
    }
    let asked = Asked { filter: String::new(), as_of: context.global.as_of.clone() };
    let mut hands = Hands { desk: Desk::new(context), on: args.reference.clone() };
    if context.style.accessible {
        let cards = hands.look(&asked)?;
        return Ok(Output::of(reads::spoken_board(&cards)));
    }
    if !context.around.stdout.tty || !context.around.stdin_tty {
        return Err(problem::no_board("\"board\" fills a terminal, and this is none"));
    }
    let cards = hands.look(&asked)?;
    hands.on.clone_from(&cards.on);
    let mut board = Board::new(cards.project, cards.on, cards.today, cards.first);
    board.asked = asked;
    board.take(cards.cards);
    let mut screen = Screen::open().map_err(|error| problem::screen(&error))?;
    let exit = turn(context, &mut hands, &mut board, &mut screen);
    drop(screen);
    exit.map(|exit| Output { exit, ..Output::of("") })
}

/// The board as it is when it opens, on a terminal of this size, without one.
///
/// # Errors
///
/// As the command: no project, or no such milestone.
pub fn at_first(
    context: &mut Context,
    on: Option<&str>,
    (width, height): (u16, u16),
) -> Result<Buffer, Box<Problem>> {
    let asked = Asked { filter: String::new(), as_of: context.global.as_of.clone() };
    let cards = reads::cards(context, on, &asked)?;
    let mut board = Board::new(cards.project, cards.on, cards.today, cards.first);
    board.asked = asked;
    board.take(cards.cards);
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    render(&board, &context.style, &mut buffer);
    Ok(buffer)
}

/// Draws and waits, until it is over.
fn turn(
    context: &Context,
    hands: &mut Hands,
    board: &mut Board,
    screen: &mut Screen,
) -> Result<Exit, Box<Problem>> {
    let style = context.style;
    let mut changed = true;
    loop {
        if std::mem::take(&mut changed) {
            let drawn = screen.draw(|buffer| render(board, &style, buffer));
            drawn.map_err(|error| problem::screen(&error))?;
        }
        match screen.wait() {
            Happened::Ended => return Ok(Exit::Interrupted),
            Happened::Redraw => changed = true,
            Happened::Quiet => {
                if hands.desk.grew() {
                    hands.refresh(board);
                    changed = true;
                }
            }
            Happened::Key(key) => {
                let before = board.asked.clone();
                let effect = update(board, key);
                if effect == Effect::Quit {
                    let interrupted = key == Key::Interrupt;
                    return Ok(if interrupted { Exit::Interrupted } else { Exit::Ok });
                }
                hands.act(board, effect, before, screen.columns());
                changed = true;
            }
        }
    }
}

/// What the board asks of its desk.
struct Hands {
    desk: Desk,
    on: Option<String>,
}

impl Hands {
    fn look(&mut self, asked: &Asked) -> Result<reads::Cards, Box<Problem>> {
        let on = self.on.clone();
        self.desk.look(|context| reads::cards(context, on.as_deref(), asked))
    }

    /// Takes in the cards as they are now; what cannot be read is said, and the old ones stay.
    fn refresh(&mut self, board: &mut Board) -> bool {
        match self.look(&board.asked) {
            Ok(cards) => {
                board.today = cards.today;
                board.take(cards.cards);
                true
            }
            Err(problem) => {
                board.said = told(&problem);
                false
            }
        }
    }

    /// Carries out what a key asks for.
    fn act(&mut self, board: &mut Board, effect: Effect, before: Asked, columns: usize) {
        match effect {
            Effect::Nothing | Effect::Quit => {}
            Effect::Look => {
                if !self.refresh(board) {
                    board.asked = before;
                    if let Mode::Time(..) = board.mode {
                        board.mode = Mode::Browse;
                    }
                }
            }
            Effect::Open(words) => match self.desk.command(&words, columns) {
                Ok((output, _)) => board.mode = page(&words, &output),
                Err(problem) => board.said = told(&problem),
            },
            Effect::Run(words) => {
                let words = board.in_time(words);
                match self.desk.command(&words, columns) {
                    Ok((output, true)) => board.mode = page(&words, &output),
                    Ok((output, false)) => {
                        self.refresh(board);
                        board.said = plain(&output.stdout);
                    }
                    Err(problem) => {
                        self.refresh(board);
                        board.said = told(&problem);
                    }
                }
            }
        }
    }
}

/// What a command printed, as a page.
fn page(words: &[String], output: &Output) -> Mode {
    let title = format!("milestone {}", join(words));
    let said = output.stderr.iter().flat_map(|line| line.lines());
    let lines = output.stdout.lines().chain(said).map(ToOwned::to_owned).collect();
    Mode::Page(Page { title, lines, top: 0 })
}

/// The lines of a result as one, without colours.
fn plain(text: &str) -> String {
    let line = |line: &str| runs(line).into_iter().map(|run| run.text).collect::<String>();
    let lines: Vec<String> = text.lines().map(|text| line(text).trim().to_owned()).collect();
    lines.join("; ")
}

/// A problem on one line.
fn told(problem: &Problem) -> String {
    let mut text = format!("error: {}", problem.message);
    if let Some(hint) = &problem.hint {
        text.push_str(&format!(" ({hint})"));
    }
    sanitize(&text).into_owned()
}
