//! What SQLite says, as a projection says it.
//!
//! - **Invariant.** A file that is not what was written is *damaged*, which makes the engine build
//!   it anew; a file that is locked, full or out of reach is not.

use std::io;
use std::path::Path;

use milestone_core::projection::ProjectionError;
use rusqlite::ErrorCode;
use rusqlite::types::Type;

/// The error of something that is kept at `path`.
pub(crate) fn failed(path: &Path, name: &'static str, error: rusqlite::Error) -> ProjectionError {
    use rusqlite::Error::{
        FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnName, InvalidColumnType,
        QueryReturnedNoRows, SqliteFailure, Utf8Error,
    };
    let damaged = match &error {
        SqliteFailure(failure, message) => {
            let missing = |text: &String| {
                text.starts_with("no such") || text.contains("has no column") || is_of_view(text)
            };
            matches!(failure.code, ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
                || message.as_ref().is_some_and(missing)
        }
        rusqlite::Error::SqlInputError { .. } => true,
        FromSqlConversionFailure(..)
        | IntegralValueOutOfRange(..)
        | InvalidColumnName(..)
        | InvalidColumnType(..)
        | QueryReturnedNoRows
        | Utf8Error(..) => true,
        _ => false,
    };
    match damaged {
        true => {
            ProjectionError::Damaged { what: path.display().to_string(), why: error.to_string() }
        }
        false => ProjectionError::Other { name, source: Box::new(error) },
    }
}

fn is_of_view(text: &str) -> bool {
    text.starts_with("malformed database schema")
}

/// The error of the file system about `path`.
pub(crate) fn io_failed(action: &'static str, path: &Path, source: io::Error) -> ProjectionError {
    ProjectionError::Io { action, what: path.display().to_string(), source }
}

/// A value in the file that no writer of ours put there.
pub(crate) fn odd_value(why: impl Into<String>) -> rusqlite::Error {
    let why: Box<dyn std::error::Error + Send + Sync> = why.into().into();
    rusqlite::Error::FromSqlConversionFailure(0, Type::Blob, why)
}
