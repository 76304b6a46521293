//! How a milestone fares and when it will be done, with what that rests on.
//!
//! Start at [`rows`]. The words and the numbers are those of `status` and `forecast`.
//!
//! - **Invariant.** Nothing is said of what has ended, and no date without what it was drawn from.

use milestone_analytics::figures::WINDOW_DAYS_DEFAULT;
use milestone_analytics::forecast::Situation;
use milestone_analytics::health::{Health, LATE_PERCENT_MAX, ON_TRACK_PERCENT_MIN};
use milestone_core::words::Slug;

use super::super::evidence::{Evidence, date, facts_at, tasks};
use super::super::standing::Stands;
use super::WhyDoc;
use crate::run::context::{Context, Moment};
use crate::ui::error::Problem;
use crate::ui::{dates, health};

/// The rows about the health and the date of a milestone, if it is open; and the moment back.
pub(super) fn rows(
    context: &mut Context,
    moment: Moment,
    id: Slug,
) -> Result<(Vec<WhyDoc>, Moment), Box<Problem>> {
    let (facts, now) = facts_at(context, &moment)?;
    let evidence = Evidence { moment, facts, now, about: Some(id.clone()) };
    let all = Stands::of(&evidence, &[id], WINDOW_DAYS_DEFAULT);
    let rows = all.first().map(|stands| told(&evidence, stands)).unwrap_or_default();
    Ok((rows, evidence.moment))
}

fn told(evidence: &Evidence, stands: &Stands) -> Vec<WhyDoc> {
    let held = &stands.standing;
    let mut because = stands.reasons(evidence.today()).join("; ");
    if matches!(held.health, Health::Late | Health::AtRisk | Health::OnTrack)
        && held.chance.is_some()
    {
        because.push_str(&format!(
            ". A chance of {ON_TRACK_PERCENT_MIN}% or more is on track, one under \
             {LATE_PERCENT_MAX}% is late"
        ));
    }
    let row = |what, is, because| WhyDoc { what, is, because, records: Vec::new() };
    let mut rows = vec![row("health", health::word(held.health).to_owned(), because)];
    if let Some(day) = held.p85 {
        let is = format!("85% by {}", dates::with_day(date(day)));
        rows.push(row("forecast", is, drawn_from(evidence, held.left)));
    }
    rows
}

/// What a date was drawn from.
fn drawn_from(evidence: &Evidence, left: u32) -> String {
    let (facts, extent) = (&evidence.facts, evidence.extent());
    let situation = Situation::at(facts, extent, evidence.now, WINDOW_DAYS_DEFAULT);
    let basis = &situation.basis;
    let whose = if basis.project { "the project" } else { "this milestone" };
    format!(
        "{} left; trials draw from the {} that {whose} finished on {} of the last {}, and keep \
         what waits for what. milestone forecast shows all of it",
        tasks(left.into()),
        tasks(basis.finished.into()),
        basis.days_with_any,
        dates::days(basis.pace.days.len() as u64),
    )
}
