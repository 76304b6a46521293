//! Which milestones and tasks a verb can act on, as far as their stages say so.
//!
//! Start at [`Acts::of`].
//!
//! - **Invariant.** What a verb takes is offered; a verb without a row here takes everything.
//! - **Absent on purpose.** What waits or is blocked: `--force` is a way to start it.

use milestone_core::domain::{Item, Stage};

/// What a verb can act on.
#[derive(Clone, Copy)]
pub(super) struct Acts {
    /// By the stage of the thing itself.
    on: fn(&Item) -> bool,
    /// By the stage of the milestone that a task is in.
    inside: fn(Stage) -> bool,
    /// True if it takes tasks.
    tasks: bool,
}

impl Acts {
    /// What the verb of a line acts on, if the next word says on what; `None` for everything.
    pub(super) fn of(line: &[String]) -> Option<Self> {
        if line.last().is_some_and(|last| last.starts_with('-')) {
            return None;
        }
        let going: fn(&Item) -> bool = |item| matches!(item.stage, Stage::Open | Stage::Underway);
        let at_work: fn(Stage) -> bool = |home| matches!(home, Stage::Open | Stage::Underway);
        let left: fn(&Item) -> bool = |item| item.stage.is_left();
        let kept: fn(Stage) -> bool = |home| home != Stage::Archived;
        let acts = |on, inside| Some(Self { on, inside, tasks: true });
        let whole = |on| Some(Self { on, inside: Stage::is_left, tasks: false });
        match line.get(1)?.as_str() {
            "start" => acts(|item| item.stage == Stage::Open, at_work),
            "progress" | "done" => acts(going, at_work),
            "block" | "cancel" => acts(left, Stage::is_left),
            "unblock" => acts(|item| item.open_blockers().next().is_some(), kept),
            "reopen" => acts(|item| matches!(item.stage, Stage::Done | Stage::Cancelled), kept),
            "pause" => whole(|item| item.stage == Stage::Underway),
            "archive" => whole(|item| item.stage != Stage::Archived),
            "unarchive" => whole(|item| item.stage == Stage::Archived),
            _ => None,
        }
    }

    /// True if the verb takes this milestone.
    pub(super) fn takes(self, milestone: &Item) -> bool {
        (self.on)(milestone)
    }

    /// True if it takes this task of a milestone in that stage.
    pub(super) fn takes_task(self, task: &Item, home: Stage) -> bool {
        self.tasks && (self.inside)(home) && (self.on)(task)
    }
}
