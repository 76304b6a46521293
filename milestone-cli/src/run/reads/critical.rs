//! `dep critical`: what must not slip, and how much everything else may.
//!
//! - **Invariant.** Times are working time from now, as estimates are; no calendar is laid on them.

use milestone_analytics::critical::{ESTIMATE_MINUTES_DEFAULT, Schedule, ScheduleRow};
use milestone_core::domain::reference_of;
use milestone_core::words::StreamId;
use schemars::JsonSchema;
use serde::Serialize;

use super::{print, refs};
use crate::args::dep::DepTreeArgs;
use crate::run::context::{Context, Ran};
use crate::run::ties::minutes;
use crate::run::views::title_of;
use crate::ui::table::{Cell, Column, Fit, Table};
use crate::ui::text::sanitize;

/// A row of `dep.critical`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct CriticalDoc {
    r#ref: String,
    title: String,
    critical: bool,
    /// The place on the critical path that is shown, from 1.
    path_step: Option<usize>,
    minutes: i64,
    /// True if no estimate says so; of a milestone with open tasks, if none says so of one of them.
    guessed: bool,
    early_start: i64,
    early_finish: i64,
    late_start: i64,
    late_finish: i64,
    total_float: i64,
    free_float: i64,
}

/// Shows the critical path and the floats of what is open.
pub(super) fn run(context: &mut Context, args: &DepTreeArgs) -> Ran {
    let moment = context.moment()?;
    let state = &moment.state;
    let about = match &args.reference {
        Some(asked) => Some(refs::find(context, &moment, asked, "dep critical")?),
        None => None,
    };
    let schedule = Schedule::of(state, about.as_ref());
    let step =
        |stream: &StreamId| schedule.path.iter().position(|on| on == stream).map(|at| at + 1);
    let doc = |row: &ScheduleRow| CriticalDoc {
        r#ref: row.reference.clone(),
        title: title_of(state, &row.stream),
        critical: row.total_float == 0,
        path_step: step(&row.stream),
        minutes: row.minutes,
        guessed: row.guessed,
        early_start: row.early_start,
        early_finish: row.early_finish,
        late_start: row.late_start,
        late_finish: row.late_finish,
        total_float: row.total_float,
        free_float: row.free_float,
    };
    let docs: Vec<CriticalDoc> = schedule.rows.iter().map(doc).collect();
    let says = || -> String {
        let mut out = table(&docs).render(&context.style);
        out.push_str(&summary(context, &schedule, |on| reference_of(state, on)));
        out
    };
    print::Listing {
        verb: "dep critical",
        kind: "dep.critical",
        table: || table(&docs),
        items: || docs.clone(),
        text: Some(&says),
        md: None,
        total: Some(docs.len()),
        empty: "Nothing is open.".to_owned(),
        hints: Vec::new(),
    }
    .print(context, &moment)
}

fn table(docs: &[CriticalDoc]) -> Table {
    let columns = vec![
        Column::new("ref", "REF", Fit::Key),
        Column::new("takes", "TAKES", Fit::Key),
        Column::new("early_start", "FROM", Fit::Key),
        Column::new("early_finish", "TO", Fit::Key),
        Column::new("late_start", "LATEST FROM", Fit::Count),
        Column::new("late_finish", "LATEST TO", Fit::Count),
        Column::new("total_float", "FLOAT", Fit::Key),
        Column::new("free_float", "FREE", Fit::Count),
        Column::new("critical", "", Fit::Key),
    ];
    let row = |doc: &CriticalDoc| {
        let guess = if doc.guessed { "?" } else { "" };
        vec![
            Cell::new(&doc.r#ref),
            Cell::new(format!("{}{guess}", minutes(doc.minutes))),
            Cell::new(minutes(doc.early_start)),
            Cell::new(minutes(doc.early_finish)),
            Cell::new(minutes(doc.late_start)),
            Cell::new(minutes(doc.late_finish)),
            Cell::new(minutes(doc.total_float)),
            Cell::new(minutes(doc.free_float)),
            Cell::new(if doc.critical { "critical" } else { "" }),
        ]
    };
    Table { columns, rows: docs.iter().map(row).collect() }
}

fn summary(context: &Context, schedule: &Schedule, name: impl Fn(&StreamId) -> String) -> String {
    if schedule.rows.is_empty() {
        return String::new();
    }
    let arrow =
        if context.style.glyphs == crate::ui::glyph::Glyphs::Ascii { " -> " } else { " → " };
    let path: Vec<String> = schedule.path.iter().map(name).collect();
    let on_path = schedule.rows.iter().filter(|row| schedule.path.contains(&row.stream));
    let guess = if on_path.into_iter().any(|row| row.guessed) { "?" } else { "" };
    let end = format!("{}{guess}", minutes(schedule.end));
    let mut out =
        format!("\nCritical path: {}\nEnd: {end} of work from now", sanitize(&path.join(arrow)));
    if schedule.guessed > 0 {
        let guess = minutes(ESTIMATE_MINUTES_DEFAULT.into());
        out.push_str(&format!("\n? no estimate: {guess} is taken ({} such)", schedule.guessed));
    }
    if schedule.elsewhere > 0 {
        let count = schedule.elsewhere;
        out.push_str(&format!("\nLeft out: {count} waiting for other projects"));
    }
    out.push('\n');
    out
}
