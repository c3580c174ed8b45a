//! `GET /loans/export.xlsx`, `GET /loans/export.csv`: the list that is shown, all pages of it.

use axum::extract::Query;
use axum::response::Response;
use bangfu_domain::warning::Standing;
use bangfu_sheets::export::{Table, Value};
use bangfu_store::loan;
use bangfu_usecase::audit::trail::note_export;
use bangfu_usecase::rules::reach;

use super::filter::RawFilter;
use super::list::{Names, chips, narrow, sealed};
use super::load::order;
use super::view::LoanRow;
use crate::texts::Lang;
use crate::web::download::{self, Format, ROWS_MAX};
use crate::web::failure::Failure;
use crate::web::frame::{Face, Visitor, day_or_today};
use crate::web::page::unsigned;

/// Rows read at a time.
const PAGE: usize = 5_000;

/// `GET /loans/export.xlsx`
pub(crate) async fn xlsx(
    face: Face,
    visitor: Visitor,
    Query(raw): Query<RawFilter>,
) -> Result<Response, Failure> {
    export(&face, &visitor, raw, Format::Xlsx).await
}

/// `GET /loans/export.csv`
pub(crate) async fn csv(
    face: Face,
    visitor: Visitor,
    Query(raw): Query<RawFilter>,
) -> Result<Response, Failure> {
    export(&face, &visitor, raw, Format::Csv).await
}

async fn export(face: &Face, visitor: &Visitor, raw: RawFilter, format: Format) -> Result<Response, Failure> {
    let lang = visitor.lang;
    let ctx = face.ctx();
    let mut tx = face.app.db.read().await?;
    let filter = sealed(&mut tx, face, raw).await?;
    let day = day_or_today(filter.day, ctx.today, || filter.on(ctx.today).address())?;
    let county = face.county(&mut tx).await?;
    let names = Names::load(&mut tx, &ctx.scope, county.division_id, day).await?;
    let mut asked = narrow(face, &names, &filter, day)?;
    asked.reach = reach(&mut tx, &county, asked.shown, day).await?;
    let total = unsigned(loan::totals(&mut tx, &ctx.scope, day, &asked).await?.loans);
    let mut rows = Vec::new();
    let mut cursor = None;
    while rows.len() < ROWS_MAX {
        // What was found is written out whole; the nearest first would need all of it at hand.
        let order = order(filter.sort).unwrap_or_default();
        let page = loan::list(&mut tx, &ctx.scope, day, &asked, order, cursor.as_ref(), PAGE).await?;
        rows.extend(page.rows.iter().map(|row| cells(lang, &names.row(row, &filter, day))));
        match page.next {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    let chips = chips(&mut tx, &ctx.scope, lang, &names, &filter, day).await?;
    let said: Vec<String> = chips.into_iter().map(|chip| chip.label).collect();
    let mut titles =
        vec![format!("{} {} {}", county.on(day).name, lang.text("loans-title"), lang.day_plain(day))];
    if !said.is_empty() {
        titles.push(said.join(&lang.text("comma")));
    }
    if total > unsigned(rows.len()) {
        let values = [("n", unsigned(rows.len()).into()), ("total", total.into())];
        titles.push(lang.text_with("export-cut", &values));
    }
    if face.app.demo {
        titles.push(lang.text("demo-banner"));
    }
    let header = HEADER.iter().map(|key| lang.text(key)).collect();
    let table = Table { titles, header, rows }.without_empty_columns();
    let name = format!("{}{}-{day}", county.on(day).name, lang.text("loans-title"));
    drop(tx);
    note_export(&face.app.db, &ctx, "loans", &filter.address(), table.rows.len()).await?;
    download::table(&table, format, &lang.text("loans-title"), (&name, &format!("loans-{day}")), 0)
}

const HEADER: [&str; 13] = [
    "state",
    "borrower",
    "township",
    "village",
    "number",
    "principal-yuan",
    "balance-yuan",
    "disbursed-on",
    "due-on",
    "days-left",
    "purpose",
    "branch",
    "role-credit-manager",
];

fn cells(lang: Lang, row: &LoanRow) -> Vec<Value> {
    vec![
        Value::Text(lang.text(&format!("standing-{}", row.standing.key()))),
        Value::Text(row.borrower.clone()),
        Value::Text(row.township.clone()),
        Value::Text(row.village.clone()),
        Value::Text(row.number.clone()),
        Value::Money(row.principal),
        Value::Money(row.balance),
        Value::Date(Some(row.disbursed_on)),
        Value::Date(Some(row.due_on)),
        match row.standing {
            Standing::Settled => Value::Text(String::new()),
            _ => Value::Integer(i64::from(row.days_to_due)),
        },
        Value::Text(row.purpose.clone()),
        Value::Text(row.branch.clone()),
        Value::Text(row.manager.clone().unwrap_or_default()),
    ]
}
