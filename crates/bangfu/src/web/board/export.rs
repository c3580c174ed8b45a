//! `GET /board.xlsx`, `GET /board.csv`: the board's table as it is cut, narrowed and sorted.

use axum::extract::Query;
use axum::response::Response;
use bangfu_sheets::export::{Table, Value};

use super::address::{BoardAddress, RawAddress};
use super::load::{self, Question};
use super::view::{Cell, Row, SHOWN};
use crate::web::download::{self, Format};
use crate::web::failure::Failure;
use crate::web::frame::{Face, Visitor, day_or_today};

/// `GET /board.xlsx`
pub(crate) async fn xlsx(
    face: Face,
    visitor: Visitor,
    Query(raw): Query<RawAddress>,
) -> Result<Response, Failure> {
    export(&face, &visitor, &raw, Format::Xlsx).await
}

/// `GET /board.csv`
pub(crate) async fn csv(
    face: Face,
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
    let address = BoardAddress::try_from(raw)?;
    let ctx = face.ctx();
    let day = day_or_today(address.day, ctx.today, || address.of_today().path())?;
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let asked = Question::new(&mut tx, face, &county, lang, (&address, day)).await?;
    let found = load::table(&mut tx, &asked).await?;

    let title = asked.title();
    let mut titles = vec![format!("{title} {}", lang.day_long(day))];
    titles.extend(asked.township.as_ref().map(|place| place.name.clone()));
    if face.app.demo {
        titles.push(lang.text("demo-banner"));
    }
    let has_within = found.rows.iter().any(|row| row.within.is_some());
    let mut header = vec![lang.text(address.by.heading_key())];
    header.extend(has_within.then(|| lang.text("place")));
    for standing in SHOWN {
        header.push(lang.text(&format!("standing-{}", standing.key())));
    }
    header.push(lang.text("in-loan-loans"));
    header.push(lang.text("balance-yuan"));
    let mut rows: Vec<Vec<Value>> = found.rows.iter().map(|row| cells(row, has_within)).collect();
    // What the page leaves out, the file leaves out too, and says so in the same place.
    if let Some(quiet) = &found.quiet {
        let row = Row {
            name: lang.text_with("quiet-rows-left", &[("n", quiet.rows.into())]),
            within: None,
            closer: None,
            cells: found.total.cells.iter().map(|cell| Cell { loans: 0, ..cell.clone() }).collect(),
            owing: quiet.owing,
            owing_href: String::new(),
        };
        rows.push(cells(&row, has_within));
    }
    rows.push(cells(&found.total, has_within));
    let sums = 1 + usize::from(found.quiet.is_some());
    let table = Table { titles, header, rows };
    let cut = lang.text(address.by.text_key());
    let within = asked.township.as_ref().map_or(&county.on(day).name, |place| &place.name);
    let name = format!("{within}{}-{cut}-{day}", lang.text("menu-board"));
    download::table(&table, format, &lang.text("menu-board"), (&name, &format!("board-{day}")), sums)
}

fn cells(row: &Row, has_within: bool) -> Vec<Value> {
    let number = |loans: u64| Value::Integer(i64::try_from(loans).unwrap_or(i64::MAX));
    let mut cells = vec![Value::Text(row.name.clone())];
    cells.extend(has_within.then(|| Value::Text(row.within.clone().unwrap_or_default())));
    cells.extend(row.cells.iter().map(|cell| number(cell.loans)));
    cells.push(number(row.owing.loans));
    cells.push(Value::Money(row.owing.balance));
    cells
}
