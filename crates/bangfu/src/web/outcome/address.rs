//! The addresses of the pages of outcomes: the days, the cut, the order, and whose.

use bangfu_domain::task::Fate;
use bangfu_store::task::Stage;
use jiff::civil::Date;
use serde::Deserialize;

use super::view::Column;
use crate::web::address::{UnknownWord, code, day, path_with, read};
use crate::web::board::address::By;
use form_urlencoded::Serializer;

/// The most days of a period: the work of a year can be looked at, and no page goes through all of them.
const DAYS_MAX: i32 = 366;

/// What a list of outcomes shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// The tasks of a stage.
    Tasks(Stage),
    /// The promises for the days, all or those of one fate.
    Promises(Option<Fate>),
}

impl What {
    /// The word in addresses.
    pub(crate) fn key(self) -> String {
        match self {
            What::Tasks(stage) => stage.key().to_owned(),
            What::Promises(None) => "promises".to_owned(),
            What::Promises(Some(fate)) => format!("promise-{}", fate.key()),
        }
    }

    /// The key of its text.
    pub(crate) fn text_key(self) -> String {
        match self {
            What::Tasks(stage) => format!("outcome-{}", stage.key()),
            What::Promises(None) => "promises-due".to_owned(),
            What::Promises(Some(fate)) => format!("promise-{}", fate.key()),
        }
    }

    fn from_key(key: &str) -> Option<What> {
        if key == "promises" {
            return Some(What::Promises(None));
        }
        let fate = |word: &str| Fate::ALL.into_iter().find(|fate| fate.key() == word);
        let promise = key.strip_prefix("promise-").and_then(fate);
        promise.map(|fate| What::Promises(Some(fate))).or_else(|| Stage::from_key(key).map(What::Tasks))
    }
}

/// The words of an address as they came in.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RawAddress {
    from: String,
    to: String,
    by: String,
    sort: String,
    what: String,
    officer: String,
    branch: String,
    township: String,
    after: String,
}

/// Which outcomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OutcomeAddress {
    /// The first and the last day.
    pub(crate) days: (Date, Date),
    /// What a row stands for.
    pub(crate) by: By,
    /// By which column the rows are ordered.
    pub(crate) sort: Column,
    /// The fewest first.
    pub(crate) reversed: bool,
    /// What a list shows.
    pub(crate) what: Option<What>,
    /// Id of a credit manager; 0 for loans without one.
    pub(crate) officer: Option<i64>,
    /// Id of a branch.
    pub(crate) branch: Option<i64>,
    /// Code of a township.
    pub(crate) township: Option<String>,
    /// Where the page before ended: a day and a number.
    pub(crate) after: Option<(Option<Date>, i64)>,
}

fn after(text: &str) -> Option<(Option<Date>, i64)> {
    let (on, id) = text.rsplit_once('.')?;
    let on = if on.is_empty() { None } else { Some(day(on)?) };
    Some((on, id.parse().ok()?))
}

impl OutcomeAddress {
    /// Those of the days between two, of everybody.
    pub(crate) fn of(days: (Date, Date)) -> OutcomeAddress {
        OutcomeAddress {
            days,
            by: By::Officer,
            sort: Column::LateNow,
            reversed: false,
            what: None,
            officer: None,
            branch: None,
            township: None,
            after: None,
        }
    }

    /// Reads an address; without days, the month up to today.
    pub(crate) fn read(raw: &RawAddress, today: Date) -> Result<OutcomeAddress, UnknownWord> {
        let to = read("to", &raw.to, day)?;
        let from = read("from", &raw.from, day)?;
        let to = to.or_else(|| from.map(Date::last_of_month)).unwrap_or(today);
        let from = from.unwrap_or(to.first_of_month());
        let is_sound = from <= to && bangfu_domain::loan::days_between(from, to) < DAYS_MAX;
        if !is_sound {
            return Err(UnknownWord { field: "from", value: raw.from.clone() });
        }
        let (reversed, sort) = match raw.sort.strip_prefix('-') {
            Some(sort) => (true, sort),
            None => (false, raw.sort.as_str()),
        };
        let not_village = |key: &str| By::from_key(key).filter(|by| *by != By::Village);
        Ok(OutcomeAddress {
            days: (from, to),
            by: read("by", &raw.by, not_village)?.unwrap_or(By::Officer),
            sort: read("sort", sort, Column::from_key)?.unwrap_or(Column::LateNow),
            reversed,
            what: read("what", &raw.what, What::from_key)?,
            officer: read("officer", &raw.officer, |text| text.parse().ok())?,
            branch: read("branch", &raw.branch, |text| text.parse().ok())?,
            township: read("township", &raw.township, code)?,
            after: read("after", &raw.after, after)?,
        })
    }

    /// The same with another cut.
    pub(crate) fn cut(&self, by: By) -> OutcomeAddress {
        OutcomeAddress { by, ..self.clone() }
    }

    /// The same by another column, or by this one the other way round.
    pub(crate) fn sorted(&self, sort: Column) -> OutcomeAddress {
        OutcomeAddress { sort, reversed: self.sort == sort && !self.reversed, ..self.clone() }
    }

    /// The list of something, from its beginning.
    pub(crate) fn list(&self, what: What) -> OutcomeAddress {
        OutcomeAddress { what: Some(what), after: None, ..self.clone() }
    }

    /// The page of figures.
    pub(crate) fn path(&self) -> String {
        self.written("/outcomes")
    }

    /// The list.
    pub(crate) fn list_path(&self) -> String {
        self.written("/outcomes/loans")
    }

    /// The address at a path.
    pub(crate) fn written(&self, path: &str) -> String {
        let mut words = Serializer::new(String::new());
        let mut word = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                words.append_pair(name, &value);
            }
        };
        word("from", Some(self.days.0.to_string()));
        word("to", Some(self.days.1.to_string()));
        let is_list = self.what.is_some();
        word("by", (!is_list && self.by != By::Officer).then(|| self.by.key().to_owned()));
        let is_usual = self.sort == Column::LateNow && !self.reversed;
        let sign = if self.reversed { "-" } else { "" };
        word("sort", (!is_list && !is_usual).then(|| format!("{sign}{}", self.sort.key())));
        word("what", self.what.map(What::key));
        word("officer", self.officer.map(|id| id.to_string()));
        word("branch", self.branch.map(|id| id.to_string()));
        word("township", self.township.clone());
        let at = |(on, id): (Option<Date>, i64)| {
            format!("{}.{id}", on.map(|on| on.to_string()).unwrap_or_default())
        };
        word("after", self.after.map(at));
        path_with(path, words)
    }
}

#[cfg(test)]
mod tests {
    use axum::extract::Query;
    use axum::http::Uri;
    use jiff::civil::date;

    use super::*;

    #[test]
    fn an_address_reads_back_as_what_it_was_made_from() {
        let days = (date(2019, 6, 1), date(2019, 6, 17));
        let figures = OutcomeAddress {
            by: By::Township,
            sort: Column::Kept,
            reversed: true,
            ..OutcomeAddress::of(days)
        };
        let list = OutcomeAddress {
            what: Some(What::Promises(Some(Fate::Broken))),
            officer: Some(0),
            branch: Some(7),
            township: Some("431022101000".to_owned()),
            after: Some((Some(date(2019, 6, 3)), 9)),
            ..OutcomeAddress::of(days)
        };
        for address in [figures, list.clone(), list.list(What::Tasks(Stage::InTime))] {
            let uri: Uri = address.list_path().parse().unwrap();
            let Query(raw) = Query::<RawAddress>::try_from_uri(&uri).unwrap();
            assert_eq!(OutcomeAddress::read(&raw, days.1), Ok(address));
        }
    }

    #[test]
    fn without_days_it_is_the_month_so_far_and_never_more_than_a_year() {
        let today = date(2019, 6, 17);
        let asked = |from: &str, to: &str| {
            let raw = RawAddress { from: from.into(), to: to.into(), ..RawAddress::default() };
            OutcomeAddress::read(&raw, today).map(|address| address.days)
        };
        assert_eq!(asked("", ""), Ok((date(2019, 6, 1), today)));
        assert_eq!(asked("2019-02-01", ""), Ok((date(2019, 2, 1), date(2019, 2, 28))));
        assert!(asked("2019-06-17", "2019-06-16").is_err());
        assert!(asked("2018-06-17", "2019-06-17").is_ok());
        assert!(asked("2018-06-16", "2019-06-17").is_err());
    }
}
