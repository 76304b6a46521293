//! A command line as text: split into words as a shell does, and put together again.
//!
//! - **Invariant.** `split(join(words))` gives `words`.
//! - **Absent on purpose.** Variables, globs, pipes: a line here is one command.

use crate::args::usage::quoted;

/// A quote that is not closed, or a backslash at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a quote is not closed")]
pub struct Unclosed;

/// The words of a line: apart by spaces, held together by quotes or a backslash.
///
/// # Errors
///
/// [`Unclosed`] if a quote has no end.
pub fn split(line: &str) -> Result<Vec<String>, Unclosed> {
    let (mut words, mut word) = (Vec::new(), None::<String>);
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' => {
                let held = word.get_or_insert_default();
                loop {
                    match letters.next().ok_or(Unclosed)? {
                        '\'' => break,
                        letter => held.push(letter),
                    }
                }
            }
            '"' => {
                let held = word.get_or_insert_default();
                loop {
                    match letters.next().ok_or(Unclosed)? {
                        '"' => break,
                        '\\' => held.push(letters.next().ok_or(Unclosed)?),
                        letter => held.push(letter),
                    }
                }
            }
            '\\' => word.get_or_insert_default().push(letters.next().ok_or(Unclosed)?),
            letter if letter.is_whitespace() => words.extend(word.take()),
            letter => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    Ok(words)
}

/// The line that splits into these words.
#[must_use]
pub fn join(words: &[String]) -> String {
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_held_together() {
        let split = |line: &str| split(line).map(|words| words.join("|"));
        assert_eq!(split("note api/1 'it''s done'").as_deref(), Ok("note|api/1|its done"));
        assert_eq!(split(r#"  a "b \" c"  d\ e "#).as_deref(), Ok(r#"a|b " c|d e"#));
        assert_eq!(split("'' x").as_deref(), Ok("|x"));
        assert_eq!(split("it's"), Err(Unclosed));
        assert_eq!(split(""), Ok(String::new()));
    }

    proptest::proptest! {
        #[test]
        fn what_is_joined_splits_again(words in proptest::collection::vec(".{0,12}", 0..6)) {
            proptest::prop_assert_eq!(split(&join(&words)), Ok(words));
        }

        #[test]
        fn any_line_is_split_or_refused(line in ".{0,80}") {
            let _ = split(&line);
        }
    }
}
