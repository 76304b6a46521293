//! Foreign text made fit for a field: control characters and lengths.
//!
//! - **Invariant.** What comes out of [`one_line`] has no control character, what comes out of
//!   [`block`] only line feeds and tabs, and neither changes any other character.
//! - **Absent on purpose.** Reporting: the caller counts what was changed.

use std::borrow::Cow;

/// A title has at most this many characters.
pub(crate) const TITLE_CHARS_MAX: usize = 200;
/// A note has at most this many bytes.
pub(crate) const NOTE_BYTES_MAX: usize = 64 * 1024;

/// The text on one line, every control character a space; and whether there were any.
pub(crate) fn one_line(text: Cow<'_, str>) -> (Cow<'_, str>, bool) {
    if has(&text, suspicious) { replace(text, |_| false) } else { (text, false) }
}

/// The text with its line feeds and tabs, every other control character a space; and whether
/// there were any. A carriage return before a line feed is left out silently.
pub(crate) fn block(text: Cow<'_, str>) -> (Cow<'_, str>, bool) {
    if !has(&text, |byte| suspicious(byte) & (byte != b'\n') & (byte != b'\t')) {
        return (text, false);
    }
    let text = if text.contains("\r\n") { Cow::Owned(text.replace("\r\n", "\n")) } else { text };
    replace(text, |found| matches!(found, '\n' | '\t'))
}

/// Whether a byte is a control character or may begin one: 0xc2 begins U+0080 to U+009F.
fn suspicious(byte: u8) -> bool {
    (byte < 0x20) | (byte == 0x7f) | (byte == 0xc2)
}

/// Whether the text has such a byte; without an early end, so that many are tested at a time.
fn has(text: &str, test: impl Fn(u8) -> bool) -> bool {
    text.bytes().fold(false, |found, byte| found | test(byte))
}

fn replace(text: Cow<'_, str>, allowed: fn(char) -> bool) -> (Cow<'_, str>, bool) {
    let bad = |found: char| found.is_control() && !allowed(found);
    if !text.chars().any(bad) {
        return (text, false);
    }
    (text.chars().map(|found| if bad(found) { ' ' } else { found }).collect(), true)
}

/// The first characters of the text, at most `chars_max`.
pub(crate) fn clip(text: &str, chars_max: usize) -> &str {
    match text.char_indices().nth(chars_max) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

/// The text in pieces of at most `bytes_max` bytes (at least 4), cut after a line feed where one
/// is in the second half of the piece, else between characters.
pub(crate) fn pieces(mut text: &str, bytes_max: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    while text.len() > bytes_max {
        let end = (0..=bytes_max).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
        let line_end = text[..end].rfind('\n').map(|at| at + 1).filter(|&at| at > end / 2);
        let (piece, rest) = text.split_at(line_end.unwrap_or(end));
        pieces.push(piece);
        text = rest;
    }
    pieces.push(text);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn control_characters_become_spaces() {
        assert_eq!(one_line("a\nb\u{85}c".into()), ("a b c".into(), true));
        assert_eq!(one_line("naïve ß".into()), ("naïve ß".into(), false));
        assert_eq!(block("a\r\nb\tc".into()), ("a\nb\tc".into(), false));
        assert_eq!(block("a\rb\u{1b}[0m".into()), ("a b [0m".into(), true));
    }

    #[test]
    fn a_clip_never_splits_a_character() {
        assert_eq!(clip("äöü", 2), "äö");
        assert_eq!(clip("ab", 2), "ab");
    }

    proptest! {
        #[test]
        fn pieces_are_the_text(text in "[a-zß\n🦀]{0,200}", bytes_max in 4usize..40) {
            let pieces = pieces(&text, bytes_max);
            prop_assert!(pieces.iter().all(|piece| piece.len() <= bytes_max));
            prop_assert_eq!(pieces.concat(), text);
        }
    }
}
