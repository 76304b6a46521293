//! The critical path: what must not slip, and how much everything else may.
//!
//! Start at [`Schedule::of`], from a plan; [`Network`] is the method alone, on numbers.
//!
//! - **Invariant.** Any plan gives a schedule: what closes a cycle, as a merge can leave one,
//!   counts for nobody.
//! - **Source.** J. E. Kelley, "Critical-path planning and scheduling: mathematical basis",
//!   Operations Research 9 (1961); the four kinds with lag as in J. J. Moder, C. R. Phillips and
//!   E. W. Davis, "Project Management with CPM, PERT and Precedence Diagramming", 3rd ed. (1983).

mod network;
mod schedule;

pub use network::{Bond, Network, Times};
pub use schedule::{ESTIMATE_MINUTES_DEFAULT, Schedule, ScheduleRow};
