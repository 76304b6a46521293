//! The page `docs/queries.md`, made of the tables of the vocabulary.
//!
//! - **Invariant.** What the page names can be typed: its examples are parsed by a test.

use std::fmt::Write;

use super::field::{FIELDS, FLAGS};

/// Prints the page.
pub fn queries_page() -> String {
    let mut page = String::from(include_str!("page/begin.md"));
    page.push_str("| flag | means |\n| --- | --- |\n");
    for flag in FLAGS {
        writeln!(page, "| `{}` | {} |", flag.name, flag.about).expect("a string takes it all");
    }
    page.push_str(include_str!("page/fields.md"));
    page.push_str("| field | also | values | sort | may be absent | is |\n");
    page.push_str("| --- | --- | --- | --- | --- | --- |\n");
    for spec in FIELDS {
        let also: Vec<String> = spec.aliases.iter().map(|alias| format!("`{alias}`")).collect();
        let yes = |yes: bool| if yes { "yes" } else { "" };
        let (sort, optional) = (yes(spec.sortable), yes(spec.optional));
        let (name, also, values, about) = (spec.name, also.join(", "), spec.values, spec.about);
        writeln!(page, "| `{name}` | {also} | {values} | {sort} | {optional} | {about} |")
            .expect("a string takes it all");
    }
    page.push_str(include_str!("page/end.md"));
    page
}
