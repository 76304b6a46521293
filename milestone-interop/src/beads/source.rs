//! Files to records: what each file is, what each of its lines is, and which lines are used.
//!
//! - **Start here.** [`read`].
//! - **Invariants.** Every line is counted under exactly one heading of its [`FileCount`]. Of
//!   several issues with one id the one updated last is used; the order of files decides nothing.
//! - **Absent on purpose.** I/O: names and bytes are passed in. What members mean.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::io::BufRead;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::error::ImportError;
use super::member::Member;
use super::record::IssueRecord;
use super::report::{FileCount, Loss, LossReason, LossReport};
use super::scalar::{Row, Scalar};
use super::time::{self, Parsed};

/// A file to import: its name for the report, and what it holds.
#[derive(Debug, Clone, Copy)]
pub struct SourceFile<'a> {
    /// The name as the user gave it.
    pub name: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// What the lines of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileKind {
    /// Issues, with or without their edges, labels and comments.
    Issues,
    /// Edges of a backup.
    Dependencies,
    /// Labels of a backup.
    Labels,
    /// Comments of a backup.
    Comments,
    /// Changes of a backup; not imported yet.
    Events,
    /// Settings of a backup; not imported yet.
    Config,
    /// Ids of deleted issues; not imported yet.
    Deletions,
}

/// Where something was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// Index in the report's files.
    pub(crate) file: usize,
    /// The line, from 1.
    pub(crate) line: u64,
}

/// A line that is an issue.
#[derive(Debug)]
pub(crate) struct SourceIssue<'a> {
    pub(crate) id: Cow<'a, str>,
    pub(crate) place: Place,
    pub(crate) bytes: &'a [u8],
    pub(crate) record: IssueRecord<'a>,
}

/// A line of a backup's dependencies, labels or comments.
#[derive(Debug)]
pub(crate) struct SourceRow<'a> {
    pub(crate) issue: Cow<'a, str>,
    pub(crate) place: Place,
    pub(crate) bytes: &'a [u8],
    pub(crate) row: Row<'a>,
}

/// All lines that are used.
#[derive(Debug, Default)]
pub(crate) struct Sources<'a> {
    /// By id; each id once.
    pub(crate) issues: Vec<SourceIssue<'a>>,
    /// By issue, then bytes.
    pub(crate) edges: Vec<SourceRow<'a>>,
    /// By issue, then bytes.
    pub(crate) labels: Vec<SourceRow<'a>>,
    /// By issue, then bytes.
    pub(crate) comments: Vec<SourceRow<'a>>,
    /// Per file: it leaves out a priority of 0, as old exports did.
    pub(crate) omits_zero: Vec<bool>,
}

/// Reads the files; counts every line in the report.
pub(crate) fn read<'a>(
    files: &[SourceFile<'a>],
    report: &mut LossReport,
) -> Result<Sources<'a>, ImportError> {
    let mut files = files.to_vec();
    files.sort_by_key(|file| (file.name, file.bytes));
    let mut sources = Sources::default();
    for file in &files {
        let bytes = file.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file.bytes);
        let kind = kind_of(file.name, bytes)
            .ok_or_else(|| ImportError::NotBeads { file: file.name.to_owned() })?;
        report.files.push(FileCount::new(file.name, kind));
        sources.read_file(kind, bytes, report);
    }
    if sources.issues.is_empty() {
        return Err(ImportError::Empty);
    }
    sources.note_priorities(files.len());
    sources.choose_issues(report);
    let issues = &sources.issues;
    for rows in [&mut sources.edges, &mut sources.labels, &mut sources.comments] {
        choose_rows(rows, issues, report);
    }
    Ok(sources)
}

/// The lines with their numbers, without line ends.
fn lines(mut bytes: &[u8]) -> impl Iterator<Item = (u64, &[u8])> {
    let next = move || {
        // Searches many bytes at a time, which splitting a slice does not.
        let length = { bytes }.skip_until(b'\n').unwrap_or(bytes.len());
        let (line, rest) = bytes.split_at(length);
        bytes = rest;
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        (length > 0).then(|| line.strip_suffix(b"\r").unwrap_or(line))
    };
    (1..).zip(std::iter::from_fn(next))
}

/// What a file is, by its first object that Beads could have written; an empty one by its name.
fn kind_of(name: &str, bytes: &[u8]) -> Option<FileKind> {
    let stem = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let mut empty = true;
    for (_, line) in lines(bytes).filter(|(_, line)| !line.trim_ascii().is_empty()) {
        empty = false;
        if let Some(kind) = Row::read(line).ok().and_then(|row| kind_of_row(stem, &row)) {
            return Some(kind);
        }
    }
    empty.then(|| match stem.split('.').next() {
        Some("dependencies") => FileKind::Dependencies,
        Some("labels") => FileKind::Labels,
        Some("comments") => FileKind::Comments,
        Some("events") => FileKind::Events,
        Some("config") => FileKind::Config,
        Some("deletions") => FileKind::Deletions,
        _ => FileKind::Issues,
    })
}

fn kind_of_row(stem: &str, row: &Row<'_>) -> Option<FileKind> {
    let all = |names: &[&str]| names.iter().all(|name| row.has(name));
    if row.has("_type") || (all(&["id", "title"])) {
        Some(FileKind::Issues)
    } else if all(&["issue_id", "depends_on_id"]) {
        Some(FileKind::Dependencies)
    } else if all(&["issue_id", "event_type"]) {
        Some(FileKind::Events)
    } else if all(&["issue_id", "label"]) {
        Some(FileKind::Labels)
    } else if all(&["issue_id", "text"]) {
        Some(FileKind::Comments)
    } else if row.has("id") && stem.starts_with("deletions") {
        Some(FileKind::Deletions)
    } else if all(&["id", "status"]) || all(&["id", "issue_type"]) {
        Some(FileKind::Issues)
    } else {
        all(&["key", "value"]).then_some(FileKind::Config)
    }
}

fn is_conflict_marker(line: &[u8]) -> bool {
    line == b"======="
        || [b"<<<<<<< ", b">>>>>>> ", b"||||||| "].iter().any(|m| line.starts_with(*m))
}

impl<'a> Sources<'a> {
    fn read_file(&mut self, kind: FileKind, bytes: &'a [u8], report: &mut LossReport) {
        let file = report.files.len() - 1;
        for (line, bytes) in lines(bytes) {
            let place = Place { file, line };
            report.files[file].lines += 1;
            if bytes.trim_ascii().is_empty() {
                report.files[file].blank += 1;
            } else if is_conflict_marker(bytes) {
                report.files[file].conflict_markers += 1;
                report.lose(LossReason::ConflictMarker, place, None, "a git conflict marker");
            } else if let Err(why) = self.read_line(kind, place, bytes, report) {
                report.files[file].malformed += 1;
                report.lose(LossReason::MalformedLine, place, None, &why);
            }
        }
        let not_imported = report.files[file].not_imported;
        if not_imported > 0 {
            let place = Place { file, line: 0 };
            let what = "a file of this kind is not imported yet";
            report.lose(LossReason::FileNotImported, place, None, what);
            if let Some(loss) = report.losses.last_mut() {
                loss.count = not_imported;
            }
        }
    }

    fn read_line(
        &mut self,
        kind: FileKind,
        place: Place,
        bytes: &'a [u8],
        report: &mut LossReport,
    ) -> Result<(), String> {
        let rows = match kind {
            FileKind::Issues => return self.read_issue(place, bytes, report),
            FileKind::Dependencies => &mut self.edges,
            FileKind::Labels => &mut self.labels,
            FileKind::Comments => &mut self.comments,
            FileKind::Events | FileKind::Config | FileKind::Deletions => {
                report.files[place.file].not_imported += 1;
                return Ok(());
            }
        };
        let row = Row::read(bytes).map_err(|error| error.to_string())?;
        let issue = row.text("issue_id").filter(|id| !id.is_empty()).ok_or("no issue_id")?;
        rows.push(SourceRow { issue, place, bytes, row });
        Ok(())
    }

    fn read_issue(
        &mut self,
        place: Place,
        bytes: &'a [u8],
        report: &mut LossReport,
    ) -> Result<(), String> {
        let record = IssueRecord::read(bytes).map_err(|error| error.to_string())?;
        let tag = record.text(Member::Tag).filter(|tag| !tag.is_empty() && *tag != "issue");
        if let Some(tag) = tag {
            report.files[place.file].not_issues += 1;
            let what = format!("a line of type {tag:?}");
            report.lose(LossReason::NotAnIssue, place, None, &what);
            return Ok(());
        }
        let id = match record.get(Member::Id) {
            Scalar::Text(id) if !id.trim().is_empty() => id.clone(),
            Scalar::Int(number) => Cow::Owned(number.to_string()),
            _ => return Err("no id".to_owned()),
        };
        let says = [Member::Title, Member::Status, Member::IssueType, Member::Description];
        if says.iter().all(|&member| record.get(member).is_empty(false)) {
            return Err(format!("{id:?} has no title, status, type or description"));
        }
        self.issues.push(SourceIssue { id, place, bytes, record });
        Ok(())
    }

    /// Old exports left a priority of 0 out, as an empty value: files with priorities but no 0.
    fn note_priorities(&mut self, files: usize) {
        let mut seen = vec![(false, false); files];
        for issue in &self.issues {
            let (any, zero) = &mut seen[issue.place.file];
            if let Scalar::Int(priority) = issue.record.get(Member::Priority) {
                *any = true;
                *zero |= *priority == 0;
            }
        }
        self.omits_zero = seen.into_iter().map(|(any, zero)| any && !zero).collect();
    }

    /// Sorts by id and leaves of each id the line updated last.
    fn choose_issues(&mut self, report: &mut LossReport) {
        self.issues.sort_by(|a, b| a.id.cmp(&b.id).then_with(|| newest_first(a, b)));
        let mut chosen: Vec<SourceIssue<'a>> = Vec::with_capacity(self.issues.len());
        for issue in self.issues.drain(..) {
            let place = issue.place;
            match chosen.last() {
                Some(used) if used.id == issue.id && used.bytes == issue.bytes => {
                    report.files[place.file].repeated += 1;
                }
                Some(used) if used.id == issue.id => {
                    report.files[place.file].superseded += 1;
                    let file = &report.files[used.place.file].name;
                    let what = format!("{file}:{} has a later version of it", used.place.line);
                    report.lose(LossReason::Superseded, place, Some(&issue.id), &what);
                }
                _ => {
                    report.files[place.file].mapped += 1;
                    chosen.push(issue);
                }
            }
        }
        self.issues = chosen;
    }
}

fn newest_first(a: &SourceIssue<'_>, b: &SourceIssue<'_>) -> Ordering {
    let updated =
        |issue: &SourceIssue<'_>| match issue.record.text(Member::UpdatedAt).map(time::parse) {
            Some(Parsed::At { time, .. }) => time.0,
            _ => i64::MIN,
        };
    let rank = |issue| (updated(issue), issue.place.line);
    let bytes = || b.bytes.cmp(a.bytes).then(a.place.cmp(&b.place));
    rank(b).cmp(&rank(a)).then_with(bytes)
}

/// Sorts the lines, and leaves each once and only those of an issue that is there.
fn choose_rows<'a>(
    rows: &mut Vec<SourceRow<'a>>,
    issues: &[SourceIssue<'a>],
    report: &mut LossReport,
) {
    rows.sort_by(|a, b| (&a.issue, a.bytes, a.place).cmp(&(&b.issue, b.bytes, b.place)));
    rows.dedup_by(|row, used| {
        let same = row.bytes == used.bytes;
        report.files[row.place.file].repeated += u64::from(same);
        same
    });
    rows.retain(|row| {
        let found = issues.binary_search_by(|issue| issue.id.cmp(&row.issue)).is_ok();
        let count = &mut report.files[row.place.file];
        if found {
            count.mapped += 1;
        } else {
            count.detached += 1;
            let what = "belongs to an issue that is not in the files";
            report.lose(LossReason::Detached, row.place, Some(&row.issue), what);
        }
        found
    });
}

/// The rows of one issue.
pub(crate) fn rows_of<'r, 'a>(rows: &'r [SourceRow<'a>], id: &str) -> &'r [SourceRow<'a>] {
    let from = rows.partition_point(|row| *row.issue < *id);
    let count = rows[from..].partition_point(|row| row.issue == id);
    &rows[from..from + count]
}

/// The hash of a source record: its line, then its labels' and comments' lines, sorted.
pub(crate) fn hash(line: &[u8], labels: &[SourceRow<'_>], comments: &[SourceRow<'_>]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(line);
    for row in labels.iter().chain(comments) {
        hasher.update(b"\n");
        hasher.update(row.bytes);
    }
    let mut hex = String::with_capacity(64);
    for byte in hasher.finalize() {
        hex.extend(
            [byte >> 4, byte & 15].map(|nibble| char::from(b"0123456789abcdef"[nibble as usize])),
        );
    }
    hex
}

impl LossReport {
    /// Adds a loss of one thing; line 0 means the whole file.
    pub(crate) fn lose(&mut self, reason: LossReason, place: Place, id: Option<&str>, what: &str) {
        self.losses.push(Loss {
            reason,
            file: self.files[place.file].name.clone(),
            line: (place.line > 0).then_some(place.line),
            id: id.map(str::to_owned),
            detail: what.to_owned(),
            count: 1,
        });
    }
}
