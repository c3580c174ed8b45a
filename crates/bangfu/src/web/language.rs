//! `POST /language`, `POST /type`, `POST /look`: another language, another size of type, light or dark pages, and back to
//! the same page.

use axum::Form;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::frame::{LANGUAGE_COOKIE, LARGE_TYPE, LOOK_COOKIE, TYPE_COOKIE};
use super::page::Look;
use crate::texts::Lang;

/// What is chosen, and where to go back to.
#[derive(Deserialize)]
pub(super) struct Choice {
    #[serde(default)]
    lang: String,
    #[serde(default, rename = "type")]
    size: String,
    #[serde(default)]
    look: String,
    #[serde(default)]
    back: String,
}

/// Remembers the language for a year.
pub(super) async fn choose(Form(choice): Form<Choice>) -> Response {
    remember(LANGUAGE_COOKIE, Lang::from_key(&choice.lang).unwrap_or_default().key(), &choice.back)
}

/// Remembers the size of type for a year.
pub(super) async fn choose_type(Form(choice): Form<Choice>) -> Response {
    let size = if choice.size == LARGE_TYPE { LARGE_TYPE } else { "usual" };
    remember(TYPE_COOKIE, size, &choice.back)
}

/// Remembers for a year whether pages are light or dark.
pub(super) async fn choose_look(Form(choice): Form<Choice>) -> Response {
    remember(LOOK_COOKIE, Look::from_key(&choice.look).unwrap_or_default().key(), &choice.back)
}

fn remember(cookie: &str, value: &str, back: &str) -> Response {
    let cookie = format!("{cookie}={value}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly");
    ([(header::SET_COOKIE, cookie)], Redirect::to(own_path(back))).into_response()
}

/// The path, if it is one of ours: an address elsewhere leads to the board.
pub(super) fn own_path(back: &str) -> &str {
    let own = back.starts_with('/')
        && !back.starts_with("//")
        && !back.contains('\\')
        && !back.chars().any(char::is_control);
    if own { back } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn the_way_back_never_leads_elsewhere() {
        assert_eq!(own_path("/loans?state=red"), "/loans?state=red");
        for foreign in ["https://evil.example/", "//evil.example", "/\\evil.example", "", "/a\r\nb"] {
            assert_eq!(own_path(foreign), "/", "{foreign}");
        }
    }
}
