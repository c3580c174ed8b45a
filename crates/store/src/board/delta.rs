//! The differences themselves: added, and held against those that there should be.

use bangfu_domain::money::Fen;
use bangfu_domain::warning::Standing;
use jiff::civil::Date;

use super::aside::each_aside;
use super::{Axis, Span, axis, standing};
use crate::bulk::{Column, Table};
use crate::county;
use crate::error::Error;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// A difference that takes effect on a day, or the sum of those of a month or a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delta {
    /// By what it counts.
    pub axis: Axis,
    /// Of how many days.
    pub span: Span,
    /// The first of them; a difference of one day counts from it on.
    pub on_day: Date,
    /// Which township, branch, ….
    pub key_id: i64,
    /// Which standing.
    pub standing: Standing,
    /// So many loans more or fewer.
    pub loans: i64,
    /// So much more or less owed.
    pub balance_fen: Fen,
}

const TABLE: Table = Table {
    name: "board_delta",
    columns: &[
        ("county_id", Column::Int),
        ("axis", Column::Int),
        ("span", Column::Int),
        ("on_day", Column::Date),
        ("key_id", Column::Int),
        ("standing", Column::Int),
        ("loans", Column::Int),
        ("balance_fen", Column::Int),
    ],
    conflict: "ON CONFLICT (county_id, axis, span, on_day, key_id, standing) DO UPDATE SET
               loans = board_delta.loans + excluded.loans,
               balance_fen = board_delta.balance_fen + excluded.balance_fen",
};

/// Adds differences, those of months and years included, to those that stand. Each cell may occur once.
pub async fn add_deltas(tx: &mut Tx, county_id: i64, deltas: &[Delta]) -> Result<(), Error> {
    if deltas.is_empty() {
        return Ok(());
    }
    let rows = deltas
        .iter()
        .flat_map(|delta| {
            values![
                county_id,
                delta.axis.code(),
                delta.span.code(),
                delta.on_day,
                delta.key_id,
                delta.standing.code(),
                delta.loans,
                delta.balance_fen
            ]
        })
        .collect();
    county::advance_boards(tx, county_id).await?;
    tx.insert(TABLE, rows).await
}

/// Sorts differences, and makes one of those of one cell; what amounts to nothing falls away.
pub fn add_up(deltas: &mut Vec<Delta>) {
    deltas.sort_unstable_by_key(Delta::place);
    deltas.dedup_by(|delta, sum| {
        let same = delta.place() == sum.place();
        if same {
            sum.loans += delta.loans;
            sum.balance_fen += delta.balance_fen;
        }
        same
    });
    deltas.retain(|delta| delta.loans != 0 || delta.balance_fen != Fen::ZERO);
}

/// Differences of single days added up, with their sums by month and by year, in order.
pub fn with_sums(mut deltas: Vec<Delta>) -> Vec<Delta> {
    let mut rows = Vec::new();
    for span in Span::ALL {
        // What is summed up by day is summed up by month, and that by year.
        for delta in &mut deltas {
            (delta.span, delta.on_day) = (span, span.first_day(delta.on_day));
        }
        add_up(&mut deltas);
        rows.extend_from_slice(&deltas);
    }
    rows.sort_unstable_by_key(Delta::place);
    rows
}

/// How what stands and what lies aside differ from the differences that there should be, which come in order: adding it
/// makes them equal. What stands is read row by row.
pub async fn corrections(tx: &mut Tx, county_id: i64, expected: Vec<Delta>) -> Result<Vec<Delta>, Error> {
    let sql = "SELECT axis, span, on_day, key_id, standing, loans, balance_fen FROM board_delta
               WHERE county_id = $1 AND (loans <> 0 OR balance_fen <> 0)
               ORDER BY axis, span, on_day, key_id, standing";
    let mut expected = expected;
    let mut aside = Vec::new();
    each_aside(tx, county_id, None, |delta| aside.push(delta)).await?;
    if !aside.is_empty() {
        let less = |delta: Delta| Delta { loans: -delta.loans, balance_fen: -delta.balance_fen, ..delta };
        expected.extend(with_sums(aside).into_iter().map(less));
        add_up(&mut expected);
    }
    let mut expected = expected.into_iter().peekable();
    let mut wrong = Vec::new();
    tx.each(sql, &values![county_id], |row| {
        let there = delta(&row)?;
        while let Some(missing) = expected.next_if(|wanted| wanted.place() < there.place()) {
            wrong.push(missing);
        }
        let wanted = expected.next_if(|wanted| wanted.place() == there.place());
        let (loans, balance_fen) = wanted.map_or((0, Fen::ZERO), |wanted| (wanted.loans, wanted.balance_fen));
        if (loans, balance_fen) != (there.loans, there.balance_fen) {
            let (loans, balance_fen) = (loans - there.loans, balance_fen - there.balance_fen);
            wrong.push(Delta { loans, balance_fen, ..there });
        }
        Ok::<(), Error>(())
    })
    .await?;
    wrong.extend(expected);
    Ok(wrong)
}

impl Delta {
    /// Where it counts: axis, span, day, key and standing, in this order, as one number. Millions are sorted by it.
    fn place(&self) -> u128 {
        let day = (i32::from(self.on_day.year()) << 9)
            + (i32::from(self.on_day.month()) << 5)
            + i32::from(self.on_day.day());
        // With the sign turned, what is negative comes first.
        let (day, key) = (day.cast_unsigned() ^ (1 << 31), self.key_id.cast_unsigned() ^ (1 << 63));
        (self.axis as u128) << 112
            | (self.span as u128) << 104
            | u128::from(day) << 72
            | u128::from(key) << 8
            | u128::from(self.standing.code().cast_unsigned())
    }
}

fn delta(row: &Row) -> Result<Delta, Error> {
    let span = row.int(1)?;
    let known = Span::ALL.into_iter().find(|one| one.code() == span);
    Ok(Delta {
        axis: axis(row, 0)?,
        span: known.ok_or_else(|| Error::Value { column: 1, found: span.to_string() })?,
        on_day: row.date(2)?,
        key_id: row.int(3)?,
        standing: standing(row, 4)?,
        loans: row.int(5)?,
        balance_fen: row.fen(6)?,
    })
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn any_delta() -> impl Strategy<Value = Delta> {
        let places = (0..Axis::ALL.len(), 0..Span::ALL.len(), -800_000..800_000_i64, any::<i64>());
        (places, 0..Standing::ALL.len()).prop_map(|((axis, span, day, key_id), standing)| Delta {
            axis: Axis::ALL[axis],
            span: Span::ALL[span],
            on_day: date(2000, 1, 1).saturating_add(day.days()),
            key_id,
            standing: Standing::ALL[standing],
            loans: 1,
            balance_fen: Fen::ZERO,
        })
    }

    proptest! {
        #[test]
        fn the_number_of_a_cell_keeps_its_order(mut deltas in prop::collection::vec(any_delta(), 2..20)) {
            let other = Delta { key_id: deltas[0].key_id.wrapping_add(1), ..deltas[0] };
            deltas.push(other);
            for pair in deltas.windows(2) {
                let cells = pair.iter().map(|one| (one.axis, one.span, one.on_day, one.key_id, one.standing));
                let places = pair.iter().map(Delta::place);
                prop_assert_eq!(places.is_sorted(), cells.is_sorted());
            }
        }
    }
}
