//! Percentiles by nearest rank: always a value that really occurred.
//!
//! - **Source.** Definition 1 of R. J. Hyndman and Y. Fan, "Sample Quantiles in Statistical
//!   Packages", The American Statistician 50 (1996): the value at place `ceil(p · n)`.

/// The percentiles that are shown everywhere.
pub const PERCENTS: [u8; 4] = [50, 70, 85, 95];

/// The value that `percent` of a sorted list do not exceed; `None` of an empty list.
pub fn nearest_rank<T: Copy>(sorted: &[T], percent: u8) -> Option<T> {
    let place = (sorted.len() * usize::from(percent.min(100))).div_ceil(100);
    sorted.get(place.max(1) - 1).copied()
}

/// How many percent of a sorted list are below `value`, rounded down; `None` of an empty list.
pub fn rank_of<T: Ord>(sorted: &[T], value: &T) -> Option<u8> {
    let below = sorted.partition_point(|held| held < value);
    (!sorted.is_empty()).then(|| u8::try_from(below * 100 / sorted.len()).unwrap_or(100))
}
