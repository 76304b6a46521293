//! A report as one page of HTML: no scripts, nothing from elsewhere.
//!
//! Start at [`page`]. What it looks like is in `report.css`, which is part of the page.
//!
//! - **Invariant.** The page says itself that nothing may be loaded or run.
//! - **Invariant.** A chart has a title, a sentence and a table. A health is a word and a symbol,
//!   never a colour alone.

use super::glyph::Paint;
use super::html::Markup;
use super::plot::Plot;
use super::report::{Block, Grid, Report};
use super::svg;

const HEAD: &str = concat!(
    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
    "<meta http-equiv=\"Content-Security-Policy\" ",
    "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<style>\n",
    include_str!("report.css"),
    "</style>\n<title>"
);

/// Renders a report as a page; ends with a newline.
#[must_use]
pub fn page(report: &Report) -> String {
    let mut page = Markup::new();
    page.put(HEAD).text(&report.title).put("</title>\n</head>\n<body>\n<main>\n<h1>");
    page.own(&report.title).put("</h1>\n<p><strong>").own(&report.answer);
    page.put("</strong></p>\n<p class=\"about\">").own(&report.about).put("</p>\n");
    let mut charts = 0;
    for section in &report.sections {
        page.put("<section>\n<h2>").own(&section.title).put("</h2>\n");
        for block in &section.blocks {
            draw(&mut page, block, &mut charts);
        }
        page.put("</section>\n");
    }
    page.put("</main>\n<footer>").own(&report.about);
    page.put(" Made by milestone from the log; every figure is defined in docs/analytics.md.");
    page.put("</footer>\n</body>\n</html>\n");
    page.into_string()
}

fn draw(page: &mut Markup, block: &Block, charts: &mut usize) {
    match block {
        Block::List(all) => {
            page.put("<ul>\n");
            for text in all {
                page.put("<li>").own(text).put("</li>\n");
            }
            page.put("</ul>\n");
        }
        Block::Facts(facts) => {
            page.put("<dl>\n");
            for (name, value) in facts {
                page.put("<dt>").text(name).put("</dt><dd>").own(value).put("</dd>\n");
            }
            page.put("</dl>\n");
        }
        Block::Grid(held) => grid(page, held),
        Block::Plots(plots) => {
            page.put("<div class=\"charts\">\n");
            for plot in plots {
                *charts += 1;
                figure(page, plot, *charts);
            }
            page.put("</div>\n");
        }
        Block::Words { by, text } => {
            page.put("<blockquote>");
            for (place, line) in text.lines().enumerate() {
                page.put(if place > 0 { "<br>" } else { "" }).own(line);
            }
            page.put("</blockquote>\n<p class=\"note\">").own(by).put("</p>\n");
        }
    }
}

fn grid(page: &mut Markup, grid: &Grid) {
    let columns = &grid.table.columns;
    page.put("<table class=\"wide\">\n<thead><tr>");
    for column in columns {
        page.put(if column.right {
            "<th class=\"right\" scope=\"col\">"
        } else {
            "<th scope=\"col\">"
        });
        page.text(column.title).put("</th>");
    }
    if !grid.burns.is_empty() {
        page.put("<th scope=\"col\">BURN-UP</th>");
    }
    page.put("</tr></thead>\n<tbody>\n");
    for (place, row) in grid.table.rows.iter().enumerate() {
        page.put("<tr>");
        for (column, cell) in columns.iter().zip(row) {
            let class = match (cell.text.is_empty(), column.right, cell.paint) {
                (true, _, _) => "none",
                (_, _, Paint::Blocked) => "late",
                (_, _, Paint::AtRisk) => "at-risk",
                (_, true, _) => "right",
                (_, _, Paint::Muted) => "muted",
                _ => "",
            };
            page.put("<td class=\"").put(class).put("\" data-label=\"").text(column.title);
            page.put("\">").own(&cell.text).put("</td>");
        }
        if let Some(burn) = grid.burns.get(place) {
            page.put("<td data-label=\"BURN-UP\">").add(&svg::small(burn)).put("</td>");
        }
        page.put("</tr>\n");
    }
    page.put("</tbody>\n</table>\n");
}

fn figure(page: &mut Markup, plot: &Plot, number: usize) {
    page.put("<figure>\n<h3>").text(plot.title).put("</h3>\n<figcaption>").own(&plot.answer);
    page.put("</figcaption>\n").add(&svg::draw(plot, number));
    let (head, rows) = plot.rows();
    page.put("\n<details><summary>Show as table</summary>\n<table><thead><tr>");
    for name in &head {
        page.put("<th scope=\"col\">").text(name).put("</th>");
    }
    page.put("</tr></thead><tbody>\n");
    for row in &rows {
        page.put("<tr>");
        for cell in row {
            page.put("<td>").own(cell).put("</td>");
        }
        page.put("</tr>\n");
    }
    page.put("</tbody></table></details>\n</figure>\n");
}
