//! The roster of officers (三员名册).

use crate::book::Book;
use crate::cell;
use crate::fault::RowPlace;
use crate::header::HeaderFault;
use crate::layout::Layout;
use crate::names::OFFICERS;
use crate::parsed::Parsed;
use crate::row::{self, Shape};

/// A column of a roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// 乡镇.
    Township,
    /// 身份.
    Role,
}

impl Field {
    /// Its key in [`Parsed::columns`].
    pub const fn key(self) -> &'static str {
        match self {
            Field::Township => "township",
            Field::Role => "role",
        }
    }
}

/// An officer as a roster states them.
#[derive(Debug, Clone, PartialEq)]
pub struct OfficerRow {
    /// Where it stands.
    pub at: RowPlace,
    /// 乡镇; who serves none serves the county.
    pub township: Option<String>,
    /// 姓名.
    pub name: String,
    /// 身份, in the roster's own word.
    pub role: String,
    /// 联系电话.
    pub phone: Option<String>,
}

pub(crate) const SHAPE: Shape = Shape {
    fields: OFFICERS,
    required: &[&["name"], &["role"]],
    keys: &["name", "role"],
    identities: &[],
    evidence: &["name", "role", "phone"],
    names: &["name"],
    places: &["township"],
    sums: &[],
};

/// Reads a roster of officers, one row for each officer and role.
pub fn read(book: &Book, layout: Option<&Layout>) -> Result<Parsed<OfficerRow>, HeaderFault> {
    row::read(book, &SHAPE, layout, None, |record| {
        let name = record.required_name("name");
        let role = record.required_name("role");
        Some(OfficerRow {
            at: record.at.clone(),
            township: record.optional_text("township"),
            name: name?,
            role: role?,
            phone: record.optional("phone", |cell| Ok(cell::phone(cell))),
        })
    })
}
