//! One answer whatever it comes from: the log, a snapshot, an index.
//!
//! - **Absent on purpose.** What queries mean: the core tests that, and the store that tables say
//!   the same for any query. Here: that the program asks them and prints the same bytes.

use crate::reads_world::{adorned, shop};
use crate::support::TestEnv;

const ASKED: [&str; 66] = [
    "list",
    "list --all",
    "list --limit 1",
    "list --limit 2",
    "list --sort title",
    "list --sort progress --limit 2",
    "list --sort changed",
    "list status:active,planned",
    "list not has:due",
    "list -due<2026-05-01 sort:-due",
    "list mine",
    "list label:BACKEND",
    "list -label:none sort:owner,-created",
    "list progress>=50",
    "list blocked or waiting",
    "list api",
    "list \"'; DROP TABLE items; --\"",
    "list title~\"%\"",
    "list id~\"_\"",
    "list nothing-like-it",
    "list --as-of 2026-03-05",
    "list --as-of 0d",
    "list --as-of #0",
    "list --as-of #5",
    "list --all --as-of #17",
    "list --as-of session:s-test",
    "list --as-of #99",
    "show api --as-of 2026-03-05",
    "show api --as-of 2026-03-10",
    "show api/endpoints --as-of 2026-03-10",
    "show checkout/payment --as-of 2026-03-05",
    "show nothing --as-of 2026-03-10",
    "task list --as-of 2026-03-07",
    "ready --as-of 2026-03-07",
    "dep tree --as-of 2026-03-09",
    "conflicts --as-of 2026-03-09",
    "diff --from 2026-03-05",
    "diff --from #0",
    "diff --from #0 --to #9",
    "diff api --from 2026-03-05 --to 2026-03-11",
    "diff checkout/payment --from 2026-03-05",
    "diff csv --from 2026-03-08",
    "diff --from 2026-03-12 --to 2026-03-05",
    "task list",
    "task list --limit 3",
    "task list api",
    "task list api --status done",
    "task list waiting",
    "task list -done sort:-estimate",
    "task list number>1 sort:-number,title",
    "task list has:blocks",
    "task list has:after -blocked",
    "task list after:api-development/database",
    "task list blocks:api-development/endpoints",
    "task list in:checkout-v2 or due<+7d",
    "task list estimate>1h spent<1h weight=1",
    "task list created>7d",
    "task list completed:none sort:changed",
    "task list conflicted or shelved",
    "task list ready sort:-in",
    "ready",
    "ready --limit 1",
    "ready --limit 2 --explain",
    "ready in:checkout limit:1",
    "ready sort:due,-estimate",
    "ready --blocked",
];

/// Every answer, as text and as a document, with the pages behind it.
fn answers(env: &TestEnv) -> Vec<String> {
    let mut said = Vec::new();
    for line in ASKED {
        said.push(env.run(line).whole());
        let mut next = String::new();
        // A query whose cursor leads nowhere must not run for ever.
        for _ in 0..20 {
            let page = env.run(&format!("{line} --json{next}")).whole();
            let cursor =
                page.split("\"next_cursor\":\"").nth(1).and_then(|it| it.split('"').next());
            next = cursor.map(|cursor| format!(" --cursor {cursor}")).unwrap_or_default();
            said.push(page);
            if next.is_empty() {
                break;
            }
        }
    }
    said
}

#[test]
fn every_backend_answers_alike() {
    let env = TestEnv::new();
    shop(&env);
    adorned(&env);
    let should = answers(&env);
    assert!(should.len() > 2 * ASKED.len(), "no list has a second page");
    let found = should.iter().filter(|said| said.contains("\"total\":0")).count();
    assert!(found < 12, "{found} of the queries find nothing");
    for (generation, backend) in [(2, "hybrid"), (3, "database")] {
        let local = env.path().join(".milestones/local");
        let current = format!("{{\"generation\":{generation},\"backend\":\"{backend}\"}}\n");
        std::fs::write(local.join("current"), current).unwrap();
        for (is, should) in answers(&env).iter().zip(&should) {
            assert_eq!(is, should, "{backend}");
        }
        assert!(local.join(format!("gen-{generation}/index.sqlite")).exists());
    }
}
