//! Something is read: a program asks, and is told, unless it has the same version already.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bangfu_domain::token::TokenScope;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::call::{Call, admit};
use super::problem::{Problem, language};
use super::tag;
use crate::web::frame::Face;
use crate::web::request;

/// Answers a request that reads.
pub(super) async fn answer<Q, T, W>(
    face: Face,
    request: Request,
    scope: Option<TokenScope>,
    handler: impl FnOnce(Call<Q>) -> W,
) -> Response
where
    Q: DeserializeOwned,
    T: Serialize,
    W: Future<Output = Result<T, Problem>>,
{
    let lang = language(request.headers());
    let reference = request::id(&face.app.clock);
    let (mut parts, _) = request.into_parts();
    let told = async {
        let call = admit(face, &mut parts, scope, lang).await?;
        let asked = call.query()?;
        let shown = handler(call.asking(asked)).await?;
        serde_json::to_vec(&shown).map_err(|error| Problem::Broken(error.into()))
    };
    match told.await {
        Ok(body) => shown(&parts.headers, body),
        Err(problem) => problem.answer(lang, &reference),
    }
}

/// A body with its version, or word that it is still the one that the reader has.
fn shown(headers: &HeaderMap, body: Vec<u8>) -> Response {
    let tag = tag::of(&body);
    let is_known = tag::is_known(headers, &tag);
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, "application/json")], body).into_response()
    };
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}
