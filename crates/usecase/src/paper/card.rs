//! The page behind a household's card (明白卡): opened without signing in, by an address that nobody can guess and the last four
//! digits of the borrower's identity number. It shows one loan as it stands today and nothing else.

use std::fmt::Write;

use bangfu_domain::loan::add_days;
use bangfu_domain::paper::{Code, PaperKind, Template};
use bangfu_store::card_link::{self, CardLink};
use bangfu_store::key::{Key, random};
use bangfu_store::paper::Paper;
use bangfu_store::person::{self, SecretKind};
use bangfu_store::{Db, Tx, audit, county, loan, paper_template};
use serde_json::json;

use super::content::{OfLoan, of_today};
use super::{PaperFault, find};
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;

/// The address opens so many days beyond the due day, or beyond the day on which the card was made, whichever is later.
const DAYS_BEYOND: i32 = 90;

/// Wrong digits that cost no wait.
const FREE_TRIES: u32 = 5;

/// The first wait, in microseconds: a quarter of an hour; each further wrong one doubles it.
const LOCK: i64 = 900_000_000;

/// The longest wait doubles so often: to about a day.
const DOUBLED_MAX: u32 = 7;

const MICROS_PER_MINUTE: i64 = 60_000_000;

/// What the card's page shows.
#[derive(Debug, Clone)]
pub struct CardPage {
    /// The county's own texts, as they are now.
    pub texts: Template,
    /// The county's name.
    pub county: String,
    /// The loan as it stands today.
    pub of_loan: OfLoan,
}

/// Why the page stays closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardFault {
    /// Other digits are the right ones.
    Wrong {
        /// So many tries are left before it waits.
        left: u32,
    },
    /// No digits are looked at for a while.
    Locked {
        /// The minutes, at least one.
        minutes: i64,
    },
}

/// What ends a card's address, made of the book's key and what is kept: nothing in the book alone tells it.
fn token_of(key: &Key, county_id: i64, nonce: &str) -> String {
    let mut token = String::with_capacity(32);
    for byte in key.hash(&format!("card {county_id} {nonce}")) {
        write!(token, "{byte:02x}").expect("invariant: a text takes every sign");
    }
    token
}

fn hash_of(key: &Key, token: &str) -> Vec<u8> {
    key.hash(&format!("card address {token}"))
}

/// Gives a card its address.
pub(super) async fn link(db: &Db, tx: &mut Tx, ctx: &Ctx, paper: &Paper) -> Result<(), Error> {
    let county_id = ctx.county_id();
    let loan_id = paper.loan_id.ok_or(Refusal::NotFound)?;
    let person_id = loan::borrower(tx, county_id, loan_id).await?.ok_or(PaperFault::NoIdentity)?;
    let identity = person::secret(tx, db.key(), county_id, person_id, SecretKind::Identity).await?;
    identity.ok_or(PaperFault::NoIdentity)?;
    let loan = loan::get(tx, &ctx.scope, loan_id, ctx.today).await?.ok_or(Refusal::NotFound)?;
    let nonce: String = random::<16>()?.iter().map(|byte| format!("{byte:02x}")).collect();
    let link = CardLink {
        paper_id: paper.paper_id,
        loan_id,
        token_hash: hash_of(db.key(), &token_of(db.key(), county_id, &nonce)),
        nonce,
        last_on: add_days(loan.terms.due_on.max(ctx.today), DAYS_BEYOND),
        revoked_at: None,
        wrong: 0,
        locked_until: 0,
        opened: 0,
    };
    Ok(card_link::add(tx, county_id, &link).await?)
}

fn is_live(link: &CardLink, ctx: &Ctx) -> bool {
    link.revoked_at.is_none() && ctx.today <= link.last_on
}

/// What ends the address of a card, while it opens something.
pub(super) async fn token(db: &Db, tx: &mut Tx, ctx: &Ctx, paper: &Paper) -> Result<Option<String>, Error> {
    let link = card_link::of_paper(tx, ctx.county_id(), paper.paper_id).await?;
    let link = link.filter(|link| is_live(link, ctx));
    Ok(link.map(|link| token_of(db.key(), ctx.county_id(), &link.nonce)))
}

/// From now on the address of a card of the asker's area opens nothing.
pub async fn revoke(db: &Db, ctx: &Ctx, code: &Code) -> Result<Paper, Error> {
    in_write!(db, ctx.county_id(), |tx| async {
        let paper = find(tx, ctx, code).await?.filter(|paper| paper.kind == PaperKind::Card);
        let paper = paper.ok_or(Refusal::NotFound)?;
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        card_link::revoke(tx, ctx.county_id(), paper.paper_id, stamp.at).await?;
        let entry = ctx.entry("card-revoked", paper.code.to_string(), &json!({ "loan": paper.loan_id }));
        audit::add(tx, ctx.county_id(), stamp, &entry).await?;
        Ok::<Paper, Error>(paper)
    })
}

async fn live(db: &Db, tx: &mut Tx, ctx: &Ctx, token: &str) -> Result<Option<CardLink>, Error> {
    let link = card_link::by_token(tx, ctx.county_id(), &hash_of(db.key(), token)).await?;
    Ok(link.filter(|link| is_live(link, ctx)))
}

/// Whether an address opens something; nothing else is told before the digits are typed.
pub async fn is_there(db: &Db, ctx: &Ctx, token: &str) -> Result<bool, Error> {
    Ok(live(db, &mut db.read().await?, ctx, token).await?.is_some())
}

/// Opens the page of a card to whoever knows the last four digits. Each try is noted, and recorded.
///
/// # Errors
/// There is no such address, or none any more.
pub async fn open(
    db: &Db,
    ctx: &Ctx,
    token: &str,
    digits: &str,
) -> Result<Result<CardPage, CardFault>, Error> {
    let digits = bangfu_domain::text::squeeze(digits).to_uppercase();
    let opened = in_write!(db, ctx.county_id(), |tx| async {
        let county_id = ctx.county_id();
        let link = live(db, tx, ctx, token).await?.ok_or(Refusal::NotFound)?;
        let now = ctx.micros();
        let minutes = |until: i64| (until - now).div_euclid(MICROS_PER_MINUTE) + 1;
        if link.locked_until > now {
            return Ok(Err(CardFault::Locked { minutes: minutes(link.locked_until) }));
        }
        let person_id = loan::borrower(tx, county_id, link.loan_id).await?.ok_or(Refusal::NotFound)?;
        let hash = person::last_four(db.key(), &digits);
        let is_right = digits.len() == 4
            && person::ends_in(tx, county_id, person_id, SecretKind::Identity, &hash).await?;
        let stamp = county::stamp(tx, county_id, now).await?;
        let action = if is_right { "card-opened" } else { "card-wrong" };
        let facts = json!({ "card": link.paper_id });
        audit::add(tx, county_id, stamp, &ctx.entry(action, link.loan_id.to_string(), &facts)).await?;
        if is_right {
            let tried = CardLink { wrong: 0, opened: link.opened + 1, ..link };
            card_link::note_try(tx, county_id, &tried).await?;
            return Ok(Ok(page(tx, ctx, tried.loan_id).await?));
        }
        let wrong = link.wrong.saturating_add(1);
        let doubled = wrong.checked_sub(FREE_TRIES).map(|more| more.min(DOUBLED_MAX));
        let locked_until = doubled.map_or(0, |doubled| now + (LOCK << doubled));
        card_link::note_try(tx, county_id, &CardLink { wrong, locked_until, ..link }).await?;
        Ok::<_, Error>(Err(match doubled {
            Some(_) => CardFault::Locked { minutes: minutes(locked_until) },
            None => CardFault::Wrong { left: FREE_TRIES - wrong },
        }))
    })?;
    Ok(opened)
}

async fn page(tx: &mut Tx, ctx: &Ctx, loan_id: i64) -> Result<CardPage, Error> {
    let county = county::get(tx, ctx.county_id()).await?;
    let of_loan = of_today(tx, &county, loan_id, ctx.today).await?.ok_or(Refusal::NotFound)?;
    let newest = paper_template::newest(tx, &ctx.scope, PaperKind::Card).await?;
    let version = paper_template::get(tx, &ctx.scope, PaperKind::Card, newest).await?;
    Ok(CardPage {
        texts: version.map_or_else(|| Template::shipped(PaperKind::Card), |version| version.template),
        county: county.on(ctx.today).name.clone(),
        of_loan,
    })
}
