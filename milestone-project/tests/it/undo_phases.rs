//! Undo in workflows: every step goes back to exactly where its phase stood, times included.
//!
//! Shown red by: an opposite that leaves out who submitted; one that forgets the hash of a file.

use milestone_core::domain::{
    Command, FileContent, NewDelivery, NewPhase, NewTask, NewWorkflow, PhaseSpec, Step,
};

fn workflow(phases: &[(&str, bool)]) -> NewWorkflow {
    let phase = |(name, approval_required): &(&str, bool)| NewPhase {
        spec: PhaseSpec {
            phase: (*name).to_owned(),
            weight: 10,
            approval_required: *approval_required,
            deliverables: vec!["plan".to_owned()],
            ..PhaseSpec::default()
        },
        criteria: vec!["it holds".to_owned()],
    };
    NewWorkflow { name: "kiro".to_owned(), phases: phases.iter().map(phase).collect() }
}

fn step(target: &str, step: Step) -> Command {
    Command::Phase { target: target.to_owned(), phase: None, step }
}

fn content(hash: &str) -> Vec<FileContent> {
    vec![FileContent { path: "plan.md".to_owned(), sha256: Some(hash.repeat(32)) }]
}

fn deliver(target: &str, name: &str) -> Command {
    let (path, sha256) = (Some("plan.md".to_owned()), Some("aa".repeat(32)));
    let delivery = NewDelivery { path, sha256, ..NewDelivery::default() };
    step(target, Step::Deliver { name: name.to_owned(), delivery, contents: Vec::new() })
}

fn submit(target: &str, hash: &str) -> Command {
    step(target, Step::Submit { contents: content(hash), note: None })
}

/// A task in each of the places in which a phase may be: begun, submitted, sent back.
pub(super) fn prepare(does: &mut impl FnMut(Command)) {
    let both = workflow(&[("design", true), ("build", false)]);
    let task = |title: &str| NewTask { title: title.to_owned(), ..NewTask::default() };
    does(Command::AddTasks { on: "api".to_owned(), tasks: vec![task("Look"), task("Sent")] });
    for target in ["api/look", "api/sent"] {
        let targets = vec![target.to_owned()];
        does(Command::EnableWorkflow { targets, workflow: both.clone() });
    }
    does(deliver("api/sent", "plan"));
    does(submit("api/sent", "bb"));
    does(step("api/sent", Step::RequestChanges { note: "say why".to_owned() }));
    does(deliver("api/look", "plan"));
    does(deliver("api/look", "more"));
}

/// What may be done from there.
pub(super) fn changes() -> Vec<(&'static str, Command)> {
    let targets = || vec!["web/plan".to_owned()];
    vec![
        (
            "a workflow",
            Command::EnableWorkflow { targets: targets(), workflow: workflow(&[("do", false)]) },
        ),
        ("a plan", step("api/look", Step::Plan { minutes_min: Some(5), minutes_max: Some(9) })),
        ("a delivery", deliver("api/look", "last")),
        ("another delivery of the same", deliver("api/sent", "plan")),
        ("nothing delivered", step("api/look", Step::TakeBack { name: "more".to_owned() })),
        ("nothing wanted delivered", step("api/look", Step::TakeBack { name: "plan".to_owned() })),
        ("a submission", submit("api/look", "cc")),
        ("a submission after changes", submit("api/sent", "cc")),
        ("a start after changes", step("api/sent", Step::Start { contents: Vec::new() })),
    ]
}

/// Pairs of which the second builds on the first.
pub(super) fn built_on() -> Vec<(Command, Command)> {
    let targets = vec!["web/plan".to_owned()];
    let begin = Command::EnableWorkflow { targets, workflow: workflow(&[("do", true)]) };
    let start = |target| step(target, Step::Start { contents: Vec::new() });
    vec![
        (begin.clone(), start("web/plan")),
        (begin, deliver("web/plan", "plan")),
        (start("api/sent"), submit("api/sent", "cc")),
    ]
}
