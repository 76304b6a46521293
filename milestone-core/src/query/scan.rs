//! The scanner: from characters to words, phrases and operators.
//!
//! - **Invariant.** It only goes forward; every character is looked at a fixed number of times.

use std::ops::Range;

use super::error::{QueryError, QueryFault};
use crate::words::is_control;

/// A place in the text of a query.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scan<'q> {
    text: &'q str,
    at: usize,
}

/// A comparison, as it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Colon,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    Part,
}

impl Sign {
    /// The signs, longer ones before those they begin with.
    const ALL: [(&'static str, Self); 8] = [
        ("!=", Self::Ne),
        ("<=", Self::Le),
        (">=", Self::Ge),
        (":", Self::Colon),
        ("=", Self::Eq),
        ("<", Self::Lt),
        (">", Self::Gt),
        ("~", Self::Part),
    ];

    pub(super) fn text(self) -> &'static str {
        Self::ALL.iter().find(|(_, sign)| *sign == self).map_or("", |(text, _)| text)
    }
}

/// A value, as it is typed.
#[derive(Debug, Clone)]
pub(super) struct Typed {
    pub(super) text: String,
    /// True if it stood in quotes: then it is no word of the grammar.
    pub(super) quoted: bool,
    pub(super) at: Range<usize>,
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | ')' | '"')
}

impl<'q> Scan<'q> {
    pub(super) fn new(text: &'q str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn place(&self) -> usize {
        self.at
    }

    pub(super) fn rest(&self) -> &'q str {
        &self.text[self.at..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Takes `c` if it comes next.
    pub(super) fn take(&mut self, c: char) -> bool {
        let there = self.peek() == Some(c);
        self.at += if there { c.len_utf8() } else { 0 };
        there
    }

    pub(super) fn skip_space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    /// True if `word` comes next, in any case, and ends there.
    pub(super) fn at_keyword(&self, word: &str) -> bool {
        let rest = self.rest();
        rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
            && rest[word.len()..].chars().next().is_none_or(ends_word)
    }

    /// Takes `word`, as [`Self::at_keyword`].
    pub(super) fn keyword(&mut self, word: &str) -> bool {
        let there = self.at_keyword(word);
        self.at += if there { word.len() } else { 0 };
        there
    }

    /// Takes characters up to white space, a parenthesis, a quote or a comparison.
    pub(super) fn name(&mut self) -> &'q str {
        let rest = self.rest();
        let end = rest.char_indices().find(|(at, c)| {
            ends_word(*c)
                || matches!(c, ':' | '=' | '<' | '>' | '~')
                || rest[*at..].starts_with("!=")
        });
        let end = end.map_or(rest.len(), |(at, _)| at);
        self.at += end;
        &rest[..end]
    }

    /// Takes a comparison; a colon before another one is left out.
    pub(super) fn sign(&mut self) -> Option<Sign> {
        let first = self.one_sign()?;
        match first {
            Sign::Colon => self.one_sign().or(Some(first)),
            _ => Some(first),
        }
    }

    fn one_sign(&mut self) -> Option<Sign> {
        let rest = self.rest();
        let (text, sign) = Sign::ALL.iter().find(|(text, _)| rest.starts_with(text))?;
        self.at += text.len();
        Some(*sign)
    }

    /// Takes a quoted text; the opening quote comes next.
    pub(super) fn quoted(&mut self) -> Result<Typed, QueryError> {
        let start = self.at;
        let mut text = String::new();
        let mut chars = self.rest().char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.at = start + at + 1;
                    return Ok(Typed { text, quoted: true, at: start..self.at });
                }
                '\\' => text.extend(chars.next().map(|(_, c)| c)),
                c => text.push(c),
            }
        }
        Err(QueryError { at: start..start + 1, fault: QueryFault::UnclosedQuote })
    }

    /// Takes the values behind a comparison: `a`, `"a b"`, `a,b`.
    pub(super) fn values(&mut self) -> Result<Vec<Typed>, QueryError> {
        let mut values = Vec::new();
        loop {
            if self.peek() == Some('"') {
                values.push(self.quoted()?);
            } else {
                let rest = self.rest();
                let end = rest.find(|c| ends_word(c) || c == ',').unwrap_or(rest.len());
                let at = self.at..self.at + end;
                self.at = at.end;
                values.push(Typed { text: rest[..end].to_owned(), quoted: false, at });
            }
            if !self.take(',') {
                return Ok(values);
            }
        }
    }
}

/// The first character that cannot be seen, or turns others around.
pub(super) fn control(text: &str) -> Option<QueryError> {
    let odd = |c: char| is_control(c) && !matches!(c, '\n' | '\r' | '\t');
    let (at, character) = text.char_indices().find(|(_, c)| odd(*c))?;
    let at = at..at + character.len_utf8();
    Some(QueryError { at, fault: QueryFault::Control { character } })
}
