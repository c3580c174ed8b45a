//! Lists of loans under a name: kept from the list's page, found again on the page of one's own work.

use axum::Form;
use axum::extract::Path;
use axum::response::Response;
use bangfu_store::loan::{self, Totals};
use bangfu_store::saved_list::SavedList;
use bangfu_store::{Scope, Tx};
use bangfu_usecase::Error;
use bangfu_usecase::saved_list::{self, ListFault};
use jiff::civil::Date;
use serde::Deserialize;

use super::address::UnknownWord;
use super::failure::Failure;
use super::flash::Flash;
use super::frame::Face;
use super::loan::filter::{LoanFilter, RawFilter};
use super::loan::list::{Names, narrow};
use super::page::unsigned;

/// A list under its name.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    /// Its id.
    pub(crate) id: i64,
    /// Its name.
    pub(crate) name: String,
    /// The list, of today.
    pub(crate) href: String,
    /// How many loans it holds today, where that is known without counting.
    pub(crate) loans: Option<u64>,
    /// Who shares it; none for one's own.
    pub(crate) owner: Option<String>,
    /// Whether one's own is shared.
    pub(crate) shared: bool,
}

/// The words by which a list is kept: its address without the day and the page, and without what must stand nowhere.
pub(crate) fn words_of(filter: &LoanFilter) -> Option<String> {
    if filter.who.is_some() {
        return None;
    }
    let bare = LoanFilter { day: None, ..filter.beginning() }.address();
    Some(bare.split_once('?').map(|(_, words)| words.to_owned()).unwrap_or_default())
}

/// Whether a list's words name somebody: they are for whoever wrote them, and not for other areas.
pub(crate) fn is_personal(filter: &LoanFilter) -> bool {
    !filter.search.is_empty() || filter.household.is_some() || filter.tied.is_some()
}

/// The list that words ask for.
fn read(words: &str) -> Result<LoanFilter, Failure> {
    let raw: RawFilter = raw_of(words)?;
    Ok(LoanFilter::try_from(raw)?)
}

fn raw_of(words: &str) -> Result<RawFilter, Failure> {
    let uri = format!("/loans?{words}").parse().map_err(|_| unknown(words))?;
    axum::extract::Query::<RawFilter>::try_from_uri(&uri).map(|query| query.0).map_err(|_| unknown(words))
}

fn unknown(words: &str) -> Failure {
    Failure::Unknown(UnknownWord { field: "list", value: words.to_owned() })
}

/// What a form sends.
#[derive(Debug, Deserialize)]
pub(crate) struct Sent {
    #[serde(default)]
    name: String,
    #[serde(default)]
    words: String,
    #[serde(default)]
    shared: String,
}

/// `POST /lists`: keeps a list.
pub(super) async fn save(face: Face, Form(sent): Form<Sent>) -> Result<Response, Failure> {
    let account_id = own(&face)?;
    let filter = read(&sent.words)?;
    let words = words_of(&filter).ok_or_else(|| unknown(&sent.words))?;
    let shared = !sent.shared.is_empty();
    if shared && is_personal(&filter) {
        return Err(Error::from(ListFault::Personal).into());
    }
    saved_list::save(&face.app.db, &face.ctx(), account_id, &sent.name, &words, shared).await?;
    Ok(Flash::ListSaved.redirect(&filter.address()))
}

/// `POST /lists/{id}/forget`
pub(super) async fn forget(face: Face, Path(list_id): Path<i64>) -> Result<Response, Failure> {
    saved_list::forget(&face.app.db, &face.ctx(), own(&face)?, list_id).await?;
    Ok(Flash::ListForgotten.redirect("/"))
}

fn own(face: &Face) -> Result<i64, Failure> {
    face.who.as_ref().map(|who| who.live.session.account_id).ok_or(Failure::NotFound)
}

/// One's own lists and those that others share, each with how many loans it holds where that costs nothing.
pub(super) async fn kept(tx: &mut Tx, face: &Face, names: &Names, day: Date) -> Result<Vec<Kept>, Failure> {
    let ctx = face.ctx();
    let (mine, others) = saved_list::lists(tx, &ctx, own(face)?).await?;
    let mine = mine.into_iter().map(|list| (list, None));
    let others = others.into_iter().map(|(list, owner)| (list, Some(owner)));
    let mut kept = Vec::new();
    for (list, owner) in mine.chain(others) {
        // A list that a newer program no longer understands is left out, not told as another one.
        let Ok(filter) = read(&list.words) else { continue };
        if owner.is_some() && is_personal(&filter) {
            continue;
        }
        let loans = at_hand(tx, &ctx.scope, face, names, &filter, day).await?;
        let SavedList { saved_list_id: id, name, shared, .. } = list;
        kept.push(Kept { id, name, href: filter.address(), loans, owner, shared });
    }
    Ok(kept)
}

async fn at_hand(
    tx: &mut Tx,
    scope: &Scope,
    face: &Face,
    names: &Names,
    filter: &LoanFilter,
    day: Date,
) -> Result<Option<u64>, Failure> {
    // A place of which a list speaks may have ended since.
    let Ok(asked) = narrow(face, names, filter, day) else { return Ok(None) };
    let tallies = loan::tallies_at_hand(tx, scope, day, &asked).await?;
    Ok(tallies.map(|tallies| asked.shown.of(&tallies)).map(|Totals { loans, .. }| unsigned(loans)))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::web::loan::filter::Wanted;

    #[test]
    fn a_list_is_kept_without_its_day_and_reads_back() {
        let asked = LoanFilter {
            township: Some("431022101000".to_owned()),
            state: Wanted::Any,
            within: Some(7),
            search: "袁 a&b".to_owned(),
            ..LoanFilter::of_day(date(2019, 6, 17))
        };
        let words = words_of(&asked).unwrap();
        assert!(!words.contains("2019"), "{words}");
        let back = read(&words).unwrap();
        assert_eq!((back.day, back.township, back.within), (None, asked.township.clone(), Some(7)));
        assert_eq!(back.search, asked.search);
        let secret = LoanFilter { who: Some("a0".repeat(32)), ..asked };
        assert_eq!(words_of(&secret), None, "who is searched for by number is kept nowhere");
    }

    #[test]
    fn words_that_name_somebody_are_for_their_owner() {
        for (words, personal) in [
            ("q=%E8%A2%81", true),
            ("household=7", true),
            ("tied=7&state=red", true),
            ("", false),
            ("state=red&township=431022101000&within=7&branch=7&officer=7", false),
        ] {
            assert_eq!(is_personal(&read(words).unwrap()), personal, "{words}");
        }
    }
}
