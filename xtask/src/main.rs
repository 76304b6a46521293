//! `cargo xtask tidy` prints every broken house rule, one a line; `cargo xtask pictures` makes the
//! pictures of the README anew, of what the program prints.
//!
//! Exit codes: 0 in order, 1 something to do, 2 not asked correctly or not able to look.

use std::process::ExitCode;

use xtask::{tidy, workspace_root};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [word] if word == "tidy" => {}
        [word] if word == "pictures" => return pictures(),
        _ => {
            eprintln!("usage: cargo xtask tidy|pictures");
            return ExitCode::from(2);
        }
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

/// The test that compares the pictures writes them if it is told so.
fn pictures() -> ExitCode {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let test = ["test", "--quiet", "--package", "milestone-cli", "--test", "it", "pictures"];
    let made = std::process::Command::new(cargo)
        .args(test)
        .current_dir(workspace_root())
        .env("MILESTONE_BLESS", "1")
        .status();
    match made {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("pictures: cannot run cargo: {error}");
            ExitCode::from(2)
        }
    }
}
