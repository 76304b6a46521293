//! The error codes of phases and workflows.
//!
//! Start at [`CODES`]; everything said in `codes` holds here.

use super::super::error::Exit;
use super::{Code, row};

/// By name.
pub(super) const CODES: &[Code] = &[
    row(
        "phase.approver",
        Exit::Refused,
        "agents submit, people approve",
        "let a person do it: milestone review",
    ),
    row(
        "phase.changed",
        Exit::Refused,
        "a deliverable is not what was submitted",
        "submit it again: milestone phase submit REF:PHASE",
    ),
    row(
        "phase.empty",
        Exit::Usage,
        "a deliverable is a file, an address or a text",
        "give --file, --url or --text",
    ),
    row(
        "phase.none",
        Exit::Refused,
        "the task has no workflow, or no open phase",
        "milestone workflow enable kiro REF",
    ),
    row(
        "phase.not_delivered",
        Exit::Refused,
        "nothing of that name was delivered",
        "look at what was: milestone phase show REF:PHASE",
    ),
    row(
        "phase.nothing_delivered",
        Exit::Refused,
        "the phase wants deliverables, and it has none",
        "deliver one: milestone phase deliver REF:PHASE NAME --text TEXT",
    ),
    row(
        "phase.open",
        Exit::Refused,
        "the task has phases that are not finished",
        "finish them, or give --force WHY",
    ),
    row(
        "phase.order",
        Exit::Refused,
        "another phase comes first and is not finished",
        "finish that one: milestone phase show REF",
    ),
    row(
        "phase.own",
        Exit::Refused,
        "whoever submits a phase does not approve it",
        "let somebody else approve it",
    ),
    row(
        "phase.status",
        Exit::Refused,
        "that cannot be done in this status of the phase",
        "milestone phase show REF",
    ),
    row(
        "phase.unknown",
        Exit::NotFound,
        "the task has no phase of that name",
        "look at its phases: milestone phase show REF",
    ),
    row(
        "phase.unreadable",
        Exit::Refused,
        "a deliverable's file cannot be read, or is outside",
        "put it back, or deliver another",
    ),
    row(
        "review.terminal",
        Exit::Usage,
        "a review asks, and nobody is there to answer",
        "milestone review --pending, then milestone phase approve REF:PHASE",
    ),
    row(
        "workflow.bad",
        Exit::Usage,
        "the file or the definition is no workflow",
        "correct the line that is named: milestone workflow check FILE",
    ),
    row(
        "workflow.begun",
        Exit::Refused,
        "the task goes through another workflow already",
        "milestone phase show REF",
    ),
    row(
        "workflow.not_found",
        Exit::NotFound,
        "no workflow is called that",
        "milestone workflow list",
    ),
    row(
        "workflow.off",
        Exit::Refused,
        "the workflow's file says enabled: false",
        "set enabled: true in it",
    ),
];
