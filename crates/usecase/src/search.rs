//! Looking for loans and households by name, number, or the last four digits of an identity or phone number.

use std::collections::BTreeMap;

use bangfu_domain::money::Fen;
use bangfu_domain::text::pinyin_key;
use bangfu_domain::warning::Standing;
use bangfu_store::household;
use bangfu_store::loan::{self, Cursor, Filter, Hit, Hits, ListRow, Order, Page, Shown, Totals};
use bangfu_store::value::Value;
use bangfu_store::{Scope, Tx};
use jiff::civil::Date;

use crate::error::Error;

/// More loans than this are not counted: a search that finds them is to be narrowed. Within a township of a large county,
/// each hit is one of twenty entries gone through.
pub const LOANS_MAX: usize = 300;

/// Where a search finds more than it counts, no more than so many of the standing asked for: they may lie far apart
/// among the others, and each of those is gone through on the way.
pub const OF_STANDING_MAX: usize = 50;

/// More households than this are not shown beside the loans.
pub const HOUSEHOLDS_MAX: usize = 6;

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The loans that the whole filter leaves, the nearest first.
    pub loans: Vec<Hit>,
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
    let Hits { mut loans, complete } = loan::hits(tx, scope, day, &any, LOANS_MAX).await?;
    if !complete {
        if filter.shown != Shown::All {
            let Hits { loans, complete } = loan::hits(tx, scope, day, filter, OF_STANDING_MAX).await?;
            return Ok(Found { loans, complete, tallies: None });
        }
        return Ok(Found { loans, complete, tallies: None });
    }
    let mut sums: BTreeMap<Standing, Totals> = BTreeMap::new();
    for hit in &loans {
        let totals = sums.entry(hit.standing).or_default();
        totals.loans += 1;
        totals.balance_fen += hit.balance_fen;
    }
    loans.retain(|hit| match filter.shown {
        Shown::All => true,
        Shown::Owing => hit.standing.is_owing(),
        Shown::Standing(standing) => hit.standing == standing,
    });
    Ok(Found { loans, complete, tallies: Some(sums.into_iter().collect()) })
}

/// The households that a search finds by the names of their heads, the nearest first, each with the number of its
/// loans; one more than [`HOUSEHOLDS_MAX`] where there are more.
pub async fn households(
    tx: &mut Tx,
    scope: &Scope,
    day: Date,
    name: &str,
    division_id: Option<i64>,
) -> Result<Vec<household::Hit>, Error> {
    Ok(household::search(tx, scope, day, name, division_id, HOUSEHOLDS_MAX + 1).await?)
}

impl Found {
    /// How many loans, and what they owe.
    pub fn totals(&self) -> Totals {
        let balance_fen = self.loans.iter().map(|hit| hit.balance_fen).sum::<Fen>();
        Totals { loans: i64::try_from(self.loans.len()).unwrap_or(i64::MAX), balance_fen }
    }

    /// A page of what was found, as [`loan::list`] gives one of a list; without an order the nearest first.
    pub async fn page(
        &self,
        tx: &mut Tx,
        scope: &Scope,
        day: Date,
        paging: Paging<'_>,
    ) -> Result<Page, Error> {
        let Paging { order, backwards, after, limit } = paging;
        let mut ids: Vec<i64> = self.loans.iter().map(|hit| hit.loan_id).collect();
        if let Some(order) = order {
            let mut rows = loan::rows(tx, scope, day, &ids).await?;
            rows.sort_by_cached_key(|row| (sorted_by(row, order), row.loan_id));
            ids = rows.iter().map(|row| row.loan_id).collect();
            if order == Order::Balance {
                ids.reverse();
            }
        }
        if backwards {
            ids.reverse();
        }
        let place = after.and_then(|cursor| ids.iter().position(|id| *id == cursor.loan_id));
        let start = place.map_or(0, |place| place + 1);
        let end = ids.len().min(start + limit);
        let rows = loan::rows(tx, scope, day, &ids[start..end]).await?;
        let next = rows.last().filter(|_| end < ids.len()).map(|last| Cursor {
            value: order.map_or(Value::Int(None), |order| sorted_by(last, order).into()),
            loan_id: last.loan_id,
        });
        Ok(Page { rows, next })
    }
}

/// Which page of what was found.
#[derive(Debug, Clone, Copy)]
pub struct Paging<'a> {
    /// In which order; without one the nearest first.
    pub order: Option<Order>,
    /// From the end of the order to its beginning.
    pub backwards: bool,
    /// Behind which loan; without one from the start.
    pub after: Option<&'a Cursor>,
    /// At most so many loans.
    pub limit: usize,
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
