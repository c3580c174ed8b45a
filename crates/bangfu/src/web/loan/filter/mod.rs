//! Which loans a list shows, as its address says it. Every number on a board is such an address.

mod wanted;

use bangfu_domain::warning::Standing;
use form_urlencoded::Serializer;
use jiff::civil::Date;
use serde::Deserialize;

use crate::web::board::address::By;
pub(crate) use wanted::{Part, Sort, Wanted};

use crate::web::address::{UnknownWord, code, day, hash_word, month, month_word, path_with, read, secret_of};

/// A list of loans: what is shown, of which day, in what order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct LoanFilter {
    /// The day; none for today.
    pub(crate) day: Option<Date>,
    /// Name, contract number, or the last four digits of an identity number.
    pub(crate) search: String,
    /// Keyed hash of an identity number or a phone, in hexadecimal: neither stands in an address.
    pub(crate) who: Option<String>,
    /// Standings.
    pub(crate) state: Wanted,
    /// Only loans whose standing was this on the day before and is another on the day.
    pub(crate) was: Option<Standing>,
    /// Code of a township.
    pub(crate) township: Option<String>,
    /// Code of a village.
    pub(crate) village: Option<String>,
    /// Id of a bank branch.
    pub(crate) branch: Option<i64>,
    /// Id of a credit manager; 0 for loans that have none.
    pub(crate) officer: Option<i64>,
    /// Id of an officer: only loans of the households tied to them on the day, in whatever role.
    pub(crate) tied: Option<i64>,
    /// Id of a household.
    pub(crate) household: Option<i64>,
    /// Only loans whose village, branch or credit manager has nothing to watch: those that a board leaves out.
    pub(crate) quiet: Option<By>,
    /// Id of an enterprise that carries the household.
    pub(crate) enterprise: Option<i64>,
    /// First day of the month in which the loan is due.
    pub(crate) due: Option<Date>,
    /// Only loans that fall due within so many days from the day of the list.
    pub(crate) within: Option<u16>,
    /// The order.
    pub(crate) sort: Sort,
    /// The other way round than the order usually runs.
    pub(crate) reversed: bool,
    /// Where the page is.
    pub(crate) at: At,
    /// The number of the page, as far as the way there counted it; 0 on the first.
    pub(crate) pages_before: u32,
}

/// Where a page of a list begins or ends.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum At {
    /// The first page.
    #[default]
    Start,
    /// After the row with this key: the last of the page before.
    After(String),
    /// Before the row with this key: the first of the page after.
    Before(String),
}

/// The words of an address as they came in.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RawFilter {
    day: String,
    q: String,
    who: String,
    state: String,
    was: String,
    township: String,
    village: String,
    branch: String,
    officer: String,
    tied: String,
    household: String,
    quiet: String,
    enterprise: String,
    due: String,
    within: String,
    sort: String,
    after: String,
    before: String,
    page: String,
}

/// Days within which a list may ask for what falls due, at most: ten years.
const WITHIN_MAX: u16 = 3660;

/// Before the word of an order that runs the other way round.
const REVERSED: &str = "-";

impl RawFilter {
    /// What was typed to be searched for.
    pub(crate) fn text(&self) -> &str {
        &self.q
    }
}

impl TryFrom<RawFilter> for LoanFilter {
    type Error = UnknownWord;

    fn try_from(raw: RawFilter) -> Result<LoanFilter, UnknownWord> {
        let sort = |key: &str| Sort::ALL.into_iter().find(|sort| sort.key() == key);
        let (reversed, sorted) = match raw.sort.strip_prefix(REVERSED) {
            Some(sorted) => (true, sorted),
            None => (false, raw.sort.as_str()),
        };
        let at = match (raw.after.as_str(), raw.before.as_str()) {
            ("", "") => At::Start,
            ("", before) => At::Before(before.to_owned()),
            (after, _) => At::After(after.to_owned()),
        };
        let page = read("page", &raw.page, |text| text.parse::<u32>().ok())?.unwrap_or(1);
        let search = raw.q.trim().to_owned();
        let usual = usual_sort(&search);
        Ok(LoanFilter {
            day: read("day", &raw.day, day)?,
            who: read("who", &raw.who, hash_word)?,
            state: read("state", &raw.state, Wanted::from_key)?.unwrap_or_default(),
            was: read("was", &raw.was, Standing::from_key)?,
            township: read("township", &raw.township, code)?,
            village: read("village", &raw.village, code)?,
            branch: read("branch", &raw.branch, |text| text.parse().ok())?,
            officer: read("officer", &raw.officer, |text| text.parse().ok())?,
            tied: read("tied", &raw.tied, |text| text.parse().ok())?,
            household: read("household", &raw.household, |text| text.parse().ok())?,
            quiet: read("quiet", &raw.quiet, |text| By::from_key(text).filter(|by| *by != By::Township))?,
            enterprise: read("enterprise", &raw.enterprise, |text| text.parse().ok())?,
            due: read("due", &raw.due, month)?,
            within: read("within", &raw.within, |text| text.parse().ok().filter(|days| *days <= WITHIN_MAX))?,
            sort: read("sort", sorted, sort)?.filter(|sort| *sort != Sort::Nearest).unwrap_or(usual),
            search,
            reversed,
            pages_before: if at == At::Start { 0 } else { page.saturating_sub(1) },
            at,
        })
    }
}

/// The order of a list whose address names none.
fn usual_sort(search: &str) -> Sort {
    if search.is_empty() { Sort::Due } else { Sort::Nearest }
}

impl LoanFilter {
    /// The same list with an identity number or phone that is searched for turned into its keyed hash: addresses are
    /// kept by browsers and sent on.
    pub(crate) fn sealed(mut self, hash: impl FnOnce(&str) -> Vec<u8>) -> LoanFilter {
        if let Some(secret) = secret_of(&self.search) {
            self.who = Some(hash(&secret).iter().map(|byte| format!("{byte:02x}")).collect());
            self = LoanFilter { who: self.who.clone(), ..self.searching(String::new()) };
        }
        self
    }

    /// The same list with other words to search for, or none.
    fn searching(self, search: String) -> LoanFilter {
        let is_usual = self.sort == usual_sort(&self.search);
        let sort = if is_usual || self.sort == Sort::Nearest { usual_sort(&search) } else { self.sort };
        LoanFilter { search, sort, ..self }
    }

    /// The keyed hash that is searched for.
    pub(crate) fn who_hash(&self) -> Option<Vec<u8>> {
        let digits = self.who.as_deref()?.as_bytes().chunks(2);
        digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
    }

    /// The list of a day.
    pub(crate) fn of_day(day: Date) -> LoanFilter {
        LoanFilter { day: Some(day), ..LoanFilter::default() }
    }

    /// The first page of the same list on another day.
    pub(crate) fn on(&self, day: Date) -> LoanFilter {
        LoanFilter { day: Some(day), ..self.beginning() }
    }

    /// The same list, of one standing.
    pub(crate) fn standing(&self, standing: Standing) -> LoanFilter {
        LoanFilter { state: Wanted::One(standing), ..self.beginning() }
    }

    /// The first page of the same list.
    pub(crate) fn beginning(&self) -> LoanFilter {
        LoanFilter { at: At::Start, pages_before: 0, ..self.clone() }
    }

    /// The same loans in another order, or in this one the other way round, from the beginning.
    pub(crate) fn sorted(&self, sort: Sort) -> LoanFilter {
        LoanFilter { sort, reversed: self.sort == sort && !self.reversed, ..self.beginning() }
    }

    /// The direction in which a column runs, as tables say it; none where another one orders the list.
    pub(crate) fn direction(&self, sort: Sort) -> Option<&'static str> {
        let falls = (sort == Sort::Balance) != self.reversed;
        (self.sort == sort).then_some(if falls { "descending" } else { "ascending" })
    }

    /// The word of the order in addresses; empty for the usual one.
    pub(crate) fn sort_word(&self) -> String {
        if self.sort == usual_sort(&self.search) && !self.reversed {
            return String::new();
        }
        format!("{}{}", if self.reversed { REVERSED } else { "" }, self.sort.key())
    }

    /// The page after the row with a key.
    pub(crate) fn following(&self, after: String) -> LoanFilter {
        LoanFilter { at: At::After(after), pages_before: self.pages_before + 1, ..self.clone() }
    }

    /// The page before the row with a key.
    pub(crate) fn preceding(&self, before: String) -> LoanFilter {
        let pages_before = self.pages_before.saturating_sub(1);
        LoanFilter { at: At::Before(before), pages_before, ..self.clone() }
    }

    /// The list without a part of its filter, from the beginning.
    pub(crate) fn without(&self, part: Part) -> LoanFilter {
        let mut filter = self.beginning();
        match part {
            Part::Search => filter = filter.searching(String::new()),
            Part::Who => filter.who = None,
            Part::State => filter.state = Wanted::Owing,
            Part::Was => filter.was = None,
            Part::Township => (filter.township, filter.village) = (None, None),
            Part::Village => filter.village = None,
            Part::Branch => filter.branch = None,
            Part::Officer => filter.officer = None,
            Part::Tied => filter.tied = None,
            Part::Household => filter.household = None,
            Part::Quiet => filter.quiet = None,
            Part::Enterprise => filter.enterprise = None,
            Part::Due => filter.due = None,
            Part::Within => filter.within = None,
        }
        filter
    }

    /// The address of the list.
    pub(crate) fn address(&self) -> String {
        self.address_of("/loans")
    }

    /// The address of the list's export in a format: `xlsx` or `csv`.
    pub(crate) fn export_address(&self, format: &str) -> String {
        self.beginning().address_of(&format!("/loans/export.{format}"))
    }

    fn address_of(&self, path: &str) -> String {
        let mut words = Serializer::new(String::new());
        let mut word = |name: &str, value: Option<String>| {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                words.append_pair(name, &value);
            }
        };
        word("day", self.day.map(|day| day.to_string()));
        word("q", Some(self.search.clone()));
        word("who", self.who.clone());
        word("state", (self.state != Wanted::Owing).then(|| self.state.key().to_owned()));
        word("was", self.was.map(|standing| standing.key().to_owned()));
        word("township", self.township.clone());
        word("village", self.village.clone());
        word("branch", self.branch.map(|id| id.to_string()));
        word("officer", self.officer.map(|id| id.to_string()));
        word("tied", self.tied.map(|id| id.to_string()));
        word("household", self.household.map(|id| id.to_string()));
        word("quiet", self.quiet.map(|by| by.key().to_owned()));
        word("enterprise", self.enterprise.map(|id| id.to_string()));
        word("due", self.due.map(month_word));
        word("within", self.within.map(|days| days.to_string()));
        word("sort", Some(self.sort_word()));
        match &self.at {
            At::Start => {}
            At::After(key) => word("after", Some(key.clone())),
            At::Before(key) => word("before", Some(key.clone())),
        }
        word("page", (self.pages_before > 0).then(|| (self.pages_before + 1).to_string()));
        path_with(path, words)
    }
}

#[cfg(test)]
mod tests {
    use axum::extract::Query;
    use axum::http::Uri;
    use bangfu_domain::identity::IdentityNumber;
    use bangfu_domain::text::squeeze;
    use bangfu_store::key::HASH_BYTES;
    use jiff::civil::date;

    use super::*;

    #[test]
    fn an_address_reads_back_as_the_list_it_was_made_from() {
        let filter = LoanFilter {
            day: Some(date(2019, 6, 17)),
            search: "袁 文&x=1".to_owned(),
            who: Some("a0".repeat(HASH_BYTES)),
            state: Wanted::One(Standing::Red),
            was: Some(Standing::Yellow),
            township: Some("431022101000".to_owned()),
            village: Some("431022101201".to_owned()),
            branch: Some(3),
            officer: Some(0),
            tied: Some(7),
            household: Some(8),
            quiet: Some(By::Village),
            enterprise: Some(9),
            due: Some(date(2019, 7, 1)),
            within: Some(30),
            sort: Sort::Balance,
            reversed: true,
            at: At::Before("a~b".to_owned()),
            pages_before: 3,
        };
        let uri: Uri = filter.address().parse().unwrap();
        let Query(raw) = Query::<RawFilter>::try_from_uri(&uri).unwrap();
        assert_eq!(LoanFilter::try_from(raw).unwrap(), filter);
    }

    #[test]
    fn an_identity_number_or_a_phone_stands_in_no_address() {
        for secret in ["431099197001010000", "4310 9919 7001 0100 00", "13800000000"] {
            let filter = LoanFilter { search: secret.to_owned(), ..LoanFilter::default() };
            let sound = filter.clone().sealed(|text| vec![u8::try_from(text.len()).unwrap(); HASH_BYTES]);
            let is_sound = secret.starts_with('1') || IdentityNumber::parse(&squeeze(secret)).is_ok();
            assert_eq!(sound.address().contains("who="), is_sound);
            assert_eq!(sound.search.is_empty(), is_sound);
            let uri: Uri = sound.address().parse().unwrap();
            let Query(raw) = Query::<RawFilter>::try_from_uri(&uri).unwrap();
            assert_eq!(LoanFilter::try_from(raw).unwrap(), sound, "the address leads back to it");
        }
        let filter = LoanFilter { search: "13800000000".to_owned(), ..LoanFilter::default() };
        assert_eq!(filter.sealed(|_| vec![171; HASH_BYTES]).who_hash(), Some(vec![171; HASH_BYTES]));
    }

    #[test]
    fn a_word_that_is_not_understood_is_named() {
        let raw = RawFilter { day: "2019-02-30".to_owned(), ..RawFilter::default() };
        let unknown = LoanFilter::try_from(raw).unwrap_err();
        assert_eq!(unknown, UnknownWord { field: "day", value: "2019-02-30".to_owned() });
        assert_eq!((day("-009999-01-01"), day("1899-12-31"), day("2200-01-01")), (None, None, None));
    }

    #[test]
    fn what_is_searched_for_comes_nearest_first_unless_another_order_is_chosen() {
        let raw = |q: &str, sort: &str| RawFilter { q: q.into(), sort: sort.into(), ..RawFilter::default() };
        let read = |q, sort| LoanFilter::try_from(raw(q, sort)).unwrap();
        assert_eq!((read("", "").sort, read("w", "").sort), (Sort::Due, Sort::Nearest));
        assert_eq!((read("", "nearest").sort, read("w", "due").sort), (Sort::Due, Sort::Due));
        assert_eq!(
            (read("w", "").address().as_str(), read("w", "due").address().as_str()),
            ("/loans?q=w", "/loans?q=w&sort=due")
        );
        assert_eq!(read("w", "-nearest").address(), "/loans?q=w&sort=-nearest");
        assert_eq!(read("w", "").without(Part::Search).address(), "/loans");
        assert_eq!(read("w", "balance").without(Part::Search).address(), "/loans?sort=balance");
    }

    #[test]
    fn taking_a_township_away_takes_its_village_too() {
        let filter = LoanFilter {
            township: Some("431022101000".to_owned()),
            village: Some("431022101201".to_owned()),
            ..LoanFilter::default()
        };
        assert_eq!(filter.without(Part::Township).address(), "/loans");
    }
}
