//! The health of milestones wherever one word of it is shown: `show`, `list`, `status`, reports.
//!
//! Start at [`standings_at`]; [`judge`] fills it in where milestones are looked at for another
//! reason.
//!
//! - **Invariant.** One health: `milestone_analytics::health::standings` makes it, of the same
//!   facts, window and seed, whoever asks. Where it is not asked, nothing is said of it.

use std::collections::HashMap;

use milestone_analytics::Facts;
use milestone_analytics::figures::WINDOW_DAYS_DEFAULT;
use milestone_analytics::health::{Health, Judging, Standing, standings};
use milestone_core::domain::{Plan, effective_stage};
use milestone_core::words::{RecordId, Slug, Timestamp};

use super::evidence::facts_at;
use crate::run::context::{Context, Moment};
use crate::ui::error::Problem;
use crate::ui::view::MilestoneView;

/// A log with more records than this is not read through for a word beside something else: it takes
/// a quarter of a second, more than the rest of the answer. `status` reads it.
pub(super) const JUDGED_RECORDS_MAX: u64 = 50_000;

/// How milestones stand at a moment, by the history of the last `days` days.
pub(super) fn standings_at(
    facts: &Facts,
    ids: &[Slug],
    now: Timestamp,
    heads: &[RecordId],
    days: u32,
) -> Vec<Standing> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    standings(facts, ids, &Judging { now, days, heads, threads })
}

/// Fills in how those fare that are open and have a due date.
pub(super) fn judge<'v>(
    context: &mut Context,
    moment: &Moment,
    views: impl Iterator<Item = &'v mut MilestoneView>,
) -> Result<(), Box<Problem>> {
    let mut dated: Vec<(Slug, &mut MilestoneView)> = views
        .filter(|view| view.is_open() && view.due.is_some())
        .filter_map(|view| Some((Slug::new(&view.reference).ok()?, view)))
        .collect();
    if dated.is_empty() || moment.count > JUDGED_RECORDS_MAX {
        return Ok(());
    }
    let (facts, now) = facts_at(context, moment)?;
    let ids: Vec<Slug> = dated.iter().map(|(id, _)| id.clone()).collect();
    let all = standings_at(&facts, &ids, now, &moment.heads, WINDOW_DAYS_DEFAULT);
    let all: HashMap<Slug, Health> = all.into_iter().map(|held| (held.id, held.health)).collect();
    for (id, view) in &mut dated {
        view.health = all.get(id).copied();
    }
    Ok(())
}

/// How one milestone fares, if it is open and has a due date.
pub(super) fn health_of(
    context: &mut Context,
    moment: &Moment,
    id: &str,
) -> Result<Option<Health>, Box<Problem>> {
    let Some(held) = moment.state.milestone(id) else { return Ok(None) };
    let stage = effective_stage(&held, &moment.state.rows(id));
    if !stage.is_left() || held.item.due.is_none() || moment.count > JUDGED_RECORDS_MAX {
        return Ok(None);
    }
    let (facts, now) = facts_at(context, moment)?;
    let ids = [held.id.clone()];
    let all = standings_at(&facts, &ids, now, &moment.heads, WINDOW_DAYS_DEFAULT);
    Ok(all.first().map(|held| held.health))
}
