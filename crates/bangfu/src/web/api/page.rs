//! `/api`: the document read out, address by address, with fields to try each. It speaks to this server alone.

use askama::Template;
use axum::response::Response;
use serde_json::Value;

use super::document::document;
use super::{DOCUMENT, PREFIX};
use crate::texts::Lang;
use crate::web::failure::Failure;
use crate::web::frame::{Face, Visitor, html};
use crate::web::menu::Section;
use crate::web::page::Page;

/// The API read out.
#[derive(Template)]
#[template(path = "api.html")]
pub(crate) struct ApiPage {
    /// The frame.
    pub(crate) page: Page,
    /// Where the document stands.
    pub(crate) document: String,
    /// What is told of the whole.
    pub(crate) about: String,
    /// The addresses, in the order of the document.
    pub(crate) operations: Vec<OperationView>,
}

/// An address read out.
#[derive(Debug, Clone)]
pub(crate) struct OperationView {
    /// Its name for programs.
    pub(crate) name: String,
    /// The method.
    pub(crate) method: String,
    /// The address.
    pub(crate) path: String,
    /// What it does.
    pub(crate) summary: String,
    /// What it needs.
    pub(crate) needs: String,
    /// What can be said with it.
    pub(crate) fields: Vec<FieldView>,
    /// The kind of its body, and how such a body looks; none where it reads.
    pub(crate) body: Option<(String, String)>,
}

/// Something that can be said with a request.
#[derive(Debug, Clone)]
pub(crate) struct FieldView {
    /// Its name.
    pub(crate) name: String,
    /// `path`, `query` or `header`.
    pub(crate) place: String,
    /// Whether it must be said.
    pub(crate) required: bool,
    /// What it means.
    pub(crate) hint: String,
    /// The words that it can be; any, where there are none.
    pub(crate) words: Vec<String>,
}

impl ApiPage {
    /// The document in a language, read out in a frame.
    pub(crate) fn new(page: Page) -> Result<ApiPage, serde_json::Error> {
        let lang = page.lang;
        let told = serde_json::to_value(document(lang))?;
        Ok(ApiPage {
            page,
            document: format!("{PREFIX}{DOCUMENT}"),
            about: text(&told["info"]["description"]),
            operations: operations(lang, &told),
        })
    }
}

/// `GET /api`
pub(in crate::web) async fn get(face: Face, visitor: Visitor) -> Result<Response, Failure> {
    let county = match &face.who {
        Some(_) => face.name_of(&face.county(&mut face.app.db.read().await?).await?),
        None => String::new(),
    };
    let page = face.frame(&visitor, Section::Elsewhere, county);
    html(&ApiPage::new(page).map_err(|error| Failure::Broken(error.into()))?)
}

fn operations(lang: Lang, told: &Value) -> Vec<OperationView> {
    let mut views = Vec::new();
    for (path, methods) in members(&told["paths"]) {
        for (method, operation) in members(methods) {
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            views.push(OperationView {
                name: text(&operation["operationId"]),
                method: method.to_uppercase(),
                path: path.to_owned(),
                summary: text(&operation["summary"]),
                needs: text(&operation["description"]),
                fields: parameters.map(field).collect(),
                body: body(lang, told, &operation["requestBody"]["content"]),
            });
        }
    }
    views
}

fn field(parameter: &Value) -> FieldView {
    let words = parameter["schema"]["enum"].as_array().into_iter().flatten();
    FieldView {
        name: text(&parameter["name"]),
        place: text(&parameter["in"]),
        required: parameter["required"].as_bool().unwrap_or(false),
        hint: text(&parameter["description"]),
        words: words.map(text).collect(),
    }
}

/// The kind of a body, and one that could be sent.
fn body(lang: Lang, told: &Value, content: &Value) -> Option<(String, String)> {
    let (kind, form) = members(content).next()?;
    let name = form["schema"]["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
    let Some(name) = name else { return Some((kind.to_owned(), lang.text("api-page-file"))) };
    let sample: serde_json::Map<String, Value> = members(&told["components"]["schemas"][name]["properties"])
        .map(|(name, schema)| (name.to_owned(), sample(told, schema)))
        .collect();
    Some((kind.to_owned(), serde_json::to_string_pretty(&sample).unwrap_or_default()))
}

fn sample(told: &Value, schema: &Value) -> Value {
    let referred = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
    let schema = referred.map_or(schema, |name| &told["components"]["schemas"][name]);
    match schema["enum"].get(0) {
        Some(word) => word.clone(),
        None if schema["type"] == "string" => Value::String(String::new()),
        None => Value::Null,
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or("").to_owned()
}
