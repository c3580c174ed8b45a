//! The service point of a place (金融扶贫服务中心 / 服务站): opened, named, called otherwise and closed, from a day on.

use bangfu_domain::service_point::PointKind;
use bangfu_store::division::{ALWAYS, Term};
use bangfu_store::service_point::{self, ServicePoint};
use bangfu_store::{Db, Tx, county};
use jiff::civil::Date;
use serde_json::json;

use crate::amendment::mark;
use crate::ctx::Ctx;
use crate::division::change::place;
use crate::error::{Error, Refusal};
use crate::in_write;
use crate::keep::{KeepFault, note, refuse_unless_seen, sound_name, whole};
use crate::reason::sound_reason;

/// A place with the service points that it has had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    /// The place as it is called last.
    pub place: Term,
    /// Its service points, the oldest first: another name or kind is another row.
    pub points: Vec<ServicePoint>,
    /// The mark of what is known of them, for who would change them.
    pub seen: String,
}

/// A service point as somebody wants it who has the place before them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The mark of what they saw.
    pub seen: String,
    /// What it is.
    pub kind: PointKind,
    /// Its name; an empty one leaves it without.
    pub name: String,
    /// The first day; `None` where nobody knows it.
    pub from_on: Option<Date>,
    /// The first day on which it is no more; `None` while it stands.
    pub to_on: Option<Date>,
    /// Why: the notice, the decision.
    pub reason: String,
}

/// The service points of the county, or of a township or village of it.
pub async fn served(tx: &mut Tx, ctx: &Ctx, division_id: i64) -> Result<Served, Error> {
    let county_id = whole(ctx)?;
    let place = place(tx, ctx, division_id).await?.last().clone();
    let points = service_point::of_place(tx, county_id, division_id).await?;
    let seen = mark(Some(&format!("{points:?}")));
    Ok(Served { place, points, seen })
}

/// Tells the service point of a place as it is wanted. Another name or kind from a later day on leaves what was before as it
/// was; what is said of the same day or of an earlier one mends it; a day after it was closed opens another.
pub async fn tell(db: &Db, ctx: &Ctx, division_id: i64, wanted: &Wanted) -> Result<(), Error> {
    let county_id = whole(ctx)?;
    let reason = sound_reason(&wanted.reason, Refusal::Keep(KeepFault::NoReason))?;
    let name = Some(wanted.name.as_str()).filter(|name| !name.trim().is_empty()).map(sound_name);
    let name = name.transpose()?;
    let from_on = wanted.from_on.unwrap_or(ALWAYS.0);
    if wanted.to_on.is_some_and(|to_on| to_on <= from_on) {
        return Err(KeepFault::EndsFirst.into());
    }
    in_write!(db, ctx.county_id(), |tx| async {
        let Served { place, points, seen } = served(tx, ctx, division_id).await?;
        refuse_unless_seen(&wanted.seen, &seen)?;
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        let (action, rows) = plan(&points, |last| {
            let service_point_id = last.map_or(0, |last| last.service_point_id);
            let (kind, name) = (wanted.kind, name.clone());
            ServicePoint { service_point_id, division_id, kind, name, from_on, to_on: wanted.to_on }
        })?;
        let mut written = Vec::with_capacity(rows.len());
        for row in rows {
            let id = match row.service_point_id {
                0 => county::take_ids(tx, county_id, 1).await?,
                id => id,
            };
            written.push(ServicePoint { service_point_id: id, ..row });
        }
        service_point::put(tx, county_id, &written).await?;
        let facts = json!({ "place": place.name, "kind": wanted.kind.key(), "name": name,
                            "from": wanted.from_on, "to": wanted.to_on,
                            "before": points.last().map(said) });
        note(tx, ctx, stamp, (action, &reason), ("division", division_id), &facts).await
    })
}

/// A service point as the record says it.
fn said(point: &ServicePoint) -> serde_json::Value {
    json!({ "kind": point.kind.key(), "name": point.name, "from": point.from_on, "to": point.to_on })
}

/// What is to be written, and the word for it. A row without an id is new.
fn plan(
    points: &[ServicePoint],
    wanted: impl Fn(Option<&ServicePoint>) -> ServicePoint,
) -> Result<(&'static str, Vec<ServicePoint>), KeepFault> {
    let Some((last, before)) = points.split_last() else {
        return Ok(("service-point-opened", vec![wanted(None)]));
    };
    let new = wanted(None);
    if last.to_on.is_some_and(|ended| ended <= new.from_on) {
        return Ok(("service-point-opened", vec![new]));
    }
    let other = (last.kind, &last.name) != (new.kind, &new.name);
    if other && new.from_on > last.from_on {
        let ended = ServicePoint { to_on: Some(new.from_on), ..last.clone() };
        return Ok(("service-point-changed", vec![ended, new]));
    }
    let mended = wanted(Some(last));
    if let Some(first) = before.last().and_then(|before| before.to_on).filter(|first| mended.from_on < *first)
    {
        return Err(KeepFault::NotThen { first });
    }
    match &mended {
        mended if mended == last => Err(KeepFault::Unchanged),
        mended if mended.to_on.is_some() && last.to_on.is_none() => {
            Ok(("service-point-closed", vec![mended.clone()]))
        }
        mended => Ok(("service-point-changed", vec![mended.clone()])),
    }
}
