//! Rebuilding what is derived from the events, or proving that it equals them: page by page, so that nobody waits long and
//! what is held does not grow with the book.

mod page;

use bangfu_store::board::Delta;
use bangfu_store::{Db, Tx, audit, board, county, name_term, statistics};
use serde_json::json;

use crate::book::Deltas;
use crate::ctx::Ctx;
use crate::error::Error;
use crate::in_write;
use crate::rules::Rules;

pub(crate) use page::Page;

/// What a comparison of the derived with the events found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comparison {
    /// Loans compared.
    pub loans: usize,
    /// Loans whose row differs, by number.
    pub rows: Vec<String>,
    /// Loans whose history differs, by number; by id where no row gives one.
    pub histories: Vec<String>,
    /// Cells of the board's differences that differ.
    pub cells: usize,
    /// Parts of names without which somebody is not found.
    pub names: usize,
    /// Loans that are lost in part: with events and no row, by id, or with a row and no events, by number. Neither
    /// can be made from the other: the events do not tell a loan's number, institution and household.
    pub lost: Vec<String>,
}

impl Comparison {
    /// True if everything derived equals the events.
    pub fn is_equal(&self) -> bool {
        self.lost.is_empty() && !self.can_mend()
    }

    /// True if something differs that follows from the events.
    fn can_mend(&self) -> bool {
        self.has_other_loans() || self.cells > 0 || self.names > 0
    }

    /// True if the rows or histories of loans differ.
    fn has_other_loans(&self) -> bool {
        !self.rows.is_empty() || !self.histories.is_empty()
    }

    fn facts(&self) -> serde_json::Value {
        json!({ "rows": self.rows.len(), "histories": self.histories.len(), "cells": self.cells,
                "names": self.names, "lost": self.lost.len() })
    }
}

/// Compares everything derived with the events, and writes nothing.
pub async fn compare(db: &Db, ctx: &Ctx) -> Result<Comparison, Error> {
    Ok(look(&mut db.read().await?, ctx).await?.0)
}

/// Compares everything derived with the events, and replaces what differs by what the events say. Whoever writes
/// meanwhile passes between the pages; killed, it is run again.
pub async fn rebuild(db: &Db, ctx: &Ctx) -> Result<Comparison, Error> {
    let (found, mut corrections) = look(&mut db.read().await?, ctx).await?;
    if !found.can_mend() {
        return Ok(found);
    }
    if found.has_other_loans() {
        let mut after = Some(0);
        while let Some(from) = after {
            after = mend(db, ctx, from).await?;
        }
        // What a page changes of the board follows from what stood of its loans; now the board is all that may differ.
        corrections = look(&mut db.read().await?, ctx).await?.1;
    }
    if found.names > 0 {
        mend_names(db, ctx).await?;
    }
    in_write!(db, ctx.county_id(), |tx| async {
        let county = county::get(tx, ctx.county_id()).await?;
        let stamp = county::stamp(tx, county.county_id, ctx.micros()).await?;
        // Every write changes the board by what it changes of the loans: by how much it is wrong stays the same.
        board::add_deltas(tx, county.county_id, &corrections).await?;
        let entry = ctx.entry("rebuild", county.on(ctx.today).code.clone(), &found.facts());
        audit::add(tx, county.county_id, stamp, &entry).await?;
        Ok::<(), Error>(())
    })?;
    statistics::renew(db, found.rows.len() + found.histories.len()).await;
    Ok(found)
}

/// Compares, and tells what is to be added to the board, in one reading transaction.
async fn look(tx: &mut Tx, ctx: &Ctx) -> Result<(Comparison, Vec<Delta>), Error> {
    let county = county::get(tx, ctx.county_id()).await?;
    let rules = Rules::load(tx, &county, None).await?;
    let (mut found, mut deltas) = (Comparison::default(), Deltas::default());
    let mut after = 0;
    while after < i64::MAX {
        let page = Page::load(tx, &county, &rules, after).await?;
        page.compare(&mut found);
        page.count(&rules, &mut deltas);
        after = page.to;
    }
    let corrections = board::corrections(tx, county.county_id, deltas.into_rows()).await?;
    found.cells = corrections.len();
    let mut after = Some(String::new());
    while let Some(from) = after {
        let missing;
        (missing, after) = name_term::missing(tx, county.county_id, &from).await?;
        found.names += missing.len();
    }
    Ok((found, corrections))
}

/// Mends the loans of a page; after which the next one begins.
async fn mend(db: &Db, ctx: &Ctx, after: i64) -> Result<Option<i64>, Error> {
    in_write!(db, ctx.county_id(), |tx| async {
        let county = county::get(tx, ctx.county_id()).await?;
        let stamp = county::stamp(tx, county.county_id, ctx.micros()).await?;
        let rules = Rules::load(tx, &county, None).await?;
        let page = Page::load(tx, &county, &rules, after).await?;
        let mut deltas = Deltas::default();
        page.write(tx, (&county, stamp), &rules, &mut deltas).await?;
        board::add_deltas(tx, county.county_id, &deltas.into_rows()).await?;
        Ok::<_, Error>(Some(page.to).filter(|to| *to < i64::MAX))
    })
}

/// Writes the parts of names that are missing, and takes those away that lead to nobody.
async fn mend_names(db: &Db, ctx: &Ctx) -> Result<(), Error> {
    let mut after = Some(String::new());
    while let Some(from) = after {
        after = in_write!(db, ctx.county_id(), |tx| async {
            county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
            let (missing, next) = name_term::missing(tx, ctx.county_id(), &from).await?;
            name_term::add(tx, ctx.county_id(), missing).await?;
            Ok::<_, Error>(next)
        })?;
    }
    let mut after = None;
    loop {
        after = in_write!(db, ctx.county_id(), |tx| async {
            county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
            Ok::<_, Error>(name_term::forget_unborne(tx, ctx.county_id(), after.as_ref()).await?)
        })?;
        if after.is_none() {
            return Ok(());
        }
    }
}
