//! How long does the board take to repaint?
//!
//! - **Measures** one key and the repaint that follows (drawing, comparing with what is on the
//!   screen, writing what changed) with 10,000 tasks, on a terminal of 80×24 and of 200×60; and how
//!   long it takes to take in all cards anew. The median of the keys, and what 99 % of them stay
//!   within.
//! - **Limit** 16 ms for a repaint, a frame at 60 Hz.
//! - **Run** `cargo bench -p milestone-cli --bench board`

use std::io;
use std::time::{Duration, Instant};

use milestone_cli::board::model::{Board, Card, Lane};
use milestone_cli::board::update::{Key, update};
use milestone_cli::board::view::render;
use milestone_cli::ui::glyph::{Glyphs, Status};
use milestone_cli::ui::style::Style;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};

const TASKS: usize = 10_000;
const ROUNDS: usize = 50;
const KEYS: &str = "jjjjjGgljkhllllGgkkh/x\u{8}thjk";

fn main() {
    let begin = Instant::now();
    let mut board = board();
    println!("{TASKS} cards taken in: {:.2} ms", ms(begin.elapsed()));
    for (width, height) in [(80, 24), (200, 60)] {
        let style = Style { width: usize::from(width), color: true, ..Style::plain(Glyphs::Emoji) };
        let area = Rect::new(0, 0, width, height);
        let options = TerminalOptions { viewport: Viewport::Fixed(area) };
        let backend = CrosstermBackend::new(io::sink());
        let mut terminal = Terminal::with_options(backend, options).expect("a sink takes all");
        let mut times = Vec::new();
        for key in KEYS.chars().cycle().take(KEYS.len() * ROUNDS) {
            let begin = Instant::now();
            update(&mut board, if key == '\u{8}' { Key::Esc } else { Key::Char(key) });
            let drawn = terminal.draw(|frame| render(&board, &style, frame.buffer_mut()));
            drawn.expect("a sink takes all");
            times.push(begin.elapsed());
        }
        times.sort_unstable();
        println!(
            "key and repaint at {width}x{height}: median {:.3} ms, 99 % within {:.3} ms",
            ms(times[times.len() / 2]),
            ms(times[times.len() * 99 / 100]),
        );
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn board() -> Board {
    let day = |text: &str| text.parse().expect("a good date");
    let mut board = Board::new("shop".to_owned(), None, day("2026-03-12"), day("2026-01-29"));
    let card = |number: usize| Card {
        reference: format!("milestone-{}/task-{number}", number / 50),
        title: format!("Task {number} with a title of several words"),
        status: Status::ALL[number % Status::ALL.len()],
        lane: Lane::ALL[number % Lane::ALL.len()],
        remarks: vec!["4/6".to_owned(), "@dana".to_owned(), "due 2026-03-20".to_owned()],
    };
    board.take((0..TASKS).map(card).collect());
    board
}
