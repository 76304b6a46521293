//! Whatever is said on a terminal fits it, at 40 columns and more: results, talk, errors, questions
//! and help, of every command there is.
//!
//! Start at [`LINES`], one session in the demonstration. A new verb needs a line in it.
//!
//! - **Invariant.** No line is wider than the terminal unless a single word of it is: words are
//!   not broken, and neither is what is quoted in a command.
//! - **Absent on purpose.** Whether it is pretty: see `transcripts`.
//!
//! Shown red by: a result that is not folded; a problem that is not; talk that is not; a question
//! that is not; help that is not.

use std::cell::RefCell;
use std::collections::BTreeSet;

use milestone_cli::args::{command, parse};
use milestone_cli::run::{Output, answer, stopped};

use crate::support::{TestEnv, too_wide, words};

const WIDTHS: [u16; 3] = [40, 60, 80];

/// What somebody types at one terminal, one after the other.
const LINES: &[&str] = &[
    // What is there.
    "",
    "list",
    "list --all",
    "show api-development",
    "show api-development --level 0",
    "show api-development --level 1",
    "show api-development/endpoints",
    "show api-development/endpoints --level 1",
    "show new-hosts --level 1",
    "show api-development --as-of 3w",
    "why api-development",
    "why api-development/testing",
    "why checkout-v2",
    "ready",
    "ready --blocked",
    "search sandbox",
    "search nothing-like-it",
    "task list",
    "task list --on checkout-v2 status:pending",
    "task show checkout-v2/payment",
    "dep tree",
    "dep tree api-development",
    "dep critical",
    "dep critical checkout-v2",
    "dep check",
    "risk list",
    "risk matrix",
    "log",
    "log api-development/endpoints",
    "log verify",
    "log has 0000000000000000",
    "forecast",
    "forecast api-development",
    "forecast checkout-v2 --with-risks",
    "forecast checkout-v2 --by 2026-06-01",
    "forecast --calibrate",
    "status",
    "report status",
    "report retro new-hosts",
    "report portfolio",
    "stats",
    "stats api-development",
    "timeline",
    "timeline api-development",
    "audit api-development/endpoints",
    "audit --verify",
    "diff --from 3w",
    "diff api-development --from 2w",
    "replay",
    "replay --check",
    "conflicts",
    "scale",
    "alerts",
    "undo --list",
    "doctor",
    "doctor --strict",
    "validate",
    "version",
    "schema",
    // The flow of work.
    "init",
    "demo elsewhere",
    "demo elsewhere",
    "new \"A rather long title of a milestone that nobody reads to its end\" --due 2026-06-01",
    "new Small --label a,b --owner dana --due 2026-04-01 -n",
    "quickstart api \"Payments API\" --due 2026-06-01",
    "task add \"First of two tasks\" \"The second of two tasks\" --on a-rather --estimate 2d",
    "task add Docs --on api-development --after testing --owner sam",
    "start a-rather/first",
    "start checkout-v2/payment",
    "progress a-rather/first 50% --note \"half of it is there, and the rest comes after lunch\"",
    "progress api-development/endpoints 5/6",
    "note a-rather \"what was said at the meeting of all who take part in this\"",
    "block a-rather/the-second waiting for the keys of the sandbox",
    "ready --blocked",
    "unblock a-rather/the-second --note \"they are here\"",
    "check api-development/endpoints 2",
    "uncheck api-development/endpoints 2",
    "done a-rather/first --note \"see the change that everybody was waiting for\"",
    "done api-development/testing",
    "done a-rather",
    "done a-rather --force \"what is left is not needed by anybody\"",
    "reopen a-rather --reason \"there was something left to do after all\"",
    "pause a-rather --reason \"the other one goes first, and then we will see\"",
    "resume a-rather",
    "cancel a-rather/the-second --reason \"nobody asked for it, and nobody will\"",
    "edit a-rather --title \"Another rather long title of the milestone\" --due 2026-07-01",
    "edit --where status:planned --label +later -n",
    "edit --where status:planned --label +later",
    "task edit a-rather/first --estimate 3d",
    "task move a-rather/first --to checkout-v2",
    "task remove a-rather/the-second",
    "done a-rather",
    "archive a-rather",
    "unarchive a-rather",
    "dep add checkout-v2/cart-totals --after api-development/endpoints",
    "dep add api-development/endpoints --after checkout-v2/cart-totals",
    "dep remove checkout-v2/cart-totals --after api-development/endpoints",
    "risk add checkout-v2 \"Nobody knows how banks will react to it\" --delay 3d --probability 30%",
    "risk list",
    "risk matrix",
    "forecast checkout-v2 --with-risks",
    "risk edit checkout-v2 --probability 50% --mitigation \"ask them before it is built\"",
    "risk close checkout-v2 --outcome averted --note \"they were asked, and had no objection\"",
    "risk matrix",
    "undo",
    "undo 2",
    // Phases.
    "workflow list",
    "workflow show kiro",
    "workflow check",
    "workflow enable kiro payments-api/authentication",
    "phase show payments-api/authentication",
    "phase plan payments-api/authentication:design --duration 2d",
    "phase start payments-api/authentication",
    "phase deliver payments-api/authentication api_design --text \"in the wiki, all of it\"",
    "phase submit payments-api/authentication --actor agent:robo-1",
    "phase deliver payments-api/authentication architecture_decisions --text \"there\"",
    "phase submit payments-api/authentication --actor agent:robo-1",
    "phase approve payments-api/authentication --actor agent:robo-1",
    "review --pending",
    "phase request-changes payments-api/authentication --comment \"errors are not told\"",
    "phase submit payments-api/authentication --actor agent:robo-1",
    "review",
    "phase reject payments-api/authentication --comment \"not at all what was asked for\"",
    "phase show",
    // Habits.
    "view save mine owner:me",
    "view list",
    "view show mine",
    "view remove mine",
    "template list",
    "template show api",
    "template use api \"Another API\"",
    "template save checkout-v2 shop",
    "template new mine",
    "template check",
    "session list",
    "resume",
    "session start api-development/endpoints --note \"the batch endpoint, where it was left\"",
    "session suspend --note \"the tests of the batch endpoint do not pass\"",
    "session resume",
    "session list",
    "session show",
    "session end --note \"all of it is done\"",
    "level show",
    "level why",
    "level pin 1",
    "level auto",
    "hint list",
    "hint off block",
    "hint on block",
    "key new",
    "key list",
    "key show default",
    "key trust nonsense",
    "key revoke nobody",
    "config get ui.color",
    "config set ui.color never",
    "config unset ui.color",
    "config set ui.colour never",
    "config list",
    "config explain ui.color",
    "config path",
    "maintain",
    // Keeping it.
    "log sign",
    "log merge elsewhere/.milestones/log/nothing",
    "log recover",
    "log archive",
    "adopt",
    "conflicts resolve 0000000000000000",
    "import beads nothing.jsonl",
    "export -o all.json",
    "export -o all.json",
    "migrate plan --to hybrid",
    "migrate run --to hybrid",
    "migrate status",
    "migrate rollback",
    "migrate prune",
    "backup list",
    "backup create",
    "backup list",
    "backup verify",
    "backup schedule",
    "backup restore",
    "backup prune",
    "doctor --repair",
    "doctor --bundle bundle.tar.zst",
    "scale",
    "doctor",
    // What goes wrong.
    "start endpionts",
    "show c",
    "show",
    "frobnicate",
    "list --nonsense",
    "list status:doen owner:nobody",
    "list --sort nothing",
    "list --fields nothing --format csv",
    "done api-development --expect nonsense",
    "edit api-development",
    "new",
    "new X --due yesterday-or-so",
    "start checkout-v2/payment --as-of 2026-03-01",
    "doctor --as-of 3w",
    "log verify --since 3d",
    "board --json",
    "man nothing",
    "schema nothing",
    "report retro checkout-v2",
    "completion tcsh",
    // What it says of itself.
    "--help",
    "help",
    "help --all",
    "help refs",
    "help query",
    "help exit-codes",
    "help json",
    "help time",
    "help forecasting",
    "help workflows",
    "help templates",
    "help levels",
    "help glyphs",
    "help environment",
    "help 8",
    "help ref.not_found",
    "help show",
    "help nonsense",
    "task add --help",
];

/// Verbs that go on until they are ended.
const ELSEWHERE: [&str; 1] = ["watch"];

/// What is copied from the terminal into a file or a chat, and stays one line.
const AS_IT_IS: [&str; 1] = ["key show default"];

thread_local! {
    /// What was shown while a command ran.
    static SHOWN: RefCell<String> = const { RefCell::new(String::new()) };
}

fn shown(text: &str) {
    SHOWN.with_borrow_mut(|shown| shown.push_str(text));
}

/// What a command line puts on a terminal: what is shown while it runs, and its output.
fn said(env: &TestEnv, line: &str, columns: u16) -> (String, Output) {
    let mut around = env.on_a_terminal(columns);
    around.ask = |question| {
        shown(&format!("{question}\n"));
        true
    };
    around.prompt = |question| {
        shown(&format!("{question}\n"));
        Some("s".to_owned())
    };
    around.show = shown;
    let mut typed = vec!["milestone".to_owned()];
    typed.extend(words(line));
    around.words = typed[1..].to_vec();
    let typed: Vec<_> = typed.into_iter().map(Into::into).collect();
    let output = match parse(&typed) {
        Ok(cli) => answer(&cli, around, false),
        Err(stop) => stopped(stop, Some(around), false),
    };
    (SHOWN.with_borrow_mut(std::mem::take), output)
}

/// All of it.
fn told(env: &TestEnv, line: &str, columns: u16) -> String {
    let (shown, output) = said(env, line, columns);
    format!("{shown}{}{}\n", output.stdout, output.stderr.join("\n"))
}

#[test]
fn everything_fits_the_terminal() {
    let mut wide = Vec::new();
    for columns in WIDTHS {
        // Keys are not kept inside a project.
        let keys = TestEnv::new();
        let env = TestEnv::new().set("TERM", "xterm");
        let env = env.set("XDG_CONFIG_HOME", keys.path().to_str().unwrap());
        assert_eq!(env.run("demo .").code, 0);
        for line in LINES.iter().filter(|line| !AS_IT_IS.contains(line)) {
            for found in too_wide(&told(&env, line, columns), columns.into()) {
                wide.push(format!("{columns}: milestone {line}\n    {found}"));
            }
        }
    }
    assert!(wide.is_empty(), "{} lines are too wide:\n{}", wide.len(), wide.join("\n"));
}

#[test]
fn every_verb_is_looked_at() {
    let known: BTreeSet<String> = LINES
        .iter()
        .flat_map(|line| {
            let verbs = words(line);
            let pair = verbs.iter().take(2).cloned().collect::<Vec<_>>().join(" ");
            [pair, verbs.first().cloned().unwrap_or_default()]
        })
        .collect();
    let mut unknown = Vec::new();
    for verb in command().get_subcommands().filter(|verb| !verb.is_hide_set()) {
        let name = verb.get_name();
        let mut leaves: Vec<String> =
            verb.get_subcommands().map(|leaf| format!("{name} {}", leaf.get_name())).collect();
        leaves.push(name.to_owned());
        unknown.extend(leaves.into_iter().filter(|name| !known.contains(name)));
    }
    unknown.retain(|name| !ELSEWHERE.contains(&name.as_str()));
    assert!(unknown.is_empty(), "without a line: {unknown:?}");
}

/// Shown red by: a script that is folded like a sentence.
#[test]
fn what_is_kept_or_run_stays_what_it_is() {
    let env = TestEnv::new();
    let keys = TestEnv::new();
    let env = env.set("XDG_CONFIG_HOME", keys.path().to_str().unwrap());
    assert_eq!(env.run("demo .").code, 0);
    for line in ["view save mine owner:dana priority:high status:active due<2026-12-01", "key new"]
    {
        assert_eq!(env.run(line).code, 0, "{line}");
    }
    for line in [
        "completion zsh",
        "man show",
        "schema write",
        "export --format md",
        "template show api --source",
        "view show mine",
        "key show default",
        "list --format plain",
        "list --format csv",
    ] {
        let piped = env.run(line);
        assert_eq!(piped.code, 0, "{line}");
        assert!(piped.stdout.lines().any(|line| line.chars().count() > 40), "{line} is narrow");
        assert_eq!(said(&env, line, 40).1.stdout, piped.stdout, "{line}");
    }
}

/// Shown red by: folding whatever a command prints.
#[test]
fn a_pipe_gets_its_lines_whole() {
    let env = TestEnv::new();
    assert_eq!(env.run("demo .").code, 0);
    let pages = |columns: &str| {
        let run = |line: &str| {
            let mut command = env.command();
            command.env("COLUMNS", columns).args(words(line));
            let output = command.output().unwrap();
            [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap()).concat()
        };
        ["validate", "scale", "log verify", "status", "list", "start endpionts"].map(run)
    };
    assert_eq!(pages("40"), pages("200"));
}
