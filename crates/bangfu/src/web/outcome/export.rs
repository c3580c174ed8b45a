//! `/outcomes.xlsx`, `/outcomes/loans.xlsx` and the same as CSV: what the pages show, as a file.

use axum::extract::Query;
use axum::response::Response;
use bangfu_sheets::export::{Table, Value};
use bangfu_usecase::audit::trail::note_export;

use super::address::{OutcomeAddress, RawAddress};
use super::list::look as loans_of;
use super::look;
use super::view::{AboutRow, BehindRow, BehindView, Column, LoadRow, Step};
use crate::texts::Lang;
use crate::web::download::{self, Format, ROWS_MAX};
use crate::web::failure::Failure;
use crate::web::frame::{Face, Visitor};
use crate::web::loan::list::Names;

/// `GET /outcomes.xlsx`
pub(crate) async fn xlsx(
    face: Face,
    visitor: Visitor,
    Query(raw): Query<RawAddress>,
) -> Result<Response, Failure> {
    figures(&face, &visitor, &raw, Format::Xlsx).await
}

/// `GET /outcomes.csv`
pub(crate) async fn csv(
    face: Face,
    visitor: Visitor,
    Query(raw): Query<RawAddress>,
) -> Result<Response, Failure> {
    figures(&face, &visitor, &raw, Format::Csv).await
}

/// `GET /outcomes/loans.xlsx`
pub(crate) async fn loans_xlsx(
    face: Face,
    visitor: Visitor,
    Query(raw): Query<RawAddress>,
) -> Result<Response, Failure> {
    loans(&face, &visitor, &raw, Format::Xlsx).await
}

/// `GET /outcomes/loans.csv`
pub(crate) async fn loans_csv(
    face: Face,
    visitor: Visitor,
    Query(raw): Query<RawAddress>,
) -> Result<Response, Failure> {
    loans(&face, &visitor, &raw, Format::Csv).await
}

/// What stands above a table: what it is, of which days, and whether it is made up.
fn titles(face: &Face, lang: Lang, title: String, address: &OutcomeAddress) -> Vec<String> {
    let (from, to) = address.days;
    let days = [("from", lang.day(from).into()), ("to", lang.day(to).into())];
    let mut titles = vec![title, lang.text_with("outcomes-days", &days)];
    if face.app.demo {
        titles.push(lang.text("demo-banner"));
    }
    titles
}

fn number(count: u64) -> Value {
    Value::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}

async fn figures(
    face: &Face,
    visitor: &Visitor,
    raw: &RawAddress,
    format: Format,
) -> Result<Response, Failure> {
    let lang = visitor.lang;
    let address = OutcomeAddress::read(raw, face.app.today())?;
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let view = look(&mut tx, face, &county, lang, address).await?;
    let name = lang.text("outcomes-title");
    let mut titles = titles(face, lang, name.clone(), &view.address);
    let said = |step: &Step| format!("{} {}", lang.text(&step.text_key), step.count);
    titles.extend(
        [&view.done, &view.ends]
            .map(|steps| steps.iter().map(said).collect::<Vec<_>>().join(&lang.text("comma"))),
    );
    let mut header = vec![lang.text(view.address.by.heading_key())];
    header.extend(Column::ALL.map(|column| lang.text(&column.text_key())));
    let row = |row: &LoadRow| {
        let cells = row.cells.iter().map(|(_, count, _)| number(*count));
        std::iter::once(Value::Text(row.name.clone())).chain(cells).collect::<Vec<_>>()
    };
    let rows = view.rows.iter().chain([&view.total]).map(row).collect();
    let table = Table { titles, header, rows };
    let (from, to) = view.address.days;
    let file = (format!("{name}-{from}-{to}"), format!("outcomes-{from}-{to}"));
    download::table(&table, format, &name, (&file.0, &file.1), 1)
}

async fn loans(
    face: &Face,
    visitor: &Visitor,
    raw: &RawAddress,
    format: Format,
) -> Result<Response, Failure> {
    let (lang, ctx) = (visitor.lang, face.ctx());
    let address = OutcomeAddress { after: None, ..OutcomeAddress::read(raw, ctx.today)? };
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let names = Names::load(&mut tx, &ctx.scope, county.division_id, ctx.today).await?;
    let view = loans_of(&mut tx, &ctx, &names, lang, address, ROWS_MAX).await?;
    let name = lang.text(&view.text_key);
    let title = match &view.whose {
        Some(whose) => format!("{name} · {whose}"),
        None => name.clone(),
    };
    let titles = titles(face, lang, title, &view.address);
    let table = Table {
        titles,
        header: header(lang, &view),
        rows: view.rows.iter().map(|row| cells(lang, row)).collect(),
    };
    let (from, to) = view.address.days;
    let file = (format!("{name}-{from}-{to}"), format!("outcome-loans-{from}-{to}"));
    drop(tx);
    note_export(&face.app.db, &ctx, "outcomes", &visitor.address, table.rows.len()).await?;
    download::table(&table, format, &lang.text("loans-title"), (&file.0, &file.1), 0)
}

fn header(lang: Lang, view: &BehindView) -> Vec<String> {
    let about: &[&str] = if view.is_of_promises() {
        &["promise-made", "promise-day", "promise-amount", "promise-fate"]
    } else {
        &["state", "task-began", "task-by", "due-on", "balance-yuan"]
    };
    let keys = ["borrower", "number", "village", "branch", "role-credit-manager"];
    keys.iter().chain(about).map(|key| lang.text(key)).collect()
}

fn cells(lang: Lang, row: &BehindRow) -> Vec<Value> {
    let manager = row.manager.clone().unwrap_or_default();
    let mut cells: Vec<Value> = [&row.borrower, &row.number, &row.place, &row.branch, &manager]
        .map(|text| Value::Text(text.clone()))
        .to_vec();
    match &row.about {
        AboutRow::Task(level, began, by, due, balance) => cells.extend([
            Value::Text(lang.text(&format!("standing-{}", level.key()))),
            Value::Date(Some(*began)),
            Value::Date(by.map(|(by, _)| by)),
            Value::Date(Some(*due)),
            Value::Money(*balance),
        ]),
        AboutRow::Promise(made, on, amount, fate) => cells.extend([
            Value::Date(Some(*made)),
            Value::Date(Some(*on)),
            amount.map_or_else(|| Value::Text(String::new()), Value::Money),
            Value::Text(lang.text(&format!("promise-{}", fate.key()))),
        ]),
    }
    cells
}
