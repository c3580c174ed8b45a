//! `/differences`: where bank and book disagree, until somebody has looked into it or a file has proved it settled.

pub(super) mod act;
pub(super) mod bulk;
pub(super) mod export;
pub(crate) mod filter;
pub(super) mod list;
mod one;
#[cfg(test)]
pub(crate) mod sample;
pub(crate) mod say;
pub(super) mod slip;
pub(crate) mod view;

use askama::Template;

use super::page::Page;
use view::{DifferenceList, DifferenceView, Slip};

pub(super) use one::one;
pub(crate) use say::say;

/// A list of differences.
#[derive(Template)]
#[template(path = "differences.html")]
pub(crate) struct DifferencesPage {
    /// The frame.
    pub(crate) page: Page,
    /// What it shows.
    pub(crate) list: DifferenceList,
}

/// One difference.
#[derive(Template)]
#[template(path = "difference.html")]
pub(crate) struct DifferencePage {
    /// The frame.
    pub(crate) page: Page,
    /// What it shows.
    pub(crate) one: DifferenceView,
}

/// A branch's slip.
#[derive(Template)]
#[template(path = "difference_slip.html")]
pub(crate) struct SlipPage {
    /// The frame.
    pub(crate) page: Page,
    /// What it shows.
    pub(crate) slip: Slip,
}
