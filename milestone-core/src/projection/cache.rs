//! What was read from a base, or worked out from it, and may be asked for again.
//!
//! - **Invariant.** A copy of a state begins with an empty cache; a change to a milestone's tasks
//!   forgets its rows. What was read from a base never changes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::{Milestone, Task, TaskRow};

/// Things by name, made when they are first asked for.
#[derive(Debug)]
pub(super) struct Kept<T>(Mutex<HashMap<Box<str>, T>>);

impl<T: Clone> Kept<T> {
    /// What is kept under `name`, or what `make` gives.
    pub(super) fn get(&self, name: &str, make: impl FnOnce() -> T) -> T {
        if let Some(held) = self.lock().get(name) {
            return held.clone();
        }
        let made = make();
        self.lock().insert(name.into(), made.clone());
        made
    }

    /// Forgets what is kept under `name`.
    pub(super) fn forget(&mut self, name: &str) {
        let held = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        if !held.is_empty() {
            held.remove(name);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Box<str>, T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

/// What a state keeps of its base.
#[derive(Debug, Default)]
pub(super) struct Cache {
    pub(super) milestones: Kept<Option<Arc<Milestone>>>,
    pub(super) tasks: Kept<Option<Arc<Task>>>,
    pub(super) rows_of_base: Kept<Arc<Vec<TaskRow>>>,
    pub(super) rows: Kept<Arc<Vec<TaskRow>>>,
}

impl Clone for Cache {
    fn clone(&self) -> Self {
        Self::default()
    }
}
