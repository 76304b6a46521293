//! Feeds `templates` of `targets` with what the fuzzer makes up.
//!
//! - **Absent on purpose.** What is asked of it: see `src/targets.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| milestone_fuzz::targets::templates(bytes));
