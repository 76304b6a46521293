//! What is said about words that make no command.
//!
//! Start at [`stop`]: it turns the parser's error into help text or a [`Problem`].
//!
//! - **Invariant.** The message repeats the user's own word and the hint is one line to run.
//! - **Invariant.** Codes: `usage.unknown_command`, `.unknown_flag`, `.bad_value`, `.missing`,
//!   `.missing_verb`, `.conflict`, `.as_of_write`, `.invalid`.
//! - **Absent on purpose.** The parser's own rendering: it knows neither our codes nor JSON.

use std::error::Error as _;
use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::minus::is_minus;
use super::parse::{Stop, command};
use crate::ui::error::{Exit, Problem};
use milestone_core::words::nearest;

/// Turns the parser's error for `words` into what the caller has to print.
#[must_use]
pub fn stop(error: &clap::Error, words: &[OsString]) -> Stop {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return Stop::Text(error.render().to_string());
    }
    Stop::Problem(Box::new(problem(error, words)))
}

fn problem(error: &clap::Error, words: &[OsString]) -> Problem {
    let place = Place::of(words);
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            unknown_command(&text(error, ContextKind::InvalidSubcommand), &place)
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            missing_verb(&place)
        }
        ErrorKind::UnknownArgument => unknown_flag(error, &place, words),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => bad_value(error, &place),
        ErrorKind::MissingRequiredArgument => {
            let missing = text(error, ContextKind::InvalidArg);
            usage("usage.missing", format!("\"{}\" needs {missing}", place.path()), &place)
        }
        ErrorKind::ArgumentConflict => {
            let (one, other) =
                (text(error, ContextKind::InvalidArg), text(error, ContextKind::PriorArg));
            let message = match (flag(&one), flag(&other)) {
                (one, other) if one == other => format!("{one} is given twice"),
                (one, other) => format!("{one} and {other} exclude each other"),
            };
            usage("usage.conflict", message, &place)
        }
        _ => {
            let rendered = error.to_string();
            let first = rendered.lines().next().unwrap_or_default();
            let message = first.strip_prefix("error: ").unwrap_or(first).to_owned();
            usage("usage.invalid", message, &place)
        }
    }
}

/// Where in the tree the words lead: the verbs that were understood.
struct Place {
    /// Names of the verbs, outermost first.
    verbs: Vec<String>,
    /// The command they lead to.
    command: clap::Command,
}

impl Place {
    fn of(words: &[OsString]) -> Self {
        let root = command();
        let mut command = root.clone();
        let mut verbs = Vec::new();
        let mut skip = false;
        for word in words.iter().skip(1).filter_map(|word| word.to_str()) {
            if std::mem::take(&mut skip) {
                continue;
            }
            if word.starts_with('-') {
                skip = takes_value(&root, word);
                continue;
            }
            let Some(next) = command.find_subcommand(word).cloned() else { break };
            verbs.push(next.get_name().to_owned());
            command = next;
        }
        Self { verbs, command }
    }

    /// The verbs as typed after the program's name; the program's name if there are none.
    fn path(&self) -> String {
        if self.verbs.is_empty() { "milestone".to_owned() } else { self.verbs.join(" ") }
    }

    fn help(&self) -> String {
        if self.verbs.is_empty() {
            "milestone help --all".to_owned()
        } else {
            format!("milestone help {}", self.path())
        }
    }

    fn names(&self) -> Vec<String> {
        self.command
            .get_subcommands()
            .filter(|verb| !verb.is_hide_set())
            .flat_map(|verb| std::iter::once(verb.get_name()).chain(verb.get_visible_aliases()))
            .map(str::to_owned)
            .collect()
    }
}

/// Returns true if `word` is a shared flag whose value is the next word.
fn takes_value(root: &clap::Command, word: &str) -> bool {
    root.get_arguments().filter(|arg| arg.get_action().takes_values()).any(|arg| {
        let long = arg.get_long().is_some_and(|long| word.strip_prefix("--") == Some(long));
        let short =
            |short: char| word.strip_prefix('-').is_some_and(|rest| rest == short.to_string());
        long || arg.get_short().is_some_and(short)
    })
}

fn usage(code: &'static str, message: String, place: &Place) -> Problem {
    Problem::new(code, Exit::Usage, message).unchanged().hint(place.help())
}

fn unknown_command(word: &str, place: &Place) -> Problem {
    let names = place.names();
    let within = |name: &str| {
        let path: Vec<&str> =
            place.verbs.iter().map(String::as_str).chain(std::iter::once(name)).collect();
        format!("milestone {}", path.join(" "))
    };
    let code = "usage.unknown_command";
    let top = place.verbs.is_empty();
    let message = if top {
        format!("there is no command \"{word}\"")
    } else {
        format!("\"{}\" has no verb \"{word}\"", place.path())
    };
    let problem = usage(code, message, place);
    if top && word == "add" {
        return problem
            .fact("a milestone or a task?")
            .hint("milestone new TITLE, or milestone task add TITLE");
    }
    let elsewhere = [
        ("update", "edit"),
        ("modify", "edit"),
        ("set", "edit"),
        ("delete", "cancel"),
        ("rm", "cancel"),
        ("create", "new"),
        ("finish", "done"),
        ("complete", "done"),
    ];
    let other = elsewhere.iter().find(|(typed, _)| top && *typed == word).map(|(_, name)| *name);
    let near = other.or_else(|| nearest(word, names.iter().map(String::as_str)));
    match near {
        Some(name) => problem.hint(within(name)).alternative(within(name)),
        None => problem,
    }
}

fn missing_verb(place: &Place) -> Problem {
    let verbs: Vec<&str> = place.command.get_subcommands().map(clap::Command::get_name).collect();
    let message = format!("\"{}\" needs a verb: {}", place.path(), verbs.join(", "));
    usage("usage.missing_verb", message, place)
}

fn unknown_flag(error: &clap::Error, place: &Place, words: &[OsString]) -> Problem {
    let typed = text(error, ContextKind::InvalidArg);
    if !typed.starts_with('-') {
        let message = format!("\"{}\" takes no further word \"{typed}\"", place.path());
        return usage("usage.too_many", message, place).fact("quote words that belong together");
    }
    if let Some(word) = words.iter().find(|word| is_minus(word) && begins(word, &typed)) {
        let word = word.to_string_lossy();
        let message = format!("\"{word}\" is no flag of \"{}\"", place.path());
        let way = format!("a value that begins with a minus sign goes behind --: -- {word}");
        return left_out(usage("usage.unknown_flag", message, place).fact(way), place, words);
    }
    let message = format!("\"{}\" has no flag {typed}", place.path());
    let problem = usage("usage.unknown_flag", message, place);
    let root = command();
    let long = |arg: &clap::Arg| arg.get_long().map(|name| format!("--{name}"));
    let flags: Vec<String> =
        place.command.get_arguments().chain(root.get_arguments()).filter_map(long).collect();
    match nearest(&typed, flags.iter().map(String::as_str)) {
        Some(near) => problem.fact(format!("did you mean {near}?")),
        None if typed.starts_with("--") => problem,
        None => left_out(problem, place, words),
    }
}

fn begins(word: &OsString, typed: &str) -> bool {
    word.to_string_lossy().starts_with(typed)
}

/// Says how a query leaves out a text, if that is what a word with a dash was meant for.
fn left_out(problem: Problem, place: &Place, words: &[OsString]) -> Problem {
    let takes_query = place.command.get_arguments().any(|arg| arg.get_id() == "query");
    let text = |word: &OsString| {
        let text = word.to_str()?.strip_prefix('-')?.to_owned();
        (text.chars().count() > 1 && !text.starts_with('-')).then_some(text)
    };
    match words.iter().find_map(text).filter(|_| takes_query) {
        Some(text) => problem.fact(format!("a text is left out by: not {text}")),
        None => problem,
    }
}

fn bad_value(error: &clap::Error, place: &Place) -> Problem {
    let arg = flag(&text(error, ContextKind::InvalidArg));
    let value = text(error, ContextKind::InvalidValue);
    let valid = match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(valid)) => valid.clone(),
        _ => Vec::new(),
    };
    let choices = format!("one of: {}", valid.join(", "));
    if value.is_empty() {
        let problem = usage("usage.bad_value", format!("{arg} needs a value"), place);
        return if valid.is_empty() { problem } else { problem.fact(choices) };
    }
    if let Some(source) = error.source() {
        return usage("usage.bad_value", format!("{arg}: {source}"), place);
    }
    let problem = usage("usage.bad_value", format!("{arg} cannot be \"{value}\""), place);
    let problem = if valid.is_empty() { problem } else { problem.fact(choices) };
    match nearest(&value, valid.iter().map(String::as_str)) {
        Some(near) => problem.fact(format!("did you mean {near}?")),
        None => problem,
    }
}

/// Returns the refusal of a write into the past; the hint is the same line without `--as-of`.
#[must_use]
pub fn as_of_write(words: &[OsString]) -> Problem {
    let place = Place::of(words);
    let mut kept = vec!["milestone".to_owned()];
    let mut skip = false;
    for word in words.iter().skip(1).map(|word| word.to_string_lossy()) {
        if std::mem::take(&mut skip) {
            continue;
        }
        skip = word == "--as-of";
        if !skip && !word.starts_with("--as-of=") {
            kept.push(quoted(&word));
        }
    }
    let message = format!("\"{}\" writes; --as-of only reads", place.path());
    Problem::new("usage.as_of_write", Exit::Usage, message).unchanged().hint(kept.join(" "))
}

/// Returns `word` as a shell takes it: as it is if it is plain, else in single quotes.
#[must_use]
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "@%+=:,./-_".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// Returns the flag of `--color <W>`: the word people type, without its value.
fn flag(shown: &str) -> String {
    if shown.starts_with('-') {
        shown.split(' ').next().unwrap_or(shown).to_owned()
    } else {
        shown.trim_matches(['<', '>', '[', ']', '.']).to_owned()
    }
}

fn text(error: &clap::Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => {
            texts.iter().map(|text| text.replace(['<', '>'], "")).collect::<Vec<_>>().join(", ")
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_for_a_shell() {
        assert_eq!(quoted("api/3"), "api/3");
        assert_eq!(quoted("two words"), "'two words'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("$(rm)"), "'$(rm)'");
    }
}
