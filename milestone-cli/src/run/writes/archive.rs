//! `archive`: putting milestones away, with a look back at each.
//!
//! Start at [`archive`].
//!
//! - **Invariant.** Only words are recorded; what can be worked out from the log never is.

use std::cell::RefCell;

use milestone_core::domain::Command;
use milestone_core::words::Slug;

use super::super::context::{Context, Ran};
use super::super::reads;
use super::act::act;
use super::flow::{listed, targets};
use super::input;
use crate::args::report::ArchiveArgs;
use crate::ui::error::Exit;

/// `milestone archive`.
pub(in crate::run) fn archive(context: &mut Context, args: &ArchiveArgs) -> Ran {
    let targets = targets(context, &args.references)?;
    let review = match &args.file {
        Some(file) => Some(input::text_from(context, file)?),
        None => args.review.clone(),
    };
    let put_away: RefCell<Vec<Slug>> = RefCell::default();
    let mut output = act(context, &Command::Archive { targets, review }, None, |told| {
        let ids = told.things().iter().filter_map(|thing| Slug::new(thing.home()).ok()).collect();
        put_away.replace(ids);
        listed(told, "Archived").way_back()
    })?;
    let ids = put_away.into_inner();
    if output.exit == Exit::Ok && !ids.is_empty() {
        output.stdout.push_str(&reads::looks_back(context, &ids)?);
    }
    Ok(output)
}
