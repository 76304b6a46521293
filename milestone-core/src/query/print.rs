//! A query as text, in one canonical form.
//!
//! - **Invariant.** Parsing the text of a normal query gives that query, whoever asks and whenever.

use std::fmt::{self, Display, Write};

use super::ast::{Condition, Match, Query, Sort, Test};
use super::field::{FLAGS, Field, Flag, FlagSpec, FlagWord, NumberField};
use super::order::PRIORITY_RANKS;

impl Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<String> = Vec::new();
        match &self.condition {
            Condition::All(all) if all.is_empty() => {}
            // An `or` at the top needs no parentheses, unless something stands beside it.
            Condition::Any(any) if self.sort.is_empty() && self.limit.is_none() => {
                parts.push(joined(any, " or "));
            }
            condition => parts.push(condition.to_string()),
        }
        if !self.sort.is_empty() {
            parts.push(format!("sort:{}", sort_text(&self.sort)));
        }
        parts.extend(self.limit.map(|limit| format!("limit:{limit}")));
        parts.extend(self.after.as_ref().map(|cursor| format!("cursor:{cursor}")));
        f.write_str(&parts.join(" "))
    }
}

impl Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(all) if all.is_empty() => f.write_str("()"),
            Self::All(all) => f.write_str(&joined(all, " ")),
            Self::Any(any) => write!(f, "({})", joined(any, " or ")),
            Self::Not(inner) => match &**inner {
                Self::All(all) if !all.is_empty() => write!(f, "not ({inner})"),
                inner => write!(f, "not {inner}"),
            },
            Self::Test(test) => test.fmt(f),
        }
    }
}

fn joined(conditions: &[Condition], by: &str) -> String {
    let texts: Vec<String> = conditions.iter().map(ToString::to_string).collect();
    texts.join(by)
}

impl Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |field: Field| field.spec().name;
        match self {
            Self::Flag(flag) => f.write_str(flag_word(*flag)),
            Self::Has(field) => write!(f, "has:{}", name(*field)),
            Self::Kind(kind) => write!(f, "kind:{}", kind.name()),
            Self::Status(stage) => write!(f, "status:{}", FlagSpec::of_status(*stage)),
            Self::Text(of, how, needle) => {
                let sign = if *how == Match::Whole { '=' } else { '~' };
                write!(f, "{}{sign}{}", name(Field::Text(*of)), Quoted(needle))
            }
            Self::Number(of @ NumberField::Priority, op, rank) => {
                let held = PRIORITY_RANKS.iter().find(|(_, _, held)| held == rank);
                let word = held.map_or("medium", |(word, ..)| word);
                write!(f, "{}{}{word}", name(Field::Number(*of)), op.sign())
            }
            Self::Number(of, op, number) => {
                let minutes = matches!(of, NumberField::Estimate | NumberField::Spent);
                let unit = if minutes { "m" } else { "" };
                write!(f, "{}{}{number}{unit}", name(Field::Number(*of)), op.sign())
            }
            Self::Day(of, op, day) => write!(f, "{}{}{day}", name(Field::Day(*of)), op.sign()),
            Self::Moment(of, op, moment) => {
                write!(f, "{}{}{moment}", name(Field::Moment(*of)), op.sign())
            }
            Self::Link(of, stream) => write!(f, "{}:{stream}", name(Field::Link(*of))),
        }
    }
}

fn flag_word(flag: Flag) -> &'static str {
    let held = FLAGS.iter().find(|held| held.word == FlagWord::Flag(flag));
    held.expect("every flag has a row").name
}

/// A text in quotes.
struct Quoted<'t>(&'t str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for c in self.0.chars() {
            if matches!(c, '"' | '\\') {
                f.write_char('\\')?;
            }
            f.write_char(c)?;
        }
        f.write_char('"')
    }
}

/// An order as it is typed, `due,-progress`.
pub(super) fn sort_text(sort: &[Sort]) -> String {
    let key = |key: &Sort| {
        let sign = if key.descending { "-" } else { "" };
        format!("{sign}{}", key.by.spec().name)
    };
    sort.iter().map(key).collect::<Vec<_>>().join(",")
}
