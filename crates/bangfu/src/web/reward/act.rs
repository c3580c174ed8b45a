//! What is done with a list: each form leads back to its page, which says what was done or what is wrong.

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::Path;
use axum::response::Response;
use bangfu_store::{Db, Tx};
use bangfu_usecase::error::{Error, Refusal};
use bangfu_usecase::reward::{self, NewObjection, NewPayment, RewardFault, Seen};
use bangfu_usecase::{Ctx, reward as rewards};
use jiff::civil::Date;

use super::one::show;
use super::path;
use crate::web::address;
use crate::web::failure::Failure;
use crate::web::flash::Flash;
use crate::web::frame::{Face, Visitor};

/// What a form brought, by the names of its fields; a name may come several times.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sent(BTreeMap<String, Vec<String>>);

impl Sent {
    fn of(pairs: Vec<(String, String)>) -> Sent {
        let mut sent = Sent::default();
        for (name, value) in pairs {
            sent.0.entry(name).or_default().push(value);
        }
        sent
    }

    /// What a field brought; empty where it brought nothing.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.get(name).and_then(|values| values.first()).map_or("", |value| value.trim())
    }

    fn number(&self, name: &str) -> i64 {
        self.get(name).parse().unwrap_or(0)
    }

    fn day(&self, name: &str) -> Option<Date> {
        address::day(self.get(name))
    }

    fn numbers(&self, name: &str) -> Vec<i64> {
        self.0.get(name).into_iter().flatten().filter_map(|value| value.parse().ok()).collect()
    }
}

type Fields = Form<Vec<(String, String)>>;

/// Whoever asks, with the list as they saw it.
fn seen(face: &Face, list_id: i64, sent: &Sent) -> Result<Seen, Failure> {
    let account_id = face.who.as_ref().ok_or(Failure::NotFound)?.live.session.account_id;
    Ok(Seen { list_id, version: sent.number("version"), account_id })
}

/// Does something and leads back.
async fn then<T>(
    (face, visitor): (Face, Visitor),
    (list_id, pairs): (i64, Vec<(String, String)>),
    act: impl AsyncFnOnce(&Db, &Ctx, Seen, &Sent) -> Result<T, Error>,
) -> Result<Response, Failure> {
    let sent = Sent::of(pairs);
    let by = seen(&face, list_id, &sent)?;
    match act(&face.app.db, &face.ctx(), by, &sent).await {
        Err(Error::Refused(refusal)) if refusal != Refusal::NotFound => {
            show(&face, &visitor, (list_id, 1), sent, Some(refusal)).await
        }
        done => {
            done?;
            Ok(Flash::RewardChanged.redirect(&path(list_id)))
        }
    }
}

/// `POST /rewards/{id}/check`
pub(in crate::web) async fn check(
    face: Face,
    visitor: Visitor,
    Path(id): Path<i64>,
    Form(pairs): Fields,
) -> Result<Response, Failure> {
    let act =
        async |db: &Db, ctx: &Ctx, by, sent: &Sent| rewards::check(db, ctx, by, sent.get("reason")).await;
    then((face, visitor), (id, pairs), act).await
}

/// `POST /rewards/{id}/reject`
pub(in crate::web) async fn reject(
    face: Face,
    visitor: Visitor,
    Path(id): Path<i64>,
    Form(pairs): Fields,
) -> Result<Response, Failure> {
    let act =
        async |db: &Db, ctx: &Ctx, by, sent: &Sent| rewards::reject(db, ctx, by, sent.get("reason")).await;
    then((face, visitor), (id, pairs), act).await
}

/// `POST /rewards/{id}/withdraw`
pub(in crate::web) async fn withdraw(
    face: Face,
    visitor: Visitor,
    Path(id): Path<i64>,
    Form(pairs): Fields,
) -> Result<Response, Failure> {
    let act =
        async |db: &Db, ctx: &Ctx, by, sent: &Sent| rewards::withdraw(db, ctx, by, sent.get("reason")).await;
    then((face, visitor), (id, pairs), act).await
}

/// `POST /rewards/{id}/publish`
pub(in crate::web) async fn publish(
    face: Face,
    visitor: Visitor,
    Path(id): Path<i64>,
    Form(pairs): Fields,
) -> Result<Response, Failure> {
    let act = async |db: &Db, ctx: &Ctx, by, sent: &Sent| {
        let from = sent.day("from").ok_or(RewardFault::PublicFrom)?;
        rewards::publish(db, ctx, by, from, sent.get("place")).await
    };
    then((face, visitor), (id, pairs), act).await
}

/// `POST /rewards/{id}/approve`
pub(in crate::web) async fn approve(
    face: Face,
    visitor: Visitor,
    Path(id): Path<i64>,
    Form(pairs): Fields,
) -> Result<Response, Failure> {
    let act =
        async |db: &Db, ctx: &Ctx, by, sent: &Sent| rewards::approve(db, ctx, by, sent.get("reason")).await;
    then((face, visitor), (id, pairs), act).await
}

/// `POST /rewards/{id}/object`
pub(in crate::web) async fn object(
    face: Face,
    visitor: Visitor,
    Path(id): Path<i64>,
    Form(pairs): Fields,
) -> Result<Response, Failure> {
    let act = async |db: &Db, ctx: &Ctx, by: Seen, sent: &Sent| {
        let entry_id = match sent.get("row") {
            "" => None,
            row => Some(entry_at(&mut db.read().await?, ctx, by.list_id, row).await?),
        };
        let new = NewObjection {
            entry_id,
            by_whom: sent.get("by_whom").to_owned(),
            on_day: sent.day("on_day").ok_or(RewardFault::Objection)?,
            words: sent.get("words").to_owned(),
        };
        rewards::object(db, ctx, by, &new).await
    };
    then((face, visitor), (id, pairs), act).await
}

/// `POST /rewards/{id}/take-out`
pub(in crate::web) async fn take_out(
    face: Face,
    visitor: Visitor,
    Path(id): Path<i64>,
    Form(pairs): Fields,
) -> Result<Response, Failure> {
    let act = async |db: &Db, ctx: &Ctx, by: Seen, sent: &Sent| {
        let entry_id = entry_at(&mut db.read().await?, ctx, by.list_id, sent.get("row")).await?;
        rewards::take_out(db, ctx, by, entry_id, sent.get("reason")).await
    };
    then((face, visitor), (id, pairs), act).await
}

/// The entry of that number on a list: entries are only ever added behind the others.
async fn entry_at(tx: &mut Tx, ctx: &Ctx, list_id: i64, number: &str) -> Result<i64, Error> {
    let look = reward::look(tx, ctx, list_id).await?;
    let at = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let entry = at.and_then(|at| look.entries.get(at));
    Ok(entry.map(|one| one.entry.entry_id).ok_or(RewardFault::TakenOut)?)
}

/// `POST /rewards/{id}/decide`
pub(in crate::web) async fn decide(
    face: Face,
    visitor: Visitor,
    Path(id): Path<i64>,
    Form(pairs): Fields,
) -> Result<Response, Failure> {
    let act = async |db: &Db, ctx: &Ctx, by, sent: &Sent| {
        let which = (sent.number("objection"), sent.get("upheld") == "yes");
        rewards::decide_objection(db, ctx, by, which, sent.get("reason")).await
    };
    then((face, visitor), (id, pairs), act).await
}

/// `POST /rewards/{id}/pay`
pub(in crate::web) async fn pay(
    face: Face,
    visitor: Visitor,
    Path(id): Path<i64>,
    Form(pairs): Fields,
) -> Result<Response, Failure> {
    let act = async |db: &Db, ctx: &Ctx, by, sent: &Sent| {
        let new = NewPayment {
            entries: sent.numbers("entry"),
            on_day: sent.day("paid_on").ok_or(RewardFault::PaidOn)?,
            document: sent.get("document").to_owned(),
        };
        rewards::pay(db, ctx, by, &new).await
    };
    then((face, visitor), (id, pairs), act).await
}
