//! Changing one key of a configuration file and leaving every other byte as it is.
//!
//! Start at [`set`] and [`unset`].
//!
//! - **Invariant.** What comes out is TOML, has the new value, and lost no other key; else the edit
//!   is refused.
//! - **Absent on purpose.** Reading and writing files: texts in, texts out.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::key::{Key, Value};

/// The text with `key` set to `value`; `None` if that cannot be done without touching more.
#[must_use]
pub fn set(text: &str, key: Key, value: &Value) -> Option<String> {
    let table = DeTable::parse(text).ok()?;
    let (table_name, last) = key.parts();
    let line = format!("{last} = {}\n", value.toml());
    let candidates = match span_of(table.get_ref(), key) {
        Some(span) => {
            vec![format!("{}{}{}", &text[..span.start], value.toml(), &text[span.end..])]
        }
        None => {
            let gap = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
            let blank = if text.trim().is_empty() { "" } else { "\n" };
            let mut all = Vec::new();
            if let Some(at) = behind_header(text, table_name) {
                let gap = if text[..at].ends_with('\n') { "" } else { "\n" };
                all.push(format!("{}{gap}{line}{}", &text[..at], &text[at..]));
            }
            all.push(format!("{text}{gap}{blank}[{table_name}]\n{line}"));
            all.push(format!("{table_name}.{line}{text}"));
            all
        }
    };
    let before = count(text)?;
    let grown = before + usize::from(span_of(table.get_ref(), key).is_none());
    candidates.into_iter().find(|text| {
        let parsed = DeTable::parse(text).ok();
        let found = parsed.as_ref().and_then(|table| value_of(table.get_ref(), key));
        found.and_then(|found| key.value(found)).as_ref() == Some(value)
            && count(text) == Some(grown)
    })
}

/// The text without `key`; `None` if that cannot be done without touching more.
#[must_use]
pub fn unset(text: &str, key: Key) -> Option<String> {
    let table = DeTable::parse(text).ok()?;
    let span = span_of(table.get_ref(), key)?;
    let from = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
    let to = text[span.end..].find('\n').map_or(text.len(), |at| span.end + at + 1);
    let without = format!("{}{}", &text[..from], &text[to..]);
    (count(&without)? + 1 == count(text)?).then_some(without)
}

/// Where a line behind the header of a table begins.
fn behind_header(text: &str, table: &str) -> Option<usize> {
    let header = format!("[{table}]");
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        at += line.len();
        let bare = line.split('#').next().unwrap_or_default();
        if bare.split_whitespace().collect::<String>() == header {
            return Some(at);
        }
    }
    None
}

fn span_of(table: &DeTable<'_>, key: Key) -> Option<Range<usize>> {
    let (name, last) = key.parts();
    Some(table.get(name)?.get_ref().get(last)?.span())
}

fn value_of<'t, 'i>(table: &'t DeTable<'i>, key: Key) -> Option<&'t DeValue<'i>> {
    let (name, last) = key.parts();
    Some(table.get(name)?.get_ref().get(last)?.get_ref())
}

/// How many values a text has.
fn count(text: &str) -> Option<usize> {
    fn values(table: &DeTable<'_>) -> usize {
        table
            .iter()
            .map(|(_, value)| match value.get_ref() {
                DeValue::Table(inner) => values(inner),
                _ => 1,
            })
            .sum()
    }
    Some(values(DeTable::parse(text).ok()?.get_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ascii(text: &str) -> Option<String> {
        set(text, Key::Glyphs, &Value::Word("ascii".to_owned()))
    }

    #[test]
    fn every_other_byte_stays() {
        insta::assert_snapshot!(ascii("").expect("it can be set"), @r#"
        [ui]
        glyphs = "ascii"
        "#);
        let text = "# mine\n[ui] # looks\n  level = 1   # pinned\nglyphs='auto'# x\n\n[other]\na=1";
        let set = ascii(text).expect("it can be set");
        assert_eq!(set, text.replace("'auto'", "\"ascii\""));
        let text = "# mine\n[ui] # looks\n  level = 1   # pinned\n[other]\na=1";
        let set = ascii(text).expect("it can be set");
        assert_eq!(set, text.replace("looks\n", "looks\nglyphs = \"ascii\"\n"));
        assert_eq!(unset(&set, Key::Glyphs).as_deref(), Some(text));
        let with = super::set(text, Key::HybridPeople, &Value::Number(7)).expect("it can be set");
        assert_eq!(with, format!("{text}\n\n[storage]\nhybrid_people = 7\n"));
    }

    #[test]
    fn other_forms_of_toml_are_borne() {
        let dotted = ascii("ui.level = 1\n[other]\na = 1\n").expect("it can be set");
        assert_eq!(dotted, "ui.glyphs = \"ascii\"\nui.level = 1\n[other]\na = 1\n");
        let inline = ascii("ui = { glyphs = \"auto\", level = 1 }\n").expect("it can be set");
        assert_eq!(inline, "ui = { glyphs = \"ascii\", level = 1 }\n");
        assert_eq!(ascii("ui = { level = 1 }\n"), None, "an inline table cannot be added to");
        assert_eq!(unset(&inline, Key::Glyphs), None, "its neighbour would go too");
        assert_eq!(ascii("not toml"), None);
    }
}
