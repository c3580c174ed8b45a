//! The register of households (户信息).

use bangfu_domain::identity::IdentityNumber;

use crate::book::Book;
use crate::cell;
use crate::fault::RowPlace;
use crate::header::HeaderFault;
use crate::names::HOUSEHOLDS;
use crate::parsed::Parsed;
use crate::row::{self, Shape};

/// A household as a register states it.
#[derive(Debug, Clone, PartialEq)]
pub struct HouseholdRow {
    /// Where it stands.
    pub at: RowPlace,
    /// 乡镇.
    pub township: Option<String>,
    /// 村.
    pub village: String,
    /// 户主姓名.
    pub head_name: String,
    /// The head's identity number.
    pub identity: IdentityNumber,
    /// 家庭人口.
    pub size: Option<u32>,
    /// 户属性.
    pub household_class: Option<String>,
    /// 联系电话.
    pub phone: Option<String>,
}

pub(crate) const SHAPE: Shape = Shape {
    fields: HOUSEHOLDS,
    required: &[&["village"], &["head"], &["identity"]],
    keys: &["head", "identity"],
    identities: &["identity"],
    evidence: &["head", "identity", "size", "phone"],
    names: &["head"],
    places: &["township", "village", "group"],
    sums: &[],
};

/// Reads a register of households, one row for each household's head.
pub fn read(book: &Book) -> Result<Parsed<HouseholdRow>, HeaderFault> {
    row::read(book, &SHAPE, |record| {
        let village = record.required("village", |cell| Ok(cell::text(cell)));
        let head_name = record.required_name("head");
        let identity = record.required("identity", cell::identity);
        Some(HouseholdRow {
            at: record.at.clone(),
            township: record.optional_text("township"),
            village: village?,
            head_name: head_name?,
            identity: identity?,
            size: record.optional("size", cell::count),
            household_class: record.optional_name("household-class"),
            phone: record.optional("phone", |cell| Ok(cell::phone(cell))),
        })
    })
}
