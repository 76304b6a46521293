//! The board on the terminal: columns of tasks, moved through with keys.
//!
//! Start at [`model::Board`]; [`update`](update::update) takes a key and says what follows,
//! [`view`] draws, [`screen`] is the terminal itself. The runner is `run/board.rs`.
//!
//! - **Invariant.** A key writes nothing by itself: whatever is run was shown as a command first,
//!   and Enter was pressed under it.
//! - **Invariant.** `model`, `update` and `view` are pure; only `screen` touches the terminal.
//! - **Absent on purpose.** The mouse, and writing in any way but as a command line.

pub mod line;
pub mod model;
pub mod screen;
pub mod update;
pub mod view;
