//! Amendments (规则修订): a county's own versions of its packs and rest days over those that the program brings.
//!
//! One person proposes the whole text, from a day on and for a reason; a second one, with another account, approves or
//! rejects it. Approved, it holds from its day: [`crate::adopt`] judges the county's loans by it, at once where the day
//! has come, else in the night in which it does. What was proposed and decided is never changed afterwards.

mod fault;
pub mod preview;
pub mod replay;
mod subject;

use bangfu_store::amendment::{self, StoredAmendment};
use bangfu_store::county::{self, Stamp};
use bangfu_store::proposal::{self, Proposal};
use bangfu_store::{Db, Tx, audit};
use jiff::civil::Date;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::adopt::refuse_without_pack;
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;
use crate::proposal::{Deciding, ProposalFault, ProposalState};
use crate::reason::sound_reason;
use crate::rulebook::{Part, RuleBook, in_force};

pub use fault::AmendmentFault;
use subject::{CALENDAR, PACK};
pub use subject::{Subject, year_text};

/// The longest text, in bytes.
pub const TEXT_MAX: usize = 64 << 10;

/// An amendment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amendment {
    /// What it amends.
    pub subject: Subject,
    /// How far it has come.
    pub state: ProposalState,
    /// The rest of it.
    pub stored: StoredAmendment,
}

impl Amendment {
    /// Whether it waits for the decision of an account: nobody decides on their own.
    pub fn waits_for(&self, account_id: i64) -> bool {
        self.state == ProposalState::Proposed && self.stored.maker_id != account_id
    }
}

/// What is to be proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAmendment {
    /// What it amends.
    pub subject: Subject,
    /// The whole text.
    pub body: String,
    /// The mark of the text that its maker had before them, of [`mark`]: the one that its day would find.
    pub seen: String,
    /// The day from which it is to hold.
    pub valid_from: Date,
    /// Why.
    pub reason: String,
}

/// Tells a text from another; that of no text is empty.
pub fn mark(text: Option<&str>) -> String {
    let of = |text: &str| Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    text.map_or_else(String::new, of)
}

/// The parts of the rules that amendments tell anew.
pub(crate) fn parts(amendments: &[StoredAmendment]) -> Result<Vec<(Part<'_>, &str)>, Error> {
    let part = |one: &'_ StoredAmendment| match one.kind.as_str() {
        CALENDAR => one.subject.parse().ok().map(Part::Year),
        _ => None,
    };
    amendments
        .iter()
        .map(|one| match one.kind.as_str() {
            PACK => Ok((Part::Pack(&one.subject), one.body.as_str())),
            _ => part(one).map(|part| (part, one.body.as_str())).ok_or_else(|| damaged(&one.kind)),
        })
        .collect()
}

fn damaged(found: &str) -> Error {
    bangfu_store::Error::Value { column: 1, found: found.to_owned() }.into()
}

fn broken(faults: Vec<bangfu_domain::policy::PackFault>) -> Error {
    let told = faults.iter().map(|one| {
        let args: Vec<String> = one.kind.args().into_iter().map(|(_, value)| value).collect();
        format!("{}:{}:{}: {} {}", one.file, one.line, one.column, one.kind.key(), args.join(" "))
    });
    Error::Packs(told.collect::<Vec<_>>().join("; "))
}

/// The rules of a county on a day: a base with the county's own versions over it; none where it has no own ones.
pub(crate) async fn rules_on(
    tx: &mut Tx,
    county_id: i64,
    base: &RuleBook,
    day: Date,
) -> Result<Option<RuleBook>, Error> {
    let approved = amendment::approved(tx, county_id, day).await?;
    if approved.is_empty() {
        return Ok(None);
    }
    base.with(parts(&approved)?).map(Some).map_err(broken)
}

/// What a county's rules say on a day, for whoever sees the whole county.
pub struct Present(Option<RuleBook>);

impl Present {
    /// The rules.
    pub fn book(&self) -> &RuleBook {
        self.0.as_ref().unwrap_or_else(|| in_force())
    }

    /// The text of a thing that may be amended; none where there is no such thing yet.
    pub fn text(&self, subject: &Subject) -> Option<String> {
        self.book().text(subject.part())
    }
}

/// The rules of the county today.
pub async fn present(tx: &mut Tx, ctx: &Ctx) -> Result<Present, Error> {
    present_on(tx, ctx, ctx.today).await
}

/// The rules of the county on a day from today on: with the versions that are approved and wait for their day until then.
pub async fn present_on(tx: &mut Tx, ctx: &Ctx, day: Date) -> Result<Present, Error> {
    let county_id = ctx.scope.whole().ok_or(Refusal::NotFound)?;
    Ok(Present(rules_on(tx, county_id, in_force(), day.max(ctx.today)).await?))
}

/// The days to come from which approved versions of a thing are to hold, in order.
pub async fn waiting(tx: &mut Tx, ctx: &Ctx, subject: &Subject) -> Result<Vec<Date>, Error> {
    let county_id = ctx.scope.whole().ok_or(Refusal::NotFound)?;
    let approved = amendment::approved(tx, county_id, Date::MAX).await?.into_iter();
    let own = approved.filter(|one| (one.kind.as_str(), &one.subject) == (subject.kind(), &subject.name()));
    Ok(own.map(|one| one.valid_from).filter(|day| *day > ctx.today).collect())
}

/// Refuses a text that was made from another than the one that its day finds.
async fn refuse_moved_on(
    tx: &mut Tx,
    ctx: &Ctx,
    new: &NewAmendment,
    before: Option<&str>,
) -> Result<(), Error> {
    if mark(before) == new.seen {
        return Ok(());
    }
    let days = waiting(tx, ctx, &new.subject).await?;
    let made_from_todays = mark(present(tx, ctx).await?.text(&new.subject).as_deref()) == new.seen;
    match days.into_iter().rfind(|day| *day <= new.valid_from) {
        Some(from) if made_from_todays => Err(AmendmentFault::AnotherHolds { from }.into()),
        _ => Err(AmendmentFault::RulesMovedOn.into()),
    }
}

/// The rules of the county from an amendment's day on, with it.
async fn rules_with(
    tx: &mut Tx,
    county_id: i64,
    subject: &Subject,
    body: &str,
    from: Date,
) -> Result<RuleBook, Error> {
    let county = county::get(tx, county_id).await?;
    let approved = amendment::approved(tx, county_id, from).await?;
    let mut told = parts(&approved)?;
    told.push((subject.part(), body));
    let book = in_force().with(told).map_err(|faults| Error::from(AmendmentFault::Broken(faults)))?;
    refuse_without_pack(&county, &book)?;
    Ok(book)
}

/// Proposes an amendment; its id. What it makes of the rules is checked.
pub async fn propose(db: &Db, ctx: &Ctx, maker_id: i64, new: &NewAmendment) -> Result<i64, Error> {
    let county_id = ctx.scope.whole().ok_or(Refusal::NotFound)?;
    let reason = sound_reason(&new.reason, ProposalFault::NoReason.into())?;
    if new.body.len() > TEXT_MAX {
        return Err(AmendmentFault::TooLong { max: TEXT_MAX }.into());
    }
    if new.valid_from < ctx.today {
        return Err(Refusal::DayPast { day: new.valid_from }.into());
    }
    // What people paste has the ends of lines of their system.
    let body = new.body.replace("\r\n", "\n");
    in_write!(db, ctx.county_id(), |tx| async {
        let before = present_on(tx, ctx, new.valid_from).await?.text(&new.subject);
        refuse_moved_on(tx, ctx, new, before.as_deref()).await?;
        if before.as_deref().map(str::trim_end) == Some(body.trim_end()) {
            return Err(AmendmentFault::Unchanged.into());
        }
        rules_with(tx, county_id, &new.subject, &body, new.valid_from).await?;
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        let amendment_id = county::take_ids(tx, county_id, 1).await?;
        let one = StoredAmendment {
            amendment_id,
            kind: new.subject.kind().to_owned(),
            subject: new.subject.name(),
            body: body.clone(),
            body_before: before,
            valid_from: new.valid_from,
            reason: reason.clone(),
            maker_id,
            maker: ctx.actor.clone(),
            made_at: stamp.at,
            state: ProposalState::Proposed.key().to_owned(),
            decided: None,
            in_force_at: None,
            version: 1,
        };
        if !amendment::add(tx, county_id, &one).await? {
            let open = list(tx, ctx, one.kind.as_str()).await?.into_iter();
            let mut open = open.filter(|other| other.state == ProposalState::Proposed);
            let same = open.find(|other| other.subject == new.subject).ok_or(Refusal::NotFound)?;
            return Err(AmendmentFault::Open { amendment_id: same.stored.amendment_id }.into());
        }
        let facts = json!({ "kind": one.kind, "subject": one.subject, "valid_from": one.valid_from,
                            "text": mark(Some(&body)), "before": new.seen });
        note(tx, ctx, stamp, ("amendment-proposed", &reason), amendment_id, &facts).await?;
        Ok::<i64, Error>(amendment_id)
    })
}

/// Takes back what one has proposed oneself.
pub async fn withdraw(db: &Db, ctx: &Ctx, one: &Deciding) -> Result<(), Error> {
    decide(db, ctx, one, ProposalState::Withdrawn).await
}

/// Says no to what somebody else has proposed.
pub async fn reject(db: &Db, ctx: &Ctx, one: &Deciding) -> Result<(), Error> {
    decide(db, ctx, one, ProposalState::Rejected).await
}

/// Says yes to what somebody else has proposed; from its day on it holds.
pub async fn approve(db: &Db, ctx: &Ctx, one: &Deciding) -> Result<(), Error> {
    decide(db, ctx, one, ProposalState::Approved).await
}

async fn decide(db: &Db, ctx: &Ctx, one: &Deciding, state: ProposalState) -> Result<(), Error> {
    let reason = one.sound_reason(state)?;
    in_write!(db, ctx.county_id(), |tx| async {
        let known = get(tx, ctx, one.id).await?;
        one.refuse_own(state, known.stored.maker_id)?;
        if state == ProposalState::Approved {
            let before = present_on(tx, ctx, known.stored.valid_from).await?.text(&known.subject);
            if before != known.stored.body_before {
                return Err(AmendmentFault::RulesMovedOn.into());
            }
            let from = known.stored.valid_from.max(ctx.today);
            rules_with(tx, ctx.county_id(), &known.subject, &known.stored.body, from).await?;
        }
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        let decision = one.decision(ctx, stamp.at, &reason);
        let seen = (Proposal::Amendment(one.id), one.version);
        if !proposal::decide(tx, ctx.county_id(), seen, state.key(), &decision).await? {
            return Err(ProposalFault::MovedOn.into());
        }
        let facts = json!({ "kind": known.stored.kind, "subject": known.stored.subject,
                            "text": mark(Some(&known.stored.body)) });
        let action = match state {
            ProposalState::Approved => "amendment-approved",
            ProposalState::Rejected => "amendment-rejected",
            ProposalState::Withdrawn | ProposalState::Proposed => "amendment-withdrawn",
        };
        note(tx, ctx, stamp, (action, &reason), one.id, &facts).await
    })
}

async fn note(
    tx: &mut Tx,
    ctx: &Ctx,
    stamp: Stamp,
    (action, reason): (&'static str, &str),
    amendment_id: i64,
    facts: &serde_json::Value,
) -> Result<(), Error> {
    let mut entry = ctx.entry(action, amendment_id.to_string(), facts);
    entry.reason = (!reason.is_empty()).then(|| reason.to_owned());
    audit::add(tx, ctx.county_id(), stamp, &entry).await?;
    Ok(audit::note_changes(tx, ctx.county_id(), stamp, "amendment", &[amendment_id]).await?)
}

/// The amendments of packs, the newest first.
pub async fn of_packs(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Amendment>, Error> {
    list(tx, ctx, PACK).await
}

/// The amendments of rest days, the newest first.
pub async fn of_years(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Amendment>, Error> {
    list(tx, ctx, CALENDAR).await
}

async fn list(tx: &mut Tx, ctx: &Ctx, kind: &str) -> Result<Vec<Amendment>, Error> {
    amendment::list(tx, &ctx.scope, kind).await?.into_iter().map(typed).collect()
}

/// One amendment.
pub async fn get(tx: &mut Tx, ctx: &Ctx, amendment_id: i64) -> Result<Amendment, Error> {
    typed(amendment::get(tx, &ctx.scope, amendment_id).await?.ok_or(Refusal::NotFound)?)
}

fn typed(stored: StoredAmendment) -> Result<Amendment, Error> {
    let subject = Subject::of(&stored.kind, &stored.subject).ok_or_else(|| damaged(&stored.subject))?;
    let state = ProposalState::of(&stored.state).ok_or_else(|| damaged(&stored.state))?;
    Ok(Amendment { subject, state, stored })
}
