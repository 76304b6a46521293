//! The status vocabulary and the drawing characters: words, symbols, colours, frames, bars.
//!
//! Start at [`Status`].
//!
//! - **Invariant.** Every emoji is one code point, East-Asian *Wide*, without a variation selector:
//!   terminals disagree about all others.
//! - **Invariant.** Colours are the 16 ANSI ones by name, so that every theme works; bright black
//!   and backgrounds are never used.
//! - **Absent on purpose.** No icon fonts.

/// Which symbols a status has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glyphs {
    /// Two cells: `✅`.
    Emoji,
    /// One cell: `●`.
    Unicode,
    /// Three characters: `[x]`.
    Ascii,
}

/// What a task is seen as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Finished.
    Done,
    /// Under way.
    InProgress,
    /// Not begun.
    Pending,
    /// Not begun, and something comes before it; drawn as pending, said in words.
    Waiting,
    /// Has an open blocker.
    Blocked,
    /// Handed in for review.
    InReview,
    /// Rests.
    Paused,
    /// Will not be done.
    Cancelled,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 8] = [
        Self::Done,
        Self::InProgress,
        Self::Pending,
        Self::Waiting,
        Self::Blocked,
        Self::InReview,
        Self::Paused,
        Self::Cancelled,
    ];

    /// Returns the word people read.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Done => "Done",
            Self::InProgress => "In Progress",
            Self::Pending | Self::Waiting => "Pending",
            Self::Blocked => "Blocked",
            Self::InReview => "In Review",
            Self::Paused => "Paused",
            Self::Cancelled => "Cancelled",
        }
    }

    /// Returns the word programs read.
    #[must_use]
    pub const fn json(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::InProgress => "in_progress",
            Self::Pending => "pending",
            Self::Waiting => "waiting",
            Self::Blocked => "blocked",
            Self::InReview => "in_review",
            Self::Paused => "paused",
            Self::Cancelled => "cancelled",
        }
    }

    /// Returns a word of at most five letters, for narrow terminals.
    #[must_use]
    pub const fn short(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::InProgress => "doing",
            Self::Pending => "todo",
            Self::Waiting => "wait",
            Self::Blocked => "stuck",
            Self::InReview => "check",
            Self::Paused => "rests",
            Self::Cancelled => "off",
        }
    }

    /// Returns the symbol.
    #[must_use]
    pub const fn glyph(self, glyphs: Glyphs) -> &'static str {
        let (emoji, unicode, ascii) = match self {
            Self::Done => ("✅", "●", "[x]"),
            Self::InProgress => ("🔄", "◐", "[~]"),
            Self::Pending | Self::Waiting => ("⏳", "○", "[ ]"),
            Self::Blocked => ("⛔", "■", "[!]"),
            Self::InReview => ("🔎", "◇", "[?]"),
            Self::Paused => ("💤", "⊘", "[-]"),
            Self::Cancelled => ("❌", "✗", "[c]"),
        };
        match glyphs {
            Glyphs::Emoji => emoji,
            Glyphs::Unicode => unicode,
            Glyphs::Ascii => ascii,
        }
    }

    /// Returns the colour.
    #[must_use]
    pub const fn paint(self) -> Paint {
        match self {
            Self::Done => Paint::Done,
            Self::InProgress => Paint::InProgress,
            Self::Pending | Self::Waiting | Self::Paused | Self::Cancelled => Paint::Muted,
            Self::Blocked => Paint::Blocked,
            Self::InReview => Paint::Review,
        }
    }
}

/// A colour token; the name never says a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// The terminal's own colour.
    Plain,
    /// What recedes.
    Muted,
    /// Headings.
    Heading,
    /// Hints and what is pointed at.
    Accent,
    /// Finished.
    Done,
    /// Under way.
    InProgress,
    /// Blocked or late.
    Blocked,
    /// Needs an eye.
    AtRisk,
    /// In review.
    Review,
    /// Errors and destruction.
    Danger,
}

impl Paint {
    /// Returns the parameters of the escape sequence, empty for none.
    #[must_use]
    pub const fn sgr(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Muted => "2",
            Self::Heading => "1",
            Self::Accent | Self::InProgress => "1;36",
            Self::Done => "32",
            Self::Blocked | Self::Danger => "1;31",
            Self::AtRisk => "33",
            Self::Review => "35",
        }
    }

    /// Returns `text` in this colour if `color`, else as it is.
    #[must_use]
    pub fn over(self, text: &str, color: bool) -> String {
        let sgr = self.sgr();
        if !color || sgr.is_empty() || text.is_empty() {
            return text.to_owned();
        }
        format!("\u{1b}[{sgr}m{text}\u{1b}[0m")
    }
}

/// What frames, trees and bars are drawn with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drawing {
    /// Corners: top left, top right, bottom left, bottom right.
    pub corners: [&'static str; 4],
    /// A horizontal line.
    pub horizontal: &'static str,
    /// A vertical line.
    pub vertical: &'static str,
    /// A branch of a tree that has later siblings.
    pub branch: &'static str,
    /// The last branch.
    pub last: &'static str,
    /// Beside the children of a branch that has later siblings.
    pub pipe: &'static str,
    /// A full cell of a bar.
    pub full: &'static str,
    /// An empty cell of a bar.
    pub empty: &'static str,
    /// Between two remarks on one line, with its spaces.
    pub dot: &'static str,
}

impl Drawing {
    /// Box-drawing characters.
    pub const BOX: Self = Self {
        corners: ["╭", "╮", "╰", "╯"],
        horizontal: "─",
        vertical: "│",
        branch: "├── ",
        last: "└── ",
        pipe: "│   ",
        full: "█",
        empty: "░",
        dot: " · ",
    };

    /// ASCII.
    pub const ASCII: Self = Self {
        corners: ["+", "+", "+", "+"],
        horizontal: "-",
        vertical: "|",
        branch: "|-- ",
        last: "`-- ",
        pipe: "|   ",
        full: "#",
        empty: ".",
        dot: " - ",
    };

    /// Returns a bar; full only at 100 and empty only at 0.
    #[must_use]
    pub fn bar(&self, percent: u8, cells: usize) -> String {
        let percent = usize::from(percent.min(100));
        let rounded = (percent * cells + 50) / 100;
        let full = match percent {
            0 => 0,
            100 => cells,
            _ => rounded.clamp(1.min(cells), cells.saturating_sub(1)),
        };
        self.full.repeat(full) + &self.empty.repeat(cells - full)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_width::UnicodeWidthStr;

    #[test]
    fn symbols_have_the_documented_width() {
        for status in Status::ALL {
            for (glyphs, cells) in [(Glyphs::Emoji, 2), (Glyphs::Unicode, 1), (Glyphs::Ascii, 3)] {
                let glyph = status.glyph(glyphs);
                assert_eq!(glyph.width(), cells, "{glyph}");
                assert_eq!(glyphs == Glyphs::Ascii, glyph.is_ascii(), "{glyph}");
            }
            assert_eq!(status.glyph(Glyphs::Emoji).chars().count(), 1, "one code point");
            assert!(status.short().len() <= 5);
        }
    }

    #[test]
    fn bars_are_full_only_when_complete() {
        let bar = |percent| Drawing::BOX.bar(percent, 10);
        assert_eq!(bar(67), "███████░░░");
        assert_eq!(bar(78), "████████░░");
        assert_eq!(bar(0), "░░░░░░░░░░");
        assert_eq!(bar(1), "█░░░░░░░░░");
        assert_eq!(bar(99), "█████████░");
        assert_eq!(bar(100), "██████████");
        assert_eq!(Drawing::ASCII.bar(50, 4), "##..");
        assert_eq!(Drawing::ASCII.bar(50, 0), "");
    }

    #[test]
    fn colours_close_what_they_open() {
        assert_eq!(Paint::Done.over("x", true), "\u{1b}[32mx\u{1b}[0m");
        assert_eq!(Paint::Done.over("x", false), "x");
        assert_eq!(Paint::Plain.over("x", true), "x");
    }
}
