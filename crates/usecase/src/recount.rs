//! A full recount: from the events, what every loan was on a day, as known at an instant; or from the loans' rows, how
//! they stand on the last closed day.

use std::collections::{BTreeMap, HashMap};

use bangfu_domain::loan::{Fold, Interval, LoanEvent, Particulars, Terms, Watch};
use bangfu_domain::money::Fen;
use bangfu_domain::warning::{Standing, standing_of_owing};
use bangfu_store::county::{self, County};
use bangfu_store::loan::Totals;
use bangfu_store::{Db, Tx, loan};
use jiff::civil::Date;

use crate::board::Figures;
use crate::book::projection_day;
use crate::error::Error;
use crate::loan::companions;
use crate::rules::Rules;

/// A loan on a day, as known at an instant.
#[derive(Debug, Clone)]
pub(crate) struct Counted {
    /// The loan.
    pub(crate) loan_id: i64,
    /// Its terms as known then.
    pub(crate) terms: Terms,
    /// What was said of it besides, as known then; its industry guide and technology officer are those of the day.
    pub(crate) about: Particulars,
    /// The stretch of days in which the day lies.
    pub(crate) interval: Interval,
    /// The day on which nothing was owed any more, if by the day.
    pub(crate) settled_on: Option<Date>,
}

/// A loan over all its days, as known at an instant.
pub(crate) struct Folded {
    /// The loan.
    pub(crate) loan_id: i64,
    /// What its events say.
    pub(crate) fold: Fold,
    /// Its stretches of days.
    pub(crate) history: Vec<Interval>,
    /// The events themselves.
    pub(crate) events: Vec<LoanEvent>,
}

impl Folded {
    /// The stretch of days in which a day lies; `None` before its disbursement.
    pub(crate) fn on(&self, day: Date) -> Option<&Interval> {
        self.history.iter().rev().find(|interval| interval.from_on <= day)
    }
}

/// Goes through every loan of a county, as known at an instant, by id. The events are read page by page: a book has many times
/// more of them than whoever counts it has room for.
pub(crate) async fn folded(
    tx: &mut Tx,
    county: &County,
    known_at: i64,
    mut each: impl FnMut(&Rules, Folded) -> Result<(), Error>,
) -> Result<(), Error> {
    let rules = Rules::load(tx, county, Some(known_at)).await?;
    let Some((first, last)) = loan::ids_of_events(tx, county.county_id).await? else { return Ok(()) };
    let mut before = first - 1;
    while before < last {
        let to = last.min(before + EVENTS_OF_AT_ONCE);
        let events = loan::all_events(tx, county.county_id, before, to).await?;
        before = to;
        for of_loan in events.chunk_by(|one, next| one.loan_id == next.loan_id) {
            let Some(loan_id) = of_loan.first().map(|stored| stored.loan_id) else { continue };
            let events: Vec<LoanEvent> = of_loan.iter().map(|stored| stored.event.clone()).collect();
            let Some(fold) = rules.fold(&events, known_at) else { continue };
            let history = rules.timeline(&fold)?;
            each(&rules, Folded { loan_id, fold, history, events })?;
        }
    }
    Ok(())
}

/// Goes through every loan disbursed by a day, as known at an instant, by id.
pub(crate) async fn recount(
    tx: &mut Tx,
    county: &County,
    day: Date,
    known_at: i64,
    mut count: impl FnMut(Counted),
) -> Result<(), Error> {
    folded(tx, county, known_at, |_, one| {
        let Some(interval) = one.on(day).cloned() else { return Ok(()) };
        let settled_on = one.fold.settled_on().filter(|settled| *settled <= day);
        let (guide_id, technologist_id) = companions(&one.events, known_at, day);
        let about = Particulars { guide_id, technologist_id, ..one.fold.about };
        let terms = Terms { due_on: interval.due_on, ..one.fold.terms };
        count(Counted { loan_id: one.loan_id, terms, about, interval, settled_on });
        Ok(())
    })
    .await
}

/// Among so many ids are the loans whose events are read at a time.
const EVENTS_OF_AT_ONCE: i64 = 20_000;

/// Loans read at a time.
const IDS_AT_ONCE: i64 = 60_000;

/// Counts every loan of a county from its row and its branch's data-until day, without what was derived of its history:
/// figures by village on the last closed day, or on the book's first. Two readers share the rows, each half of them.
pub async fn recount_rows(db: &Db, county_id: i64) -> Result<BTreeMap<i64, Figures>, Error> {
    let mut tx = db.read().await?;
    let county = county::get(&mut tx, county_id).await?;
    let rules = Rules::load(&mut tx, &county, None).await?;
    let Some((first, last)) = loan::ids(&mut tx, county_id).await? else { return Ok(BTreeMap::new()) };
    drop(tx);
    let middle = first + (last - first) / 2;
    let day = projection_day(&county);
    let half = |from: i64, to: i64| {
        let (db, rules) = (db.clone(), rules.clone());
        tokio::spawn(async move {
            let mut tx = db.read().await?;
            let mut count = Count::new(&rules, day);
            let mut at = from;
            while at <= to {
                let end = to.min(at + IDS_AT_ONCE - 1);
                for loan in loan::scan(&mut tx, county_id, (at, end), day).await?.loans() {
                    count.add(loan?)?;
                }
                at = end + 1;
            }
            Ok::<_, Error>(count.villages)
        })
    };
    let halves = [half(first, middle), half(middle + 1, last)];
    let mut figures: BTreeMap<i64, Figures> = BTreeMap::new();
    for half in halves {
        let villages = half.await.map_err(|error| Error::Packs(error.to_string()))??;
        for (village, totals) in villages {
            let figures = figures.entry(village).or_default();
            totals.into_iter().for_each(|(standing, totals)| figures.add(standing, totals));
        }
    }
    Ok(figures)
}

/// A count under way.
struct Count<'a> {
    rules: &'a Rules,
    day: Date,
    /// What decides the standing of loans under a pack that fall due on a day, as both are written: there are few.
    watches: Vec<(String, HashMap<String, Watch>)>,
    villages: HashMap<i64, Vec<(Standing, Totals)>>,
}

impl Count<'_> {
    fn new(rules: &Rules, day: Date) -> Count<'_> {
        Count { rules, day, watches: Vec::new(), villages: HashMap::new() }
    }

    fn add(
        &mut self,
        (village, branch, pack, due, balance_fen): (i64, i64, &str, &str, Fen),
    ) -> Result<(), Error> {
        let watch = self.watch(pack, due)?;
        let until = self.rules.until.get(&branch).copied();
        let standing = standing_of_owing(self.day, watch.due_on, until, &watch.thresholds);
        let cells = self.villages.entry(village).or_default();
        // A village has few: looking through them is quicker than any key.
        let at = cells.iter().position(|(known, _)| *known == standing).unwrap_or_else(|| {
            cells.push((standing, Totals::default()));
            cells.len() - 1
        });
        cells[at].1.loans += 1;
        cells[at].1.balance_fen += balance_fen;
        Ok(())
    }

    fn watch(&mut self, pack: &str, due: &str) -> Result<Watch, Error> {
        let at = self.watches.iter().position(|(known, _)| known == pack).unwrap_or_else(|| {
            self.watches.push((pack.to_owned(), HashMap::new()));
            self.watches.len() - 1
        });
        let of_pack = &mut self.watches[at].1;
        if let Some(watch) = of_pack.get(due) {
            return Ok(*watch);
        }
        let watch = self.rules.watch_of(pack, due)?;
        of_pack.insert(due.to_owned(), watch);
        Ok(watch)
    }
}
