//! A valid, realistic project of any size, written straight into log files.
//!
//! Start at [`generate`].
//!
//! - **Invariant.** The same [`Size`] gives the same bytes.
//! - **Invariant.** Every record has read what its writer could see: with several writers the log
//!   forks for a while and is merged again, as clones do.
//! - **Absent on purpose.** Commands. Deciding a million of them would take minutes; what is
//!   written here is what they would have written.

use std::collections::HashMap;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use milestone_core::domain::{
    BlockerCleared, BlockerRaised, Body, Created, CriterionAdded, Dependency, Edited, Event, Field,
    Fields, LinkAdded, ListField, NoteAdded, Part, Priority, Progress, ProjectCreated, RawText,
    Risk, TaskMoved, Transition, Value,
};
use milestone_core::log::{Draft, Reads};
use milestone_core::words::{Date, RecordId, RecordKey, StreamId, Text, Timestamp};

/// How many tasks a milestone has.
pub const TASKS: u64 = 10;

/// How many records every writer writes before the others see them.
const FORK_RECORDS: u64 = 50;

/// How large a log file gets before the next one is begun.
const FILE_BYTES_MAX: usize = 1 << 20;

/// When the project begins: 2026-01-01T00:00:00Z, in microseconds.
const BEGIN: i64 = 1_767_225_600_000_000;

/// How large a project to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Records in all; no fewer than one a milestone and one a task are written.
    pub records: u64,
    /// Milestones.
    pub milestones: u64,
    /// Clones that write.
    pub writers: u64,
    /// Where chance begins.
    pub seed: u64,
}

/// A small generator of chance: SplitMix64, after Steele, Lea and Flood (2014).
#[derive(Debug, Clone)]
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    fn id(&mut self) -> Text<'static> {
        let bits = self.next();
        let letters = b"abcdefghijklmnopqrstuvwxyz234567";
        let id: String =
            (0..8).map(|at| char::from(letters[((bits >> (5 * at)) & 31) as usize])).collect();
        Text::from(id)
    }
}

/// One clone: what it has seen, and its files.
struct Writer {
    name: String,
    heads: Vec<RecordId>,
    max_clock: u64,
    frontier: HashMap<String, Vec<RecordKey>>,
    /// Streams that it wrote to since the last merge.
    touched: Vec<String>,
    file: Option<BufWriter<std::fs::File>>,
    file_bytes: usize,
    files: u32,
}

/// What a task has been through, as far as events must make sense.
#[derive(Debug, Clone, Default)]
struct Story {
    stage: u8,
    blocker: Option<Text<'static>>,
    criterion: Option<Text<'static>>,
    done: u32,
}

/// Writes a project into `dir`; returns how many records it has.
///
/// # Errors
///
/// What the file system says.
pub fn generate(dir: &Path, size: Size) -> io::Result<u64> {
    let log = dir.join(".milestones/log");
    std::fs::create_dir_all(&log)?;
    let writers = size.writers.max(1);
    let mut project = Project {
        chance: Chance(size.seed),
        now: BEGIN,
        writers: (0..writers).map(Writer::new).collect(),
        stories: vec![Story::default(); (size.milestones * TASKS) as usize],
        milestones: size.milestones,
        written: 0,
    };
    let created = ProjectCreated { name: "generated".into(), demo: false };
    project.write(0, &[Event::project(Body::ProjectCreated(created))], &log)?;
    project.merge();
    // Milestones come one after the other, so that old and new work lie beside each other.
    let plain = 1 + size.milestones * (1 + TASKS);
    let work_each = size.records.saturating_sub(plain) / size.milestones.max(1);
    for number in 0..size.milestones {
        project.create(number, &log)?;
        for _ in 0..work_each {
            project.work(number, &log)?;
        }
    }
    while project.written < size.records {
        let number = project.chance.below(size.milestones);
        project.work(number, &log)?;
    }
    project.merge();
    for writer in &mut project.writers {
        if let Some(file) = &mut writer.file {
            file.flush()?;
        }
    }
    Ok(project.written)
}

struct Project {
    chance: Chance,
    now: i64,
    writers: Vec<Writer>,
    stories: Vec<Story>,
    milestones: u64,
    written: u64,
}

impl Writer {
    fn new(number: u64) -> Self {
        Self {
            name: format!("writer{}{}", number / 10, number % 10),
            heads: Vec::new(),
            max_clock: 0,
            frontier: HashMap::new(),
            touched: Vec::new(),
            file: None,
            file_bytes: 0,
            files: 0,
        }
    }

    fn append(&mut self, line: &str, log: &Path) -> io::Result<()> {
        if self.file.is_none() || self.file_bytes + line.len() > FILE_BYTES_MAX {
            if let Some(mut file) = self.file.take() {
                file.flush()?;
            }
            self.files += 1;
            let path = log.join(format!("{}-{:04}.jsonl", self.name, self.files));
            self.file = Some(BufWriter::new(std::fs::File::create(path)?));
            self.file_bytes = 0;
        }
        self.file_bytes += line.len() + 1;
        let file = self.file.as_mut().expect("it was just made");
        file.write_all(line.as_bytes())?;
        file.write_all(b"\n")
    }
}

impl Project {
    /// Who writes next; now and then everybody sees what the others wrote.
    fn turn(&mut self) -> usize {
        let writers = self.writers.len() as u64;
        if writers > 1 && self.written.is_multiple_of(FORK_RECORDS * writers) {
            self.merge();
        }
        ((self.written / 7) % writers) as usize
    }

    fn write(&mut self, turn: usize, events: &[Event<'static>], log: &Path) -> io::Result<()> {
        self.now += 1_000 + (self.chance.below(40_000_000)) as i64;
        let actor = ["dana", "sam", "agent:robo-1"][(self.written % 3) as usize];
        let writer = &mut self.writers[turn];
        let mut streams: Vec<StreamId> = events.iter().filter_map(Event::stream).collect();
        streams.dedup();
        let reads = streams.iter().map(|stream| {
            let heads = writer.frontier.get(stream.as_str()).cloned().unwrap_or_default();
            (Text::from(stream.to_string()), heads)
        });
        let reads: Reads<'_> = reads.collect();
        let encoded = Draft {
            prev: &writer.heads,
            max_clock: writer.max_clock,
            now: Timestamp(self.now),
            actor,
            session_id: "generated",
            user_context: None,
            command_id: None,
            reads: &reads,
            events,
        }
        .encode();
        for stream in streams {
            writer.frontier.insert(stream.to_string(), vec![encoded.id.key()]);
            if self.milestones > 0 {
                writer.touched.push(stream.to_string());
            }
        }
        (writer.heads, writer.max_clock) = (vec![encoded.id], encoded.clock);
        self.written += 1;
        writer.append(&encoded.line, log)
    }

    /// Every clone gets what the others wrote.
    fn merge(&mut self) {
        if self.writers.len() == 1 {
            self.writers[0].touched.clear();
            return;
        }
        let mut heads: Vec<RecordId> =
            self.writers.iter().flat_map(|writer| writer.heads.iter().copied()).collect();
        heads.sort();
        heads.dedup();
        let wrote = |writer: &Writer| !writer.touched.is_empty();
        if self.writers.iter().any(wrote) {
            // Who wrote nothing holds heads that the others have built on.
            heads = self
                .writers
                .iter()
                .filter(|writer| wrote(writer))
                .flat_map(|writer| writer.heads.clone())
                .collect();
        }
        let clock = self.writers.iter().map(|writer| writer.max_clock).max().unwrap_or(0);
        let mut merged: HashMap<String, Vec<RecordKey>> = HashMap::new();
        for writer in &mut self.writers {
            let mut touched = std::mem::take(&mut writer.touched);
            touched.sort();
            touched.dedup();
            for stream in touched {
                let heads = writer.frontier.get(&stream).cloned().unwrap_or_default();
                merged.entry(stream).or_default().extend(heads);
            }
        }
        for writer in &mut self.writers {
            (writer.heads, writer.max_clock) = (heads.clone(), clock);
            for (stream, heads) in &merged {
                writer.frontier.insert(stream.clone(), heads.clone());
            }
        }
    }

    fn create(&mut self, number: u64, log: &Path) -> io::Result<()> {
        // A milestone and its tasks are made by one clone and seen by all before work begins.
        self.merge();
        let turn = (number % self.writers.len() as u64) as usize;
        let milestone = milestone_id(number);
        let due = Date::from_days(20_500 + i64::try_from(number % 300).unwrap_or(0));
        let mut fields = Fields::default();
        let text = |text: String| Value::Text(Text::from(text));
        fields.put(Field::Title, text(format!("Milestone {number}: {}", phrase(&mut self.chance))));
        fields.put(Field::Priority, Value::Priority(Priority::Medium));
        fields.put(Field::Owner, text("dana".into()));
        fields.put(Field::Due, Value::Date(due));
        let created = Created { task: None, fields, source: None };
        self.write(turn, &[Event::of(&milestone, Body::MilestoneCreated(created))], log)?;
        for task in 0..TASKS {
            let mut fields = Fields::default();
            fields.put(Field::Title, text(format!("Task {task}: {}", phrase(&mut self.chance))));
            fields.put(Field::Estimate, Value::Number(240 * (1 + task as i64 % 5)));
            fields.put(Field::Position, Value::Number((task as i64 + 1) * 1024));
            let created = Created { task: Some(slug(task)), fields, source: None };
            self.write(turn, &[Event::of(&milestone, Body::TaskAdded(created))], log)?;
        }
        self.merge();
        Ok(())
    }

    /// One more record of ordinary work on a milestone.
    fn work(&mut self, number: u64, log: &Path) -> io::Result<()> {
        let turn = self.turn();
        let task = self.chance.below(TASKS);
        let milestone = milestone_id(number);
        let mut story = std::mem::take(&mut self.stories[(number * TASKS + task) as usize]);
        let body = match self.chance.below(1_000) {
            0..5 => self.of_milestone(number),
            5..10 => {
                let details = format!(
                    "{{\"task\":\"{}\",\"build\":{}}}",
                    slug(task),
                    self.chance.below(9_999)
                );
                Body::Unknown { kind: "x.acme.built".into(), details: RawText(details.into()) }
            }
            _ => self.of_task(number, task, &mut story),
        };
        self.stories[(number * TASKS + task) as usize] = story;
        self.write(turn, &[Event::of(&milestone, body)], log)
    }

    fn of_milestone(&mut self, number: u64) -> Body<'static> {
        let change = Transition::default();
        match self.chance.below(8) {
            0 => Body::MilestoneStarted(change),
            1 => Body::MilestoneCompleted(Transition { forced: Some("shipped".into()), ..change }),
            2 => Body::MilestoneReopened(change),
            3 => Body::MilestoneArchived(change),
            4 => Body::MilestoneRestored(change),
            5 => {
                let on = milestone_id((number + self.milestones / 2) % self.milestones.max(1));
                Body::DependencyAdded(Dependency { on: on.into(), ..Dependency::default() })
            }
            6 => {
                let lists = vec![(ListField::Labels, vec![Text::from("team:core")])];
                let add = Fields { set: Vec::new(), lists };
                Body::MilestoneEdited(Edited { add, ..Edited::default() })
            }
            _ => {
                let note = NoteAdded {
                    task: None,
                    note: self.chance.id(),
                    text: phrase(&mut self.chance).into(),
                };
                Body::NoteAdded(note)
            }
        }
    }

    fn of_task(&mut self, number: u64, task: u64, story: &mut Story) -> Body<'static> {
        let about = || Some(slug(task));
        let change = || Transition { task: about(), ..Transition::default() };
        match (self.chance.below(100), story.stage) {
            (0..8, 0) => {
                story.stage = 1;
                Body::TaskStarted(change())
            }
            (0..4, 1) => {
                story.stage = 2;
                let tasks_completed = vec![slug(task)];
                Body::TaskCompleted(Transition { tasks_completed, time_spent: 30, ..change() })
            }
            (0..4, 2) => {
                story.stage = 0;
                Body::TaskReopened(Transition { reason: Some("it came back".into()), ..change() })
            }
            (8..9, _) => {
                Body::TaskCancelled(Transition { reason: Some("not wanted".into()), ..change() })
            }
            (9..10, _) => Body::TaskMoved(TaskMoved {
                task: slug(task),
                to: milestone_id(number).into(),
                slug: slug(task),
                position: (task as i64 + 1) * 1024 + 7,
            }),
            (10..15, _) => {
                let mut set = Fields::default();
                set.put(Field::Title, Value::Text(phrase(&mut self.chance).into()));
                Body::TaskEdited(Edited { task: about(), set, ..Edited::default() })
            }
            (15..20, _) => {
                let on = format!("{}/{}", milestone_id(number), slug((task + 1) % TASKS));
                let dependency =
                    Dependency { task: about(), on: on.into(), ..Dependency::default() };
                if task + 1 < TASKS && story.done.is_multiple_of(2) {
                    Body::DependencyAdded(dependency)
                } else {
                    Body::DependencyRemoved(dependency)
                }
            }
            (20..24, _) => self.blocker(task, story),
            (24..30, _) => self.criterion(task, story),
            (30..32, _) => Body::LinkAdded(LinkAdded {
                task: about(),
                link: self.chance.id(),
                kind: "relates-to".into(),
                to: milestone_id(self.chance.below(self.milestones)).into(),
                source: None,
            }),
            (32..34, _) => Body::RiskIdentified(Risk {
                task: about(),
                risk: self.chance.id(),
                title: phrase(&mut self.chance).into(),
                likelihood: Some("medium".into()),
                ..Risk::default()
            }),
            (34..50, _) => {
                let text = phrase(&mut self.chance).into();
                Body::NoteAdded(NoteAdded { task: about(), note: self.chance.id(), text })
            }
            _ => {
                story.done = (story.done + 1) % 7;
                let (done, of) = (Some(story.done), Some(6.max(story.done)));
                let progress =
                    Progress { task: about(), done, of, time_spent: 15, ..Progress::default() };
                Body::ProgressUpdated(progress)
            }
        }
    }

    fn blocker(&mut self, task: u64, story: &mut Story) -> Body<'static> {
        match story.blocker.take() {
            Some(blocker) => Body::BlockerCleared(BlockerCleared {
                task: Some(slug(task)),
                blocker,
                notes: None,
            }),
            None => {
                let blocker = self.chance.id();
                story.blocker = Some(blocker.clone());
                let blockers_encountered = vec![Text::from(phrase(&mut self.chance))];
                let task = Some(slug(task));
                Body::BlockerRaised(BlockerRaised {
                    task,
                    blocker,
                    blockers_encountered,
                    ..BlockerRaised::default()
                })
            }
        }
    }

    fn criterion(&mut self, task: u64, story: &mut Story) -> Body<'static> {
        let task = Some(slug(task));
        match &story.criterion {
            Some(id) if self.chance.below(2) == 0 => {
                Body::CriterionChecked(Part { task, id: id.clone() })
            }
            Some(id) => Body::CriterionUnchecked(Part { task, id: id.clone() }),
            None => {
                let criterion = self.chance.id();
                story.criterion = Some(criterion.clone());
                let text = phrase(&mut self.chance).into();
                Body::CriterionAdded(CriterionAdded { task, criterion, text, phase: None })
            }
        }
    }
}

/// The id of a milestone.
pub fn milestone_id(number: u64) -> String {
    format!("milestone-{number}")
}

fn slug(task: u64) -> Text<'static> {
    Text::from(format!("task-{task}"))
}

/// A few words, now and then in other scripts, now and then with an escape.
fn phrase(chance: &mut Chance) -> String {
    const WORDS: [&str; 24] = [
        "ship",
        "the",
        "parser",
        "before",
        "friday",
        "größer",
        "проверка",
        "設計",
        "🚀",
        "retry",
        "index",
        "cache",
        "flaky",
        "test",
        "review",
        "API",
        "schema",
        "owner",
        "later",
        "docs",
        "\"quoted\"",
        "edge",
        "case",
        "limits",
    ];
    let count = 3 + chance.below(6);
    let words: Vec<&str> =
        (0..count).map(|_| WORDS[chance.below(WORDS.len() as u64) as usize]).collect();
    words.join(" ")
}
