//! The order of tasks: each behind those that it comes after.
//!
//! Start at [`sorted`].
//!
//! - **Invariant.** Tasks that stand in such an order already stay where they are.
//! - **Source.** A. B. Kahn, "Topological sorting of large networks", CACM 5 (1962), with the first
//!   of those that are free taken first.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The places of the tasks in their new order, or a cycle, as the places along it, the first one
/// also at its end. `after[place]` are the places of the tasks that must be done before.
pub(super) fn sorted(after: &[Vec<usize>]) -> Result<Vec<usize>, Vec<usize>> {
    let mut waits: Vec<usize> = after.iter().map(Vec::len).collect();
    let mut frees: Vec<Vec<usize>> = vec![Vec::new(); after.len()];
    for (place, on) in after.iter().enumerate() {
        on.iter().for_each(|&on| frees[on].push(place));
    }
    let free = (0..after.len()).filter(|&place| waits[place] == 0);
    let mut free: BinaryHeap<_> = free.map(Reverse).collect();
    let mut order = Vec::with_capacity(after.len());
    while let Some(Reverse(place)) = free.pop() {
        order.push(place);
        for &next in &frees[place] {
            waits[next] -= 1;
            if waits[next] == 0 {
                free.push(Reverse(next));
            }
        }
    }
    if order.len() == after.len() { Ok(order) } else { Err(cycle(after, &waits)) }
}

/// A way along tasks that never become free, until it comes to where it was.
fn cycle(after: &[Vec<usize>], waits: &[usize]) -> Vec<usize> {
    let stuck = |place: &usize| waits[*place] > 0;
    let Some(mut at) = (0..after.len()).find(stuck) else { return Vec::new() };
    let mut seen = vec![false; after.len()];
    let mut way = Vec::new();
    while !seen[at] {
        seen[at] = true;
        way.push(at);
        // What never becomes free waits for something that never does.
        let Some(next) = after[at].iter().copied().find(stuck) else { break };
        at = next;
    }
    let begin = way.iter().position(|&place| place == at).unwrap_or(0);
    let mut cycle = way.split_off(begin);
    cycle.push(at);
    cycle
}
