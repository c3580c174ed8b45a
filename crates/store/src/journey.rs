//! Ways to another house and back that were gone. None is gone twice, whichever process it leads back to.

use crate::error::Error;
use crate::tx::Tx;
use crate::values;

/// Notes that a way was gone at an instant (microseconds since 1970); false if it was before. What was gone before another
/// instant is forgotten.
pub async fn end(
    tx: &mut Tx,
    county_id: i64,
    state_hash: &[u8],
    at: i64,
    forget_before: i64,
) -> Result<bool, Error> {
    let sql = "DELETE FROM ended_journey WHERE county_id = $1 AND ended_at < $2";
    tx.execute(sql, &values![county_id, forget_before]).await?;
    let sql = "INSERT INTO ended_journey (county_id, state_hash, ended_at) VALUES ($1, $2, $3)
               ON CONFLICT (county_id, state_hash) DO NOTHING";
    Ok(tx.execute(sql, &values![county_id, state_hash.to_vec(), at]).await? > 0)
}
