//! All values of a workflow file that are not understood, not only the first.
//!
//! Start at [`all`]: it reads the text again without the line that was not understood.
//!
//! - **Invariant.** A fault is one of the text as it is: where leaving a line out might make
//!   another one wrong, the search ends.

use super::{WorkflowFault, read};

/// The most faults that are looked for.
const FAULTS_MAX: usize = 20;

/// Every fault of a text whose first is known.
pub(super) fn all(first: WorkflowFault, text: &str) -> Vec<WorkflowFault> {
    let mut lines: Vec<&str> = text.lines().collect();
    let mut faults = vec![first];
    while faults.len() < FAULTS_MAX {
        let line = faults.last().and_then(|fault| fault.line);
        let Some(at) = line.and_then(|line| usize::try_from(line).ok()?.checked_sub(1)) else {
            break;
        };
        if !stands_alone(&lines, at) {
            break;
        }
        lines[at] = "";
        match read(&lines.join("\n")) {
            // A line may have been passed before: what stands above it is told first.
            Err(fault) if fault.line.is_some_and(|line| Some(line) > faults[0].line) => {
                faults.push(fault);
            }
            _ => break,
        }
    }
    faults
}

/// True if a line has a key with its whole value, so that nothing around needs it.
fn stands_alone(lines: &[&str], at: usize) -> bool {
    let Some(line) = lines.get(at) else { return false };
    let indent = |line: &str| line.len() - line.trim_start().len();
    let count = |mark: char| line.chars().filter(|c| *c == mark).count();
    let below = lines[at + 1..].iter().find(|line| !line.trim().is_empty());
    let value = line.split_once(": ").map(|(_, value)| value.trim_start());
    value.is_some_and(|value| !value.starts_with(['|', '>', '#']))
        && count('[') == count(']')
        && count('{') == count('}')
        && count('"') % 2 == 0
        && count('\'') % 2 == 0
        && below.is_none_or(|below| indent(below) <= indent(line))
}
