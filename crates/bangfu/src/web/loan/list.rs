//! `GET /loans`: a list of loans, as its address says.

use std::collections::BTreeSet;

use axum::Form;
use axum::extract::Query;
use axum::http::HeaderValue;
use axum::response::{IntoResponse, Redirect, Response};
use bangfu_domain::division::Level;
use bangfu_domain::identity::IdentityNumber;
use bangfu_domain::loan::{add_days, days_between};
use bangfu_domain::officer::Role;
use bangfu_domain::text::squeeze;
use bangfu_domain::warning::Standing;
use bangfu_store::division::Term;
use bangfu_store::loan::{self, Filter, ListRow, Quiet, Shown};
use bangfu_store::officer::{self, Officer};
use bangfu_store::{Scope, Tx, bank, enterprise, household, person};
use bangfu_usecase::division::Places;
use jiff::civil::Date;

use super::LoansPage;
use super::filter::{LoanFilter, Part, RawFilter, Wanted};
use super::load;
use super::view::{Chip, Choice, Choices, LoanList, LoanRow};
use crate::texts::{Lang, Value as Text};
use crate::web::board::address::By;
use crate::web::failure::Failure;
use crate::web::frame::{Face, Visitor, day_or_today, html};
use crate::web::menu::Section;
use crate::web::page::unsigned;
use crate::web::paper;

/// `GET /loans`
pub(crate) async fn list(
    face: Face,
    visitor: Visitor,
    Query(raw): Query<RawFilter>,
) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let mut tx = face.app.db.read().await?;
    let mut filter = sealed(&mut tx, &face, raw).await?;
    let day = day_or_today(filter.day, ctx.today, || filter.on(ctx.today).address())?;
    // A list carries its day: a link that is sent shows the same later.
    filter.day = Some(day);
    let county = face.county(&mut tx).await?;
    let names = Names::load(&mut tx, &ctx.scope, county.division_id, day).await?;
    if !names.has_village(&filter) {
        filter.village = None;
    }
    let address = filter.address();
    // A form sends its empty fields too: what is shown, sent on and kept is the short address.
    if !visitor.partly && address != visitor.address {
        return Ok(Redirect::to(&address).into_response());
    }
    let asked = narrow(&face, &names, &filter, day)?;
    let part = load::part(&mut tx, &ctx.scope, &county, day, &asked, &filter).await?;
    let (households, more_households) =
        load::households(&mut tx, &ctx.scope, day, &asked, &names, &filter).await?;
    let list = LoanList {
        day,
        chips: chips(&mut tx, &ctx.scope, visitor.lang, &names, &filter, day).await?,
        states: part.states,
        choices: names.choices(&filter),
        loans: part.loans,
        balance: part.balance,
        complete: part.complete,
        households,
        more_households,
        rows: part.rows.iter().map(|row| names.row(row, &filter, day)).collect(),
        previous: part.previous,
        next: part.next,
        pages: part.loans.div_ceil(unsigned(load::PAGE)),
        filter,
    };
    let mut page = face.page_of_loans(&mut tx, &visitor, Section::Loans, &county).await?;
    page.search.clone_from(&list.filter.search);
    page.address.clone_from(&address);
    let mut response = html(&LoansPage { page, list })?;
    if visitor.partly
        && let Ok(address) = HeaderValue::from_str(&address)
    {
        response.headers_mut().insert("hx-push-url", address);
    }
    Ok(response)
}

/// `POST /loans/find`: a search whose words stand in no address until they are known to be no secret.
pub(crate) async fn find(face: Face, Form(raw): Form<RawFilter>) -> Result<Response, Failure> {
    let mut tx = face.app.db.read().await?;
    // A paper's code is typed where everything else is looked for.
    if let Some(paper) = paper::sought(&mut tx, &face, raw.text()).await? {
        return Ok(Redirect::to(&paper).into_response());
    }
    Ok(Redirect::to(&sealed(&mut tx, &face, raw).await?.address()).into_response())
}

/// The list that an address or a form asks for, without secrets.
pub(super) async fn sealed(tx: &mut Tx, face: &Face, raw: RawFilter) -> Result<LoanFilter, Failure> {
    let plain = LoanFilter::try_from(raw)?;
    let sealed = plain.clone().sealed(|secret| face.app.db.key().hash(secret));
    // A contract number may look like a phone or, of fifteen digits, like an identity number: what is nobody's is looked
    // for as it stands. An identity number that nobody has stays out of the address, unless a contract bears it.
    if sealed != plain {
        let ctx = face.ctx();
        let text = squeeze(&plain.search);
        let asked = Filter { shown: Shown::All, secret_hash: sealed.who_hash(), ..Filter::default() };
        let day = sealed.day.unwrap_or(ctx.today);
        if loan::totals(tx, &ctx.scope, day, &asked).await?.loans == 0
            && (IdentityNumber::parse(&text).is_err()
                || !loan::by_numbers(tx, &ctx.scope, day, &[&text]).await?.is_empty())
        {
            return Ok(plain);
        }
    }
    Ok(sealed)
}

/// Names of places, branches and officers on a day.
pub(in crate::web) struct Names {
    pub(super) places: Vec<Term>,
    pub(super) branches: Vec<(i64, String)>,
    /// Branches that were merged into others by the day.
    merged: BTreeSet<i64>,
    pub(super) officers: Vec<Officer>,
    called: Places,
    day: Date,
}

impl Names {
    /// Reads them.
    pub(in crate::web) async fn load(
        tx: &mut Tx,
        scope: &Scope,
        division_id: i64,
        day: Date,
    ) -> Result<Names, Failure> {
        let called = Places::load(tx, division_id).await?;
        let branches = bank::branches_in(tx, scope, day).await?;
        let merged = branches.iter().filter(|(branch, _)| !branch.stands_on(day));
        Ok(Names {
            merged: merged.map(|(branch, _)| branch.branch_id).collect(),
            places: called.within(division_id, day),
            called,
            day,
            branches: branches.into_iter().map(|(branch, _)| (branch.branch_id, branch.name)).collect(),
            officers: officer::list_in(tx, scope, day).await?,
        })
    }

    /// The names of a village and of the township in which it lies.
    pub(in crate::web) fn village(&self, id: i64) -> (String, String) {
        let (township, village) = self.called.village_on(id, self.day);
        (township.to_owned(), village.to_owned())
    }

    /// The places of the county on the day, by code.
    pub(in crate::web) fn places(&self) -> &[Term] {
        &self.places
    }

    /// The code of a place.
    pub(in crate::web) fn code(&self, id: i64) -> Option<&str> {
        self.places.iter().find(|place| place.division_id == id).map(|place| place.code.as_str())
    }

    /// The place of a code.
    pub(in crate::web) fn place(&self, code: &str) -> Option<&Term> {
        self.places.iter().find(|place| place.code == code)
    }

    /// The name of a branch; empty where it is not seen.
    pub(in crate::web) fn branch(&self, id: i64) -> &str {
        self.branches.iter().find(|(branch, _)| *branch == id).map_or("", |(_, name)| name)
    }

    pub(in crate::web) fn officer(&self, id: i64) -> Option<&str> {
        self.officers.iter().find(|officer| officer.officer_id == id).map(|officer| officer.name.as_str())
    }

    /// Whether a list's village lies in its township: whoever chooses another township means all of it.
    fn has_village(&self, filter: &LoanFilter) -> bool {
        let place = |code: &Option<String>| code.as_deref().and_then(|code| self.place(code));
        match (place(&filter.township), place(&filter.village)) {
            (Some(township), Some(village)) => village.parent_id == Some(township.division_id),
            _ => true,
        }
    }

    /// A loan of a list.
    pub(in crate::web) fn row(&self, row: &ListRow, filter: &LoanFilter, day: Date) -> LoanRow {
        let (township, village) = self.village(row.village_id);
        let href = match filter.day {
            Some(day) => format!("/loans/{}?day={day}", row.loan_id),
            None => format!("/loans/{}", row.loan_id),
        };
        LoanRow {
            href,
            number: row.number.clone(),
            borrower: row.borrower_name.clone(),
            standing: row.standing,
            due_on: row.due_on,
            days_to_due: days_between(day, row.due_on),
            balance: row.balance_fen,
            principal: row.principal_fen,
            disbursed_on: row.disbursed_on,
            purpose: row.purpose.clone().unwrap_or_default(),
            township,
            village,
            branch: self.branch(row.branch_id).to_owned(),
            manager: row.manager_id.and_then(|id| self.officer(id)).map(str::to_owned),
        }
    }

    fn choices(&self, filter: &LoanFilter) -> Choices {
        let township = filter.township.as_deref().and_then(|code| self.place(code));
        let place = |level: Level, within: Option<i64>, chosen: Option<&str>| -> Vec<Choice> {
            let here = self.places.iter().filter(|place| place.level == level);
            here.filter(|place| within.is_none() || place.parent_id == within)
                .map(|place| Choice {
                    value: place.code.clone(),
                    name: place.name.clone(),
                    chosen: chosen == Some(place.code.as_str()),
                })
                .collect()
        };
        let id = |id: i64, name: &str, chosen: Option<i64>| Choice {
            value: id.to_string(),
            name: name.to_owned(),
            chosen: chosen == Some(id),
        };
        Choices {
            townships: place(Level::Township, None, filter.township.as_deref()),
            villages: match township {
                Some(township) => {
                    place(Level::Village, Some(township.division_id), filter.village.as_deref())
                }
                None => Vec::new(),
            },
            branches: self
                .branches
                .iter()
                .filter(|(key, _)| !self.merged.contains(key) || filter.branch == Some(*key))
                .map(|(key, name)| id(*key, name, filter.branch))
                .collect(),
            officers: self
                .officers
                .iter()
                .filter(|officer| officer.roles.contains(&Role::CreditManager))
                .filter(|officer| officer.serves_on(self.day) || filter.officer == Some(officer.officer_id))
                .filter(|officer| {
                    township.is_none_or(|place| place.division_id == officer.division_id)
                        || filter.officer == Some(officer.officer_id)
                })
                .map(|officer| id(officer.officer_id, &officer.name, filter.officer))
                .collect(),
        }
    }
}

/// Which loans of the day a list shows, as the store knows it.
pub(in crate::web) fn shown_of(wanted: Wanted) -> Shown {
    match wanted {
        Wanted::Owing => Shown::Owing,
        Wanted::Any => Shown::All,
        Wanted::One(standing) => Shown::Standing(standing),
    }
}

/// The list as the store narrows it.
pub(in crate::web) fn narrow(
    face: &Face,
    names: &Names,
    filter: &LoanFilter,
    day: Date,
) -> Result<Filter, Failure> {
    let code = filter.village.as_ref().or(filter.township.as_ref());
    let place = match code {
        Some(code) => Some(names.place(code).ok_or(Failure::NotFound)?.division_id),
        None => None,
    };
    let text = squeeze(&filter.search);
    let digits = text.to_uppercase();
    let four = digits.len() == 4
        && digits.char_indices().all(|(index, c)| c.is_ascii_digit() || (index == 3 && c == 'X'));
    Ok(Filter {
        shown: shown_of(filter.state),
        moved_from: filter.was,
        division_id: place,
        branch_id: filter.branch,
        manager_id: filter.officer,
        tied_to: filter.tied,
        household_id: filter.household,
        enterprise_id: filter.enterprise,
        quiet: filter.quiet.and_then(|by| match by {
            By::Township => None,
            By::Village => Some(Quiet::Village),
            By::Branch => Some(Quiet::Branch),
            By::Officer => Some(Quiet::Manager),
        }),
        due: due_of(filter, day),
        reach: None,
        text: Some(text).filter(|text| !text.is_empty()),
        last_four_hash: four.then(|| person::last_four(face.app.db.key(), &digits)),
        secret_hash: filter.who_hash(),
        backwards: filter.reversed,
    })
}

/// Between which days the loans of a list fall due, where it asks for some days only.
fn due_of(filter: &LoanFilter, day: Date) -> Option<(Date, Date)> {
    let of_month = filter.due.map(|month| (falls_due_from(month, day), month.last_of_month()));
    let within = filter.within.map(|days| (day, add_days(day, i32::from(days))));
    match (of_month, within) {
        (Some(one), Some(other)) => Some((one.0.max(other.0), one.1.min(other.1))),
        (one, other) => one.or(other),
    }
}

/// The day from which a month's loans fall due: of the month of the list, only what is still to come.
fn falls_due_from(month: Date, day: Date) -> Date {
    if day.first_of_month() == month { day } else { month }
}

/// The filters in force, each with the list without it.
pub(super) async fn chips(
    tx: &mut Tx,
    scope: &Scope,
    lang: Lang,
    names: &Names,
    filter: &LoanFilter,
    day: Date,
) -> Result<Vec<Chip>, Failure> {
    let head = match filter.household {
        Some(id) => household::get(tx, scope, id, day).await?.map(|household| household.head_name),
        None => None,
    };
    let mut chips = Vec::new();
    let mut chip = |part: Part, key: &str, name: &str, value: String| {
        let label = lang.text_with(key, &[(name, Text::from(value))]);
        chips.push(Chip { label, href: filter.without(part).address() });
    };
    let place = |code: &str| names.place(code).map_or_else(|| code.to_owned(), |place| place.name.clone());
    let standing = |standing: Standing| lang.text(&format!("standing-{}", standing.key()));
    if !filter.search.is_empty() {
        chip(Part::Search, "chip-search", "text", filter.search.clone());
    }
    if filter.who.is_some() {
        chip(Part::Who, "chip-who", "text", String::new());
    }
    if let Wanted::One(wanted) = filter.state {
        chip(Part::State, "chip-state", "state", standing(wanted));
    }
    if let Some(was) = filter.was {
        chip(Part::Was, "chip-was", "state", standing(was));
    }
    if let Some(code) = &filter.township {
        chip(Part::Township, "chip-township", "name", place(code));
    }
    if let Some(code) = &filter.village {
        chip(Part::Village, "chip-village", "name", place(code));
    }
    if let Some(id) = filter.branch {
        chip(Part::Branch, "chip-branch", "name", names.branch(id).to_owned());
    }
    if let Some(id) = filter.officer {
        let name = names.officer(id).map_or_else(|| lang.text("nobody"), str::to_owned);
        chip(Part::Officer, "chip-officer", "name", name);
    }
    if let Some(id) = filter.tied {
        let name = names.officer(id).map_or_else(|| lang.text("nobody"), str::to_owned);
        chip(Part::Tied, "chip-tied", "name", name);
    }
    if filter.household.is_some() {
        chip(Part::Household, "chip-household", "name", head.unwrap_or_default());
    }
    if let Some(by) = filter.quiet {
        chip(Part::Quiet, "chip-quiet", "what", lang.text(by.heading_key()));
    }
    if let Some(id) = filter.enterprise {
        let name = enterprise::name(tx, scope, id, day).await?.unwrap_or_default();
        chip(Part::Enterprise, "chip-enterprise", "name", name);
    }
    if let Some(days) = filter.within {
        chip(Part::Within, "chip-within", "days", days.to_string());
    }
    if let Some(month) = filter.due {
        let from = falls_due_from(month, day);
        let (key, value) = match from == month {
            true => ("chip-due", lang.month(month)),
            false => ("chip-due-rest", lang.day_plain(from)),
        };
        chip(Part::Due, key, if from == month { "month" } else { "day" }, value);
    }
    Ok(chips)
}
