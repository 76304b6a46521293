//! `cargo xtask tidy`: prints every broken house rule, one a line.
//!
//! Exit codes: 0 in order, 1 something to do, 2 not asked correctly or not able to look.

use std::process::ExitCode;

use xtask::{tidy, workspace_root};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments != ["tidy"] {
        eprintln!("usage: cargo xtask tidy");
        return ExitCode::from(2);
    }
    match tidy(&workspace_root()) {
        Ok(violations) if violations.is_empty() => ExitCode::SUCCESS,
        Ok(violations) => {
            for violation in &violations {
                println!("{violation}");
            }
            eprintln!("tidy: {} to mend", violations.len());
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("tidy: cannot look: {error}");
            ExitCode::from(2)
        }
    }
}
