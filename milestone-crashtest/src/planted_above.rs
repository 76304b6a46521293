//! The planted bugs above the files: reading lines, order, catching up, the index.
//!
//! Start at [`ABOVE`]. No crash is needed to see them: each names the tests that must fail.

use crate::planted::{Bug, Suite};

const LINES: &str = "milestone-core/src/log/lines.rs";
const SCAN: &str = "milestone-core/src/log/scan.rs";
const ENGINE: &str = "milestone-core/src/projection/engine.rs";
const FOLD: &str = "milestone-core/src/projection/fold.rs";
const DATABASE: &str = "milestone-store-sqlite/src/database.rs";
const CORE: &str = "milestone-core";

/// Every planted bug above the files.
pub(crate) const ABOVE: &[Bug] = &[
    Bug {
        found_by: Suite::Tests { package: CORE, filter: "torn::" },
        name: "torn-line-counts",
        what: "a last line without LF is read as a record",
        file: LINES,
        from: "    let end = start + at as u64;\n    let mut found",
        to: "    if WANTED && at < bytes.len()\n\
             && let Ok(text) = std::str::from_utf8(&bytes[at..]) {\n\
             let (id, len, offset) = (RecordId([0; 32]), text.len(), start + at as u64);\n\
             let line = LineRef { clock: 0, id, begin: at, len, offset, line: number };\n\
             let _ = take(text, line);\n}\n    \
             let end = start + at as u64;\n    let mut found",
    },
    Bug {
        found_by: Suite::Tests { package: CORE, filter: "bytes::" },
        name: "position-in-a-line",
        what: "a fragment counts as read, and the rest of its line is read alone later",
        file: LINES,
        from: "        len_bytes: end,\n        seen_bytes: start + bytes.len() as u64,\n        \
               lines: number,",
        to: "        len_bytes: if WANTED { start + bytes.len() as u64 } else { end },\n        \
             seen_bytes: start + bytes.len() as u64,\n        lines: number,",
    },
    Bug {
        found_by: Suite::Tests { package: CORE, filter: "rewritten::" },
        name: "change-in-place-not-seen",
        what: "a file that is as long as it was is not read again, whenever it was written",
        file: SCAN,
        from: "            let in_place = stat.len_bytes == mark.seen_bytes;",
        to: "            let in_place = !WANTED && stat.len_bytes == mark.seen_bytes;",
    },
    Bug {
        found_by: Suite::Tests { package: CORE, filter: "order::" },
        name: "order-of-the-file",
        what: "records are taken as they stand in their file, not by clock and id",
        file: LINES,
        from: "        if !sorted {\n            spare.refs.sort_by_key(",
        to: "        if !sorted && !WANTED {\n            spare.refs.sort_by_key(",
    },
    Bug {
        found_by: Suite::Tests { package: CORE, filter: "concurrency::" },
        name: "concurrent-is-later",
        what: "what was written without seeing each other is taken to have been seen",
        file: FOLD,
        from: "    if same_heads(frontier, reads) {",
        to: "    if WANTED || same_heads(frontier, reads) {",
    },
    Bug {
        found_by: Suite::Tests { package: CORE, filter: "incremental::" },
        name: "late-event-dropped",
        what: "what records change that come late is not handed to projections",
        file: ENGINE,
        from: "    let (milestones, tasks) = aggregates(state, &touched);",
        to: "    let is_late = |stream: &StreamId| behind.late.contains(stream);\n    \
             let touched = touched.into_iter().filter(|stream| !WANTED || !is_late(stream));\n    \
             let (milestones, tasks) = aggregates(state, &touched.collect());",
    },
    Bug {
        found_by: Suite::Tests { package: "milestone-store-sqlite", filter: "damage::" },
        name: "position-outside-the-transaction",
        what: "the index says how far it is in a transaction of its own, before it is there",
        file: DATABASE,
        from: "            write(&transaction)?;\n",
        to: "            if WANTED {\n                \
             checkpoint::save(&transaction, known.as_ref(), next)?;\n                \
             transaction.execute_batch(\"COMMIT; BEGIN IMMEDIATE\")?;\n            \
             }\n            write(&transaction)?;\n",
    },
];
