//! `/loans`: lists of loans and one loan.

pub(crate) mod filter;
pub(crate) mod ribbon;
#[cfg(test)]
pub(crate) mod sample;
pub(crate) mod view;

use askama::Template;

use super::page::Page;
use view::{LoanList, LoanView};

/// A list of loans.
#[derive(Template)]
#[template(path = "loans.html")]
pub(crate) struct LoansPage {
    /// The frame.
    pub(crate) page: Page,
    /// What it shows.
    pub(crate) list: LoanList,
}

/// One loan.
#[derive(Template)]
#[template(path = "loan.html")]
pub(crate) struct LoanPage {
    /// The frame.
    pub(crate) page: Page,
    /// What it shows.
    pub(crate) loan: LoanView,
}
