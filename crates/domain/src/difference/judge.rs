//! From facts to a suggestion.

use jiff::civil::Date;
use strsim::osa_distance;

use super::DifferenceKind;
use super::suggestion::{Book, Dispute, Other, Suggestion};
use crate::loan::{Fold, MovementVerdict, days_between, judge_movement};
use crate::money::Fen;

/// 1 万元 is so many yuan.
const TEN_THOUSAND: i64 = 10_000;

/// What the facts of a difference point to; `None` where the book has too little to say anything.
pub fn suggest(dispute: &Dispute<'_>, book: &Book<'_>) -> Option<Suggestion> {
    match dispute.kind {
        DifferenceKind::UnknownNumber => Some(number(dispute, book)),
        DifferenceKind::SerialReused => Some(match &book.earlier {
            Some(earlier) => Suggestion::AskSerial {
                number: earlier.number.to_owned(),
                on: earlier.on,
                amount_fen: earlier.amount_fen,
            },
            None => Suggestion::AskSerialOnly,
        }),
        DifferenceKind::OtherName => Some(name(dispute, book)),
        DifferenceKind::OtherIdentity => Some(identity(dispute, book)),
        DifferenceKind::UnknownKind => Some(movement_kind(dispute, book).unwrap_or(Suggestion::AskKind)),
        DifferenceKind::BalanceDiffers | DifferenceKind::MoreThanOwed | DifferenceKind::BeyondPosition => {
            amount(dispute, book.loan?)
        }
        DifferenceKind::BeforeDisbursement => likely_number(dispute, book).or_else(|| {
            let disbursed_on = book.loan?.terms.disbursed_on;
            let days = i64::from(days_between(dispute.on, disbursed_on));
            Some(Suggestion::BeforeLoan { disbursed_on, days })
        }),
        DifferenceKind::LedgerBelowBook => below(dispute, book.loan?),
        DifferenceKind::LedgerBeyondBook => beyond(dispute, book.loan?),
        DifferenceKind::PrincipalBelowRepaid => principal(dispute, book.loan?),
    }
}

fn number(dispute: &Dispute<'_>, book: &Book<'_>) -> Suggestion {
    if let Some(likely) = likely_number(dispute, book) {
        return likely;
    }
    match book.position_on {
        Some(position_on) if dispute.on > position_on => Suggestion::NotYetInLedger { position_on },
        _ => Suggestion::AskNumber,
    }
}

/// The one other loan of this borrower that takes the movement as it was reported. Whose number is one slip of the
/// pen away goes before; without that, the balance or the identity number must speak for it.
fn likely_number(dispute: &Dispute<'_>, book: &Book<'_>) -> Option<Suggestion> {
    let amount = dispute.amount_fen?;
    let takes = |other: &&Other<'_>| {
        judge_movement(other.fold, dispute.on, amount, dispute.balance_fen) == MovementVerdict::Follows
    };
    let is_near = |other: &&Other<'_>| osa_distance(other.number, dispute.number) == 1;
    let is_witnessed = |other: &&Other<'_>| dispute.balance_fen.is_some() || other.is_same_person;
    let mut near = book.others.iter().filter(takes).filter(is_near);
    let found = match (near.next(), near.next()) {
        (Some(only), None) => only,
        (Some(_), Some(_)) => return None,
        (None, _) => {
            let mut witnessed = book.others.iter().filter(takes).filter(is_witnessed);
            witnessed.next().filter(|_| witnessed.next().is_none())?
        }
    };
    Some(Suggestion::LikelyNumber { number: found.number.to_owned() })
}

fn name(dispute: &Dispute<'_>, book: &Book<'_>) -> Suggestion {
    let bank = dispute.bank_name.unwrap_or_default();
    let borrower = book.loan.map(|loan| loan.about.borrower_name.as_str()).unwrap_or_default();
    if book.same_person == Some(true) {
        return Suggestion::SamePerson { bank: bank.to_owned() };
    }
    if book.same_person.is_none() && osa_distance(bank, borrower) == 1 {
        return Suggestion::NameMiswritten { bank: bank.to_owned(), book: borrower.to_owned() };
    }
    likely_number(dispute, book).unwrap_or(Suggestion::AskBorrower)
}

fn identity(dispute: &Dispute<'_>, book: &Book<'_>) -> Suggestion {
    if let Some(likely) = likely_number(dispute, book) {
        return likely;
    }
    let borrower = book.loan.map(|loan| loan.about.borrower_name.as_str());
    if dispute.bank_name.is_some() && dispute.bank_name == borrower {
        return Suggestion::CheckIdentity;
    }
    Suggestion::AskBorrower
}

fn movement_kind(dispute: &Dispute<'_>, book: &Book<'_>) -> Option<Suggestion> {
    let before = book.loan?.balance_on(dispute.on);
    let (amount, after) = (dispute.amount_fen?, dispute.balance_fen?);
    if after == before {
        return Some(Suggestion::LeavesBalance { balance_fen: after });
    }
    (after == before - amount).then_some(Suggestion::MovesPrincipal)
}

fn amount(dispute: &Dispute<'_>, loan: &Fold) -> Option<Suggestion> {
    let amount = dispute.amount_fen?;
    if loan.movements.get(&dispute.on) == Some(&amount) {
        return Some(Suggestion::SameDaySameAmount { amount_fen: amount });
    }
    let balance = loan.balance_on(dispute.on);
    if dispute.balance_fen == Some(balance) {
        return Some(Suggestion::CountedAlready { balance_fen: balance });
    }
    Some(match judge_movement(loan, dispute.on, amount, dispute.balance_fen) {
        MovementVerdict::Follows => Suggestion::AgreesNow,
        MovementVerdict::BalanceDiffers { book_fen } => {
            let stated = dispute.balance_fen?;
            if stated < book_fen {
                Suggestion::BankKnowsMore { gap_fen: book_fen - stated }
            } else {
                Suggestion::BookKnowsMore { gap_fen: stated - book_fen }
            }
        }
        MovementVerdict::MoreThanOwed { book_fen } => match loan.settled_on() {
            Some(on) => Suggestion::SettledBefore { on },
            None => Suggestion::AskExcess { excess_fen: amount - book_fen },
        },
        MovementVerdict::BeyondPosition { position_on, repaid_fen } => {
            Suggestion::LedgerLacksIt { position_on, repaid_fen }
        }
        MovementVerdict::BeforeDisbursement => {
            let disbursed_on = loan.terms.disbursed_on;
            let days = i64::from(days_between(dispute.on, disbursed_on));
            Suggestion::BeforeLoan { disbursed_on, days }
        }
    })
}

fn below(dispute: &Dispute<'_>, loan: &Fold) -> Option<Suggestion> {
    let (ledger, book) = (dispute.ledger_fen?, dispute.book_fen?);
    let gap_fen = book - ledger;
    let lacked = |since: Date| -> Fen { loan.movements.range(since..=dispute.on).map(|(_, fen)| *fen).sum() };
    let mut days = loan.movements.range(..=dispute.on).rev().map(|(day, _)| *day);
    Some(match days.find(|day| lacked(*day) == gap_fen) {
        Some(since_on) => Suggestion::LedgerOlder { since_on, gap_fen },
        None => Suggestion::LedgerLower { gap_fen },
    })
}

fn beyond(dispute: &Dispute<'_>, loan: &Fold) -> Option<Suggestion> {
    let gap_fen = dispute.ledger_fen? - dispute.book_fen?;
    let later: Fen = loan.movements.iter().filter(|(day, _)| **day > dispute.on).map(|(_, fen)| *fen).sum();
    Some(if later == gap_fen {
        Suggestion::LedgerCountsLater { gap_fen }
    } else {
        Suggestion::LedgerHigher { gap_fen }
    })
}

fn principal(dispute: &Dispute<'_>, loan: &Fold) -> Option<Suggestion> {
    let principal_fen = loan.terms.principal_fen;
    let is_unit = dispute.ledger_fen?.get().checked_mul(TEN_THOUSAND) == Some(principal_fen.get());
    Some(if is_unit {
        Suggestion::UnitMistaken { principal_fen }
    } else {
        Suggestion::CheckPrincipal { principal_fen }
    })
}
