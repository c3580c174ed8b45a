//! What the pages of outcomes show.

use bangfu_domain::money::Fen;
use bangfu_domain::task::Fate;
use bangfu_domain::warning::Standing;
use bangfu_store::task::Stage;
use bangfu_usecase::outcome::Work;
use jiff::civil::Date;

use super::address::{OutcomeAddress, What};
use crate::web::board::address::By;
use crate::web::chart::share;
use crate::web::loan::filter::LoanFilter;
use crate::web::page::{Page, unsigned};

/// How long the bar of everything is.
pub(crate) const BAR: i64 = 360;

/// A column of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    /// Loans looked after today.
    Loans,
    /// Of these overdue.
    Overdue,
    /// Open tasks.
    Open,
    /// Of these late.
    LateNow,
    /// Tasks that began in the period.
    Began,
    /// Of these looked after in time.
    InTime,
    /// Of these late at some time.
    WasLate,
    /// Of these settled on time.
    OnTime,
    /// Promises for the days.
    Promises,
    /// Of these kept.
    Kept,
    /// Of these broken.
    Broken,
}

impl Column {
    /// Every column, as they stand.
    pub(crate) const ALL: [Column; 11] = [
        Column::Loans,
        Column::Overdue,
        Column::Open,
        Column::LateNow,
        Column::Began,
        Column::InTime,
        Column::WasLate,
        Column::OnTime,
        Column::Promises,
        Column::Kept,
        Column::Broken,
    ];

    /// The word in addresses.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Column::Loans => "loans",
            Column::Overdue => "overdue",
            Column::Open => "open",
            Column::LateNow => "late-now",
            Column::Began => "began",
            Column::InTime => "in-time",
            Column::WasLate => "was-late",
            Column::OnTime => "on-time",
            Column::Promises => "promises",
            Column::Kept => "kept",
            Column::Broken => "broken",
        }
    }

    /// The column of a word.
    pub(crate) fn from_key(key: &str) -> Option<Column> {
        Column::ALL.into_iter().find(|column| column.key() == key)
    }

    /// The key of its heading.
    pub(crate) fn text_key(self) -> String {
        match self {
            Column::Loans => "load-loans".to_owned(),
            Column::Overdue => "load-overdue".to_owned(),
            column => column.what().map_or_else(String::new, What::text_key),
        }
    }

    /// The list behind it, where it is one of outcomes.
    const fn what(self) -> Option<What> {
        Some(match self {
            Column::Loans | Column::Overdue => return None,
            Column::Open => What::Tasks(Stage::Open),
            Column::LateNow => What::Tasks(Stage::LateNow),
            Column::Began => What::Tasks(Stage::Began),
            Column::InTime => What::Tasks(Stage::InTime),
            Column::WasLate => What::Tasks(Stage::WasLate),
            Column::OnTime => What::Tasks(Stage::OnTime),
            Column::Promises => What::Promises(None),
            Column::Kept => What::Promises(Some(Fate::Kept)),
            Column::Broken => What::Promises(Some(Fate::Broken)),
        })
    }

    /// How many it counts of some work.
    pub(crate) fn of(self, work: &Work) -> i64 {
        match self.what() {
            None if self == Column::Overdue => work.overdue(),
            None => work.loans(),
            Some(What::Tasks(stage)) => work.of(stage),
            Some(What::Promises(None)) => work.promises.all(),
            Some(What::Promises(Some(fate))) => work.promises.of(fate),
        }
    }

    /// Whether many of it is bad.
    pub(crate) const fn is_bad(self) -> bool {
        matches!(self, Column::Overdue | Column::LateNow | Column::WasLate | Column::Broken)
    }

    /// The list behind its number in the row of an address.
    pub(crate) fn href(self, address: &OutcomeAddress, today: Date) -> String {
        match self.what() {
            Some(what) => address.list(what).list_path(),
            None => {
                let list = LoanFilter {
                    officer: address.officer,
                    branch: address.branch,
                    township: address.township.clone(),
                    ..LoanFilter::of_day(today)
                };
                let overdue = self == Column::Overdue;
                if overdue { list.standing(Standing::Overdue).address() } else { list.address() }
            }
        }
    }
}

/// A step of the way from a colour to its end.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    /// The key of its text.
    pub(crate) text_key: String,
    /// How many.
    pub(crate) count: u64,
    /// How long its bar is.
    pub(crate) bar: i64,
    /// What part of all that is, in hundredths.
    pub(crate) percent: u64,
    /// The list behind it.
    pub(crate) href: String,
    /// Its look.
    pub(crate) look: &'static str,
}

/// The way from a colour: what was done, and how it ended.
pub(crate) fn funnel(work: &Work, address: &OutcomeAddress) -> (Vec<Step>, Vec<Step>) {
    let all = unsigned(work.of(Stage::Began));
    let step = |(stage, look): &(Stage, &'static str)| {
        let count = unsigned(work.of(*stage));
        let what = What::Tasks(*stage);
        Step {
            text_key: what.text_key(),
            count,
            bar: share(count, all, BAR),
            percent: (count * 100 + all / 2).checked_div(all).unwrap_or(0),
            href: address.list(what).list_path(),
            look,
        }
    };
    let done = [
        (Stage::Began, "all"),
        (Stage::Told, "way"),
        (Stage::Named, "way"),
        (Stage::InTime, "way"),
        (Stage::Agreed, "way"),
    ];
    let ends = [
        (Stage::OnTime, "good"),
        (Stage::SettledLate, "late"),
        (Stage::Extended, "way"),
        (Stage::Renewed, "way"),
        (Stage::Ended, "way"),
        (Stage::Overdue, "bad"),
        (Stage::UnderWay, "open"),
    ];
    (done.iter().map(step).collect(), ends.iter().map(step).collect())
}

/// A row of the table.
#[derive(Debug, Clone)]
pub(crate) struct LoadRow {
    /// Whose.
    pub(crate) name: String,
    /// Their page, where there is one.
    pub(crate) href: Option<String>,
    /// The columns with how many each counts and the list behind it.
    pub(crate) cells: Vec<(Column, u64, String)>,
}

/// The figures.
#[derive(Debug, Clone)]
pub(crate) struct OutcomeView {
    /// The days, the cut and the order.
    pub(crate) address: OutcomeAddress,
    /// Other days that are often asked for: the key of their name, and the page.
    pub(crate) periods: Vec<(&'static str, String)>,
    /// What was done.
    pub(crate) done: Vec<Step>,
    /// How it ended.
    pub(crate) ends: Vec<Step>,
    /// The table.
    pub(crate) rows: Vec<LoadRow>,
    /// All of it.
    pub(crate) total: LoadRow,
}

impl OutcomeView {
    /// The cuts of the table: the page, the key of the name, and whether it is shown.
    pub(crate) fn tabs(&self) -> Vec<(String, &'static str, bool)> {
        let cuts = [By::Officer, By::Branch, By::Township].into_iter();
        cuts.map(|by| (self.address.cut(by).path(), by.text_key(), by == self.address.by)).collect()
    }

    /// The columns: heading, page by this column, and the direction if it orders the rows.
    pub(crate) fn columns(&self) -> Vec<(Column, String, Option<&'static str>)> {
        let direction = |column: Column| {
            let way = if self.address.reversed { "ascending" } else { "descending" };
            (self.address.sort == column).then_some(way)
        };
        let columns = Column::ALL.into_iter();
        columns.map(|one| (one, self.address.sorted(one).path(), direction(one))).collect()
    }
}

/// A loan behind a number.
#[derive(Debug, Clone)]
pub(crate) struct BehindRow {
    /// The loan's page.
    pub(crate) href: String,
    /// The borrower.
    pub(crate) borrower: String,
    /// 借据号.
    pub(crate) number: String,
    /// Township and village.
    pub(crate) place: String,
    /// The branch.
    pub(crate) branch: String,
    /// The credit manager.
    pub(crate) manager: Option<String>,
    /// What it is about.
    pub(crate) about: AboutRow,
}

/// What a loan behind a number is about.
#[derive(Debug, Clone)]
pub(crate) enum AboutRow {
    /// A task: its level, when it began, by when its step is to be done and whether that has passed, the due day, and what
    /// is owed.
    Task(Standing, Date, Option<(Date, bool)>, Date, Fen),
    /// A promise: when it was given, for which day, how much, and what became of it.
    Promise(Date, Date, Option<Fen>, Fate),
}

/// The loans behind a number.
#[derive(Debug, Clone)]
pub(crate) struct BehindView {
    /// What it is.
    pub(crate) address: OutcomeAddress,
    /// The key of its name.
    pub(crate) text_key: String,
    /// Whose, in words.
    pub(crate) whose: Option<String>,
    /// Whether it asks for days.
    pub(crate) of_days: bool,
    /// The loans.
    pub(crate) rows: Vec<BehindRow>,
    /// The next page.
    pub(crate) next: Option<String>,
    /// The page of figures.
    pub(crate) back: String,
}

impl BehindView {
    /// Whether promises are shown.
    pub(crate) fn is_of_promises(&self) -> bool {
        matches!(self.address.what, Some(What::Promises(_)))
    }
}

/// The look of what became of a promise.
pub(crate) const fn fate_look(fate: Fate) -> &'static str {
    match fate {
        Fate::Kept => "good",
        Fate::Broken => "unreadable",
        Fate::Open => "staged",
    }
}

impl Page {
    /// The heading of a column.
    pub(crate) fn outcome_column(&self, column: &Column) -> String {
        self.t(&column.text_key())
    }

    /// What became of a promise.
    pub(crate) fn fate(&self, fate: &Fate) -> String {
        self.t(&format!("promise-{}", fate.key()))
    }

    /// The look of that.
    pub(crate) fn fate_look(&self, fate: &Fate) -> &'static str {
        fate_look(*fate)
    }
}
