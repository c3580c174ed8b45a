//! `/changes`: what changed, in the order of commits. A program that reads it on and on has a copy that lacks nothing.

use bangfu_domain::token::TokenScope;
use bangfu_usecase::change::{self, Noun};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::call::Call;
use super::paging::limit;
use super::problem::Problem;

/// The word that sorts behind every noun: the whole change is told.
const END: &str = "~";

/// A place in the order of changes, as a cursor tells it.
pub(super) struct Position(change::Position);

impl Position {
    /// Behind a change.
    pub(super) fn end_of(seq: i64) -> Position {
        Position(change::Position { seq, noun: END.to_owned(), id: 0 })
    }

    /// The cursor.
    pub(super) fn text(&self) -> String {
        let change::Position { seq, noun, id } = &self.0;
        if noun == END { seq.to_string() } else { format!("{seq}.{noun}.{id}") }
    }

    fn read(text: &str) -> Option<Position> {
        let mut parts = text.split('.');
        let seq = parts.next()?.parse().ok()?;
        let Some(noun) = parts.next() else { return Some(Position::end_of(seq)) };
        let noun = noun.chars().all(|c| c.is_ascii_lowercase()).then(|| noun.to_owned())?;
        let position = change::Position { seq, noun, id: parts.next()?.parse().ok()? };
        parts.next().is_none().then_some(Position(position))
    }
}

/// From where.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct Asked {
    /// `cursor` of the answer before, or `changes_cursor` of the county; from the beginning, if none is named.
    cursor: Option<String>,
    /// How many changed rows are gone through at once.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// A part of the feed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Changes {
    /// The changed rows of which the token opens the kind, each once.
    items: Vec<Change>,
    /// Where to go on, now or later.
    cursor: String,
    /// True if more may follow at once; otherwise the program waits a while.
    more: bool,
}

/// A changed row.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Change {
    /// The number of the change.
    seq: i64,
    /// `household`, `loan` or `difference`.
    noun: &'static str,
    /// Its number.
    id: i64,
    /// True if it is not there any more, or no longer in the token's area: the copy is to be thrown away. Otherwise it is to
    /// be read anew.
    gone: bool,
}

/// `GET /changes`
pub(super) async fn list(call: Call<Asked>) -> Result<Changes, Problem> {
    let limit = limit(call.asked.limit)?;
    let after = match call.asked.cursor.as_deref() {
        Some(cursor) => Position::read(cursor).ok_or(Problem::Cursor)?,
        None => Position::end_of(0),
    };
    let scope_of = |noun: &Noun| match noun {
        Noun::Household => TokenScope::HouseholdsRead,
        Noun::Loan => TokenScope::LoansRead,
        Noun::Difference => TokenScope::DifferencesRead,
    };
    let nouns: Vec<Noun> = Noun::ALL.into_iter().filter(|noun| call.opens(scope_of(noun))).collect();
    let (mut tx, _) = call.book().await?;
    let feed = change::feed(&mut tx, &call.ctx, &nouns, after.0, limit).await?;
    let told =
        |row: change::Changed| Change { seq: row.seq, noun: row.noun.key(), id: row.id, gone: row.gone };
    Ok(Changes {
        items: feed.items.into_iter().map(told).collect(),
        cursor: Position(feed.position).text(),
        more: feed.more,
    })
}
