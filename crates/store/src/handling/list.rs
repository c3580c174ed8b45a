//! Proposals of an area, as somebody works through them.

use bangfu_domain::handling::State;
use bangfu_domain::money::Fen;
use jiff::civil::Date;

use super::{COLUMNS, StoredHandling, WIDTH, read};
use crate::error::Error;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// Where the page before ended: the day of its last step, and the proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HandlingCursor {
    /// The day.
    pub on: Date,
    /// The proposal.
    pub handling_id: i64,
}

/// Which proposals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// Those that wait for somebody else to check them.
    Check,
    /// Those that wait for the bank.
    Bank,
    /// Those that wait for nobody any more.
    Nobody,
}

impl Waiting {
    /// Every one of them.
    pub const ALL: [Waiting; 3] = [Waiting::Check, Waiting::Bank, Waiting::Nobody];

    fn states(self) -> String {
        let states = State::ALL.into_iter().filter(|state| match self {
            Waiting::Check => *state == State::Proposed,
            Waiting::Bank => *state == State::AwaitingBank,
            Waiting::Nobody => !state.is_open(),
        });
        states.map(|state| format!("'{}'", state.key())).collect::<Vec<_>>().join(", ")
    }
}

/// A proposal with what a list says of its loan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandlingRow {
    /// The proposal.
    pub stored: StoredHandling,
    /// 借据号.
    pub number: String,
    /// The borrower's name.
    pub borrower_name: String,
    /// The village, on the day.
    pub village_id: i64,
    /// The branch, on the day.
    pub branch_id: i64,
    /// What is owed on the day.
    pub balance_fen: Fen,
    /// 到期日期, on the day.
    pub due_on: Date,
}

const WITH_LOAN: &str =
    " FROM handling h JOIN loan_interval i ON i.county_id = h.county_id AND i.loan_id = h.loan_id
       AND i.from_on <= $2 AND i.to_on > $2
     JOIN loan l ON l.county_id = h.county_id AND l.loan_id = h.loan_id
     WHERE h.county_id = $1";

/// How many proposals of an area wait so.
pub async fn count(tx: &mut Tx, scope: &Scope, day: Date, waiting: Waiting) -> Result<i64, Error> {
    let (condition, value) = scope.condition("i", 2, 3);
    let mut bound = values![scope.county_id, day].to_vec();
    bound.extend(value);
    let sql = format!(
        "SELECT CAST(count(*) AS BIGINT){WITH_LOAN} AND h.state IN ({}){condition}",
        waiting.states()
    );
    tx.fetch_one(sql, &bound).await?.int(0)
}

/// A page of them: what waits the longest first, of what waits for nobody the newest.
pub async fn list(
    tx: &mut Tx,
    scope: &Scope,
    day: Date,
    waiting: Waiting,
    after: Option<HandlingCursor>,
    limit: i64,
) -> Result<Vec<HandlingRow>, Error> {
    let (mut condition, value) = scope.condition("i", 2, 3);
    let mut bound = values![scope.county_id, day].to_vec();
    bound.extend(value);
    let (direction, sign) = if waiting == Waiting::Nobody { (" DESC", "<") } else { ("", ">") };
    if let Some(cursor) = after {
        bound.extend(values![cursor.on, cursor.handling_id]);
        let at = bound.len();
        condition += &format!(" AND (h.moved_on, h.handling_id) {sign} (${}, ${at})", at - 1);
    }
    bound.push(limit.into());
    let sql = format!(
        "SELECT {COLUMNS}, l.number, l.borrower_name, i.village_id, i.branch_id, i.balance_fen, i.due_on{WITH_LOAN}
           AND h.state IN ({}){condition}
         ORDER BY h.moved_on{direction}, h.handling_id{direction} LIMIT ${}",
        waiting.states(),
        bound.len()
    );
    tx.fetch_all(sql, &bound).await?.iter().map(read_row).collect()
}

/// One proposal, if its loan lies in the scope on a day.
pub async fn visible(
    tx: &mut Tx,
    scope: &Scope,
    handling_id: i64,
    day: Date,
) -> Result<Option<HandlingRow>, Error> {
    let (condition, value) = scope.condition("i", 2, 4);
    let mut bound = values![scope.county_id, day, handling_id].to_vec();
    bound.extend(value);
    let sql = format!(
        "SELECT {COLUMNS}, l.number, l.borrower_name, i.village_id, i.branch_id, i.balance_fen, i.due_on{WITH_LOAN}
           AND h.handling_id = $3{condition}"
    );
    tx.fetch_optional(sql, &bound).await?.map(|row| read_row(&row)).transpose()
}

fn read_row(row: &Row) -> Result<HandlingRow, Error> {
    Ok(HandlingRow {
        stored: read(row)?,
        number: row.text(WIDTH)?,
        borrower_name: row.text(WIDTH + 1)?,
        village_id: row.int(WIDTH + 2)?,
        branch_id: row.int(WIDTH + 3)?,
        balance_fen: row.fen(WIDTH + 4)?,
        due_on: row.date(WIDTH + 5)?,
    })
}
