//! Problems of risks: codes and hints.
//!
//! Start at [`rule`]; everything said in `problem` holds here.

use milestone_core::domain::Refusal;

use crate::args::usage::quoted;
use crate::ui::error::Problem;

/// The code and the hint of a rule about risks, with facts; `None` if it is about something else.
pub(super) fn rule(refusal: &Refusal, problem: Problem) -> Option<Problem> {
    let (code, hint) = match refusal {
        Refusal::NoRisk { reference } => {
            let reference = quoted(reference);
            ("risk.none", format!("milestone risk add {reference} TITLE --probability 30%"))
        }
        Refusal::RiskIsClosed { reference, .. } => {
            ("risk.closed", format!("milestone risk list {} --all", quoted(reference)))
        }
        Refusal::WhichRisk { reference, risks } | Refusal::UnknownRisk { reference, risks, .. } => {
            let told = risks.iter().fold(problem.clone(), |told, (id, title)| {
                told.fact(format!("{id}  {title}")).alternative(id.clone())
            });
            let hint = format!("milestone risk list {}", quoted(reference));
            return Some(told.named("risk.which").hint(hint));
        }
        _ => return None,
    };
    Some(problem.named(code).hint(hint))
}
