//! The double-entry ledger: accounts, transactions and their postings. Rows are added and never changed.

use bangfu_domain::ledger::{AccountKind, Transaction};
use bangfu_domain::money::Fen;
use jiff::civil::Date;

use crate::bulk::{Column, Table};
use crate::county::{self, Stamp};
use crate::error::Error;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::values;

/// What a transaction is about: a word and an id.
pub type Subject = (&'static str, i64);

const POSTING: Table = Table {
    name: "ledger_posting",
    columns: &[
        ("county_id", Column::Int),
        ("transaction_id", Column::Int),
        ("line", Column::Int),
        ("ledger_account_id", Column::Int),
        ("amount_fen", Column::Int),
    ],
    conflict: "",
};

/// Posts a transaction on a day; its id.
pub async fn post(
    tx: &mut Tx,
    county_id: i64,
    (stamp, actor): (Stamp, &str),
    on_day: Date,
    (kind, subject_id): Subject,
    transaction: &Transaction,
) -> Result<i64, Error> {
    let transaction_id = county::take_ids(tx, county_id, 1).await?;
    let sql = "INSERT INTO ledger_transaction (county_id, transaction_id, change_seq, on_day, at, actor, kind, subject_id)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let bound =
        values![county_id, transaction_id, stamp.change_seq, on_day, stamp.at, actor, kind, subject_id];
    tx.execute(sql, &bound).await?;
    let mut rows = Vec::new();
    for (line, posting) in (1_i64..).zip(transaction.postings()) {
        let account = account(tx, county_id, posting.account).await?;
        rows.extend(values![county_id, transaction_id, line, account, posting.amount_fen]);
    }
    tx.insert(POSTING, rows).await?;
    Ok(transaction_id)
}

/// The account of a kind, opened where it is used first.
async fn account(tx: &mut Tx, county_id: i64, kind: AccountKind) -> Result<i64, Error> {
    let sql = "SELECT ledger_account_id FROM ledger_account WHERE county_id = $1 AND kind = $2";
    if let Some(row) = tx.fetch_optional(sql, &values![county_id, kind.key()]).await? {
        return row.int(0);
    }
    let account_id = county::take_ids(tx, county_id, 1).await?;
    let sql = "INSERT INTO ledger_account (county_id, ledger_account_id, kind) VALUES ($1, $2, $3)";
    tx.execute(sql, &values![county_id, account_id, kind.key()]).await?;
    Ok(account_id)
}

/// What stands on each account, for whoever sees the whole county: debits above zero, credits below.
pub async fn balances(tx: &mut Tx, scope: &Scope) -> Result<Vec<(AccountKind, Fen)>, Error> {
    let Some(county_id) = scope.whole() else { return Ok(Vec::new()) };
    let sql = "SELECT a.kind, CAST(sum(p.amount_fen) AS BIGINT) FROM ledger_account a
               JOIN ledger_posting p ON p.county_id = a.county_id AND p.ledger_account_id = a.ledger_account_id
               WHERE a.county_id = $1 GROUP BY a.kind ORDER BY a.kind";
    let rows = tx.fetch_all(sql, &values![county_id]).await?;
    rows.iter()
        .map(|row| {
            let word = row.text(0)?;
            let kind = AccountKind::from_key(&word).ok_or(Error::Value { column: 0, found: word })?;
            Ok((kind, row.fen(1)?))
        })
        .collect()
}

/// The transactions of a county that do not sum to zero: none, unless somebody changed rows.
pub async fn unbalanced(tx: &mut Tx, county_id: i64) -> Result<Vec<i64>, Error> {
    let sql = "SELECT t.transaction_id FROM ledger_transaction t
               LEFT JOIN ledger_posting p ON p.county_id = t.county_id AND p.transaction_id = t.transaction_id
               WHERE t.county_id = $1 GROUP BY t.transaction_id
               HAVING count(p.line) = 0 OR sum(p.amount_fen) <> 0 ORDER BY t.transaction_id";
    tx.fetch_all(sql, &values![county_id]).await?.iter().map(|row| row.int(0)).collect()
}
