//! "Did you mean": the nearest known word to a mistyped one.
//!
//! Start at [`nearest`].
//!
//! - **Invariant.** Suggest, never run: the caller prints what this finds and stops.
//! - **Invariant.** At most [`DISTANCE_MAX`] mistakes, and fewer than the word has letters, so
//!   that `x` does not suggest `ls`.

/// How many mistakes a suggestion may be away.
pub const DISTANCE_MAX: usize = 2;

/// Returns the candidate nearest to `word`, the first of several that are equally near.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
    candidates
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(far, _)| *far <= DISTANCE_MAX && *far < length)
        .min_by_key(|(far, _)| *far)
        .map(|(_, candidate)| candidate)
}

/// Returns the Damerau–Levenshtein distance (optimal string alignment): insertions, deletions,
/// replacements and swaps of neighbours, without regard to case.
#[must_use]
pub fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().flat_map(char::to_lowercase).collect();
    let right: Vec<char> = right.chars().flat_map(char::to_lowercase).collect();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.iter().enumerate() {
        let mut row = Vec::with_capacity(right.len() + 1);
        row.push(i + 1);
        for (j, b) in right.iter().enumerate() {
            let replaced = last[j] + usize::from(a != b);
            let mut best = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == right[j - 1] && left[i - 1] == *b {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_counted() {
        assert_eq!(distance("", ""), 0);
        assert_eq!(distance("shwo", "show"), 1);
        assert_eq!(distance("endpionts", "endpoints"), 1);
        assert_eq!(distance("lst", "list"), 1);
        assert_eq!(distance("Show", "show"), 0);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn the_nearest_wins_and_far_ones_lose() {
        let verbs = ["show", "list", "ls", "start", "st"];
        assert_eq!(nearest("shwo", verbs), Some("show"));
        assert_eq!(nearest("stat", verbs), Some("start"));
        assert_eq!(nearest("frobnicate", verbs), None);
        assert_eq!(nearest("x", verbs), None);
    }
}
