//! `/divisions`: the places of the county that lie in the token's area.

use bangfu_store::Tx;
use bangfu_store::county::County;
use bangfu_store::division::{self, Term};
use bangfu_usecase::division::within;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::call::Call;
use super::loan::OnDay;
use super::paging::{cut, limit};
use super::problem::Problem;
use crate::web::address::code;

/// Which places.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct Asked {
    /// The day on which they are looked at; today, if none is named.
    #[param(value_type = Option<String>, format = Date)]
    day: Option<Date>,
    /// Where to go on: `next` of the page before.
    cursor: Option<String>,
    /// How many at once.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// A page of places, by code.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Divisions {
    /// The day on which they are looked at.
    #[schema(value_type = String, format = Date)]
    day: Date,
    /// The places.
    items: Vec<Division>,
    /// The cursor of the next page; none on the last.
    next: Option<String>,
}

/// A place (行政区划) on a day.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Division {
    /// 统计用区划代码, twelve digits.
    code: String,
    /// Its name.
    name: String,
    /// `county`, `township` or `village`.
    level: &'static str,
    /// The code of the place in which it lies; none where that is not in the token's area.
    parent: Option<String>,
    /// The first day on which it bears code and name.
    #[schema(value_type = String, format = Date)]
    valid_from: Date,
    /// The last.
    #[schema(value_type = String, format = Date)]
    valid_to: Date,
}

/// `GET /divisions`
pub(super) async fn list(call: Call<Asked>) -> Result<Divisions, Problem> {
    let (day, limit) = (call.day(call.asked.day)?, limit(call.asked.limit)?);
    let after = call.asked.cursor.as_deref().unwrap_or("");
    if !after.is_empty() && code(after).is_none() {
        return Err(Problem::Cursor);
    }
    let places = within(&mut call.book().await?.0, &call.ctx.scope, day).await?;
    let later = places.iter().filter(|place| place.code.as_str() > after).take(limit + 1);
    let (page, next) = cut(later.collect(), limit, |last| last.code.clone());
    Ok(Divisions { day, items: page.into_iter().map(|place| told(place, &places)).collect(), next })
}

/// `GET /divisions/{code}`
pub(super) async fn one(call: Call<OnDay>) -> Result<Division, Problem> {
    let day = call.day(call.asked.day)?;
    let wanted = call.word("code", code)?;
    let places = within(&mut call.book().await?.0, &call.ctx.scope, day).await?;
    let place = places.iter().find(|place| place.code == wanted).ok_or(Problem::NotFound)?;
    Ok(told(place, &places))
}

fn told(place: &Term, places: &[Term]) -> Division {
    let parent = places.iter().find(|wider| Some(wider.division_id) == place.parent_id);
    Division {
        code: place.code.clone(),
        name: place.name.clone(),
        level: place.level.key(),
        parent: parent.map(|wider| wider.code.clone()),
        valid_from: place.valid_from,
        valid_to: place.valid_to,
    }
}

/// The place of the county that bears a code on a day, where one is asked for.
pub(super) async fn division_of(
    tx: &mut Tx,
    county: &County,
    asked: Option<&str>,
    day: Date,
) -> Result<Option<i64>, Problem> {
    let Some(text) = asked else { return Ok(None) };
    let code = code(text).ok_or_else(|| Problem::Query(format!("division = {text}")))?;
    let places = division::subtree(tx, county.division_id, day).await?;
    let place = places.into_iter().find(|place| place.code == code).ok_or(Problem::NotFound)?;
    Ok(Some(place.division_id))
}
