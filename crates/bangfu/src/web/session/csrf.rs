//! Every form of somebody who is signed in carries a word that only their own pages know. The browser's own word on where
//! a form came from is asked besides (`CsrfLayer`); this one holds where a browser gives none.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};

use super::Who;

/// The name of the field.
pub(crate) const FIELD: &str = "csrf";

/// How far into a form the field is looked for, in bytes: it stands first.
const WITHIN: usize = 4096;

/// Refuses what is to be done for somebody by a form that is not one of theirs.
pub(in crate::web) async fn check(request: Request, next: Next) -> Response {
    let who = request.extensions().get::<Arc<Who>>().cloned();
    let Some(who) = who.filter(|_| request.method() == Method::POST) else { return next.run(request).await };
    let is_multipart = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"));
    let (parts, body) = request.into_parts();
    let (begun, rest) = match begin(body).await {
        Ok(read) => read,
        Err(error) => return (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    };
    let token = who.form_token();
    let sound = if is_multipart {
        contains(&begun, format!("name=\"{FIELD}\"\r\n\r\n{token}\r\n").as_bytes())
    } else {
        form_urlencoded::parse(&begun).any(|(name, value)| name == FIELD && value == token)
    };
    if !sound {
        return StatusCode::FORBIDDEN.into_response();
    }
    next.run(Request::from_parts(parts, rest)).await
}

/// The beginning of a body, and the whole of it to be read on.
async fn begin(body: Body) -> Result<(Bytes, Body), axum::Error> {
    let mut pieces = body.into_data_stream();
    let mut begun = Vec::new();
    while begun.len() < WITHIN {
        match pieces.next().await {
            Some(piece) => begun.extend_from_slice(&piece?),
            None => break,
        }
    }
    let begun = Bytes::from(begun);
    let first = begun.clone();
    Ok((begun, Body::from_stream(stream::once(async move { Ok(first) }).chain(pieces))))
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
