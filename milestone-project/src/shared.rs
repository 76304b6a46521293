//! One project for many threads: what waits at the same moment is written by one write and made
//! durable by one sync (group commit).
//!
//! Start at [`SharedProject::execute`]. A thread that finds nobody writing leads: it takes all that
//! waits, carries it out as one round, and tells each its outcome. Whoever waits longest then leads
//! the next round. What arrives while a round is written makes the next one larger.
//!
//! - **Invariant.** Nobody is told of a record before the sync that made it durable.
//! - **Invariant.** Commands are decided one after the other, each on the state that those before
//!   it leave, with its own caller, time and key. One that is refused takes nobody along.
//! - **Invariant.** Whatever becomes of a round, everyone in it is told: where its write fails, all
//!   whose record was in it, or who were refused because of such a record; where its thread
//!   panics, all of them.
//! - **Invariant.** While somebody waits the index follows after several rounds; once nobody does
//!   it lacks nothing, unless another process is writing at that moment, which brings it along.
//! - **Absent on purpose.** A thread of its own, and waiting for more to come: a thread that is
//!   alone is as fast as with a [`Project`].

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use milestone_core::domain::Command;
use milestone_store_file::view::YamlView;

use crate::caller::Caller;
use crate::error::ExecuteError;
use crate::execute::Outcome;
use crate::project::Project;
use crate::round::{Done, Share, failed};

/// A project that many threads of a process write to. Clones of it are the same project.
#[derive(Debug, Clone)]
pub struct SharedProject(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// Held for a whole round, its sync included.
    project: Mutex<Project>,
    queue: Mutex<Queue>,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: Vec<Waiting>,
    /// True while a thread leads, or was told to.
    led: bool,
}

/// A command that waits, and the thread that waits for it.
#[derive(Debug)]
struct Waiting {
    command: Command,
    caller: Caller,
    told: Sender<Turn>,
}

/// What a thread that waits is told.
enum Turn {
    /// What became of its command.
    Done(Box<Done>),
    /// It leads the next round, and its command is in it.
    Leads,
}

impl SharedProject {
    /// Lets threads share `project`.
    pub fn new(project: Project) -> Self {
        let (project, queue) = (Mutex::new(project), Mutex::default());
        Self(Arc::new(Shared { project, queue }))
    }

    /// Carries out one command, together with those of the threads that ask at the same time.
    /// Returns once it is durable. What concerns a whole round, [`Outcome::warnings`] tells
    /// everyone in it.
    ///
    /// # Errors
    ///
    /// [`ExecuteError`], as from [`Project::execute`]; [`ExecuteError::Abandoned`] if the thread
    /// that led the round panicked.
    ///
    /// # Panics
    ///
    /// If the command of any caller in a round that this thread leads panics, as its clock may.
    pub fn execute(&self, command: &Command, caller: &Caller) -> Result<Outcome, ExecuteError> {
        if caller.dry_run {
            return self.with(|project| project.execute(command, caller))?;
        }
        let (told, turns) = channel();
        let waiting = Waiting { command: command.clone(), caller: caller.clone(), told };
        let mut queue = self.0.queue();
        queue.waiting.push(waiting);
        let leads = !std::mem::replace(&mut queue.led, true);
        drop(queue);
        if leads {
            self.0.lead();
        }
        self.0.wait(&turns)
    }

    /// Does something else with the project, between two rounds: nobody's sync is under way. `job`
    /// must not use this shared project itself. What the index was late with it has by then, unless
    /// another process is writing.
    ///
    /// # Errors
    ///
    /// [`ExecuteError::Read`] if a thread panicked before and the log cannot be read anew; `job`
    /// was not called.
    pub fn with<T>(&self, job: impl FnOnce(&mut Project) -> T) -> Result<T, ExecuteError> {
        self.0.sound_project().map(|mut project| {
            project.keep_late_index();
            job(&mut project)
        })
    }

    /// How many commands wait and are in no round yet.
    pub fn waiting(&self) -> usize {
        self.0.queue().waiting.len()
    }
}

/// Somebody leads. When this is dropped, also by a panic, whoever waits longest goes on.
struct Lead<'s>(&'s Shared);

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        let mut queue = self.0.queue();
        queue.led = queue.waiting.first().is_some_and(|next| next.told.send(Turn::Leads).is_ok());
    }
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        // Nothing panics while it is held, and it is whole after each step.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The project; after a panic with its state made anew of the log.
    fn sound_project(&self) -> Result<MutexGuard<'_, Project>, ExecuteError> {
        self.project.lock().or_else(|poisoned| {
            let mut project = poisoned.into_inner();
            project.view = YamlView::new(&project.root);
            project.restore()?;
            self.project.clear_poison();
            Ok(project)
        })
    }

    fn wait(&self, turns: &Receiver<Turn>) -> Done {
        loop {
            match turns.recv() {
                Ok(Turn::Done(done)) => return *done,
                Ok(Turn::Leads) => self.lead(),
                // Whoever led let go of it without a word.
                Err(_) => return Err(ExecuteError::Abandoned),
            }
        }
    }

    /// Carries out all that waits, and tells everyone.
    fn lead(&self) {
        let _lead = Lead(self);
        let project = self.sound_project();
        // What came while the project was in use is in this round.
        let waiting = std::mem::take(&mut self.queue().waiting);
        let (mut shares, mut told) = (Vec::new(), Vec::new());
        for Waiting { command, caller, told: teller } in waiting {
            let key = caller.key.clone();
            shares.push(Share::new(caller, vec![(key, command)]));
            told.push(teller);
        }
        let others_wait = || !self.queue().waiting.is_empty();
        let outcomes = match project {
            Ok(mut project) => {
                let outcomes = round(&mut project, shares, &others_wait);
                if !others_wait() {
                    // A round that recorded nothing has kept nothing either.
                    project.keep_late_index();
                }
                outcomes
            }
            Err(why) => vec![Err(why); shares.len()],
        };
        for (told, outcome) in told.iter().zip(outcomes) {
            // Whoever waits cannot go away.
            let _ = told.send(Turn::Done(Box::new(outcome)));
        }
    }
}

/// Carries out a round; what became of each command.
fn round(project: &mut Project, shares: Vec<Share>, others_wait: &dyn Fn() -> bool) -> Vec<Done> {
    let (count, mut outcomes) = (shares.len(), Vec::with_capacity(shares.len()));
    match project.carry_out(shares, |_| true, others_wait, &mut outcomes) {
        Ok(()) => outcomes,
        Err(why) if outcomes.is_empty() => vec![Err(why); count],
        Err(why) => failed(outcomes, &why),
    }
}
