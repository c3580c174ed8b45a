//! The fold: what a loan's events say, for every day at once.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{EventKind, LoanEvent, Particulars, Placement, Terms};
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
    /// What ledgers state as repaid in all, by the day of each.
    pub positions: BTreeMap<Date, Fen>,
}

impl Fold {
    /// Principal repaid up to and including a day.
    pub fn repaid_by(&self, day: Date) -> Fen {
        self.repayments.range(..=day).map(|(_, amount)| *amount).sum()
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

/// Folds the events that were recorded by an instant. `None` if the loan was not known then.
///
/// The order of recording decides between statements about the same thing; the order in which bank
/// movements and ledgers arrive changes nothing in what was repaid by a ledger's day.
pub fn fold(events: &[LoanEvent], known_at: i64) -> Option<Fold> {
    let known: Vec<&LoanEvent> = events.iter().filter(|event| event.recorded_at <= known_at).collect();
    let reversed: Vec<u32> = known
        .iter()
        .filter_map(|event| match event.kind {
            EventKind::Reversed { corrects } => Some(corrects),
            _ => None,
        })
        .collect();
    let standing = || known.iter().filter(|event| !reversed.contains(&event.seq));

    let mut terms: Option<(Terms, u32)> = None;
    let mut about = Particulars::default();
    let mut placements = BTreeMap::new();
    let mut movements: BTreeMap<Date, Fen> = BTreeMap::new();
    let mut positions: BTreeMap<Date, (Fen, Option<Date>)> = BTreeMap::new();
    for event in standing() {
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
                positions.insert(event.effective_on, (*repaid_fen, *dated_on));
            }
            EventKind::Repaid { amount_fen } => {
                *movements.entry(event.effective_on).or_default() += *amount_fen;
            }
            EventKind::Reversed { .. } => {}
        }
    }
    let (terms, terms_seq) = terms?;
    let repayments = repayments(&terms, &movements, &positions);
    let positions = positions.into_iter().map(|(day, (repaid, _))| (day, repaid)).collect();
    Some(Fold { terms, terms_seq, about, repayments, movements, placements, positions })
}

/// Bank movements, and of each position what the movements and earlier positions leave unexplained.
fn repayments(
    terms: &Terms,
    movements: &BTreeMap<Date, Fen>,
    positions: &BTreeMap<Date, (Fen, Option<Date>)>,
) -> BTreeMap<Date, Fen> {
    let mut repayments = movements.clone();
    for (as_of, (repaid, dated_on)) in positions {
        let explained: Fen = repayments.range(..=*as_of).map(|(_, amount)| *amount).sum();
        let unexplained = *repaid - explained;
        if unexplained.is_positive() {
            let day = dated_on.unwrap_or(*as_of).clamp(terms.disbursed_on.min(*as_of), *as_of);
            *repayments.entry(day).or_default() += unexplained;
        }
    }
    repayments
}
