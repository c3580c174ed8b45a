//! Access outside the own area (临时授权查阅): to one household that somebody can name exactly, for a reason and a time.
//! It widens nothing but the pages that are opened through it, each of which is recorded.

use bangfu_domain::grant::{GrantState, HOURS_MAX, end_of};
use bangfu_domain::identity::IdentityNumber;
use bangfu_domain::text::squeeze;
use bangfu_store::county::Stamp;
use bangfu_store::grant::{self, Grant, Line};
use bangfu_store::loan::Loan;
use bangfu_store::person::{self, SecretKind};
use bangfu_store::{Area, Db, Scope, Tx, audit, county, loan};
use serde_json::json;

use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;
use crate::reason::sound_reason;

/// Grants that a page lists, at most.
pub const LISTED: i64 = 200;

/// What somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The account that asks.
    pub account_id: i64,
    /// A contract number or an identity number, whole.
    pub number: String,
    /// For how many hours.
    pub hours: u32,
    /// Why.
    pub reason: String,
    /// Up to how many hours the county lets access be open at once; where it says nothing, each is to be granted first.
    pub hours_max: Option<u32>,
}

/// Asks for access to the household of a loan or a person. The grant: open at once where the county has set for how long,
/// else waiting. Somebody who has asked before and still waits or may look gets the same grant.
///
/// # Errors
/// Nothing bears the number (which is recorded too), it lies in the asker's own area, the time or the reason is not sound.
pub async fn ask(db: &Db, ctx: &Ctx, wish: &Wish) -> Result<i64, Error> {
    let reason = sound_reason(&wish.reason, Refusal::GrantReason)?;
    let max = wish.hours_max.unwrap_or(HOURS_MAX);
    if wish.hours == 0 || wish.hours > max {
        return Err(Refusal::HoursBeyond { max }.into());
    }
    let asked = in_write!(db, ctx.county_id(), |tx| async {
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        let Some((loan, household_id)) = named(db, tx, ctx, &wish.number).await? else {
            // Who tries numbers one after the other is seen to do so; the numbers themselves are not kept.
            audit::add(tx, ctx.county_id(), stamp, &entry(ctx, "access-missed", stamp, 0, &reason)).await?;
            return Ok(None);
        };
        if loan::get(tx, &ctx.scope, loan.loan_id, ctx.today).await?.is_some() {
            return Err(Refusal::GrantNotNeeded.into());
        }
        let mine = grant::of_account(tx, &ctx.scope, wish.account_id, LISTED).await?;
        let same = mine.iter().map(|line| &line.grant).find(|grant| {
            let state = grant.term().state(ctx.micros());
            grant.household_id == household_id && matches!(state, GrantState::Asked | GrantState::Open)
        });
        if let Some(same) = same {
            return Ok(Some(same.grant_id));
        }
        let grant_id = county::take_ids(tx, ctx.county_id(), 1).await?;
        let grant = Grant {
            grant_id,
            account_id: wish.account_id,
            actor: ctx.actor.clone(),
            household_id,
            loan_id: loan.loan_id,
            reason: reason.clone(),
            hours: wish.hours,
            asked_at: stamp.at,
            client_id: ctx.client_id.clone(),
            decided: None,
            ends_at: wish.hours_max.map(|_| end_of(stamp.at, wish.hours)),
            ended_by: None,
            pages: 0,
        };
        grant::add(tx, ctx.county_id(), &grant).await?;
        let action = if grant.ends_at.is_some() { "access-opened" } else { "access-asked" };
        note(tx, ctx, stamp, action, &grant).await?;
        Ok::<Option<i64>, Error>(Some(grant_id))
    })?;
    asked.ok_or_else(|| Refusal::NotFound.into())
}

/// The loan that bears a number, or the first of a person's, anywhere in the county, and its household. A number that
/// loans of several households bear names none.
async fn named(db: &Db, tx: &mut Tx, ctx: &Ctx, number: &str) -> Result<Option<(Loan, i64)>, Error> {
    let everywhere = Scope::county(ctx.county_id());
    let number = squeeze(number);
    let mut loans = loan::by_numbers(tx, &everywhere, ctx.today, &[&number]).await?;
    if let (true, Ok(identity)) = (loans.is_empty(), IdentityNumber::parse(&number)) {
        let hash = db.key().hash(identity.as_str());
        let found = person::found(tx, ctx.county_id(), SecretKind::Identity, &[hash]).await?;
        let persons: Vec<i64> = found.into_iter().map(|(_, person, _)| person).collect();
        let theirs = loan::of_borrowers(tx, &everywhere, ctx.today, &persons, &[]).await?;
        loans = theirs.into_iter().map(|(loan, _)| loan).collect();
    }
    let Some(household_id) = loans.first().and_then(|loan| loan.household_id) else { return Ok(None) };
    let one = loans.iter().all(|loan| loan.household_id == Some(household_id));
    Ok(loans.into_iter().next().filter(|_| one).map(|loan| (loan, household_id)))
}

/// Grants what was asked for, or refuses it: whoever answers for the area in which the household lies, and nobody for
/// themselves.
pub async fn decide(db: &Db, ctx: &Ctx, account_id: i64, grant_id: i64, granted: bool) -> Result<(), Error> {
    in_write!(db, ctx.county_id(), |tx| async {
        let found = grant::get(tx, (&ctx.scope, ctx.today), grant_id).await?.ok_or(Refusal::NotFound)?.grant;
        if found.account_id == account_id {
            return Err(Refusal::OwnGrant.into());
        }
        if found.term().state(ctx.micros()) != GrantState::Asked {
            return Err(Refusal::GrantMovedOn.into());
        }
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        let ends_at = granted.then(|| end_of(stamp.at, found.hours));
        grant::decide(tx, ctx.county_id(), grant_id, (&ctx.actor, stamp.at), ends_at).await?;
        let action = if granted { "access-granted" } else { "access-refused" };
        note(tx, ctx, stamp, action, &found).await
    })
}

/// Ends access before its time: its owner, or whoever answers for the area, where `oversees` says that the asker does.
pub async fn end(db: &Db, ctx: &Ctx, account_id: i64, oversees: bool, grant_id: i64) -> Result<(), Error> {
    in_write!(db, ctx.county_id(), |tx| async {
        let mut found = grant::own(tx, &ctx.scope, account_id, grant_id).await?;
        if found.is_none() && oversees {
            found = grant::get(tx, (&ctx.scope, ctx.today), grant_id).await?;
        }
        let found = found.ok_or(Refusal::NotFound)?.grant;
        if !matches!(found.term().state(ctx.micros()), GrantState::Open | GrantState::Asked) {
            return Err(Refusal::GrantMovedOn.into());
        }
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        grant::end(tx, ctx.county_id(), grant_id, &ctx.actor, stamp.at).await?;
        note(tx, ctx, stamp, "access-ended", &found).await
    })
}

/// What is opened through a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opened {
    /// The household's loans.
    Loans,
    /// One of them.
    Loan(i64),
}

/// Opens a page through a grant of the asker's own, if it is open now: the page is recorded before it is read. What it
/// may read is the household and nothing else.
pub async fn open(
    db: &Db,
    ctx: &Ctx,
    account_id: i64,
    grant_id: i64,
    opened: Opened,
) -> Result<(Line, Ctx), Error> {
    let line = in_write!(db, ctx.county_id(), |tx| async {
        let line = grant::own(tx, &ctx.scope, account_id, grant_id).await?.ok_or(Refusal::NotFound)?;
        if line.grant.term().state(ctx.micros()) != GrantState::Open {
            return Err(Refusal::GrantOver.into());
        }
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        grant::note_page(tx, ctx.county_id(), grant_id).await?;
        let facts = match opened {
            Opened::Loans => json!({ "household": line.grant.household_id }),
            Opened::Loan(loan_id) => json!({ "household": line.grant.household_id, "loan": loan_id }),
        };
        let mut entry = ctx.entry("access-page", grant_id.to_string(), &facts);
        entry.reason = Some(line.grant.reason.clone());
        audit::add(tx, ctx.county_id(), stamp, &entry).await?;
        Ok::<Line, Error>(line)
    })?;
    let area = Area::Household(line.grant.household_id);
    let inside = Ctx { scope: Scope { area, ..ctx.scope }, ..ctx.clone() };
    Ok((line, inside))
}

/// What an account asked for, the newest first.
pub async fn own(tx: &mut Tx, ctx: &Ctx, account_id: i64) -> Result<Vec<Line>, Error> {
    Ok(grant::of_account(tx, &ctx.scope, account_id, LISTED).await?)
}

/// What was asked for of the asker's area, the newest first.
pub async fn overseen(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Line>, Error> {
    Ok(grant::list(tx, (&ctx.scope, ctx.today), LISTED).await?)
}

fn entry(ctx: &Ctx, action: &'static str, stamp: Stamp, grant_id: i64, reason: &str) -> audit::Entry {
    let subject = if grant_id == 0 { stamp.change_seq } else { grant_id };
    let mut entry = ctx.entry(action, subject.to_string(), &json!({}));
    entry.reason = Some(reason.to_owned());
    entry
}

async fn note(
    tx: &mut Tx,
    ctx: &Ctx,
    stamp: Stamp,
    action: &'static str,
    grant: &Grant,
) -> Result<(), Error> {
    let mut entry = entry(ctx, action, stamp, grant.grant_id, &grant.reason);
    entry.facts =
        json!({ "household": grant.household_id, "account": grant.account_id, "hours": grant.hours })
            .to_string();
    Ok(audit::add(tx, ctx.county_id(), stamp, &entry).await?)
}
