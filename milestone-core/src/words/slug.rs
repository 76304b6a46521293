//! Ids made for people: `api-development`, made from a title or given by hand.
//!
//! Start at [`Slug`] for what an id may be and [`slug_of`] for how a title becomes one.
//!
//! - **Invariant.** A [`Slug`] is safe as a file name and as a part of a git ref.
//! - **Absent on purpose.** Uniqueness. `decide` knows what is taken and adds `-2`.

use std::borrow::Borrow;
use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Longest id that may be given by hand, in characters.
pub const SLUG_CHARS_MAX: usize = 64;

/// Longest id that is made from a title, in characters.
const TITLE_SLUG_CHARS_MAX: usize = 40;

/// Characters of the title's hash at the end of an id that had to be cut.
const HASH_CHARS: usize = 4;

/// Ids that no milestone may have: words of the grammar and pages of the dashboard.
pub const RESERVED_HANDLES: [&str; 16] = [
    "all",
    "board",
    "timeline",
    "inbox",
    "team",
    "agents",
    "analytics",
    "activity",
    "reports",
    "portfolio",
    "integrations",
    "settings",
    "help",
    "none",
    "me",
    "new",
];

/// An id of a milestone or of a task inside its milestone:
/// `[a-z0-9][a-z0-9._-]{0,63}`, without `..`, not ending in `.` or `.lock`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Slug(Box<str>);

/// Why a text is no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SlugFault {
    /// There is nothing in it.
    #[error("an id cannot be empty")]
    Empty,
    /// It is longer than [`SLUG_CHARS_MAX`].
    #[error("an id has at most {SLUG_CHARS_MAX} characters")]
    TooLong,
    /// It has a character, or begins with one, that is not allowed there.
    #[error("an id begins with a-z or 0-9 and goes on with a-z, 0-9, '.', '_' or '-'")]
    Character,
    /// It would not be safe as a file name or as a git ref.
    #[error("an id has no '..' and does not end in '.' or '.lock'")]
    Unsafe,
}

impl Slug {
    /// Checks that `text` may be an id.
    ///
    /// # Errors
    ///
    /// [`SlugFault`] says which rule it breaks.
    pub fn new(text: &str) -> Result<Self, SlugFault> {
        Self::check(text).map(|()| Self(text.into()))
    }

    /// The rules of [`Slug::new`], without making one.
    ///
    /// # Errors
    ///
    /// As [`Slug::new`].
    pub fn check(text: &str) -> Result<(), SlugFault> {
        let bytes = text.as_bytes();
        let Some(first) = bytes.first() else { return Err(SlugFault::Empty) };
        if bytes.len() > SLUG_CHARS_MAX {
            return Err(SlugFault::TooLong);
        }
        let plain = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        if !plain(first) || !bytes.iter().all(|byte| plain(byte) || b"._-".contains(byte)) {
            return Err(SlugFault::Character);
        }
        if text.contains("..") || text.ends_with('.') || text.ends_with(".lock") {
            return Err(SlugFault::Unsafe);
        }
        Ok(())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// This id with a number behind it, `api-2`, cut so that it stays an id.
    #[must_use]
    pub fn numbered(&self, number: usize) -> Self {
        let tail = format!("-{number}");
        let room = SLUG_CHARS_MAX - tail.len();
        let stem = self.0[..self.0.len().min(room)].trim_end_matches(['.', '-', '_']);
        Self(format!("{stem}{tail}").into())
    }
}

/// Makes an id from a title: transliterated, at most 40 characters, cut at a word; an id that had
/// to be cut ends in 4 characters of the title's hash, so that two titles do not become one.
pub fn slug_of(title: &str) -> Slug {
    let ascii = deunicode::deunicode(title).to_lowercase();
    let words: Vec<&str> =
        ascii.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let whole = words.join("-");
    if whole.is_empty() {
        return Slug(format!("t-{}", title_hash(title)).into());
    }
    if whole.len() <= TITLE_SLUG_CHARS_MAX {
        return Slug(whole.into());
    }
    let room = TITLE_SLUG_CHARS_MAX - HASH_CHARS - 1;
    let mut stem = String::new();
    for word in &words {
        let longer = stem.len() + word.len() + usize::from(!stem.is_empty());
        if longer > room {
            break;
        }
        if !stem.is_empty() {
            stem.push('-');
        }
        stem.push_str(word);
    }
    if stem.is_empty() {
        stem.push_str(&words[0][..room]);
    }
    Slug(format!("{stem}-{}", title_hash(title)).into())
}

fn title_hash(title: &str) -> String {
    let hash = Sha256::digest(title.as_bytes());
    format!("{:02x}{:02x}", hash[0], hash[1])
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

impl Borrow<str> for Slug {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Slug {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = super::Text::deserialize(deserializer)?;
        Self::new(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_become_ids() {
        for (title, slug) in [
            ("API Development", "api-development"),
            ("Größe & Gewicht", "grosse-gewicht"),
            ("Ship 1.0!", "ship-1-0"),
            ("  spaces\tand\nlines ", "spaces-and-lines"),
            ("готово", "gotovo"),
        ] {
            assert_eq!(slug_of(title).as_str(), slug, "{title:?}");
        }
    }

    #[test]
    fn a_cut_id_differs_for_titles_that_differ_behind_the_cut() {
        let long = "A very long title that goes on and on about the first thing";
        let other = "A very long title that goes on and on about the second thing";
        let (a, b) = (slug_of(long), slug_of(other));
        assert_ne!(a, b);
        assert!(a.as_str().len() <= 40 && a.as_str().starts_with("a-very-long-title-that-goes-on"));
        assert_eq!(Slug::new(a.as_str()), Ok(a));
    }

    #[test]
    fn unsafe_names_are_no_ids() {
        for bad in ["", "..", "a..b", "x.lock", "x.", "-x", ".x", "a/b", "A", "ä", "a b"] {
            assert!(Slug::new(bad).is_err(), "{bad:?}");
        }
        assert!(Slug::new("v1.0").is_ok());
        assert!(Slug::new(&"a".repeat(64)).is_ok());
        assert_eq!(Slug::new(&"a".repeat(65)), Err(SlugFault::TooLong));
    }

    #[test]
    fn whatever_the_title_the_id_is_one() {
        for title in ["", "🚀", "\u{202e}", "///", "!!!", "x.lock", &"ß".repeat(200), "日本語"]
        {
            let slug = slug_of(title);
            assert_eq!(Slug::new(slug.as_str()), Ok(slug), "{title:?}");
        }
        let longest = Slug::new(&"a".repeat(64)).unwrap();
        assert_eq!(longest.numbered(12).as_str().len(), 64);
    }
}
