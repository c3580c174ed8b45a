//! Everything that a reader sees of a book, to be held against what was seen before.

use std::collections::{BTreeMap, BTreeSet};

use bangfu_store::board::Axis;
use bangfu_store::difference::{self, Filter, Shown};
use bangfu_store::person::{self, SecretKind};
use bangfu_store::{Scope, bank, county, finding, gone, household, loan, officer, tie};
use bangfu_usecase::board::{Board, Figures};
use bangfu_usecase::export::{self, ExportRow};
use bangfu_usecase::rebuild::compare;
use jiff::civil::{Date, date};
use serde_json::Value;

use crate::stage::Stage;

const COUNTY: i64 = 431_022;

pub(crate) const DAYS: [Date; 2] = [date(2019, 5, 20), date(2019, 6, 17)];

/// All that a reader sees of a book: ids stand for what they name, so that the same made anew is the same.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) loans: Vec<Vec<ExportRow>>,
    pub(crate) boards: Vec<Vec<(String, String, Figures)>>,
    pub(crate) until: Vec<(String, Option<Date>)>,
    pub(crate) differences: Vec<(String, &'static str, &'static str, String)>,
    pub(crate) findings: BTreeSet<(String, String, String)>,
    pub(crate) households: Vec<(i64, String, Option<i64>, Option<String>)>,
    pub(crate) officers: Vec<(String, bool, Vec<&'static str>)>,
    pub(crate) ties: Vec<(String, &'static str, String, Date)>,
    pub(crate) phones: Vec<String>,
    pub(crate) positions: (Option<Date>, Option<Date>),
}

/// The rows of a board by name.
fn named(board: Board) -> Vec<(String, String, Figures)> {
    let mut rows: Vec<_> = board.rows.into_iter().map(|row| (row.name, row.place, row.figures)).collect();
    rows.sort_by(|one, other| (&one.0, &one.1).cmp(&(&other.0, &other.1)));
    rows
}

/// Looks at everything, and at whether what is derived follows from the facts.
pub(crate) async fn seen(stage: &Stage) -> Seen {
    let comparison = compare(&stage.db, &stage.ctx()).await.unwrap();
    assert!(comparison.is_equal(), "{comparison:?}");
    let (mut loans, mut boards) = (Vec::new(), Vec::new());
    for day in DAYS {
        loans.push(export::loans(&stage.db, &stage.ctx(), day, None, Some("story")).await.unwrap());
        for axis in [Axis::Township, Axis::Branch, Axis::Manager] {
            boards.push(named(stage.board(axis, day, None).await));
        }
    }
    let recounted = stage.board(Axis::Manager, DAYS[1], Some(stage.ctx().micros())).await;
    assert_eq!(boards.last(), Some(&named(recounted)));
    let mut tx = stage.db.read().await.unwrap();
    let scope = Scope::county(COUNTY);
    let mut until: Vec<_> = bank::branches_in(&mut tx, &scope, DAYS[1])
        .await
        .unwrap()
        .into_iter()
        .map(|(branch, _)| (branch.name, branch.until_on))
        .collect();
    until.sort();
    let every = Filter { shown: Shown::All, ..Filter::default() };
    let listed = difference::list(&mut tx, &scope, DAYS[1], &every, None, 10_000).await.unwrap();
    let mut differences: Vec<_> = listed
        .rows
        .into_iter()
        .map(|one| {
            let one = one.difference;
            let mut facts: Value = serde_json::from_str(&one.facts).unwrap();
            facts.as_object_mut().unwrap().remove("lender_id");
            (one.number, one.kind.key(), one.state.key(), facts.to_string())
        })
        .collect();
    differences.sort();
    let all = loan::all(&mut tx, COUNTY).await.unwrap().into_iter().filter(|loan| !loan.gone);
    let numbers: BTreeMap<i64, String> = all.map(|loan| (loan.loan_id, loan.number)).collect();
    let findings = finding::about_loans(&mut tx, COUNTY).await.unwrap();
    let findings = findings
        .into_iter()
        .filter_map(|one| Some((numbers.get(&one.loan_id?)?.clone(), one.code, one.facts)))
        .collect();
    let left = gone::ids(&mut tx, COUNTY, gone::Noun::Household).await.unwrap();
    let mut heads = BTreeMap::new();
    let mut households: Vec<_> = household::list(&mut tx, COUNTY)
        .await
        .unwrap()
        .into_iter()
        .filter(|one| !left.contains(&one.household_id))
        .inspect(|one| drop(heads.insert(one.household_id, one.head_name.clone())))
        .map(|one| (one.village_id, one.head_name, one.size, one.class))
        .collect();
    households.sort();
    let mut acting = BTreeMap::new();
    let mut officers: Vec<_> = officer::list_in(&mut tx, &scope, DAYS[1])
        .await
        .unwrap()
        .into_iter()
        .inspect(|one| drop(acting.insert(one.officer_id, one.name.clone())))
        .map(|one| (one.name, one.confirmed, one.roles.into_iter().map(|role| role.key()).collect()))
        .collect();
    officers.sort();
    let households_left: Vec<i64> = heads.keys().copied().collect();
    let mut ties: Vec<_> = tie::standing(&mut tx, COUNTY, &households_left)
        .await
        .unwrap()
        .into_iter()
        .map(|one| {
            (heads[&one.household_id].clone(), one.role.key(), acting[&one.officer_id].clone(), one.from_on)
        })
        .collect();
    ties.sort();
    let left = gone::ids(&mut tx, COUNTY, gone::Noun::Person).await.unwrap();
    let secrets = person::all_secrets(&mut tx, stage.db.key(), COUNTY, SecretKind::Phone).await.unwrap();
    let mut phones: Vec<String> =
        secrets.into_iter().filter(|(id, _)| !left.contains(id)).map(|(_, phone)| phone).collect();
    phones.sort();
    let county = county::get(&mut tx, COUNTY).await.unwrap();
    let positions = (county.opening_on, county.position_on);
    Seen { loans, boards, until, differences, findings, households, officers, ties, phones, positions }
}
