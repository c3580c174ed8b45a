//! Lists of loans and one loan as plain data: what their templates show.

use bangfu_domain::money::Fen;
use bangfu_domain::warning::Standing;
use jiff::civil::{Date, DateTime};

use super::filter::{LoanFilter, Sort, Wanted};
use super::ribbon::Ribbon;
use crate::web::page::{Page, unsigned};
use crate::web::saved_list::{is_personal, words_of};

/// A loan in a list.
#[derive(Debug, Clone)]
pub(crate) struct LoanRow {
    /// Its page.
    pub(crate) href: String,
    /// 借据号
    pub(crate) number: String,
    /// The borrower's name.
    pub(crate) borrower: String,
    /// Where it stands on the day of the list.
    pub(crate) standing: Standing,
    /// 到期日期
    pub(crate) due_on: Date,
    /// Days from the day of the list to the due day.
    pub(crate) days_to_due: i32,
    /// What is owed.
    pub(crate) balance: Fen,
    /// What was lent.
    pub(crate) principal: Fen,
    /// 放款日期
    pub(crate) disbursed_on: Date,
    /// 贷款用途
    pub(crate) purpose: String,
    /// Name of the township.
    pub(crate) township: String,
    /// Name of the village.
    pub(crate) village: String,
    /// Name of the branch.
    pub(crate) branch: String,
    /// Name of the credit manager.
    pub(crate) manager: Option<String>,
}

/// A filter that is in force, and the list without it.
#[derive(Debug, Clone)]
pub(crate) struct Chip {
    /// What it says.
    pub(crate) label: String,
    /// The list without it.
    pub(crate) href: String,
}

/// An entry of a choice.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    /// The word in the address.
    pub(crate) value: String,
    /// What is shown.
    pub(crate) name: String,
    /// Whether it is chosen.
    pub(crate) chosen: bool,
}

/// The choices of the filter form.
#[derive(Debug, Clone, Default)]
pub(crate) struct Choices {
    /// Townships.
    pub(crate) townships: Vec<Choice>,
    /// Villages of the chosen township.
    pub(crate) villages: Vec<Choice>,
    /// Branches.
    pub(crate) branches: Vec<Choice>,
    /// Credit managers, of the chosen township if one is chosen.
    pub(crate) officers: Vec<Choice>,
}

/// A standing as a tab above the list.
#[derive(Debug, Clone)]
pub(crate) struct StateTab {
    /// What it shows.
    pub(crate) wanted: Wanted,
    /// How many there are under the other filters; none where there are too many to count.
    pub(crate) loans: Option<u64>,
    /// Its list.
    pub(crate) href: String,
    /// Whether it is shown now.
    pub(crate) here: bool,
}

impl StateTab {
    /// The standing, if the tab is one.
    pub(crate) fn standing(&self) -> Option<Standing> {
        match self.wanted {
            Wanted::One(standing) => Some(standing),
            Wanted::Owing | Wanted::Any => None,
        }
    }

    /// The key of its text, if it is no single standing.
    pub(crate) fn text_key(&self) -> &'static str {
        if self.wanted == Wanted::Any { "state-any" } else { "state-owing" }
    }
}

/// A household that was found beside the loans.
#[derive(Debug, Clone)]
pub(crate) struct HouseholdHit {
    /// The head's name.
    pub(crate) head: String,
    /// Township and village.
    pub(crate) place: String,
    /// How many belong to it.
    pub(crate) size: Option<u64>,
    /// How many loans it has.
    pub(crate) loans: u64,
    /// Its loans, where it has any.
    pub(crate) href: Option<String>,
}

impl HouseholdHit {
    /// What tells it from others of the name: where it lives, how many it has, and how many loans.
    pub(crate) fn told(&self, page: &Page) -> String {
        let size = self.size.map(|size| page.t1("household-members", "n", size));
        let loans = page.t1("loans-count", "n", self.loans);
        [Some(self.place.clone()), size, Some(loans)].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// A column that sorts the list: its order, and the key of its heading.
pub(crate) type Column = (Sort, &'static str);

/// A list of loans.
#[derive(Debug, Clone)]
pub(crate) struct LoanList {
    /// What it shows.
    pub(crate) filter: LoanFilter,
    /// Its day.
    pub(crate) day: Date,
    /// The filters in force.
    pub(crate) chips: Vec<Chip>,
    /// The standings to choose from.
    pub(crate) states: Vec<StateTab>,
    /// The other choices.
    pub(crate) choices: Choices,
    /// Loans in the whole list.
    pub(crate) loans: u64,
    /// What they owe.
    pub(crate) balance: Fen,
    /// False if there may be more loans than were counted: only these are listed.
    pub(crate) complete: bool,
    /// Households whose heads bear the name searched for.
    pub(crate) households: Vec<HouseholdHit>,
    /// True if there are more such households.
    pub(crate) more_households: bool,
    /// This page of it.
    pub(crate) rows: Vec<LoanRow>,
    /// The key before which the page before ends, where there is one.
    pub(crate) previous: Option<String>,
    /// The key after which the next page begins, where there is one.
    pub(crate) next: Option<String>,
    /// How many pages there are.
    pub(crate) pages: u64,
}

impl LoanList {
    /// The list sorted by a column, or by it the other way round.
    pub(crate) fn sorted(&self, sort: &Sort) -> String {
        self.filter.sorted(*sort).address()
    }

    /// The direction in which a column runs now.
    pub(crate) fn direction(&self, sort: &Sort) -> Option<&'static str> {
        self.filter.direction(*sort)
    }

    /// The orders to choose from, with the key of each name.
    pub(crate) fn sorts(&self) -> Vec<Column> {
        let nearest = (!self.filter.search.is_empty()).then_some((Sort::Nearest, "nearest"));
        let balance = (Sort::Balance, "balance");
        let columns = [(Sort::Due, "due-on"), balance, (Sort::Name, "borrower"), (Sort::Number, "number")];
        nearest.into_iter().chain(columns).collect()
    }

    /// The key of the text that says how many loans there are.
    pub(crate) fn count_key(&self) -> &'static str {
        if self.complete { "loans-count" } else { "loans-count-least" }
    }

    /// The key of the text that says how many of them stand on this page.
    pub(crate) fn page_key(&self) -> &'static str {
        if self.complete { "page-of" } else { "page-of-least" }
    }

    /// The columns that sort the list: due day, balance, borrower and number.
    pub(crate) fn columns(&self) -> (Column, Column, Column, Column) {
        let balance = (Sort::Balance, "balance-yuan");
        ((Sort::Due, "due-on"), balance, (Sort::Name, "borrower"), (Sort::Number, "number"))
    }

    /// How many of the filters that fold away on a phone are in force.
    pub(crate) fn folded(&self) -> u64 {
        let filter = &self.filter;
        let places = [filter.township.is_some(), filter.village.is_some(), filter.branch.is_some()];
        let rest = [filter.officer.is_some(), filter.due.is_some()];
        unsigned(places.into_iter().chain(rest).filter(|set| *set).count())
    }

    /// The number of this page.
    pub(crate) fn page_number(&self) -> u64 {
        u64::from(self.filter.pages_before) + 1
    }

    /// The next page.
    pub(crate) fn next_href(&self) -> Option<String> {
        self.next.clone().map(|after| self.filter.following(after).address())
    }

    /// The page before.
    pub(crate) fn previous_href(&self) -> Option<String> {
        self.previous.clone().map(|before| self.filter.preceding(before).address())
    }

    /// The first page, when this is a later one.
    pub(crate) fn first_href(&self) -> Option<String> {
        (self.filter.pages_before > 1).then(|| self.filter.beginning().address())
    }

    /// The words by which the list can be kept under a name; none where a number is searched for.
    pub(crate) fn words(&self) -> Option<String> {
        words_of(&self.filter)
    }

    /// Whether it may be shared under that name.
    pub(crate) fn is_shareable(&self) -> bool {
        !is_personal(&self.filter)
    }

    /// The same list without any filter but its day.
    pub(crate) fn bare_href(&self) -> String {
        LoanFilter { day: self.filter.day, ..LoanFilter::default() }.address()
    }

    /// The day in the address, if it has one.
    pub(crate) fn day_word(&self) -> String {
        self.filter.day.map(|day| day.to_string()).unwrap_or_default()
    }

    /// The words that no field of the form holds: they stay while others change.
    pub(crate) fn kept(&self) -> Vec<(&'static str, String)> {
        let was = self.filter.was.map(|standing| ("was", standing.key().to_owned()));
        let tied = self.filter.tied.map(|id| ("tied", id.to_string()));
        let household = self.filter.household.map(|id| ("household", id.to_string()));
        let quiet = self.filter.quiet.map(|by| ("quiet", by.key().to_owned()));
        let who = self.filter.who.clone().map(|hash| ("who", hash));
        let enterprise = self.filter.enterprise.map(|id| ("enterprise", id.to_string()));
        let within = self.filter.within.map(|days| ("within", days.to_string()));
        [was, tied, household, quiet, who, enterprise, within].into_iter().flatten().collect()
    }

    /// The month in the address, if it has one.
    pub(crate) fn due_word(&self) -> String {
        self.filter.due.map(crate::web::address::month_word).unwrap_or_default()
    }
}

/// A fact with its name, already in the reader's language.
#[derive(Debug, Clone)]
pub(crate) struct Fact {
    /// Key of its name.
    pub(crate) key: &'static str,
    /// What it says; empty if the book does not say.
    pub(crate) value: String,
    /// Where it leads.
    pub(crate) href: Option<String>,
    /// Where all of it may be asked for, if it is a masked number.
    pub(crate) unmask: Option<String>,
}

impl Fact {
    /// A fact that leads nowhere.
    pub(crate) const fn of(key: &'static str, value: String) -> Fact {
        Fact { key, value, href: None, unmask: None }
    }
}

/// An officer tied to the loan.
#[derive(Debug, Clone)]
pub(crate) struct Tied {
    /// Key of the role.
    pub(crate) role_key: &'static str,
    /// The officer's name, if one is tied.
    pub(crate) name: Option<String>,
    /// The officer's loans.
    pub(crate) href: Option<String>,
}

/// Why a loan stands where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Why {
    /// The reason in one sentence.
    pub(crate) sentence: String,
    /// The facts used.
    pub(crate) facts: Vec<Fact>,
    /// True if rest days that are not published yet may still move the due day.
    pub(crate) due_provisional: bool,
    /// The day and the standing that follow if nothing happens.
    pub(crate) next: Option<(Date, Standing)>,
    /// Key of what is said of the time to come where no day is known on which anything changes.
    pub(crate) later_key: &'static str,
    /// The picture of it.
    pub(crate) ribbon: Option<Ribbon>,
}

/// Something worth a look: a finding of an import or an open difference.
#[derive(Debug, Clone)]
pub(crate) struct Remark {
    /// What was found.
    pub(crate) message: String,
    /// What to do.
    pub(crate) cure: Option<String>,
    /// Where it comes from.
    pub(crate) source: Option<String>,
    /// The import's page.
    pub(crate) href: Option<String>,
    /// Whether it has been resolved.
    pub(crate) resolved: bool,
    /// Its own page, where it has one.
    pub(crate) own: Option<String>,
}

/// An event of the loan's timeline.
#[derive(Debug, Clone)]
pub(crate) struct EventRow {
    /// The day it takes effect.
    pub(crate) on: Date,
    /// What happened.
    pub(crate) what: String,
    /// The amount that moved, if any.
    pub(crate) amount: Option<Fen>,
    /// When it was recorded.
    pub(crate) recorded_at: DateTime,
    /// What recorded it, and its page where the visitor may open it.
    pub(crate) source: Option<(String, Option<String>)>,
}

/// A change of standing in the loan's history.
#[derive(Debug, Clone)]
pub(crate) struct Stand {
    /// From this day.
    pub(crate) from: Date,
    /// It stands so.
    pub(crate) standing: Standing,
    /// And owes so much.
    pub(crate) balance: Fen,
    /// Whether the day of the page lies in it.
    pub(crate) now: bool,
    /// Whether it has not come yet.
    pub(crate) ahead: bool,
}

/// One loan on a day.
#[derive(Debug, Clone)]
pub(crate) struct LoanView {
    /// 借据号
    pub(crate) number: String,
    /// The borrower's name.
    pub(crate) borrower: String,
    /// The day.
    pub(crate) day: Date,
    /// Whether the day was asked for, and is not simply today.
    pub(crate) past: bool,
    /// Where it stands.
    pub(crate) standing: Standing,
    /// What is owed.
    pub(crate) balance: Fen,
    /// Where the borrower lives: township and village.
    pub(crate) place: String,
    /// The loans of that village.
    pub(crate) place_href: Option<String>,
    /// The list from which the visitor came, or one in which the loan stands.
    pub(crate) back: String,
    /// Why it stands there.
    pub(crate) why: Why,
    /// The contract.
    pub(crate) contract: Vec<Fact>,
    /// The household.
    pub(crate) household: Vec<Fact>,
    /// The three officers.
    pub(crate) officers: Vec<Tied>,
    /// Findings of imports.
    pub(crate) findings: Vec<Remark>,
    /// Differences between books.
    pub(crate) differences: Vec<Remark>,
    /// Its standings, the latest first.
    pub(crate) stands: Vec<Stand>,
    /// Its events, the latest first.
    pub(crate) events: Vec<EventRow>,
}
