//! Words of Markdown as they read: without the marks of emphasis and code, with links beside.
//!
//! Start at [`Plain`].
//!
//! - **Invariant.** A link is never lost: where its address is not what reads, it is in
//!   [`Plain::links`].
//! - **Absent on purpose.** HTML: what looks like a tag stays, for `Vec<T>` does, too.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Tag, TagEnd};

/// Words as they read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Plain {
    /// The words, in one line.
    pub(super) text: String,
    /// Up to here they are code or a link, at which no attribute is looked for.
    pub(super) fixed: usize,
    /// The links and pictures in them.
    pub(super) links: Vec<Link>,
    /// Those that have begun, and where.
    open: Vec<(usize, Link)>,
}

/// A link or a picture.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Link {
    /// As it is written.
    pub(super) written: String,
    /// Where it leads to.
    pub(super) url: String,
}

impl Plain {
    /// Takes in the next thing that the grammar found in a text, and where.
    pub(super) fn take(&mut self, event: &Event<'_>, whole: &str, range: &Range<usize>) {
        match event {
            Event::Text(text) => self.push(text),
            Event::Code(text) | Event::InlineHtml(text) => {
                self.push(text);
                self.fixed = self.text.len();
            }
            // Nobody meant `2*3*4` to be leaning.
            Event::Start(Tag::Emphasis) | Event::End(TagEnd::Emphasis)
                if is_in_word(whole, range) =>
            {
                self.push("*");
            }
            Event::SoftBreak | Event::HardBreak => self.push(" "),
            Event::Start(
                Tag::Link { link_type, dest_url, .. } | Tag::Image { link_type, dest_url, .. },
            ) => {
                let url = dest_url.to_string();
                // What it refers to stands elsewhere.
                let written = match link_type {
                    LinkType::Inline => whole[range.clone()].replace('\n', " "),
                    _ => String::new(),
                };
                self.open.push((self.text.len(), Link { written, url }));
            }
            Event::End(TagEnd::Link | TagEnd::Image) => {
                let Some((begin, mut link)) = self.open.pop() else { return };
                let text = &self.text[begin..];
                if link.url != text && link.url.strip_prefix("mailto:") != Some(text) {
                    if link.written.is_empty() {
                        link.written = format!("[{text}]({})", link.url);
                    }
                    self.links.push(link);
                }
                self.fixed = self.text.len();
            }
            _ => {}
        }
    }

    /// One line it is: line ends and tabs are blanks, and there is none at the beginning.
    fn push(&mut self, text: &str) {
        for character in text.chars() {
            let blank = matches!(character, '\n' | '\r' | '\t');
            let character = if blank { ' ' } else { character };
            if character != ' ' || !self.text.is_empty() {
                self.text.push(character);
            }
        }
    }
}

/// True if there are letters or digits on both sides.
fn is_in_word(text: &str, range: &Range<usize>) -> bool {
    let before = text[..range.start].chars().next_back();
    let after = text[range.end..].chars().next();
    before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric)
}
