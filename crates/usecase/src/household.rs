//! One household: who belongs to it, who stands by it.

use bangfu_store::household::{self, Household};
use bangfu_store::person::{self, Person};
use bangfu_store::tie::{self, Tie};
use bangfu_store::{Db, Tx};
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
    pub members: Vec<Person>,
    /// The head's identity number, masked.
    pub identity_masked: Option<String>,
    /// The head's phone number, masked.
    pub phone_masked: Option<String>,
    /// Who stands by it on the day, by role, each with their name.
    pub ties: Vec<(Tie, String)>,
}

/// A household on a day, if a loan of its lies in the asker's scope on that day, or they see the whole county.
pub async fn sheet(db: &Db, tx: &mut Tx, ctx: &Ctx, household_id: i64, day: Date) -> Result<Sheet, Error> {
    let household = household::get(tx, &ctx.scope, household_id, day).await?.ok_or(Refusal::NotFound)?;
    let members = person::of_household(tx, &ctx.scope, household_id, day).await?;
    let head = members.iter().find(|member| member.is_head).map(|member| member.person_id);
    let (identity_masked, phone_masked) = match head {
        Some(person_id) => masked(db, tx, ctx.county_id(), person_id).await?,
        None => (None, None),
    };
    let ties = tie::of_household(tx, &ctx.scope, household_id, day).await?;
    Ok(Sheet { household, members, identity_masked, phone_masked, ties })
}
