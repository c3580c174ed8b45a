//! Members of households: rows of a register that has one for each of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bangfu_sheets::fault::{Fault, FaultCode, Place, RowPlace};
use bangfu_sheets::households::HouseholdRow;
use bangfu_sheets::parsed::Parsed;
use bangfu_store::Db;
use bangfu_store::person::Person;

use super::registry::{Ids, Registry};
use super::report::Report;

/// Which households a register has named: by number, and by the rows of their heads.
#[derive(Debug, Default)]
pub(super) struct Members {
    by_number: HashMap<String, i64>,
    heads: BTreeMap<(String, u32), i64>,
    bad: BTreeSet<(String, u32)>,
}

impl Members {
    /// Notes the household of a head's row.
    pub(super) fn head(&mut self, row: &HouseholdRow, household_id: i64) {
        if let Some(number) = &row.household_number {
            self.by_number.insert(number.clone(), household_id);
        }
        self.heads.insert((row.at.sheet.clone(), row.at.row), household_id);
    }

    /// Notes rows that cannot be taken: one of them may be a head's.
    pub(super) fn note_bad(&mut self, rows: impl Iterator<Item = RowPlace>) {
        self.bad.extend(rows.map(|at| (at.sheet, at.row)));
    }

    /// The household of a member's row: the one of its number, else, where rows bear none, that of the head above. A bad
    /// row between them may have been the right head's.
    fn household_of(&self, row: &HouseholdRow) -> Option<i64> {
        if let Some(number) = &row.household_number {
            return self.by_number.get(number).copied();
        }
        let above = (row.at.sheet.clone(), 0)..(row.at.sheet.clone(), row.at.row);
        let (head, household_id) = self.heads.range(above.clone()).next_back()?;
        let doubtful = self.bad.range(above).next_back().is_some_and(|bad| bad > head);
        (!doubtful).then_some(*household_id)
    }

    /// Puts the member of a row into the household, or says why not.
    pub(super) fn take(
        &self,
        db: &Db,
        (ids, registry): (&mut Ids, &mut Registry),
        parsed: &Parsed<HouseholdRow>,
        row: &HouseholdRow,
        report: &mut Report,
    ) -> Result<(), Fault> {
        let fault = |code| {
            let column = parsed.column(&row.at.sheet, "relation").to_owned();
            let at = Place { sheet: row.at.sheet.clone(), row: row.at.row, column };
            Fault { at, value: row.head_name.clone(), code }
        };
        let household_id = self.household_of(row).ok_or_else(|| fault(FaultCode::HeadUnknown))?;
        let person_id = match registry.person(db, row.identity.as_str()) {
            None => {
                report.changes.new += 1;
                registry.add_person(db, ids, household_id, &row.head_name, row.identity.as_str(), false)
            }
            Some((person_id, None)) => {
                report.changes.changed += 1;
                let (household_id, name) = (Some(household_id), row.head_name.clone());
                registry.put_person(Person { person_id, household_id, name, is_head: false });
                person_id
            }
            Some((person_id, Some(known))) => {
                report.changes.unchanged += 1;
                if known != household_id {
                    // Loans hang on the household that the book knows: people decide which of the two it is.
                    report.findings.push(fault(FaultCode::MemberElsewhere));
                    return Ok(());
                }
                person_id
            }
        };
        if let Some(phone) = row.phone.as_deref().filter(|_| !registry.has_phone(person_id)) {
            registry.put_phone(db, person_id, phone);
        }
        Ok(())
    }
}
