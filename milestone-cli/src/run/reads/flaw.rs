//! The words for what is wrong with a log and with a plan, and the commands that mend it.
//!
//! Start at [`of_flaw`] and [`of_log`].

use milestone_core::domain::reference_of;
use milestone_core::log::{Finding, Level, Oddity};
use milestone_core::projection::State;
use milestone_core::words::StreamId;
use milestone_project::{Flaw, FlawKind};

use super::validate::Found;
use crate::args::usage::quoted;

/// A finding of the log.
pub(super) fn of_log(finding: &Finding) -> Found {
    let placed = finding.line > 0;
    let level = finding.oddity.level();
    Found {
        check: "standard",
        level: level.name(),
        file: (!finding.file.is_empty()).then(|| finding.file.clone()),
        line: placed.then_some(finding.line),
        offset: placed.then_some(finding.offset),
        r#ref: None,
        what: finding.oddity.to_string(),
        mend: mend_of_log(finding).filter(|_| level > Level::Info),
    }
}

fn mend_of_log(finding: &Finding) -> Option<String> {
    let file = || quoted(&format!(".milestones/log/{}", finding.file));
    Some(match &finding.oddity {
        Oddity::ConflictMarker | Oddity::NotARecord(_) => {
            format!("milestone log merge {}", file())
        }
        Oddity::WrongHash(_)
        | Oddity::MissingRecord(_)
        | Oddity::MissingRead { .. }
        | Oddity::MissingAnchor(_)
        | Oddity::Rewritten => "milestone log recover".to_owned(),
        Oddity::DamagedFile(_) => format!("git checkout COMMIT -- {}", file()),
        Oddity::ClockSkew(_) => "check the clocks of the machines that write here".to_owned(),
        Oddity::TooNew(_) => "install a newer milestone".to_owned(),
        _ => return None,
    })
}

/// A flaw of the plan.
pub(super) fn of_flaw(state: &State, flaw: &Flaw) -> Found {
    let name = |stream: &StreamId| reference_of(state, stream);
    let at = name(&flaw.stream);
    Found {
        check: "standard",
        level: flaw.kind.level().name(),
        file: None,
        line: None,
        offset: None,
        what: words(&flaw.kind, &name),
        mend: mend(&flaw.kind, &at, &name),
        r#ref: Some(at),
    }
}

fn words(kind: &FlawKind, name: &dyn Fn(&StreamId) -> String) -> String {
    let names = |streams: &[StreamId]| streams.iter().map(name).collect::<Vec<_>>();
    match kind {
        FlawKind::NeverCreated => "the record that creates it is not in the log".to_owned(),
        FlawKind::NoMilestone(id) => format!("it is in {id}, which is not there"),
        FlawKind::SlugTwice(other) => format!("{} has the same name", other.as_str()),
        FlawKind::DependsOnNothing(on) => format!("it waits for {}, which is not there", name(on)),
        FlawKind::DependsOnRemoved(on) => format!("it waits for {}, which was removed", name(on)),
        FlawKind::Cycle(way) => {
            let mut way = names(way);
            way.extend(way.first().cloned());
            format!("it waits for itself: {}", way.join(" after "))
        }
        FlawKind::OpenTasks(open) => {
            format!("it is completed and has open tasks: {}", names(open).join(", "))
        }
        FlawKind::Conflict { conflict, .. } => {
            let (about, kept, other) = (conflict.subject.name(), &conflict.kept, &conflict.other);
            format!("writers disagree on its {about}: {kept} holds, {other} does not")
        }
        FlawKind::DueBeforeStart { start, due } => format!("due {due}, before its start {start}"),
        FlawKind::DoneBeforeBegun { begun, done } => {
            format!("finished {done}, before it was begun {begun}")
        }
        FlawKind::DueAfterMilestone { due, milestone } => {
            format!("due {due}, after its milestone, due {milestone}")
        }
        _ => "something is wrong with it".to_owned(),
    }
}

fn mend(kind: &FlawKind, at: &str, name: &dyn Fn(&StreamId) -> String) -> Option<String> {
    Some(match kind {
        FlawKind::NeverCreated | FlawKind::NoMilestone(_) => "milestone log recover".to_owned(),
        FlawKind::SlugTwice(_) => format!("milestone task move {at} --to MILESTONE"),
        FlawKind::DependsOnNothing(on) | FlawKind::DependsOnRemoved(on) => {
            format!("milestone dep remove {at} --after {}", name(on))
        }
        FlawKind::Cycle(way) => {
            let next = way.get(1).or(way.first())?;
            format!("milestone dep remove {at} --after {}", name(next))
        }
        FlawKind::OpenTasks(_) => format!("milestone done {at} --force WHY"),
        FlawKind::Conflict { id, .. } => format!("milestone conflicts resolve {id}"),
        FlawKind::DueBeforeStart { .. } => format!("milestone edit {at} --due DATE"),
        _ => return None,
    })
}
