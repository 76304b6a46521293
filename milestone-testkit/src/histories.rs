//! Histories of a project, as one writer or several clones make them.
//!
//! Start at [`histories`] for a strategy and [`History::play`] for what becomes of it.
//!
//! - **Invariant.** A history is a short list of operations, played deterministically: it shrinks
//!   by leaving operations out, and prints as one operation a line.
//! - **Invariant.** Whatever is left out, what is played is a valid history.

use std::fmt;

use milestone_core::domain::Event;
use proptest::prelude::*;

use crate::deeds::{Deed, deed, deed_of};
use crate::memory::MemoryStore;
use crate::replica::{Replica, Said};

/// The names of the clones, in their order.
pub const CLONES: [&str; 4] = ["ann", "bob", "cyd", "dee"];

/// One thing that a clone does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// It records events.
    Write {
        /// Which clone.
        by: u8,
        /// What.
        deeds: Vec<Deed>,
        /// A number for the caller's key, if the caller has one.
        command: Option<u8>,
    },
    /// It takes in all that another one has.
    Merge {
        /// Which clone.
        into: u8,
        /// From which.
        from: u8,
    },
    /// Its clock goes wrong, by so many milliseconds.
    Drift {
        /// Which clone.
        by: u8,
        /// How much.
        milliseconds: i8,
    },
}

/// What several clones of one project do, one after the other.
#[derive(Clone, PartialEq, Eq)]
pub struct History {
    /// How many clones there are, at least one and at most as many as [`CLONES`] has names.
    pub clones: u8,
    /// What they do.
    pub ops: Vec<Op>,
}

/// Histories of one writer with at most `ops_max` operations.
pub fn single_writer(ops_max: usize) -> impl Strategy<Value = History> {
    histories(1, ops_max)
}

/// Histories of `clones` clones with at most `ops_max` operations.
///
/// # Panics
///
/// If `clones` is 0 or more than [`CLONES`] has names.
pub fn histories(clones: u8, ops_max: usize) -> impl Strategy<Value = History> {
    histories_of(clones, ops_max, deed().boxed())
}

/// Histories in which nothing but these kinds happens.
///
/// # Panics
///
/// As [`histories`].
pub fn histories_of_kinds(
    clones: u8,
    ops_max: usize,
    kinds: &[&'static str],
) -> impl Strategy<Value = History> {
    histories_of(clones, ops_max, deed_of(kinds.to_vec()).boxed())
}

fn histories_of(
    clones: u8,
    ops_max: usize,
    deeds: BoxedStrategy<Deed>,
) -> impl Strategy<Value = History> {
    assert!((1..=CLONES.len()).contains(&usize::from(clones)), "no names for {clones} clones");
    let command = prop_oneof![6 => Just(None), 1 => (0..2u8).prop_map(Some)];
    let write = (0..clones, prop::collection::vec(deeds, 1..4), command)
        .prop_map(|(by, deeds, command)| Op::Write { by, deeds, command });
    let drift =
        (0..clones, -20..20i8).prop_map(|(by, milliseconds)| Op::Drift { by, milliseconds });
    let op = if clones == 1 {
        prop_oneof![10 => write, 1 => drift].boxed()
    } else {
        let merge = (0..clones, 0..clones).prop_map(|(into, from)| Op::Merge { into, from });
        prop_oneof![10 => write, 5 => merge, 1 => drift].boxed()
    };
    prop::collection::vec(op, 0..=ops_max).prop_map(move |ops| History { clones, ops })
}

impl History {
    /// Plays it, and returns the clones as they are at its end.
    pub fn play(&self) -> Vec<Replica> {
        self.play_watched(|_| {})
    }

    /// Plays it, and shows the clones before the first operation and after each.
    pub fn play_watched(&self, mut watch: impl FnMut(&[Replica])) -> Vec<Replica> {
        let mut first = Replica::new(CLONES[0]);
        let deed = Deed { kind: "project_created", milestone: 0, task: 0, value: 0 };
        first.write(&[deed.event()]);
        let forks: Vec<_> =
            CLONES[1..usize::from(self.clones)].iter().map(|name| first.fork(name)).collect();
        let mut replicas: Vec<Replica> = std::iter::once(first).chain(forks).collect();
        watch(&replicas);
        for op in &self.ops {
            op.play(&mut replicas);
            watch(&replicas);
        }
        replicas
    }

    /// All records of all clones at the end, as one log: a file for each clone.
    pub fn union(&self) -> MemoryStore {
        union_of(&self.play())
    }
}

/// All records of these clones, as one log.
pub fn union_of(replicas: &[Replica]) -> MemoryStore {
    let union = MemoryStore::new().copy("reader-0001.jsonl");
    replicas.iter().for_each(|replica| union.union(replica.store()));
    union
}

impl Op {
    fn play(&self, replicas: &mut [Replica]) {
        let count = replicas.len();
        let place = |number: u8| usize::from(number) % count;
        match self {
            Self::Write { by, deeds, command } => {
                let events: Vec<Event<'_>> = deeds.iter().map(Deed::event).collect();
                let command_id = command.map(|key| format!("key-{key}~00000000000000a{key:x}"));
                let user_context = (deeds.len() == 3).then(|| "on the train".to_owned());
                let said = Said { command_id, user_context };
                replicas[place(*by)].write_saying(&events, &said);
            }
            Self::Merge { into, from } if place(*into) != place(*from) => {
                let mut into_replica =
                    std::mem::replace(&mut replicas[place(*into)], Replica::new("nobody"));
                into_replica.merge(&replicas[place(*from)]);
                replicas[place(*into)] = into_replica;
            }
            Self::Merge { .. } => {}
            Self::Drift { by, milliseconds } => {
                replicas[place(*by)].clock_mut().shift(i64::from(*milliseconds) * 1_000);
            }
        }
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |number: &u8| CLONES[usize::from(*number) % CLONES.len()];
        match self {
            Self::Write { by, deeds, command } => {
                write!(f, "{} writes", name(by))?;
                for deed in deeds {
                    let event = deed.event();
                    let stream = event.stream().map(|stream| stream.to_string());
                    let stream = stream.unwrap_or_else(|| "no stream".into());
                    write!(f, " {} of {stream} ({})", deed.kind, deed.value)?;
                }
                command.map_or(Ok(()), |key| write!(f, " as command {key}"))
            }
            Self::Merge { into, from } => write!(f, "{} merges {}", name(into), name(from)),
            Self::Drift { by, milliseconds } => {
                write!(f, "{}'s clock jumps by {milliseconds} ms", name(by))
            }
        }
    }
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "history of {} clones:", self.clones)?;
        self.ops.iter().try_for_each(|op| write!(f, "\n  {op}"))
    }
}

impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
