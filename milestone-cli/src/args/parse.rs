//! From words to a [`Cli`]: the one place that runs the parser.
//!
//! Start at [`parse`].
//!
//! - **Invariant.** Whatever goes wrong is a [`Problem`] with exit 2, so that `--json` gets its
//!   error document for a typing mistake too.
//! - **Invariant.** The tree that is parsed with has only the verb that was typed; a doubt of any
//!   kind is settled by the whole tree. Describing all verbs would cost more than the parse.
//! - **Absent on purpose.** Nothing is printed and nothing exits.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, FromArgMatches, Subcommand};

use super::global::Global;
use super::minus;
use super::query::spelled_out;
use super::task::TaskCommand;
use super::tree::{Cli, Command};
use super::usage;
use crate::ui::error::{Exit, Problem};

/// Why there is nothing to run.
#[derive(Debug, Clone, PartialEq)]
pub enum Stop {
    /// Help or a version was asked for: print it to stdout and exit 0.
    Text(String),
    /// The words make no command: print it to stderr and exit with its code.
    Problem(Box<Problem>),
}

/// Returns the whole command tree, for help and completion scripts.
#[must_use]
pub fn command() -> clap::Command {
    Cli::command()
}

/// Reads the words of a command line; the first is the program's name.
///
/// # Errors
///
/// [`Stop::Text`] for `--help` and `--version`, [`Stop::Problem`] if the words make no command.
pub fn parse(words: &[OsString]) -> Result<Cli, Stop> {
    let words = &spelled_out(words);
    let cli = read(words).or_else(|error| again(error, words))?;
    match refusal(&cli, words) {
        Some(problem) => Err(Stop::Problem(Box::new(problem))),
        None => Ok(cli),
    }
}

fn read(words: &[OsString]) -> Result<Cli, clap::Error> {
    matches(words).and_then(|matches| Cli::from_arg_matches(&matches))
}

/// Reads words that do not parse once more, with values that begin with a minus sign as values.
fn again(error: clap::Error, words: &[OsString]) -> Result<Cli, Stop> {
    let flag = error.kind() == ErrorKind::UnknownArgument;
    let Some(joined) = minus::joined(words).filter(|_| flag) else {
        return Err(usage::stop(&error, words));
    };
    read(&joined).map_err(|other| match other.kind() {
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => usage::stop(&other, &joined),
        _ => usage::stop(&error, words),
    })
}

/// Parses with the verb's own tree if the verb is clear, else with the whole one.
fn matches(words: &[OsString]) -> Result<clap::ArgMatches, clap::Error> {
    match lean_matches(words) {
        Some(Ok(matches)) => Ok(matches),
        _ => command().try_get_matches_from(words),
    }
}

/// Parses with the tree of the first word that is a verb.
fn lean_matches(words: &[OsString]) -> Option<Result<clap::ArgMatches, clap::Error>> {
    let verbs = Command::augment_subcommands_for_update(clap::Command::new("milestone"));
    let verb = words.iter().skip(1).find_map(|word| verbs.find_subcommand(word))?;
    Some(bare_root().subcommand(verb.clone()).try_get_matches_from(words))
}

/// Returns the root with the shared flags and without verbs.
fn bare_root() -> clap::Command {
    let root = clap::Command::new("milestone")
        .version(env!("CARGO_PKG_VERSION"))
        .disable_help_subcommand(true)
        .max_term_width(100);
    Global::augment_args(root)
}

/// Returns true if the words ask for JSON; used for errors of words that do not parse.
#[must_use]
pub fn wants_json(words: &[OsString]) -> bool {
    let mut after_format = false;
    for word in words.iter().skip(1).map_while(|word| word.to_str().filter(|word| *word != "--")) {
        let value = word.strip_prefix("--format=").or(after_format.then_some(word));
        if word == "--json" || matches!(value, Some("json" | "ndjson")) {
            return true;
        }
        after_format = word == "--format";
    }
    false
}

/// Returns true if `--on` was typed before the verb.
fn on_stands_before(verb: &str, words: &[OsString]) -> bool {
    let words = words.iter().skip(1).map(|word| word.to_string_lossy());
    let mut before = words.take_while(|word| word != verb);
    before.any(|word| word == "--on" || word.starts_with("--on="))
}

/// What the grammar cannot say: combinations that make no sense.
fn refusal(cli: &Cli, words: &[OsString]) -> Option<Problem> {
    let problem = |code, message: &str| Some(Problem::new(code, Exit::Usage, message).unchanged());
    let command = cli.command.as_ref()?;
    if let Command::Block(block) = command
        && block.on.is_some()
        && on_stands_before("block", words)
    {
        let message = "--on stands before \"block\", where it would be what @ means";
        return problem("usage.conflict", message)
            .map(|p| p.fact("behind \"block\" it says what or who is waited for"))
            .map(|p| p.hint("milestone block REF REASON --on REF|WHO"));
    }
    let task = if let Command::Task(task) = command { Some(&**task) } else { None };
    let edit = match (command, task) {
        (Command::Edit(edit), _) => Some(&**edit),
        (_, Some(TaskCommand::Edit(edit))) => Some(&**edit),
        _ => None,
    };
    if let Command::Log(log) = command
        && log.command.is_some()
        && log.has_filters()
    {
        return problem("usage.conflict", "the verbs of \"log\" take no filters of \"log\"")
            .map(|p| p.hint("milestone help log"));
    }
    if let Some(edit) = edit.filter(|edit| edit.is_empty()) {
        return problem("usage.nothing_to_change", "no field to change was named")
            .map(|p| p.hint(format!("milestone edit {} --title TEXT", edit.subject())));
    }
    if let Some(TaskCommand::Add(add)) = task
        && add.id.is_some()
        && (add.titles.len() > 1 || add.reads_stdin())
    {
        return problem("usage.one_id", "--id names one task, but several are added")
            .map(|p| p.hint("leave --id out; ids are made from the titles"));
    }
    (cli.global.as_of.is_some() && !command.is_read()).then(|| usage::as_of_write(words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::{flow::StartArgs, history::LogCommand, key::VerifyArgs};

    fn words(line: &str) -> Vec<OsString> {
        std::iter::once("milestone").chain(line.split_whitespace()).map(OsString::from).collect()
    }

    fn run(line: &str) -> Cli {
        match parse(&words(line)) {
            Ok(cli) => cli,
            Err(stop) => panic!("{line:?} was refused: {stop:?}"),
        }
    }

    fn refused(line: &str) -> String {
        match parse(&words(line)) {
            Err(Stop::Problem(problem)) => problem.to_text(),
            other => panic!("{line:?} was not refused: {other:?}"),
        }
    }

    #[test]
    fn the_tree_is_sound() {
        command().debug_assert();
    }

    #[test]
    fn every_documented_line_parses() {
        for line in include_str!("lines.txt").lines().filter(|line| !line.is_empty()) {
            let cli = run(line);
            let whole =
                command().try_get_matches_from(spelled_out(&words(line))).expect("it just parsed");
            let whole = Cli::from_arg_matches(&whole).expect("it just parsed");
            assert_eq!(cli, whole, "the verb's own tree and the whole one differ: {line}");
        }
    }

    /// Shown red by: flags that a verb shares with all and has of its own, twice.
    #[test]
    fn a_line_that_begins_with_its_verb_is_parsed_with_that_verb_alone() {
        for line in include_str!("lines.txt").lines().filter(|line| !line.is_empty()) {
            let words = spelled_out(&words(line));
            let verbs = Command::augment_subcommands_for_update(clap::Command::new("milestone"));
            assert!(verbs.get_subcommands().all(|verb| verb.get_arguments().next().is_none()));
            if verbs.find_subcommand(&words[1]).is_some() {
                assert!(matches!(lean_matches(&words), Some(Ok(_))), "{line}");
            }
        }
    }

    #[test]
    fn no_words_are_no_command() {
        assert_eq!(run("").command, None);
        assert!(run("--json").global.json);
    }

    #[test]
    fn shared_flags_stand_anywhere() {
        for line in [
            "-q --on api start @/3 --json",
            "start -q @/3 --json --on api",
            "--json --on=api start @/3 -q",
        ] {
            let cli = run(line);
            assert!(cli.global.quiet && cli.global.json, "{line}");
            assert_eq!(cli.global.on.as_deref(), Some("api"), "{line}");
            let start = StartArgs { references: vec!["@/3".into()], ..StartArgs::default() };
            assert_eq!(cli.command, Some(Command::Start(start.into())), "{line}");
        }
        assert!(run("log --json verify").global.json);
    }

    #[test]
    fn log_is_a_verb_and_a_noun() {
        let log = |line| match run(line).command {
            Some(Command::Log(log)) => log,
            other => panic!("not log: {other:?}"),
        };
        assert_eq!(log("log api").reference.as_deref(), Some("api"));
        assert_eq!(log("log verify").command, Some(LogCommand::Verify(VerifyArgs::default())));
        assert_eq!(log("log -- verify").reference.as_deref(), Some("verify"));
        insta::assert_snapshot!(refused("log api verify"), @r#"
        error[usage.conflict]: the verbs of "log" take no filters of "log"
          = nothing was changed
        hint: milestone help log
        "#);
    }

    #[test]
    fn a_value_that_is_named_like_a_verb_stays_a_value() {
        assert_eq!(run("--on list start @").global.on.as_deref(), Some("list"));
        assert_eq!(run("--actor done --on show ls").global.actor.as_deref(), Some("done"));
    }

    #[test]
    fn on_of_block_is_what_it_waits_for() {
        let Some(Command::Block(block)) = run("block api waiting for keys --on sam").command else {
            panic!("not block");
        };
        assert_eq!(block.reason_text(), "waiting for keys");
        assert_eq!(block.on.as_deref(), Some("sam"));
        insta::assert_snapshot!(refused("--on api block checkout/1 waiting"), @r#"
        error[usage.conflict]: --on stands before "block", where it would be what @ means
          = behind "block" it says what or who is waited for
          = nothing was changed
        hint: milestone block REF REASON --on REF|WHO
        "#);
        let Some(Command::Task(task)) = run("--on api task add Receipts").command else {
            panic!("not task");
        };
        let TaskCommand::Add(add) = &*task else { panic!("not task add") };
        assert_eq!(add.on.as_deref(), Some("api"));
    }

    #[test]
    fn mistakes_are_explained() {
        insta::assert_snapshot!(refused("shwo api"), @r#"
        error[usage.unknown_command]: there is no command "shwo"
          = nothing was changed
        hint: milestone show
        "#);
        insta::assert_snapshot!(refused("shwo list"), @r#"
        error[usage.unknown_command]: there is no command "shwo"
          = nothing was changed
        hint: milestone show
        "#);
        insta::assert_snapshot!(refused("add api"), @r#"
        error[usage.unknown_command]: there is no command "add"
          = a milestone or a task?
          = nothing was changed
        hint: milestone new TITLE, or milestone task add TITLE
        "#);
        insta::assert_snapshot!(refused("frobnicate"), @r#"
        error[usage.unknown_command]: there is no command "frobnicate"
          = nothing was changed
        hint: milestone help --all
        "#);
        insta::assert_snapshot!(refused("task ad x"), @r#"
        error[usage.unknown_command]: "task" has no verb "ad"
          = nothing was changed
        hint: milestone task add
        "#);
        insta::assert_snapshot!(refused("task"), @r#"
        error[usage.missing_verb]: "task" needs a verb: add, list, show, edit, remove, move
          = nothing was changed
        hint: milestone help task
        "#);
    }

    #[test]
    fn mistakes_in_flags_and_values_are_explained() {
        insta::assert_snapshot!(refused("-C /tmp list --stauts active"), @r#"
        error[usage.unknown_flag]: "list" has no flag --stauts
          = did you mean --status?
          = nothing was changed
        hint: milestone help list
        "#);
        let choices = refused("list --status activ").replace("archived, ", "archived,\n    ");
        insta::assert_snapshot!(choices, @r#"
        error[usage.bad_value]: --status cannot be "activ"
          = one of: planned, active, paused, completed, archived,
            pending, in_progress, done, blocked, waiting, cancelled
          = did you mean active?
          = nothing was changed
        hint: milestone help list
        "#);
        insta::assert_snapshot!(refused("list --color"), @r"
        error[usage.bad_value]: --color needs a value
          = one of: auto, always, never
          = nothing was changed
        hint: milestone help list
        ");
        insta::assert_snapshot!(refused("progress api 7/6"), @r#"
        error[usage.bad_value]: PROGRESS: "7/6" is more than all: 7 of 6
          = nothing was changed
        hint: milestone help progress
        "#);
    }

    #[test]
    fn what_is_missing_or_too_much_is_explained() {
        insta::assert_snapshot!(refused("block api"), @r#"
        error[usage.missing]: "block" needs REASON...
          = nothing was changed
        hint: milestone help block
        "#);
        insta::assert_snapshot!(refused("note"), @r#"
        error[usage.missing]: "note" needs REF, TEXT...
          = nothing was changed
        hint: milestone help note
        "#);
        insta::assert_snapshot!(refused("list --json --json"), @r#"
        error[usage.conflict]: --json is given twice
          = nothing was changed
        hint: milestone help list
        "#);
        insta::assert_snapshot!(refused("list --json --format md"), @r"
        error[usage.conflict]: --json and --format exclude each other
          = nothing was changed
        hint: milestone help list
        ");
        insta::assert_snapshot!(refused("show a b"), @r#"
        error[usage.too_many]: "show" takes no further word "b"
          = quote words that belong together
          = nothing was changed
        hint: milestone help show
        "#);
        insta::assert_snapshot!(refused("edit api"), @r"
        error[usage.nothing_to_change]: no field to change was named
          = nothing was changed
        hint: milestone edit api --title TEXT
        ");
        insta::assert_snapshot!(refused("start api/4 --as-of 2026-03-05"), @r#"
        error[usage.as_of_write]: "start" writes; --as-of only reads
          = nothing was changed
        hint: milestone start api/4
        "#);
        insta::assert_snapshot!(refused("undo 0"), @r#"
        error[usage.bad_value]: N|RECORD: "0" is neither 1 to 1000 nor a record id
          = nothing was changed
        hint: milestone help undo
        "#);
        insta::assert_snapshot!(refused("task move api/3"), @r#"
        error[usage.missing]: "task move" needs --to REF
          = nothing was changed
        hint: milestone help task move
        "#);
    }

    #[test]
    fn json_is_seen_in_words_that_do_not_parse() {
        assert!(wants_json(&words("frob --json")));
        assert!(wants_json(&words("frob --format json")));
        assert!(wants_json(&words("frob --format=ndjson")));
        assert!(!wants_json(&words("note api -- --json")));
        assert!(!wants_json(&words("frob --format md")));
    }

    #[test]
    fn help_is_text() {
        for line in ["-h", "--help", "start -h", "task add --help", "--version", "-V"] {
            assert!(matches!(parse(&words(line)), Err(Stop::Text(_))), "{line}");
        }
    }
}
