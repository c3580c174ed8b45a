//! Whose a row is: what somebody looks for who has the ledger before them on paper.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::Kind;
use crate::book::Book;
use crate::cell;
use crate::fault::RowPlace;
use crate::header::row;
use crate::layout::Layout;
use crate::row::headers_of;
use crate::rowkind::{RowKind, Rows};

/// The name and the contract number of a row, as far as they can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// Where the row stands.
    pub at: RowPlace,
    /// The borrower, the household's head, the officer.
    pub name: Option<String>,
    /// The contract number.
    pub number: Option<String>,
}

/// Whose the rows are that stand at these places: sheet and row. Rows that hold no record are left out.
pub fn subjects(
    book: &Book,
    kind: Kind,
    layout: Option<&Layout>,
    places: &BTreeSet<(&str, u32)>,
) -> Vec<Subject> {
    let Some((shape, headers)) = headers_of(book, kind, layout) else { return Vec::new() };
    let mut subjects = Vec::new();
    for (sheet, header) in &headers.found {
        let rows = Rows::new(sheet, header, shape);
        let name = shape.names.iter().find_map(|key| header.columns.get(key));
        let number = header.columns.get("number");
        for (index, cells) in sheet.rows.iter().enumerate().take(header.end).skip(header.last + 1) {
            if !places.contains(&(sheet.name.as_str(), row(index))) || rows.kind(cells) != RowKind::Record {
                continue;
            }
            let name = name.and_then(|column| cells.get(column.index)).and_then(cell::name);
            let number = number.and_then(|column| cells.get(column.index));
            let number = number.and_then(|cell| cell::number(cell).ok().flatten());
            if name.is_some() || number.is_some() {
                let at = RowPlace { sheet: sheet.name.clone(), row: row(index) };
                subjects.push(Subject { at, name, number });
            }
        }
    }
    subjects
}
