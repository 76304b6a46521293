//! The pictures of the README: made of what the program prints, and still what it prints.
//!
//! `cargo xtask pictures` makes them anew.
//!
//! Shown red by: a picture of yesterday's words.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use milestone_cli::args::{Cli, parse};
use milestone_cli::run::{Context, Surroundings, board_at_first, run};
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

use crate::support::TestEnv;
use crate::svg::picture;

/// Columns of the terminal in the pictures.
const COLUMNS: u16 = 84;
/// What is shown, and the name of its picture.
const SHOWN: [(&str, &str); 3] = [
    ("show", "milestone show api --level 1"),
    ("timeline", "milestone timeline"),
    ("list", "milestone list --all"),
];

fn demo() -> TestEnv {
    let env = TestEnv::new();
    assert_eq!(env.run("demo .").code, 0);
    env
}

/// What a command prints on a terminal, with its colours.
fn printed(env: &TestEnv, line: &str) -> Vec<String> {
    let (cli, around) = on_a_terminal(env, line);
    let answer = run(&cli, around).unwrap_or_else(|_| panic!("{line} is refused"));
    let prompt = format!("\u{1b}[2m$\u{1b}[0m \u{1b}[1m{line}\u{1b}[0m");
    std::iter::once(prompt).chain(answer.stdout.lines().map(ToOwned::to_owned)).collect()
}

/// The board as it is when it opens.
fn board(env: &TestEnv) -> Vec<String> {
    let (cli, around) = on_a_terminal(env, "milestone board");
    let mut context = Context::new(cli.global, around).expect("nothing is wrong with it");
    let buffer = board_at_first(&mut context, None, (COLUMNS, 20)).expect("there is a project");
    lines(&buffer)
}

fn on_a_terminal(env: &TestEnv, line: &str) -> (Cli, Surroundings) {
    let line = format!("{line} --color always --glyphs emoji");
    let words: Vec<OsString> = line.split(' ').map(Into::into).collect();
    (parse(&words).expect("it is a command line"), env.on_a_terminal(COLUMNS))
}

/// A buffer as text with colours.
fn lines(buffer: &Buffer) -> Vec<String> {
    let line = |y: u16| {
        let (mut out, mut x, mut last) = (String::new(), 0, String::new());
        while x < buffer.area.width {
            let cell = &buffer[(x, y)];
            let look = sgr(cell);
            if look != last {
                out.push_str(&format!("\u{1b}[0m{look}"));
                last = look;
            }
            out.push_str(cell.symbol());
            let wide = milestone_cli::ui::text::Ruler { ambiguous_wide: false, mark: "…" };
            x += u16::try_from(wide.width(cell.symbol()).max(1)).expect("a symbol is narrow");
        }
        out
    };
    (0..buffer.area.height).map(line).collect()
}

fn sgr(cell: &Cell) -> String {
    let mut codes = Vec::new();
    for (modifier, code) in [(Modifier::BOLD, 1), (Modifier::DIM, 2), (Modifier::REVERSED, 7)] {
        codes.extend(cell.modifier.contains(modifier).then_some(code));
    }
    codes.extend(match cell.fg {
        Color::Red => Some(31),
        Color::Green => Some(32),
        Color::Yellow => Some(33),
        Color::Magenta => Some(35),
        Color::Cyan => Some(36),
        _ => None,
    });
    codes.iter().map(|code| format!("\u{1b}[{code}m")).collect()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/pictures")
}

#[test]
fn the_pictures_show_what_is_printed() {
    let env = demo();
    let mut pictures: Vec<(&str, String)> = SHOWN
        .iter()
        .map(|(name, line)| (*name, picture(line, &printed(&env, line), COLUMNS.into())))
        .collect();
    pictures.push(("board", picture("milestone board", &board(&env), COLUMNS.into())));
    let readme = include_str!("../../../README.md");
    for (name, svg) in pictures {
        let path = folder().join(format!("{name}.svg"));
        if std::env::var_os("MILESTONE_BLESS").is_some() {
            std::fs::create_dir_all(folder()).unwrap();
            std::fs::write(&path, &svg).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == svg, "docs/pictures/{name}.svg is old: cargo xtask pictures");
        assert!(readme.contains(&format!("docs/pictures/{name}.svg")), "README has no {name}");
    }
}
