//! The project as an embedder sees it: commands, crashes, clones, git, and what must always hold.
//!
//! One binary. Tests whose names begin with `child_` are no tests of their own: others run them in
//! a process of their own, by `world::World::child`, and they return at once without it.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod adopt;
mod ahead;
mod archive;
mod as_of;
mod asking;
mod asking_phases;
mod asking_risks;
mod backends;
mod backup;
mod backup_place;
mod bad_sqlite;
mod batch;
mod clocks;
mod crowd;
mod facts;
mod git_lost;
mod git_merge;
mod imported;
mod keys;
mod kill;
mod known;
mod live_index;
mod maintain;
mod mend;
mod merge_files;
mod moves;
mod moves_killed;
mod past;
mod reads;
mod repo;
mod routing;
mod sequences;
mod sessions;
mod shared;
mod shared_faults;
mod shared_index;
mod snapshot;
mod sound;
mod thresholds;
mod undo;
mod vouched;
mod wal;
mod world;
