//! Edges between issues: collected from both forms, then each given its one fate.
//!
//! - **Start here.** [`collect`], then [`resolve`] once the shape is known.
//! - **Invariants.** Every edge is counted under its type with exactly one fate. The edges that
//!   become dependencies have no cycle, counting what milestones imply. Order: by time, then ids.
//! - **Absent on purpose.** Issues themselves; an edge knows them by index.

use std::borrow::Cow;
use std::collections::HashMap;

use milestone_core::words::Timestamp;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::account::{clean_line, keep_rest, map_field, read_time};
use super::member::Member;
use super::order::{Verdict, without_cycles};
use super::report::{LossReason, LossReport};
use super::scalar::{Row, Scalar};
use super::shape::{PartOf, Shape};
use super::source::{Place, Sources};

/// What an edge becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EdgeRole {
    /// `from` cannot be done before `to`.
    Dependency,
    /// A link of the edge's type.
    Link,
}

/// An edge of the plan.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportEdge<'a> {
    /// The source id of the issue that has the edge.
    pub from: Cow<'a, str>,
    /// Its type as written in the source.
    pub kind: Cow<'a, str>,
    /// The source id it leads to.
    pub to: Cow<'a, str>,
    /// Whether `to` is no issue of this import; only a link is.
    pub dangling: bool,
    /// The key that makes it once: `import:beads:<from>:<type>:<to>`.
    pub key: String,
    /// What it becomes.
    pub role: EdgeRole,
    /// When it was made.
    pub at: Option<Timestamp>,
    /// Who made it.
    pub by: Option<Cow<'a, str>>,
    /// Members that are not mapped, for `details.source`.
    pub source: Map<String, Value>,
}

/// An edge as read.
#[derive(Debug)]
pub(crate) struct Edge<'a> {
    place: Place,
    from: usize,
    to: Cow<'a, str>,
    target: Option<usize>,
    kind: Cow<'a, str>,
    at: Option<Timestamp>,
    by: Option<Cow<'a, str>>,
    source: Map<String, Value>,
}

impl Edge<'_> {
    fn is_part_of(&self) -> bool {
        matches!(&*self.kind, "parent-child" | "parent_child" | "child")
    }
}

/// Takes the edges out of the issues and the backup's rows; by time, then ids, each once.
pub(crate) fn collect<'a>(
    sources: &mut Sources<'a>,
    index: &HashMap<Cow<'a, str>, usize>,
    report: &mut LossReport,
) -> Vec<Edge<'a>> {
    let mut edges = Vec::new();
    for from in 0..sources.issues.len() {
        let issue = &mut sources.issues[from];
        let Scalar::Raw(raw) = issue.record.take(Member::Dependencies) else { continue };
        let Ok(items) = serde_json::from_str::<Vec<&'a RawValue>>(raw.get()) else {
            issue.record.put(Member::Dependencies, Scalar::Raw(raw));
            continue;
        };
        report.member(Member::Dependencies).list(items.is_empty());
        for item in items {
            match serde_json::from_str::<Row<'a>>(item.get()) {
                Ok(row) => edges.extend(read(row, issue.place, from, index, report)),
                Err(_) => malformed(issue.place, &issue.id, "it is no object", report),
            }
        }
    }
    for row in sources.edges.drain(..) {
        if let Some(&from) = index.get(&row.issue) {
            edges.extend(read(row.row, row.place, from, index, report));
        }
    }
    edges.sort_by(|a, b| {
        let key = |edge: &Edge<'a>| (edge.from, edge.at, edge.place);
        (key(a), &a.kind, &a.to, &a.by).cmp(&(key(b), &b.kind, &b.to, &b.by))
    });
    once(edges, report)
}

/// Leaves of several equal edges the earliest; sorts by time, then ids.
fn once<'a>(mut edges: Vec<Edge<'a>>, report: &mut LossReport) -> Vec<Edge<'a>> {
    edges.sort_by(|a, b| (a.from, &a.kind, &a.to).cmp(&(b.from, &b.kind, &b.to)));
    edges.dedup_by(|edge, first| {
        let same = (edge.from, &edge.kind, &edge.to) == (first.from, &first.kind, &first.to);
        if same {
            report.edge(&edge.kind).repeated += 1;
        }
        same
    });
    edges.sort_by_key(|edge| edge.at);
    edges
}

fn malformed(place: Place, id: &str, why: &str, report: &mut LossReport) {
    let count = report.edge("(malformed)");
    count.seen += 1;
    count.lost += 1;
    report.lose(LossReason::MalformedEdge, place, Some(id), &format!("an edge is left out: {why}"));
}

fn read<'a>(
    mut row: Row<'a>,
    place: Place,
    holder: usize,
    index: &HashMap<Cow<'a, str>, usize>,
    report: &mut LossReport,
) -> Option<Edge<'a>> {
    let written = row.take("issue_id");
    let named = written.as_ref().map(|id| index.get(id).copied());
    let from = named.unwrap_or(Some(holder));
    let holder_id = written.unwrap_or_default();
    let to = row.take("depends_on_id");
    let (Some(from), Some(to)) = (from, to) else {
        let why = if from.is_none() { "its issue is not in the files" } else { "no depends_on_id" };
        malformed(place, &holder_id, why, report);
        return None;
    };
    let kind = row.take("type").unwrap_or_else(|| {
        report.warn("an edge without a type is taken for blocks", &to);
        Cow::Borrowed("blocks")
    });
    for name in ["dependency.issue_id", "dependency.depends_on_id", "dependency.type"] {
        map_field(report, name, "dependency or link");
    }
    let at = row
        .take("created_at")
        .and_then(|text| read_time(&text, place, &holder_id, "dependency.created_at", report));
    let by = row.take("created_by").map(|by| {
        map_field(report, "dependency.created_by", "author");
        clean_line(by, place, &holder_id, "dependency.created_by", report)
    });
    let source = keep_rest(row, "dependency", report);
    report.edge(&kind).seen += 1;
    let target = index.get(&to).copied();
    Some(Edge { place, from, to, target, kind, at, by, source })
}

/// The edges that say that an issue is part of another one, in order.
pub(crate) fn parts(edges: &[Edge<'_>]) -> Vec<PartOf> {
    let part = |(edge, found): (usize, &Edge<'_>)| {
        let parent = found.target.filter(|&to| found.is_part_of() && to != found.from)?;
        Some(PartOf { child: found.from, parent, edge })
    };
    edges.iter().enumerate().filter_map(part).collect()
}

/// Gives each edge its fate. Also says which issues wait for one that is not finished.
pub(crate) fn resolve<'a>(
    edges: Vec<Edge<'a>>,
    ids: &[Cow<'a, str>],
    shape: &Shape,
    finished: &[bool],
    report: &mut LossReport,
) -> (Vec<ImportEdge<'a>>, Vec<bool>) {
    let wait = |edge: &Edge<'a>| {
        let to = edge.target.filter(|&to| edge.kind == "blocks" && to != edge.from)?;
        Some((edge.from, to))
    };
    let waits: Vec<_> = edges.iter().filter_map(wait).collect();
    let mut verdicts = without_cycles(&shape.home, &waits).into_iter();
    let mut waiting = vec![false; ids.len()];
    let mut planned = Vec::with_capacity(edges.len());
    for (number, edge) in edges.into_iter().enumerate() {
        let verdict = wait(&edge).and_then(|_| verdicts.next());
        let role = match fate(&edge, number, verdict, shape) {
            Ok(role) => role,
            Err(None) => {
                report.edge(&edge.kind).membership += 1;
                continue;
            }
            Err(Some((reason, cycle))) => {
                report.edge(&edge.kind).lost += 1;
                let what = lost_text(&edge, &cycle, ids);
                report.lose(reason, edge.place, Some(&ids[edge.from]), &what);
                continue;
            }
        };
        let count = report.edge(&edge.kind);
        match role {
            EdgeRole::Dependency => count.dependency += 1,
            EdgeRole::Link => count.link += 1,
        }
        let unfinished = edge.target.is_some_and(|to| !finished[to]);
        waiting[edge.from] |= role == EdgeRole::Dependency && unfinished;
        planned.push(plan_edge(edge, role, ids));
    }
    (planned, waiting)
}

type Lost = (LossReason, Vec<usize>);

/// What an edge becomes; `Err(None)` if its milestone says it already.
fn fate(
    edge: &Edge<'_>,
    number: usize,
    verdict: Option<Verdict>,
    shape: &Shape,
) -> Result<EdgeRole, Option<Lost>> {
    if edge.target == Some(edge.from) {
        return Err(Some((LossReason::SelfEdge, Vec::new())));
    }
    if shape.cyclic.binary_search(&number).is_ok() {
        return Err(Some((LossReason::ContainmentCycle, Vec::new())));
    }
    match verdict {
        Some(Verdict::Accepted) => Ok(EdgeRole::Dependency),
        Some(Verdict::OwnTask) => Err(None),
        Some(Verdict::Cycle(cycle)) => Err(Some((LossReason::DependencyCycle, cycle))),
        None if edge.is_part_of() && edge.target.is_some() => {
            let home = shape.home[edge.from];
            if home.is_some() && home == edge.target { Err(None) } else { Ok(EdgeRole::Link) }
        }
        None => Ok(EdgeRole::Link),
    }
}

fn lost_text(edge: &Edge<'_>, cycle: &[usize], ids: &[Cow<'_, str>]) -> String {
    let (from, kind, to) = (&ids[edge.from], &edge.kind, &edge.to);
    if cycle.is_empty() {
        return format!("{from} {kind} {to}");
    }
    let path: Vec<_> = cycle.iter().map(|&id| &*ids[id]).collect();
    format!("{from} {kind} {to} closes the cycle {}", path.join(" → "))
}

fn plan_edge<'a>(edge: Edge<'a>, role: EdgeRole, ids: &[Cow<'a, str>]) -> ImportEdge<'a> {
    let from = ids[edge.from].clone();
    ImportEdge {
        key: format!("import:beads:{from}:{}:{}", edge.kind, edge.to),
        from,
        kind: edge.kind,
        to: edge.to,
        dangling: edge.target.is_none(),
        role,
        at: edge.at,
        by: edge.by,
        source: edge.source,
    }
}
