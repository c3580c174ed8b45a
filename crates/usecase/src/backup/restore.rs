//! Into a new book.

use std::io::{Read, Seek};

use bangfu_store::shape::{self, Shape};
use bangfu_store::value::Value;
use bangfu_store::{Address, Db, NEWEST, Tx, dump, fill, statistics};

use super::check::{Lines, Mark, check};
use super::{Foot, Head, line, write};
use crate::error::{Error, Refusal};

/// Values that are written at once.
const VALUES: usize = 60_000;

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// The file is read and held against its checksums.
    Checking,
    /// So many rows of all are written.
    Rows(u64, u64),
    /// Indexes are made.
    Indexes,
    /// What was written is read and held against the checksums.
    Comparing,
}

/// Makes a new database from a backup: a new file, or an empty database on a server. It is seen when every row has been
/// compared, and not before; killed, nothing is left that would be taken for a book.
///
/// # Errors
/// The file is no whole backup, was written by a newer program, or another key is at hand; a database stands there
/// already; what was written is not what stands in the file.
pub async fn restore(
    address: &Address,
    mut file: impl Read + Seek + Send,
    mut progress: impl FnMut(Progress) + Send,
) -> Result<(Head, Foot), Error> {
    progress(Progress::Checking);
    let (head, foot) = check(&mut file)?;
    if head.schema > NEWEST {
        return Err(Refusal::BackupNewer { program: head.program }.into());
    }
    let io = |source| bangfu_store::Error::Io { place: "backup".to_owned(), source };
    file.rewind().map_err(io)?;
    let key_ids = [std::slice::from_ref(&head.key_id), &head.older_key_ids].concat();
    let made = (head.schema, key_ids.as_slice(), head.key.as_deref());
    let db = Db::create_to_restore(address, made).await?;
    match write_all(&db, &head, &foot, file, &mut progress).await {
        Ok(()) => {
            statistics::renew(&db, usize::try_from(foot.rows()).unwrap_or(usize::MAX)).await;
            db.finish_fill(address).await?;
            // A book of an earlier version is brought up to date here.
            Db::open(address).await?.close().await;
            Ok((head, foot))
        }
        Err(error) => {
            db.give_up_fill(address).await;
            Err(error)
        }
    }
}

async fn write_all(
    db: &Db,
    head: &Head,
    foot: &Foot,
    file: impl Read + Send,
    progress: &mut (impl FnMut(Progress) + Send),
) -> Result<(), Error> {
    let mut tx = db.fill().await?;
    let own = shape::tables(&mut tx).await?;
    let differs = head.tables.iter().find(|table| !own.contains(table));
    if let Some(table) = differs.or_else(|| own.iter().find(|table| !head.tables.contains(table))) {
        return Err(Refusal::BackupShape { table: table.name.clone(), program: head.program.clone() }.into());
    }
    let indexes_last = head.schema == NEWEST;
    if indexes_last {
        fill::drop_indexes(&mut tx).await?;
    }
    copy(&mut tx, &own, file, foot.rows(), progress).await?;
    progress(Progress::Indexes);
    if indexes_last {
        fill::make_indexes(&mut tx, |_, _| {}).await?;
    }
    progress(Progress::Comparing);
    for (table, told) in head.tables.iter().zip(&foot.tables) {
        if write::sum(&mut tx, table, |_, _| Ok(())).await? != *told {
            return Err(Refusal::RestoreDiffers { table: table.name.clone() }.into());
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Writes the rows of a file that was checked.
async fn copy(
    tx: &mut Tx,
    own: &[Shape],
    file: impl Read + Send,
    all: u64,
    progress: &mut (impl FnMut(Progress) + Send),
) -> Result<(), Error> {
    let mut lines = Lines::of(file);
    let (mut text, mut done) = (Vec::new(), 0);
    lines.head(&mut text)?;
    let mut values: Vec<Value> = Vec::with_capacity(VALUES);
    let mut table: Option<&Shape> = None;
    loop {
        lines.next(&mut text)?;
        let mark = lines.mark(&text)?;
        if let (None, Some(shape)) = (&mark, table) {
            line::take(&text, shape, &mut values).ok_or_else(|| lines.damaged())?;
            done += 1;
        }
        if let Some(shape) = table.filter(|_| mark.is_some() || values.len() + 100 > VALUES) {
            dump::add_rows(tx, shape, std::mem::take(&mut values)).await?;
            progress(Progress::Rows(done, all));
        }
        match mark {
            None => {}
            Some(Mark::Table(name)) => {
                table = own.iter().find(|shape| shape.name == name);
                lines.table = name;
            }
            Some(Mark::Foot(_)) => return Ok(()),
        }
    }
}
