//! The transactions in which an import was written, and by them the rows that it made and the loans that it touched.

use crate::county::Stamp;
use crate::error::Error;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// Notes that an import was written in this transaction. Called last in it: the ids that were taken since its stamp are
/// of rows that the import made.
pub async fn note_part(tx: &mut Tx, county_id: i64, import_id: i64, stamp: Stamp) -> Result<(), Error> {
    let sql = "INSERT INTO import_part (county_id, import_id, change_seq, first_id, end_id)
               SELECT county_id, $2, $3, $4, next_id FROM county WHERE county_id = $1";
    tx.execute(sql, &values![county_id, import_id, stamp.change_seq, stamp.new_from]).await?;
    Ok(())
}

/// The ids of what an import made, each from the first on and before the second, in order.
pub async fn made(tx: &mut Tx, county_id: i64, import_id: i64) -> Result<Vec<(i64, i64)>, Error> {
    let sql = "SELECT first_id, end_id FROM import_part
               WHERE county_id = $1 AND import_id = $2 AND first_id < end_id ORDER BY first_id";
    tx.fetch_all(sql, &values![county_id, import_id]).await?.iter().map(pair).collect()
}

/// Among which ids the loans lie that an import touched: from the first to the second, in order and apart.
pub async fn loans_among(tx: &mut Tx, county_id: i64, import_id: i64) -> Result<Vec<(i64, i64)>, Error> {
    let sql = "SELECT c.first_id, c.last_id FROM import_part p CROSS JOIN change c
               WHERE p.county_id = $1 AND p.import_id = $2 AND c.county_id = $1 AND c.change_seq = p.change_seq
                 AND c.noun = 'loan' ORDER BY c.first_id";
    let mut apart: Vec<(i64, i64)> = Vec::new();
    for row in tx.fetch_all(sql, &values![county_id, import_id]).await? {
        let (first, last) = pair(&row)?;
        match apart.last_mut().filter(|before| first <= before.1) {
            Some(before) => before.1 = before.1.max(last),
            None => apart.push((first, last)),
        }
    }
    Ok(apart)
}

/// Among which ids the households lie whose ties an import made or ended.
pub async fn tied_among(tx: &mut Tx, county_id: i64, import_id: i64) -> Result<Vec<(i64, i64)>, Error> {
    let sql = "SELECT c.first_id, c.last_id FROM import_part p CROSS JOIN change c
               WHERE p.county_id = $1 AND p.import_id = $2 AND c.county_id = $1 AND c.change_seq = p.change_seq
                 AND c.noun = 'tie' ORDER BY c.first_id";
    tx.fetch_all(sql, &values![county_id, import_id]).await?.iter().map(pair).collect()
}

/// Forgets how an import was written: it was taken back.
pub async fn forget_parts(tx: &mut Tx, county_id: i64, import_id: i64) -> Result<(), Error> {
    for sql in [
        "DELETE FROM import_part WHERE county_id = $1 AND import_id = $2",
        "DELETE FROM import_before WHERE county_id = $1 AND import_id = $2",
    ] {
        tx.execute(sql, &values![county_id, import_id]).await?;
    }
    Ok(())
}

fn pair(row: &Row) -> Result<(i64, i64), Error> {
    Ok((row.int(0)?, row.int(1)?))
}
