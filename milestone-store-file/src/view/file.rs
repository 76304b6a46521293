//! The form of a view file: a header of comments that vouches for the body, and the body.
//!
//! Start at [`ViewFile`] for what a file says and at [`Stored`] for the bytes of one.
//!
//! - **Invariant.** The body is a function of the state; the header is not: it names the heads of
//!   the log when the body last changed.
//! - **Invariant.** A file is edited if its body does not have the hash that its header names. One
//!   without a header is edited; an empty one is not, for there is nothing in it to lose.
//! - **Absent on purpose.** Trust in what is read: the body is for people, and for `adopt`.

use std::collections::BTreeMap;

use std::fmt;

use milestone_core::domain::{Milestone, ProjectState, Task};
use milestone_core::projection::Document;
use milestone_core::words::{RecordId, Timestamp};
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, IgnoredAny, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use sha2::{Digest, Sha256};

use super::yaml::{from_yaml, to_yaml};

/// What the first lines of every file say.
const GREETING: &str = "\
# Written by milestone from its log, which is the truth. Lines that begin with # may change.
# You may edit what is below: `milestone adopt` takes your edit in; until then it is left alone.
";
const HEADS: &str = "# heads:";
const HASH: &str = "# sha256: ";

/// The derived member that is there for people only.
const PROGRESS: &str = "progress";
const TASKS: &str = "tasks";

/// What a view file says of a milestone and of the tasks that are in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ViewFile {
    /// The milestone; `None` if the log knows tasks of it, but not the milestone itself.
    pub milestone: Option<Document>,
    /// Its tasks, in their order, without those that were removed.
    pub tasks: Vec<Document>,
}

impl ViewFile {
    /// What the file of a milestone says.
    pub fn of<'t>(
        milestone: Option<&Milestone>,
        tasks: impl IntoIterator<Item = &'t Task>,
    ) -> Self {
        let milestone = milestone.map(Document::of_milestone);
        Self { milestone, tasks: tasks.into_iter().map(Document::of_task).collect() }
    }

    /// The body of the file: whole percent, the milestone's members, its tasks.
    pub fn to_yaml(&self, progress: Option<u8>) -> String {
        #[derive(Serialize)]
        struct Progress {
            progress: u8,
        }
        #[derive(Serialize)]
        struct Tasks<'a> {
            tasks: &'a [Document],
        }

        // Block mappings that stand below each other are one mapping.
        let mut body = String::new();
        let parts = [
            progress.map(|progress| to_yaml(&Progress { progress })),
            self.milestone.as_ref().map(to_yaml),
            (!self.tasks.is_empty()).then(|| to_yaml(&Tasks { tasks: &self.tasks })),
        ];
        for part in parts.into_iter().flatten() {
            body.push_str(&part.expect("documents are maps with names as keys"));
        }
        body
    }

    /// Reads a whole file, or its body. `progress` is ignored, as is the header.
    ///
    /// # Errors
    ///
    /// Why it cannot be read, in one line that begins with the place.
    pub fn parse(text: &str) -> Result<Self, String> {
        from_yaml(text).map_err(|fault| fault.to_string())
    }

    /// Reads the bytes of a file.
    ///
    /// # Errors
    ///
    /// As [`ViewFile::parse`].
    pub(super) fn parse_bytes(bytes: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let line =
                1 + bytes[..error.valid_up_to()].iter().filter(|&&byte| byte == b'\n').count();
            format!("line {line}: this is not UTF-8")
        })?;
        Self::parse(text)
    }
}

/// The body of `project.yaml`.
pub(super) fn project_yaml(project: &ProjectState) -> String {
    #[derive(Serialize)]
    struct Project<'a> {
        name: &'a str,
        demo: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        created_at: Option<Timestamp>,
        created_by: &'a str,
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        settings: BTreeMap<&'a str, String>,
    }
    // Sessions are left out: who works on what just now would change a file that is committed.
    let ProjectState { name, demo, created_at, created_by, settings, sessions: _ } = project;
    // Texts are shown as texts, everything else as the JSON that it is.
    let shown = |json: &str| serde_json::from_str(json).unwrap_or_else(|_| json.to_owned());
    let settings = settings
        .iter()
        .filter_map(|(key, held)| Some((key.as_str(), shown(held.value.as_deref()?))))
        .collect();
    to_yaml(&Project { name, demo: *demo, created_at: *created_at, created_by, settings })
        .expect("a project is a map with names as keys")
}

/// Puts the header on a body.
pub(super) fn with_header(body: &str, heads: &[RecordId]) -> String {
    let mut file = String::with_capacity(GREETING.len() + 80 * (heads.len() + 1) + body.len());
    file.push_str(GREETING);
    file.push_str(HEADS);
    for head in heads {
        file.push(' ');
        file.push_str(&head.to_string());
    }
    file.push('\n');
    file.push_str(HASH);
    file.push_str(&RecordId(sha256(body.as_bytes())).to_string());
    file.push('\n');
    file.push_str(body);
    file
}

/// The SHA-256 of bytes.
pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The bytes of a file, taken apart.
#[derive(Debug)]
pub(super) struct Stored<'a> {
    /// The heads that the header names; it may do so even if its hash is garbled.
    pub(super) heads: Vec<RecordId>,
    /// The hash that the header names, if there is a header.
    hash: Option<[u8; 32]>,
    /// Everything below the header.
    pub(super) body: &'a [u8],
}

impl<'a> Stored<'a> {
    /// Takes a file apart. The header ends with the first line that names a hash.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let mut heads = Vec::new();
        let mut rest = bytes;
        while let Some(end) = rest.iter().position(|&byte| byte == b'\n') {
            let line = &rest[..end];
            if !line.starts_with(b"#") {
                break;
            }
            rest = &rest[end + 1..];
            if let Some(names) = line.strip_prefix(HEADS.as_bytes()) {
                let names = names.split(|&byte| byte == b' ').filter(|name| !name.is_empty());
                match names.map(RecordId::parse).collect() {
                    Some(named) => heads = named,
                    None => break,
                }
            } else if let Some(name) = line.strip_prefix(HASH.as_bytes()) {
                let Some(hash) = RecordId::parse(name) else { break };
                return Self { heads, hash: Some(hash.0), body: rest };
            }
        }
        Self { heads, hash: None, body: bytes }
    }

    /// True if a person may have changed it.
    pub(super) fn is_edited(&self) -> bool {
        let empty = self.hash.is_none() && self.body.is_empty();
        !empty && self.hash != Some(sha256(self.body))
    }
}

impl<'de> Deserialize<'de> for ViewFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = ViewFile;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the members of a milestone")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ViewFile, A::Error> {
                let mut tasks = None;
                let mut own = Own { map, first: None, tasks: &mut tasks };
                own.first = own.next_name()?;
                let milestone = match own.first {
                    Some(_) => Some(Document::deserialize(MapAccessDeserializer::new(own))?),
                    None => None,
                };
                Ok(ViewFile { milestone, tasks: tasks.unwrap_or_default() })
            }
        }

        deserializer.deserialize_map(Members)
    }
}

/// The members that are a milestone's own: what else stands beside them is taken out on the way.
struct Own<'t, A> {
    map: A,
    first: Option<String>,
    tasks: &'t mut Option<Vec<Document>>,
}

impl<'de, A: MapAccess<'de>> Own<'_, A> {
    fn next_name(&mut self) -> Result<Option<String>, A::Error> {
        while let Some(name) = self.map.next_key::<String>()? {
            match name.as_str() {
                PROGRESS => {
                    self.map.next_value::<IgnoredAny>()?;
                }
                TASKS => *self.tasks = self.map.next_value()?,
                _ => return Ok(Some(name)),
            }
        }
        Ok(None)
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Own<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error>
    where
        K: DeserializeSeed<'de>,
    {
        let name = match self.first.take() {
            Some(first) => Some(first),
            None => self.next_name()?,
        };
        name.map(|name| seed.deserialize(name.into_deserializer())).transpose()
    }

    fn next_value_seed<V>(&mut self, seed: V) -> Result<V::Value, A::Error>
    where
        V: DeserializeSeed<'de>,
    {
        self.map.next_value_seed(seed)
    }
}
