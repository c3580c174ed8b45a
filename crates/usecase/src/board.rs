//! The board: how many loans stand where on a day, and what they owe, divided by place, branch or officer.

use std::collections::{BTreeMap, BTreeSet};

use bangfu_domain::division::Level;
use bangfu_domain::loan::add_days;
use bangfu_domain::officer::Role;
use bangfu_domain::warning::Standing;
use bangfu_store::board::{self, Axis, month_key};
use bangfu_store::county::{self, County};
use bangfu_store::loan::Totals;
use bangfu_store::{Area, Scope, Tx, bank, close, division, loan, officer, tie};
use jiff::civil::Date;

use crate::error::Error;
use crate::recount::{Counted, recount};

/// Figures by standing. What is settled is not counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figures(BTreeMap<Standing, Totals>);

impl Figures {
    /// The figure of a standing.
    pub fn get(&self, standing: Standing) -> Totals {
        self.0.get(&standing).copied().unwrap_or_default()
    }

    /// All loans that owe something.
    pub fn owing(&self) -> Totals {
        let mut sum = Totals::default();
        for totals in self.0.values() {
            sum.loans += totals.loans;
            sum.balance_fen += totals.balance_fen;
        }
        sum
    }

    /// Adds loans to a standing.
    pub fn add(&mut self, standing: Standing, totals: Totals) {
        if standing != Standing::Settled {
            let cell = self.0.entry(standing).or_default();
            cell.loans += totals.loans;
            cell.balance_fen += totals.balance_fen;
        }
    }
}

/// A row of a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardRow {
    /// Id of the division, branch or officer; 0 for loans without a credit manager.
    pub key_id: i64,
    /// 12-digit code of a division; the id of a branch or officer; empty for loans without a credit manager.
    pub code: String,
    /// Its name; empty for loans without a credit manager.
    pub name: String,
    /// The wider place to which it belongs: a village's or an officer's township.
    pub place: String,
    /// The figures.
    pub figures: Figures,
}

/// The board of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    /// The day.
    pub date: Date,
    /// The figures of all rows together.
    pub total: Figures,
    /// The rows, by code.
    pub rows: Vec<BoardRow>,
}

/// The board of any day, closed or not, as known now or at an instant (microseconds since 1970).
pub async fn board(
    tx: &mut Tx,
    scope: &Scope,
    axis: Axis,
    day: Date,
    known_at: Option<i64>,
) -> Result<Board, Error> {
    let county = county::get(tx, scope.county_id).await?;
    let cells: Vec<(i64, Standing, Totals)> = match known_at {
        Some(known_at) => recounted(tx, scope, &county, axis, day, known_at).await?,
        None => board::cells(tx, scope, axis, day)
            .await?
            .into_iter()
            .map(|cell| (cell.key_id, cell.standing, cell.totals))
            .collect(),
    };
    let mut by_key: BTreeMap<i64, Figures> = BTreeMap::new();
    let mut total = Figures::default();
    for (key, standing, totals) in cells {
        by_key.entry(key).or_default().add(standing, totals);
        total.add(standing, totals);
    }
    let mut rows = named_rows(tx, scope, &county, axis, day).await?;
    for row in &mut rows {
        row.figures = by_key.remove(&row.key_id).unwrap_or_default();
    }
    // Whoever is no longer on the list but still has loans is shown all the same.
    for (key_id, figures) in by_key {
        let code = if key_id == 0 { String::new() } else { key_id.to_string() };
        rows.push(BoardRow { key_id, code, name: String::new(), place: String::new(), figures });
    }
    if matches!(axis, Axis::Branch | Axis::Manager) || scope.area != Area::County {
        rows.retain(|row| row.figures.owing().loans > 0);
    }
    Ok(Board { date: day, total, rows })
}

/// The figures of a day as its close published them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// When, in microseconds since 1970.
    pub at: i64,
    /// The figures by division.
    pub figures: BTreeMap<i64, Figures>,
}

/// What the close of a day published of a division, or of the county, its townships and its villages, to stand beside
/// what is known of the day now; `None` if it was not closed.
///
/// Only those who see the whole county are shown it: nobody published parts of townships or branches.
pub async fn published(
    tx: &mut Tx,
    scope: &Scope,
    day: Date,
    division_id: Option<i64>,
) -> Result<Option<Published>, Error> {
    if scope.area != Area::County {
        return Ok(None);
    }
    let Some((at, _)) = close::published(tx, scope, day).await? else { return Ok(None) };
    let mut figures: BTreeMap<i64, Figures> = BTreeMap::new();
    for figure in close::figures(tx, scope, day, division_id).await? {
        figures.entry(figure.division_id).or_default().add(figure.standing, figure.totals);
    }
    Ok(Some(Published { at, figures }))
}

async fn recounted(
    tx: &mut Tx,
    scope: &Scope,
    county: &County,
    axis: Axis,
    day: Date,
    known_at: i64,
) -> Result<Vec<(i64, Standing, Totals)>, Error> {
    let places = division::subtree(tx, county.division_id, day).await?;
    let parents: BTreeMap<i64, Option<i64>> =
        places.iter().map(|place| (place.division_id, place.parent_id)).collect();
    let parent = |id: i64| parents.get(&id).copied().flatten();
    let tied = match scope.area {
        Area::Officer(id) => tie::loans_of(tx, county.county_id, id, day).await?,
        Area::Household(id) => {
            let loans = loan::of_households(tx, county.county_id, &[id]).await?;
            loans.into_iter().map(|loan| loan.loan_id).collect()
        }
        _ => BTreeSet::new(),
    };
    let mut cells: BTreeMap<(i64, Standing), Totals> = BTreeMap::new();
    let count = |counted: Counted| {
        let place = counted.interval.placement;
        let inside = match scope.area {
            Area::County => true,
            Area::Division(id) => {
                let mut at = Some(place.village_id);
                while at.is_some_and(|now| now != id) {
                    at = at.and_then(parent);
                }
                at.is_some()
            }
            Area::Branch(id) => place.branch_id == id,
            Area::Officer(_) | Area::Household(_) => tied.contains(&counted.loan_id),
        };
        if !inside {
            return;
        }
        let key = match axis {
            Axis::County => county.division_id,
            Axis::Township => parent(place.village_id).unwrap_or(0),
            Axis::Village => place.village_id,
            Axis::Branch => place.branch_id,
            Axis::Manager => place.manager_id.unwrap_or(0),
            Axis::DueMonth => month_key(counted.interval.due_on),
        };
        let totals = cells.entry((key, counted.interval.standing)).or_default();
        totals.loans += 1;
        totals.balance_fen += counted.interval.balance_fen;
    };
    recount(tx, county, day, known_at, count).await?;
    Ok(cells.into_iter().map(|((key, standing), totals)| (key, standing, totals)).collect())
}

/// The rows of a board without figures, by code: of the whole county, since who lies in the scope is told by the
/// figures.
async fn named_rows(
    tx: &mut Tx,
    scope: &Scope,
    county: &County,
    axis: Axis,
    day: Date,
) -> Result<Vec<BoardRow>, Error> {
    let row = |key_id: i64, code: String, name: &str, place: &str| BoardRow {
        key_id,
        code,
        name: name.to_owned(),
        place: place.to_owned(),
        figures: Figures::default(),
    };
    let places = match axis {
        Axis::Township | Axis::Village | Axis::Manager => {
            division::subtree(tx, county.division_id, day).await?
        }
        Axis::County | Axis::Branch | Axis::DueMonth => Vec::new(),
    };
    let name_of = |id: Option<i64>| {
        places.iter().find(|place| Some(place.division_id) == id).map_or("", |place| place.name.as_str())
    };
    Ok(match axis {
        Axis::County => {
            let called = county.on(day);
            vec![row(county.division_id, called.code.clone(), &called.name, "")]
        }
        Axis::Township | Axis::Village => {
            let level = if axis == Axis::Township { Level::Township } else { Level::Village };
            places
                .iter()
                .filter(|place| place.level == level)
                .map(|place| {
                    let wider = if level == Level::Village { name_of(place.parent_id) } else { "" };
                    row(place.division_id, place.code.clone(), &place.name, wider)
                })
                .collect()
        }
        Axis::Branch => bank::branches_on(tx, scope.county_id, day)
            .await?
            .iter()
            .map(|branch| row(branch.branch_id, branch.branch_id.to_string(), &branch.name, ""))
            .collect(),
        Axis::Manager => {
            let succession = division::succession(tx, county.division_id).await?;
            officer::list(tx, scope.county_id)
                .await?
                .iter()
                .filter(|officer| officer.roles.contains(&Role::CreditManager))
                .map(|officer| {
                    let place = name_of(Some(succession.on(officer.division_id, day)));
                    row(officer.officer_id, officer.officer_id.to_string(), &officer.name, place)
                })
                .collect()
        }
        Axis::DueMonth => Vec::new(),
    })
}

/// The county's figures on each of the last so many days up to a day, oldest first.
pub async fn trend(tx: &mut Tx, scope: &Scope, day: Date, days: i32) -> Result<Vec<(Date, Figures)>, Error> {
    if scope.area != Area::County {
        let mut trend = Vec::new();
        for back in (0..days).step_by(7).rev() {
            let on = add_days(day, -back);
            trend.push((on, board(tx, scope, Axis::County, on, None).await?.total));
        }
        return Ok(trend);
    }
    let first = add_days(day, 1 - days);
    let mut figures = board(tx, scope, Axis::County, first, None).await?.total;
    let mut changes = board::changes(tx, scope.county_id, first, day).await?.into_iter().peekable();
    let mut trend = vec![(first, figures.clone())];
    for ahead in 1..days {
        let on = add_days(first, ahead);
        while let Some((_, standing, totals)) = changes.next_if(|(at, _, _)| *at <= on) {
            figures.add(standing, totals);
        }
        trend.push((on, figures.clone()));
    }
    Ok(trend)
}

/// What falls due in each of the next 12 months from a day's month on: (year × 100 + month, loans and balance).
pub async fn maturities(tx: &mut Tx, scope: &Scope, day: Date) -> Result<Vec<(i64, Totals)>, Error> {
    let mut by_month: BTreeMap<i64, Totals> = BTreeMap::new();
    for cell in board::cells(tx, scope, Axis::DueMonth, day).await? {
        // What is past due is owed already and falls due no more.
        if !matches!(cell.standing, Standing::Overdue | Standing::Awaiting) {
            let month = by_month.entry(cell.key_id).or_default();
            month.loans += cell.totals.loans;
            month.balance_fen += cell.totals.balance_fen;
        }
    }
    let first = day.first_of_month();
    Ok((0..12)
        .map(|ahead| {
            let month = month_key(first.saturating_add(jiff::Span::new().months(ahead)));
            (month, by_month.get(&month).copied().unwrap_or_default())
        })
        .collect())
}
