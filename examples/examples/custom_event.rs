//! How do I put facts of my own into the log?
//!
//! - **Shows** an event `x.acme.deployed`: kept with all its members, listed in the history of its
//!   milestone, without effect on the plan, and handed to a projection that understands it.
//! - **Leaves out** rules. Nobody but you knows what your event means; check it before you send it.
//! - **Run** `cargo run -p milestone-examples --example custom_event`.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use milestone_core::domain::{Body, Command, Plan};
use milestone_core::log::Checkpoint;
use milestone_core::projection::{
    Batch, Document, Fingerprint, Locality, Projection, ProjectionError, Spec, State, project,
};
use milestone_core::words::RecordId;
use milestone_examples::{Done, caller, scratch, small_project};
use milestone_project::HistoryFilter;
use milestone_testkit::check_projection;
use sha2::{Digest, Sha256};

const DEPLOYED: &str = "x.acme.deployed";

/// What our event carries. Members that are not known are skipped, so more can come later.
#[derive(serde::Deserialize)]
struct Deployed {
    version: String,
}

#[derive(Debug, Default)]
struct Held {
    /// By (clock, id), the order of the log: records that arrive late find their place.
    deployed: BTreeMap<(u64, RecordId, usize), String>,
    checkpoint: Option<Checkpoint>,
}

/// What was deployed, in the order of the log.
#[derive(Debug, Default, Clone)]
struct Deployments(Rc<RefCell<Held>>);

impl Projection for Deployments {
    fn spec(&self) -> Spec {
        Spec { name: "deployments", schema: 1, locality: Locality::Local }
    }

    fn checkpoint(&mut self) -> Result<Option<Checkpoint>, ProjectionError> {
        Ok(self.0.borrow().checkpoint.clone())
    }

    fn apply(&mut self, batch: &Batch<'_>) -> Result<(), ProjectionError> {
        let mut held = self.0.borrow_mut();
        for record in batch.records.iter().map(|placed| placed.record) {
            for (place, event) in record.events.iter().enumerate() {
                let Body::Unknown { kind, details } = &event.body else { continue };
                if **kind == *DEPLOYED
                    && let Ok(deployed) = serde_json::from_str::<Deployed>(&details.0)
                {
                    held.deployed.insert((record.clock, record.id, place), deployed.version);
                }
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
        let shown = format!("{:?}", self.0.borrow().deployed);
        Ok(Fingerprint(Sha256::digest(shown).into()))
    }
}

fn main() -> Done {
    let dir = scratch()?;
    let mut tracked = small_project(dir.path())?;
    let before = tracked.as_of(&milestone_project::AsOf::Time(caller("ci", 60).now))?.0;
    for (minute, details) in [
        (10, r#"{"version":"1.4.0","to":"staging"}"#),
        (50, r#"{"version":"1.4.1","to":"production"}"#),
    ] {
        let command = Command::Custom {
            kind: DEPLOYED.to_owned(),
            target: Some("api".to_owned()),
            details: details.to_owned(),
        };
        tracked.execute(&command, &caller("ci", minute))?;
    }
    // A kind outside `x.<vendor>.<name>` could become one of ours, so it is refused.
    let ours =
        Command::Custom { kind: "deployed".to_owned(), target: None, details: "{}".to_owned() };
    let refused = tracked.execute(&ours, &caller("ci", 51)).expect_err("the kind is not allowed");
    println!("refused: {refused}");

    // In the history it is like any other, with every member that was sent.
    let kinds = vec![DEPLOYED.to_owned()];
    let entries = tracked.history(&HistoryFilter { kinds, ..HistoryFilter::default() })?;
    for entry in &entries {
        println!(
            "{} {} {}",
            entry.milestone_id.as_deref().unwrap_or("-"),
            entry.kind,
            entry.details
        );
    }
    assert_eq!(entries.len(), 2);
    assert!(entries[1].details.get().contains(r#""to":"production""#));

    // The plan is what it was, but for when the milestone was last touched.
    let without_time = |state: &State| {
        let mut members = Document::of_milestone(&*state.milestone("api")?).members();
        members.remove("changed_at").map(|_| members)
    };
    let then = without_time(&before).ok_or("it is there")?;
    assert_eq!(Some(then), without_time(tracked.state()));

    let mut mine = Deployments::default();
    project(tracked.store(), tracked.state(), tracked.checkpoint(), &mut mine)?;
    let versions: Vec<String> = mine.0.borrow().deployed.values().cloned().collect();
    println!("deployed: {versions:?}");
    assert_eq!(versions, ["1.4.0", "1.4.1"]);
    let shelf = Deployments::default();
    check_projection(|| shelf.clone());
    Ok(())
}
