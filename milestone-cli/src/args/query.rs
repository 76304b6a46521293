//! The words of a query among the flags of a command.
//!
//! Start at [`spelled_out`].
//!
//! - **Invariant.** `-blocked`, `-label:api` and `-(…)` are the query's where a command takes a
//!   query; every other word that begins with a dash is a flag, as everywhere.

use std::ffi::{OsStr, OsString};

use milestone_core::query::{Field, FlagSpec};

/// The verbs whose words make a query, by name and alias, alone or behind their noun.
const VERBS: [&[&str]; 3] = [&["list", "ls"], &["ready"], &["export"]];
const TASK: &[&str] = &["task", "t"];
const VIEW: &[&str] = &["view"];

/// The words, with every `-condition` of a query written as `not condition`, so that it cannot be
/// taken for flags.
#[must_use]
pub fn spelled_out(words: &[OsString]) -> Vec<OsString> {
    let mut out = words.to_vec();
    let Some(verb) = verb_at(words) else { return out };
    let behind = out.iter_mut().skip(verb + 1).take_while(|word| *word != "--");
    for word in behind {
        if let Some(condition) = word.to_str().and_then(negated) {
            *word = format!("not {condition}").into();
        }
    }
    out
}

/// Where the verb stands, if it takes a query.
fn verb_at(words: &[OsString]) -> Option<usize> {
    let is = |word: Option<&OsString>, names: &[&str]| {
        word.and_then(|word| OsStr::to_str(word)).is_some_and(|word| names.contains(&word))
    };
    let first = (1..words.len()).find(|at| {
        is(words.get(*at), TASK)
            || is(words.get(*at), VIEW)
            || VERBS.iter().any(|names| is(words.get(*at), names))
    })?;
    if is(words.get(first), TASK) {
        return is(words.get(first + 1), VERBS[0]).then_some(first + 1);
    }
    if is(words.get(first), VIEW) {
        return is(words.get(first + 1), &["save"]).then_some(first + 1);
    }
    Some(first)
}

/// What stands behind the dash of a condition.
fn negated(word: &str) -> Option<&str> {
    let condition = word.strip_prefix('-')?;
    let name = condition.split([':', '=', '<', '>', '~', '!']).next().unwrap_or_default();
    let field = || Field::named(name).is_some() || ["is", "has", "view"].contains(&name);
    let ours = match name.len() == condition.len() {
        true => FlagSpec::named(condition).is_some(),
        false => field(),
    };
    (ours || condition.starts_with(['(', '"'])).then_some(condition)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(line: &str) -> String {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let words = spelled_out(&words);
        words.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn conditions_are_told_from_flags() {
        for (line, meant) in [
            ("m list -blocked -label:api", "m|list|not blocked|not label:api"),
            ("m --on x ls -is:done -(a", "m|--on|x|ls|not is:done|not (a"),
            ("m task list -due<fri", "m|task|list|not due<fri"),
            ("m t ls -mine -q", "m|t|ls|not mine|-q"),
            ("m list -l api -vv -nq -C/tmp", "m|list|-l|api|-vv|-nq|-C/tmp"),
            ("m list -lapi --all -- -blocked", "m|list|-lapi|--all|--|-blocked"),
            ("m edit api --label -done", "m|edit|api|--label|-done"),
            ("m task edit api/1 --label -done", "m|task|edit|api/1|--label|-done"),
            ("m view save open -blocked", "m|view|save|open|not blocked"),
            ("m view list -q", "m|view|list|-q"),
            ("m list -word", "m|list|-word"),
        ] {
            assert_eq!(spelled(line), meant);
        }
    }
}
