//! Posts in words: what somebody is, and where.

use std::collections::BTreeMap;

use bangfu_domain::division::Level;
use bangfu_domain::officer::Role;
use bangfu_store::account::{Post, area_of, area_words};
use bangfu_store::county::County;
use bangfu_store::division::{self, ALWAYS};
use bangfu_store::{Area, Tx, bank, officer};

use crate::texts::Lang;
use crate::web::failure::Failure;

/// The names of all areas of a county.
pub(crate) struct Places {
    county: String,
    /// By division: its name, with its township's before a village's; townships come before their villages.
    divisions: Vec<(i64, Level, String)>,
    branches: Vec<(i64, String)>,
    officers: Vec<(i64, String)>,
}

/// Areas of one kind to choose from.
#[derive(Debug, Clone)]
pub(crate) struct AreaGroup {
    /// The key of its heading.
    pub(crate) key: &'static str,
    /// What a form sends, and the name.
    pub(crate) areas: Vec<(String, String)>,
}

impl Places {
    /// Reads the names of a county's areas.
    pub(crate) async fn load(tx: &mut Tx, county: &County) -> Result<Places, Failure> {
        let (_, last) = ALWAYS;
        let terms = division::terms(tx, county.division_id).await?;
        let now: Vec<_> = terms.into_iter().filter(|term| term.valid_to == last).collect();
        let townships: BTreeMap<i64, &str> = now
            .iter()
            .filter(|term| term.level == Level::Township)
            .map(|term| (term.division_id, term.name.as_str()))
            .collect();
        let mut divisions: Vec<(String, i64, Level, String)> = now
            .iter()
            .filter(|term| matches!(term.level, Level::Township | Level::Village))
            .map(|term| {
                let township = term.parent_id.filter(|_| term.level == Level::Village);
                let before = township.and_then(|id| townships.get(&id)).map_or("", |name| name);
                (
                    term.code.clone(),
                    term.division_id,
                    term.level,
                    format!("{before} {}", term.name).trim().to_owned(),
                )
            })
            .collect();
        divisions.sort();
        let officers = officer::list(tx, county.county_id).await?;
        let branches = bank::branches(tx, county.county_id).await?;
        Ok(Places {
            county: county.name.clone(),
            divisions: divisions.into_iter().map(|(_, id, level, name)| (id, level, name)).collect(),
            branches: branches.into_iter().map(|branch| (branch.branch_id, branch.name)).collect(),
            officers: officers.into_iter().map(|one| (one.officer_id, one.name)).collect(),
        })
    }

    /// An area's name.
    fn area(&self, lang: Lang, area: Area) -> String {
        let among = |names: &[(i64, String)], id: i64| {
            names.iter().find(|(one, _)| *one == id).map(|(_, name)| name.clone())
        };
        let name = match area {
            Area::County => Some(self.county.clone()),
            Area::Division(id) => {
                self.divisions.iter().find(|(one, _, _)| *one == id).map(|(_, _, name)| name.clone())
            }
            Area::Branch(id) => among(&self.branches, id),
            Area::Officer(id) => {
                among(&self.officers, id).map(|name| lang.text_with("area-tied", &[("name", name.into())]))
            }
        };
        name.unwrap_or_else(|| lang.text("area-gone"))
    }

    /// What somebody is, and where.
    pub(crate) fn post(&self, lang: Lang, post: &Post) -> String {
        format!("{} · {}", role(lang, post.role), self.area(lang, post.area))
    }

    /// All areas, by kind, to choose from.
    pub(crate) fn groups(&self, lang: Lang) -> Vec<AreaGroup> {
        let choice = |area: Area| (sent(area), self.area(lang, area));
        let of = |level: Level| {
            let divisions = self.divisions.iter().filter(move |(_, one, _)| *one == level);
            divisions.map(|(id, _, _)| choice(Area::Division(*id))).collect()
        };
        vec![
            AreaGroup { key: "area-county", areas: vec![choice(Area::County)] },
            AreaGroup { key: "area-townships", areas: of(Level::Township) },
            AreaGroup {
                key: "area-branches",
                areas: self.branches.iter().map(|(id, _)| choice(Area::Branch(*id))).collect(),
            },
            AreaGroup {
                key: "area-officers",
                areas: self.officers.iter().map(|(id, _)| choice(Area::Officer(*id))).collect(),
            },
            AreaGroup { key: "area-villages", areas: of(Level::Village) },
        ]
    }
}

/// A role's name.
pub(crate) fn role(lang: Lang, role: Role) -> String {
    lang.text(&format!("role-{}", role.key()))
}

/// An area as a form sends it: `division-7`.
pub(crate) fn sent(area: Area) -> String {
    let (kind, id) = area_words(area);
    format!("{kind}-{id}")
}

/// The area that a form sent.
pub(crate) fn received(sent: &str) -> Option<Area> {
    let (kind, id) = sent.split_once('-')?;
    area_of(kind, id.parse().ok()?)
}
