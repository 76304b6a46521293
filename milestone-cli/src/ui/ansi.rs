//! Rendered text taken apart again: runs of one colour, without what moves the cursor.
//!
//! Start at [`runs`]. Pages of the board are drawn from it, and so are the pictures of the README.
//!
//! - **Invariant.** The texts of the runs together are the line without its escape sequences.
//! - **Absent on purpose.** Any sequence that our renderers do not write: it is left out.

/// A stretch of text in one look.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Run {
    /// The text.
    pub text: String,
    /// Bold.
    pub bold: bool,
    /// Dim.
    pub dim: bool,
    /// Foreground and background exchanged.
    pub reversed: bool,
    /// One of the eight colours by number, 1 red to 6 cyan.
    pub color: Option<u8>,
}

/// The runs of one line.
#[must_use]
pub fn runs(line: &str) -> Vec<Run> {
    let mut parts = line.split('\u{1b}');
    let first = Run { text: parts.next().unwrap_or_default().to_owned(), ..Run::default() };
    let mut runs = vec![first];
    let mut look = Run::default();
    for part in parts {
        let end = part.find(|c: char| c.is_ascii_alphabetic()).map_or(part.len(), |at| at + 1);
        let (sequence, text) = part.split_at(end);
        if let Some(codes) = sequence.strip_prefix('[').and_then(|rest| rest.strip_suffix('m')) {
            codes.split(';').for_each(|code| apply(&mut look, code));
        }
        runs.push(Run { text: text.to_owned(), ..look.clone() });
    }
    runs.retain(|run| !run.text.is_empty());
    runs
}

fn apply(look: &mut Run, code: &str) {
    match code.parse::<u8>() {
        Ok(1) => look.bold = true,
        Ok(2) => look.dim = true,
        Ok(7) => look.reversed = true,
        Ok(color @ 31..=36) => look.color = Some(color - 30),
        _ => *look = Run::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::glyph::Paint;

    #[test]
    fn colours_come_apart_from_text() {
        let line = format!("a {} b\u{1b}[66G│", Paint::InProgress.over("doing", true));
        let told: Vec<String> = runs(&line)
            .iter()
            .map(|run| format!("{}:{}{:?}", run.text, u8::from(run.bold), run.color))
            .collect();
        assert_eq!(told, ["a :0None", "doing:1Some(6)", " b:0None", "│:0None"]);
        assert!(runs("").is_empty());
    }
}
