//! What a reader may see. Every read for somebody takes one; what lies outside does not exist for it.
//!
//! Reads that take a county's number instead belong to work over its whole book: an import, a close, a rebuild. A
//! tidy test keeps them from the doors and from the use cases that answer a reader.

use jiff::civil::Date;

use crate::difference::of_the_day;
use crate::value::Value;
use crate::values;

/// The part of a county's book that somebody may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// The county.
    pub county_id: i64,
    /// The part of it.
    pub area: Area,
}

/// A part of a county's book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Area {
    /// The whole county.
    County,
    /// A division and what lies in it.
    Division(i64),
    /// The loans of a bank branch.
    Branch(i64),
    /// The households tied to an officer, in whatever role.
    Officer(i64),
    /// The loans of one household: what a grant opens (临时授权查阅). No post is held there.
    Household(i64),
}

impl Scope {
    /// The whole county.
    pub fn county(county_id: i64) -> Scope {
        Scope { county_id, area: Area::County }
    }

    /// The county, for what can be told only to whoever sees all of it: a file, a published figure.
    pub fn whole(&self) -> Option<i64> {
        (self.area == Area::County).then_some(self.county_id)
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
            Area::Officer(id) => (tied(row, on, place), Some(id.into())),
            Area::Household(id) => {
                let loans =
                    format!("SELECT loan_id FROM loan WHERE county_id = $1 AND household_id = ${place}");
                (format!(" AND {row}.loan_id IN ({loans})"), Some(id.into()))
            }
        }
    }
}

impl Scope {
    /// The condition that holds the rows of `loan l` to those that lie in this scope on a day, as lists of that day
    /// do: by the village, branch and credit manager of the day, not by those of now. The county is bound as `$1`,
    /// the day as `$2`, and the value, if there is one, is to be bound as `$place`.
    pub(crate) fn loans_of_day(&self, place: usize) -> (String, Option<Value>) {
        if self.area == Area::County {
            return (" AND $2 = $2".to_owned(), None);
        }
        let (condition, value) = self.condition("i", 2, place);
        let text = format!(
            " AND EXISTS (SELECT 1 FROM loan_interval i WHERE i.county_id = l.county_id AND i.loan_id = l.loan_id
                AND i.from_on <= $2 AND i.to_on > $2{condition})"
        );
        (text, value)
    }

    /// The condition that holds the rows of a table to those whose `key` is one of a loan's of this scope, with its
    /// values: the county as `$1`, the day as `$2`, and what the scope binds as `$place`. `of` names a column of the
    /// loan `l`, or of `i`, its state on the day.
    pub(crate) fn of_loans(&self, key: &str, of: &str, on: Date, place: usize) -> (String, Vec<Value>) {
        let mut bound = values![self.county_id, on].to_vec();
        if self.area == Area::County {
            return (" AND $2 = $2".to_owned(), bound);
        }
        let (condition, value) = self.condition("i", 2, place);
        bound.extend(value);
        let text = format!(
            " AND {key} IN (SELECT {of} FROM loan_interval i
                JOIN loan l ON l.county_id = i.county_id AND l.loan_id = i.loan_id
               WHERE i.county_id = $1 AND i.from_on <= $2 AND i.to_on > $2{condition})"
        );
        (text, bound)
    }
}

impl Scope {
    /// The condition that holds the rows of `difference d` to this scope on a day: by where their loan belongs then.
    /// Those of no loan are seen with the whole county, and by the branch that was asked to look into them. The values
    /// are the county as `$1`, the day as `$2`, and what the scope binds as `$place`.
    pub(crate) fn of_differences(&self, on: Date, place: usize) -> (String, Vec<Value>) {
        let mut bound = values![self.county_id, on].to_vec();
        if self.area == Area::County {
            return (" AND $2 = $2".to_owned(), bound);
        }
        let (condition, value) = self.condition("i", 2, place);
        bound.extend(value);
        let lies_there = of_the_day(&condition);
        let text = match self.area {
            Area::Branch(_) => {
                format!(" AND ({lies_there} OR (d.loan_id IS NULL AND d.branch_id = ${place}))")
            }
            _ => format!(" AND {lies_there}"),
        };
        (text, bound)
    }
}

/// The text as LIKE takes it literally, with `!` as the sign that escapes.
pub(crate) fn escape(text: &str) -> String {
    text.chars().flat_map(|c| matches!(c, '%' | '_' | '!').then_some('!').into_iter().chain([c])).collect()
}

/// The condition that holds the rows of a table with loans to those whose household is tied, on the day bound as
/// `$on`, to the officer bound as `$place`.
pub(crate) fn tied(row: &str, on: usize, place: usize) -> String {
    format!(
        " AND {row}.loan_id IN (SELECT b.loan_id FROM loan_borrower b JOIN tie t
            ON t.county_id = b.county_id AND t.household_id = b.household_id
          WHERE b.county_id = $1 AND t.officer_id = ${place}
            AND t.from_on <= ${on} AND (t.to_on IS NULL OR t.to_on > ${on}))"
    )
}

/// The divisions that lie in the one bound as `$place` on the day bound as `$on`.
pub(crate) fn within(on: usize, place: usize) -> String {
    format!(
        "SELECT descendant_id FROM division_closure
         WHERE ancestor_id = ${place} AND valid_from <= ${on} AND valid_to >= ${on}"
    )
}
