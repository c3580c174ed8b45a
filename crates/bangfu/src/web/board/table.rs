//! The board's table from its counts: order, bars, and the list behind every number.

use std::cmp::Reverse;

use bangfu_domain::money::Fen;
use bangfu_domain::warning::Standing;

use super::address::{BoardAddress, BoardSort, By};
use super::ranges::DaysRanges;
use super::view::{Cell, Figure, Heading, Row, SHOWN, Tab, Tally};
use crate::texts::Lang;
use crate::web::chart::share;
use crate::web::loan::filter::{LoanFilter, Wanted};
use crate::web::page::unsigned;

/// Loans and balances of one row by standing, in the order of [`Standing::ALL`].
pub(crate) type Tallies = [Tally; 8];

/// The place in [`Tallies`] of a standing.
pub(crate) fn of(tallies: &Tallies, standing: Standing) -> Tally {
    usize::try_from(standing.code()).ok().and_then(|index| tallies.get(index)).copied().unwrap_or_default()
}

/// All that owes something.
pub(crate) fn owing(tallies: &Tallies) -> Tally {
    let owing = Standing::ALL.into_iter().filter(|standing| standing.is_owing());
    owing.map(|standing| of(tallies, standing)).fold(Tally::default(), add)
}

fn add(sum: Tally, tally: Tally) -> Tally {
    Tally { loans: sum.loans + tally.loans, balance: sum.balance + tally.balance }
}

/// What a row of the board stands for, as a list is narrowed to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// A township's code.
    Township(String),
    /// A village's code.
    Village(String),
    /// A bank branch.
    Branch(i64),
    /// A credit manager; 0 for loans that have none.
    Officer(i64),
}

impl Place {
    fn narrow(&self, list: &LoanFilter) -> LoanFilter {
        let mut list = list.clone();
        match self {
            Place::Township(code) => list.township = Some(code.clone()),
            Place::Village(code) => list.village = Some(code.clone()),
            Place::Branch(id) => list.branch = Some(*id),
            Place::Officer(id) => list.officer = Some(*id),
        }
        list
    }
}

/// The counts of one row.
#[derive(Debug, Clone)]
pub(crate) struct Count {
    /// What it stands for.
    pub(crate) place: Place,
    /// Its name.
    pub(crate) name: String,
    /// The key by which names are put in order.
    pub(crate) name_key: String,
    /// What it belongs to, where names repeat.
    pub(crate) within: Option<String>,
    /// Its loans by standing.
    pub(crate) tallies: Tallies,
}

/// The table of a board.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    /// Its headings.
    pub(crate) headings: Vec<Heading>,
    /// Its rows in order.
    pub(crate) rows: Vec<Row>,
    /// Rows left out because they have nothing to watch, and the board with them.
    pub(crate) quiet: Option<(u64, String)>,
    /// The sum of all rows, those left out included.
    pub(crate) total: Row,
}

/// A longer table leaves out the rows that have nothing to watch, until asked for them.
const ROWS_SHOWN_AT_ONCE: usize = 60;

/// Makes the table of a day's counts. `list` is the list of loans that the whole board counts.
pub(crate) fn table(
    lang: Lang,
    address: &BoardAddress,
    list: &LoanFilter,
    ranges: &DaysRanges,
    mut counts: Vec<Count>,
) -> Table {
    let sum = counts.iter().fold(Tallies::default(), |mut sum, count| {
        for (sum, tally) in sum.iter_mut().zip(count.tallies) {
            *sum = add(*sum, tally);
        }
        sum
    });
    put_in_order(address.sort, &mut counts);

    let watched = |tallies: &Tallies| SHOWN.into_iter().any(|standing| of(tallies, standing).loans > 0);
    let mut quiet = None;
    if counts.len() > ROWS_SHOWN_AT_ONCE && !address.all {
        let before = counts.len();
        counts.retain(|count| watched(&count.tallies));
        let left_out = unsigned(before - counts.len());
        quiet = (left_out > 0).then(|| (left_out, BoardAddress { all: true, ..address.clone() }.path()));
    }

    let highest: Vec<u64> = SHOWN
        .into_iter()
        .map(|standing| counts.iter().map(|count| of(&count.tallies, standing).loans).max().unwrap_or(0))
        .collect();
    let rows = counts.iter().map(|count| row(address, &count.place.narrow(list), &highest, count)).collect();
    let total = Count {
        place: Place::Officer(0),
        name: lang.text("total-row"),
        name_key: String::new(),
        within: None,
        tallies: sum,
    };
    let mut total = row(address, list, &highest, &total);
    total.closer = None;
    Table { headings: headings(address, ranges), rows, quiet, total }
}

fn row(address: &BoardAddress, list: &LoanFilter, highest: &[u64], count: &Count) -> Row {
    let cells = SHOWN
        .into_iter()
        .zip(highest)
        .map(|(standing, highest)| {
            let loans = of(&count.tallies, standing).loans;
            let bar = unsigned(share(loans, (*highest).max(loans), 100));
            Cell { standing, loans, bar, href: list.standing(standing).address() }
        })
        .collect();
    let closer = match &count.place {
        Place::Township(code) => {
            let closer = BoardAddress { by: By::Village, township: Some(code.clone()), ..address.clone() };
            Some(closer.path())
        }
        _ => None,
    };
    Row {
        name: count.name.clone(),
        within: count.within.clone(),
        closer,
        cells,
        owing: owing(&count.tallies),
        owing_href: list.address(),
    }
}

fn put_in_order(sort: BoardSort, counts: &mut [Count]) {
    let loans = |count: &Count, standing| Reverse(of(&count.tallies, standing).loans);
    // Names first: the sorts that follow are stable.
    counts.sort_by(|one, other| (&one.name_key, &one.name).cmp(&(&other.name_key, &other.name)));
    match sort {
        BoardSort::Name => {}
        BoardSort::Urgency => counts.sort_by_key(|count| {
            [Standing::Overdue, Standing::Red, Standing::Yellow, Standing::Blue, Standing::Green]
                .map(|standing| loans(count, standing))
        }),
        BoardSort::Standing(standing) => counts.sort_by_key(|count| loans(count, standing)),
        BoardSort::Balance => counts.sort_by_key(|count| Reverse(owing(&count.tallies).balance)),
    }
}

fn headings(address: &BoardAddress, ranges: &DaysRanges) -> Vec<Heading> {
    SHOWN
        .into_iter()
        .map(|standing| {
            let urgent = address.sort == BoardSort::Urgency && standing == Standing::Overdue;
            Heading {
                standing,
                days: ranges.of(standing),
                href: address.sorted(BoardSort::Standing(standing)).path(),
                sorted: urgent || address.sort == BoardSort::Standing(standing),
            }
        })
        .collect()
}

/// The figure cards: the whole board by standing, beside the day before.
pub(crate) fn figures(
    list: &LoanFilter,
    ranges: &DaysRanges,
    now: &Tallies,
    before: Option<&Tallies>,
) -> Vec<Figure> {
    let loans = |tallies: &Tallies, standing| i64::try_from(of(tallies, standing).loans).unwrap_or(i64::MAX);
    SHOWN
        .into_iter()
        .map(|standing| Figure {
            standing,
            tally: of(now, standing),
            change: before.map(|before| loans(now, standing) - loans(before, standing)),
            days: ranges.of(standing),
            href: LoanFilter { state: Wanted::One(standing), ..list.clone() }.address(),
        })
        .collect()
}

/// The ways to cut the board.
pub(crate) fn tabs(address: &BoardAddress) -> Vec<Tab> {
    By::ALL
        .into_iter()
        .map(|by| Tab { key: by.text_key(), href: address.cut(by).path(), here: by == address.by })
        .collect()
}

/// What is overdue.
pub(crate) fn overdue(tallies: &Tallies) -> Tally {
    of(tallies, Standing::Overdue)
}

/// A tally of loans and fen.
pub(crate) fn tally(loans: u64, fen: i64) -> Tally {
    Tally { loans, balance: Fen::new(fen) }
}
