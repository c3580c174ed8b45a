//! `/import`: a file comes in, is compared with the book, and is taken over once confirmed.

#[cfg(test)]
pub(crate) mod sample;
pub(crate) mod view;

use askama::Template;

use super::page::Page;
use view::{ImportRow, ImportView, Stage, UploadForm};

/// The upload form.
#[derive(Template)]
#[template(path = "upload.html")]
pub(crate) struct UploadPage {
    /// The frame.
    pub(crate) page: Page,
    /// What was chosen.
    pub(crate) form: UploadForm,
    /// The last imports.
    pub(crate) recent: Vec<ImportRow>,
}

/// One import.
#[derive(Template)]
#[template(path = "import.html")]
pub(crate) struct ImportPage {
    /// The frame.
    pub(crate) page: Page,
    /// What it shows.
    pub(crate) import: ImportView,
}

/// The history of imports.
#[derive(Template)]
#[template(path = "imports.html")]
pub(crate) struct ImportsPage {
    /// The frame.
    pub(crate) page: Page,
    /// Newest first.
    pub(crate) imports: Vec<ImportRow>,
}
