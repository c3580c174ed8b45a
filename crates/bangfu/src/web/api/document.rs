//! The document of the API (OpenAPI 3.1), made of its addresses and the types of their work.

use utoipa::openapi::path::{
    Operation, OperationBuilder, ParameterBuilder, ParameterIn, PathItem, PathsBuilder,
};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, InfoBuilder, License, OpenApi, OpenApiBuilder, Ref, Required,
    ResponseBuilder, ResponsesBuilder,
};
use utoipa::{PartialSchema, ToSchema};

use super::problem::{self, KIND};
use super::schema;
use super::table::{JSON, Route};
use super::write::KEY;
use super::{PREFIX, api};
use crate::texts::Lang;

/// The name of the way in which a program says who it is.
const TOKEN: &str = "token";

/// What every address may answer besides what was asked for.
const ALWAYS: &[&str] = &["400", "401", "403", "404", "421", "429", "500"];
/// What one may answer besides where something is done, and where it must have been seen.
const WRITES: &[&str] = &["409", "413", "415", "422"];
const SEEN: &[&str] = &["412", "428"];

/// The document in a language.
pub(super) fn document(lang: Lang) -> OpenApi {
    let (_, routes, schemas) = api(0).hung();
    let mut paths = PathsBuilder::new();
    for route in &routes {
        let item = PathItem::new(route.method.clone(), operation(lang, route));
        paths = paths.path(format!("{PREFIX}{}", route.path), item);
    }
    let mut components = ComponentsBuilder::new().schema(problem::Told::name(), problem::Told::schema());
    for (name, schema) in schemas {
        components = components.schema(name, schema);
    }
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(lang.text("api-token")));
    let components = components.security_scheme(TOKEN, SecurityScheme::Http(scheme.build()));
    let mut license = License::new("Apache-2.0");
    license.identifier = Some("Apache-2.0".to_owned());
    let info = InfoBuilder::new()
        .title(lang.text("api-name"))
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(lang.text("api-about")))
        .license(Some(license));
    OpenApiBuilder::new().info(info.build()).paths(paths.build()).components(Some(components.build())).build()
}

fn operation(lang: Lang, route: &Route) -> Operation {
    let noun = route.path.trim_start_matches('/').split('/').next().unwrap_or("");
    let noun = if noun.is_empty() { "county" } else { noun };
    let scopes: Vec<&str> = route.scope.iter().map(|scope| scope.key()).collect();
    let mut operation = OperationBuilder::new()
        .operation_id(Some(route.name.replace('-', "_")))
        .tag(noun)
        .summary(Some(lang.text(&format!("api-{}", route.name))))
        .security(SecurityRequirement::new(TOKEN, scopes.iter().copied()));
    if let Some(scope) = scopes.first() {
        operation =
            operation.description(Some(lang.text_with("api-needs-scope", &[("scope", (*scope).into())])));
    }
    for (name, schema) in path_words(route.path) {
        let word = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path);
        operation = operation.parameter(word.required(Required::True).schema(Some(schema)));
    }
    for parameter in &route.query {
        operation = operation.parameter(parameter.clone());
    }
    let mut answers = vec![ALWAYS];
    if let Some((body, manner)) = &route.body {
        operation = operation.parameter(header(lang, KEY, "api-key", schema::key()));
        answers.push(WRITES);
        if manner.seen {
            operation = operation.parameter(header(lang, "if-match", "api-if-match", schema::text()));
            answers.push(SEEN);
        }
        let content = ContentBuilder::new().schema(Some(body.clone())).build();
        let sent = RequestBodyBuilder::new().content(manner.kind, content).required(Some(Required::True));
        operation = operation.request_body(Some(sent.build()));
    } else {
        let known = header(lang, "if-none-match", "api-if-none-match", schema::text());
        operation = operation.parameter(ParameterBuilder::from(known).required(Required::False));
    }
    operation.responses(responses(lang, route, &answers)).build()
}

fn responses(lang: Lang, route: &Route, answers: &[&[&str]]) -> utoipa::openapi::Responses {
    let mut responses = ResponsesBuilder::new();
    let tag = utoipa::openapi::header::HeaderBuilder::new()
        .schema(Some(schema::text()))
        .description(Some(lang.text("api-etag")))
        .build();
    for status in route.statuses {
        let content = ContentBuilder::new().schema(Some(route.shown.clone())).build();
        let told = ResponseBuilder::new()
            .description(lang.text(status_key(status)))
            .header("etag", tag.clone())
            .content(JSON, content);
        responses = responses.response(*status, told.build());
    }
    if !route.writes() {
        let told = ResponseBuilder::new().description(lang.text("api-status-304")).header("etag", tag);
        responses = responses.response("304", told.build());
    }
    for status in answers.iter().copied().flatten() {
        let problem = Ref::from_schema_name(problem::Told::name());
        let content = ContentBuilder::new().schema(Some(problem)).build();
        let mut told =
            ResponseBuilder::new().description(lang.text(status_key(status))).content(KIND, content);
        if *status == "429" {
            let wait = utoipa::openapi::header::HeaderBuilder::new().schema(Some(schema::seconds()));
            told = told.header("retry-after", wait.description(Some(lang.text("api-retry-after"))).build());
        }
        responses = responses.response(*status, told.build());
    }
    responses.build()
}

/// The key of what a status says.
fn status_key(status: &str) -> &'static str {
    match status {
        "200" => "api-status-200",
        "201" => "api-status-201",
        "304" => "api-status-304",
        "400" => "api-status-400",
        "401" => "api-status-401",
        "403" => "api-status-403",
        "404" => "api-status-404",
        "409" => "api-status-409",
        "412" => "api-status-412",
        "413" => "api-status-413",
        "415" => "api-status-415",
        "421" => "api-status-421",
        "422" => "api-status-422",
        "428" => "api-status-428",
        "429" => "api-status-429",
        _ => "api-status-500",
    }
}

fn header(
    lang: Lang,
    name: &str,
    key: &str,
    schema: utoipa::openapi::Schema,
) -> utoipa::openapi::path::Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::True)
        .description(Some(lang.text(key)))
        .schema(Some(schema))
        .build()
}

/// The words that an address names, each with its form.
fn path_words(path: &str) -> Vec<(&str, utoipa::openapi::Schema)> {
    let words = path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    words
        .map(|word| {
            let schema = match word {
                "day" => schema::day(),
                "code" => schema::code(),
                "by" => schema::cut(),
                _ => schema::id(),
            };
            (word, schema)
        })
        .collect()
}
