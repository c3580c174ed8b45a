//! Which of several processes on one database does a job that one must do.
//!
//! Whoever holds the lease beats; whoever does not, watches the beat by its own clock. The processes' clocks may thus differ.

use crate::error::Error;
use crate::tx::Tx;
use crate::values;

/// A lease as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Who holds it.
    pub holder: String,
    /// How often it was renewed.
    pub beat: i64,
}

/// How a job's lease stands; none if nobody holds it.
pub async fn get(tx: &mut Tx, job: &str) -> Result<Option<Lease>, Error> {
    let row = tx.fetch_optional("SELECT holder, beat FROM lease WHERE job = $1", &values![job]).await?;
    row.map(|row| Ok(Lease { holder: row.text(0)?, beat: row.int(1)? })).transpose()
}

/// Takes a lease, or renews it; false if it is not as it was seen. Nobody holds one that was not seen.
pub async fn take(tx: &mut Tx, job: &str, holder: &str, seen: Option<&Lease>) -> Result<bool, Error> {
    let touched = match seen {
        None => {
            let sql = "INSERT INTO lease (job, holder, beat) VALUES ($1, $2, 1) ON CONFLICT (job) DO NOTHING";
            tx.execute(sql, &values![job, holder]).await?
        }
        Some(seen) => {
            let sql =
                "UPDATE lease SET holder = $2, beat = beat + 1 WHERE job = $1 AND holder = $3 AND beat = $4";
            tx.execute(sql, &values![job, holder, seen.holder.as_str(), seen.beat]).await?
        }
    };
    Ok(touched == 1)
}

/// Gives a lease back, if it is the holder's.
pub async fn give_back(tx: &mut Tx, job: &str, holder: &str) -> Result<(), Error> {
    tx.execute("DELETE FROM lease WHERE job = $1 AND holder = $2", &values![job, holder]).await?;
    Ok(())
}
