//! The roster of officers (三员名册).

use std::collections::{BTreeMap, BTreeSet};

use bangfu_domain::officer::Role;
use bangfu_sheets::fault::{Fault, FaultCode, Place};
use bangfu_sheets::officers::{Field, OfficerRow};
use bangfu_sheets::parsed::Parsed;
use bangfu_store::county::County;
use bangfu_store::{Db, Tx};

use super::absent::Absent;
use super::finding::{Found, judge_officers};
use super::places::Places;
use super::registry::Names;
use super::report::{Change, Report};
use super::{Meter, Scene, contradiction};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::loan::mask_phone;

/// What a roster will write.
pub(super) struct Plan {
    names: Names,
    /// The loans' officers held against the roster: a ledger may have named them before it came.
    found: Found,
}

/// Works out what a roster would change.
pub(super) async fn plan(
    tx: &mut Tx,
    db: &Db,
    ctx: &Ctx,
    county: &County,
    parsed: &Parsed<OfficerRow>,
    meter: &Meter,
) -> Result<(Report, Plan), Error> {
    let mut report = Report::of(parsed);
    let mut names = Names::load(tx, county, ctx.today).await?;
    let Names { ids, registry } = &mut names;
    registry.look_up_officers(tx, county.county_id).await?;
    let places = Places::load(tx, county, ctx.today).await?;
    let (mut bad, mut seen) = (Vec::new(), BTreeSet::new());
    let mut phones: BTreeMap<i64, (u32, &str)> = BTreeMap::new();
    let mut lines = Vec::new();
    for row in &parsed.rows {
        let fault = |field: Field, value: &str, code| {
            let column = parsed.column(&row.at.sheet, field.key()).to_owned();
            let at = Place { sheet: row.at.sheet.clone(), row: row.at.row, column };
            Fault { at, value: value.to_owned(), code }
        };
        let place = match row.township.as_deref() {
            Some(name) => places.township(name).map_err(|code| fault(Field::Township, name, code)),
            // Who serves no township serves the county.
            None => Ok(county.division_id),
        };
        let role =
            Role::from_word(&row.role).ok_or_else(|| fault(Field::Role, &row.role, FaultCode::RoleUnknown));
        match (place, role) {
            (Ok(place), Ok(role)) => {
                let name = registry.called(&row.name);
                registry.list(place, &name, role);
                lines.push((row, name, place, role));
            }
            (place, role) => {
                bad.extend(place.err());
                bad.extend(role.err());
            }
        }
    }
    meter.judge(lines.len());
    for (row, name, division_id, role) in lines {
        meter.step(1);
        let (officer_id, new, changed) = registry.roster(ids, division_id, &name, role);
        seen.insert(officer_id);
        let change = |field: &str, new: String| Change {
            subject: row.name.clone(),
            name: String::new(),
            field: field.to_owned(),
            old: String::new(),
            new,
        };
        let mut changes = Vec::new();
        if changed {
            changes.push(change("roster", row.role.clone()));
        }
        if let (Some(phone), Some(person)) = (&row.phone, registry.person_of(division_id, &name)) {
            let (first_row, first) = *phones.entry(person).or_insert((row.at.row, phone));
            if first != phone {
                let shown = mask_phone(phone);
                report.findings.push(contradiction(parsed, &row.at, "phone", shown, first_row));
            } else if registry.put_phone(db, person, phone) {
                changes.push(change("phone", mask_phone(phone)));
            }
        }
        if new {
            report.changes.new += 1;
            continue;
        }
        if changes.is_empty() {
            report.changes.unchanged += 1;
        } else {
            report.changes.changed += 1;
        }
        report.changed.append(&mut changes);
    }
    let mut absent = Absent::default();
    for (officer_id, name) in registry.confirmed_but(&seen) {
        absent.note(name.to_owned(), officer_id);
    }
    absent.tell(&mut report);
    report.refuse(bad);
    let found = judge_officers(tx, county, &mut names, &places).await?;
    Ok((report, Plan { names, found }))
}

/// Writes what a roster changes.
pub(super) async fn write(tx: &mut Tx, scene: &Scene<'_>, plan: Plan) -> Result<(), Error> {
    plan.names.save(tx, scene).await?;
    plan.found.write(tx, scene.writing()).await
}
