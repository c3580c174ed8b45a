//! Findings about loans as they are kept, and those about officers judged anew when a roster is taken.

use std::collections::HashMap;

use bangfu_domain::officer::Role;
use bangfu_sheets::fault::{Fault, FaultCode, Place};
use bangfu_sheets::ledger::Field;
use bangfu_store::county::County;
use bangfu_store::finding::{self, Finding};
use bangfu_store::import::{self as stored, Writing};
use bangfu_store::{Tx, loan};
use serde_json::json;

use super::places::Places;
use super::registry::Names;
use crate::error::Error;

/// What is found about loans: new findings, and the ids of those for which there is no cause any more.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) new: Vec<Finding>,
    pub(super) gone: Vec<i64>,
}

impl Found {
    /// Writes what an import found.
    pub(super) async fn write(mut self, tx: &mut Tx, writing: Writing<'_>) -> Result<(), Error> {
        let county_id = writing.county_id;
        self.new.iter_mut().for_each(|one| one.import_id = writing.import_id);
        stored::keep(tx, writing, stored::Noun::Finding, &self.gone, None).await?;
        finding::forget(tx, county_id, &self.gone).await?;
        finding::add(tx, county_id, &self.new).await?;
        Ok(())
    }
}

/// An officer whom the roster does not name.
const UNKNOWN: FaultCode = FaultCode::OfficerUnknown { nearest: Vec::new() };

/// What is kept of a finding. Where it stands in the file changes with every file; what it says does not.
pub(super) fn facts(fault: &Fault) -> String {
    let at = Place { sheet: String::new(), row: 0, column: fault.at.column.clone() };
    let code = match &fault.code {
        // Whom the roster names instead changes with every roster.
        FaultCode::OfficerUnknown { .. } => &UNKNOWN,
        code => code,
    };
    json!({ "at": at, "value": fault.value, "code": code }).to_string()
}

/// Loans that are read at a time.
const PAGE: i64 = 10_000;

/// Which loans name officers whom the rosters do not list, as a ledger read now would find.
pub(super) async fn judge_officers(
    tx: &mut Tx,
    county: &County,
    names: &mut Names,
    places: &Places,
) -> Result<Found, Error> {
    let county_id = county.county_id;
    let mut known: HashMap<i64, Vec<(i64, Fault)>> = HashMap::new();
    for one in finding::about_loans(tx, county_id).await? {
        let fault = serde_json::from_str(&one.facts).ok();
        if let (Some(loan_id), Some(fault)) = (one.loan_id, fault)
            && one.code == UNKNOWN.key()
        {
            known.entry(loan_id).or_default().push((one.finding_id, fault));
        }
    }
    let mut found = Found::default();
    let mut name_of: HashMap<i64, String> = HashMap::new();
    let mut after = 0;
    loop {
        let page = loan::after(tx, county_id, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.loan_id;
        for loan in page.into_iter().filter(|loan| !loan.gone) {
            let township = places.township_of(loan.village_id).unwrap_or(loan.village_id);
            let named = [
                (loan.manager_id, Role::CreditManager, Field::CreditManager),
                (loan.guide_id, Role::IndustryGuide, Field::IndustryGuide),
                (loan.technologist_id, Role::TechnologyOfficer, Field::TechnologyOfficer),
            ];
            let mut unknown: Vec<Fault> = Vec::new();
            for (officer, role, field) in named {
                let Some(id) = officer else { continue };
                let name = name_of.entry(id).or_insert_with(|| names.registry.officer_name(id));
                if names.registry.is_unknown(township, name, role) {
                    let at = Place { column: field.usual_name(), ..Place::default() };
                    unknown.push(Fault { at, value: name.clone(), code: UNKNOWN });
                }
            }
            let mut standing = known.remove(&loan.loan_id).unwrap_or_default();
            // A ledger may call the column otherwise: what it found about the same name stands as well.
            for same_column in [true, false] {
                unknown.retain(|fault| {
                    let same = |(_, known): &(i64, Fault)| {
                        known.value == fault.value && (!same_column || known.at.column == fault.at.column)
                    };
                    let place = standing.iter().position(same);
                    place.map(|place| standing.remove(place)).is_none()
                });
            }
            found.gone.extend(standing.into_iter().map(|(finding_id, _)| finding_id));
            found.new.extend(unknown.into_iter().map(|fault| Finding {
                finding_id: names.ids.take(),
                import_id: 0,
                loan_id: Some(loan.loan_id),
                code: fault.code.key().to_owned(),
                facts: facts(&fault),
            }));
        }
    }
    Ok(found)
}
