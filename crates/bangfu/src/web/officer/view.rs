//! Officers as plain data: what their template shows.

use super::super::board::view::Cell;

/// An officer.
#[derive(Debug, Clone)]
pub(crate) struct OfficerRow {
    /// The name.
    pub(crate) name: String,
    /// Their page.
    pub(crate) href: String,
    /// Keys of the roles.
    pub(crate) role_keys: Vec<String>,
    /// Whether only a ledger names the officer.
    pub(crate) unconfirmed: bool,
    /// Households tied.
    pub(crate) households: u64,
    /// The loans of these households.
    pub(crate) households_href: String,
    /// Loans of a credit manager that owe something, and their list.
    pub(crate) loans: Option<(u64, String)>,
    /// Loans of a credit manager by standing.
    pub(crate) cells: Vec<Cell>,
}

/// The officers of a township.
#[derive(Debug, Clone)]
pub(crate) struct OfficerGroup {
    /// The place's name.
    pub(crate) place: String,
    /// An anchor within the page.
    pub(crate) anchor: String,
    /// Its officers.
    pub(crate) officers: Vec<OfficerRow>,
}

/// The county's officers.
#[derive(Debug, Clone)]
pub(crate) struct Officers {
    /// What was searched for.
    pub(crate) search: String,
    /// Key of the role shown; empty for every role.
    pub(crate) role: String,
    /// The roles to choose from, with how many officers have each.
    pub(crate) roles: Vec<(String, u64)>,
    /// Officers shown.
    pub(crate) count: u64,
    /// By township.
    pub(crate) groups: Vec<OfficerGroup>,
}
