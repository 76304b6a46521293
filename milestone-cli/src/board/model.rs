//! What the board holds: cards in lanes, the place that is looked at, and what is being typed.
//!
//! Start at [`Board`].
//!
//! - **Invariant.** The place is inside its lane, or 0 where that is empty.
//! - **Invariant.** Taking in other cards keeps the card that was looked at, wherever it went.
//! - **Absent on purpose.** The project: cards come from the runner.

use chrono::NaiveDate;

use super::line::join;
use crate::ui::glyph::Status;

/// A column of the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Not begun, and cannot be begun yet.
    Pending,
    /// Can be started now.
    Ready,
    /// Under way.
    InProgress,
    /// Blocked, or waits for a review.
    Stopped,
    /// Finished.
    Done,
}

impl Lane {
    /// Every lane, from the left.
    pub const ALL: [Self; LANES] =
        [Self::Pending, Self::Ready, Self::InProgress, Self::Stopped, Self::Done];

    /// Its heading.
    #[must_use]
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Ready => "Ready",
            Self::InProgress => "In progress",
            Self::Stopped => "Blocked/Review",
            Self::Done => "Done",
        }
    }

    /// The same where there is little room.
    #[must_use]
    pub const fn short(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Ready => "Ready",
            Self::InProgress => "Doing",
            Self::Stopped => "Stopped",
            Self::Done => "Done",
        }
    }
}

/// How many lanes there are.
pub const LANES: usize = 5;

/// A task on the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// The whole reference, `api-development/endpoints`.
    pub reference: String,
    /// The title as typed.
    pub title: String,
    /// What it is seen as.
    pub status: Status,
    /// The lane it is in.
    pub lane: Lane,
    /// What is said of it in a few words each: `4/6`, `dana`, `due 2026-03-20`.
    pub remarks: Vec<String>,
}

/// What is looked at: the words of `--as-of` and of a query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// A query, empty for everything.
    pub filter: String,
    /// A moment; `None` for now.
    pub as_of: Option<String>,
}

/// What a line that is being typed is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// What is said of this task: the words of the command before the text.
    Tell {
        /// What is asked for: `Progress (4/6, 50%)`.
        label: &'static str,
        /// `progress api/endpoints`.
        before: Vec<String>,
        /// True if the text is one word, whatever is in it; else it is split.
        whole: bool,
    },
    /// A query.
    Filter,
    /// A command line.
    Command,
}

/// What keys mean at the moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// Moving about.
    Browse,
    /// A command is shown; Enter runs it.
    Confirm(Vec<String>),
    /// Something is typed.
    Line(Purpose, String),
    /// The day is chosen that is looked at; with what was looked at before.
    Time(NaiveDate, Asked),
    /// A text is read.
    Page(Page),
}

/// A text with the first line that is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Its heading.
    pub title: String,
    /// Its lines.
    pub lines: Vec<String>,
    /// The first line on the screen.
    pub top: usize,
}

/// The board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    /// The project's name.
    pub project: String,
    /// The milestone whose tasks these are, if it is one's.
    pub on: Option<String>,
    /// The present day.
    pub today: NaiveDate,
    /// The first day that can be looked at.
    pub first: NaiveDate,
    /// What is looked at.
    pub asked: Asked,
    /// What keys mean.
    pub mode: Mode,
    /// What was said last, empty for nothing.
    pub said: String,
    lanes: [Vec<Card>; LANES],
    lane: usize,
    rows: [usize; LANES],
}

impl Board {
    /// A board without cards.
    #[must_use]
    pub fn new(project: String, on: Option<String>, today: NaiveDate, first: NaiveDate) -> Self {
        Self {
            project,
            on,
            today,
            first: first.min(today),
            asked: Asked::default(),
            mode: Mode::Browse,
            said: String::new(),
            lanes: Default::default(),
            lane: 1,
            rows: [0; LANES],
        }
    }

    /// Takes in the cards as they are now, in their order.
    pub fn take(&mut self, cards: Vec<Card>) {
        let held = self.card().map(|card| card.reference.clone());
        let first = self.lanes.iter().all(Vec::is_empty);
        self.lanes = Default::default();
        for card in cards {
            self.lanes[card.lane as usize].push(card);
        }
        let found = held.and_then(|held| {
            let at = |lane: &Vec<Card>| lane.iter().position(|card| card.reference == held);
            self.lanes.iter().enumerate().find_map(|(lane, cards)| Some((lane, at(cards)?)))
        });
        if let Some((lane, row)) = found {
            self.lane = lane;
            self.rows[lane] = row;
        } else if first && self.lanes[self.lane].is_empty() {
            self.lane = self.lanes.iter().position(|lane| !lane.is_empty()).unwrap_or(self.lane);
        }
        for (row, lane) in self.rows.iter_mut().zip(&self.lanes) {
            *row = (*row).min(lane.len().saturating_sub(1));
        }
    }

    /// The cards of a lane.
    #[must_use]
    pub fn lane(&self, lane: Lane) -> &[Card] {
        &self.lanes[lane as usize]
    }

    /// The lane that is looked at, and the place in it.
    #[must_use]
    pub fn place(&self) -> (Lane, usize) {
        (Lane::ALL[self.lane], self.rows[self.lane])
    }

    /// The place that was last looked at in a lane.
    #[must_use]
    pub fn row(&self, lane: Lane) -> usize {
        self.rows[lane as usize]
    }

    /// The card that is looked at.
    #[must_use]
    pub fn card(&self) -> Option<&Card> {
        self.lanes[self.lane].get(self.rows[self.lane])
    }

    /// Goes so many lanes to the right, or to the left.
    pub fn sideways(&mut self, by: isize) {
        self.lane = self.lane.saturating_add_signed(by).min(LANES - 1);
    }

    /// Goes so many cards down, or up.
    pub fn along(&mut self, by: isize) {
        let last = self.lanes[self.lane].len().saturating_sub(1);
        let row = &mut self.rows[self.lane];
        *row = row.saturating_add_signed(by).min(last);
    }

    /// The command line that stands for what is on the screen, or for what Enter would run.
    #[must_use]
    pub fn equivalent(&self) -> String {
        let words = match &self.mode {
            Mode::Confirm(words) => words.clone(),
            Mode::Line(purpose, text) => match purpose.words(text) {
                Ok(mut words) => {
                    if let (Purpose::Filter, Some(on)) = (purpose, &self.on) {
                        words.extend(["--on".to_owned(), on.clone()]);
                    }
                    words
                }
                Err(_) => return format!("milestone {text}"),
            },
            Mode::Time(day, _) => {
                let mut words = self.words();
                if *day < self.today {
                    words.extend(["--as-of".to_owned(), day.to_string()]);
                }
                words
            }
            Mode::Browse | Mode::Page(_) => match self.card() {
                Some(card) => self.in_time(vec!["show".to_owned(), card.reference.clone()]),
                None => self.in_time(self.words()),
            },
        };
        format!("milestone {}", join(&words)).trim_end().to_owned()
    }

    fn words(&self) -> Vec<String> {
        std::iter::once("board".to_owned()).chain(self.on.clone()).collect()
    }

    /// The words of a command that looks, at the moment that is looked at.
    #[must_use]
    pub fn in_time(&self, mut words: Vec<String>) -> Vec<String> {
        if let Some(as_of) = &self.asked.as_of {
            words.extend(["--as-of".to_owned(), as_of.clone()]);
        }
        words
    }
}

impl Purpose {
    /// The words of the command that this text makes.
    ///
    /// # Errors
    ///
    /// [`super::line::Unclosed`] if a quote has no end.
    pub fn words(&self, text: &str) -> Result<Vec<String>, super::line::Unclosed> {
        match self {
            Self::Tell { before, whole: true, .. } => {
                let (mut words, text) = (before.clone(), text.trim());
                // What begins with a dash is no flag.
                words.extend(text.starts_with('-').then(|| "--".to_owned()));
                words.push(text.to_owned());
                Ok(words)
            }
            Self::Tell { before, .. } => {
                let more = super::line::split(text)?;
                Ok(before.iter().cloned().chain(more).collect())
            }
            Self::Filter => Ok(["task", "list"]
                .into_iter()
                .map(ToOwned::to_owned)
                .chain(Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
                .collect()),
            Self::Command => {
                let mut words = super::line::split(text)?;
                if words.first().is_some_and(|word| word == "milestone") {
                    words.remove(0);
                }
                Ok(words)
            }
        }
    }
}
