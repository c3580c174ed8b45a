//! `GET /differences/export.xlsx`, `GET /differences/export.csv`: the list that is shown, all pages of it.

use axum::extract::Query;
use axum::response::Response;
use bangfu_sheets::export::{Table, Value};
use bangfu_store::difference::Cursor;
use bangfu_usecase::audit::trail::note_export;
use bangfu_usecase::difference::{self, Entry};

use super::filter::{DifferenceFilter, RawFilter};
use super::list::Names;
use crate::texts::Lang;
use crate::web::download::{self, Format, ROWS_MAX};
use crate::web::failure::Failure;
use crate::web::frame::{Face, Visitor};

/// Rows read at a time.
const PAGE: usize = 1_000;

/// `GET /differences/export.xlsx`
pub(crate) async fn xlsx(
    face: Face,
    visitor: Visitor,
    Query(raw): Query<RawFilter>,
) -> Result<Response, Failure> {
    export(&face, &visitor, raw, Format::Xlsx).await
}

/// `GET /differences/export.csv`
pub(crate) async fn csv(
    face: Face,
    visitor: Visitor,
    Query(raw): Query<RawFilter>,
) -> Result<Response, Failure> {
    export(&face, &visitor, raw, Format::Csv).await
}

async fn export(face: &Face, visitor: &Visitor, raw: RawFilter, format: Format) -> Result<Response, Failure> {
    let lang = visitor.lang;
    let (filter, _) = DifferenceFilter::try_from(raw)?.without_secret();
    let ctx = face.ctx();
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let names = Names::load(&mut tx, face, lang).await?;
    let asked = names.narrow(&filter)?;
    let mut rows = Vec::new();
    let mut cursor = None;
    while rows.len() < ROWS_MAX {
        let page = difference::list(&mut tx, &ctx, &asked, cursor, PAGE).await?;
        rows.extend(page.entries.iter().map(|entry| cells(lang, &names, entry)));
        cursor = page.entries.last().map(|entry| Cursor::After(entry.difference.difference_id));
        if !page.has_more {
            break;
        }
    }
    let title = lang.text("differences");
    let mut titles = vec![format!("{} {title} {}", county.on(ctx.today).name, lang.day_plain(ctx.today))];
    let shown = lang.text(&format!("difference-tab-{}", filter.state_word()));
    let said = names.chips(&filter).into_iter().map(|chip| chip.label);
    titles.push([shown].into_iter().chain(said).collect::<Vec<_>>().join(&lang.text("comma")));
    if face.app.demo {
        titles.push(lang.text("demo-banner"));
    }
    let header = HEADER.iter().map(|key| lang.text(key)).collect();
    let table = Table { titles, header, rows }.without_empty_columns();
    let name = format!("{}{title}-{}", county.on(ctx.today).name, ctx.today);
    drop(tx);
    note_export(&face.app.db, &ctx, "differences", &filter.address(), table.rows.len()).await?;
    download::table(&table, format, &title, (&name, &format!("differences-{}", ctx.today)), 0)
}

const HEADER: [&str; 16] = [
    "difference-kind",
    "state",
    "branch",
    "township",
    "village",
    "number",
    "borrower",
    "movement-day",
    "side-bank",
    "side-book",
    "suggestion",
    "answer-due",
    "resolve-way",
    "resolve-reason",
    "opened-by",
    "settled-by",
];

fn cells(lang: Lang, names: &Names<'_>, entry: &Entry) -> Vec<Value> {
    let one = &entry.difference;
    let row = names.row(entry, "");
    let (township, village) = names.village(entry.village_id);
    let text = |text: Option<String>| Value::Text(text.unwrap_or_default());
    vec![
        Value::Text(lang.text(&row.kind_key)),
        Value::Text(lang.text(&format!("difference-state-{}", one.state.key()))),
        text(row.standing.branch),
        Value::Text(township),
        Value::Text(village),
        Value::Text(row.number),
        Value::Text(row.borrower),
        Value::Date(Some(one.on_day)),
        Value::Text(row.bank),
        Value::Text(row.book),
        text(row.suggestion),
        Value::Date(row.standing.due_on),
        text(row.standing.way_key.map(|key| lang.text(&key))),
        text(row.standing.reason),
        text(entry.files.0.clone()),
        text(entry.files.1.clone()),
    ]
}
