//! A Rust file in two views of the same shape: its code without text, and its comments alone.
//!
//! - **Invariant.** Both views have a line for each line of the file, and are ASCII: what is not in
//!   a view is blank, what is not ASCII is `x`. So offsets are columns and slices never split.
//! - **Invariant.** Braces of the code view balance as the compiler sees them: strings, characters
//!   and comments are blank.
//! - **Absent on purpose.** Syntax. Rules look for words and match braces, nothing more.

use std::ops::RangeInclusive;

/// One Rust file, ready for rules.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) raw: String,
    pub(crate) code: String,
    pub(crate) comments: String,
    test_lines: Vec<RangeInclusive<usize>>,
}

impl Source {
    pub(crate) fn new(path: &str, raw: &str) -> Self {
        let (code, comments) = split(raw);
        let test_lines = test_items(&code);
        Self { path: path.to_owned(), raw: raw.to_owned(), code, comments, test_lines }
    }

    /// The top-level folder, which is the crate.
    pub(crate) fn folder(&self) -> &str {
        self.path.split('/').next().unwrap_or_default()
    }

    /// Whether the whole file is a test: it lies in `tests/` or is called `tests.rs`.
    pub(crate) fn is_test_file(&self) -> bool {
        self.path.split('/').any(|part| part == "tests" || part == "tests.rs")
    }

    /// Whether `line` is part of a test: of a test file or of an item under `#[cfg(test)]`.
    pub(crate) fn is_test(&self, line: usize) -> bool {
        self.is_test_file() || self.test_lines.iter().any(|lines| lines.contains(&line))
    }

    /// The code view, line by line, from line 1.
    pub(crate) fn code_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code.lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    /// First and last line of every function that has a body.
    pub(crate) fn functions(&self) -> Vec<(usize, usize)> {
        let code = &self.code;
        word_positions(code, "fn")
            .filter(|at| code[at + 2..].trim_start().starts_with(is_name_start))
            .filter_map(|at| Some((line_at(code, at), line_at(code, item_end(code, at, false)?))))
            .collect()
    }
}

/// Where `word` stands in `code`, not as a part of a longer name.
pub(crate) fn word_positions<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> {
    code.match_indices(word).map(|(at, _)| at).filter(move |&at| {
        let opens = !word.starts_with(is_name) || !code[..at].ends_with(is_name);
        let closes = !word.ends_with(is_name) || !code[at + word.len()..].starts_with(is_name);
        opens && closes
    })
}

/// Whether `word` stands in `code`, not as a part of a longer name.
pub(crate) fn has_word(code: &str, word: &str) -> bool {
    word_positions(code, word).next().is_some()
}

/// The line, from 1, of an offset.
pub(crate) fn line_at(code: &str, at: usize) -> usize {
    code[..at].matches('\n').count() + 1
}

/// The offset of the bracket that closes the first one at or after `at`.
pub(crate) fn closing(code: &str, at: usize) -> Option<usize> {
    let mut depth = 0usize;
    for (offset, byte) in code.bytes().enumerate().skip(at) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' if depth <= 1 => return Some(offset),
            b')' | b']' | b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn is_name_start(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || c == '$'
}

/// The offset where the item at `at` ends: the brace that closes its body, or its semicolon if
/// an item `without_body` is wanted too.
fn item_end(code: &str, at: usize, without_body: bool) -> Option<usize> {
    let mut at = at;
    loop {
        let offset = at + code[at..].find(['(', '[', '{', ';', '}'])?;
        match code.as_bytes()[offset] {
            b'{' => return closing(code, offset),
            b';' => return without_body.then_some(offset),
            b'}' => return None,
            _ => at = closing(code, offset)? + 1,
        }
    }
}

/// The lines of every item under `#[cfg(test)]`.
fn test_items(code: &str) -> Vec<RangeInclusive<usize>> {
    code.match_indices("#[cfg(test)]")
        .filter_map(|(at, found)| Some((at, item_end(code, at + found.len(), true)?)))
        .map(|(at, end)| line_at(code, at)..=line_at(code, end))
        .collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Code,
    Comment,
    Text,
}

/// The code view and the comment view.
fn split(raw: &str) -> (String, String) {
    let raw: Vec<char> = raw.chars().collect();
    let (mut code, mut comments) = (String::new(), String::new());
    let (mut at, mut after_name) = (0, false);
    while at < raw.len() {
        let (kind, length) = token(&raw[at..], after_name);
        for &c in &raw[at..(at + length).min(raw.len())] {
            let ascii = if c.is_ascii() { c } else { 'x' };
            let blank = if c == '\n' { '\n' } else { ' ' };
            code.push(if kind == Kind::Code { ascii } else { blank });
            comments.push(if kind == Kind::Comment { ascii } else { blank });
        }
        at += length;
        after_name = code.ends_with(is_name);
    }
    (code, comments)
}

/// What `rest` starts with, and how many characters it takes.
fn token(rest: &[char], after_name: bool) -> (Kind, usize) {
    let raw_string = match rest {
        ['r', tail @ ..] if !after_name => raw_string_length(tail).map(|length| length + 1),
        ['b' | 'c', 'r', tail @ ..] if !after_name => {
            raw_string_length(tail).map(|length| length + 2)
        }
        _ => None,
    };
    match rest {
        _ if raw_string.is_some() => (Kind::Text, raw_string.unwrap_or_default()),
        ['/', '/', ..] => (Kind::Comment, length_until(rest, |c| c == '\n')),
        ['/', '*', ..] => (Kind::Comment, block_comment_length(rest)),
        ['"', ..] => (Kind::Text, quoted_length(rest)),
        // A character; any other quote begins a lifetime or a label.
        ['\'', '\\', ..] | ['\'', _, '\'', ..] => (Kind::Text, quoted_length(rest)),
        _ => (Kind::Code, 1),
    }
}

fn length_until(rest: &[char], end: impl Fn(char) -> bool) -> usize {
    rest.iter().position(|&c| end(c)).unwrap_or(rest.len())
}

/// Length of a string or character with escapes, both quotes included.
fn quoted_length(rest: &[char]) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != rest[0] {
        at += if rest[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

/// Length of `#"..."#` after the letter that makes it raw; `None` if it is no string.
fn raw_string_length(rest: &[char]) -> Option<usize> {
    let hashes = length_until(rest, |c| c != '#');
    if rest.get(hashes) != Some(&'"') {
        return None;
    }
    let mut at = hashes + 1;
    while at < rest.len() {
        let closes =
            rest[at] == '"' && rest[at + 1..].iter().take_while(|&&c| c == '#').count() >= hashes;
        at += 1;
        if closes {
            return Some(at + hashes);
        }
    }
    Some(at)
}

/// Length of a block comment, which may hold others.
fn block_comment_length(rest: &[char]) -> usize {
    let (mut depth, mut at) = (0usize, 0);
    while at < rest.len() {
        match &rest[at..] {
            ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
            ['*', '/', ..] if depth == 1 => return at + 2,
            ['*', '/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(raw: &str) -> String {
        split(raw).0.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn text_and_comments_are_no_code() {
        assert_eq!(code(r#"a("}\"{", b'{', '\'', '"', "\\") b"#), "a( , b , , , ) b");
        assert_eq!(code("a /* { /* } */ } */ b // }\nc"), "a b c");
        assert_eq!(code("a r#\"}\"{\"# b br\"{\\\" c r##\"\"#{\"## d"), "a b c d");
    }

    #[test]
    fn names_lifetimes_and_raw_names_are_code() {
        assert_eq!(
            code("fn f<'a, 'b>(r: &'a r#type) -> &'b u8"),
            "fn f<'a, 'b>(r: &'a r#type) -> &'b u8"
        );
        assert_eq!(code("for \"x\" in bar\"y\""), "for in bar");
    }

    #[test]
    fn both_views_keep_the_lines() {
        let raw = "a\n/* b\nc */ é\n\"d\ne\" f // TÖDO\n";
        let (code, comments) = split(raw);
        assert_eq!(code.lines().count(), raw.lines().count());
        assert_eq!(comments.lines().count(), raw.lines().count());
        assert_eq!(comments.lines().last().map(str::trim), Some("// TxDO"));
        assert_eq!(line_at(&code, code.find('f').expect("f is code")), 5);
    }

    #[test]
    fn what_never_ends_is_survived() {
        for raw in ["\"a", "'\\", "r#\"a", "/* a", "fn f() {", "#[cfg(test)]", "\"\\"] {
            let source = Source::new("a.rs", raw);
            assert_eq!(source.code.lines().count(), 1, "{raw}");
            assert_eq!(source.functions(), []);
        }
    }

    #[test]
    fn test_lines_are_those_of_the_item_under_the_attribute() {
        let raw =
            "fn a() {}\n#[cfg(test)]\n#[rustfmt::skip]\nmod tests {\n}\n#[cfg(test)]\nuse x;\nb";
        let source = Source::new("m/src/a.rs", raw);
        let tests: Vec<usize> = (1..=8).filter(|&line| source.is_test(line)).collect();
        assert_eq!(tests, [2, 3, 4, 5, 6, 7]);
        assert!(Source::new("m/tests/it/a.rs", raw).is_test(1));
        assert!(Source::new("m/src/log/tests.rs", raw).is_test(1));
    }

    #[test]
    fn functions_are_counted_with_their_closing_brace() {
        let raw = "trait T {\n    fn no_body(x: [u8; 4]);\n}\ntype F = fn(u8) -> u8;\n\
                   fn a<const N: usize>(x: [u8; 4]) -> u8\nwhere\n    u8: Copy,\n{\n    '{'\n}\n";
        assert_eq!(Source::new("a.rs", raw).functions(), [(5, 10)]);
    }
}
