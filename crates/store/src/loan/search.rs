//! Looking for loans by name, contract number, or a secret's keyed hash.
//!
//! What is looked for may lie in a few loans or in every tenth of a million. The ways to it are therefore indexes,
//! gone along in the order of nearness until enough is found; what does not lie in the scope or in the place asked
//! for falls out on the way, in the index, before anything is counted.

use std::collections::HashSet;

use bangfu_domain::money::Fen;
use bangfu_domain::search::{TAIL_MIN, reversed};
use bangfu_domain::warning::Standing;
use jiff::civil::Date;

use super::filter::Filter;
use super::list::{Question, bind};
use super::standing_of;
use crate::bulk::gathered;
use crate::error::Error;
use crate::name_term::{beginning_with, bounds};
use crate::scope::{Area, Scope, within};
use crate::tx::Tx;
use crate::value::Value;
use crate::values;

/// A loan that a search found, as far as it is counted: its row is read only where it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// The loan.
    pub loan_id: i64,
    /// Standing on the day.
    pub standing: Standing,
    /// Principal owed on the day.
    pub balance_fen: Fen,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hits {
    /// The loans, the nearest first.
    pub loans: Vec<Hit>,
    /// False if there may be more than these.
    pub complete: bool,
}

/// The loans of a day that a filter with something to search for leaves: first those of just that name, then those
/// whose name or number begins with it, then those that hold it. At most so many, and each once.
pub async fn hits(
    tx: &mut Tx,
    scope: &Scope,
    day: Date,
    filter: &Filter,
    limit: usize,
) -> Result<Hits, Error> {
    let (mut found, mut seen) = (Hits { loans: Vec::new(), complete: true }, HashSet::new());
    for way in Way::of(filter) {
        let way = way.through(tx, scope, filter).await?;
        let (sql, values) = way.question(scope, day, filter, limit);
        // Hundreds of rows, each handed over by itself, take longer than finding them.
        let columns = ["loan_id", "standing", "balance_fen"];
        let [ids, standings, balances] = tx.gather(columns, &format!("({sql}) hit"), &values).await?;
        let mut way_found = 0;
        for ((id, code), balance) in gathered(&ids).zip(gathered(&standings)).zip(gathered(&balances)) {
            let (loan_id, balance_fen) = (id?, Fen::new(balance?));
            let hit = Hit { loan_id, standing: standing_of(code?, 1)?, balance_fen };
            way_found += 1;
            if seen.insert(loan_id) {
                found.loans.push(hit);
            }
        }
        found.complete &= way_found <= limit;
        if !found.complete || found.loans.len() > limit {
            found.complete = false;
            found.loans.truncate(limit);
            break;
        }
    }
    Ok(found)
}

/// The condition that holds a list to what its filter searches for; nothing where it searches for nothing.
pub(super) fn condition(values: &mut Vec<Value>, filter: &Filter) -> String {
    let ways: Vec<String> = Way::of(filter)
        .iter()
        .map(|way| {
            let condition = way.condition(values);
            format!("SELECT k.loan_id FROM {}loan k WHERE k.county_id = $1 AND {condition}", way.tables())
        })
        .collect();
    if ways.is_empty() {
        return String::new();
    }
    format!(" AND i.loan_id IN ({})", ways.join(" UNION ALL "))
}

/// More numbers than these that begin alike are not gone through to find those of a place.
const ALIKE_MAX: i64 = 20_000;

/// What leads to loans.
enum Way {
    /// A name's beginning, or with true a part within.
    Name(String, bool),
    /// A contract number's beginning.
    Number(String),
    /// The same, from the loans of a place.
    NumberThere(String),
    /// A contract number's end.
    NumberEnd(String),
    /// The keyed hash of a borrower's whole identity or phone number.
    Secret(Vec<u8>),
    /// The keyed hash of its last four digits.
    LastFour(Vec<u8>),
}

impl Way {
    /// The ways to what a filter searches for, the nearest first.
    fn of(filter: &Filter) -> Vec<Way> {
        let mut ways = Vec::new();
        // Few bear a number or its last digits: they come before what may be thousands.
        ways.extend(filter.secret_hash.clone().map(Way::Secret));
        ways.extend(filter.last_four_hash.clone().map(Way::LastFour));
        if let Some(text) = &filter.text {
            let mut numbers = vec![text.clone(), text.to_uppercase()];
            numbers.dedup();
            ways.push(Way::Name(text.clone(), false));
            ways.extend(numbers.iter().cloned().map(Way::Number));
            ways.push(Way::Name(text.clone(), true));
            if text.chars().count() >= TAIL_MIN {
                ways.extend(numbers.into_iter().map(Way::NumberEnd));
            }
        }
        ways
    }

    /// This way, or a shorter one: where the numbers of a whole county begin as the one that is looked for, the loans of the
    /// place asked for are gone through instead.
    async fn through(self, tx: &mut Tx, scope: &Scope, filter: &Filter) -> Result<Way, Error> {
        let Way::Number(text) = &self else { return Ok(self) };
        if there(&mut Vec::new(), scope, filter).is_empty() {
            return Ok(self);
        }
        let [from, to] = beginning_with(text);
        let sql = "SELECT count(*) FROM (SELECT k.loan_id FROM loan k
                    WHERE k.county_id = $1 AND k.number >= $2 AND k.number < $3 LIMIT $4) alike";
        let alike = tx.fetch_one(sql, &values![scope.county_id, from, to, ALIKE_MAX + 1]).await?.int(0)?;
        Ok(if alike > ALIKE_MAX { Way::NumberThere(text.clone()) } else { self })
    }

    /// What leads to the loans of a day on this way, one more than the limit, in the order of the index it follows.
    fn question(&self, scope: &Scope, day: Date, filter: &Filter, limit: usize) -> (String, Vec<Value>) {
        // The order of the tables is the order in which SQLite goes through them. A loan's key and places, `k`, are read
        // off an index alone, which also makes that index the one that is taken.
        let tables = format!("{}loan k CROSS JOIN loan_interval i", self.tables());
        let mut question = Question::over(&tables, "k", scope, day, filter);
        let condition = self.condition(&mut question.values);
        let near = match self {
            Way::NumberThere(_) => there(&mut question.values, scope, filter),
            _ => nearby(&mut question.values, scope, filter),
        };
        let place = question.bind(i64::try_from(limit).unwrap_or(i64::MAX - 1) + 1);
        let Question { text, values } = question;
        let order = self.order();
        let sql = format!(
            "SELECT k.loan_id, i.standing, i.balance_fen{text} AND {condition}{near}
             {order} LIMIT {place}"
        );
        (sql, values)
    }

    /// The tables to go through on the way to the loan.
    const fn tables(&self) -> &'static str {
        match self {
            Way::Name(..) => "name_term t CROSS JOIN ",
            Way::Number(_) | Way::NumberEnd(_) => "",
            Way::NumberThere(_) => "loan_place p CROSS JOIN ",
            Way::Secret(_) | Way::LastFour(_) => "secret s CROSS JOIN loan_borrower b CROSS JOIN ",
        }
    }

    const fn order(&self) -> &'static str {
        match self {
            Way::Name(..) => "ORDER BY t.term, t.name_key, k.loan_id",
            Way::Number(_) => "ORDER BY k.number, k.loan_id",
            Way::NumberThere(_) => "",
            Way::NumberEnd(_) => "ORDER BY k.number_reversed, k.loan_id",
            Way::Secret(_) | Way::LastFour(_) => "ORDER BY k.loan_id",
        }
    }

    fn condition(&self, values: &mut Vec<Value>) -> String {
        let mut between = |column: &str, [from, to]: [Value; 2]| {
            let (from, to) = (bind(values, from), bind(values, to));
            format!("{column} >= {from} AND {column} < {to}")
        };
        match self {
            Way::Name(text, inside) => {
                let part = between("t.term", bounds(text));
                let inside = i64::from(*inside);
                format!("t.county_id = $1 AND t.inside = {inside} AND {part} AND k.name_key = t.name_key")
            }
            Way::Number(text) => between("k.number", beginning_with(text)),
            // Nothing added, so that no index of numbers is taken.
            Way::NumberThere(text) => {
                let part = between("k.number || ''", beginning_with(text));
                format!("p.county_id = $1 AND k.loan_id = p.loan_id AND {part}")
            }
            Way::NumberEnd(text) => between("k.number_reversed", beginning_with(&reversed(text))),
            Way::Secret(hash) => by_secret("kind IN ('identity', 'phone') AND s.hash", values, hash),
            Way::LastFour(hash) => by_secret("last_four_hash", values, hash),
        }
    }
}

fn by_secret(column: &str, values: &mut Vec<Value>, hash: &[u8]) -> String {
    let hash = bind(values, hash.to_vec());
    format!(
        "s.county_id = $1 AND s.{column} = {hash} AND b.county_id = $1 AND b.person_id = s.person_id
         AND k.loan_id = b.loan_id"
    )
}

/// What holds the places of loans to a scope and the place asked for; where a loan lay on the day is asked again of its
/// interval. Nothing for a scope that is no place.
fn there(values: &mut Vec<Value>, scope: &Scope, filter: &Filter) -> String {
    let mut places = String::new();
    let mut divisions: Vec<i64> = filter.division_id.into_iter().collect();
    let mut branches: Vec<i64> = filter.branch_id.into_iter().collect();
    match scope.area {
        Area::Division(id) => divisions.push(id),
        Area::Branch(id) => branches.push(id),
        Area::County | Area::Officer(_) | Area::Household(_) => {}
    }
    for id in divisions {
        bind(values, id);
        places += &format!(" AND p.village_id IN ({})", within(2, values.len()));
    }
    for (column, id) in
        branches.into_iter().map(|id| ("branch_id", id)).chain(filter.manager_id.map(|id| ("manager_id", id)))
    {
        places += &format!(" AND p.{column} = {}", bind(values, id));
    }
    places
}

/// What can be told of a loan's place from an index alone: of a loan that has not been placed anew since the day, all.
/// Where it lay on the day is asked again of its interval.
fn nearby(values: &mut Vec<Value>, scope: &Scope, filter: &Filter) -> String {
    let mut places = Vec::new();
    let mut divisions: Vec<i64> = filter.division_id.into_iter().collect();
    match scope.area {
        Area::Division(id) => divisions.push(id),
        Area::Branch(id) => places.push(format!("k.branch_id = {}", bind(values, id))),
        Area::County | Area::Officer(_) | Area::Household(_) => {}
    }
    for id in divisions {
        bind(values, id);
        places.push(format!("k.village_id IN ({})", within(2, values.len())));
    }
    if let Some(id) = filter.branch_id {
        places.push(format!("k.branch_id = {}", bind(values, id)));
    }
    match filter.manager_id {
        None => {}
        Some(0) => places.push("k.manager_id IS NULL".to_owned()),
        Some(id) => places.push(format!("k.manager_id = {}", bind(values, id))),
    }
    places.into_iter().map(|place| format!(" AND (k.placed_on > $2 OR {place})")).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::{Address, Db};

    /// How SQLite goes along a way: the steps of its plan.
    async fn plan(db: &Db, way: &Way, scope: &Scope, filter: &Filter) -> Vec<String> {
        let (sql, values) = way.question(scope, date(2019, 6, 17), filter, 50);
        let mut tx = db.read().await.unwrap();
        let rows = tx.fetch_all(format!("EXPLAIN QUERY PLAN {sql}"), &values).await.unwrap();
        rows.iter().map(|row| row.text(3).unwrap()).collect()
    }

    #[tokio::test]
    async fn every_way_follows_its_index_and_sorts_nothing_large() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::create(&Address::Sqlite(folder.path().join("plans.db"))).await.unwrap();
        let filter = Filter {
            text: Some("abcd".to_owned()),
            secret_hash: Some(vec![1]),
            last_four_hash: Some(vec![2]),
            branch_id: Some(3),
            ..Filter::default()
        };
        for area in [Area::County, Area::Division(1), Area::Branch(1), Area::Officer(1)] {
            let scope = Scope { county_id: 1, area };
            let there = Way::NumberThere("431022".to_owned());
            for way in Way::of(&filter).into_iter().chain([there]) {
                let plan = plan(&db, &way, &scope, &filter).await;
                let few = matches!(way, Way::Secret(_) | Way::LastFour(_));
                let sorts = plan.iter().any(|step| step.contains("TEMP B-TREE FOR ORDER"));
                assert!(few || !sorts, "{area:?}: {plan:?}");
                assert!(!plan.iter().any(|step| step.starts_with("SCAN")), "{area:?}: {plan:?}");
                let of_place = matches!(way, Way::NumberThere(_));
                let reads_rows = plan.iter().any(|step| step.contains("SEARCH k USING INDEX"));
                assert!(!reads_rows, "{area:?}: {plan:?}");
                let by_key = plan
                    .iter()
                    .any(|step| step.contains("SEARCH k USING PRIMARY KEY (county_id=? AND loan_id=?"));
                assert!(by_key || !of_place, "{area:?}: {plan:?}");
                let index = match way {
                    Way::Name(..) => "loan_name (county_id=? AND name_key=?",
                    Way::Number(_) => "loan_number_begin (county_id=? AND number>? AND number<?",
                    Way::NumberThere(_) => "loan_place_branch (county_id=? AND branch_id=?",
                    Way::NumberEnd(_) => {
                        "loan_number_end (county_id=? AND number_reversed>? AND number_reversed<?"
                    }
                    Way::Secret(_) => "secret_hash (county_id=? AND kind=? AND hash=?",
                    Way::LastFour(_) => "secret_last_four (county_id=? AND last_four_hash=?",
                };
                let follows = plan.iter().any(|step| step.contains(index));
                assert!(follows, "{area:?} {index}: {plan:?}");
            }
        }
    }
}
