//! `POST /import/{id}/mend`: cells are mended where they stand, and the file is checked anew.

use std::collections::HashMap;

use axum::Form;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use bangfu_sheets::fault::Place;
use bangfu_sheets::mend::Spot;
use bangfu_usecase::Error;
use bangfu_usecase::import::{self, Correction, Wish};

use super::filter::{CheckFilter, RawFilter};
use super::lines::{Typed, spot_of};
use super::looks;
use crate::web::failure::Failure;
use crate::web::flash::Flash;
use crate::web::frame::{Face, Visitor};
use crate::web::import::show;
use crate::words;

/// What the form of a check sends.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sent {
    wishes: Vec<Wish>,
    back: Vec<(Spot, bool)>,
    /// What was typed, by the cells that it is for, to be shown again.
    typed: Typed,
}

/// Reads a form: `at.N` says which cells its `to.N` is for; `pick` chooses a name for the cells of a number, and `back`
/// takes back what was mended.
fn sent(pairs: Vec<(String, String)>) -> Sent {
    let mut sent = Sent::default();
    let picked = pairs.iter().find(|(name, _)| name == "pick").and_then(|(_, pick)| pick.split_once('|'));
    let texts: HashMap<&str, &str> =
        pairs.iter().filter_map(|(name, text)| Some((name.strip_prefix("to.")?, text.as_str()))).collect();
    for (number, cells) in pairs.iter().filter_map(|(name, cells)| Some((name.strip_prefix("at.")?, cells))) {
        let picked = picked.filter(|(of, _)| *of == number).map(|(_, name)| name);
        let Some(text) = picked.or_else(|| texts.get(number).copied()) else { continue };
        if let Some(wish) = wish(cells, text) {
            sent.typed.insert(cells.clone(), text.to_owned());
            sent.wishes.push(wish);
        }
    }
    sent.back =
        pairs.iter().filter(|(name, _)| name == "back").filter_map(|(_, word)| spot_of(word)).collect();
    sent
}

fn wish(cells: &str, text: &str) -> Option<Wish> {
    let words: HashMap<String, String> = form_urlencoded::parse(cells.as_bytes()).into_owned().collect();
    let word = |name: &str| words.get(name).cloned();
    let at = Place { sheet: word("sheet")?, row: word("row")?.parse().ok()?, column: word("column")? };
    Some(Wish { at, code: word("code")?, all: !word("all")?.is_empty(), text: text.to_owned() })
}

/// `POST /import/{id}/mend`
pub(crate) async fn mend(
    face: Face,
    visitor: Visitor,
    Path(import_id): Path<i64>,
    Query(raw): Query<RawFilter>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let filter = CheckFilter::try_from(raw)?;
    let Sent { wishes, back, typed } = sent(pairs);
    let look = looks::look_awhile(&face, &face.ctx(), import_id).await?.look;
    let correction = Correction { wishes, back };
    match import::mend(&face.app.db, &face.ctx(), &look, &correction).await {
        Ok(0) => Ok(Flash::NothingMended.redirect(&filter.address(import_id))),
        Ok(_) => Ok(Flash::Mended.redirect(&filter.address(import_id))),
        Err(Error::Refused(refusal)) => {
            let refusal = words::refusal(visitor.lang, &refusal);
            show(&face, &visitor, import_id, &filter, &typed, Some(refusal)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /import/{id}/find`: a search whose words stand in no address until they are known to be no secret.
pub(crate) async fn find(
    Path(import_id): Path<i64>,
    Form(raw): Form<RawFilter>,
) -> Result<Response, Failure> {
    let (filter, had_secret) = CheckFilter::try_from(raw)?.without_secret();
    let address = filter.at(0).address(import_id);
    Ok(if had_secret { Flash::NoSecret.redirect(&address) } else { Redirect::to(&address).into_response() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    const ONE: &str = "code=village-unknown&sheet=A+1&row=7&column=%E6%9D%91&all=1";
    const TWO: &str = "code=missing&sheet=A+1&row=8&column=%E6%9D%91&all=";

    #[test]
    fn what_is_chosen_goes_before_what_stands_in_its_field() {
        let form =
            [("at.1", ONE), ("to.1", "白石度村"), ("at.2", TWO), ("to.2", "城关村"), ("pick", "1|白石渡村")];
        let sent = sent(pairs(&form));
        let told: Vec<_> =
            sent.wishes.iter().map(|wish| (wish.at.row, wish.all, wish.text.as_str())).collect();
        assert_eq!(told, [(7, true, "白石渡村"), (8, false, "城关村")]);
        assert_eq!((sent.wishes[0].at.sheet.as_str(), sent.wishes[0].at.column.as_str()), ("A 1", "村"));
        assert_eq!(sent.typed.get(TWO).map(String::as_str), Some("城关村"));
    }

    #[test]
    fn a_mended_cell_is_taken_back_and_nonsense_is_passed_over() {
        let form = [
            ("back", "0.6.3"),
            ("back", "0.7.3."),
            ("back", "x"),
            ("at.1", "row=x"),
            ("to.1", "y"),
            ("pick", "9|z"),
        ];
        let sent = sent(pairs(&form));
        let spot = |row| Spot { sheet: 0, row, column: 3 };
        assert_eq!(sent.back, [(spot(6), false), (spot(7), true)]);
        assert!(sent.wishes.is_empty() && sent.typed.is_empty());
    }
}
