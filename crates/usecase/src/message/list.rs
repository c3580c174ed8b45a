//! Messages as the county looks after them, each with what it tells of.

use std::collections::BTreeMap;

use bangfu_domain::message::desk::Desk;
use bangfu_domain::message::{Channel, Kind};
use bangfu_store::message::{self as stored, Message, Part};
use bangfu_store::{Tx, county, notice, office_address, slip, weekly};
use jiff::civil::Date;

use super::office::Offices;
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};

/// What a message tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// A notice to an office: whose desk, the name of its place, and the day.
    Notice(Desk, String, Date),
    /// A loan's level, to its borrower: loan, name and day.
    Borrower(i64, String, Date),
    /// The leader's list of a week.
    Weekly(i64, Date),
    /// Something that is gone.
    Gone,
}

/// A message with what it tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The message.
    pub message: Message,
    /// What it tells of.
    pub about: About,
    /// Where it goes, as lists show it; empty for a borrower.
    pub shown: String,
}

/// A page of messages, the newest first, and whether there are more.
pub async fn page(
    tx: &mut Tx,
    ctx: &Ctx,
    (part, channel): (Part, Option<Channel>),
    before: Option<i64>,
    limit: usize,
) -> Result<(Vec<Line>, bool), Error> {
    let most = i64::try_from(limit).unwrap_or(i64::MAX - 1) + 1;
    let mut messages = stored::list(tx, &ctx.scope, (part, channel), before, most).await?;
    let is_more = messages.len() > limit;
    messages.truncate(limit);
    Ok((lines(tx, ctx, messages).await?, is_more))
}

/// How a notice was sent, for whoever was found to have it in their inbox.
pub async fn of_notice(tx: &mut Tx, ctx: &Ctx, notice_id: i64) -> Result<Vec<Message>, Error> {
    Ok(stored::of_subject(tx, &ctx.scope, (Kind::Notice, notice_id)).await?)
}

/// One message with what it tells of.
pub async fn one(tx: &mut Tx, ctx: &Ctx, message_id: i64) -> Result<Line, Error> {
    let found = stored::get(tx, &ctx.scope, message_id).await?.ok_or(Refusal::NotFound)?;
    Ok(lines(tx, ctx, vec![found]).await?.into_iter().next().ok_or(Refusal::NotFound)?)
}

async fn lines(tx: &mut Tx, ctx: &Ctx, messages: Vec<Message>) -> Result<Vec<Line>, Error> {
    let Some(county_id) = ctx.scope.whole() else { return Ok(Vec::new()) };
    let county = county::get(tx, county_id).await?;
    let offices = Offices::load(tx, &county, ctx.today).await?;
    let of = |kind: Kind| -> Vec<i64> {
        messages.iter().filter(|one| one.kind == kind).map(|one| one.subject_id).collect()
    };
    let notices = notice::some(tx, &ctx.scope, &of(Kind::Notice)).await?;
    let notices: BTreeMap<i64, _> = notices.into_iter().map(|one| (one.notice_id, one)).collect();
    let slips = slip::some(tx, &ctx.scope, ctx.today, &of(Kind::Slip)).await?;
    let slips: BTreeMap<i64, _> = slips.into_iter().map(|one| (one.slip_id, one)).collect();
    let addresses = office_address::all(tx, county_id).await?;
    let mut lines = Vec::with_capacity(messages.len());
    for message in messages {
        let about = match message.kind {
            Kind::Notice => notices.get(&message.subject_id).map(|one| {
                let desk = Desk::Office(one.recipient);
                About::Notice(desk, offices.name(desk, one.place_id, one.on_day), one.on_day)
            }),
            Kind::Slip => slips
                .get(&message.subject_id)
                .map(|one| About::Borrower(one.loan_id, one.borrower_name.clone(), one.on_day)),
            Kind::Weekly => weekly::get(tx, &ctx.scope, message.subject_id)
                .await?
                .map(|list| About::Weekly(list.list_id, list.on_day)),
        };
        let address = addresses.iter().find(|one| Some(one.address_id) == message.address_id);
        let shown = address.map(|one| one.shown.clone()).unwrap_or_default();
        lines.push(Line { message, about: about.unwrap_or(About::Gone), shown });
    }
    Ok(lines)
}
