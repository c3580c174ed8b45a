//! `/closes`: the days that are closed (日终), and what each published. A machine closes days; nobody is asked to here.

use bangfu_store::close;
use bangfu_usecase::board::published;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::board::ByStanding;
use super::call::Call;
use super::paging::{Paged, cut, instant, limit};
use super::problem::Problem;
use crate::web::address::day as day_of;

/// Nothing more is asked.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct Nothing {}

/// A page of closed days, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Closes {
    /// The days.
    items: Vec<CloseItem>,
    /// The cursor of the next page; none on the last.
    next: Option<String>,
}

/// A closed day in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CloseItem {
    /// The day.
    #[schema(value_type = String, format = Date)]
    day: Date,
    /// When it was closed.
    #[schema(value_type = String, format = DateTime)]
    published_at: Timestamp,
}

/// A closed day, as it was published. It never changes.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Close {
    #[serde(flatten)]
    item: CloseItem,
    /// How many loans of the county stood otherwise than on the day before; none where the token's area is not the whole
    /// county.
    moves: Option<i64>,
    /// The county's figures; none where the token's area is not the whole county: nobody published those of a part.
    figures: Option<ByStanding>,
}

/// `GET /closes`
pub(super) async fn list(call: Call<Paged>) -> Result<Closes, Problem> {
    let limit = limit(call.asked.limit)?;
    let before = match call.asked.cursor.as_deref() {
        Some(cursor) => day_of(cursor).ok_or(Problem::Cursor)?,
        None => date(9999, 12, 31),
    };
    let (mut tx, _) = call.book().await?;
    let days = close::days(&mut tx, &call.ctx.scope, before, limit + 1).await?;
    let (days, next) = cut(days, limit, |(day, _)| day.to_string());
    let item = |(day, at)| CloseItem { day, published_at: instant(at) };
    Ok(Closes { items: days.into_iter().map(item).collect(), next })
}

/// `GET /closes/{day}`
pub(super) async fn one(call: Call<Nothing>) -> Result<Close, Problem> {
    let day = call.word("day", day_of)?;
    let (mut tx, county) = call.book().await?;
    let scope = &call.ctx.scope;
    let (at, moves) = close::published(&mut tx, scope, day).await?.ok_or(Problem::NotFound)?;
    let published = published(&mut tx, scope, day, Some(county.division_id)).await?;
    let figures = published.and_then(|published| published.figures.get(&county.division_id).map(Into::into));
    Ok(Close {
        item: CloseItem { day, published_at: instant(at) },
        moves: scope.whole().map(|_| moves),
        figures,
    })
}
