//! An example of a projection, and the model of every other: the document of each milestone and
//! task, in memory.
//!
//! Start at [`Documents`]. What it holds is in a [`Shelf`], which outlives it as a file would.
//!
//! - **Invariant.** A batch is taken in under one lock with its checkpoint: all of it or nothing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use milestone_core::domain::Stage;
use milestone_core::log::Checkpoint;
use milestone_core::projection::{
    Batch, Document, Fingerprint, Locality, Projection, ProjectionError, Spec,
};
use milestone_core::words::StreamId;

/// Where [`Documents`] keeps what it holds. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Shelf(Arc<Mutex<Held>>);

#[derive(Debug, Clone, Default)]
struct Held {
    documents: BTreeMap<StreamId, Document>,
    checkpoint: Option<Checkpoint>,
}

/// The document of each milestone and task.
///
/// ```
/// use milestone_testkit::{Documents, Shelf, check_projection};
///
/// let shelf = Shelf::default();
/// check_projection(|| Documents::on(&shelf));
/// ```
#[derive(Debug)]
pub struct Documents {
    shelf: Shelf,
}

impl Documents {
    /// Opens a shelf, with whatever is on it.
    pub fn on(shelf: &Shelf) -> Self {
        Self { shelf: shelf.clone() }
    }

    /// The documents, by the names of their streams.
    pub fn all(&self) -> BTreeMap<StreamId, Document> {
        self.held().documents.clone()
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.shelf.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Projection for Documents {
    fn spec(&self) -> Spec {
        Spec { name: "documents", schema: 1, locality: Locality::Local }
    }

    fn checkpoint(&mut self) -> Result<Option<Checkpoint>, ProjectionError> {
        Ok(self.held().checkpoint.clone())
    }

    fn apply(&mut self, batch: &Batch<'_>) -> Result<(), ProjectionError> {
        let mut held = self.held();
        for milestone in batch.milestones {
            held.documents.insert(milestone.stream(), Document::of_milestone(milestone));
        }
        for task in batch.tasks {
            if task.item.stage == Stage::Removed {
                held.documents.remove(&task.stream);
            } else {
                held.documents.insert(task.stream.clone(), Document::of_task(task));
            }
        }
        held.checkpoint = batch.next.cloned();
        Ok(())
    }

    fn wipe(&mut self) -> Result<(), ProjectionError> {
        *self.held() = Held::default();
        Ok(())
    }

    fn fingerprint(&mut self) -> Result<Fingerprint, ProjectionError> {
        Ok(Fingerprint::of_documents(self.all().into_iter().collect()))
    }
}
