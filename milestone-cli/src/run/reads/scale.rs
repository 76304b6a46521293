//! `scale`: what was counted, which backend follows, and what comes next.
//!
//! - **Absent on purpose.** Moving: see `migrate`. And backends of the past: with `--as-of` the
//!   counts are those of then, the backend and the thresholds those of now.

use milestone_project::Scale;

use super::evidence::moment_of;
use super::print::{self, REPORT, under_banner};
use crate::args::global::Format;
use crate::run::backend::{ScaleDoc, counted, reason};
use crate::run::context::{Context, Ran};
use crate::ui::text::sanitize;

/// Explains the backend.
pub(super) fn run(context: &mut Context) -> Ran {
    let format = print::format(context, "scale", REPORT, false)?;
    let moment = context.moment()?;
    let (now, _) = moment_of(context, &moment)?;
    let scale = Scale::of(&moment.state, now);
    let project = context.project()?;
    let (doc, policy) = (ScaleDoc::of(project, &scale), *project.policy());
    let stdout = match format {
        Format::Json => print::object(context, &moment, "scale", &doc)?,
        _ => {
            let mut lines = vec![
                ("Backend", format!("{}, {}", doc.backend, chosen(&doc))),
                ("Milestones", milestones(&doc)),
                ("People", people(&doc)),
                ("Fits", format!("{}: {}", doc.fits, reason(&policy, doc.fits))),
            ];
            lines.push(("Next", next(&doc)));
            lines.iter().map(|(label, text)| format!("{label:<12}{text}\n")).collect()
        }
    };
    Ok(under_banner(context, &moment, stdout))
}

fn chosen(doc: &ScaleDoc) -> String {
    match (doc.choice, doc.stays) {
        ("auto", true) => {
            "chosen by hand: it stays until milestone migrate run is asked to move it".to_owned()
        }
        ("auto", false) => "found by counting (storage.backend = auto)".to_owned(),
        (backend, _) if backend == doc.backend.name() => {
            format!("pinned (storage.backend = {backend})")
        }
        (backend, _) => format!("until the next command: pinned to {backend} (storage.backend)"),
    }
}

fn milestones(doc: &ScaleDoc) -> String {
    match doc.archived {
        0 => doc.milestones.to_string(),
        archived => format!("{}, not counting {archived} archived", doc.milestones),
    }
}

fn people(doc: &ScaleDoc) -> String {
    let days = milestone_project::PEOPLE_DAYS;
    match doc.people.as_slice() {
        [] => format!("0 in the last {days} days; agents do not count"),
        people => {
            let names = sanitize(&people.join(", ")).into_owned();
            format!("{} in the last {days} days: {names}; agents do not count", people.len())
        }
    }
}

fn next(doc: &ScaleDoc) -> String {
    let Some(next) = doc.next else { return "nothing: there is no larger backend".to_owned() };
    let milestones = counted(next.milestones, "more milestone", "more milestones");
    let people = counted(next.people, "more person", "more people");
    let comes = format!("{} with {milestones} or {people}", next.backend);
    match doc.choice == "auto" && !doc.stays && doc.backend < next.backend {
        true => comes,
        false => format!("{comes}, if it were found by counting"),
    }
}
