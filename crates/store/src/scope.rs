//! What a reader may see. Every read of the book takes one; what lies outside does not exist for it.

use crate::value::Value;

/// The part of a county's book that somebody may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// The county.
    pub county_id: i64,
    /// The part of it.
    pub area: Area,
}

/// A part of a county's book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// The whole county.
    County,
    /// A division and what lies in it.
    Division(i64),
    /// The loans of a bank branch.
    Branch(i64),
    /// The households tied to an officer.
    Officer(i64),
}

impl Scope {
    /// The whole county.
    pub fn county(county_id: i64) -> Scope {
        Scope { county_id, area: Area::County }
    }

    /// The part of this scope that lies in a division; none where that cannot be told from the area alone.
    pub fn within(&self, division_id: i64) -> Option<Scope> {
        let area = Area::Division(division_id);
        let inside = self.area == Area::County || self.area == area;
        inside.then_some(Scope { area, ..*self })
    }

    /// The condition that holds the rows of a table with village, branch and manager to this scope, and its
    /// value, to be bound as `$place`.
    pub(crate) fn condition(&self, row: &str, place: usize) -> (String, Option<Value>) {
        match self.area {
            Area::County => (String::new(), None),
            Area::Division(id) => (
                format!(
                    " AND {row}.village_id IN (SELECT descendant_id FROM division_closure WHERE ancestor_id = ${place})"
                ),
                Some(id.into()),
            ),
            Area::Branch(id) => (format!(" AND {row}.branch_id = ${place}"), Some(id.into())),
            Area::Officer(id) => (format!(" AND {row}.manager_id = ${place}"), Some(id.into())),
        }
    }
}
