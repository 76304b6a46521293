//! `status`: how open milestones fare, and why it says so.
//!
//! Start at [`run`]. What is said is worked out in `standing`.

use super::evidence::{Evidence, date};
use super::print::Listing;
use super::standing::{Stands, chosen, summary, table};
use crate::args::report::StatusArgs;
use crate::run::context::{Context, Ran};
use crate::ui::fold::folded;
use crate::ui::glyph::Paint;
use crate::ui::style::Style;
use crate::ui::text::sanitize;
use crate::ui::{dates, health};

/// Says how open milestones fare.
pub(super) fn run(context: &mut Context, args: &StatusArgs) -> Ran {
    let evidence = Evidence::of(context)?;
    let ids = chosen(context, &evidence, &args.references, "status")?;
    let all = Stands::of(&evidence, &ids, args.window.0);
    let style = &context.style;
    Listing {
        verb: "status",
        kind: "milestone.status",
        table: || table(&evidence, &all),
        items: || all.iter().map(|stands| stands.doc(&evidence)).collect(),
        text: Some(&|| text(style, &evidence, &all)),
        md: Some(&|| markdown(&evidence, &all)),
        total: Some(all.len()),
        empty: match args.references.is_empty() {
            true => summary(&all) + ".",
            false => "None of them is open: milestone report retro REF looks back.".to_owned(),
        },
        hints: Vec::new(),
    }
    .print(context, &evidence.moment)
}

fn text(style: &Style, evidence: &Evidence, all: &[Stands]) -> String {
    if all.is_empty() {
        return String::new();
    }
    let ruler = style.ruler();
    let mut out = Paint::Heading.over(&summary(all), style.color) + "\n";
    for stands in all {
        let held = &stands.standing;
        let word = health::word(held.health);
        let title = sanitize(&stands.title);
        let due = held.due.map(|due| {
            let (due, today) = (date(due), date(evidence.today()));
            format!("due {}, {}", dates::with_day(due), dates::left(due, today))
        });
        let due = due.unwrap_or_else(|| "no due date".to_owned());
        let done = format!("{}%, {} of {} tasks done", stands.progress, held.done, held.kept);
        let reasons = stands.reasons(evidence.today());
        if style.accessible {
            let why: Vec<String> = reasons.iter().map(|reason| sentence(reason)).collect();
            out.push_str(&format!("{title}. {word}. {done}, {due}. {}\n", why.join(" ")));
            continue;
        }
        let mark = health::mark(held.health, style.glyphs);
        let marked = format!("{mark} {word}");
        let marked = health::paint(held.health).over(marked.trim_start(), style.color);
        let room = style.width.saturating_sub(ruler.width(word) + mark.len() + 3);
        let title = ruler.clip(&format!("{title} ({})", held.id), room);
        out.push_str(&format!("\n{title}  {marked}\n"));
        for line in std::iter::once(format!("{done}; {due}")).chain(reasons) {
            out.push_str(&folded(&format!("  {line}"), style));
        }
    }
    out
}

/// A reason as a sentence, for reading aloud.
fn sentence(reason: &str) -> String {
    let mut letters = reason.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}

fn markdown(evidence: &Evidence, all: &[Stands]) -> String {
    use crate::ui::markdown::escape;
    let mut out = format!("{}\n\n", escape(&summary(all)));
    out.push_str("| Milestone | Health | Progress | Due | Why |\n");
    out.push_str("| --- | --- | ---: | --- | --- |\n");
    for stands in all {
        let held = &stands.standing;
        let due = held.due.map_or_else(|| "-".to_owned(), |due| date(due).to_string());
        let why = stands.reasons(evidence.today()).join("; ");
        out.push_str(&format!(
            "| {} | {} | {}% ({}/{}) | {due} | {} |\n",
            escape(&stands.title),
            health::word(held.health),
            stands.progress,
            held.done,
            held.kept,
            escape(&why),
        ));
    }
    out
}
