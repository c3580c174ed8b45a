//! The places of a county with their service points and loans.

pub mod change;
mod fault;
mod known;
pub mod list;
pub mod merge;
pub mod recode;

use std::collections::{BTreeMap, BTreeSet};

use bangfu_domain::division::{Level, Succession};
use bangfu_store::board::Axis;
use bangfu_store::division::{self, Term};
use bangfu_store::loan::Totals;
use bangfu_store::{Area, Scope, Tx, county, service_point};
use jiff::civil::Date;

use crate::board::board;
use crate::error::Error;

pub use fault::PlaceFault;

/// A place with what stands there on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Station {
    /// The place.
    pub place: Term,
    /// True if it has a service point (金融扶贫服务中心 / 服务站).
    pub has_service_point: bool,
    /// The loans that owe something.
    pub owing: Totals,
}

/// A township with its villages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Township {
    /// The township.
    pub station: Station,
    /// Its villages and communities, by code.
    pub villages: Vec<Station>,
}

/// What the places of a county are called on any day: codes, names and townships change, and one takes over from another.
#[derive(Debug, Clone, Default)]
pub struct Places {
    terms: BTreeMap<i64, Vec<Term>>,
    succession: Succession,
}

impl Places {
    /// Reads them.
    pub async fn load(tx: &mut Tx, county_division_id: i64) -> Result<Places, Error> {
        let mut terms: BTreeMap<i64, Vec<Term>> = BTreeMap::new();
        for term in division::terms(tx, county_division_id).await? {
            terms.entry(term.division_id).or_default().push(term);
        }
        Ok(Places { terms, succession: division::succession(tx, county_division_id).await? })
    }

    /// A division and all that lies in it on a day, by code.
    pub fn within(&self, division_id: i64, day: Date) -> Vec<Term> {
        let on = |id: i64| {
            let terms = self.terms.get(&id)?;
            terms.iter().find(|term| term.valid_from <= day && day <= term.valid_to)
        };
        let lies_in = |term: &&Term| {
            let mut at = Some(*term);
            while let Some(now) = at.filter(|now| now.division_id != division_id) {
                at = now.parent_id.and_then(on);
            }
            at.is_some()
        };
        let there = self.terms.keys().filter_map(|id| on(*id));
        let mut found: Vec<Term> = there.filter(lies_in).cloned().collect();
        found.sort_by(|one, other| one.code.cmp(&other.code));
        found
    }

    /// A place on a day, if the list has it then, or what took over from it by then.
    pub fn on(&self, division_id: i64, day: Date) -> Option<&Term> {
        self.terms
            .get(&self.succession.on(division_id, day))?
            .iter()
            .find(|term| term.valid_from <= day && day <= term.valid_to)
    }

    /// The names of a village and of the township in which it lies on that day.
    pub fn village_on(&self, village_id: i64, day: Date) -> (&str, &str) {
        let village = self.on(village_id, day);
        let township = village.and_then(|village| self.on(village.parent_id?, day));
        (named(township), named(village))
    }
}

fn named(term: Option<&Term>) -> &str {
    term.map_or("", |term| term.name.as_str())
}

/// The places of a county, or of a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// True if the county itself has its service centre (县级金融扶贫服务中心).
    pub has_service_centre: bool,
    /// Its townships, by code.
    pub townships: Vec<Township>,
}

/// The places of a scope on a day, by code: the county with all that lies in it, or a place with all that lies in that. In
/// the loans of a branch and the households of an officer no place lies.
pub async fn within(tx: &mut Tx, scope: &Scope, day: Date) -> Result<Vec<Term>, Error> {
    let widest = match scope.area {
        Area::County => county::get(tx, scope.county_id).await?.division_id,
        Area::Division(id) => id,
        Area::Branch(_) | Area::Officer(_) | Area::Household(_) => return Ok(Vec::new()),
    };
    Ok(division::subtree(tx, widest, day).await?)
}

/// The places of a scope on a day. Of a village that is a scope of its own, the township is named in which it lies.
pub async fn tree(tx: &mut Tx, scope: &Scope, day: Date) -> Result<Tree, Error> {
    let county = county::get(tx, scope.county_id).await?;
    let own = within(tx, scope, day).await?;
    let ids: BTreeSet<i64> = own.iter().map(|place| place.division_id).collect();
    let holds: BTreeSet<i64> = own.iter().filter_map(|place| place.parent_id).collect();
    let points: BTreeSet<i64> = service_point::on(tx, scope.county_id, day)
        .await?
        .into_iter()
        .map(|point| point.division_id)
        .filter(|place| ids.contains(place))
        .collect();
    let mut owing: BTreeMap<i64, Totals> = BTreeMap::new();
    for axis in [Axis::Township, Axis::Village] {
        for row in board(tx, scope, axis, day, None).await?.rows {
            owing.insert(row.key_id, row.figures.owing());
        }
    }
    let mut townships: Vec<Township> = Vec::new();
    let mut villages: Vec<Station> = Vec::new();
    let seen = |place: &Term| ids.contains(&place.division_id) || holds.contains(&place.division_id);
    for place in division::subtree(tx, county.division_id, day).await?.into_iter().filter(seen) {
        let station = Station {
            has_service_point: points.contains(&place.division_id),
            owing: owing.get(&place.division_id).copied().unwrap_or_default(),
            place,
        };
        match station.place.level {
            Level::Township => townships.push(Township { station, villages: Vec::new() }),
            Level::Village => villages.push(station),
            _ => {}
        }
    }
    for village in villages {
        let parent = village.place.parent_id;
        if let Some(township) =
            townships.iter_mut().find(|township| Some(township.station.place.division_id) == parent)
        {
            township.villages.push(village);
        }
    }
    Ok(Tree { has_service_centre: points.contains(&county.division_id), townships })
}
