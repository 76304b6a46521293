//! Commands about workflows at random, and the rules that no workflow of a state may break.
//!
//! Start at [`phases`] and [`of_workflow`].

use milestone_core::domain::{
    AGENT_PREFIX, Command, FileContent, NewDelivery, NewPhase, NewWorkflow, Phase, PhaseSpec,
    PhaseStatus, Step, Task,
};
use proptest::prelude::*;
use proptest::sample::select;

use crate::asking::reference;

const PATHS: [&str; 2] = ["plan.md", "tests.md"];

/// A workflow; sometimes one that cannot be.
pub(crate) fn workflow() -> impl Strategy<Value = NewWorkflow> {
    let names = select(vec!["design", "build", "check", "design", "Design phase"]);
    let phase = (names, 0u32..4, any::<bool>(), 0usize..3, any::<bool>());
    let phase = phase.prop_map(|(name, weight, approval_required, wanted, checked)| NewPhase {
        spec: PhaseSpec {
            phase: name.to_owned(),
            weight: weight * 10,
            minutes_min: (weight > 1).then_some(15),
            minutes_max: (weight > 2).then_some(30),
            approval_required,
            deliverables: ["plan", "tests"][..wanted].iter().map(|n| (*n).to_owned()).collect(),
        },
        criteria: checked.then(|| "it holds".to_owned()).into_iter().collect(),
    });
    let odd = (select(vec!["kiro", "Not a name"]), proptest::collection::vec(phase, 0..4))
        .prop_map(|(name, phases)| NewWorkflow { name: name.to_owned(), phases });
    prop_oneof![3 => Just(usual()), 1 => odd]
}

/// A gate, and a phase behind it.
pub(crate) fn usual() -> NewWorkflow {
    let phases = ["design", "build"].map(|name| NewPhase {
        spec: PhaseSpec {
            phase: name.to_owned(),
            weight: 1,
            approval_required: name == "design",
            ..PhaseSpec::default()
        },
        criteria: Vec::new(),
    });
    NewWorkflow { name: "usual".to_owned(), phases: phases.to_vec() }
}

fn contents() -> impl Strategy<Value = Vec<FileContent>> {
    let hash = select(vec![Some("aa"), Some("bb"), None]);
    proptest::collection::vec(hash, 0..3).prop_map(|hashes| {
        let content = |(path, hash): (&&str, Option<&str>)| FileContent {
            path: (*path).to_owned(),
            sha256: hash.map(|hash| hash.repeat(32)),
        };
        PATHS.iter().zip(hashes).map(content).collect()
    })
}

fn step() -> impl Strategy<Value = Step> {
    let name = || select(vec!["plan", "tests", "more", ""]).prop_map(str::to_owned);
    let note = || select(vec!["so it is", ""]).prop_map(str::to_owned);
    let delivery = (any::<bool>(), any::<bool>()).prop_map(|(path, text)| NewDelivery {
        path: path.then(|| PATHS[0].to_owned()),
        sha256: path.then(|| "aa".repeat(32)),
        text: text.then(|| "a few words".to_owned()),
        url: None,
    });
    prop_oneof![
        3 => contents().prop_map(|contents| Step::Start { contents }),
        3 => (name(), delivery, contents())
            .prop_map(|(name, delivery, contents)| Step::Deliver { name, delivery, contents }),
        1 => name().prop_map(|name| Step::TakeBack { name }),
        4 => contents().prop_map(|contents| Step::Submit { contents, note: None }),
        4 => (contents(), proptest::option::of(note()))
            .prop_map(|(contents, note)| Step::Approve { contents, note }),
        1 => note().prop_map(|note| Step::RequestChanges { note }),
        1 => note().prop_map(|note| Step::Reject { note }),
        1 => (proptest::option::of(5u32..40), proptest::option::of(5u32..40))
            .prop_map(|(minutes_min, minutes_max)| Step::Plan { minutes_min, minutes_max }),
    ]
}

/// Anything that may be asked about a workflow.
pub(crate) fn phases() -> impl Strategy<Value = Command> {
    let named = proptest::option::weighted(0.3, select(vec!["design", "build", "no such phase"]));
    let named = named.prop_map(|name| name.map(str::to_owned));
    // Mostly of one task, so that its phases come far.
    let task = prop_oneof![4 => Just("web/plan".to_owned()), 1 => reference()];
    prop_oneof![
        1 => (proptest::collection::vec(reference(), 1..3), workflow())
            .prop_map(|(targets, workflow)| Command::EnableWorkflow { targets, workflow }),
        8 => (task, named, step())
            .prop_map(|(target, phase, step)| Command::Phase { target, phase, step }),
    ]
}

/// What breaks a rule in the workflow of a task.
pub(crate) fn of_workflow(task: &Task) -> Vec<String> {
    let phases = task.workflow.iter().flat_map(|workflow| &workflow.phases);
    let wrong = |phase: &Phase| -> Option<&str> {
        let submitted = phase.submitted_at.is_some() && phase.submitted_by.is_some();
        match phase.status {
            PhaseStatus::Pending if phase.started_at.is_some() => Some("not begun, with a time"),
            PhaseStatus::InProgress if phase.started_at.is_none() => Some("begun at no time"),
            PhaseStatus::Submitted if !phase.approval_required => Some("it waits for nobody"),
            PhaseStatus::Submitted | PhaseStatus::Done if !submitted => Some("nobody submitted it"),
            PhaseStatus::Approved if phase.decided_by == phase.submitted_by => {
                Some("approved by who submitted it")
            }
            PhaseStatus::Approved
                if phase.decided_by.as_ref().is_none_or(|by| by.starts_with(AGENT_PREFIX)) =>
            {
                Some("approved by no person")
            }
            _ => None,
        }
    };
    let told = |phase: &Phase| {
        wrong(phase).map(|why| format!("{}:{}: {why}", task.reference(), phase.name))
    };
    phases.filter_map(told).collect()
}
