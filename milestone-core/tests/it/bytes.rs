//! Parsing anything never panics, and what is not understood is kept.
//!
//! Bytes from nowhere are nearly always refused at their hash, so most lines here are signed anew
//! after they were changed: then it is the reader of JSON that has to bear them.

use milestone_core::domain::Body;
use milestone_core::log::record::parse;
use milestone_core::log::{FileLines, LineFault, LogStore};
use milestone_core::projection::Folder;
use milestone_testkit::{Deed, MemoryStore, Replica, histories};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use crate::common::{Shown, cases, folded};

/// A line with a right id for this body, `{` included.
fn signed(body: &str) -> String {
    let hash = Sha256::digest(body.as_bytes());
    let id: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{{\"id\":\"{id}\",{}", body.get(1..).unwrap_or_default())
}

/// The body of a record's line.
fn body_of(line: &str) -> String {
    format!("{{{}", &line[73..])
}

/// Parses a line and folds it, if it is a record. Neither may panic.
fn bear(line: &str) -> Result<(), LineFault> {
    let record = parse(line)?;
    let mut folder = Folder::new();
    folder.fold(&record).expect("a fold with histories takes every record");
    folder.fold(&record).expect("a fold with histories takes every record");
    Shown::of(&folded(&MemoryStore::from_lines([line])));
    Ok(())
}

/// Pieces of JSON that fit nowhere in particular.
const PIECES: [&str; 18] = [
    "null",
    "true",
    "-1",
    "18446744073709551615",
    "4294967295",
    "1e999",
    "0.5",
    "\"\"",
    "[]",
    "{}",
    "\"\\ud83d\\ude80\"",
    "\"\\u0000\"",
    "[[[]]]",
    "{\"a\":{\"a\":{}}}",
    "\"@project\"",
    "{\"task\":\"plan\",\"task\":7}",
    "\"9999-12-31T23:59:59.999999Z\"",
    "-9223372036854775808",
];

/// One change to a text, by places and pieces.
#[derive(Debug, Clone)]
enum Change {
    /// A value behind a colon or in a list becomes another one.
    Value(prop::sample::Index, &'static str),
    /// A character becomes another one.
    Char(prop::sample::Index, char),
    /// Some characters go.
    Cut(prop::sample::Index, usize),
    /// Some characters are there twice.
    Double(prop::sample::Index, usize),
}

fn change() -> impl Strategy<Value = Change> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        4 => (at(), prop::sample::select(PIECES.to_vec()))
            .prop_map(|(at, piece)| Change::Value(at, piece)),
        2 => (at(), any::<char>()).prop_map(|(at, to)| Change::Char(at, to)),
        1 => (at(), 1..40usize).prop_map(|(at, len)| Change::Cut(at, len)),
        1 => (at(), 1..40usize).prop_map(|(at, len)| Change::Double(at, len)),
    ]
}

impl Change {
    fn apply(&self, text: &str) -> String {
        let chars: Vec<char> = text.chars().collect();
        let parts = |at: usize, len: usize| {
            let (head, rest) = chars.split_at(at);
            let (middle, tail) = rest.split_at(len.min(rest.len()));
            let text = |part: &[char]| part.iter().collect::<String>();
            (text(head), text(middle), text(tail))
        };
        match self {
            Self::Value(at, piece) => {
                let starts: Vec<usize> =
                    (0..chars.len()).filter(|&at| matches!(chars[at], ':' | '[' | ',')).collect();
                if starts.is_empty() {
                    return text.to_owned();
                }
                let start = starts[at.index(starts.len())] + 1;
                let len = value_len(&chars[start..]);
                let (head, _, tail) = parts(start, len);
                format!("{head}{piece}{tail}")
            }
            Self::Char(at, to) => {
                let (head, _, tail) = parts(at.index(chars.len().max(1)), 1);
                format!("{head}{to}{tail}")
            }
            Self::Cut(at, len) => {
                let (head, _, tail) = parts(at.index(chars.len().max(1)), *len);
                format!("{head}{tail}")
            }
            Self::Double(at, len) => {
                let (head, middle, tail) = parts(at.index(chars.len().max(1)), *len);
                format!("{head}{middle}{middle}{tail}")
            }
        }
    }
}

/// How long the JSON value is that begins here, as far as brackets and quotes tell.
fn value_len(chars: &[char]) -> usize {
    let (mut depth, mut quoted) = (0usize, false);
    for (at, &c) in chars.iter().enumerate() {
        match c {
            '"' if at == 0 || chars[at - 1] != '\\' => quoted = !quoted,
            _ if quoted => {}
            '[' | '{' => depth += 1,
            ']' | '}' | ',' if depth == 0 => return at,
            ']' | '}' => depth -= 1,
            _ => {}
        }
    }
    chars.len()
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn any_text_is_borne(text in any::<String>(), json in "[\\[\\]{}\":,a-z0-9\\\\ .eE+-]{0,80}") {
        for text in [&text, &json] {
            prop_assert!(parse(text).is_err());
            let _either = bear(&signed(&format!("{{{text}")));
        }
    }

    #[test]
    fn changed_records_are_borne(
        history in histories(2, 3),
        changes in prop::collection::vec(change(), 1..4),
    ) {
        for line in history.union().lines() {
            let body = changes.iter().fold(body_of(&line), |body, change| change.apply(&body));
            if body.get(1..) != body_of(&line).get(1..) {
                let unsigned = parse(&format!("{}{}", &line[..73], body.get(1..).unwrap_or("")))
                    .is_err();
                prop_assert!(unsigned, "an old id for a new body");
            }
            if body.is_char_boundary(1) {
                let _either = bear(&signed(&body));
            }
        }
    }

    #[test]
    fn any_bytes_of_a_file_are_borne(
        mut bytes in prop::collection::vec(any::<u8>(), 0..400),
        ends in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
    ) {
        for end in ends {
            let at = end.index(bytes.len() + 1);
            bytes.insert(at, b'\n');
        }
        let store = MemoryStore::with_files([("a.jsonl", bytes.clone())]);
        let stat = store.files().unwrap().remove(0);
        let lines = FileLines::read(&store, &stat, None).unwrap();
        let parsed = lines.parsed(&stat.name);
        let mark = parsed.mark.as_ref().unwrap();
        let whole = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
        prop_assert_eq!((mark.len_bytes, mark.seen_bytes), (whole as u64, bytes.len() as u64));
        // Every byte is a record, a finding or an empty line.
        let mut odd: Vec<u64> = parsed.findings.iter().map(|f| f.line).filter(|l| *l > 0).collect();
        odd.sort();
        let mut expected = Vec::new();
        for (number, line) in bytes[..whole].split(|&byte| byte == b'\n').enumerate() {
            if !line.strip_suffix(b"\r").unwrap_or(line).is_empty() {
                expected.push(number as u64 + 1);
            }
        }
        if whole < bytes.len() {
            expected.push(mark.lines + 1);
        }
        prop_assert_eq!(odd, expected);
        Shown::of(&folded(&store));
    }
}

/// The changes of these tests do reach the reader of JSON, and what is no longer understood is
/// kept.
#[test]
fn changed_records_are_read_kept_or_refused() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let mut replica = Replica::new("ann");
    let deed = Deed { kind: "task_moved", milestone: 1, task: 1, value: 77 };
    replica.write(&[deed.event()]);
    let line = replica.store().lines().remove(0);
    let mut runner = TestRunner::deterministic();
    let (mut understood, mut kept, mut refused) = (0, 0, 0);
    for _ in 0..1_000 {
        let changed = change().new_tree(&mut runner).unwrap().current().apply(&body_of(&line));
        let signed = signed(&changed);
        match parse(&signed) {
            Err(_) => refused += 1,
            Ok(record) => match record.events.first().map(|event| &event.body) {
                Some(Body::Unknown { details, .. }) => {
                    kept += 1;
                    assert!(signed.contains(&*details.0) || details.0 == "{}");
                }
                _ => understood += 1,
            },
        }
    }
    let reached = [understood, kept, refused];
    assert!(reached.iter().all(|&times| times > 20), "{reached:?}");
}

#[test]
fn a_newer_format_is_no_record_and_is_named() {
    let store = MemoryStore::from_lines([signed(r#"{"v":9,"anything":[]}"#)]);
    let caught = folded(&store);
    assert_eq!((caught.checkpoint.count, caught.checkpoint.too_new), (0, Some(9)));
}
