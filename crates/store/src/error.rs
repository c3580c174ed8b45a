//! What can go wrong between bangfu and its database.

use thiserror::Error;

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
    #[error("the key at {place} cannot be used: {why}")]
    Key {
        /// File or variable.
        place: String,
        /// What is wrong with it.
        why: String,
    },
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

impl Error {
    /// True if the transaction lost a race and may simply be run again.
    pub fn may_retry(&self) -> bool {
        let Error::Sql(sqlx::Error::Database(error)) = self else { return false };
        // PostgreSQL: serialization failure, deadlock; SQLite: busy, locked.
        error
            .code()
            .is_some_and(|code| matches!(code.as_ref(), "40001" | "40P01" | "5" | "6" | "261" | "517"))
    }
}
