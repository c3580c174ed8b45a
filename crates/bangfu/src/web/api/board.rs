//! `/boards/{by}` and `/colours`: how many loans stand where on a day, and what they owe.

use bangfu_domain::warning::Standing;
use bangfu_store::board::Axis;
use bangfu_store::loan::{self, Filter, Shown, Totals};
use bangfu_usecase::board::{self, Figures};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::call::Call;
use super::loan::OnDay;
use super::place::division_of;
use super::problem::Problem;

/// By what a board is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    County,
    Township,
    Village,
    Branch,
    Manager,
}

impl Cut {
    /// Every cut.
    pub(super) const ALL: [Cut; 5] = [Cut::County, Cut::Township, Cut::Village, Cut::Branch, Cut::Manager];

    /// The word in addresses.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Cut::County => "county",
            Cut::Township => "township",
            Cut::Village => "village",
            Cut::Branch => "branch",
            Cut::Manager => "manager",
        }
    }

    const fn axis(self) -> Axis {
        match self {
            Cut::County => Axis::County,
            Cut::Township => Axis::Township,
            Cut::Village => Axis::Village,
            Cut::Branch => Axis::Branch,
            Cut::Manager => Axis::Manager,
        }
    }
}

/// How many loans, and what they owe.
#[derive(Debug, Serialize, ToSchema)]
struct Cell {
    /// How many.
    loans: i64,
    /// What they owe, in fen.
    balance_fen: i64,
}

impl From<Totals> for Cell {
    fn from(totals: Totals) -> Cell {
        Cell { loans: totals.loans, balance_fen: totals.balance_fen.get() }
    }
}

/// Loans that owe something, by where they stand.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ByStanding {
    green: Cell,
    blue: Cell,
    yellow: Cell,
    red: Cell,
    /// 到期待核: past due, and the branch has not reported beyond the due day.
    awaiting: Cell,
    /// 逾期.
    overdue: Cell,
    /// Too far from maturity for a warning.
    none: Cell,
    /// All of them.
    owing: Cell,
}

impl From<&Figures> for ByStanding {
    fn from(figures: &Figures) -> ByStanding {
        let of = |standing| figures.get(standing).into();
        ByStanding {
            green: of(Standing::Green),
            blue: of(Standing::Blue),
            yellow: of(Standing::Yellow),
            red: of(Standing::Red),
            awaiting: of(Standing::Awaiting),
            overdue: of(Standing::Overdue),
            none: of(Standing::None),
            owing: figures.owing().into(),
        }
    }
}

/// A board of a day.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Board {
    /// The day.
    #[schema(value_type = String, format = Date)]
    day: Date,
    /// All rows together.
    total: ByStanding,
    /// The rows, by code.
    rows: Vec<BoardRow>,
}

/// A row of a board.
#[derive(Debug, Serialize, ToSchema)]
struct BoardRow {
    /// A place's twelve-digit code, or the number of a branch or an officer; empty for loans without a credit manager.
    code: String,
    /// Its name.
    name: String,
    /// The wider place to which it belongs.
    place: String,
    /// The figures.
    figures: ByStanding,
}

/// `GET /boards/{by}`
pub(super) async fn one(call: Call<OnDay>) -> Result<Board, Problem> {
    let day = call.day(call.asked.day)?;
    let cut = call.word("by", |word| Cut::ALL.into_iter().find(|cut| cut.key() == word))?;
    let (mut tx, _) = call.book().await?;
    let board = board::board(&mut tx, &call.ctx.scope, cut.axis(), day, None).await?;
    let row = |row: board::BoardRow| BoardRow {
        code: row.code,
        name: row.name,
        place: row.place,
        figures: (&row.figures).into(),
    };
    Ok(Board { day, total: (&board.total).into(), rows: board.rows.into_iter().map(row).collect() })
}

/// Which loans are counted.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct Asked {
    /// The day; today, if none is named.
    #[param(value_type = Option<String>, format = Date)]
    day: Option<Date>,
    /// In this place: its twelve-digit code.
    division: Option<String>,
    /// Of this branch.
    branch: Option<i64>,
    /// Of this credit manager; 0 for loans without one.
    manager: Option<i64>,
}

/// How loans stand on a day.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Colours {
    /// The day.
    #[schema(value_type = String, format = Date)]
    day: Date,
    /// The figures.
    figures: ByStanding,
    /// 结清 by that day.
    settled_loans: i64,
}

/// `GET /colours`
pub(super) async fn colours(call: Call<Asked>) -> Result<Colours, Problem> {
    let asked = &call.asked;
    let day = call.day(asked.day)?;
    let (mut tx, county) = call.book().await?;
    let division_id = division_of(&mut tx, &county, asked.division.as_deref(), day).await?;
    let filter = Filter {
        shown: Shown::All,
        division_id,
        branch_id: asked.branch,
        manager_id: asked.manager,
        ..Filter::default()
    };
    let tallies = loan::tallies(&mut tx, &call.ctx.scope, day, &filter).await?;
    let settled = tallies.iter().filter(|(standing, _)| *standing == Standing::Settled);
    let settled_loans = settled.map(|(_, totals)| totals.loans).sum();
    let mut figures = Figures::default();
    for (standing, totals) in tallies {
        figures.add(standing, totals);
    }
    Ok(Colours { day, figures: (&figures).into(), settled_loans })
}
