//! The board as cells of a terminal.
//!
//! Start at [`render`]: every cell of the area is drawn, and the terminal gets those that changed.
//!
//! - **Invariant.** Only cards that are seen are drawn: a lane of ten thousand costs as much as one
//!   of ten.
//! - **Invariant.** The place is marked with a character, not with colours alone.
//! - **Invariant.** Below 60 columns there is one lane; below [`ROWS_MIN`] lines, only the card.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style as Cells};

use super::model::{Board, Card, LANES, Lane, Mode, Page, Purpose};
use crate::ui::ansi::{Run, runs};
use crate::ui::glyph::{Glyphs, Paint};
use crate::ui::style::{Style, WIDTH_SLIM};
use crate::ui::text::sanitize;

/// Below this, there is no room for lanes.
pub const ROWS_MIN: u16 = 10;
/// Lines of a card: the title, and what is said of it.
const CARD_ROWS: usize = 2;
/// Lines above the cards: the head, the headings, a rule.
const HEAD_ROWS: u16 = 3;
/// Lines below them: a rule, the card, what is said, the command, the keys.
const FOOT_ROWS: u16 = 5;

/// The keys that are always in view, those that matter most first.
const HINTS: [&str; 10] = [
    "? keys",
    "q quit",
    "Enter show",
    "s start",
    "p progress",
    "d done",
    "/ filter",
    ": command",
    "b block",
    "t time",
];

/// Draws the board.
pub fn render(board: &Board, style: &Style, buffer: &mut Buffer) {
    let area = buffer.area;
    let mut canvas = Canvas { style, buffer, area };
    canvas.clear();
    if let Mode::Page(page) = &board.mode {
        canvas.page(page, &format!("q closes  {}", board.equivalent()));
        return;
    }
    canvas.head(board);
    if area.height < ROWS_MIN {
        canvas.small(board);
        return;
    }
    let rows = usize::from(area.height - HEAD_ROWS - FOOT_ROWS);
    if usize::from(area.width) < WIDTH_SLIM {
        let lane = board.place().0;
        canvas.lane(board, lane, (0, area.width), rows);
    } else {
        let widths = split(area.width);
        let mut x = 0;
        for (lane, width) in Lane::ALL.into_iter().zip(widths) {
            canvas.lane(board, lane, (x, width), rows);
            x += width + 1;
            if x < area.width {
                canvas.bar(x - 1, rows);
            }
        }
    }
    if Lane::ALL.into_iter().all(|lane| board.lane(lane).is_empty()) {
        canvas.nothing(board);
    }
    canvas.foot(board);
}

/// Draws a text with a heading; `foot` is the line below it.
pub fn render_page(page: &Page, foot: &str, style: &Style, buffer: &mut Buffer) {
    let area = buffer.area;
    let mut canvas = Canvas { style, buffer, area };
    canvas.clear();
    canvas.page(page, foot);
}

/// The look of a run of text.
fn look(run: &Run) -> Cells {
    const COLORS: [Color; 6] =
        [Color::Red, Color::Green, Color::Yellow, Color::Blue, Color::Magenta, Color::Cyan];
    let mut cells = Cells::new();
    if run.bold {
        cells = cells.add_modifier(Modifier::BOLD);
    }
    if run.dim {
        cells = cells.add_modifier(Modifier::DIM);
    }
    let color = run.color.and_then(|color| COLORS.get(usize::from(color).wrapping_sub(1)));
    color.map_or(cells, |color| cells.fg(*color))
}

/// The widths of the lanes, with a bar between them.
fn split(width: u16) -> [u16; LANES] {
    let lanes = LANES as u16;
    let room = width.saturating_sub(lanes - 1);
    std::array::from_fn(|at| room / lanes + u16::from((at as u16) < room % lanes))
}

/// The colour of a token, as the terminal's own.
fn cells(paint: Paint, color: bool) -> Cells {
    let plain = Cells::new();
    let bold = plain.add_modifier(Modifier::BOLD);
    match paint {
        Paint::Plain => plain,
        Paint::Heading => bold,
        Paint::Muted => plain.add_modifier(Modifier::DIM),
        _ if !color => plain,
        Paint::Accent | Paint::InProgress => bold.fg(Color::Cyan),
        Paint::Done => plain.fg(Color::Green),
        Paint::Blocked | Paint::Danger => bold.fg(Color::Red),
        Paint::AtRisk => plain.fg(Color::Yellow),
        Paint::Review => plain.fg(Color::Magenta),
    }
}

/// Where it is drawn.
struct Canvas<'a> {
    style: &'a Style,
    buffer: &'a mut Buffer,
    area: Rect,
}

impl Canvas<'_> {
    fn clear(&mut self) {
        for cell in &mut self.buffer.content {
            cell.reset();
        }
    }

    /// Puts a text in so many cells, cut off where it is longer; returns those it took.
    fn put(&mut self, (x, y): (u16, u16), width: u16, text: &str, cells: Cells) -> u16 {
        if y >= self.area.height || x >= self.area.width || width == 0 {
            return 0;
        }
        let width = width.min(self.area.width - x);
        let text = self.style.ruler().clip(text, usize::from(width));
        let (end, _) = self.buffer.set_stringn(
            self.area.x + x,
            self.area.y + y,
            text,
            usize::from(width),
            cells,
        );
        end - self.area.x - x
    }

    fn paint(&self, paint: Paint) -> Cells {
        cells(paint, self.style.color)
    }

    /// What is looked at.
    fn head(&mut self, board: &Board) {
        let dot = self.style.drawing().dot;
        let mut parts = vec![sanitize(&board.project).into_owned()];
        parts.retain(|name| !name.is_empty());
        parts.push(
            board
                .on
                .as_deref()
                .map_or_else(|| "board".to_owned(), |on| format!("board of {}", sanitize(on))),
        );
        let used = self.put((0, 0), self.area.width, &parts.join(dot), self.paint(Paint::Heading));
        let mut more = Vec::new();
        if let Some(as_of) = &board.asked.as_of {
            more.push(format!("as of {}, read only", sanitize(as_of)));
        }
        if !board.asked.filter.is_empty() {
            more.push(format!("filter: {}", sanitize(&board.asked.filter)));
        }
        if !more.is_empty() && used + 2 < self.area.width {
            let at = (used + 2, 0);
            self.put(at, self.area.width - used - 2, &more.join(dot), self.paint(Paint::AtRisk));
        }
    }

    /// Says what to do where no lane has a card.
    fn nothing(&mut self, board: &Board) {
        let lines: [&str; 2] = match (board.asked.filter.is_empty(), &board.asked.as_of) {
            (false, _) => ["No task fits the filter.", "Esc takes it away, / changes it."],
            (true, Some(_)) => ["There was no task on that day.", "Press t for another day."],
            (true, None) => ["There are no tasks yet.", "Press : and type: task add TITLE"],
        };
        let muted = self.paint(Paint::Muted);
        for (y, line) in (HEAD_ROWS + 1..).zip(lines) {
            let rest = " ".repeat(usize::from(self.area.width));
            self.put((0, y), self.area.width, &rest, Cells::new());
            self.put((2, y), self.area.width.saturating_sub(2), line, muted);
        }
    }

    /// The line between two lanes.
    fn bar(&mut self, x: u16, rows: usize) {
        let vertical = self.style.drawing().vertical;
        let muted = self.paint(Paint::Muted);
        let end = HEAD_ROWS + u16::try_from(rows).unwrap_or(u16::MAX - HEAD_ROWS);
        let rule = self.style.drawing().horizontal;
        for y in 1..end {
            self.put((x, y), 1, if y + 1 == HEAD_ROWS { rule } else { vertical }, muted);
        }
    }

    fn lane(&mut self, board: &Board, lane: Lane, (x, width): (u16, u16), rows: usize) {
        let (here, row) = board.place();
        let cards = board.lane(lane);
        let active = here == lane;
        let ruler = self.style.ruler();
        let room = usize::from(width.saturating_sub(1));
        let heading = [lane.heading(), lane.short()]
            .map(|name| format!("{name} {}", cards.len()))
            .into_iter()
            .find(|heading| ruler.width(heading) <= room)
            .unwrap_or_else(|| lane.short().to_owned());
        let paint = if active { Paint::Accent } else { Paint::Heading };
        let heads = self.paint(paint);
        let used = self.put((x + 1, 1), width.saturating_sub(1), &heading, heads);
        if width == self.area.width {
            let place = Lane::ALL.iter().position(|known| *known == lane).unwrap_or(0) + 1;
            let at = (x + used + 3, 1);
            let muted = self.paint(Paint::Muted);
            self.put(at, width, &format!("column {place} of {LANES}, h l"), muted);
        }
        let rule = self.style.drawing().horizontal.repeat(usize::from(width));
        self.put((x, 2), width, &rule, self.paint(Paint::Muted));
        // The rest of the lane is named in its last line.
        let fit = (rows / CARD_ROWS).max(1);
        let row = if active { row } else { board.row(lane) };
        let first = (row + 1).saturating_sub(fit);
        for (place, card) in cards.iter().enumerate().skip(first).take(fit) {
            let y = HEAD_ROWS + u16::try_from((place - first) * CARD_ROWS).unwrap_or(u16::MAX);
            self.card(card, (x, y), width, active && place == row);
        }
        let (above, below) = (first, cards.len().saturating_sub(first + fit));
        if rows > fit * CARD_ROWS && above + below > 0 {
            let y = HEAD_ROWS + u16::try_from(rows - 1).unwrap_or(u16::MAX);
            let text = match (above, below) {
                (0, below) => format!("{below} more"),
                (above, 0) => format!("{above} above"),
                (above, below) => format!("{above} above, {below} more"),
            };
            self.put((x + 1, y), width.saturating_sub(1), &text, self.paint(Paint::Muted));
        }
    }

    fn card(&mut self, card: &Card, (x, y): (u16, u16), width: u16, here: bool) {
        let mark = card.status.glyph(self.style.glyphs);
        let text = sanitize(&card.title);
        let lead = if here { ">" } else { " " };
        let cells = match here {
            true => Cells::new().add_modifier(Modifier::REVERSED),
            false => Cells::new(),
        };
        if here {
            let area = Rect { x: self.area.x + x, y: self.area.y + y, width, height: 1 };
            self.buffer.set_style(area.intersection(self.area), cells);
        }
        let mut at = x + self.put((x, y), width, lead, cells);
        let painted = if here { cells } else { self.paint(card.status.paint()) };
        at += self.put((at, y), (x + width).saturating_sub(at), mark, painted) + 1;
        self.put((at, y), (x + width).saturating_sub(at), &text, cells);
        let inner = self.style.ruler().width(mark) + 2;
        let inset = x + u16::try_from(inner).unwrap_or(0);
        let room = (x + width).saturating_sub(inset);
        let said = self.remarks(card, usize::from(room));
        self.put((inset, y + 1), room, &said, self.paint(Paint::Muted));
    }

    /// The remarks that fit. A date is whole or not there; of words the beginning says something.
    fn remarks(&self, card: &Card, room: usize) -> String {
        let (ruler, dot) = (self.style.ruler(), self.style.drawing().dot);
        let mut out = String::new();
        for said in &card.remarks {
            let said = sanitize(said);
            let dotted = if out.is_empty() { said.into_owned() } else { format!("{dot}{said}") };
            if ruler.width(&out) + ruler.width(&dotted) <= room {
                out.push_str(&dotted);
            } else if out.is_empty() && !dotted.starts_with("due ") {
                return ruler.clip(&dotted, room);
            }
        }
        out
    }

    /// A screen that is too low: the card that is looked at, and the command.
    fn small(&mut self, board: &Board) {
        let (lane, row) = board.place();
        let count = board.lane(lane).len();
        let place = format!("{} {}/{count}", lane.heading(), (row + 1).min(count));
        self.put((0, 1), self.area.width, &place, self.paint(Paint::Accent));
        if let Some(card) = board.card() {
            let word = card.status.word();
            self.put((0, 2), self.area.width, &format!("{} ({word})", card.title), Cells::new());
        }
        self.said(board, self.area.height.saturating_sub(2));
        let y = self.area.height.saturating_sub(1);
        self.put((0, y), self.area.width, &board.equivalent(), self.paint(Paint::Muted));
    }

    /// The lines below the lanes.
    fn foot(&mut self, board: &Board) {
        let (width, top) = (self.area.width, self.area.height - FOOT_ROWS);
        let drawing = self.style.drawing();
        let rule = drawing.horizontal.repeat(usize::from(width));
        let muted = self.paint(Paint::Muted);
        self.put((0, top), width, &rule, muted);
        if let Some(card) = board.card() {
            let mut parts = vec![format!("{} ({})", sanitize(&card.title), card.status.word())];
            parts.extend(card.remarks.iter().map(|said| sanitize(said).into_owned()));
            self.put((0, top + 1), width, &parts.join(drawing.dot), Cells::new());
        }
        self.said(board, top + 2);
        self.put((0, top + 3), width, &board.equivalent(), self.paint(Paint::Accent));
        let mut hints = String::new();
        for hint in HINTS {
            let next = if hints.is_empty() { hint.to_owned() } else { format!("  {hint}") };
            if hints.len() + next.len() > usize::from(width) {
                break;
            }
            hints.push_str(&next);
        }
        self.put((0, top + 4), width, &hints, muted);
    }

    /// What is asked or was said.
    fn said(&mut self, board: &Board, y: u16) {
        let width = self.area.width;
        let (text, paint) = match &board.mode {
            Mode::Browse | Mode::Page(_) => (sanitize(&board.said).into_owned(), Paint::Plain),
            Mode::Confirm(_) => ("Enter does this, Esc does not:".to_owned(), Paint::AtRisk),
            Mode::Time(day, _) => {
                let text = format!("Day {day}: h l a day, j k a week, Enter stays, Esc returns");
                (text, Paint::AtRisk)
            }
            Mode::Line(purpose, text) => {
                let label = match purpose {
                    Purpose::Tell { label, .. } => label,
                    Purpose::Filter => "Filter",
                    Purpose::Command => "Command",
                };
                let lead = format!("{label}: ");
                // The end of what is typed is where the eye is.
                let room = usize::from(width).saturating_sub(lead.len() + 1);
                let text = sanitize(text).into_owned();
                let mut shown = text.as_str();
                while self.style.ruler().width(shown) > room {
                    let mut letters = shown.chars();
                    letters.next();
                    shown = letters.as_str();
                }
                (format!("{lead}{shown}_"), Paint::AtRisk)
            }
        };
        if board.said.is_empty() || !matches!(board.mode, Mode::Line(..)) {
            self.put((0, y), width, &text, self.paint(paint));
        } else {
            let both = format!("{text}  ({})", sanitize(&board.said));
            self.put((0, y), width, &both, self.paint(paint));
        }
    }

    /// A text with a heading, and below it how to go on.
    fn page(&mut self, page: &Page, foot: &str) {
        let (width, height) = (self.area.width, self.area.height);
        self.put((0, 0), width, &sanitize(&page.title), self.paint(Paint::Heading));
        let drawing = self.style.drawing();
        let rule = drawing.horizontal.repeat(usize::from(width));
        self.put((0, 1), width, &rule, self.paint(Paint::Muted));
        let rows = usize::from(height.saturating_sub(4));
        let shown = page.lines.iter().skip(page.top).take(rows);
        for (y, line) in (2u16..).zip(shown) {
            let mut x = 0;
            for run in runs(line) {
                x += self.put((x, y), width.saturating_sub(x), &sanitize(&run.text), look(&run));
            }
        }
        let below = page.lines.len().saturating_sub(page.top + rows);
        let more = if below > 0 { format!("{below} more lines, j k  ") } else { String::new() };
        let arrow = if self.style.glyphs == Glyphs::Ascii { "-" } else { drawing.horizontal };
        let y = height.saturating_sub(2);
        self.put((0, y), width, &arrow.repeat(usize::from(width)), self.paint(Paint::Muted));
        let keys = format!("{more}{foot}");
        self.put((0, y + 1), width, &keys, self.paint(Paint::Muted));
    }
}

#[cfg(test)]
#[path = "view_tests.rs"]
mod tests;
