//! `show` at level 0: the title, the progress, and the tasks as a tree.
//!
//! Start at [`render`].
//!
//! - **Invariant.** Byte for byte the tree of the specification. Nothing is added to it: no due
//!   date, no owner, no number. Those are what level 1 is for.
//! - **Invariant.** The symbol comes behind the title, so that a terminal that gets its width
//!   wrong cannot shift anything.

use super::glyph::Status;
use super::spoken;
use super::style::Style;
use super::text::sanitize;
use super::view::{MilestoneView, TaskView};

/// Renders a milestone as a tree; ends with a newline.
#[must_use]
pub fn render(view: &MilestoneView, style: &Style) -> String {
    if style.accessible {
        return spoken::milestone(view);
    }
    let drawing = style.drawing();
    let tail = format!(" (Progress: {}%)", view.progress);
    let around = "MILESTONE: ".len() + tail.len();
    let mut out = match crowded(around, style) {
        false => format!("MILESTONE: {}{tail}\n", titled(&view.title, around, style)),
        true => {
            let tail = format!(" {}%", view.progress);
            format!("{}{tail}\n", titled(&view.title, tail.len(), style))
        }
    };
    for (place, task) in view.tasks.iter().enumerate() {
        let last = place + 1 == view.tasks.len();
        out.push_str(if last { drawing.last } else { drawing.branch });
        out.push_str(&line(task, style));
        out.push('\n');
    }
    out
}

/// `Endpoints 🔄 (In Progress)`; a finished task needs no word.
fn line(task: &TaskView, style: &Style) -> String {
    let mark = task.status.glyph(style.glyphs);
    let word = match task.status {
        Status::Done => String::new(),
        status if crowded(4 + 1 + style.ruler().width(mark) + WORD_WIDTH, style) => {
            format!(" ({})", status.short())
        }
        status => format!(" ({})", status.word()),
    };
    let around = 4 + 1 + style.ruler().width(mark) + word.len();
    let title = titled(&task.title, around, style);
    let state = task.status.paint().over(&format!("{mark}{word}"), style.color);
    format!("{title} {state}")
}

/// The widest word of a status, with its parentheses and the blank before them.
const WORD_WIDTH: usize = 14;
/// A clipped title keeps at least this many cells, if shorter words make room for it.
const TITLE_MIN: usize = 8;

/// True if there is no room for a title beside so many cells.
fn crowded(around: usize, style: &Style) -> bool {
    style.folds && style.width < around + TITLE_MIN
}

/// A title, clipped only where lines have a width: a pipe gets all of it.
fn titled(title: &str, around: usize, style: &Style) -> String {
    let title = sanitize(title);
    if !style.folds {
        return title.into_owned();
    }
    style.ruler().clip(&title, style.width.saturating_sub(around).max(4))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::glyph::Glyphs;
    use crate::ui::sample::{ALL_GLYPHS, api, hard, style};

    #[test]
    fn emoji_is_the_tree_of_the_specification() {
        let lines = [
            "MILESTONE: API Development (Progress: 67%)",
            "├── Authentication ✅",
            "├── Database Setup ✅",
            "├── Endpoints 🔄 (In Progress)",
            "└── Testing ⏳ (Pending)",
            "",
        ];
        assert_eq!(render(&api(), &style(Glyphs::Emoji, 80)), lines.join("\n"));
    }

    #[test]
    fn unicode_and_ascii_differ_only_in_symbols() {
        insta::assert_snapshot!(render(&api(), &style(Glyphs::Unicode, 80)), @r"
        MILESTONE: API Development (Progress: 67%)
        ├── Authentication ●
        ├── Database Setup ●
        ├── Endpoints ◐ (In Progress)
        └── Testing ○ (Pending)
        ");
        insta::assert_snapshot!(render(&api(), &style(Glyphs::Ascii, 80)), @r"
        MILESTONE: API Development (Progress: 67%)
        |-- Authentication [x]
        |-- Database Setup [x]
        |-- Endpoints [~] (In Progress)
        `-- Testing [ ] (Pending)
        ");
    }

    #[test]
    fn colour_is_around_the_state_only() {
        let colored = Style { color: true, ..style(Glyphs::Emoji, 80) };
        let text = render(&api(), &colored).replace('\u{1b}', "^");
        insta::assert_snapshot!(text, @r"
        MILESTONE: API Development (Progress: 67%)
        ├── Authentication ^[32m✅^[0m
        ├── Database Setup ^[32m✅^[0m
        ├── Endpoints ^[1;36m🔄 (In Progress)^[0m
        └── Testing ^[2m⏳ (Pending)^[0m
        ");
    }

    #[test]
    fn hard_titles_stay_in_their_row() {
        let narrow = Style { folds: true, ..style(Glyphs::Emoji, 36) };
        insta::assert_snapshot!(render(&hard(), &narrow), @r"
        MILESTONE: 👨‍👩‍👧‍👦 Famil… (Progress: 67%)
        ├── 🚀 Launch the new shop ✅
        ├── ⚠️ Careful wit… 🔄 (In Progress)
        ├── 👨‍👩‍👧‍👦 Family accounts ⏳ (Pending)
        ├── الدفع عند الاستلام ⏳ (Pending)
        ├── ที่อยู่จัดส่ง ⛔ (Blocked)
        ├── 日本語の支払い方… 🔎 (In Review)
        ├── tab here and newline 💤 (Paused)
        ├── �[2J�]0;owned�red ❌ (Cancelled)
        └── evil�txt.exe� ✅
        ");
        for glyphs in ALL_GLYPHS {
            for width in [36, 60, 80, 120] {
                let style = Style { folds: true, ..style(glyphs, width) };
                let text = render(&hard(), &style);
                assert_eq!(text.lines().count(), 1 + hard().tasks.len());
                for line in text.lines() {
                    assert!(style.ruler().width(line) <= width, "{width}: {line}");
                }
            }
        }
    }
}
