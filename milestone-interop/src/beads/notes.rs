//! The texts around an issue: design, acceptance criteria, notes and comments.
//!
//! - **Start here.** [`read`].
//! - **Invariants.** No note is over the limit of a note: a longer one becomes several. Comments
//!   are in the order of their times.
//! - **Absent on purpose.** The description, which is a field of its own.

use std::borrow::Cow;

use milestone_core::words::Timestamp;
use serde_json::{Map, Value};

use super::account::{clean_block, clean_line, keep_rest, map_field, read_time};
use super::issue::Context;
use super::member::Member;
use super::record::IssueRecord;
use super::report::LossReport;
use super::scalar::{Row, Scalar};
use super::source::{Place, SourceRow};
use super::text;

/// Where a note comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoteKind {
    /// The member `design`.
    Design,
    /// Lines of `acceptance_criteria` that are no checkbox.
    AcceptanceCriteria,
    /// The member `notes`.
    Notes,
    /// A comment.
    Comment,
}

/// A note of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportNote<'a> {
    /// Where it comes from.
    pub kind: NoteKind,
    /// Its text, of at most 64 KiB.
    pub text: Cow<'a, str>,
    /// When it was written; a comment has this.
    pub at: Option<Timestamp>,
    /// Who wrote it; a comment has this.
    pub by: Option<Cow<'a, str>>,
}

/// An acceptance criterion of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportCriterion {
    /// Its text, on one line.
    pub text: String,
    /// Whether it is met.
    pub checked: bool,
}

/// What was read.
#[derive(Debug, Default)]
pub(crate) struct Texts<'a> {
    pub(crate) notes: Vec<ImportNote<'a>>,
    pub(crate) criteria: Vec<ImportCriterion>,
    /// Members of comments that are not mapped, in the order of the comments.
    pub(crate) comments_source: Vec<Value>,
}

/// Takes the texts out of an issue's record.
pub(crate) fn read<'a>(
    record: &mut IssueRecord<'a>,
    comments: &[SourceRow<'a>],
    context: Context<'_>,
    report: &mut LossReport,
) -> Texts<'a> {
    let mut texts = Texts::default();
    for (member, kind) in [
        (Member::Design, NoteKind::Design),
        (Member::Acceptance, NoteKind::AcceptanceCriteria),
        (Member::Notes, NoteKind::Notes),
    ] {
        let Some(text) = context.take(record, member, report) else { continue };
        let text = clean_block(text, context.place, context.id, member.name(), report);
        if member == Member::Acceptance {
            let (criteria, rest) = criteria(&text);
            texts.criteria = criteria;
            let text = if texts.criteria.is_empty() { text } else { Cow::Owned(rest) };
            texts.add(kind, text, None, None);
        } else {
            texts.add(kind, text, None, None);
        }
    }
    let mut rows = inline_comments(record, context.place, report);
    rows.extend(comments.iter().filter_map(|row| Some((Row::read(row.bytes).ok()?, row.place))));
    for (row, place) in rows {
        texts.add_comment(row, place, context.id, report);
    }
    texts.notes.sort_by_key(|note| (note.kind == NoteKind::Comment).then_some(note.at));
    texts
}

fn inline_comments<'a>(
    record: &mut IssueRecord<'a>,
    place: Place,
    report: &mut LossReport,
) -> Vec<(Row<'a>, Place)> {
    let Scalar::Raw(raw) = record.take(Member::Comments) else { return Vec::new() };
    let Ok(rows) = serde_json::from_str::<Vec<Row<'a>>>(raw.get()) else {
        record.put(Member::Comments, Scalar::Raw(raw));
        return Vec::new();
    };
    report.member(Member::Comments).list(rows.is_empty());
    rows.into_iter().map(|row| (row, place)).collect()
}

impl<'a> Texts<'a> {
    fn add(
        &mut self,
        kind: NoteKind,
        text: Cow<'a, str>,
        at: Option<Timestamp>,
        by: Option<Cow<'a, str>>,
    ) {
        if text.trim().is_empty() {
            return;
        }
        if text.len() <= text::NOTE_BYTES_MAX {
            self.notes.push(ImportNote { kind, text, at, by });
            return;
        }
        for piece in text::pieces(&text, text::NOTE_BYTES_MAX) {
            let text = Cow::Owned(piece.to_owned());
            self.notes.push(ImportNote { kind, text, at, by: by.clone() });
        }
    }

    fn add_comment(&mut self, mut row: Row<'a>, place: Place, id: &str, report: &mut LossReport) {
        if row.take("issue_id").is_some() {
            map_field(report, "comment.issue_id", "owner of the note");
        }
        let text = row.take("text").map(|text| {
            map_field(report, "comment.text", "note");
            clean_block(text, place, id, "comment.text", report)
        });
        let by = row.take("author").map(|by| {
            map_field(report, "comment.author", "author of the note");
            clean_line(by, place, id, "comment.author", report)
        });
        let at = row.take("created_at");
        let at = at.and_then(|at| read_time(&at, place, id, "comment.created_at", report));
        let mut kept = keep_rest(row, "comment", report);
        let text = text.filter(|text| !text.trim().is_empty());
        if text.is_none() {
            report.warn("a comment without text is kept only in the issue's source", id);
            keep_empty_comment(&mut kept, at, by.as_deref());
        }
        if !kept.is_empty() {
            self.comments_source.push(Value::Object(kept));
        }
        if let Some(text) = text {
            self.add(NoteKind::Comment, text, at, by);
        }
    }
}

fn keep_empty_comment(kept: &mut Map<String, Value>, at: Option<Timestamp>, by: Option<&str>) {
    kept.extend(at.map(|at| ("created_at".to_owned(), Value::String(at.to_string()))));
    kept.extend(by.map(|by| ("author".to_owned(), Value::String(by.to_owned()))));
}

/// The checkboxes of a text, and its other lines.
fn criteria(text: &str) -> (Vec<ImportCriterion>, String) {
    let mut criteria = Vec::new();
    let mut rest = String::new();
    for line in text.lines() {
        if let Some((checked, text)) = checkbox(line) {
            criteria.push(ImportCriterion { text: text.replace('\t', " "), checked });
        } else {
            rest.push_str(line);
            rest.push('\n');
        }
    }
    rest.truncate(rest.trim_end().len());
    (criteria, rest)
}

fn checkbox(line: &str) -> Option<(bool, &str)> {
    let item = line.trim_start().strip_prefix(['-', '*', '+'])?.trim_start();
    let (mark, text) = item.strip_prefix('[')?.split_once(']')?;
    let checked = match mark {
        " " | "" => false,
        "x" | "X" => true,
        _ => return None,
    };
    let text = text.trim();
    // A criterion is a title of its own: one that is longer stays a line of the note.
    let fits = text.chars().count() <= text::TITLE_CHARS_MAX;
    (fits && !text.is_empty()).then_some((checked, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checkboxes_become_criteria_and_other_lines_stay() {
        let (criteria, rest) = criteria("Must:\n- [ ] one\n  * [x] two\n- [?] three\n- []\n");
        let criteria: Vec<_> = criteria.iter().map(|c| (c.text.as_str(), c.checked)).collect();
        assert_eq!(criteria, [("one", false), ("two", true)]);
        assert_eq!(rest, "Must:\n- [?] three\n- []");
    }
}
