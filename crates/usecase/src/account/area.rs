//! The areas in which posts can be held, by their names.

use std::collections::{BTreeMap, BTreeSet};

use bangfu_domain::division::{Called, Level};
use bangfu_domain::officer::Role;
use bangfu_domain::text::squeeze;
use bangfu_store::county::{self, County};
use bangfu_store::division::{self, Term};
use bangfu_store::{Area, Tx, bank, officer};
use jiff::civil::Date;

use crate::access::{AreaKind, kinds};
use crate::error::Error;

/// A county's areas and their names.
#[derive(Debug, Clone)]
pub struct Areas {
    county: County,
    /// What it is called on the day.
    called: Called,
    /// Townships and villages, by code.
    divisions: Vec<Term>,
    branches: Vec<(i64, String)>,
    officers: Vec<(i64, String)>,
    /// Branches that were merged into others, and officers who have left: who is there keeps the post.
    left: BTreeSet<Area>,
}

/// The areas of a county on a day.
pub async fn areas(tx: &mut Tx, county_id: i64, on: Date) -> Result<Areas, Error> {
    let county = county::get(tx, county_id).await?;
    let mut divisions = division::subtree(tx, county.division_id, on).await?;
    divisions.retain(|term| term.division_id != county.division_id);
    let branches = bank::branches(tx, county_id).await?;
    let officers = officer::list(tx, county_id).await?;
    let merged =
        branches.iter().filter(|branch| !branch.stands_on(on)).map(|one| Area::Branch(one.branch_id));
    let gone =
        officers.iter().filter(|officer| !officer.serves_on(on)).map(|one| Area::Officer(one.officer_id));
    Ok(Areas {
        called: county.on(on).clone(),
        left: merged.chain(gone).collect(),
        county,
        divisions,
        branches: branches.into_iter().map(|branch| (branch.branch_id, branch.name)).collect(),
        officers: officers.into_iter().map(|one| (one.officer_id, one.name)).collect(),
    })
}

impl Areas {
    /// Areas of one kind that can be given; of divisions those of one level. The county itself is no division here.
    pub fn of(&self, kind: AreaKind, level: Level) -> Vec<Area> {
        self.ever(kind, level).into_iter().filter(|area| !self.left.contains(area)).collect()
    }

    fn ever(&self, kind: AreaKind, level: Level) -> Vec<Area> {
        let ids = |names: &[(i64, String)]| names.iter().map(|(id, _)| *id).collect::<Vec<i64>>();
        match kind {
            AreaKind::County => vec![Area::County],
            AreaKind::Division => {
                let divisions = self.divisions.iter().filter(|term| term.level == level);
                divisions.map(|term| Area::Division(term.division_id)).collect()
            }
            AreaKind::Branch => ids(&self.branches).into_iter().map(Area::Branch).collect(),
            AreaKind::Officer => ids(&self.officers).into_iter().map(Area::Officer).collect(),
            AreaKind::Household => Vec::new(),
        }
    }

    /// An area's name, a village's with its township's before it; `None` for what is no more. Of an officer's area it is
    /// the officer's.
    pub fn name(&self, area: Area) -> Option<String> {
        let among = |names: &[(i64, String)], id: i64| {
            names.iter().find(|(one, _)| *one == id).map(|(_, name)| name.clone())
        };
        match area {
            Area::County => Some(self.called.name.clone()),
            Area::Branch(id) => among(&self.branches, id),
            Area::Officer(id) => among(&self.officers, id),
            Area::Household(_) => None,
            Area::Division(id) => {
                let by_id: BTreeMap<i64, &Term> =
                    self.divisions.iter().map(|term| (term.division_id, term)).collect();
                let term = by_id.get(&id)?;
                let township = term.parent_id.and_then(|parent| by_id.get(&parent));
                let before = township.map_or_else(String::new, |township| format!("{} ", township.name));
                Some(format!("{before}{}", term.name))
            }
        }
    }

    /// Whether an area is there.
    pub(super) fn has(&self, area: Area) -> bool {
        if self.left.contains(&area) {
            return false;
        }
        match area {
            Area::County => true,
            Area::Division(id) => self.divisions.iter().any(|term| term.division_id == id),
            Area::Branch(id) => self.branches.iter().any(|(one, _)| *one == id),
            Area::Officer(id) => self.officers.iter().any(|(one, _)| *one == id),
            Area::Household(_) => false,
        }
    }

    /// An area as it is kept: the county's own division is the county.
    pub(super) fn kept(&self, area: Area) -> Area {
        if area == Area::Division(self.county.division_id) { Area::County } else { area }
    }

    /// The areas that a text names, of the kinds in which a role is held: by a division's code or name, a branch's name,
    /// an officer's name or number.
    pub fn named(&self, role: Role, text: &str) -> Vec<Area> {
        let wanted = squeeze(text);
        let code = format!("{wanted:0<12}");
        let same = |names: &[(i64, String)]| {
            let same = names.iter().filter(|(id, name)| squeeze(name) == wanted || id.to_string() == wanted);
            same.map(|(id, _)| *id).collect::<Vec<i64>>()
        };
        let mut found = Vec::new();
        for kind in kinds(role) {
            match kind {
                AreaKind::County if code == self.called.code || wanted == self.called.name => {
                    found.push(Area::County);
                }
                AreaKind::County => {}
                AreaKind::Division => {
                    let same = self.divisions.iter().filter(|term| term.code == code || term.name == wanted);
                    found.extend(same.map(|term| Area::Division(term.division_id)));
                }
                AreaKind::Branch => found.extend(same(&self.branches).into_iter().map(Area::Branch)),
                AreaKind::Officer => found.extend(same(&self.officers).into_iter().map(Area::Officer)),
                AreaKind::Household => {}
            }
        }
        found.retain(|area| !self.left.contains(area));
        found
    }
}
