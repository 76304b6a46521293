//! `dep tree` and `dep check`: what comes before what, cycles, references to nothing and to what
//! nobody can look at in other projects.
//!
//! - **Invariant.** An edge is said as "REF after REF". A cycle is drawn once and cut, so that the
//!   tree of any log ends.

use std::collections::BTreeSet;

use milestone_core::domain::{
    Abroad, Item, Plan, Stage, Terms, Tie, TieKind, cycles, is_settled, numbered, reference_of,
    terms_of, waits_for, waits_to_finish,
};
use milestone_core::projection::State;
use milestone_core::words::StreamId;
use schemars::JsonSchema;
use serde::Serialize;

use super::print::{self, REPORT, under_banner};
use super::refs;
use crate::args::dep::DepTreeArgs;
use crate::args::global::Format;
use crate::run::context::{Context, Output, Ran};
use crate::run::schema::TieText;
use crate::run::{ties, views};
use crate::ui::error::Exit;
use crate::ui::glyph::Status;
use crate::ui::style::Style;
use crate::ui::table::{Cell, Column, Fit, Table};
use crate::ui::text::sanitize;

#[derive(Clone, Serialize, JsonSchema)]
pub(super) struct EdgeDoc {
    r#ref: String,
    after: String,
    settled: bool,
    cycle: bool,
    #[schemars(with = "TieText")]
    kind: TieKind,
    lag_minutes: i32,
}

impl EdgeDoc {
    fn terms(&self) -> Terms {
        Terms { kind: self.kind, lag: self.lag_minutes }
    }
}

#[derive(Serialize, JsonSchema)]
pub(super) struct CheckDoc {
    cycles: Vec<Vec<String>>,
    missing: Vec<MissingDoc>,
    /// Of things in other projects nobody knows how they stand.
    unknown: Vec<UnknownDoc>,
}

#[derive(Serialize, JsonSchema)]
struct UnknownDoc {
    r#ref: String,
    after: String,
    why: String,
}

#[derive(Serialize, JsonSchema)]
struct MissingDoc {
    r#ref: String,
    after: String,
}

/// Shows what comes before what.
pub(super) fn tree(context: &mut Context, args: &DepTreeArgs) -> Ran {
    let moment = context.moment()?;
    let roots = match &args.reference {
        Some(asked) => from(&moment.state, refs::find(context, &moment, asked, "dep tree")?),
        None => roots(&moment.state),
    };
    let (state, style) = (&moment.state, &context.style);
    let edges = edges(state, &roots);
    let text = || {
        let mut drawn = Drawn { state, style, seen: BTreeSet::new(), out: String::new() };
        roots.iter().for_each(|root| drawn.root(root));
        drawn.out
    };
    let spoken = || {
        let line = |edge: &EdgeDoc| match edge.terms().is_plain() {
            true => format!("{} after {}.\n", edge.r#ref, edge.after),
            false => format!("{} after {} ({}).\n", edge.r#ref, edge.after, edge.terms()),
        };
        edges.iter().map(line).collect()
    };
    let table = || {
        let columns = vec![
            Column::new("ref", "REF", Fit::Key),
            Column::new("after", "AFTER", Fit::Key),
            Column::new("settled", "SETTLED", Fit::Key),
            Column::new("cycle", "CYCLE", Fit::Key),
            Column::new("terms", "TERMS", Fit::Key),
        ];
        let row = |edge: &EdgeDoc| {
            let settled = Cell::new(if edge.settled { "done" } else { "open" });
            let cycle = Cell::new(if edge.cycle { "cycle" } else { "" });
            let terms = Cell::new(edge.terms().to_string());
            vec![Cell::new(&edge.r#ref), Cell::new(&edge.after), settled, cycle, terms]
        };
        Table { columns, rows: edges.iter().map(row).collect() }
    };
    print::Listing {
        verb: "dep tree",
        kind: "dep.tree",
        table,
        items: || edges.clone(),
        text: Some(if style.accessible { &spoken } else { &text }),
        md: None,
        total: Some(edges.len()),
        empty: "Nothing comes after anything. Say so with: milestone dep add REF --after REF"
            .to_owned(),
        hints: Vec::new(),
    }
    .print(context, &moment)
}

/// A part of the item of a stream; of nothing the default.
fn of_item<T: Default>(state: &State, stream: &StreamId, part: impl Fn(&Item) -> T) -> T {
    match stream.is_task() {
        true => state.task(stream.as_str()).map(|held| part(&held.item)),
        false => state.milestone(stream.as_str()).map(|held| part(&held.item)),
    }
    .unwrap_or_default()
}

fn beyond(state: &State, stream: &StreamId) -> Vec<Tie> {
    of_item(state, stream, |item| ties::elsewhere(item).cloned().collect())
}

fn on_of(state: &State, stream: &StreamId) -> Vec<StreamId> {
    let mut on = of_item(state, stream, |item| item.dependencies.clone());
    on.sort_by_cached_key(|on| reference_of(state, on));
    on
}

/// Every milestone and task that is there.
fn all(state: &State) -> Vec<StreamId> {
    let mut all = Vec::new();
    for id in state.milestone_ids() {
        all.push(StreamId::milestone(&id));
        let rows = state.rows(id.as_str());
        let kept = rows.iter().filter(|row| row.stage != Stage::Removed);
        all.extend(kept.map(|row| row.stream.clone()));
    }
    all
}

fn depends(state: &State, stream: &StreamId) -> bool {
    of_item(state, stream, |item| !item.dependencies.is_empty() || !item.ties.is_empty())
}

/// What depends on something while nothing depends on it; of a cycle, its first.
fn roots(state: &State) -> Vec<StreamId> {
    let depending: Vec<StreamId> =
        all(state).into_iter().filter(|stream| depends(state, stream)).collect();
    let free = |stream: &&StreamId| state.dependents(stream.as_str()).is_empty();
    let roots = depending.iter().filter(free).cloned().collect();
    with_the_rest(state, roots, depending)
}

/// One thing; of a milestone also its tasks that depend on something.
fn from(state: &State, asked: StreamId) -> Vec<StreamId> {
    if asked.is_task() {
        return vec![asked];
    }
    let rows = numbered(state, asked.as_str());
    let inside: BTreeSet<StreamId> = rows.iter().map(|row| row.stream.clone()).collect();
    let depending: Vec<StreamId> =
        rows.iter().map(|row| row.stream.clone()).filter(|stream| depends(state, stream)).collect();
    let needed_inside =
        |stream: &StreamId| state.dependents(stream.as_str()).iter().any(|by| inside.contains(by));
    let first = depending.iter().filter(|stream| !needed_inside(stream)).cloned();
    let roots = std::iter::once(asked.clone()).chain(first).collect();
    with_the_rest(state, roots, depending)
}

/// Roots, and of those that none of them reaches the first of each cycle.
fn with_the_rest(
    state: &State,
    mut roots: Vec<StreamId>,
    depending: Vec<StreamId>,
) -> Vec<StreamId> {
    let mut reached = BTreeSet::new();
    roots.iter().for_each(|root| reach(state, root, &mut reached));
    for stream in depending {
        if !reached.contains(&stream) {
            reach(state, &stream, &mut reached);
            roots.push(stream);
        }
    }
    roots
}

fn reach(state: &State, from: &StreamId, reached: &mut BTreeSet<StreamId>) {
    let mut open = vec![from.clone()];
    while let Some(stream) = open.pop() {
        if reached.insert(stream.clone()) {
            open.extend(on_of(state, &stream));
        }
    }
}

fn edges(state: &State, roots: &[StreamId]) -> Vec<EdgeDoc> {
    let mut reached = BTreeSet::new();
    roots.iter().for_each(|root| reach(state, root, &mut reached));
    let mut edges = Vec::new();
    for stream in reached {
        for tie in beyond(state, &stream) {
            let waits = [waits_for(state, &stream), waits_to_finish(state, &stream)].concat();
            edges.push(EdgeDoc {
                r#ref: reference_of(state, &stream),
                after: tie.on.to_string(),
                settled: !waits.iter().any(|hold| hold.on == tie.on),
                cycle: false,
                kind: tie.kind,
                lag_minutes: tie.lag,
            });
        }
        for on in on_of(state, &stream) {
            let terms = of_item(state, &stream, |item| terms_of(&item.ties, &on));
            edges.push(EdgeDoc {
                kind: terms.kind,
                lag_minutes: terms.lag,
                r#ref: reference_of(state, &stream),
                after: reference_of(state, &on),
                settled: is_settled(state, &on),
                cycle: milestone_core::domain::path(state, &on, &stream).is_some(),
            });
        }
    }
    edges.sort_by(|a, b| (&a.r#ref, &a.after).cmp(&(&b.r#ref, &b.after)));
    edges
}

/// A tree that is being drawn; depth is bounded by the plan, for what was drawn is cut.
struct Drawn<'a> {
    state: &'a State,
    style: &'a Style,
    seen: BTreeSet<StreamId>,
    out: String,
}

impl Drawn<'_> {
    fn root(&mut self, root: &StreamId) {
        let line = self.line(root);
        self.out.push_str(&format!("{line}\n"));
        // What is open: a stream's dependencies that are still to be drawn, and the way there.
        let mut open = vec![(on_of(self.state, root).into_iter(), String::new())];
        let mut way = vec![root.clone()];
        self.seen.insert(root.clone());
        let drawing = self.style.drawing();
        self.beyond(root, "");
        while let Some((rest, before)) = open.last_mut() {
            let Some(stream) = rest.next() else {
                open.pop();
                way.pop();
                continue;
            };
            let last = rest.as_slice().is_empty();
            let before = before.clone();
            let branch = if last { drawing.last } else { drawing.branch };
            let tail = if way.contains(&stream) {
                " (cycle)"
            } else if self.seen.contains(&stream) && !on_of(self.state, &stream).is_empty() {
                " (see above)"
            } else {
                ""
            };
            let by = way.last().unwrap_or(root);
            let terms = of_item(self.state, by, |item| ties::tail(item, &stream));
            let line = self.line(&stream);
            self.out.push_str(&format!("{before}{branch}after {line}{terms}{tail}\n"));
            if tail.is_empty() {
                let below = if last { "    " } else { drawing.pipe };
                self.seen.insert(stream.clone());
                self.beyond(&stream, &format!("{before}{below}"));
                open.push((on_of(self.state, &stream).into_iter(), format!("{before}{below}")));
                way.push(stream);
            }
        }
    }

    /// What something depends on in other projects.
    fn beyond(&mut self, stream: &StreamId, before: &str) {
        let (ties, more) = (beyond(self.state, stream), !on_of(self.state, stream).is_empty());
        let drawing = self.style.drawing();
        for (place, tie) in ties.iter().enumerate() {
            let last = place + 1 == ties.len() && !more;
            let branch = if last { drawing.last } else { drawing.branch };
            let said = ties::said_elsewhere(self.state, stream, tie);
            self.out.push_str(&format!("{before}{branch}after {}\n", sanitize(&said)));
        }
    }

    fn line(&self, stream: &StreamId) -> String {
        let status = status_of(self.state, stream);
        let name = reference_of(self.state, stream);
        match status {
            Some((status, word)) => {
                let mark = status.glyph(self.style.glyphs);
                let state = status.paint().over(&format!("{mark} ({word})"), self.style.color);
                format!("{} {state}", sanitize(&name))
            }
            None => format!("{} (not there)", sanitize(&name)),
        }
    }
}

fn status_of(state: &State, stream: &StreamId) -> Option<(Status, &'static str)> {
    if stream.is_task() {
        let task = state.task(stream.as_str()).filter(|task| task.item.stage != Stage::Removed)?;
        let waits = !milestone_core::domain::waits_for(state, stream).is_empty();
        let status = views::task_status(&task.item, waits);
        return Some((status, if status == Status::Waiting { "Waiting" } else { status.word() }));
    }
    let milestone = state.milestone(stream.as_str())?;
    let rows = state.rows(milestone.id.as_str());
    let stands = views::milestone_state(milestone_core::domain::effective_stage(&milestone, &rows));
    Some((stands.status(), stands.word()))
}

/// What depends on something in another project of which nobody knows how it stands, and why.
fn unknown(state: &State) -> Vec<UnknownDoc> {
    let Some(around) = state.around() else { return Vec::new() };
    let mut found = Vec::new();
    for stream in state.dependents(StreamId::PROJECT) {
        for tie in beyond(state, &stream) {
            let why = match around.abroad.get(&tie.on) {
                Some(Abroad::Known { .. }) => continue,
                Some(Abroad::Unknown(why)) => why.clone(),
                None => "nobody has looked there".to_owned(),
            };
            let (r#ref, after) = (reference_of(state, &stream), tie.on.to_string());
            found.push(UnknownDoc { r#ref, after, why });
        }
    }
    found.sort_by(|a, b| (&a.r#ref, &a.after).cmp(&(&b.r#ref, &b.after)));
    found
}

/// Looks for cycles and for references to nothing, in other projects too; exit 10 if there are any.
pub(super) fn check(context: &mut Context) -> Ran {
    let moment = context.moment()?;
    let format = print::format(context, "dep check", REPORT, false)?;
    let state = &moment.state;
    let names = |streams: Vec<StreamId>| -> Vec<String> {
        streams.iter().map(|stream| reference_of(state, stream)).collect()
    };
    let cycles: Vec<Vec<String>> = cycles(state).into_iter().map(names).collect();
    let mut missing = Vec::new();
    for stream in all(state) {
        for on in on_of(state, &stream).into_iter().filter(|on| status_of(state, on).is_none()) {
            let (r#ref, after) = (reference_of(state, &stream), reference_of(state, &on));
            missing.push(MissingDoc { r#ref, after });
        }
    }
    let unknown = unknown(state);
    let found = cycles.len() + missing.len() + unknown.len();
    let stdout = match format {
        Format::Json => {
            let data = CheckDoc { cycles, missing, unknown };
            print::object(context, &moment, "dep.check", &data)?
        }
        _ if found == 0 => "No cycles, and everything that is waited for exists.\n".to_owned(),
        _ => {
            let mut out = String::new();
            for cycle in &cycles {
                let first = cycle.first().map(String::as_str).unwrap_or_default();
                let way = cycle.join(" after ");
                out.push_str(&format!("cycle    {way} after {first}\n"));
            }
            for edge in &missing {
                out.push_str(&format!("missing  {} after {}\n", edge.r#ref, edge.after));
            }
            for UnknownDoc { r#ref, after, why } in &unknown {
                out.push_str(&format!("unknown  {ref} after {}: {why}\n", sanitize(after)));
            }
            out
        }
    };
    let mut output: Output = under_banner(context, &moment, stdout);
    if found > 0 {
        output.exit = Exit::Integrity;
        if print::talks(context) {
            output = output.say("Take one away with: milestone dep remove REF --after REF");
        }
    }
    Ok(output)
}
