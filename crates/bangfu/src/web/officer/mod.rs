//! `/officers`: who looks after which households.

pub(crate) mod view;

use askama::Template;

use super::page::Page;
use view::Officers;

/// The county's officers.
#[derive(Template)]
#[template(path = "officers.html")]
pub(crate) struct OfficersPage {
    /// The frame.
    pub(crate) page: Page,
    /// What it shows.
    pub(crate) officers: Officers,
}
