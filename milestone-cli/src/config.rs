//! Looks, habits and backends: `config.toml` of the user, of the project, of this machine.
//!
//! Start at [`Config::load`]; [`Key`] lists every key. [`edit`] changes one key of a file.
//!
//! - **Invariant.** Settings change what is shown, never what the log means.
//! - **Invariant.** A file that cannot be read is a fault that is told, and stops nothing else; an
//!   unknown key is not even that.
//! - **Invariant.** Where there is no file, nothing is parsed.

pub mod edit;
pub mod key;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use milestone_project::{AlertPolicy, Backend, BackupPolicy, Policy, Threshold};
use toml::de::{DeTable, DeValue};

pub use key::{Key, Value};

use crate::args::global::{Choice, GlyphChoice};
use crate::ui::style::Settings;
use milestone_core::words::nearest;

/// Which file a setting is in, the one that counts least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// The file of this user.
    User,
    /// The committed file of the project.
    Project,
    /// The ignored file of this copy.
    Local,
}

/// A file that settings are read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Whose it is.
    pub scope: Scope,
    /// Where it is, or would be.
    pub path: PathBuf,
    /// True if it is there.
    pub exists: bool,
}

/// A setting, and where it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The value.
    pub value: Value,
    /// The file.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
}

/// A key that is none of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownKey {
    /// As it is written, `ui.glyph`.
    pub key: String,
    /// The file.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The key that was meant, perhaps.
    pub suggestion: Option<&'static str>,
}

/// Something in a file that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1; 0 if it is about no line.
    pub line: usize,
    /// Why.
    pub why: String,
    /// True if nothing of the file could be read.
    pub whole_file: bool,
}

/// What the configuration files say, the nearest one winning.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    sources: Vec<Source>,
    settings: BTreeMap<Key, Setting>,
    unknown: Vec<UnknownKey>,
    faults: Vec<Fault>,
}

impl Config {
    /// Reads the files that are there. `root` is the project's `.milestones`.
    pub fn load(env: &BTreeMap<String, String>, root: Option<&Path>) -> Self {
        let mut config = Self::default();
        let set = |name: &str| env.get(name).filter(|value| !value.is_empty());
        let user = match set("XDG_CONFIG_HOME") {
            Some(home) => Some(PathBuf::from(home)),
            None => set("HOME").map(|home| Path::new(home).join(".config")),
        };
        let user = user.map(|home| (Scope::User, home.join("milestone/config.toml")));
        let project = root.map(|root| (Scope::Project, root.join("config.toml")));
        let local = root.map(|root| (Scope::Local, root.join("local/config.toml")));
        for (scope, path) in [user, project, local].into_iter().flatten() {
            let text = match std::fs::read(&path) {
                Ok(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
                Err(error) => {
                    let (path, why) = (path.clone(), error.to_string());
                    config.faults.push(Fault { path, line: 0, why, whole_file: true });
                    None
                }
            };
            if let Some(text) = &text {
                config.read(scope, &path, text);
            }
            config.sources.push(Source { scope, path, exists: text.is_some() });
        }
        config
    }

    fn read(&mut self, scope: Scope, path: &Path, text: &str) {
        let table = match DeTable::parse(text) {
            Ok(table) => table,
            Err(error) => {
                let line = error.span().map_or(0, |span| line_at(text, span.start));
                let (path, why) = (path.to_owned(), error.message().to_owned());
                self.faults.push(Fault { path, line, why, whole_file: true });
                return;
            }
        };
        let mut found = Vec::new();
        flatten("", table.get_ref(), &mut found);
        for (name, at, value) in found {
            let line = line_at(text, at);
            let Some(key) = Key::named(&name) else {
                let suggestion = nearest(&name, Key::ALL.map(Key::name));
                self.unknown.push(UnknownKey {
                    key: name,
                    path: path.to_owned(),
                    line,
                    suggestion,
                });
                continue;
            };
            if key.local_only() && scope != Scope::Local {
                let why = format!("{name} belongs into .milestones/local/config.toml");
                self.faults.push(Fault { path: path.to_owned(), line, why, whole_file: false });
                continue;
            }
            match key.value(value) {
                Some(value) => {
                    self.settings.insert(key, Setting { value, path: path.to_owned(), line });
                }
                None => {
                    let why = format!("{name} is one of {}", key.allowed());
                    self.faults.push(Fault { path: path.to_owned(), line, why, whole_file: false });
                }
            }
        }
    }

    /// The files that are read, the one that counts least first.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// What the files say about `key`.
    #[must_use]
    pub fn setting(&self, key: Key) -> Option<&Setting> {
        self.settings.get(&key)
    }

    /// Keys that are none of ours: a matter for `doctor`, never an error.
    #[must_use]
    pub fn unknown_keys(&self) -> &[UnknownKey] {
        &self.unknown
    }

    /// What cannot be understood.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    fn word(&self, key: Key) -> Option<&str> {
        match &self.settings.get(&key)?.value {
            Value::Word(word) => Some(word),
            _ => None,
        }
    }

    fn flag(&self, key: Key) -> Option<bool> {
        match self.settings.get(&key)?.value {
            Value::Flag(flag) => Some(flag),
            _ => None,
        }
    }

    fn number(&self, key: Key) -> Option<u32> {
        match self.settings.get(&key)?.value {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    fn choice(&self, key: Key) -> Option<Choice> {
        match self.word(key)? {
            "always" => Some(Choice::Always),
            "never" => Some(Choice::Never),
            _ => None,
        }
    }

    /// `ui.hints`.
    #[must_use]
    pub fn hints(&self) -> bool {
        self.flag(Key::Hints).unwrap_or(true)
    }

    /// `ui.level`, if it says anything but `auto`.
    #[must_use]
    pub fn level(&self) -> Option<u8> {
        self.number(Key::Level).and_then(|level| u8::try_from(level).ok())
    }

    /// `ui.pager`, if it says anything but `auto`.
    #[must_use]
    pub fn pager(&self) -> Option<Choice> {
        self.choice(Key::Pager)
    }

    /// What of it concerns backends.
    #[must_use]
    pub fn policy(&self) -> Policy {
        let built_in = Policy::default();
        let count = |key, built_in| {
            self.number(key).and_then(|count| usize::try_from(count).ok()).unwrap_or(built_in)
        };
        let pinned = self.word(Key::Backend).and_then(Backend::named);
        Policy {
            choice: pinned
                .map_or(milestone_project::Choice::Auto, milestone_project::Choice::Pinned),
            hybrid: Threshold {
                milestones: count(Key::HybridMilestones, built_in.hybrid.milestones),
                people: count(Key::HybridPeople, built_in.hybrid.people),
            },
            database: Threshold {
                milestones: count(Key::DatabaseMilestones, built_in.database.milestones),
                people: count(Key::DatabasePeople, built_in.database.people),
            },
        }
    }

    /// What of it concerns backups of the project whose directory is `root`. A directory that is
    /// not whole begins where the project is.
    #[must_use]
    pub fn backups(&self, root: &Path, home: Option<&str>) -> BackupPolicy {
        let built_in = BackupPolicy::default();
        let named = self.word(Key::BackupDirectory).filter(|word| *word != "auto");
        let directory = named.map(|word| match (word.strip_prefix("~/"), home) {
            (Some(rest), Some(home)) => Path::new(home).join(rest),
            _ => root.parent().unwrap_or(root).join(word),
        });
        BackupPolicy {
            directory,
            continuous: self.flag(Key::BackupContinuous).unwrap_or(built_in.continuous),
            daily: self.flag(Key::BackupDaily).unwrap_or(built_in.daily),
            keep_days: self.number(Key::BackupKeepDays).unwrap_or(built_in.keep_days),
        }
    }

    /// From when on something is worth an alert.
    #[must_use]
    pub fn alerts(&self) -> AlertPolicy {
        let built_in = AlertPolicy::default();
        let from = |key: Key, built_in: Option<u32>| match self.word(key) {
            Some("off") => None,
            _ => self.number(key).or(built_in),
        };
        AlertPolicy {
            overdue_days: from(Key::AlertOverdue, built_in.overdue_days),
            stalled_days: from(Key::AlertStalled, built_in.stalled_days),
            blocked_days: from(Key::AlertBlocked, built_in.blocked_days),
            lag_records: from(Key::AlertLag, built_in.lag_records),
            disk_mb: from(Key::AlertDisk, built_in.disk_mb),
            backup_days: from(Key::AlertBackup, built_in.backup_days),
        }
    }

    /// What of it concerns drawing.
    #[must_use]
    pub fn settings(&self) -> Settings {
        Settings {
            color: self.choice(Key::Color),
            glyphs: match self.word(Key::Glyphs) {
                Some("emoji") => Some(GlyphChoice::Emoji),
                Some("unicode") => Some(GlyphChoice::Unicode),
                Some("ascii") => Some(GlyphChoice::Ascii),
                _ => None,
            },
            level: self.level().unwrap_or(0),
            accessible: self.flag(Key::Accessible).unwrap_or(false),
            ambiguous_wide: self.number(Key::AmbiguousWidth).map(|cells| cells == 2),
        }
    }
}

/// Every key of a table with where its value begins; of tables, those in them.
fn flatten<'t>(
    above: &str,
    table: &'t DeTable<'_>,
    found: &mut Vec<(String, usize, &'t DeValue<'t>)>,
) {
    for (name, value) in table.iter() {
        let name = match above {
            "" => name.get_ref().to_string(),
            above => format!("{above}.{}", name.get_ref()),
        };
        match value.get_ref() {
            DeValue::Table(inner) => flatten(&name, inner, found),
            inner => found.push((name, value.span().start, inner)),
        }
    }
}

/// The line, from 1, in which byte `at` is.
fn line_at(text: &str, at: usize) -> usize {
    text.as_bytes()[..at.min(text.len())].iter().filter(|&&byte| byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Config {
        let mut config = Config::default();
        config.read(Scope::Project, Path::new("config.toml"), text);
        config
    }

    #[test]
    fn every_form_of_toml_is_read_with_its_line() {
        for text in [
            "\n[ui]\nglyphs = \"ascii\"",
            "\n\nui.glyphs = 'ascii'",
            "\n\nui = { glyphs = \"ascii\" }",
        ] {
            let config = read(text);
            assert_eq!(config.settings().glyphs, Some(GlyphChoice::Ascii), "{text}");
            assert_eq!(config.setting(Key::Glyphs).map(|setting| setting.line), Some(3));
        }
    }

    #[test]
    fn what_is_odd_is_told_and_stops_nothing() {
        let config = read("[ui]\nglyph = \"ascii\"\nlevel = 9\nhints = false\n");
        assert_eq!(config.unknown_keys()[0].suggestion, Some("ui.glyphs"));
        assert_eq!(config.unknown_keys()[0].line, 2);
        assert_eq!(config.faults()[0].line, 3);
        assert!(!config.hints());
        assert_eq!(read("[ui]\nhints = \n").faults()[0].line, 2);
        let config = read("[storage]\nhybrid_people = 7\nbackend = \"database\"\n");
        assert_eq!(config.policy().hybrid, Threshold { milestones: 25, people: 7 });
        assert_eq!(config.faults()[0].line, 3, "one machine must not choose for all");
        assert_eq!(config.policy().choice, milestone_project::Choice::Auto);
    }
}
