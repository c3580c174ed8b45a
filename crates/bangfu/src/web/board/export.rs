//! `GET /board.xlsx`, `GET /board.csv`: the board's table as it is cut, narrowed and sorted.

use axum::extract::{Query, State};
use axum::response::Response;
use bangfu_sheets::export::{Table, Value};
use bangfu_usecase::rules::Rules;

use super::address::{BoardAddress, RawAddress};
use super::load::{self, Question};
use super::view::{Row, SHOWN};
use crate::web::download::{self, Format};
use crate::web::failure::Failure;
use crate::web::frame::{Face, Visitor};

/// `GET /board.xlsx`
pub(crate) async fn xlsx(
    State(face): State<Face>,
    visitor: Visitor,
    Query(raw): Query<RawAddress>,
) -> Result<Response, Failure> {
    export(&face, &visitor, &raw, Format::Xlsx).await
}

/// `GET /board.csv`
pub(crate) async fn csv(
    State(face): State<Face>,
    visitor: Visitor,
    Query(raw): Query<RawAddress>,
) -> Result<Response, Failure> {
    export(&face, &visitor, &raw, Format::Csv).await
}

async fn export(
    face: &Face,
    visitor: &Visitor,
    raw: &RawAddress,
    format: Format,
) -> Result<Response, Failure> {
    let lang = visitor.lang;
    // A file leaves no row out.
    let address = BoardAddress { all: true, ..BoardAddress::try_from(raw)? };
    let ctx = face.ctx();
    let day = address.day.unwrap_or(ctx.today);
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let rules = Rules::load(&mut tx, &county, None, day).await?;
    let pack = rules.pack_or_first(day)?;
    let asked = Question { face, scope: &ctx.scope, county: &county, pack, lang, day, address: &address };
    let (found, narrowed) = load::table(&mut tx, &asked).await?;

    let title = asked.title();
    let mut titles = vec![format!("{title} {}", lang.day_long(day))];
    titles.extend(narrowed);
    if face.app.demo {
        titles.push(lang.text("demo-banner"));
    }
    let mut header = vec![lang.text(address.by.heading_key()), lang.text("place")];
    for standing in SHOWN {
        header.push(lang.text(&format!("standing-{}", standing.key())));
    }
    header.push(lang.text("in-loan-loans"));
    header.push(lang.text("balance-yuan"));
    let rows = found.rows.iter().chain([&found.total]).map(cells).collect();
    let table = Table { titles, header, rows };
    download::table(&table, format, &lang.text("menu-board"), &format!("{title}-{day}"))
}

fn cells(row: &Row) -> Vec<Value> {
    let number = |loans: u64| Value::Integer(i64::try_from(loans).unwrap_or(i64::MAX));
    let mut cells = vec![Value::Text(row.name.clone()), Value::Text(row.within.clone().unwrap_or_default())];
    cells.extend(row.cells.iter().map(|cell| number(cell.loans)));
    cells.push(number(row.owing.loans));
    cells.push(Value::Money(row.owing.balance));
    cells
}
