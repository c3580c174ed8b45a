//! What a visitor sees when something is not there, not understood, or went wrong.

use askama::Template;

use super::page::Page;

/// An error's page.
#[derive(Template)]
#[template(path = "error.html")]
pub(crate) struct ErrorPage {
    /// The frame.
    pub(crate) page: Page,
    /// The HTTP status.
    pub(crate) status: u16,
    /// What it is.
    pub(crate) title: String,
    /// What to do.
    pub(crate) message: String,
    /// Under which the log tells more.
    pub(crate) reference: Option<String>,
}
