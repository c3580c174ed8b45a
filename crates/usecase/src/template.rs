//! What the lists of a workbook to be filled in offer: the county's places and banks, the programme's classes.

use std::collections::BTreeSet;

use bangfu_domain::division::Level;
use bangfu_sheets::template::Lists;
use bangfu_store::{Db, bank, county, division};

use crate::ctx::Ctx;
use crate::error::Error;
use crate::rules::Rules;

/// The lists as of today, for whoever sees the whole county; others get none.
pub async fn lists(db: &Db, ctx: &Ctx) -> Result<Lists, Error> {
    let Some(county_id) = ctx.scope.whole() else { return Ok(Lists::default()) };
    let mut tx = db.read().await?;
    let county = county::get(&mut tx, county_id).await?;
    let terms = division::subtree(&mut tx, county.division_id, ctx.today).await?;
    let townships = terms.iter().filter(|term| term.level == Level::Township);
    let places = townships.map(|township| {
        let within = terms.iter().filter(|term| term.parent_id == Some(township.division_id));
        (township.name.clone(), within.map(|village| village.name.clone()).collect())
    });
    let branches = bank::branches(&mut tx, county_id).await?.into_iter();
    let banks: BTreeSet<String> =
        branches.filter(|branch| branch.stands_on(ctx.today)).map(|branch| branch.name).collect();
    let rules = Rules::load(&mut tx, &county, None).await?;
    let pack = rules.pack_or_first(ctx.today)?;
    Ok(Lists {
        places: places.collect(),
        classes: pack.household_classes.iter().map(|class| class.name.zh.clone()).collect(),
        banks: banks.into_iter().collect(),
    })
}
