//! One household: who belongs to it, who stands by it.

use bangfu_store::household::{self, Household};
use bangfu_store::person::{self, Person};
use bangfu_store::tie::{self, Tie};
use bangfu_store::{Db, Tx, erasure};
use jiff::civil::Date;

use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::loan::masked;

/// A household as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The household.
    pub household: Household,
    /// Who belongs to it, as far as the book knows them, the head first.
    pub members: Vec<Member>,
    /// Who stands by it on the day, by role, each with their name.
    pub ties: Vec<(Tie, String)>,
}

/// Somebody who belongs to a household.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The person.
    pub person: Person,
    /// Their identity number, masked.
    pub identity_masked: Option<String>,
    /// Their phone number, masked.
    pub phone_masked: Option<String>,
    /// Whether numbers of theirs were erased.
    pub erased: bool,
}

impl Sheet {
    /// The head, if the book knows them.
    pub fn head(&self) -> Option<&Member> {
        self.members.iter().find(|member| member.person.is_head)
    }
}

/// A household on a day, if a loan of its lies in the asker's scope on that day, or they see the whole county.
pub async fn sheet(db: &Db, tx: &mut Tx, ctx: &Ctx, household_id: i64, day: Date) -> Result<Sheet, Error> {
    let household = household::get(tx, &ctx.scope, household_id, day).await?.ok_or(Refusal::NotFound)?;
    let erased = erasure::erased_of(tx, &ctx.scope, household_id, day).await?;
    let mut members = Vec::new();
    for person in person::of_household(tx, &ctx.scope, household_id, day).await? {
        let (identity_masked, phone_masked) = masked(db, tx, ctx.county_id(), person.person_id).await?;
        let erased = erased.contains(&person.person_id);
        members.push(Member { person, identity_masked, phone_masked, erased });
    }
    let ties = tie::of_household(tx, &ctx.scope, household_id, day).await?;
    Ok(Sheet { household, members, ties })
}
