//! How do I derive something of my own from the log, and know that it is right?
//!
//! - **Shows** a whole [`Projection`]: how many of the tasks that each person added are done. The
//!   engine brings it up to date; `check_projection` plays forks, merges and damage against it.
//! - **Leaves out** a disk. One that writes files writes its checkpoint last.
//! - **Run** `cargo run -p milestone-examples --example custom_projection`.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use milestone_core::domain::{Command, Stage};
use milestone_core::log::Checkpoint;
use milestone_core::projection::{
    Batch, Fingerprint, Locality, Projection, ProjectionError, Spec, Work, project, verify,
};
use milestone_core::words::StreamId;
use milestone_examples::{Done, caller, scratch, small_project};
use milestone_testkit::check_projection;
use sha2::{Digest, Sha256};

/// Who added each task that is done.
#[derive(Debug, Default)]
struct Held {
    done: BTreeMap<StreamId, String>,
    checkpoint: Option<Checkpoint>,
}

/// How many of the tasks that each person added are done. Clones share the data, which outlives
/// them as a file would.
#[derive(Debug, Default, Clone)]
struct DoneByAuthor(Rc<RefCell<Held>>);

impl DoneByAuthor {
    fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for author in self.0.borrow().done.values() {
            *counts.entry(author.clone()).or_default() += 1;
        }
        counts
    }
}

impl Projection for DoneByAuthor {
    fn spec(&self) -> Spec {
        Spec { name: "done-by-author", schema: 1, locality: Locality::Local }
    }

    fn checkpoint(&mut self) -> Result<Option<Checkpoint>, ProjectionError> {
        Ok(self.0.borrow().checkpoint.clone())
    }

    // The fold has been run. Each touched task comes as it is after the batch, so a task that was
    // reopened, or changed by a record that arrived late, needs no thought here.
    fn apply(&mut self, batch: &Batch<'_>) -> Result<(), ProjectionError> {
        let mut held = self.0.borrow_mut();
        for task in batch.tasks {
            if task.item.stage == Stage::Done {
                held.done.insert(task.stream.clone(), task.item.created_by.to_string());
            } else {
                held.done.remove(&task.stream);
            }
        }
        held.checkpoint = batch.next.cloned();
        Ok(())
    }

    fn wipe(&mut self) -> Result<(), ProjectionError> {
        *self.0.borrow_mut() = Held::default();
        Ok(())
    }

    fn fingerprint(&mut self) -> Result<Fingerprint, ProjectionError> {
        let shown = format!("{:?}", self.0.borrow().done);
        Ok(Fingerprint(Sha256::digest(shown).into()))
    }
}

fn main() -> Done {
    let dir = scratch()?;
    let mut tracked = small_project(dir.path())?;
    let mut mine = DoneByAuthor::default();
    let work = project(tracked.store(), tracked.state(), tracked.checkpoint(), &mut mine)?;
    println!("first time: {work:?}");

    let done = Command::Complete {
        targets: vec!["api/design".to_owned(), "api/docs".to_owned()],
        force: None,
        note: None,
        time_spent: 0,
        contents: Vec::new(),
    };
    tracked.execute(&done, &caller("bob", 9))?;
    let work = project(tracked.store(), tracked.state(), tracked.checkpoint(), &mut mine)?;
    println!("then: {work:?}, {:?}", mine.counts());
    assert_eq!(work, Work::Tail(1));
    assert_eq!(mine.counts(), BTreeMap::from([("ann".to_owned(), 2)]));

    // Live is the same as built from the first record: here, …
    let compared = verify(tracked.store(), &mut mine, &mut DoneByAuthor::default())?;
    assert!(compared.holds());

    // … and for histories that nobody would think of. It panics with the history if not.
    let shelf = DoneByAuthor::default();
    check_projection(|| shelf.clone());
    println!("it holds for every history of the testkit");
    Ok(())
}
