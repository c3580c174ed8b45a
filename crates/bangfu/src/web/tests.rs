//! What the pages look like: rendered with made-up data.

use askama::Template;
use jiff::civil::date;

use super::board::{self, BoardPage};
use super::page::{Page, Section};
use crate::texts::Lang;

fn page(lang: Lang, section: Section) -> Page {
    Page {
        lang,
        section,
        county: "宜章县".to_owned(),
        today: date(2019, 6, 17),
        demo: true,
        address: "/".to_owned(),
        search: String::new(),
    }
}

/// Writes a page where `BANGFU_PAGES` says, to be looked at in a browser.
fn keep(name: &str, html: &str) {
    if let Ok(folder) = std::env::var("BANGFU_PAGES") {
        let css = super::assets::address("bangfu.css");
        let html = html.replace(&css, "bangfu.css");
        std::fs::write(format!("{folder}/{name}.html"), html).unwrap();
    }
}

#[test]
fn the_board_renders_in_both_languages_with_no_one_and_many_rows() {
    for lang in Lang::ALL {
        for rows in [0, 1, 19, 266] {
            let page = page(lang, Section::Board);
            let html = BoardPage { page, board: board::sample::board(lang, rows, rows == 19) }.render().unwrap();
            keep(&format!("board-{}-{rows}", lang.key()), &html);
            assert!(html.contains("<html lang="));
        }
    }
}
