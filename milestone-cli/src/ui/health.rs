//! How health is said and drawn: words, symbols, colours.
//!
//! Start at [`word`].
//!
//! - **Invariant.** A symbol never stands without its word.

use milestone_analytics::health::Health;

use super::glyph::{Glyphs, Paint, Status};

/// Returns the words that people read, as the beginning of a sentence.
#[must_use]
pub const fn word(health: Health) -> &'static str {
    match health {
        Health::Late => "Late",
        Health::Blocked => "Blocked",
        Health::AtRisk => "At risk",
        Health::Paused => "Paused",
        Health::NotEnoughHistory => "Not enough history",
        Health::NoDate => "No due date",
        Health::NoTasks => "No tasks",
        Health::OnTrack => "On track",
        Health::NothingLeft => "Nothing left",
    }
}

/// Returns the symbol before the words; empty where nothing calls for an eye.
#[must_use]
pub const fn mark(health: Health, glyphs: Glyphs) -> &'static str {
    match (health, glyphs) {
        (Health::Late, Glyphs::Emoji) => "⏰",
        (Health::Late, Glyphs::Unicode) => "▲▲",
        (Health::Late, Glyphs::Ascii) => "^^",
        (Health::AtRisk, Glyphs::Emoji) => "🔶",
        (Health::AtRisk, Glyphs::Unicode) => "▲",
        (Health::AtRisk, Glyphs::Ascii) => "^",
        (Health::Paused, glyphs) => Status::Paused.glyph(glyphs),
        (Health::Blocked, Glyphs::Emoji) => "⛔",
        (Health::Blocked, Glyphs::Unicode) => "■",
        (Health::Blocked, Glyphs::Ascii) => "[!]",
        _ => "",
    }
}

/// Returns the colour of the words.
#[must_use]
pub const fn paint(health: Health) -> Paint {
    match health {
        Health::Late | Health::Blocked => Paint::Blocked,
        Health::AtRisk => Paint::AtRisk,
        Health::Paused | Health::NotEnoughHistory | Health::NoDate | Health::NoTasks => {
            Paint::Muted
        }
        Health::OnTrack | Health::NothingLeft => Paint::Plain,
    }
}
