//! What can go wrong between bangfu and its database.

use thiserror::Error;

use crate::address::Address;

/// A failure of the store. None of these is a refusal: those are decided above.
#[derive(Debug, Error)]
pub enum Error {
    /// The database address is not one that bangfu understands.
    #[error("the database address {0:?} is neither sqlite:FILE nor postgres://…")]
    Address(String),
    /// There is no database yet at this address.
    #[error("there is no bangfu database at {0}; run `bangfu init` first")]
    Missing(String),
    /// Making the database was begun and not finished: no county keeps its book there.
    #[error("making the database at {0} was not finished; run `bangfu init` again")]
    Unfinished(String),
    /// What stands there is not bangfu's.
    #[error("what stands at {0} is no database of bangfu")]
    Foreign(String),
    /// A new database was asked for where one stands already.
    #[error("there is a database already at {0}")]
    Exists(String),
    /// The key that opens the secrets is missing or of the wrong form.
    #[error("the key at {place} cannot be used: {fault}")]
    Key {
        /// File or variable.
        place: String,
        /// What is wrong with it.
        fault: KeyFault,
    },
    /// The key is another than the one with which the book was made.
    #[error("the book was made with the key {book_key_id}; the one at {place} is {key_id}")]
    OtherKey {
        /// File or variable of the key at hand.
        place: String,
        /// Its name.
        key_id: String,
        /// The name of the book's own.
        book_key_id: String,
    },
    /// A backup needs a key, and none is at hand.
    #[error("the backup is of a book whose key is {book_key_id}, and there is no key at {place}")]
    BackupKey {
        /// File or variable where one is looked for.
        place: String,
        /// The name of the book's own.
        book_key_id: String,
    },
    /// The database cannot be opened.
    #[error("{place} cannot be opened: {source}")]
    Open {
        /// The address.
        place: String,
        /// What can be said of the cause.
        fault: OpenFault,
        /// The cause in the database's own words.
        source: sqlx::Error,
    },
    /// Something was to be written where nothing may be.
    #[error("nothing may be written in {0}")]
    ReadOnly(String),
    /// A secret does not open with this key.
    #[error("a stored secret does not open with the present key {key_id}")]
    Sealed {
        /// The key in use.
        key_id: String,
    },
    /// A stored value is not of the form that its column promises.
    #[error("column {column} holds {found}")]
    Value {
        /// The position in the row.
        column: usize,
        /// What stands there.
        found: String,
    },
    /// The database itself failed.
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
    /// A migration failed.
    #[error(transparent)]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The file system failed.
    #[error("{place}: {source}")]
    Io {
        /// The file.
        place: String,
        /// What happened.
        source: std::io::Error,
    },
}

/// What is wrong with a key.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeyFault {
    /// There is no such file.
    #[error("it is not there")]
    Missing,
    /// The file cannot be read.
    #[error("{0}")]
    Unreadable(String),
    /// It is not 64 hexadecimal digits.
    #[error("it is not 64 hexadecimal digits")]
    Form,
    /// The machine gave no random numbers for a new one.
    #[error("{0}")]
    Randomness(String),
}

/// Why a database cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenFault {
    /// A folder stands where a file should.
    Folder,
    /// This user may not read or write the file, or not lay one into its folder.
    Denied,
    /// No server answers.
    Unreachable,
    /// The server has no database of that name.
    NoDatabase,
    /// The server does not know the user or the password is wrong.
    Login,
    /// Something else.
    Other,
}

impl OpenFault {
    /// What can be said of a failure to open.
    pub(crate) fn of(address: &Address, error: &sqlx::Error) -> OpenFault {
        if let Address::Sqlite(path) = address
            && path.is_dir()
        {
            return OpenFault::Folder;
        }
        match error {
            sqlx::Error::Io(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                OpenFault::Denied
            }
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut => OpenFault::Unreachable,
            sqlx::Error::Database(error) => match error.code().as_deref() {
                // SQLite: cannot be opened, permission, read-only, and their kinds in the higher bits.
                Some(code) if matches!(code.parse::<u32>().map(|code| code & 0xff), Ok(3 | 8 | 14 | 23)) => {
                    OpenFault::Denied
                }
                Some("3D000") => OpenFault::NoDatabase,
                Some("28P01" | "28000") => OpenFault::Login,
                Some("42501") => OpenFault::Denied,
                _ => OpenFault::Other,
            },
            _ => OpenFault::Other,
        }
    }
}

impl Error {
    /// The key of its text.
    pub const fn key(&self) -> &'static str {
        match self {
            Error::Address(_) => "address",
            Error::Missing(_) => "missing",
            Error::Unfinished(_) => "unfinished",
            Error::Foreign(_) => "foreign",
            Error::Exists(_) => "exists",
            Error::Key { fault, .. } => match fault {
                KeyFault::Missing => "key-missing",
                KeyFault::Unreadable(_) => "key-unreadable",
                KeyFault::Form => "key-form",
                KeyFault::Randomness(_) => "key-randomness",
            },
            Error::OtherKey { .. } => "other-key",
            Error::BackupKey { .. } => "backup-key",
            Error::Open { fault, .. } => match fault {
                OpenFault::Folder => "open-folder",
                OpenFault::Denied => "open-denied",
                OpenFault::Unreachable => "open-unreachable",
                OpenFault::NoDatabase => "open-no-database",
                OpenFault::Login => "open-login",
                OpenFault::Other => "open-other",
            },
            Error::ReadOnly(_) => "read-only",
            Error::Sealed { .. } => "sealed",
            Error::Value { .. } => "value",
            Error::Sql(_) => "sql",
            Error::Migrate(_) => "migrate",
            Error::Io { .. } => "io",
        }
    }

    /// The parameters of its text.
    pub fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Error::Address(place)
            | Error::Missing(place)
            | Error::Unfinished(place)
            | Error::Foreign(place)
            | Error::Exists(place)
            | Error::ReadOnly(place) => vec![("place", place.clone())],
            Error::Key { place, fault } => vec![("place", place.clone()), ("why", fault.to_string())],
            Error::BackupKey { place, book_key_id } => {
                vec![("place", place.clone()), ("own", book_key_id.clone())]
            }
            Error::OtherKey { place, key_id, book_key_id } => {
                vec![("place", place.clone()), ("key", key_id.clone()), ("own", book_key_id.clone())]
            }
            Error::Open { place, source, .. } => vec![("place", place.clone()), ("why", source.to_string())],
            Error::Sealed { key_id } => vec![("key", key_id.clone())],
            Error::Io { place, source } => vec![("place", place.clone()), ("why", source.to_string())],
            Error::Value { .. } | Error::Sql(_) | Error::Migrate(_) => vec![("why", self.to_string())],
        }
    }

    /// True if the transaction lost a race and may simply be run again.
    pub fn may_retry(&self) -> bool {
        let Error::Sql(sqlx::Error::Database(error)) = self else { return false };
        // PostgreSQL: serialization failure, deadlock; SQLite: busy, locked.
        error
            .code()
            .is_some_and(|code| matches!(code.as_ref(), "40001" | "40P01" | "5" | "6" | "261" | "517"))
    }
}
