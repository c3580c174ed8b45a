//! What an office was told, and the loans behind it.

use bangfu_domain::warning::Standing;
use bangfu_store::Tx;
use bangfu_store::account::Post;
use bangfu_store::alert::{self, AlertRow};
use bangfu_store::county;
use bangfu_store::notice::{self, Notice};
use serde::Deserialize;

use crate::access::office;
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};

/// So many loans of a notice are shown.
pub const SHOWN: i64 = 1_000;

/// How many loans of one level are told of, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// What: `level`, or the word of what is told upward.
    pub kind: String,
    /// The level.
    pub level: Standing,
    /// How many.
    pub loans: i64,
}

#[derive(Deserialize)]
struct Said {
    kind: String,
    level: String,
    loans: i64,
}

/// What a notice counts, the gravest level first. What is no longer understood is left out.
pub fn counts(notice: &Notice) -> Vec<Count> {
    let said: Vec<Said> = serde_json::from_str(&notice.counts).unwrap_or_default();
    let count = |said: Said| {
        let level = Standing::ALL.into_iter().find(|standing| standing.key() == said.level)?;
        Some(Count { kind: said.kind, level, loans: said.loans })
    };
    let mut counts: Vec<Count> = said.into_iter().filter_map(count).collect();
    counts.sort_by_key(|one| (std::cmp::Reverse(one.level.code()), one.kind.clone()));
    counts
}

/// What the office of a post was told, the newest first; `None` for a post without one.
pub async fn inbox(
    tx: &mut Tx,
    ctx: &Ctx,
    post: &Post,
    before: Option<i64>,
    limit: i64,
) -> Result<Option<Vec<Notice>>, Error> {
    let county = county::get(tx, ctx.county_id()).await?;
    let Some(office) = office(post, county.division_id) else { return Ok(None) };
    Ok(Some(notice::of_office(tx, &ctx.scope, office, before, limit).await?))
}

/// One notice to the office of a post, and the loans behind it.
pub async fn one(
    tx: &mut Tx,
    ctx: &Ctx,
    post: &Post,
    notice_id: i64,
) -> Result<(Notice, Vec<AlertRow>), Error> {
    let county = county::get(tx, ctx.county_id()).await?;
    let office = office(post, county.division_id).ok_or(Refusal::NotFound)?;
    let found = notice::get(tx, &ctx.scope, office, notice_id).await?.ok_or(Refusal::NotFound)?;
    let of = (found.on_day, found.recipient, found.at_once);
    let alerts = alert::of_notice(tx, &ctx.scope, of, SHOWN).await?;
    Ok((found, alerts))
}
