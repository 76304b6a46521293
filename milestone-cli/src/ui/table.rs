//! Tables of records: columns for terminals, tab-separated lines for pipes, CSV.
//!
//! Start at [`Table`]. The tables of this program are built in `lists`.
//!
//! - **Invariant.** A row is never wrapped. Titles are clipped; references and dates never.
//! - **Invariant.** Off a terminal a record is one line, a field never holds a tab, and nothing
//!   is clipped. An empty field is `-`.
//! - **Absent on purpose.** No lines between rows and no boxes: they do not survive `grep`.

use super::fold::folded;
use super::glyph::Paint;
use super::style::{Style, WIDTH_BROAD, WIDTH_NARROW, WIDTH_SLIM};
use super::text::sanitize;

/// What a column does when there is little room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// Always there, never clipped: references, dates.
    Key,
    /// Always there, clipped: titles.
    Text,
    /// From 60 columns on, and never in a pipe: bars.
    Bar,
    /// From 60 columns on, and where each field has a line: counts, estimates.
    Count,
    /// From 100 columns on: owners, labels.
    Extra,
}

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name in `--fields` and in the header of pipes.
    pub field: &'static str,
    /// Its heading on a terminal.
    pub title: &'static str,
    /// What it does when there is little room.
    pub fit: Fit,
    /// Numbers stand at the right.
    pub right: bool,
}

impl Column {
    /// Returns a column whose text stands at the left.
    #[must_use]
    pub const fn new(field: &'static str, title: &'static str, fit: Fit) -> Self {
        Self { field, title, fit, right: false }
    }

    /// Returns the column with its text at the right.
    #[must_use]
    pub const fn right(self) -> Self {
        Self { right: true, ..self }
    }
}

/// One field of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// What people see.
    pub text: String,
    /// What pipes get: words and whole dates.
    pub plain: String,
    /// Its colour.
    pub paint: Paint,
}

impl Cell {
    /// Returns a cell that is the same everywhere; the text is made safe.
    #[must_use]
    pub fn new(text: impl AsRef<str>) -> Self {
        let text = sanitize(text.as_ref()).into_owned();
        Self { plain: text.clone(), text, paint: Paint::Plain }
    }

    /// Returns the cell with another text for pipes.
    #[must_use]
    pub fn plain(mut self, plain: impl AsRef<str>) -> Self {
        self.plain = sanitize(plain.as_ref()).into_owned();
        self
    }

    /// Returns the cell in a colour.
    #[must_use]
    pub fn paint(mut self, paint: Paint) -> Self {
        self.paint = paint;
        self
    }
}

/// Records; every row has a cell for every column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// The columns, in order.
    pub columns: Vec<Column>,
    /// The records.
    pub rows: Vec<Vec<Cell>>,
}

/// A name in `--fields` that no column has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no field \"{name}\"")]
pub struct UnknownField {
    /// The name as typed.
    pub name: String,
    /// The names there are.
    pub known: Vec<&'static str>,
}

/// True of digits, with a minus before them and a point between them or not.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    [whole, part].iter().all(|run| !run.is_empty() && run.bytes().all(|byte| byte.is_ascii_digit()))
}

const GAP: &str = "  ";
/// A clipped title keeps at least this many cells.
const TEXT_MIN: usize = 8;

impl Table {
    /// Renders for people; ends with a newline, and is empty if there are no rows.
    #[must_use]
    pub fn render(&self, style: &Style) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        if style.accessible {
            return self.spoken();
        }
        if style.width < WIDTH_NARROW {
            return self.stacked(style);
        }
        let shown: Vec<usize> = (0..self.columns.len())
            .filter(|at| match self.columns[*at].fit {
                Fit::Key | Fit::Text => true,
                Fit::Bar | Fit::Count => style.width >= WIDTH_SLIM,
                Fit::Extra => style.width >= WIDTH_BROAD,
            })
            .collect();
        let Some((shown, widths)) = self.layout(shown, style) else {
            return self.stacked(style);
        };
        let heads = |at: usize| Cell::new(self.columns[at].title).paint(Paint::Heading);
        let mut out = self.line(&shown, &widths, style, heads);
        for row in &self.rows {
            out.push_str(&self.line(&shown, &widths, style, |at| row[at].clone()));
        }
        out
    }

    /// Chooses the columns and their widths: texts shrink first, then extras and bars go. `None`
    /// if the rest is still too wide: a terminal would wrap the rows.
    fn layout(&self, mut shown: Vec<usize>, style: &Style) -> Option<(Vec<usize>, Vec<usize>)> {
        let ruler = style.ruler();
        let widest = |at: usize| {
            let cells = self.rows.iter().map(|row| ruler.width(&row[at].text));
            cells.max().unwrap_or(0).max(ruler.width(self.columns[at].title))
        };
        loop {
            let mut widths: Vec<usize> = shown.iter().map(|at| widest(*at)).collect();
            let gaps = GAP.len() * shown.len().saturating_sub(1);
            let mut over = (widths.iter().sum::<usize>() + gaps).saturating_sub(style.width);
            while over > 0 {
                let clippable = (0..shown.len())
                    .filter(|place| self.columns[shown[*place]].fit == Fit::Text)
                    .filter(|place| widths[*place] > TEXT_MIN)
                    .max_by_key(|place| widths[*place]);
                let Some(place) = clippable else { break };
                widths[place] -= 1;
                over -= 1;
            }
            let spare = shown.iter().rposition(|at| {
                matches!(self.columns[*at].fit, Fit::Bar | Fit::Count | Fit::Extra)
            });
            match spare {
                Some(place) if over > 0 => drop(shown.remove(place)),
                _ => return (over == 0).then_some((shown, widths)),
            }
        }
    }

    fn line(
        &self,
        shown: &[usize],
        widths: &[usize],
        style: &Style,
        cell: impl Fn(usize) -> Cell,
    ) -> String {
        let ruler = style.ruler();
        let mut out = String::new();
        for (place, (at, width)) in shown.iter().zip(widths).enumerate() {
            let cell = cell(*at);
            let text = match self.columns[*at].fit {
                Fit::Text => ruler.clip(&cell.text, *width),
                Fit::Key | Fit::Bar | Fit::Count | Fit::Extra => cell.text,
            };
            let missing = " ".repeat(width.saturating_sub(ruler.width(&text)));
            let painted = cell.paint.over(&text, style.color);
            let last = place + 1 == shown.len();
            match (self.columns[*at].right, last) {
                (true, _) => out.push_str(&format!("{missing}{painted}")),
                (false, true) => out.push_str(&painted),
                (false, false) => out.push_str(&format!("{painted}{missing}")),
            }
            if !last {
                out.push_str(GAP);
            }
        }
        out.truncate(out.trim_end_matches(' ').len());
        out + "\n"
    }

    /// One field a line, records apart by an empty line.
    fn stacked(&self, style: &Style) -> String {
        let ruler = style.ruler();
        let names = self.stacked_columns();
        let widest = names.iter().map(|(_, column)| column.title.len()).max().unwrap_or(0);
        let records = self.rows.iter().map(|row| {
            let lines = names.iter().filter(|(at, _)| !row[*at].text.is_empty());
            lines
                .map(|(at, column)| {
                    let room = style.width.saturating_sub(widest + 1);
                    let text = match column.fit {
                        Fit::Text => ruler.clip(&row[*at].text, room),
                        Fit::Key | Fit::Bar | Fit::Count | Fit::Extra => row[*at].text.clone(),
                    };
                    let painted = row[*at].paint.over(&text, style.color);
                    // What is never clipped gets a line of its own where that helps.
                    match widest + 1 + ruler.width(&text) <= style.width {
                        true => format!("{:<widest$} {painted}\n", column.title),
                        false => {
                            let below = folded(&format!(" {painted}"), style);
                            format!("{}\n{below}", column.title)
                        }
                    }
                })
                .collect::<String>()
        });
        records.collect::<Vec<_>>().join("\n")
    }

    /// One sentence group a record.
    fn spoken(&self) -> String {
        let all: Vec<(usize, &Column)> = self.columns.iter().enumerate().collect();
        let names: Vec<_> = all.into_iter().filter(|(_, column)| column.fit != Fit::Bar).collect();
        let total = self.rows.len();
        let record = |(place, row): (usize, &Vec<Cell>)| {
            let fields: Vec<String> = names
                .iter()
                .filter(|(at, _)| !row[*at].plain.is_empty())
                .map(|(at, column)| {
                    let told = match column.field {
                        "status" => row[*at].plain.replace('_', " "),
                        _ => row[*at].plain.clone(),
                    };
                    format!("{} {told}", spoken_name(column.field))
                })
                .collect();
            format!("{} of {total}: {}.\n", place + 1, fields.join(". "))
        };
        self.rows.iter().enumerate().map(record).collect()
    }

    fn stacked_columns(&self) -> Vec<(usize, &Column)> {
        let fits = |column: &Column| matches!(column.fit, Fit::Key | Fit::Text | Fit::Count);
        self.columns.iter().enumerate().filter(|(_, column)| fits(column)).collect()
    }

    /// Renders as tab-separated records, `fields` only if any are named.
    ///
    /// # Errors
    ///
    /// [`UnknownField`] if a name in `fields` is no column.
    pub fn tsv(&self, fields: &[String], header: bool) -> Result<String, UnknownField> {
        let field =
            |cell: &Cell| if cell.plain.is_empty() { "-".into() } else { cell.plain.clone() };
        self.records(fields, header, "\t", &field)
    }

    /// Renders as CSV with a header line, `fields` only if any are named.
    ///
    /// # Errors
    ///
    /// [`UnknownField`] if a name in `fields` is no column.
    pub fn csv(&self, fields: &[String]) -> Result<String, UnknownField> {
        let field = |cell: &Cell| {
            // A leading sign would be run as a formula by spreadsheets; a number is one already.
            let formula = cell.plain.starts_with(['=', '+', '-', '@']) && !is_number(&cell.plain);
            if cell.plain.contains(['"', ',']) || formula {
                let sign = if formula { "'" } else { "" };
                format!("\"{sign}{}\"", cell.plain.replace('"', "\"\""))
            } else {
                cell.plain.clone()
            }
        };
        self.records(fields, true, ",", &field)
    }

    fn records(
        &self,
        fields: &[String],
        header: bool,
        between: &str,
        field: &dyn Fn(&Cell) -> String,
    ) -> Result<String, UnknownField> {
        let chosen = self.chosen(fields)?;
        let mut out = String::new();
        if header {
            let names: Vec<&str> = chosen.iter().map(|at| self.columns[*at].field).collect();
            out.push_str(&(names.join(between) + "\n"));
        }
        for row in &self.rows {
            let cells: Vec<String> = chosen.iter().map(|at| field(&row[*at])).collect();
            out.push_str(&(cells.join(between) + "\n"));
        }
        Ok(out)
    }

    fn chosen(&self, fields: &[String]) -> Result<Vec<usize>, UnknownField> {
        if fields.is_empty() {
            let all = self.columns.iter().enumerate();
            return Ok(all.filter(|(_, c)| c.fit != Fit::Bar).map(|(at, _)| at).collect());
        }
        let known = || self.columns.iter().map(|column| column.field).collect();
        let place = |name: &String| {
            let at = self.columns.iter().position(|column| column.field == name);
            at.ok_or_else(|| UnknownField { name: name.clone(), known: known() })
        };
        fields.iter().map(place).collect()
    }
}

fn spoken_name(field: &str) -> String {
    let mut name = field.replace('_', " ");
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    name
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
