//! Problems of backups: codes, exits and hints.
//!
//! Start at [`backup`]; everything said in `problem` holds here.

use milestone_project::BackupError;

use super::{history, locked, with_causes};
use crate::ui::error::{Exit, Problem};

/// How long a caller should wait before it tries again.
const RETRY_AFTER_MS: u64 = 1_000;

/// Why a backup was not made, or not brought back.
pub fn backup(error: &BackupError) -> Box<Problem> {
    let message = error.to_string();
    let new = |code, exit| with_causes(Problem::new(code, exit, message.clone()), error);
    Box::new(match error {
        BackupError::History(error) => return history(error),
        BackupError::Lock(error) => locked(error),
        BackupError::Busy => new("backup.busy", Exit::Busy)
            .unchanged()
            .retry_after_ms(RETRY_AFTER_MS)
            .hint("milestone backup list, when it has ended"),
        BackupError::ReadOnly => new("project.read_only", Exit::Refused).unchanged(),
        BackupError::Gone { .. } => new("backup.gone", Exit::Refused)
            .fact("a disk that is not mounted, perhaps")
            .unchanged()
            .hint("milestone backup create --anew, if they are gone for good"),
        BackupError::None { .. } | BackupError::NoSuch { .. } | BackupError::NoMoment { .. } => {
            new("backup.not_found", Exit::NotFound).unchanged().hint("milestone backup list")
        }
        BackupError::OtherMoment => new("backup.moment", Exit::Usage)
            .unchanged()
            .hint("milestone backup restore --into DIR --to 2026-03-05"),
        BackupError::Damaged { object, .. } => new("backup.damaged", Exit::Integrity)
            .datum("object", object.clone())
            .unchanged()
            .hint("milestone backup verify"),
        BackupError::Differs { .. } => new("backup.differs", Exit::Integrity)
            .hint("milestone backup create --full, and milestone doctor"),
        BackupError::InTheWay { .. } => new("backup.in_the_way", Exit::Refused)
            .unchanged()
            .hint("milestone backup restore --into another directory"),
        BackupError::Io { .. } => new("backup.failed", Exit::NotRecorded)
            .hint("free some space, or mend the permissions of the directory, and try again"),
        _ => new("backup.failed", Exit::NotRecorded).hint("milestone doctor"),
    })
}
