//! Writing loans: events are appended, and what was derived from them follows in the same transaction.

use std::collections::{BTreeMap, BTreeSet};

use bangfu_domain::loan::{EventKind, Interval, LoanEvent, add_days, next_change};
use bangfu_domain::money::Fen;
use bangfu_domain::warning::Standing;
use bangfu_store::board::{Axis, Delta, Span, month_key};
use bangfu_store::county::{County, Stamp};
use bangfu_store::division::ALWAYS;
use bangfu_store::loan::{Loan, Place, StoredEvent, StoredInterval};
use bangfu_store::{Db, Tx, audit, board, loan, name_term};
use jiff::civil::Date;

use crate::error::Error;
use crate::in_write;
use crate::rules::Rules;

/// A loan to be written: its row, and all its events, of which the last few are new.
#[derive(Debug, Clone)]
pub struct Work {
    /// The row; its derived columns are filled in here.
    pub loan: Loan,
    /// All events, in the order of recording.
    pub events: Vec<LoanEvent>,
    /// How many of them stand in the book already; 0 for a new loan.
    pub known: usize,
}

impl Work {
    /// Whether an event that is not in the book yet says who the borrower is, or takes away what another said.
    fn names_anew(&self) -> bool {
        use EventKind::{Described, Opened, Reversed};
        let names = |kind: &EventKind| matches!(kind, Opened { .. } | Described { .. } | Reversed { .. });
        self.events[self.known..].iter().any(|event| names(&event.kind))
    }
}

/// Appends what happened to a loan, recorded at an instant.
pub(crate) fn append(
    events: &mut Vec<LoanEvent>,
    happened: impl IntoIterator<Item = (Date, EventKind)>,
    recorded_at: i64,
) {
    for (effective_on, kind) in happened {
        let seq = events.last().map_or(1, |last| last.seq + 1);
        events.push(LoanEvent { seq, effective_on, recorded_at, kind });
    }
}

/// The day as of which the rows of loans stand: the last closed one, or the day before the book opens.
pub fn projection_day(county: &County) -> Date {
    county.closed_on.or(county.opening_on).unwrap_or(Date::MIN)
}

/// Writes loans with their new events, their history and the board's differences.
pub async fn save(
    tx: &mut Tx,
    county: &County,
    stamp: Stamp,
    rules: &Rules,
    import_id: Option<i64>,
    works: &mut [Work],
) -> Result<(), Error> {
    let mut deltas = Deltas::default();
    save_but_board(tx, county, stamp, rules, import_id, works, &mut deltas).await?;
    Ok(board::add_deltas(tx, county.county_id, &deltas.into_rows()).await?)
}

/// Writes loans with their new events and their history, and adds up what the board is to be changed by before anybody
/// sees them.
pub(crate) async fn save_but_board(
    tx: &mut Tx,
    county: &County,
    stamp: Stamp,
    rules: &Rules,
    import_id: Option<i64>,
    works: &mut [Work],
    deltas: &mut Deltas,
) -> Result<(), Error> {
    let day = projection_day(county);
    let known: Vec<i64> = works.iter().filter(|work| work.known > 0).map(|work| work.loan.loan_id).collect();
    let mut before: BTreeMap<i64, Vec<Interval>> = BTreeMap::new();
    for old in loan::intervals(tx, county.county_id, &known).await? {
        before.entry(old.loan_id).or_default().push(old.interval);
    }
    let (mut stale, mut intervals, mut places, mut events) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for work in works.iter_mut() {
        let loan_id = work.loan.loan_id;
        let history = derive(&mut work.loan, &work.events, rules, day)?;
        let old = before.remove(&loan_id).unwrap_or_default();
        // A ledger that says what the book says touches no history.
        if old != history {
            for interval in &old {
                deltas.add(rules, interval, -1);
            }
            if work.known > 0 {
                stale.push(loan_id);
            }
            places.extend(places_of(loan_id, &history));
            for interval in history {
                deltas.add(rules, &interval, 1);
                intervals.push(StoredInterval { loan_id, interval });
            }
        }
        events.extend(work.events[work.known..].iter().cloned().map(|event| StoredEvent {
            loan_id,
            import_id,
            event,
        }));
    }
    let loans: Vec<Loan> = works.iter().map(|work| work.loan.clone()).collect();
    let (gone, there): (Vec<&Loan>, Vec<&Loan>) = loans.iter().partition(|loan| loan.gone);
    let ids = |loans: Vec<&Loan>| loans.iter().map(|loan| loan.loan_id).collect::<Vec<i64>>();
    loan::put(tx, county.county_id, &loans).await?;
    let named = works.iter().filter(|work| work.names_anew()).map(|work| work.loan.borrower_name.as_str());
    name_term::note(tx, county.county_id, named).await?;
    loan::add_events(tx, county.county_id, stamp, &events).await?;
    loan::replace_intervals(tx, county.county_id, &stale, &intervals).await?;
    loan::replace_places(tx, county.county_id, &stale, &places).await?;
    audit::note_changes(tx, county.county_id, stamp, "loan", &ids(there)).await?;
    audit::note(tx, county.county_id, stamp, ("loan", true), &ids(gone)).await?;
    Ok(())
}

/// From so many on, differences that lie aside are added to those that stand: a board that is asked for meanwhile goes
/// through those of its axis.
const ASIDE_MANY: i64 = 600_000;

/// Up to so many, all axes are gone through together.
const ASIDE_FEW: i64 = 50_000;

/// The cells of so many are changed in one transaction: whoever else writes waits for it.
const CELLS_AT_ONCE: usize = 10_000;

/// Adds to the board what pages have put aside, if it is much.
pub(crate) async fn settle_if_many(db: &Db, county_id: i64) -> Result<(), Error> {
    settle_from(db, county_id, ASIDE_MANY).await
}

/// Adds all to the board that pages have put aside. Until then it counts as well, only a little slower.
pub(crate) async fn settle(db: &Db, county_id: i64) -> Result<(), Error> {
    settle_from(db, county_id, 1).await
}

async fn settle_from(db: &Db, county_id: i64, least: i64) -> Result<(), Error> {
    let aside = board::lie_aside(&mut db.read().await?, county_id).await?;
    let parts = match aside {
        _ if aside < least => Vec::new(),
        ..=ASIDE_FEW => vec![None],
        _ => Axis::ALL.map(Some).to_vec(),
    };
    for axis in parts {
        let mut is_left = in_write!(db, county_id, |tx| async {
            Ok::<bool, Error>(board::settle(tx, county_id, axis, CELLS_AT_ONCE).await?)
        })?;
        while is_left {
            is_left = in_write!(db, county_id, |tx| async {
                Ok::<bool, Error>(board::settle_next(tx, county_id, axis).await?)
            })?;
        }
    }
    Ok(())
}

/// Fills the derived columns of a loan's row from its events and returns its history.
pub fn derive(
    loan: &mut Loan,
    events: &[LoanEvent],
    rules: &Rules,
    day: Date,
) -> Result<Vec<Interval>, Error> {
    loan.event_seq = events.last().map_or(0, |event| event.seq);
    let folded = rules.fold(events, i64::MAX);
    loan.gone = folded.is_none();
    let Some(folded) = folded else {
        // The row stays for its number; it owes nothing and comes to nothing.
        (loan.standing, loan.balance_fen, loan.next_change_on) = (Standing::Settled, Fen::ZERO, None);
        return Ok(Vec::new());
    };
    let history = rules.timeline(&folded)?;
    let now = history.iter().rev().find(|interval| interval.from_on <= day).or_else(|| history.first());
    if let Some(now) = now {
        loan.standing = now.standing;
        loan.balance_fen = now.balance_fen;
    }
    // Where the loan belongs in lists is its newest placement.
    if let Some((placed_on, placement)) = folded.placements.iter().next_back() {
        loan.placed_on = *placed_on;
        loan.village_id = placement.village_id;
        loan.branch_id = placement.branch_id;
        loan.manager_id = placement.manager_id;
    }
    loan.pack_id = rules.pack_or_first(folded.terms.disbursed_on)?.id.clone();
    loan.next_change_on = next_change(&history, day);
    let about = folded.about.clone();
    loan.borrower_name = about.borrower_name;
    loan.household_class = about.household_class;
    loan.enterprise_id = about.enterprise_id;
    loan.guide_id = about.guide_id;
    loan.technologist_id = about.technologist_id;
    loan.note = about.note;
    loan.repaid_fen = folded.repaid();
    loan.settled_on = folded.settled_on();
    loan.terms = folded.terms_on(Date::MAX);
    Ok(history)
}

/// The places to which a loan belonged in its history, each with the due days that it had there, in order.
pub fn places_of(loan_id: i64, history: &[Interval]) -> BTreeSet<Place> {
    let settled = history.last().filter(|last| last.standing == Standing::Settled);
    let settled_on = settled.map(|settled| settled.from_on);
    history
        .iter()
        .map(|interval| Place { loan_id, placement: interval.placement, due_on: interval.due_on, settled_on })
        .collect()
}

/// Derives loans anew whose circumstances, not events, have changed.
pub async fn refresh(
    tx: &mut Tx,
    county: &County,
    stamp: Stamp,
    rules: &Rules,
    loan_ids: &[i64],
) -> Result<(), Error> {
    for page in loan_ids.chunks(2_000) {
        let mut works = load(tx, county.county_id, page).await?;
        save(tx, county, stamp, rules, None, &mut works).await?;
    }
    Ok(())
}

/// Derives anew what follows from where places lie, after some villages came to lie elsewhere or left what lay in them to
/// others: what loans cost that lie or lay in them.
pub(crate) async fn relocate(
    tx: &mut Tx,
    county: &County,
    stamp: Stamp,
    (before, after): (&Rules, &Rules),
    villages: &[i64],
) -> Result<usize, Error> {
    let loan_ids = loan::ever_in(tx, county.county_id, villages).await?;
    for page in loan_ids.chunks(2_000) {
        let mut works = load(tx, county.county_id, page).await?;
        let mut deltas = Deltas::default();
        for old in loan::intervals(tx, county.county_id, page).await? {
            deltas.add(before, &old.interval, -1);
            deltas.add(after, &old.interval, 1);
        }
        // From here on the board counts the histories that stand by the new places.
        save_but_board(tx, county, stamp, after, None, &mut works, &mut deltas).await?;
        board::add_deltas(tx, county.county_id, &deltas.into_rows()).await?;
    }
    Ok(loan_ids.len())
}

/// Loads loans with all their events.
pub async fn load(tx: &mut Tx, county_id: i64, loan_ids: &[i64]) -> Result<Vec<Work>, Error> {
    let mut events: BTreeMap<i64, Vec<LoanEvent>> = BTreeMap::new();
    for stored in loan::events(tx, county_id, loan_ids).await? {
        events.entry(stored.loan_id).or_default().push(stored.event);
    }
    let loans = loan::by_ids(tx, county_id, loan_ids).await?;
    Ok(loans
        .into_iter()
        .map(|loan| {
            let events = events.remove(&loan.loan_id).unwrap_or_default();
            Work { known: events.len(), loan, events }
        })
        .collect())
}

/// Differences of the board by cell and day.
#[derive(Debug, Default)]
pub struct Deltas {
    rows: Vec<Delta>,
    /// So many of the first are added up already.
    added: usize,
}

/// Differences that wait to be added up take no more room than this, or than those that are.
const WAITING_MIN: usize = 1 << 20;

impl Deltas {
    /// Adds (`sign` 1) or takes away (−1) an interval of a loan.
    pub fn add(&mut self, rules: &Rules, interval: &Interval, sign: i64) {
        let place = &interval.placement;
        let (from, to) = (interval.from_on, interval.to_on);
        for (axis, key) in [
            (Axis::County, rules.county_division_id),
            (Axis::Village, place.village_id),
            (Axis::Branch, place.branch_id),
            (Axis::Manager, place.manager_id.unwrap_or(0)),
            (Axis::DueMonth, month_key(interval.due_on)),
        ] {
            self.stretch(axis, key, interval, (from, to), sign);
        }
        // A village may move to another township while nothing about the loan changes; between its townships, and
        // where the list knows of none, it counts under 0.
        let mut next = Some(from);
        for lying in rules.townships.get(&place.village_id).into_iter().flatten() {
            let Some(start) = next.filter(|start| to.is_none_or(|to| *start < to)) else { break };
            if lying.last_on < start {
                continue;
            }
            let first = lying.first_on.max(start);
            if to.is_some_and(|to| first >= to) {
                break;
            }
            if first > start {
                self.stretch(Axis::Township, 0, interval, (start, Some(first)), sign);
            }
            let after = if lying.last_on == ALWAYS.1 { None } else { Some(add_days(lying.last_on, 1)) };
            let end = [after, to].into_iter().flatten().min();
            self.stretch(Axis::Township, lying.township_id, interval, (first, end), sign);
            next = after;
        }
        if let Some(start) = next.filter(|start| to.is_none_or(|to| *start < to)) {
            self.stretch(Axis::Township, 0, interval, (start, to), sign);
        }
    }

    /// Adds or takes away a stretch of an interval's days in one cell.
    fn stretch(
        &mut self,
        axis: Axis,
        key: i64,
        interval: &Interval,
        (from, to): (Date, Option<Date>),
        sign: i64,
    ) {
        for (day, sign) in [(Some(from), sign), (to, -sign)] {
            let Some(day) = day else { continue };
            let balance_fen = if sign < 0 { -interval.balance_fen } else { interval.balance_fen };
            let standing = interval.standing;
            self.rows.push(Delta {
                axis,
                span: Span::Day,
                on_day: day,
                key_id: key,
                standing,
                loans: sign,
                balance_fen,
            });
        }
        self.keep_short();
    }

    /// Adds what another sum holds.
    pub fn merge(&mut self, other: Deltas) {
        self.rows.extend(other.rows);
        self.keep_short();
    }

    /// Adds up when too many wait for it.
    fn keep_short(&mut self) {
        if self.rows.len() - self.added > self.added.max(WAITING_MIN) {
            board::add_up(&mut self.rows);
            self.added = self.rows.len();
        }
    }

    /// The differences that amount to something, with their sums by month and by year, in order.
    pub fn into_rows(self) -> Vec<Delta> {
        board::with_sums(self.rows)
    }

    /// The differences of single days that amount to something, in order.
    pub(crate) fn into_days(mut self) -> Vec<Delta> {
        board::add_up(&mut self.rows);
        self.rows
    }
}
