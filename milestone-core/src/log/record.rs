//! The record: one command, one line, one JSON object that carries its own hash.
//!
//! Start at [`parse`] for reading a line and [`Draft::encode`] for writing one.
//!
//! - **Invariant.** An id is computed from the bytes of the line, never from a re-serialisation.
//! - **Invariant.** Parsing any bytes never panics: what is no record is a [`LineFault`].
//! - **Absent on purpose.** Where a line stands and what comes before it; see `scan`.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::domain::{Body, Event};
use crate::words::{CLOCK_MAX, Few, RecordId, RecordKey, Text, Timestamp};

/// The format that is written, and the newest that is read.
pub const FORMAT_VERSION: u32 = 1;

/// How every line begins.
const ID_OPENS: &[u8] = b"{\"id\":\"";
/// What stands between the id and the rest.
const ID_CLOSES: &[u8] = b"\",";
/// Most lines are shorter than this.
const LINE_BYTES_USUAL: usize = 1024;
/// Where the body goes on behind the id.
const BODY_AT: usize = ID_OPENS.len() + 64 + ID_CLOSES.len();

/// One record, borrowed from its line.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Record<'a> {
    /// Its id: the hash of its body.
    pub id: RecordId,
    /// The format it is written in.
    pub v: u32,
    /// The heads of the log as its writer saw them.
    pub prev: Few<RecordId>,
    /// Its place in the order, before its id: a hybrid logical clock, in microseconds.
    pub clock: u64,
    /// What its writer's clock said.
    pub timestamp: Timestamp,
    /// Who recorded it.
    #[serde(borrow)]
    pub actor: Text<'a>,
    /// In which session.
    #[serde(borrow)]
    pub session_id: Text<'a>,
    /// What its writer says of the surroundings.
    #[serde(borrow, default)]
    pub user_context: Option<Text<'a>>,
    /// The caller's idempotency key and what was asked.
    #[serde(borrow, default)]
    pub command_id: Option<Text<'a>>,
    /// For each stream that it belongs to, that stream's heads as its writer saw them.
    #[serde(borrow)]
    pub reads: Reads<'a>,
    /// What happened.
    #[serde(borrow)]
    pub events: Few<Event<'a>>,
}

/// The member `reads`: streams with their heads, in the order in which they stand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reads<'a>(pub Few<(Text<'a>, Few<RecordKey>)>);

/// Why a line is no record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LineFault {
    /// Git left this line between two sides.
    #[error("a conflict marker of git")]
    ConflictMarker,
    /// It is no JSON object of ours.
    #[error("no record: {0}")]
    NotARecord(String),
    /// It was changed, or damaged.
    #[error("its hash is {found}, not what it says")]
    WrongHash {
        /// The id that the line claims.
        claimed: RecordId,
        /// The hash of the line's body.
        found: RecordId,
    },
    /// A newer milestone wrote it.
    #[error("written in format {v} by a newer milestone")]
    TooNew {
        /// The record's id, which is right.
        id: RecordId,
        /// The format.
        v: u32,
    },
}

/// Reads one line, without its LF, and checks its hash.
///
/// # Errors
///
/// [`LineFault`] says why it is no record.
pub fn parse(line: &str) -> Result<Record<'_>, LineFault> {
    let (id, _) = check(line)?;
    read(line, id)
}

/// Checks that a line is what its id says, and finds its place in the order: all that must be known
/// of a line before its turn comes.
pub(super) fn check(line: &str) -> Result<(RecordId, u64), LineFault> {
    let claimed = claimed_id(line.as_bytes())?;
    let found = hash_body(&line.as_bytes()[BODY_AT..]);
    if claimed != found {
        return Err(LineFault::WrongHash { claimed, found });
    }
    let clock = match clock_at_a_glance(&line.as_bytes()[BODY_AT..]) {
        Some(clock) => clock,
        None => {
            #[derive(Deserialize)]
            struct Place {
                v: u32,
                #[serde(default)]
                clock: Option<u64>,
            }
            let fault = |error: serde_json::Error| LineFault::NotARecord(error.to_string());
            let place: Place = serde_json::from_str(line).map_err(fault)?;
            if place.v != FORMAT_VERSION {
                return Err(too_new(claimed, place.v));
            }
            place.clock.ok_or_else(|| LineFault::NotARecord("it has no clock".into()))?
        }
    };
    if clock > CLOCK_MAX {
        return Err(LineFault::NotARecord(format!("its clock is over {CLOCK_MAX}")));
    }
    Ok((claimed, clock))
}

/// The clock of a line that is written as we write it; `None` sends the reader the long way.
fn clock_at_a_glance(body: &[u8]) -> Option<u64> {
    let rest = body.strip_prefix(b"\"v\":1,\"prev\":[")?;
    // Between the brackets are ids in quotes: no bracket is part of one.
    let rest = &rest[memchr::memchr(b']', rest)?..];
    let rest = rest.strip_prefix(b"],\"clock\":")?;
    let digits = rest.iter().take(17).take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 || digits > 16 || rest.get(digits) != Some(&b',') {
        return None;
    }
    Some(rest[..digits].iter().fold(0, |sum, byte| sum * 10 + u64::from(byte - b'0')))
}

/// Reads a line whose hash was checked.
pub(super) fn read(line: &str, id: RecordId) -> Result<Record<'_>, LineFault> {
    match serde_json::from_str::<Record<'_>>(line) {
        Ok(record) if record.v == FORMAT_VERSION => Ok(record),
        Ok(record) => Err(too_new(record.id, record.v)),
        Err(_) => parse_lenient(line, id),
    }
}

/// The id that a line claims, without checking it.
fn claimed_id(line: &[u8]) -> Result<RecordId, LineFault> {
    let marker =
        |mark: &[u8]| line.starts_with(mark) && line.get(7).is_none_or(|&byte| byte == b' ');
    if [b"<<<<<<<", b"=======", b">>>>>>>", b"|||||||"].into_iter().any(|mark| marker(mark)) {
        return Err(LineFault::ConflictMarker);
    }
    line.strip_prefix(ID_OPENS)
        .filter(|rest| rest.get(64..).is_some_and(|rest| rest.starts_with(ID_CLOSES)))
        .and_then(|rest| RecordId::parse(&rest[..64]))
        .ok_or_else(|| LineFault::NotARecord("it does not begin with an id".into()))
}

/// The hash of a body: `{` and what stands behind the id.
fn hash_body(behind_id: &[u8]) -> RecordId {
    let mut hash = Sha256::new();
    hash.update(b"{");
    hash.update(behind_id);
    RecordId(hash.finalize().into())
}

fn too_new(id: RecordId, v: u32) -> LineFault {
    if v > FORMAT_VERSION {
        LineFault::TooNew { id, v }
    } else {
        LineFault::NotARecord(format!("there is no format {v}"))
    }
}

/// A record of which some event does not fit its kind, or is written in another order.
fn parse_lenient(line: &str, id: RecordId) -> Result<Record<'_>, LineFault> {
    #[derive(Deserialize)]
    struct Version {
        v: u32,
    }
    #[derive(Deserialize)]
    struct RawRecord<'a> {
        prev: Few<RecordId>,
        clock: u64,
        timestamp: Timestamp,
        #[serde(borrow)]
        actor: Text<'a>,
        #[serde(borrow)]
        session_id: Text<'a>,
        #[serde(borrow, default)]
        user_context: Option<Text<'a>>,
        #[serde(borrow, default)]
        command_id: Option<Text<'a>>,
        #[serde(borrow)]
        reads: Reads<'a>,
        #[serde(borrow)]
        events: Vec<RawEvent<'a>>,
    }

    let fault = |error: serde_json::Error| LineFault::NotARecord(error.to_string());
    let Version { v } = serde_json::from_str(line).map_err(fault)?;
    if v != FORMAT_VERSION {
        return Err(too_new(id, v));
    }
    let raw: RawRecord<'_> = serde_json::from_str(line).map_err(fault)?;
    Ok(Record {
        id,
        v,
        prev: raw.prev,
        clock: raw.clock,
        timestamp: raw.timestamp,
        actor: raw.actor,
        session_id: raw.session_id,
        user_context: raw.user_context,
        command_id: raw.command_id,
        reads: raw.reads,
        events: raw.events.into_iter().map(event_of).collect(),
    })
}

/// An event as it stands: the kind, and details that may not fit it.
#[derive(Deserialize)]
struct RawEvent<'a> {
    #[serde(borrow)]
    event_type: Text<'a>,
    #[serde(borrow, default)]
    milestone_id: Option<Text<'a>>,
    #[serde(borrow, default)]
    at: Option<&'a RawValue>,
    #[serde(borrow, default)]
    by: Option<&'a RawValue>,
    #[serde(borrow, default)]
    details: Option<&'a RawValue>,
}

fn event_of(raw: RawEvent<'_>) -> Event<'_> {
    Event {
        milestone_id: raw.milestone_id,
        at: raw.at.and_then(|at| serde_json::from_str(at.get()).ok()),
        by: raw.by.and_then(|by| serde_json::from_str(by.get()).ok()),
        body: Body::read_lenient(raw.event_type, raw.details.map_or("{}", RawValue::get)),
    }
}

/// A record on its way into the log, before it has an id.
#[derive(Debug, Clone)]
pub struct Draft<'a> {
    /// The heads of the log.
    pub prev: &'a [RecordId],
    /// The greatest clock among those heads.
    pub max_clock: u64,
    /// What the clock says now.
    pub now: Timestamp,
    /// Who records it.
    pub actor: &'a str,
    /// In which session.
    pub session_id: &'a str,
    /// What the writer says of the surroundings.
    pub user_context: Option<&'a str>,
    /// The caller's idempotency key and what was asked.
    pub command_id: Option<&'a str>,
    /// For each stream of the events, its heads.
    pub reads: &'a Reads<'a>,
    /// What happened; at least one event.
    pub events: &'a [Event<'a>],
}

/// The bytes of a record, without LF, and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// Its id.
    pub id: RecordId,
    /// Its clock.
    pub clock: u64,
    /// Its line.
    pub line: String,
}

impl Draft<'_> {
    /// Writes the record as a line. The same draft always gives the same bytes.
    pub fn encode(&self) -> Encoded {
        #[derive(Serialize)]
        struct Body<'a> {
            v: u32,
            prev: &'a [RecordId],
            clock: u64,
            timestamp: Timestamp,
            actor: &'a str,
            session_id: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            user_context: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            command_id: Option<&'a str>,
            reads: &'a Reads<'a>,
            events: &'a [Event<'a>],
        }

        let clock = u64::try_from(self.now.0).unwrap_or(0).max(self.max_clock + 1).min(CLOCK_MAX);
        let body = Body {
            v: FORMAT_VERSION,
            prev: self.prev,
            clock,
            timestamp: self.now,
            actor: self.actor,
            session_id: self.session_id,
            user_context: self.user_context,
            command_id: self.command_id,
            reads: self.reads,
            events: self.events,
        };
        // The body begins where the id's closing quote will stand, with a brace in a comma's place.
        let mut line = Vec::with_capacity(LINE_BYTES_USUAL);
        line.extend_from_slice(ID_OPENS);
        line.extend_from_slice(&[b'0'; 64]);
        line.push(b'"');
        serde_json::to_writer(&mut line, &body).expect("a record has string keys and no floats");
        line[BODY_AT - 1] = b',';
        let id = hash_body(&line[BODY_AT..]);
        line[ID_OPENS.len()..ID_OPENS.len() + 64].copy_from_slice(id.to_string().as_bytes());
        let line = String::from_utf8(line).expect("JSON is UTF-8");
        Encoded { id, clock, line }
    }
}

impl<'a, H: Into<Few<RecordKey>>> FromIterator<(Text<'a>, H)> for Reads<'a> {
    fn from_iter<I: IntoIterator<Item = (Text<'a>, H)>>(streams: I) -> Self {
        Self(streams.into_iter().map(|(stream, heads)| (stream, heads.into())).collect())
    }
}

impl Serialize for Reads<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(stream, heads)| (stream, heads)))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Reads<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ReadsVisitor;

        impl<'de> serde::de::Visitor<'de> for ReadsVisitor {
            type Value = Reads<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object of streams and their heads")
            }

            fn visit_map<A>(self, mut map: A) -> Result<Reads<'de>, A::Error>
            where
                A: serde::de::MapAccess<'de>,
            {
                let mut reads: Few<(Text<'de>, Few<RecordKey>)> = Few::default();
                while let Some((stream, heads)) = map.next_entry::<Text<'de>, _>()? {
                    // A stream that is named twice was read once: as it says first.
                    if !reads.iter().any(|(named, _)| *named == stream) {
                        reads.push((stream, heads));
                    }
                }
                Ok(Reads(reads))
            }
        }

        deserializer.deserialize_map(ReadsVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Created, Field, Fields, Value};

    fn draft_line(title: &str) -> Encoded {
        let fields = Fields { set: vec![(Field::Title, Value::Text(title.into()))], lists: vec![] };
        let created = Created { task: None, fields, source: None };
        let events = [Event::of("api", Body::MilestoneCreated(created))];
        let reads: Reads<'_> = [("api".into(), Few::default())].into_iter().collect();
        let draft = Draft {
            prev: &[],
            max_clock: 0,
            now: Timestamp(1_795_354_145_123_456),
            actor: "alice",
            session_id: "s",
            user_context: None,
            command_id: None,
            reads: &reads,
            events: &events,
        };
        draft.encode()
    }

    /// The bytes of format 1, for ever: the id is what `sha256sum` says of the line without it.
    #[test]
    fn a_record_reads_as_documented() {
        let encoded = draft_line("API");
        assert_eq!(
            encoded.line[BODY_AT..],
            *concat!(
                r#""v":1,"prev":[],"clock":1795354145123456,"#,
                r#""timestamp":"2026-11-22T13:29:05.123456Z","actor":"alice","session_id":"s","#,
                r#""reads":{"api":[]},"events":[{"event_type":"milestone_created","#,
                r#""milestone_id":"api","details":{"title":"API"}}]}"#
            )
        );
        let body = format!("{{{}", &encoded.line[BODY_AT..]);
        assert_eq!(encoded.id.0, <[u8; 32]>::from(Sha256::digest(body)));
        let record = parse(&encoded.line).unwrap();
        assert_eq!((record.id, record.clock), (encoded.id, encoded.clock));
    }

    #[test]
    fn a_changed_byte_is_no_record() {
        let line = draft_line("API").line;
        let changed = line.replace("alice", "alicf");
        assert!(matches!(parse(&changed), Err(LineFault::WrongHash { .. })));
        assert!(matches!(parse("======="), Err(LineFault::ConflictMarker)));
        assert!(matches!(parse("{}"), Err(LineFault::NotARecord(_))));
    }

    /// Signs any body, so that tests can write what no writer of ours would.
    fn signed(body: &str) -> String {
        let id = hash_body(&body.as_bytes()[1..]);
        format!("{{\"id\":\"{id}\",{}", &body[1..])
    }

    #[test]
    fn events_that_do_not_fit_are_kept_and_skipped() {
        let head = concat!(
            r#"{"v":1,"prev":[],"clock":1,"timestamp":"2026-11-22T13:29:05.123456Z","#,
            r#""actor":"a","session_id":"s","reads":{"api":[]},"events":"#
        );
        for (events, kind) in [
            (
                r#"[{"event_type":"note_added","milestone_id":"api","details":{"text":7}}]}"#,
                "note_added",
            ),
            (r#"[{"details":{"x":1.5},"event_type":"x.acme.odd","at":"never"}]}"#, "x.acme.odd"),
            (
                r#"[{"event_type":"task_claimed","milestone_id":"api","details":{"a":[]}}]}"#,
                "task_claimed",
            ),
        ] {
            let line = signed(&format!("{head}{events}"));
            let record = parse(&line).unwrap();
            assert!(matches!(&record.events[0].body, Body::Unknown { .. }), "{events}");
            assert_eq!(record.events[0].kind(), kind);
        }
    }

    #[test]
    fn a_newer_format_is_named_as_such() {
        let line = signed(r#"{"v":2,"anything":true}"#);
        assert!(matches!(parse(&line), Err(LineFault::TooNew { v: 2, .. })));
    }
}
