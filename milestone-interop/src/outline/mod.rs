//! A plan as people write it: any outline in Markdown, as a milestone with tasks.
//!
//! Start at [`plan`]. Templates are outlines too, with more to say: [`crate::template`].
//!
//! - **Invariant.** Reading never fails on what a text says: what is no task goes into a
//!   description, and a note says so. Only a text that is too large is refused.
//! - **Absent on purpose.** Further nesting: an item below a checklist item is one too.

mod front;
mod markdown;
mod plain;
mod tail;

use milestone_core::domain::{Field, NewCriterion, NewTask, Value};
use milestone_core::words::{Clock, Date, Text};

use markdown::{Piece, What, pieces};
use plain::Plain;
pub use tail::{Tail, tail};
pub(crate) use tail::{has_mark_of_day, looks_like_duration};

/// The largest text that is read, in bytes: no record holds more.
pub const TEXT_BYTES_MAX: usize = 1 << 20;

/// The most tasks that one text makes. More do not fit into one record either.
pub const TASKS_MAX: usize = 5_000;

/// Headings whose items are criteria of the milestone, in small letters.
const CRITERIA_HEADINGS: [&str; 3] = ["done when", "acceptance criteria", "definition of done"];

/// Headings that say nothing but that tasks follow.
const TASKS_HEADING: &str = "tasks";

/// What the fence of a block says whose inside is a description, letter by letter.
pub(crate) const DESCRIPTION_FENCE: &str = "description";

/// Why a text cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutlineError {
    /// It is over [`TEXT_BYTES_MAX`].
    #[error("the input has {bytes} bytes; one command takes {TEXT_BYTES_MAX}")]
    TooLarge {
        /// So large is it.
        bytes: usize,
    },
    /// It has more than [`TASKS_MAX`] tasks.
    #[error("the input has {count} tasks; one command adds at most {TASKS_MAX}")]
    TooMany {
        /// So many.
        count: usize,
    },
}

/// A milestone that was written down as an outline.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outline {
    /// The first heading of the first level, or what the front matter says.
    pub title: Option<String>,
    /// The line on which the title stands, from 1; 0 without one.
    pub title_line: usize,
    /// When all is due: in the front matter.
    pub due: Option<Date>,
    /// Labels: in the front matter.
    pub labels: Vec<String>,
    /// What stands between the items.
    pub description: String,
    /// What must hold in the end.
    pub criteria: Vec<Check>,
    /// The tasks.
    pub tasks: Vec<OutlineTask>,
    /// What was not understood, and what became of it.
    pub notes: Vec<Note>,
}

/// A task of an outline.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutlineTask {
    /// The line on which it begins, from 1.
    pub line: usize,
    /// Its title, without what was understood at its end.
    pub title: String,
    /// True if its box is ticked.
    pub done: bool,
    /// How much work it is, in minutes: `(2d)` at the end.
    pub estimate: Option<u32>,
    /// When it is due: `!due 2026-05-01` at the end, or `!due fri` where there is a clock.
    pub due: Option<Date>,
    /// Paragraphs below it.
    pub description: String,
    /// Items below it.
    pub checks: Vec<Check>,
}

/// An item below a task, or one of those that say when all is done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Check {
    /// The line on which it begins, from 1.
    pub line: usize,
    /// What must hold, as it reads.
    pub text: String,
    /// The same as it is written.
    pub written: String,
    /// True if it has a box.
    pub boxed: bool,
    /// True if the box is ticked.
    pub done: bool,
}

/// Something that was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The line on which it begins, from 1.
    pub line: usize,
    /// What it is, and what became of it.
    pub what: String,
}

/// Reads a plan: an outline that may have front matter, and days as they are seen from now.
///
/// # Errors
///
/// [`OutlineError`] if it is too large.
pub fn plan(text: &str, clock: &Clock) -> Result<Outline, OutlineError> {
    check_size(text)?;
    let mut outline = Outline::default();
    match front::taken(text, clock, &mut outline) {
        Some(body) => made(&body, Some(clock), outline),
        None => made(text, Some(clock), outline),
    }
}

/// Reads an outline alone.
///
/// # Errors
///
/// [`OutlineError`] if it is too large.
pub fn read(text: &str) -> Result<Outline, OutlineError> {
    check_size(text)?;
    made(text, None, Outline::default())
}

/// A text of one line as it reads, without the marks of Markdown.
pub(crate) fn plain(text: &str) -> String {
    let mut pieces = pieces(text);
    match pieces.len() {
        // Anything but a line of words is no Markdown of ours.
        1 if matches!(pieces[0].what, What::Prose) => {
            std::mem::take(&mut pieces[0].plain.text).trim().to_owned()
        }
        _ => text.to_owned(),
    }
}

fn check_size(text: &str) -> Result<(), OutlineError> {
    let bytes = text.len();
    if bytes > TEXT_BYTES_MAX { Err(OutlineError::TooLarge { bytes }) } else { Ok(()) }
}

/// Reads an outline into one that has what the front matter says.
fn made(text: &str, clock: Option<&Clock>, outline: Outline) -> Result<Outline, OutlineError> {
    let pieces = pieces(text);
    let items = pieces.iter().any(|piece| matches!(piece.what, What::Item(_)));
    let mut making =
        Making { outline, clock, headings_are_tasks: !items, criteria: false, in_heading: false };
    for (piece, next_heading) in pieces.iter().zip(next_headings(&pieces)) {
        making.take(piece, next_heading);
    }
    let count = making.outline.tasks.len();
    match count > TASKS_MAX {
        true => Err(OutlineError::TooMany { count }),
        false => Ok(making.outline),
    }
}

/// The level of the heading behind each piece, if one comes.
fn next_headings(pieces: &[Piece]) -> Vec<Option<usize>> {
    let mut next = None;
    let mut levels: Vec<_> = pieces
        .iter()
        .rev()
        .map(|piece| match piece.what {
            What::Heading(level) => next.replace(level),
            _ => next,
        })
        .collect();
    levels.reverse();
    levels
}

/// An outline that is being read.
struct Making<'c> {
    outline: Outline,
    /// What days are seen from.
    clock: Option<&'c Clock>,
    /// True where there is no list: then headings are the tasks.
    headings_are_tasks: bool,
    /// True below a heading whose items are criteria of the milestone.
    criteria: bool,
    /// True below a heading that became a task.
    in_heading: bool,
}

impl Making<'_> {
    fn take(&mut self, piece: &Piece, next_heading: Option<usize>) {
        let Piece { what, text, line, depth, .. } = piece;
        match what {
            What::Heading(level) => self.heading(*level, piece, next_heading),
            What::Item(ticked) => self.item(*ticked, piece),
            What::Prose => self.prose(text, *depth),
            What::Code { info, inside } if info == DESCRIPTION_FENCE => {
                self.prose(inside.strip_suffix('\n').unwrap_or(inside), *depth);
            }
            What::Code { .. } => self.prose(text, *depth),
            What::Other(name) => {
                self.note(*line, format!("{name} is kept in the description"));
                self.prose(text, *depth);
            }
        }
    }

    fn note(&mut self, line: usize, what: String) {
        self.outline.notes.push(Note { line, what });
    }

    fn heading(&mut self, level: usize, piece: &Piece, next: Option<usize>) {
        let (text, line) = (&piece.text, piece.line);
        let title = words(piece);
        let small = title.to_lowercase();
        self.criteria = CRITERIA_HEADINGS.contains(&small.trim_end_matches(':'));
        let known = self.criteria || small == TASKS_HEADING;
        self.in_heading = false;
        let named = self.outline.title.as_deref();
        if level == 1 && !text.is_empty() && named.is_none_or(|named| named == title) {
            (self.outline.title, self.outline.title_line) = (Some(title.to_owned()), line);
            self.links(&piece.plain, 0);
        } else if known {
            // It only says what its items are.
        } else if self.headings_are_tasks && next.is_none_or(|next| next <= level) {
            self.task(None, piece);
            self.in_heading = true;
            self.links(&piece.plain, 1);
        } else {
            self.note(line, format!("the heading \"{text}\" is kept in the description"));
            self.prose(&format!("{} {text}", "#".repeat(level)), 0);
        }
    }

    fn item(&mut self, ticked: Option<bool>, piece: &Piece) {
        let Piece { text, line, depth, .. } = piece;
        let odd = text.starts_with('[') && text.chars().nth(2) == Some(']');
        if odd && ticked.is_none() {
            let mark: String = text.chars().take(3).collect();
            self.note(*line, format!("the box {mark} is taken for text"));
        }
        let (boxed, done) = (ticked.is_some(), ticked == Some(true));
        let check = || {
            let mut read = words(piece).to_owned();
            piece.plain.links.iter().for_each(|link| read.push_str(&format!(" ({})", link.url)));
            Check { line: *line, text: read, written: text.clone(), boxed, done }
        };
        if text.is_empty() {
            self.note(*line, "an item without a text is left out".to_owned());
        } else if self.criteria {
            self.outline.criteria.push(check());
        } else if let (true, Some(task)) = (*depth > 1, self.outline.tasks.last_mut()) {
            task.checks.push(check());
        } else {
            self.task(ticked, piece);
            self.links(&piece.plain, 1);
        }
    }

    fn task(&mut self, ticked: Option<bool>, piece: &Piece) {
        let (text, line) = (words(piece), piece.line);
        let Tail { title, estimate, due, odd } =
            tail::tail_behind(text, piece.plain.fixed, self.clock);
        self.outline.tasks.push(OutlineTask {
            line,
            title,
            done: ticked == Some(true),
            estimate,
            due,
            ..OutlineTask::default()
        });
        odd.into_iter().for_each(|what| self.note(line, what));
    }

    /// A title has no room for where its links lead to.
    fn links(&mut self, plain: &Plain, depth: usize) {
        plain.links.iter().for_each(|link| self.prose(&link.written, depth));
    }

    fn prose(&mut self, text: &str, depth: usize) {
        let below = depth > 0 || self.in_heading;
        let into = match self.outline.tasks.last_mut() {
            Some(task) if below && !self.criteria => &mut task.description,
            _ => &mut self.outline.description,
        };
        if !into.is_empty() {
            into.push_str("\n\n");
        }
        into.push_str(text);
    }
}

/// What a heading or an item reads. A picture without words reads as it is written.
fn words(piece: &Piece) -> &str {
    match piece.plain.text.trim() {
        "" => &piece.text,
        read => read,
    }
}

impl From<OutlineTask> for NewTask {
    fn from(task: OutlineTask) -> Self {
        let mut new = Self { title: task.title, done: task.done, ..Self::default() };
        if !task.description.trim().is_empty() {
            new.fields.put(Field::Description, Value::Text(Text::from(task.description)));
        }
        if let Some(due) = task.due {
            new.fields.put(Field::Due, Value::Date(due));
        }
        if let Some(minutes) = task.estimate {
            new.fields.put(Field::Estimate, Value::Number(minutes.into()));
        }
        let criterion = |check: Check| NewCriterion { text: check.text, checked: check.done };
        new.criteria = task.checks.into_iter().map(criterion).collect();
        new
    }
}
