//! Places, branches and officers as programs are told of them: by number or code, and by name.

use std::collections::BTreeMap;

use bangfu_store::{Scope, Tx, bank, officer};
use bangfu_usecase::division::Places;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::problem::Problem;

/// A place (行政区划).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct Place {
    /// 统计用区划代码, twelve digits.
    pub(super) code: String,
    /// Its name on the day.
    pub(super) name: String,
}

/// A branch or an officer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct Named {
    /// Its number.
    pub(super) id: i64,
    /// Its name; empty where it is not told.
    pub(super) name: String,
}

/// What things are called on a day.
pub(super) struct Names {
    places: Places,
    branches: BTreeMap<i64, String>,
    officers: BTreeMap<i64, String>,
    day: Date,
}

impl Names {
    /// Reads what is called what within a scope.
    pub(super) async fn load(
        tx: &mut Tx,
        scope: &Scope,
        division_id: i64,
        day: Date,
    ) -> Result<Names, Problem> {
        let places = Places::load(tx, division_id).await?;
        let branches = bank::branches_in(tx, scope, day).await?;
        let officers = officer::list_in(tx, scope, day).await?;
        Ok(Names {
            places,
            branches: branches.into_iter().map(|(branch, _)| (branch.branch_id, branch.name)).collect(),
            officers: officers.into_iter().map(|officer| (officer.officer_id, officer.name)).collect(),
            day,
        })
    }

    /// A village and its township.
    pub(super) fn village(&self, village_id: i64) -> (Option<Place>, Option<Place>) {
        village_of(&self.places, village_id, self.day)
    }

    /// A branch.
    pub(super) fn branch(&self, id: i64) -> Named {
        Named { id, name: self.branches.get(&id).cloned().unwrap_or_default() }
    }

    /// An officer.
    pub(super) fn officer(&self, id: i64) -> Named {
        Named { id, name: self.officers.get(&id).cloned().unwrap_or_default() }
    }
}

/// A village and its township on a day.
pub(super) fn village_of(places: &Places, village_id: i64, day: Date) -> (Option<Place>, Option<Place>) {
    let village = places.on(village_id, day);
    let township = village.and_then(|village| places.on(village.parent_id?, day));
    let told =
        |term: &bangfu_store::division::Term| Place { code: term.code.clone(), name: term.name.clone() };
    (village.map(told), township.map(told))
}
