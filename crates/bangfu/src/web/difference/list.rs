//! `GET /differences`: a list of differences, as its address says.

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use bangfu_domain::difference::{DifferenceKind, DifferenceState};
use bangfu_domain::division::Level;
use bangfu_domain::text::squeeze;
use bangfu_store::difference::{self as stored, Counted, Cursor, Filter, Shown};
use bangfu_store::division::{self, Term};
use bangfu_store::{Tx, bank};
use bangfu_usecase::access::Right;
use bangfu_usecase::difference::{self, Entry};

use super::DifferencesPage;
use super::filter::{DifferenceFilter, RawFilter, SHOWN};
use super::say::{bank_side, book_side, suggestion};
use super::view::{Acts, DifferenceList, DifferenceRow, StandingView, Tab, Typed};
use crate::texts::{Lang, Value};
use crate::web::failure::Failure;
use crate::web::flash::Flash;
use crate::web::frame::{Face, Visitor, html};
use crate::web::loan::view::{Chip, Choice};
use crate::web::menu::Section;
use crate::web::page::unsigned;

/// Differences on a page of a list.
const PAGE: usize = 50;

/// `GET /differences`
pub(crate) async fn list(
    face: Face,
    visitor: Visitor,
    Query(raw): Query<RawFilter>,
) -> Result<Response, Failure> {
    let (filter, _) = DifferenceFilter::try_from(raw)?.without_secret();
    let address = filter.address();
    if address != visitor.address {
        return Ok(Redirect::to(&address).into_response());
    }
    let ctx = face.ctx();
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let names = Names::load(&mut tx, &face, visitor.lang).await?;
    let asked = names.narrow(&filter)?;
    let found = difference::list(&mut tx, &ctx, &asked, filter.at, PAGE).await?;
    let counts = stored::counts(&mut tx, &ctx.scope, ctx.today, &asked).await?;
    let villages = stored::villages(&mut tx, &ctx.scope, ctx.today, &asked).await?;
    let rows = found.entries.iter().map(|entry| names.row(entry, &address)).collect();
    let at = |cursor: Cursor| DifferenceFilter { at: Some(cursor), ..filter.clone() }.address();
    let ids = |entry: Option<&Entry>| entry.map(|entry| entry.difference.difference_id);
    let (first, last) = (ids(found.entries.first()), ids(found.entries.last()));
    let is_before = matches!(filter.at, Some(Cursor::Before(_)));
    let has_previous = if is_before { found.has_more } else { filter.at.is_some() };
    let has_next = is_before || found.has_more;
    let list = DifferenceList {
        tabs: tabs(&filter, &counts),
        kinds: names.kinds(&filter, &counts),
        branches: names.branches(&filter, &counts),
        townships: names.townships(&filter, &villages),
        banks: names.banks.clone(),
        chips: names.chips(&filter),
        total: total(&counts, |one| {
            is_shown(filter.shown, one) && is_of_kind(&filter, one) && is_of_branch(&filter, one)
        }),
        rows,
        previous: first.filter(|_| has_previous).map(|id| at(Cursor::Before(id))),
        next: last.filter(|_| has_next).map(|id| at(Cursor::After(id))),
        slip: filter.branch.filter(|id| *id != 0).map(slip_address),
        filter,
    };
    let page = face.page(&visitor, Section::Import, &county);
    html(&DifferencesPage { page, list })
}

/// `POST /differences/find`: a search whose words stand in no address until they are known to be no secret.
pub(crate) async fn find(Form(raw): Form<RawFilter>) -> Result<Response, Failure> {
    let (filter, had_secret) = DifferenceFilter::try_from(raw)?.without_secret();
    let address = filter.beginning().address();
    Ok(if had_secret { Flash::NoSecret.redirect(&address) } else { Redirect::to(&address).into_response() })
}

/// The address of a branch's slip.
pub(super) fn slip_address(branch: i64) -> String {
    format!("/differences/slip?branch={branch}")
}

fn is_of_kind(filter: &DifferenceFilter, one: &Counted) -> bool {
    filter.kind.is_none_or(|kind| kind == one.kind)
}

fn is_of_branch(filter: &DifferenceFilter, one: &Counted) -> bool {
    filter.branch.is_none_or(|id| id == one.branch_id.unwrap_or(0))
}

fn is_shown(shown: Shown, one: &Counted) -> bool {
    match shown {
        Shown::All => true,
        Shown::Standing => one.state.is_open(),
        Shown::Late => one.is_late,
        Shown::State(state) => one.state == state,
    }
}

fn total(counts: &[Counted], holds: impl Fn(&Counted) -> bool) -> u64 {
    counts.iter().filter(|one| holds(one)).map(|one| unsigned(one.differences)).sum()
}

fn tabs(filter: &DifferenceFilter, counts: &[Counted]) -> Vec<Tab> {
    let tab = |(shown, word): (Shown, &str)| Tab {
        text_key: format!("difference-tab-{word}"),
        count: total(counts, |one| {
            is_shown(shown, one) && is_of_kind(filter, one) && is_of_branch(filter, one)
        }),
        href: DifferenceFilter { shown, ..filter.beginning() }.address(),
        here: shown == filter.shown,
    };
    SHOWN.into_iter().map(tab).collect()
}

/// Names of places and branches, and how the pages say them.
pub(super) struct Names<'a> {
    face: &'a Face,
    lang: Lang,
    places: Vec<Term>,
    by_place: BTreeMap<i64, usize>,
    pub(super) banks: Vec<(i64, String)>,
    opens_imports: bool,
    settles: bool,
}

impl<'a> Names<'a> {
    /// Reads them.
    pub(super) async fn load(tx: &mut Tx, face: &'a Face, lang: Lang) -> Result<Names<'a>, Failure> {
        let ctx = face.ctx();
        let places = division::subtree(tx, face.app.division_id, ctx.today).await?;
        let banks = bank::branches_in(tx, &ctx.scope, ctx.today).await?;
        Ok(Names {
            face,
            lang,
            by_place: places.iter().zip(0..).map(|(place, at)| (place.division_id, at)).collect(),
            places,
            banks: banks.into_iter().map(|(branch, _)| (branch.branch_id, branch.name)).collect(),
            opens_imports: face.may(Right::SeeFiles),
            settles: face.may(Right::SettleDifferences),
        })
    }

    /// The list as the store narrows it.
    pub(super) fn narrow(&self, filter: &DifferenceFilter) -> Result<Filter, Failure> {
        let division_id = match &filter.township {
            Some(code) => Some(self.township(code).ok_or(Failure::NotFound)?.division_id),
            None => None,
        };
        Ok(Filter {
            shown: filter.shown,
            kind: filter.kind,
            branch_id: filter.branch,
            division_id,
            text: Some(squeeze(&filter.search)).filter(|text| !text.is_empty()),
            only: Vec::new(),
        })
    }

    fn township(&self, code: &str) -> Option<&Term> {
        self.places.iter().find(|place| place.code == code)
    }

    fn place(&self, id: i64) -> Option<&Term> {
        self.by_place.get(&id).and_then(|at| self.places.get(*at))
    }

    /// The names of a village and of its township.
    pub(super) fn village(&self, id: Option<i64>) -> (String, String) {
        let village = id.and_then(|id| self.place(id));
        let township = village.and_then(|village| self.place(village.parent_id?));
        let name = |place: Option<&Term>| place.map(|place| place.name.clone()).unwrap_or_default();
        (name(township), name(village))
    }

    /// The name of a branch.
    pub(super) fn branch(&self, id: i64) -> Option<String> {
        self.banks.iter().find(|(branch, _)| *branch == id).map(|(_, name)| name.clone())
    }

    /// A file's name with its page, where that is open to the visitor.
    pub(super) fn file(&self, name: Option<&String>, import_id: i64) -> Option<(String, Option<String>)> {
        Some((name?.clone(), self.opens_imports.then(|| format!("/import/{import_id}"))))
    }

    /// A difference as a list shows it.
    pub(super) fn row(&self, entry: &Entry, back: &str) -> DifferenceRow {
        let (lang, one) = (self.lang, &entry.difference);
        let (township, village) = self.village(entry.village_id);
        let last = entry.last.as_ref();
        DifferenceRow {
            href: format!("/differences/{}", one.difference_id),
            kind_key: format!("difference-kind-{}", one.kind.key()),
            number: one.number.clone(),
            loan_href: one.loan_id.map(|id| format!("/loans/{id}")),
            borrower: entry.borrower.clone().unwrap_or_default(),
            place: format!("{township} {village}").trim().to_owned(),
            bank: bank_side(lang, one, &entry.facts),
            book: book_side(lang, one, &entry.facts),
            suggestion: entry.suggestion.as_ref().map(|told| suggestion(lang, told)),
            standing: StandingView {
                state: one.state,
                branch: one.branch_id.and_then(|id| self.branch(id)),
                due_on: one.due_on.filter(|_| one.state == DifferenceState::Assigned),
                late: one.state == DifferenceState::Assigned
                    && one.due_on.is_some_and(|day| day < self.face.app.today()),
                way_key: one.resolution.map(|way| format!("way-{}", way.key())),
                reason: last.and_then(|step| step.reason.clone()),
                file: one.settled_by.and_then(|id| self.file(entry.files.1.as_ref(), id)),
            },
            acts: self.acts(entry, back),
        }
    }

    /// What the visitor may do about it.
    fn acts(&self, entry: &Entry, back: &str) -> Option<Acts> {
        let one = &entry.difference;
        let reopens = one.state == DifferenceState::Resolved;
        if !self.settles || one.state == DifferenceState::Settled {
            return None;
        }
        let choices = || {
            let choice = |(id, name): &(i64, String)| Choice {
                value: id.to_string(),
                name: name.clone(),
                chosen: one.branch_id == Some(*id),
            };
            self.banks.iter().map(choice).collect()
        };
        Some(Acts {
            id: one.difference_id,
            open: one.state.is_open(),
            branches: if one.loan_id.is_none() && !reopens { choices() } else { Vec::new() },
            branch: one.branch_id.filter(|_| one.loan_id.is_some()).and_then(|id| self.branch(id)),
            back: back.to_owned(),
            typed: Typed { days: "3".to_owned(), ..Typed::default() },
            fault: None,
            reopens,
        })
    }

    fn counted(&self, name: &str, count: u64) -> String {
        let values = [("name", Value::from(name)), ("n", Value::from(count))];
        self.lang.text_with("name-with-count", &values)
    }

    fn kinds(&self, filter: &DifferenceFilter, counts: &[Counted]) -> Vec<Choice> {
        let choice = |kind: DifferenceKind| {
            let count = total(counts, |one| {
                one.kind == kind && is_shown(filter.shown, one) && is_of_branch(filter, one)
            });
            let chosen = filter.kind == Some(kind);
            let name = self.lang.text(&format!("difference-kind-{}", kind.key()));
            let name = self.counted(&name, count);
            (count > 0 || chosen).then(|| Choice { value: kind.key().to_owned(), name, chosen })
        };
        DifferenceKind::ALL.into_iter().filter_map(choice).collect()
    }

    fn branches(&self, filter: &DifferenceFilter, counts: &[Counted]) -> Vec<Choice> {
        let unknown = (0, self.lang.text("branch-unknown"));
        let choice = |(id, name): &(i64, String)| {
            let count = total(counts, |one| {
                one.branch_id.unwrap_or(0) == *id && is_shown(filter.shown, one) && is_of_kind(filter, one)
            });
            let chosen = filter.branch == Some(*id);
            let name = self.counted(name, count);
            (count > 0 || chosen).then(|| Choice { value: id.to_string(), name, chosen })
        };
        self.banks.iter().chain([&unknown]).filter_map(choice).collect()
    }

    fn townships(&self, filter: &DifferenceFilter, villages: &[(i64, i64)]) -> Vec<Choice> {
        let mut counts: BTreeMap<i64, i64> = BTreeMap::new();
        for (village, count) in villages {
            if let Some(township) = self.place(*village).and_then(|village| village.parent_id) {
                *counts.entry(township).or_default() += count;
            }
        }
        let choice = |place: &Term| {
            let count = unsigned(counts.get(&place.division_id).copied().unwrap_or(0));
            let chosen = filter.township.as_deref() == Some(place.code.as_str());
            let name = self.counted(&place.name, count);
            (count > 0 || chosen).then(|| Choice { value: place.code.clone(), name, chosen })
        };
        self.places.iter().filter(|place| place.level == Level::Township).filter_map(choice).collect()
    }

    /// The filters in force, each with the list without it.
    pub(super) fn chips(&self, filter: &DifferenceFilter) -> Vec<Chip> {
        let (lang, bare) = (self.lang, filter.beginning());
        let chip = |key: &str, name: &'static str, value: String, without: DifferenceFilter| Chip {
            label: lang.text_with(key, &[(name, Value::from(value))]),
            href: without.address(),
        };
        let mut chips = Vec::new();
        if !filter.search.is_empty() {
            let without = DifferenceFilter { search: String::new(), ..bare.clone() };
            chips.push(chip("chip-search", "text", filter.search.clone(), without));
        }
        if let Some(kind) = filter.kind {
            let name = lang.text(&format!("difference-kind-{}", kind.key()));
            chips.push(chip("chip-kind", "name", name, DifferenceFilter { kind: None, ..bare.clone() }));
        }
        if let Some(branch) = filter.branch {
            let name = self.branch(branch).unwrap_or_else(|| lang.text("branch-unknown"));
            chips.push(chip("chip-branch", "name", name, DifferenceFilter { branch: None, ..bare.clone() }));
        }
        if let Some(code) = &filter.township {
            let name = self.township(code).map_or_else(|| code.clone(), |place| place.name.clone());
            chips.push(chip("chip-township", "name", name, DifferenceFilter { township: None, ..bare }));
        }
        chips
    }
}
