//! What a row says was repaid, held against the book.

use bangfu_domain::difference::DifferenceKind;
use bangfu_domain::loan::{EventKind, Fold, PositionVerdict, Stated, Terms, fold, judge_position};
use bangfu_domain::money::Fen;
use bangfu_sheets::fault::{Fault, FaultCode};
use bangfu_sheets::ledger::Field;
use jiff::civil::Date;
use serde_json::json;

use super::Clash;
use super::change::Changed;
use super::planner::{Planner, push};
use super::reading::Row;
use crate::book::Work;

/// What a row says was repaid of a loan by the day of its position.
pub(super) struct Claim<'a> {
    pub(super) repaid_fen: Fen,
    /// The day on which it was repaid, where that is another.
    pub(super) dated_on: Option<Date>,
    /// More than this was never lent.
    pub(super) most_fen: Fen,
    /// What is to be said at the cell that says so.
    pub(super) fault: &'a dyn Fn(FaultCode) -> Fault,
}

impl Planner<'_> {
    /// Records the position that a row states: also where the book says the same, so that a movement that arrives
    /// later for a day before it explains it and adds nothing. False if the book stands against it.
    pub(super) fn hold_position(
        &mut self,
        claim: &Claim<'_>,
        work: &mut Work,
        folded: &Fold,
        changes: &mut Changed<'_>,
        noticed: &mut Vec<Fault>,
    ) -> bool {
        let Claim { repaid_fen, dated_on, most_fen, fault } = *claim;
        let as_of = self.as_of;
        match judge_position(folded, as_of, repaid_fen, dated_on, most_fen) {
            PositionVerdict::Stands => {}
            PositionVerdict::Less { book_fen } => {
                noticed.push(fault(FaultCode::RepaidBelowBook { book_fen }));
                self.clash(DifferenceKind::LedgerBelowBook, work, repaid_fen, book_fen);
                return false;
            }
            PositionVerdict::Beyond { sum_fen, most_fen } => {
                noticed.push(fault(FaultCode::RepaidBeyondBook { sum_fen, most_fen }));
                self.clash(DifferenceKind::LedgerBeyondBook, work, sum_fen, most_fen);
                return false;
            }
        }
        changes.note("repaid", folded.repaid_by(as_of).to_string(), repaid_fen.to_string());
        let stated = folded.positions.get(&as_of).filter(|stated| !folded.is_renewal(stated));
        if stated.is_some_and(|stated| (stated.repaid_fen, stated.dated_on) == (repaid_fen, dated_on)) {
            return true;
        }
        if let Some(stated) = stated {
            push(&mut work.events, as_of, EventKind::Reversed { corrects: stated.seq });
        }
        push(&mut work.events, as_of, EventKind::Position { repaid_fen, dated_on });
        self.date_anew(work, folded, dated_on, as_of);
        if let (Some(now), Some(day)) = (fold(&work.events, i64::MAX), folded.settled_on()) {
            let text = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
            changes.note("settled-on", day.to_string(), text(now.settled_on()));
        }
        true
    }

    /// A ledger may know better on which day a loan was settled of which an earlier one said so: that one's statement
    /// is corrected. The bank's own movement stands.
    fn date_anew(&mut self, work: &mut Work, folded: &Fold, dated_on: Option<Date>, as_of: Date) {
        let (Some(new), Some(old)) = (dated_on, folded.settled_on()) else { return };
        if new == old || folded.movements.contains_key(&old) {
            return;
        }
        let settled =
            |day: Date, stated: &Stated| stated.dated_on.unwrap_or(day) == old && !folded.is_renewal(stated);
        let Some((day, stated)) = folded.positions.iter().find(|(day, stated)| settled(**day, stated)) else {
            return;
        };
        // On its own day that ledger knew the loan settled: a later day would contradict it.
        if *day != as_of && new <= *day {
            push(&mut work.events, *day, EventKind::Reversed { corrects: stated.seq });
            let kind = EventKind::Position { repaid_fen: stated.repaid_fen, dated_on: Some(new) };
            push(&mut work.events, *day, kind);
        }
    }

    /// The terms that a row states, except a principal below what the book knows as repaid: the book stands.
    pub(super) fn held_terms(
        &mut self,
        line: &Row<'_>,
        work: &Work,
        folded: &Fold,
        terms: Terms,
        stands: bool,
        noticed: &mut Vec<Fault>,
    ) -> Terms {
        let now = if stands { fold(&work.events, i64::MAX) } else { None };
        let repaid_fen = now.as_ref().unwrap_or(folded).repaid();
        if terms.principal_fen >= repaid_fen {
            return terms;
        }
        let code = FaultCode::PrincipalBelowRepaid { repaid_fen };
        noticed.push(line.fault(Field::Principal, &terms.principal_fen.to_string(), code));
        self.clash(DifferenceKind::PrincipalBelowRepaid, work, terms.principal_fen, repaid_fen);
        Terms { principal_fen: folded.terms.principal_fen, ..terms }
    }

    fn clash(&mut self, kind: DifferenceKind, work: &Work, ledger_fen: Fen, book_fen: Fen) {
        let facts = json!({ "ledger_fen": ledger_fen, "book_fen": book_fen }).to_string();
        let print = format!("{} {} {} {facts}", kind.key(), work.loan.loan_id, self.as_of);
        self.differences.push(Clash {
            kind,
            loan_id: work.loan.loan_id,
            branch_id: work.loan.branch_id,
            number: work.loan.number.clone(),
            facts,
            fingerprint: self.db.key().hash(&print),
        });
    }
}
