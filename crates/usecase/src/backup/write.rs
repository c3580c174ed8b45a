//! Out of a book.

use std::io::Write;

use bangfu_domain::division::Called;
use bangfu_store::{Db, NEWEST, Tx, county, dump, shape};
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;

use super::{Adder, FORM, Foot, Head, Sum, Whose, line, sha256};
use crate::checkup::day_of;
use crate::error::Error;

/// How hard is compressed: a book of a million loans is to be written in a minute.
const LEVEL: Compression = Compression::new(3);

/// Rows between two words on how far it is.
const STRIDE: u64 = 10_000;

/// Writes one picture of the book, while others go on writing in it. `key` is the key itself, where the file is to
/// hold it. `progress` is told a table and how many of its rows are written.
pub async fn write(
    db: &Db,
    at: Timestamp,
    key: Option<String>,
    out: impl Write + Send,
    mut progress: impl FnMut(&str, u64) + Send,
) -> Result<(Head, Foot), Error> {
    let mut key_ids = db.key().ids();
    let mut tx = db.read().await?;
    let counties = county::list(&mut tx).await?;
    let counties = counties.into_iter().map(|county| {
        let Called { code, name, .. } = county.on(day_of(&county, at)).clone();
        Whose { code, name, closed_on: county.closed_on, change_seq: county.change_seq }
    });
    let head = Head {
        form: FORM,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        schema: NEWEST,
        at,
        key_id: key_ids.first().cloned().unwrap_or_default(),
        older_key_ids: key_ids.split_off(1.min(key_ids.len())),
        key,
        counties: counties.collect(),
        tables: shape::tables(&mut tx).await?,
    };
    let mut out = GzEncoder::new(out, LEVEL);
    let mut first = serde_json::to_vec(&head).map_err(|error| failed(error.into()))?;
    first.push(b'\n');
    out.write_all(&first).map_err(failed)?;
    let mut foot = Foot { head: sha256(&first), tables: Vec::new() };
    for table in &head.tables {
        writeln!(out, "{}", serde_json::json!({ "table": table.name })).map_err(failed)?;
        let written = sum(&mut tx, table, |line, rows| {
            if rows.is_multiple_of(STRIDE) {
                progress(&table.name, rows);
            }
            out.write_all(line)
        });
        foot.tables.push(written.await?);
    }
    writeln!(out, "{}", serde_json::json!({ "foot": foot })).map_err(failed)?;
    out.finish().and_then(|mut out| out.flush()).map_err(failed)?;
    Ok((head, foot))
}

/// Adds the rows of a table up as they stand in the book; `each` is told each line and how many there were before it.
pub(super) async fn sum(
    tx: &mut Tx,
    table: &shape::Shape,
    mut each: impl FnMut(&[u8], u64) -> std::io::Result<()> + Send,
) -> Result<Sum, Error> {
    let (mut adder, mut line) = (Adder::new(&table.name), Vec::new());
    dump::each_row(tx, table, |row| {
        line::put(&mut line, &row).and_then(|()| each(&line, adder.rows)).map_err(failed)?;
        adder.add(&line);
        Ok::<(), Error>(())
    })
    .await?;
    Ok(adder.sum())
}

fn failed(source: std::io::Error) -> Error {
    bangfu_store::Error::Io { place: "backup".to_owned(), source }.into()
}
