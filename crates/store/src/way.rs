//! How a file is opened: to make it, to write in it, or only to read in it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;

/// How a database in a file is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// To make it.
    Create,
    /// To make it and fill it at once, with nobody else at it.
    Fill,
    /// To make it from a backup, row by row in the order of each key, with nobody else at it.
    Restore,
    /// To write in it.
    Write,
    /// To read in a file that others may write: what they have in their log is read too.
    Share,
    /// To read in a file that nobody has open to write. Nothing is laid beside it: what a reader left there would
    /// be the reader's, and stand in the way of whoever may write.
    Still,
}

impl Way {
    /// How a file can be opened to read in it.
    pub(crate) fn to_read(path: &Path) -> Way {
        if std::fs::OpenOptions::new().write(true).open(path).is_ok() {
            Way::Write
        } else if has_log(path) {
            Way::Share
        } else {
            Way::Still
        }
    }

    /// The options of a connection that leaves the file as it is.
    pub(crate) fn options(self, path: &Path) -> SqliteConnectOptions {
        SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(matches!(self, Way::Create | Way::Fill | Way::Restore))
            .read_only(matches!(self, Way::Share | Way::Still))
            .immutable(self == Way::Still)
            .busy_timeout(Duration::from_secs(30))
    }
}

/// True if writes lie in the log beside a file.
pub(crate) fn has_log(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    // What cannot be looked at may be there.
    std::fs::metadata(PathBuf::from(log))
        .map_or_else(|error| error.kind() != std::io::ErrorKind::NotFound, |log| log.len() > 0)
}
