//! What kind of project a directory holds: the files that say something, and who works there.
//!
//! Start at [`Clues::gather`]; what follows from them is [`crate::route()`].
//!
//! - **Invariant.** Nothing is written, and nothing outside the directory is read.
//! - **Invariant.** Looking costs a bounded time: one level of folders, a bounded part of a file.
//! - **Absent on purpose.** Parsing of programs. A manifest names a framework, or it does not.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use milestone_core::words::Date;

use crate::git::Git;

/// The most entries of a directory that are looked at.
const ENTRIES_MAX: usize = 1_000;

/// The most folders that are looked into.
const FOLDERS_MAX: usize = 50;

/// The most that is read of a manifest, in bytes.
const MANIFEST_BYTES_MAX: u64 = 256 << 10;

/// How far back authors are counted, in days.
pub const AUTHORS_DAYS: i64 = 90;

/// Manifests, and the frameworks for servers that one may name.
const SERVERS: [(&str, &[&str]); 5] = [
    ("Cargo.toml", &["axum", "actix-web", "rocket", "warp", "poem", "tonic"]),
    ("go.mod", &["gin", "echo", "fiber", "chi", "grpc"]),
    ("pyproject.toml", &["fastapi", "django", "flask", "starlette", "aiohttp"]),
    ("requirements.txt", &["fastapi", "django", "flask", "starlette", "aiohttp"]),
    ("package.json", &["express", "fastify", "koa", "@nestjs/core", "hono"]),
];

/// Frameworks for user interfaces that a package.json may name.
const INTERFACES: [&str; 8] =
    ["react", "vue", "svelte", "@angular/core", "solid-js", "preact", "next", "nuxt"];

/// Descriptions of an API, without what their names end with.
const CONTRACTS: [&str; 2] = ["openapi", "swagger"];

/// What names of descriptions of an API end with.
const CONTRACT_SUFFIXES: [&str; 3] = ["yaml", "yml", "json"];

/// Files that describe a container.
const CONTAINERS: [&str; 3] = ["Dockerfile", "Containerfile", "docker-compose.yml"];

/// What a directory says of the work in it. Paths are relative to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Clues {
    /// Manifests, each with the first framework for servers that it names.
    pub servers: BTreeMap<String, Option<String>>,
    /// Manifests of JavaScript, each with the first framework for interfaces that it names.
    pub interfaces: BTreeMap<String, Option<String>>,
    /// Descriptions of an API.
    pub contracts: Vec<String>,
    /// Descriptions of a container.
    pub containers: Vec<String>,
    /// How many people's commits are of the last [`AUTHORS_DAYS`] days; `None` without git.
    pub authors: Option<usize>,
}

impl Clues {
    /// Looks at a directory and the folders in it. `today` is the day up to which authors count.
    /// What cannot be read says nothing.
    #[must_use]
    pub fn gather(dir: &Path, today: Date) -> Self {
        let mut clues = Self { authors: Git::of(dir).authors(since(today)), ..Self::default() };
        clues.look(dir, "");
        for folder in folders(dir) {
            clues.look(&dir.join(&folder), &format!("{folder}/"));
        }
        clues
    }

    fn look(&mut self, dir: &Path, before: &str) {
        for name in names(dir) {
            let shown = format!("{before}{name}");
            let path = dir.join(&name);
            if let Some((_, frameworks)) = SERVERS.iter().find(|(manifest, _)| *manifest == name) {
                let text = beginning(&path);
                let named = frameworks.iter().find(|framework| names_word(&text, framework));
                let named = named.map(|framework| (*framework).to_owned());
                if name == "package.json" {
                    let found = INTERFACES.iter().find(|word| names_word(&text, word));
                    let found = found.map(|word| (*word).to_owned());
                    self.interfaces.insert(shown.clone(), found);
                    if named.is_none() {
                        continue;
                    }
                }
                self.servers.insert(shown, named);
            } else if is_contract(&name) {
                self.contracts.push(shown);
            } else if CONTAINERS.contains(&name.as_str()) {
                self.containers.push(shown);
            }
        }
    }
}

fn since(today: Date) -> Date {
    Date::from_days(today.days() - AUTHORS_DAYS)
}

/// The names of what is in a directory, sorted.
fn names(dir: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    let entries = entries.take(ENTRIES_MAX).filter_map(Result::ok);
    let mut names: Vec<String> =
        entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort_unstable();
    names
}

/// The folders that may hold a part of the project: no hidden ones, no links, none of tools.
fn folders(dir: &Path) -> Vec<String> {
    let hidden = |name: &str| {
        name.starts_with('.') || ["node_modules", "target", "vendor", "dist"].contains(&name)
    };
    let is_folder =
        |name: &String| dir.join(name).symlink_metadata().is_ok_and(|meta| meta.is_dir());
    let folders = names(dir).into_iter().filter(|name| !hidden(name)).filter(is_folder);
    folders.take(FOLDERS_MAX).collect()
}

fn is_contract(name: &str) -> bool {
    let Some((stem, suffix)) = name.rsplit_once('.') else { return false };
    CONTRACTS.contains(&stem) && CONTRACT_SUFFIXES.contains(&suffix)
}

/// The beginning of a file as text; nothing if it is no file.
fn beginning(path: &Path) -> String {
    let mut bytes = Vec::new();
    if path.is_file()
        && let Ok(file) = File::open(path)
    {
        // Half a manifest says half of what it says.
        let _ = file.take(MANIFEST_BYTES_MAX).read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// True if a text has a word, and not only as a part of a longer name.
fn names_word(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '@');
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_framework_is_a_word() {
        assert!(names_word("axum = \"0.8\"", "axum"));
        assert!(names_word("require github.com/gin-gonic/gin v1", "gin"));
        assert!(names_word("{\"react\":\"19\"}", "react"));
        for text in ["axum-extra = 1", "\"react-query\": 1", "virgin", "preact", ""] {
            assert!(!names_word(text, "react") && !names_word(text, "gin"), "{text}");
        }
        assert!(is_contract("openapi.yml") && !is_contract("openapi") && !is_contract("api.json"));
    }
}
