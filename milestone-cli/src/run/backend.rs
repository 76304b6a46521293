//! Backends in words and documents, for all commands that speak of them.
//!
//! Start at [`ScaleDoc`].

use milestone_project::{Backend, Choice, Policy, Project, Scale, Threshold};
use schemars::JsonSchema;
use serde::Serialize;

use super::schema::BackendText;
use crate::args::migrate::BackendArg;

/// How large a project is and what follows from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ScaleDoc {
    /// What is in charge.
    #[schemars(with = "BackendText")]
    pub backend: Backend,
    /// `auto`, or the backend that `storage.backend` asks for.
    pub choice: &'static str,
    /// The backend that the scale asks for.
    #[schemars(with = "BackendText")]
    pub fits: Backend,
    /// True if somebody chose a smaller one, and no threshold moves it on.
    pub stays: bool,
    /// Milestones that are not archived.
    pub milestones: usize,
    /// Archived ones, which do not count.
    pub archived: usize,
    /// People who recorded something lately.
    pub people: Vec<String>,
    /// The backend that comes next; `null` if there is none.
    pub next: Option<NextDoc>,
}

/// What is missing until the next backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NextDoc {
    /// Which.
    #[schemars(with = "BackendText")]
    pub backend: Backend,
    /// So many more milestones are enough.
    pub milestones: usize,
    /// So many more people are enough, too.
    pub people: usize,
}

impl ScaleDoc {
    /// The document of a project that is so large.
    #[must_use]
    pub fn of(project: &Project, scale: &Scale) -> Self {
        let policy = project.policy();
        let fits = policy.advice(scale);
        Self {
            backend: project.backend(),
            choice: choice(policy),
            fits,
            stays: project.stays(),
            milestones: scale.milestones,
            archived: scale.archived,
            people: scale.people.clone(),
            next: threshold_above(policy, fits).map(|(backend, above)| NextDoc {
                backend,
                milestones: above.milestones.saturating_sub(scale.milestones),
                people: above.people.saturating_sub(scale.people.len()),
            }),
        }
    }
}

/// `auto`, or the backend that is asked for.
#[must_use]
pub fn choice(policy: &Policy) -> &'static str {
    match policy.choice {
        Choice::Auto => "auto",
        Choice::Pinned(backend) => backend.name(),
    }
}

/// From where on a backend is too small, and for which one then.
fn threshold_above(policy: &Policy, backend: Backend) -> Option<(Backend, Threshold)> {
    match backend {
        Backend::File => Some((Backend::Hybrid, policy.hybrid)),
        Backend::Hybrid => Some((Backend::Database, policy.database)),
        Backend::Database => None,
    }
}

/// Why a scale asks for that backend.
#[must_use]
pub fn reason(policy: &Policy, backend: Backend) -> String {
    let words = |threshold: Threshold| {
        let Threshold { milestones, people } = threshold;
        (counted(milestones, "milestone", "milestones"), counted(people, "person", "people"))
    };
    match backend {
        Backend::File => {
            let (milestones, people) = words(policy.hybrid);
            format!("fewer than {milestones} and fewer than {people}")
        }
        Backend::Hybrid => {
            let (milestones, people) = words(policy.hybrid);
            format!("{milestones} or {people}, and more")
        }
        Backend::Database => {
            let (milestones, people) = words(policy.database);
            format!("{milestones} or {people}, and more")
        }
    }
}

/// `1 person`, `3 people`.
#[must_use]
pub fn counted(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

/// `1.2 MB`, in powers of ten.
#[must_use]
pub fn bytes(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{}.{} kB", bytes / 1_000, bytes % 1_000 / 100),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// `under 0.1 s`, `0.4 s`, `2 min 5 s`.
#[must_use]
pub fn seconds(ms: u64) -> String {
    match ms / 1_000 {
        0 if ms < 100 => "under 0.1 s".to_owned(),
        0..60 => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

impl From<BackendArg> for Backend {
    fn from(typed: BackendArg) -> Self {
        match typed {
            BackendArg::File => Self::File,
            BackendArg::Hybrid => Self::Hybrid,
            BackendArg::Database => Self::Database,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_are_short() {
        let all = [0, 999, 1_000, 123_456, 1_250_000, 3_000_000_000].map(bytes);
        assert_eq!(all, ["0 bytes", "999 bytes", "1.0 kB", "123.4 kB", "1.2 MB", "3000.0 MB"]);
        assert_eq!(
            [0, 449, 59_999, 125_000].map(seconds),
            ["under 0.1 s", "0.4 s", "59.9 s", "2 min 5 s"]
        );
    }
}
