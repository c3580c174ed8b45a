//! The fold: what a loan's events say, for every day at once.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use jiff::civil::Date;

use super::{EventKind, LoanEvent, Particulars, Placement, Terms};
use crate::division::Succession;
use crate::money::Fen;

/// What is known of a loan: its terms, its repayments by day and where it belonged when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold {
    /// The terms as corrected.
    pub terms: Terms,
    /// Number of the event that states these terms.
    pub terms_seq: u32,
    /// What is said besides the terms.
    pub about: Particulars,
    /// Principal repaid on each day on which something was, oldest first.
    pub repayments: BTreeMap<Date, Fen>,
    /// Principal that bank movements report, by day.
    pub movements: BTreeMap<Date, Fen>,
    /// Where the loan belonged from each day on, oldest first.
    pub placements: BTreeMap<Date, Placement>,
    /// What ledgers state, by the day of each.
    pub positions: BTreeMap<Date, Stated>,
    /// The due days that the bank gave later, by the day from which each holds.
    pub extensions: BTreeMap<Date, Date>,
    /// What took the loan over, if it was renewed.
    pub renewal: Option<Renewal>,
}

/// The renewal that ended a loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Renewal {
    /// The day on which the other loan took over.
    pub on: Date,
    /// Id of that loan.
    pub by_loan_id: i64,
    /// Number of the event that says so.
    pub seq: u32,
}

/// What a ledger states of a loan's repayment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stated {
    /// Principal repaid in all by the ledger's day.
    pub repaid_fen: Fen,
    /// 结清日期, where the ledger gives one.
    pub dated_on: Option<Date>,
    /// Number of the event that states it.
    pub seq: u32,
}

impl Fold {
    /// Lets what took over from villages that ended stand in their place, from the day on which it did.
    pub fn succeed(&mut self, succession: &Succession) {
        if succession.is_empty() {
            return;
        }
        let mut said = std::mem::take(&mut self.placements).into_iter().peekable();
        while let Some((from, placement)) = said.next() {
            let next_said = said.peek().map(|(day, _)| *day);
            let mut village_id = succession.on(placement.village_id, from);
            let mut since = from;
            self.placements.insert(from, Placement { village_id, ..placement });
            while let Some((day, next)) = succession.next(village_id, since)
                && next_said.is_none_or(|said| day < said)
            {
                (village_id, since) = (next, day);
                self.placements.insert(day, Placement { village_id, ..placement });
            }
        }
    }

    /// 到期日期 as it holds on a day: the contract's, or that of the last extension by then.
    pub fn due_on(&self, day: Date) -> Date {
        self.extensions.range(..=day).next_back().map_or(self.terms.due_on, |(_, due_on)| *due_on)
    }

    /// The due days that held at some time up to a day, the contract's first.
    pub fn due_days_by(&self, day: Date) -> impl Iterator<Item = Date> {
        std::iter::once(self.terms.due_on).chain(self.extensions.range(..=day).map(|(_, due_on)| *due_on))
    }

    /// Whether what is stated is no ledger's word, but the renewal that ended the loan.
    pub fn is_renewal(&self, stated: &Stated) -> bool {
        self.renewal.is_some_and(|renewal| renewal.seq == stated.seq)
    }

    /// The terms as they hold on a day.
    pub fn terms_on(&self, day: Date) -> Terms {
        Terms { due_on: self.due_on(day), ..self.terms.clone() }
    }

    /// Principal repaid up to and including a day.
    pub fn repaid_by(&self, day: Date) -> Fen {
        by(&self.repayments, day)
    }

    /// Principal owed at the end of a day.
    pub fn balance_on(&self, day: Date) -> Fen {
        self.terms.principal_fen - self.repaid_by(day)
    }

    /// Principal repaid in all.
    pub fn repaid(&self) -> Fen {
        self.repayments.values().copied().sum()
    }

    /// The day on which nothing was owed any more.
    pub fn settled_on(&self) -> Option<Date> {
        let mut balance = self.terms.principal_fen;
        for (day, amount) in &self.repayments {
            balance -= *amount;
            if !balance.is_positive() {
                return Some(*day);
            }
        }
        None
    }

    /// Where the loan belongs on a day; before the first placement, where it was first placed.
    pub fn placement_on(&self, day: Date) -> Option<Placement> {
        self.placements
            .range(..=day)
            .next_back()
            .or_else(|| self.placements.iter().next())
            .map(|(_, placement)| *placement)
    }
}

impl Fold {
    /// The placements to be recorded so that something about the loan's place is otherwise from a day on: on that day,
    /// and on each later one on which the loan was placed anew. None where nothing changes.
    pub fn placed_anew(&self, from: Date, change: impl Fn(Placement) -> Placement) -> Vec<(Date, Placement)> {
        // Before it was first placed the loan was nowhere else.
        let first = self.placements.keys().next().map_or(from, |first| from.max(*first));
        let later = self.placements.range((Bound::Excluded(first), Bound::Unbounded)).map(|(day, _)| *day);
        let days = std::iter::once(first).chain(later);
        let placed = days.filter_map(|day| {
            let old = self.placement_on(day)?;
            Some((day, change(old))).filter(|(_, new)| *new != old)
        });
        placed.collect()
    }
}

/// The events that were recorded by an instant and not taken away by then, in the order of recording. What takes an
/// event away can be taken away itself: then the event stands again.
pub fn standing(events: &[LoanEvent], known_at: i64) -> Vec<&LoanEvent> {
    let mut reversed = BTreeSet::new();
    let mut standing: Vec<&LoanEvent> = Vec::with_capacity(events.len());
    // An event names only earlier ones: from the last on, each is met after all that can take it away.
    for event in events.iter().rev().filter(|event| event.recorded_at <= known_at) {
        if reversed.contains(&event.seq) {
            continue;
        }
        if let EventKind::Reversed { corrects } = event.kind {
            reversed.insert(corrects);
        }
        standing.push(event);
    }
    standing.reverse();
    standing
}

/// Folds the events that were recorded by an instant. `None` if the loan was not known then.
///
/// The order of recording decides between statements about the same thing; the order in which bank
/// movements and ledgers arrive changes nothing.
pub fn fold(events: &[LoanEvent], known_at: i64) -> Option<Fold> {
    let mut terms: Option<(Terms, u32)> = None;
    let mut about = Particulars::default();
    let mut placements = BTreeMap::new();
    let mut movements: BTreeMap<Date, Fen> = BTreeMap::new();
    let mut positions: BTreeMap<Date, Stated> = BTreeMap::new();
    let mut extensions = BTreeMap::new();
    let mut renewal = None;
    for event in standing(events, known_at) {
        match &event.kind {
            EventKind::Opened { terms: stated, about: said } => {
                terms = Some((stated.clone(), event.seq));
                about = said.clone();
            }
            EventKind::Corrected { terms: stated, .. } => terms = Some((stated.clone(), event.seq)),
            EventKind::Described { about: said } => about = said.clone(),
            EventKind::Placed { placement } => {
                placements.insert(event.effective_on, *placement);
            }
            EventKind::Position { repaid_fen, dated_on } => {
                let stated = Stated { repaid_fen: *repaid_fen, dated_on: *dated_on, seq: event.seq };
                positions.insert(event.effective_on, stated);
            }
            EventKind::Repaid { amount_fen } => {
                *movements.entry(event.effective_on).or_default() += *amount_fen;
            }
            EventKind::Extended { due_on } => {
                extensions.insert(event.effective_on, *due_on);
            }
            EventKind::Renewed { by_loan_id } => {
                renewal = Some(Renewal { on: event.effective_on, by_loan_id: *by_loan_id, seq: event.seq });
            }
            EventKind::Reversed { .. } => {}
        }
    }
    let (terms, terms_seq) = terms?;
    if let Some(Renewal { on, seq, .. }) = renewal {
        positions.insert(on, Stated { repaid_fen: terms.principal_fen, dated_on: Some(on), seq });
    }
    let repayments = repayments(terms.disbursed_on, &movements, &positions);
    Some(Fold { terms, terms_seq, about, repayments, movements, placements, positions, extensions, renewal })
}

/// Bank movements, and of each position what the movements and earlier positions leave unexplained.
pub(super) fn repayments(
    disbursed_on: Date,
    movements: &BTreeMap<Date, Fen>,
    positions: &BTreeMap<Date, Stated>,
) -> BTreeMap<Date, Fen> {
    let mut repayments = movements.clone();
    for (as_of, stated) in positions {
        let unexplained = stated.repaid_fen - by(&repayments, *as_of);
        if unexplained.is_positive() {
            let day = stated.dated_on.unwrap_or(*as_of).clamp(disbursed_on.min(*as_of), *as_of);
            *repayments.entry(day).or_default() += unexplained;
        }
    }
    repayments
}

/// The sum of amounts up to and including a day.
pub(super) fn by(amounts: &BTreeMap<Date, Fen>, day: Date) -> Fen {
    amounts.range(..=day).map(|(_, amount)| *amount).sum()
}
