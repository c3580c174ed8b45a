//! `/county`: whose book this is, how far it has come, and what the token opens.

use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::call::Call;
use super::change::Position;
use super::close::Nothing;
use super::problem::Problem;

/// The county, and what the token opens of its book.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct County {
    /// Its twelve-digit code.
    code: String,
    /// Its name.
    name: String,
    /// True if everything in the book is made up.
    demo: bool,
    /// Today by its clock.
    #[schema(value_type = String, format = Date)]
    today: Date,
    /// The last closed day.
    #[schema(value_type = Option<String>, format = Date)]
    closed_on: Option<Date>,
    /// The day of the newest ledger.
    #[schema(value_type = Option<String>, format = Date)]
    position_on: Option<Date>,
    /// From here on the feed of changes tells what comes after this answer.
    changes_cursor: String,
    /// The scopes of the token.
    scopes: Vec<&'static str>,
    /// The last day on which the token opens anything.
    #[schema(value_type = String, format = Date)]
    token_ends_on: Date,
}

/// `GET /county`
pub(super) async fn get(call: Call<Nothing>) -> Result<County, Problem> {
    let (_, county) = call.book().await?;
    let called = county.on(call.ctx.today).clone();
    let scopes = bangfu_domain::token::TokenScope::ALL.into_iter().filter(|scope| call.opens(*scope));
    Ok(County {
        changes_cursor: Position::end_of(county.change_seq).text(),
        code: called.code,
        name: called.name,
        demo: county.demo,
        today: call.ctx.today,
        closed_on: county.closed_on,
        position_on: county.position_on,
        scopes: scopes.map(|scope| scope.key()).collect(),
        token_ends_on: call.token.ends_on,
    })
}
