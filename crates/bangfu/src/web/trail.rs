//! `/households/{id}/trail` (查阅与变更记录): who saw what of a household, and what was changed of it.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use bangfu_domain::audit::Link;
use bangfu_sheets::export::{Table, Value as Cell};
use bangfu_usecase::audit::trail::{SHOWN, note_export, trail};
use bangfu_usecase::household::sheet;
use jiff::civil::DateTime;
use serde_json::Value;

use super::download::{self, Format};
use super::failure::Failure;
use super::frame::{Face, Visitor, html};
use super::household;
use super::menu::Section;
use super::page::Page;
use crate::texts::Lang;
use crate::words;

/// What the record says of a household.
#[derive(Template)]
#[template(path = "trail.html")]
pub(crate) struct TrailPage {
    /// The frame.
    pub(crate) page: Page,
    /// The head of the household.
    pub(crate) name: String,
    /// Its page.
    pub(crate) back: String,
    /// This page's address.
    pub(crate) own: String,
    /// The entries, the newest first.
    pub(crate) rows: Vec<TrailRow>,
    /// More than are shown may be on record.
    pub(crate) is_cut: bool,
}

/// An entry.
#[derive(Debug, Clone)]
pub(crate) struct TrailRow {
    /// Its number in the chain.
    pub(crate) number: i64,
    /// When.
    pub(crate) at: DateTime,
    /// Who.
    pub(crate) actor: String,
    /// The key of their role.
    pub(crate) role: Option<String>,
    /// From where.
    pub(crate) client: String,
    /// What was done, in words.
    pub(crate) action: String,
    /// What the entry says of it.
    pub(crate) facts: String,
    /// Why.
    pub(crate) reason: String,
}

/// The page of a household's trail.
pub(crate) fn path(household_id: i64) -> String {
    format!("{}/trail", household::path(household_id))
}

/// `GET /households/{id}/trail`
pub(super) async fn one(
    face: Face,
    visitor: Visitor,
    Path(household_id): Path<i64>,
) -> Result<Response, Failure> {
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let (name, rows) = found(&face, visitor.lang, household_id).await?;
    let page = face.page(&visitor, Section::Loans, &county);
    let is_cut = i64::try_from(rows.len()).is_ok_and(|rows| rows >= SHOWN);
    let (back, own) = (household::path(household_id), path(household_id));
    html(&TrailPage { page, name, back, own, rows, is_cut })
}

async fn found(face: &Face, lang: Lang, household_id: i64) -> Result<(String, Vec<TrailRow>), Failure> {
    let ctx = face.ctx();
    let mut tx = face.app.db.read().await?;
    let sheet = sheet(&face.app.db, &mut tx, &ctx, household_id, ctx.today).await?;
    let links = trail(&mut tx, &ctx, household_id).await?;
    Ok((sheet.household.head_name, links.iter().map(|link| row(face, lang, link)).collect()))
}

fn row(face: &Face, lang: Lang, link: &Link) -> TrailRow {
    let said = &link.said;
    let action = lang.find(&format!("did-{}", said.action), &[]).unwrap_or_else(|| said.action.clone());
    TrailRow {
        number: link.number,
        at: face.local(said.at),
        actor: words::actor(lang, &said.actor),
        role: said.role.clone(),
        client: said.client_id.clone(),
        action,
        facts: facts(&serde_json::from_str(&said.facts).unwrap_or(Value::Null)),
        reason: said.reason.clone().unwrap_or_default(),
    }
}

/// What an entry says, in a line: each fact under its own name.
fn facts(said: &Value) -> String {
    let Value::Object(facts) = said else { return String::new() };
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    let told = facts.iter().filter(|(_, value)| !value.is_null());
    told.map(|(name, value)| format!("{name}: {}", text(value))).collect::<Vec<_>>().join(" · ")
}

/// `GET /households/{id}/trail/export.xlsx`
pub(super) async fn xlsx(
    face: Face,
    visitor: Visitor,
    Path(household_id): Path<i64>,
) -> Result<Response, Failure> {
    file(&face, visitor.lang, household_id, Format::Xlsx).await
}

/// `GET /households/{id}/trail/export.csv`
pub(super) async fn csv(
    face: Face,
    visitor: Visitor,
    Path(household_id): Path<i64>,
) -> Result<Response, Failure> {
    file(&face, visitor.lang, household_id, Format::Csv).await
}

async fn file(face: &Face, lang: Lang, household_id: i64, format: Format) -> Result<Response, Failure> {
    let (name, rows) = found(face, lang, household_id).await?;
    let title = lang.text("trail-title");
    let mut titles = vec![format!("{title} · {name}")];
    if face.app.demo {
        titles.push(lang.text("demo-banner"));
    }
    let keys = [
        "trail-number",
        "trail-at",
        "trail-who",
        "role",
        "trail-from",
        "trail-what",
        "trail-facts",
        "amendment-reason",
    ];
    let cells = |row: &TrailRow| {
        let role = row.role.as_ref().map(|role| lang.text(&format!("role-{role}"))).unwrap_or_default();
        let mut cells = vec![Cell::Integer(row.number)];
        cells.extend([lang.moment(row.at), row.actor.clone(), role, row.client.clone()].map(Cell::Text));
        cells.extend([&row.action, &row.facts, &row.reason].map(|text| Cell::Text(text.clone())));
        cells
    };
    let table = Table {
        titles,
        header: keys.map(|key| lang.text(key)).to_vec(),
        rows: rows.iter().map(cells).collect(),
    };
    let words = format!("/households?household={household_id}");
    note_export(&face.app.db, &face.ctx(), "trail", &words, rows.len()).await?;
    let file = (format!("{title}-{name}"), format!("trail-{household_id}"));
    download::table(&table, format, &title, (&file.0, &file.1), 0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn facts_stand_in_a_line_and_what_is_not_said_is_left_out() {
        let said = json!({ "way": "visit", "rows": 7, "why": null, "before": { "name": "甲" } });
        assert_eq!(facts(&said), "before: {\"name\":\"甲\"} · rows: 7 · way: visit");
        assert_eq!(facts(&Value::Null), "");
    }
}
