//! The feed of changes: what a program reads to keep a copy of what it may see.
//!
//! It follows the county's sequence, in which changes stand in the order of their commits. A row that left what the program
//! may see is told as gone, and so is what hangs on it; a row that it never could see is not told at all.

use std::collections::{BTreeSet, HashSet};

use bangfu_domain::loan::EventKind;
use bangfu_store::change::{self, Noted};
use bangfu_store::county::Stamp;
use bangfu_store::{Area, Scope, Tx, audit, division, household, loan, tie};
use jiff::civil::Date;

use crate::ctx::Ctx;
use crate::error::Error;

/// Something of which changes tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Noun {
    /// 户.
    Household,
    /// 贷款.
    Loan,
    /// A disagreement between bank and book.
    Difference,
}

impl Noun {
    /// Every noun.
    pub const ALL: [Noun; 3] = [Noun::Household, Noun::Loan, Noun::Difference];

    /// Its word in the order of changes.
    pub const fn key(self) -> &'static str {
        match self {
            Noun::Household => "household",
            Noun::Loan => "loan",
            Noun::Difference => "difference",
        }
    }
}

/// A tie between a household and an officer: the household shows it, and it decides what lies in an officer's area.
const TIE: &str = "tie";

/// A place in the order: a change, and how far into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The change.
    pub seq: i64,
    /// The noun up to which it is told; of one that sorts behind all, the whole change is.
    pub noun: String,
    /// The row up to which that is told.
    pub id: i64,
}

/// A changed row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changed {
    /// The change.
    pub seq: i64,
    /// What it is.
    pub noun: Noun,
    /// Its number.
    pub id: i64,
    /// True if it is not there any more, or no longer in the asker's area.
    pub gone: bool,
}

/// A page of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// The changed rows as they are now, each once, in the order of their last change on this page.
    pub items: Vec<Changed>,
    /// Where to go on.
    pub position: Position,
    /// True if more may follow at once.
    pub more: bool,
}

/// Notes that persons came or changed, or their numbers did, with what shows them: their households, besides those that the
/// caller knows of, and the loans that they borrowed. Of persons is told nowhere else.
pub(crate) async fn note_persons(
    tx: &mut Tx,
    county_id: i64,
    stamp: Stamp,
    persons: &[i64],
    households: impl IntoIterator<Item = i64>,
) -> Result<(), Error> {
    // The loans of whoever is new are new themselves, and their household the caller knows.
    let known: Vec<i64> = persons.iter().copied().filter(|person| *person < stamp.new_from).collect();
    let firsts = |pairs: Vec<(i64, i64)>| -> BTreeSet<i64> { pairs.into_iter().map(|(id, _)| id).collect() };
    let mut shown = firsts(change::homes_of(tx, county_id, &known).await?);
    shown.extend(households);
    let loans = firsts(change::borrowed_by(tx, county_id, &known).await?);
    for (noun, ids) in [
        ("person", persons.iter().copied().collect()),
        (Noun::Household.key(), shown),
        (Noun::Loan.key(), loans),
    ] {
        audit::note_changes(tx, county_id, stamp, noun, &Vec::from_iter(ids)).await?;
    }
    Ok(())
}

/// What changed after a place in the order, of the nouns that the asker may see.
pub async fn feed(
    tx: &mut Tx,
    ctx: &Ctx,
    nouns: &[Noun],
    after: Position,
    limit: usize,
) -> Result<Feed, Error> {
    let follows_ties = matches!(ctx.scope.area, Area::Officer(_)) || nouns.contains(&Noun::Household);
    let mut wanted: Vec<&str> = nouns.iter().map(|noun| noun.key()).collect();
    // What hangs on a loan comes and goes with it.
    if ctx.scope.whole().is_none() && !nouns.is_empty() && !wanted.contains(&Noun::Loan.key()) {
        wanted.push(Noun::Loan.key());
    }
    if follows_ties && !nouns.is_empty() {
        wanted.push(TIE);
    }
    if wanted.is_empty() {
        return Ok(Feed { items: Vec::new(), position: after, more: false });
    }
    let (touched, position, more) = touched(tx, ctx.county_id(), &wanted, after, limit).await?;
    let touched = with_dependents(tx, &ctx.scope, touched).await?;
    let mut items = Vec::with_capacity(touched.len());
    let mut told = HashSet::new();
    for (seq, noun, id) in touched.into_iter().rev() {
        if nouns.contains(&noun) && told.insert((noun, id)) {
            items.push(Changed { seq, noun, id, gone: false });
        }
    }
    items.reverse();
    judge(tx, &ctx.scope, ctx.today, &mut items).await?;
    Ok(Feed { items, position, more })
}

/// A row that a change touched.
type Touched = (i64, Noun, i64);

/// The rows that changes touched after a place, and how far that goes.
async fn touched(
    tx: &mut Tx,
    county_id: i64,
    nouns: &[&str],
    after: Position,
    limit: usize,
) -> Result<(Vec<(i64, String, i64)>, Position, bool), Error> {
    let from = (after.seq, after.noun.as_str(), after.id);
    let lines = change::after(tx, county_id, from, nouns, limit).await?;
    let mut more = lines.len() == limit;
    let mut rows = Vec::new();
    let mut position = after.clone();
    for Noted { change_seq, noun, first_id, last_id } in lines {
        let left = limit - rows.len();
        if left == 0 {
            more = true;
            break;
        }
        // Lines of one change may overlap: what one told, the next does not tell again.
        let is_begun = change_seq == position.seq && noun == position.noun;
        let first = if is_begun { first_id.max(position.id + 1) } else { first_id };
        if first > last_id {
            continue;
        }
        let ids = change::among(tx, county_id, &noun, (first, last_id), left).await?;
        let is_whole = ids.len() < left;
        let last = if is_whole { last_id } else { ids.last().copied().unwrap_or(last_id) };
        position = Position { seq: change_seq, noun: noun.clone(), id: last };
        rows.extend(ids.into_iter().map(|id| (change_seq, noun.clone(), id)));
        if !is_whole {
            more = true;
            break;
        }
    }
    Ok((rows, position, more))
}

/// What comes and goes with the rows that were touched, where a part of the county is seen: the household of a loan, its
/// differences, and the loans of a household whose officers changed.
async fn with_dependents(
    tx: &mut Tx,
    scope: &Scope,
    rows: Vec<(i64, String, i64)>,
) -> Result<Vec<Touched>, Error> {
    let county_id = scope.county_id;
    let mut touched: Vec<Touched> = Vec::new();
    let mut tied: Vec<(i64, i64)> = Vec::new();
    for (seq, noun, id) in rows {
        match Noun::ALL.into_iter().find(|known| known.key() == noun) {
            Some(noun) => touched.push((seq, noun, id)),
            None => tied.push((seq, id)),
        }
    }
    touched.extend(tied.iter().map(|(seq, household)| (*seq, Noun::Household, *household)));
    if scope.whole().is_some() {
        touched.sort_by_key(|(seq, ..)| *seq);
        return Ok(touched);
    }
    let households: Vec<i64> = tied.iter().map(|(_, id)| *id).collect();
    let loans = change::loans_of(tx, county_id, &households).await?;
    for (seq, household) in tied {
        let theirs = loans.iter().filter(|(_, of)| *of == household);
        touched.extend(theirs.map(|(loan, _)| (seq, Noun::Loan, *loan)));
    }
    let loans: Vec<(i64, i64)> =
        touched.iter().filter(|(_, noun, _)| *noun == Noun::Loan).map(|(seq, _, id)| (*seq, *id)).collect();
    let ids: Vec<i64> = loans.iter().map(|(_, id)| *id).collect();
    let seq_of = |loan: i64| loans.iter().rev().find(|(_, id)| *id == loan).map_or(0, |(seq, _)| *seq);
    for (loan, household) in change::households_of(tx, county_id, &ids).await? {
        touched.push((seq_of(loan), Noun::Household, household));
    }
    for (difference, loan) in change::differences_of(tx, county_id, &ids).await? {
        touched.push((seq_of(loan), Noun::Difference, difference));
    }
    touched.sort_by_key(|(seq, ..)| *seq);
    Ok(touched)
}

/// Notes which rows are not there for the asker any more, and leaves out those that never were.
async fn judge(tx: &mut Tx, scope: &Scope, today: Date, items: &mut Vec<Changed>) -> Result<(), Error> {
    let of = |items: &[Changed], noun| -> Vec<i64> {
        items.iter().filter(|item| item.noun == noun).map(|item| item.id).collect()
    };
    let (households, loans, differences) =
        (of(items, Noun::Household), of(items, Noun::Loan), of(items, Noun::Difference));
    let rows = loan::rows(tx, scope, today, &loans).await?;
    let seen_loans: HashSet<i64> = rows.iter().map(|row| row.loan_id).collect();
    let seen_households = household::seen(tx, scope, today, &households).await?;
    let seen_differences = change::differences_seen(tx, scope, today, &differences).await?;
    for item in items.iter_mut() {
        let seen = match item.noun {
            Noun::Household => &seen_households,
            Noun::Loan => &seen_loans,
            Noun::Difference => &seen_differences,
        };
        item.gone = !seen.contains(&item.id);
    }
    if scope.whole().is_some() {
        return Ok(());
    }
    let gone = |noun| -> Vec<i64> {
        items.iter().filter(|item| item.gone && item.noun == noun).map(|item| item.id).collect()
    };
    let (households, loans, differences) = (gone(Noun::Household), gone(Noun::Loan), gone(Noun::Difference));
    let past = Past::load(tx, scope, today).await?;
    let were_loans = past.loans(tx, &loans).await?;
    let were_households = past.households(tx, &households).await?;
    let were_differences = past.differences(tx, &differences).await?;
    items.retain(|item| {
        let were = match item.noun {
            Noun::Household => &were_households,
            Noun::Loan => &were_loans,
            Noun::Difference => &were_differences,
        };
        !item.gone || were.contains(&item.id)
    });
    Ok(())
}

/// What ever lay in a part of the county until a day, as its events tell: they are never changed. Of what is to come there
/// nobody hears before.
struct Past<'a> {
    scope: &'a Scope,
    until: Date,
    /// The places that ever lay in the scope's.
    places: HashSet<i64>,
}

impl<'a> Past<'a> {
    async fn load(tx: &mut Tx, scope: &'a Scope, until: Date) -> Result<Past<'a>, Error> {
        let places = match scope.area {
            Area::Division(id) => division::ever_within(tx, id, until).await?.into_iter().collect(),
            _ => HashSet::new(),
        };
        Ok(Past { scope, until, places })
    }

    /// Which of some loans ever lay there.
    async fn loans(&self, tx: &mut Tx, ids: &[i64]) -> Result<BTreeSet<i64>, Error> {
        let county_id = self.scope.county_id;
        let mut were = BTreeSet::new();
        if let Area::Officer(officer) = self.scope.area {
            let pairs = change::households_of(tx, county_id, ids).await?;
            let households: Vec<i64> = pairs.iter().map(|(_, household)| *household).collect();
            let tied = tie::ever(tx, county_id, officer, &households).await?;
            were.extend(pairs.iter().filter(|(_, of)| tied.contains(of)).map(|(loan, _)| *loan));
            return Ok(were);
        }
        for stored in loan::events(tx, county_id, ids).await? {
            let EventKind::Placed { placement } = stored.event.kind else { continue };
            if stored.event.effective_on > self.until {
                continue;
            }
            let was = match self.scope.area {
                Area::County => true,
                Area::Division(_) => self.places.contains(&placement.village_id),
                Area::Branch(branch) => placement.branch_id == branch,
                // No token has such an area: it is granted to people alone.
                Area::Officer(_) | Area::Household(_) => false,
            };
            if was {
                were.insert(stored.loan_id);
            }
        }
        Ok(were)
    }

    /// Which of some households ever had a loan there.
    async fn households(&self, tx: &mut Tx, ids: &[i64]) -> Result<BTreeSet<i64>, Error> {
        let pairs = change::loans_of(tx, self.scope.county_id, ids).await?;
        let loans: Vec<i64> = pairs.iter().map(|(loan, _)| *loan).collect();
        let were = self.loans(tx, &loans).await?;
        Ok(pairs.into_iter().filter(|(loan, _)| were.contains(loan)).map(|(_, of)| of).collect())
    }

    /// Which of some differences ever belonged there.
    async fn differences(&self, tx: &mut Tx, ids: &[i64]) -> Result<BTreeSet<i64>, Error> {
        let belonged = change::differences_belonged(tx, self.scope.county_id, ids).await?;
        let loans: Vec<i64> = belonged.iter().filter_map(|one| one.loan_id).collect();
        let were = self.loans(tx, &loans).await?;
        let was = |one: &change::Belonged| match (one.loan_id, self.scope.area) {
            (Some(loan), _) => were.contains(&loan),
            (None, Area::Branch(branch)) => one.branch_id == Some(branch),
            (None, _) => false,
        };
        Ok(belonged.iter().filter(|one| was(one)).map(|one| one.difference_id).collect())
    }
}
