//! `report`: how things stand or went, for people who were not there.
//!
//! Start at [`run`]. Charts are chosen in `charts`, looks back in `retro`; the forms are those of
//! `ui::report`.
//!
//! - **Invariant.** The same moment gives the same report, byte for byte: nothing in it says when
//!   it was printed.

mod charts;
mod retro;

use std::path::Path;

use milestone_analytics::Extent;
use milestone_analytics::figures::{Window, burn};
use milestone_core::domain::Plan;
use milestone_core::words::Slug;
use schemars::JsonSchema;
use serde::Serialize;

use super::LookBackDoc;
use super::evidence::{Evidence, date};
use super::export::{STDOUT, by_name, written};
use super::print::{self, under_banner};
use super::standing::{self, Stands, StandsDoc, chosen};
use super::stats::{Figures, StatsDoc};
use crate::args::global::Format;
use crate::args::report::{ReportArgs, ReportName};
use crate::run::context::{Context, Output, Ran};
use crate::ui::error::Problem;
use crate::ui::report::{Block, Grid, Report, Section};
use crate::ui::report_html;
use crate::ui::style::Style;

/// The formats of a report.
pub(in crate::run) const FORMATS: &[Format] =
    &[Format::Text, Format::Md, Format::Html, Format::Csv, Format::Json];

/// More milestones than this get fewer charts each, where nobody named them.
const DETAILED_MAX: usize = 12;

/// A report as a document.
#[derive(Serialize, JsonSchema)]
pub(super) struct ReportDoc {
    report: &'static str,
    title: String,
    answer: String,
    from: String,
    to: String,
    milestones: Vec<StandsDoc>,
    reviews: Vec<LookBackDoc>,
    figures: Option<StatsDoc>,
}

/// What a report is made of.
struct Made {
    report: Report,
    doc: ReportDoc,
}

/// Reports.
pub(super) fn run(context: &mut Context, args: &ReportArgs) -> Ran {
    let format = format(context, args)?;
    let mut evidence = Evidence::of(context)?;
    let made = match args.name {
        ReportName::Retro => retro::made(context, &mut evidence, args)?,
        ReportName::Status | ReportName::Portfolio => present(context, &mut evidence, args)?,
    };
    let fields = &context.global.fields;
    let text = match format {
        Format::Json => {
            let kind = format!("report.{}", made.doc.report);
            print::object(context, &evidence.moment, &kind, &made.doc)?
        }
        Format::Html => report_html::page(&made.report),
        Format::Md => made.report.markdown(),
        Format::Csv => {
            // Without rows there is no table, and its header is still what a spreadsheet wants.
            let empty = match args.name {
                ReportName::Retro => retro::table(&[]),
                ReportName::Status | ReportName::Portfolio => standing::table(&evidence, &[]),
            };
            let table = made.report.table().unwrap_or(&empty);
            table.csv(fields).map_err(|error| print::unknown(&error))?
        }
        _ => made.report.render(&context.style),
    };
    let Some(path) = args.output.as_ref().filter(|path| **path != *Path::new(STDOUT)) else {
        return Ok(under_banner(context, &evidence.moment, text));
    };
    let path = context.dir().join(path);
    if context.global.dry_run {
        return Ok(Output::of("").say(format!("{} would be written.", path.display())));
    }
    written(&path, &text, args.force, "report NAME")?;
    let output = under_banner(context, &evidence.moment, String::new());
    Ok(match print::talks(context) {
        true => output.say(format!("{} written to {}", made.report.title, path.display())),
        false => output,
    })
}

/// The format that was asked for, or that the file's name says.
fn format(context: &Context, args: &ReportArgs) -> Result<Format, Box<Problem>> {
    let path = args.output.as_deref().filter(|path| *path != Path::new(STDOUT));
    let unsaid = context.global.format_asked().is_none();
    match by_name(path.filter(|_| unsaid), "report NAME", FORMATS)? {
        Some(format) => Ok(format),
        None => print::format(context, "report", FORMATS, false),
    }
}

/// The name of the project, and of which moment and window a report is.
fn head(evidence: &Evidence, what: &str, window: Window) -> (String, String) {
    let name = evidence.moment.state.project().name.clone();
    let name = if name.is_empty() { "the project".to_owned() } else { name };
    let count = evidence.moment.count;
    let records = if count == 1 { "record" } else { "records" };
    let about = format!(
        "As of {}, from {count} {records}. Window {} to {}.",
        date(evidence.today()),
        date(window.from),
        date(window.to)
    );
    (format!("{what} of {name}"), about)
}

/// The charts and figures of what `evidence` is about, as sections show them.
fn figures(context: &Context, evidence: &Evidence, days: u32) -> (Figures, Style) {
    // What stands beside a chart needs no other drawing.
    let style = Style { accessible: true, ..context.style };
    (Figures::of(evidence, days), style)
}

fn present(
    context: &mut Context,
    evidence: &mut Evidence,
    args: &ReportArgs,
) -> Result<Made, Box<Problem>> {
    let ids = match (args.name, args.references.is_empty()) {
        (ReportName::Portfolio, true) => open(evidence),
        _ => chosen(context, evidence, &args.references, "report status")?,
    };
    let all = Stands::of(evidence, &ids, args.window.0);
    let (whole, style) = figures(context, evidence, args.window.0);
    let portfolio = args.name == ReportName::Portfolio;
    let (title, about) =
        head(evidence, if portfolio { "Portfolio" } else { "Status" }, whole.window);
    let mut report =
        Report { title, answer: standing::summary(&all) + ".", about, sections: Vec::new() };
    let burns = match portfolio {
        true => all.iter().map(|stands| small(evidence, stands, args.window.0)).collect(),
        false => Vec::new(),
    };
    let grid = Grid { table: standing::table(evidence, &all), burns };
    if !all.is_empty() {
        let blocks = vec![Block::Grid(grid)];
        report.sections.push(Section { title: "Milestones".to_owned(), blocks });
    }
    let doc = ReportDoc {
        report: if portfolio { "portfolio" } else { "status" },
        title: report.title.clone(),
        answer: report.answer.clone(),
        from: date(whole.window.from).to_string(),
        to: date(whole.window.to).to_string(),
        milestones: all.iter().map(|stands| stands.doc(evidence)).collect(),
        reviews: Vec::new(),
        figures: Some(StatsDoc::of(evidence, &whole)),
    };
    if portfolio || args.references.is_empty() {
        let plots = charts::all(&style, &whole, None);
        let facts = charts::beside(&whole);
        let blocks = vec![Block::Plots(plots), Block::Facts(facts)];
        report.sections.push(Section { title: "The project".to_owned(), blocks });
    }
    let detailed = !args.references.is_empty() || all.len() <= DETAILED_MAX;
    for stands in all.iter().filter(|_| !portfolio) {
        evidence.about = Some(stands.standing.id.clone());
        let (own, style) = figures(context, evidence, args.window.0);
        let plots = match detailed {
            true => charts::all(&style, &own, Some(&stands.standing)),
            false => charts::few(&style, &own, &stands.standing),
        };
        let title = format!("{} ({})", stands.title, stands.standing.id);
        let blocks = vec![Block::List(stands.reasons(evidence.today())), Block::Plots(plots)];
        report.sections.push(Section { title, blocks });
    }
    evidence.about = None;
    Ok(Made { report, doc })
}

/// Every open milestone.
fn open(evidence: &Evidence) -> Vec<Slug> {
    let milestones = evidence.facts.milestones.values();
    let open = milestones.filter(|held| held.life.open_at(evidence.now));
    open.map(|held| held.id.clone()).collect()
}

/// The burn-up of a milestone, for its row.
fn small(evidence: &Evidence, stands: &Stands, days: u32) -> Vec<(f64, f64)> {
    let (facts, extent) = (&evidence.facts, Extent::Milestone(&stands.standing.id));
    let window = Window::before(evidence.today(), days, facts.first_day(extent));
    let burns = burn(facts, extent, window);
    burns.iter().map(|burn| (burn.scope, burn.done)).collect()
}
