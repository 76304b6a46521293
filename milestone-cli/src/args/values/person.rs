//! WHO: somebody's name, as records keep it.
//!
//! - **Absent on purpose.** Who `me` is: that takes the environment.

use milestone_core::words::ValueError;

/// Reads a name. `me` is whoever acts; who that is, the context knows.
///
/// # Errors
///
/// Nothing but blanks.
pub fn person(text: &str) -> Result<String, ValueError> {
    match text.trim() {
        "" => Err(ValueError("a name is wanted, like dana, agent:robo or me".to_owned())),
        name => Ok(name.to_owned()),
    }
}
