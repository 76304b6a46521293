//! `show` at level 1: a frame with the bar, the date, and how long each task has taken.
//!
//! Start at [`render`]. Below 40 columns it is one line a task without a frame.
//!
//! - **Invariant.** Days are shown beside progress and never mixed into it.
//! - **Invariant.** On a terminal the right border is placed with *cursor to column*, so that it
//!   stands straight even where the terminal gives an emoji another width.
//! - **Absent on purpose.** No day-based bars.

use super::dates;
use super::glyph::{Drawing, Glyphs, Paint, Status};
use super::health;
use super::spoken::{self, tasks_done};
use super::style::{Style, WIDTH_BROAD, WIDTH_NARROW, WIDTH_SLIM};
use super::text::sanitize;
use super::view::{MilestoneView, TaskView};

/// The widest frame below [`WIDTH_BROAD`] columns, borders included.
const FRAME_WIDTH: usize = 66;
/// A title keeps at least so many cells beside the days.
const TITLE_MIN: usize = 4;
/// Cells of the bar, as in the specification.
const BAR_CELLS: usize = 10;

/// Renders a milestone in a frame; ends with a newline.
#[must_use]
pub fn render(view: &MilestoneView, style: &Style) -> String {
    if style.accessible {
        return spoken::milestone(view);
    }
    if style.width < WIDTH_NARROW {
        return narrow(view, style);
    }
    let broad = style.width >= WIDTH_BROAD;
    let width = if broad { WIDTH_BROAD } else { style.width.min(FRAME_WIDTH) };
    let canvas = Canvas { style, drawing: style.drawing(), width };
    let mut out = canvas.border(0, "");
    for line in head(view, style) {
        canvas.row(&line, &mut out);
    }
    if !view.tasks.is_empty() {
        canvas.row(&Line::default(), &mut out);
    }
    let columns = broad.then(|| Columns::of(&view.tasks, style));
    for task in &view.tasks {
        canvas.row(&row(task, style, canvas.room(), columns.as_ref()), &mut out);
    }
    out.push_str(&canvas.border(2, &remark(view, &canvas.drawing)));
    out
}

/// One line of a frame: a clear text, and the part of it that gets a colour.
#[derive(Default)]
struct Line {
    before: String,
    painted: String,
    paint: Option<Paint>,
    after: String,
}

impl Line {
    fn plain(text: String) -> Self {
        Self { before: text, ..Self::default() }
    }
}

/// The frame itself.
struct Canvas<'a> {
    style: &'a Style,
    drawing: Drawing,
    width: usize,
}

impl Canvas<'_> {
    /// Cells for text: without borders, two spaces before it and one behind.
    fn room(&self) -> usize {
        let border = self.style.ruler().width(self.drawing.vertical);
        self.width.saturating_sub(2 * border + 3)
    }

    /// A border with a text set into it.
    fn border(&self, corner: usize, text: &str) -> String {
        let ruler = self.style.ruler();
        let Drawing { corners, horizontal, .. } = self.drawing;
        let inner = self.width.saturating_sub(2);
        let text = match ruler.clip(text, inner.saturating_sub(4)) {
            text if text.is_empty() => text,
            text => format!("{horizontal} {text} "),
        };
        let rest = horizontal.repeat(inner.saturating_sub(ruler.width(&text)));
        format!("{}{text}{rest}{}\n", corners[corner], corners[corner + 1])
    }

    fn row(&self, line: &Line, out: &mut String) {
        let ruler = self.style.ruler();
        let vertical = self.drawing.vertical;
        let whole = format!("{}{}{}", line.before, line.painted, line.after);
        let text = match line.paint {
            Some(paint) if ruler.width(&whole) <= self.room() => {
                let painted = paint.over(&line.painted, self.style.color);
                format!("{}{painted}{}", line.before, line.after)
            }
            _ => ruler.clip(&whole, self.room()),
        };
        let missing = self.room().saturating_sub(ruler.width(&whole));
        let place = if self.style.tty { format!("\u{1b}[{}G", self.width) } else { String::new() };
        out.push_str(&format!("{vertical}  {text}{} {place}{vertical}\n", " ".repeat(missing)));
    }
}

/// The lines about the milestone as a whole.
fn head(view: &MilestoneView, style: &Style) -> Vec<Line> {
    let icon = |emoji: &str| match style.glyphs {
        Glyphs::Emoji => format!("{emoji} "),
        Glyphs::Unicode | Glyphs::Ascii => String::new(),
    };
    let mut lines =
        vec![Line::plain(format!("{}MILESTONE: {}", icon("🎯"), sanitize(&view.title)))];
    let bar = if style.width < WIDTH_SLIM {
        String::new()
    } else {
        style.drawing().bar(view.progress, BAR_CELLS) + " "
    };
    let progress = format!("{}Progress: {bar}{}%", icon("📊"), view.progress);
    lines.push(Line::plain(format!("{progress}   {}", tasks_done(view))));
    if let Some(owner) = view.owner.as_ref().filter(|_| style.level >= 2) {
        lines.push(Line::plain(format!("{}Owner: {}", icon("👤"), sanitize(owner))));
    }
    if let Some(due) = view.due {
        let late = view.is_open() && due < view.today;
        let tail = match view.completed {
            Some(completed) => format!("finished {}", dates::finished(due, completed)),
            None => dates::left(due, view.today),
        };
        lines.push(Line {
            before: format!("{}Due: {due}   ", icon("⏰")),
            painted: tail,
            paint: late.then_some(Paint::Blocked),
            after: String::new(),
        });
    }
    lines
}

/// Widths of the columns that only a broad frame has.
struct Columns {
    number: usize,
    text: usize,
    estimate: usize,
    owner: usize,
}

impl Columns {
    fn of(tasks: &[TaskView], style: &Style) -> Self {
        let ruler = style.ruler();
        let most = |width: &dyn Fn(&TaskView) -> usize| tasks.iter().map(width).max().unwrap_or(0);
        let estimate = most(&|task| ruler.width(&estimate(task)));
        let owner = most(&|task| ruler.width(&owner(task)).min(20));
        Self {
            number: most(&|task| task.number.to_string().len()),
            text: most(&|task| ruler.width(&sanitize(&task.title)) + ruler.width(&told(task))),
            estimate,
            owner,
        }
    }
}

fn row(task: &TaskView, style: &Style, room: usize, columns: Option<&Columns>) -> Line {
    let ruler = style.ruler();
    let mark = task.status.glyph(style.glyphs);
    let title = sanitize(&task.title);
    let (number, room, tail) = match columns {
        None => (String::new(), room, String::new()),
        Some(columns) => {
            let number = format!("{:>1$}  ", task.number, columns.number);
            let estimate = ruler.pad(&estimate(task), columns.estimate);
            let owner = ruler.fit(&owner(task), columns.owner);
            let tail = format!("   {estimate}   {owner}");
            let room = room.saturating_sub(number.len() + ruler.width(&tail));
            (number, room, tail)
        }
    };
    let mark_width = ruler.width(mark) + 1;
    // The title gives way first; the told days stay unless a reason is endless.
    let team = match columns {
        None if style.level >= 2 && task.owner.is_some() => format!("  {}", owner(task)),
        _ => String::new(),
    };
    let told = ruler.clip(&(told(task) + &team), room.saturating_sub(mark_width + 8));
    let room = room.saturating_sub(mark_width + ruler.width(&told));
    let text = format!("{}{told}", ruler.clip(&title, room));
    let text = match columns {
        None => text,
        Some(columns) => ruler.pad(&text, columns.text.min(room + ruler.width(&told))),
    };
    Line {
        before: String::new(),
        painted: mark.to_owned(),
        paint: Some(task.status.paint()),
        after: format!(" {number}{text}{tail}").trim_end().to_owned(),
    }
}

fn estimate(task: &TaskView) -> String {
    let minutes = task.estimate_minutes.filter(|_| task.status != Status::Cancelled);
    minutes.map(|minutes| format!("est {}", dates::duration(minutes))).unwrap_or_default()
}

fn owner(task: &TaskView) -> String {
    task.owner.as_ref().map(|owner| format!("@{}", sanitize(owner))).unwrap_or_default()
}

/// What is told behind the title: ` (2 days)`, ` (Day 2 of 3)`, ` (Not started)`.
fn told(task: &TaskView) -> String {
    let text = match task.status {
        Status::Done => task.took_days.map(|took| dates::days(u64::from(took))),
        Status::InProgress => {
            Some(task.day.map_or_else(|| task.status.word().to_owned(), dates::day_of))
        }
        Status::Pending | Status::Waiting => Some("Not started".to_owned()),
        Status::Blocked => Some(match &task.blocked_by {
            Some(why) => format!("Blocked: {}", sanitize(why)),
            None => task.status.word().to_owned(),
        }),
        Status::InReview | Status::Paused | Status::Cancelled => {
            Some(task.status.word().to_owned())
        }
    };
    text.map(|text| format!(" ({text})")).unwrap_or_default()
}

/// What the lower border says: how it fares, and the first task that waits.
fn remark(view: &MilestoneView, drawing: &Drawing) -> String {
    let health = view.health.map(|health| health::word(health).to_lowercase());
    let waiting = view.tasks.iter().find(|task| !task.waits_for.is_empty()).map(|task| {
        format!("{} waits for {}", sanitize(&task.title), sanitize(&task.waits_for.join(", ")))
    });
    health.into_iter().chain(waiting).collect::<Vec<_>>().join(drawing.dot)
}

/// One line a task, for fewer than 40 columns.
fn narrow(view: &MilestoneView, style: &Style) -> String {
    let ruler = style.ruler();
    let percent = format!("  {}%", view.progress);
    let title = ruler.clip(&sanitize(&view.title), style.width.saturating_sub(percent.len()));
    let mut out = format!("{title}{percent}\n");
    if let Some(due) = view.due {
        let left = dates::left(due, view.today);
        let left = left.strip_suffix(" left").unwrap_or(&left);
        match view.completed {
            Some(_) => out.push_str(&format!("Due {due}\n")),
            None => {
                let line = format!("Due {due} ({left})");
                let fits = line.len() <= style.width;
                let line = if fits { line } else { format!("Due {due}\n{left}") };
                out.push_str(&format!("{line}\n"));
            }
        }
    }
    let digits = view.tasks.iter().map(|task| task.number.to_string().len()).max().unwrap_or(1);
    for task in &view.tasks {
        let word = match task.status {
            Status::InProgress => format!("{}%", task.progress),
            status => status.short().to_owned(),
        };
        let day = match (task.status, task.day) {
            (Status::InProgress, Some(day)) => match day.of {
                Some(of) => format!("  Day {}/{of}", day.day),
                None => format!("  Day {}", day.day),
            },
            _ => String::new(),
        };
        let lead = format!("{:>digits$} {word:<5} ", task.number);
        // The days give way before the title does.
        let fits = lead.len() + day.len() + TITLE_MIN <= style.width;
        let day = if fits { day } else { String::new() };
        let room = style.width.saturating_sub(lead.len() + day.len());
        let title = ruler.clip(&sanitize(&task.title), room);
        out.push_str(&format!("{lead}{title}{day}\n"));
    }
    out
}

#[cfg(test)]
#[path = "frame_tests.rs"]
mod tests;
