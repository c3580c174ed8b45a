//! `/layouts`: how the county's and its banks' files hold their columns, as people have named and corrected it.

pub(crate) mod form;
pub(crate) mod template;

use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bangfu_sheets::layout::{Layout, Table};
use bangfu_usecase::layout::{self, NAME_MAX, Named};
use jiff::civil::DateTime;

use super::failure::Failure;
use super::flash::Flash;
use super::frame::{Face, Visitor, html};
use super::menu::Section;
use super::page::Page;
use crate::words;
use form::{Choice, Sent, TableView};

/// A layout in the list.
#[derive(Debug, Clone)]
pub(crate) struct LayoutRow {
    /// Its id.
    pub(crate) id: i64,
    /// Key of the kind of file.
    pub(crate) kind: &'static str,
    /// Its name.
    pub(crate) name: String,
    /// How many of our fields it places.
    pub(crate) fields: usize,
    /// Some texts of its headers.
    pub(crate) texts: String,
    /// Who named it.
    pub(crate) actor: String,
    /// When.
    pub(crate) created_at: DateTime,
}

/// The county's layouts.
#[derive(Template)]
#[template(path = "layouts.html")]
pub(crate) struct LayoutsPage {
    /// The frame.
    pub(crate) page: Page,
    /// By kind and age.
    pub(crate) layouts: Vec<LayoutRow>,
    /// Why a name could not be given, and to which layout.
    pub(crate) fault: Option<(i64, String)>,
    /// The longest name.
    pub(crate) name_max: usize,
}

/// One of them, to be corrected.
#[derive(Template)]
#[template(path = "layout_one.html")]
pub(crate) struct LayoutPage {
    /// The frame.
    pub(crate) page: Page,
    /// Its id.
    pub(crate) id: i64,
    /// Key of the kind of file.
    pub(crate) kind: &'static str,
    /// Its name.
    pub(crate) name: String,
    /// Its tables.
    pub(crate) tables: Vec<TableView>,
    /// What is wrong with what was chosen.
    pub(crate) faults: Vec<String>,
}

/// `GET /layouts`
pub(super) async fn list(face: Face, visitor: Visitor) -> Result<Response, Failure> {
    show(&face, &visitor, None).await
}

async fn show(face: &Face, visitor: &Visitor, fault: Option<(i64, String)>) -> Result<Response, Failure> {
    let layouts = layout::list(&face.app.db, &face.ctx()).await?;
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let layouts = layouts.into_iter().map(|one| row(face, one)).collect();
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut page = face.page(visitor, Section::Import, &county);
    page.address = "/layouts".to_owned();
    let shown = html(&LayoutsPage { page, layouts, fault, name_max: NAME_MAX })?;
    Ok((status, shown).into_response())
}

fn row(face: &Face, one: Named) -> LayoutRow {
    let texts: Vec<String> = one.layout.signature().into_iter().collect();
    LayoutRow {
        id: one.layout_id,
        kind: one.kind.key(),
        fields: one.layout.fields().len(),
        texts: texts.join("、"),
        name: one.name,
        actor: one.actor,
        created_at: face.local(one.created_at),
    }
}

/// `POST /layouts/{id}/rename`
pub(super) async fn rename(
    face: Face,
    visitor: Visitor,
    Path(layout_id): Path<i64>,
    Form(sent): Form<Sent>,
) -> Result<Response, Failure> {
    let name = sent.get("name").map_or("", String::as_str);
    match layout::rename(&face.app.db, &face.ctx(), layout_id, name).await {
        Ok(()) => Ok(Flash::LayoutSaved.redirect("/layouts")),
        Err(bangfu_usecase::Error::Refused(refusal)) => {
            show(&face, &visitor, Some((layout_id, words::refusal(visitor.lang, &refusal)))).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /layouts/{id}/forget`
pub(super) async fn forget(face: Face, Path(layout_id): Path<i64>) -> Result<Response, Failure> {
    layout::forget(&face.app.db, &face.ctx(), layout_id).await?;
    Ok(Flash::LayoutForgotten.redirect("/layouts"))
}

/// `GET /layouts/{id}`
pub(super) async fn one(
    face: Face,
    visitor: Visitor,
    Path(layout_id): Path<i64>,
) -> Result<Response, Failure> {
    let named = layout::get(&face.app.db, &face.ctx(), layout_id).await?;
    let tables = named.layout.tables.iter().enumerate().map(|(at, table)| view(&named, at, table)).collect();
    show_one(&face, &visitor, &named, tables, Vec::new()).await
}

fn view(named: &Named, number: usize, table: &Table) -> TableView {
    let choices = table.texts.iter().map(|label| Choice { label: label.clone(), text: shown(label) });
    TableView::new(named.kind, number, table.sheets.clone(), None, choices.collect(), &table.fields)
}

fn shown(label: &bangfu_sheets::layout::Label) -> String {
    match &label.group {
        Some(group) => format!("{group} {}", label.text),
        None => label.text.clone(),
    }
}

async fn show_one(
    face: &Face,
    visitor: &Visitor,
    named: &Named,
    tables: Vec<TableView>,
    faults: Vec<String>,
) -> Result<Response, Failure> {
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let mut page = face.page(visitor, Section::Import, &county);
    page.address = format!("/layouts/{}", named.layout_id);
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (id, kind, name) = (named.layout_id, named.kind.key(), named.name.clone());
    let shown = html(&LayoutPage { page, id, kind, name, tables, faults })?;
    Ok((status, shown).into_response())
}

/// `POST /layouts/{id}`: tells it anew.
pub(super) async fn correct(
    face: Face,
    visitor: Visitor,
    Path(layout_id): Path<i64>,
    Form(sent): Form<Sent>,
) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let named = layout::get(&face.app.db, &ctx, layout_id).await?;
    let (mut tables, mut wrong) = (Vec::new(), Vec::new());
    for (number, table) in named.layout.tables.iter().enumerate() {
        let (fields, faults) = form::told(&sent, named.kind, number, &table.texts);
        wrong.extend(faults);
        let sheets = sent.get(&format!("t{number}-sheets")).map(|text| text.trim()).unwrap_or_default();
        let sheets = if sheets.is_empty() { "*" } else { sheets };
        tables.push(Table { sheets: sheets.to_owned(), fields, ..table.clone() });
    }
    if wrong.is_empty() {
        layout::correct(&face.app.db, &ctx, layout_id, &Layout { tables }).await?;
        return Ok(Flash::LayoutSaved.redirect("/layouts"));
    }
    let views = tables.iter().enumerate().map(|(at, table)| view(&named, at, table)).collect();
    let faults = wrong.iter().map(|wrong| wrong.sentence(visitor.lang)).collect();
    show_one(&face, &visitor, &named, views, faults).await
}
