//! Differences as plain data: what their templates show.

use bangfu_domain::difference::{DifferenceState, Way};
use jiff::civil::{Date, DateTime};

use super::filter::DifferenceFilter;
use crate::web::loan::view::{Chip, Choice, Fact};

/// A list of differences.
#[derive(Debug, Clone)]
pub(crate) struct DifferenceList {
    /// What it shows.
    pub(crate) filter: DifferenceFilter,
    /// How many of each state the other filters leave.
    pub(crate) tabs: Vec<Tab>,
    /// Kinds that may be chosen, with how many there are of each.
    pub(crate) kinds: Vec<Choice>,
    /// Branches likewise.
    pub(crate) branches: Vec<Choice>,
    /// Townships likewise.
    pub(crate) townships: Vec<Choice>,
    /// Branches that may be asked: id and name.
    pub(crate) banks: Vec<(i64, String)>,
    /// The filters in force.
    pub(crate) chips: Vec<Chip>,
    /// How many the list holds.
    pub(crate) total: u64,
    /// The page.
    pub(crate) rows: Vec<DifferenceRow>,
    /// The page before.
    pub(crate) previous: Option<String>,
    /// The page after.
    pub(crate) next: Option<String>,
    /// The slip of the branch that is chosen.
    pub(crate) slip: Option<String>,
}

impl DifferenceList {
    /// Whether anything on the page can still be settled.
    pub(crate) fn any_open(&self) -> bool {
        self.rows.iter().any(|row| row.acts.as_ref().is_some_and(|acts| acts.open))
    }

    /// The ways of settling, each with the key of its text.
    pub(crate) fn ways(&self) -> [(&'static str, String); Way::ALL.len()] {
        Way::ALL.map(|way| (way.key(), format!("way-{}", way.key())))
    }
}

/// A state to choose, with how many there are.
#[derive(Debug, Clone)]
pub(crate) struct Tab {
    /// The key of its text.
    pub(crate) text_key: String,
    /// How many.
    pub(crate) count: u64,
    /// Its list.
    pub(crate) href: String,
    /// Whether it is the one that is shown.
    pub(crate) here: bool,
}

/// A difference as lists and slips show it.
#[derive(Debug, Clone)]
pub(crate) struct DifferenceRow {
    /// Its page.
    pub(crate) href: String,
    /// The key of its kind's name.
    pub(crate) kind_key: String,
    /// 借据号.
    pub(crate) number: String,
    /// The loan's page, where the book has the loan.
    pub(crate) loan_href: Option<String>,
    /// The borrower.
    pub(crate) borrower: String,
    /// Township and village.
    pub(crate) place: String,
    /// What the bank says.
    pub(crate) bank: String,
    /// What the ledger or the book says.
    pub(crate) book: String,
    /// What they point to.
    pub(crate) suggestion: Option<String>,
    /// Where it stands.
    pub(crate) standing: StandingView,
    /// The forms that are open to the visitor.
    pub(crate) acts: Option<Acts>,
}

/// Where a difference stands, and what led there.
#[derive(Debug, Clone)]
pub(crate) struct StandingView {
    /// How far it has come.
    pub(crate) state: DifferenceState,
    /// The branch.
    pub(crate) branch: Option<String>,
    /// By when the branch is to answer.
    pub(crate) due_on: Option<Date>,
    /// Whether that day has passed.
    pub(crate) late: bool,
    /// The key of how it was found settled.
    pub(crate) way_key: Option<String>,
    /// The reason, or what the branch is asked.
    pub(crate) reason: Option<String>,
    /// The file that settled it, and its page where that is open to the visitor.
    pub(crate) file: Option<(String, Option<String>)>,
}

/// What a visitor may do about a difference, with what was typed already.
#[derive(Debug, Clone, Default)]
pub(crate) struct Acts {
    /// The difference.
    pub(crate) id: i64,
    /// Whether it is to be looked into; else it may be taken up again.
    pub(crate) open: bool,
    /// Branches to choose from, where none is known.
    pub(crate) branches: Vec<Choice>,
    /// The name of the branch that will be asked.
    pub(crate) branch: Option<String>,
    /// Where to go afterwards.
    pub(crate) back: String,
    /// What was typed, after a refusal.
    pub(crate) typed: Typed,
    /// What was refused: the form, and why.
    pub(crate) fault: Option<(Form, String)>,
    /// Whether it was resolved by hand, so that it may be taken up again.
    pub(crate) reopens: bool,
}

/// A form of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Resolve.
    Resolve,
    /// Assign.
    Assign,
    /// Reopen.
    Reopen,
}

/// What was typed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Typed {
    /// The way of settling.
    pub(crate) way: String,
    /// The reason.
    pub(crate) reason: String,
    /// What the branch is asked.
    pub(crate) note: String,
    /// Working days.
    pub(crate) days: String,
    /// A day.
    pub(crate) day: String,
    /// The branch that is asked where none is known.
    pub(crate) branch: String,
}

impl Acts {
    /// The ways of settling: word, key of the text, whether it was chosen.
    pub(crate) fn ways(&self) -> Vec<(&'static str, String, bool)> {
        let way = |way: Way| (way.key(), format!("way-{}", way.key()), way.key() == self.typed.way);
        Way::ALL.into_iter().map(way).collect()
    }

    /// Why a form was refused.
    pub(crate) fn refused(&self, form: Form) -> Option<&str> {
        self.fault.as_ref().filter(|(refused, _)| *refused == form).map(|(_, why)| why.as_str())
    }

    /// Why settling was refused.
    pub(crate) fn resolve_fault(&self) -> Option<&str> {
        self.refused(Form::Resolve)
    }

    /// Why giving it to the branch was refused.
    pub(crate) fn assign_fault(&self) -> Option<&str> {
        self.refused(Form::Assign)
    }

    /// Why taking it up again was refused.
    pub(crate) fn reopen_fault(&self) -> Option<&str> {
        self.refused(Form::Reopen)
    }
}

/// One difference.
#[derive(Debug, Clone)]
pub(crate) struct DifferenceView {
    /// What lists show of it.
    pub(crate) row: DifferenceRow,
    /// Whether the day for an answer may still move.
    pub(crate) due_provisional: bool,
    /// The bank's movement, or nothing for a ledger's difference.
    pub(crate) movement: Vec<Fact>,
    /// What the book has of the loan.
    pub(crate) loan: Vec<Fact>,
    /// What happened, the newest first.
    pub(crate) history: Vec<EventView>,
    /// The slip of its branch.
    pub(crate) slip: Option<String>,
}

/// A step of the history.
#[derive(Debug, Clone)]
pub(crate) struct EventView {
    /// When.
    pub(crate) at: DateTime,
    /// The key of what was done.
    pub(crate) text_key: String,
    /// Who did it.
    pub(crate) actor: Option<String>,
    /// The key of how it was found settled.
    pub(crate) way_key: Option<String>,
    /// Why, or what was asked.
    pub(crate) reason: Option<String>,
    /// The branch that was asked, and by when it is to answer.
    pub(crate) asked: Option<(String, Date)>,
    /// The file that did it, and its page where that is open to the visitor.
    pub(crate) file: Option<(String, Option<String>)>,
    /// What it said before.
    pub(crate) before: Option<String>,
}

/// A slip for a branch.
#[derive(Debug, Clone)]
pub(crate) struct Slip {
    /// The branch.
    pub(crate) branch: String,
    /// How many it is to look into.
    pub(crate) total: u64,
    /// Those on the slip.
    pub(crate) rows: Vec<DifferenceRow>,
    /// The list that it was made from.
    pub(crate) back: String,
}
