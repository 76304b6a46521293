//! The loss report: what became of every line, field and edge of the source.
//!
//! - **Start here.** [`LossReport`]; [`LossReport::loss_count`] decides whether an import needs the
//!   user's consent, [`LossReport::unaccounted`] names every sum that does not add up (none ever).
//! - **Invariant.** Every count of things seen is the sum of the counts of what became of them. A
//!   loss names its file and line.
//! - **Absent on purpose.** Text for people: `render` makes it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::member::{COUNT, Member};
use super::source::FileKind;

/// What became of everything in the source.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct LossReport {
    /// Per file, by name.
    pub files: Vec<FileCount>,
    /// The issues of the plan.
    pub issues: IssueCount,
    /// Per field of the lines used: `title`, `comment.text`, `dependency.type`, `label.label`.
    pub fields: BTreeMap<String, FieldCount>,
    /// Per type of edge, as written in the source.
    pub edges: BTreeMap<String, EdgeCount>,
    /// How the parents of issues were found.
    pub containment: ContainmentCount,
    /// Things assumed or noticed; nothing is left out because of them.
    pub warnings: Vec<Warning>,
    /// Things left out or changed.
    pub losses: Vec<Loss>,
    /// Counts of the members that are understood, by index, until they join `fields`.
    #[serde(skip)]
    members: Vec<FieldCount>,
    /// Index in `others` of each other field.
    #[serde(skip)]
    names: BTreeMap<String, usize>,
    /// Counts of other fields, until they join `fields`.
    #[serde(skip)]
    others: Vec<FieldCount>,
}

/// What became of a file's lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileCount {
    /// The name as given.
    pub name: String,
    /// What it holds.
    pub kind: FileKind,
    /// All its lines.
    pub lines: u64,
    /// Used in the plan.
    pub mapped: u64,
    /// Empty lines.
    pub blank: u64,
    /// The same bytes as a line that is used.
    pub repeated: u64,
    /// An issue whose id a later version of it has as well.
    pub superseded: u64,
    /// Not JSON, or without what its kind of line needs.
    pub malformed: u64,
    /// Left by an unfinished merge.
    pub conflict_markers: u64,
    /// An object that is no issue, such as a memory.
    pub not_issues: u64,
    /// Of an issue that is not in the files.
    pub detached: u64,
    /// Of a file that is not imported yet.
    pub not_imported: u64,
}

/// The issues of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct IssueCount {
    /// All.
    pub total: u64,
    /// Those that become milestones.
    pub milestones: u64,
    /// Those that become tasks of such a milestone.
    pub tasks: u64,
    /// Those that become tasks of the milestone the user named.
    pub orphans: u64,
}

/// What became of a field's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct FieldCount {
    /// Values in the lines used.
    pub seen: u64,
    /// Became what `becomes` says.
    pub mapped: u64,
    /// Stay as they are in `details.source`.
    pub kept: u64,
    /// Say nothing: null, empty, or a column's default.
    pub empty: u64,
    /// Follow from other values.
    pub derived: u64,
    /// Left out; each is among the losses.
    pub lost: u64,
    /// What a mapped value becomes.
    pub becomes: &'static str,
}

/// What became of the edges of one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct EdgeCount {
    /// Edges in the lines used.
    pub seen: u64,
    /// Became dependencies.
    pub dependency: u64,
    /// Became links.
    pub link: u64,
    /// Said by a task's membership in its milestone.
    pub membership: u64,
    /// Said by an equal edge.
    pub repeated: u64,
    /// Left out; each is among the losses.
    pub lost: u64,
}

/// How the parents of issues were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct ContainmentCount {
    /// By an edge.
    pub edge: u64,
    /// By the member `parent`.
    pub parent_member: u64,
    /// By the id: `a.1` is in `a`.
    pub dotted_id: u64,
    /// Without a parent.
    pub top: u64,
}

/// Something assumed or noticed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// What.
    pub text: String,
    /// How often.
    pub count: u64,
    /// The first ids or places of it, at most five.
    pub examples: Vec<String>,
}

/// Something left out or changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Loss {
    /// Why.
    pub reason: LossReason,
    /// The file's name as given.
    pub file: String,
    /// The line, from 1; `None` if the whole file is meant.
    pub line: Option<u64>,
    /// The issue it is about.
    pub id: Option<String>,
    /// What exactly.
    pub detail: String,
    /// How many lines, values or edges.
    pub count: u64,
}

/// Why something was left out or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LossReason {
    /// A line is not JSON, or lacks what its kind of line needs.
    MalformedLine,
    /// A line was left by an unfinished merge.
    ConflictMarker,
    /// A line holds something else than an issue.
    NotAnIssue,
    /// An older version of an issue that is there twice.
    Superseded,
    /// A file whose import comes later.
    FileNotImported,
    /// A label, comment or edge of an issue that is not in the files.
    Detached,
    /// A time that is not RFC 3339.
    BadTime,
    /// Control characters that became spaces.
    ControlCharacters,
    /// A member that the line has twice: the earlier value.
    RepeatedMember,
    /// An edge without a target, or one that is no object.
    MalformedEdge,
    /// An edge from an issue to itself.
    SelfEdge,
    /// An edge that would put an issue into itself.
    ContainmentCycle,
    /// A dependency that would close a cycle.
    DependencyCycle,
}

impl LossReport {
    /// How many lines, values and edges were left out or changed.
    pub fn loss_count(&self) -> u64 {
        self.losses.iter().map(|loss| loss.count).sum()
    }

    /// The losses by reason.
    pub fn losses_by_reason(&self) -> BTreeMap<LossReason, u64> {
        let mut counts = BTreeMap::new();
        for loss in &self.losses {
            *counts.entry(loss.reason).or_default() += loss.count;
        }
        counts
    }

    /// The sums that do not add up, by name. Empty, or the importer has a defect.
    pub fn unaccounted(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut check = |name: String, seen: u64, parts: &[u64]| {
            if seen != parts.iter().sum::<u64>() {
                wrong.push(name);
            }
        };
        for file in &self.files {
            check(format!("lines of {}", file.name), file.lines, &file.parts());
        }
        for (name, field) in &self.fields {
            let parts = [field.mapped, field.kept, field.empty, field.derived, field.lost];
            check(format!("field {name}"), field.seen, &parts);
        }
        for (kind, edge) in &self.edges {
            let parts = [edge.dependency, edge.link, edge.membership, edge.repeated, edge.lost];
            check(format!("edges {kind}"), edge.seen, &parts);
        }
        let (issues, from) = (self.issues, self.containment);
        check("issues".into(), issues.total, &[issues.milestones, issues.tasks, issues.orphans]);
        let parents = [from.edge, from.parent_member, from.dotted_id, from.top];
        check("parents".into(), issues.total, &parents);
        check("issue lines".into(), issues.total, &self.lines_mapped());
        wrong
    }

    fn lines_mapped(&self) -> Vec<u64> {
        let issues = self.files.iter().filter(|file| file.kind == FileKind::Issues);
        issues.map(|file| file.mapped).collect()
    }

    /// The count of a field.
    pub(crate) fn field(&mut self, name: &str) -> &mut FieldCount {
        let known = self.names.get(name).copied();
        let at = known.unwrap_or_else(|| {
            self.others.push(FieldCount::default());
            self.names.insert(name.to_owned(), self.others.len() - 1);
            self.others.len() - 1
        });
        &mut self.others[at]
    }

    /// The count of a member that is understood.
    pub(crate) fn member(&mut self, member: Member) -> &mut FieldCount {
        if self.members.is_empty() {
            self.members.resize(COUNT, FieldCount::default());
        }
        &mut self.members[member as usize]
    }

    /// Ends the counting: the counts of members join the others.
    pub(crate) fn finish(&mut self) {
        for (member, mut count) in Member::ALL.into_iter().zip(std::mem::take(&mut self.members)) {
            if count.seen > 0 {
                count.becomes = member.becomes();
                self.fields.insert(member.name().to_owned(), count);
            }
        }
        for (name, at) in std::mem::take(&mut self.names) {
            self.fields.insert(name, self.others[at]);
        }
        self.others.clear();
        self.losses.sort_by(|a, b| {
            (&a.file, a.line, a.reason, &a.id, &a.detail)
                .cmp(&(&b.file, b.line, b.reason, &b.id, &b.detail))
        });
        self.warnings.sort_by(|a, b| a.text.cmp(&b.text));
    }

    /// The count of a type of edge.
    pub(crate) fn edge(&mut self, kind: &str) -> &mut EdgeCount {
        self.edges.entry(kind.to_owned()).or_default()
    }

    /// Notes something once more.
    pub(crate) fn warn(&mut self, text: &str, example: &str) {
        let at = self.warnings.iter().position(|warning| warning.text == text);
        let at = at.unwrap_or_else(|| {
            let text = text.to_owned();
            self.warnings.push(Warning { text, count: 0, examples: Vec::new() });
            self.warnings.len() - 1
        });
        let warning = &mut self.warnings[at];
        warning.count += 1;
        if warning.examples.len() < 5 && !warning.examples.iter().any(|old| old == example) {
            warning.examples.push(example.to_owned());
        }
    }
}

impl FileCount {
    /// A file of which nothing was read yet.
    pub(crate) fn new(name: &str, kind: FileKind) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            lines: 0,
            mapped: 0,
            blank: 0,
            repeated: 0,
            superseded: 0,
            malformed: 0,
            conflict_markers: 0,
            not_issues: 0,
            detached: 0,
            not_imported: 0,
        }
    }

    fn parts(&self) -> [u64; 9] {
        [
            self.mapped,
            self.blank,
            self.repeated,
            self.superseded,
            self.malformed,
            self.conflict_markers,
            self.not_issues,
            self.detached,
            self.not_imported,
        ]
    }
}

impl FieldCount {
    /// Counts what became of a list that was read.
    pub(crate) fn list(&mut self, empty: bool) {
        self.empty += u64::from(empty);
        self.mapped += u64::from(!empty);
    }
}
