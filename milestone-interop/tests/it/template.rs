//! Templates: what can be said in one, what is found in one, and that writing one is the opposite
//! of reading it.
//!
//! - **Start here.** `what_a_template_says`.

use milestone_core::domain::{NewPhase, NewWorkflow, PhaseSpec, Priority};
use milestone_core::words::{Slug, check_id_text};
use milestone_interop::outline::TASKS_MAX;
use milestone_interop::template::{
    BUILT_IN, FINDINGS_MAX, Findings, Handover, STARTER, Template, TemplateTask, Workflows,
    is_writable, write,
};
use proptest::prelude::*;

/// A workflow with these phases, each with what it wants delivered.
fn workflow(name: &str, phases: &[(&str, &[&str])]) -> NewWorkflow {
    let phase = |(phase, wanted): &(&str, &[&str])| {
        let deliverables = wanted.iter().map(ToString::to_string).collect();
        let spec = PhaseSpec { phase: (*phase).to_owned(), deliverables, ..PhaseSpec::default() };
        NewPhase { spec, criteria: Vec::new() }
    };
    NewWorkflow { name: name.to_owned(), phases: phases.iter().map(phase).collect() }
}

/// Those that there are: `kiro`, one of the project, and one that is none.
fn workflows() -> Workflows {
    let kiro = workflow(
        "kiro",
        &[("design", &["api_design"]), ("spec", &[]), ("task", &[]), ("execute", &["code"])],
    );
    let editorial = workflow("editorial", &[("write", &["draft"]), ("edit", &[])]);
    Workflows::new(vec![
        ("kiro".to_owned(), Ok(kiro)),
        ("editorial".to_owned(), Ok(editorial)),
        ("torn".to_owned(), Err("line 2: it has no `phases`".to_owned())),
    ])
}

fn parse(bytes: &[u8]) -> Result<Template, Findings> {
    milestone_interop::template::parse(bytes, &workflows())
}

fn good(text: &str) -> Template {
    parse(text.as_bytes()).unwrap_or_else(|findings| panic!("{:?}", told(&findings)))
}

fn told(findings: &Findings) -> Vec<String> {
    findings.0.iter().map(|found| format!("{} {found}", found.fault.rule())).collect()
}

fn found(text: &str) -> Vec<String> {
    told(&parse(text.as_bytes()).expect_err("something is wrong with it"))
}

#[test]
fn what_a_template_says() {
    let text = "---\r\nabout: One\r\nlabels: [a, b]\r\npriority: high\r\nworkflow: kiro\r\n---\r\n\
        # Title\r\n\r\nWhy.\r\n\r\n## Done when\r\n- all of it\r\n\r\n## Tasks\r\n1. First (2h)\r\n\
        \u{20}  - [ ] note: this\r\n   - Note: that\r\n   - phase: spec\r\n2. Second\r\n\
        \u{20} - after: first\r\n  - weight: 3\r\n  - deliverable: a page\r\n\r\n   \
        Words of it.\r\n";
    let template = good(text);
    assert_eq!(template.about, "One");
    assert_eq!(template.title.as_deref(), Some("Title"));
    assert_eq!(template.description, "Why.");
    assert_eq!(template.labels, ["a", "b"]);
    assert_eq!(template.priority, Some(Priority::High));
    assert_eq!(template.workflow.as_deref(), Some("kiro"));
    assert_eq!(template.criteria, ["all of it"]);
    let [first, second] = template.tasks.as_slice() else { panic!("{:?}", template.tasks) };
    assert_eq!((first.id.as_str(), first.estimate), ("first", Some(120)));
    assert_eq!(first.criteria, ["note: this", "Note: that"]);
    assert_eq!(first.labels, ["spec"]);
    assert_eq!((second.weight, second.description.as_str()), (Some(3), "Words of it."));
    assert_eq!(second.criteria, [""; 0]);
    assert_eq!(handed(second), [("execute", "a page")]);
    assert!(second.after.iter().eq([&first.id]));
}

#[test]
fn what_comes_with_the_program_can_be_used() {
    for (name, text) in BUILT_IN.into_iter().chain([("starter", STARTER)]) {
        let template = good(text);
        assert!(is_writable(&template, &workflows()), "{name}");
        assert!(!template.about.is_empty() && template.title.is_some(), "{name}");
        assert!(template.tasks.len() >= 3, "{name}");
        assert!(template.tasks.iter().all(|task| task.estimate.is_some()), "{name}");
    }
}

fn handed(task: &TemplateTask) -> Vec<(&str, &str)> {
    task.deliverables.iter().map(|held| (held.phase.as_str(), held.name.as_str())).collect()
}

/// Shown red by: taking the last phase always.
#[test]
fn a_deliverable_belongs_to_a_phase() {
    let template = good(
        "---\nworkflow: kiro\n---\n- A\n  - deliverable: api_design\n  - deliverable: page\n\
         \u{20} - phase: spec\n  - deliverable: code\n  - deliverable: task: page\n\
         - B\n  - workflow: editorial\n  - phase: edit\n  - deliverable: draft\n\
         \u{20} - deliverable: proofs\n- C\n  - workflow: none\n  - phase: task\n\
         \u{20} - deliverable: x\n",
    );
    let [a, b, c] = template.tasks.as_slice() else { panic!("{:?}", template.tasks) };
    let expected = [("design", "api_design"), ("spec", "page"), ("execute", "code")];
    assert_eq!(handed(a)[..3], expected);
    assert_eq!(handed(a)[3], ("task", "page"));
    assert_eq!((a.labels.as_slice(), a.criteria.len()), (&["spec".to_owned()][..], 0));
    assert_eq!(handed(b), [("write", "draft"), ("edit", "proofs")]);
    assert_eq!((c.workflow.as_deref(), handed(c).len()), (None, 0));
    assert_eq!(c.criteria, ["Deliverable: x"]);
    assert!(is_writable(&template, &workflows()), "{}", write(&template));
    let made = template.new_tasks(&workflows());
    let wanted = |task: usize| -> Vec<Vec<String>> {
        let phases = made[task].workflow.iter().flat_map(|workflow| &workflow.phases);
        phases.map(|phase| phase.spec.deliverables.clone()).collect()
    };
    let empty: &[&str] = &[];
    assert_eq!(wanted(0), [&["api_design"][..], &["page"], &["page"], &["code"]]);
    assert_eq!(wanted(1), [["draft"], ["proofs"]]);
    assert_eq!(wanted(2).concat(), empty);
}

/// Shown red by: asking the phases of `kiro`.
#[test]
fn a_phase_must_be_one_of_the_workflow() {
    let text = "---\nworkflow: editorial\n---\n- A\n  - phase: spec\n- B\n  - workflow: none\n\
        \u{20} - phase: edit\n- C\n  - workflow: torn\n  - phase: any\n- D\n  - workflow: kir\n";
    assert_eq!(
        found(text),
        [
            "phase 5: there is no phase \"spec\" in the workflow editorial; phases are write, edit",
            "phase 8: there is no phase \"edit\"; phases are design, spec, task, execute",
            "workflow 10: the workflow \"torn\" cannot be used: line 2: it has no `phases`; see \
             milestone workflow check",
            "workflow 13: there is no workflow \"kir\"; did you mean kiro?",
        ]
    );
    let many: String = (0..65).map(|n| format!("  - deliverable: d{n}\n")).collect();
    assert_eq!(
        found(&format!("---\nworkflow: kiro\n---\n- A\n  - phase: task\n{many}")),
        ["value 70: deliverable: the phase task would want over 64; see docs/templates.md for \
             what it takes"]
    );
}

#[test]
fn a_task_may_come_after_one_below() {
    let template = good("- B\n  - after: A\n- A\n- C\n");
    let titles: Vec<&str> = template.tasks.iter().map(|task| task.title.as_str()).collect();
    assert_eq!(titles, ["A", "B", "C"]);
}

#[test]
fn everything_wrong_is_found_at_once() {
    let text = "---\nabuot: x\npriority: urgent\nlabels: one\nworkflow: scrum\nx-y: 1\n---\n\
        - A (3 days)\n  - after: Bee, Nothing here\n  - aftr: B\n  - phase: test\n  - id: 7\n\
        - Bea\n  - weight: many\n- C !due 2026-05-01\n- A\n  - after: C\n- D !due soon\n";
    assert_eq!(
        found(text),
        [
            "key 2: there is no key \"abuot\"; did you mean about?",
            "value 3: priority: \"urgent\" is none of low, medium, high, critical; see \
             docs/templates.md for what it takes",
            "value 4: labels: it wants a list: [one, two]; see docs/templates.md for what it takes",
            "workflow 5: there is no workflow \"scrum\"; workflows are kiro, editorial, torn",
            "key 6: there is no key \"x-y\"; known are about, labels, priority, workflow",
            "duration 8: \"(3 days)\" is no duration; write (30m), (4h), (3d) or (2w)",
            "after 9: after: no task is called \"Bee\"; did you mean \"bea\"?",
            "after 9: after: no task is called \"Nothing here\"; name a task of this file by its \
             title or id",
            "key 10: there is no key \"aftr\"; did you mean after?",
            "id 12: \"7\" cannot be the id of a task; use a-z, 0-9 and -, not digits alone, at \
             most 64",
            "value 14: weight: \"many\" is no whole number up to 1000000; see docs/templates.md \
             for what it takes",
            "value 15: !due: a template has no days, and this is due 2026-05-01; see \
             docs/templates.md for what it takes",
            "value 18: !due: a template has no days; see docs/templates.md for what it takes",
        ]
    );
}

/// Shown red by: looking for what is written among what is read.
#[test]
fn a_task_is_found_by_what_its_title_reads() {
    let template = good("- Run `x`\n- B\n  - after: Run `x`\n- C\n  - after: Run x\n");
    assert_eq!(template.tasks[0].title, "Run x");
    assert!(template.tasks[1..].iter().all(|task| task.after.len() == 1));
    // What stands behind a key is taken as it is.
    let kept = good("- T\n  - title: Run `x`\n  - check: *y*\n");
    assert_eq!((kept.tasks[0].title.as_str(), &*kept.tasks[0].criteria[0]), ("Run `x`", "*y*"));
}

#[test]
fn a_cycle_is_printed() {
    let text = "- Free\n- A\n  - after: C\n- B\n  - after: A\n- C\n  - after: B, Free\n";
    assert_eq!(
        found(text),
        ["cycle 2: the tasks wait for each other in a circle: A → C → B → A; take one \
             \"- after:\" \
          of these away"]
    );
    assert!(found("- A\n  - after: A\n")[0].contains("A → A;"));
}

#[test]
fn front_matter_is_read_with_care() {
    assert_eq!(
        found("---\nabout: x\n- A\n"),
        ["front-matter 1: the front matter that begins here has no end; end it with a line ---"]
    );
    assert_eq!(
        found("---\nabout: one\nabout: two\n---\n- A\n"),
        ["key 3: \"about\" is here twice; keep one of them"]
    );
    for bad in ["about: [\n", "a: &x 1\nb: *x\n", "about: 1\n", "- about\n", "labels: [1]\n"] {
        let text = format!("---\n{bad}---\n- A\n");
        assert!(parse(text.as_bytes()).is_err(), "{bad:?}");
    }
    assert_eq!(good("---\n---\n- A\n").tasks.len(), 1);
}

#[test]
fn ids_and_names_must_be_clear() {
    let two = "- Same\n- Same\n- C\n  - after: Same\n";
    assert_eq!(
        found(two),
        ["after 4: after: 2 tasks are called \"Same\"; give them ids and name one of those"]
    );
    assert_eq!(good("- Same\n- Same\n- C\n  - after: same-2\n").tasks[1].id.as_str(), "same-2");
    assert!(found("- A\n  - id: x\n- B\n  - id: x\n")[0].starts_with("id 4: the id x is that of"));
}

#[test]
fn a_template_has_a_size() {
    let many = |count: usize| (0..count).map(|n| format!("- Task {n} (1h)\n")).collect::<String>();
    assert_eq!(good(&many(TASKS_MAX)).tasks.len(), TASKS_MAX);
    assert!(found(&many(TASKS_MAX + 1))[0].starts_with("size 1: the input has 5001 tasks"));
    assert!(found(&"x\n".repeat(1 << 20))[0].starts_with("size 1: the input has 2097152 bytes"));
    let unknown: String = (0..TASKS_MAX).map(|n| format!("- T{n}\n  - after: none\n")).collect();
    assert_eq!(found(&unknown).len(), FINDINGS_MAX);
    assert_eq!(parse(b"- A\n- \xff\n").expect_err("no UTF-8").0[0].line, 2);
}

/// Lines that look like parts of templates, in any order.
fn line() -> impl Strategy<Value = String> {
    let lines = vec![
        "---",
        "about: x",
        "labels: [a]",
        "workflow: kiro",
        "# T",
        "## Done when",
        "- A (2d)",
        "1. B",
        "  - after: A, B",
        "   - after: B",
        "- [x] C",
        "\t- [ ] d",
        "> q",
        "| a | b |",
        "|---|---|",
        "```",
        "<!-- c -->",
        "[l]: http://x",
        "    code",
        "- - - - e",
        "***",
        "",
        "text",
        "  - id: a",
        "  - title: z",
        "- \u{202e}",
        "=====",
        "&x *x",
        "- ",
        "  - phase: spec",
        "  - workflow: editorial",
        "  - workflow: none",
        "  - deliverable: d",
    ];
    prop_oneof![8 => prop::sample::select(lines).prop_map(str::to_owned), 1 => "\\PC{0,12}"]
}

/// One line of anything that a title, a label or a criterion may be.
fn words() -> impl Strategy<Value = String> {
    let odd = vec![
        "(2d)",
        "x (2d)",
        "x (3 days)",
        "[x] y",
        "[ ]",
        "# x",
        "- x",
        "1. x",
        "after: x",
        "[l]: u",
        "`a",
        "*a*",
        "<b>",
        "<!-- x -->",
        "a\\",
        "| a |",
        "!due 2026-05-01",
        "x !due 2026-05-01",
        "---",
        "Deliverable: x",
        "Tasks",
        "done when",
        "&amp;",
        "```",
        "~~~",
        "> x",
        "ü",
        "7",
        "\"q\"",
        "{a: b}",
        "x: y",
        "https://x.y/z",
        "[^1]: a",
        "a #",
        "+ x",
        "task",
        "$x$",
    ];
    prop_oneof![4 => prop::sample::select(odd).prop_map(str::to_owned), 2 => "[a-z ]{1,9}[a-z]",
        1 => "\\PC{0,8}"]
    .prop_filter_map("it must be a title", |text| {
        milestone_core::words::check_title(&text).map(str::to_owned).ok()
    })
}

fn prose() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        prop::collection::vec(prop_oneof![words(), Just(String::new())], 1..5)
            .prop_map(|lines| lines.join("\n").trim().to_owned()),
    ]
}

/// What a task goes through, and what it hands over in it.
fn going((editorial, names): (Option<bool>, Vec<String>)) -> (Option<String>, Vec<Handover>) {
    let (name, phase) = match editorial {
        Some(true) => ("editorial", "write"),
        Some(false) => ("kiro", "spec"),
        None => return (None, Vec::new()),
    };
    let mut held: Vec<Handover> = Vec::new();
    for name in names.into_iter().filter(|name| check_id_text(name).is_ok_and(|id| id == name)) {
        let new = Handover { phase: phase.to_owned(), name };
        held.extend(Some(new).filter(|new| !held.contains(new)));
    }
    (Some(name.to_owned()), held)
}

fn template() -> impl Strategy<Value = Template> {
    let task = (
        words(),
        prose(),
        prop::option::of(1..5_000u32),
        prop::option::of(0..9u32),
        prop::collection::vec(words(), 0..3),
        any::<bool>(),
        prop::collection::vec(0..6usize, 0..3),
        (prop::option::of(any::<bool>()), prop::collection::vec(words(), 0..3)),
    );
    let labels = || prop::collection::btree_set("[a-z]{1,5}", 0..3);
    let head = (words(), prop::option::of(words()), prose(), labels(), words());
    let drafts = prop::collection::vec((task, labels()), 0..6);
    (head, drafts, any::<bool>()).prop_map(|(head, drafts, kiro)| {
        let (about, title, description, labels, done) = head;
        let mut tasks: Vec<TemplateTask> = Vec::new();
        for (task, labels) in drafts {
            let (title, description, estimate, weight, criteria, high, after, through) = task;
            let id = Slug::new(&format!("task-{}", tasks.len())).expect("it is one");
            let mut on: Vec<Slug> = Vec::new();
            for place in after.into_iter().filter(|place| *place < tasks.len()) {
                if !on.contains(&tasks[place].id) {
                    on.push(tasks[place].id.clone());
                }
            }
            let priority = high.then_some(Priority::High);
            let labels = labels.into_iter().collect();
            let (workflow, deliverables) = going(through);
            tasks.push(TemplateTask {
                id,
                title,
                description,
                estimate,
                weight,
                priority,
                labels,
                criteria,
                workflow,
                deliverables,
                after: on,
            });
        }
        let title =
            title.filter(|title| title.bytes().all(|b| b.is_ascii_lowercase() || b == b' '));
        Template {
            about,
            title,
            description,
            priority: None,
            workflow: kiro.then(|| "kiro".to_owned()),
            labels: labels.into_iter().collect(),
            criteria: vec![done],
            tasks,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Shown red by: slicing the front matter by columns.
    #[test]
    fn any_bytes_are_a_template_or_findings(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes);
    }

    #[test]
    fn any_lines_are_a_template_or_findings(lines in prop::collection::vec(line(), 0..24)) {
        match parse(lines.join("\n").as_bytes()) {
            Ok(template) => {
                for (place, task) in template.tasks.iter().enumerate() {
                    for on in &task.after {
                        prop_assert!(template.tasks[..place].iter().any(|other| other.id == *on));
                    }
                }
            }
            Err(findings) => prop_assert!(findings.0.iter().all(|found| found.line >= 1)),
        }
    }

    /// Shown red by: writing titles and descriptions as they are.
    #[test]
    fn what_is_written_is_read_as_the_same(template in template()) {
        let text = write(&template);
        match parse(text.as_bytes()) {
            Ok(read) => prop_assert_eq!(read, template, "{}", text),
            Err(findings) => prop_assert!(false, "{:?}\n{}", told(&findings), text),
        }
    }
}
