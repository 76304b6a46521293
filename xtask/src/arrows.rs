//! The arrows between crates: an allow-list, checked against what cargo understands.
//!
//! - **Invariant.** A crate that is not in the table is an error: its place is decided first.
//! - **Absent on purpose.** Crates from outside the workspace. Those are in `deny.toml`.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::tidy::Violation;

/// What one crate may depend on inside the workspace.
struct Arrow {
    from: &'static str,
    to: &'static [&'static str],
    /// Allowed on top for tests.
    to_in_tests: &'static [&'static str],
}

const ARROWS: &[Arrow] = &[
    Arrow { from: "milestone-core", to: &[], to_in_tests: &["milestone-testkit"] },
    Arrow { from: "milestone-testkit", to: &["milestone-core"], to_in_tests: &[] },
    Arrow {
        from: "milestone-store-file",
        to: &["milestone-core"],
        to_in_tests: &["milestone-testkit"],
    },
    Arrow {
        from: "milestone-store-sqlite",
        to: &["milestone-core"],
        to_in_tests: &["milestone-testkit", "milestone-store-file", "milestone-analytics"],
    },
    Arrow {
        from: "milestone-analytics",
        to: &["milestone-core"],
        to_in_tests: &["milestone-testkit"],
    },
    Arrow {
        from: "milestone-interop",
        to: &["milestone-core"],
        to_in_tests: &["milestone-testkit"],
    },
    Arrow {
        from: "milestone-project",
        to: &[
            "milestone-core",
            "milestone-store-file",
            "milestone-store-sqlite",
            "milestone-analytics",
        ],
        to_in_tests: &["milestone-testkit", "milestone-interop"],
    },
    Arrow {
        from: "milestone-cli",
        to: &["milestone-core", "milestone-analytics", "milestone-interop", "milestone-project"],
        to_in_tests: &["milestone-testkit", "milestone-store-file"],
    },
    Arrow {
        from: "milestone-examples",
        to: &[
            "milestone-core",
            "milestone-analytics",
            "milestone-project",
            "milestone-testkit",
            "milestone-store-file",
        ],
        to_in_tests: &[],
    },
    Arrow {
        from: "milestone-benches",
        to: &[
            "milestone-core",
            "milestone-store-file",
            "milestone-store-sqlite",
            "milestone-analytics",
            "milestone-project",
            "milestone-interop",
            "milestone-testkit",
        ],
        to_in_tests: &[],
    },
    Arrow {
        from: "milestone-crashtest",
        to: &["milestone-core", "milestone-store-file"],
        to_in_tests: &[],
    },
    Arrow { from: "xtask", to: &[], to_in_tests: &[] },
];

/// Asks cargo for the workspace at `root` and checks its arrows.
pub(crate) fn check(root: &Path) -> io::Result<Vec<Violation>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root)
        .output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(io::Error::other(format!("cargo metadata failed: {said}")));
    }
    Ok(check_metadata(&serde_json::from_slice(&output.stdout)?))
}

/// The violations in the answer of `cargo metadata`.
fn check_metadata(metadata: &Value) -> Vec<Violation> {
    let root = Path::new(text_of(metadata, "workspace_root"));
    let packages = list_of(metadata, "packages");
    let members: Vec<&str> = packages.iter().map(|package| text_of(package, "name")).collect();
    let mut found = Vec::new();
    for package in packages {
        let manifest = Path::new(text_of(package, "manifest_path"));
        let path = manifest.strip_prefix(root).unwrap_or(manifest).to_string_lossy();
        let path = path.replace('\\', "/");
        let from = text_of(package, "name");
        let Some(arrow) = ARROWS.iter().find(|arrow| arrow.from == from) else {
            let advice = format!("decide what `{from}` may depend on: add it to the table");
            found.push(Violation::new(&path, 1, "arrows", advice));
            continue;
        };
        for dependency in list_of(package, "dependencies") {
            let to = text_of(dependency, "name");
            let in_tests = text_of(dependency, "kind") == "dev";
            if members.contains(&to) && !arrow.allows(to, in_tests) {
                let line = dependency_line(&fs::read_to_string(manifest).unwrap_or_default(), to);
                let what = if in_tests { "not even its tests" } else { "take it out" };
                let advice = format!("`{from}` must not depend on `{to}`: {what}");
                found.push(Violation::new(&path, line, "arrows", advice));
            }
        }
    }
    found
}

impl Arrow {
    fn allows(&self, to: &str, in_tests: bool) -> bool {
        self.to.contains(&to) || in_tests && self.to_in_tests.contains(&to)
    }
}

/// The line of a manifest that names `dependency`; 1 if none does.
fn dependency_line(manifest: &str, dependency: &str) -> usize {
    let names = |line: &str| {
        let rest = line.strip_prefix(dependency);
        rest.is_some_and(|rest| rest.starts_with(['.', ' ', '=']))
    };
    manifest.lines().position(names).map_or(1, |index| index + 1)
}

fn text_of<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn list_of<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// What is found when `from` depends on `to`, as cargo would tell it.
    fn found(from: &str, to: &str, kind: Option<&str>) -> Vec<String> {
        let package = |name: &str, dependencies: Value| {
            json!({
                "name": name,
                "manifest_path": format!("/none/{name}/Cargo.toml"),
                "dependencies": dependencies,
            })
        };
        let dependencies = json!([{ "name": to, "kind": kind }, { "name": "serde" }]);
        let metadata = json!({
            "workspace_root": "/none",
            "packages": [package(from, dependencies), package(to, json!([]))],
        });
        check_metadata(&metadata).iter().map(Violation::to_string).collect()
    }

    #[test]
    fn an_arrow_upwards_is_found() {
        assert_eq!(
            found("milestone-core", "milestone-project", None),
            ["milestone-core/Cargo.toml:1: arrows: `milestone-core` must not depend on \
              `milestone-project`: take it out"]
        );
        assert_eq!(found("milestone-cli", "milestone-store-file", None).len(), 1);
        assert_eq!(found("milestone-core", "milestone-cli", Some("dev")).len(), 1);
        assert_eq!(found("milestone-core", "milestone-testkit", Some("build")).len(), 1);
        assert_eq!(found("xtask", "milestone-core", Some("dev")).len(), 1);
    }

    #[test]
    fn an_arrow_for_tests_is_for_tests_only() {
        assert_eq!(found("milestone-core", "milestone-testkit", Some("dev")).len(), 0);
        assert_eq!(found("milestone-core", "milestone-testkit", None).len(), 1);
        assert_eq!(found("milestone-project", "milestone-core", Some("dev")).len(), 0);
    }

    #[test]
    fn a_crate_without_a_place_is_found() {
        let found = found("milestone-core", "milestone-server", Some("dev"));
        assert_eq!(found.len(), 2);
        assert!(found[1].contains("decide what `milestone-server` may depend on"), "{found:?}");
    }

    #[test]
    fn the_table_points_downwards() {
        // Without tests' arrows a crate is listed before whatever may depend on it.
        for arrow in ARROWS {
            for to in arrow.to {
                let place = |name: &str| ARROWS.iter().position(|arrow| arrow.from == name);
                assert!(place(to) < place(arrow.from), "{} -> {to}", arrow.from);
            }
        }
    }

    #[test]
    fn the_line_of_a_dependency_is_found() {
        let manifest = "[dependencies]\na-b-c.workspace = true\na-b = { path = \"..\" }\n";
        assert_eq!(dependency_line(manifest, "a-b"), 3);
        assert_eq!(dependency_line(manifest, "a-b-c"), 2);
        assert_eq!(dependency_line(manifest, "a"), 1);
    }
}
