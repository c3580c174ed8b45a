//! Somebody is shown a number whole: one, once, for a reason that is kept.

use bangfu_domain::policy::Words;
use bangfu_store::county::{self, Stamp};
use bangfu_store::person::{self, SecretKind};
use bangfu_store::unmasking::{self, Filter, Line, Shown, Unmasking};
use bangfu_store::{Db, Tx, audit, household, loan};
use jiff::civil::Date;
use serde_json::json;

use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;
use crate::reason::sound_reason;
use crate::rules::Rules;

/// Whose number is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// That of a loan's borrower.
    Borrower {
        /// The loan.
        loan_id: i64,
    },
    /// That of somebody who belongs to a household.
    Member {
        /// The household.
        household_id: i64,
        /// The person.
        person_id: i64,
    },
}

impl Whose {
    /// The person and their name, if the loan lies in the asker's scope today, or one of the household's does.
    async fn find(self, tx: &mut Tx, ctx: &Ctx) -> Result<(Shown, i64, String), Error> {
        match self {
            Whose::Borrower { loan_id } => {
                let loan = loan::get(tx, &ctx.scope, loan_id, ctx.today).await?.ok_or(Refusal::NotFound)?;
                let person_id = loan::borrower(tx, ctx.county_id(), loan_id).await?;
                let person_id = person_id.ok_or(Refusal::NotFound)?;
                Ok((Shown::Borrower { person_id, loan_id }, person_id, loan.borrower_name))
            }
            Whose::Member { household_id, person_id } => {
                let member = member(tx, ctx, household_id, person_id).await?;
                Ok((Shown::Member { person_id, household_id }, person_id, member.name))
            }
        }
    }
}

/// Somebody who belongs to a household that the asker sees today.
pub(crate) async fn member(
    tx: &mut Tx,
    ctx: &Ctx,
    household_id: i64,
    person_id: i64,
) -> Result<person::Person, Error> {
    household::get(tx, &ctx.scope, household_id, ctx.today).await?.ok_or(Refusal::NotFound)?;
    let members = person::of_household(tx, &ctx.scope, household_id, ctx.today).await?;
    Ok(members.into_iter().find(|member| member.person_id == person_id).ok_or(Refusal::NotFound)?)
}

/// What somebody asks to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The account that asks.
    pub account_id: i64,
    /// Whose number it is.
    pub whose: Whose,
    /// Which number.
    pub kind: SecretKind,
    /// For what: the Chinese name of one of [`reasons`]; empty where none was chosen.
    pub why: String,
    /// The reason in words.
    pub reason: String,
    /// How many numbers a person may be shown on a day; no limit where the county sets none.
    pub day_max: Option<u32>,
}

/// A number that is shown whole, for one answer.
#[derive(Clone, PartialEq, Eq)]
pub struct Whole {
    /// Whose it is.
    pub name: String,
    /// The number.
    pub number: String,
    /// How many were shown to the same account on this day, this one included.
    pub today: i64,
}

/// What a number may be needed for today, by the county's rules.
pub async fn reasons(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Words>, Error> {
    let county = county::get(tx, ctx.county_id()).await?;
    let rules = Rules::load(tx, &county, None).await?;
    Ok(rules.pack_or_first(ctx.today)?.unmask_reasons.value.clone().unwrap_or_default())
}

/// Shows a number of somebody in the asker's scope, and records it before it is shown.
///
/// # Errors
/// Nobody and no such number is there for the asker, nothing was chosen or said, or the day's number is used up.
pub async fn unmask(db: &Db, ctx: &Ctx, asked: &Asked) -> Result<Whole, Error> {
    let reasons = reasons(&mut db.read().await?, ctx).await?;
    let why = reasons.into_iter().find(|one| one.zh == asked.why).ok_or(Refusal::NoWhy)?;
    let reason = sound_reason(&asked.reason, Refusal::NoReason)?;
    let county_id = ctx.county_id();
    in_write!(db, ctx.county_id(), |tx| async {
        let (shown, person_id, name) = asked.whose.find(tx, ctx).await?;
        let secret = person::secret(tx, db.key(), county_id, person_id, asked.kind).await?;
        let number = secret.ok_or(Refusal::NotFound)?;
        // Whoever asks twice at once is counted one after the other: from here no other writer of the county passes.
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        let before = unmasking::shown_on(tx, county_id, asked.account_id, ctx.today).await?;
        if let Some(max) = asked.day_max.filter(|max| before >= i64::from(*max)) {
            return Err(Refusal::UnmaskedEnough { max }.into());
        }
        let why = (Some(&why), reason.as_str());
        note(tx, ctx, stamp, (asked.account_id, shown, asked.kind), why).await?;
        let on = match asked.whose {
            Whose::Borrower { loan_id } => json!({ "loan": loan_id }),
            Whose::Member { household_id, .. } => json!({ "household": household_id }),
        };
        let facts = json!({ "kind": asked.kind.key(), "person": person_id, "on": on, "why": asked.why });
        let mut entry = ctx.entry("number-unmasked", person_id.to_string(), &facts);
        entry.reason = Some(reason.clone());
        audit::add(tx, county_id, stamp, &entry).await?;
        Ok::<Whole, Error>(Whole { name, number, today: before + 1 })
    })
}

/// Writes a line of the record.
pub(crate) async fn note(
    tx: &mut Tx,
    ctx: &Ctx,
    stamp: Stamp,
    (account_id, shown, kind): (i64, Shown, SecretKind),
    (why, reason): (Option<&Words>, &str),
) -> Result<(), Error> {
    let one = Unmasking {
        change_seq: stamp.change_seq,
        at: stamp.at,
        on_day: ctx.today,
        account_id,
        actor: ctx.actor.clone(),
        shown,
        kind,
        why: why.cloned(),
        reason: reason.to_owned(),
        client_id: ctx.client_id.clone(),
    };
    Ok(unmasking::add(tx, ctx.county_id(), &one).await?)
}

/// Whose number is asked for, and as what it is shown to everybody: the name of somebody in the asker's scope today, and
/// the number masked.
pub async fn masked(db: &Db, ctx: &Ctx, whose: Whose, kind: SecretKind) -> Result<(String, String), Error> {
    let mut tx = db.read().await?;
    let (_, person_id, name) = whose.find(&mut tx, ctx).await?;
    let (identity, phone) = crate::loan::masked(db, &mut tx, ctx.county_id(), person_id).await?;
    let number = match kind {
        SecretKind::Identity => identity,
        SecretKind::Phone => phone,
    };
    Ok((name, number.ok_or(Refusal::NotFound)?))
}

/// A page of the record.
#[derive(Debug, Clone)]
pub struct Record {
    /// The lines, the newest first.
    pub lines: Vec<Line>,
    /// Whether there are older ones.
    pub has_more: bool,
}

/// The record of numbers that were shown, as far as their loans and households lie in the asker's scope; exports are seen with
/// the whole county.
pub async fn record(
    tx: &mut Tx,
    ctx: &Ctx,
    filter: Filter,
    before: Option<i64>,
    limit: usize,
) -> Result<Record, Error> {
    let mut lines = unmasking::list(tx, (&ctx.scope, ctx.today), filter, before, limit + 1).await?;
    let has_more = lines.len() > limit;
    lines.truncate(limit);
    Ok(Record { lines, has_more })
}

/// To whom how many numbers of the asker's scope were shown, on a day or ever: (account, name, count).
pub async fn counts(tx: &mut Tx, ctx: &Ctx, on_day: Option<Date>) -> Result<Vec<(i64, String, i64)>, Error> {
    let filter = Filter { account_id: None, on_day };
    Ok(unmasking::by_account(tx, (&ctx.scope, ctx.today), filter).await?)
}
