//! Which template fits: a pure function of what a directory says and of a title.
//!
//! Start at [`route()`]. Every point that counts is a [`Signal`] that can be shown.
//!
//! - **Invariant.** The same clues and title give the same answer, and the signals add up to it.
//! - **Invariant.** Each signal counts once, however many files say the same.
//! - **Absent on purpose.** Templates themselves: a project's own `api.md` is used as the built-in.

use crate::detect::{AUTHORS_DAYS, Clues};

/// The templates that a route can lead to. Of two that fit alike the first is taken: the one that
/// says more of the work at hand.
pub const ROUTES: [&str; 5] = ["bugfix", "api", "frontend", "team", "personal"];

/// Words of a title, the template they speak for, and the points. A title is about this milestone,
/// a directory about all of them: a fault in a server is a fault.
const TITLE_WORDS: [(&str, u32, &[&str]); 3] = [
    (
        "bugfix",
        20,
        &["fix", "fixes", "bug", "bugs", "bugfix", "hotfix", "crash", "regression", "broken"],
    ),
    ("api", 2, &["api", "endpoint", "endpoints", "backend", "server", "service", "microservice"]),
    ("frontend", 2, &["frontend", "ui", "ux", "page", "screen", "component", "components", "css"]),
];

/// By how many points a template must lead to be taken where nobody looks at the choice.
pub const LEAD_MIN: u32 = 2;

/// From how many authors on a team is meant.
const TEAM_AUTHORS_MIN: usize = 2;

/// Something that speaks for a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal {
    /// What was seen.
    pub what: String,
    /// The template it speaks for.
    pub template: &'static str,
    /// How much. 0 says that it was looked for and not found.
    pub points: u32,
}

/// Which template fits, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The template.
    pub template: &'static str,
    /// What was seen, in the order in which it was looked for.
    pub signals: Vec<Signal>,
}

impl Route {
    /// The points of a template.
    #[must_use]
    pub fn points(&self, template: &str) -> u32 {
        let own = self.signals.iter().filter(|signal| signal.template == template);
        own.map(|signal| signal.points).sum()
    }

    /// By how many points the template leads.
    #[must_use]
    pub fn lead(&self) -> u32 {
        let others = ROUTES.into_iter().filter(|name| *name != self.template);
        let next = others.map(|name| self.points(name)).max().unwrap_or(0);
        self.points(self.template).saturating_sub(next)
    }

    /// The template where nobody looks at the choice: one that leads clearly, else the one for
    /// everything.
    #[must_use]
    pub fn sure(&self) -> &'static str {
        if self.lead() >= LEAD_MIN { self.template } else { "personal" }
    }
}

/// Chooses a template. The title may be empty.
#[must_use]
pub fn route(clues: &Clues, title: &str) -> Route {
    let mut signals = titled(title);
    signals.extend(backend(clues));
    signals.extend(interface(clues));
    signals.push(people(clues.authors));
    let mut route = Route { template: "personal", signals };
    // The last of several maxima is the first of the list from behind.
    let best = ROUTES.into_iter().rev().max_by_key(|template| route.points(template));
    route.template = best.unwrap_or("personal");
    route
}

fn titled(title: &str) -> Vec<Signal> {
    let small = title.to_lowercase();
    let words: Vec<&str> = small.split(|c: char| !c.is_alphanumeric()).collect();
    let mut signals = Vec::new();
    for (template, points, known) in TITLE_WORDS {
        if let Some(word) = words.iter().find(|word| known.contains(word)) {
            let what = format!("the title says \"{word}\"");
            signals.push(Signal { what, template, points });
        }
    }
    signals
}

fn backend(clues: &Clues) -> Vec<Signal> {
    let mut signals = Vec::new();
    let mut add = |what, points| signals.push(Signal { what, template: "api", points });
    let named = clues.servers.iter().find_map(|(file, word)| Some((file, word.as_ref()?)));
    match (named, clues.servers.keys().next()) {
        (Some((file, word)), _) => add(format!("{file} names {word}"), 3),
        (None, Some(file)) => add(format!("{file} names no web framework"), 0),
        (None, None) => {}
    }
    if let Some(file) = clues.contracts.first() {
        add(file.clone(), 3);
    }
    if let Some(file) = clues.containers.first() {
        add(file.clone(), 1);
    }
    signals
}

fn interface(clues: &Clues) -> Vec<Signal> {
    let named = clues.interfaces.iter().find_map(|(file, word)| Some((file, word.as_ref()?)));
    let (what, points) = match (named, clues.interfaces.keys().next()) {
        (Some((file, word)), _) => (format!("{file} names {word}"), 3),
        (None, Some(file)) => (format!("{file} names no framework for interfaces"), 0),
        (None, None) => return Vec::new(),
    };
    vec![Signal { what, template: "frontend", points }]
}

fn people(authors: Option<usize>) -> Signal {
    let (what, template, points) = match authors {
        None => ("no history of git".to_owned(), "personal", 1),
        Some(0) => (format!("no commit in the last {AUTHORS_DAYS} days"), "personal", 1),
        Some(count) if count >= TEAM_AUTHORS_MIN => {
            (format!("{count} authors in the last {AUTHORS_DAYS} days"), "team", 2)
        }
        Some(_) => (format!("1 author in the last {AUTHORS_DAYS} days"), "personal", 1),
    };
    Signal { what, template, points }
}
