//! The command line, tested as people use it: the real program in a directory of its own.
//!
//! Start at `support::TestEnv`. One binary; each family of commands has a file of its own.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod backup;
mod board;
mod corpora;
mod damage;
mod demo;
mod depending;
mod edges;
mod gates;
mod habits;
mod health;
mod import;
mod inject;
mod keys;
mod log_archive;
mod manual;
mod meant;
mod migrate;
mod pause;
mod phase_words;
mod pictures;
mod planning;
mod reads;
mod reads_backends;
mod reads_diff;
mod reads_doctor;
mod reads_errors;
mod reads_export;
mod reads_figures;
mod reads_history;
mod reads_json;
mod reads_look;
mod reads_query;
mod reads_world;
mod reports;
mod reports_past;
mod review;
mod risks;
mod search;
mod session;
mod support;
mod svg;
mod terminal;
mod transcripts;
mod validate;
mod widths;
mod writes_bulk;
mod writes_config;
mod writes_flow;
mod writes_hostile;
mod writes_keep;
mod writes_mend;
mod writes_outline;
mod writes_phase;
mod writes_plan;
mod writes_template;
mod writes_twice;
mod writes_view;
