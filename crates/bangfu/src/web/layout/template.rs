//! `/templates/{name}.xlsx`: workbooks to be filled in.

use axum::extract::Path;
use axum::response::Response;
use bangfu_sheets::template::Template;

use crate::web::download::{self, Format};
use crate::web::failure::Failure;
use crate::web::frame::{Face, Visitor};
use crate::words;

/// `GET /templates/{name}`
pub(crate) async fn get(face: Face, visitor: Visitor, Path(name): Path<String>) -> Result<Response, Failure> {
    let template = name.strip_suffix(".xlsx").and_then(Template::from_key).ok_or(Failure::NotFound)?;
    let lists = bangfu_usecase::template::lists(&face.app.db, &face.ctx()).await?;
    let county = face.county(&mut face.app.db.read().await?).await?;
    let words = words::template(visitor.lang, template, &face.name_of(&county), face.app.today());
    let bytes = bangfu_sheets::template::write(template, &lists, &words)
        .map_err(|error| Failure::Broken(error.into()))?;
    Ok(download::file(bytes, Format::Xlsx, &words.sheet, &format!("template-{}", template.key())))
}
