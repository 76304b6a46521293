//! Values that begin with a minus sign: `--due -5d`, `--window -3d`.
//!
//! Start at [`joined`].
//!
//! - **Invariant.** No flag is a digit, so that nothing that means something else is touched.

use std::ffi::OsString;

/// The words with each such value joined to the flag before it, as in `--due=-5d`; `None` if there
/// is none. Words behind `--` stand for themselves.
pub(super) fn joined(words: &[OsString]) -> Option<Vec<OsString>> {
    let mut out: Vec<OsString> = Vec::with_capacity(words.len());
    let mut behind = false;
    for word in words {
        behind |= word == "--";
        match out.last_mut() {
            Some(flag) if !behind && is_minus(word) && is_flag(flag) => {
                flag.push("=");
                flag.push(word);
            }
            _ => out.push(word.clone()),
        }
    }
    (out.len() < words.len()).then_some(out)
}

/// True for a word that begins with a minus sign and a digit.
pub(super) fn is_minus(word: &OsString) -> bool {
    let text = word.to_string_lossy();
    text.strip_prefix('-').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

fn is_flag(word: &OsString) -> bool {
    let text = word.to_string_lossy();
    match text.strip_prefix("--") {
        Some(name) => !name.is_empty() && !name.contains('='),
        None => text.len() == 2 && text.starts_with('-') && !is_minus(word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_joined_to_its_flag() {
        let words = |line: &str| -> Vec<OsString> { line.split(' ').map(OsString::from).collect() };
        let joined = |line: &str| joined(&words(line)).map(|out| out.join(" ".as_ref()));
        assert_eq!(joined("new X --due -5d"), Some("new X --due=-5d".into()));
        assert_eq!(joined("note a -m -3"), Some("note a -m=-3".into()));
        for line in ["list -x", "progress a -5%", "edit a -- --due -5d", "x --a=b -1", "x -1 -2"] {
            assert_eq!(joined(line), None, "{line}");
        }
    }
}
