//! What people see of the everyday commands: every width, every set of symbols, with and without
//! colour, in one file for each story.
//!
//! Start at [`told`]. The stories are T1 to T13 of the program's interface: begin a project, plan,
//! work, look at it, look back, move it, check it, look ahead.
//!
//! - **Invariant.** Colour changes nothing but colour: without its marks every page is the same.
//! - **Invariant.** What is drawn (tables, bars, frames) is never wider than was asked for, and at
//!   120 columns nothing is, but what is to be typed. Other sentences are left to the terminal to
//!   wrap.

use std::fmt::Write;

use milestone_cli::ui::text::Ruler;

use crate::reads_figures::worked;
use crate::reads_world;
use crate::support::TestEnv;

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
    let line = |line: &str| {
        if let Some((what, _)) = line.split_once("-move") {
            return format!("{what}-move\n");
        }
        match line.strip_prefix("Migrated ").and_then(|_| line.rsplit_once(", ")) {
            Some((what, _)) => format!("{what}, in no time\n"),
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
            // The doctor says whether there is colour.
            let same = uncoloured(&coloured).replace("columns, colour", "columns, no colour");
            assert_eq!(same, plain, "{width} columns, {glyphs}");
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

/// The commands whose pages are drawn to fit: tables, bars, frames.
const DRAWN: [&str; 6] =
    ["list", "ready", "task list", "forecast", "timeline", "show api --level 1"];

/// From here on nothing is wider than the terminal, whatever it is.
const ROOMY: usize = 120;

/// Holds the lines of pages against their width: what is drawn fits everywhere, and all else where
/// there is room. What is to be typed is never cut.
fn fits(pages: &str, width: usize, glyphs: &str) {
    let ruler = Ruler { ambiguous_wide: false, mark: "…" };
    let mut drawn = false;
    for line in pages.lines() {
        if let Some(command) = line.strip_prefix("$ milestone ") {
            drawn = DRAWN.iter().any(|verb| command.starts_with(verb));
            drawn &= !command.contains("--accessible");
            continue;
        }
        let (line, talk) = line.strip_prefix("! ").map_or((line, false), |line| (line, true));
        let typed = line.contains("milestone ") || line.contains("--");
        let held = width >= ROOMY || (drawn && !talk);
        let fits = ruler.width(line) <= width || typed || !held;
        assert!(fits, "{width} columns, {glyphs}: {line}");
    }
}

/// Marks of colour as text.
fn visible(text: &str) -> String {
    text.replace('\u{1b}', "^")
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
