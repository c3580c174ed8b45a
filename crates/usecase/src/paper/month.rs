//! The figures of a month: of the month itself, of the month before, and in all; by township.

use std::collections::BTreeMap;

use bangfu_domain::division::Level;
use bangfu_domain::loan::{Placement, add_days};
use bangfu_domain::money::Fen;
use bangfu_domain::warning::Standing;
use bangfu_store::county::County;
use bangfu_store::paper::Paper;
use bangfu_store::{Area, Tx};
use jiff::civil::Date;

use super::lines::Extent;
use crate::division::Places;
use crate::error::Error;
use crate::recount::{Folded, folded};
use crate::rules::Rules;

/// How many loans, and how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// Loans.
    pub loans: i64,
    /// Money.
    pub fen: Fen,
}

impl Count {
    fn add(&mut self, other: Count) {
        self.loans += other.loans;
        self.fen += other.fen;
    }

    /// One loan with some money, or none where there is none.
    fn of(fen: Fen) -> Count {
        if fen.is_positive() { Count { loans: 1, fen } } else { Count::default() }
    }
}

/// The figures of a stretch of days and of its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// 新增: disbursed within the days.
    pub new: Count,
    /// 累计发放: disbursed by the end.
    pub lent: Count,
    /// 到期: what was owed before the days began, or lent within them, of what fell due within them.
    pub due: Count,
    /// 累计到期: the amounts lent of what fell due by the end.
    pub due_ever: Count,
    /// 收回: repaid within the days.
    pub repaid: Count,
    /// 累计收回: repaid by the end.
    pub repaid_ever: Count,
    /// 展期: extended within the days, with what was owed then.
    pub extended: Count,
    /// 续贷: taken over by another loan within the days, with what it took over.
    pub renewed: Count,
    /// 余额: owed at the end.
    pub owing: Count,
    /// 逾期 at the end.
    pub overdue: Count,
    /// 红色预警 at the end.
    pub red: Count,
    /// 到期待核 at the end.
    pub awaiting: Count,
    /// What is owed and nobody looks after.
    pub nobodys: Count,
}

impl Figures {
    /// Each figure, with the word by which texts name it.
    pub fn named(&self) -> [(&'static str, Count); 13] {
        [
            ("new", self.new),
            ("lent", self.lent),
            ("due", self.due),
            ("due-ever", self.due_ever),
            ("repaid", self.repaid),
            ("repaid-ever", self.repaid_ever),
            ("extended", self.extended),
            ("renewed", self.renewed),
            ("owing", self.owing),
            ("overdue", self.overdue),
            ("red", self.red),
            ("awaiting", self.awaiting),
            ("nobodys", self.nobodys),
        ]
    }

    fn add(&mut self, other: &Figures) {
        self.new.add(other.new);
        self.lent.add(other.lent);
        self.due.add(other.due);
        self.due_ever.add(other.due_ever);
        self.repaid.add(other.repaid);
        self.repaid_ever.add(other.repaid_ever);
        self.extended.add(other.extended);
        self.renewed.add(other.renewed);
        self.owing.add(other.owing);
        self.overdue.add(other.overdue);
        self.red.add(other.red);
        self.awaiting.add(other.awaiting);
        self.nobodys.add(other.nobodys);
    }
}

/// A row of a month: a township, or a village.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthRow {
    /// The place.
    pub place_id: i64,
    /// Its name.
    pub name: String,
    /// Of the month.
    pub now: Figures,
    /// Of the month before.
    pub before: Figures,
    /// Registered households, and those of them with a loan, where a register is known.
    pub coverage: Option<(i64, i64)>,
}

/// A month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Month {
    /// Its first day, and the paper's day.
    pub days: (Date, Date),
    /// The days of the month before.
    pub days_before: (Date, Date),
    /// All of it.
    pub total: Figures,
    /// All of the month before.
    pub total_before: Figures,
    /// Registered households of all of it.
    pub coverage: Option<(i64, i64)>,
    /// By place, in the order of their codes.
    pub rows: Vec<MonthRow>,
}

/// What one loan adds to the figures of a stretch of days, and where it belonged at its end; `None` before its disbursement.
fn figures(
    rules: &Rules,
    one: &Folded,
    (first, last): (Date, Date),
) -> Result<Option<(Placement, Figures)>, Error> {
    let Some(interval) = one.on(last) else { return Ok(None) };
    let terms = &one.fold.terms;
    let due_on = rules.due_day(terms.disbursed_on, interval.due_on)?.on;
    let within = |day: Date| first <= day && day <= last;
    let new = within(terms.disbursed_on);
    let began = if new { terms.principal_fen } else { one.fold.balance_on(add_days(first, -1)) };
    let repaid: Fen = one.fold.repayments.range(first..=last).map(|(_, fen)| *fen).sum();
    let if_so = |is: bool, fen: Fen| if is { Count::of(fen) } else { Count::default() };
    let balance = interval.balance_fen;
    let stands = |standing| if_so(interval.standing == standing, balance);
    Ok(Some((
        interval.placement,
        Figures {
            new: if_so(new, terms.principal_fen),
            lent: Count::of(terms.principal_fen),
            due: if_so(within(due_on), began),
            due_ever: if_so(due_on <= last, terms.principal_fen),
            repaid: Count::of(repaid),
            repaid_ever: Count::of(one.fold.repaid_by(last)),
            extended: one
                .fold
                .extensions
                .range(first..=last)
                .next_back()
                .map(|(on, _)| Count::of(one.fold.balance_on(*on)))
                .unwrap_or_default(),
            renewed: one
                .fold
                .renewal
                .filter(|renewal| within(renewal.on))
                .map(|renewal| Count::of(one.fold.balance_on(add_days(renewal.on, -1))))
                .unwrap_or_default(),
            owing: Count::of(balance),
            overdue: stands(Standing::Overdue),
            red: stands(Standing::Red),
            awaiting: stands(Standing::Awaiting),
            nobodys: if_so(interval.placement.manager_id.is_none(), balance),
        },
    )))
}

/// The month of a paper, as known at an instant.
pub(super) async fn of_paper(
    tx: &mut Tx,
    county: &County,
    paper: &Paper,
    known_at: i64,
) -> Result<Month, Error> {
    let last = paper.on_day;
    let days = (last.first_of_month(), last);
    let before_last = add_days(days.0, -1);
    let days_before = (before_last.first_of_month(), before_last);
    let places = Places::load(tx, county.division_id).await?;
    let extents = [days, days_before].map(|(_, end)| Extent::of(paper.area, &places, end));
    // By township, and within one by village.
    let by_village = match paper.area {
        Area::Division(id) => places.on(id, last).is_some_and(|place| place.level != Level::County),
        _ => false,
    };
    let row_of = |village: i64, day: Date| {
        let village = places.on(village, day)?;
        if by_village { Some(village.division_id) } else { village.parent_id }
    };
    let mut rows: BTreeMap<i64, [Figures; 2]> = BTreeMap::new();
    let mut totals = [Figures::default(); 2];
    folded(tx, county, known_at, |rules, one| {
        for (at, stretch) in [days, days_before].into_iter().enumerate() {
            let Some((placement, of_loan)) = figures(rules, &one, stretch)? else { continue };
            if !extents[at].holds(&placement) {
                continue;
            }
            totals[at].add(&of_loan);
            let place = row_of(placement.village_id, stretch.1).unwrap_or(0);
            rows.entry(place).or_default()[at].add(&of_loan);
        }
        Ok(())
    })
    .await?;
    let mut coverage: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
    // A branch has no register of its own.
    let registered = paper.registered.as_deref().filter(|_| !matches!(extents[0], Extent::Branch(_)));
    for (village, households, with_loan) in registered.unwrap_or_default() {
        let there = Placement { village_id: *village, branch_id: 0, manager_id: None };
        if extents[0].holds(&there) {
            let sum = coverage.entry(row_of(*village, last).unwrap_or(0)).or_default();
            *sum = (sum.0 + households, sum.1 + with_loan);
        }
    }
    let mut rows: Vec<(String, MonthRow)> = rows
        .into_iter()
        .map(|(place_id, [now, before])| {
            let term = places.on(place_id, last);
            let row = MonthRow {
                place_id,
                name: term.map(|term| term.name.clone()).unwrap_or_default(),
                now,
                before,
                coverage: coverage.get(&place_id).copied(),
            };
            (term.map(|term| term.code.clone()).unwrap_or_default(), row)
        })
        .collect();
    rows.sort_by(|(one, _), (other, _)| one.cmp(other));
    let all = coverage.values().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    Ok(Month {
        days,
        days_before,
        total: totals[0],
        total_before: totals[1],
        coverage: Some(all).filter(|(households, _)| *households > 0),
        rows: rows.into_iter().map(|(_, row)| row).collect(),
    })
}
