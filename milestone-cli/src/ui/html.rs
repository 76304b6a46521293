//! Markup that nobody's text can break out of.
//!
//! Start at [`Markup`].
//!
//! - **Invariant.** Only literals of this program get in as they are; every text is escaped, in
//!   elements and in attributes alike, and control characters and the like are made visible first.
//! - **Absent on purpose.** Templates: the pages are few, and a wrong tag shows in their tests.

use super::text::sanitize;

/// A piece of HTML or SVG that grows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Markup(String);

impl Markup {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds markup of this program.
    pub fn put(&mut self, literal: &'static str) -> &mut Self {
        self.0.push_str(literal);
        self
    }

    /// Adds a text, escaped.
    pub fn text(&mut self, text: &str) -> &mut Self {
        for letter in sanitize(text).chars() {
            match letter {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                letter => self.0.push(letter),
            }
        }
        self
    }

    /// Adds a text of any direction, which keeps to itself.
    pub fn own(&mut self, text: &str) -> &mut Self {
        self.put("<bdi>").text(text).put("</bdi>")
    }

    /// Adds a number with at most one decimal.
    pub fn number(&mut self, number: f64) -> &mut Self {
        let text = if number.is_finite() { format!("{number:.1}") } else { "0".to_owned() };
        self.0.push_str(text.strip_suffix(".0").unwrap_or(&text));
        self
    }

    /// Adds other markup.
    pub fn add(&mut self, other: &Self) -> &mut Self {
        self.0.push_str(&other.0);
        self
    }

    /// The whole.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_breaks_out() {
        let mut page = Markup::new();
        page.put("<p title=\"").text("\" onload='x'").put("\">").own("<b>&\u{202e}\u{7}</b>");
        page.put(" ").number(1.04).put(" ").number(2.5).put(" ").number(f64::NAN);
        let page = page.into_string();
        assert!(page.starts_with("<p title=\"&quot; onload=&#39;x&#39;\"><bdi>&lt;b&gt;&amp;"));
        assert!(page.ends_with("&lt;/b&gt;</bdi> 1 2.5 0"), "{page}");
        assert!(!page.contains('\u{202e}') && !page.contains('\u{7}'));
    }
}
