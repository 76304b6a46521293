//! What charts show, before anybody draws it.
//!
//! Start at [`Plot`]. `svg` draws it; [`Plot::rows`] is the same as a table.
//!
//! - **Invariant.** A chart has its answer as a sentence and its numbers as a table.

use milestone_core::words::Date;

/// Days that a table of a chart has at most one row for.
const STEP_DAYS: usize = 7;
/// Most rows of such a table.
const ROWS_MAX: usize = 53;

/// A line of a chart: a value for each day.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What it is of.
    pub name: &'static str,
    /// A value a day.
    pub values: Vec<f64>,
}

/// Where a line may lead: from a point to a height that is reached by one of several days.
#[derive(Debug, Clone, PartialEq)]
pub struct Wedge {
    /// The day of the point.
    pub day: i64,
    /// Its height.
    pub from: f64,
    /// The height that is reached.
    pub to: f64,
    /// By when, each with its percentage; in order.
    pub by: Vec<(u8, i64)>,
}

/// A bar for a plan and one for what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanBar {
    /// What it is of.
    pub name: String,
    /// The least and the most that was planned.
    pub planned: Option<(f64, f64)>,
    /// What came of it.
    pub actual: Option<f64>,
    /// What came of it, in words.
    pub words: String,
}

/// What a chart shows.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Lines over days, from the first.
    Lines {
        /// The day of the first value.
        first: i64,
        /// The lines.
        lines: Vec<Line>,
        /// Where the last of them may lead.
        wedge: Option<Wedge>,
        /// When it is due.
        due: Option<i64>,
    },
    /// Areas over days, each below the one before.
    Areas {
        /// The day of the first value.
        first: i64,
        /// The areas, the highest first.
        lines: Vec<Line>,
    },
    /// Columns, one after the other.
    Columns(Vec<(String, f64)>),
    /// Bars, one below the other, each with its words.
    Bars(Vec<(String, f64, String)>),
    /// Plans and what came of them, one below the other.
    Plans(Vec<PlanBar>),
    /// A range of dates with chances.
    Dates {
        /// The day on which it was asked.
        today: i64,
        /// By when, each with its percentage; in order.
        by: Vec<(u8, i64)>,
        /// When it is due.
        due: Option<i64>,
    },
}

/// A chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    /// What it is called.
    pub title: &'static str,
    /// What it says, in a sentence.
    pub answer: String,
    /// What it shows.
    pub kind: Kind,
}

/// `2026-03-12`.
pub(super) fn date(day: i64) -> String {
    Date::from_days(day).to_string()
}

/// A number as people write it.
pub(super) fn short(number: f64) -> String {
    let text = format!("{number:.1}");
    text.strip_suffix(".0").map(ToOwned::to_owned).unwrap_or(text)
}

impl Plot {
    /// The numbers as a table: its head, and its rows.
    #[must_use]
    pub fn rows(&self) -> (Vec<String>, Vec<Vec<String>>) {
        let head = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        match &self.kind {
            Kind::Lines { first, lines, .. } | Kind::Areas { first, lines } => {
                let mut names = vec!["Day"];
                names.extend(lines.iter().map(|line| line.name));
                let count = lines.iter().map(|line| line.values.len()).max().unwrap_or(0);
                let step = STEP_DAYS.max(count.div_ceil(ROWS_MAX));
                let mut places: Vec<usize> = (0..count).rev().step_by(step).collect();
                places.reverse();
                let row = |place: usize| {
                    let day = date(first + i64::try_from(place).unwrap_or(0));
                    let value = |line: &Line| line.values.get(place).copied().unwrap_or(0.0);
                    std::iter::once(day).chain(lines.iter().map(|of| short(value(of)))).collect()
                };
                (head(&names), places.into_iter().map(row).collect())
            }
            Kind::Columns(all) => {
                let row = |(name, value): &(String, f64)| vec![name.clone(), short(*value)];
                (head(&["From", "Count"]), all.iter().map(row).collect())
            }
            Kind::Bars(all) => {
                let row =
                    |(name, _, words): &(String, f64, String)| vec![name.clone(), words.clone()];
                (head(&["", "Value"]), all.iter().map(row).collect())
            }
            Kind::Plans(all) => {
                let row = |bar: &PlanBar| vec![bar.name.clone(), bar.words.clone()];
                (head(&["Phase", "Plan and actual"]), all.iter().map(row).collect())
            }
            Kind::Dates { by, due, .. } => {
                let row = |(percent, day): &(u8, i64)| vec![format!("{percent} %"), date(*day)];
                let due = due.map(|due| vec!["due".to_owned(), date(due)]);
                (head(&["Chance", "By"]), by.iter().map(row).chain(due).collect())
            }
        }
    }
}
