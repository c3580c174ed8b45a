//! Each kind of difference, with the facts that point somewhere and those that don't.

use jiff::civil::{Date, date};

use super::*;
use crate::loan::{EventKind, Fold, LoanEvent, Particulars, Placement, Terms, fold};

const MAY: Date = date(2019, 5, 10);

fn yuan(yuan: i64) -> Fen {
    Fen::new(yuan * 100)
}

/// A loan of 50,000 yuan from May 2018 on, with what happened to it.
fn loan(happened: &[(Date, EventKind)]) -> Fold {
    let terms = Terms {
        principal_fen: yuan(50_000),
        rate: None,
        disbursed_on: date(2018, 5, 1),
        due_on: date(2019, 5, 20),
        term_months: Some(12),
        purpose: None,
    };
    let about = Particulars { borrower_name: "王小明".to_owned(), ..Particulars::default() };
    let placement = Placement { village_id: 1, branch_id: 1, manager_id: None };
    let mut events = vec![
        (terms.disbursed_on, EventKind::Opened { terms, about }),
        (date(2018, 5, 1), EventKind::Placed { placement }),
    ];
    events.extend_from_slice(happened);
    let events: Vec<LoanEvent> = events
        .into_iter()
        .zip(1..)
        .map(|((effective_on, kind), seq)| LoanEvent { seq, effective_on, recorded_at: 1, kind })
        .collect();
    fold(&events, i64::MAX).unwrap()
}

fn repaid(on: Date, amount: i64) -> (Date, EventKind) {
    (on, EventKind::Repaid { amount_fen: yuan(amount) })
}

fn position(on: Date, amount: i64) -> (Date, EventKind) {
    (on, EventKind::Position { repaid_fen: yuan(amount), dated_on: None })
}

fn movement(kind: DifferenceKind, amount: i64, balance: Option<i64>) -> Dispute<'static> {
    Dispute {
        kind,
        on: MAY,
        number: "A1",
        amount_fen: Some(yuan(amount)),
        balance_fen: balance.map(yuan),
        bank_name: Some("王小明"),
        ledger_fen: None,
        book_fen: None,
    }
}

fn ledger(kind: DifferenceKind, ledger: i64, book: i64) -> Dispute<'static> {
    let none = movement(kind, 0, None);
    let sides = (Some(yuan(ledger)), Some(yuan(book)));
    Dispute { amount_fen: None, bank_name: None, ledger_fen: sides.0, book_fen: sides.1, ..none }
}

fn about(loan: &Fold) -> Book<'_> {
    Book { loan: Some(loan), ..Book::default() }
}

#[test]
fn every_word_reads_back() {
    for kind in DifferenceKind::ALL {
        assert_eq!(DifferenceKind::from_key(kind.key()), Some(kind));
    }
    for state in DifferenceState::ALL {
        assert_eq!(DifferenceState::from_key(state.key()), Some(state));
    }
    for way in Way::ALL {
        assert_eq!(Way::from_key(way.key()), Some(way));
    }
    for step in StepKind::ALL {
        assert_eq!(StepKind::from_key(step.key()), Some(step));
    }
}

#[test]
fn a_movement_whose_balance_the_book_has_without_it_was_counted_already() {
    use DifferenceKind::{BalanceDiffers, BeyondPosition, MoreThanOwed};
    let counted = loan(&[repaid(date(2019, 5, 8), 10_000)]);
    let balance_fen = yuan(40_000);
    let dispute = movement(BalanceDiffers, 10_000, Some(40_000));
    assert_eq!(suggest(&dispute, &about(&counted)), Some(Suggestion::CountedAlready { balance_fen }));
    let settled = loan(&[repaid(date(2019, 5, 8), 50_000)]);
    let dispute = movement(MoreThanOwed, 50_000, Some(0));
    let counted = Some(Suggestion::CountedAlready { balance_fen: yuan(0) });
    assert_eq!(suggest(&dispute, &about(&settled)), counted);
    let stated = loan(&[position(date(2019, 5, 9), 10_000), position(date(2019, 5, 31), 10_000)]);
    let dispute = movement(BeyondPosition, 10_000, Some(40_000));
    assert_eq!(suggest(&dispute, &about(&stated)), Some(Suggestion::CountedAlready { balance_fen }));
}

#[test]
fn the_same_amount_on_the_same_day_is_pointed_out() {
    let twice = loan(&[repaid(MAY, 30_000)]);
    let dispute = movement(DifferenceKind::MoreThanOwed, 30_000, None);
    let same = Suggestion::SameDaySameAmount { amount_fen: yuan(30_000) };
    assert_eq!(suggest(&dispute, &about(&twice)), Some(same));
}

#[test]
fn the_gap_between_two_balances_is_said_with_its_side() {
    use DifferenceKind::BalanceDiffers;
    let untouched = loan(&[]);
    let dispute = movement(BalanceDiffers, 10_000, Some(35_000));
    let more = Some(Suggestion::BankKnowsMore { gap_fen: yuan(5_000) });
    assert_eq!(suggest(&dispute, &about(&untouched)), more);
    let ahead = loan(&[repaid(date(2019, 5, 8), 20_000)]);
    let dispute = movement(BalanceDiffers, 10_000, Some(35_000));
    let more = Some(Suggestion::BookKnowsMore { gap_fen: yuan(15_000) });
    assert_eq!(suggest(&dispute, &about(&ahead)), more);
    let dispute = movement(BalanceDiffers, 10_000, Some(40_000));
    assert_eq!(suggest(&dispute, &about(&untouched)), Some(Suggestion::AgreesNow));
    assert_eq!(suggest(&dispute, &Book::default()), None, "without the loan nothing follows");
}

#[test]
fn more_than_is_owed_is_the_rest_or_a_loan_settled_before() {
    let part = loan(&[repaid(date(2019, 5, 8), 20_000)]);
    let dispute = movement(DifferenceKind::MoreThanOwed, 30_500, None);
    let rest = Some(Suggestion::AskExcess { excess_fen: yuan(500) });
    assert_eq!(suggest(&dispute, &about(&part)), rest);
    let settled = loan(&[repaid(date(2019, 5, 8), 50_000)]);
    let dispute = movement(DifferenceKind::MoreThanOwed, 10_000, None);
    let before = Some(Suggestion::SettledBefore { on: date(2019, 5, 8) });
    assert_eq!(suggest(&dispute, &about(&settled)), before);
}

#[test]
fn a_later_ledger_that_lacks_the_movement_is_named() {
    let stated = loan(&[position(date(2019, 4, 30), 0), position(date(2019, 5, 31), 0)]);
    let dispute = movement(DifferenceKind::BeyondPosition, 10_000, Some(40_000));
    let lacks = Suggestion::LedgerLacksIt { position_on: date(2019, 5, 31), repaid_fen: yuan(0) };
    assert_eq!(suggest(&dispute, &about(&stated)), Some(lacks));
}

#[test]
fn an_unknown_number_is_the_borrowers_other_loan_if_that_one_takes_the_movement() {
    use DifferenceKind::UnknownNumber;
    let (open, paid) = (loan(&[]), loan(&[repaid(date(2019, 1, 8), 45_000)]));
    let other = |number, fold, is_same_person| Other { number, fold, is_same_person };
    let likely = |number: &str| Some(Suggestion::LikelyNumber { number: number.to_owned() });
    let of = |others: &[Other<'_>], balance: Option<i64>, position_on: Option<Date>| {
        let book = Book { others, position_on, ..Book::default() };
        suggest(&movement(UnknownNumber, 10_000, balance), &book)
    };
    assert_eq!(of(&[other("B77", &open, false)], Some(40_000), None), likely("B77"), "the balance speaks");
    assert_eq!(of(&[other("A7", &open, false)], None, None), likely("A7"), "one sign differs");
    assert_eq!(of(&[other("B77", &open, true)], None, None), likely("B77"), "the identity number speaks");
    let ask = Some(Suggestion::AskNumber);
    assert_eq!(of(&[other("B77", &open, false)], None, None), ask, "a name alone says nothing");
    assert_eq!(of(&[other("B77", &paid, true)], Some(40_000), None), ask, "that one cannot take it");
    let two = [other("A7", &open, true), other("A8", &open, true)];
    assert_eq!(of(&two, Some(40_000), None), ask, "two are as likely");
    let two = [other("A7", &open, false), other("B77", &open, false)];
    assert_eq!(of(&two, Some(40_000), None), likely("A7"), "the nearer number goes before");
    let newest = date(2019, 4, 30);
    let later = Some(Suggestion::NotYetInLedger { position_on: newest });
    assert_eq!(of(&[], None, Some(newest)), later);
    assert_eq!(of(&[], None, Some(MAY)), ask, "that ledger should have had it");
}

#[test]
fn a_serial_number_used_before_is_asked_about_with_what_it_said() {
    let dispute = movement(DifferenceKind::SerialReused, 10_000, None);
    let earlier = Earlier { number: "A2", on: date(2019, 3, 1), amount_fen: yuan(300) };
    let book = Book { earlier: Some(earlier), ..Book::default() };
    let ask = Suggestion::AskSerial { number: "A2".to_owned(), on: date(2019, 3, 1), amount_fen: yuan(300) };
    assert_eq!(suggest(&dispute, &book), Some(ask));
    assert_eq!(suggest(&dispute, &Book::default()), Some(Suggestion::AskSerialOnly));
}

#[test]
fn another_name_is_a_slip_the_same_person_or_another_loan() {
    let open = loan(&[]);
    let dispute = |bank_name| Dispute {
        bank_name: Some(bank_name),
        ..movement(DifferenceKind::OtherName, 10_000, Some(40_000))
    };
    let slip = Suggestion::NameMiswritten { bank: "王晓明".to_owned(), book: "王小明".to_owned() };
    assert_eq!(suggest(&dispute("王晓明"), &about(&open)), Some(slip));
    let same = Book { same_person: Some(true), ..about(&open) };
    let person = Suggestion::SamePerson { bank: "袁文".to_owned() };
    assert_eq!(suggest(&dispute("袁文"), &same), Some(person));
    let strange = Book { same_person: Some(false), ..about(&open) };
    assert_eq!(suggest(&dispute("王晓明"), &strange), Some(Suggestion::AskBorrower), "another person");
    let others = [Other { number: "B9", fold: &open, is_same_person: false }];
    let elsewhere = Book { others: &others, ..about(&open) };
    let likely = Suggestion::LikelyNumber { number: "B9".to_owned() };
    assert_eq!(suggest(&dispute("袁文"), &elsewhere), Some(likely));
}

#[test]
fn another_identity_number_is_checked_or_leads_to_another_loan() {
    let open = loan(&[]);
    let dispute = movement(DifferenceKind::OtherIdentity, 10_000, Some(40_000));
    assert_eq!(suggest(&dispute, &about(&open)), Some(Suggestion::CheckIdentity));
    let nameless = Dispute { bank_name: None, ..dispute };
    assert_eq!(suggest(&nameless, &about(&open)), Some(Suggestion::AskBorrower));
    let others = [Other { number: "B9", fold: &open, is_same_person: true }];
    let elsewhere = Book { others: &others, ..about(&open) };
    let likely = Suggestion::LikelyNumber { number: "B9".to_owned() };
    assert_eq!(suggest(&dispute, &elsewhere), Some(likely));
}

#[test]
fn an_unknown_kind_is_told_by_the_balance() {
    let open = loan(&[]);
    let of = |balance| suggest(&movement(DifferenceKind::UnknownKind, 300, balance), &about(&open));
    assert_eq!(of(Some(50_000)), Some(Suggestion::LeavesBalance { balance_fen: yuan(50_000) }));
    assert_eq!(of(Some(49_700)), Some(Suggestion::MovesPrincipal));
    assert_eq!(of(Some(49_000)), Some(Suggestion::AskKind));
    assert_eq!(of(None), Some(Suggestion::AskKind));
}

#[test]
fn what_lies_before_the_disbursement_says_how_far() {
    let open = loan(&[]);
    let early = Dispute {
        on: date(2018, 4, 21),
        ..movement(DifferenceKind::BeforeDisbursement, 10_000, Some(40_000))
    };
    let before = Suggestion::BeforeLoan { disbursed_on: date(2018, 5, 1), days: 10 };
    assert_eq!(suggest(&early, &about(&open)), Some(before));
}

#[test]
fn a_ledger_below_the_book_is_older_than_a_movement_or_simply_lower() {
    let book = loan(&[repaid(date(2019, 3, 1), 5_000), repaid(date(2019, 4, 20), 10_000)]);
    let of = |stated| suggest(&ledger(DifferenceKind::LedgerBelowBook, stated, 15_000), &about(&book));
    let older = |since_on, gap| Some(Suggestion::LedgerOlder { since_on, gap_fen: yuan(gap) });
    assert_eq!(of(5_000), older(date(2019, 4, 20), 10_000));
    assert_eq!(of(0), older(date(2019, 3, 1), 15_000));
    assert_eq!(of(7_000), Some(Suggestion::LedgerLower { gap_fen: yuan(8_000) }));
}

#[test]
fn a_ledger_beyond_the_book_counts_later_movements_or_is_simply_higher() {
    let book = loan(&[repaid(date(2019, 5, 20), 10_000)]);
    let of = |sum| suggest(&ledger(DifferenceKind::LedgerBeyondBook, sum, 50_000), &about(&book));
    assert_eq!(of(60_000), Some(Suggestion::LedgerCountsLater { gap_fen: yuan(10_000) }));
    assert_eq!(of(55_000), Some(Suggestion::LedgerHigher { gap_fen: yuan(5_000) }));
}

#[test]
fn a_principal_below_what_was_repaid_may_be_in_another_unit() {
    let book = loan(&[repaid(date(2019, 3, 1), 5_000)]);
    let principal_fen = yuan(50_000);
    let of = |stated| suggest(&ledger(DifferenceKind::PrincipalBelowRepaid, stated, 5_000), &about(&book));
    assert_eq!(of(5), Some(Suggestion::UnitMistaken { principal_fen }));
    assert_eq!(of(3_000), Some(Suggestion::CheckPrincipal { principal_fen }));
}
