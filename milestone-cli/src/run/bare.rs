//! Documents of commands that need no project, and of what was only to be tried.
//!
//! Start at [`bare`] and [`planned`]. Documents about a project say its name and its heads: they
//! are made beside the commands that look and those that change.

use schemars::JsonSchema;
use serde::Serialize;

use super::context::{Context, Output, Ran};
use crate::ui::error::{Exit, Problem};
use crate::ui::json::{Envelope, Meta};

/// What would have been done.
#[derive(Serialize, JsonSchema)]
pub(super) struct Planned<'a> {
    dry_run: bool,
    /// The rest of a sentence that begins with "would".
    would: &'a str,
}

/// A document that names no project.
pub(super) fn bare<T: Serialize>(context: &Context, kind: &str, data: T) -> Ran {
    let meta = Meta { level: context.style.level, ..Meta::default() };
    let text = Envelope::new(kind, data, meta).render(context.style.tty);
    text.map(Output::of)
        .map_err(|error| Box::new(Problem::new("json.failed", Exit::Failed, error.to_string())))
}

/// What a command prints that was told to write nothing, and is followed by nothing else.
pub(super) fn planned(context: &Context, would: &str) -> Ran {
    match context.json() {
        true => bare(context, "planned", Planned { dry_run: true, would }),
        false => {
            let text = format!("Would {would}\n");
            Ok(Output::of(text).say("Nothing was written (--dry-run)."))
        }
    }
}
