//! `report retro`: what became of the milestones that ended.
//!
//! Start at [`made`].

use milestone_analytics::figures::{Window, burn, nearest_rank};
use milestone_core::words::Slug;

use super::super::evidence::{Evidence, date};
use super::super::look_back::LookBack;
use super::super::standing::chosen;
use super::super::stats::{Figures, StatsDoc, clock_time};
use super::{Made, ReportDoc, charts, head};
use crate::args::report::ReportArgs;
use crate::run::context::Context;
use crate::ui::dates;
use crate::ui::error::Problem;
use crate::ui::report::{Block, Grid, Report, Section};
use crate::ui::style::Style;
use crate::ui::table::{Cell, Column, Fit, Table};

/// Makes the report.
pub(super) fn made(
    context: &mut Context,
    evidence: &mut Evidence,
    args: &ReportArgs,
) -> Result<Made, Box<Problem>> {
    let whole = Figures::of(evidence, args.window.0);
    let window = whole.window;
    let all = looks(context, evidence, args, window)?;
    let style = Style { accessible: true, ..context.style };
    let (title, about) = head(evidence, "Retrospective", window);
    let mut report = Report { title, answer: answer(&all), about, sections: Vec::new() };
    if !all.is_empty() {
        let grid = Grid { table: table(&all), burns: Vec::new() };
        let blocks = vec![Block::Grid(grid)];
        report.sections.push(Section { title: "Milestones".to_owned(), blocks });
    }
    let doc = ReportDoc {
        report: "retro",
        title: report.title.clone(),
        answer: report.answer.clone(),
        from: date(window.from).to_string(),
        to: date(window.to).to_string(),
        milestones: Vec::new(),
        reviews: all.iter().map(LookBack::doc).collect(),
        figures: Some(StatsDoc::of(evidence, &whole)),
    };
    for look in &all {
        let mut blocks = vec![Block::Facts(look.facts())];
        let words = look.words().into_iter();
        blocks.extend(words.map(|(by, text)| Block::Words { by, text }));
        blocks.extend(life(evidence, &style, look));
        let title = format!("{} ({})", look.title, look.id);
        report.sections.push(Section { title, blocks });
    }
    if args.references.is_empty() {
        let blocks = vec![
            Block::Plots(charts::all(&style, &whole, None)),
            Block::Facts(charts::beside(&whole)),
        ];
        report.sections.push(Section { title: "The project".to_owned(), blocks });
    }
    Ok(Made { report, doc })
}

/// The milestones that are named, else those that ended in the window; the last to end first.
fn looks(
    context: &mut Context,
    evidence: &Evidence,
    args: &ReportArgs,
    window: Window,
) -> Result<Vec<LookBack>, Box<Problem>> {
    let named = !args.references.is_empty();
    let ids: Vec<Slug> = match named {
        true => chosen(context, evidence, &args.references, "report retro")?,
        false => evidence.facts.milestones.keys().cloned().collect(),
    };
    let (facts, state) = (&evidence.facts, &evidence.moment.state);
    let looks = ids.iter().filter_map(|id| LookBack::of(facts, state, evidence.now, id));
    let ended = |look: &LookBack| look.review.ended.is_some_and(|day| window.holds(day));
    let mut all: Vec<LookBack> = looks.filter(|look| named || ended(look)).collect();
    all.sort_by_key(|look| (std::cmp::Reverse(look.review.ended), look.id.clone()));
    Ok(all)
}

fn answer(all: &[LookBack]) -> String {
    let completed: Vec<&LookBack> = all.iter().filter(|look| look.review.completed).collect();
    let cancelled = all.iter().filter(|look| look.review.ended.is_some()).count() - completed.len();
    let mut late: Vec<i64> = completed.iter().filter_map(|look| look.review.late()).collect();
    late.sort_unstable();
    let on_time = late.iter().filter(|days| **days <= 0).count();
    let mut answer = match completed.len() {
        0 => "No milestone was completed".to_owned(),
        1 => "1 milestone was completed".to_owned(),
        many => format!("{many} milestones were completed"),
    };
    if cancelled > 0 {
        answer.push_str(&format!(", {cancelled} cancelled"));
    }
    if let Some(middle) = nearest_rank(&late, 50) {
        let how = match middle {
            0 => "on the day".to_owned(),
            days @ 1.. => format!("{} after it", dates::days(days.unsigned_abs())),
            days => format!("{} before it", dates::days(days.unsigned_abs())),
        };
        let of = late.len();
        answer
            .push_str(&format!("; {on_time} of {of} by the first due date, half {how} or sooner"));
    }
    answer + "."
}

/// The burn-up of its whole life.
fn life(evidence: &mut Evidence, style: &Style, look: &LookBack) -> Option<Block> {
    evidence.about = Some(look.id.clone());
    let (facts, extent) = (&evidence.facts, evidence.extent());
    let last = look.review.ended.unwrap_or(evidence.today());
    let from = facts.first_day(extent).or(look.review.begun).unwrap_or(last).min(last);
    let window = Window { from, to: last };
    let mut figures = Figures::of(evidence, 1);
    figures.burn = burn(facts, extent, window);
    figures.window = window;
    let mut plot = charts::burn_up(style, &figures, None);
    if let Some(crate::ui::plot::Kind::Lines { due, .. }) = plot.as_mut().map(|plot| &mut plot.kind)
    {
        *due = look.review.first_due;
    }
    evidence.about = None;
    plot.map(|plot| Block::Plots(vec![plot]))
}

pub(super) fn table(all: &[LookBack]) -> Table {
    let columns = vec![
        Column::new("ref", "REF", Fit::Key),
        Column::new("title", "TITLE", Fit::Text),
        Column::new("ended", "ENDED", Fit::Key),
        Column::new("late_days", "LATE", Fit::Key).right(),
        Column::new("slips", "SLIPS", Fit::Count).right(),
        Column::new("days", "DAYS", Fit::Count).right(),
        Column::new("tasks_done", "DONE", Fit::Count).right(),
        Column::new("tasks_added", "ADDED", Fit::Extra).right(),
        Column::new("tasks_cancelled", "CANCELLED", Fit::Extra).right(),
        Column::new("tasks_moved_away", "MOVED", Fit::Extra).right(),
        Column::new("accuracy_percent", "ESTIMATE", Fit::Extra).right(),
        Column::new("blocked_minutes", "BLOCKED", Fit::Extra).right(),
    ];
    let count = |count: Option<u64>| Cell::new(count.map(|n| n.to_string()).unwrap_or_default());
    let row = |look: &LookBack| {
        let (review, counts) = (&look.review, look.review.tasks);
        let late = review.late().map(|days| days.to_string()).unwrap_or_default();
        let ended = review.ended.map(|day| date(day).to_string()).unwrap_or_default();
        let accuracy = review.accuracy().map(|percent| percent.to_string());
        let accuracy = accuracy.unwrap_or_default();
        let shown = if accuracy.is_empty() { String::new() } else { format!("{accuracy}%") };
        vec![
            Cell::new(look.id.as_str()),
            Cell::new(&look.title),
            Cell::new(ended),
            Cell::new(late),
            count(Some(review.slips.len() as u64)),
            count(review.days().map(u64::from)),
            count(Some(counts.done.into())),
            count(Some(counts.added.into())),
            count(Some(counts.cancelled.into())),
            count(Some(counts.moved_away.into())),
            Cell::new(shown).plain(accuracy),
            Cell::new(clock_time(review.blocked.minutes)).plain(review.blocked.minutes.to_string()),
        ]
    };
    Table { columns, rows: all.iter().map(row).collect() }
}
