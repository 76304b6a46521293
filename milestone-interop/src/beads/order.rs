//! Which waits can stand together: "x cannot be done before y", with what milestones mean.
//!
//! - **Start here.** [`without_cycles`]. Ids are plain indices.
//! - **Invariants.** The accepted edges, together with these two rules, have no cycle: a
//!   milestone waits for its tasks, and a task waits for what its milestone waits for. An edge is
//!   refused only for a cycle with edges accepted before it.
//! - **Absent on purpose.** Why an edge exists and where it came from.
//!
//! Each id is two points: *done* and *begun*. Done comes after begun; a task is begun after its
//! milestone, and a milestone done after its tasks; x waiting for y puts x's begun after y's done.
//! A contradiction is then a plain cycle of points. Almost no real data has one, so the strongly
//! connected components of all edges are found first, in one pass, and only edges within one of
//! them are tried one by one.

/// What becomes of an edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It stands.
    Accepted,
    /// A milestone waits for its own task: it does so anyway.
    OwnTask,
    /// It would close this cycle, from its x by way of its y back to x.
    Cycle(Vec<usize>),
}

/// Decides on each edge `(x, y)` in turn, "x cannot be done before y"; `homes[task]` is the
/// milestone that a task is in. Ids beyond `homes` are in no milestone.
pub fn without_cycles(homes: &[Option<usize>], edges: &[(usize, usize)]) -> Vec<Verdict> {
    let ends = edges.iter().flat_map(|&(x, y)| [x, y]).chain(homes.iter().flatten().copied());
    let ids = ends.map(|id| id + 1).max().unwrap_or(0).max(homes.len());
    let own = |&(x, y): &(usize, usize)| homes.get(y).is_some_and(|&home| home == Some(x));
    let mut after: Vec<Vec<usize>> = (0..2 * ids).map(|_| Vec::new()).collect();
    for id in 0..ids {
        after[done(id)].push(begun(id));
    }
    for (task, home) in homes.iter().enumerate() {
        if let Some(home) = home {
            after[begun(task)].push(begun(*home));
            after[done(*home)].push(done(task));
        }
    }
    let mut all = after.clone();
    for &(x, y) in edges.iter().filter(|edge| !own(edge)) {
        all[begun(x)].push(done(y));
    }
    let component = components(&all);
    let mut search = Search { came_from: vec![usize::MAX; 2 * ids], found: Vec::new() };
    let decide = |edge: &(usize, usize)| {
        let &(x, y) = edge;
        if own(edge) {
            return Verdict::OwnTask;
        }
        if component[begun(x)] == component[done(y)] {
            if let Some(cycle) = search.path(&after, &component, done(y), begun(x)) {
                return Verdict::Cycle(in_ids(x, &cycle));
            }
            after[begun(x)].push(done(y));
        }
        Verdict::Accepted
    };
    edges.iter().map(decide).collect()
}

fn begun(id: usize) -> usize {
    2 * id
}

fn done(id: usize) -> usize {
    2 * id + 1
}

/// A cycle of points as a cycle of ids: x, then the path, each run of one id once.
fn in_ids(x: usize, path: &[usize]) -> Vec<usize> {
    let mut ids = vec![x];
    ids.extend(path.iter().map(|point| point / 2));
    ids.dedup();
    ids
}

/// A breadth-first search that can be used many times.
struct Search {
    came_from: Vec<usize>,
    found: Vec<usize>,
}

impl Search {
    /// The shortest path within one component.
    fn path(
        &mut self,
        after: &[Vec<usize>],
        component: &[usize],
        from: usize,
        to: usize,
    ) -> Option<Vec<usize>> {
        self.found.push(from);
        self.came_from[from] = from;
        let mut next = 0;
        while next < self.found.len() && self.came_from[to] == usize::MAX {
            let at = self.found[next];
            next += 1;
            for &point in &after[at] {
                if self.came_from[point] == usize::MAX && component[point] == component[from] {
                    self.came_from[point] = at;
                    self.found.push(point);
                }
            }
        }
        let reached = self.came_from[to] != usize::MAX;
        let path = reached.then(|| self.trace(from, to));
        for point in self.found.drain(..) {
            self.came_from[point] = usize::MAX;
        }
        path
    }

    fn trace(&self, from: usize, to: usize) -> Vec<usize> {
        let mut path = vec![to];
        let mut at = to;
        while at != from {
            at = self.came_from[at];
            path.push(at);
        }
        path.reverse();
        path
    }
}

/// The strongly connected component of each point (Tarjan's algorithm with its own stack).
fn components(after: &[Vec<usize>]) -> Vec<usize> {
    const NONE: usize = usize::MAX;
    let count = after.len();
    let (mut number, mut low) = (vec![NONE; count], vec![0; count]);
    let mut component = vec![NONE; count];
    let (mut open, mut calls) = (Vec::new(), Vec::new());
    let mut numbered = 0;
    for start in 0..count {
        if number[start] != NONE {
            continue;
        }
        calls.push((start, 0));
        while let Some((point, tried)) = calls.pop() {
            if tried == 0 {
                (number[point], low[point]) = (numbered, numbered);
                numbered += 1;
                open.push(point);
            }
            if let Some(&next) = after[point].get(tried) {
                calls.push((point, tried + 1));
                if number[next] == NONE {
                    calls.push((next, 0));
                } else if component[next] == NONE {
                    low[point] = low[point].min(number[next]);
                }
                continue;
            }
            if low[point] == number[point] {
                while let Some(member) = open.pop() {
                    component[member] = point;
                    if member == point {
                        break;
                    }
                }
            }
            if let Some(&(caller, _)) = calls.last() {
                low[caller] = low[caller].min(low[point]);
            }
        }
    }
    component
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn accepted(homes: &[Option<usize>], edges: &[(usize, usize)]) -> Vec<bool> {
        let verdicts = without_cycles(homes, edges);
        verdicts.iter().map(|verdict| *verdict == Verdict::Accepted).collect()
    }

    #[test]
    fn a_plain_cycle_loses_its_last_edge_and_is_shown() {
        let verdicts = without_cycles(&[None; 3], &[(0, 1), (1, 2), (2, 0)]);
        assert_eq!(verdicts[..2], [Verdict::Accepted, Verdict::Accepted]);
        assert_eq!(verdicts[2], Verdict::Cycle(vec![2, 0, 1, 2]));
    }

    #[test]
    fn a_milestone_may_wait_for_its_task_but_not_the_task_for_its_milestone() {
        let homes = [None, Some(0)];
        assert_eq!(without_cycles(&homes, &[(0, 1)]), [Verdict::OwnTask]);
        assert_eq!(accepted(&homes, &[(1, 0)]), [false]);
    }

    #[test]
    fn tasks_inherit_what_their_milestones_wait_for() {
        // Milestones 0 and 1 with the tasks 2 and 3.
        let homes = [None, None, Some(0), Some(1)];
        assert_eq!(accepted(&homes, &[(0, 1), (3, 2)]), [true, false]);
        assert_eq!(accepted(&homes, &[(2, 3), (3, 2)]), [true, false]);
        assert_eq!(accepted(&homes, &[(2, 1), (1, 2)]), [true, false]);
        assert_eq!(accepted(&homes, &[(2, 3), (0, 3), (0, 1)]), [true; 3]);
    }

    /// "a waits for b" by the two rules in words, one step.
    fn waits(homes: &[Option<usize>], edges: &[(usize, usize)], a: usize, b: usize) -> bool {
        let direct = |x: usize| edges.contains(&(x, b));
        direct(a) || homes[a].is_some_and(direct) || homes[b] == Some(a)
    }

    fn has_cycle(homes: &[Option<usize>], edges: &[(usize, usize)]) -> bool {
        let ids = homes.len();
        let mut reach = vec![vec![false; ids]; ids];
        for (a, row) in reach.iter_mut().enumerate() {
            for (b, cell) in row.iter_mut().enumerate() {
                *cell = waits(homes, edges, a, b);
            }
        }
        for via in 0..ids {
            for a in 0..ids {
                for b in 0..ids {
                    reach[a][b] |= reach[a][via] && reach[via][b];
                }
            }
        }
        (0..ids).any(|id| reach[id][id])
    }

    proptest! {
        /// Each edge in turn is accepted exactly if brute force finds no cycle with it.
        #[test]
        fn verdicts_equal_brute_force(
            milestones in 1usize..4,
            tasks in prop::collection::vec(prop::option::of(0usize..4), 0..6),
            edges in prop::collection::vec((0usize..9, 0usize..9), 0..24),
        ) {
            let mut homes = vec![None; milestones];
            homes.extend(tasks.into_iter().map(|home| home.map(|home| home % milestones)));
            let ids = homes.len();
            let edges: Vec<_> = edges.into_iter().map(|(x, y)| (x % ids, y % ids)).collect();
            let mut standing = Vec::new();
            for (&edge, verdict) in edges.iter().zip(without_cycles(&homes, &edges)) {
                if homes[edge.1] == Some(edge.0) {
                    prop_assert_eq!(verdict, Verdict::OwnTask);
                    continue;
                }
                standing.push(edge);
                let cycle = has_cycle(&homes, &standing);
                prop_assert_eq!(verdict == Verdict::Accepted, !cycle, "{:?} {:?}", homes, edge);
                if cycle {
                    standing.pop();
                }
            }
        }

        #[test]
        fn any_homes_end(
            homes in prop::collection::vec(prop::option::of(0usize..8), 0..8),
            edges in prop::collection::vec((0usize..9, 0usize..9), 0..16),
        ) {
            prop_assert_eq!(without_cycles(&homes, &edges).len(), edges.len());
        }
    }
}
