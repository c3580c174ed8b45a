//! The files that pages need, compiled in. Their addresses carry a hash of their content, so that a browser
//! keeps them for ever and still gets the new one after an update.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

struct Asset {
    name: &'static str,
    mime: &'static str,
    content: &'static [u8],
    address: String,
}

/// The sheets by topic, in the order in which they overrule one another; a browser gets them as one.
static SHEETS: LazyLock<String> = LazyLock::new(|| {
    // Dark where the reader's machine is, unless light was chosen, and where dark was; paper stays white.
    let dark = include_str!("../../static/css/dark.css");
    let by_machine = format!("@media screen and (prefers-color-scheme:dark){{:root:not(.light){{{dark}}}}}");
    format!("{BRIGHT}{by_machine}@media screen{{:root.dark{{{dark}}}}}")
});

const BRIGHT: &str = concat!(
    include_str!("../../static/css/1-frame.css"),
    include_str!("../../static/css/2-board.css"),
    include_str!("../../static/css/3-loans.css"),
    include_str!("../../static/css/4-admin.css"),
    include_str!("../../static/css/4-import.css"),
    include_str!("../../static/css/4-differences.css"),
    include_str!("../../static/css/4-api.css"),
    include_str!("../../static/css/4-lookup.css"),
    include_str!("../../static/css/4-outcomes.css"),
    include_str!("../../static/css/4-messages.css"),
    include_str!("../../static/css/5-narrow.css"),
    include_str!("../../static/css/6-paper.css"),
    include_str!("../../static/css/7-papers.css"),
);

/// The same sheets for large type: a quarter larger in all, so that whoever asks for it sees on a screen what others
/// see on one that is a fifth narrower.
static LARGE: LazyLock<String> = LazyLock::new(|| larger(&SHEETS));

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    let files: [(&str, &str, &[u8]); 8] = [
        ("bangfu.css", "text/css; charset=utf-8", SHEETS.as_bytes()),
        ("bangfu-large.css", "text/css; charset=utf-8", LARGE.as_bytes()),
        ("bangfu.js", "text/javascript; charset=utf-8", include_bytes!("../../static/bangfu.js")),
        ("api.js", "text/javascript; charset=utf-8", include_bytes!("../../static/api.js")),
        ("htmx.js", "text/javascript; charset=utf-8", include_bytes!("../../static/htmx.min.js")),
        ("picture.js", "text/javascript; charset=utf-8", include_bytes!("../../static/picture.js")),
        ("tall.css", "text/css; charset=utf-8", include_bytes!("../../static/css/tall.css")),
        ("mark.svg", "image/svg+xml", include_bytes!("../../static/mark.svg")),
    ];
    files
        .into_iter()
        .map(|(name, mime, content)| {
            let hash: String =
                Sha256::digest(content).iter().take(5).map(|byte| format!("{byte:02x}")).collect();
            Asset { name, mime, content, address: format!("/static/{hash}/{name}") }
        })
        .collect()
});

/// A sheet with every length in pixels a quarter larger, also those that tell narrow screens from wide ones. Hairlines
/// stay, and so does what follows the size of the root.
fn larger(sheet: &str) -> String {
    let mut large = String::with_capacity(sheet.len());
    let mut rest = sheet;
    while let Some((before, after)) = rest.split_once("px") {
        let digits = before.len() - before.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.').len();
        let (text, number) = before.split_at(before.len() - digits);
        large += text;
        match number.parse::<u32>() {
            Ok(length @ 4..) => large += &format!("{}.{:02}px", length * 125 / 100, length * 125 % 100),
            _ => large += &format!("{number}px"),
        }
        rest = after;
    }
    large + rest
}

/// The address of a file by its name.
pub(super) fn address(name: &str) -> String {
    let asset = ASSETS.iter().find(|asset| asset.name == name);
    asset.map(|asset| asset.address.clone()).unwrap_or_default()
}

/// `GET /static/{hash}/{name}`
pub(super) async fn get(Path((hash, name)): Path<(String, String)>) -> Response {
    let wanted = format!("/static/{hash}/{name}");
    match ASSETS.iter().find(|asset| asset.address == wanted) {
        Some(asset) => (
            [
                (header::CONTENT_TYPE, asset.mime),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            ],
            asset.content,
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// `GET /favicon.ico`, which browsers ask for unbidden.
pub(super) async fn icon() -> Response {
    let mark = ASSETS.iter().find(|asset| asset.name == "mark.svg");
    match mark {
        Some(asset) => ([(header::CONTENT_TYPE, asset.mime)], asset.content).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::larger;

    #[test]
    fn large_type_scales_lengths_and_the_widths_of_screens_but_no_hairline() {
        let sheet = "html{font-size:16px}@media (max-width:760px){.a{margin:-5px 1px;width:1.500px;top:2em}}";
        let large = "html{font-size:20.00px}@media (max-width:950.00px){.a{margin:-6.25px 1px;width:1.500px;top:2em}}";
        assert_eq!(larger(sheet), large);
    }
}
