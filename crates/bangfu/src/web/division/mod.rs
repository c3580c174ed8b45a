//! `/divisions`: townships, villages and service points.

pub(crate) mod view;

use askama::Template;

use super::page::Page;
use view::Divisions;

/// The county's places.
#[derive(Template)]
#[template(path = "divisions.html")]
pub(crate) struct DivisionsPage {
    /// The frame.
    pub(crate) page: Page,
    /// What it shows.
    pub(crate) divisions: Divisions,
}
