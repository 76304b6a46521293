//! `stats`: what was counted and measured of a window.
//!
//! Start at [`run`]. The figures are those of `milestone_analytics::figures`; `docs/analytics.md`
//! defines each by the name it has here.
//!
//! - **Invariant.** A figure that has nothing to go by says so; it is never left out or zero.

mod doc;
pub(super) mod text;

pub(super) use doc::StatsDoc;
pub(super) use text::minutes as clock_time;

use milestone_analytics::figures::{
    Accuracy, Age, Blocked, Burn, Efficiency, FlowDay, Little, Load, PhaseTimes, Success,
    Throughput, Times, Window, accuracy, ages, blocked, burn, cycle_times, efficiency, flow,
    lead_times, little, phase_times, success, throughput, workload,
};

use super::evidence::Evidence;
use super::print::{self, under_banner};
use crate::args::analytics::StatsArgs;
use crate::args::global::Format;
use crate::run::context::{Context, Ran};
use crate::ui::markdown;

/// The formats of figures; CSV has what there was on each day.
const FORMATS: &[Format] = &[Format::Text, Format::Json, Format::Md, Format::Csv];

/// All figures of a window.
pub(super) struct Figures {
    pub(super) window: Window,
    pub(super) burn: Vec<Burn>,
    pub(super) flow: Vec<FlowDay>,
    pub(super) throughput: Throughput,
    pub(super) cycle: Times,
    pub(super) lead: Times,
    pub(super) ages: Vec<Age>,
    pub(super) blocked: Blocked,
    pub(super) efficiency: Efficiency,
    pub(super) little: Option<Little>,
    pub(super) workload: Vec<Load>,
    pub(super) accuracy: Accuracy,
    pub(super) success: Success,
    pub(super) phases: Vec<PhaseTimes>,
}

impl Figures {
    /// The figures of the last `days` days.
    pub(super) fn of(evidence: &Evidence, days: u32) -> Self {
        let (facts, extent) = (&evidence.facts, evidence.extent());
        let window = Window::before(evidence.today(), days, facts.first_day(extent));
        Self {
            window,
            burn: burn(facts, extent, window),
            flow: flow(facts, extent, window),
            throughput: throughput(facts, extent, window),
            cycle: cycle_times(facts, extent, window),
            lead: lead_times(facts, extent, window),
            ages: ages(facts, extent, window),
            blocked: blocked(facts, extent, window),
            efficiency: efficiency(facts, extent, window),
            little: little(facts, extent, window),
            workload: workload(facts, extent, evidence.now),
            accuracy: accuracy(facts, extent, window),
            success: success(facts, window),
            phases: phase_times(facts, extent, window),
        }
    }
}

/// Counts and measures.
pub(super) fn run(context: &mut Context, args: &StatsArgs) -> Ran {
    let format = print::format(context, "stats", FORMATS, false)?;
    let mut evidence = Evidence::of(context)?;
    if let Some(asked) = &args.reference {
        evidence = evidence.about(context, asked, "stats")?;
    }
    let figures = Figures::of(&evidence, args.window.0);
    let stdout = match format {
        Format::Json => {
            let doc = doc::StatsDoc::of(&evidence, &figures);
            print::object(context, &evidence.moment, "stats", &doc)?
        }
        Format::Csv => doc::csv(&figures),
        Format::Md => markdown::fenced(&text::render(&context.style, &evidence, &figures)),
        _ => text::render(&context.style, &evidence, &figures),
    };
    Ok(under_banner(context, &evidence.moment, stdout))
}
