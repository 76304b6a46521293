//! What the progress of a milestone or a task is made of: the formula with its numbers, and every
//! part with what it adds.
//!
//! Start at [`Sum::of`] and, for a task with a workflow, [`PhaseSum::of`]; the rules are
//! `milestone_core::domain::milestone_progress` and `Workflow`.
//!
//! - **Invariant.** The parts are those that the rule counts, and what they add is the sum that is
//!   rounded to the percentage.

use milestone_core::domain::{
    Milestone, Phase, Stage, TaskRow, WHOLE, Workflow, milestone_progress,
};

/// Most addends that the formula writes out; the parts have them all.
const ADDENDS_SHOWN_MAX: usize = 12;

/// What a percentage is made of.
pub(super) struct Sum<'r> {
    rows: Vec<&'r TaskRow>,
    weights: u128,
    /// In units of [`WHOLE`].
    sum: u128,
    percent: u8,
}

impl<'r> Sum<'r> {
    /// The tasks of a milestone that count; `None` if there is none.
    pub(super) fn of(milestone: &Milestone, rows: &'r [TaskRow]) -> Option<Self> {
        let percent = milestone_progress(milestone, rows).percent;
        let counts = |row: &&TaskRow| !matches!(row.stage, Stage::Cancelled | Stage::Removed);
        let rows: Vec<&TaskRow> = rows.iter().filter(counts).collect();
        let weights = rows.iter().map(|row| u128::from(row.weight)).sum();
        let weighted = |row: &&TaskRow| u128::from(row.weight) * u128::from(row.fraction);
        let sum = rows.iter().map(weighted).sum();
        (!rows.is_empty()).then_some(Self { rows, weights, sum, percent })
    }

    /// The tasks that count, in their order.
    pub(super) fn rows(&self) -> &[&'r TaskRow] {
        &self.rows
    }

    /// The formula with its numbers: `weight x part done / weight = (1x100% + 1x0%) / 2 = 50%`.
    pub(super) fn formula(&self) -> String {
        let done = self.rows.iter().filter(|row| row.stage == Stage::Done).count();
        let all = self.rows.len();
        let tasks = if all == 1 { "1 task".to_owned() } else { format!("{all} tasks") };
        let head = format!("weight x part done / weight, over {tasks}; {done} done");
        if self.weights == 0 {
            return format!("{head}. No task has a weight, so each counts as much: {done} / {all}");
        }
        let exact = hundredths(self.sum, self.weights);
        let addends: Vec<String> =
            self.rows.iter().map(|row| format!("{}x{}", row.weight, part(row))).collect();
        let sum = match all <= ADDENDS_SHOWN_MAX {
            true => format!("({})", addends.join(" + ")),
            false => format!("({}% in all)", points(self.sum)),
        };
        let mut said = format!("{head}: {sum} / {} = {exact}%", self.weights);
        let rounded = (self.sum * 200 + self.weights * u128::from(WHOLE))
            / (self.weights * u128::from(WHOLE) * 2);
        match (rounded, self.percent) {
            (0, 1) => said.push_str(", shown as 1%: 0% is said only where nothing has begun"),
            (100, 99) => said.push_str(", shown as 99%: 100% is said only where all is done"),
            _ => {}
        }
        said
    }

    /// What one task adds: `weight 1 of 4, 67% of it: adds 16.75 points`.
    pub(super) fn adds(&self, row: &TaskRow) -> String {
        let (weight, weights) = (row.weight, self.weights);
        let adds = match weights {
            0 => "adds by its end alone".to_owned(),
            _ => {
                let own = u128::from(weight) * u128::from(row.fraction);
                format!("adds {} points", hundredths(own, weights))
            }
        };
        format!("weight {weight} of {weights}, {} of it: {adds}", part(row))
    }
}

/// What the progress of a workflow is made of.
pub(super) struct PhaseSum<'w> {
    phases: &'w [Phase],
    /// True if no phase has a weight, so that each counts alike.
    alike: bool,
}

impl<'w> PhaseSum<'w> {
    /// Its phases.
    pub(super) fn of(workflow: &'w Workflow) -> Self {
        let phases = workflow.phases.as_slice();
        Self { phases, alike: phases.iter().all(|phase| phase.weight == 0) }
    }

    fn weight(&self, phase: &Phase) -> u128 {
        if self.alike { 1 } else { u128::from(phase.weight) }
    }

    fn weights(&self) -> u128 {
        self.phases.iter().map(|phase| self.weight(phase)).sum()
    }

    /// `weights of the finished phases / all weights: (design 15 + spec 25) / 100 = 40.00%`.
    pub(super) fn formula(&self) -> String {
        let finished = || self.phases.iter().filter(|phase| phase.status.is_finished());
        let addends: Vec<String> =
            finished().map(|phase| format!("{} {}", phase.name, self.weight(phase))).collect();
        let sum: u128 = finished().map(|phase| self.weight(phase)).sum();
        let of = self.weights();
        let addends = if addends.is_empty() { "0".to_owned() } else { addends.join(" + ") };
        let alike = if self.alike { "; no phase has a weight, so each counts as 1" } else { "" };
        let exact = hundredths(sum * u128::from(WHOLE), of.max(1));
        format!(
            "weights of the finished phases / all weights: ({addends}) / {of} = {exact}%{alike}"
        )
    }

    /// Each phase with what it adds: `weight 15 of 100, approved: adds 15.00 points`.
    pub(super) fn parts(&self) -> impl Iterator<Item = (String, String)> {
        let of = self.weights();
        self.phases.iter().map(move |phase| {
            let weight = self.weight(phase);
            let own = if phase.status.is_finished() { weight * u128::from(WHOLE) } else { 0 };
            let (points, word) = (hundredths(own, of.max(1)), phase.status.word());
            let word = word.replace('_', " ");
            let adds = format!("weight {weight} of {of}, {word}: adds {points} points");
            (phase.name.to_string(), adds)
        })
    }
}

/// The part of a task that is done, exactly enough that the sum comes out.
fn part(row: &TaskRow) -> String {
    let share = hundredths(u128::from(row.fraction), 1);
    format!("{}%", share.strip_suffix(".00").unwrap_or(&share))
}

/// A share in percent with two digits behind the point, rounded half up.
fn hundredths(part: u128, weights: u128) -> String {
    let whole = weights * u128::from(WHOLE);
    let hundredths = (part * 20_000 + whole) / (whole * 2);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// A sum of weights times parts, in percent.
fn points(sum: u128) -> String {
    hundredths(sum, 1)
}
