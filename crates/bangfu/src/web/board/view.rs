//! The board as plain data: what its template shows.

use bangfu_domain::money::Fen;
use bangfu_domain::warning::Standing;
use jiff::civil::{Date, DateTime};

use super::address::{BoardAddress, BoardSort, By};
use crate::texts::Lang;
use crate::web::chart::{Maturities, Trend};
use crate::web::loan::filter::LoanFilter;

/// The standings in the order in which a board shows them: the most urgent first.
pub(crate) const SHOWN: [Standing; 6] =
    [Standing::Overdue, Standing::Red, Standing::Yellow, Standing::Blue, Standing::Green, Standing::Awaiting];

/// How many loans, and what they owe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Tally {
    /// Loans.
    pub(crate) loans: u64,
    /// What they owe.
    pub(crate) balance: Fen,
}

/// A figure card: a standing, how much of it there is, and what changed since the day before.
#[derive(Debug, Clone)]
pub(crate) struct Figure {
    /// The standing.
    pub(crate) standing: Standing,
    /// Its loans.
    pub(crate) tally: Tally,
    /// Change in loans since the day before; none on the first day.
    pub(crate) change: Option<i64>,
    /// The days to maturity that it covers, for a colour.
    pub(crate) days: Option<(i32, i32)>,
    /// Its list.
    pub(crate) href: String,
}

impl Figure {
    /// Whether the change is for the worse, the better, or neither, as a class of the stylesheet.
    ///
    /// More loans in a colour are no misfortune, they only come nearer; more overdue ones are.
    pub(crate) fn trend(&self) -> &'static str {
        match (self.standing, self.change.unwrap_or(0)) {
            (Standing::Overdue | Standing::Red | Standing::Awaiting, 1..) => "worse",
            (Standing::Overdue | Standing::Red | Standing::Awaiting, ..=-1) => "better",
            _ => "",
        }
    }
}

/// A cell of the board's table.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    /// The standing of its column.
    pub(crate) standing: Standing,
    /// Loans.
    pub(crate) loans: u64,
    /// Length of its bar, in thousandths of its column's room.
    pub(crate) bar: u64,
    /// Its list.
    pub(crate) href: String,
}

impl Cell {
    /// The width of its bar as a drawing writes it.
    pub(crate) fn width(&self) -> String {
        format!("{}.{}%", self.bar / 10, self.bar % 10)
    }
}

/// A row of the board's table: a township, village, branch or credit manager.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// Its name.
    pub(crate) name: String,
    /// What it belongs to, where names repeat: a village's or an officer's township.
    pub(crate) within: Option<String>,
    /// A closer look: the board of its villages.
    pub(crate) closer: Option<String>,
    /// One cell for each of [`SHOWN`].
    pub(crate) cells: Vec<Cell>,
    /// All that owes something.
    pub(crate) owing: Tally,
    /// The list of all that owes something.
    pub(crate) owing_href: String,
}

/// A heading of the table that sorts it.
#[derive(Debug, Clone)]
pub(crate) struct Heading {
    /// The standing of the column.
    pub(crate) standing: Standing,
    /// The days to maturity that it covers, for a colour.
    pub(crate) days: Option<(i32, i32)>,
    /// The board sorted by it, or the other way round.
    pub(crate) href: String,
    /// The direction in which the table is sorted by it now.
    pub(crate) direction: Option<&'static str>,
    /// The room of its bars, of 100.
    pub(crate) room: u64,
}

/// Rows that are left out because they have nothing to watch.
#[derive(Debug, Clone)]
pub(crate) struct Quiet {
    /// How many.
    pub(crate) rows: u64,
    /// What they owe together.
    pub(crate) owing: Tally,
    /// The board with them.
    pub(crate) href: String,
    /// Their loans.
    pub(crate) owing_href: String,
}

/// Loans that went from one standing to another since the day before.
#[derive(Debug, Clone)]
pub(crate) struct Move {
    /// Where they stood.
    pub(crate) from: Standing,
    /// Where they stand.
    pub(crate) to: Standing,
    /// How many.
    pub(crate) loans: u64,
    /// Their list.
    pub(crate) href: String,
}

/// Up to which day a branch has reported.
#[derive(Debug, Clone)]
pub(crate) struct BranchUntil {
    /// Its name.
    pub(crate) name: String,
    /// Its page.
    pub(crate) href: String,
    /// The day; none if it never reported.
    pub(crate) until: Option<Date>,
}

/// Up to which day an institution's data are complete (数据截止日).
#[derive(Debug, Clone)]
pub(crate) struct Until {
    /// The institution.
    pub(crate) lender: String,
    /// The earliest day among its branches; none if one never reported.
    pub(crate) earliest: Option<Date>,
    /// Days from the earliest to the day of the board.
    pub(crate) behind: Option<i32>,
    /// Its branches, those furthest behind first.
    pub(crate) branches: Vec<BranchUntil>,
}

/// A published figure that differs from what is known now.
#[derive(Debug, Clone)]
pub(crate) struct Published {
    /// The standing.
    pub(crate) standing: Standing,
    /// Loans and what they owed, as the close published them.
    pub(crate) then: Tally,
    /// The same as known now.
    pub(crate) now: Tally,
}

/// A way to cut the board, as a tab.
#[derive(Debug, Clone)]
pub(crate) struct Tab {
    /// Key of its text.
    pub(crate) key: &'static str,
    /// The board cut that way.
    pub(crate) href: String,
    /// Whether it is cut that way now.
    pub(crate) here: bool,
}

/// The board of a day.
#[derive(Debug, Clone)]
pub(crate) struct Board {
    /// The county and its programme, where all loans share one.
    pub(crate) title: String,
    /// The day.
    pub(crate) day: Date,
    /// Its own address, from which others are made.
    pub(crate) address: BoardAddress,
    /// The last day closed, and when.
    pub(crate) closed: Option<(Date, Option<DateTime>)>,
    /// The first day that has a board.
    pub(crate) first: Option<Date>,
    /// Open differences between bank and book.
    pub(crate) differences: u64,
    /// All that owes something.
    pub(crate) owing: Tally,
    /// What is overdue.
    pub(crate) overdue: Tally,
    /// The six figures.
    pub(crate) figures: Vec<Figure>,
    /// Whether the days of the colours are not the same for all shown loans.
    pub(crate) days_differ: bool,
    /// Where the days of the colours come from, while the county has not confirmed them.
    pub(crate) unconfirmed: Option<String>,
    /// The ways to cut the table.
    pub(crate) tabs: Vec<Tab>,
    /// The township to which the table is narrowed, and the board without that.
    pub(crate) narrowed: Option<(String, String)>,
    /// The table's headings.
    pub(crate) headings: Vec<Heading>,
    /// Its rows.
    pub(crate) rows: Vec<Row>,
    /// The rows left out because they have nothing to watch.
    pub(crate) quiet: Option<Quiet>,
    /// The sum of all rows.
    pub(crate) total: Row,
    /// What moved since the day before; none where no day lies before it.
    pub(crate) moves: Option<Vec<Move>>,
    /// Whether the day was closed a moment ago before the visitor's eyes.
    pub(crate) fresh: bool,
    /// The last 90 days.
    pub(crate) trend: Option<Trend>,
    /// The next 12 months.
    pub(crate) maturities: Option<Maturities>,
    /// Data-until days by institution.
    pub(crate) untils: Vec<Until>,
    /// Published figures that differ.
    pub(crate) published: Option<Vec<Published>>,
}

impl Board {
    /// Places that the balance column needs.
    pub(crate) fn places(&self) -> u32 {
        let balances = self.rows.iter().map(|row| row.owing.balance).chain([self.total.owing.balance]);
        Lang::amount_places(balances)
    }

    /// The day up to which every branch has reported, if that is before the day of the board.
    pub(crate) fn bank_behind(&self) -> Option<Date> {
        self.untils.iter().filter_map(|until| until.earliest).min().filter(|day| *day < self.day)
    }

    /// The day of the first ledger, where the board's day lies before it.
    pub(crate) fn begins_on(&self) -> Option<Date> {
        self.first.filter(|first| self.day < *first)
    }

    /// The board of the first ledger's day.
    pub(crate) fn first_href(&self) -> Option<String> {
        self.first.map(|first| self.address.on(&first).path())
    }

    /// The day before, if it has a board.
    pub(crate) fn previous(&self) -> Option<Date> {
        self.day.yesterday().ok().filter(|day| self.first.is_some_and(|first| *day >= first))
    }

    /// The day after, if it has come.
    pub(crate) fn next(&self, today: &Date) -> Option<Date> {
        self.day.tomorrow().ok().filter(|day| day <= today)
    }

    /// The order by name.
    pub(crate) fn by_name(&self) -> BoardSort {
        BoardSort::Name
    }

    /// The order by balance.
    pub(crate) fn by_balance(&self) -> BoardSort {
        BoardSort::Balance
    }

    /// Whether names need more room than a township's: those of branches, and those that say to what they belong.
    pub(crate) fn has_long_names(&self) -> bool {
        self.address.by == By::Branch || self.rows.iter().any(|row| row.within.is_some())
    }

    /// Whether a number of the table has more digits than usual.
    pub(crate) fn is_big(&self) -> bool {
        self.total.cells.iter().any(|cell| cell.loans >= 1000)
    }

    /// The list of all that owes something on the day.
    pub(crate) fn owing_href(&self) -> String {
        let township = self.address.township.clone();
        LoanFilter { township, ..LoanFilter::of_day(self.day) }.address()
    }
}
