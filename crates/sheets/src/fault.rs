//! What is wrong with a row, where, and with which parameters; doors put it into words.

use bangfu_domain::identity::IdentityFault;
use bangfu_domain::money::Fen;
use serde::{Deserialize, Serialize};

use crate::cell::Unit;

/// Where a value stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Place {
    /// The sheet's name.
    pub sheet: String,
    /// The row as the spreadsheet counts, from 1.
    pub row: u32,
    /// The header text nearest to the data, without line breaks.
    pub column: String,
}

/// Where a row stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct RowPlace {
    /// The sheet's name.
    pub sheet: String,
    /// The row as the spreadsheet counts, from 1.
    pub row: u32,
}

/// Where the header of a sheet stands, both rows as the spreadsheet counts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SheetHeader {
    /// The sheet's name.
    pub sheet: String,
    /// Its first row.
    pub first_row: u32,
    /// Its last row.
    pub last_row: u32,
    /// The rows above it that say something of the rows below it, as its title does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub title_rows: Vec<u32>,
    /// The first row that it stands above, where that is not the next one: another unit holds from there on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_row: Option<u32>,
    /// The unit of money that titles state for what stands below it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
}

/// Something wrong or worth knowing about a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Where.
    pub at: Place,
    /// The value as it stands there.
    pub value: String,
    /// What.
    pub code: FaultCode,
}

/// What is wrong with, or worth knowing about, a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum FaultCode {
    // What makes a row bad.
    /// A required cell is empty.
    Missing,
    /// A day cannot be read.
    DateUnreadable,
    /// The day does not exist in the calendar.
    NoSuchDay,
    /// An amount cannot be read.
    AmountUnreadable,
    /// An amount is not above zero.
    AmountNotPositive,
    /// A required number or term cannot be read.
    NumberUnreadable,
    /// The identity number is wrong.
    IdentityLength {
        /// Its characters.
        length: usize,
    },
    /// A character has no place in an identity number.
    IdentityCharacter {
        /// The character.
        character: char,
    },
    /// The identity number is masked, and the book has no loan whose borrower it masks.
    IdentityMasked,
    /// The birth date in the identity number is no day.
    IdentityBirthDate,
    /// The identity number's check digit is wrong.
    IdentityCheckDigit {
        /// The right one.
        expected: char,
    },
    /// A spreadsheet has rounded the number: its last digits are lost.
    NumberRounded,
    /// No village of this name in the township.
    VillageUnknown {
        /// The nearest names.
        nearest: Vec<String>,
    },
    /// Several places bear the name.
    VillageAmbiguous {
        /// Their names.
        names: Vec<String>,
    },
    /// No township of this name in the county.
    TownshipUnknown {
        /// The nearest names.
        nearest: Vec<String>,
    },
    /// Several townships bear the name.
    TownshipAmbiguous {
        /// Their names.
        names: Vec<String>,
    },
    /// The due day is not after the day of disbursement.
    DueNotAfterDisbursed {
        /// The day of disbursement.
        disbursed_on: String,
    },
    /// More is repaid than was lent.
    RepaidAbovePrincipal {
        /// What was lent.
        principal_fen: Fen,
    },
    /// The contract number was seen before in the file for the same institution; the first row stands.
    Duplicate {
        /// The row where it was first seen.
        first_row: u32,
        /// The sheet where it was first seen, if it is another.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        first_sheet: Option<String>,
    },
    /// The book has no loan of this number of this bank: a list of balances adds none.
    LoanUnknown,
    /// More is left than was lent.
    BalanceAbovePrincipal {
        /// What was lent.
        principal_fen: Fen,
    },
    /// Nothing tells to which household a member belongs.
    HeadUnknown,
    /// A role that bangfu does not know.
    RoleUnknown,
    /// An amount no loan of the programme can have: another column's number, as a rule.
    AmountTooLarge,
    /// A quote opens in the row and never closes: what stands in which column cannot be told.
    QuoteUnclosed,
    /// Bytes of the cell are no text, and what they stood for is lost.
    SignsLost,
    // What is noticed and not refused.
    /// The day has not come.
    DayAhead,
    /// A sheet looks like the others and lacks required columns: its rows were not read.
    SheetLacks {
        /// The usual names of what is missing.
        missing: Vec<String>,
    },
    /// A sheet has more tables than are read, each with columns of its own: what stands from this row on was not read.
    TablesBeyond {
        /// How many are read.
        max: usize,
    },
    /// A sheet hides rows or columns, by a filter perhaps: they were read like the others.
    Hidden {
        /// Rows with content.
        rows: u32,
        /// Columns with content.
        columns: u32,
    },
    /// Columns that the file's layout names are gone: what their names alone tell stands instead.
    LayoutMisfit {
        /// Their texts.
        missing: Vec<String>,
    },
    /// The book has the member in another household, where it stays.
    MemberElsewhere,
    /// An optional cell cannot be read and is left out.
    Ignored,
    /// A list says something else in an earlier row about the same household or officer; the first row stands.
    Contradicts {
        /// The first row.
        first_row: u32,
    },
    /// The stated sum is not that of its readable rows.
    SumDiffers {
        /// The sum of the rows.
        computed_fen: Fen,
    },
    /// The bank states another amount lent than the book; the book stands.
    PrincipalDiffers {
        /// What the book has.
        book_fen: Fen,
    },
    /// The term does not lead from disbursement to the due day.
    TermDiffers {
        /// The due day that the term leads to.
        expected: String,
    },
    /// The day of settlement does not fit: not fully repaid, before disbursement, after the position's day, or a due day.
    SettledDiffers,
    /// Principal, repaid and balance do not fit together.
    BalanceDiffers {
        /// The balance that principal and repaid lead to.
        expected_fen: Fen,
    },
    /// The borrower's age is outside the pack's limits.
    AgeOutside {
        /// The age at disbursement.
        age: u32,
        /// The least.
        min: Option<u32>,
        /// The most.
        max: Option<u32>,
    },
    /// The amount is above the pack's cap.
    AboveCap {
        /// The cap.
        cap_fen: Fen,
    },
    /// The contract runs longer than the pack allows.
    TermTooLong {
        /// The longest term.
        months_max: u32,
    },
    /// No pack covers the contract's day.
    NoPack,
    /// The roster does not name this officer.
    OfficerUnknown {
        /// The nearest names of the roster.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        nearest: Vec<String>,
    },
    /// The book has no such branch, and one whose name is much like it.
    BranchUnknown {
        /// The nearest names of the book.
        nearest: Vec<String>,
    },
    /// The book has the contract under another person.
    BorrowerDiffers,
    /// The ledger knows of less repaid than the book; the book stands.
    RepaidBelowBook {
        /// What the book has.
        book_fen: Fen,
    },
    /// With what the book knows from after the ledger's day, more would be repaid than can be; the book stands.
    RepaidBeyondBook {
        /// What would be repaid in all.
        sum_fen: Fen,
        /// What a later ledger states, or what was lent.
        most_fen: Fen,
    },
    /// The ledger states a principal below what the book knows as repaid; the book stands.
    PrincipalBelowRepaid {
        /// What the book has as repaid.
        repaid_fen: Fen,
    },
    /// The ledger is older than the newest position.
    OlderPosition {
        /// The newest position's day.
        newest: String,
    },
}

impl FaultCode {
    /// The stable word for it: the key of its text, and `code` in reports.
    pub fn key(&self) -> &'static str {
        match self {
            FaultCode::Missing => "missing",
            FaultCode::DateUnreadable => "date-unreadable",
            FaultCode::NoSuchDay => "no-such-day",
            FaultCode::AmountUnreadable => "amount-unreadable",
            FaultCode::AmountNotPositive => "amount-not-positive",
            FaultCode::NumberUnreadable => "number-unreadable",
            FaultCode::IdentityLength { .. } => "identity-length",
            FaultCode::IdentityCharacter { .. } => "identity-character",
            FaultCode::IdentityMasked => "identity-masked",
            FaultCode::IdentityBirthDate => "identity-birth-date",
            FaultCode::IdentityCheckDigit { .. } => "identity-check-digit",
            FaultCode::NumberRounded => "number-rounded",
            FaultCode::VillageUnknown { .. } => "village-unknown",
            FaultCode::VillageAmbiguous { .. } => "village-ambiguous",
            FaultCode::TownshipUnknown { .. } => "township-unknown",
            FaultCode::TownshipAmbiguous { .. } => "township-ambiguous",
            FaultCode::DueNotAfterDisbursed { .. } => "due-not-after-disbursed",
            FaultCode::RepaidAbovePrincipal { .. } => "repaid-above-principal",
            FaultCode::Duplicate { .. } => "duplicate",
            FaultCode::LoanUnknown => "loan-unknown",
            FaultCode::BalanceAbovePrincipal { .. } => "balance-above-principal",
            FaultCode::HeadUnknown => "head-unknown",
            FaultCode::RoleUnknown => "role-unknown",
            FaultCode::AmountTooLarge => "amount-too-large",
            FaultCode::QuoteUnclosed => "quote-unclosed",
            FaultCode::SignsLost => "signs-lost",
            FaultCode::DayAhead => "day-ahead",
            FaultCode::SheetLacks { .. } => "sheet-lacks",
            FaultCode::TablesBeyond { .. } => "tables-beyond",
            FaultCode::Hidden { .. } => "hidden",
            FaultCode::LayoutMisfit { .. } => "layout-misfit",
            FaultCode::MemberElsewhere => "member-elsewhere",
            FaultCode::Ignored => "ignored",
            FaultCode::Contradicts { .. } => "contradicts",
            FaultCode::SumDiffers { .. } => "sum-differs",
            FaultCode::PrincipalDiffers { .. } => "principal-differs",
            FaultCode::TermDiffers { .. } => "term-differs",
            FaultCode::SettledDiffers => "settled-differs",
            FaultCode::BalanceDiffers { .. } => "balance-differs",
            FaultCode::AgeOutside { .. } => "age-outside",
            FaultCode::AboveCap { .. } => "above-cap",
            FaultCode::TermTooLong { .. } => "term-too-long",
            FaultCode::NoPack => "no-pack",
            FaultCode::OfficerUnknown { .. } => "officer-unknown",
            FaultCode::BranchUnknown { .. } => "branch-unknown",
            FaultCode::BorrowerDiffers => "borrower-differs",
            FaultCode::RepaidBelowBook { .. } => "repaid-below-book",
            FaultCode::RepaidBeyondBook { .. } => "repaid-beyond-book",
            FaultCode::PrincipalBelowRepaid { .. } => "principal-below-repaid",
            FaultCode::OlderPosition { .. } => "older-position",
        }
    }

    /// The names of which somebody may choose one instead.
    pub fn choices(&self) -> &[String] {
        match self {
            FaultCode::VillageUnknown { nearest }
            | FaultCode::TownshipUnknown { nearest }
            | FaultCode::BranchUnknown { nearest }
            | FaultCode::OfficerUnknown { nearest } => nearest,
            FaultCode::VillageAmbiguous { names } | FaultCode::TownshipAmbiguous { names } => names,
            _ => &[],
        }
    }

    /// The parameters of its texts; amounts in yuan.
    pub fn args(&self) -> Vec<(&'static str, String)> {
        let number = |number: &Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
        match self {
            FaultCode::IdentityLength { length } => vec![("length", length.to_string())],
            FaultCode::IdentityCharacter { character } => vec![("character", character.to_string())],
            FaultCode::IdentityCheckDigit { expected } => vec![("expected", expected.to_string())],
            FaultCode::VillageUnknown { nearest }
            | FaultCode::TownshipUnknown { nearest }
            | FaultCode::BranchUnknown { nearest } => {
                vec![("nearest", nearest.join("、")), ("count", nearest.len().to_string())]
            }
            FaultCode::VillageAmbiguous { names } | FaultCode::TownshipAmbiguous { names } => {
                vec![("names", names.join("、"))]
            }
            FaultCode::DueNotAfterDisbursed { disbursed_on } => vec![("disbursed", disbursed_on.clone())],
            FaultCode::RepaidAbovePrincipal { principal_fen }
            | FaultCode::BalanceAbovePrincipal { principal_fen } => {
                vec![("principal", principal_fen.to_string())]
            }
            FaultCode::Duplicate { first_row, first_sheet } => vec![
                ("row", first_row.to_string()),
                ("sheet", first_sheet.clone().unwrap_or_default()),
                ("count", u8::from(first_sheet.is_some()).to_string()),
            ],
            FaultCode::Contradicts { first_row } => vec![("row", first_row.to_string())],
            FaultCode::SumDiffers { computed_fen } => vec![("computed", computed_fen.to_string())],
            FaultCode::SheetLacks { missing } | FaultCode::LayoutMisfit { missing } => {
                vec![("missing", missing.join("、"))]
            }
            FaultCode::TablesBeyond { max } => vec![("max", max.to_string())],
            FaultCode::Hidden { rows, columns } => {
                vec![("rows", rows.to_string()), ("columns", columns.to_string())]
            }
            FaultCode::TermDiffers { expected } => vec![("expected", expected.clone())],
            FaultCode::BalanceDiffers { expected_fen } => vec![("expected", expected_fen.to_string())],
            FaultCode::AgeOutside { age, min, max } => {
                vec![("age", age.to_string()), ("min", number(min)), ("max", number(max))]
            }
            FaultCode::AboveCap { cap_fen } => vec![("cap", cap_fen.to_string())],
            FaultCode::TermTooLong { months_max } => vec![("months", months_max.to_string())],
            FaultCode::RepaidBelowBook { book_fen } | FaultCode::PrincipalDiffers { book_fen } => {
                vec![("book", book_fen.to_string())]
            }
            FaultCode::RepaidBeyondBook { sum_fen, most_fen } => {
                vec![("sum", sum_fen.to_string()), ("most", most_fen.to_string())]
            }
            FaultCode::PrincipalBelowRepaid { repaid_fen } => vec![("repaid", repaid_fen.to_string())],
            FaultCode::OlderPosition { newest } => vec![("newest", newest.clone())],
            _ => Vec::new(),
        }
    }
}

impl From<IdentityFault> for FaultCode {
    fn from(fault: IdentityFault) -> FaultCode {
        match fault {
            IdentityFault::Empty => FaultCode::Missing,
            IdentityFault::Length(length) => FaultCode::IdentityLength { length },
            IdentityFault::Character(character) => FaultCode::IdentityCharacter { character },
            IdentityFault::BirthDate => FaultCode::IdentityBirthDate,
            IdentityFault::CheckDigit { expected } => FaultCode::IdentityCheckDigit { expected },
        }
    }
}
