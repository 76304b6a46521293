//! The tables of `index.sqlite`.
//!
//! - **Invariant.** What a milestone or a task *is* stands in columns, complete: a document is made
//!   of them alone. `frames` holds the same once more, in the form that folding goes on from.
//! - **Absent on purpose.** Members and settings: no event says anything of them yet.
//!   Indices that nothing asks for: each costs a third of what all events cost.

use crate::database::Form;

/// The index.
pub(crate) const FORM: Form =
    Form { name: "index", application: *b"MSix", schema: 7, tables: TABLES, indices: INDICES };

/// Times are microseconds since 1970 in UTC, dates `YYYY-MM-DD`, durations minutes.
const TABLES: &str = "
-- Names of streams: `@project`, a milestone's id, `milestone/task` as the task was born.
CREATE TABLE streams(id INTEGER PRIMARY KEY, name TEXT NOT NULL);
-- Kinds of events.
CREATE TABLE kinds(id INTEGER PRIMARY KEY, name TEXT NOT NULL);
-- Everybody who did or recorded something: what they did, and when first and last; and when they
-- recorded something last, by their own clock.
CREATE TABLE actors(
    id INTEGER PRIMARY KEY, name TEXT NOT NULL,
    events INTEGER NOT NULL, first_at INTEGER, last_at INTEGER, recorded_at INTEGER
);

-- One row an event, in the order of the log: (clock, record, place). `record` is the first 8 bytes
-- of the record's id; the line stands in `file` at `offset`. `at` is when it really happened, and
-- `by` who really did it, where that is not who recorded it. A row without `kind` is no event: its
-- record belongs to `stream` for having read it, or to none. `prev`, at place 0: the first 8 bytes
-- of the ids of the records that it builds on.
CREATE TABLE events(
    clock INTEGER NOT NULL, record BLOB NOT NULL, place INTEGER NOT NULL,
    kind INTEGER, stream INTEGER, actor INTEGER NOT NULL, by INTEGER,
    at INTEGER NOT NULL, file INTEGER NOT NULL, offset INTEGER NOT NULL, len_bytes INTEGER NOT NULL,
    prev BLOB,
    PRIMARY KEY (clock, record, place)
) WITHOUT ROWID;

-- Every id in another tool that something has or had.
CREATE TABLE external_ids(external_id TEXT NOT NULL, stream INTEGER NOT NULL,
    PRIMARY KEY (external_id, stream)) WITHOUT ROWID;

-- Idempotency keys, hashed, with what was asked and the first record that it became.
CREATE TABLE commands(
    key BLOB NOT NULL, content INTEGER NOT NULL, record BLOB NOT NULL,
    PRIMARY KEY (key, content)
) WITHOUT ROWID;

-- Those of them that became more than one record: all but the first carried nothing out.
CREATE TABLE commands_again(key BLOB NOT NULL, content INTEGER NOT NULL,
    PRIMARY KEY (key, content)) WITHOUT ROWID;

-- The project: one row.
CREATE TABLE project(
    one INTEGER PRIMARY KEY CHECK (one = 1),
    name TEXT NOT NULL, demo INTEGER NOT NULL, created_at INTEGER, created_by TEXT NOT NULL,
    frame BLOB NOT NULL
);

-- Milestones (`home` is null) and tasks (`home` is the milestone that they are in), removed tasks
-- included. The second half is derived: it follows from other rows, and from no clock.
CREATE TABLE items(
    id INTEGER PRIMARY KEY,            -- of its stream
    home INTEGER,
    slug TEXT NOT NULL,
    reference TEXT NOT NULL,           -- `milestone/task` as it is now
    title TEXT NOT NULL,
    description TEXT,
    status TEXT NOT NULL,
    -- 0 open, 1 under way, 2 done, 3 cancelled, 4 archived, 5 removed
    stage INTEGER NOT NULL,
    archived_from TEXT,
    priority INTEGER,                  -- 0 low, 1 medium, 2 high, 3 critical
    owner TEXT,
    start TEXT,
    due TEXT,
    estimate INTEGER,
    weight INTEGER,
    position INTEGER,
    template TEXT,
    external_id TEXT,
    workflow TEXT,
    time_spent INTEGER NOT NULL,
    reported_done INTEGER,
    reported_of INTEGER,
    reported_percent INTEGER,
    created_at INTEGER,
    created_by TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    started_at INTEGER,
    completed_at INTEGER,
    born_clock INTEGER,                -- its first record's place in the order
    born_record BLOB,
    fraction INTEGER NOT NULL,         -- of a task: what is done, of 5354228880
    open_blockers INTEGER NOT NULL,

    percent INTEGER NOT NULL,
    done INTEGER NOT NULL,             -- of a milestone: tasks done …
    of INTEGER NOT NULL,               -- … of so many that count
    effective TEXT NOT NULL,           -- the status as it counts
    -- `effective` as a rank: 0 under way, 1 to come, 2 done, 3 cancelled, 4 archived, 5 removed
    list_order INTEGER NOT NULL,
    open_deps INTEGER NOT NULL,        -- unfinished things that it waits for itself
    waiting INTEGER NOT NULL,          -- it, or its milestone, waits for something
    blocked INTEGER NOT NULL,          -- something is in its, or its milestone's, way
    ready INTEGER NOT NULL,            -- a task that can be started now
    held INTEGER NOT NULL,             -- a task to come, of an open or paused one, that cannot
    waited_for_by INTEGER NOT NULL,    -- unfinished things that depend on it
    due_order TEXT NOT NULL            -- when it, or else its milestone, is due; last if never
);

-- How many items stand where; triggers keep it.
CREATE TABLE counts(
    task INTEGER NOT NULL, list_order INTEGER NOT NULL, ready INTEGER NOT NULL,
    held INTEGER NOT NULL, items INTEGER NOT NULL,
    PRIMARY KEY (task, list_order, ready, held)
) WITHOUT ROWID;

-- What folding goes on from: an aggregate with the heads of its stream (postcard), after the first
-- 4 bytes of the SHA-256 of the stream's name and these bytes.
CREATE TABLE frames(id INTEGER PRIMARY KEY, frame BLOB NOT NULL);

-- Lists of items, each in its order.
CREATE TABLE labels(item INTEGER NOT NULL, place INTEGER NOT NULL, label TEXT NOT NULL,
    PRIMARY KEY (item, place)) WITHOUT ROWID;
CREATE TABLE assignees(item INTEGER NOT NULL, place INTEGER NOT NULL, name TEXT NOT NULL,
    PRIMARY KEY (item, place)) WITHOUT ROWID;
-- `cyclic`: it closes a cycle among unfinished things, and so counts for nobody.
-- `kind`: fs, ss, ff or sf; `lag` in working minutes. `elsewhere`: PATH#REF in another project;
-- `target` is then the project's own stream.
CREATE TABLE dependencies(item INTEGER NOT NULL, place INTEGER NOT NULL, target INTEGER NOT NULL,
    cyclic INTEGER NOT NULL, kind TEXT NOT NULL, lag INTEGER NOT NULL, elsewhere TEXT,
    PRIMARY KEY (item, place)) WITHOUT ROWID;
CREATE TABLE left_open(item INTEGER NOT NULL, place INTEGER NOT NULL, task INTEGER NOT NULL,
    PRIMARY KEY (item, place)) WITHOUT ROWID;
CREATE TABLE criteria(item INTEGER NOT NULL, place INTEGER NOT NULL, id TEXT NOT NULL,
    text TEXT NOT NULL, checked INTEGER NOT NULL, phase TEXT,
    PRIMARY KEY (item, place)) WITHOUT ROWID;
-- The phases of a task's workflow; `approval` is 1 where somebody has to approve.
CREATE TABLE phases(item INTEGER NOT NULL, place INTEGER NOT NULL, name TEXT NOT NULL,
    status TEXT NOT NULL, weight INTEGER NOT NULL, minutes_min INTEGER, minutes_max INTEGER,
    approval INTEGER NOT NULL, started_at INTEGER, submitted_at INTEGER, submitted_by TEXT,
    decided_at INTEGER, decided_by TEXT, PRIMARY KEY (item, place)) WITHOUT ROWID;
-- What they want (`wanted`) and what was delivered (`at`); `phase` is the place of the phase.
CREATE TABLE deliverables(item INTEGER NOT NULL, place INTEGER NOT NULL, phase INTEGER NOT NULL,
    name TEXT NOT NULL, wanted INTEGER NOT NULL, path TEXT, url TEXT, text TEXT, sha256 TEXT,
    at INTEGER, by TEXT, PRIMARY KEY (item, place)) WITHOUT ROWID;
CREATE TABLE notes(item INTEGER NOT NULL, place INTEGER NOT NULL, id TEXT NOT NULL,
    at INTEGER NOT NULL, by TEXT NOT NULL, text TEXT NOT NULL,
    PRIMARY KEY (item, place)) WITHOUT ROWID;
CREATE TABLE links(item INTEGER NOT NULL, place INTEGER NOT NULL, id TEXT NOT NULL,
    kind TEXT NOT NULL, target TEXT NOT NULL, PRIMARY KEY (item, place)) WITHOUT ROWID;
CREATE TABLE blockers(item INTEGER NOT NULL, place INTEGER NOT NULL, id TEXT NOT NULL,
    text TEXT NOT NULL, waits_on TEXT, until TEXT, at INTEGER NOT NULL, by TEXT NOT NULL,
    cleared_at INTEGER, PRIMARY KEY (item, place)) WITHOUT ROWID;
CREATE TABLE risks(item INTEGER NOT NULL, place INTEGER NOT NULL, id TEXT NOT NULL,
    title TEXT NOT NULL, likelihood TEXT, probability INTEGER, impact TEXT, delay INTEGER,
    mitigation TEXT, owner TEXT, trigger TEXT, outcome TEXT, closing_note TEXT, closed_at INTEGER,
    PRIMARY KEY (item, place)) WITHOUT ROWID;
-- `records`: the first 16 hex digits of each, with spaces in between.
CREATE TABLE conflicts(item INTEGER NOT NULL, place INTEGER NOT NULL, id TEXT NOT NULL,
    about TEXT NOT NULL, records TEXT NOT NULL, kept TEXT NOT NULL, other TEXT NOT NULL,
    PRIMARY KEY (item, place)) WITHOUT ROWID;
";

const INDICES: &str = "
CREATE UNIQUE INDEX streams_name ON streams(name);
CREATE UNIQUE INDEX kinds_name ON kinds(name);
CREATE UNIQUE INDEX actors_name ON actors(name);
CREATE INDEX events_stream ON events(stream);
CREATE INDEX items_home ON items(home, position) WHERE home IS NOT NULL;
CREATE INDEX items_list ON items(list_order, coalesce(due, x''), slug) WHERE home IS NULL;
CREATE INDEX items_ready
    ON items(due_order, waited_for_by DESC, born_clock, born_record, reference) WHERE ready;
CREATE INDEX items_external ON items(external_id) WHERE external_id IS NOT NULL;
CREATE INDEX dependencies_target ON dependencies(target);
CREATE INDEX dependencies_cyclic ON dependencies(item) WHERE cyclic;
CREATE INDEX dependencies_dated ON dependencies(item) WHERE lag > 0 OR elsewhere IS NOT NULL;

INSERT INTO counts
    SELECT home IS NOT NULL, list_order, ready, held, count(*) FROM items GROUP BY 1, 2, 3, 4;
-- A row is replaced by inserting it again.
CREATE TRIGGER items_replaced BEFORE INSERT ON items BEGIN
    UPDATE counts SET items = items - 1 WHERE (task, list_order, ready, held) =
        (SELECT home IS NOT NULL, list_order, ready, held FROM items WHERE id = NEW.id);
END;
CREATE TRIGGER items_put AFTER INSERT ON items BEGIN
    INSERT INTO counts SELECT NEW.home IS NOT NULL, NEW.list_order, NEW.ready, NEW.held, 0
        WHERE NOT EXISTS (SELECT 1 FROM counts WHERE (task, list_order, ready, held) =
            (NEW.home IS NOT NULL, NEW.list_order, NEW.ready, NEW.held));
    UPDATE counts SET items = items + 1 WHERE (task, list_order, ready, held) =
        (NEW.home IS NOT NULL, NEW.list_order, NEW.ready, NEW.held);
    DELETE FROM counts WHERE items = 0;
END;
CREATE TRIGGER items_moved AFTER UPDATE OF home, list_order, ready, held ON items
WHEN (OLD.home IS NULL, OLD.list_order, OLD.ready, OLD.held)
    <> (NEW.home IS NULL, NEW.list_order, NEW.ready, NEW.held) BEGIN
    UPDATE counts SET items = items - 1 WHERE (task, list_order, ready, held) =
        (OLD.home IS NOT NULL, OLD.list_order, OLD.ready, OLD.held);
    INSERT INTO counts SELECT NEW.home IS NOT NULL, NEW.list_order, NEW.ready, NEW.held, 0
        WHERE NOT EXISTS (SELECT 1 FROM counts WHERE (task, list_order, ready, held) =
            (NEW.home IS NOT NULL, NEW.list_order, NEW.ready, NEW.held));
    UPDATE counts SET items = items + 1 WHERE (task, list_order, ready, held) =
        (NEW.home IS NOT NULL, NEW.list_order, NEW.ready, NEW.held);
    DELETE FROM counts WHERE items = 0;
END;

-- For people, with names and times that can be read.
CREATE VIEW milestones AS
    SELECT slug AS id, title, effective AS status, percent, done, of,
        CASE priority WHEN 0 THEN 'low' WHEN 1 THEN 'medium' WHEN 2 THEN 'high'
            WHEN 3 THEN 'critical' END AS priority,
        owner, start, due, waiting, blocked, waited_for_by, estimate, time_spent, description,
        datetime(created_at / 1000000, 'unixepoch') AS created, created_by,
        datetime(changed_at / 1000000, 'unixepoch') AS changed,
        datetime(started_at / 1000000, 'unixepoch') AS started,
        datetime(completed_at / 1000000, 'unixepoch') AS completed, id AS item
    FROM items WHERE home IS NULL;
CREATE VIEW tasks AS
    SELECT t.reference AS ref, m.name AS milestone, t.slug, t.title, t.status, t.percent,
        CASE t.priority WHEN 0 THEN 'low' WHEN 1 THEN 'medium' WHEN 2 THEN 'high'
            WHEN 3 THEN 'critical' END AS priority,
        t.owner, t.start, t.due, t.ready, t.waiting, t.blocked, t.waited_for_by, t.estimate,
        coalesce(t.weight, 1) AS weight, t.time_spent, t.description,
        datetime(t.created_at / 1000000, 'unixepoch') AS created, t.created_by,
        datetime(t.changed_at / 1000000, 'unixepoch') AS changed,
        datetime(t.started_at / 1000000, 'unixepoch') AS started,
        datetime(t.completed_at / 1000000, 'unixepoch') AS completed, t.id AS item
    FROM items t JOIN streams m ON m.id = t.home WHERE t.home IS NOT NULL AND t.stage <> 5;
CREATE VIEW needs AS
    SELECT i.reference AS ref, coalesce(d.elsewhere, o.reference, s.name) AS needs,
        o.effective AS its_status, d.kind, d.lag, d.cyclic
    FROM dependencies d JOIN items i ON i.id = d.item JOIN streams s ON s.id = d.target
        LEFT JOIN items o ON o.id = d.target;
CREATE VIEW task_phases AS
    SELECT i.reference AS ref, p.name AS phase, p.status, p.minutes_min, p.minutes_max,
        (p.submitted_at - p.started_at) / 60000000 AS minutes, p.approval,
        p.submitted_by, p.decided_by, datetime(p.started_at / 1000000, 'unixepoch') AS started,
        datetime(p.submitted_at / 1000000, 'unixepoch') AS submitted,
        datetime(p.decided_at / 1000000, 'unixepoch') AS decided
    FROM phases p JOIN items i ON i.id = p.item;
CREATE VIEW history AS
    SELECT e.clock, lower(hex(e.record)) AS record, e.place, k.name AS kind, s.name AS stream,
        coalesce(b.name, a.name) AS actor, datetime(e.at / 1000000, 'unixepoch') AS at,
        f.name AS file, e.offset
    FROM events e JOIN kinds k ON k.id = e.kind JOIN actors a ON a.id = e.actor
        LEFT JOIN actors b ON b.id = e.by LEFT JOIN streams s ON s.id = e.stream
        JOIN files f ON f.id = e.file;
";
