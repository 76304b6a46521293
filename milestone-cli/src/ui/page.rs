//! A page about one thing: a head, facts, and sections of lines.
//!
//! Start at [`Page`].
//!
//! - **Invariant.** What has nothing to say is left out: no empty heading, no fact without a value.
//! - **Invariant.** Lines of a section keep to themselves: each is sanitized and indented.

use super::glyph::Paint;
use super::markdown::escape;
use super::style::Style;
use super::text::sanitize;

/// Several lines under a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The heading.
    pub title: &'static str,
    /// The lines.
    pub lines: Vec<String>,
}

/// A page about one thing; without a head it goes on below another rendering.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// The first line, empty for none.
    pub head: String,
    /// Names with their values.
    pub facts: Vec<(&'static str, String)>,
    /// What takes several lines.
    pub sections: Vec<Section>,
}

impl Page {
    /// Renders for people; ends with a newline, and is empty if there is nothing to say.
    #[must_use]
    pub fn render(&self, style: &Style) -> String {
        let mut out = String::new();
        if !self.head.is_empty() {
            out = format!("{}\n", Paint::Heading.over(&sanitize(&self.head), style.color));
        }
        let wide = self.facts.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        for (name, value) in &self.facts {
            let name = Paint::Muted.over(&format!("{name:<wide$}"), style.color);
            out.push_str(&format!("  {name}  {}\n", sanitize(value)));
        }
        for section in &self.sections {
            let title = Paint::Heading.over(section.title, style.color);
            out.push_str(&format!("{title}\n"));
            for line in &section.lines {
                out.push_str(format!("  {}", sanitize(line)).trim_end());
                out.push('\n');
            }
        }
        out
    }

    /// Renders as sentences, one a line.
    #[must_use]
    pub fn spoken(&self) -> String {
        let mut out = String::new();
        if !self.head.is_empty() {
            out.push_str(&format!("{}.\n", sanitize(&self.head)));
        }
        for (name, value) in &self.facts {
            out.push_str(&format!("{name}: {}.\n", sanitize(value)));
        }
        for section in &self.sections {
            for line in &section.lines {
                out.push_str(&format!("{}: {}\n", section.title, spoken(&sanitize(line.trim()))));
            }
        }
        out
    }

    /// Renders as Markdown: facts and sections as lists, a checklist with its ticks.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut out = String::new();
        if !self.head.is_empty() {
            out.push_str(&format!("## {}\n", escape(&self.head)));
        }
        if !self.facts.is_empty() {
            out.push('\n');
        }
        for (name, value) in &self.facts {
            out.push_str(&format!("- {name}: {}\n", escape(value)));
        }
        for section in &self.sections {
            out.push_str(&format!("\n### {}\n\n", section.title));
            for line in &section.lines {
                out.push_str(&item(line));
            }
        }
        out
    }
}

/// A line to be read aloud: a tick is a word.
fn spoken(line: &str) -> String {
    match ticked(line) {
        Some((number, true, text)) => format!("{number}, done: {text}"),
        Some((number, false, text)) => format!("{number}, open: {text}"),
        None => line.to_owned(),
    }
}

/// The number, the tick and the text of `2 [x] text`.
fn ticked(line: &str) -> Option<(&str, bool, &str)> {
    [(" [x] ", true), (" [ ] ", false)].into_iter().find_map(|(tick, done)| {
        let (number, text) = line.split_once(tick)?;
        number.bytes().all(|byte| byte.is_ascii_digit()).then_some((number, done, text))
    })
}

/// One line of a list; `2 [x] text` is a ticked one.
fn item(line: &str) -> String {
    match ticked(line) {
        Some((_, done, text)) => {
            format!("- [{}] {}\n", if done { "x" } else { " " }, escape(text))
        }
        None => format!("- {}\n", escape(line.trim())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::glyph::Glyphs;

    fn page() -> Page {
        Page {
            head: "TASK: a\u{1b}[2J (Progress: 67%)".to_owned(),
            facts: vec![("Ref", "api/a".to_owned()), ("Status", "In Progress".to_owned())],
            sections: vec![Section {
                title: "Checklist",
                lines: vec!["1 [x] orders".to_owned(), "2 [ ] a*b\tc".to_owned()],
            }],
        }
    }

    #[test]
    fn people_see_lines() {
        insta::assert_snapshot!(page().render(&Style::plain(Glyphs::Ascii)), @r"
        TASK: a�[2J (Progress: 67%)
          Ref     api/a
          Status  In Progress
        Checklist
          1 [x] orders
          2 [ ] a*b c
        ");
    }

    #[test]
    fn it_is_read_aloud_and_pasted() {
        insta::assert_snapshot!(page().spoken(), @r"
        TASK: a�[2J (Progress: 67%).
        Ref: api/a.
        Status: In Progress.
        Checklist: 1, done: orders
        Checklist: 2, open: a*b c
        ");
        insta::assert_snapshot!(page().markdown(), @r"
        ## TASK: a�\[2J (Progress: 67%)

        - Ref: api/a
        - Status: In Progress

        ### Checklist

        - [x] orders
        - [ ] a\*b c
        ");
    }
}
