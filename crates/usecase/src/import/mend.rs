//! Cells of a staged file that somebody mends: the file stays as it came, and whoever reads it from then on finds the
//! mended cells in their places.

use std::collections::{BTreeMap, BTreeSet};

use bangfu_sheets::book::Book;
use bangfu_sheets::fault::{Fault, Place};
use bangfu_sheets::mend::{self, Spot, TEXT_MAX};
use bangfu_store::import::{self as stored, Status};
use bangfu_store::mending::{self, Mending};
use bangfu_store::{Db, Tx, audit, county};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::look::{CellAt, Look};
use super::places::Places;
use super::{Import, find, stage};
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;

/// What somebody writes into the cell of a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// Where the fault is.
    pub at: Place,
    /// The key of its code: a cell may have several.
    pub code: String,
    /// True if all cells of its column are meant that have the same fault and value.
    pub all: bool,
    /// The text.
    pub text: String,
}

/// What somebody corrects at once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Correction {
    /// What is written.
    pub wishes: Vec<Wish>,
    /// Mended cells that shall hold again what stood there when the file came; with all that were mended like one, if
    /// so.
    pub back: Vec<(Spot, bool)>,
}

/// A cell that was mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mended {
    /// Where it stands.
    pub spot: Spot,
    /// The place as people name it.
    pub at: Place,
    /// What stood there when the file came.
    pub was: String,
    /// What stands there now.
    pub text: String,
    /// Who mended it.
    pub actor: String,
    /// When, in microseconds since 1970.
    pub mended_at: i64,
}

/// What is kept of a mended cell, sealed: both texts may be somebody's number.
#[derive(Serialize, Deserialize)]
struct Told {
    column: String,
    was: String,
    text: String,
}

/// Mends cells of a staged file, as it was looked at, or takes that back, and returns how many. A cell that is told to hold what it holds
/// already stays as it is, and so does an identity or phone number that is told to be empty: its field begins empty. What
/// is wrong with the new texts, the next look says.
///
/// A village that is chosen from another township (白石渡镇白石渡村) changes the row's township as well.
///
/// # Errors
///
/// Refused if a text is too long, or if somebody has taken the file over or corrected it since it was looked at.
pub async fn mend(db: &Db, ctx: &Ctx, seen: &Look, correction: &Correction) -> Result<usize, Error> {
    let places = {
        let mut tx = db.read().await?;
        let county = county::get(&mut tx, ctx.county_id()).await?;
        Places::load(&mut tx, &county, seen.report.as_of.unwrap_or(ctx.today)).await?
    };
    // (column, what stands there, what shall stand there), by cell.
    let mut texts: BTreeMap<Spot, (&str, &str, String)> = BTreeMap::new();
    for wish in &correction.wishes {
        let text = wish.text.trim();
        if text.chars().count() > TEXT_MAX {
            let (row, column) = (wish.at.row, wish.at.column.clone());
            return Err(Refusal::MendingTooLong { row, column, max: TEXT_MAX }.into());
        }
        for (fault, cell) in meant(seen, wish) {
            if text == cell.shown || (text.is_empty() && cell.found.is_secret()) {
                continue;
            }
            let mut tell = |spot, column, shown, text| texts.insert(spot, (column, shown, text));
            match cell.township.as_ref().zip(places.split(text)) {
                Some((beside, (township, village))) => {
                    tell(cell.found.spot, fault.at.column.as_str(), cell.shown.as_str(), village);
                    let township = places.name(township).to_owned();
                    tell(beside.spot, &beside.column, &beside.shown, township);
                }
                None => {
                    tell(cell.found.spot, &fault.at.column, &cell.shown, text.to_owned());
                }
            }
        }
    }
    let known: BTreeMap<Spot, &Mended> = seen.mended.iter().map(|one| (one.spot, one)).collect();
    let mut back: BTreeSet<Spot> = taken_back(seen, &correction.back).collect();
    let mut changed = Vec::new();
    for (spot, (column, shown, text)) in texts {
        let was = known.get(&spot).map_or(shown, |one| &one.was).to_owned();
        if was == text {
            back.insert(spot);
        } else if !back.contains(&spot) {
            changed.push((spot, Told { column: column.to_owned(), was, text }));
        }
    }
    save(db, ctx, &seen.import, &changed, &back).await?;
    Ok(changed.len() + back.len())
}

/// The cells that a wish means: that of its fault, or all with the same fault and value.
fn meant<'a>(seen: &'a Look, wish: &Wish) -> Vec<(&'a Fault, &'a CellAt)> {
    let is_there = |(fault, _): &(&Fault, &CellAt)| fault.code.key() == wish.code && fault.at == wish.at;
    let Some((one, cell)) = seen.cells().find(is_there) else { return Vec::new() };
    if !wish.all || !cell.found.is_shared() {
        return vec![(one, cell)];
    }
    let is_alike = |fault: &Fault| {
        (&fault.code, &fault.value, &fault.at.column) == (&one.code, &one.value, &one.at.column)
    };
    seen.cells().filter(|(fault, cell)| is_alike(fault) && cell.found.is_shared()).collect()
}

/// The mended cells that shall be as they were.
fn taken_back<'a>(seen: &'a Look, told: &'a [(Spot, bool)]) -> impl Iterator<Item = Spot> + 'a {
    seen.mended
        .iter()
        .filter(move |one| {
            told.iter().any(|(spot, all)| {
                one.spot == *spot
                    || (*all && {
                        let told = seen.mended.iter().find(|told| told.spot == *spot);
                        told.is_some_and(|told| {
                            (&one.at.column, &one.was, &one.text) == (&told.at.column, &told.was, &told.text)
                        })
                    })
            })
        })
        .map(|one| one.spot)
}

async fn save(
    db: &Db,
    ctx: &Ctx,
    import: &Import,
    changed: &[(Spot, Told)],
    back: &BTreeSet<Spot>,
) -> Result<(), Error> {
    if changed.is_empty() && back.is_empty() {
        return Ok(());
    }
    let (county_id, import_id) = (ctx.county_id(), import.import_id);
    in_write!(db, ctx.county_id(), |tx| async {
        let standing = find(tx, db, ctx, import_id).await?;
        if standing.status != Status::Staged {
            return Err(Refusal::AlreadyTaken.into());
        }
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        // What was counted before counts no more.
        let corrected = Import { report: String::new(), counts: None, ..import.clone() };
        if !stored::correct(tx, db.key(), county_id, &corrected).await? {
            return Err(Refusal::CorrectedMeanwhile.into());
        }
        let mendings = changed.iter().map(|(spot, told)| {
            let (sheet_at, row_at, column_at) = numbers(*spot);
            let (told, actor) = (json!(told).to_string(), ctx.actor.clone());
            Mending { sheet_at, row_at, column_at, told, actor, mended_at: stamp.at }
        });
        mending::put(tx, db.key(), county_id, import_id, &mendings.collect::<Vec<_>>()).await?;
        let cells: Vec<_> = back.iter().map(|spot| numbers(*spot)).collect();
        mending::take_back(tx, county_id, import_id, &cells).await?;
        let facts = json!({ "file": import.file_name, "sha256": import.file_hash,
                            "mended": changed.len(), "taken_back": back.len() });
        audit::add(tx, county_id, stamp, &ctx.entry("import-mended", import_id.to_string(), &facts)).await?;
        Ok::<(), Error>(())
    })
}

fn numbers(spot: Spot) -> (i64, i64, i64) {
    let number = |place: usize| i64::try_from(place).unwrap_or(i64::MAX);
    (number(spot.sheet), number(spot.row), number(spot.column))
}

/// What was mended in a file.
pub(super) async fn list(
    tx: &mut Tx,
    db: &Db,
    ctx: &Ctx,
    import_id: i64,
    book: &Book,
) -> Result<Vec<Mended>, Error> {
    let mut mended = Vec::new();
    for one in mending::list(tx, db.key(), ctx.county_id(), import_id).await? {
        let number = |place: i64| usize::try_from(place).unwrap_or(usize::MAX);
        let spot =
            Spot { sheet: number(one.sheet_at), row: number(one.row_at), column: number(one.column_at) };
        let told: Told =
            serde_json::from_str(&one.told).map_err(|error| stage::damaged(error.to_string()))?;
        let sheet = book.sheets.get(spot.sheet).map(|sheet| sheet.name.clone()).unwrap_or_default();
        let row = u32::try_from(one.row_at + 1).unwrap_or(u32::MAX);
        let at = Place { sheet, row, column: told.column };
        let (was, text) = (told.was, told.text);
        mended.push(Mended { spot, at, was, text, actor: one.actor, mended_at: one.mended_at });
    }
    Ok(mended)
}

/// Writes what was mended into the cells of a file; how many that are.
pub(super) async fn write(
    tx: &mut Tx,
    db: &Db,
    ctx: &Ctx,
    import_id: i64,
    book: &mut Book,
) -> Result<usize, Error> {
    let mended = list(tx, db, ctx, import_id, book).await?;
    mended.iter().for_each(|one| mend::write(book, one.spot, &one.text));
    Ok(mended.len())
}
