//! What a list is narrowed to.

use bangfu_domain::warning::Standing;
use jiff::civil::Date;

use super::list::Totals;

/// Which loans of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shown {
    /// Those that owe something.
    #[default]
    Owing,
    /// All that were disbursed.
    All,
    /// Those that stand so.
    Standing(Standing),
}

impl Shown {
    /// The sum of those shown.
    pub fn of(self, tallies: &[(Standing, Totals)]) -> Totals {
        let mut sum = Totals::default();
        for (standing, totals) in tallies {
            let shown = match self {
                Shown::All => true,
                Shown::Owing => standing.is_owing(),
                Shown::Standing(asked) => *standing == asked,
            };
            if shown {
                sum.loans += totals.loans;
                sum.balance_fen += totals.balance_fen;
            }
        }
        sum
    }
}

/// What a list is narrowed to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Which loans of the day.
    pub shown: Shown,
    /// Only those that came to this standing on the day itself from another.
    pub moved_from: Option<Standing>,
    /// In this division.
    pub division_id: Option<i64>,
    /// Of this branch.
    pub branch_id: Option<i64>,
    /// Of this credit manager; 0 for loans without one.
    pub manager_id: Option<i64>,
    /// Of the households to which this officer is tied on the day, in whatever role.
    pub tied_to: Option<i64>,
    /// Only what lies where nothing is to be watched on the day.
    pub quiet: Option<Quiet>,
    /// Due between these days, both included.
    pub due: Option<(Date, Date)>,
    /// Of this household.
    pub household_id: Option<i64>,
    /// Carried by this enterprise.
    pub enterprise_id: Option<i64>,
    /// Where alone such loans can be, if the caller knows it: it leaves nothing out and spares the walk to them.
    pub reach: Option<Reach>,
    /// Part of the borrower's name, its sound or its initials, or the beginning or the end of the contract number.
    pub text: Option<String>,
    /// Keyed hash of the last four digits of an identity or phone number; an alternative to `text`.
    pub last_four_hash: Option<Vec<u8>>,
    /// Keyed hash of a whole identity or phone number; an alternative to `text`.
    pub secret_hash: Option<Vec<u8>>,
    /// From the end of the order to its beginning; a cursor then says where the page after begins.
    pub backwards: bool,
}

/// Where alone loans that stand so on a day can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// The first and the last day on which they can fall due.
    pub due: (Date, Date),
    /// The branches that can have any, each with the first due day of theirs; `None` if each may.
    pub branches: Option<Vec<(i64, Date)>>,
}

/// Within what nothing that owes is near maturity or past it, so that a board may leave it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quiet {
    /// The village.
    Village,
    /// The branch.
    Branch,
    /// The credit manager.
    Manager,
}
