//! Imports: files that were read in, staged in encrypted pages until they are taken over.

mod before;
mod ground;
mod name;
mod page;
mod part;
mod quoted;

use jiff::civil::Date;

use crate::error::Error;
use crate::key::Key;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

pub use before::{Noun, Rows, Writing, keep, keep_movement, kept, note_new, put_back};
pub use ground::{
    Touched, acted_upon, found_same, loans_naming, moved_later, overwritten, reused_later, touched,
};
pub use name::{names, names_for_loan};
pub use page::{add_page, add_result, has_pages, pages, results};
pub use part::{forget_parts, loans_among, made, note_part, tied_among};
pub use quoted::{Standing, forget, put_report, report, standing};

use page::drop_pages;

/// A file that was read in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Its id.
    pub import_id: i64,
    /// `ledger`, `households`, `officers` or `repayments`.
    pub kind: String,
    /// The file's name as the user knows it.
    pub file_name: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub file_hash: String,
    /// The day of a ledger's position, as the user or its title gives it.
    pub as_of: Option<Date>,
    /// The day up to which a repayments file is complete, as the user gives it.
    pub until_on: Option<Date>,
    /// By which layout its columns are told, as JSON.
    pub layout: Option<String>,
    /// How far it has come.
    pub status: Status,
    /// Rows that are written already, while it is being taken over; the last loan that is taken back already, while it
    /// is being taken back.
    pub rows_done: i64,
    /// What was counted, as the history shows it; `None` while nobody knows.
    pub counts: Option<Counts>,
    /// What was found and changed, as JSON; or why it could not be read. A list does not open it.
    pub report: String,
    /// Who read it in.
    pub actor: String,
    /// When, in microseconds since 1970.
    pub created_at: i64,
    /// When it was taken over.
    pub taken_at: Option<i64>,
    /// How often its columns were told or its cells mended since it came.
    pub revision: i64,
    /// Who took it back.
    pub undone_by: Option<String>,
    /// When that was done.
    pub undone_at: Option<i64>,
}

/// What the history says of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// The day of which it speaks.
    pub speaks_of: Option<Date>,
    /// Rows that can be taken.
    pub good: i64,
    /// Rows that cannot.
    pub bad: i64,
    /// What was not in the book.
    pub new: i64,
    /// What was in the book otherwise.
    pub changed: i64,
    /// What was in the book as the file has it.
    pub unchanged: i64,
}

/// How far a file has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Its pages are coming: nobody sees it.
    Arriving,
    /// It waits to be taken over.
    Staged,
    /// Its rows are being written, page by page; killed, that goes on.
    Taking,
    /// It stands in the book.
    Taken,
    /// It is being taken back, page by page; killed, that goes on.
    Undoing,
    /// It stood in the book and was taken back.
    Undone,
    /// It could not be read.
    Unreadable,
}

impl Status {
    /// The word in the database.
    pub const fn key(self) -> &'static str {
        match self {
            Status::Arriving => "arriving",
            Status::Staged => "staged",
            Status::Taking => "taking",
            Status::Taken => "taken",
            Status::Undoing => "undoing",
            Status::Undone => "undone",
            Status::Unreadable => "unreadable",
        }
    }

    fn from_key(key: &str) -> Option<Status> {
        use Status::{Arriving, Staged, Taken, Taking, Undoing, Undone, Unreadable};
        let all = [Arriving, Staged, Taking, Taken, Undoing, Undone, Unreadable];
        all.into_iter().find(|status| status.key() == key)
    }

    /// True if it stood in the book or does: it can't be taken over any more.
    pub const fn was_taken(self) -> bool {
        matches!(self, Status::Taken | Status::Undoing | Status::Undone)
    }
}

/// Notes a file whose pages are about to come: nobody sees it before [`add`] says that it is whole, and if that
/// never happens, it expires like any other.
pub async fn announce(tx: &mut Tx, key: &Key, county_id: i64, import: &Import) -> Result<(), Error> {
    add(tx, key, county_id, &Import { status: Status::Arriving, ..import.clone() }).await
}

/// Notes a file.
pub async fn add(tx: &mut Tx, key: &Key, county_id: i64, import: &Import) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO import (county_id, import_id, kind, file_name, file_hash, as_of, until_on, status, rows_done,
                             report, actor, created_at, taken_at, layout, revision)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         ON CONFLICT (county_id, import_id) DO UPDATE SET status = excluded.status, report = excluded.report",
        &values![
            county_id,
            import.import_id,
            import.kind.as_str(),
            import.file_name.as_str(),
            import.file_hash.as_str(),
            import.as_of,
            import.until_on,
            import.status.key(),
            import.rows_done,
            key.seal(import.report.as_bytes())?,
            import.actor.as_str(),
            import.created_at,
            import.taken_at,
            import.layout.clone(),
            import.revision
        ],
    )
    .await?;
    count(tx, county_id, import.import_id, import.counts).await
}

/// Notes what was counted of a file.
async fn count(tx: &mut Tx, county_id: i64, import_id: i64, counts: Option<Counts>) -> Result<(), Error> {
    let sql =
        "UPDATE import SET speaks_of = $3, rows_good = $4, rows_bad = $5, made_new = $6, made_other = $7,
                      found_same = $8
               WHERE county_id = $1 AND import_id = $2";
    let of = |number: fn(&Counts) -> i64| counts.as_ref().map(number);
    let bound = values![
        county_id,
        import_id,
        counts.and_then(|counts| counts.speaks_of),
        of(|counts| counts.good),
        of(|counts| counts.bad),
        of(|counts| counts.new),
        of(|counts| counts.changed),
        of(|counts| counts.unchanged)
    ];
    tx.execute(sql, &bound).await?;
    Ok(())
}

/// Notes by which layout the columns of a staged file are told, its day, and what is counted then; false if somebody
/// else has taken it over or corrected it since it was read.
pub async fn correct(tx: &mut Tx, key: &Key, county_id: i64, import: &Import) -> Result<bool, Error> {
    let sql = "UPDATE import SET layout = $3, as_of = $4, report = $5, revision = revision + 1
               WHERE county_id = $1 AND import_id = $2 AND status = 'staged' AND revision = $6";
    let report = key.seal(import.report.as_bytes())?;
    let (layout, id) = (import.layout.clone(), import.import_id);
    let moved =
        tx.execute(sql, &values![county_id, id, layout, import.as_of, report, import.revision]).await?;
    count(tx, county_id, id, import.counts).await?;
    Ok(moved == 1)
}

/// Notes that an import was taken over, with its final report, and drops its pages.
pub async fn taken(
    tx: &mut Tx,
    key: &Key,
    county_id: i64,
    import_id: i64,
    (report, counts): (&str, Counts),
    at: i64,
) -> Result<(), Error> {
    tx.execute(
        "UPDATE import SET status = 'taken', report = $3, taken_at = $4 WHERE county_id = $1 AND import_id = $2",
        &values![county_id, import_id, key.seal(report.as_bytes())?, at],
    )
    .await?;
    count(tx, county_id, import_id, Some(counts)).await?;
    drop_pages(tx, county_id, import_id).await
}

/// Notes who takes an import back.
pub async fn undone_by(tx: &mut Tx, county_id: i64, import_id: i64, actor: &str) -> Result<(), Error> {
    let sql = "UPDATE import SET undone_by = $3 WHERE county_id = $1 AND import_id = $2";
    tx.execute(sql, &values![county_id, import_id, actor]).await?;
    Ok(())
}

/// Notes that an import was taken back, and forgets how it was written.
pub async fn undone(tx: &mut Tx, county_id: i64, import_id: i64, at: i64) -> Result<(), Error> {
    let sql = "UPDATE import SET status = 'undone', undone_at = $3 WHERE county_id = $1 AND import_id = $2";
    tx.execute(sql, &values![county_id, import_id, at]).await?;
    forget_parts(tx, county_id, import_id).await
}

/// Moves an import from one status and number of written rows to the next; false if somebody else has moved or
/// corrected it since it was read.
pub async fn advance(
    tx: &mut Tx,
    county_id: i64,
    import: &Import,
    from: (Status, i64),
    to: (Status, i64),
) -> Result<bool, Error> {
    let (id, revision) = (import.import_id, import.revision);
    let moved = tx
        .execute(
            "UPDATE import SET status = $5, rows_done = $6
             WHERE county_id = $1 AND import_id = $2 AND status = $3 AND rows_done = $4 AND revision = $7",
            &values![county_id, id, from.0.key(), from.1, to.0.key(), to.1, revision],
        )
        .await?;
    Ok(moved == 1)
}

/// The imports of a county that are being taken over or back, oldest first: a start looks for what was interrupted.
pub async fn under_way(tx: &mut Tx, scope: &Scope, status: Status) -> Result<Vec<i64>, Error> {
    let Some(county_id) = scope.whole() else { return Ok(Vec::new()) };
    let sql = "SELECT import_id FROM import WHERE county_id = $1 AND status = $2 ORDER BY import_id";
    tx.fetch_all(sql, &values![county_id, status.key()]).await?.iter().map(|row| row.int(0)).collect()
}

/// The first and the newest day of the ledgers that stand in the book, by which it opened and which it follows.
pub async fn positions(tx: &mut Tx, county_id: i64) -> Result<(Option<Date>, Option<Date>), Error> {
    let sql = "SELECT i.speaks_of FROM import i JOIN import_before j
                 ON j.county_id = i.county_id AND j.import_id = i.import_id AND j.noun = 'position'
               WHERE i.county_id = $1 AND i.status = 'taken' ORDER BY j.change_seq";
    let rows = tx.fetch_all(sql, &values![county_id]).await?;
    let days = rows.iter().map(|row| row.date(0)).collect::<Result<Vec<Date>, Error>>()?;
    Ok((days.first().copied(), days.into_iter().max()))
}

/// Drops an import that was not taken over.
pub async fn discard(tx: &mut Tx, county_id: i64, import_id: i64) -> Result<(), Error> {
    drop_pages(tx, county_id, import_id).await?;
    let sql = "DELETE FROM import WHERE county_id = $1 AND import_id = $2 AND status = 'staged'";
    tx.execute(sql, &values![county_id, import_id]).await?;
    Ok(())
}

/// Drops imports of before an instant that nobody took over, also those whose pages never came whole, and files that could
/// not be read; and the bad rows of those that were taken over before it.
pub async fn expire(tx: &mut Tx, county_id: i64, before: i64) -> Result<(), Error> {
    let sql = "DELETE FROM import WHERE county_id = $1 AND status IN ('arriving', 'staged', 'unreadable') AND created_at < $2";
    tx.execute(sql, &values![county_id, before]).await?;
    for noun in ["import_page", "import_mending"] {
        let sql = format!(
            "DELETE FROM {noun} WHERE county_id = $1
             AND import_id NOT IN (SELECT import_id FROM import WHERE county_id = $1
                                   AND (taken_at IS NULL OR taken_at >= $2))"
        );
        tx.execute(sql, &values![county_id, before]).await?;
    }
    Ok(())
}

/// True if there is something to drop that came before an instant: whoever asks need not wait for those who write.
pub async fn has_expired(tx: &mut Tx, county_id: i64, before: i64) -> Result<bool, Error> {
    let sql = "SELECT i.import_id FROM import i WHERE i.county_id = $1
               AND (i.status IN ('arriving', 'staged', 'unreadable') AND i.created_at < $2 OR i.taken_at < $2 AND EXISTS
                    (SELECT 1 FROM import_page p WHERE p.county_id = $1 AND p.import_id = i.import_id)) LIMIT 1";
    Ok(tx.fetch_optional(sql, &values![county_id, before]).await?.is_some())
}

const COLUMNS: &str =
    "import_id, kind, file_name, file_hash, as_of, until_on, status, rows_done, actor, created_at,
    taken_at, layout, undone_by, undone_at, speaks_of, rows_good, rows_bad, made_new, made_other, found_same, revision";

/// Where the report stands behind [`COLUMNS`].
const REPORT: usize = 21;

const SEEN: &str = "FROM import WHERE county_id = $1 AND status <> 'arriving'";

/// One import, for whoever sees the whole county: a file speaks of all of it.
pub async fn get(tx: &mut Tx, key: &Key, scope: &Scope, import_id: i64) -> Result<Option<Import>, Error> {
    let Some(county_id) = scope.whole() else { return Ok(None) };
    let sql = format!("SELECT {COLUMNS}, report {SEEN} AND import_id = $2");
    let Some(row) = tx.fetch_optional(sql, &values![county_id, import_id]).await? else { return Ok(None) };
    let report = String::from_utf8(key.open(&row.bytes(REPORT)?)?)
        .map_err(|_| Error::Value { column: REPORT, found: "no text".to_owned() })?;
    Ok(Some(Import { report, ..read(&row)? }))
}

/// The imports of a county, newest first, without their reports, for whoever sees the whole county.
pub async fn list(tx: &mut Tx, scope: &Scope, limit: i64) -> Result<Vec<Import>, Error> {
    let Some(county_id) = scope.whole() else { return Ok(Vec::new()) };
    let sql = format!("SELECT {COLUMNS} {SEEN} ORDER BY import_id DESC LIMIT $2");
    tx.fetch_all(sql, &values![county_id, limit]).await?.iter().map(read).collect()
}

/// The imports of a county before one of them, newest first, without their reports, for whoever sees the whole county.
pub async fn earlier(tx: &mut Tx, scope: &Scope, than: i64, limit: usize) -> Result<Vec<Import>, Error> {
    let Some(county_id) = scope.whole() else { return Ok(Vec::new()) };
    let sql = format!("SELECT {COLUMNS} {SEEN} AND import_id < $2 ORDER BY import_id DESC LIMIT {limit}");
    tx.fetch_all(sql, &values![county_id, than]).await?.iter().map(read).collect()
}

/// Files of a kind, newest first, as (import, whether it was taken over, who read it in), for whoever sees the whole
/// county: a start that was stopped looks up how far it came.
pub async fn of_kind(tx: &mut Tx, scope: &Scope, kind: &str) -> Result<Vec<(i64, bool, String)>, Error> {
    let Some(county_id) = scope.whole() else { return Ok(Vec::new()) };
    let sql = "SELECT import_id, status, actor FROM import WHERE county_id = $1 AND kind = $2
               ORDER BY import_id DESC";
    let rows = tx.fetch_all(sql, &values![county_id, kind]).await?;
    rows.iter().map(|row| Ok((row.int(0)?, row.text(1)? == "taken", row.text(2)?))).collect()
}

fn read(row: &Row) -> Result<Import, Error> {
    let status = row.text(6)?;
    let good = row.int_or_none(15)?;
    let count = |column| row.int_or_none(column).map(Option::unwrap_or_default);
    let counts = Counts {
        speaks_of: row.date_or_none(14)?,
        good: count(15)?,
        bad: count(16)?,
        new: count(17)?,
        changed: count(18)?,
        unchanged: count(19)?,
    };
    Ok(Import {
        import_id: row.int(0)?,
        kind: row.text(1)?,
        file_name: row.text(2)?,
        file_hash: row.text(3)?,
        as_of: row.date_or_none(4)?,
        until_on: row.date_or_none(5)?,
        status: Status::from_key(&status).ok_or(Error::Value { column: 6, found: status })?,
        rows_done: row.int(7)?,
        counts: good.map(|_| counts),
        report: String::new(),
        actor: row.text(8)?,
        created_at: row.int(9)?,
        taken_at: row.int_or_none(10)?,
        layout: row.text_or_none(11)?,
        undone_by: row.text_or_none(12)?,
        undone_at: row.int_or_none(13)?,
        revision: row.int(20)?,
    })
}
