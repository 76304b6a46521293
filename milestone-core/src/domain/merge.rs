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

    /// A word for it, in conflicts.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Underway => "underway",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::Archived => "archived",
            Self::Removed => "removed",
        }
    }
}

impl Item {
    pub(super) fn writer(&self, subject: Subject) -> Option<RecordKey> {
        self.writers.iter().find(|writer| writer.subject == subject).map(|writer| writer.record)
    }

    fn written_by(&mut self, subject: Subject, record: RecordKey) {
        match self.writers.iter_mut().find(|writer| writer.subject == subject) {
            Some(writer) => writer.record = record,
            None => self.writers.push(Writer { subject, record }),
        }
    }

    /// Gives a field a value: the later in the order wins, and a value that it did not know of is
    /// kept in a conflict.
    pub(super) fn write(&mut self, field: Field, value: &Value<'_>, at: &At<'_>) {
        let before = self.field_text(field);
        self.store(field, value);
        let subject = Subject::Field(field);
        if let Some(last) = self.writer(subject) {
            let after = self.field_text(field);
            if at.is_concurrent(last) {
                if before != after {
                    self.disagree(subject, last, at.key, text_or_none(after), text_or_none(before));
                }
            } else {
                self.settle(subject, &text_or_none(after), at);
            }
        }
        self.written_by(subject, at.key);
    }

    /// The same rule for where a task is. True if the later place may be taken.
    pub(super) fn write_home(&mut self, before: String, after: String, at: &At<'_>) -> Verdict {
        let last = self.writer(Subject::Home);
        self.written_by(Subject::Home, at.key);
        match last {
            Some(last) if at.is_concurrent(last) && before != after => {
                self.disagree(Subject::Home, last, at.key, after, before);
                Verdict::Conflict
            }
            _ => {
                self.settle(Subject::Home, &after, at);
                Verdict::Applied
            }
        }
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
        self.written_by(Subject::Status, at.key);
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

fn text_or_none(text: Option<String>) -> String {
    text.unwrap_or_else(|| "none".into())
}
