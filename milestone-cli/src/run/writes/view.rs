//! `view save` and `view remove`.
//!
//! - **Invariant.** A view is a query when it is saved, and is kept as it was typed.

use milestone_core::domain::{Command, Plan};
use milestone_core::query::{VIEW_PREFIX, views};
use milestone_core::words::Slug;

use super::super::context::{Context, Ran};
use super::super::query::{Asked, no_view};
use super::act::act;
use super::told::Said;
use crate::args::usage::quoted;
use crate::args::view::ViewSaveArgs;
use crate::ui::error::{Exit, Problem};
use crate::ui::text::sanitize;

/// Saves a query under a name.
pub(in crate::run) fn save(context: &mut Context, args: &ViewSaveArgs) -> Ran {
    let (name, text) = (args.name.as_str(), args.query.join(" "));
    if let Err(fault) = Slug::check(name) {
        let message = format!("\"{name}\" cannot be the name of a view: {fault}");
        return Err(Box::new(
            Problem::new("view.name", Exit::Usage, message)
                .unchanged()
                .hint("milestone view save soon 'due<+7d'"),
        ));
    }
    let state = context.project()?.state().clone();
    let asked = Asked::read_as(context, &state, &args.query, Some((name, &text)))?;
    if asked.query.after.is_some() {
        return Err(Box::new(
            Problem::new("view.cursor", Exit::Usage, "a view has no cursor: it is a whole list")
                .unchanged()
                .hint("leave cursor: out"),
        ));
    }
    let taken = views(&state.project()).into_iter().find(|view| view.name == name);
    let (key, value) = (format!("{VIEW_PREFIX}{name}"), Some(text.clone()));
    act(context, &Command::ChangeSetting { key, value }, None, |_| {
        let mut said = Said::of(format!("Saved view {name}: {}\n", sanitize(&text)));
        if let Some(before) = taken {
            said.stderr.push(format!("It was: {}", sanitize(&before.query)));
        }
        said.next(Some(format!("list view:{}", quoted(name))))
    })
}

/// Removes a view.
pub(in crate::run) fn remove(context: &mut Context, name: &str) -> Ran {
    let all = views(&context.project()?.state().project());
    if all.iter().all(|view| view.name != name) {
        return Err(no_view(&all, name));
    }
    let key = format!("{VIEW_PREFIX}{name}");
    act(context, &Command::ChangeSetting { key, value: None }, None, |_| {
        Said::of(format!("Removed view {name}\n")).way_back()
    })
}
