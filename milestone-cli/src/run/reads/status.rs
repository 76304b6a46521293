//! `status`: how open milestones fare, and why it says so.
//!
//! Start at [`run`]. What is said is worked out in `standing`.

use milestone_analytics::health::Health;
use milestone_analytics::{Extent, TaskFacts};
use milestone_core::words::Timestamp;

use super::evidence::{Evidence, date};
use super::print::{Listing, talks};
use super::standing::{Stands, chosen, summary, table};
use crate::args::report::StatusArgs;
use crate::args::usage::quoted;
use crate::args::values::Window;
use crate::run::context::{Context, Ran};
use crate::ui::glyph::Paint;
use crate::ui::style::Style;
use crate::ui::text::sanitize;
use crate::ui::{dates, health};

/// How far back is looked where the usual window has too little.
const LONGER_DAYS: u32 = 364;

/// Says how open milestones fare.
pub(super) fn run(context: &mut Context, args: &StatusArgs) -> Ran {
    let evidence = Evidence::of(context)?;
    let ids = chosen(context, &evidence, &args.references, "status")?;
    let all = Stands::of(&evidence, &ids, args.window.0);
    let style = &context.style;
    let hint = longer(&evidence, &all, args);
    let output = Listing {
        verb: "status",
        kind: "milestone.status",
        table: || table(&evidence, &all),
        items: || all.iter().map(|stands| stands.doc(&evidence)).collect(),
        text: Some(&|| text(style, &evidence, &all)),
        md: Some(&|| markdown(&evidence, &all)),
        total: Some(all.len()),
        empty: match args.references.is_empty() {
            true => nobody(&evidence),
            false => "None of them is open: milestone report retro REF looks back.".to_owned(),
        },
        hints: hint.iter().cloned().collect(),
    }
    .print(context, &evidence.moment)?;
    Ok(match hint.filter(|_| talks(context) && context.hints()) {
        Some(hint) => output.say(format!("A longer look back may have enough history: {hint}")),
        None => output,
    })
}

/// What is said where there is no milestone to judge: what there is, and how to see it.
fn nobody(evidence: &Evidence) -> String {
    let milestones = evidence.facts.milestones.values();
    let (mut open, mut closed, mut any) = (0, 0, None);
    for held in milestones {
        match held.life.open_at(evidence.now) {
            true => (open, any) = (open + 1, any.or(Some(&held.id))),
            false if held.life.stage_at(evidence.now).is_some() => closed += 1,
            false => {}
        }
    }
    let milestones = |count: usize| match count {
        1 => "1 milestone is".to_owned(),
        count => format!("{count} milestones are"),
    };
    match (any, closed) {
        (Some(id), _) => format!(
            "{} open, none of them begun or with a due date. To see one: milestone status {}",
            milestones(open),
            quoted(id.as_str()),
        ),
        (None, 0) => "No milestones yet. Begin with: milestone new TITLE".to_owned(),
        (None, closed) => format!(
            "{} closed, and none is open. All of them: milestone list --all",
            milestones(closed),
        ),
    }
}

/// The command that looks further back, where that may say what nobody can say now.
fn longer(evidence: &Evidence, all: &[Stands], args: &StatusArgs) -> Option<String> {
    let unknown = |stands: &Stands| stands.standing.health == Health::NotEnoughHistory;
    let before = evidence.today() - i64::from(args.window.0);
    let earlier = |(_, at): &(&TaskFacts, Timestamp)| evidence.facts.day(*at) <= before;
    let finished =
        || evidence.facts.finished(Extent::Project, evidence.now).any(|task| earlier(&task));
    let worth = args.window.0 < LONGER_DAYS && all.iter().any(unknown) && finished();
    worth.then(|| {
        let names: String =
            args.references.iter().map(|name| format!(" {}", quoted(name))).collect();
        format!("milestone status{names} --window {}", Window(LONGER_DAYS))
    })
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
            out.push_str(&format!("  {line}\n"));
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
