//! Field by field, old → new.

use bangfu_domain::loan::Terms;
use bangfu_sheets::ledger::LedgerRow;
use bangfu_store::loan::Loan;

use super::planner::Parties;
use crate::import::report::Change;

/// Field by field, what a row would change.
pub(super) struct Changed<'a> {
    pub(super) number: &'a str,
    pub(super) name: &'a str,
    pub(super) list: Vec<Change>,
}

impl Changed<'_> {
    pub(super) fn note(&mut self, field: &str, old: String, new: String) {
        if old != new {
            self.list.push(Change {
                subject: self.number.to_owned(),
                name: self.name.to_owned(),
                field: field.to_owned(),
                old,
                new,
            });
        }
    }

    /// Notes what differs between terms; true if anything does.
    pub(super) fn terms(&mut self, old: &Terms, new: &Terms) -> bool {
        let text = |value: &dyn std::fmt::Display| value.to_string();
        let before = self.list.len();
        self.note("principal", text(&old.principal_fen), text(&new.principal_fen));
        let rate = |terms: &Terms| terms.rate.map(|rate| rate.to_string()).unwrap_or_default();
        self.note("rate", rate(old), rate(new));
        self.note("disbursed-on", text(&old.disbursed_on), text(&new.disbursed_on));
        self.note("due-on", text(&old.due_on), text(&new.due_on));
        let months = |terms: &Terms| terms.term_months.map(|months| months.to_string()).unwrap_or_default();
        self.note("term", months(old), months(new));
        self.note(
            "purpose",
            old.purpose.clone().unwrap_or_default(),
            new.purpose.clone().unwrap_or_default(),
        );
        self.list.len() > before
    }

    /// Notes and takes what differs in the attributes of a loan. What the file leaves blank stays.
    pub(super) fn attributes(&mut self, loan: &mut Loan, row: &LedgerRow, parties: &Parties) {
        fn take<T: Clone + PartialEq>(old: &mut Option<T>, new: &Option<T>) -> Option<(Option<T>, T)> {
            let new = new.clone().filter(|new| old.as_ref() != Some(new))?;
            Some((old.replace(new.clone()), new))
        }
        if loan.borrower_name != row.borrower_name {
            self.note("borrower", loan.borrower_name.clone(), row.borrower_name.clone());
            loan.borrower_name = row.borrower_name.clone();
        }
        if let Some((old, new)) = take(&mut loan.household_class, &row.household_class) {
            self.note("household-class", old.unwrap_or_default(), new);
        }
        if let Some((old, new)) = take(&mut loan.note, &row.note) {
            self.note("note", old.unwrap_or_default(), new);
        }
        let id = |id: Option<i64>| id.map(|id| id.to_string()).unwrap_or_default();
        for (field, old, new) in [
            ("enterprise", &mut loan.enterprise_id, parties.enterprise_id),
            ("industry-guide", &mut loan.guide_id, parties.guide_id),
            ("technology-officer", &mut loan.technologist_id, parties.technologist_id),
        ] {
            if let Some((old, new)) = take(old, &new) {
                self.note(field, id(old), id(Some(new)));
            }
        }
    }
}
