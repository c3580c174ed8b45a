//! `/`: the board of a day.

pub(crate) mod address;
pub(crate) mod ranges;
#[cfg(test)]
pub(crate) mod sample;
pub(crate) mod table;
pub(crate) mod view;

use askama::Template;

use super::page::Page;
use view::Board;

/// The board.
#[derive(Template)]
#[template(path = "board.html")]
pub(crate) struct BoardPage {
    /// The frame.
    pub(crate) page: Page,
    /// What it shows.
    pub(crate) board: Board,
}
