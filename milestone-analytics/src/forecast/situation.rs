//! All that a forecast is made of, as it was at one moment.
//!
//! Start at [`Situation::at`].
//!
//! - **Invariant.** Nothing that happened after the moment is used, but labels and estimates, of
//!   which only today's are known.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::background::{Background, Durations};
use super::network::{Network, Node};
use super::pace::Pace;
use super::pert;
use super::threat::{Threat, laid_over};
use crate::facts::{Extent, Facts, Life, TaskFacts};
use crate::figures::{Window, throughput};
use milestone_core::domain::Stage;
use milestone_core::words::{Slug, StreamId, StreamName, Timestamp};

/// Fewer finished tasks than this are no history.
pub const FINISHED_MIN: u32 = 20;
/// Fewer days on which anything was finished are none either.
pub const DAYS_WITH_FINISH_MIN: u32 = 10;
/// Fewer durations than this are no pool to draw from.
pub(super) const POOL_MIN: usize = 5;
/// A milestone that is younger than this many days says nothing about how it grows.
const OLD_DAYS_MIN: i64 = 14;
/// Fewer milestones than this that ended say nothing about growth.
const GROWN_MIN: usize = 5;

/// The history that a forecast draws from.
#[derive(Debug, Clone, PartialEq)]
pub struct Basis {
    /// True if it is that of the whole project, and not of what the forecast is about.
    pub project: bool,
    /// Its days.
    pub window: Window,
    /// What was finished on each, and how scope used to grow.
    pub pace: Pace,
    /// How many tasks were finished.
    pub finished: u32,
    /// On how many days any was.
    pub days_with_any: u32,
    /// How many more, or fewer, tasks the scope had at its end than at its beginning.
    pub scope_change: i64,
}

impl Basis {
    /// True if there is enough of it.
    pub fn is_enough(&self) -> bool {
        self.finished >= FINISHED_MIN && self.days_with_any >= DAYS_WITH_FINISH_MIN
    }

    pub(super) fn of(facts: &Facts, extent: Extent<'_>, today: i64, days: u32) -> Self {
        let window = Window::before(today, days, facts.first_day(extent));
        let done = throughput(facts, extent, window);
        let scope = |day: i64| facts.kept(extent, facts.end_of(day)).count() as i64;
        Self {
            project: extent == Extent::Project,
            window,
            finished: done.total(),
            days_with_any: done.days_with_any(),
            scope_change: scope(window.to) - scope(window.from),
            pace: Pace { days: done.days, ..Pace::default() },
        }
    }
}

/// All that a forecast is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Situation {
    /// The day, since 1970-01-01.
    pub today: i64,
    /// How many tasks are left.
    pub left: u32,
    /// How many of them are blocked.
    pub blocked: u32,
    /// Since which day what it is about is paused; without it the forecast is made as if it went
    /// on.
    pub paused: Option<i64>,
    /// The other paused milestones that have part in what is left: they count as if they went on.
    pub resting: Vec<Slug>,
    /// The history.
    pub basis: Basis,
    /// What comes after what.
    pub network: Network,
    /// How many tasks are worked on at once, by Little's law: `L = λ · W`, rounded up.
    pub hands: u32,
    /// Tasks whose duration is a guess of one day: no finished task and no estimate says anything.
    pub guessed: u32,
    /// Open risks that say no chance or no delay, and so cannot play along.
    pub vague_risks: u32,
    /// Open risks that play along, or would.
    pub known_risks: u32,
    /// The least and the most days that estimates give, and how many tasks have none; `None` if no
    /// task has one.
    pub estimated: Option<(u32, u32, u32)>,
}

impl Situation {
    /// The situation at a moment. The history is that of the last `days` days.
    pub fn at(facts: &Facts, extent: Extent<'_>, now: Timestamp, days: u32) -> Self {
        Self::with(facts, extent, now, days, false)
    }

    /// The same, in which open risks play along if `risks` says so. Which are open is known of
    /// today only.
    pub fn with(facts: &Facts, extent: Extent<'_>, now: Timestamp, days: u32, risks: bool) -> Self {
        Self::of(facts, extent, &Background::at(facts, now, days), risks)
    }

    /// The situation before what is the same for every milestone.
    pub fn before(facts: &Facts, extent: Extent<'_>, background: &Background<'_>) -> Self {
        Self::of(facts, extent, background, false)
    }

    fn of(facts: &Facts, extent: Extent<'_>, background: &Background<'_>, risks: bool) -> Self {
        let (now, today) = (background.now, facts.day(background.now));
        let mut basis = match extent {
            Extent::Project => background.project.clone(),
            Extent::Milestone(_) => {
                let own = Basis::of(facts, extent, today, background.days);
                if own.is_enough() { own } else { background.among() }
            }
        };
        if matches!(extent, Extent::Milestone(_)) {
            let begin = facts.first_day(extent).unwrap_or(today);
            match today - begin >= OLD_DAYS_MIN {
                // What there was on its first day did not come: it was planned.
                true => basis.pace.arrivals = arrivals(facts, extent, basis.window, begin + 1),
                false => basis.pace.growth.clone_from(&background.grown),
            }
        }
        let wanted: Vec<&TaskFacts> = facts.left(extent, now).collect();
        let blocked = wanted.iter().filter(|task| task.life.blocked_at(now)).count();
        let mut pools = Pools::of(background, basis.window, risks);
        let nodes = nodes(facts, &wanted, background, &mut pools);
        let own = match extent {
            Extent::Project => None,
            Extent::Milestone(id) => Some(id),
        };
        let paused = |id: &Slug| facts.milestones.get(id)?.life.paused_at(now);
        let homes = nodes.iter().filter_map(|node| facts.tasks.get(&node.stream));
        let homes: BTreeSet<&Slug> = homes.map(|task| task.home_at(now)).collect();
        let resting = homes.into_iter().filter(|id| Some(*id) != own && paused(id).is_some());
        let resting = resting.cloned().collect();
        let mut network = Network::new(&nodes, pools.pools.clone());
        let (threats, vague_risks) = threats(facts, extent, now, &wanted);
        let known_risks = count(threats.len());
        if risks {
            network.threats = threats.iter().filter(|threat| threat.whole).copied().collect();
            basis.pace.threats = threats;
        }
        let rate = f64::from(basis.finished) / basis.window.len().max(1) as f64;
        let most = u32::try_from(nodes.len()).unwrap_or(u32::MAX).max(1);
        let hands = ((rate * network.mean_days()).ceil() as u32).clamp(1, most);
        Self {
            today,
            left: count(wanted.len()),
            blocked: count(blocked),
            paused: own.and_then(paused).map(|since| facts.day(since)),
            resting,
            hands,
            guessed: pools.guessed,
            vague_risks,
            known_risks,
            estimated: estimated(facts, &wanted, &nodes, now),
            basis,
            network,
        }
    }
}

pub(super) fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The risks of what a forecast is about, and how many say too little. Of the whole project those
/// of a milestone threaten a part, like those of a task.
fn threats(
    facts: &Facts,
    extent: Extent<'_>,
    now: Timestamp,
    wanted: &[&TaskFacts],
) -> (Vec<Threat>, u32) {
    let milestones = facts.milestones.values().filter(|milestone| match extent {
        Extent::Project => milestone.life.open_at(now),
        Extent::Milestone(id) => milestone.id == *id,
    });
    let whole = extent != Extent::Project;
    let lives = milestones.map(|milestone| (&milestone.life, whole));
    let lives: Vec<_> = lives.chain(wanted.iter().map(|task| (&task.life, false))).collect();
    let vague = lives.iter().map(|(life, _)| life.vague_risks).sum();
    let of = |(life, whole): (&Life, bool)| -> Vec<Threat> {
        life.risks.iter().map(|risk| Threat::of(risk, whole)).collect()
    };
    (lives.into_iter().flat_map(of).collect(), vague)
}

/// On each day of a window how many tasks came to an extent, less those that went without being
/// done; nothing before `since`.
pub(super) fn arrivals(facts: &Facts, extent: Extent<'_>, window: Window, since: i64) -> Vec<i32> {
    let mut days = vec![0i32; window.len()];
    let from = window.from.max(since);
    for task in facts.all(extent) {
        let moments = task.life.stages.iter().map(|(_, at)| *at);
        let moments = moments.chain(task.homes.iter().skip(1).map(|(_, at)| *at));
        let mut changed: Vec<i64> = moments.map(|at| facts.day(at)).collect();
        changed.retain(|day| (from..=window.to).contains(day));
        changed.sort_unstable();
        changed.dedup();
        let end = facts.end_of(window.to);
        let finished = task.finished_by(end).filter(|at| task.is_in(extent, *at));
        let finished = finished.map(|at| facts.day(at));
        for day in changed {
            let open = |at| task.is_in(extent, at) && task.life.open_at(at);
            let (before, after) = (open(facts.end_of(day - 1)), open(facts.end_of(day)));
            // What was finished left by the pace, and did come if it was not there before.
            let came = i32::from(after) - i32::from(before) + i32::from(finished == Some(day));
            days[(day - window.from) as usize] += came;
        }
    }
    days
}

/// How many times as large the completed milestones were at their end as when they were begun; none
/// if fewer than [`GROWN_MIN`] can tell.
pub(super) fn growth(facts: &Facts, now: Timestamp) -> Vec<f64> {
    let mut grown: Vec<f64> = Vec::new();
    for (id, milestone) in &facts.milestones {
        let begun = milestone.life.started_by(now).or(milestone.life.begin());
        let (Some(begun), Some(done)) = (begun, milestone.life.finished_by(now)) else {
            continue;
        };
        let scope = |at| facts.kept(Extent::Milestone(id), at).count();
        let (from, to) = (scope(facts.end_of(facts.day(begun))), scope(done));
        if from > 0 && to > 0 {
            grown.push(to as f64 / from as f64);
        }
    }
    if grown.len() < GROWN_MIN { Vec::new() } else { grown }
}

/// Durations that tasks are drawn from.
struct Pools<'b, 'f> {
    pools: Vec<Vec<u32>>,
    past: Cow<'b, Durations<'f>>,
    known: BTreeMap<Vec<u32>, u32>,
    guessed: u32,
    /// True if the risks of tasks play along.
    risks: bool,
}

impl<'b, 'f> Pools<'b, 'f> {
    /// The cycle times of the tasks that were finished in a window.
    fn of(background: &'b Background<'f>, window: Window, risks: bool) -> Self {
        let past = match window == background.project.window {
            true => Cow::Borrowed(&background.durations),
            false => Cow::Owned(Durations::of(&background.finished, window)),
        };
        Self { pools: Vec::new(), past, known: BTreeMap::new(), guessed: 0, risks }
    }

    /// The pool of a task: the finished tasks with its label that is on most of them, else what its
    /// estimate says, else all finished tasks. Of a task under way only what takes longer than it
    /// already did.
    fn pool_for(&mut self, facts: &Facts, task: &TaskFacts, background: &Background<'_>) -> u32 {
        let now = background.now;
        let labelled = task.labels.iter().filter_map(|label| self.past.by_label.get(&**label));
        let mut days = match (labelled.max_by_key(|days| days.len()), task.estimate) {
            (Some(days), _) => days.clone(),
            (None, Some(estimate)) => background.estimated(estimate),
            (None, None) if self.past.all.len() >= POOL_MIN => self.past.all.clone(),
            (None, None) => {
                self.guessed += 1;
                vec![1]
            }
        };
        let under_way = task.life.stage_at(now) == Some(Stage::Underway);
        if let Some(age) = task.life.started_by(now).filter(|_| under_way) {
            let age = u32::try_from(facts.day(now) - facts.day(age) + 1).unwrap_or(0);
            days.retain(|days| *days > age);
            days.iter_mut().for_each(|days| *days -= age);
            if days.is_empty() {
                days.push(1);
            }
        }
        if self.risks && !task.life.risks.is_empty() {
            days = laid_over(&days, &task.life.risks);
        }
        self.number(days)
    }

    fn number(&mut self, mut days: Vec<u32>) -> u32 {
        days.sort_unstable();
        let next = count(self.pools.len());
        let number = *self.known.entry(days.clone()).or_insert(next);
        if number == next {
            self.pools.push(days);
        }
        number
    }
}

/// What is wanted and all that it waits for, in the order: under way, then as it was created.
fn nodes(
    facts: &Facts,
    wanted: &[&TaskFacts],
    background: &Background<'_>,
    pools: &mut Pools<'_, '_>,
) -> Vec<Node> {
    let Background { now, left, inside, .. } = background;
    let now = *now;
    let mut seen: BTreeSet<StreamId> = BTreeSet::new();
    let mut open: Vec<StreamId> = wanted.iter().map(|task| task.stream.clone()).collect();
    let is_wanted: BTreeSet<StreamId> = open.iter().cloned().collect();
    let mut nodes: Vec<(bool, Option<Timestamp>, Node)> = Vec::new();
    while let Some(stream) = open.pop() {
        if !seen.insert(stream.clone()) {
            continue;
        }
        let (under_way, born, pool, after) = match (left.get(&stream), stream.name()) {
            (Some(task), _) => {
                let home = facts.milestones.get(task.home_at(now)).map(|home| &home.life);
                let mut after = needs(&task.life, now);
                after.extend(home.map(|home| needs(home, now)).unwrap_or_default());
                let under_way = task.life.stage_at(now) == Some(Stage::Underway);
                (under_way, task.life.begin(), Some(pools.pool_for(facts, task, background)), after)
            }
            (None, StreamName::Milestone(id)) => {
                let id = Slug::new(id).ok();
                let inside = id.and_then(|id| inside.get(&id).cloned()).unwrap_or_default();
                (false, None, None, inside.into_iter().cloned().collect())
            }
            // Done, given up, or not there: nobody waits for it.
            _ => continue,
        };
        open.extend(after.iter().cloned());
        let wanted = is_wanted.contains(&stream);
        nodes.push((!under_way, born, Node { stream, pool, after, wanted }));
    }
    nodes.sort_by(|a, b| (a.0, a.1, &a.2.stream).cmp(&(b.0, b.1, &b.2.stream)));
    nodes.into_iter().map(|(_, _, node)| node).collect()
}

/// What had to be done before something.
fn needs(life: &Life, now: Timestamp) -> Vec<StreamId> {
    let open = |need: &&crate::facts::Need| {
        need.from <= now && need.to.is_none_or(|to| to > now) && need.on != StreamId::project()
    };
    life.needs.iter().filter(open).map(|need| need.on.clone()).collect()
}

/// What estimates alone give, from all of them being right and better to all being wrong: as many
/// tasks at a time as people have any.
fn estimated(
    facts: &Facts,
    wanted: &[&TaskFacts],
    nodes: &[Node],
    now: Timestamp,
) -> Option<(u32, u32, u32)> {
    let given: Vec<u32> = wanted.iter().filter_map(|task| task.estimate).collect();
    let sum: u64 = given.iter().map(|minutes| u64::from(*minutes)).sum();
    let mean = u32::try_from(sum / u64::try_from(given.len()).ok().filter(|count| *count > 0)?);
    let mean = mean.unwrap_or(u32::MAX);
    let people: BTreeSet<&Box<str>> = wanted.iter().flat_map(|task| &task.people).collect();
    let ranges = nodes.iter().map(|node| {
        let estimate = facts.tasks.get(&node.stream).map_or(0, |task| {
            let left = 1.0 - task.fraction_at(now);
            (f64::from(task.estimate.unwrap_or(mean)) * left) as u32
        });
        let (least, most) = pert::range(estimate);
        vec![least, most]
    });
    let pools: Vec<Vec<u32>> = ranges.collect();
    let numbered: Vec<Node> = (0u32..)
        .zip(nodes)
        .map(|(number, node)| Node { pool: node.pool.map(|_| number), ..node.clone() })
        .collect();
    let network = Network::new(&numbered, pools);
    let hands = count(people.len()).max(1);
    let least = network.at(hands, |pool| pool[0]);
    let most = network.at(hands, |pool| pool[1]);
    Some((least, most, count(wanted.len() - given.len())))
}
