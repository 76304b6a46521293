//! A project directory: opens it, executes commands, answers questions. Embedders depend on this.
//!
//! Start at [`Project`]: [`Project::init`] or [`Project::open`], then [`Project::execute`], and
//! [`Project::state`] to look at what came of it. [`SharedProject`] is for many threads.
//!
//! - **Invariant.** Everything that changes a project goes through [`Project::execute`] or
//!   [`Project::execute_all`]: decided on the state it is appended to, one record a command.
//! - **Absent on purpose.** Terminals, the environment, the clock, randomness: a [`Caller`] brings
//!   them along.

mod abroad;
mod adopt;
mod ahead;
mod alerts;
mod archive;
mod as_of;
mod audit;
mod backup;
mod batch;
mod bundle;
mod caller;
mod detect;
mod error;
mod execute;
mod facts;
mod files;
mod generation;
mod git;
mod grow;
mod hint;
mod history;
mod init;
mod journal;
mod keep;
mod level;
mod maintain;
mod mend;
mod metrics;
mod migrate;
mod model;
mod past;
mod project;
mod recover;
mod rehearse;
mod replay;
mod report;
mod round;
mod route;
mod scale;
mod search;
mod session;
mod shared;
mod snapshot;
mod tables;
mod target;
mod templates;
mod trial;
mod trust;
mod undo;
mod validate;
mod views;
mod workflow;

pub use adopt::{AdoptReport, Refused};
pub use ahead::scan_on;
pub use alerts::{Alert, AlertKind, AlertPolicy, alerts_of_work};
pub use archive::ArchiveReport;
pub use as_of::{AsOf, Extent};
pub use audit::{Anchors, Audit, Trust};
pub use backup::{
    BackupError, BackupPolicy, BroughtBack, ChainFault, FULL_DAYS, GROUPS_KEPT_MIN, KEEP_DAYS,
    ObjectFault, Occasion, POINTS_KEPT_MIN, Point, Rehearsal, Restored, Vault, VaultCheck, Wanted,
    Wish,
};
pub use batch::{
    BATCH_REPORTS_MAX, BATCH_WAIT_SECONDS, Batch, CloseError, Flushed, ProgressReport, Queued,
    RefusedReport,
};
pub use caller::{Caller, Expect};
pub use detect::{AUTHORS_DAYS, Clues};
pub use error::{ExecuteError, HistoryError, MigrateError, OpenError, UnknownCause};
pub use execute::{Outcome, Warning};
pub use git::Git;
pub use grow::MigrationPlan;
pub use hint::{HINT_EVERY_DAYS, HINT_TASKS_MAX, HINT_TIMES_MAX, HINTS, Hint, Memory, fitting};
pub use history::{Entry, HistoryFilter};
pub use init::{InitError, Initialised};
pub use journal::{Deed, DeedKind, Move};
pub use keep::{ANALYTICS_EVERY_RECORDS, SNAPSHOT_TAIL_RECORDS_MAX, SNAPSHOT_TAIL_RECORDS_MIN};
pub use level::{
    COMPLETED_MIN, Footing, LEVEL_MAX, ON_TIME_PERCENT_MIN, PEOPLE_MIN, offered_level,
};
pub use maintain::{BACKUP_RECORDS_MIN, Keeper, Maintained, STALE_HOURS};
pub use mend::{LineSource, LogMended};
pub use metrics::{
    ErrorLine, METRICS_BYTES_MAX, Meter, Sample, Totals, VerbTotals, note, note_error,
};
pub use migrate::{LAG_RECORDS_MAX, Migrated, Mover, Step};
pub use milestone_store_file::{Archived, KeptLine, OpenError as StoreError, Options};
pub use milestone_store_sqlite::{Hit, ReadyPage};
pub use project::Project;
pub use recover::{MergeReport, RecoverReport};
pub use replay::{ReplayReport, ViewCheck};
pub use route::{LEAD_MIN, ROUTES, Route, Signal, route};
pub use scale::{Backend, Choice, PEOPLE_DAYS, Policy, Scale, Threshold};
pub use search::{COUNTED_MAX, Found, search_state};
pub use session::{CHANGES_TOLD_MAX, Changes, SessionFound, session_id};
pub use shared::SharedProject;
pub use tables::{Standing, TableCheck};
pub use templates::{TEMPLATES, TemplateFile, template_files, write_template};
pub use trust::checkpoint::{PinCheck, SignError, SignedCheck, SignedStanding};
pub use trust::keyring::{KeyError, KeyRing, KnownKey, OwnKey, PublicKey};
pub use trust::pin::{Pin, PinError, Pins};
pub use undo::Undoable;
pub use validate::{Flaw, FlawKind, flaws};
pub use workflow::{DELIVERABLE_BYTES_MAX, KnownWorkflow, WorkflowError, known_workflows};
