//! The fuzzers' corpora, replayed: each file as it is, and cut off at each of its bytes.
//!
//! Start at [`replay`]. What is asked of each parser is in `fuzz/src/targets.rs`.
//!
//! - **Absent on purpose.** Making inputs up: that is what the fuzzers do.

use std::fs;
use std::path::Path;

#[expect(unreachable_pub, reason = "the fuzzers call them from another crate")]
#[path = "../../../fuzz/src/targets.rs"]
mod targets;

/// Longest beginning that is cut at each byte; beyond it only at every hundredth.
const CUT_BYTES_MAX: usize = 400;

/// Feeds a target with its corpus.
fn replay((name, target): targets::Target) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(name);
    let files: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    assert!(!files.is_empty(), "{name} has a corpus");
    for file in files {
        let bytes = fs::read(&file).unwrap();
        target(&bytes);
        let cuts = (0..bytes.len()).filter(|at| *at < CUT_BYTES_MAX || at % 100 == 0);
        cuts.for_each(|at| target(&bytes[..at]));
    }
}

#[test]
fn the_corpora_of_the_fuzzers_hold() {
    targets::TARGETS.into_iter().for_each(replay);
}
