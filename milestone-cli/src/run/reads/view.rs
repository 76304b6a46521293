//! `view list` and `view show`.
//!
//! - **Invariant.** What another clone saved under the same name is shown until the view is saved
//!   or removed again.

use milestone_core::domain::Plan;
use milestone_core::query::{SavedView, views};
use schemars::JsonSchema;
use serde::Serialize;

use super::print::{self, Listing, PAGE, object, talks, under_banner};
use crate::args::global::Format;
use crate::run::context::{Context, Output, Ran};
use crate::run::query::no_view;
use crate::ui::table::{Cell, Column, Fit, Table};
use crate::ui::text::sanitize;

/// A row of `view.list`.
#[derive(Serialize, JsonSchema)]
pub(super) struct ViewDoc<'a> {
    name: &'a str,
    query: &'a str,
    others: &'a [Option<String>],
}

impl<'a> ViewDoc<'a> {
    fn of(view: &'a SavedView) -> Self {
        Self { name: &view.name, query: &view.query, others: &view.others }
    }
}

/// Lists the views.
pub(super) fn list(context: &mut Context) -> Ran {
    let moment = context.moment()?;
    let all = views(&moment.state.project());
    let table = || {
        let columns =
            vec![Column::new("name", "NAME", Fit::Key), Column::new("query", "QUERY", Fit::Text)];
        let row = |view: &SavedView| vec![Cell::new(&view.name), Cell::new(&view.query)];
        Table { columns, rows: all.iter().map(row).collect() }
    };
    let mut output = Listing {
        verb: "view list",
        kind: "view.list",
        table,
        items: || all.iter().map(ViewDoc::of).collect(),
        text: None,
        md: None,
        total: Some(all.len()),
        empty: "No views. Save one with: milestone view save NAME QUERY".to_owned(),
        hints: Vec::new(),
    }
    .print(context, &moment)?;
    for view in all.iter().filter(|view| !view.others.is_empty() && talks(context)) {
        output = output.say(format!("{0} was saved twice: milestone view show {0}", view.name));
    }
    Ok(output)
}

/// Shows one view.
pub(super) fn show(context: &mut Context, name: &str) -> Ran {
    let moment = context.moment()?;
    let all = views(&moment.state.project());
    let Some(view) = all.iter().find(|view| view.name == name) else {
        return Err(no_view(&all, name));
    };
    if print::format(context, "view show", PAGE, false)? == Format::Json {
        let text = object(context, &moment, "view.show", &ViewDoc::of(view))?;
        return Ok(under_banner(context, &moment, text));
    }
    let text = format!("{}\n", sanitize(&view.query));
    let mut output = Output { as_is: true, ..under_banner(context, &moment, text) };
    for other in view.others.iter().filter(|_| talks(context)) {
        output = output.say(match other {
            Some(query) => format!("Another clone saved: {}", sanitize(query)),
            None => "Another clone removed it.".to_owned(),
        });
    }
    Ok(output)
}
