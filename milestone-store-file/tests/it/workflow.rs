//! Workflow files: what is read out of them, and what is said of those that are none.
//!
//! Shown red by: weights that are guessed when one is missing; a duration read as its first number.

use milestone_core::domain::NewPhase;
use milestone_store_file::{WORKFLOW_BYTES_MAX, WorkflowFile};

/// The block of the specification, as it stands there.
const SPECIFIED: &str = r#"kiro_workflow:
  enabled: true
  current_phase: "spec"
  phases:
    design:      # Architecture and planning
      duration: "15-30 minutes"
      approval_required: true
      deliverables: ["architecture_decisions", "api_design"]
    spec:        # Technical specification
      duration: "10-20 minutes"  
      approval_required: true
      deliverables: ["technical_spec", "test_plan"]
    task:        # Implementation planning
      duration: "5-15 minutes"
      approval_required: false
      deliverables: ["implementation_plan", "task_breakdown"]
    execute:     # Implementation and testing
      duration: "Variable"
      approval_required: false
      deliverables: ["working_code", "test_results"]
"#;

fn told(phase: &NewPhase) -> String {
    let spec = &phase.spec;
    let minutes = |minutes: Option<u32>| minutes.map_or("open".to_owned(), |m| m.to_string());
    let (min, max) = (minutes(spec.minutes_min), minutes(spec.minutes_max));
    let gate = if spec.approval_required { "approved" } else { "passes" };
    let wanted = spec.deliverables.join(" ");
    format!("{} {} {min}-{max} {gate} {wanted}", spec.phase, spec.weight)
}

fn fault(text: &str) -> String {
    WorkflowFile::parse("own", text).expect_err("it is no workflow").to_string()
}

#[test]
fn the_block_of_the_specification_is_a_workflow() {
    let file = WorkflowFile::parse("kiro", SPECIFIED).unwrap();
    assert!(file.enabled);
    assert_eq!(file.current_phase.as_deref(), Some("spec"));
    assert_eq!(file.workflow.name, "kiro");
    let phases: Vec<String> = file.workflow.phases.iter().map(told).collect();
    assert_eq!(
        phases,
        [
            "design 15 15-30 approved architecture_decisions api_design",
            "spec 25 10-20 approved technical_spec test_plan",
            "task 20 5-15 passes implementation_plan task_breakdown",
            "execute 40 open-open passes working_code test_results",
        ]
    );
}

#[test]
fn the_key_above_the_phases_may_be_left_out() {
    let text = "phases:\n  do:\n    duration: 2h\n    weight: 3\n    criteria: [it works]\n  \
                ship:\n    weight: 1\n    duration: 1-2 days\n";
    let file = WorkflowFile::parse("own", text).unwrap();
    let phases: Vec<String> = file.workflow.phases.iter().map(told).collect();
    assert_eq!(phases, ["do 3 120-120 passes ", "ship 1 480-960 passes "]);
    assert_eq!(file.workflow.phases[0].criteria, ["it works"]);
    let alike = WorkflowFile::parse("own", "phases: {design: {}, ship: }").unwrap().workflow;
    let weights: Vec<u32> = alike.phases.iter().map(|phase| phase.spec.weight).collect();
    assert_eq!(weights, [1, 1], "where one is unknown all weigh alike");
}

#[test]
fn what_is_no_workflow_is_said_with_its_line() {
    for (text, said) in [
        ("phases:\n  do: {}\n  do: {}\n", "line 3: `do` is here twice"),
        ("phases:\n  do:\n    weihgt: 3\n", "line 3: unknown field `weihgt`"),
        ("phases:\n  do:\n    weight: heavy\n", "line 3: "),
        ("phases:\n  do:\n    weight: -1\n", "line 3: "),
        ("phases:\n  a: {weight: 1}\n  b: {}\n", "line 3: \"b\" has no weight"),
        ("phases:\n  do:\n    duration: soon\n", "line 3: \"soon\" is no duration"),
        ("phases:\n  do:\n    duration: 30-15 minutes\n", "line 3: \"30-15 minutes\" is no"),
        ("phases:\n  do:\n    deliverables: [a, a]\n", "line 2: \"do\" wants \"a\" twice"),
        ("phases:\n  Do it: {}\n", "line 2: \"Do it\" is no name"),
        ("current_phase: gone\nphases:\n  do: {}\n", "line 1: there is no phase \"gone\""),
        ("phases: {}\n", "line 1: it has no phases"),
        ("enabled: true\n", "it has no `phases`"),
        ("steps: []\n", "line 1: unknown field `steps`"),
        ("own_workflow:\n  phases: {do: {}}\nother: 1\n", "`other` stands beside `own_workflow`"),
        ("- do\n", "line 1: "),
        ("", "it has no `phases`"),
    ] {
        let fault = fault(text);
        assert!(fault.contains(said), "{text:?}: {fault}");
    }
    let many: String = (0..17).map(|number| format!("  p{number}: {{}}\n")).collect();
    assert!(fault(&format!("phases:\n{many}")).contains("17 phases"));
    assert!(fault(&" ".repeat(WORKFLOW_BYTES_MAX + 1)).contains("bytes"));
    let bomb = "a: &a [1,1,1,1,1,1,1,1]\nphases: {do: {deliverables: [*a, *a]}}\n";
    fault(bomb);
}

/// Shown red by: ending at the first.
#[test]
fn everything_wrong_is_found_at_once() {
    let lines = |text: &str| -> Vec<String> {
        let faults = WorkflowFile::check("own", text).expect_err("it is no workflow");
        faults.iter().map(ToString::to_string).collect()
    };
    let text = "current_phase: gone\nphases:\n  do: {weight: 1}\n  Do it: {}\n  ship:\n    \
                deliverables: [a, a]\n";
    let found = lines(text);
    assert_eq!(found.len(), 5, "{found:#?}");
    assert_eq!(found[0], "line 1: there is no phase \"gone\"");
    assert_eq!(found[1], "line 4: \"Do it\" has no weight, and other phases have one");
    assert!(found[2].starts_with("line 4: \"Do it\" is no name"), "{found:#?}");
    assert_eq!(found[4], "line 5: \"ship\" wants \"a\" twice");
    let text = "phases:\n  do:\n    weihgt: 3\n    duration: soon\n  ship:\n    weight: heavy\n    \
                deliverables: [a]\n    approval_required: perhaps\n";
    let found = lines(text);
    let starts = ["line 3: unknown field", "line 4: \"soon\"", "line 6: ", "line 8: "];
    assert_eq!(found.len(), starts.len(), "{found:#?}");
    assert!(found.iter().zip(starts).all(|(said, start)| said.starts_with(start)), "{found:#?}");
    // What leans on a line that is not understood is not told as wrong.
    assert_eq!(lines("phases:\n  do:\n    steps:\n      - a\n  ship: {weight: x}\n").len(), 1);
    assert_eq!(lines("phases:\n  do: {weight: x,\n    duration: soon}\n").len(), 1);
}
