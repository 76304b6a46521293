//! What people see of the everyday commands: every width, every set of symbols, with and without
//! colour, in one file for each story.
//!
//! Start at [`told`]. The stories are T1 to T13 of the program's interface: begin a project, plan,
//! work, look at it, look back, move it, check it, look ahead.
//!
//! - **Invariant.** Colour changes nothing but colour: without its marks every page is the same.
//! - **Invariant.** Nothing is wider than was asked for, but a single word.

use std::fmt::Write;

use crate::reads_figures::worked;
use crate::reads_world;
use crate::support::{TestEnv, too_wide};

const WIDTHS: [&str; 3] = ["40", "80", "120"];
const GLYPHS: [&str; 3] = ["emoji", "unicode", "ascii"];

/// What a story begins with.
type World = fn(TestEnv) -> TestEnv;

/// Plays a story in a world of its own and writes it down.
fn played(world: World, lines: &[&str], width: &str, glyphs: &str, colour: bool) -> String {
    let env = TestEnv::new()
        .set("MILESTONE_WIDTH", width)
        .set("MILESTONE_GLYPHS", glyphs)
        .set("MILESTONE_FORMAT", "text")
        .set(if colour { "CLICOLOR_FORCE" } else { "NO_COLOR" }, "1");
    let env = world(env);
    lines.iter().map(|line| timeless(&env.run(line).whole())).collect()
}

/// A page without how long a move really took, and how well its backup was packed.
fn timeless(page: &str) -> String {
    let mut backup = false;
    let line = |line: &str| {
        // A narrow terminal has the size on a line of its own.
        let size = line.ends_with(" kB") || line.ends_with(" bytes");
        if std::mem::take(&mut backup) && size {
            return String::new();
        }
        if let Some((what, _)) = line.split_once("-move") {
            backup = true;
            return format!("{what}-move\n");
        }
        match line.rsplit_once(" records, ").filter(|(_, took)| took.ends_with(" s")) {
            Some((what, _)) => format!("{what} records, in no time\n"),
            None => format!("{line}\n"),
        }
    };
    page.lines().map(line).collect()
}

/// A story as everybody may see it.
fn told(world: World, lines: &[&str]) -> String {
    let mut pages = String::new();
    for width in WIDTHS {
        for glyphs in GLYPHS {
            let plain = played(world, lines, width, glyphs, false);
            let coloured = played(world, lines, width, glyphs, true);
            let same = unsaid(&uncoloured(&coloured));
            assert_eq!(same, unsaid(&plain), "{width} columns, {glyphs}");
            assert!(!plain.contains('\u{1b}'), "{width} columns, {glyphs}: {plain}");
            fits(&plain, width.parse().unwrap(), glyphs);
            writeln!(pages, "=== {width} columns, {glyphs}\n{plain}").unwrap();
            if (width, glyphs) == ("80", "unicode") {
                writeln!(pages, "=== {width} columns, {glyphs}, colour\n{}", visible(&coloured))
                    .unwrap();
            }
        }
    }
    pages
}

/// Holds the lines of pages against their width; sentences for ears have none.
fn fits(pages: &str, width: usize, glyphs: &str) {
    let mut heard = false;
    for line in pages.lines() {
        if line.starts_with("$ milestone ") {
            heard = line.contains("--accessible");
            continue;
        }
        let line = line.strip_prefix("! ").unwrap_or(line);
        let wide = too_wide(line, width);
        assert!(wide.is_empty() || heard, "{width} columns, {glyphs}: {line}");
    }
}

/// Marks of colour as text.
fn visible(text: &str) -> String {
    text.replace('\u{1b}', "^")
}

/// A text without what the doctor says of the terminal: whether there is colour.
fn unsaid(text: &str) -> String {
    match text.split_once("ok    terminal") {
        Some((before, after)) => before.to_owned() + &after[after.find("0 warnings").unwrap()..],
        None => text.to_owned(),
    }
}

/// A text without its marks of colour.
fn uncoloured(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (mark, rest) = part.split_once('m').expect("a mark of colour ends with m");
        assert!(mark.starts_with('['), "only colour is marked: {part:?}");
        plain.push_str(rest);
    }
    plain
}

fn nothing(env: TestEnv) -> TestEnv {
    env
}

fn shop(env: TestEnv) -> TestEnv {
    reads_world::shop(&env);
    env
}

fn code(env: TestEnv) -> TestEnv {
    std::fs::write(env.path().join("Cargo.toml"), "[dependencies]\naxum = \"0.8\"\n").unwrap();
    std::fs::write(env.path().join("openapi.yaml"), "openapi: 3.1.0\n").unwrap();
    env
}

/// Compares a story with its file.
macro_rules! story {
    ($name:ident, $world:expr, $lines:expr) => {
        #[test]
        fn $name() {
            insta::assert_snapshot!(stringify!($name), told($world, &$lines));
        }
    };
}

story!(t01_init, code, ["init --name shop", "init"]);

/// Nothing is asked where there is no terminal; what would be is said as a command.
#[test]
fn t01_asks_nothing_of_a_pipe() {
    let env = code(TestEnv::new());
    let answer = env.run("init --name shop");
    assert_eq!(answer.code, 0);
    assert!(!answer.whole().contains('?'), "{}", answer.whole());
    assert!(answer.stderr.contains("Next: milestone quickstart api"), "{}", answer.whole());
}
story!(
    t02_new,
    nothing,
    [
        "init --name shop",
        "new \"API Development\" --template api --due 2026-03-20",
        "new \"API Development\" -q",
    ]
);
story!(
    t03_task_add,
    shop,
    [
        "task add \"Receipts by e-mail\" --on checkout --estimate 2d --after payment",
        "task add \"Refund flow\" \"Tax report\" --on checkout --estimate 1d",
    ]
);
story!(t04_start, shop, ["start checkout/cart-totals", "start api/testing"]);
story!(
    t05_progress,
    shop,
    ["progress api/endpoints 5/6 --note \"refunds too\"", "progress api/endpoints 5/8"]
);
story!(
    t06_done,
    shop,
    ["done api", "done api/endpoints --note \"PR 142\"", "done api/testing", "done api"]
);
story!(t07_ready, shop, ["ready", "ready --blocked"]);
story!(t08a_show_simple, shop, ["show api --level 0", "list", "task list --on api"]);
story!(t08b_show_rich, shop, ["show api --level 1", "show api/endpoints --level 1"]);
story!(t08c_show_accessible, shop, ["show api --level 1 --accessible"]);
story!(t09_log_and_audit, shop, ["log api/endpoints", "audit api/endpoints --verify"]);
story!(
    t10_time_travel,
    shop,
    [
        "show api --as-of 2026-03-05",
        "diff api --from 2026-03-05",
        "start api/testing --as-of 2026-03-05",
        "show api --as-of 2026-03-01",
    ]
);
story!(
    t11_migrate,
    shop,
    [
        "scale",
        "migrate plan --to hybrid",
        "migrate run --to hybrid",
        "migrate run --to hybrid --yes",
        "migrate status",
        "migrate rollback",
        "migrate rollback --yes"
    ]
);
story!(t12_doctor, shop, ["doctor", "validate"]);
story!(t13_forecast, worked, ["forecast checkout", "timeline", "stats"]);
story!(t13_forecast_without_history, shop, ["forecast api"]);
story!(errors, shop, ["start endpionts", "show c", "done api/testing", "frobnicate"]);
