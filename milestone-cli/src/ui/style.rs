//! How to draw: [`Style`], and the decision that makes it from flags, environment and terminal.
//!
//! Start at [`decide`].
//!
//! - **Invariant.** Colour, highest first: flag, `ui.color`, `NO_COLOR`, `CLICOLOR_FORCE`, `TERM`,
//!   terminal or not. An explicit flag always wins.
//! - **Invariant.** Pure: the environment comes in as a function, the terminal as [`Terminal`].
//! - **Absent on purpose.** No theme of colours; see `glyph::Paint` for the tokens.

use super::glyph::{Drawing, Glyphs};
use super::text::Ruler;
use crate::args::global::{Choice, GlyphChoice};

/// The width where there is no terminal and nobody said one, in columns.
pub const WIDTH_DEFAULT: usize = 80;
/// Below this, there is one field a line.
pub const WIDTH_NARROW: usize = 40;
/// Below this, there are no bars and titles are clipped hard.
pub const WIDTH_SLIM: usize = 60;
/// From this on, there are extra columns.
pub const WIDTH_BROAD: usize = 100;

/// How to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Which symbols a status has.
    pub glyphs: Glyphs,
    /// Whether escapes for colour are written.
    pub color: bool,
    /// Columns to stay within.
    pub width: usize,
    /// 0 simple, 1 rich, 2 team, 3 programme.
    pub level: u8,
    /// Sentences instead of drawings.
    pub accessible: bool,
    /// The terminal gives East-Asian *Ambiguous* characters two cells.
    pub ambiguous_wide: bool,
    /// The stream is a terminal.
    pub tty: bool,
    /// Lines of text are folded: a terminal would break them, or somebody said how wide they are.
    pub folds: bool,
}

impl Style {
    /// A style for a pipe: 80 columns, no colour, no terminal.
    #[must_use]
    pub const fn plain(glyphs: Glyphs) -> Self {
        Self {
            glyphs,
            color: false,
            width: WIDTH_DEFAULT,
            level: 0,
            accessible: false,
            ambiguous_wide: false,
            tty: false,
            folds: false,
        }
    }

    /// Returns what frames, trees and bars are drawn with.
    #[must_use]
    pub fn drawing(&self) -> Drawing {
        let ascii = self.glyphs == Glyphs::Ascii || self.ambiguous_wide;
        if ascii { Drawing::ASCII } else { Drawing::BOX }
    }

    /// Returns what stands between before and after.
    #[must_use]
    pub const fn arrow(&self) -> &'static str {
        match (self.accessible, self.glyphs) {
            (true, _) => "to",
            (false, Glyphs::Ascii) => "->",
            (false, Glyphs::Emoji | Glyphs::Unicode) => "→",
        }
    }

    /// Returns what text is measured and clipped with.
    #[must_use]
    pub fn ruler(&self) -> Ruler {
        let ascii = self.glyphs == Glyphs::Ascii;
        Ruler { ambiguous_wide: self.ambiguous_wide, mark: if ascii { "~" } else { "…" } }
    }
}

/// What was asked for by flags.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flags {
    /// `--color`.
    pub color: Option<Choice>,
    /// `--glyphs`.
    pub glyphs: Option<GlyphChoice>,
    /// `--width`.
    pub width: Option<u16>,
    /// `--level`.
    pub level: Option<u8>,
    /// `--accessible`.
    pub accessible: bool,
}

/// What the settings say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settings {
    /// `ui.color`; `Auto` counts as not set.
    pub color: Option<Choice>,
    /// `ui.glyphs`; `Auto` counts as not set.
    pub glyphs: Option<GlyphChoice>,
    /// `ui.level` if pinned, else the level the project has reached.
    pub level: u8,
    /// `ui.accessible`.
    pub accessible: bool,
    /// `ui.ambiguous_width`: `None` is auto, `Some(true)` is two cells.
    pub ambiguous_wide: Option<bool>,
}

/// What is known about the stream that is written to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Terminal {
    /// The stream is a terminal.
    pub tty: bool,
    /// Its columns, if it is one and says so.
    pub columns: Option<u16>,
    /// Its lines, likewise.
    pub rows: Option<u16>,
}

/// Decides how to draw on one stream. `env` returns the value of a variable, if it is set.
#[must_use]
pub fn decide(
    flags: &Flags,
    settings: &Settings,
    env: &dyn Fn(&str) -> Option<String>,
    terminal: Terminal,
) -> Style {
    let locale = Locale::from(env);
    let ambiguous_wide = settings.ambiguous_wide.unwrap_or(locale.east_asian);
    let env_level = number(env, "MILESTONE_LEVEL").and_then(|level| u8::try_from(level).ok());
    let level = flags.level.or(env_level).unwrap_or(settings.level);
    Style {
        glyphs: glyphs(flags, settings, env, terminal.tty, &locale, ambiguous_wide),
        color: color(flags, settings, env, terminal.tty),
        width: width(flags, env, terminal),
        level: level.min(3),
        accessible: flags.accessible || settings.accessible,
        ambiguous_wide,
        tty: terminal.tty,
        folds: terminal.tty || width_asked(flags, env).is_some(),
    }
}

fn color(
    flags: &Flags,
    settings: &Settings,
    env: &dyn Fn(&str) -> Option<String>,
    tty: bool,
) -> bool {
    let set = |name: &str| env(name).is_some_and(|value| !value.is_empty());
    match flags.color {
        Some(Choice::Always) => return true,
        Some(Choice::Never) => return false,
        // An explicit `auto` asks for what the terminal says, over the settings.
        Some(Choice::Auto) => {}
        None => match settings.color {
            _ if set("MILESTONE_AGENT") => return false,
            Some(Choice::Always) => return true,
            Some(Choice::Never) => return false,
            Some(Choice::Auto) | None => {}
        },
    }
    if set("NO_COLOR") {
        return false;
    }
    if env("CLICOLOR_FORCE").is_some_and(|value| !value.is_empty() && value != "0") {
        return true;
    }
    // A terminal without TERM is one that nothing is known about: no escapes.
    let capable = env("TERM").is_some_and(|term| !term.is_empty() && term != "dumb");
    tty && capable
}

fn glyphs(
    flags: &Flags,
    settings: &Settings,
    env: &dyn Fn(&str) -> Option<String>,
    tty: bool,
    locale: &Locale,
    ambiguous_wide: bool,
) -> Glyphs {
    let from_env = env("MILESTONE_GLYPHS").and_then(|value| choice(&value));
    match flags.glyphs.or(from_env).or(settings.glyphs) {
        Some(GlyphChoice::Emoji) => return Glyphs::Emoji,
        Some(GlyphChoice::Unicode) => return Glyphs::Unicode,
        Some(GlyphChoice::Ascii) => return Glyphs::Ascii,
        Some(GlyphChoice::Auto) | None => {}
    }
    if !locale.utf8 {
        return Glyphs::Ascii;
    }
    let term = env("TERM").unwrap_or_default();
    let poor = term.is_empty() || term == "dumb" || term == "linux" || term.starts_with("vt");
    let ci = env("CI").is_some_and(|value| !value.is_empty());
    if tty && !poor && !ci {
        Glyphs::Emoji
    } else if ambiguous_wide {
        // The one-cell symbols are themselves ambiguous.
        Glyphs::Ascii
    } else {
        Glyphs::Unicode
    }
}

fn width(flags: &Flags, env: &dyn Fn(&str) -> Option<String>, terminal: Terminal) -> usize {
    let of_terminal = || {
        let columns = terminal.columns.map(usize::from).filter(|columns| *columns > 0);
        terminal.tty.then_some(columns).flatten()
    };
    let known = width_asked(flags, env).or_else(|| number(env, "COLUMNS")).or_else(of_terminal);
    known.unwrap_or(WIDTH_DEFAULT).clamp(20, 1_000)
}

/// The width that somebody said, for whatever the stream is.
fn width_asked(flags: &Flags, env: &dyn Fn(&str) -> Option<String>) -> Option<usize> {
    flags.width.map(usize::from).or_else(|| number(env, "MILESTONE_WIDTH"))
}

fn choice(word: &str) -> Option<GlyphChoice> {
    <GlyphChoice as clap::ValueEnum>::from_str(word, true).ok()
}

fn number(env: &dyn Fn(&str) -> Option<String>, name: &str) -> Option<usize> {
    env(name)?.trim().parse().ok()
}

/// What the locale says about characters.
struct Locale {
    utf8: bool,
    east_asian: bool,
}

impl Locale {
    fn from(env: &dyn Fn(&str) -> Option<String>) -> Self {
        let name = ["LC_ALL", "LC_CTYPE", "LANG"]
            .iter()
            .find_map(|name| env(name).filter(|value| !value.is_empty()))
            .unwrap_or_default()
            .to_ascii_lowercase();
        Self {
            utf8: name.contains("utf-8") || name.contains("utf8"),
            east_asian: ["zh", "ja", "ko"].iter().any(|language| name.starts_with(language)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TTY: Terminal = Terminal { tty: true, columns: Some(96), rows: Some(24) };
    const PIPE: Terminal = Terminal { tty: false, columns: None, rows: None };
    const XTERM: &[(&str, &str)] = &[("TERM", "xterm-256color"), ("LANG", "en_GB.UTF-8")];

    fn with(flags: Flags, settings: Settings, env: &[&[(&str, &str)]], at: Terminal) -> Style {
        // Later lists win.
        let look = |name: &str| {
            let all = env.iter().flat_map(|part| part.iter());
            all.rev().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        decide(&flags, &settings, &look, at)
    }

    fn env(vars: &[(&str, &str)], at: Terminal) -> Style {
        with(Flags::default(), Settings::default(), &[XTERM, vars], at)
    }

    #[test]
    fn colour_is_decided_from_the_top() {
        let flag = |color| Flags { color: Some(color), ..Flags::default() };
        let set = |color| Settings { color: Some(color), ..Settings::default() };
        let no = &[("NO_COLOR", "1")][..];
        let force = &[("CLICOLOR_FORCE", "1")][..];
        assert!(with(flag(Choice::Always), set(Choice::Never), &[no], PIPE).color);
        assert!(!with(flag(Choice::Never), set(Choice::Always), &[XTERM, force], TTY).color);
        assert!(with(Flags::default(), set(Choice::Always), &[no], PIPE).color);
        assert!(!with(Flags::default(), set(Choice::Never), &[XTERM, force], TTY).color);
        assert!(!env(&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], TTY).color);
        assert!(env(&[("NO_COLOR", "")], TTY).color, "an empty NO_COLOR says nothing");
        assert!(env(&[("CLICOLOR_FORCE", "1"), ("TERM", "dumb")], PIPE).color);
        assert!(!env(&[("CLICOLOR_FORCE", "0")], PIPE).color);
        assert!(!env(&[("TERM", "dumb")], TTY).color);
        assert!(!env(&[("TERM", "")], TTY).color);
        assert!(env(&[], TTY).color);
        assert!(!env(&[], PIPE).color);
        assert!(!env(&[("MILESTONE_AGENT", "robo-1")], TTY).color);
    }

    #[test]
    fn glyphs_follow_terminal_and_locale() {
        assert_eq!(env(&[], TTY).glyphs, Glyphs::Emoji);
        assert_eq!(env(&[], PIPE).glyphs, Glyphs::Unicode);
        for term in ["dumb", "linux", "vt100", "vt220"] {
            assert_eq!(env(&[("TERM", term)], TTY).glyphs, Glyphs::Unicode, "{term}");
        }
        assert_eq!(env(&[("CI", "true")], TTY).glyphs, Glyphs::Unicode);
        assert_eq!(env(&[("LANG", "C")], TTY).glyphs, Glyphs::Ascii);
        assert_eq!(env(&[("LC_ALL", "C")], TTY).glyphs, Glyphs::Ascii, "LC_ALL beats LANG");
        assert_eq!(env(&[("MILESTONE_GLYPHS", "ascii")], TTY).glyphs, Glyphs::Ascii);
        let flags = Flags { glyphs: Some(GlyphChoice::Emoji), ..Flags::default() };
        let style = with(flags, Settings::default(), &[&[("MILESTONE_GLYPHS", "ascii")]], PIPE);
        assert_eq!(style.glyphs, Glyphs::Emoji);
    }

    #[test]
    fn east_asian_locales_get_ascii_frames() {
        let style = env(&[("LANG", "ja_JP.UTF-8")], TTY);
        assert_eq!((style.glyphs, style.drawing()), (Glyphs::Emoji, Drawing::ASCII));
        assert_eq!(env(&[("LANG", "zh_CN.UTF-8")], PIPE).glyphs, Glyphs::Ascii);
        let one = Settings { ambiguous_wide: Some(false), ..Settings::default() };
        let ko = &[("LANG", "ko_KR.UTF-8")][..];
        assert_eq!(with(Flags::default(), one, &[XTERM, ko], TTY).drawing(), Drawing::BOX);
    }

    #[test]
    fn width_and_level_are_looked_up_in_order() {
        assert_eq!(env(&[], TTY).width, 96);
        assert_eq!(env(&[], PIPE).width, 80);
        assert_eq!(env(&[("COLUMNS", "70")], TTY).width, 70);
        assert_eq!(env(&[("COLUMNS", "70"), ("MILESTONE_WIDTH", "60")], TTY).width, 60);
        let flags = Flags { width: Some(50), level: Some(0), ..Flags::default() };
        let settings = Settings { level: 3, ..Settings::default() };
        let style = with(flags, settings, &[&[("MILESTONE_WIDTH", "60")]], PIPE);
        assert_eq!((style.width, style.level), (50, 0));
        assert_eq!(with(Flags::default(), settings, &[], PIPE).level, 3);
        assert_eq!(env(&[("MILESTONE_LEVEL", "1")], PIPE).level, 1);
    }
}
