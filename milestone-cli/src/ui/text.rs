//! Text from outside, made safe and measured: [`sanitize`], and [`Ruler`] for width and clipping.
//!
//! Start at [`sanitize`]; every renderer calls it on what people typed before it draws.
//!
//! - **Invariant.** After `sanitize` a text is one line that cannot move the cursor, start an
//!   escape sequence, or reorder what stands beside it.
//! - **Invariant.** Width is counted by grapheme cluster; an emoji is 2, however many code points
//!   it has.
//! - **Absent on purpose.** Wrapping: rows are clipped here; sentences go on below in `fold`.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What stands for a character that must not reach a terminal.
const HARMLESS: char = '\u{fffd}';

/// Returns `text` as one harmless line: line breaks and tabs become spaces, control characters
/// and overrides of writing direction become `�`.
#[must_use]
pub fn sanitize(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| harmless(c) == c) {
        return Cow::Borrowed(text);
    }
    // A Windows line end is one break.
    Cow::Owned(text.replace("\r\n", "\n").chars().map(harmless).collect())
}

/// Returns `text` with its line breaks, every line sanitized; for notes and descriptions.
#[must_use]
pub fn sanitize_lines(text: &str) -> String {
    text.lines().map(|line| sanitize(line).into_owned()).collect::<Vec<_>>().join("\n")
}

fn harmless(c: char) -> char {
    match c {
        '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => ' ',
        // Embeddings, overrides and isolates; the plain marks (LRM, RLM, ALM) stay, for they
        // belong into Arabic and Hebrew text and reach no further than their neighbours.
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => HARMLESS,
        c if c.is_control() => HARMLESS,
        c => c,
    }
}

/// Measures and clips text in terminal cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ruler {
    /// East-Asian *Ambiguous* characters take two cells.
    pub ambiguous_wide: bool,
    /// What shows that something was cut off.
    pub mark: &'static str,
}

impl Ruler {
    /// Returns the cells that `text` takes.
    #[must_use]
    pub fn width(&self, text: &str) -> usize {
        if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
            return text.len();
        }
        text.graphemes(true).map(|cluster| self.cluster(cluster)).sum()
    }

    fn cluster(&self, cluster: &str) -> usize {
        let first = cluster.chars().next().and_then(UnicodeWidthChar::width).unwrap_or(0);
        // One wide base with joiners, skin tones or a variation selector is one picture.
        if cluster.contains('\u{fe0f}') || (first == 2 && cluster.contains('\u{200d}')) {
            return 2;
        }
        if self.ambiguous_wide { cluster.width_cjk() } else { cluster.width() }
    }

    /// Returns `text` cut to at most `cells`, the mark included.
    #[must_use]
    pub fn clip(&self, text: &str, cells: usize) -> String {
        if self.width(text) <= cells {
            return text.to_owned();
        }
        let room = cells.saturating_sub(self.width(self.mark));
        let mut out = String::new();
        let mut used = 0;
        for cluster in text.graphemes(true) {
            used += self.cluster(cluster);
            if used > room {
                break;
            }
            out.push_str(cluster);
        }
        if cells >= self.width(self.mark) {
            out.truncate(out.trim_end().len());
            out.push_str(self.mark);
        }
        out
    }

    /// Returns `text` with spaces behind it up to `cells`; longer text stays as it is.
    #[must_use]
    pub fn pad(&self, text: &str, cells: usize) -> String {
        let missing = cells.saturating_sub(self.width(text));
        format!("{text}{}", " ".repeat(missing))
    }

    /// Returns `text` clipped and padded to exactly `cells`.
    #[must_use]
    pub fn fit(&self, text: &str, cells: usize) -> String {
        self.pad(&self.clip(text, cells), cells)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::sample::HARD_TITLES;

    const RULER: Ruler = Ruler { ambiguous_wide: false, mark: "…" };

    #[test]
    fn nothing_dangerous_survives() {
        assert_eq!(sanitize("a\tb\r\nc\nd"), "a b c d");
        assert_eq!(sanitize("\u{1b}[31mred\u{1b}[0m"), "�[31mred�[0m");
        assert_eq!(sanitize("\u{9b}2J\u{7f}\0\u{8}"), "�2J���");
        assert_eq!(sanitize("user\u{202e}txt.exe"), "user�txt.exe");
        assert_eq!(sanitize("a\u{2066}b\u{2069}c\u{2028}d"), "a�b�c d");
        assert_eq!(sanitize_lines("one\r\ntwo\u{1b}c\n"), "one\ntwo�c");
    }

    #[test]
    fn what_is_harmless_is_not_copied() {
        for text in ["API Development", "🚀 Start", "مرحبا", "👨‍👩‍👧‍👦"] {
            assert!(matches!(sanitize(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn width_is_by_cluster() {
        let cases = [
            ("abc", 3),
            ("🚀", 2),
            ("⚠️", 2),
            ("👨‍👩‍👧‍👦", 2),
            ("👍🏽", 2),
            ("🇩🇪", 2),
            ("1️⃣", 2),
            ("日本語", 6),
            ("e\u{301}", 1),
            ("مرحبا", 5),
            ("ที่", 1),
            ("", 0),
        ];
        for (text, cells) in cases {
            assert_eq!(RULER.width(text), cells, "{text:?}");
        }
        let wide = Ruler { ambiguous_wide: true, ..RULER };
        assert_eq!((wide.width("│─"), RULER.width("│─")), (4, 2));
    }

    #[test]
    fn clipping_never_cuts_a_cluster_and_never_exceeds() {
        assert_eq!(RULER.clip("Authentication", 8), "Authent…");
        assert_eq!(RULER.clip("日本語", 4), "日…");
        assert_eq!(RULER.clip("ab 👨‍👩‍👧‍👦 cd", 5), "ab…");
        assert_eq!(RULER.clip("abc", 0), "");
        for title in HARD_TITLES {
            let clean = sanitize(title);
            for cells in 0..40 {
                assert!(RULER.width(&RULER.clip(&clean, cells)) <= cells, "{title:?} at {cells}");
                assert_eq!(RULER.width(&RULER.fit(&clean, cells)), cells, "{title:?} at {cells}");
            }
        }
    }
}
