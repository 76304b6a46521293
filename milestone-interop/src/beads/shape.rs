//! Which issue contains which, which issues are milestones, and whose task each of the others is.
//!
//! - **Start here.** [`shape`]. Issues are indices into a list sorted by id.
//! - **Invariants.** Following `parent` from any issue ends. A `home` is a milestone, and a
//!   milestone has none.
//! - **Absent on purpose.** Edges as such: the caller passes only those that mean "is part of".

use super::report::ContainmentCount;

/// What is known of an issue.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node<'n> {
    pub(crate) id: &'n str,
    /// Its type is `epic`.
    pub(crate) epic: bool,
    /// Its type is `milestone`.
    pub(crate) milestone: bool,
    /// The issue that its member `parent` names.
    pub(crate) parent: Option<usize>,
}

/// An edge that says that an issue is part of another one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PartOf {
    pub(crate) child: usize,
    pub(crate) parent: usize,
    /// The caller's number of the edge.
    pub(crate) edge: usize,
}

/// The answer.
#[derive(Debug, Default)]
pub(crate) struct Shape {
    /// The issue that each issue is part of.
    pub(crate) parent: Vec<Option<usize>>,
    /// Whether each issue becomes a milestone.
    pub(crate) milestone: Vec<bool>,
    /// The milestone whose task each other issue becomes; `None` for an orphan.
    pub(crate) home: Vec<Option<usize>>,
    /// Edges that would put an issue into itself.
    pub(crate) cyclic: Vec<usize>,
    /// Issues whose `parent` or dotted id would put them into themselves.
    pub(crate) cyclic_ids: Vec<usize>,
    /// How the parents were found.
    pub(crate) count: ContainmentCount,
}

/// Decides; `edges` in order of preference, the first that fits is an issue's parent.
pub(crate) fn shape(nodes: &[Node<'_>], edges: &[PartOf]) -> Shape {
    let mut forest = Forest::new(nodes.len());
    let mut shape = Shape::default();
    for edge in edges {
        if forest.parent[edge.child].is_some() {
            continue;
        }
        if forest.attach(edge.child, edge.parent) {
            shape.count.edge += 1;
        } else {
            shape.cyclic.push(edge.edge);
        }
    }
    for (child, node) in nodes.iter().enumerate() {
        let Some(parent) = node.parent.filter(|_| forest.parent[child].is_none()) else {
            continue;
        };
        match forest.attach(child, parent) {
            true => shape.count.parent_member += 1,
            false => shape.cyclic_ids.push(child),
        }
    }
    let dotted: Vec<_> = nodes.iter().map(|node| dotted_parent(nodes, node.id)).collect();
    for (child, &parent) in dotted.iter().enumerate() {
        let Some(parent) = parent.filter(|_| forest.parent[child].is_none()) else {
            continue;
        };
        match forest.attach(child, parent) {
            true => shape.count.dotted_id += 1,
            false => shape.cyclic_ids.push(child),
        }
    }
    shape.parent = forest.parent;
    shape.count.top = shape.parent.iter().filter(|parent| parent.is_none()).count() as u64;
    shape.milestone = milestones(nodes, &shape.parent, &dotted);
    shape.home = homes(&shape.parent, &shape.milestone);
    shape
}

/// The issue whose id is the longest prefix of this one before a dot.
fn dotted_parent(nodes: &[Node<'_>], id: &str) -> Option<usize> {
    let mut prefix = id;
    while let Some((shorter, _)) = prefix.rsplit_once('.') {
        if let Ok(found) = nodes.binary_search_by(|node| node.id.cmp(shorter)) {
            return Some(found);
        }
        prefix = shorter;
    }
    None
}

/// Epics at the top, parents by dotted id at the top, and everything that says it is one.
fn milestones(
    nodes: &[Node<'_>],
    parents: &[Option<usize>],
    dotted: &[Option<usize>],
) -> Vec<bool> {
    let top = |issue: usize| parents[issue].is_none();
    let mut milestone: Vec<bool> = nodes
        .iter()
        .enumerate()
        .map(|(issue, node)| node.milestone || (node.epic && top(issue)))
        .collect();
    for (&parent, &by_id) in parents.iter().zip(dotted) {
        if let Some(parent) = parent.filter(|&parent| top(parent) && by_id == Some(parent)) {
            milestone[parent] = true;
        }
    }
    milestone
}

/// The top-most milestone above each issue that is none itself.
fn homes(parents: &[Option<usize>], milestone: &[bool]) -> Vec<Option<usize>> {
    // Of each issue, once known: the top-most milestone among it and all above it.
    let mut top: Vec<Option<Option<usize>>> = vec![None; parents.len()];
    let mut path = Vec::new();
    for issue in 0..parents.len() {
        let mut above = Some(issue);
        let mut known = None;
        while let Some(at) = above {
            if let Some(answer) = top[at] {
                known = answer;
                break;
            }
            path.push(at);
            above = parents[at];
        }
        while let Some(at) = path.pop() {
            known = known.or(milestone[at].then_some(at));
            top[at] = Some(known);
        }
    }
    let home = |(top, &milestone): (Option<Option<usize>>, &bool)| match milestone {
        true => None,
        false => top.flatten(),
    };
    top.into_iter().zip(milestone).map(home).collect()
}

/// Trees that grow by hanging a root under another issue.
struct Forest {
    parent: Vec<Option<usize>>,
    /// Union-find: issues of one tree lead to one representative.
    leader: Vec<usize>,
}

impl Forest {
    fn new(len: usize) -> Self {
        Self { parent: vec![None; len], leader: (0..len).collect() }
    }

    fn find(&mut self, mut issue: usize) -> usize {
        while self.leader[issue] != issue {
            self.leader[issue] = self.leader[self.leader[issue]];
            issue = self.leader[issue];
        }
        issue
    }

    /// Hangs a root under an issue of another tree; refuses within its own tree.
    fn attach(&mut self, child: usize, parent: usize) -> bool {
        let (below, above) = (self.find(child), self.find(parent));
        if below == above {
            return false;
        }
        self.leader[below] = above;
        self.parent[child] = Some(parent);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(id: &str) -> Node<'_> {
        Node { id, epic: false, milestone: false, parent: None }
    }

    fn part_of(child: usize, parent: usize, edge: usize) -> PartOf {
        PartOf { child, parent, edge }
    }

    #[test]
    fn an_edge_wins_over_the_dotted_id_and_a_missing_step_is_skipped() {
        let nodes = [Node { epic: true, ..node("a") }, node("b"), node("b.1"), node("b.2.1")];
        let shape = shape(&nodes, &[part_of(2, 0, 0)]);
        assert_eq!(shape.parent, [None, None, Some(0), Some(1)]);
        assert_eq!(shape.milestone, [true, true, false, false]);
        assert_eq!(shape.home, [None, None, Some(0), Some(1)]);
    }

    #[test]
    fn a_task_goes_to_the_top_most_milestone() {
        let nodes = [
            Node { epic: true, ..node("a") },
            Node { epic: true, ..node("b") },
            node("c"),
            Node { milestone: true, ..node("d") },
        ];
        let shape = shape(&nodes, &[part_of(1, 0, 0), part_of(2, 1, 1), part_of(3, 1, 2)]);
        assert_eq!(shape.milestone, [true, false, false, true]);
        assert_eq!(shape.home, [None, Some(0), Some(0), None]);
    }

    #[test]
    fn a_cycle_loses_the_edge_that_closes_it() {
        let nodes = [node("a"), node("b"), node("c")];
        let edges = [part_of(0, 1, 0), part_of(1, 2, 1), part_of(2, 0, 2)];
        let shape = shape(&nodes, &edges);
        assert_eq!(shape.cyclic, [2]);
        assert_eq!(shape.parent, [Some(1), Some(2), None]);
        assert_eq!(shape.home, [None; 3]);
    }

    #[test]
    fn a_child_that_claims_its_parent_loses_only_what_its_id_says() {
        let nodes = [node("a"), node("a.1")];
        let shape = shape(&nodes, &[part_of(0, 1, 0)]);
        assert_eq!(shape.parent, [Some(1), None]);
        assert_eq!(shape.cyclic_ids, [1]);
    }
}
