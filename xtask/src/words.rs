//! Words that code does not say: a table of what is banned, where, and what to say instead.
//!
//! - **Invariant.** Strings are never searched, and doc comments only for unfinished work: this
//!   table can spell its own words.
//! - **Absent on purpose.** What clippy already denies everywhere, tests included.

use crate::lexer::{Source, closing, has_word, line_at};
use crate::source::EDGES;
use crate::tidy::Violation;

/// Crates that are handed the time and everything else from outside.
const PURE: [&str; 2] = ["milestone-core", "milestone-interop"];

struct Ban {
    rule: &'static str,
    words: &'static [&'static str],
    holds: fn(&Source, usize) -> bool,
    advice: &'static str,
}

const BANS: &[Ban] = &[
    Ban {
        rule: "unwrap",
        words: &[".unwrap()"],
        holds: |source, line| !source.is_test(line),
        advice: "return an error, or write `expect(\"why it holds\")`",
    },
    Ban {
        rule: "unfinished",
        words: &["todo!", "unimplemented!", "dbg!"],
        holds: |_, _| true,
        advice: "finish it or take it out",
    },
    Ban {
        rule: "allow",
        words: &["#[allow(", "#![allow(", ", allow("],
        holds: |_, _| true,
        advice: "write `#[expect(lint, reason = \"...\")]`",
    },
    Ban {
        rule: "print",
        words: &["println!", "eprintln!", "print!", "eprint!"],
        // A test that is skipped says so loudly.
        holds: |source, line| !EDGES.contains(&source.folder()) && !source.is_test(line),
        advice: "return it; only the command line, examples, benches and xtask talk to a user",
    },
    Ban {
        rule: "ambient",
        words: &[
            "std::env::",
            "std::env;",
            "env::args",
            "env::var",
            "env::var_os",
            "SystemTime::now",
            "Instant::now",
            "Utc::now",
            "Local::now",
            "std::thread",
        ],
        holds: |source, _| PURE.contains(&source.folder()),
        advice: "take it as an argument; this crate knows no clock, environment and threads",
    },
    Ban {
        rule: "async",
        words: &["async fn"],
        holds: |_, _| true,
        advice: "make it synchronous; no crate of the workspace is async",
    },
];

/// Notes of unfinished work, which hide in comments.
const UNFINISHED: [&str; 2] = ["TODO", "FIXME"];

pub(crate) fn check(source: &Source) -> Vec<Violation> {
    let mut found = check_bans(source);
    found.extend(check_unfinished_notes(source));
    found.extend(check_reasons(source));
    found
}

fn check_bans(source: &Source) -> Vec<Violation> {
    let mut found = Vec::new();
    for (line, code) in source.code_lines() {
        for ban in BANS.iter().filter(|ban| (ban.holds)(source, line)) {
            if ban.words.iter().any(|word| has_word(code, word)) {
                found.push(Violation::new(&source.path, line, ban.rule, ban.advice));
            }
        }
    }
    found
}

fn check_unfinished_notes(source: &Source) -> Vec<Violation> {
    let mut found = Vec::new();
    for (index, (code, comment)) in source.code.lines().zip(source.comments.lines()).enumerate() {
        if UNFINISHED.iter().any(|word| has_word(code, word) || has_word(comment, word)) {
            let advice = "finish it or take it out; plans live outside the code";
            found.push(Violation::new(&source.path, index + 1, "unfinished", advice));
        }
    }
    found
}

/// An `expect` attribute says why.
fn check_reasons(source: &Source) -> Vec<Violation> {
    let code = &source.code;
    let starts = ["#[expect(", "#![expect("].into_iter().flat_map(|word| code.match_indices(word));
    starts
        .filter(|&(at, _)| closing(code, at).is_none_or(|end| !has_word(&code[at..end], "reason")))
        .map(|(at, _)| {
            let advice = "add `reason = \"...\"`";
            Violation::new(&source.path, line_at(code, at), "expect-reason", advice)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules_in(path: &str, text: &str) -> Vec<(usize, &'static str)> {
        let found = check(&Source::new(path, text));
        found.iter().map(|violation| (violation.line, violation.rule)).collect()
    }

    fn rules(text: &str) -> Vec<(usize, &'static str)> {
        rules_in("milestone-core/src/a.rs", text)
    }

    #[test]
    fn unwrap_is_found_outside_tests_only() {
        assert_eq!(rules("a\n    .unwrap();\n"), [(2, "unwrap")]);
        assert_eq!(rules("/// a.unwrap()\n// b.unwrap()\nc.unwrap_or(\".unwrap()\");\n"), []);
        assert_eq!(rules("#[cfg(test)]\nmod tests {\n    a.unwrap();\n}\n"), []);
        assert_eq!(rules("#[cfg(test)]\nmod tests {\n}\na.unwrap();\n"), [(4, "unwrap")]);
        assert_eq!(rules_in("milestone-core/tests/it/a.rs", "a.unwrap();\n"), []);
    }

    #[test]
    fn every_banned_word_of_the_table_is_found() {
        for ban in BANS {
            for word in ban.words {
                assert_eq!(rules(&format!("\n{word}")), [(2, ban.rule)], "{word}");
                assert_eq!(rules(&format!("\n/// {word}\nlet a = \"{word}\";")), [], "{word}");
            }
        }
    }

    #[test]
    fn notes_of_unfinished_work_are_found_in_comments() {
        for word in UNFINISHED {
            assert_eq!(rules(&format!("a\nb // {word}: c\n")), [(2, "unfinished")], "{word}");
            assert_eq!(rules(&format!("/// {word}\n")), [(1, "unfinished")], "{word}");
            assert_eq!(rules(&format!("// {word}S\nlet a = \"{word}\";\n")), [], "{word}");
        }
    }

    #[test]
    fn an_allowance_in_any_dress_is_found() {
        assert_eq!(rules("#![allow(dead_code)]\n"), [(1, "allow")]);
        assert_eq!(rules("#[cfg_attr(unix, allow(dead_code))]\n"), [(1, "allow")]);
    }

    #[test]
    fn an_expectation_without_a_reason_is_found() {
        assert_eq!(rules("a\n#[expect(dead_code)]\n"), [(2, "expect-reason")]);
        assert_eq!(rules("#![expect(dead_code)]\n"), [(1, "expect-reason")]);
        assert_eq!(rules("#[expect(\n    dead_code,\n    reason = \"held\"\n)]\n"), []);
    }

    #[test]
    fn the_edges_may_print_and_the_others_may_read_the_clock() {
        let text = "println!();\nInstant::now();\n";
        assert_eq!(rules(text), [(1, "print"), (2, "ambient")]);
        assert_eq!(rules_in("milestone-interop/src/a.rs", text), [(1, "print"), (2, "ambient")]);
        assert_eq!(rules_in("milestone-project/src/a.rs", text), [(1, "print")]);
        for edge in EDGES {
            assert_eq!(rules_in(&format!("{edge}/src/a.rs"), text), [], "{edge}");
        }
    }
}
