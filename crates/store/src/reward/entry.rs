//! What stands on lists of rewards, and what does not and why.

use std::collections::BTreeMap;

use bangfu_domain::money::Fen;
use bangfu_domain::reward::{ListState, RewardKind, WhyNot};
use jiff::civil::Date;

use crate::bulk::{CHUNK, Column, Table, in_list};
use crate::error::Error;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// An entry of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub entry_id: i64,
    /// The list.
    pub list_id: i64,
    /// The loan.
    pub loan_id: i64,
    /// Who is rewarded.
    pub kind: RewardKind,
    /// How much; below zero where it takes another entry out.
    pub amount_fen: Fen,
    /// The entry that it takes out.
    pub reverses: Option<i64>,
    /// The household.
    pub household_id: Option<i64>,
    /// The enterprise.
    pub enterprise_id: Option<i64>,
    /// The name of who is rewarded.
    pub payee: String,
    /// 借据号.
    pub number: String,
    /// The borrower's name.
    pub borrower: String,
    /// The village, on the settlement day.
    pub village_id: i64,
    /// The rule and the facts, as JSON.
    pub facts: String,
    /// When it was made, in microseconds since 1970.
    pub made_at: i64,
}

/// A settled loan that earns nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    /// The loan.
    pub loan_id: i64,
    /// Who is not rewarded.
    pub kind: RewardKind,
    /// Why.
    pub why: WhyNot,
    /// 借据号.
    pub number: String,
    /// The borrower's name.
    pub borrower: String,
    /// The village, on the settlement day.
    pub village_id: i64,
}

const ENTRY: Table = Table {
    name: "reward_entry",
    columns: &[
        ("county_id", Column::Int),
        ("entry_id", Column::Int),
        ("list_id", Column::Int),
        ("loan_id", Column::Int),
        ("kind", Column::Text),
        ("amount_fen", Column::Int),
        ("reverses", Column::Int),
        ("household_id", Column::Int),
        ("enterprise_id", Column::Int),
        ("payee", Column::Text),
        ("number", Column::Text),
        ("borrower", Column::Text),
        ("village_id", Column::Int),
        ("facts", Column::Text),
        ("made_at", Column::Int),
    ],
    conflict: "",
};

/// Adds entries.
pub async fn add_entries(tx: &mut Tx, county_id: i64, at: i64, entries: &[Entry]) -> Result<(), Error> {
    let rows = entries.iter().flat_map(|one| {
        values![
            county_id,
            one.entry_id,
            one.list_id,
            one.loan_id,
            one.kind.key(),
            one.amount_fen,
            one.reverses,
            one.household_id,
            one.enterprise_id,
            one.payee.as_str(),
            one.number.as_str(),
            one.borrower.as_str(),
            one.village_id,
            one.facts.as_str(),
            at
        ]
    });
    tx.insert(ENTRY, rows.collect()).await
}

const CLAIM: Table = Table {
    name: "reward_claim",
    columns: &[
        ("county_id", Column::Int),
        ("loan_id", Column::Int),
        ("kind", Column::Text),
        ("entry_id", Column::Int),
    ],
    conflict: "",
};

/// Notes that entries reward their loans. A loan that another entry rewards is refused by the database.
pub async fn claim(tx: &mut Tx, county_id: i64, entries: &[Entry]) -> Result<(), Error> {
    let rows = entries
        .iter()
        .flat_map(|one| values![county_id, one.loan_id, one.kind.key(), one.entry_id])
        .collect();
    tx.insert(CLAIM, rows).await
}

/// Which of some loans are rewarded already, and whom.
pub async fn claimed(
    tx: &mut Tx,
    county_id: i64,
    loans: &[i64],
) -> Result<BTreeMap<(i64, RewardKind), i64>, Error> {
    let mut claimed = BTreeMap::new();
    for chunk in loans.chunks(CHUNK) {
        let (list, bound) = in_list(county_id, chunk);
        let sql = format!(
            "SELECT loan_id, kind, entry_id FROM reward_claim WHERE county_id = $1 AND loan_id IN ({list})"
        );
        for row in tx.fetch_all(sql, &bound).await? {
            claimed.insert((row.int(0)?, kind(&row, 1)?), row.int(2)?);
        }
    }
    Ok(claimed)
}

/// The rewarded loans of which an import says something: taken back, it would leave their rewards without ground. Each with its
/// number.
pub async fn standing_on(tx: &mut Tx, county_id: i64, import_id: i64) -> Result<Vec<(i64, String)>, Error> {
    let sql = "SELECT DISTINCT c.loan_id, l.number FROM reward_claim c
               JOIN loan_event e ON e.county_id = c.county_id AND e.loan_id = c.loan_id AND e.import_id = $2
               JOIN loan l ON l.county_id = c.county_id AND l.loan_id = c.loan_id
               WHERE c.county_id = $1 ORDER BY c.loan_id";
    let rows = tx.fetch_all(sql, &values![county_id, import_id]).await?;
    rows.iter().map(|row| Ok((row.int(0)?, row.text(1)?))).collect()
}

/// Frees the loan of an entry that was taken out.
pub async fn disclaim(tx: &mut Tx, county_id: i64, entry: &Entry) -> Result<(), Error> {
    let sql =
        "DELETE FROM reward_claim WHERE county_id = $1 AND loan_id = $2 AND kind = $3 AND entry_id = $4";
    tx.execute(sql, &values![county_id, entry.loan_id, entry.kind.key(), entry.entry_id]).await?;
    Ok(())
}

/// Frees the loans of a list that was given up.
pub async fn disclaim_list(tx: &mut Tx, county_id: i64, list_id: i64) -> Result<(), Error> {
    let sql = "DELETE FROM reward_claim WHERE county_id = $1 AND entry_id IN
               (SELECT entry_id FROM reward_entry WHERE county_id = $1 AND list_id = $2)";
    tx.execute(sql, &values![county_id, list_id]).await?;
    Ok(())
}

const COLUMNS: &str =
    "entry_id, list_id, loan_id, kind, amount_fen, reverses, household_id, enterprise_id, payee, number,
    borrower, village_id, facts, made_at";

/// The entries of a list, in the order in which they were made, for whoever sees the whole county.
pub async fn entries(tx: &mut Tx, scope: &Scope, list_id: i64) -> Result<Vec<Entry>, Error> {
    let Some(county_id) = scope.whole() else { return Ok(Vec::new()) };
    let sql = format!(
        "SELECT {COLUMNS} FROM reward_entry WHERE county_id = $1 AND list_id = $2 ORDER BY list_id, entry_id"
    );
    tx.fetch_all(sql, &values![county_id, list_id]).await?.iter().map(read).collect()
}

/// One entry, for whoever sees the whole county.
pub async fn entry(tx: &mut Tx, scope: &Scope, entry_id: i64) -> Result<Option<Entry>, Error> {
    let Some(county_id) = scope.whole() else { return Ok(None) };
    let sql = format!("SELECT {COLUMNS} FROM reward_entry WHERE county_id = $1 AND entry_id = $2");
    tx.fetch_optional(sql, &values![county_id, entry_id]).await?.as_ref().map(read).transpose()
}

/// The entries of a loan, each with how far its list has come and the day on which it was paid. Whoever asks has found the
/// loan in their scope.
pub async fn of_loan(
    tx: &mut Tx,
    county_id: i64,
    loan_id: i64,
) -> Result<Vec<(Entry, ListState, Option<Date>)>, Error> {
    let columns = COLUMNS.split(',').map(|name| format!("e.{}", name.trim())).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "SELECT {columns}, r.state, p.on_day FROM reward_entry e
         JOIN reward_list r ON r.county_id = e.county_id AND r.list_id = e.list_id
         LEFT JOIN reward_paid d ON d.county_id = e.county_id AND d.entry_id = e.entry_id
         LEFT JOIN reward_payment p ON p.county_id = d.county_id AND p.payment_id = d.payment_id
         WHERE e.county_id = $1 AND e.loan_id = $2 ORDER BY e.loan_id, e.entry_id"
    );
    let rows = tx.fetch_all(sql, &values![county_id, loan_id]).await?;
    rows.iter()
        .map(|row| {
            let word = row.text(14)?;
            let state = ListState::from_key(&word).ok_or(Error::Value { column: 14, found: word })?;
            Ok((read(row)?, state, row.date_or_none(15)?))
        })
        .collect()
}

const MISSED: Table = Table {
    name: "reward_missed",
    columns: &[
        ("county_id", Column::Int),
        ("list_id", Column::Int),
        ("loan_id", Column::Int),
        ("kind", Column::Text),
        ("why", Column::Text),
        ("detail", Column::Text),
        ("number", Column::Text),
        ("borrower", Column::Text),
        ("village_id", Column::Int),
    ],
    conflict: "",
};

/// Notes loans that earn nothing on a list.
pub async fn add_missed(tx: &mut Tx, county_id: i64, list_id: i64, missed: &[Missed]) -> Result<(), Error> {
    let rows = missed.iter().flat_map(|one| {
        values![
            county_id,
            list_id,
            one.loan_id,
            one.kind.key(),
            one.why.key(),
            one.why.detail(),
            one.number.as_str(),
            one.borrower.as_str(),
            one.village_id
        ]
    });
    tx.insert(MISSED, rows.collect()).await
}

/// The loans that earn nothing on a list, for whoever sees the whole county.
pub async fn missed(tx: &mut Tx, scope: &Scope, list_id: i64) -> Result<Vec<Missed>, Error> {
    let Some(county_id) = scope.whole() else { return Ok(Vec::new()) };
    let sql = "SELECT loan_id, kind, why, detail, number, borrower, village_id FROM reward_missed
               WHERE county_id = $1 AND list_id = $2 ORDER BY loan_id, kind DESC";
    let rows = tx.fetch_all(sql, &values![county_id, list_id]).await?;
    let read = |row: &Row| {
        let (word, detail) = (row.text(2)?, row.text(3)?);
        Ok(Missed {
            loan_id: row.int(0)?,
            kind: kind(row, 1)?,
            why: WhyNot::from_key(&word, &detail).ok_or(Error::Value { column: 2, found: word })?,
            number: row.text(4)?,
            borrower: row.text(5)?,
            village_id: row.int(6)?,
        })
    };
    rows.iter().map(read).collect()
}

fn kind(row: &Row, column: usize) -> Result<RewardKind, Error> {
    let word = row.text(column)?;
    RewardKind::from_key(&word).ok_or(Error::Value { column, found: word })
}

fn read(row: &Row) -> Result<Entry, Error> {
    Ok(Entry {
        entry_id: row.int(0)?,
        list_id: row.int(1)?,
        loan_id: row.int(2)?,
        kind: kind(row, 3)?,
        amount_fen: row.fen(4)?,
        reverses: row.int_or_none(5)?,
        household_id: row.int_or_none(6)?,
        enterprise_id: row.int_or_none(7)?,
        payee: row.text(8)?,
        number: row.text(9)?,
        borrower: row.text(10)?,
        village_id: row.int(11)?,
        facts: row.text(12)?,
        made_at: row.int(13)?,
    })
}
