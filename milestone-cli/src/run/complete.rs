//! `__complete`: what a half-typed line may go on with, for the scripts of `milestone completion`.
//!
//! Start at [`run`]. Verbs, flags and their values come from the tree that lines are parsed with;
//! what else may stand somewhere, such as references and people, from `words`.
//!
//! - **Invariant.** Whatever is wrong, nothing is said: a shell shows it in the middle of a line.
//! - **Invariant.** A project is opened only where one of its words may stand.

mod fitting;
mod words;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

use clap::builder::StyledStr;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, complete};

use words::{Word, offered, takes_format};

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

/// `milestone completion SHELL`.
pub(super) fn script(context: &Context, args: &CompletionArgs) -> Ran {
    reads::text_only(context, "completion")?;
    Ok(Output::as_is(completion::script(args.shell)))
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
    let mut tree = marked(command(), "");
    let typed_before = words.len() - 1;
    let line: Vec<String> =
        words[..typed_before].iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let is_format = line.last().is_some_and(|last| last == "--format");
    let is_format = is_format || typed.starts_with("--format=");
    let (index, dir) = (typed_before, context.dir());
    let Ok(found) = complete(&mut tree, words, index, Some(&dir)) else { return Output::of("") };
    let mut lines = BTreeMap::new();
    for candidate in found {
        let value = candidate.get_value().to_string_lossy().into_owned();
        let about = candidate.get_help().map(ToString::to_string).unwrap_or_default();
        match value.split_once(MARK) {
            Some((before, letter)) => {
                let rest = typed.strip_prefix(before).unwrap_or_default();
                let word = letter.chars().next().and_then(Word::of_letter);
                // Behind `--flag=` the words of the verb itself do not stand.
                let flag = Some(before.to_owned()).filter(|before| before.starts_with('-'));
                let line: Vec<String> = line.iter().cloned().chain(flag).collect();
                let held = word.map(|word| offered(context, word, rest, &line));
                for (value, about) in held.unwrap_or_default() {
                    lines.insert(format!("{before}{value}"), about);
                }
            }
            // Every verb takes two dozen flags: they are offered to those who begin one.
            None if value.starts_with('-') && !typed.starts_with('-') => {}
            None if is_format && !takes_format(&line, &value) => {}
            None => {
                lines.insert(value, about);
            }
        }
    }
    let shown = lines.iter().take(OFFERED_MAX);
    Output::as_is(shown.map(|(value, about)| told(args, &joined, value, about)).collect::<String>())
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
fn told(args: &CompleteArgs, joined: &str, value: &str, about: &str) -> String {
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

/// The tree with a mark where words may stand that the tree does not know; `verb` is the way to it.
fn marked(tree: clap::Command, verb: &str) -> clap::Command {
    let own = verb.to_owned();
    tree.mut_args(move |arg| match Word::at(&own, &arg) {
        Some(word) => {
            let mark = format!("{MARK}{}", word.letter());
            arg.add(ArgValueCompleter::new(move |_: &OsStr| {
                vec![CompletionCandidate::new(&mark).help(None::<StyledStr>)]
            }))
        }
        None => arg,
    })
    .mut_subcommands(|inner| {
        let verb = format!("{verb} {}", inner.get_name()).trim_start().to_owned();
        marked(inner, &verb)
    })
}
