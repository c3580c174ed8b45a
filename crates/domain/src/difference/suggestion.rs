//! What the facts of a difference point to. Only what follows from them is suggested; who is to decide is a person.

use jiff::civil::Date;

use super::DifferenceKind;
use crate::loan::Fold;
use crate::money::Fen;

/// A difference as it is to be judged.
#[derive(Debug, Clone, Copy)]
pub struct Dispute<'a> {
    /// What it is about.
    pub kind: DifferenceKind,
    /// The day of the movement, or of the ledger's position.
    pub on: Date,
    /// 借据号 as reported.
    pub number: &'a str,
    /// What the bank reports as moved.
    pub amount_fen: Option<Fen>,
    /// What the bank states as left.
    pub balance_fen: Option<Fen>,
    /// The customer's name, as the bank gives it.
    pub bank_name: Option<&'a str>,
    /// The ledger's side of a ledger's difference.
    pub ledger_fen: Option<Fen>,
    /// The book's side of a ledger's difference.
    pub book_fen: Option<Fen>,
}

/// What the book knows of it now.
#[derive(Debug, Clone, Copy, Default)]
pub struct Book<'a> {
    /// The loan of that number.
    pub loan: Option<&'a Fold>,
    /// Whether the identity number that the bank gives is the borrower's; `None` where it gives none.
    pub same_person: Option<bool>,
    /// Other loans of the person, or of persons of the name, that the bank reports.
    pub others: &'a [Other<'a>],
    /// The movement that bears the serial number already.
    pub earlier: Option<Earlier<'a>>,
    /// The day of the county's newest ledger.
    pub position_on: Option<Date>,
}

/// A loan that the bank may have meant.
#[derive(Debug, Clone, Copy)]
pub struct Other<'a> {
    /// Its number.
    pub number: &'a str,
    /// What its events say.
    pub fold: &'a Fold,
    /// True if its borrower has the identity number that the bank reports; otherwise only the name is the same.
    pub is_same_person: bool,
}

/// A movement that came earlier under the same serial number.
#[derive(Debug, Clone, Copy)]
pub struct Earlier<'a> {
    /// 借据号.
    pub number: &'a str,
    /// Its day.
    pub on: Date,
    /// What it moved.
    pub amount_fen: Fen,
}

/// What the facts point to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suggestion {
    /// Another loan of this borrower takes the movement as it was reported: the number is written wrong.
    LikelyNumber {
        /// That loan's number.
        number: String,
    },
    /// The movement is later than the newest ledger: the loan may come with the next one.
    NotYetInLedger {
        /// The day of the newest ledger.
        position_on: Date,
    },
    /// The branch is to say which contract it means.
    AskNumber,
    /// The branch is to say which of two movements bears the serial number.
    AskSerial {
        /// The contract of the earlier one.
        number: String,
        /// Its day.
        on: Date,
        /// Its amount.
        amount_fen: Fen,
    },
    /// The branch is to say what the serial number stands for.
    AskSerialOnly,
    /// The names differ in one character.
    NameMiswritten {
        /// As the bank has it.
        bank: String,
        /// As the book has it.
        book: String,
    },
    /// The name differs, the identity number is the borrower's.
    SamePerson {
        /// As the bank has it.
        bank: String,
    },
    /// The name is the borrower's, the identity number is not.
    CheckIdentity,
    /// The branch is to say who repaid which contract.
    AskBorrower,
    /// The balance fell by the amount: it moved principal.
    MovesPrincipal,
    /// The balance did not move: it was no principal.
    LeavesBalance {
        /// The balance on both sides.
        balance_fen: Fen,
    },
    /// The branch is to say what it moved.
    AskKind,
    /// The book has the same amount on the same day already.
    SameDaySameAmount {
        /// The amount.
        amount_fen: Fen,
    },
    /// The bank's balance is the book's without this movement: it was counted already.
    CountedAlready {
        /// The balance on both sides.
        balance_fen: Fen,
    },
    /// Bank and book agree by now: the next file settles it.
    AgreesNow,
    /// The bank knows of more repaid before than the book does.
    BankKnowsMore {
        /// By so much.
        gap_fen: Fen,
    },
    /// The book knows of more repaid than the bank does.
    BookKnowsMore {
        /// By so much.
        gap_fen: Fen,
    },
    /// The book has the loan settled already.
    SettledBefore {
        /// Since when.
        on: Date,
    },
    /// More than is owed: the branch is to say what the rest is.
    AskExcess {
        /// The rest.
        excess_fen: Fen,
    },
    /// A ledger of a later day does not have this movement.
    LedgerLacksIt {
        /// The ledger's day.
        position_on: Date,
        /// What it states as repaid in all.
        repaid_fen: Fen,
    },
    /// The movement lies before the disbursement of this contract, and no other one takes it.
    BeforeLoan {
        /// 放款日期.
        disbursed_on: Date,
        /// So many days before.
        days: i64,
    },
    /// The ledger states what the book had before a bank movement: it is older than that movement.
    LedgerOlder {
        /// The day of the first movement that it lacks.
        since_on: Date,
        /// What it lacks.
        gap_fen: Fen,
    },
    /// The ledger states less, and no movement explains by how much.
    LedgerLower {
        /// By so much.
        gap_fen: Fen,
    },
    /// The ledger counts what the bank reports for later days.
    LedgerCountsLater {
        /// What it counts too early.
        gap_fen: Fen,
    },
    /// The ledger states more, and no movement explains by how much.
    LedgerHigher {
        /// By so much.
        gap_fen: Fen,
    },
    /// The amount lent differs by ten thousand times: 元 and 万元 were mistaken.
    UnitMistaken {
        /// The amount that the book has.
        principal_fen: Fen,
    },
    /// The ledger is to be checked against the contract.
    CheckPrincipal {
        /// The amount that the book has.
        principal_fen: Fen,
    },
}

/// A parameter of a suggestion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Param {
    /// An amount.
    Money(Fen),
    /// A day.
    Day(Date),
    /// A number of things.
    Count(i64),
    /// A name or a number that is written.
    Text(String),
}

impl Suggestion {
    /// The key of its text.
    pub const fn key(&self) -> &'static str {
        match self {
            Suggestion::LikelyNumber { .. } => "likely-number",
            Suggestion::NotYetInLedger { .. } => "not-yet-in-ledger",
            Suggestion::AskNumber => "ask-number",
            Suggestion::AskSerial { .. } => "ask-serial",
            Suggestion::AskSerialOnly => "ask-serial-only",
            Suggestion::NameMiswritten { .. } => "name-miswritten",
            Suggestion::SamePerson { .. } => "same-person",
            Suggestion::CheckIdentity => "check-identity",
            Suggestion::AskBorrower => "ask-borrower",
            Suggestion::MovesPrincipal => "moves-principal",
            Suggestion::LeavesBalance { .. } => "leaves-balance",
            Suggestion::AskKind => "ask-kind",
            Suggestion::SameDaySameAmount { .. } => "same-day-same-amount",
            Suggestion::CountedAlready { .. } => "counted-already",
            Suggestion::AgreesNow => "agrees-now",
            Suggestion::BankKnowsMore { .. } => "bank-knows-more",
            Suggestion::BookKnowsMore { .. } => "book-knows-more",
            Suggestion::SettledBefore { .. } => "settled-before",
            Suggestion::AskExcess { .. } => "ask-excess",
            Suggestion::LedgerLacksIt { .. } => "ledger-lacks-it",
            Suggestion::BeforeLoan { .. } => "before-loan",
            Suggestion::LedgerOlder { .. } => "ledger-older",
            Suggestion::LedgerLower { .. } => "ledger-lower",
            Suggestion::LedgerCountsLater { .. } => "ledger-counts-later",
            Suggestion::LedgerHigher { .. } => "ledger-higher",
            Suggestion::UnitMistaken { .. } => "unit-mistaken",
            Suggestion::CheckPrincipal { .. } => "check-principal",
        }
    }

    /// The parameters of its text.
    pub fn args(&self) -> Vec<(&'static str, Param)> {
        let text = |text: &String| Param::Text(text.clone());
        match self {
            Suggestion::LikelyNumber { number } => vec![("number", text(number))],
            Suggestion::NotYetInLedger { position_on } => vec![("day", Param::Day(*position_on))],
            Suggestion::AskSerial { number, on, amount_fen } => vec![
                ("number", text(number)),
                ("day", Param::Day(*on)),
                ("amount", Param::Money(*amount_fen)),
            ],
            Suggestion::NameMiswritten { bank, book } => vec![("bank", text(bank)), ("book", text(book))],
            Suggestion::SamePerson { bank } => vec![("bank", text(bank))],
            Suggestion::SettledBefore { on } => vec![("day", Param::Day(*on))],
            Suggestion::LedgerLacksIt { position_on, repaid_fen } => {
                vec![("day", Param::Day(*position_on)), ("amount", Param::Money(*repaid_fen))]
            }
            Suggestion::BeforeLoan { disbursed_on, days } => {
                vec![("day", Param::Day(*disbursed_on)), ("days", Param::Count(*days))]
            }
            Suggestion::LedgerOlder { since_on, gap_fen } => {
                vec![("day", Param::Day(*since_on)), ("amount", Param::Money(*gap_fen))]
            }
            Suggestion::SameDaySameAmount { amount_fen: amount }
            | Suggestion::LeavesBalance { balance_fen: amount }
            | Suggestion::CountedAlready { balance_fen: amount }
            | Suggestion::BankKnowsMore { gap_fen: amount }
            | Suggestion::BookKnowsMore { gap_fen: amount }
            | Suggestion::AskExcess { excess_fen: amount }
            | Suggestion::LedgerLower { gap_fen: amount }
            | Suggestion::LedgerCountsLater { gap_fen: amount }
            | Suggestion::LedgerHigher { gap_fen: amount }
            | Suggestion::UnitMistaken { principal_fen: amount }
            | Suggestion::CheckPrincipal { principal_fen: amount } => vec![("amount", Param::Money(*amount))],
            Suggestion::AskNumber
            | Suggestion::AskSerialOnly
            | Suggestion::CheckIdentity
            | Suggestion::AskBorrower
            | Suggestion::MovesPrincipal
            | Suggestion::AskKind
            | Suggestion::AgreesNow => Vec::new(),
        }
    }
}
