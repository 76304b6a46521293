//! The table of error codes has every code that the program makes a problem with, and no other.
//!
//! - **Absent on purpose.** Exits: `Problem::new` asserts them, whatever test makes the problem.

use std::path::Path;

use super::{CODES, all, backend, named, risk, template};

/// Every file of the sources, without its tests.
fn sources(dir: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(dir).expect("the sources are there") {
        let path = entry.expect("it can be read").path();
        match path.is_dir() {
            true => sources(&path, found),
            false if path.extension().is_some_and(|kind| kind == "rs") => {
                let text = std::fs::read_to_string(&path).expect("it can be read");
                let code = text.split("#[cfg(test)]").next().unwrap_or_default();
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                if !name.starts_with("codes") {
                    found.push(code.to_owned());
                }
            }
            false => {}
        }
    }
}

#[test]
fn the_table_is_sorted_and_nothing_in_it_is_left_over() {
    for table in [CODES, backend::CODES, risk::CODES, template::CODES] {
        assert!(table.is_sorted_by(|a, b| a.name < b.name));
    }
    let mut texts = Vec::new();
    sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut texts);
    for code in all() {
        let quoted = format!("\"{}\"", code.name);
        assert!(texts.iter().any(|source| source.contains(&quoted)), "nobody uses {quoted}");
    }
}

/// The codes that a problem is made with stand behind the name of the function that makes it.
#[test]
fn every_code_is_in_the_table() {
    let mut all = Vec::new();
    sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut all);
    let mut seen = 0;
    for (source, maker) in all.iter().flat_map(|source| {
        ["Problem::new(", "problem(", "usage(", "=> (", "let code = "].map(|maker| (source, maker))
    }) {
        for rest in source.split(maker).skip(1) {
            let Some(rest) = rest.trim_start().strip_prefix('"') else { continue };
            let name = rest.split('"').next().unwrap_or_default();
            let dotted = name.split_once('.').is_some_and(|(noun, what)| {
                [noun, what]
                    .iter()
                    .all(|part| part.bytes().all(|byte| byte == b'_' || byte.is_ascii_lowercase()))
            });
            if dotted {
                assert!(named(name).is_some(), "{name} is not in the table");
                seen += 1;
            }
        }
    }
    assert!(seen > 80, "only {seen} were found");
}
