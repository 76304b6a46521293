//! The keys of the configuration, and which values each takes.
//!
//! Start at [`Key`].
//!
//! - **Invariant.** A value is written as it is read: [`Value::toml`] of what [`Key::parse`] gives.

use toml::de::DeValue;

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
}

/// A value of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// One of a few words.
    Word(String),
    /// Yes or no.
    Flag(bool),
    /// A small number.
    Number(u8),
}

impl Value {
    /// As it stands in a file.
    #[must_use]
    pub fn toml(&self) -> String {
        match self {
            Self::Word(word) => format!("\"{word}\""),
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

impl Key {
    /// Every key, in the order in which they are listed.
    pub const ALL: [Self; 7] = [
        Self::Level,
        Self::Glyphs,
        Self::Color,
        Self::Accessible,
        Self::AmbiguousWidth,
        Self::Hints,
        Self::Pager,
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
        }
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
            Self::Hints => Value::Flag(true),
            _ => Value::Word("auto".to_owned()),
        }
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
            Self::Level | Self::AmbiguousWidth => &["auto"],
            Self::Glyphs => &["auto", "emoji", "unicode", "ascii"],
            Self::Color | Self::Pager => &["auto", "always", "never"],
            Self::Accessible | Self::Hints => &[],
        }
    }

    const fn numbers(self) -> &'static [u8] {
        match self {
            Self::Level => &[0, 1, 2, 3],
            Self::AmbiguousWidth => &[1, 2],
            _ => &[],
        }
    }

    /// The values it takes, in words.
    #[must_use]
    pub fn allowed(self) -> String {
        if matches!(self, Self::Accessible | Self::Hints) {
            return "true, false".to_owned();
        }
        let words = self.words().iter().map(ToString::to_string);
        words.chain(self.numbers().iter().map(u8::to_string)).collect::<Vec<_>>().join(", ")
    }

    /// A value as it is typed; `None` if it is none of those allowed.
    #[must_use]
    pub fn parse(self, text: &str) -> Option<Value> {
        if self.words().contains(&text) {
            return Some(Value::Word(text.to_owned()));
        }
        if let Some(number) = text.parse().ok().filter(|number| self.numbers().contains(number)) {
            return Some(Value::Number(number));
        }
        let is_flag = matches!(self, Self::Accessible | Self::Hints);
        text.parse().ok().filter(|_| is_flag).map(Value::Flag)
    }

    /// A value as it stands in a file; `None` if it is none of those allowed.
    #[must_use]
    pub fn value(self, value: &DeValue<'_>) -> Option<Value> {
        match value {
            DeValue::String(word) if self.words().contains(&word.as_ref()) => {
                Some(Value::Word(word.to_string()))
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
