//! A report, before it is text, Markdown or HTML.
//!
//! Start at [`Report`]. `report_html` draws it as a page.
//!
//! - **Invariant.** Every form has the same sentences, facts, tables and words; a chart that cannot
//!   be drawn is its answer.

use super::glyph::Paint;
use super::markdown::{self, escape};
use super::plot::Plot;
use super::style::Style;
use super::table::Table;
use super::text::sanitize;

/// Records, with a small burn-up beside each where there is one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Grid {
    /// The records.
    pub table: Table,
    /// For each record scope and done of each day.
    pub burns: Vec<Vec<(f64, f64)>>,
}

/// A part of a section.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// Sentences, each by itself.
    List(Vec<String>),
    /// Names with their values.
    Facts(Vec<(&'static str, String)>),
    /// Records.
    Grid(Grid),
    /// Charts, side by side where there is room.
    Plots(Vec<Plot>),
    /// What somebody wrote.
    Words {
        /// Who, and when.
        by: String,
        /// What.
        text: String,
    },
}

/// A part of a report.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Section {
    /// Its heading; somebody's title, as often as not.
    pub title: String,
    /// What is in it.
    pub blocks: Vec<Block>,
}

/// A report.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// What it is.
    pub title: String,
    /// The answer in a sentence.
    pub answer: String,
    /// Of which moment and from how much it is.
    pub about: String,
    /// Its parts.
    pub sections: Vec<Section>,
}

impl Report {
    /// The records that a spreadsheet takes: the first there are.
    #[must_use]
    pub fn table(&self) -> Option<&Table> {
        self.sections.iter().flat_map(|section| &section.blocks).find_map(|block| match block {
            Block::Grid(grid) => Some(&grid.table),
            _ => None,
        })
    }

    /// Renders for people; ends with a newline.
    #[must_use]
    pub fn render(&self, style: &Style) -> String {
        let mut out = format!("{}\n", Paint::Heading.over(&sanitize(&self.title), style.color));
        out.push_str(&wrapped(&self.answer, "", style));
        out.push_str(&Paint::Muted.over(wrapped(&self.about, "", style).trim_end(), style.color));
        out.push('\n');
        for section in &self.sections {
            let title = sanitize(&section.title);
            out.push_str(&format!("\n{}\n", Paint::Heading.over(&title, style.color)));
            section.blocks.iter().for_each(|block| out.push_str(&lines(block, style)));
        }
        out
    }

    /// Renders as Markdown; ends with a newline.
    #[must_use]
    pub fn markdown(&self) -> String {
        let (title, answer, about) =
            (escape(&self.title), escape(&self.answer), escape(&self.about));
        let mut out = format!("# {title}\n\n{answer}\n\n{about}\n");
        for section in &self.sections {
            out.push_str(&format!("\n## {}\n", escape(&section.title)));
            for block in &section.blocks {
                out.push('\n');
                match block {
                    Block::List(all) => {
                        all.iter().for_each(|text| out.push_str(&format!("- {}\n", escape(text))));
                    }
                    Block::Facts(facts) => facts.iter().for_each(|(name, value)| {
                        out.push_str(&format!("- {name}: {}\n", escape(value)));
                    }),
                    Block::Grid(grid) => out.push_str(&markdown::table(&grid.table)),
                    Block::Plots(plots) => plots.iter().for_each(|plot| {
                        out.push_str(&format!("- {}: {}\n", plot.title, escape(&plot.answer)));
                    }),
                    Block::Words { by, text } => {
                        text.lines()
                            .for_each(|line| out.push_str(&format!("> {}\n", escape(line))));
                        out.push_str(&format!(">\n> {}\n", escape(by)));
                    }
                }
            }
        }
        out
    }
}

/// A block as indented lines.
fn lines(block: &Block, style: &Style) -> String {
    match block {
        Block::List(all) => all.iter().map(|text| wrapped(text, "  ", style)).collect(),
        Block::Grid(grid) => grid.table.render(style),
        Block::Facts(facts) => named(facts.iter().map(|(name, value)| (*name, &**value)), style),
        Block::Plots(plots) => named(plots.iter().map(|plot| (plot.title, &*plot.answer)), style),
        Block::Words { by, text } => {
            let head = format!("  {}\n", sanitize(by));
            let lines = text.lines().map(|line| wrapped(line, "    ", style));
            std::iter::once(head).chain(lines).collect()
        }
    }
}

/// Beside a name there is room for so many cells of its value, or it stands below.
const VALUE_MIN: usize = 20;

/// Names with their values; a value that is too long goes on below itself.
fn named<'a>(all: impl Iterator<Item = (&'a str, &'a str)> + Clone, style: &Style) -> String {
    let wide = all.clone().map(|(name, _)| name.len()).max().unwrap_or(0);
    let beside = wide + 4 + VALUE_MIN <= style.width;
    let mut out = String::new();
    for (name, value) in all {
        if style.accessible {
            out.push_str(&format!("{name}: {}.\n", sanitize(value)));
            continue;
        }
        let margin = " ".repeat(if beside { wide + 4 } else { 4 });
        let value = wrapped(value, &margin, style);
        let name = Paint::Muted.over(&format!("{name:<wide$}"), style.color);
        match beside {
            true => out.push_str(&format!("  {name}  {}", value.trim_start())),
            false => out.push_str(&format!("  {}\n{value}", name.trim_end())),
        }
    }
    out
}

/// A text in lines that fit, each behind a margin; ends with a newline.
#[must_use]
pub fn wrapped(text: &str, margin: &str, style: &Style) -> String {
    let ruler = style.ruler();
    let room = style.width.saturating_sub(margin.len()).max(VALUE_MIN);
    let (mut out, mut line) = (String::new(), String::new());
    for word in sanitize(text).split_whitespace() {
        if !line.is_empty() && ruler.width(&line) + 1 + ruler.width(word) > room {
            out.push_str(&format!("{margin}{line}\n"));
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    out + margin + &line + "\n"
}
