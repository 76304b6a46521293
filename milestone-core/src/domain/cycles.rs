//! Cycles among dependencies. A merge can leave one; no command makes one.
//!
//! Start at [`Cycles`], which finds all of them at once, and [`cycles`], which shows the way along
//! each.
//!
//! - **Invariant.** Two things that come after each other are a cycle, whatever the kinds and lags:
//!   also where dates could be found that satisfy both.
//! - **Source.** Strongly connected components: R. Tarjan, "Depth-first search and linear graph
//!   algorithms", SIAM J. Comput. 1 (1972), with a stack of its own, for plans are deeper than
//!   threads' stacks.

use std::collections::{BTreeSet, HashMap};

use super::derived::{path, requires, requires_of_row, start_needs};
use super::plan::Plan;
use crate::words::{StreamId, StreamName};

/// Which streams require each other, in a plan at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cycles(HashMap<StreamId, usize>);

impl Cycles {
    /// Finds every cycle of a plan, in time that grows with its tasks and dependencies.
    pub fn of(plan: &dyn Plan) -> Self {
        let mut graph = Graph::default();
        for id in plan.milestone_ids() {
            let milestone = StreamId::milestone(&id);
            let further = requires(plan, &milestone);
            graph.put(&milestone, &further);
            let above = plan.milestone(id.as_str()).map(|held| start_needs(&held.item));
            let above = above.unwrap_or_default();
            for row in plan.rows(id.as_str()).iter() {
                graph.put(&row.stream, &requires_of_row(row, &above));
            }
        }
        // What is in no milestone that is there: tasks that came before theirs.
        while let Some(at) = graph.unknown.pop() {
            if graph.next[at].is_none() {
                let stream = graph.names[at].clone();
                let further = requires(plan, &stream);
                graph.put(&stream, &further);
            }
        }
        Self(graph.components())
    }

    /// True if `one` and `other` require each other, or are the same.
    pub fn join(&self, one: &StreamId, other: &StreamId) -> bool {
        one == other || self.0.get(one).is_some_and(|held| self.0.get(other) == Some(held))
    }
}

/// Every cycle among dependencies, once, as the streams along it.
pub fn cycles(plan: &dyn Plan) -> Vec<Vec<StreamId>> {
    let known = Cycles::of(plan);
    let mut found: BTreeSet<Vec<StreamId>> = BTreeSet::new();
    for stream in known.0.keys() {
        let dependencies = match stream.name() {
            StreamName::Task(..) => plan.brief(stream.as_str()).map(|held| held.dependencies),
            _ => plan.milestone(stream.as_str()).map(|held| held.item.dependencies.clone()),
        };
        for on in dependencies.unwrap_or_default().iter().filter(|on| known.join(stream, on)) {
            let Some(mut way) = path(plan, on, stream) else { continue };
            let first = way.iter().enumerate().min_by_key(|(_, stream)| *stream);
            let first = first.map_or(0, |(at, _)| at);
            way.rotate_left(first);
            found.insert(way);
        }
    }
    found.into_iter().collect()
}

/// What requires what, by number.
#[derive(Default)]
struct Graph {
    names: Vec<StreamId>,
    numbers: HashMap<StreamId, usize>,
    /// What each requires; `None` while nobody has said.
    next: Vec<Option<Vec<usize>>>,
    unknown: Vec<usize>,
}

impl Graph {
    fn number(&mut self, stream: &StreamId) -> usize {
        if let Some(&at) = self.numbers.get(stream) {
            return at;
        }
        let at = self.names.len();
        self.numbers.insert(stream.clone(), at);
        self.names.push(stream.clone());
        self.next.push(None);
        self.unknown.push(at);
        at
    }

    fn put(&mut self, stream: &StreamId, further: &[StreamId]) {
        let at = self.number(stream);
        self.next[at] = Some(further.iter().map(|on| self.number(on)).collect());
    }

    /// The components of more than one member, numbered, by member.
    fn components(self) -> HashMap<StreamId, usize> {
        let count = self.names.len();
        let (mut order, mut low) = (vec![usize::MAX; count], vec![0; count]);
        let (mut open, mut is_open, mut met) = (Vec::new(), vec![false; count], 0);
        let mut found = HashMap::new();
        for root in 0..count {
            if order[root] != usize::MAX {
                continue;
            }
            let mut walk = vec![(root, 0)];
            while let Some((at, step)) = walk.pop() {
                if step == 0 {
                    (order[at], low[at], is_open[at]) = (met, met, true);
                    open.push(at);
                    met += 1;
                }
                let next = self.next[at].as_deref().unwrap_or_default();
                if let Some(&on) = next.get(step) {
                    walk.push((at, step + 1));
                    match order[on] {
                        usize::MAX => walk.push((on, 0)),
                        place if is_open[on] => low[at] = low[at].min(place),
                        _ => {}
                    }
                    continue;
                }
                if let Some(&(above, _)) = walk.last() {
                    low[above] = low[above].min(low[at]);
                }
                if low[at] == order[at] {
                    let begin = open.iter().rposition(|held| *held == at).unwrap_or(0);
                    let members = open.split_off(begin);
                    members.iter().for_each(|held| is_open[*held] = false);
                    if members.len() > 1 {
                        let names = members.iter().map(|held| (self.names[*held].clone(), at));
                        found.extend(names);
                    }
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::words::Slug;

    const NODES: usize = 12;

    fn stream(number: usize) -> StreamId {
        StreamId::milestone(&Slug::new(&format!("m{number}")).unwrap())
    }

    /// Whether a way of any length leads from each to each.
    fn reachable(edges: &[(usize, usize)]) -> [[bool; NODES]; NODES] {
        let mut reach = [[false; NODES]; NODES];
        edges.iter().for_each(|&(from, to)| reach[from][to] = true);
        for over in 0..NODES {
            for from in 0..NODES {
                for to in 0..NODES {
                    reach[from][to] |= reach[from][over] && reach[over][to];
                }
            }
        }
        reach
    }

    proptest! {
        /// Shown red by: taking the parent's low for the child's, and closing a component early.
        #[test]
        fn two_are_joined_if_each_requires_the_other(
            edges in prop::collection::vec((0..NODES, 0..NODES), 0..30),
        ) {
            let mut graph = Graph::default();
            for from in 0..NODES {
                let next: Vec<StreamId> =
                    edges.iter().filter(|edge| edge.0 == from).map(|edge| stream(edge.1)).collect();
                graph.put(&stream(from), &next);
            }
            let (cycles, reach) = (Cycles(graph.components()), reachable(&edges));
            for (from, row) in reach.iter().enumerate() {
                for (to, there) in row.iter().enumerate() {
                    let joined = from == to || (*there && reach[to][from]);
                    prop_assert_eq!(cycles.join(&stream(from), &stream(to)), joined);
                }
            }
        }
    }
}
