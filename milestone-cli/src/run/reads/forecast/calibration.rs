//! `forecast --calibrate`: how often dates like these held.
//!
//! Start at [`run`].

use milestone_analytics::figures::PERCENTS;
use milestone_analytics::forecast::{
    CASE_RUNS, CASE_SIZES, Calibration, DAYS_WITH_FINISH_MIN, FINISHED_MIN, Held, Seed, calibrate,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::super::evidence::{Evidence, date};
use super::super::print::{self, under_banner};
use crate::args::analytics::ForecastArgs;
use crate::args::global::Format;
use crate::run::context::{Context, Ran};
use crate::ui::style::Style;

#[derive(Serialize, JsonSchema)]
pub(in crate::run::reads) struct CalibrationDoc {
    tasks: Vec<HeldDoc>,
    tasks_cases: usize,
    tasks_ended: usize,
    task_sizes: Vec<u32>,
    milestones: Vec<HeldDoc>,
    milestones_cases: usize,
    milestones_ended: usize,
    milestones_count: u32,
    without_history: u32,
    until: Option<String>,
    runs: u32,
    seed: u64,
}

#[derive(Serialize, JsonSchema)]
struct HeldDoc {
    percent: u8,
    share: Option<f64>,
}

fn rows(held: &Held) -> Vec<HeldDoc> {
    let share = |percent| held.percent(percent).map(|share| share / 100.0);
    PERCENTS.map(|percent| HeldDoc { percent, share: share(percent) }).into()
}

/// Looks back.
pub(super) fn run(
    context: &Context,
    args: &ForecastArgs,
    evidence: &Evidence,
    format: Format,
) -> Ran {
    let seed = args.seed.map_or_else(|| Seed::of("@project", &evidence.moment.heads), Seed);
    let found = calibrate(&evidence.facts, evidence.now, args.window.0, seed);
    let stdout = match format {
        Format::Json => {
            let doc = CalibrationDoc {
                tasks: rows(&found.batches),
                tasks_cases: found.batches.cases(),
                tasks_ended: found.batches.ended(),
                task_sizes: CASE_SIZES.to_vec(),
                milestones: rows(&found.milestones),
                milestones_cases: found.milestones.cases(),
                milestones_ended: found.milestones.ended(),
                milestones_count: found.milestone_count,
                without_history: found.without_history,
                until: found.until.map(|day| date(day).to_string()),
                runs: CASE_RUNS,
                seed: seed.0,
            };
            print::object(context, &evidence.moment, "forecast.calibration", &doc)?
        }
        _ => text(evidence, &found, &context.style),
    };
    Ok(under_banner(context, &evidence.moment, stdout))
}

/// Below this there is no room for the shares side by side.
const TABLE_WIDTH: usize = 76;

fn text(evidence: &Evidence, found: &Calibration, style: &Style) -> String {
    let Some(until) = found.until.map(date) else {
        return format!("{}: there is no past yet to look back on\n", evidence.title());
    };
    if found.batches.cases() + found.milestones.cases() == 0 {
        let asked = match found.without_history {
            1 => "1 time that could be asked about".to_owned(),
            count => format!("{count} times that could be asked about"),
        };
        let needs = format!(
            "A forecast needs {FINISHED_MIN} finished tasks on {DAYS_WITH_FINISH_MIN} days or more."
        );
        let title = evidence.title();
        return format!(
            "{title}: there are no cases yet; at none of {asked} was there enough history. \
             {needs}\n"
        );
    }
    let mut lines = vec![
        format!("{}: how often the dates held that would have been given", evidence.title()),
        String::new(),
    ];
    let narrow = style.width < TABLE_WIDTH;
    if !narrow {
        let percents = PERCENTS.map(|percent| format!("{:>8}", format!("{percent}%"))).concat();
        lines.push(format!("{:<28}{percents}{:>8}{:>8}", "", "cases", "ended"));
    }
    let row = |name: &str, held: &Held| {
        let share = |percent| match held.percent(percent) {
            Some(percent) => format!("{percent:.0}%"),
            None => "-".to_owned(),
        };
        let (cases, ended) = (held.cases(), held.ended());
        if narrow {
            let shares = PERCENTS.map(|percent| format!("  {percent}%  {:>4}", share(percent)));
            return format!("{name}\n{}\n  cases {cases}, ended {ended}", shares.join("\n"));
        }
        let shares = PERCENTS.map(|percent| format!("{:>8}", share(percent))).concat();
        format!("{name:<28}{shares}{cases:>8}{ended:>8}")
    };
    let sizes = CASE_SIZES.map(|size| size.to_string()).join(", ");
    lines.push(row("The next tasks are done", &found.batches));
    lines.push(row("A whole milestone is done", &found.milestones));
    lines.push(String::new());
    let milestones = match found.milestone_count {
        1 => "1 milestone".to_owned(),
        count => format!("{count} milestones"),
    };
    lines.push(format!(
        "Asked once a week until {until}: of the next {sizes} tasks of the project, and of all \
         that was left of {milestones}."
    ));
    lines.push("What has not ended counts as long as it is known of.".to_owned());
    lines.push(format!("Left out: {} without enough history.", found.without_history));
    lines.join("\n") + "\n"
}
