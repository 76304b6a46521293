//! Edits: `+x,-y` for lists, `none` for a field that is to be cleared.
//!
//! Start at [`list_edit`].
//!
//! - **Invariant.** An edit never replaces a list as a whole: two people who each add a label
//!   keep both.

use super::{ValueError, duration_minutes};

/// What becomes of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change<T> {
    /// The field gets no value.
    Clear,
    /// The field gets this value.
    To(T),
}

/// What is added to a list and what is taken out; both in the order typed, no word in both.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListEdit {
    /// Words to add.
    pub add: Vec<String>,
    /// Words to take out.
    pub remove: Vec<String>,
}

/// Reads `+x,-y`; a word without a sign is added.
///
/// # Errors
///
/// [`ValueError`] if a word is empty, or is both added and taken out.
pub fn list_edit(text: &str) -> Result<ListEdit, ValueError> {
    let mut edit = ListEdit::default();
    for part in text.split(',') {
        let part = part.trim();
        let (list, word) = match part.strip_prefix('-') {
            Some(word) => (&mut edit.remove, word.trim()),
            None => (&mut edit.add, part.strip_prefix('+').unwrap_or(part).trim()),
        };
        if word.is_empty() {
            return Err(ValueError(format!("\"{text}\" is not a list edit like +x,-y")));
        }
        if !list.iter().any(|known| known == word) {
            list.push(word.to_owned());
        }
    }
    if let Some(both) = edit.add.iter().find(|word| edit.remove.contains(word)) {
        return Err(ValueError(format!("\"{both}\" is both added and taken out")));
    }
    Ok(edit)
}

/// Reads a DURATION as minutes, or `none`.
///
/// # Errors
///
/// As [`duration_minutes`].
pub fn clearable_duration(text: &str) -> Result<Change<u32>, ValueError> {
    if text == "none" { Ok(Change::Clear) } else { duration_minutes(text).map(Change::To) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_decide_and_no_sign_adds() {
        let edit = list_edit("+x, -y,z,+x").expect("a good edit");
        assert_eq!(edit.add, ["x", "z"]);
        assert_eq!(edit.remove, ["y"]);
    }

    #[test]
    fn empty_and_contradicting_edits_are_refused() {
        for text in ["", "+", "-", "+x,", ",", "+x,-x"] {
            assert!(list_edit(text).is_err(), "{text:?} was taken");
        }
    }

    #[test]
    fn none_clears() {
        assert_eq!(clearable_duration("none"), Ok(Change::Clear));
        assert_eq!(clearable_duration("2h"), Ok(Change::To(120)));
    }
}
