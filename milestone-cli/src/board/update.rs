//! What a key does: the board changes, and an [`Effect`] says what the runner has to do.
//!
//! Start at [`update`].
//!
//! - **Invariant.** [`Effect::Run`] comes only from Enter, with the words that
//!   [`Board::equivalent`] showed before it.
//! - **Invariant.** Any key in any mode does something or nothing; none is an error.

use chrono::{Days, NaiveDate};

use super::model::{Asked, Board, Mode, Page, Purpose};

/// A key, as far as the board knows keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// A character.
    Char(char),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Takes the last character back.
    Backspace,
    /// Takes the whole line back: Ctrl-U.
    Clear,
    /// An arrow.
    Left,
    /// An arrow.
    Right,
    /// An arrow.
    Up,
    /// An arrow.
    Down,
    /// A screenful up.
    PageUp,
    /// A screenful down.
    PageDown,
    /// To the beginning.
    Home,
    /// To the end.
    End,
    /// Ctrl-C: leaves, whatever is going on.
    Interrupt,
}

/// What the runner has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    Nothing,
    /// Leave.
    Quit,
    /// Read the cards anew: something else is asked for.
    Look,
    /// Run a command and show what came of it.
    Run(Vec<String>),
    /// Run a command that only looks, and show its page.
    Open(Vec<String>),
}

/// How many cards or lines a screenful is.
const PAGE_ROWS: isize = 10;
/// Days of a great step in time.
const WEEK_DAYS: u64 = 7;

/// The keys, for `?`.
pub const KEYS: &[(&str, &str)] = &[
    ("h j k l, arrows", "move"),
    ("g G, Home End", "first and last card"),
    ("PageUp PageDown", "ten cards up or down"),
    ("Enter", "show the task"),
    ("s", "start"),
    ("p", "record progress"),
    ("d", "done"),
    ("b", "block"),
    ("n", "note"),
    ("m", "move to another milestone"),
    ("u", "undo your last change"),
    ("/", "filter by a query (milestone help query); Esc takes it away"),
    ("t", "look at an earlier day"),
    (":", "any command, as on the command line"),
    ("?", "this page"),
    ("q", "quit"),
    ("", ""),
    ("While something is asked", "Enter does it, Esc does not"),
    ("In time (t)", "h l a day, j k a week, Enter stays, Esc returns"),
    ("On a page", "j k scroll, q or Esc closes"),
];

/// What a key does.
pub fn update(board: &mut Board, key: Key) -> Effect {
    if key == Key::Interrupt {
        return Effect::Quit;
    }
    match std::mem::replace(&mut board.mode, Mode::Browse) {
        Mode::Browse => browse(board, key),
        Mode::Confirm(words) => match key {
            Key::Enter => Effect::Run(words),
            Key::Esc | Key::Char('q' | 'n') => Effect::Nothing,
            _ => stay(board, Mode::Confirm(words)),
        },
        Mode::Line(purpose, text) => line(board, key, purpose, text),
        Mode::Time(day, before) => time(board, key, day, before),
        Mode::Page(page) => read(board, key, page),
    }
}

fn stay(board: &mut Board, mode: Mode) -> Effect {
    board.mode = mode;
    Effect::Nothing
}

fn browse(board: &mut Board, key: Key) -> Effect {
    board.said.clear();
    match key {
        Key::Char('h') | Key::Left => board.sideways(-1),
        Key::Char('l') | Key::Right => board.sideways(1),
        Key::Char('j') | Key::Down => board.along(1),
        Key::Char('k') | Key::Up => board.along(-1),
        Key::Char('g') | Key::Home => board.along(isize::MIN),
        Key::Char('G') | Key::End => board.along(isize::MAX),
        Key::PageUp => board.along(-PAGE_ROWS),
        Key::PageDown => board.along(PAGE_ROWS),
        Key::Char('q') => return Effect::Quit,
        Key::Esc if !board.asked.filter.is_empty() => {
            board.asked.filter.clear();
            return Effect::Look;
        }
        Key::Char('?') => return stay(board, Mode::Page(help())),
        Key::Char('/') => {
            let filter = board.asked.filter.clone();
            return stay(board, Mode::Line(Purpose::Filter, filter));
        }
        Key::Char(':') => return stay(board, Mode::Line(Purpose::Command, String::new())),
        Key::Char('t') => return travel(board),
        Key::Enter => {
            let card = board.card().map(|card| card.reference.clone());
            let words = card.map(|card| board.in_time(vec!["show".to_owned(), card]));
            return words.map_or(Effect::Nothing, Effect::Open);
        }
        Key::Char(verb @ ('s' | 'p' | 'd' | 'b' | 'n' | 'm' | 'u')) => write(board, verb),
        _ => {}
    }
    Effect::Nothing
}

/// Proposes a command, or asks for the rest of it.
fn write(board: &mut Board, verb: char) {
    if board.asked.as_of.is_some() {
        board.said = "the past cannot be changed; t, then Esc, returns to now".to_owned();
        return;
    }
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    if verb == 'u' {
        board.mode = Mode::Confirm(words(&["undo"]));
        return;
    }
    let Some(card) = board.card() else {
        board.said = "there is no task here".to_owned();
        return;
    };
    let task = card.reference.as_str();
    let tell = |label, before: &[&str], whole| {
        let before = words(before);
        Mode::Line(Purpose::Tell { label, before, whole }, String::new())
    };
    board.mode = match verb {
        's' => Mode::Confirm(words(&["start", task])),
        'd' => Mode::Confirm(words(&["done", task])),
        'p' => tell("How far (4/6, 50%)", &["progress", task], false),
        'b' => tell("What is in the way", &["block", task], true),
        'n' => tell("Note", &["note", task], true),
        _ => tell("To which milestone", &["task", "move", task, "--to"], false),
    };
}

fn line(board: &mut Board, key: Key, purpose: Purpose, mut text: String) -> Effect {
    match key {
        Key::Esc => return Effect::Nothing,
        Key::Char(letter) if !letter.is_control() => text.push(letter),
        Key::Backspace => drop(text.pop()),
        Key::Clear => text.clear(),
        Key::Enter => return finish(board, purpose, text),
        _ => {}
    }
    stay(board, Mode::Line(purpose, text))
}

fn finish(board: &mut Board, purpose: Purpose, text: String) -> Effect {
    if purpose == Purpose::Filter {
        text.trim().clone_into(&mut board.asked.filter);
        return Effect::Look;
    }
    if text.trim().is_empty() {
        return Effect::Nothing;
    }
    let words = match purpose.words(&text) {
        Ok(words) => words,
        Err(error) => {
            board.said = error.to_string();
            return stay(board, Mode::Line(purpose, text));
        }
    };
    if purpose == Purpose::Command {
        match words.first().map(String::as_str) {
            None => return Effect::Nothing,
            Some("q" | "quit") if words.len() == 1 => return Effect::Quit,
            Some("board" | "watch") => {
                board.said = format!("\"{}\" fills a terminal of its own", words[0]);
                return Effect::Nothing;
            }
            Some(_) => {}
        }
    }
    // A lone dash is standard input, and that is the keyboard here.
    if words.iter().any(|word| word == "-") {
        board.said = "\"-\" reads standard input, which is the keyboard here".to_owned();
        return stay(board, Mode::Line(purpose, text));
    }
    Effect::Run(words)
}

/// Begins to look at another day: the one that is looked at, else today.
fn travel(board: &mut Board) -> Effect {
    let at = board.asked.as_of.as_ref().and_then(|text| text.parse().ok());
    let day = at.unwrap_or(board.today).clamp(board.first, board.today);
    let before = board.asked.clone();
    stay(board, Mode::Time(day, before))
}

fn time(board: &mut Board, key: Key, day: NaiveDate, before: Asked) -> Effect {
    let back = |days: u64| day.checked_sub_days(Days::new(days)).unwrap_or(board.first);
    let on = |days: u64| day.checked_add_days(Days::new(days)).unwrap_or(board.today);
    let to = match key {
        Key::Char('h') | Key::Left => back(1),
        Key::Char('l') | Key::Right => on(1),
        Key::Char('j') | Key::Down | Key::PageDown => back(WEEK_DAYS),
        Key::Char('k') | Key::Up | Key::PageUp => on(WEEK_DAYS),
        Key::Char('g') | Key::Home => board.first,
        Key::Char('G') | Key::End => board.today,
        Key::Enter | Key::Char('t' | 'q') => return Effect::Nothing,
        Key::Esc => {
            let moved = board.asked.as_of.is_some();
            board.asked.as_of = None;
            return if moved { Effect::Look } else { Effect::Nothing };
        }
        _ => return stay(board, Mode::Time(day, before)),
    };
    let to = to.clamp(board.first, board.today);
    board.mode = Mode::Time(to, before);
    if to == day {
        return Effect::Nothing;
    }
    board.asked.as_of = (to < board.today).then(|| to.to_string());
    Effect::Look
}

fn read(board: &mut Board, key: Key, mut page: Page) -> Effect {
    if matches!(key, Key::Esc | Key::Enter | Key::Char('q' | '?')) {
        return Effect::Nothing;
    }
    scroll(&mut page, key);
    stay(board, Mode::Page(page))
}

/// Moves through a text; other keys do nothing.
pub fn scroll(page: &mut Page, key: Key) {
    let last = page.lines.len().saturating_sub(1);
    let by = match key {
        Key::Char('j') | Key::Down => 1,
        Key::Char('k') | Key::Up => -1,
        Key::Char(' ') | Key::PageDown => PAGE_ROWS,
        Key::PageUp => -PAGE_ROWS,
        Key::Char('g') | Key::Home => isize::MIN,
        Key::Char('G') | Key::End => isize::MAX,
        _ => 0,
    };
    page.top = page.top.saturating_add_signed(by).min(last);
}

fn help() -> Page {
    let wide = KEYS.iter().map(|(keys, _)| keys.len()).max().unwrap_or(0);
    let line = |(keys, what): &(&str, &str)| format!("{keys:<wide$}  {what}").trim_end().to_owned();
    Page { title: "Keys".to_owned(), lines: KEYS.iter().map(line).collect(), top: 0 }
}

#[cfg(test)]
#[path = "update_tests.rs"]
mod tests;
