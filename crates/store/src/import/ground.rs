//! What stands on what an import brought: whatever is later and would lose its ground if the import were taken back.
//!
//! Imports that were taken back themselves stand on nothing.

use std::collections::BTreeSet;

use bangfu_domain::difference::DifferenceKind;

use crate::bulk::places;
use crate::error::Error;
use crate::tx::Tx;
use crate::value::{Row, Value};
use crate::values;

/// Ranges of ids in one question.
const RANGES_AT_ONCE: usize = 200;

/// The condition that what bears the import `$alias.import_id` was read in by another than the one bound as `$2`, and
/// stands.
fn of_another(alias: &str) -> String {
    format!(
        "{alias}.import_id <> $2 AND {alias}.import_id NOT IN
           (SELECT u.import_id FROM import u WHERE u.county_id = $1 AND u.status = 'undone')"
    )
}

/// A loan that an import touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Touched {
    /// The loan.
    pub loan_id: i64,
    /// True if something was said of it before, that stands.
    pub earlier: bool,
    /// True if something was said or noticed of it later, by another file that stands or by a person.
    pub later: bool,
}

/// The loans among these ids that an import touched, by id.
pub async fn touched(
    tx: &mut Tx,
    county_id: i64,
    import_id: i64,
    among: &[(i64, i64)],
) -> Result<Vec<Touched>, Error> {
    // A database that knows nothing of these tables yet would look the same up again for each event: it is asked once.
    let sql = "SELECT import_id FROM import WHERE county_id = $1 AND status = 'undone'";
    let undone = tx.fetch_all(sql, &values![county_id]).await?;
    let undone: Vec<Value> =
        undone.iter().map(|row| Ok(Value::from(row.int(0)?))).collect::<Result<_, Error>>()?;
    let sql = "SELECT MIN(first_id) FROM import_part WHERE county_id = $1 AND import_id = $2";
    let first_id =
        tx.fetch_one(sql, &values![county_id, import_id]).await?.int_or_none(0)?.unwrap_or(i64::MAX);
    let mut touched: Vec<Touched> = Vec::new();
    let mut noticed: BTreeSet<i64> = BTreeSet::new();
    for chunk in among.chunks(RANGES_AT_ONCE) {
        let mut bound = values![county_id, import_id].to_vec();
        bound.extend(undone.iter().cloned());
        let others = match undone.len() {
            0 => String::new(),
            count => format!(" AND e.import_id NOT IN ({})", places(3, count)),
        };
        let mut ranges = Vec::with_capacity(chunk.len());
        for (first, last) in chunk {
            ranges.push(format!("(${}, ${})", bound.len() + 1, bound.len() + 2));
            bound.extend(values![*first, *last]);
        }
        let lies = format!("(VALUES {}) v", ranges.join(", "));
        // Something that stands was said earlier if the first of others lies before the import's last, and later if the last
        // of others lies behind the import's first.
        let own = "CASE WHEN e.import_id = $2 THEN e.seq END";
        let other = format!("CASE WHEN e.import_id IS NULL OR (e.import_id <> $2{others}) THEN e.seq END");
        let sql = format!(
            "SELECT e.loan_id, MIN({own}), MAX({own}), MIN({other}), MAX({other})
             FROM {lies} CROSS JOIN loan_event e
             WHERE e.county_id = $1 AND e.loan_id >= v.column1 AND e.loan_id <= v.column2
             GROUP BY e.loan_id HAVING MIN({own}) IS NOT NULL ORDER BY e.loan_id"
        );
        for row in tx.fetch_all(sql, &bound).await? {
            let (first, last) = (row.int(1)?, row.int(2)?);
            touched.push(Touched {
                loan_id: row.int(0)?,
                earlier: row.int_or_none(3)?.is_some_and(|other| other < last),
                later: row.int_or_none(4)?.is_some_and(|other| other > first),
            });
        }
        // What was noticed of a loan, and what bank and book disagree on, has a number after those of the import. The sum
        // keeps SQLite from going through all that have one.
        bound.push(first_id.into());
        let least = bound.len();
        for noun in ["finding", "difference"] {
            let others = others.replace("e.import_id", "f.import_id");
            let sql = format!(
                "SELECT DISTINCT f.loan_id FROM {lies} CROSS JOIN {noun} f
                 WHERE f.county_id = $1 AND f.loan_id >= v.column1 AND f.loan_id <= v.column2
                   AND f.{noun}_id + 0 >= ${least} AND f.import_id <> $2{others}"
            );
            for row in tx.fetch_all(sql, &bound).await? {
                noticed.insert(row.int(0)?);
            }
        }
    }
    for one in &mut touched {
        one.later |= noticed.contains(&one.loan_id);
    }
    Ok(touched)
}

/// Loans of others that name what an import made: its households as borrowers, its officers as theirs.
pub async fn loans_naming(tx: &mut Tx, county_id: i64, import_id: i64) -> Result<BTreeSet<i64>, Error> {
    let made = |id: &str| {
        format!(
            "EXISTS (SELECT 1 FROM import_part p WHERE p.county_id = $1 AND p.import_id = $2
               AND {id} >= p.first_id AND {id} < p.end_id)"
        )
    };
    let officers =
        format!("SELECT o.officer_id FROM officer o WHERE o.county_id = $1 AND {}", made("o.officer_id"));
    let own = "EXISTS (SELECT 1 FROM loan_event e WHERE e.county_id = $1 AND e.loan_id = l.loan_id AND e.import_id = $2)";
    let mut naming = BTreeSet::new();
    let ways = [
        "l.household_id IN (SELECT h.household_id FROM household h JOIN import_part p ON p.county_id = h.county_id
           AND h.household_id >= p.first_id AND h.household_id < p.end_id
         WHERE h.county_id = $1 AND p.import_id = $2)"
            .to_owned(),
        format!("(l.manager_id IN ({officers}) OR l.guide_id IN ({officers}) OR l.technologist_id IN ({officers}))"),
    ];
    for way in ways {
        let sql = format!(
            "SELECT l.loan_id FROM loan l WHERE l.county_id = $1 AND l.gone = 0 AND {way} AND NOT {own}"
        );
        for row in tx.fetch_all(sql, &values![county_id, import_id]).await? {
            naming.insert(row.int(0)?);
        }
    }
    Ok(naming)
}

/// Rows that an import made or overwrote and another overwrote later, and people whom another put into its households:
/// (noun, id).
pub async fn overwritten(
    tx: &mut Tx,
    county_id: i64,
    import_id: i64,
) -> Result<BTreeSet<(String, i64)>, Error> {
    let another = of_another("j");
    let sql = format!(
        "SELECT j.noun, j.row_id FROM import_before j
         WHERE j.county_id = $1 AND j.noun <> 'position' AND {another}
           AND (EXISTS (SELECT 1 FROM import_before m WHERE m.county_id = $1 AND m.import_id = $2 AND m.noun = j.noun
                  AND m.row_id = j.row_id AND m.row_key = j.row_key AND m.change_seq < j.change_seq)
             OR (j.noun <> 'movement' AND EXISTS (SELECT 1 FROM import_part p WHERE p.county_id = $1
                  AND p.import_id = $2 AND j.row_id >= p.first_id AND j.row_id < p.end_id))
             OR (j.noun = 'movement' AND EXISTS (SELECT 1 FROM bank_movement b WHERE b.county_id = $1
                  AND b.lender_id = j.row_id AND b.serial = j.row_key AND b.import_id = $2)))
         UNION
         SELECT 'person', n.person_id FROM import_part p JOIN household h ON h.county_id = p.county_id
             AND h.household_id >= p.first_id AND h.household_id < p.end_id
           JOIN person n ON n.county_id = h.county_id AND n.household_id = h.household_id AND n.gone = 0
         WHERE p.county_id = $1 AND p.import_id = $2
           AND NOT EXISTS (SELECT 1 FROM import_part q WHERE q.county_id = $1 AND q.import_id = $2
                 AND n.person_id >= q.first_id AND n.person_id < q.end_id)
           AND NOT EXISTS (SELECT 1 FROM import_before k WHERE k.county_id = $1 AND k.import_id = $2
                 AND k.noun = 'person' AND k.row_id = n.person_id)"
    );
    let rows = tx.fetch_all(sql, &values![county_id, import_id]).await?;
    rows.iter().map(|row| Ok((row.text(0)?, row.int(1)?))).collect()
}

/// Loans that an import brought and of which another file later reported a movement that became no event, as interest does.
pub async fn moved_later(tx: &mut Tx, county_id: i64, import_id: i64) -> Result<BTreeSet<i64>, Error> {
    let another = of_another("m");
    let sql = format!(
        "SELECT l.loan_id FROM bank_movement m CROSS JOIN loan k CROSS JOIN loan l
         WHERE m.county_id = $1 AND {another} AND k.county_id = $1 AND k.number = m.number
           AND l.county_id = $1 AND l.loan_id = k.loan_id AND l.gone = 0
           AND EXISTS (SELECT 1 FROM import_part p WHERE p.county_id = $1 AND p.import_id = $2
             AND l.loan_id >= p.first_id AND l.loan_id < p.end_id)
           AND (SELECT MIN(q.change_seq) FROM import_part q WHERE q.county_id = $1 AND q.import_id = m.import_id)
             > (SELECT MIN(q.change_seq) FROM import_part q WHERE q.county_id = $1 AND q.import_id = $2)"
    );
    tx.fetch_all(sql, &values![county_id, import_id]).await?.iter().map(|row| row.int(0)).collect()
}

/// Differences that an import raised, restated or settled and that a person acted upon later: (id, contract number).
pub async fn acted_upon(tx: &mut Tx, county_id: i64, import_id: i64) -> Result<Vec<(i64, String)>, Error> {
    let sql = "SELECT d.difference_id, d.number FROM difference d
               WHERE d.county_id = $1 AND EXISTS (
                 SELECT 1 FROM difference_step s JOIN import_part p ON p.county_id = s.county_id
                   AND p.change_seq < s.change_seq
                 WHERE s.county_id = $1 AND s.difference_id = d.difference_id AND s.actor IS NOT NULL
                   AND s.import_id IS NULL AND p.import_id = $2
                   AND ((d.difference_id >= p.first_id AND d.difference_id < p.end_id)
                     OR EXISTS (SELECT 1 FROM import_before j WHERE j.county_id = $1 AND j.import_id = $2
                          AND j.noun = 'difference' AND j.row_id = d.difference_id AND j.change_seq = p.change_seq)))
               ORDER BY d.difference_id";
    tx.fetch_all(sql, &values![county_id, import_id]).await?.iter().map(named).collect()
}

/// Differences that later files raised because a serial number (流水号) was used before: (id, contract number, facts).
pub async fn reused_later(
    tx: &mut Tx,
    county_id: i64,
    import_id: i64,
) -> Result<Vec<(i64, String, String)>, Error> {
    let another = of_another("d");
    let sql = format!(
        "SELECT d.difference_id, d.number, d.facts FROM difference d
         WHERE d.county_id = $1 AND d.kind = '{}' AND {another} AND d.difference_id >=
           (SELECT MIN(p.first_id) FROM import_part p WHERE p.county_id = $1 AND p.import_id = $2)
         ORDER BY d.difference_id",
        DifferenceKind::SerialReused.key()
    );
    let rows = tx.fetch_all(sql, &values![county_id, import_id]).await?;
    rows.iter().map(|row| Ok((row.int(0)?, row.text(1)?, row.text(2)?))).collect()
}

/// Later files of these kinds that found rows in the book as they have them, and say nothing where they do not find them:
/// (id, name).
pub async fn found_same(
    tx: &mut Tx,
    county_id: i64,
    import_id: i64,
    kinds: &[&str],
) -> Result<Vec<(i64, String)>, Error> {
    let mut bound = values![county_id, import_id].to_vec();
    bound.extend(kinds.iter().map(|kind| (*kind).into()));
    let list = places(3, kinds.len());
    let sql = format!(
        "SELECT i.import_id, i.file_name FROM import i
         WHERE i.county_id = $1 AND i.import_id <> $2 AND i.status = 'taken' AND i.found_same > 0
           AND i.kind IN ({list})
           AND (SELECT MAX(p.change_seq) FROM import_part p WHERE p.county_id = $1 AND p.import_id = i.import_id)
             > (SELECT MIN(p.change_seq) FROM import_part p WHERE p.county_id = $1 AND p.import_id = $2)
         ORDER BY i.import_id"
    );
    tx.fetch_all(sql, &bound).await?.iter().map(named).collect()
}

fn named(row: &Row) -> Result<(i64, String), Error> {
    Ok((row.int(0)?, row.text(1)?))
}
