//! What the benchmarks share: the generator of realistic projects.
//!
//! Start at [`generate::generate`]; the program `generate` writes a project with it.
//!
//! - **Absent on purpose.** Figures. They are measured anew on the machine at hand, as ratios.

pub mod generate;
pub mod measure;
