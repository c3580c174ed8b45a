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
    /// The households tied to an officer, in whatever role.
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

    /// The condition that holds the rows of a table with loan, village and branch to this scope on a day, and its
    /// value, to be bound as `$place`. The county is bound as `$1`, the day as `$on`.
    pub(crate) fn condition(&self, row: &str, on: usize, place: usize) -> (String, Option<Value>) {
        match self.area {
            Area::County => (String::new(), None),
            Area::Division(id) => {
                (format!(" AND {row}.village_id IN ({})", within(on, place)), Some(id.into()))
            }
            Area::Branch(id) => (format!(" AND {row}.branch_id = ${place}"), Some(id.into())),
            Area::Officer(id) => (
                format!(
                    " AND {row}.loan_id IN (SELECT b.loan_id FROM loan_borrower b JOIN tie t
                        ON t.county_id = b.county_id AND t.household_id = b.household_id
                      WHERE b.county_id = $1 AND t.officer_id = ${place}
                        AND t.from_on <= ${on} AND (t.to_on IS NULL OR t.to_on > ${on}))"
                ),
                Some(id.into()),
            ),
        }
    }
}

/// The divisions that lie in the one bound as `$place` on the day bound as `$on`.
pub(crate) fn within(on: usize, place: usize) -> String {
    format!(
        "SELECT descendant_id FROM division_closure
         WHERE ancestor_id = ${place} AND valid_from <= ${on} AND valid_to >= ${on}"
    )
}
