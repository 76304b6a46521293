//! Workflow files: YAML that says which phases a task goes through.
//!
//! Start at [`WorkflowFile::parse`]. A file is a map of `phases`, by itself or below one key that
//! ends in `workflow`, as the specification writes it.
//!
//! - **Invariant.** Whatever is not understood is a fault with its line; nothing is guessed.
//! - **Absent on purpose.** Reading directories: whoever knows the project does that.

mod faults;

use std::collections::BTreeSet;
use std::fmt;

use milestone_core::domain::{NewPhase, NewWorkflow, PHASES_MAX, PhaseSpec};
use milestone_core::words::{
    MINUTES_PER_DAY, MINUTES_PER_HOUR, MINUTES_PER_WEEK, Slug, duration_minutes,
};
use serde::de::{Error, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::view::yaml::from_yaml;

/// Longest workflow file, in bytes.
pub const WORKFLOW_BYTES_MAX: usize = 64 * 1024;

/// The weights of the phases of the built-in workflow, for files that give none.
const WEIGHTS: [(&str, u32); 4] = [("design", 15), ("spec", 25), ("task", 20), ("execute", 40)];

/// The weight of every phase where no weight is known.
const WEIGHT_ALIKE: u32 = 1;

/// What a workflow file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkflowFile {
    /// The workflow, as a task takes it over.
    pub workflow: NewWorkflow,
    /// False if it says `enabled: false`: no task can be given it.
    pub enabled: bool,
    /// The phase that it calls current. Where a task stands is in the log, so this changes nothing.
    pub current_phase: Option<String>,
}

/// Why a text is no workflow, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct WorkflowFault {
    /// The line, from 1, where it is known.
    pub line: Option<u64>,
    /// What is wrong.
    pub why: String,
}

impl fmt::Display for WorkflowFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        f.write_str(&self.why)
    }
}

impl WorkflowFile {
    /// Reads the text of a file; `name` is what the workflow is called.
    ///
    /// # Errors
    ///
    /// [`WorkflowFault`] says what is wrong first and in which line.
    pub fn parse(name: &str, text: &str) -> Result<Self, WorkflowFault> {
        Self::check(name, text).map_err(|mut faults| faults.swap_remove(0))
    }

    /// Reads the text of a file, and finds everything that is wrong with it.
    ///
    /// # Errors
    ///
    /// One [`WorkflowFault`] or more, by line as far as lines are known. What follows from the
    /// values is looked at once each of them is understood.
    pub fn check(name: &str, text: &str) -> Result<Self, Vec<WorkflowFault>> {
        let whole = |why: String| vec![WorkflowFault { line: None, why }];
        Slug::new(name).map_err(|fault| whole(format!("\"{name}\" is no name: {fault}")))?;
        if text.len() > WORKFLOW_BYTES_MAX {
            return Err(whole(format!("it is over {WORKFLOW_BYTES_MAX} bytes")));
        }
        let Root(body) = read(text).map_err(|first| faults::all(first, text))?;
        let at = |word: &str, why: String| WorkflowFault { line: line_of(text, word), why };
        let Phases(phases) = body.phases.ok_or_else(|| whole("it has no `phases`".to_owned()))?;
        let mut faults = Vec::new();
        if !(1..=PHASES_MAX).contains(&phases.len()) {
            let why = match phases.len() {
                0 => format!("it has no phases; 1 to {PHASES_MAX} can be"),
                count => format!("it has {count} phases; 1 to {PHASES_MAX} can be"),
            };
            faults.push(at("phases", why));
        }
        let weights = weights(&phases).unwrap_or_else(|without| {
            faults.extend(without.into_iter().map(|(phase, why)| at(&phase, why)));
            Vec::new()
        });
        let current_phase = body.current_phase;
        if let Some(current) = &current_phase
            && !phases.iter().any(|(name, _)| name == current)
        {
            faults.push(at("current_phase", format!("there is no phase \"{current}\"")));
        }
        for (phase, body) in &phases {
            if let Err(fault) = Slug::new(phase) {
                faults.push(at(phase, format!("\"{phase}\" is no name: {fault}")));
            }
            let mut seen = BTreeSet::new();
            if let Some(twice) = body.deliverables.iter().find(|name| !seen.insert(*name)) {
                faults.push(at(phase, format!("\"{phase}\" wants \"{twice}\" twice")));
            }
        }
        if !faults.is_empty() {
            faults.sort_by_key(|fault| fault.line);
            return Err(faults);
        }
        let new = phases.into_iter().zip(weights);
        let phases = new.map(|((phase, body), weight)| made(phase, body, weight)).collect();
        let workflow = NewWorkflow { name: name.to_owned(), phases };
        Ok(Self { workflow, enabled: body.enabled.unwrap_or(true), current_phase })
    }
}

/// A phase as a task takes it over.
fn made(phase: String, body: PhaseBody, weight: u32) -> NewPhase {
    let Length(minutes_min, minutes_max) = body.duration.unwrap_or_default();
    let spec = PhaseSpec {
        phase,
        weight,
        minutes_min,
        minutes_max,
        approval_required: body.approval_required,
        deliverables: body.deliverables,
    };
    NewPhase { spec, criteria: body.criteria }
}

/// Reads the values of a text, up to the first that is not understood.
fn read(text: &str) -> Result<Root, WorkflowFault> {
    from_yaml(text)
        .map_err(|fault| WorkflowFault { line: fault.at.map(|(line, _)| line), why: fault.why })
}

/// The line in which a key stands first, for faults that the YAML library cannot place.
fn line_of(text: &str, key: &str) -> Option<u64> {
    let is_it = |line: &str| {
        line.trim_start().strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with(':'))
    };
    text.lines().position(is_it).and_then(|at| u64::try_from(at + 1).ok())
}

/// The weight of each phase: all are given, or none. Else those that have none, and why they need
/// one.
fn weights(phases: &[(String, PhaseBody)]) -> Result<Vec<u32>, Vec<(String, String)>> {
    let given: Vec<u32> = phases.iter().filter_map(|(_, body)| body.weight).collect();
    if given.len() == phases.len() {
        return Ok(given);
    }
    if !given.is_empty() {
        let without = phases.iter().filter(|(_, body)| body.weight.is_none());
        let why = |name: &str| format!("\"{name}\" has no weight, and other phases have one");
        return Err(without.map(|(name, _)| (name.clone(), why(name))).collect());
    }
    let usual = |name: &str| WEIGHTS.iter().find(|(held, _)| *held == name).map(|(_, w)| *w);
    let known: Option<Vec<u32>> = phases.iter().map(|(name, _)| usual(name)).collect();
    Ok(known.unwrap_or_else(|| vec![WEIGHT_ALIKE; phases.len()]))
}

/// The whole file.
struct Root(Body);

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    enabled: Option<bool>,
    current_phase: Option<String>,
    phases: Option<Phases>,
}

/// Phases in the order of the file.
struct Phases(Vec<(String, PhaseBody)>);

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PhaseBody {
    duration: Option<Length>,
    weight: Option<u32>,
    approval_required: bool,
    deliverables: Vec<String>,
    criteria: Vec<String>,
}

/// Least and most minutes; `None` leaves that open.
#[derive(Default)]
struct Length(Option<u32>, Option<u32>);

impl<'de> Deserialize<'de> for Root {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct RootVisitor;

        impl<'de> Visitor<'de> for RootVisitor {
            type Value = Root;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a workflow: a map with `phases`")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Root, A::Error> {
                let mut body = Body::default();
                while let Some(key) = map.next_key::<String>()? {
                    match key.as_str() {
                        "enabled" => body.enabled = map.next_value()?,
                        "current_phase" => body.current_phase = map.next_value()?,
                        "phases" => body.phases = map.next_value()?,
                        key if key.ends_with("workflow") && body.phases.is_none() => {
                            body = map.next_value()?;
                            if let Some(other) = map.next_key::<String>()? {
                                map.next_value::<IgnoredAny>()?;
                                let why = format!("`{other}` stands beside `{key}`");
                                return Err(A::Error::custom(why));
                            }
                        }
                        other => {
                            let fields = &["enabled", "current_phase", "phases"];
                            return Err(A::Error::unknown_field(other, fields));
                        }
                    }
                }
                Ok(Root(body))
            }
        }

        deserializer.deserialize_map(RootVisitor)
    }
}

impl<'de> Deserialize<'de> for Phases {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PhasesVisitor;

        impl<'de> Visitor<'de> for PhasesVisitor {
            type Value = Phases;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("phases by their names")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Phases, A::Error> {
                let mut phases = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    let body = map.next_value::<Option<PhaseBody>>()?.unwrap_or_default();
                    phases.push((name, body));
                }
                Ok(Phases(phases))
            }
        }

        deserializer.deserialize_map(PhasesVisitor)
    }
}

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        length(&text).ok_or_else(|| {
            let how = "\"15-30 minutes\", \"2h\" or \"variable\"";
            D::Error::custom(format!("\"{text}\" is no duration such as {how}"))
        })
    }
}

/// Reads `15-30 minutes`, `2h`, `1d4h` or `Variable`.
fn length(text: &str) -> Option<Length> {
    let text = text.trim().to_lowercase();
    if matches!(text.as_str(), "variable" | "open" | "") {
        return Some(Length(None, None));
    }
    let split = text.find(|c: char| c.is_alphabetic())?;
    let (numbers, unit) = (text[..split].trim(), &text[split..]);
    let minutes = match unit {
        "m" | "min" | "mins" | "minute" | "minutes" => 1,
        "h" | "hour" | "hours" => MINUTES_PER_HOUR,
        "d" | "day" | "days" => MINUTES_PER_DAY,
        "w" | "week" | "weeks" => MINUTES_PER_WEEK,
        _ => {
            let whole = duration_minutes(&text).ok()?;
            return Some(Length(Some(whole), Some(whole)));
        }
    };
    let number = |text: &str| text.trim().parse::<u32>().ok()?.checked_mul(minutes);
    let (min, max) = match numbers.split_once(['-', '–']) {
        Some((min, max)) => (number(min)?, number(max)?),
        None => (number(numbers)?, number(numbers)?),
    };
    (min <= max && max > 0).then_some(Length(Some(min), Some(max)))
}
