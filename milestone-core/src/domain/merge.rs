//! What events do to each other that did not know of each other.
//!
//! Start at [`Item::write`] for fields and [`Item::move_stage`] for the status: together they are
//! the table of the design, "Conflicts after a merge".
//!
//! - **Invariant.** The outcome depends on the records and their order alone, so every clone that
//!   has the same records sees the same value and the same conflict.
//! - **Invariant.** Nothing is lost: what does not hold stays in the conflict.

use super::at::{At, Verdict};
use super::conflict::{Conflict, Subject};
use super::fields::{Field, Value};
use super::item::{Item, Stage, Writer};
use crate::words::{RecordKey, StreamId};

impl Stage {
    /// True for the ends that win over whatever happens beside them.
    fn wins(self) -> bool {
        matches!(self, Self::Cancelled | Self::Archived | Self::Removed)
    }

    /// The stage of that word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.word() == word)
    }

    /// A word for it, in conflicts.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Underway => "underway",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::Archived => "archived",
            Self::Removed => "removed",
            Self::Paused => "paused",
        }
    }
}

impl Item {
    /// The record that last wrote `subject`, in the order of the log.
    pub(super) fn writer(&self, subject: Subject) -> Option<RecordKey> {
        let mut writers = self.writers.iter().rev();
        writers.find(|writer| writer.subject == subject).map(|writer| writer.record)
    }

    /// Notes who wrote `subject`, and forgets those whom this record knew of. Returns those that it
    /// did not know of and that wrote something else; `None` if it knew of all.
    fn written_by(&mut self, subject: Subject, value: u64, at: &At<'_>) -> Option<Vec<RecordKey>> {
        if !at.concurrent.is_empty() {
            let rival =
                |writer: &Writer| writer.subject == subject && at.is_concurrent(writer.record);
            let rivals: Vec<Writer> = self.writers.iter().copied().filter(rival).collect();
            if !rivals.is_empty() {
                self.writers.retain(|writer| writer.subject != subject || rivals.contains(writer));
                self.writers.push(Writer { subject, record: at.key, value });
                let differ = rivals.iter().filter(|writer| writer.value != value);
                return Some(differ.map(|writer| writer.record).collect());
            }
        }
        let mut own = self.writers.iter_mut().filter(|writer| writer.subject == subject);
        match own.next() {
            Some(writer) => {
                (writer.record, writer.value) = (at.key, value);
                if own.next().is_some() {
                    let mut first = true;
                    self.writers.retain(|writer| {
                        writer.subject != subject || std::mem::replace(&mut first, false)
                    });
                }
            }
            None => self.writers.push(Writer { subject, record: at.key, value }),
        }
        None
    }

    /// Gives a field a value: the later in the order wins, and a value that it did not know of is
    /// kept in a conflict.
    pub(super) fn write(&mut self, field: Field, value: &Value<'_>, at: &At<'_>) {
        // Nearly always every other record is known, and nobody asks what was here before.
        let alone = at.concurrent.is_empty();
        let before = (!alone).then(|| text_or_none(self.field_text(field)));
        self.store(field, value);
        let hash = match value {
            Value::Text(text) if !text.is_empty() => fnv1a(text.as_bytes()),
            _ => fnv1a(text_or_none(self.field_text(field)).as_bytes()),
        };
        let after = |item: &Self| text_or_none(item.field_text(field));
        self.wrote(Subject::Field(field), hash, before, after, at);
    }

    /// The same rule for where a task is.
    pub(super) fn write_home(&mut self, before: String, after: String, at: &At<'_>) -> Verdict {
        let hash = fnv1a(after.as_bytes());
        self.wrote(Subject::Home, hash, Some(before), |_| after.clone(), at)
    }

    pub(super) fn wrote(
        &mut self,
        subject: Subject,
        hash: u64,
        before: Option<String>,
        after: impl Fn(&Self) -> String,
        at: &At<'_>,
    ) -> Verdict {
        let Some(rivals) = self.written_by(subject, hash, at) else {
            if !self.conflicts.is_empty() {
                let holds = after(self);
                self.settle(subject, &holds, at);
            }
            return Verdict::Applied;
        };
        for rival in &rivals {
            let (after, before) = (after(self), before.clone().unwrap_or_default());
            self.disagree(subject, *rival, at.key, after, before);
        }
        if rivals.is_empty() { Verdict::Applied } else { Verdict::Conflict }
    }

    /// Moves to `to`: cancelled, archived and removed win over whatever did not know of them; of
    /// any other two the later in the order wins; the same twice is once.
    pub(super) fn move_stage(&mut self, to: Stage, at: &At<'_>) -> Verdict {
        let last = self.writer(Subject::Status).filter(|last| at.is_concurrent(*last));
        let was = self.stage;
        if let Some(last) = last {
            if was == to {
                return Verdict::Applied;
            }
            if was.wins() && !to.wins() {
                self.disagree(Subject::Status, last, at.key, was.word().into(), to.word().into());
                return Verdict::Conflict;
            }
        }
        self.stage = to;
        self.reset_times(to, at);
        self.written_by(Subject::Status, fnv1a(to.word().as_bytes()), at);
        if let Some(last) = last {
            self.disagree(Subject::Status, last, at.key, to.word().into(), was.word().into());
            return Verdict::Conflict;
        }
        if to.wins() && !at.concurrent.is_empty() {
            let other = format!("{} records that did not know of it", at.concurrent.len());
            for side in at.concurrent {
                self.disagree(Subject::Status, *side, at.key, to.word().into(), other.clone());
            }
            return Verdict::Conflict;
        }
        self.settle(Subject::Status, to.word(), at);
        Verdict::Applied
    }

    /// True, and noted, if this was cancelled, archived or removed beside the event at `at`.
    pub(super) fn meets_the_end(&mut self, at: &At<'_>) -> bool {
        let Some(last) = self.writer(Subject::Status) else { return false };
        if at.concurrent.is_empty() || !self.stage.wins() || !at.is_concurrent(last) {
            return false;
        }
        let kept = self.stage.word().to_owned();
        self.disagree(Subject::Status, last, at.key, kept, "changed beside it".into());
        true
    }

    /// Closes a conflict by name. One that is closed already was closed in another clone as well.
    pub(super) fn resolve(&mut self, stream: &StreamId, id: &str) -> Verdict {
        self.conflicts.retain(|held| held.id(stream) != id);
        Verdict::Applied
    }

    /// Notes that an event makes no sense here.
    pub(super) fn puzzled(&mut self, kind: &str, why: &str, at: &At<'_>) -> Verdict {
        self.conflicts.push(Conflict {
            subject: Subject::Event,
            sides: vec![at.key],
            kept: why.to_owned(),
            other: kind.to_owned(),
        });
        Verdict::Conflict
    }

    fn disagree(
        &mut self,
        subject: Subject,
        earlier: RecordKey,
        later: RecordKey,
        kept: String,
        other: String,
    ) {
        let open = self
            .conflicts
            .iter_mut()
            .find(|held| held.subject == subject && held.sides.contains(&earlier));
        match open {
            Some(conflict) => {
                conflict.join(later);
                if conflict.kept != kept {
                    conflict.other = std::mem::replace(&mut conflict.kept, kept);
                }
            }
            None => {
                let sides = vec![earlier, later];
                self.conflicts.push(Conflict { subject, sides, kept, other });
            }
        }
    }

    /// Closes the conflicts about `subject` whose sides this record had all read. In those that
    /// stay open, what holds is what it says.
    fn settle(&mut self, subject: Subject, holds: &str, at: &At<'_>) {
        self.conflicts.retain(|held| {
            held.subject != subject || held.sides.iter().any(|side| at.is_concurrent(*side))
        });
        for held in self.conflicts.iter_mut().filter(|held| held.subject == subject) {
            holds.clone_into(&mut held.kept);
        }
    }
}

/// FNV-1a of 64 bits, as Fowler, Noll and Vo define it: the same for ever, for it is kept in
/// snapshots.
pub(super) fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn text_or_none(text: Option<String>) -> String {
    text.unwrap_or_else(|| "none".into())
}
