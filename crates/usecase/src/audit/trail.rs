//! All access to one household's data, and all that was changed of it, as the record tells it (查阅与变更记录): numbers shown
//! whole, temporary access, contacts, files that brought something, changes by hand, and lists that were taken along.

use std::collections::BTreeSet;

use bangfu_domain::audit::Link;
use bangfu_store::county;
use bangfu_store::loan;
use bangfu_store::{Area, Db, Tx, audit, household};
use serde_json::{Value, json};

use crate::ctx::Ctx;
use crate::division::Places;
use crate::error::{Error, Refusal};
use crate::in_write;

/// So many entries are shown, the newest.
pub const SHOWN: i64 = 500;

/// What the record calls a list that was taken along as a file.
pub const EXPORTED: &str = "exported";

/// Actions on what bears numbers of its own, which may be those of a person by chance.
const OF_OTHERS: [&str; 4] = ["import", "place", "service-point", "county"];

/// Notes that a list which names people was taken along as a file: which, as its address says it, and how many rows.
pub async fn note_export(
    db: &Db,
    ctx: &Ctx,
    list: &'static str,
    words: &str,
    rows: usize,
) -> Result<(), Error> {
    in_write!(db, ctx.county_id(), |tx| async {
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        let (area, area_id) = area_words(ctx.scope.area);
        let facts =
            json!({ "words": words, "day": ctx.today, "rows": rows, "area": area, "area_id": area_id });
        audit::add(tx, ctx.county_id(), stamp, &ctx.entry(EXPORTED, list.to_owned(), &facts)).await?;
        Ok::<(), Error>(())
    })
}

fn area_words(area: Area) -> (&'static str, i64) {
    match area {
        Area::County => ("county", 0),
        Area::Division(id) => ("division", id),
        Area::Branch(id) => ("branch", id),
        Area::Officer(id) => ("officer", id),
        Area::Household(id) => ("household", id),
    }
}

/// The lists that name people, as exports of them are recorded.
pub const LISTS: [&str; 5] = ["loans", "differences", "unmaskings", "outcomes", "trail"];

/// Where a household belongs, to be held against what an export held.
struct Home {
    household_id: i64,
    /// The village and all that it lies in.
    places: Vec<(i64, String)>,
    branches: BTreeSet<i64>,
    managers: BTreeSet<i64>,
}

impl Home {
    /// Whether an export may have held the household: what of its filter cannot be told later is no reason against it.
    fn is_in(&self, facts: &Value) -> bool {
        let area_id = facts["area_id"].as_i64().unwrap_or(0);
        let in_area = match facts["area"].as_str() {
            Some("division") => self.places.iter().any(|(id, _)| *id == area_id),
            Some("branch") => self.branches.contains(&area_id),
            Some("household") => self.household_id == area_id,
            _ => true,
        };
        let words = facts["words"].as_str().unwrap_or("");
        let words = words.split_once('?').map_or("", |(_, words)| words);
        let of = |name: &str, value: &str| match name {
            "township" | "village" => self.places.iter().any(|(_, code)| code == value),
            "branch" => value.parse().is_ok_and(|id| self.branches.contains(&id)),
            "officer" => value.parse().is_ok_and(|id| self.managers.contains(&id)),
            "household" => value.parse().is_ok_and(|id: i64| id == self.household_id),
            _ => true,
        };
        let pairs = words.split('&').filter_map(|pair| pair.split_once('='));
        in_area && pairs.into_iter().all(|(name, value)| of(name, value))
    }
}

/// What the record says of a household of the asker's area, the newest first.
pub async fn trail(tx: &mut Tx, ctx: &Ctx, household_id: i64) -> Result<Vec<Link>, Error> {
    let (scope, county_id) = (&ctx.scope, ctx.county_id());
    let found = household::get(tx, scope, household_id, ctx.today).await?.ok_or(Refusal::NotFound)?;
    let traces = audit::traces(tx, scope, household_id).await?;
    let county = county::get(tx, county_id).await?;
    let called = Places::load(tx, county.division_id).await?;
    let mut places = Vec::new();
    let mut at = Some(found.village_id);
    while let Some(term) = at.and_then(|id| called.on(id, ctx.today)) {
        places.push((term.division_id, term.code.clone()));
        at = term.parent_id.filter(|parent| places.iter().all(|(id, _)| id != parent));
    }
    let loans = loan::by_ids(tx, county_id, &traces.loans).await?;
    let home = Home {
        household_id,
        places,
        branches: loans.iter().map(|loan| loan.branch_id).collect(),
        managers: loans.iter().map(|loan| loan.manager_id.unwrap_or(0)).collect(),
    };
    let words = |ids: &BTreeSet<i64>| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
    let mut links = audit::of_subjects(tx, scope, &words(&traces.ids), SHOWN).await?;
    links.retain(|link| !OF_OTHERS.iter().any(|other| link.said.action.starts_with(other)));
    let mut brought = audit::of_subjects(tx, scope, &words(&traces.imports), SHOWN).await?;
    brought.retain(|link| link.said.action.starts_with("import"));
    links.extend(brought);
    links.extend(audit::of_changes(tx, scope, &traces.changes, SHOWN).await?);
    let lists: Vec<String> = LISTS.map(str::to_owned).to_vec();
    let mut taken = audit::of_subjects(tx, scope, &lists, SHOWN).await?;
    taken.retain(|link| {
        let facts = serde_json::from_str(&link.said.facts).unwrap_or(Value::Null);
        link.said.action == EXPORTED && home.is_in(&facts)
    });
    links.extend(taken);
    links.sort_by_key(|link| std::cmp::Reverse(link.number));
    links.dedup_by_key(|link| link.number);
    links.truncate(usize::try_from(SHOWN).unwrap_or(usize::MAX));
    Ok(links)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_held_whoever_its_area_and_filter_do_not_leave_out() {
        let home = Home {
            household_id: 7,
            places: vec![(3, "431022101201".to_owned()), (2, "431022101000".to_owned())],
            branches: BTreeSet::from([5]),
            managers: BTreeSet::from([0]),
        };
        let is_in = |area: &str, area_id: i64, words: &str| {
            home.is_in(&json!({ "area": area, "area_id": area_id, "words": words }))
        };
        for (area, id, words, held) in [
            ("county", 0, "/loans?day=2019-06-17&state=red", true),
            ("county", 0, "/loans", true),
            ("county", 0, "/loans?township=431022101000", true),
            ("county", 0, "/loans?township=431022102000", false),
            ("county", 0, "/loans?village=431022101201&branch=6", false),
            ("county", 0, "/loans?officer=0&branch=5", true),
            ("county", 0, "/loans?household=8", false),
            ("division", 2, "/loans", true),
            ("division", 9, "/loans", false),
            ("branch", 5, "/loans", true),
            ("branch", 6, "/loans", false),
        ] {
            assert_eq!(is_in(area, id, words), held, "{area} {id} {words}");
        }
    }
}
