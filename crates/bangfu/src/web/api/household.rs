//! `/households`: the units of the register of which a loan lies in the token's area.

use bangfu_store::household::{self, Household as Stored};
use bangfu_store::loan;
use bangfu_usecase::division::Places;
use bangfu_usecase::household::sheet;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::call::Call;
use super::loan::OnDay;
use super::name::{Named, Place, village_of};
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
    /// The head's identity number, masked.
    identity_masked: Option<String>,
    /// The head's phone number, masked.
    phone_masked: Option<String>,
    /// Who belongs to it, as far as the book knows, the head first.
    members: Vec<Member>,
    /// Who stands by it on the day.
    officers: Vec<StandsBy>,
    /// Its loans that lie in the token's area.
    loans: Vec<LoanOf>,
}

/// Somebody who belongs to a household.
#[derive(Debug, Serialize, ToSchema)]
struct Member {
    /// The name.
    name: String,
    /// True for 户主.
    is_head: bool,
}

/// An officer who stands by a household (结对).
#[derive(Debug, Serialize, ToSchema)]
struct StandsBy {
    /// The officer.
    officer: Named,
    /// In which role: `credit-manager`, `paired-cadre` …
    role: &'static str,
    /// Since when.
    #[schema(value_type = String, format = Date)]
    from_on: Date,
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
    let division_id = division_of(&mut tx, &county, asked.division.as_deref(), day).await?;
    let rows = household::page(&mut tx, &call.ctx.scope, day, (division_id, after), limit + 1).await?;
    let (rows, next) = cut(rows, limit, |last| last.household_id.to_string());
    let places = Places::load(&mut tx, county.division_id).await?;
    Ok(Households { day, items: rows.into_iter().map(|row| item(row, &places, day)).collect(), next })
}

/// `GET /households/{id}`
pub(super) async fn one(call: Call<OnDay>) -> Result<Household, Problem> {
    let (day, id) = (call.day(call.asked.day)?, call.id()?);
    let (mut tx, county) = call.book().await?;
    let sheet = sheet(&call.face.app.db, &mut tx, &call.ctx, id, day).await?;
    let loans = loan::of_household(&mut tx, &call.ctx.scope, id, day).await?;
    let places = Places::load(&mut tx, county.division_id).await?;
    let loans = loans.into_iter().map(|(id, number)| LoanOf { id, number }).collect();
    let (identity_masked, phone_masked) =
        sheet.head().map_or((None, None), |head| (head.identity_masked.clone(), head.phone_masked.clone()));
    let members = sheet.members.into_iter().map(|one| one.person);
    let members = members.map(|one| Member { name: one.name, is_head: one.is_head });
    let officers = sheet.ties.into_iter().map(|(tie, name)| StandsBy {
        officer: Named { id: tie.officer_id, name },
        role: tie.role.key(),
        from_on: tie.from_on,
    });
    Ok(Household {
        day,
        item: item(sheet.household, &places, day),
        identity_masked,
        phone_masked,
        members: members.collect(),
        officers: officers.collect(),
        loans,
    })
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
