//! A county's loan ledger (台账): who borrowed what where, and how much is repaid as of its day.

pub mod balances;
mod settled;

use std::collections::HashMap;

use bangfu_domain::bank::{Home, named, numbered_by};
use bangfu_domain::identity::IdentityNumber;
use bangfu_domain::loan::{add_days, add_months, days_between};
use bangfu_domain::money::Fen;
use bangfu_domain::rate::Rate;
use jiff::civil::Date;

use crate::book::Book;
use crate::cell;
use crate::fault::{FaultCode, RowPlace};
use crate::header::{HeaderFault, find_all};
use crate::layout::Layout;
use crate::measure::{self, Term};
use crate::names::LEDGER;
use crate::parsed::Parsed;
use crate::row::{self, Record, Shape};
use settled::Settled;

pub(crate) const SHAPE: Shape = Shape {
    fields: LEDGER,
    required: &[
        &["village"],
        &["borrower", "head"],
        &["identity", "borrower-identity", "head-identity"],
        &["bank"],
        &["number"],
        &["principal"],
        &["disbursed-on"],
        &["due-on", "term"],
    ],
    keys: &["number", "principal", "disbursed-on"],
    identities: &["identity", "borrower-identity", "head-identity"],
    evidence: &[
        "borrower",
        "head",
        "identity",
        "borrower-identity",
        "head-identity",
        "bank",
        "number",
        "principal",
        "disbursed-on",
        "due-on",
    ],
    names: &["borrower", "head"],
    places: &["township", "village", "group"],
    sums: &["principal", "repaid", "balance"],
};

/// A column of a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// 身份证号.
    Identity,
    /// 贷款金额.
    Principal,
    /// 放款日期.
    DisbursedOn,
    /// 到期日期.
    DueOn,
    /// 已还本金.
    Repaid,
    /// 贷款余额.
    Balance,
    /// 贷款银行.
    Bank,
    /// 借据号.
    Number,
    /// 信贷管户员.
    CreditManager,
    /// 产业指导员.
    IndustryGuide,
    /// 科技特派员.
    TechnologyOfficer,
}

impl Field {
    /// Its key in [`Parsed::columns`].
    pub const fn key(self) -> &'static str {
        match self {
            Field::Identity => "identity",
            Field::Principal => "principal",
            Field::DisbursedOn => "disbursed-on",
            Field::DueOn => "due-on",
            Field::Repaid => "repaid",
            Field::Balance => "balance",
            Field::Bank => "bank",
            Field::Number => "number",
            Field::CreditManager => "credit-manager",
            Field::IndustryGuide => "industry-guide",
            Field::TechnologyOfficer => "technology-officer",
        }
    }

    /// The name that most ledgers give it.
    pub fn usual_name(self) -> String {
        let names = LEDGER.iter().find(|names| names.key == self.key());
        names.and_then(|names| names.usual().next()).unwrap_or_default()
    }
}

/// A loan as a ledger states it.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerRow {
    /// Where it stands.
    pub at: RowPlace,
    /// 乡镇.
    pub township: Option<String>,
    /// 村.
    pub village: String,
    /// 组.
    pub group: Option<String>,
    /// The borrower's name.
    pub borrower_name: String,
    /// The borrower's identity number.
    pub identity: IdentityNumber,
    /// 联系电话.
    pub phone: Option<String>,
    /// 贫困户属性.
    pub household_class: Option<String>,
    /// 户主姓名, where the borrower stands in a column of its own.
    pub head_name: Option<String>,
    /// The head's identity number, where the borrower's stands in a column of its own.
    pub head_identity: Option<IdentityNumber>,
    /// 贷款银行.
    pub bank_branch: String,
    /// 借据号.
    pub number: String,
    /// 贷款金额.
    pub principal_fen: Fen,
    /// 年利率.
    pub rate: Option<Rate>,
    /// 放款日期.
    pub disbursed_on: Date,
    /// 期限 in months.
    pub term_months: Option<u32>,
    /// 到期日期.
    pub due_on: Date,
    /// 贷款用途.
    pub purpose: Option<String>,
    /// 已还本金; zero where the cell is empty, `None` where the ledger has no column that tells.
    pub repaid_fen: Option<Fen>,
    /// 结清日期.
    pub settled_on: Option<Date>,
    /// 信贷管户员.
    pub credit_manager: Option<String>,
    /// 产业指导员.
    pub industry_guide: Option<String>,
    /// 科技特派员.
    pub technology_officer: Option<String>,
    /// 带贫主体.
    pub enterprise: Option<String>,
    /// 备注.
    pub note: Option<String>,
}

/// Identity numbers that the book has already, by institution and contract number.
pub type Known = HashMap<(String, String), IdentityNumber>;

/// Reads a county's ledger. A row is bad only for what the rules of import name; everything else is a finding. A
/// masked identity number stands for the one in `known` that it masks; `as_of` is the day of the position where the
/// titles give none.
pub fn read(
    book: &Book,
    home: Home<'_>,
    known: &Known,
    layout: Option<&Layout>,
    as_of: Option<Date>,
) -> Result<Parsed<LedgerRow>, HeaderFault> {
    // Contract numbers are unique within an institution; the first row stands, be it bad itself.
    let mut seen: HashMap<(String, String), RowPlace> = HashMap::new();
    let mut settled = Settled::default();
    let parsed = row::read(book, &SHAPE, layout, as_of, |record| {
        read_row(record, home, known, &mut seen, &mut settled)
    });
    parsed.map(|parsed| settled.doubted(parsed))
}

fn read_row(
    record: &mut Record<'_>,
    home: Home<'_>,
    known: &Known,
    seen: &mut HashMap<(String, String), RowPlace>,
    settled: &mut Settled,
) -> Option<LedgerRow> {
    let village = record.required("village", |cell| Ok(cell::text(cell)));
    let own = record.has("borrower");
    let borrower_name = record.required_name(if own { "borrower" } else { "head" });
    let apart = record.has("borrower-identity");
    let identity_key =
        ["borrower-identity", "identity", "head-identity"].into_iter().find(|key| record.has(key))?;
    let bank_branch = record.required_name("bank");
    let number = record.required("number", cell::number);
    let contract = bank_branch.as_deref().map(|bank| named(bank, home).lender).zip(number.clone());
    let hidden = contract.and_then(|contract| known.get(&contract));
    let identity = record.required(identity_key, |cell| cell::identity_or_mask(cell, hidden));
    let principal_fen = record.required_amount("principal");
    let disbursed_on = record.required("disbursed-on", cell::date_of);
    let span = record.span_of("term");
    let term = record.optional("term", |cell| measure::term(cell, span));
    let due_on = due_on(record, disbursed_on, term);
    if principal_fen.is_some_and(|amount| !amount.is_positive()) {
        record.refuse("principal", FaultCode::AmountNotPositive);
    }
    if let (Some(bank), Some(number)) = (&bank_branch, &number) {
        let key = (numbered_by(number, bank, home), number.clone());
        match seen.get(&key) {
            Some(first) => {
                let first_sheet = (first.sheet != record.at.sheet).then(|| first.sheet.clone());
                record.refuse("number", FaultCode::Duplicate { first_row: first.row, first_sheet });
            }
            None => {
                seen.insert(key, record.at.clone());
            }
        }
    }
    let measure_of_rates = record.measure_of("rate");
    let (repaid_fen, settled_on) = settled.read(record, principal_fen, (disbursed_on, due_on));
    let head_key = if apart && record.has("identity") { "identity" } else { "head-identity" };
    let head_identity =
        if head_key == identity_key { None } else { record.optional(head_key, cell::identity) };
    Some(LedgerRow {
        at: record.at.clone(),
        township: record.optional_text("township"),
        village: village?,
        group: record.optional_text("group"),
        borrower_name: borrower_name?,
        identity: identity?,
        phone: record.optional("phone", |cell| Ok(cell::phone(cell))),
        household_class: record.optional_name("household-class"),
        head_name: if own { record.optional_name("head") } else { None },
        head_identity,
        bank_branch: bank_branch?,
        number: number?,
        principal_fen: principal_fen?,
        rate: record.optional("rate", |cell| measure::rate(cell, measure_of_rates)),
        disbursed_on: disbursed_on?,
        term_months: term.and_then(Term::months),
        due_on: due_on?,
        purpose: record.optional_text("purpose"),
        repaid_fen,
        settled_on,
        credit_manager: record.optional_name("credit-manager"),
        industry_guide: record.optional_name("industry-guide"),
        technology_officer: record.optional_name("technology-officer"),
        enterprise: record.optional_name("enterprise"),
        note: record.optional_text("note"),
    })
}

/// How far a due day may lie from the one that the term leads to: banks shift it off the month's end.
const TERM_SLACK_DAYS: i32 = 3;

fn due_on(record: &mut Record<'_>, disbursed_on: Option<Date>, term: Option<Term>) -> Option<Date> {
    let by_term = disbursed_on.zip(term).map(|(day, term)| match term {
        Term::Months(months) => add_months(day, months),
        Term::Days(days) => add_days(day, i32::try_from(days).unwrap_or(i32::MAX)),
    });
    if !record.has("due-on") {
        if by_term.is_none() && disbursed_on.is_some() {
            record.refuse("term", FaultCode::NumberUnreadable);
        }
        return by_term;
    }
    let due_on = record.required("due-on", cell::date_of)?;
    if let Some(disbursed_on) = disbursed_on
        && due_on <= disbursed_on
    {
        record.refuse("due-on", FaultCode::DueNotAfterDisbursed { disbursed_on: disbursed_on.to_string() });
    } else if let Some(by_term) = by_term
        && days_between(due_on, by_term).abs() > TERM_SLACK_DAYS
    {
        record.notice("term", FaultCode::TermDiffers { expected: by_term.to_string() });
    }
    Some(due_on)
}

/// True if a book hides identity numbers, as exports do.
pub fn has_masks(book: &Book) -> bool {
    let cells = book.sheets.iter().flat_map(|sheet| &sheet.rows).flatten();
    cells.into_iter().any(cell::is_masked)
}

/// The contract numbers in a book: whoever needs what is known of its loans looks these up.
pub fn numbers(book: &Book, layout: Option<&Layout>) -> Vec<String> {
    let Ok(headers) = find_all(book, SHAPE.fields, SHAPE.required, layout) else { return Vec::new() };
    let mut numbers = Vec::new();
    for (sheet, header) in headers.found {
        let Some(column) = header.columns.get("number") else { continue };
        let cells =
            sheet.rows[..header.end].iter().skip(header.last + 1).filter_map(|row| row.get(column.index));
        numbers.extend(cells.filter_map(|cell| cell::number(cell).ok().flatten()));
    }
    numbers
}
