//! Writes a realistic project of any size, for benches, tests and people.
//!
//!     generate --records N --milestones M --writers W --seed S DIR

use std::path::PathBuf;
use std::process::ExitCode;

use milestone_benches::generate::{Size, generate};

const USAGE: &str = "generate --records N --milestones M --writers W --seed S DIR";

fn main() -> ExitCode {
    match run(std::env::args().skip(1).collect()) {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("error: {why}\nusage: {USAGE}");
            ExitCode::from(2)
        }
    }
}

fn run(words: Vec<String>) -> Result<String, String> {
    let mut size = Size { records: 10_000, milestones: 100, writers: 1, seed: 1 };
    let mut dir = None;
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        let mut number = || -> Result<u64, String> {
            let value = words.next().ok_or_else(|| format!("{word} wants a number"))?;
            value.parse().map_err(|_| format!("{value} is no number"))
        };
        match word.as_str() {
            "--records" => size.records = number()?,
            "--milestones" => size.milestones = number()?,
            "--writers" => size.writers = number()?,
            "--seed" => size.seed = number()?,
            word if word.starts_with('-') => return Err(format!("{word} is not known")),
            word => dir = Some(PathBuf::from(word)),
        }
    }
    let dir = dir.ok_or("it wants a directory")?;
    if dir.join(".milestones").exists() {
        return Err(format!("{} has a project already", dir.display()));
    }
    let written = generate(&dir, size).map_err(|error| format!("{}: {error}", dir.display()))?;
    Ok(format!("{written} records, {} milestones in {}", size.milestones, dir.display()))
}
