//! Which backups go.
//!
//! Start at [`going`]. A full backup and those based on it go together or stay together.
//!
//! - **Invariant.** The newest full backup that is good, and everything after it, stays; so do the
//!   newest [`GROUPS_KEPT_MIN`] full ones with theirs, and the newest [`POINTS_KEPT_MIN`] of all.
//!   No clock,
//!   however wrong, changes that.
//! - **Invariant.** Where none is known to be good, nothing goes.

use milestone_core::words::Timestamp;

use super::chain::Told;
use super::{BackupError, Point, Vault};
use crate::project::Project;

/// So many full backups, with those based on them, stay however old they are.
pub const GROUPS_KEPT_MIN: usize = 3;

/// So many of the newest backups stay however old they are, so that a clock that is wrong for some
/// days takes little along.
pub const POINTS_KEPT_MIN: usize = 14;

const DAY_MICROS: i64 = 86_400_000_000;

/// The backups that go, the oldest first; none if the clock has jumped, which the next backup
/// settles.
pub(super) fn going(points: &[Point], now: Timestamp, keep_days: u32) -> Vec<u64> {
    let old = |at: Timestamp| now.0.saturating_sub(at.0) > i64::from(keep_days) * DAY_MICROS;
    let Some(last) = points.last() else { return Vec::new() };
    if old(last.at) || now < last.at {
        return Vec::new();
    }
    let mut groups: Vec<&[Point]> = Vec::new();
    let mut begin = 0;
    for at in 1..=points.len() {
        if points.get(at).is_none_or(|point| point.full) {
            groups.extend(points.get(begin..at));
            begin = at;
        }
    }
    let good = |group: &&[Point]| {
        let verified = group.iter().any(|point| point.verified.is_some() && !point.degraded);
        group.first().is_some_and(|first| first.full)
            && verified
            && !group.iter().any(|point| point.damaged)
    };
    let Some(newest_good) = groups.iter().rposition(good) else { return Vec::new() };
    let stay = groups.len().saturating_sub(GROUPS_KEPT_MIN).min(newest_good);
    let mut newer = points.len();
    let gone = groups.iter().take(stay).filter(|group| {
        newer -= group.len();
        newer >= POINTS_KEPT_MIN && group.iter().all(|point| old(point.at))
    });
    gone.flat_map(|group| group.iter().map(|point| point.number)).collect()
}

impl Vault {
    /// Removes one backup's folder; what it took.
    fn remove(&self, number: u64) -> std::io::Result<u64> {
        let Some(folder) = self.folder(number) else { return Ok(0) };
        let bytes = self.chain.point(number).map_or(0, |point| point.bytes);
        match std::fs::remove_dir_all(folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => Ok(bytes),
        }
    }
}

impl Project {
    /// Removes the backups that are needed no longer until `is_over` says that the time is: their
    /// numbers, what they took in bytes, and whether all of them went. With `dry_run` only says
    /// which.
    ///
    /// # Errors
    ///
    /// [`BackupError`]; those that were removed are told in the chain.
    pub fn prune_backups(
        &self,
        now: Timestamp,
        dry_run: bool,
        is_over: &mut dyn FnMut() -> bool,
    ) -> Result<(Vec<String>, u64, bool), BackupError> {
        let dir = self.backup_directory();
        let keep = self.backups.keep_days;
        let vault = Vault::open(&dir)?;
        let name = |vault: &Vault, number: u64| {
            vault.folder(number).map(|folder| self.name_of(&folder)).unwrap_or_default()
        };
        let gone = going(vault.points(), now, keep);
        if dry_run || gone.is_empty() || self.read_only {
            let points = gone.iter().filter_map(|number| vault.chain.point(*number));
            let bytes = points.map(|point| point.bytes).sum();
            let names = gone.iter().map(|number| name(&vault, *number)).collect();
            return Ok((names, bytes, true));
        }
        let failed = |source| BackupError::io("remove backups in", &dir, source);
        let (mut vault, held) = Vault::hold(&dir)?;
        let (mut backups, mut names, mut bytes) = (Vec::new(), Vec::new(), 0);
        let gone = going(vault.points(), now, keep);
        let mut all = true;
        let mut result = Ok(());
        for number in gone {
            if is_over() {
                all = false;
                break;
            }
            match vault.remove(number) {
                Ok(taken) => {
                    bytes += taken;
                    names.push(name(&vault, number));
                    backups.push(number);
                }
                Err(error) => {
                    result = Err(error);
                    break;
                }
            }
        }
        if !backups.is_empty() {
            vault.chain.tell(&dir, now, Told::Pruned { backups }).map_err(failed)?;
        }
        drop(held);
        result.map_err(failed)?;
        Ok((names, bytes, all))
    }
}

#[cfg(test)]
mod tests {
    use milestone_core::log::Digest;

    use super::*;
    use crate::backup::Occasion;

    const DAY: i64 = DAY_MICROS;

    fn point(number: u64, day: i64, full: bool, good: bool) -> Point {
        Point {
            number,
            full,
            why: Occasion::Daily,
            folder: String::new(),
            manifest: String::new(),
            bytes: 0,
            records: 0,
            digest: Digest::default(),
            degraded: false,
            at: Timestamp(day * DAY),
            verified: good.then(|| "f".to_owned()),
            damaged: false,
        }
    }

    /// A full one each tenth day, based ones between.
    fn points(good: impl Fn(i64) -> bool) -> Vec<Point> {
        (0..100i64)
            .map(|day| point(day.unsigned_abs() + 1, day, day % 10 == 0, good(day)))
            .collect()
    }

    /// Shown red by: not looking whether the clock has jumped.
    #[test]
    fn no_clock_empties_it() {
        let all = points(|_| true);
        let gone = going(&all, Timestamp(100 * DAY), 35);
        assert_eq!((gone.first(), gone.last()), (Some(&1), Some(&60)));
        assert_eq!(going(&all, Timestamp(100 * DAY), 1).last(), Some(&70), "three groups stay");
        for now in [-40_000, 0, 50, 98, 101_000, 4_000_000] {
            assert_eq!(going(&all, Timestamp(now * DAY), 35), [0; 0], "{now}");
        }
        // A backup that was made while the clock was in the future does not make the others go.
        let mut jumped = all.clone();
        jumped.push(point(101, 4_000_000, true, true));
        let gone = going(&jumped, Timestamp(4_000_001 * DAY), 35);
        assert_eq!(gone.last(), Some(&80), "and the newest three groups are there still");
        assert_eq!(going(&jumped, Timestamp(101 * DAY), 35), [0; 0], "nor when it is mended");
    }

    #[test]
    fn the_newest_good_one_stays_with_all_that_came_after_it() {
        assert_eq!(going(&points(|_| false), Timestamp(100 * DAY), 35), [0; 0]);
        let gone = going(&points(|day| day == 31), Timestamp(100 * DAY), 35);
        assert_eq!(gone.last(), Some(&30));
        let mut damaged = points(|_| true);
        for held in damaged.iter_mut().skip(20) {
            held.damaged = true;
        }
        assert_eq!(going(&damaged, Timestamp(100 * DAY), 35).last(), Some(&10));
    }
}
