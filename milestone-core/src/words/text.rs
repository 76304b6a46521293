//! Texts: what comes out of a line without being copied, and what people may type.
//!
//! Start at [`Text`] for reading and [`check_title`] for the rules.
//!
//! - **Invariant.** Reading is lenient, typing is strict: a text in the log is shown as it is
//!   (escaped at the edge), a text that is typed has no control characters.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize};

/// Longest title, in characters.
pub const TITLE_CHARS_MAX: usize = 200;

/// Longest note or description, in bytes.
pub const NOTE_BYTES_MAX: usize = 64 * 1024;

/// A text that is borrowed from the line it stands in whenever it has no escapes.
///
/// (`Option<Cow<str>>` and `Vec<Cow<str>>` always copy when they are read by serde; this does not.)
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Default)]
#[serde(transparent)]
pub struct Text<'a>(pub Cow<'a, str>);

impl Text<'_> {
    /// The same text, with nothing borrowed.
    pub fn into_owned(self) -> Text<'static> {
        Text(Cow::Owned(self.0.into_owned()))
    }
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self(Cow::Borrowed(text))
    }
}

impl From<String> for Text<'_> {
    fn from(text: String) -> Self {
        Self(Cow::Owned(text))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }

            fn visit_string<E>(self, text: String) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text)))
            }
        }

        deserializer.deserialize_str(Visitor)
    }
}

/// Why a typed text is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextFault {
    /// Nothing but white space.
    #[error("it is empty")]
    Empty,
    /// Over the limit.
    #[error("it has {len} {unit}, over the limit of {max}")]
    TooLong {
        /// How long it is.
        len: usize,
        /// The limit.
        max: usize,
        /// Characters or bytes.
        unit: &'static str,
    },
    /// A control character, or one that turns the direction of text around.
    #[error("it has the control character U+{:04X}", u32::from(*character))]
    Control {
        /// The first such character.
        character: char,
    },
}

/// True for characters that move the cursor, hide text or turn its direction around.
pub fn is_control(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}')
        || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Checks a title: one line, 1 to [`TITLE_CHARS_MAX`] characters. Returns it trimmed.
///
/// # Errors
///
/// [`TextFault`] says what is wrong with it.
pub fn check_title(text: &str) -> Result<&str, TextFault> {
    check_line(text, TITLE_CHARS_MAX)
}

/// Checks a text of one line, 1 to `max` characters. Returns it trimmed.
///
/// # Errors
///
/// [`TextFault`] says what is wrong with it.
pub fn check_line(text: &str, max: usize) -> Result<&str, TextFault> {
    let text = text.trim();
    if text.is_empty() {
        return Err(TextFault::Empty);
    }
    let len = text.chars().count();
    if len > max {
        return Err(TextFault::TooLong { len, max, unit: "characters" });
    }
    match text.chars().find(|&character| is_control(character)) {
        Some(character) => Err(TextFault::Control { character }),
        None => Ok(text),
    }
}

/// Checks a text of several lines, 1 to [`NOTE_BYTES_MAX`] bytes. Line ends and tabs are fine.
///
/// # Errors
///
/// [`TextFault`] says what is wrong with it.
pub fn check_prose(text: &str) -> Result<&str, TextFault> {
    let text = text.trim_end();
    if text.trim().is_empty() {
        return Err(TextFault::Empty);
    }
    if text.len() > NOTE_BYTES_MAX {
        return Err(TextFault::TooLong { len: text.len(), max: NOTE_BYTES_MAX, unit: "bytes" });
    }
    let odd = |character: &char| is_control(*character) && !matches!(character, '\n' | '\t' | '\r');
    match text.chars().find(odd) {
        Some(character) => Err(TextFault::Control { character }),
        None => Ok(text),
    }
}

/// Checks a name of a person, a label or a foreign id: one line, no more than 100 characters.
///
/// # Errors
///
/// [`TextFault`] says what is wrong with it.
pub fn check_id_text(text: &str) -> Result<&str, TextFault> {
    check_line(text, 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_strings_are_borrowed_and_escaped_ones_are_not() {
        let list: Vec<Text<'_>> = serde_json::from_str(r#"["plain","with\nescape"]"#).unwrap();
        assert!(matches!(list[0].0, Cow::Borrowed("plain")));
        assert!(matches!(&list[1].0, Cow::Owned(text) if text == "with\nescape"));
    }

    #[test]
    fn typed_texts_have_rules() {
        assert_eq!(check_title("  fine 🚀  "), Ok("fine 🚀"));
        assert_eq!(check_title(" \t "), Err(TextFault::Empty));
        assert!(matches!(check_title("a\u{1b}[2J"), Err(TextFault::Control { .. })));
        assert!(matches!(check_title("a\u{202e}b"), Err(TextFault::Control { .. })));
        assert!(matches!(check_title(&"x".repeat(201)), Err(TextFault::TooLong { .. })));
        assert!(check_title(&"ß".repeat(200)).is_ok());
        assert!(check_prose("two\nlines\tand a tab").is_ok());
        assert!(matches!(check_prose(&"x".repeat(65_537)), Err(TextFault::TooLong { .. })));
    }
}
