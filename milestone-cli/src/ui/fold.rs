//! Lines that are wider than the terminal, taken on below: nothing is cut off and nothing breaks
//! in the middle of a word.
//!
//! Start at [`folded`]. What a command prints is folded once, by `run/said.rs`.
//!
//! - **Invariant.** A line that fits stays as it is; one that is spoken is never folded. No line is
//!   wider than the terminal unless a single word of it is.
//! - **Invariant.** What goes on stands under the text it belongs to: below the second column
//!   where there is one, below the branches of a tree, else two cells further in than the line
//!   began.
//! - **Invariant.** A command to be copied stays one: a shell takes its lines for a single one, and
//!   nothing breaks between quotes.

use super::ansi::runs;
use super::style::Style;
use super::text::Ruler;

/// A second column further right than this part of the width leaves too little room below it.
const COLUMN_PART: usize = 3;

/// What a tree or a list is drawn with.
const TREE: [char; 8] = [' ', '│', '├', '└', '─', '|', '`', '-'];

/// What stands in front of a command that is meant to be copied.
const COPIED: [&str; 3] = ["hint: milestone ", "Next: milestone ", "  milestone "];

/// What tells a shell that the command goes on.
const GOES_ON: &str = " \\";

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
    let hang = hang(&plain, width, ruler);
    let (words, end) = match is_copied(&plain) {
        true => (command_words(line), GOES_ON),
        false => (line.split(' ').collect(), ""),
    };
    let (mut out, mut row, mut begun) = (String::new(), String::new(), false);
    for (at, word) in words.iter().enumerate() {
        let room = if at + 1 < words.len() { width.saturating_sub(end.len()) } else { width };
        let here = seen(&row, ruler) + usize::from(begun);
        let full = here + seen(word, ruler) > room;
        let below = ruler.width(&hang);
        let column = column_at(&words, at).filter(|_| here > below);
        let apart = column.is_some_and(|column| {
            let cells = seen(&column, ruler);
            // A column goes below if it has room there, or here less than half as much.
            let scant = room.saturating_sub(here) * 2 < room.saturating_sub(below);
            here + cells > room && (below + cells <= room || scant)
        });
        if begun && (full || apart) && !row.trim().is_empty() {
            out.push_str(&format!("{}{end}\n", trimmed(&row)));
            // A word that is wide itself begins further left.
            let left = room.saturating_sub(seen(word, ruler));
            row = hang.chars().take(left).collect();
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
    out + &trimmed(&row) + "\n"
}

/// A row without the spaces at its end, also where a colour ends behind them.
fn trimmed(row: &str) -> String {
    let row = row.trim_end_matches(' ');
    match row.rfind('\u{1b}').filter(|at| row[*at..].find('m') == Some(row.len() - at - 1)) {
        Some(at) if row[..at].ends_with(' ') => trimmed(&row[..at]) + &row[at..],
        _ => row.to_owned(),
    }
}

/// What stands in front of a line that goes on: below a tree, its branches that go on.
fn hang(plain: &str, width: usize, ruler: &Ruler) -> String {
    let drawn = plain.len() - plain.trim_start_matches(TREE).len();
    let tree = plain[..drawn].rfind(' ').map_or("", |space| &plain[..=space]);
    if !tree.trim().is_empty() {
        let goes_on = |c: char| match c {
            '│' | '├' => '│',
            '|' => '|',
            _ => ' ',
        };
        return tree.chars().map(goes_on).collect();
    }
    let column = second_column(plain, ruler).filter(|at| *at <= width / COLUMN_PART);
    " ".repeat(column.unwrap_or(tree.len() + 2))
}

/// The words of the column that begins with this one, behind a gap of two spaces or more.
fn column_at(words: &[&str], at: usize) -> Option<String> {
    let begins = at > 0 && words[at - 1].is_empty() && !words[at].is_empty();
    let length = words[at..].iter().position(|word| word.is_empty());
    begins.then(|| words[at..][..length.unwrap_or(words.len() - at)].join(" "))
}

/// True if the line is a command and nothing else: with a comma, a choice or another column in it,
/// it is read.
fn is_copied(plain: &str) -> bool {
    let told = |word: &str| word.is_empty() || word.ends_with(',') || word == "…";
    COPIED.iter().any(|label| plain.starts_with(label))
        && !command_words(plain.trim_start()).into_iter().any(told)
}

/// The words of a command; what is quoted is one.
fn command_words(line: &str) -> Vec<&str> {
    let (mut words, mut from, mut quote) = (Vec::new(), 0, None);
    let mut letters = line.char_indices();
    while let Some((at, c)) = letters.next() {
        match (c, quote) {
            (' ', None) => {
                words.push(&line[from..at]);
                from = at + 1;
            }
            ('"' | '\'', None) => quote = Some(c),
            ('\\', None) => drop(letters.next()),
            (c, Some(open)) if c == open => quote = None,
            _ => {}
        }
    }
    words.push(&line[from..]);
    words
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

    /// Shown red by: a column that is torn apart where it has room below; branches that end.
    #[test]
    fn columns_and_trees_stay_what_they_are() {
        let text = "ok    read model   shows what a replay gives\n\
            │   ├── after api-development/endpoints 🔄 (In Progress)\n\
            `-- after api-development/endpoints [~] (In Progress)\n";
        insta::assert_snapshot!(folded(text, &at(40)), @"
        ok    read model
              shows what a replay gives
        │   ├── after api-development/endpoints
        │   │   🔄 (In Progress)
        `-- after api-development/endpoints [~]
            (In Progress)
        ");
    }

    /// Shown red by: a command that breaks like a sentence.
    #[test]
    fn a_command_can_be_copied_over_its_lines() {
        let text = "hint: milestone task add \"Receipts by e-mail\" --on checkout --estimate 2d\n\
            hint: milestone export --force, or another -o FILE\n\
            = see ~/a/long/path/that/is/as/wide/as/it/all\n";
        insta::assert_snapshot!(folded(text, &at(40)), @r#"
        hint: milestone task add \
          "Receipts by e-mail" --on checkout \
          --estimate 2d
        hint: milestone export --force, or
          another -o FILE
        = see
         ~/a/long/path/that/is/as/wide/as/it/all
        "#);
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
        /// Shown red by: forgetting the gap before the next word; no room for what says that a
        /// command goes on.
        #[test]
        fn nothing_is_wider_and_no_word_is_lost(
            words in prop::collection::vec(("[a-zß√]{1,12}", 1usize..5), 1..30),
            begin in prop::sample::select(vec![
                "", "  ", "     ", "│   ├── ", "`-- ", "- ", "hint: milestone ", "  = ",
            ]),
            width in 24usize..90,
        ) {
            // A command has no columns.
            let widest = if begin.starts_with("hint") { 1 } else { 4 };
            let gapped = |(word, gap): &(String, usize)| {
                word.clone() + &" ".repeat((*gap).min(widest))
            };
            let text = begin.to_owned() + &words.iter().map(gapped).collect::<String>();
            let text = text.trim_end();
            let out = folded(text, &at(width));
            let ruler = at(width).ruler();
            for line in out.lines() {
                prop_assert!(ruler.width(line) <= width, "{line:?} is wider than {width}");
            }
            let drawn = |word: &&str| !word.starts_with(TREE) && *word != "\\";
            let kept: Vec<_> = out.split_whitespace().filter(drawn).collect();
            let before: Vec<_> = text.split_whitespace().filter(drawn).collect();
            prop_assert_eq!(kept, before);
        }
    }
}
