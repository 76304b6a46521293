//! `search`: milestones and tasks by their words.
//!
//! - **Invariant.** The same is found at every backend, and at every moment that `--as-of` names.

use milestone_core::domain::reference_of;
use milestone_core::projection::State;
use milestone_project::{COUNTED_MAX, Found, Hit, search_state};
use schemars::JsonSchema;
use serde::Serialize;

use super::print::{Listing, talks};
use crate::args::search::SearchArgs;
use crate::run::context::{Context, Ran};
use crate::run::views::title_of;
use crate::ui::error::{Exit, Problem};
use crate::ui::table::{Cell, Column, Fit, Table};

/// An item of `search`.
#[derive(Serialize, JsonSchema)]
pub(super) struct HitDoc {
    r#ref: String,
    title: String,
    kind: &'static str,
    snippet: Vec<PieceDoc>,
}

#[derive(Serialize, JsonSchema)]
struct PieceDoc {
    text: String,
    found: bool,
}

impl HitDoc {
    fn of(state: &State, hit: &Hit) -> Self {
        let piece = |(text, found): &(String, bool)| PieceDoc { text: text.clone(), found: *found };
        Self {
            r#ref: reference_of(state, &hit.stream),
            title: title_of(state, &hit.stream),
            kind: if hit.stream.is_task() { "task" } else { "milestone" },
            snippet: hit.snippet.iter().map(piece).collect(),
        }
    }
}

/// Searches.
pub(super) fn run(context: &mut Context, args: &SearchArgs) -> Ran {
    let moment = context.moment()?;
    let text = args.words.join(" ");
    let limit = usize::try_from(args.limit).unwrap_or(usize::MAX);
    let found = match moment.as_of {
        None => context.project()?.search(&text, limit),
        Some(_) => search_state(&moment.state, &text, limit),
    };
    let Found { hits, total } = found.map_err(|error| {
        let problem = Problem::new("search.failed", Exit::Failed, error.to_string());
        Box::new(problem.hint("milestone list"))
    })?;
    let state = &moment.state;
    let docs: Vec<HitDoc> = hits.iter().map(|hit| HitDoc::of(state, hit)).collect();
    let table = || {
        let columns = vec![
            Column::new("ref", "REF", Fit::Key),
            Column::new("title", "TITLE", Fit::Text),
            Column::new("snippet", "FOUND", Fit::Text),
        ];
        let row = |doc: &HitDoc| {
            let snippet: String = doc.snippet.iter().map(|piece| piece.text.as_str()).collect();
            let snippet = snippet.split_whitespace().collect::<Vec<_>>().join(" ");
            vec![Cell::new(&doc.r#ref), Cell::new(&doc.title), Cell::new(snippet)]
        };
        Table { columns, rows: docs.iter().map(row).collect() }
    };
    let output = Listing {
        verb: "search",
        kind: "search",
        table,
        items: || hits.iter().map(|hit| HitDoc::of(state, hit)).collect(),
        text: None,
        md: None,
        total,
        empty: "Nothing found.".to_owned(),
        hints: Vec::new(),
    }
    .print(context, &moment)?;
    let more = match total {
        Some(total) => (total > hits.len()).then(|| (total - hits.len()).to_string()),
        None => Some(format!("over {}", COUNTED_MAX.saturating_sub(hits.len()))),
    };
    Ok(match more.filter(|_| talks(context)) {
        Some(more) => output.say(format!("{more} more: give another word, or a greater --limit")),
        None => output,
    })
}
