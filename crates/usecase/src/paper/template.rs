//! The texts of papers: those of the program until the county tells them anew. An edit holds at once for papers made from then
//! on; what was made before keeps the texts of then.

use bangfu_domain::identity;
use bangfu_domain::paper::{PaperKind, Template, Wording};
use bangfu_store::paper::Paper;
use bangfu_store::paper_template::{self as stored, Version};
use bangfu_store::{Db, Tx, audit, county};
use serde_json::json;

use super::PaperFault;
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;

/// The texts with which a paper was made.
pub(super) async fn of_paper(tx: &mut Tx, ctx: &Ctx, paper: &Paper) -> Result<Template, Error> {
    let version = stored::get(tx, &ctx.scope, paper.kind, paper.template_version).await?;
    Ok(version.map_or_else(|| Template::shipped(paper.kind), |version| version.template))
}

/// The texts of a kind of paper as they are now, with the number of their version, and every version that the county told.
pub async fn history(
    tx: &mut Tx,
    ctx: &Ctx,
    kind: PaperKind,
) -> Result<(Template, i64, Vec<Version>), Error> {
    let all = stored::all(tx, &ctx.scope, kind).await?;
    let now = all.first().map_or_else(|| Template::shipped(kind), |version| version.template.clone());
    Ok((now, all.first().map_or(0, |version| version.version), all))
}

/// A language of the texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tongue {
    /// Chinese.
    Zh,
    /// English.
    En,
}

/// Tells the texts of a kind of paper anew in one language; `None` puts those of the program back in both. `seen` is the
/// version that the editor saw.
///
/// # Errors
/// The texts hold a name that nothing fills in, a number that is somebody's, or somebody else was faster.
pub async fn edit(
    db: &Db,
    ctx: &Ctx,
    kind: PaperKind,
    seen: i64,
    new: Option<(Tongue, Wording)>,
) -> Result<i64, Error> {
    if let Some((_, wording)) = &new {
        let faults = wording.faults(kind);
        if !faults.is_empty() {
            return Err(PaperFault::Texts(faults).into());
        }
        let lines = wording.before.iter().chain(&wording.after).chain(&wording.signs);
        if lines.chain([&wording.title, &wording.unit]).any(|line| identity::stands_in(line)) {
            return Err(Refusal::IdentityInReason.into());
        }
    }
    in_write!(db, ctx.county_id(), |tx| async {
        let county_id = ctx.scope.whole().ok_or(Refusal::NotFound)?;
        let (before, version, _) = history(tx, ctx, kind).await?;
        if version != seen {
            return Err(PaperFault::TextsSeenOtherwise.into());
        }
        let template = match &new {
            None => Template::shipped(kind),
            Some((Tongue::Zh, wording)) => Template { zh: wording.clone(), ..before.clone() },
            Some((Tongue::En, wording)) => Template { en: wording.clone(), ..before.clone() },
        };
        if template == before {
            return Ok(version);
        }
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        let told = Version { version: version + 1, template, actor: ctx.actor.clone(), made_at: stamp.at };
        stored::add(tx, county_id, kind, &told).await?;
        let facts = json!({ "version": told.version, "before": before, "after": told.template });
        let entry = ctx.entry("paper-texts-told", kind.key().to_owned(), &facts);
        audit::add(tx, county_id, stamp, &entry).await?;
        Ok::<i64, Error>(told.version)
    })
}
