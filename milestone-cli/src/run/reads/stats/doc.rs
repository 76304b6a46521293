//! Figures as a document, and what there was on each day as CSV.
//!
//! Start at [`StatsDoc::of`].

use milestone_analytics::figures::{PERCENTS, Times};
use milestone_core::words::Date;
use schemars::JsonSchema;
use serde::Serialize;

use super::super::evidence::Evidence;
use super::Figures;

#[derive(Serialize, JsonSchema)]
pub(in crate::run::reads) struct StatsDoc {
    r#ref: Option<String>,
    title: String,
    from: String,
    to: String,
    burn: Vec<BurnDoc>,
    flow: Vec<FlowDoc>,
    throughput: ThroughputDoc,
    cycle_time: TimesDoc,
    lead_time: TimesDoc,
    ages: Vec<AgeDoc>,
    blocked: BlockedDoc,
    flow_efficiency: EfficiencyDoc,
    littles_law: Option<LittleDoc>,
    workload: Vec<LoadDoc>,
    estimate_accuracy: AccuracyDoc,
    success: SuccessDoc,
    phases: Vec<PhaseDoc>,
}

#[derive(Serialize, JsonSchema)]
struct BurnDoc {
    day: String,
    scope: f64,
    done: f64,
    left: f64,
    tasks: u32,
    tasks_done: u32,
}

#[derive(Serialize, JsonSchema)]
struct FlowDoc {
    day: String,
    added: u32,
    started: u32,
    ended: u32,
    under_way: u32,
}

#[derive(Serialize, JsonSchema)]
struct ThroughputDoc {
    finished: u32,
    days_with_any: u32,
    cancelled: u32,
    days: Vec<u32>,
    weeks: Vec<u32>,
    estimate_minutes_weeks: Option<Vec<u64>>,
}

#[derive(Serialize, JsonSchema)]
struct TimesDoc {
    percentiles: Vec<PercentileDoc>,
    days: Vec<u32>,
    left_out: u32,
}

#[derive(Serialize, JsonSchema)]
struct PercentileDoc {
    percent: u8,
    days: Option<u32>,
}

#[derive(Serialize, JsonSchema)]
struct AgeDoc {
    r#ref: String,
    title: String,
    days: u32,
    pace_percent: Option<u8>,
    blocked: bool,
    paused: bool,
}

#[derive(Serialize, JsonSchema)]
struct BlockedDoc {
    minutes: u64,
    tasks: u32,
    causes: Vec<CauseDoc>,
}

#[derive(Serialize, JsonSchema)]
struct CauseDoc {
    text: String,
    minutes: u64,
    times: u32,
    open: u32,
}

#[derive(Serialize, JsonSchema)]
struct EfficiencyDoc {
    percent: Option<u8>,
    active_minutes: u64,
    waiting_minutes: u64,
    blocked_minutes: u64,
    tasks: u32,
}

#[derive(Serialize, JsonSchema)]
struct LittleDoc {
    in_progress: f64,
    begun_per_day: f64,
    days: f64,
    measured_days: f64,
    agrees: bool,
}

#[derive(Serialize, JsonSchema)]
struct LoadDoc {
    who: Option<String>,
    tasks: u32,
    minutes: u64,
    unestimated: u32,
    percent: Option<u32>,
}

#[derive(Serialize, JsonSchema)]
struct AccuracyDoc {
    percents: Vec<u32>,
    median: Option<u32>,
    low: Option<u32>,
    high: Option<u32>,
    left_out: u32,
}

#[derive(Serialize, JsonSchema)]
struct SuccessDoc {
    percent: Option<u8>,
    completed: u32,
    cancelled: u32,
    with_due: u32,
    on_time: u32,
    on_time_percent: Option<u8>,
}

#[derive(Serialize, JsonSchema)]
struct PhaseDoc {
    workflow: String,
    phase: String,
    finished: u32,
    open: u32,
    worked_minutes_50: Option<u64>,
    worked_minutes_85: Option<u64>,
    waited_minutes_50: Option<u64>,
    waited_minutes_85: Option<u64>,
    planned_tasks: u32,
    planned_minutes_min: u64,
    planned_minutes_max: u64,
    planned_worked_minutes: u64,
    over: u32,
    percent: Option<u64>,
}

fn day(day: i64) -> String {
    Date::from_days(day).to_string()
}

impl TimesDoc {
    fn of(times: &Times) -> Self {
        let of = |percent| PercentileDoc { percent, days: times.within(percent) };
        let percentiles = PERCENTS.map(of).into_iter().collect();
        Self { percentiles, days: times.days.clone(), left_out: times.left_out }
    }
}

impl StatsDoc {
    pub(in crate::run::reads) fn of(evidence: &Evidence, figures: &Figures) -> Self {
        let (done, law) = (&figures.throughput, figures.little.as_ref());
        Self {
            r#ref: evidence.about.as_ref().map(ToString::to_string),
            title: evidence.title(),
            from: day(figures.window.from),
            to: day(figures.window.to),
            burn: burn(figures),
            flow: flow(figures),
            throughput: ThroughputDoc {
                finished: done.total(),
                days_with_any: done.days_with_any(),
                cancelled: done.cancelled,
                days: done.days.clone(),
                weeks: done.weeks.clone(),
                estimate_minutes_weeks: done.estimate_weeks.clone(),
            },
            cycle_time: TimesDoc::of(&figures.cycle),
            lead_time: TimesDoc::of(&figures.lead),
            ages: ages(figures),
            blocked: blocked(figures),
            flow_efficiency: EfficiencyDoc {
                percent: figures.efficiency.percent(),
                active_minutes: figures.efficiency.active,
                waiting_minutes: figures.efficiency.waiting,
                blocked_minutes: figures.efficiency.blocked,
                tasks: figures.efficiency.tasks,
            },
            littles_law: law.map(|law| LittleDoc {
                in_progress: law.in_progress,
                begun_per_day: law.begun_per_day,
                days: law.days,
                measured_days: law.measured_days,
                agrees: law.agrees(),
            }),
            workload: workload(figures),
            estimate_accuracy: AccuracyDoc {
                percents: figures.accuracy.percents.clone(),
                median: figures.accuracy.within(50),
                low: figures.accuracy.within(10),
                high: figures.accuracy.within(90),
                left_out: figures.accuracy.left_out,
            },
            success: SuccessDoc {
                percent: figures.success.percent(),
                completed: figures.success.completed,
                cancelled: figures.success.cancelled,
                with_due: figures.success.with_due,
                on_time: figures.success.on_time,
                on_time_percent: figures.success.on_time_percent(),
            },
            phases: phases(figures),
        }
    }
}

fn burn(figures: &Figures) -> Vec<BurnDoc> {
    let doc = |burn: &milestone_analytics::figures::Burn| BurnDoc {
        day: day(burn.day),
        scope: burn.scope,
        done: burn.done,
        left: burn.left(),
        tasks: burn.tasks,
        tasks_done: burn.tasks_done,
    };
    figures.burn.iter().map(doc).collect()
}

fn flow(figures: &Figures) -> Vec<FlowDoc> {
    let doc = |flow: &milestone_analytics::figures::FlowDay| FlowDoc {
        day: day(flow.day),
        added: flow.added,
        started: flow.started,
        ended: flow.ended,
        under_way: flow.under_way,
    };
    figures.flow.iter().map(doc).collect()
}

fn ages(figures: &Figures) -> Vec<AgeDoc> {
    let doc = |age: &milestone_analytics::figures::Age| AgeDoc {
        r#ref: age.reference.clone(),
        title: age.title.to_string(),
        days: age.days,
        pace_percent: age.pace,
        blocked: age.blocked,
        paused: age.paused,
    };
    figures.ages.iter().map(doc).collect()
}

fn blocked(figures: &Figures) -> BlockedDoc {
    let doc = |cause: &milestone_analytics::figures::Cause| CauseDoc {
        text: cause.text.to_string(),
        minutes: cause.minutes,
        times: cause.times,
        open: cause.open,
    };
    BlockedDoc {
        minutes: figures.blocked.minutes,
        tasks: figures.blocked.tasks,
        causes: figures.blocked.causes.iter().map(doc).collect(),
    }
}

fn workload(figures: &Figures) -> Vec<LoadDoc> {
    let doc = |load: &milestone_analytics::figures::Load| LoadDoc {
        who: load.who.as_ref().map(ToString::to_string),
        tasks: load.tasks,
        minutes: load.minutes,
        unestimated: load.unestimated,
        percent: load.percent,
    };
    figures.workload.iter().map(doc).collect()
}

fn phases(figures: &Figures) -> Vec<PhaseDoc> {
    let doc = |of: &milestone_analytics::figures::PhaseTimes| PhaseDoc {
        workflow: of.workflow.to_string(),
        phase: of.phase.to_string(),
        finished: u32::try_from(of.worked.len()).unwrap_or(u32::MAX),
        open: of.open,
        worked_minutes_50: of.within(50),
        worked_minutes_85: of.within(85),
        waited_minutes_50: of.waited_within(50),
        waited_minutes_85: of.waited_within(85),
        planned_tasks: of.planned,
        planned_minutes_min: of.planned_min,
        planned_minutes_max: of.planned_max,
        planned_worked_minutes: of.planned_worked,
        over: of.over,
        percent: of.percent(),
    };
    figures.phases.iter().map(doc).collect()
}

/// What there was on each day, a line a day under a heading.
pub(super) fn csv(figures: &Figures) -> String {
    let mut out =
        "day,scope,done,left,tasks,tasks_done,added,started,ended,under_way,finished\n".to_owned();
    let days = figures.burn.iter().zip(&figures.flow).zip(&figures.throughput.days);
    for ((burn, flow), finished) in days {
        out.push_str(&format!(
            "{},{},{},{},{},{},{},{},{},{},{finished}\n",
            day(burn.day),
            burn.scope,
            burn.done,
            burn.left(),
            burn.tasks,
            burn.tasks_done,
            flow.added,
            flow.started,
            flow.ended,
            flow.under_way
        ));
    }
    out
}
