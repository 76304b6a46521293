//! What happened in a project, for figures and forecasts.
//!
//! Start at [`Project::facts`].
//!
//! - **Invariant.** Facts are made of exactly the records of a state, so that figures of an earlier
//!   moment know nothing of what was recorded later.
//! - **Absent on purpose.** Keeping them: the log is read each time, for a figure is asked for
//!   rarely.

use milestone_analytics::{Collector, Facts};
use milestone_core::log::{Step, scan};
use milestone_core::projection::State;
use milestone_core::words::RecordId;

use crate::as_of::ancestors;
use crate::error::HistoryError;
use crate::project::Project;

impl Project {
    /// The facts of `state`, which is the fold of the records that `heads` build on; of all records
    /// if that is `None`. Days are those of a clock `offset_minutes` east of UTC.
    ///
    /// # Errors
    ///
    /// [`HistoryError`] if the log cannot be read.
    pub fn facts(
        &self,
        state: &State,
        heads: Option<&[RecordId]>,
        offset_minutes: i32,
    ) -> Result<Facts, HistoryError> {
        let known = heads.map(|heads| ancestors(&self.store, heads)).transpose()?;
        let mut collector = Collector::new();
        scan(&self.store, |step| match step {
            Step::Restart => collector = Collector::new(),
            Step::Line(line, _) => {
                let record = &line.record;
                if known.as_ref().is_none_or(|known| known.contains(&record.id)) {
                    collector.take(record, state);
                }
            }
        })?;
        Ok(Facts::of(&collector, state, offset_minutes))
    }
}
