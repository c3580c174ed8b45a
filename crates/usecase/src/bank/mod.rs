//! Institutions and their branches (支行), as the county keeps them.

pub mod change;
pub mod merge;

use std::collections::BTreeMap;

use bangfu_store::bank::{self, Branch, Lender};
use bangfu_store::former_name::{self, FormerName};
use bangfu_store::{Tx, gone};

use crate::amendment::mark;
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::keep::whole;

/// A branch, and what it was called before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptBranch {
    /// The branch.
    pub branch: Branch,
    /// Its names of before, the oldest first.
    pub called: Vec<FormerName>,
    /// The mark of what is known of it, for who would change it.
    pub seen: String,
}

/// An institution with its branches, and what it was called before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptLender {
    /// The institution.
    pub lender: Lender,
    /// Its names of before, the oldest first.
    pub called: Vec<FormerName>,
    /// Its branches, by name.
    pub branches: Vec<KeptBranch>,
    /// The mark of what is known of it, for who would change it.
    pub seen: String,
}

/// The institutions of the county, each with its branches.
pub async fn all(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<KeptLender>, Error> {
    let county_id = whole(ctx)?;
    let mut branches: BTreeMap<i64, Vec<KeptBranch>> = BTreeMap::new();
    let mut called = by_row(former_name::list(tx, county_id, gone::Noun::Branch).await?);
    let gone = gone::ids(tx, county_id, gone::Noun::Branch).await?;
    for branch in bank::branches(tx, county_id).await? {
        if !gone.contains(&branch.branch_id) {
            let called = called.remove(&branch.branch_id).unwrap_or_default();
            let seen = mark(Some(&format!("{branch:?} {called:?}")));
            branches.entry(branch.lender_id).or_default().push(KeptBranch { branch, called, seen });
        }
    }
    let mut called = by_row(former_name::list(tx, county_id, gone::Noun::Lender).await?);
    let gone = gone::ids(tx, county_id, gone::Noun::Lender).await?;
    let lenders = bank::lenders(tx, county_id).await?.into_iter();
    Ok(lenders
        .filter(|lender| !gone.contains(&lender.lender_id))
        .map(|lender| {
            let called = called.remove(&lender.lender_id).unwrap_or_default();
            let seen = mark(Some(&format!("{lender:?} {called:?}")));
            KeptLender {
                branches: branches.remove(&lender.lender_id).unwrap_or_default(),
                lender,
                called,
                seen,
            }
        })
        .collect())
}

/// A branch of the county with its institution.
pub async fn branch(tx: &mut Tx, ctx: &Ctx, branch_id: i64) -> Result<(KeptLender, KeptBranch), Error> {
    for lender in all(tx, ctx).await? {
        if let Some(branch) = lender.branches.iter().find(|one| one.branch.branch_id == branch_id) {
            let branch = branch.clone();
            return Ok((lender, branch));
        }
    }
    Err(Refusal::NotFound.into())
}

/// An institution of the county.
pub async fn lender(tx: &mut Tx, ctx: &Ctx, lender_id: i64) -> Result<KeptLender, Error> {
    let found = all(tx, ctx).await?.into_iter().find(|one| one.lender.lender_id == lender_id);
    found.ok_or(Refusal::NotFound.into())
}

fn by_row(former: Vec<FormerName>) -> BTreeMap<i64, Vec<FormerName>> {
    let mut of_row: BTreeMap<i64, Vec<FormerName>> = BTreeMap::new();
    for one in former {
        of_row.entry(one.row_id).or_default().push(one);
    }
    of_row
}
