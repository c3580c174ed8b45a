//! The register of households (户信息).

use std::collections::{BTreeMap, BTreeSet};

use bangfu_sheets::fault::{Fault, RowPlace};
use bangfu_sheets::households::HouseholdRow;
use bangfu_sheets::parsed::Parsed;
use bangfu_store::county::County;
use bangfu_store::household::{self, Household};
use bangfu_store::person::Person;
use bangfu_store::{Db, Tx};

use super::absent::Absent;
use super::member::Members;
use super::places::Places;
use super::registry::Names;
use super::report::{Change, Report};
use super::{Meter, contradiction};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::loan::mask_phone;

/// Households that are read at a time.
const PAGE: i64 = 10_000;

/// Works out what a register would change.
pub(super) async fn plan(
    tx: &mut Tx,
    db: &Db,
    ctx: &Ctx,
    county: &County,
    parsed: &Parsed<HouseholdRow>,
    meter: &Meter,
) -> Result<(Report, Names), Error> {
    let mut report = Report::of(parsed);
    let mut names = Names::load(tx, county, ctx.today).await?;
    let Names { ids, registry } = &mut names;
    let mut places = Places::load(tx, county, ctx.today).await?;
    let people: BTreeSet<Vec<u8>> =
        parsed.rows.iter().map(|row| db.key().hash(row.identity.as_str())).collect();
    registry.look_up(tx, county.county_id, &people.into_iter().collect::<Vec<_>>()).await?;
    let named: BTreeSet<i64> = registry.households().collect();
    let named: Vec<i64> = named.into_iter().collect();
    let mut known: BTreeMap<i64, Household> = household::by_ids(tx, county.county_id, &named)
        .await?
        .into_iter()
        .map(|household| (household.household_id, household))
        .collect();
    let mut bad: Vec<Fault> = Vec::new();
    let mut stated: BTreeMap<i64, Vec<Said<'_>>> = BTreeMap::new();
    let mut members = Members::default();
    meter.judge(parsed.rows.len());
    for row in parsed.rows.iter().filter(|row| row.is_head) {
        meter.step(1);
        let village_id = match places.locate(parsed, &row.at, row.township.as_deref(), &row.village) {
            Ok(id) => id,
            Err(fault) => {
                bad.push(fault);
                continue;
            }
        };
        let found = registry.person(db, row.identity.as_str());
        let old = found.and_then(|(_, household)| household).and_then(|id| known.get(&id).cloned());
        let household_id = old.as_ref().map_or_else(|| ids.take(), |old| old.household_id);
        members.head(row, household_id);
        let said = Said { row, village_id };
        let earlier = stated.entry(household_id).or_default();
        let mut against: BTreeMap<&str, (String, u32)> = BTreeMap::new();
        for first in earlier.iter() {
            for (key, value) in said.against(first) {
                against.entry(key).or_insert((value, first.row.at.row));
            }
        }
        if !against.is_empty() {
            let note = |(key, (value, first_row))| contradiction(parsed, &row.at, key, value, first_row);
            report.findings.extend(against.into_iter().map(note));
            report.changes.unchanged += 1;
            continue;
        }
        earlier.push(said);
        let new = Household {
            household_id,
            village_id,
            head_name: row.head_name.clone(),
            size: row.size.map(i64::from).or(old.as_ref().and_then(|old| old.size)),
            class: row.household_class.clone().or_else(|| old.as_ref().and_then(|old| old.class.clone())),
            version: old.as_ref().map_or(1, |old| old.version),
        };
        let person_id = match found {
            Some((person_id, _)) => person_id,
            None => registry.add_person(db, ids, household_id, &row.head_name, row.identity.as_str(), true),
        };
        let phone = row.phone.as_deref().filter(|phone| registry.put_phone(db, person_id, phone));
        let mut changed = old.as_ref().map(|old| changes(&places, old, &new)).unwrap_or_default();
        if old.is_some() {
            changed.extend(phone.map(|phone| change(&new, "phone", String::new(), mask_phone(phone))));
        }
        if old.as_ref() != Some(&new) {
            let (household_id, name) = (Some(household_id), row.head_name.clone());
            registry.put_person(Person { person_id, household_id, name, is_head: true });
            registry.put_household(new.clone());
        }
        match (&old, changed.is_empty()) {
            (None, _) => report.changes.new += 1,
            (Some(_), true) => report.changes.unchanged += 1,
            (Some(_), false) => report.changes.changed += 1,
        }
        report.changed.append(&mut changed);
        known.insert(household_id, new);
    }
    let unread = parsed.bad.iter().map(|row| row.at.clone());
    let misplaced = bad.iter().map(|fault| RowPlace { sheet: fault.at.sheet.clone(), row: fault.at.row });
    members.note_bad(unread.chain(misplaced));
    for row in parsed.rows.iter().filter(|row| !row.is_head) {
        meter.step(1);
        bad.extend(members.take(db, (ids, registry), parsed, row, &mut report).err());
    }
    let (mut absent, mut after) = (Absent::default(), 0);
    loop {
        let page = household::after(tx, county.county_id, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.household_id;
        for one in page.iter().filter(|one| !stated.contains_key(&one.household_id)) {
            absent.note(format!("{} {}", places.name(one.village_id), one.head_name), one.household_id);
        }
    }
    absent.tell(&mut report);
    bad.extend(places.also_misplaced(parsed));
    report.refuse(bad);
    Ok((report, names))
}

/// What a row of a register says of a household.
#[derive(Clone, Copy)]
struct Said<'a> {
    row: &'a HouseholdRow,
    village_id: i64,
}

impl Said<'_> {
    /// What a row says otherwise than an earlier one about the same household: columns and values. What one of them
    /// leaves blank contradicts nothing.
    fn against(&self, first: &Said<'_>) -> Vec<(&'static str, String)> {
        fn differ<T: PartialEq>(one: &Option<T>, other: &Option<T>) -> bool {
            one.as_ref().zip(other.as_ref()).is_some_and(|(one, other)| one != other)
        }
        let (row, other) = (self.row, first.row);
        // A phone belongs to the person, the rest to the household.
        let phone = row.identity == other.identity && differ(&row.phone, &other.phone);
        [
            ("village", self.village_id != first.village_id, row.village.clone()),
            ("head", row.head_name != other.head_name, row.head_name.clone()),
            ("size", differ(&row.size, &other.size), row.size.unwrap_or_default().to_string()),
            (
                "household-class",
                differ(&row.household_class, &other.household_class),
                row.household_class.clone().unwrap_or_default(),
            ),
            ("phone", phone, row.phone.as_deref().map(mask_phone).unwrap_or_default()),
        ]
        .into_iter()
        .filter(|(_, differs, _)| *differs)
        .map(|(key, _, value)| (key, value))
        .collect()
    }
}

fn changes(places: &Places, old: &Household, new: &Household) -> Vec<Change> {
    let size = |household: &Household| household.size.map(|size| size.to_string()).unwrap_or_default();
    let class = |household: &Household| household.class.clone().unwrap_or_default();
    [
        ("village", places.name(old.village_id).to_owned(), places.name(new.village_id).to_owned()),
        ("head", old.head_name.clone(), new.head_name.clone()),
        ("size", size(old), size(new)),
        ("household-class", class(old), class(new)),
    ]
    .into_iter()
    .filter(|(_, old, new)| old != new)
    .map(|(field, old, now)| change(new, field, old, now))
    .collect()
}

fn change(household: &Household, field: &str, old: String, new: String) -> Change {
    let subject = household.head_name.clone();
    Change { subject, name: String::new(), field: field.to_owned(), old, new }
}
