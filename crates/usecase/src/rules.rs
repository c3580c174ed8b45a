//! The rules that hold for a county's loans: its pack by the contract's date, its data-until days, its places.

use std::collections::BTreeMap;

use bangfu_domain::calendar::Calendar;
use bangfu_domain::division::{Codes, Succession};
use bangfu_domain::loan::{Fold, Interval, LoanEvent, Watch, add_days, fold, timeline};
use bangfu_domain::policy::Pack;
use bangfu_domain::warning::Standing;
use bangfu_store::county::County;
use bangfu_store::division::ALWAYS;
use bangfu_store::loan::{Reach, Shown};
use bangfu_store::{Scope, Tx, bank, division, loan, rule_change};
use jiff::civil::Date;

use crate::error::{Error, Refusal};
use crate::rulebook::RuleBook;

/// What decides how the loans of a county stand.
#[derive(Debug, Clone)]
pub struct Rules {
    book: &'static RuleBook,
    /// True while some loans still stand by the rules of before.
    mixed: bool,
    /// The codes by which packs name the county.
    pub codes: Codes,
    fixed_pack: Option<String>,
    /// 数据截止日 by branch.
    pub until: BTreeMap<i64, Date>,
    /// The branches that have reported nothing.
    silent: Vec<i64>,
    /// In which township each village lay when.
    pub townships: BTreeMap<i64, Vec<Lying>>,
    /// The places that ended and left what lay in them to others.
    pub succession: Succession,
    /// The county's own division.
    pub county_division_id: i64,
}

/// A stretch of days on which a village lies in a township.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lying {
    /// The township.
    pub township_id: i64,
    /// The first day.
    pub first_on: Date,
    /// The last day.
    pub last_on: Date,
}

impl Rules {
    /// Loads the rules as they are known now, or as they were known at an instant.
    pub async fn load(tx: &mut Tx, county: &County, known_at: Option<i64>) -> Result<Rules, Error> {
        let branches = bank::branches(tx, county.county_id).await?;
        let until: BTreeMap<i64, Date> = match known_at {
            Some(known_at) => bank::until_as_known(tx, county.county_id, known_at).await?,
            None => branches
                .iter()
                .filter_map(|branch| branch.until_on.map(|until| (branch.branch_id, until)))
                .collect(),
        };
        let mut townships: BTreeMap<i64, Vec<Lying>> = BTreeMap::new();
        for (village, township_id, first_on, last_on) in division::townships(tx, county.division_id).await? {
            let lying = townships.entry(village).or_default();
            match lying.last_mut() {
                // A township that got another name is the same place.
                Some(last) if last.township_id == township_id && add_days(last.last_on, 1) == first_on => {
                    last.last_on = last_on;
                }
                _ => lying.push(Lying { township_id, first_on, last_on }),
            }
        }
        let ids = branches.iter().map(|branch| branch.branch_id);
        Ok(Rules {
            mixed: rule_change::judging(tx, county.county_id).await?.is_some(),
            book: RuleBook::of_county(tx, county.county_id, known_at).await?,
            codes: division::codes(tx, county.division_id).await?,
            succession: division::succession(tx, county.division_id).await?,
            fixed_pack: county.pack_id.clone(),
            silent: ids.filter(|branch| !until.contains_key(branch)).collect(),
            until,
            townships,
            county_division_id: county.division_id,
        })
    }

    /// The working days by which the county reckons.
    pub fn calendar(&self) -> &'static Calendar {
        &self.book.calendar
    }

    /// Every pack of the county's rules.
    pub(crate) fn packs(&self) -> &'static [Pack] {
        self.book.packs.all()
    }

    /// The same county under other rules.
    pub(crate) fn under(&self, book: &'static RuleBook) -> Rules {
        Rules { book, ..self.clone() }
    }

    /// The pack of a contract: the one fixed at `init`, or the county's or the nation's of that day.
    ///
    /// `None` if no pack covers the day.
    pub fn pack(&self, signed_on: Date) -> Option<&'static Pack> {
        match &self.fixed_pack {
            Some(id) => self.book.packs.by_id(id),
            None => self.book.packs.for_contract(&self.codes, signed_on),
        }
    }

    /// The pack of a contract, or, where none covers its day, the one that begins first. A pack that was fixed for
    /// all contracts is never replaced by another.
    pub fn pack_or_first(&self, signed_on: Date) -> Result<&'static Pack, Error> {
        if let Some(pack) = self.pack(signed_on) {
            return Ok(pack);
        }
        if let Some(id) = &self.fixed_pack {
            return Err(Refusal::pack_gone(id, &self.book.packs).into());
        }
        let packs = self.book.packs.all().iter();
        packs
            .min_by_key(|pack| pack.contracts_from)
            .ok_or_else(|| Error::Packs("no pack is in force".to_owned()))
    }

    /// The shortest limitation of actions that any pack states, in years.
    pub(crate) fn shortest_limitation(&self) -> Option<u32> {
        self.book.packs.all().iter().filter_map(|pack| pack.limitation_years.value).min()
    }

    /// The packs that watch over the loans which lie in a scope and owe something on a day: none where none does.
    pub async fn watching(&self, tx: &mut Tx, scope: &Scope, day: Date) -> Result<Vec<&'static Pack>, Error> {
        let mut watching = Vec::new();
        for pack in self.book.packs.all() {
            if loan::any_under_pack(tx, scope, day, &pack.id).await? {
                watching.push(pack);
            }
        }
        Ok(watching)
    }

    /// What decides a loan's standing besides its own events.
    pub fn watch(&self, signed_on: Date, due_on: Date) -> Result<Watch, Error> {
        let thresholds = self.pack_or_first(signed_on)?.warning.thresholds;
        Ok(Watch { thresholds, due_on: self.due_day(signed_on, due_on)?.on })
    }

    /// What decides the standing of a loan under a pack that falls due on a day, both as the book writes them.
    ///
    /// # Errors
    /// The book names a pack that is not among the rules, or a day that is none.
    pub fn watch_of(&self, pack_id: &str, due_on: &str) -> Result<Watch, Error> {
        let gone = || Error::from(Refusal::pack_gone(pack_id, &self.book.packs));
        let pack = self.book.packs.by_id(pack_id).ok_or_else(gone)?;
        let due_on: Date = due_on.parse().map_err(|_| Error::Packs(due_on.to_owned()))?;
        let due_on = match pack.warning.due_on_rest_day_moves {
            true => self.book.calendar.working_day_from(due_on).0,
            false => due_on,
        };
        Ok(Watch { thresholds: pack.warning.thresholds, due_on })
    }

    /// The day on which the balance must be repaid: the contract's, moved over rest days where the pack says so.
    pub fn due_day(&self, signed_on: Date, due_on: Date) -> Result<DueDay, Error> {
        if !self.pack_or_first(signed_on)?.warning.due_on_rest_day_moves {
            return Ok(DueDay { on: due_on, provisional: false });
        }
        let (on, provisional) = self.book.calendar.working_day_from(due_on);
        Ok(DueDay { on, provisional })
    }

    /// Where alone loans can be that stand so on a day, by every pack of the county's rules; `None` where that says
    /// nothing.
    pub fn reach(&self, standing: Standing, day: Date) -> Option<Reach> {
        if self.mixed {
            return None;
        }
        let bounds = self.book.packs.all().iter().map(|pack| {
            let days = pack.warning.thresholds.days_to_due(standing)?;
            // A due day that was moved stood so many days earlier in the contract.
            let moved = if pack.warning.due_on_rest_day_moves { REST_DAYS_MAX } else { 0 };
            let last = if days.1 == i32::MAX { Date::MAX } else { add_days(day, days.1) };
            // Databases do not know every day that there is.
            Some((add_days(day, days.0.saturating_sub(moved)).max(ALWAYS.0), last.min(ALWAYS.1)))
        });
        let bounds = bounds.collect::<Option<Vec<_>>>()?;
        let first = bounds.iter().map(|(first, _)| *first).min()?;
        let last = bounds.iter().map(|(_, last)| *last).max()?;
        let branches = (standing == Standing::Awaiting).then(|| self.behind(day));
        let earliest = branches.iter().flatten().map(|(_, first)| *first).min();
        Some(Reach { due: (earliest.map_or(first, |earliest| first.max(earliest)), last), branches })
    }

    /// The branches that have not reported to a day, each with the first due day that a loan of theirs can have in its
    /// contract if it awaits the bank.
    fn behind(&self, day: Date) -> Vec<(i64, Date)> {
        let reported = self.until.iter().filter(|(_, until)| **until < day).map(|(branch, until)| {
            // What falls due on a rest day may await from the working day after.
            let mut first = *until;
            while self.book.calendar.working_day_from(add_days(first, -1)).0 >= *until {
                first = add_days(first, -1);
            }
            (*branch, first)
        });
        self.silent.iter().map(|branch| (*branch, ALWAYS.0)).chain(reported).collect()
    }

    /// The township in which a village lies on a day.
    pub fn township_on(&self, village_id: i64, day: Date) -> Option<i64> {
        let lying = self.townships.get(&village_id)?.iter();
        let mut there = lying.filter(|one| one.first_on <= day && day <= one.last_on);
        there.next().map(|one| one.township_id)
    }

    /// What a loan's events say that were recorded by an instant, in the places of the county as they follow one another.
    /// `None` if the loan was not known then.
    pub fn fold(&self, events: &[LoanEvent], known_at: i64) -> Option<Fold> {
        let mut folded = fold(events, known_at)?;
        folded.succeed(&self.succession);
        Some(folded)
    }

    /// The packs that stand for the county alone.
    pub(crate) fn own_packs(&self) -> Vec<&'static str> {
        let own = self.book.packs.all().iter().filter(|pack| pack.names(&self.codes));
        own.map(|pack| pack.id.as_str()).collect()
    }

    /// The history of a loan under these rules.
    pub fn timeline(&self, fold: &Fold) -> Result<Vec<Interval>, Error> {
        let warning = &self.pack_or_first(fold.terms.disbursed_on)?.warning;
        let repay_by = |due_on: Date| match warning.due_on_rest_day_moves {
            true => self.book.calendar.working_day_from(due_on).0,
            false => due_on,
        };
        Ok(timeline(fold, &warning.thresholds, repay_by, |branch| self.until.get(&branch).copied()))
    }
}

/// Where alone loans can be that a list shows on a day: it spares the list the walk to them.
pub async fn reach(tx: &mut Tx, county: &County, shown: Shown, day: Date) -> Result<Option<Reach>, Error> {
    let Shown::Standing(standing) = shown else { return Ok(None) };
    Ok(Rules::load(tx, county, None).await?.reach(standing, day))
}

/// No run of rest days is longer.
const REST_DAYS_MAX: i32 = 31;

/// The day on which a balance must be repaid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueDay {
    /// The day.
    pub on: Date,
    /// True if the rest days of its year are not published yet, so that the notice may still move it.
    pub provisional: bool,
}

#[cfg(test)]
mod tests {
    use bangfu_domain::division::Borne;
    use bangfu_domain::policy::EMBEDDED;
    use jiff::civil::date;

    use super::*;

    /// The rules of a county whose packs move a due day, or do not.
    fn rules(moves: bool) -> Rules {
        let stated = format!("due_on_rest_day_moves = {moves}");
        let files = EMBEDDED
            .map(|(file, text)| (file.to_owned(), text.replace("due_on_rest_day_moves = false", &stated)));
        Rules {
            mixed: false,
            book: Box::leak(Box::new(RuleBook::read(files.to_vec(), None).unwrap())),
            codes: Codes::new(
                1,
                vec![Borne {
                    code: "431022000000".to_owned(),
                    division_id: 1,
                    first_on: Date::MIN,
                    last_on: Date::MAX,
                }],
            ),
            succession: Succession::default(),
            fixed_pack: None,
            until: BTreeMap::new(),
            silent: Vec::new(),
            townships: BTreeMap::new(),
            county_division_id: 1,
        }
    }

    #[test]
    fn a_due_day_moves_over_a_holiday_where_the_pack_says_so() {
        let (signed_on, due_on) = (date(2018, 10, 1), date(2019, 10, 1));
        let moved = rules(true).watch(signed_on, due_on).unwrap();
        assert_eq!(moved.due_on, date(2019, 10, 8));
        assert_eq!(rules(false).watch(signed_on, due_on).unwrap().due_on, due_on);
        // A Sunday on which people work stays.
        assert_eq!(rules(true).watch(signed_on, date(2019, 5, 5)).unwrap().due_on, date(2019, 5, 5));
    }

    #[test]
    fn a_due_day_of_a_year_without_a_notice_is_provisional() {
        let signed_on = date(2026, 6, 1);
        let day = rules(true).due_day(signed_on, date(2029, 6, 2)).unwrap();
        assert_eq!(day, DueDay { on: date(2029, 6, 4), provisional: true });
        let day = rules(false).due_day(signed_on, date(2029, 6, 2)).unwrap();
        assert_eq!(day, DueDay { on: date(2029, 6, 2), provisional: false });
        assert!(!rules(true).due_day(date(2018, 10, 1), date(2019, 10, 1)).unwrap().provisional);
    }
}
