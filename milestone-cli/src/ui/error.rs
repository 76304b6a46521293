//! A failure as people and programs see it: [`Problem`], and the exit codes, [`Exit`].
//!
//! Start at [`Problem`]. Which failure becomes which problem is decided by the command runners.
//!
//! - **Invariant.** The last line of the text is the most useful one: exactly one hint, if any.
//! - **Invariant.** `code` is stable and documented; scripts read it.
//! - **Absent on purpose.** No stack traces and no causes in Rust's words.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::glyph::Paint;
use super::json::VERSION;
use super::style::Style;
use super::text::sanitize;

/// How many facts are shown before "and N more".
pub const FACTS_SHOWN_MAX: usize = 6;

/// What the process ends with. Codes never change their meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done, or an empty list.
    Ok = 0,
    /// Unexpected failure: stop and report.
    Failed = 1,
    /// Unknown flag or value, missing input, a write with `--as-of`: fix the command.
    Usage = 2,
    /// Empty, only with `--fail-empty`.
    Empty = 3,
    /// No such milestone, task or file: correct the reference.
    NotFound = 5,
    /// A prefix fits several: choose one of those listed.
    Ambiguous = 6,
    /// Someone else was first: read again, or take another.
    Conflict = 7,
    /// A rule says no: do what the message names.
    Refused = 8,
    /// The log, a view or a file is not as it should be: `milestone doctor`.
    Integrity = 10,
    /// It failed and was undone: read the report.
    RolledBack = 11,
    /// Needs `--yes` or `--confirm NAME` and nobody can be asked.
    Confirm = 13,
    /// I/O error or no space; nothing was appended: free space, retry.
    NotRecorded = 14,
    /// The write may or may not be durable: retry with the same key.
    Unknown = 15,
    /// Another writer holds the project: retry later.
    Busy = 75,
    /// Ctrl-C.
    Interrupted = 130,
}

impl Exit {
    /// Returns the number the process exits with.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }
}

/// A failure, ready to be shown as text or JSON.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// Stable name, `noun.what`, such as `ref.not_found`.
    pub code: &'static str,
    /// What the process exits with.
    pub exit: Exit,
    /// One sentence, lower case, with the user's own words in quotes and no full stop.
    pub message: String,
    /// What explains it, 0 to 3 lines; more only for lists of candidates.
    pub facts: Vec<String>,
    /// The command most likely to help.
    pub hint: Option<String>,
    /// What could be taken instead: references or commands.
    pub alternatives: Vec<String>,
    /// When trying again makes sense.
    pub retry_after_ms: Option<u64>,
    /// The facts for programs.
    pub facts_json: Map<String, Value>,
    /// True if it is certain that nothing was changed; said as the last fact.
    pub nothing_changed: bool,
}

/// True if there is such a code and it ends with that exit.
fn has_row(code: &str, exit: Exit) -> bool {
    super::codes::named(code).is_some_and(|row| row.exit == exit)
}

impl Problem {
    /// Returns a problem without facts and hint. Code and exit are those of a row of
    /// [`codes`](super::codes::all).
    #[must_use]
    pub fn new(code: &'static str, exit: Exit, message: impl Into<String>) -> Self {
        debug_assert!(has_row(code, exit), "{code} with {exit:?} is not in the table of codes");
        Self {
            code,
            exit,
            message: message.into(),
            facts: Vec::new(),
            hint: None,
            alternatives: Vec::new(),
            retry_after_ms: None,
            facts_json: Map::new(),
            nothing_changed: false,
        }
    }

    /// The same problem under a code that says more, with the same exit.
    #[must_use]
    pub fn named(self, code: &'static str) -> Self {
        debug_assert!(has_row(code, self.exit), "{code} is not in the table of codes");
        Self { code, ..self }
    }

    /// Adds a fact for people.
    #[must_use]
    pub fn fact(mut self, fact: impl Into<String>) -> Self {
        self.facts.push(fact.into());
        self
    }

    /// Adds a fact for programs.
    #[must_use]
    pub fn datum(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.facts_json.insert(name.to_owned(), value.into());
        self
    }

    /// Says that nothing was changed.
    #[must_use]
    pub fn unchanged(mut self) -> Self {
        self.nothing_changed = true;
        self
    }

    /// Sets the hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds something that could be taken instead.
    #[must_use]
    pub fn alternative(mut self, alternative: impl Into<String>) -> Self {
        self.alternatives.push(alternative.into());
        self
    }

    /// Says when trying again makes sense.
    #[must_use]
    pub fn retry_after_ms(mut self, ms: u64) -> Self {
        self.retry_after_ms = Some(ms);
        self
    }

    /// Renders for stderr, plain and without a colour; ends with a newline.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.render(false)
    }

    /// Renders for stderr in the given style; ends with a newline.
    #[must_use]
    pub fn to_styled(&self, style: &Style) -> String {
        self.render(style.color)
    }

    fn render(&self, color: bool) -> String {
        let label = Paint::Danger.over(&format!("error[{}]", self.code), color);
        let mut out = format!("{label}: {}\n", sanitize(&self.message));
        let hidden = self.facts.len().saturating_sub(FACTS_SHOWN_MAX);
        for fact in self.facts.iter().take(FACTS_SHOWN_MAX) {
            out.push_str(&format!("  = {}\n", sanitize(fact)));
        }
        if hidden > 0 {
            out.push_str(&format!("  = and {hidden} more\n"));
        }
        if self.nothing_changed {
            out.push_str("  = nothing was changed\n");
        }
        if let Some(hint) = &self.hint {
            let label = Paint::Accent.over("hint", color);
            out.push_str(&format!("{label}: {}\n", sanitize(hint)));
        }
        out
    }

    /// Renders the error document of `--json`; ends with a newline.
    #[must_use]
    pub fn to_json(&self, pretty: bool) -> String {
        let mut facts = self.facts_json.clone();
        if self.nothing_changed {
            facts.insert("nothing_changed".to_owned(), Value::Bool(true));
        }
        let error = ErrorBody {
            code: self.code,
            exit: self.exit.code(),
            message: &self.message,
            facts: &facts,
            notes: &self.facts,
            retry_after_ms: self.retry_after_ms,
            alternatives: &self.alternatives,
            hint: self.hint.as_deref(),
        };
        let document = ErrorDocument { kind: "error", v: VERSION, error };
        super::json::document(&document, pretty).expect("strings and numbers are JSON")
    }
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct ErrorDocument<'a> {
    kind: &'static str,
    v: u32,
    error: ErrorBody<'a>,
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct ErrorBody<'a> {
    code: &'a str,
    exit: u8,
    message: &'a str,
    facts: &'a Map<String, Value>,
    notes: &'a [String],
    retry_after_ms: Option<u64>,
    alternatives: &'a [String],
    hint: Option<&'a str>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn not_found() -> Problem {
        let message = "no milestone or task is called \"endpionts\"";
        Problem::new("ref.not_found", Exit::NotFound, message)
            .unchanged()
            .hint("milestone start api/endpoints")
            .alternative("api-development/endpoints")
            .datum("typed", "endpionts")
    }

    #[test]
    fn text_has_facts_and_ends_with_the_hint() {
        insta::assert_snapshot!(not_found().to_text(), @r#"
        error[ref.not_found]: no milestone or task is called "endpionts"
          = nothing was changed
        hint: milestone start api/endpoints
        "#);
    }

    #[test]
    fn many_candidates_are_grouped() {
        let problem = (1..=20).fold(
            Problem::new("ref.ambiguous", Exit::Ambiguous, "\"c\" fits 20 milestones"),
            |problem, n| problem.fact(format!("c-{n}")),
        );
        insta::assert_snapshot!(problem.to_text(), @r#"
        error[ref.ambiguous]: "c" fits 20 milestones
          = c-1
          = c-2
          = c-3
          = c-4
          = c-5
          = c-6
          = and 14 more
        "#);
    }

    #[test]
    fn words_of_others_cannot_move_the_cursor() {
        let problem = Problem::new("ref.not_found", Exit::NotFound, "no \"\u{1b}[2J\nhint: rm\"");
        insta::assert_snapshot!(problem.to_text(), @r#"error[ref.not_found]: no "�[2J hint: rm""#);
    }

    #[test]
    fn json_has_every_member() {
        let problem = not_found().retry_after_ms(1500);
        insta::assert_snapshot!(problem.to_json(true), @r#"
        {
          "kind": "error",
          "v": 1,
          "error": {
            "code": "ref.not_found",
            "exit": 5,
            "message": "no milestone or task is called \"endpionts\"",
            "facts": {
              "nothing_changed": true,
              "typed": "endpionts"
            },
            "notes": [],
            "retry_after_ms": 1500,
            "alternatives": [
              "api-development/endpoints"
            ],
            "hint": "milestone start api/endpoints"
          }
        }
        "#);
    }
}
