//! The board's table from its counts: order, bars, and the list behind every number.

use bangfu_domain::money::Fen;
use bangfu_domain::warning::Standing;
use bangfu_store::loan::Totals;

use super::address::{BoardAddress, BoardSort, By};
use super::lanes::Lanes;
use super::ranges::DaysRanges;
use super::view::{Cell, Figure, Heading, Quiet, Row, SHOWN, Tab, Tally};
use crate::texts::Lang;
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
    Standing::owing().map(|standing| of(tallies, standing)).fold(Tally::default(), add)
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
    /// The rows left out because they have nothing to watch.
    pub(crate) quiet: Option<Quiet>,
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
    put_in_order(address, &mut counts);

    let watched = |tallies: &Tallies| SHOWN.into_iter().any(|standing| of(tallies, standing).loans > 0);
    let mut quiet = None;
    // Townships are few, and each is looked for by name.
    if counts.len() > ROWS_SHOWN_AT_ONCE && !address.all && address.by != By::Township {
        let (shown, left_out): (Vec<Count>, Vec<Count>) =
            counts.into_iter().partition(|count| watched(&count.tallies));
        counts = shown;
        quiet = (!left_out.is_empty()).then(|| Quiet {
            rows: unsigned(left_out.len()),
            owing: left_out.iter().map(|count| owing(&count.tallies)).fold(Tally::default(), add),
            href: BoardAddress { all: true, ..address.clone() }.path(),
            owing_href: LoanFilter { quiet: Some(address.by), ..list.clone() }.address(),
        });
    }

    let highest = SHOWN
        .map(|standing| counts.iter().map(|count| of(&count.tallies, standing).loans).max().unwrap_or(0));
    let lanes = Lanes::of(highest);
    let rows = counts.iter().map(|count| row(address, &count.place.narrow(list), &lanes, count)).collect();
    let total = Count {
        place: Place::Officer(0),
        name: lang.text("total-row"),
        name_key: String::new(),
        within: None,
        tallies: sum,
    };
    let mut total = row(address, list, &lanes, &total);
    total.closer = None;
    Table { headings: headings(address, ranges, &lanes), rows, quiet, total }
}

fn row(address: &BoardAddress, list: &LoanFilter, lanes: &Lanes, count: &Count) -> Row {
    let cells = SHOWN
        .into_iter()
        .enumerate()
        .map(|(column, standing)| {
            let loans = of(&count.tallies, standing).loans;
            let bar = lanes.bar(column, loans);
            Cell { standing, loans, bar, href: list.standing(standing).address() }
        })
        .collect();
    let closer = match &count.place {
        Place::Township(code) => Some(address.closer(code.clone()).path()),
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

fn put_in_order(address: &BoardAddress, counts: &mut [Count]) {
    const URGENCY: [Standing; 5] =
        [Standing::Overdue, Standing::Red, Standing::Yellow, Standing::Blue, Standing::Green];
    let by_name =
        |one: &Count, other: &Count| (&one.name_key, &one.name).cmp(&(&other.name_key, &other.name));
    let loans = |count: &Count, standing| of(&count.tallies, standing).loans;
    let most_first = |one: &Count, other: &Count| match address.sort {
        BoardSort::Name => by_name(one, other),
        BoardSort::Urgency => {
            URGENCY.map(|standing| loans(other, standing)).cmp(&URGENCY.map(|standing| loans(one, standing)))
        }
        BoardSort::Standing(standing) => loans(other, standing).cmp(&loans(one, standing)),
        BoardSort::Balance => owing(&other.tallies).balance.cmp(&owing(&one.tallies).balance),
    };
    // Names first: the sort that follows is stable.
    counts.sort_by(by_name);
    counts.sort_by(|one, other| {
        let order = most_first(one, other);
        if address.reversed { order.reverse() } else { order }
    });
}

fn headings(address: &BoardAddress, ranges: &DaysRanges, lanes: &Lanes) -> Vec<Heading> {
    SHOWN
        .into_iter()
        .zip(lanes.rooms)
        .map(|(standing, room)| {
            let sort = BoardSort::Standing(standing);
            Heading {
                standing,
                days: ranges.of(standing),
                href: address.sorted(sort).path(),
                direction: address.direction(sort),
                room,
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

/// Tallies of standings in the order of all standings.
pub(crate) fn tallies_of(told: &[(Standing, Totals)]) -> Tallies {
    Standing::ALL.map(|standing| {
        let found =
            told.iter().find(|(one, _)| *one == standing).map_or_else(Totals::default, |(_, totals)| *totals);
        tally(unsigned(found.loans), found.balance_fen.get())
    })
}

/// What is overdue.
pub(crate) fn overdue(tallies: &Tallies) -> Tally {
    of(tallies, Standing::Overdue)
}

/// A tally of loans and fen.
pub(crate) fn tally(loans: u64, fen: i64) -> Tally {
    Tally { loans, balance: Fen::new(fen) }
}
