//! The register of households (户信息).

use bangfu_domain::identity::IdentityNumber;

use crate::book::Book;
use crate::cell;
use crate::fault::RowPlace;
use crate::header::HeaderFault;
use crate::layout::Layout;
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
    /// 户主姓名; in the row of another member, that member's.
    pub head_name: String,
    /// True for the row of a head: a register may have a row for each member.
    pub is_head: bool,
    /// 户编号, by which the rows of a household are known.
    pub household_number: Option<String>,
    /// The identity number of the head, or of the member whose row it is.
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
    required: &[&["village"], &["head", "member"], &["identity", "member-identity"]],
    keys: &["head", "identity"],
    identities: &["identity", "member-identity"],
    evidence: &["head", "identity", "member", "member-identity", "size", "phone"],
    names: &["head", "member"],
    places: &["township", "village", "group"],
    sums: &[],
};

/// What a register calls the relation of a head to the head.
const HEADS: [&str; 4] = ["户主", "本人", "本人或户主", "户主本人"];

/// Reads a register of households, a row for each household's head or for each member.
pub fn read(book: &Book, layout: Option<&Layout>) -> Result<Parsed<HouseholdRow>, HeaderFault> {
    row::read(book, &SHAPE, layout, None, |record| {
        let village = record.required("village", |cell| Ok(cell::text(cell)));
        let of_member = record.has("member");
        let head_name = record.required_name(if of_member { "member" } else { "head" });
        let own_number = if record.has("member-identity") { "member-identity" } else { "identity" };
        let identity = record.required(own_number, cell::identity);
        let relation = record.optional_name("relation");
        let is_head = match relation {
            Some(relation) => HEADS.contains(&relation.as_str()),
            None => !of_member || record.optional_name("head") == head_name,
        };
        Some(HouseholdRow {
            at: record.at.clone(),
            township: record.optional_text("township"),
            village: village?,
            head_name: head_name?,
            is_head,
            household_number: record.optional_text("household-number"),
            identity: identity?,
            size: record.optional("size", cell::count),
            household_class: record.optional_name("household-class"),
            phone: record.optional("phone", |cell| Ok(cell::phone(cell))),
        })
    })
}
