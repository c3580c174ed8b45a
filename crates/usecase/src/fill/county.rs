//! The places and people of a made-up book: real villages, made-up branches, officers and enterprises.

use std::collections::BTreeMap;

use bangfu_domain::loan::add_days;
use bangfu_domain::officer::Role;
use bangfu_store::bank::{self, Branch, Lender, Told};
use bangfu_store::county::{self, County, Stamp};
use bangfu_store::officer::{self, Officer};
use bangfu_store::person::{self, Person};
use bangfu_store::{Tx, division, enterprise};

use super::Plan;
use super::draw::{Draw, Weighted};
use super::names;
use crate::error::{Error, Refusal};

/// Kinds of things that are drawn.
const OFFICER: u64 = 1;
const VILLAGE: u64 = 2;
const ENTERPRISE: u64 = 3;

/// Every so many branches, one has not reported for some days.
const BEHIND: usize = 10;

/// A village with those who serve it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Village {
    pub(super) village_id: i64,
    pub(super) lender_id: i64,
    pub(super) branch_id: i64,
    pub(super) manager_id: i64,
    pub(super) guide_id: i64,
    pub(super) technologist_id: i64,
    pub(super) enterprise_id: i64,
}

/// All that loans are shared out among.
#[derive(Debug)]
pub(super) struct Cast {
    pub(super) villages: Weighted<Village>,
    /// The first six digits of identity numbers: the county's first four and 99, which is assigned to no place.
    pub(super) prefix: String,
}

impl Cast {
    /// Adds branches, officers and enterprises to a new book.
    pub(super) async fn add(tx: &mut Tx, county: &County, plan: Plan, stamp: Stamp) -> Result<Cast, Error> {
        let day = add_days(plan.due_on, -1);
        let id = county.county_id;
        let names: BTreeMap<i64, String> = division::subtree(tx, county.division_id, day)
            .await?
            .into_iter()
            .map(|term| (term.division_id, term.name))
            .collect();
        let mut townships: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        for (village, township, first, last) in division::townships(tx, county.division_id).await? {
            if first <= day && day <= last {
                townships.entry(township).or_default().push(village);
            }
        }
        let villages: usize = townships.values().map(Vec::len).sum();
        // An institution, and in each township a branch, an enterprise, two companions and, in each village, a manager.
        let mut next = county::take_ids(tx, id, 1 + townships.len() * 6 + villages * 2).await?;
        let mut take = || {
            next += 1;
            next - 1
        };
        let lender_id = take();
        let name = format!("{}农村商业银行", county.on(day).name);
        bank::add_lender(tx, id, &Lender { lender_id, name: name.clone() }).await?;
        let (mut officers, mut persons) = (Vec::new(), Vec::new());
        let (mut enterprises, mut reports) = (Vec::new(), [Vec::new(), Vec::new()]);
        let mut shared = Vec::new();
        for (number, (township, of_it)) in townships.iter().enumerate() {
            let place = names.get(township).map_or("", String::as_str);
            let branch_id = take();
            let branch = Branch {
                branch_id,
                lender_id,
                name: format!("{name}{place}支行"),
                until_on: None,
                merged: None,
            };
            bank::add_branch(tx, id, &branch).await?;
            reports[usize::from(number % BEHIND == BEHIND - 1)].push(branch_id);
            let enterprise_id = take();
            let mut draw = Draw::of(plan.seed, id, ENTERPRISE, branch_id.unsigned_abs());
            enterprises.push((enterprise_id, names::cooperative(&mut draw, place, number + 1)));
            let mut serve = |role| {
                let (officer_id, person_id) = (take(), take());
                let name = names::person(&mut Draw::of(plan.seed, id, OFFICER, officer_id.unsigned_abs()));
                persons.push(Person { person_id, household_id: None, name: name.clone(), is_head: false });
                let roles = vec![role];
                let division_id = *township;
                officers.push(Officer {
                    officer_id,
                    person_id,
                    division_id,
                    name,
                    confirmed: true,
                    left_on: None,
                    roles,
                });
                officer_id
            };
            let (guide_id, technologist_id) = (serve(Role::IndustryGuide), serve(Role::TechnologyOfficer));
            for village_id in of_it.iter().copied() {
                let manager_id = serve(Role::CreditManager);
                // Villages are of unequal size: the largest have four times the loans of the smallest.
                let weight = 1 + Draw::of(plan.seed, id, VILLAGE, village_id.unsigned_abs()).below(4);
                let village = Village {
                    village_id,
                    lender_id,
                    branch_id,
                    manager_id,
                    guide_id,
                    technologist_id,
                    enterprise_id,
                };
                shared.push((village, weight));
            }
        }
        person::put(tx, id, &persons).await?;
        officer::put(tx, id, &officers).await?;
        enterprise::add(tx, id, &enterprises).await?;
        for (branches, until_on) in reports.into_iter().zip([day, add_days(day, -5)]) {
            let until_on = Some(until_on);
            let told = Told { import_id: 0, recorded_at: stamp.at, until_on, taken_back: false };
            bank::report(tx, id, &branches, told).await?;
        }
        let villages = Weighted::new(shared);
        if villages.is_empty() {
            return Err(Refusal::UnknownCounty { code: county.on(day).code.clone() }.into());
        }
        Ok(Cast { villages, prefix: format!("{}99", &county.on(day).code[..4]) })
    }
}
