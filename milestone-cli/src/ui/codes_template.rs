//! The error codes of templates.
//!
//! Start at [`CODES`]; everything said in `codes` holds here.

use super::super::error::Exit;
use super::{Code, row};

/// By name.
pub(super) const CODES: &[Code] = &[
    row(
        "template.bad",
        Exit::Integrity,
        "a template's file is not as it should be",
        "milestone template check NAME, and mend the lines",
    ),
    row(
        "template.exists",
        Exit::Refused,
        "the project has a template of that name",
        "give another name, or save with --replace",
    ),
    row(
        "template.name",
        Exit::Usage,
        "a template cannot be called that",
        "use a-z, 0-9 and -, such as release",
    ),
    row(
        "template.no_title",
        Exit::Usage,
        "a template was named, but no title",
        "milestone quickstart TEMPLATE TITLE",
    ),
    row(
        "template.not_found",
        Exit::NotFound,
        "no template is called that",
        "milestone template list",
    ),
    row(
        "template.not_sayable",
        Exit::Refused,
        "the milestone has a text that no template can say",
        "mend the text that is named, and save again",
    ),
    row(
        "template.unreadable",
        Exit::NotFound,
        "the templates of the project cannot be read",
        "mend the permissions of .milestones/templates",
    ),
    row(
        "template.unwritable",
        Exit::NotRecorded,
        "the file of the template cannot be written",
        "mend the permissions of .milestones/templates",
    ),
];
