//! What a leader's sheet shows.

use bangfu_domain::money::Fen;
use bangfu_domain::warning::Standing;
use jiff::civil::Date;

use crate::web::home::Waiting;
use crate::web::saved_list::Kept;

/// A number and the list behind it.
#[derive(Debug, Clone)]
pub(crate) struct Share {
    /// How many.
    pub(crate) count: u64,
    /// The list.
    pub(crate) href: String,
}

/// A figure of today beside those of before.
#[derive(Debug, Clone)]
pub(crate) struct Tile {
    /// The standing.
    pub(crate) standing: Standing,
    /// Loans.
    pub(crate) loans: u64,
    /// What they owe.
    pub(crate) balance: Fen,
    /// More or less than yesterday, if there was a day before.
    pub(crate) day: Option<i64>,
    /// More or less than a week ago.
    pub(crate) week: Option<i64>,
    /// The list.
    pub(crate) href: String,
}

impl Tile {
    /// How a change looks: fewer of what is urgent is better.
    pub(crate) fn look(&self, change: &i64) -> &'static str {
        match change.signum() {
            1 => "worse",
            -1 => "better",
            _ => "",
        }
    }
}

/// A place or an officer, and what is urgent there.
#[derive(Debug, Clone)]
pub(crate) struct Rank {
    /// Its name.
    pub(crate) name: String,
    /// Its loans.
    pub(crate) href: String,
    /// Overdue loans.
    pub(crate) overdue: Share,
    /// Loans that await the bank.
    pub(crate) awaiting: Share,
    /// Red loans.
    pub(crate) red: Share,
    /// More or less red ones than a week ago.
    pub(crate) red_week: Option<i64>,
    /// Late tasks.
    pub(crate) late: Share,
    /// What is overdue.
    pub(crate) overdue_fen: Fen,
    /// What is owed.
    pub(crate) owing_fen: Fen,
}

/// The sheet.
#[derive(Debug, Clone)]
pub(crate) struct Overview {
    /// The figures.
    pub(crate) tiles: Vec<Tile>,
    /// All loans that owe something, what they owe, and their list.
    pub(crate) owing: (u64, Fen, String),
    /// What of that is overdue.
    pub(crate) overdue_fen: Fen,
    /// Open tasks.
    pub(crate) open: Share,
    /// Late ones.
    pub(crate) late: Share,
    /// What was promised for the days of this week.
    pub(crate) promised: Share,
    /// How much was named.
    pub(crate) promised_fen: Fen,
    /// What of it was paid.
    pub(crate) kept: Share,
    /// What was not.
    pub(crate) broken: Share,
    /// Monday and Sunday.
    pub(crate) week: (Date, Date),
    /// The last closed day.
    pub(crate) closed_on: Option<Date>,
    /// The townships, the most urgent first.
    pub(crate) places: Vec<Rank>,
    /// The officers with the most urgent loans.
    pub(crate) officers: Vec<Rank>,
    /// What waits for whoever is signed in.
    pub(crate) waiting: Vec<Waiting>,
    /// Their lists under a name.
    pub(crate) lists: Vec<Kept>,
}
