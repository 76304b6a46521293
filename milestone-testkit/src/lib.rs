//! What is needed to test milestone, and whatever embeds or extends it.
//!
//! | start at | for |
//! | --- | --- |
//! | [`MemoryStore`] | a log in memory, the model of every [`LogStore`] |
//! | [`FaultyStore`] | a store that refuses an operation, or dies in one |
//! | [`Replica`] | a clone that writes correct records, forks and merges |
//! | [`histories`] | random histories of one writer or several clones |
//! | [`conditions`], [`orders`] | random queries |
//! | [`Damage`] | what crashes and merges do to files without taking a record away |
//! | [`MemoryBase`] | a snapshot, the model of every [`Base`] |
//! | [`check_projection`] | everything that a projection of your own must hold |
//! | [`check_damage`] | that it notices when what it holds was changed |
//! | [`Documents`] | a projection to read before writing one |
//! | [`TestClock`], [`seed`], [`ids`] | time and randomness that are the same in every run |
//!
//! Two clones edit one title, and both keep what the other wrote:
//!
//! ```
//! use milestone_core::domain::{Body, Created, Edited, Event, Field, Plan, Value};
//! use milestone_testkit::Replica;
//!
//! let title = |text: &'static str| {
//!     let mut edited = Edited::default();
//!     edited.set.put(Field::Title, Value::Text(text.into()));
//!     [Event::of("api", Body::MilestoneEdited(edited))]
//! };
//! let mut ann = Replica::new("ann");
//! ann.write(&[Event::of("api", Body::MilestoneCreated(Created::default()))]);
//! let mut bob = ann.fork("bob");
//! ann.write(&title("API"));
//! bob.write(&title("Interface"));
//! ann.merge(&bob);
//! bob.merge(&ann);
//! assert_eq!(ann.state().milestone("api"), bob.state().milestone("api"));
//! assert_eq!(ann.state().milestone("api").unwrap().item.conflicts.len(), 1);
//! ```
//!
//! [`LogStore`]: milestone_core::log::LogStore
//! [`Base`]: milestone_core::projection::Base

mod base;
mod check;
mod clock;
mod damage;
mod damaged;
mod deeds;
mod deeds_risk;
mod deeds_workflow;
mod documents;
mod faulty;
mod histories;
mod memory;
mod queries;
mod replica;

pub use base::MemoryBase;
pub use check::{check_projection, check_projection_in};
pub use clock::{EPOCH, TestClock, ids, seed};
pub use damage::{Damage, garbage_line, harmless};
pub use damaged::{check_damage, full_log};
pub use deeds::{Deed, MILESTONES, OTHER_KINDS, TASKS, deed, deed_of};
pub use documents::{Documents, Shelf};
pub use faulty::{FaultyStore, Operation};
pub use histories::{CLONES, History, Op, histories, histories_of_kinds, single_writer, union_of};
pub use memory::MemoryStore;
pub use queries::{conditions, held_words, orders};
pub use replica::{Replica, Said, reads_of};
