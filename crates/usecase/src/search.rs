//! Looking for loans and households by name, number, or the last four digits of an identity or phone number.

use std::collections::BTreeMap;

use bangfu_domain::money::Fen;
use bangfu_domain::text::pinyin_key;
use bangfu_domain::warning::Standing;
use bangfu_store::household::{self, Hit};
use bangfu_store::loan::{self, Cursor, Filter, Hits, ListRow, Order, Page, Shown, Totals};
use bangfu_store::value::Value;
use bangfu_store::{Scope, Tx};
use jiff::civil::Date;

use crate::error::Error;

/// More loans than this are not counted: a search that finds them is to be narrowed.
pub const LOANS_MAX: usize = 1_000;

/// More households than this are not shown beside the loans.
pub const HOUSEHOLDS_MAX: usize = 6;

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The loans that the whole filter leaves, the nearest first.
    pub loans: Vec<ListRow>,
    /// False if there may be more loans than these.
    pub complete: bool,
    /// The loans of each standing that the rest of the filter leaves; `None` if there are too many to count.
    pub tallies: Option<Vec<(Standing, Totals)>>,
}

/// Whether a filter searches for something.
pub fn is_search(filter: &Filter) -> bool {
    filter.text.is_some() || filter.secret_hash.is_some() || filter.last_four_hash.is_some()
}

/// The loans of a day that a filter with something to search for leaves.
pub async fn loans(tx: &mut Tx, scope: &Scope, day: Date, filter: &Filter) -> Result<Found, Error> {
    let any = Filter { shown: Shown::All, ..filter.clone() };
    let Hits { mut rows, complete } = loan::hits(tx, scope, day, &any, LOANS_MAX).await?;
    if !complete {
        if filter.shown != Shown::All {
            let hits = loan::hits(tx, scope, day, filter, LOANS_MAX).await?;
            return Ok(Found { loans: hits.rows, complete: hits.complete, tallies: None });
        }
        return Ok(Found { loans: rows, complete, tallies: None });
    }
    let mut sums: BTreeMap<Standing, Totals> = BTreeMap::new();
    for row in &rows {
        let totals = sums.entry(row.standing).or_default();
        totals.loans += 1;
        totals.balance_fen += row.balance_fen;
    }
    rows.retain(|row| match filter.shown {
        Shown::All => true,
        Shown::Owing => row.standing.is_owing(),
        Shown::Standing(standing) => row.standing == standing,
    });
    Ok(Found { loans: rows, complete, tallies: Some(sums.into_iter().collect()) })
}

/// The households that a search finds by the names of their heads, the nearest first, each with the number of its
/// loans; one more than [`HOUSEHOLDS_MAX`] where there are more.
pub async fn households(
    tx: &mut Tx,
    scope: &Scope,
    day: Date,
    name: &str,
    division_id: Option<i64>,
) -> Result<Vec<Hit>, Error> {
    Ok(household::search(tx, scope, day, name, division_id, HOUSEHOLDS_MAX + 1).await?)
}

impl Found {
    /// How many loans, and what they owe.
    pub fn totals(&self) -> Totals {
        let balance_fen = self.loans.iter().map(|row| row.balance_fen).sum::<Fen>();
        Totals { loans: i64::try_from(self.loans.len()).unwrap_or(i64::MAX), balance_fen }
    }

    /// A page of what was found, as [`loan::list`] gives one of a list; without an order the nearest first.
    pub fn page(
        mut self,
        order: Option<Order>,
        backwards: bool,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Page {
        if let Some(order) = order {
            self.loans.sort_by_cached_key(|row| (sorted_by(row, order), row.loan_id));
            if order == Order::Balance {
                self.loans.reverse();
            }
        }
        if backwards {
            self.loans.reverse();
        }
        let place = after.and_then(|cursor| self.loans.iter().position(|row| row.loan_id == cursor.loan_id));
        let start = place.map_or(0, |place| place + 1);
        let more = self.loans.len() > start + limit;
        let rows: Vec<ListRow> = self.loans.into_iter().skip(start).take(limit).collect();
        let next = rows.last().filter(|_| more).map(|last| Cursor {
            value: order.map_or(Value::Int(None), |order| sorted_by(last, order).into()),
            loan_id: last.loan_id,
        });
        Page { rows, next }
    }
}

/// The value by which an order sorts a loan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum SortedBy {
    Day(Date),
    Amount(Fen),
    Text(String),
}

impl From<SortedBy> for Value {
    fn from(by: SortedBy) -> Value {
        match by {
            SortedBy::Day(day) => day.into(),
            SortedBy::Amount(fen) => fen.into(),
            SortedBy::Text(text) => text.into(),
        }
    }
}

fn sorted_by(row: &ListRow, order: Order) -> SortedBy {
    match order {
        Order::Due => SortedBy::Day(row.due_on),
        Order::Balance => SortedBy::Amount(row.balance_fen),
        Order::Name => SortedBy::Text(pinyin_key(&row.borrower_name)),
        Order::Number => SortedBy::Text(row.number.clone()),
    }
}
