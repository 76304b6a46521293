//! Wording results: what a command's line says, and how its lines stand under each other.
//!
//! Start at [`Told`], which every family of commands words its result from.
//!
//! - **Invariant.** Words of others are sanitized before they are drawn.
//! - **Invariant.** At most one `Next:`, and it is a command that can be typed as it stands.

use chrono::{DateTime, NaiveDate, Utc};
use milestone_core::domain::{Plan, Stage, milestone_progress, numbered, waits_for};
use milestone_core::projection::State;
use milestone_core::words::{StreamId, Timestamp};
use milestone_project::{Outcome, Project};

use super::seen::{Seen, Thing};
use crate::args::usage::quoted;
use crate::args::values::Clock;
use crate::ui::glyph::Status;
use crate::ui::style::{Style, WIDTH_SLIM};
use crate::ui::text::sanitize;

/// How many cells the bar behind a percentage has.
const BAR_CELLS: usize = 24;

/// Most lines of one kind that a result has.
const LINES_SHOWN_MAX: usize = 20;

/// The first lines of a result, and how many more there are: nobody reads thousands.
pub(super) fn few(lines: &str) -> String {
    let count = lines.lines().count();
    // A line that says that one more is there could be that one.
    if count <= LINES_SHOWN_MAX + 1 {
        return lines.to_owned();
    }
    let first: String = lines.split_inclusive('\n').take(LINES_SHOWN_MAX).collect();
    format!("{first}and {} more\n", count - LINES_SHOWN_MAX)
}

/// Everything a result is worded from.
pub(super) struct Told<'a> {
    /// The project, for its files.
    pub(super) project: &'a Project,
    /// The plan as it stands now.
    pub(super) state: &'a State,
    /// What the command is about, as it stood before.
    pub(super) seen: &'a Seen,
    /// What became of it.
    pub(super) outcome: &'a Outcome,
    /// What it was about, in words.
    pub(super) refs: &'a [String],
    /// How to draw.
    pub(super) style: Style,
    /// The present moment, where the user is.
    pub(super) clock: Clock,
    /// True if references must be whole.
    pub(super) exact: bool,
}

/// What a command says of its result.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// The result.
    pub(super) stdout: String,
    /// The talk that comes before the result: what it was made of.
    pub(super) ahead: Vec<String>,
    /// The talk.
    pub(super) stderr: Vec<String>,
    /// What could be typed next, the whole line.
    pub(super) next: Option<String>,
}

impl Said {
    /// A result without talk.
    pub(super) fn of(stdout: impl Into<String>) -> Self {
        Self { stdout: stdout.into(), ..Self::default() }
    }

    /// With a command that could be typed next.
    pub(super) fn next(mut self, command: Option<String>) -> Self {
        self.next = command.map(|command| format!("Next: milestone {command}"));
        self
    }

    /// With the way back, for what people may regret.
    pub(super) fn way_back(mut self) -> Self {
        self.next = Some("Undo: milestone undo".to_owned());
        self
    }
}

/// `Started api/endpoints`: a label, and what it is about.
pub(super) type Labelled = (&'static str, String);

/// Lines with their labels under each other.
pub(super) fn labelled(lines: &[Labelled]) -> String {
    if let [(label, text)] = lines {
        return format!("{label} {text}\n");
    }
    let widest = lines.iter().map(|(label, _)| label.len()).max().unwrap_or(0);
    let line = |(label, text): &Labelled| format!("{label:<widest$}  {text}\n");
    lines.iter().map(line).collect()
}

/// A title and what became of its progress.
pub(super) struct Moved {
    /// What it is called.
    pub(super) title: String,
    /// Whole percent.
    pub(super) before: u8,
    /// Whole percent.
    pub(super) after: u8,
    /// What stands behind.
    pub(super) tail: String,
}

impl Told<'_> {
    /// What was asked for, as it stands now.
    pub(super) fn things(&self) -> Vec<Thing> {
        let streams = self.seen.subjects.iter().map(Thing::stream);
        streams.filter_map(|stream| Thing::of(self.state, &stream)).collect()
    }

    /// `api-development/endpoints  Endpoints`.
    pub(super) fn named(&self, thing: &Thing) -> String {
        let reference = thing.reference();
        format!("{reference}  {}", sanitize(&thing.item().title))
    }

    /// A symbol in its colour, with its word unless that follows from it.
    pub(super) fn mark(&self, status: Status, word: bool) -> String {
        if self.style.accessible {
            return status.word().to_owned();
        }
        let glyph = status.glyph(self.style.glyphs);
        let text = if word { format!("{glyph} ({})", status.word()) } else { glyph.to_owned() };
        status.paint().over(&text, self.style.color)
    }

    /// The local day of a moment.
    pub(super) fn day(&self, moment: Timestamp) -> NaiveDate {
        let utc = DateTime::<Utc>::from_timestamp_micros(moment.0).unwrap_or_default();
        self.clock.local(utc).date()
    }

    /// Lines of `Endpoints   50% → 67%`.
    pub(super) fn moved(&self, rows: &[Moved]) -> String {
        let (ruler, arrow) = (self.style.ruler(), self.arrow());
        let longest = |widths: &mut dyn Iterator<Item = usize>| widths.max().unwrap_or(0);
        let titles = longest(&mut rows.iter().map(|row| ruler.width(&sanitize(&row.title))));
        let digits = longest(&mut rows.iter().map(|row| row.before.to_string().len()));
        let changes: Vec<String> = rows
            .iter()
            .map(|row| match row.before == row.after {
                true => format!("{:>digits$}%", row.after),
                false => format!("{:>digits$}% {arrow} {}%", row.before, row.after),
            })
            .collect();
        let wide = longest(&mut changes.iter().map(|change| change.chars().count()));
        let mut out = String::new();
        for (row, change) in rows.iter().zip(&changes) {
            let title = ruler.pad(&sanitize(&row.title), titles);
            out.push_str(format!("{title}   {change:<wide$}   {}", row.tail).trim_end());
            out.push('\n');
        }
        out
    }

    /// An arrow, of characters that the terminal has.
    pub(super) fn arrow(&self) -> &'static str {
        self.style.arrow()
    }

    /// A bar behind a percentage, and two blanks; nothing where there is no room.
    pub(super) fn bar(&self, percent: u8) -> String {
        if self.style.width < WIDTH_SLIM || self.style.accessible {
            return String::new();
        }
        format!("  {}", self.style.drawing().bar(percent, BAR_CELLS))
    }

    /// What became of the progress of the milestones that the things are in.
    pub(super) fn homes_moved(&self, things: &[Thing]) -> Vec<Moved> {
        let mut rows: Vec<Moved> = Vec::new();
        let mut told: Vec<StreamId> = Vec::new();
        for thing in things.iter().filter(|thing| matches!(thing, Thing::Task(_))) {
            let Some(home) = self.state.milestone(thing.home()) else { continue };
            if told.contains(&home.stream()) {
                continue;
            }
            told.push(home.stream());
            let after = milestone_progress(&home, &self.state.rows(home.id.as_str())).percent;
            let before = self.seen.percents.get(&home.stream()).copied().unwrap_or(after);
            rows.push(Moved {
                title: home.item.title.to_string(),
                before,
                after,
                tail: String::new(),
            });
        }
        rows
    }

    /// What waits for nothing any more.
    pub(super) fn unblocked(&self) -> Vec<Thing> {
        let free = |stream: &&StreamId| waits_for(self.state, stream).is_empty();
        let things = self.seen.waiting.iter().filter(free);
        things
            .filter_map(|stream| Thing::of(self.state, stream))
            .filter(|thing| thing.item().stage == Stage::Open)
            .collect()
    }

    /// A reference as people type it: the shortest that is clear.
    pub(super) fn short(&self, thing: &Thing) -> String {
        let home = self.short_milestone(thing.home());
        let Thing::Task(task) = thing else { return home };
        if self.exact {
            return task.reference();
        }
        let rows = numbered(self.state, task.home.as_str());
        match rows.iter().position(|row| row.stream == task.stream) {
            Some(at) => format!("{home}/{}", at + 1),
            None => format!("{home}/{}", task.slug),
        }
    }

    /// The first word of a milestone's id, if no other begins like that.
    pub(super) fn short_milestone(&self, id: &str) -> String {
        let first = id.split('-').next().unwrap_or(id);
        let fits = self.state.milestone_ids();
        let clear = fits.iter().filter(|other| other.as_str().starts_with(first)).count() == 1;
        let short =
            !self.exact && clear && first.len() >= 3 && self.state.external(first).is_empty();
        quoted(if short { first } else { id })
    }
}
