//! A person's numbers are erased (抹去号码): one person proposes it for a reason, a second one, with another account, approves.
//! Then the person's own key is destroyed, and whatever else of a number lies in the book goes with it. The person's name,
//! loans and events stay: the book of the money tells what happened.

mod fault;
mod files;

use bangfu_domain::identity::IdentityNumber;
use bangfu_domain::text::squeeze;
use bangfu_store::account::NO_ACCOUNT;
use bangfu_store::county::Stamp;
use bangfu_store::erasure::{self, Line, StoredErasure};
use bangfu_store::person::{self, SecretKind};
use bangfu_store::proposal::{self, Proposal};
use bangfu_store::{Db, Scope, Tx, audit, county, loan};
use serde_json::json;

use crate::amendment::mark;
use crate::change::note_persons;
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;
use crate::proposal::{Deciding, ProposalFault, ProposalState};
use crate::reason::sound_reason;
use crate::unmasking::member;

pub use fault::EraseFault;
pub use files::Forgotten;

/// Erasures that a page lists, at most.
pub const LISTED: i64 = 200;

/// The numbers that a person may have.
const KINDS: [SecretKind; 2] = [SecretKind::Identity, SecretKind::Phone];

/// Whose numbers are to be erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// Those of the person who bears an identity number or borrowed the loan of a contract number.
    Number(String),
    /// Those of somebody who belongs to a household.
    Member {
        /// The household.
        household_id: i64,
        /// The person.
        person_id: i64,
    },
}

/// An erasure as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// How far it has come.
    pub state: ProposalState,
    /// The numbers that the person has now, masked.
    pub numbers: Vec<(SecretKind, String)>,
    /// The rest of it.
    pub line: Line,
}

/// What was erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erased {
    /// How many numbers there were.
    pub numbers: u64,
    /// What was done about files that held them.
    pub files: Forgotten,
}

/// Proposes to erase somebody's numbers; the id of what was proposed. `maker` is the account of who proposes it;
/// at the command line there is none.
///
/// # Errors
/// Nothing or more than one person is meant, there is no number, another proposal waits, or no reason was given.
pub async fn propose(
    db: &Db,
    ctx: &Ctx,
    maker: Option<i64>,
    whose: &Whose,
    reason: &str,
) -> Result<i64, Error> {
    let county_id = ctx.scope.whole().ok_or(Refusal::NotFound)?;
    let reason = sound_reason(reason, ProposalFault::NoReason.into())?;
    in_write!(db, ctx.county_id(), |tx| async {
        let person_id = match whose {
            Whose::Number(number) => meant(db, tx, ctx, number).await?.ok_or(Refusal::NotFound)?,
            Whose::Member { household_id, person_id } => {
                member(tx, ctx, *household_id, *person_id).await?.person_id
            }
        };
        let mark = mark_of(tx, county_id, person_id).await?.ok_or(EraseFault::Nothing)?;
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        let one = StoredErasure {
            erasure_id: county::take_ids(tx, county_id, 1).await?,
            person_id,
            mark,
            reason: reason.clone(),
            maker_id: maker.unwrap_or(NO_ACCOUNT),
            maker: ctx.actor.clone(),
            made_at: stamp.at,
            state: ProposalState::Proposed.key().to_owned(),
            decided: None,
            version: 1,
        };
        if !erasure::add(tx, county_id, &one).await? {
            return Err(EraseFault::Open.into());
        }
        let facts = json!({ "erasure": one.erasure_id });
        note(tx, ctx, stamp, ("erasure-proposed", &reason), person_id, &facts).await?;
        Ok::<i64, Error>(one.erasure_id)
    })
}

/// Takes back what one has proposed oneself.
pub async fn withdraw(db: &Db, ctx: &Ctx, one: &Deciding) -> Result<(), Error> {
    decide(db, ctx, one, ProposalState::Withdrawn).await.map(drop)
}

/// Says no to what somebody else has proposed.
pub async fn reject(db: &Db, ctx: &Ctx, one: &Deciding) -> Result<(), Error> {
    decide(db, ctx, one, ProposalState::Rejected).await.map(drop)
}

/// Says yes to what somebody else has proposed, and erases the numbers in the same transaction. What a backup holds stays in
/// it, and a file that brings a number again brings it again.
pub async fn approve(db: &Db, ctx: &Ctx, one: &Deciding) -> Result<Erased, Error> {
    decide(db, ctx, one, ProposalState::Approved).await
}

async fn decide(db: &Db, ctx: &Ctx, one: &Deciding, state: ProposalState) -> Result<Erased, Error> {
    let county_id = ctx.scope.whole().ok_or(Refusal::NotFound)?;
    let reason = one.sound_reason(state)?;
    let looked = match state {
        ProposalState::Approved => Some(looked_through(db, ctx, one.id).await?),
        _ => None,
    };
    in_write!(db, ctx.county_id(), |tx| async {
        let known = erasure::get(tx, &ctx.scope, one.id).await?.ok_or(Refusal::NotFound)?.erasure;
        one.refuse_own(state, known.maker_id)?;
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        let decision = one.decision(ctx, stamp.at, &reason);
        let seen = (Proposal::Erasure(one.id), one.version);
        if !proposal::decide(tx, county_id, seen, state.key(), &decision).await? {
            return Err(ProposalFault::MovedOn.into());
        }
        let mut erased = Erased { numbers: 0, files: Forgotten::default() };
        if let Some(looked) = &looked {
            if mark_of(tx, county_id, known.person_id).await?.as_ref() != Some(&known.mark) {
                return Err(EraseFault::OtherNumbers.into());
            }
            let files = files::forget(db, tx, county_id, known.person_id, looked).await?;
            erased = Erased { numbers: person::erase(tx, county_id, known.person_id).await?, files };
            note_persons(tx, county_id, stamp, &[known.person_id], []).await?;
        }
        let files = (erased.files.files, erased.files.reports);
        let facts = json!({ "erasure": one.id, "proposed_by": known.maker, "proposed_for": known.reason,
                            "numbers": erased.numbers, "files": files.0, "reports": files.1 });
        let action = match state {
            ProposalState::Approved => "person-erased",
            ProposalState::Rejected => "erasure-rejected",
            ProposalState::Withdrawn | ProposalState::Proposed => "erasure-withdrawn",
        };
        note(tx, ctx, stamp, (action, &reason), known.person_id, &facts).await?;
        Ok::<Erased, Error>(erased)
    })
}

/// What files hold of the numbers of whom an erasure means.
async fn looked_through(db: &Db, ctx: &Ctx, erasure_id: i64) -> Result<files::Seen, Error> {
    let known = erasure::get(&mut db.read().await?, &ctx.scope, erasure_id).await?;
    let person_id = known.ok_or(Refusal::NotFound)?.erasure.person_id;
    files::look(db, ctx.county_id(), person_id).await
}

async fn note(
    tx: &mut Tx,
    ctx: &Ctx,
    stamp: Stamp,
    (action, reason): (&'static str, &str),
    person_id: i64,
    facts: &serde_json::Value,
) -> Result<(), Error> {
    let mut entry = ctx.entry(action, person_id.to_string(), facts);
    entry.reason = (!reason.is_empty()).then(|| reason.to_owned());
    Ok(audit::add(tx, ctx.county_id(), stamp, &entry).await?)
}

/// Tells the numbers that a person has from others; none where there are none.
async fn mark_of(tx: &mut Tx, county_id: i64, person_id: i64) -> Result<Option<String>, Error> {
    let mut hashes = Vec::new();
    for kind in KINDS {
        let found = person::hashes(tx, county_id, kind, &[person_id]).await?;
        hashes.extend(found.into_iter().map(|(_, hash)| (kind.key(), hash)));
    }
    Ok((!hashes.is_empty()).then(|| mark(Some(&format!("{hashes:?}")))))
}

/// What was proposed and decided, the newest first, for whoever sees the whole county.
pub async fn list(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<(ProposalState, Line)>, Error> {
    let lines = erasure::list(tx, &ctx.scope, LISTED).await?;
    lines.into_iter().map(|line| Ok((state_of(&line)?, line))).collect()
}

/// One of them.
pub async fn get(db: &Db, tx: &mut Tx, ctx: &Ctx, erasure_id: i64) -> Result<Erasure, Error> {
    let line = erasure::get(tx, &ctx.scope, erasure_id).await?.ok_or(Refusal::NotFound)?;
    let numbers = numbers(db, tx, ctx, line.erasure.person_id).await?;
    Ok(Erasure { state: state_of(&line)?, numbers, line })
}

/// Whose numbers would be erased: their name, the numbers masked, and the proposal that waits, if there is one.
pub async fn wanted(
    db: &Db,
    tx: &mut Tx,
    ctx: &Ctx,
    (household_id, person_id): (i64, i64),
) -> Result<(String, Vec<(SecretKind, String)>, Option<i64>), Error> {
    let member = member(tx, ctx, household_id, person_id).await?;
    let numbers = numbers(db, tx, ctx, person_id).await?;
    Ok((member.name, numbers, erasure::open_of(tx, &ctx.scope, person_id).await?))
}

async fn numbers(
    db: &Db,
    tx: &mut Tx,
    ctx: &Ctx,
    person_id: i64,
) -> Result<Vec<(SecretKind, String)>, Error> {
    let (identity, phone) = crate::loan::masked(db, tx, ctx.county_id(), person_id).await?;
    let numbers = KINDS.into_iter().zip([identity, phone]);
    Ok(numbers.filter_map(|(kind, number)| Some((kind, number?))).collect())
}

fn state_of(line: &Line) -> Result<ProposalState, Error> {
    let word = &line.erasure.state;
    let damaged = || bangfu_store::Error::Value { column: 7, found: word.clone() };
    Ok(ProposalState::of(word).ok_or_else(damaged)?)
}

/// The one person whom a number names.
async fn meant(db: &Db, tx: &mut Tx, ctx: &Ctx, number: &str) -> Result<Option<i64>, Error> {
    let number = squeeze(number);
    let hash =
        db.key().hash(&IdentityNumber::parse(&number).map_or(number.clone(), |one| one.as_str().to_owned()));
    let found = person::found(tx, ctx.county_id(), SecretKind::Identity, &[hash]).await?;
    if let [(_, person_id, _)] = found.as_slice() {
        return Ok(Some(*person_id));
    }
    let scope = Scope::county(ctx.county_id());
    let loans = loan::by_numbers(tx, &scope, ctx.today, &[&number]).await?;
    match loans.as_slice() {
        [one] => Ok(loan::borrower(tx, ctx.county_id(), one.loan_id).await?),
        _ => Ok(None),
    }
}
