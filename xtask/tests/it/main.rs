//! The house rules, run by `cargo test --workspace`.
//!
//! - **Absent on purpose.** Planted violations: each rule has its own beside its code.

use xtask::{tidy, workspace_root};

#[test]
fn the_house_is_in_order() {
    let violations = tidy(&workspace_root()).expect("git and cargo list the workspace");
    let list: Vec<String> = violations.iter().map(ToString::to_string).collect();
    assert!(list.is_empty(), "{} to mend:\n{}", list.len(), list.join("\n"));
}
