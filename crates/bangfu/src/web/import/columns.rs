//! `/import/{id}/columns`: ours left, theirs right, before a file is compared with the book.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use bangfu_sheets::layout::{Label, Layout, Sketch, sketches};
use bangfu_usecase::import::{self, Upload};
use bangfu_usecase::layout::{self, Chosen, NAME_MAX};
use serde::Deserialize;

use super::check::looks;
use super::compare::masked;
use crate::web::address;
use crate::web::failure::Failure;
use crate::web::frame::{Face, Visitor, html};
use crate::web::layout::form::{self, Choice, Sent, TableView};
use crate::web::menu::Section;
use crate::web::page::Page;
use crate::words;

/// The columns of a staged file.
#[derive(Template)]
#[template(path = "columns.html")]
pub(crate) struct ColumnsPage {
    /// The frame.
    pub(crate) page: Page,
    /// The import.
    pub(crate) id: i64,
    /// Key of the kind of file.
    pub(crate) kind: &'static str,
    /// The file's name.
    pub(crate) file_name: String,
    /// 截至日期, as typed or known.
    pub(crate) as_of: String,
    /// The layout by which it is read, if by one: its name, which is empty for one of this file's own.
    pub(crate) layout: Option<String>,
    /// The name under which to remember it, as typed.
    pub(crate) name: String,
    /// The longest name.
    pub(crate) name_max: usize,
    /// Its tables.
    pub(crate) tables: Vec<TableView>,
    /// The rows of the header as somebody said, for the next question.
    pub(crate) rows: Option<(u32, u32)>,
    /// What is wrong with what was chosen.
    pub(crate) faults: Vec<String>,
}

/// In which rows somebody says that the header stands.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    first: String,
    #[serde(default)]
    last: String,
}

impl Asked {
    /// The rows, as the spreadsheet counts; none if nobody says so.
    fn rows(&self) -> Option<(u32, u32)> {
        let row = |text: &str| text.trim().parse::<u32>().ok().filter(|row| (1..=ROWS_MAX).contains(row));
        let first = row(&self.first)?;
        let last = row(&self.last).filter(|last| (first..first + HEADER_MAX).contains(last));
        Some((first, last.unwrap_or(first)))
    }
}

/// The last row in which a header may be said to begin, and how many rows it may have.
const ROWS_MAX: u32 = 1000;
const HEADER_MAX: u32 = 6;

/// `GET /import/{id}/columns`
pub(crate) async fn get(
    face: Face,
    visitor: Visitor,
    Path(import_id): Path<i64>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let rows = asked.rows();
    let (upload, sketches) = read(&face, import_id, rows).await?;
    let name = upload.layout.as_ref().map(|chosen| chosen.name.clone()).unwrap_or_default();
    let as_of = upload.as_of.map(|day| day.to_string()).unwrap_or_default();
    let tables = sketches.iter().enumerate().map(|(at, sketch)| view(&upload, at, sketch, &sketch.fields));
    let told = Told { rows, name, as_of, tables: tables.collect(), faults: Vec::new() };
    show(&face, &visitor, import_id, &upload, told).await
}

/// What a page of columns shows besides the file.
struct Told {
    rows: Option<(u32, u32)>,
    name: String,
    as_of: String,
    tables: Vec<TableView>,
    faults: Vec<String>,
}

async fn show(
    face: &Face,
    visitor: &Visitor,
    id: i64,
    upload: &Upload,
    told: Told,
) -> Result<Response, Failure> {
    let Told { rows, name, as_of, tables, faults } = told;
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let mut page = face.page(visitor, Section::Import, &county);
    page.address = format!("/import/{id}/columns");
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let shown = html(&ColumnsPage {
        page,
        id,
        kind: upload.kind.key(),
        file_name: upload.file_name.clone(),
        as_of,
        layout: upload.layout.as_ref().map(|chosen| chosen.name.clone()),
        name,
        name_max: NAME_MAX,
        tables,
        rows,
        faults,
    })?;
    Ok((status, shown).into_response())
}

/// A staged file with the sketches of its tables. The whole file is looked through for them.
async fn read(
    face: &Face,
    import_id: i64,
    rows: Option<(u32, u32)>,
) -> Result<(Upload, Vec<Sketch>), Failure> {
    let (db, ctx) = (face.app.db.clone(), face.ctx());
    let work = async move {
        let upload = import::staged(&db, &ctx, import_id).await?;
        let layout = upload.layout.as_ref().map(|chosen| &chosen.layout);
        let sketches = sketches(&upload.book, upload.kind, layout, rows);
        Ok::<_, Failure>((upload, sketches))
    };
    looks::beside(face, work).await
}

fn view(
    upload: &Upload,
    number: usize,
    sketch: &Sketch,
    told: &std::collections::BTreeMap<String, bangfu_sheets::layout::Source>,
) -> TableView {
    let choices = sketch.columns.iter().map(|column| {
        let group = column.label.group.as_ref().map(|group| format!("{group} ")).unwrap_or_default();
        let values: Vec<String> = column.values.iter().map(|value| masked(&short(value))).collect();
        let values = if values.is_empty() { String::new() } else { format!(" · {}", values.join(" / ")) };
        Choice { label: column.label.clone(), text: format!("{group}{}{values}", column.text) }
    });
    let sheets = sketch.sheets.iter().filter(|name| !name.is_empty()).cloned().collect::<Vec<_>>().join("、");
    let rows = Some((sketch.first_row, sketch.last_row));
    TableView::new(upload.kind, number, sheets, rows, choices.collect(), told)
}

/// A sample, cut where it gets long.
fn short(value: &str) -> String {
    const MOST: usize = 18;
    if value.chars().count() <= MOST {
        return value.to_owned();
    }
    value.chars().take(MOST).chain(['…']).collect()
}

/// `POST /import/{id}/columns`: reads the file by what was chosen, and remembers it if a name was given.
pub(crate) async fn tell(
    face: Face,
    visitor: Visitor,
    Path(import_id): Path<i64>,
    Form(sent): Form<Sent>,
) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let said = |name: &str| sent.get(name).map_or("", |text| text.trim());
    let back = format!("/import/{import_id}");
    let as_of = said("as_of").to_owned();
    let day = if as_of.is_empty() { Some(None) } else { address::day(&as_of).map(Some) };
    let rows = Asked { first: said("first").to_owned(), last: said("last").to_owned() }.rows();
    let (upload, sketches) = read(&face, import_id, rows).await?;
    if said("do") == "names" {
        import::tell_columns(&face.app.db, &ctx, import_id, None, upload.as_of).await?;
        return Ok(Redirect::to(&format!("{back}/columns")).into_response());
    }
    let (mut tables, mut views, mut faults) = (Vec::new(), Vec::new(), Vec::new());
    for (number, sketch) in sketches.iter().enumerate() {
        let labels: Vec<Label> = sketch.columns.iter().map(|column| column.label.clone()).collect();
        let (fields, wrong) = form::told(&sent, upload.kind, number, &labels);
        faults.extend(wrong.iter().map(|wrong| wrong.sentence(visitor.lang)));
        views.push(view(&upload, number, sketch, &fields));
        tables.extend(sketch.tables(sketches.len() == 1, &fields));
    }
    if day.is_none() {
        faults.push(visitor.lang.text("upload-no-day"));
    }
    let (name, layout) = (said("name").to_owned(), Layout { tables });
    let mut chosen = Chosen { layout_id: None, name: String::new(), layout };
    if faults.is_empty() && !name.is_empty() {
        match layout::remember(&face.app.db, &ctx, upload.kind, &name, &chosen.layout).await {
            Ok(named) => chosen = named,
            Err(bangfu_usecase::Error::Refused(refusal)) => {
                faults.push(words::refusal(visitor.lang, &refusal));
            }
            Err(error) => return Err(error.into()),
        }
    }
    match day.filter(|_| faults.is_empty()) {
        Some(day) => {
            import::tell_columns(&face.app.db, &ctx, import_id, Some(&chosen), day).await?;
            Ok(Redirect::to(&back).into_response())
        }
        None => {
            let told = Told { rows, name, as_of, tables: views, faults };
            show(&face, &visitor, import_id, &upload, told).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_of_a_header_are_taken_if_they_can_be() {
        let rows = |first: &str, last: &str| Asked { first: first.to_owned(), last: last.to_owned() }.rows();
        assert_eq!(rows("3", "4"), Some((3, 4)));
        assert_eq!(
            (rows("3", ""), rows("3", "2"), rows("3", "99")),
            (Some((3, 3)), Some((3, 3)), Some((3, 3)))
        );
        assert_eq!((rows("", "4"), rows("0", ""), rows("x", "")), (None, None, None));
    }
}
