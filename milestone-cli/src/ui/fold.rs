//! Lines that are wider than the terminal, taken on below: nothing is cut off and nothing breaks
//! in the middle of a word.
//!
//! Start at [`folded`].
//!
//! - **Invariant.** A line that fits stays as it is; one that is spoken is never folded.
//! - **Invariant.** What goes on stands under the text it belongs to: below the second column
//!   where there is one, else two cells further in than the line began.

use super::ansi::runs;
use super::style::Style;
use super::text::Ruler;

/// A second column further right than this part of the width leaves too little room below it.
const COLUMN_PART: usize = 3;

/// Returns `text` with every line at most as wide as the terminal, as far as its words allow.
#[must_use]
pub fn folded(text: &str, style: &Style) -> String {
    if style.accessible {
        return text.to_owned();
    }
    let ruler = style.ruler();
    text.lines().map(|line| one(line, style.width, &ruler)).collect()
}

fn one(line: &str, width: usize, ruler: &Ruler) -> String {
    let plain: String = runs(line).into_iter().map(|run| run.text).collect();
    if ruler.width(&plain) <= width {
        return format!("{line}\n");
    }
    let margin = plain.len() - plain.trim_start_matches(' ').len();
    let column = second_column(&plain, ruler).filter(|at| *at <= width / COLUMN_PART);
    let hang = " ".repeat(column.unwrap_or(margin + 2));
    let (mut out, mut row, mut begun) = (String::new(), String::new(), false);
    for word in line.split(' ') {
        let full = seen(&row, ruler) + usize::from(begun) + seen(word, ruler) > width;
        if begun && full && !row.trim().is_empty() {
            out.push_str(row.trim_end_matches(' '));
            out.push('\n');
            row.clone_from(&hang);
            begun = false;
        }
        // Where a line goes on, a gap between columns means nothing any more.
        if word.is_empty() && !begun && !out.is_empty() {
            continue;
        }
        if begun {
            row.push(' ');
        }
        row.push_str(word);
        begun = true;
    }
    out + row.trim_end_matches(' ') + "\n"
}

/// The cells that are seen of a text, without colours.
fn seen(text: &str, ruler: &Ruler) -> usize {
    runs(text).iter().map(|run| ruler.width(&run.text)).sum()
}

/// Where the text behind the first gap of two spaces begins.
fn second_column(line: &str, ruler: &Ruler) -> Option<usize> {
    let start = line.len() - line.trim_start_matches(' ').len();
    let gap = start + line[start..].find("  ")?;
    let rest = line[gap..].trim_start_matches(' ');
    Some(ruler.width(&line[..line.len() - rest.len()]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ui::glyph::Glyphs;

    fn at(width: usize) -> Style {
        Style { width, ..Style::plain(Glyphs::Unicode) }
    }

    #[test]
    fn what_goes_on_stands_under_its_column() {
        let text = "Next      load tests of the orders endpoint\n  a line without a column, long\n";
        insta::assert_snapshot!(folded(text, &at(30)), @"
        Next      load tests of the
                  orders endpoint
          a line without a column,
            long
        ");
    }

    /// Shown red by: looking for the margin in front of the colour.
    #[test]
    fn a_colour_breaks_no_line_elsewhere() {
        let text = "  85%  by Mon 2026-03-30   plan with this; 3 days after due";
        let painted = format!("\u{1b}[1m{text}\u{1b}[0m");
        let plain = |line: &str| runs(line).into_iter().map(|run| run.text).collect::<String>();
        let seen: String = folded(&painted, &at(40)).lines().map(|l| plain(l) + "\n").collect();
        assert_eq!(seen, folded(text, &at(40)));
    }

    proptest! {
        /// Shown red by: forgetting the gap before the next word.
        #[test]
        fn nothing_is_wider_and_no_word_is_lost(
            words in prop::collection::vec("[a-zß√]{1,12}", 1..30),
            margin in 0usize..6,
            width in 24usize..90,
        ) {
            let text = format!("{}{}\n", " ".repeat(margin), words.join(" "));
            let out = folded(&text, &at(width));
            let ruler = at(width).ruler();
            for line in out.lines() {
                prop_assert!(ruler.width(line) <= width, "{line:?} is wider than {width}");
            }
            prop_assert_eq!(out.split_whitespace().collect::<Vec<_>>(), words);
        }
    }
}
