//! `POST /language`: the other language, and back to the same page.

use axum::Form;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::frame::LANGUAGE_COOKIE;
use crate::texts::Lang;

/// The language, and where to go back to.
#[derive(Deserialize)]
pub(super) struct Choice {
    lang: String,
    #[serde(default)]
    back: String,
}

/// Remembers the language for a year.
pub(super) async fn choose(Form(choice): Form<Choice>) -> Response {
    let lang = Lang::from_key(&choice.lang).unwrap_or_default();
    let cookie =
        format!("{LANGUAGE_COOKIE}={}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly", lang.key());
    ([(header::SET_COOKIE, cookie)], Redirect::to(own_path(&choice.back))).into_response()
}

/// The path, if it is one of ours: an address elsewhere leads to the board.
fn own_path(back: &str) -> &str {
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
