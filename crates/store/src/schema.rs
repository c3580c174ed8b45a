//! The migrations: twins for both databases, with equal numbers and names.

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr};

use crate::tx::On;

/// Number, name and text of each migration of one database.
pub(crate) type Scripts = &'static [(i64, &'static str, &'static str)];

pub(crate) const SQLITE: Scripts = &[
    (1, "foundation", include_str!("../migrations/sqlite/0001_foundation.sql")),
    (2, "message", include_str!("../migrations/sqlite/0002_message.sql")),
    (3, "handling", include_str!("../migrations/sqlite/0003_handling.sql")),
    (4, "reward", include_str!("../migrations/sqlite/0004_reward.sql")),
    (5, "paper", include_str!("../migrations/sqlite/0005_paper.sql")),
];
pub(crate) const POSTGRES: Scripts = &[
    (1, "foundation", include_str!("../migrations/postgres/0001_foundation.sql")),
    (2, "message", include_str!("../migrations/postgres/0002_message.sql")),
    (3, "handling", include_str!("../migrations/postgres/0003_handling.sql")),
    (4, "reward", include_str!("../migrations/postgres/0004_reward.sql")),
    (5, "paper", include_str!("../migrations/postgres/0005_paper.sql")),
];

/// The number of the newest migration.
pub const NEWEST: i64 = SQLITE[SQLITE.len() - 1].0;

/// The scripts that make a database of a transaction's kind.
pub(crate) fn scripts(on: &On) -> Vec<&'static str> {
    texts(match on {
        On::Sqlite(_) => SQLITE,
        On::Postgres(_) => POSTGRES,
    })
}

/// The texts of the scripts.
pub(crate) fn texts(scripts: Scripts) -> Vec<&'static str> {
    scripts.iter().map(|(_, _, sql)| *sql).collect()
}

/// What brings a database from wherever it is to the migration of that number.
pub(crate) fn migrator(scripts: Scripts, to: i64) -> Migrator {
    let migrations = scripts
        .iter()
        .filter(|(version, ..)| *version <= to)
        .map(|(version, name, sql)| {
            let sql = AssertSqlSafe((*sql).to_owned()).into_sql_str();
            Migration::new(*version, (*name).into(), MigrationType::Simple, sql, false)
        })
        .collect();
    Migrator::with_migrations(migrations)
}

/// The tables that scripts make, in the order in which they do: what a table leads to stands before it.
pub(crate) fn made<'a>(scripts: &[&'a str]) -> Vec<&'a str> {
    let lines = scripts.iter().flat_map(|script| script.lines());
    let names = lines.filter_map(|line| line.strip_prefix("CREATE TABLE "));
    names.filter_map(|rest| rest.split_whitespace().next()).collect()
}
