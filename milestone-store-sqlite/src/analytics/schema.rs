//! The tables of `analytics.sqlite`: one for each question, and views that answer it.
//!
//! - **Invariant.** Facts are rows of one stream each, made of `changes`, `blocks` and
//!   `phase_changes` of that stream alone, so a late event makes one stream's facts anew.
//! - **Absent on purpose.** Figures over rows: means, percentiles. They are made of these rows.

use crate::database::Form;

/// The analytics.
pub(crate) const FORM: Form =
    Form { name: "analytics", application: *b"MSan", schema: 4, tables: TABLES, indices: VIEWS };

/// Times are microseconds since 1970 in UTC, days `YYYY-MM-DD` in UTC.
const TABLES: &str = "
-- Where facts come from: events that change a status, and blockers. `at` is when it really
-- happened; `clock`, `record` and `place` are the place in the log. `becomes`: 0 open, 1 under way,
-- 2 done, 3 cancelled, 4 archived, 5 removed, 6 created, 7 restored.
CREATE TABLE changes(stream TEXT NOT NULL, at INTEGER NOT NULL, clock INTEGER NOT NULL,
    record BLOB NOT NULL, place INTEGER NOT NULL, becomes INTEGER NOT NULL,
    PRIMARY KEY (stream, at, clock, record, place)) WITHOUT ROWID;
CREATE TABLE blocks(stream TEXT NOT NULL, at INTEGER NOT NULL, clock INTEGER NOT NULL,
    record BLOB NOT NULL, place INTEGER NOT NULL, blocker TEXT NOT NULL, raised INTEGER NOT NULL,
    PRIMARY KEY (stream, at, clock, record, place)) WITHOUT ROWID;
-- What happened in the phases of workflows. `becomes`: the status of the phase, by its word.
CREATE TABLE phase_changes(stream TEXT NOT NULL, at INTEGER NOT NULL, clock INTEGER NOT NULL,
    record BLOB NOT NULL, place INTEGER NOT NULL, phase TEXT NOT NULL, becomes TEXT NOT NULL,
    PRIMARY KEY (stream, at, clock, record, place)) WITHOUT ROWID;

-- How long has what been in which state? `end_at` is null while it lasts.
CREATE TABLE spans(stream TEXT NOT NULL, place INTEGER NOT NULL, state TEXT NOT NULL,
    begin_at INTEGER NOT NULL, end_at INTEGER, PRIMARY KEY (stream, place)) WITHOUT ROWID;
-- When did it begin, start and end? `home` is the milestone that a task is in now; null for a
-- milestone. `finished_at` is null unless it is done now.
CREATE TABLE lifetimes(stream TEXT PRIMARY KEY, home TEXT, created_at INTEGER, started_at INTEGER,
    finished_at INTEGER, reopened INTEGER NOT NULL, due TEXT, estimate INTEGER,
    time_spent INTEGER NOT NULL) WITHOUT ROWID;
-- On which day did a task enter or leave the scope, or become done or undone?
CREATE TABLE steps(stream TEXT NOT NULL, day TEXT NOT NULL, scope INTEGER NOT NULL,
    done INTEGER NOT NULL, PRIMARY KEY (stream, day)) WITHOUT ROWID;
-- When was something in its way? `end_at` is null while it is.
CREATE TABLE blocked(stream TEXT NOT NULL, place INTEGER NOT NULL, blocker TEXT NOT NULL,
    begin_at INTEGER NOT NULL, end_at INTEGER, PRIMARY KEY (stream, place)) WITHOUT ROWID;
-- How long was a phase in which state? `end_at` is null while it lasts; what is finished has no
-- span. A phase that was undone or rejected begins anew, and what was before still counts.
CREATE TABLE phase_spans(stream TEXT NOT NULL, place INTEGER NOT NULL, phase TEXT NOT NULL,
    state TEXT NOT NULL, begin_at INTEGER NOT NULL, end_at INTEGER,
    PRIMARY KEY (stream, place)) WITHOUT ROWID;
-- How long should a phase of a task take, in minutes? Null where that is open.
CREATE TABLE phase_plans(stream TEXT NOT NULL, place INTEGER NOT NULL, phase TEXT NOT NULL,
    workflow TEXT NOT NULL, minutes_min INTEGER, minutes_max INTEGER, status TEXT NOT NULL,
    PRIMARY KEY (stream, place)) WITHOUT ROWID;
-- Who did how much of what, on which day? `minutes` of work were reported with it.
CREATE TABLE activity(day TEXT NOT NULL, actor TEXT NOT NULL, kind TEXT NOT NULL,
    events INTEGER NOT NULL, minutes INTEGER NOT NULL,
    PRIMARY KEY (day, actor, kind)) WITHOUT ROWID;
";

const VIEWS: &str = "
CREATE VIEW state_durations AS
    SELECT stream, state, sum(end_at - begin_at) / 60000000 AS minutes, count(*) AS times,
        max(end_at IS NULL) AS lasts
    FROM spans GROUP BY stream, state;
CREATE VIEW task_times AS
    SELECT stream, home AS milestone, datetime(created_at / 1000000, 'unixepoch') AS created,
        datetime(finished_at / 1000000, 'unixepoch') AS finished,
        (finished_at - created_at) / 60000000 AS lead_minutes,
        (finished_at - started_at) / 60000000 AS cycle_minutes,
        estimate, time_spent, reopened
    FROM lifetimes WHERE home IS NOT NULL;
CREATE VIEW burnup AS
    SELECT milestone, day, sum(scope) OVER w AS scope, sum(done) OVER w AS done
    FROM (SELECT l.home AS milestone, s.day, sum(s.scope) AS scope, sum(s.done) AS done
        FROM steps s JOIN lifetimes l USING (stream) GROUP BY l.home, s.day)
    WINDOW w AS (PARTITION BY milestone ORDER BY day);
CREATE VIEW throughput AS
    SELECT date(finished_at / 1000000, 'unixepoch') AS day, home AS milestone,
        count(*) AS finished, sum(estimate) AS estimate
    FROM lifetimes WHERE home IS NOT NULL AND finished_at IS NOT NULL GROUP BY 1, 2;
CREATE VIEW blocked_times AS
    SELECT stream, count(*) AS times, sum(end_at - begin_at) / 60000000 AS minutes,
        max(end_at IS NULL) AS lasts
    FROM blocked GROUP BY stream;
-- Planned and actual: `worked` while somebody was at it, `waited` while it lay for approval.
CREATE VIEW phase_times AS
    SELECT p.stream, p.phase, p.workflow, p.status, p.minutes_min, p.minutes_max,
        sum(s.end_at - s.begin_at) FILTER (WHERE s.state <> 'submitted') / 60000000 AS worked,
        sum(s.end_at - s.begin_at) FILTER (WHERE s.state = 'submitted') / 60000000 AS waited
    FROM phase_plans p LEFT JOIN phase_spans s ON s.stream = p.stream AND s.phase = p.phase
    GROUP BY p.stream, p.place;
CREATE VIEW on_time AS
    SELECT stream AS milestone, due, date(finished_at / 1000000, 'unixepoch') AS finished,
        due IS NULL OR date(finished_at / 1000000, 'unixepoch') <= due AS on_time
    FROM lifetimes WHERE home IS NULL AND finished_at IS NOT NULL;
CREATE VIEW actor_days AS
    SELECT day, actor, sum(events) AS events, sum(minutes) AS minutes FROM activity
    GROUP BY day, actor;
";
