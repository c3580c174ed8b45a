//! `GET /rewards/{id}/list.xlsx`: the county's form of a list, with sums and places to sign;
//! `GET /rewards/{id}/publicity.xlsx`: what of it is shown in public.

use axum::extract::Path;
use axum::response::Response;
use bangfu_domain::money::{Fen, in_words};
use bangfu_sheets::export::{Table, Value};
use bangfu_store::county::County;
use bangfu_usecase::division::Places;
use bangfu_usecase::reward::{self, Look};

use super::public::rows;
use super::view::EntryRow;
use crate::texts::Lang;
use crate::web::download::{self, Format};
use crate::web::failure::Failure;
use crate::web::frame::{Face, Visitor};

/// The columns of the county's form.
const FORM: [&str; 12] = [
    "reward-no",
    "township",
    "village",
    "reward-head",
    "number",
    "reward-principal",
    "disbursed-on",
    "due-on",
    "reward-settled",
    "reward-percent",
    "reward-amount",
    "note",
];

/// The columns of what is shown in public.
const PUBLIC: [&str; 9] = [
    "reward-no",
    "township",
    "village",
    "reward-payee",
    "number",
    "reward-principal",
    "due-on",
    "reward-settled",
    "reward-amount",
];

async fn looked(face: &Face, list_id: i64) -> Result<(County, Look, Places), Failure> {
    let ctx = face.ctx();
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let look = reward::look(&mut tx, &ctx, list_id).await?;
    let places = Places::load(&mut tx, county.division_id).await?;
    Ok((county, look, places))
}

/// `GET /rewards/{id}/list.xlsx`
pub(in crate::web) async fn form(
    face: Face,
    visitor: Visitor,
    Path(list_id): Path<i64>,
) -> Result<Response, Failure> {
    let (county, look, places) = looked(&face, list_id).await?;
    let lang = visitor.lang;
    let rows = rows(&look, &places);
    let total: Fen = rows.iter().map(|row| row.amount).sum();
    let mut cells: Vec<Vec<Value>> = rows.iter().map(|row| form_cells(lang, row)).collect();
    cells.extend(foot(lang, total));
    let title = lang.text("reward-form-title");
    let titles = titles(&face, lang, &county, &look, &title);
    let header = FORM.iter().map(|key| lang.text(key)).collect();
    let table = Table { titles, header, rows: cells };
    let (from, until) = (look.list.from_on, look.list.until_on);
    let name = format!("{}{title}-{from}-{until}", face.name_of(&county));
    download::table(&table, Format::Xlsx, &title, (&name, &format!("rewards-{from}-{until}")), FOOT)
}

/// `GET /rewards/{id}/publicity.xlsx`
pub(in crate::web) async fn public(
    face: Face,
    visitor: Visitor,
    Path(list_id): Path<i64>,
) -> Result<Response, Failure> {
    let (county, look, places) = looked(&face, list_id).await?;
    let lang = visitor.lang;
    let rows = rows(&look, &places);
    let title = lang.text("reward-public-title");
    let mut titles = titles(&face, lang, &county, &look, &title);
    if let Some((from, until)) = look.list.public {
        let args = [
            ("from", lang.day_plain(from).into()),
            ("until", lang.day_plain(until).into()),
            ("place", look.list.public_place.clone().into()),
        ];
        titles.push(lang.text_with("reward-public-term", &args));
    }
    let mut cells: Vec<Vec<Value>> = rows.iter().map(public_cells).collect();
    let total: Fen = rows.iter().map(|row| row.amount).sum();
    cells.push(sum_row(lang, PUBLIC.len(), PUBLIC.len() - 1, total));
    let header = PUBLIC.iter().map(|key| lang.text(key)).collect();
    let table = Table { titles, header, rows: cells };
    let (from, until) = (look.list.from_on, look.list.until_on);
    let name = format!("{}{title}-{from}-{until}", face.name_of(&county));
    download::table(&table, Format::Xlsx, &title, (&name, &format!("publicity-{from}-{until}")), 1)
}

/// Title, unit and period.
fn titles(face: &Face, lang: Lang, county: &County, look: &Look, title: &str) -> Vec<String> {
    let period = [
        ("from", lang.day_plain(look.list.from_on).into()),
        ("until", lang.day_plain(look.list.until_on).into()),
    ];
    let mut titles = vec![
        format!("{}{title}", face.name_of(county)),
        lang.text_with("reward-form-period", &period),
        lang.text("reward-form-unit"),
    ];
    if face.app.demo {
        titles.push(lang.text("demo-banner"));
    }
    titles
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn number(row: &EntryRow) -> Value {
    Value::Integer(i64::try_from(row.number).unwrap_or(i64::MAX))
}

fn form_cells(lang: Lang, row: &EntryRow) -> Vec<Value> {
    let note = match row.is_enterprise() {
        true => lang.text_with("reward-form-enterprise", &[("name", row.payee.clone().into())]),
        false => String::new(),
    };
    vec![
        number(row),
        text(&row.township),
        text(&row.village),
        text(&row.borrower),
        text(&row.contract),
        Value::Money(row.principal),
        Value::Date(Some(row.disbursed_on)),
        Value::Date(Some(row.by_on)),
        Value::Date(Some(row.settled_on)),
        text(&format!("{}%", row.percent)),
        Value::Money(row.amount),
        text(&note),
    ]
}

fn public_cells(row: &EntryRow) -> Vec<Value> {
    vec![
        number(row),
        text(&row.township),
        text(&row.village),
        text(&row.public_payee()),
        text(&row.public_contract()),
        Value::Money(row.principal),
        Value::Date(Some(row.by_on)),
        Value::Date(Some(row.settled_on)),
        Value::Money(row.amount),
    ]
}

/// Rows at the end of the county's form.
const FOOT: usize = 3;

/// The sum, the sum in words, and where three people sign.
fn foot(lang: Lang, total: Fen) -> [Vec<Value>; FOOT] {
    let mut in_words_row = vec![text(""); FORM.len()];
    in_words_row[1] = Value::Text(lang.text("reward-form-words"));
    in_words_row[3] = Value::Text(in_words(total));
    let mut signs = vec![text(""); FORM.len()];
    for (at, key) in [(1, "reward-sign-maker"), (4, "reward-sign-checker"), (8, "reward-sign-approver")] {
        signs[at] = Value::Text(lang.text(key));
    }
    [sum_row(lang, FORM.len(), 10, total), in_words_row, signs]
}

fn sum_row(lang: Lang, width: usize, at: usize, total: Fen) -> Vec<Value> {
    let mut row = vec![text(""); width];
    row[1] = Value::Text(lang.text("reward-sum"));
    row[at] = Value::Money(total);
    row
}
