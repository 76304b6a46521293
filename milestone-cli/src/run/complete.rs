//! `__complete`: what a half-typed line may go on with, for the scripts of `milestone completion`.
//!
//! Start at [`run`]. Verbs, flags and their values come from the tree that lines are parsed with;
//! references, people and labels from the project.
//!
//! - **Invariant.** Whatever is wrong, nothing is said: a shell shows it in the middle of a line.
//! - **Invariant.** A project is opened only where one of its words may stand.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};

use clap::builder::StyledStr;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, complete};
use milestone_core::domain::{Item, Plan, numbered};
use milestone_core::projection::State;

use super::context::{Context, Output, Ran};
use super::reads;
use crate::args::command;
use crate::args::completion;
use crate::args::manual::CompleteArgs;
use crate::args::project::CompletionArgs;
use crate::args::usage::quoted;
use crate::ui::text::sanitize;

/// How many words are offered at most: more is no help.
const OFFERED_MAX: usize = 500;

/// Stands where a word of the project may stand; no word that is typed begins with it.
const MARK: char = '\u{1}';

/// What of a project may stand in a place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Reference,
    Milestone,
    Person,
    Label,
}

impl Word {
    /// What stands in the place that help calls `name`.
    fn named(name: &str) -> Option<Self> {
        match name {
            "REF" | "REF[:PHASE]" | "N|RECORD" => Some(Self::Reference),
            "MILESTONE" => Some(Self::Milestone),
            "WHO" | "REF|WHO" | "WHO|none" => Some(Self::Person),
            "LABEL" | "+X,-Y" => Some(Self::Label),
            _ => None,
        }
    }

    fn letter(self) -> char {
        match self {
            Self::Reference => 'r',
            Self::Milestone => 'm',
            Self::Person => 'p',
            Self::Label => 'l',
        }
    }

    fn of_letter(letter: char) -> Option<Self> {
        [Self::Reference, Self::Milestone, Self::Person, Self::Label]
            .into_iter()
            .find(|word| word.letter() == letter)
    }
}

/// `milestone completion SHELL`.
pub(super) fn script(context: &Context, args: &CompletionArgs) -> Ran {
    reads::text_only(context, "completion")?;
    Ok(Output::of(completion::script(args.shell)))
}

/// Prints one candidate a line, and what it is behind a tab where the shell shows that.
pub(super) fn run(context: &mut Context, args: &CompleteArgs) -> Output {
    let (words, joined) = whole(&args.words);
    let Some(typed) = words.last().map(|word| word.to_string_lossy().into_owned()) else {
        return Output::of("");
    };
    if let Some(at) = words.iter().position(|word| word == "-C") {
        context.global.dir = words.get(at + 1).map(Into::into);
    }
    let mut tree = marked(command());
    let (index, dir) = (words.len() - 1, context.dir());
    let Ok(found) = complete(&mut tree, words, index, Some(&dir)) else { return Output::of("") };
    let mut lines = BTreeMap::new();
    for candidate in found {
        let value = candidate.get_value().to_string_lossy().into_owned();
        let about = candidate.get_help().map(ToString::to_string).unwrap_or_default();
        match value.split_once(MARK) {
            Some((before, letter)) => {
                let rest = typed.strip_prefix(before).unwrap_or_default();
                let word = letter.chars().next().and_then(Word::of_letter);
                for (value, about) in word.map(|w| offered(context, w, rest)).unwrap_or_default() {
                    lines.insert(format!("{before}{value}"), about);
                }
            }
            // Every verb takes two dozen flags: they are offered to those who begin one.
            None if value.starts_with('-') && !typed.starts_with('-') => {}
            None => {
                lines.insert(value, about);
            }
        }
    }
    let shown = lines.iter().take(OFFERED_MAX);
    Output::of(shown.map(|(value, about)| line(args, &joined, value, about)).collect::<String>())
}

/// The words as the program would get them: bash takes `--flag=value` apart. Also what stands
/// before the part that bash replaces.
fn whole(words: &[OsString]) -> (Vec<OsString>, String) {
    let empty = |word: &OsString| word == "''";
    let words = words.iter().map(|word| if empty(word) { OsString::new() } else { word.clone() });
    let mut whole: Vec<OsString> = Vec::new();
    let mut joined = String::new();
    for word in words {
        let glue = whole.last().is_some_and(|last| {
            let last = last.to_string_lossy();
            last.starts_with("--") && (last.ends_with('=') || word == "=")
        });
        joined.clear();
        match whole.last_mut().filter(|_| glue) {
            Some(last) => {
                if word != "=" {
                    joined = last.to_string_lossy().into_owned();
                }
                last.push(&word);
                if word == "=" {
                    joined = last.to_string_lossy().into_owned();
                }
            }
            None => whole.push(word),
        }
    }
    (whole, joined)
}

/// A line of the answer.
fn line(args: &CompleteArgs, joined: &str, value: &str, about: &str) -> String {
    let about = about.lines().next().unwrap_or_default();
    match args.shell.as_str() {
        "bash" => {
            let value = value.strip_prefix(joined).unwrap_or(value);
            format!("{}\n", quoted(value))
        }
        "powershell" => format!("{}\t{about}\n", quoted(value)),
        "elvish" => format!("{value}\n"),
        _ if about.is_empty() => format!("{value}\n"),
        _ => format!("{value}\t{}\n", sanitize(about)),
    }
}

/// The tree with a mark where words of the project may stand.
fn marked(tree: clap::Command) -> clap::Command {
    tree.mut_args(|arg| {
        let name = arg.get_value_names().and_then(|names| names.first());
        match name.and_then(|name| Word::named(name)) {
            Some(word) => {
                let mark = format!("{MARK}{}", word.letter());
                arg.add(ArgValueCompleter::new(move |_: &OsStr| {
                    vec![CompletionCandidate::new(&mark).help(None::<StyledStr>)]
                }))
            }
            None => arg,
        }
    })
    .mut_subcommands(marked)
}

/// The words of the project that go on with `typed`, and what each is.
fn offered(context: &mut Context, word: Word, typed: &str) -> Vec<(String, String)> {
    let Ok(project) = context.project() else { return Vec::new() };
    let state = project.state();
    match word {
        Word::Reference => references(state, typed),
        Word::Milestone => milestones(state, typed),
        Word::Person | Word::Label => {
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

fn milestones(state: &State, typed: &str) -> Vec<(String, String)> {
    let fits = state.milestone_ids().into_iter().filter(|id| id.as_str().starts_with(typed));
    fits.take(OFFERED_MAX)
        .map(|id| {
            let title = state.milestone(id.as_str()).map(|held| held.item.title.to_string());
            (id.to_string(), title.unwrap_or_default())
        })
        .collect()
}

/// Milestones, and the tasks of one as soon as it is clear which.
fn references(state: &State, typed: &str) -> Vec<(String, String)> {
    let home = typed.split_once('/').map(|(home, _)| home.to_owned());
    let mut found = if home.is_some() { Vec::new() } else { milestones(state, typed) };
    let only = match (&home, found.as_slice()) {
        (Some(home), _) => Some(home.clone()),
        (None, [(one, _)]) => Some(one.clone()),
        _ => None,
    };
    let Some(only) = only.filter(|only| state.milestone(only).is_some()) else { return found };
    for row in numbered(state, &only) {
        let name = format!("{only}/{}", row.slug);
        if name.starts_with(typed) {
            let title = state.task(row.stream.as_str()).map(|held| held.item.title.to_string());
            found.push((name, title.unwrap_or_default()));
        }
    }
    found
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
