//! What somebody should look at: dates that have passed, work that stands still, and this machine.
//!
//! Start at [`Project::alerts`]; [`alerts_of_work`] is the part of it that has a past. Every
//! threshold can be turned off.
//!
//! - **Invariant.** An alert follows from the log, the clock and what is on the disk: nothing is
//!   remembered of it but that it was said.
//! - **Absent on purpose.** Words: the edge has them. And figures: how milestones fare is said by
//!   `milestone-analytics`.

use milestone_core::domain::{Plan, Stage};
use milestone_core::projection::State;
use milestone_core::words::{Date, Timestamp};

use crate::backup::Vault;
use crate::maintain::BACKUP_RECORDS_MIN;
use crate::project::Project;

const DAY_MICROS: i64 = 86_400_000_000;

/// From when on something is worth an alert; `None` for never.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlertPolicy {
    /// So many days after it was due.
    pub overdue_days: Option<u32>,
    /// An active milestone of which nothing was recorded for so many days.
    pub stalled_days: Option<u32>,
    /// Blocked for so many days.
    pub blocked_days: Option<u32>,
    /// A read model that lacks so many records.
    pub lag_records: Option<u32>,
    /// Less free space than so many megabytes.
    pub disk_mb: Option<u32>,
    /// No good backup for so many days.
    pub backup_days: Option<u32>,
}

impl Default for AlertPolicy {
    fn default() -> Self {
        Self {
            overdue_days: Some(1),
            stalled_days: Some(14),
            blocked_days: Some(7),
            lag_records: Some(1_000),
            disk_mb: Some(100),
            backup_days: Some(7),
        }
    }
}

/// What an alert is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AlertKind {
    /// The log has warnings and errors; how many.
    Findings,
    /// The read model lacks records; how many.
    Lag,
    /// There is little free space; how many megabytes.
    Disk,
    /// There is no good backup, or it is so many days old.
    Backup,
    /// It was due so many days ago.
    Overdue,
    /// It is blocked for so many days.
    Blocked,
    /// Nothing was recorded of it for so many days.
    Stalled,
    /// So many of its deliverables are not what was approved.
    Changed,
}

impl AlertKind {
    /// Every one, in the order in which they are listed.
    pub const ALL: [Self; 8] = [
        Self::Findings,
        Self::Lag,
        Self::Disk,
        Self::Backup,
        Self::Overdue,
        Self::Blocked,
        Self::Stalled,
        Self::Changed,
    ];

    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Findings => "findings",
            Self::Lag => "lag",
            Self::Disk => "disk",
            Self::Backup => "backup",
            Self::Overdue => "overdue",
            Self::Blocked => "blocked",
            Self::Stalled => "stalled",
            Self::Changed => "changed",
        }
    }
}

/// Something that somebody should look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Alert {
    /// What it is about.
    pub kind: AlertKind,
    /// The milestone or task, if it is about one, by the stream that it is in.
    pub reference: Option<String>,
    /// How many: days, records or megabytes; `None` for a backup that was never made.
    pub value: Option<u64>,
}

impl Project {
    /// What somebody should look at, sorted. `today` is the day where the user is.
    pub fn alerts(&self, policy: &AlertPolicy, now: Timestamp, today: Date) -> Vec<Alert> {
        let mut alerts = Vec::new();
        let mut about = |kind, value| alerts.push(Alert { kind, reference: None, value });
        let [_, warn, error] = self.checkpoint.finding_counts;
        if warn + error > 0 {
            about(AlertKind::Findings, Some(warn + error));
        }
        let known = self.model.base().map_or(self.checkpoint.count, |(_, known)| known.count);
        let lag = self.checkpoint.count.saturating_sub(known);
        if policy.lag_records.is_some_and(|max| lag >= u64::from(max)) {
            about(AlertKind::Lag, Some(lag));
        }
        let free_mb = self.free_bytes().map(|free| free / 1_000_000);
        if let (Some(min), Some(free)) = (policy.disk_mb, free_mb)
            && free < u64::from(min)
        {
            about(AlertKind::Disk, Some(free));
        }
        let days = policy.backup_days.map(u64::from);
        let age = days.and_then(|_| self.backup_age_days(now));
        if let Some(age) = age.filter(|age| age.is_none_or(|age| Some(age) >= days)) {
            about(AlertKind::Backup, age);
        }
        alerts.extend(alerts_of_work(&self.state, policy, now, today));
        alerts.extend(self.alerts_of_files());
        alerts.sort();
        alerts
    }

    /// Tasks that are at work behind an approval that no longer holds.
    fn alerts_of_files(&self) -> impl Iterator<Item = Alert> {
        let held = self.state.milestones().into_iter().filter(|held| held.item.stage.is_left());
        let tasks = held.flat_map(|held| self.state.tasks_of(held.id.as_str()));
        tasks.filter_map(|task| {
            let changed: usize = self.lapsed(&task).iter().map(|(_, changed)| changed.len()).sum();
            let (kind, value) = (AlertKind::Changed, u64::try_from(changed).ok());
            (changed > 0).then(|| Alert { kind, reference: Some(task.reference()), value })
        })
    }

    /// Bytes that are free where the project is, for whoever asks.
    pub fn free_bytes(&self) -> Option<u64> {
        let found = rustix::fs::statvfs(&self.root).ok()?;
        Some(found.f_bavail.saturating_mul(found.f_frsize))
    }

    /// How many days old the newest good backup is, `Some(None)` if there is none; `None` where
    /// there is nothing yet that needs one.
    pub fn backup_age_days(&self, now: Timestamp) -> Option<Option<u64>> {
        if self.checkpoint.count < BACKUP_RECORDS_MIN {
            return None;
        }
        let vault = Vault::open(&self.backup_directory()).ok();
        let points = vault.as_ref().map(Vault::points).unwrap_or_default();
        let good = |point: &&crate::backup::Point| point.verified.is_some() && !point.damaged;
        let newest = points.iter().rfind(good);
        // The first backup is made by the first command of a day: until then nobody is bothered.
        let begun = self.state.project().created_at.map_or(0, |at| now.0.saturating_sub(at.0));
        if newest.is_none() && begun < 2 * DAY_MICROS {
            return None;
        }
        let age = newest.map(|point| now.0.saturating_sub(point.at.0).max(0) / DAY_MICROS);
        Some(age.map(i64::unsigned_abs))
    }
}

/// What somebody should look at in a plan, sorted: dates that have passed, and work that stands
/// still.
pub fn alerts_of_work(
    state: &State,
    policy: &AlertPolicy,
    now: Timestamp,
    today: Date,
) -> Vec<Alert> {
    let mut alerts = Vec::new();
    let days =
        |since: Timestamp| (now.0.saturating_sub(since.0).max(0) / DAY_MICROS).unsigned_abs();
    let over = |days: u64, max: Option<u32>| max.is_some_and(|max| days >= u64::from(max));
    for held in state.milestones().iter().filter(|held| held.item.stage.is_left()) {
        let tasks = state.tasks_of(held.id.as_str());
        let mut items = vec![(held.id.to_string(), &held.item)];
        items.extend(tasks.iter().map(|task| (task.reference(), &task.item)));
        for (reference, item) in items.iter().filter(|(_, item)| item.stage.is_left()) {
            let mut about = |kind, value| {
                let (reference, value) = (Some(reference.clone()), Some(value));
                alerts.push(Alert { kind, reference, value });
            };
            let late = item.due.map_or(0, |due| today.days() - due.days());
            let late = u64::try_from(late).unwrap_or(0);
            if late > 0 && over(late, policy.overdue_days) {
                about(AlertKind::Overdue, late);
            }
            let raised = item.blockers.iter().filter(|held| held.cleared_at.is_none());
            let blocked = raised.map(|held| days(held.at)).max();
            if let Some(blocked) = blocked.filter(|days| over(*days, policy.blocked_days)) {
                about(AlertKind::Blocked, blocked);
            }
        }
        let changed = items.iter().map(|(_, item)| item.changed_at).max();
        let still = changed.map(days).filter(|still| over(*still, policy.stalled_days));
        if let Some(still) = still.filter(|_| held.item.stage == Stage::Underway) {
            alerts.push(Alert {
                kind: AlertKind::Stalled,
                reference: Some(held.id.to_string()),
                value: Some(still),
            });
        }
    }
    alerts.sort();
    alerts
}
