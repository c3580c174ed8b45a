//! Finding the header under the title rows (being written).

use serde::{Deserialize, Serialize};

/// Why a file's columns cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeaderFault {
    /// The required columns that were not found: for each, its key and the names that were looked for.
    pub missing: Vec<(String, Vec<String>)>,
    /// The header texts that were found in the most likely row.
    pub found: Vec<String>,
    /// That row, as the spreadsheet counts; `None` if no row looks like a header.
    pub row: Option<u32>,
}
