//! The JSON envelope that every result of `--json` comes in, and NDJSON.
//!
//! Start at [`Envelope`]. The error document is `error::Problem::to_json`.
//!
//! - **Invariant.** `kind` first, then `v`, `data`, `meta`, `hints`; within one `v` members are
//!   only added. Absent scalars are `null`, absent lists `[]`.
//! - **Absent on purpose.** The shape of `data`: each command has a struct of its own for it.

use schemars::JsonSchema;
use serde::Serialize;

/// The version of every document of this release.
pub const VERSION: u32 = 1;

/// A result as a document.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Envelope<'a, T: Serialize> {
    /// What `data` is: `milestone.show`, `task.list`, …
    pub kind: &'a str,
    /// The version of `kind`.
    pub v: u32,
    /// The result.
    pub data: T,
    /// What the result is about.
    pub meta: Meta,
    /// Commands that may come next.
    pub hints: Vec<String>,
}

/// What a result is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Meta {
    /// The heads of the log that were read, as record ids.
    pub heads: Vec<String>,
    /// The moment that was read, RFC 3339 in UTC; `null` for now.
    pub as_of: Option<String>,
    /// The project's name.
    pub project: Option<String>,
    /// The project's level.
    pub level: u8,
    /// How many items there are, also those that were not returned; `null` if it is no list.
    pub total: Option<u64>,
    /// Where the next page begins; `null` on the last.
    pub next_cursor: Option<String>,
}

impl<'a, T: Serialize> Envelope<'a, T> {
    /// Returns an envelope without hints.
    pub fn new(kind: &'a str, data: T, meta: Meta) -> Self {
        Self { kind, v: VERSION, data, meta, hints: Vec::new() }
    }

    /// Renders as one document; ends with a newline. `pretty` is for terminals.
    ///
    /// # Errors
    ///
    /// If `data` cannot be JSON, such as a map with keys that are no strings.
    pub fn render(&self, pretty: bool) -> serde_json::Result<String> {
        document(self, pretty)
    }
}

/// The first line of NDJSON: what the other lines are.
#[derive(Debug, Serialize)]
struct Header<'a> {
    kind: &'a str,
    v: u32,
    meta: &'a Meta,
}

/// Renders a header line and one line for each item.
///
/// # Errors
///
/// If an item cannot be JSON.
pub fn ndjson<T: Serialize>(kind: &str, meta: &Meta, items: &[T]) -> serde_json::Result<String> {
    let mut out = document(&Header { kind, v: VERSION, meta }, false)?;
    for item in items {
        out.push_str(&document(item, false)?);
    }
    Ok(out)
}

/// Renders any document; ends with a newline.
///
/// # Errors
///
/// If `value` cannot be JSON.
pub fn document<T: Serialize>(value: &T, pretty: bool) -> serde_json::Result<String> {
    let mut text =
        if pretty { serde_json::to_string_pretty(value)? } else { serde_json::to_string(value)? };
    text.push('\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Row {
        r#ref: &'static str,
        title: &'static str,
        owner: Option<&'static str>,
    }

    const ROW: Row = Row { r#ref: "api/endpoints", title: "E\u{1b}[2J\n", owner: None };

    fn meta() -> Meta {
        Meta { project: Some("shop".to_owned()), total: Some(1), ..Meta::default() }
    }

    #[test]
    fn compact_is_one_line_in_the_documented_order() {
        let text = Envelope::new("task.list", [ROW], meta()).render(false).expect("it is JSON");
        let parts = [
            r#"{"kind":"task.list","v":1,"#,
            r#""data":[{"ref":"api/endpoints","title":"E\u001b[2J\n","owner":null}],"#,
            r#""meta":{"heads":[],"as_of":null,"project":"shop","level":0,"total":1,"#,
            r#""next_cursor":null},"hints":[]}"#,
            "\n",
        ];
        assert_eq!(text, parts.concat());
    }

    #[test]
    fn pretty_is_for_people() {
        let text = Envelope::new("task.show", ROW, Meta::default()).render(true);
        insta::assert_snapshot!(text.expect("it is JSON"), @r#"
        {
          "kind": "task.show",
          "v": 1,
          "data": {
            "ref": "api/endpoints",
            "title": "E\u001b[2J\n",
            "owner": null
          },
          "meta": {
            "heads": [],
            "as_of": null,
            "project": null,
            "level": 0,
            "total": null,
            "next_cursor": null
          },
          "hints": []
        }
        "#);
    }

    #[test]
    fn ndjson_has_a_header_line() {
        let text = ndjson("event.stream", &meta(), &[ROW, ROW]).expect("it is JSON");
        let text = text.replace(",\"meta\"", ",\n  \"meta\"");
        insta::assert_snapshot!(text, @r#"
        {"kind":"event.stream","v":1,
          "meta":{"heads":[],"as_of":null,"project":"shop","level":0,"total":1,"next_cursor":null}}
        {"ref":"api/endpoints","title":"E\u001b[2J\n","owner":null}
        {"ref":"api/endpoints","title":"E\u001b[2J\n","owner":null}
        "#);
    }
}
