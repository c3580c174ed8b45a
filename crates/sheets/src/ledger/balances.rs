//! A bank's list of balances (月末余额清单): what is left of each of its loans on a day, and nothing of places.

use std::collections::HashMap;

use bangfu_domain::bank::{Home, numbered_by};
use bangfu_domain::identity::IdentityNumber;
use bangfu_domain::money::Fen;
use jiff::civil::Date;

use crate::book::Book;
use crate::cell;
use crate::fault::{FaultCode, RowPlace};
use crate::header::{HeaderFault, find_all};
use crate::layout::Layout;
use crate::names::LEDGER;
use crate::parsed::Parsed;
use crate::row::{self, Record, Shape};

pub(crate) const SHAPE: Shape = Shape {
    fields: LEDGER,
    required: &[&["bank"], &["number"], &["balance"]],
    keys: &["number", "balance"],
    identities: &["identity", "borrower-identity", "head-identity"],
    evidence: &["borrower", "identity", "borrower-identity", "number", "balance", "principal", "due-on"],
    names: &["borrower", "head"],
    places: &[],
    sums: &["balance", "principal"],
};

/// Columns that a bank's list does not have: a file with one of them is a ledger, be it one that lacks others.
pub(crate) const PLACES: [&str; 3] = ["township", "village", "group"];

/// What is left of a loan.
#[derive(Debug, Clone, PartialEq)]
pub struct BalanceRow {
    /// Where it stands.
    pub at: RowPlace,
    /// 贷款银行.
    pub bank_branch: String,
    /// 借据号.
    pub number: String,
    /// 客户名称.
    pub name: Option<String>,
    /// 证件号码.
    pub identity: Option<IdentityNumber>,
    /// 贷款余额.
    pub balance_fen: Fen,
    /// 贷款金额.
    pub principal_fen: Option<Fen>,
    /// 数据日期, where a column gives it.
    pub stated_on: Option<Date>,
}

/// True if a book holds balances by bank and number, no places, and less than a ledger needs, by its layout or the names
/// of its columns.
pub fn fits(book: &Book, layout: Option<&Layout>) -> bool {
    if find_all(book, LEDGER, super::SHAPE.required, layout).is_ok() {
        return false;
    }
    let Ok(headers) = find_all(book, LEDGER, SHAPE.required, layout) else { return false };
    headers.found.iter().all(|(_, header)| !PLACES.iter().any(|key| header.columns.contains_key(key)))
}

/// Reads a bank's list of balances.
pub fn read(book: &Book, home: Home<'_>, layout: Option<&Layout>) -> Result<Parsed<BalanceRow>, HeaderFault> {
    let mut seen: HashMap<(String, String), RowPlace> = HashMap::new();
    row::read(book, &SHAPE, layout, None, |record| read_row(record, home, &mut seen))
}

fn read_row(
    record: &mut Record<'_>,
    home: Home<'_>,
    seen: &mut HashMap<(String, String), RowPlace>,
) -> Option<BalanceRow> {
    let bank_branch = record.required_name("bank");
    let number = record.required("number", cell::number);
    let balance_fen = record.required_amount("balance");
    if balance_fen.is_some_and(|balance| balance < Fen::ZERO) {
        record.refuse("balance", FaultCode::AmountUnreadable);
    }
    if let (Some(bank), Some(number)) = (&bank_branch, &number) {
        let key = (numbered_by(number, bank, home), number.clone());
        if let Some(first) = seen.get(&key) {
            let first_sheet = (first.sheet != record.at.sheet).then(|| first.sheet.clone());
            record.refuse("number", FaultCode::Duplicate { first_row: first.row, first_sheet });
        } else {
            seen.insert(key, record.at.clone());
        }
    }
    let identity_key =
        ["borrower-identity", "identity", "head-identity"].into_iter().find(|key| record.has(key));
    let name_key = if record.has("borrower") { "borrower" } else { "head" };
    Some(BalanceRow {
        at: record.at.clone(),
        bank_branch: bank_branch?,
        number: number?,
        name: record.optional_name(name_key),
        // A bank hides its customers' numbers as a rule: what is hidden says nothing.
        identity: identity_key.and_then(|key| {
            record.optional(key, |cell| if cell::is_masked(cell) { Ok(None) } else { cell::identity(cell) })
        }),
        balance_fen: balance_fen?,
        principal_fen: record.optional_amount("principal"),
        stated_on: record.optional("stated-on", cell::date_of),
    })
}
