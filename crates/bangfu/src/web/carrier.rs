//! The page of whoever or whatever carries loans: a household, an officer, a branch, an enterprise.

use askama::Template;
use bangfu_store::Tx;
use bangfu_store::county::County;
use bangfu_store::loan::{self, Filter, Order};
use bangfu_usecase::rules::{Rules, reach};
use jiff::civil::Date;
use serde::Deserialize;

use super::address;
use super::board::ranges::Watching;
use super::board::table;
use super::board::view::{Figure, Tally};
use super::failure::Failure;
use super::frame::{Face, day_or_today};
use super::loan::filter::{LoanFilter, Wanted};
use super::loan::list::{Names, narrow};
use super::loan::view::{Fact, LoanRow};
use super::page::{Page, unsigned};

/// The days within which a page counts what falls due.
const WINDOWS: [u16; 3] = [7, 30, 90];

/// Loans that a page shows of all that are carried.
const ROWS: usize = 20;

/// The page.
#[derive(Template)]
#[template(path = "carrier.html")]
pub(crate) struct CarrierPage {
    /// The frame.
    pub(crate) page: Page,
    /// Who carries.
    pub(crate) carrier: Carrier,
}

/// Who carries loans, and what there is to say of them.
#[derive(Debug, Clone)]
pub(crate) struct Carrier {
    /// The name.
    pub(crate) name: String,
    /// Key of what they are.
    pub(crate) kind_key: &'static str,
    /// The page above, and the key of its name.
    pub(crate) back: Option<(String, &'static str)>,
    /// The day.
    pub(crate) day: Date,
    /// What stands below the name, each with where it leads.
    pub(crate) line: Vec<(String, Option<String>)>,
    /// What they carry.
    pub(crate) carried: Carried,
    /// More facts, under the keys of their headings.
    pub(crate) sections: Vec<(&'static str, Vec<Fact>)>,
}

impl Carrier {
    /// Whether a number may be asked for here, which a script shows in its place.
    pub(crate) fn asks(&self) -> bool {
        self.sections.iter().flat_map(|(_, facts)| facts).any(|fact| fact.unmask.is_some())
    }
}

/// Loans that fall due within some days.
#[derive(Debug, Clone)]
pub(crate) struct Window {
    /// The days.
    pub(crate) days: u64,
    /// The loans.
    pub(crate) loans: u64,
    /// Their list.
    pub(crate) href: String,
}

/// What is carried.
#[derive(Debug, Clone)]
pub(crate) struct Carried {
    /// How many loans stand where.
    pub(crate) figures: Vec<Figure>,
    /// What falls due within some days.
    pub(crate) windows: Vec<Window>,
    /// All that owe something.
    pub(crate) owing: Tally,
    /// Their list.
    pub(crate) href: String,
    /// Those that are, or fall, due first.
    pub(crate) rows: Vec<LoanRow>,
}

/// The day of a page.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct OnDay {
    #[serde(default)]
    day: String,
}

impl OnDay {
    /// The day asked for, or today; a day to come leads to today's page at `path`.
    pub(super) fn read(&self, today: Date, path: &str) -> Result<Date, Failure> {
        let asked = address::read("day", &self.day, address::day)?;
        day_or_today(asked, today, || path.to_owned())
    }
}

/// Reads what a list of loans carries, settled loans among its rows where the list shows them.
pub(super) async fn carried(
    tx: &mut Tx,
    face: &Face,
    county: &County,
    names: &Names,
    list: &LoanFilter,
    day: Date,
) -> Result<Carried, Failure> {
    let scope = face.ctx().scope;
    let asked = narrow(face, names, list, day)?;
    let tallies = loan::tallies(tx, &scope, day, &asked).await?;
    let rules = Rules::load(tx, county, None).await?;
    let watching =
        Watching { packs: rules.watching(tx, &scope, day).await?, of_day: rules.pack_or_first(day)? };
    let owing = LoanFilter { state: Wanted::Owing, ..list.clone() };
    let mut windows = Vec::with_capacity(WINDOWS.len());
    for days in WINDOWS {
        let within = LoanFilter { within: Some(days), ..owing.clone() };
        let due = loan::totals(tx, &scope, day, &narrow(face, names, &within, day)?).await?;
        windows.push(Window { days: days.into(), loans: unsigned(due.loans), href: within.address() });
    }
    let reach = reach(tx, county, asked.shown, day).await?;
    let first = Filter { reach, ..asked };
    let page = loan::list(tx, &scope, day, &first, Order::Due, None, ROWS).await?;
    let now = table::tallies_of(&tallies);
    Ok(Carried {
        figures: table::figures(&owing, &watching.ranges(), &now, None),
        windows,
        owing: table::owing(&now),
        href: list.address(),
        rows: page.rows.iter().map(|row| names.row(row, list, day)).collect(),
    })
}

/// A fact under the key of its name.
pub(super) fn fact(key: &'static str, value: String) -> Fact {
    Fact::of(key, value)
}
