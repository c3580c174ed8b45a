//! `/households`: the units of the register of which a loan lies in the token's area.

use bangfu_store::household::{self, Household as Stored};
use bangfu_store::loan;
use bangfu_usecase::division::Places;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::call::Call;
use super::loan::OnDay;
use super::name::{Place, village_of};
use super::paging::{after, cut, limit};
use super::place::division_of;
use super::problem::Problem;

/// Which households.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct Asked {
    /// The day on which they are looked at; today, if none is named.
    #[param(value_type = Option<String>, format = Date)]
    day: Option<Date>,
    /// Registered in this place: its twelve-digit code.
    division: Option<String>,
    /// Where to go on: `next` of the page before.
    cursor: Option<String>,
    /// How many at once.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// A page of households.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Households {
    /// The day on which they are looked at.
    #[schema(value_type = String, format = Date)]
    day: Date,
    /// The households.
    items: Vec<HouseholdItem>,
    /// The cursor of the next page; none on the last.
    next: Option<String>,
}

/// A household (户) in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HouseholdItem {
    /// Its number in this book.
    id: i64,
    /// 户主姓名.
    head: String,
    /// The village in which it is registered.
    village: Option<Place>,
    /// The township of that.
    township: Option<Place>,
    /// 家庭人口.
    size: Option<i64>,
    /// 户属性, in the register's own word.
    class: Option<String>,
    /// How often it was written.
    version: i64,
}

/// A household with its loans.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Household {
    /// The day on which it is looked at.
    #[schema(value_type = String, format = Date)]
    day: Date,
    #[serde(flatten)]
    item: HouseholdItem,
    /// Its loans that lie in the token's area.
    loans: Vec<LoanOf>,
}

/// A loan of a household.
#[derive(Debug, Serialize, ToSchema)]
struct LoanOf {
    /// Its number in this book.
    id: i64,
    /// 借据号.
    number: String,
}

/// `GET /households`
pub(super) async fn list(call: Call<Asked>) -> Result<Households, Problem> {
    let asked = &call.asked;
    let (day, limit) = (call.day(asked.day)?, limit(asked.limit)?);
    let after = after(asked.cursor.as_deref())?.unwrap_or(0);
    let (mut tx, county) = call.book().await?;
    let division_id = match &asked.division {
        Some(code) => Some(division_of(&mut tx, &county, code, day).await?),
        None => None,
    };
    let rows = household::page(&mut tx, &call.ctx.scope, day, (division_id, after), limit + 1).await?;
    let (rows, next) = cut(rows, limit, |last| last.household_id.to_string());
    let places = Places::load(&mut tx, county.division_id).await?;
    Ok(Households { day, items: rows.into_iter().map(|row| item(row, &places, day)).collect(), next })
}

/// `GET /households/{id}`
pub(super) async fn one(call: Call<OnDay>) -> Result<Household, Problem> {
    let (day, id) = (call.day(call.asked.day)?, call.id()?);
    let (mut tx, county) = call.book().await?;
    let found = household::get(&mut tx, &call.ctx.scope, id, day).await?.ok_or(Problem::NotFound)?;
    let loans = loan::of_household(&mut tx, &call.ctx.scope, id, day).await?;
    let places = Places::load(&mut tx, county.division_id).await?;
    let loans = loans.into_iter().map(|(id, number)| LoanOf { id, number }).collect();
    Ok(Household { day, item: item(found, &places, day), loans })
}

fn item(row: Stored, places: &Places, day: Date) -> HouseholdItem {
    let (village, township) = village_of(places, row.village_id, day);
    HouseholdItem {
        id: row.household_id,
        head: row.head_name,
        village,
        township,
        size: row.size,
        class: row.class,
        version: row.version,
    }
}
