//! Where a database lives, and how that is told without a password.

use std::fmt;
use std::path::PathBuf;

use crate::error::Error;

/// Where a database lives: `sqlite:FILE` or `postgres://…`.
#[derive(Clone, PartialEq, Eq)]
pub enum Address {
    /// A file of its own.
    Sqlite(PathBuf),
    /// A server.
    Postgres(String),
}

impl Address {
    /// Reads an address.
    pub fn parse(text: &str) -> Result<Address, Error> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Address::Postgres(text.to_owned()));
        }
        match text.strip_prefix("sqlite:") {
            Some(path) if !path.is_empty() => {
                Ok(Address::Sqlite(PathBuf::from(path.trim_start_matches("//"))))
            }
            _ => Err(Error::Address(without_password(text))),
        }
    }

    /// The address without a password, for messages.
    pub fn shown(&self) -> String {
        match self {
            Address::Sqlite(path) => path.display().to_string(),
            Address::Postgres(url) => without_password(url),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({})", self.shown())
    }
}

/// An address of a server without who connects and how: either may stand before the `@` or among the parameters.
fn without_password(url: &str) -> String {
    let place = url.split('?').next().unwrap_or(url);
    match (place.find("://"), place.rfind('@')) {
        (Some(start), Some(at)) => format!("{}://…{}", &place[..start], &place[at..]),
        _ => place.to_owned(),
    }
}
