//! The keys of the configuration, and which values each takes.
//!
//! Start at [`Key`].
//!
//! - **Invariant.** A value is written as it is read: [`Value::toml`] of what [`Key::parse`] gives.

use std::ops::RangeInclusive;

use milestone_project::{AlertPolicy, KEEP_DAYS, Policy};
use toml::de::DeValue;

/// The largest threshold: from here on nothing is ever too small.
const THRESHOLD_MAX: u32 = 1_000_000_000;

/// The longest that backups are kept, in days: a hundred years.
const KEEP_DAYS_MAX: u32 = 36_500;

/// A key that has a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// How rich the drawing is.
    Level,
    /// Which symbols.
    Glyphs,
    /// Whether in colour.
    Color,
    /// Sentences instead of drawings.
    Accessible,
    /// How wide *Ambiguous* characters are.
    AmbiguousWidth,
    /// Whether hints are given.
    Hints,
    /// Whether long output is paged.
    Pager,
    /// Which backend, of this copy.
    Backend,
    /// From how many milestones on `file` is too small.
    HybridMilestones,
    /// From how many people on.
    HybridPeople,
    /// From how many milestones on `hybrid` is too small.
    DatabaseMilestones,
    /// From how many people on.
    DatabasePeople,
    /// Where backups go, of this copy.
    BackupDirectory,
    /// Whether new records go there at once.
    BackupContinuous,
    /// Whether the first command of a day makes a backup.
    BackupDaily,
    /// For how many days backups are kept.
    BackupKeepDays,
    /// From how many days after it was due something is worth an alert.
    AlertOverdue,
    /// Without a record for how many days.
    AlertStalled,
    /// Blocked for how many days.
    AlertBlocked,
    /// A read model that lacks how many records.
    AlertLag,
    /// With less free space than how many megabytes.
    AlertDisk,
    /// Without a good backup for how many days.
    AlertBackup,
}

/// A value of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// One of a few words.
    Word(String),
    /// Yes or no.
    Flag(bool),
    /// A number.
    Number(u32),
}

impl Value {
    /// As it stands in a file.
    #[must_use]
    pub fn toml(&self) -> String {
        match self {
            Self::Word(word) => toml::Value::String(word.clone()).to_string(),
            other => other.text(),
        }
    }

    /// As it is typed.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Word(word) => word.clone(),
            Self::Flag(flag) => flag.to_string(),
            Self::Number(number) => number.to_string(),
        }
    }
}

fn threshold(count: usize) -> Value {
    Value::Number(u32::try_from(count).unwrap_or(THRESHOLD_MAX))
}

impl Key {
    /// Every key, in the order in which they are listed.
    pub const ALL: [Self; 22] = [
        Self::Level,
        Self::Glyphs,
        Self::Color,
        Self::Accessible,
        Self::AmbiguousWidth,
        Self::Hints,
        Self::Pager,
        Self::Backend,
        Self::HybridMilestones,
        Self::HybridPeople,
        Self::DatabaseMilestones,
        Self::DatabasePeople,
        Self::BackupDirectory,
        Self::BackupContinuous,
        Self::BackupDaily,
        Self::BackupKeepDays,
        Self::AlertOverdue,
        Self::AlertStalled,
        Self::AlertBlocked,
        Self::AlertLag,
        Self::AlertDisk,
        Self::AlertBackup,
    ];

    /// As it is written.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Level => "ui.level",
            Self::Glyphs => "ui.glyphs",
            Self::Color => "ui.color",
            Self::Accessible => "ui.accessible",
            Self::AmbiguousWidth => "ui.ambiguous_width",
            Self::Hints => "ui.hints",
            Self::Pager => "ui.pager",
            Self::Backend => "storage.backend",
            Self::HybridMilestones => "storage.hybrid_milestones",
            Self::HybridPeople => "storage.hybrid_people",
            Self::DatabaseMilestones => "storage.database_milestones",
            Self::DatabasePeople => "storage.database_people",
            Self::BackupDirectory => "backup.directory",
            Self::BackupContinuous => "backup.continuous",
            Self::BackupDaily => "backup.daily",
            Self::BackupKeepDays => "backup.keep_days",
            Self::AlertOverdue => "alerts.overdue_days",
            Self::AlertStalled => "alerts.stalled_days",
            Self::AlertBlocked => "alerts.blocked_days",
            Self::AlertLag => "alerts.lag_records",
            Self::AlertDisk => "alerts.disk_mb",
            Self::AlertBackup => "alerts.backup_days",
        }
    }

    /// The table that it stands in, and its name there.
    #[must_use]
    pub fn parts(self) -> (&'static str, &'static str) {
        self.name().split_once('.').expect("every key stands in a table")
    }

    /// True if it is a matter of one machine, so that only the local file may have it.
    #[must_use]
    pub const fn local_only(self) -> bool {
        matches!(
            self,
            Self::Backend | Self::BackupDirectory | Self::BackupContinuous | Self::BackupDaily
        )
    }

    /// The key of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name)
    }

    /// What it is where nobody said anything.
    #[must_use]
    pub fn built_in(self) -> Value {
        match self {
            Self::Accessible => Value::Flag(false),
            Self::Hints | Self::BackupContinuous | Self::BackupDaily => Value::Flag(true),
            Self::BackupKeepDays => Value::Number(KEEP_DAYS),
            Self::HybridMilestones => threshold(Policy::default().hybrid.milestones),
            Self::HybridPeople => threshold(Policy::default().hybrid.people),
            Self::DatabaseMilestones => threshold(Policy::default().database.milestones),
            Self::DatabasePeople => threshold(Policy::default().database.people),
            _ => match self.alert().map(|of| of(&AlertPolicy::default())) {
                Some(Some(from)) => Value::Number(from),
                Some(None) => Value::Word("off".to_owned()),
                None => Value::Word("auto".to_owned()),
            },
        }
    }

    /// The threshold of an alert that it sets.
    #[must_use]
    pub fn alert(self) -> Option<fn(&AlertPolicy) -> Option<u32>> {
        Some(match self {
            Self::AlertOverdue => |policy| policy.overdue_days,
            Self::AlertStalled => |policy| policy.stalled_days,
            Self::AlertBlocked => |policy| policy.blocked_days,
            Self::AlertLag => |policy| policy.lag_records,
            Self::AlertDisk => |policy| policy.disk_mb,
            Self::AlertBackup => |policy| policy.backup_days,
            _ => return None,
        })
    }

    /// The variable that goes before the files, if there is one.
    #[must_use]
    pub const fn variable(self) -> Option<&'static str> {
        match self {
            Self::Level => Some("MILESTONE_LEVEL"),
            Self::Glyphs => Some("MILESTONE_GLYPHS"),
            Self::Pager => Some("MILESTONE_PAGER"),
            _ => None,
        }
    }

    const fn words(self) -> &'static [&'static str] {
        match self {
            Self::Level | Self::AmbiguousWidth | Self::BackupDirectory => &["auto"],
            Self::Glyphs => &["auto", "emoji", "unicode", "ascii"],
            Self::Color | Self::Pager => &["auto", "always", "never"],
            Self::Backend => &["auto", "file", "hybrid", "database"],
            Self::AlertOverdue
            | Self::AlertStalled
            | Self::AlertBlocked
            | Self::AlertLag
            | Self::AlertDisk
            | Self::AlertBackup => &["off"],
            Self::Accessible
            | Self::Hints
            | Self::HybridMilestones
            | Self::HybridPeople
            | Self::DatabaseMilestones
            | Self::DatabasePeople
            | Self::BackupContinuous
            | Self::BackupDaily
            | Self::BackupKeepDays => &[],
        }
    }

    const fn numbers(self) -> Option<RangeInclusive<u32>> {
        match self {
            Self::Level => Some(0..=3),
            Self::AmbiguousWidth => Some(1..=2),
            Self::BackupKeepDays => Some(1..=KEEP_DAYS_MAX),
            Self::HybridMilestones
            | Self::HybridPeople
            | Self::DatabaseMilestones
            | Self::DatabasePeople
            | Self::AlertOverdue
            | Self::AlertStalled
            | Self::AlertBlocked
            | Self::AlertLag
            | Self::AlertDisk
            | Self::AlertBackup => Some(1..=THRESHOLD_MAX),
            _ => None,
        }
    }

    /// The values it takes, in words.
    #[must_use]
    pub fn allowed(self) -> String {
        if self == Self::BackupDirectory {
            return "auto, a directory".to_owned();
        }
        if self.is_flag() {
            return "true, false".to_owned();
        }
        let words = self.words().iter().map(ToString::to_string);
        let numbers = match self.numbers() {
            Some(numbers) if *numbers.end() == THRESHOLD_MAX => {
                vec![format!("1 to {THRESHOLD_MAX}")]
            }
            Some(numbers) if *numbers.end() == KEEP_DAYS_MAX => {
                vec![format!("1 to {KEEP_DAYS_MAX}")]
            }
            numbers => numbers.into_iter().flatten().map(|number| number.to_string()).collect(),
        };
        words.chain(numbers).collect::<Vec<_>>().join(", ")
    }

    /// A value as it is typed; `None` if it is none of those allowed.
    #[must_use]
    pub fn parse(self, text: &str) -> Option<Value> {
        if self.words().contains(&text) || (self == Self::BackupDirectory && !text.is_empty()) {
            return Some(Value::Word(text.to_owned()));
        }
        let numbers = self.numbers();
        let allowed = |number: &u32| numbers.is_some_and(|numbers| numbers.contains(number));
        if let Some(number) = text.parse().ok().filter(allowed) {
            return Some(Value::Number(number));
        }
        text.parse().ok().filter(|_| self.is_flag()).map(Value::Flag)
    }

    const fn is_flag(self) -> bool {
        let looks = matches!(self, Self::Accessible | Self::Hints);
        looks || matches!(self, Self::BackupContinuous | Self::BackupDaily)
    }

    /// A value as it stands in a file; `None` if it is none of those allowed.
    #[must_use]
    pub fn value(self, value: &DeValue<'_>) -> Option<Value> {
        match value {
            DeValue::String(word) => {
                self.parse(word).filter(|value| matches!(value, Value::Word(_)))
            }
            DeValue::Integer(number) => {
                self.parse(number.as_str()).filter(|value| matches!(value, Value::Number(_)))
            }
            DeValue::Boolean(flag) => {
                self.parse(&flag.to_string()).filter(|value| matches!(value, Value::Flag(_)))
            }
            _ => None,
        }
    }
}
