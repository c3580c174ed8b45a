//! What a county is called, and whom a county's code means: both change (孟津县 410322 became 孟津区 410308).

use jiff::civil::Date;

/// Code and name of a division, with the days between which it bears them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Called {
    /// 统计用区划代码, 12 digits.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The first day.
    pub first_on: Date,
    /// The last day.
    pub last_on: Date,
}

/// A county that bears a code between two days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Borne {
    /// 12 digits.
    pub code: String,
    /// The county's division.
    pub division_id: i64,
    /// The first day.
    pub first_on: Date,
    /// The last day.
    pub last_on: Date,
}

/// The codes of a county, and who else bore them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Codes {
    division_id: i64,
    borne: Vec<Borne>,
}

impl Codes {
    /// The codes that a county ever bears, each with all counties that do and when.
    pub fn new(division_id: i64, borne: Vec<Borne>) -> Codes {
        Codes { division_id, borne }
    }

    /// True if a code of six or twelve digits means this county to whoever writes it for a time that begins on a day: the
    /// county that bears it then, else the last that did before, else the first that does afterwards. So what is said of
    /// 410322 goes on holding for 410308.
    pub fn mean(&self, code: &str, from: Date) -> bool {
        let code = format!("{code:0<12}");
        let of_code = || self.borne.iter().filter(|borne| borne.code == code);
        let then = of_code().find(|borne| borne.first_on <= from && from <= borne.last_on);
        let before = || of_code().filter(|borne| borne.last_on < from).max_by_key(|borne| borne.last_on);
        let after = || of_code().min_by_key(|borne| borne.first_on);
        then.or_else(before).or_else(after).is_some_and(|borne| borne.division_id == self.division_id)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn borne(code: &str, division_id: i64, first_on: Date, last_on: Date) -> Borne {
        Borne { code: format!("{code:0<12}"), division_id, first_on, last_on }
    }

    #[test]
    fn a_code_means_who_bears_it_then_or_did_before_or_will() {
        let codes = Codes::new(
            1,
            vec![
                borne("410322", 1, Date::MIN, date(2021, 3, 17)),
                // 410308 was another's until 2010.
                borne("410308", 2, Date::MIN, date(2009, 12, 31)),
                borne("410308", 1, date(2021, 3, 18), Date::MAX),
            ],
        );
        for (code, from, means) in [
            ("410322", date(2019, 1, 1), true),
            ("410322000000", date(2026, 1, 1), true),
            ("410308", date(2022, 1, 1), true),
            ("410308", date(2005, 1, 1), false),
            ("410308", date(2015, 1, 1), false),
            ("410306", date(2022, 1, 1), false),
        ] {
            assert_eq!(codes.mean(code, from), means, "{code} from {from}");
        }
        let written_ahead = Codes::new(1, vec![borne("410308", 1, date(2021, 3, 18), Date::MAX)]);
        assert!(written_ahead.mean("410308", date(2019, 1, 1)));
    }
}
