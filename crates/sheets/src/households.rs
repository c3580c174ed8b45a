//! The register of households (户信息).

use bangfu_domain::identity::IdentityNumber;

use crate::book::Book;
use crate::cell;
use crate::fault::RowPlace;
use crate::header::{HeaderFault, Names};
use crate::ledger::layout::{GROUP, ORDINAL, PHONE, TOWNSHIP, VILLAGE};
use crate::parsed::Parsed;
use crate::row::{self, Layout};

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

const LAYOUT: Layout = Layout {
    fields: &[
        ORDINAL,
        TOWNSHIP,
        VILLAGE,
        GROUP,
        Names { key: "head", names: &["户主姓名", "户主", "姓名", "户主名称", "农户姓名"] },
        Names {
            key: "identity",
            names: &[
                "身份证号码",
                "身份证号",
                "户主身份证号",
                "户主身份证号码",
                "户主证件号码",
                "公民身份号码",
                "证件号码",
                "身份证",
            ],
        },
        Names {
            key: "size",
            names: &[
                "家庭人口",
                "家庭人口数",
                "人口",
                "人口数",
                "家庭人数",
                "户人口数",
                "家庭成员数",
                "人数",
            ],
        },
        Names {
            key: "household-class",
            names: &[
                "户属性",
                "贫困户属性",
                "脱贫属性",
                "户类型",
                "农户类型",
                "农户属性",
                "户类别",
                "监测对象类别",
                "脱贫户类型",
            ],
        },
        PHONE,
    ],
    required: &[&["village"], &["head"], &["identity"]],
    keys: &["head", "identity"],
    places: &["township", "village", "group"],
    sums: &[],
};

/// Reads a register of households, one row for each household's head.
pub fn read(book: &Book) -> Result<Parsed<HouseholdRow>, HeaderFault> {
    row::read(book, &LAYOUT, |record| {
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
