//! The words that may stand in a place of a line: of the project, and of the program.
//!
//! Start at [`Word::at`], which says what stands where, and [`offered`].
//!
//! - **Invariant.** What is offered for a place is taken there.

use std::collections::BTreeSet;

use clap::{Arg, ValueEnum};
use milestone_core::domain::{Item, Plan, RiskOutcome, Session, numbered, resolve};
use milestone_core::projection::State;
use milestone_project::{HINTS, Hint, known_workflows};

use super::super::context::Context;
use super::super::shelf::Shelf;
use super::super::{reads, schema};
use super::OFFERED_MAX;
use super::fitting::Acts;
use crate::args::global::Format;
use crate::args::{command, help};
use crate::ui::codes;

/// What may stand in a place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    Reference,
    Milestone,
    Person,
    Label,
    Session,
    Risk,
    Outcome,
    Template,
    Workflow,
    Hint,
    Level,
    Schema,
    Help,
}

impl Word {
    const ALL: [(Self, char); 13] = [
        (Self::Reference, 'r'),
        (Self::Milestone, 'm'),
        (Self::Person, 'p'),
        (Self::Label, 'l'),
        (Self::Session, 's'),
        (Self::Risk, 'k'),
        (Self::Outcome, 'o'),
        (Self::Template, 't'),
        (Self::Workflow, 'w'),
        (Self::Hint, 'h'),
        (Self::Level, 'v'),
        (Self::Schema, 'c'),
        (Self::Help, 'y'),
    ];

    /// What stands behind a verb in the place of an argument.
    pub(super) fn at(verb: &str, arg: &Arg) -> Option<Self> {
        match (verb, arg.get_id().as_str()) {
            ("template show" | "template use", "name")
            | ("template check", "names")
            | ("template new", "from")
            | ("quickstart", "words" | "template")
            | ("new" | "init", "template") => return Some(Self::Template),
            ("workflow enable" | "workflow show", "name") | ("task add", "workflow") => {
                return Some(Self::Workflow);
            }
            ("hint off" | "hint on", "id") => return Some(Self::Hint),
            ("level pin", "level") => return Some(Self::Level),
            ("schema", "name") => return Some(Self::Schema),
            ("help", "words") => return Some(Self::Help),
            ("risk close", "outcome") => return Some(Self::Outcome),
            _ => {}
        }
        match arg.get_value_names()?.first()?.as_str() {
            "REF" | "REF[:PHASE]" | "N|RECORD" => Some(Self::Reference),
            "MILESTONE" => Some(Self::Milestone),
            "WHO" | "REF|WHO" | "WHO|none" => Some(Self::Person),
            "LABEL" | "+X,-Y" => Some(Self::Label),
            "SESSION" => Some(Self::Session),
            "RISK" => Some(Self::Risk),
            _ => None,
        }
    }

    pub(super) fn letter(self) -> char {
        Self::ALL.into_iter().find(|(word, _)| *word == self).map_or('?', |(_, letter)| letter)
    }

    pub(super) fn of_letter(letter: char) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, held)| *held == letter).map(|(word, _)| word)
    }
}

/// A word, and what it is.
type Offer = (String, String);

/// The words that go on with `typed`, and what each is. `line` is what stands before it.
pub(super) fn offered(
    context: &mut Context,
    word: Word,
    typed: &str,
    line: &[String],
) -> Vec<Offer> {
    let plain = |word: &str| (word.to_owned(), String::new());
    let all: Vec<Offer> = match word {
        Word::Template => templates(context, line),
        Word::Workflow => {
            let known = known_workflows(context.root().as_deref()).into_iter();
            let good = known.filter(|held| held.content.as_ref().is_ok_and(|file| file.enabled));
            good.map(|held| plain(&held.name)).collect()
        }
        Word::Hint => {
            let hints = HINTS.into_iter().map(Hint::id).chain(["all"]);
            hints.map(plain).collect()
        }
        Word::Level => ["0", "1", "2", "3"].map(plain).into(),
        Word::Schema => schema::names(),
        Word::Help => topics(typed, line),
        Word::Outcome => RiskOutcome::ALL.map(|outcome| plain(outcome.word())).into(),
        _ => return of_project(context, word, typed, line),
    };
    all.into_iter().filter(|(held, _)| held.starts_with(typed)).collect()
}

/// The templates; behind the first word of `quickstart` the title has begun.
fn templates(context: &Context, line: &[String]) -> Vec<Offer> {
    let title = line.get(1).is_some_and(|verb| verb == "quickstart") && line.len() > 2;
    let flag = line.last().is_some_and(|last| last.starts_with("--"));
    let Ok(shelf) = Shelf::of(context) else { return Vec::new() };
    let held = shelf.all().iter().filter(|_| flag || !title);
    held.map(|held| (held.name.clone(), held.read().unwrap_or_default().about)).collect()
}

/// What help can be asked about.
fn topics(typed: &str, line: &[String]) -> Vec<Offer> {
    let mut tree = command();
    tree.build();
    let mut place = &tree;
    let before = line.get(2..).unwrap_or_default();
    for word in before {
        let Some(next) = place.find_subcommand(word) else { return Vec::new() };
        place = next;
    }
    let shown = place.get_subcommands().filter(|verb| !verb.is_hide_set());
    let about = |verb: &clap::Command| verb.get_about().map(ToString::to_string);
    let mut all: Vec<Offer> =
        shown.map(|verb| (verb.get_name().to_owned(), about(verb).unwrap_or_default())).collect();
    if before.is_empty() {
        all.extend(help::TOPICS.map(|(name, about, _)| (name.to_owned(), about.to_owned())));
        // There are hundreds of codes.
        let codes = codes::all().filter(|_| typed.contains('.'));
        all.extend(codes.map(|code| (code.name.to_owned(), code.means.to_owned())));
    }
    all
}

/// The words of the project.
fn of_project(context: &mut Context, word: Word, typed: &str, line: &[String]) -> Vec<Offer> {
    let Ok(project) = context.project() else { return Vec::new() };
    let state = project.state();
    match word {
        Word::Reference => references(state, typed, Acts::of(line)),
        Word::Milestone => milestones(state, typed),
        Word::Session => sessions(state, typed),
        Word::Risk => risks(state, typed, line),
        _ => {
            let words = said(state, word);
            // Of `+a,-b` only the last is being typed.
            let from = typed.rfind(',').map_or(0, |at| at + 1);
            let signed = typed[from..].starts_with(['+', '-']);
            let sign = if signed { from + 1 } else { from };
            let (before, last) = typed.split_at(sign);
            let fits = words.into_iter().filter(|held| held.starts_with(last));
            fits.map(|held| (format!("{before}{held}"), String::new())).collect()
        }
    }
}

fn sessions(state: &State, typed: &str) -> Vec<Offer> {
    let project = state.project();
    let fits = project.sessions.iter().filter(|(id, _)| id.starts_with(typed));
    let offer = |(id, held): (&String, &Session)| {
        let said = held.notes.as_deref().or(held.next.as_deref()).unwrap_or_default();
        (id.clone(), format!("{} {said}", held.step.status()).trim_end().to_owned())
    };
    fits.map(offer).collect()
}

/// The open risks of what was named, or of everything.
fn risks(state: &State, typed: &str, line: &[String]) -> Vec<Offer> {
    let named = line.iter().skip(3).filter_map(|word| resolve(state, word, None, false).ok());
    let named: Vec<String> = named.map(|stream| stream.to_string()).collect();
    let mut found = Vec::new();
    let mut note = |stream: &str, item: &Item| {
        if named.is_empty() || named.iter().any(|named| named == stream) {
            let fits = item.risks.iter().filter(|risk| risk.id.starts_with(typed));
            let open = fits.filter(|risk| risk.is_open());
            found.extend(open.map(|risk| (risk.id.to_string(), risk.title.to_string())));
        }
    };
    for held in state.milestones() {
        note(held.stream().as_str(), &held.item);
        let tasks = state.tasks_of(held.id.as_str());
        tasks.iter().for_each(|task| note(task.stream.as_str(), &task.item));
    }
    found
}

fn milestones(state: &State, typed: &str) -> Vec<Offer> {
    let fits = state.milestone_ids().into_iter().filter(|id| id.as_str().starts_with(typed));
    fits.take(OFFERED_MAX)
        .map(|id| {
            let title = state.milestone(id.as_str()).map(|held| held.item.title.to_string());
            (id.to_string(), title.unwrap_or_default())
        })
        .collect()
}

/// Milestones, and the tasks of one as soon as it is clear which: those that the verb can act on,
/// and milestones with such tasks in them.
fn references(state: &State, typed: &str, acts: Option<Acts>) -> Vec<Offer> {
    let home = typed.split_once('/').map(|(home, _)| home.to_owned());
    let mut found = if home.is_some() { Vec::new() } else { milestones(state, typed) };
    if let Some(acts) = acts {
        found.retain(|(id, _)| takes_any(state, id, acts));
    }
    let only = match (&home, found.as_slice()) {
        (Some(home), _) => Some(home.clone()),
        (None, [(one, _)]) => Some(one.clone()),
        _ => None,
    };
    let held = only.and_then(|only| Some((state.milestone(&only)?, only)));
    let Some((held, only)) = held else { return found };
    if home.is_none() && acts.is_some_and(|acts| !acts.takes(&held.item)) {
        // It only leads to its tasks, which follow.
        found.clear();
    }
    for row in numbered(state, &only) {
        let name = format!("{only}/{}", row.slug);
        let Some(task) = state.task(row.stream.as_str()).filter(|_| name.starts_with(typed)) else {
            continue;
        };
        if acts.is_none_or(|acts| acts.takes_task(&task.item, held.item.stage)) {
            found.push((name, task.item.title.to_string()));
        }
    }
    found
}

/// True if a verb can act on a milestone, or on a task of it.
fn takes_any(state: &State, id: &str, acts: Acts) -> bool {
    let Some(held) = state.milestone(id) else { return false };
    let of = |stage| state.tasks_of(id).iter().any(|task| acts.takes_task(&task.item, stage));
    acts.takes(&held.item) || of(held.item.stage)
}

/// Everybody who is named, or every label that is used.
fn said(state: &State, word: Word) -> BTreeSet<String> {
    let mut said = BTreeSet::new();
    let mut note = |item: &Item| match word {
        Word::Label => said.extend(item.labels.iter().map(ToString::to_string)),
        _ => said.extend(item.owner.iter().chain(item.assignees.iter()).map(ToString::to_string)),
    };
    for milestone in state.milestones() {
        note(&milestone.item);
        state.tasks_of(milestone.id.as_str()).iter().for_each(|task| note(&task.item));
    }
    if word == Word::Person {
        said.extend(state.actors().into_iter().map(|(actor, _)| actor));
    }
    said
}

/// True if the verb of a line takes `value` behind `--format`.
pub(super) fn takes_format(line: &[String], value: &str) -> bool {
    let value = value.strip_prefix("--format=").unwrap_or(value);
    match (line.get(1).map(String::as_str), Format::from_str(value, false)) {
        (Some("report"), Ok(format)) => reads::REPORT_FORMATS.contains(&format),
        _ => true,
    }
}
