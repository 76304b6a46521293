//! From files to a plan: milestones first, then tasks, then edges, and the report on all of it.
//!
//! - **Start here.** [`plan`].
//! - **Invariants.** The plan is a function of the files' names and bytes; their order decides
//!   nothing. Within milestones and within tasks the order is by time of creation, then id.
//! - **Absent on purpose.** Commands, slugs, positions and what the project already has: the caller
//!   knows those.

use std::borrow::Cow;
use std::collections::HashMap;

use super::edges::{self, ImportEdge};
use super::error::ImportError;
use super::issue::{Around, Home, ImportIssue, IssueKind, plan_issue};
use super::member::Member;
use super::report::{IssueCount, LossReport};
use super::shape::{Node, Shape, shape};
use super::source::{self, SourceFile, Sources, rows_of};

/// What the user decides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportOptions {
    /// The milestone that takes issues which belong to none.
    pub into: Option<String>,
}

/// What the files become.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportPlan<'a> {
    /// Milestones by creation, then tasks by creation.
    pub issues: Vec<ImportIssue<'a>>,
    /// Dependencies and links, by time; to be made after all issues.
    pub edges: Vec<ImportEdge<'a>>,
    /// What became of everything.
    pub report: LossReport,
}

/// Plans the import of files of one Beads project.
///
/// # Errors
/// A file is of another format, there is no issue, or there are orphans and no milestone for them.
pub fn plan<'a>(
    files: &[SourceFile<'a>],
    options: &ImportOptions,
) -> Result<ImportPlan<'a>, ImportError> {
    let mut report = LossReport::default();
    let mut sources = source::read(files, &mut report)?;
    let ids: Vec<Cow<'a, str>> = sources.issues.iter().map(|issue| issue.id.clone()).collect();
    let index: HashMap<_, _> = ids.iter().cloned().zip(0..).collect();
    let found = edges::collect(&mut sources, &index, &mut report);
    let shape = shape(&nodes(&sources, &index), &edges::parts(&found));
    let into = check_orphans(&shape, &ids, options)?;
    count(&shape, &ids, &mut report);
    let finished: Vec<bool> = sources
        .issues
        .iter()
        .map(|issue| matches!(issue.record.text(Member::Status), Some("closed" | "tombstone")))
        .collect();
    let (edges, waiting) = edges::resolve(found, &ids, &shape, &finished, &mut report);
    let mut issues = Vec::with_capacity(ids.len());
    let members = sources.issues.into_iter().enumerate();
    for (number, issue) in members {
        let parent_said = shape.parent[number].is_some()
            && shape.parent[number] == shape.home[number]
            && issue.record.text(Member::Parent) == shape.home[number].map(|home| &*ids[home]);
        let around = Around {
            kind: kind(&shape, number, &ids, into),
            parent_said,
            waits: waiting[number],
            omits_zero: sources.omits_zero[issue.place.file],
            labels: rows_of(&sources.labels, &issue.id),
            comments: rows_of(&sources.comments, &issue.id),
        };
        issues.push(plan_issue(issue, around, &mut report));
    }
    issues.sort_by_key(|issue| (issue.kind != IssueKind::Milestone, issue.created.at));
    report.finish();
    Ok(ImportPlan { issues, edges, report })
}

fn nodes<'s>(sources: &'s Sources<'_>, index: &HashMap<Cow<'_, str>, usize>) -> Vec<Node<'s>> {
    let node = |(number, issue): (usize, &'s source::SourceIssue<'_>)| {
        let kind = issue.record.text(Member::IssueType);
        let parent = issue.record.text(Member::Parent).and_then(|id| index.get(id).copied());
        Node {
            id: &issue.id,
            epic: kind == Some("epic"),
            milestone: kind == Some("milestone"),
            parent: parent.filter(|&parent| parent != number),
        }
    };
    sources.issues.iter().enumerate().map(node).collect()
}

fn is_orphan(shape: &Shape, number: usize) -> bool {
    !shape.milestone[number] && shape.home[number].is_none()
}

/// The milestone for orphans; without orphans it is not needed.
fn check_orphans<'o>(
    shape: &Shape,
    ids: &[Cow<'_, str>],
    options: &'o ImportOptions,
) -> Result<&'o str, ImportError> {
    if let Some(into) = &options.into {
        return Ok(into);
    }
    let orphans = || (0..ids.len()).filter(|&number| is_orphan(shape, number));
    let examples: Vec<_> = orphans().take(5).map(|number| ids[number].to_string()).collect();
    if examples.is_empty() {
        return Ok("");
    }
    Err(ImportError::NeedsInto { orphans: orphans().count(), examples })
}

fn kind(shape: &Shape, number: usize, ids: &[Cow<'_, str>], into: &str) -> IssueKind {
    match shape.home[number] {
        _ if shape.milestone[number] => IssueKind::Milestone,
        Some(home) => IssueKind::Task { home: Home::Source(ids[home].to_string()) },
        None => IssueKind::Task { home: Home::Into(into.to_owned()) },
    }
}

fn count(shape: &Shape, ids: &[Cow<'_, str>], report: &mut LossReport) {
    let milestones = shape.milestone.iter().filter(|&&milestone| milestone).count() as u64;
    let tasks = shape.home.iter().flatten().count() as u64;
    let total = ids.len() as u64;
    let orphans = total - milestones - tasks;
    report.issues = IssueCount { total, milestones, tasks, orphans };
    report.containment = shape.count;
    for &number in &shape.cyclic_ids {
        report.warn("a parent or dotted id that would close a cycle is not followed", &ids[number]);
    }
}
