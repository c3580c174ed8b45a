//! What the book has of the loans that a page of rows names.

use std::collections::{BTreeSet, HashMap};

use bangfu_store::county::County;
use bangfu_store::tie;
use bangfu_store::{Db, Tx, bank, loan};
use jiff::civil::Date;

use super::reading::Row;
use super::tie::Ties;
use crate::book::{self, Work};
use crate::error::Error;
use crate::import::absent::Absent;
use crate::import::registry::Registry;

/// Loans that are in the book already, by who numbered them and number, with their borrowers.
pub(super) struct Known {
    pub(super) works: HashMap<(String, String), Work>,
    pub(super) persons: HashMap<i64, i64>,
}

impl Known {
    /// Loads the loans that some rows name, and looks up their people.
    pub(super) async fn load<'a>(
        tx: &mut Tx,
        db: &Db,
        county: &County,
        registry: &mut Registry,
        rows: impl Iterator<Item = Row<'a>> + Clone,
    ) -> Result<Known, Error> {
        let named = rows.clone().flat_map(|line| [Some(&line.row.identity), line.row.head_identity.as_ref()]);
        let numbers: Vec<&str> = rows.map(|line| line.row.number.as_str()).collect();
        let hashes: BTreeSet<Vec<u8>> =
            named.flatten().map(|identity| db.key().hash(identity.as_str())).collect();
        Known::of(tx, county, registry, hashes, &numbers).await
    }

    /// Loads the loans of some numbers, and looks up the people whose identity numbers have these keyed hashes.
    pub(super) async fn of(
        tx: &mut Tx,
        county: &County,
        registry: &mut Registry,
        hashes: BTreeSet<Vec<u8>>,
        numbers: &[&str],
    ) -> Result<Known, Error> {
        let county_id = county.county_id;
        registry.look_up(tx, county_id, &hashes.into_iter().collect::<Vec<_>>()).await?;
        let ids = loan::ever_numbered(tx, county_id, numbers).await?;
        let branches: HashMap<i64, String> = bank::branches(tx, county_id)
            .await?
            .into_iter()
            .map(|branch| (branch.branch_id, branch.name))
            .collect();
        let mut works = HashMap::new();
        for work in book::load(tx, county_id, &ids).await? {
            let branch = branches.get(&work.loan.branch_id).map_or("", String::as_str);
            let key = (registry.numbered_by(&work.loan.number, branch), work.loan.number.clone());
            works.insert(key, work);
        }
        let persons = loan::borrowers_of(tx, county_id, &ids).await?.into_iter().collect();
        Ok(Known { works, persons })
    }

    /// Who stands by the households of these loans and of the people who were looked up.
    pub(super) async fn ties(&self, tx: &mut Tx, county_id: i64, registry: &Registry) -> Result<Ties, Error> {
        let borrowing = self.works.values().filter_map(|work| work.loan.household_id);
        let households: BTreeSet<i64> = borrowing.chain(registry.households()).collect();
        let households: Vec<i64> = households.into_iter().collect();
        Ok(Ties::new(tie::standing(tx, county_id, &households).await?))
    }
}

/// Loans disbursed by a day that a ledger of that day does not have, by number.
pub(super) async fn absent(
    tx: &mut Tx,
    county_id: i64,
    registry: &Registry,
    seen: &BTreeSet<(String, &str)>,
    as_of: Date,
) -> Result<Absent, Error> {
    let branches: HashMap<i64, String> = bank::branches(tx, county_id)
        .await?
        .into_iter()
        .map(|branch| (branch.branch_id, branch.name))
        .collect();
    let (mut absent, mut after) = (Absent::default(), 0);
    loop {
        let page = loan::disbursed_by(tx, county_id, as_of, after, PAGE).await?;
        let Some((last, ..)) = page.last() else { break };
        after = *last;
        for (loan_id, branch, number) in page {
            let branch = branches.get(&branch).map_or("", String::as_str);
            if !seen.contains(&(registry.numbered_by(&number, branch), number.as_str())) {
                absent.note(number, loan_id);
            }
        }
    }
    Ok(absent)
}

/// Loans that are read at a time.
pub(super) const PAGE: i64 = 10_000;
