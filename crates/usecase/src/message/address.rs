//! Where offices are told besides their inbox: kept by the county's centre.

use bangfu_domain::message::Channel;
use bangfu_domain::message::address::{shown, sound};
use bangfu_domain::message::desk::Desk;
use bangfu_store::county;
use bangfu_store::office_address::{self as stored, OfficeAddress, Target};
use bangfu_store::{Db, Tx, audit};
use serde_json::json;

use super::MessageFault;
use super::office::{Office, Offices};
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;
use crate::reason::sound_reason;

/// The shortest and the longest key that signs, in characters.
pub const SECRET: (usize, usize) = (8, 200);

/// An address as it is told.
#[derive(Clone, PartialEq, Eq)]
pub struct NewAddress {
    /// Whose desk, and which place.
    pub desk: Option<(Desk, i64)>,
    /// How it is reached.
    pub channel: Option<Channel>,
    /// The mailbox, or what is asked.
    pub address: String,
    /// What signs.
    pub secret: String,
    /// Why.
    pub reason: String,
}

impl std::fmt::Debug for NewAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NewAddress({:?}, {:?})", self.desk, self.channel)
    }
}

/// An address with the name of its office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAddress {
    /// The address.
    pub address: OfficeAddress,
    /// The name of its place.
    pub name: String,
}

/// The addresses of a county, and the offices that can have one.
pub async fn kept(tx: &mut Tx, ctx: &Ctx) -> Result<(Vec<KeptAddress>, Vec<Office>), Error> {
    let county_id = ctx.scope.whole().ok_or(Refusal::NotFound)?;
    let county = county::get(tx, county_id).await?;
    let offices = Offices::load(tx, &county, ctx.today).await?;
    let all = stored::all(tx, county_id).await?.into_iter().filter(|address| !address.ended);
    let kept = all.map(|address| KeptAddress {
        name: offices.name(address.desk, address.place_id, ctx.today),
        address,
    });
    Ok((kept.collect(), offices.all(ctx.today)))
}

/// Adds an address of an office, one of each kind.
pub async fn add(db: &Db, ctx: &Ctx, new: &NewAddress) -> Result<i64, Error> {
    in_write!(db, ctx.county_id(), |tx| async {
        let county_id = ctx.scope.whole().ok_or(Refusal::NotFound)?;
        let county = county::get(tx, county_id).await?;
        let offices = Offices::load(tx, &county, ctx.today).await?.all(ctx.today);
        let office = offices.into_iter().find(|office| new.desk == Some((office.desk, office.place_id)));
        let office = office.ok_or(MessageFault::NoDesk)?;
        let channel = new.channel.filter(|channel| Channel::OF_OFFICES.contains(channel));
        let channel = channel.ok_or(MessageFault::NoChannel)?;
        let address = sound(channel, &new.address).map_err(MessageFault::from)?;
        let secret = sound_secret(channel, &new.secret)?;
        let reason = sound_reason(&new.reason, Refusal::NoReason)?;
        let of = |one: &OfficeAddress| (one.desk, one.place_id, one.channel);
        let all = stored::all(tx, county_id).await?;
        if all.iter().any(|one| !one.ended && of(one) == (office.desk, office.place_id, channel)) {
            return Err(MessageFault::Taken.into());
        }
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        let address_id = county::take_ids(tx, county_id, 1).await?;
        let kept = OfficeAddress {
            address_id,
            desk: office.desk,
            place_id: office.place_id,
            channel,
            shown: shown(channel, &address),
            made_by: ctx.actor.clone(),
            made_at: stamp.at,
            ended: false,
        };
        stored::add(tx, db.key(), county_id, &kept, &Target { address, secret }).await?;
        let facts = json!({ "desk": office.desk.key(), "place": office.place_id, "channel": channel.key(),
                            "shown": kept.shown });
        let ctx = Ctx { reason: Some(reason), ..ctx.clone() };
        audit::add(tx, county_id, stamp, &ctx.entry("address-added", address_id.to_string(), &facts)).await?;
        Ok::<i64, Error>(address_id)
    })
}

/// What signs: a receiver needs it, a DingTalk robot may have it, nobody else has any.
fn sound_secret(channel: Channel, secret: &str) -> Result<String, MessageFault> {
    let secret = secret.trim();
    let (least, most) = SECRET;
    let fits =
        (least..=most).contains(&secret.chars().count()) && secret.chars().all(|c| c.is_ascii_graphic());
    match channel {
        Channel::Webhook if fits => Ok(secret.to_owned()),
        Channel::Dingtalk if fits || secret.is_empty() => Ok(secret.to_owned()),
        Channel::Webhook | Channel::Dingtalk => Err(MessageFault::Secret { least, most }),
        Channel::Email | Channel::Wecom | Channel::Sms => Ok(String::new()),
    }
}

/// Takes an address away, with all that opens its door. What still waits to go there is not sent.
pub async fn end(db: &Db, ctx: &Ctx, address_id: i64, reason: &str) -> Result<(), Error> {
    in_write!(db, ctx.county_id(), |tx| async {
        let county_id = ctx.scope.whole().ok_or(Refusal::NotFound)?;
        let reason = sound_reason(reason, Refusal::NoReason)?;
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        if !stored::end(tx, county_id, address_id, (&ctx.actor, stamp.at)).await? {
            return Err(Refusal::NotFound.into());
        }
        let ctx = Ctx { reason: Some(reason), ..ctx.clone() };
        let entry = ctx.entry("address-ended", address_id.to_string(), &json!({}));
        audit::add(tx, county_id, stamp, &entry).await?;
        Ok::<(), Error>(())
    })
}
