//! Whom a row names: officers, enterprise, borrower and household.

use bangfu_domain::officer::Role;
use bangfu_sheets::fault::{Fault, FaultCode};
use bangfu_sheets::ledger::{Field, LedgerRow};
use bangfu_store::household::Household;

use super::planner::Planner;
use super::reading::Row;

/// Officers, enterprise and household that a row names.
pub(super) struct Parties {
    pub(super) manager_id: Option<i64>,
    pub(super) guide_id: Option<i64>,
    pub(super) technologist_id: Option<i64>,
    pub(super) enterprise_id: Option<i64>,
}

impl Planner<'_> {
    /// The officers and the enterprise that a row names, new ones included.
    pub(super) fn parties(&mut self, line: &Row<'_>, township_id: i64, noticed: &mut Vec<Fault>) -> Parties {
        let row = line.row;
        let mut named = |name: &Option<String>, role, field| {
            name.as_deref().map(|name| {
                let name = self.registry.called(name);
                let name = name.as_str();
                let (id, unknown) = self.registry.officer(self.ids, township_id, name, role);
                if unknown {
                    let nearest = self.registry.nearest_officers(township_id, name, role);
                    noticed.push(line.fault(field, name, FaultCode::OfficerUnknown { nearest }));
                }
                id
            })
        };
        let manager_id = named(&row.credit_manager, Role::CreditManager, Field::CreditManager);
        let guide_id = named(&row.industry_guide, Role::IndustryGuide, Field::IndustryGuide);
        let technologist_id =
            named(&row.technology_officer, Role::TechnologyOfficer, Field::TechnologyOfficer);
        let enterprise_id = row.enterprise.as_deref().map(|name| self.registry.enterprise(self.ids, name));
        Parties { manager_id, guide_id, technologist_id, enterprise_id }
    }

    /// Those of a row about a loan that the book has: whoever had left by the ledger's day is named in vain, and who took
    /// over stays.
    pub(super) fn serving(&self, parties: Parties) -> Parties {
        let serves = |id: Option<i64>| id.filter(|id| !self.registry.has_left(*id, self.as_of));
        Parties {
            manager_id: serves(parties.manager_id),
            guide_id: serves(parties.guide_id),
            technologist_id: serves(parties.technologist_id),
            ..parties
        }
    }

    /// The borrower's person and household, new ones included.
    pub(super) fn borrower(&mut self, row: &LedgerRow, village_id: i64) -> (i64, i64) {
        let found = self.registry.person(self.db, row.identity.as_str());
        if let Some((person_id, Some(household_id))) = found {
            self.fill_phone(row, person_id);
            return (person_id, household_id);
        }
        let head = row
            .head_identity
            .as_ref()
            .filter(|head| **head != row.identity)
            .and_then(|head| self.registry.person(self.db, head.as_str()))
            .and_then(|(_, household)| household);
        let household_id = head.unwrap_or_else(|| {
            let household_id = self.ids.take();
            let head_name = row.head_name.clone().unwrap_or_else(|| row.borrower_name.clone());
            self.registry.put_household(Household {
                household_id,
                village_id,
                head_name: head_name.clone(),
                size: None,
                class: row.household_class.clone(),
                version: 1,
            });
            if let Some(identity) = row.head_identity.as_ref().filter(|head| **head != row.identity) {
                self.registry.add_person(
                    self.db,
                    self.ids,
                    household_id,
                    &head_name,
                    identity.as_str(),
                    true,
                );
            }
            household_id
        });
        let is_head = match &row.head_identity {
            Some(head) => *head == row.identity,
            None => row.head_name.as_ref().is_none_or(|head| *head == row.borrower_name),
        };
        let person_id = match found {
            Some((person_id, _)) => person_id,
            None => {
                let identity = row.identity.as_str();
                self.registry.add_person(
                    self.db,
                    self.ids,
                    household_id,
                    &row.borrower_name,
                    identity,
                    is_head,
                )
            }
        };
        self.fill_phone(row, person_id);
        (person_id, household_id)
    }

    /// Keeps a borrower's phone number where none is known: the register's stands.
    pub(super) fn fill_phone(&mut self, row: &LedgerRow, person_id: i64) {
        if let Some(phone) = row.phone.as_ref().filter(|_| !self.registry.has_phone(person_id)) {
            self.registry.put_phone(self.db, person_id, phone);
        }
    }
}
