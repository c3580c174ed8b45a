//! Field by field, old → new.

use bangfu_domain::loan::{Particulars, Terms};
use bangfu_sheets::ledger::LedgerRow;

use super::people::Parties;
use crate::import::registry::Registry;
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

    /// What is said of a loan besides its terms, with what the row says anew. What the file leaves blank stays.
    pub(super) fn particulars(
        &mut self,
        old: &Particulars,
        row: &LedgerRow,
        parties: &Parties,
        registry: &Registry,
    ) -> Particulars {
        let new = Particulars {
            borrower_name: row.borrower_name.clone(),
            household_class: row.household_class.clone().or_else(|| old.household_class.clone()),
            enterprise_id: parties.enterprise_id.or(old.enterprise_id),
            guide_id: parties.guide_id.or(old.guide_id),
            technologist_id: parties.technologist_id.or(old.technologist_id),
            note: row.note.clone().or_else(|| old.note.clone()),
        };
        let officer = |id: Option<i64>| id.map(|id| registry.officer_name(id)).unwrap_or_default();
        let enterprise = |id: Option<i64>| id.map(|id| registry.enterprise_name(id)).unwrap_or_default();
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        self.note("borrower", old.borrower_name.clone(), new.borrower_name.clone());
        self.note("household-class", text(&old.household_class), text(&new.household_class));
        self.note("note", text(&old.note), text(&new.note));
        self.note("enterprise", enterprise(old.enterprise_id), enterprise(new.enterprise_id));
        self.note("industry-guide", officer(old.guide_id), officer(new.guide_id));
        self.note("technology-officer", officer(old.technologist_id), officer(new.technologist_id));
        new
    }
}
