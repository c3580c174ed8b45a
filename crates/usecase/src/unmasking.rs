//! Somebody is shown a number whole: one, once, for a reason that is kept.

use bangfu_domain::unmasking::Why;
use bangfu_store::person::{self, SecretKind};
use bangfu_store::unmasking::{self, Filter, Line, Unmasking};
use bangfu_store::{Db, Tx, audit, county, loan};
use jiff::civil::Date;
use serde_json::json;

use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;
use crate::reason::sound_reason;

/// What somebody asks to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The account that asks.
    pub account_id: i64,
    /// The loan whose borrower's number it is.
    pub loan_id: i64,
    /// Which number.
    pub kind: SecretKind,
    /// For what; nothing where none was chosen.
    pub why: Option<Why>,
    /// The reason in words.
    pub reason: String,
    /// How many numbers a person may be shown on a day; no limit where the county sets none.
    pub day_max: Option<u32>,
}

/// A number that is shown whole, for one answer.
#[derive(Clone, PartialEq, Eq)]
pub struct Shown {
    /// Whose it is.
    pub borrower: String,
    /// The number.
    pub number: String,
    /// How many were shown to the same account on this day, this one included.
    pub today: i64,
}

/// Shows a number of a loan's borrower, if the loan lies in the asker's scope today, and records it before it is shown.
///
/// # Errors
/// No loan or no such number is there for the asker, nothing was chosen or said, or the day's number is used up.
pub async fn unmask(db: &Db, ctx: &Ctx, asked: &Asked) -> Result<Shown, Error> {
    let why = asked.why.ok_or(Refusal::NoWhy)?;
    let reason = sound_reason(&asked.reason, Refusal::NoReason)?;
    let county_id = ctx.county_id();
    in_write!(db, |tx| async {
        let loan = loan::get(tx, &ctx.scope, asked.loan_id, ctx.today).await?.ok_or(Refusal::NotFound)?;
        let person_id = loan::borrower(tx, county_id, asked.loan_id).await?.ok_or(Refusal::NotFound)?;
        let secret = person::secret(tx, db.key(), county_id, person_id, asked.kind).await?;
        let number = secret.ok_or(Refusal::NotFound)?;
        // Whoever asks twice at once is counted one after the other: from here no other writer of the county passes.
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        let before = unmasking::shown_on(tx, county_id, asked.account_id, ctx.today).await?;
        if let Some(max) = asked.day_max.filter(|max| before >= i64::from(*max)) {
            return Err(Refusal::UnmaskedEnough { max }.into());
        }
        let one = Unmasking {
            change_seq: stamp.change_seq,
            at: stamp.at,
            on_day: ctx.today,
            account_id: asked.account_id,
            actor: ctx.actor.clone(),
            person_id,
            loan_id: asked.loan_id,
            kind: asked.kind,
            why,
            reason: reason.clone(),
            client_id: ctx.client_id.clone(),
        };
        unmasking::add(tx, county_id, &one).await?;
        let facts =
            json!({ "kind": asked.kind.key(), "person": person_id, "loan": asked.loan_id, "why": why.key() });
        let mut entry = ctx.entry("number-unmasked", person_id.to_string(), &facts);
        entry.reason = Some(reason.clone());
        audit::add(tx, county_id, stamp, &entry).await?;
        Ok::<Shown, Error>(Shown { borrower: loan.borrower_name, number, today: before + 1 })
    })
}

/// Whose number is asked for, and as what it is shown to everybody: the borrower of a loan that lies in the asker's scope
/// today, and the number masked.
pub async fn masked(db: &Db, ctx: &Ctx, loan_id: i64, kind: SecretKind) -> Result<(String, String), Error> {
    let mut tx = db.read().await?;
    let loan = loan::get(&mut tx, &ctx.scope, loan_id, ctx.today).await?.ok_or(Refusal::NotFound)?;
    let person_id = loan::borrower(&mut tx, ctx.county_id(), loan_id).await?.ok_or(Refusal::NotFound)?;
    let (identity, phone) = crate::loan::masked(db, &mut tx, ctx.county_id(), person_id).await?;
    let number = match kind {
        SecretKind::Identity => identity,
        SecretKind::Phone => phone,
    };
    Ok((loan.borrower_name, number.ok_or(Refusal::NotFound)?))
}

/// A page of the record.
#[derive(Debug, Clone)]
pub struct Record {
    /// The lines, the newest first.
    pub lines: Vec<Line>,
    /// Whether there are older ones.
    pub has_more: bool,
}

/// The record of numbers that were shown, as far as their loans lie in the asker's scope.
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
