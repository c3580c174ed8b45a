//! Loans that owe something and that nobody looks after (无人管户), by village and branch; and who looks after others there.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::Totals;
use crate::bulk::{CHUNK, in_list};
use crate::error::Error;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// Such loans of one village and one branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unmanaged {
    /// The village.
    pub village_id: i64,
    /// The branch.
    pub branch_id: i64,
    /// How many, and what they owe.
    pub totals: Totals,
}

/// The loans of a scope that owe something on a day and that nobody looks after, by village and branch.
pub async fn unmanaged(tx: &mut Tx, scope: &Scope, day: Date) -> Result<Vec<Unmanaged>, Error> {
    let (condition, value) = scope.condition("i", 2, 3);
    let mut bound = values![scope.county_id, day].to_vec();
    bound.extend(value);
    let sql = format!(
        "SELECT i.village_id, i.branch_id, CAST(count(*) AS BIGINT), CAST(sum(i.balance_fen) AS BIGINT)
         FROM loan_place p CROSS JOIN loan_interval i
         WHERE p.county_id = $1 AND p.manager_id = 0 AND p.part = 0 AND i.county_id = p.county_id
           AND i.loan_id = p.loan_id AND i.from_on <= $2 AND i.to_on > $2 AND i.manager_id = 0
           AND i.village_id = p.village_id AND i.branch_id = p.branch_id AND i.balance_fen > 0{condition}
         GROUP BY i.village_id, i.branch_id ORDER BY i.village_id, i.branch_id"
    );
    let group = |row: &Row| {
        Ok(Unmanaged {
            village_id: row.int(0)?,
            branch_id: row.int(1)?,
            totals: Totals { loans: row.int(2)?, balance_fen: row.fen(3)? },
        })
    };
    tx.fetch_all(sql, &bound).await?.iter().map(group).collect()
}

/// How many loans that owe something each credit manager has in each of some villages, by village and branch: the most
/// first. Whoever asks has found the villages in their scope.
pub async fn managers_of(
    tx: &mut Tx,
    scope: &Scope,
    villages: &[i64],
) -> Result<BTreeMap<(i64, i64), Vec<(i64, i64)>>, Error> {
    let mut counts: BTreeMap<(i64, i64), BTreeMap<i64, i64>> = BTreeMap::new();
    for chunk in villages.chunks(CHUNK) {
        let (list, bound) = in_list(scope.county_id, chunk);
        let sql = format!(
            "SELECT p.village_id, p.branch_id, p.manager_id FROM loan_place p
             WHERE p.county_id = $1 AND p.village_id IN ({list}) AND p.part = 0"
        );
        // Counted here: to group them, SQLite would go through another index as a whole.
        for row in tx.fetch_all(sql, &bound).await? {
            let managers = counts.entry((row.int(0)?, row.int(1)?)).or_default();
            *managers.entry(row.int(2)?).or_default() += 1;
        }
    }
    let sorted = |managers: BTreeMap<i64, i64>| {
        let mut managers: Vec<(i64, i64)> = managers.into_iter().filter(|(id, _)| *id != 0).collect();
        managers.sort_by_key(|(id, loans)| (std::cmp::Reverse(*loans), *id));
        managers
    };
    let found = counts.into_iter().map(|(at, managers)| (at, sorted(managers))).collect();
    Ok(found)
}
