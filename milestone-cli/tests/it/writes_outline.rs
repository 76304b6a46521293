//! Plans in Markdown: what is taken from them, what is told, and what is refused.
//!
//! Start at `what_is_not_understood_of_a_plan_is_told`. How each thing of Markdown is read is
//! tested in `milestone-interop`.

use crate::support::TestEnv;
use crate::writes_flow::shop;

fn plan(env: &TestEnv, text: &str) {
    std::fs::write(env.path().join("plan.md"), text).unwrap();
}

/// Shown red by: dropping the notes of attributes.
#[test]
fn what_is_not_understood_of_a_plan_is_told() {
    let env = shop();
    plan(
        &env,
        "---\ntitle: Search\ndue: fri\nlabels: [api]\nauthor: dana\n---\n\n\
         - Index\tall (999999w)\n- **Read** [the spec](https://e.org) !due 2026-13-40\n\
         - `Rank` !due next mon (2d)\n",
    );
    insta::assert_snapshot!(env.block("new -F plan.md"), @r#"
    $ milestone new -F plan.md
    Created milestone search  (3 tasks, due Fri 2026-03-13)
    MILESTONE: Search (Progress: 0%)
    ├── Index all (999999w) ○ (Pending)
    ├── Read the spec !due 2026-13-40 ○ (Pending)
    └── Rank ○ (Pending)
    ! Not understood:
    !   line 5: "author" of the front matter is left out: a plan says title, due and labels there
    !   line 8: "(999999w)" is kept in the title: a duration is at most 1000w
    !   line 9: "!due 2026-13-40" is kept in the title: "2026-13-40" is not a date or time lik\
        e 2026-03-20, 2026-03-20T14:00, +5d, fri, today
    ! Next: milestone start search/1
    "#);
    insta::assert_snapshot!(env.block("show search/2"), @"
    $ milestone show search/2
    TASK: Read the spec !due 2026-13-40 (Progress: 0%)
      Ref        search/read-the-spec-due-2026-13-40 (task 2)
      Status     ○ Pending
      Milestone  Search
    Description
      [the spec](https://e.org)
    ");
    insta::assert_snapshot!(env.block("list label:api"), @"
    $ milestone list label:api
    search	Search	planned	0	0/3	2026-03-13	-	api
    ");
    let list = b"Refunds (999999w)\nTax\ttable !due fri (1d)\n";
    insta::assert_snapshot!(env.fed("task add --on checkout -", list), @r#"
    $ milestone task add --on checkout -
    Added checkout/refunds-999999w  Refunds (999999w)
    Added checkout/tax-table        Tax table          (1d, due Fri 2026-03-13)
    ! Not understood:
    !   line 1: "(999999w)" is kept in the title: a duration is at most 1000w
    ! 2 tasks added.
    ! Undo: milestone undo
    "#);
}

/// Shown red by: leaving it to the domain, which knows of no lines.
#[test]
fn a_title_that_cannot_be_used_is_named_by_its_line() {
    let env = shop();
    let text = format!("# T\n\n- fine\n- {}\n- a\u{7}b\n", "x".repeat(250));
    plan(&env, &text);
    insta::assert_snapshot!(env.block("new -F plan.md"), @r#"
    $ milestone new -F plan.md
    ! error[plan.bad]: line 4: the title cannot be used: it has 250 characters, over the limit\
         of 200
    !   = line 5: the title cannot be used: it has the control character U+0007
    !   = nothing was changed
    ! hint: shorten line 4; details fit into a line below it, or a description
    exit 2
    "#);
    let list = format!("fine\n{}\n  a\u{1b}b\n", "x".repeat(250));
    insta::assert_snapshot!(env.fed("task add --on checkout -", list.as_bytes()), @r#"
    $ milestone task add --on checkout -
    ! error[plan.bad]: line 2: the title cannot be used: it has 250 characters, over the limit\
         of 200
    !   = line 3: the checklist item cannot be used: it has the control character U+001B
    !   = nothing was changed
    ! hint: shorten line 2; details fit into a line below it, or a description
    exit 2
    "#);
}
