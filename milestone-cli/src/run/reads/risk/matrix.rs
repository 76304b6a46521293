//! `risk matrix`: probability against impact, in five steps each.
//!
//! Start at [`Matrix`].
//!
//! - **Invariant.** Every open risk is in one cell, or named as having none; what has no room for
//!   the grid, and linear text, say the same in lines.
//! - **Invariant.** Colour is never the only sign: the worst cells are marked.

use std::collections::BTreeMap;

use milestone_core::domain::RiskLevel;
use schemars::JsonSchema;
use serde::Serialize;

use super::super::print::{self, under_banner};
use super::{Held, RiskRow, Risks, SCORE_EYE, SCORE_WORST, paint};
use crate::args::global::Format;
use crate::args::risk::RiskMatrixArgs;
use crate::run::context::{Context, Ran};
use crate::run::risks::size;
use crate::run::schema::LevelText;
use crate::ui::dates;
use crate::ui::glyph::{Glyphs, Paint};
use crate::ui::markdown::escape;
use crate::ui::style::{Style, WIDTH_SLIM};
use crate::ui::table::{Cell, Column, Fit, Table};
use crate::ui::text::sanitize;

/// What a matrix can be printed as.
const FORMATS: &[Format] = &[Format::Text, Format::Json, Format::Md, Format::Csv];

/// Cells of a column of the grid.
const COLUMN_CELLS: usize = 10;

/// `data` of `risk.matrix`.
#[derive(Serialize, JsonSchema)]
pub(in crate::run::reads) struct MatrixDoc<'m> {
    r#ref: Option<&'m str>,
    cells: Vec<CellDoc>,
    unplaced: Vec<RiskRow>,
    expected_delay_minutes: u64,
    without_delay: usize,
    outcomes: &'m BTreeMap<String, usize>,
}

/// A cell; those with no risk in them, too.
#[derive(Serialize, JsonSchema)]
struct CellDoc {
    #[schemars(with = "LevelText")]
    probability: RiskLevel,
    #[schemars(with = "LevelText")]
    impact: RiskLevel,
    score: u32,
    risks: Vec<RiskRow>,
}

/// The open risks by where they stand.
struct Matrix {
    about: Option<String>,
    /// Open risks, the worst first.
    open: Vec<Held>,
    /// How many came to which end.
    outcomes: BTreeMap<String, usize>,
}

impl Matrix {
    fn of(risks: Risks) -> Self {
        let mut outcomes = BTreeMap::new();
        for outcome in risks.all.iter().filter_map(|held| held.risk.outcome.as_deref()) {
            *outcomes.entry(outcome.to_owned()).or_default() += 1;
        }
        let open = risks.all.into_iter().filter(Held::is_open).collect();
        Self { about: risks.about, open, outcomes }
    }

    fn cell(&self, probability: RiskLevel, impact: RiskLevel) -> impl Iterator<Item = &Held> {
        self.open.iter().filter(move |held| {
            held.risk.likelihood_level() == Some(probability)
                && held.risk.impact_level() == Some(impact)
        })
    }

    fn unplaced(&self) -> impl Iterator<Item = &Held> {
        self.open.iter().filter(|held| held.risk.score().is_none())
    }

    /// The sum of probability times delay, in minutes.
    fn expected(&self) -> u64 {
        let delays = self.open.iter().filter_map(|held| held.risk.expected_delay_minutes());
        delays.map(u64::from).sum()
    }

    fn without_delay(&self) -> usize {
        self.open.iter().filter(|held| held.risk.expected_delay_minutes().is_none()).count()
    }

    fn doc(&self) -> MatrixDoc<'_> {
        let pairs = RiskLevel::ALL.into_iter().rev().flat_map(|probability| {
            RiskLevel::ALL.into_iter().map(move |impact| (probability, impact))
        });
        let cell = |(probability, impact): (RiskLevel, RiskLevel)| CellDoc {
            probability,
            impact,
            score: probability.number() * impact.number(),
            risks: self.cell(probability, impact).map(Held::doc).collect(),
        };
        MatrixDoc {
            r#ref: self.about.as_deref(),
            cells: pairs.map(cell).collect(),
            unplaced: self.unplaced().map(Held::doc).collect(),
            expected_delay_minutes: self.expected(),
            without_delay: self.without_delay(),
            outcomes: &self.outcomes,
        }
    }

    /// What is said under the risks.
    fn summary(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let expected = u32::try_from(self.expected()).unwrap_or(u32::MAX);
        if expected > 0 {
            lines.push(format!(
                "Delay to expect: {} of work, the sum of chance times delay",
                dates::duration(expected)
            ));
        }
        match self.without_delay() {
            0 => {}
            1 if expected == 0 => lines.push("1 risk has no chance or no delay".to_owned()),
            n if expected == 0 => lines.push(format!("{n} risks have no chance or no delay")),
            1 => lines.push("1 risk says no chance or no delay, and is not in that sum".to_owned()),
            n => {
                lines.push(format!("{n} risks say no chance or no delay, and are not in that sum"));
            }
        }
        if !self.outcomes.is_empty() {
            let ends = self.outcomes.iter();
            let ends: Vec<String> =
                ends.map(|(end, count)| format!("{count} {}", sanitize(end))).collect();
            lines.push(format!("Closed: {}", ends.join(", ")));
        }
        lines
    }
}

/// Draws the matrix.
pub(in crate::run::reads) fn run(context: &mut Context, args: &RiskMatrixArgs) -> Ran {
    let format = print::format(context, "risk matrix", FORMATS, false)?;
    let moment = context.moment()?;
    let risks = Risks::of(context, &moment, args.reference.as_deref(), "risk matrix")?;
    let matrix = Matrix::of(risks);
    let stdout = match format {
        Format::Json => print::object(context, &moment, "risk.matrix", &matrix.doc())?,
        Format::Md => markdown(&matrix),
        Format::Csv => csv(&matrix),
        _ => text(&matrix, &context.style),
    };
    Ok(under_banner(context, &moment, stdout))
}

/// The sign of a score beside its colour.
fn mark(score: u32) -> &'static str {
    match score {
        SCORE_WORST.. => "!!",
        SCORE_EYE.. => "!",
        _ => "",
    }
}

fn text(matrix: &Matrix, style: &Style) -> String {
    let about = matrix.about.as_deref().unwrap_or("everything");
    let count = matrix.open.len();
    let risks = if count == 1 { "risk" } else { "risks" };
    let mut out = format!("Risks of {}: {count} open {risks}\n", sanitize(about));
    if count > 0 {
        if !style.accessible && style.width >= WIDTH_SLIM {
            out.push('\n');
            out.push_str(&grid(matrix, style));
        }
        out.push('\n');
        matrix.open.iter().for_each(|held| out.push_str(&line(held, style)));
    }
    let summary = matrix.summary();
    if !summary.is_empty() {
        out.push('\n');
        summary.iter().for_each(|line| out.push_str(&format!("{line}\n")));
    }
    out
}

fn grid(matrix: &Matrix, style: &Style) -> String {
    let nothing = if style.glyphs == Glyphs::Ascii { "." } else { "·" };
    let mut out = format!("{:<COLUMN_CELLS$}  impact\n", "chance");
    let head = RiskLevel::ALL.map(|level| format!("{:>COLUMN_CELLS$}", level.word())).concat();
    out.push_str(&format!("{:<COLUMN_CELLS$}{head}\n", ""));
    for probability in RiskLevel::ALL.into_iter().rev() {
        out.push_str(&format!("{:<COLUMN_CELLS$}", probability.word()));
        for impact in RiskLevel::ALL {
            let score = probability.number() * impact.number();
            let held = matrix.cell(probability, impact).count();
            let (text, paint) = match held {
                0 => (nothing.to_owned(), Paint::Muted),
                held => (format!("{held}{}", mark(score)), paint(Some(score))),
            };
            // A mark stands behind the number, so that numbers stand under each other.
            let marks = text.trim_start_matches(|c: char| c.is_ascii_digit());
            let marks = if held == 0 { 0 } else { marks.len() };
            let before = (COLUMN_CELLS + marks).saturating_sub(text.chars().count() + 2);
            let behind = 2 - marks;
            let painted = paint.over(&text, style.color);
            out.push_str(&format!("{}{painted}{}", " ".repeat(before), " ".repeat(behind)));
        }
        let kept = out.trim_end().len();
        out.truncate(kept);
        out.push('\n');
    }
    out
}

fn line(held: &Held, style: &Style) -> String {
    let (risk, reference) = (&held.risk, sanitize(&held.reference));
    let (id, title) = (&risk.id, sanitize(&risk.title));
    let size = size(risk);
    if style.accessible {
        let score = risk.score().map(|score| format!("score {score}")).unwrap_or_default();
        let parts = [score, size].into_iter().filter(|part| !part.is_empty());
        let parts = parts.collect::<Vec<_>>().join(", ");
        return format!(
            "{reference}: {title}. {}. Id {id}.\n",
            if parts.is_empty() { "No chance or impact is known" } else { &parts }
        );
    }
    let score = risk.score();
    let shown = score.map_or("?".to_owned(), |score| score.to_string());
    let sign = score.map_or("", mark);
    let painted = paint(score).over(&format!("{shown:>2}{sign:<2}"), style.color);
    let tail = if size.is_empty() { String::new() } else { format!("  {size}") };
    let head = format!("{id}  {reference}  ");
    let ruler = style.ruler();
    let used = 6 + ruler.width(&head);
    if style.width < WIDTH_SLIM {
        let title = ruler.clip(&title, style.width.saturating_sub(6));
        return format!("{painted}  {id}  {reference}\n      {title}\n     {tail}\n")
            .replace("     \n", "");
    }
    let room = style.width.saturating_sub(used + ruler.width(&tail)).max(16);
    format!("{painted}  {head}{}{tail}\n", ruler.clip(&title, room))
}

fn markdown(matrix: &Matrix) -> String {
    let heads = RiskLevel::ALL.map(RiskLevel::word).join(" | ");
    let mut out = format!("| chance \\ impact | {heads} |\n| --- |{}\n", " --- |".repeat(5));
    for probability in RiskLevel::ALL.into_iter().rev() {
        out.push_str(&format!("| {} |", probability.word()));
        for impact in RiskLevel::ALL {
            let named: Vec<String> = matrix
                .cell(probability, impact)
                .map(|held| format!("{} ({})", escape(&held.risk.title), escape(&held.reference)))
                .collect();
            out.push_str(&format!(" {} |", named.join("; ")));
        }
        out.push('\n');
    }
    let unplaced: Vec<String> = matrix
        .unplaced()
        .map(|held| format!("{} ({})", escape(&held.risk.title), escape(&held.reference)))
        .collect();
    if !unplaced.is_empty() {
        out.push_str(&format!("\nWithout a chance or an impact: {}\n", unplaced.join("; ")));
    }
    matrix.summary().iter().for_each(|line| out.push_str(&format!("\n{line}\n")));
    out
}

/// A row for each open risk with its place in the grid.
fn csv(matrix: &Matrix) -> String {
    let number = |level: Option<RiskLevel>| {
        Cell::new(level.map(|level| level.number().to_string()).unwrap_or_default())
    };
    let row = |held: &Held| {
        let risk = &held.risk;
        vec![
            number(risk.likelihood_level()),
            number(risk.impact_level()),
            Cell::new(risk.score().map(|score| score.to_string()).unwrap_or_default()),
            Cell::new(&risk.id),
            Cell::new(&held.reference),
            Cell::new(&risk.title),
        ]
    };
    let columns = ["probability", "impact", "score", "id", "ref", "title"];
    let columns = columns.map(|name| Column::new(name, "", Fit::Key)).to_vec();
    let table = Table { columns, rows: matrix.open.iter().map(row).collect() };
    table.csv(&[]).unwrap_or_default()
}
